#pragma once
// The pieces into which noded edges cut the plane (GEOS polygonizer), and which lies on each side of an edge.
#include <marchland/base/findings.h>
#include <marchland/base/units.h>
#include <marchland/geometry/exact_point.h>
#include <marchland/geometry/shapes.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace marchland::detail {

/// Closed rings on the grid: a shell counter-clockwise, then holes clockwise, each beginning at its least
/// point; so the piece lies left of every step.
using GridPolygon = std::vector<std::vector<GridPoint>>;

class Subdivision {
 public:
  /// Of no edges.
  Subdivision() = default;
  /// Edges meet at their ends only; direction and repetition do not matter. Dangling ones bound nothing.
  /// Throws Error(failure) with the reason of GEOS.
  explicit Subdivision(std::span<const GridSegment> edges);

  /// Bounded pieces, sorted by their rings.
  [[nodiscard]] const std::vector<GridPolygon>& pieces() const noexcept { return pieces_; }
  /// Piece on the left of the step; nothing: the unbounded one, or no boundary of any.
  [[nodiscard]] std::optional<std::size_t> left_of(GridPoint from, GridPoint to) const;

 private:
  struct Step {
    GridSegment s;
    std::size_t piece = 0;
  };
  std::vector<GridPolygon> pieces_;
  std::vector<Step> steps_;  ///< by segment
};

/// Twice the signed area in the plane of longitude and latitude, in square grid units.
[[nodiscard]] Int128 twice_area(std::span<const GridPoint> closed_ring) noexcept;

/// +1 inside, 0 on the boundary, -1 outside.
[[nodiscard]] int locate(const GridPolygon& polygon, GridPoint point) noexcept;

/// Times that closed chains, given as segments, wind about a point on none of them.
[[nodiscard]] int winding_about(std::span<const GridSegment> chains, GridPoint point) noexcept;

/// Rounds as the composite does: to the nearest grid unit, halves away from zero.
[[nodiscard]] GridPoint to_grid_point(const Position& position) noexcept;
[[nodiscard]] Position to_position(GridPoint point) noexcept;
/// For findings.
[[nodiscard]] GeoLocation location_of(GridPoint point) noexcept;
[[nodiscard]] std::string place_text(GridPoint point);
/// On WGS84, of edges straight in lon/lat.
[[nodiscard]] SquareMeters area_of(const GridPolygon& polygon);
[[nodiscard]] MultiPolygon to_area(std::span<const GridPolygon> polygons);

}  // namespace marchland::detail
