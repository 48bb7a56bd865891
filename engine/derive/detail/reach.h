#pragma once
// Which site each part of a cell goes to when barriers cut it: the one from which the way to it is shortest.
//
// Part: ground of one cell that hangs together without crossing a barrier. A part that holds its site stays
// with it. From there sites spread over parts without one, across steps that two parts share and that are no
// barrier (Dijkstra 1959): a way leads from the site straight to the step, through its best point, straight
// to a point inside the next part, and so on. It enters no part that holds a site, so what goes to a site
// hangs together with what it has. Equally long ways: the site that comes first.
#include <marchland/derive/detail/frame.h>
#include <marchland/derive/detail/plane.h>

#include <cstddef>
#include <span>
#include <vector>

namespace marchland::detail {

/// Pieces of the frame with the nearest site of each as the crow flies, and where barriers run.
struct CutCells {
  const FramePieces& cut;
  std::span<const GridPolygon> pieces;
  std::span<const int> nearest;           ///< by piece: index of the site; -1 where it is no ground
  std::span<const GridSegment> barriers;  ///< noded steps, a < b each, sorted
  std::span<const GridPoint> sites;
};

/// Parts of cells; a cell that no barrier cuts is one, or as many as the frame makes of it.
struct CellParts {
  static constexpr int kUnreached = -1;
  struct Part {
    std::vector<std::size_t> pieces;  ///< sorted
    int cell = 0;                     ///< the site it is nearest to
    int site = kUnreached;            ///< the site it goes to
    /// It stays with the site of its cell: it holds it or touches it, or is what is nearest to it of ground
    /// that the frame keeps apart from its site.
    bool stays = false;
    bool holds_site = false;  ///< its site lies in it, or on its boundary
  };
  std::vector<Part> parts;                 ///< by their first piece
  std::vector<std::size_t> part_of_piece;  ///< parts.size() where it is no ground
};

/// Cost: that of walking all edges once for each part beside them, with a logarithm.
[[nodiscard]] CellParts find_reach(const CutCells& cells, const Plane& plane);

/// Length of the shortest way from x to y that passes the step a-b, ends included.
[[nodiscard]] double way_through(const PlanePoint& x, const PlanePoint& y, const PlanePoint& a,
                                 const PlanePoint& b) noexcept;

}  // namespace marchland::detail
