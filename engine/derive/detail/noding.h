#pragma once
// Where segments meet, on the grid: snap rounding (Hobby 1999, "Practical segment intersection with finite
// precision output"; Guibas and Marimont 1998). A node is an end of a segment, or a crossing rounded to the
// grid. Every segment is led through every node whose unit square it passes. What results meets at nodes
// only; no end moves, and no point of a segment by more than half a grid unit in longitude or latitude (5.6
// mm).
#include <marchland/derive/detail/segment_index.h>

#include <span>
#include <vector>

namespace marchland::detail {

using GridPath = std::vector<GridPoint>;

/// For each segment the path that replaces it: from its a to its b, without repeated points. Different
/// segments may share steps of their paths. Exact integer tests. About n log n where few segments cross.
[[nodiscard]] std::vector<GridPath> node_segments(std::span<const GridSegment> segments);

/// One set of segments that is noded with many others, one at a time: what it makes by itself is found once,
/// and each of the others costs what its own segments do.
class Noding {
 public:
  /// Keeps a reference to `ground`.
  explicit Noding(const SegmentIndex& ground);

  /// Of each segment of the ground, noded by itself.
  [[nodiscard]] const std::vector<GridPath>& ground_paths() const noexcept { return paths_; }

  /// A node of others that a segment of the ground is led through.
  struct Meeting {
    std::size_t segment = 0;
    GridPoint node;
  };
  struct Joined {
    std::vector<GridPath> paths;  ///< of each of the others
    /// With the paths above they make those of the ground; nodes of these may be among them.
    std::vector<Meeting> meetings;
  };
  /// What node_segments would make of ground and others together.
  [[nodiscard]] Joined join(std::vector<GridSegment> others) const;

 private:
  const SegmentIndex& ground_;
  std::vector<GridPath> paths_;
};

/// Brings points of a segment's path into their order from a to b, each once.
void sort_along(const GridSegment& s, GridPath& path);

/// Whether noding leads the segment through the node: it meets the unit square about it.
[[nodiscard]] bool passes(const GridSegment& s, GridPoint node) noexcept;

/// Whether the point lies on the segment, ends included.
[[nodiscard]] bool is_on(const GridSegment& segment, GridPoint point) noexcept;

}  // namespace marchland::detail
