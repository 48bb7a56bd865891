#pragma once
// Which segments are near: an R-tree of their boxes (Boost.Geometry).
#include <marchland/geometry/exact_point.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace marchland::detail {

/// Longitudes and latitudes of a rectangle, its sides included, in grid units.
struct GridBox {
  GridPoint least{kGridMaxLon, kGridMaxLat};
  GridPoint most{-kGridMaxLon, -kGridMaxLat};
};

[[nodiscard]] GridBox box_of(const GridSegment& s) noexcept;
[[nodiscard]] bool meet(const GridBox& a, const GridBox& b) noexcept;

class SegmentIndex {
 public:
  explicit SegmentIndex(std::vector<GridSegment> segments);
  ~SegmentIndex();
  SegmentIndex(SegmentIndex&&) noexcept;
  SegmentIndex& operator=(SegmentIndex&&) noexcept;
  SegmentIndex(const SegmentIndex&) = delete;
  SegmentIndex& operator=(const SegmentIndex&) = delete;

  [[nodiscard]] const std::vector<GridSegment>& segments() const noexcept { return segments_; }
  /// Those whose boxes meet the box, ascending, in place of what `found` held.
  void find(const GridBox& box, std::vector<std::size_t>& found) const;
  [[nodiscard]] std::vector<std::size_t> find(const GridBox& box) const;
  /// One of those whose boxes are nearest to the point in the plane of the grid.
  [[nodiscard]] std::optional<std::size_t> find_near(GridPoint point) const;
  /// Of segments that do not cross: the one a horizontal from the point first meets on its way west, just
  /// above where it passes an end; not those through the point.
  [[nodiscard]] std::optional<std::size_t> west_of(GridPoint point) const;

 private:
  struct Tree;
  std::vector<GridSegment> segments_;
  std::unique_ptr<Tree> tree_;
};

/// Whether the horizontal just above the latitude of the point meets the segment west of it.
[[nodiscard]] bool is_west_of(const GridSegment& s, GridPoint point) noexcept;
/// Of two that the same horizontal meets and that do not cross: whether it meets the first further east.
[[nodiscard]] bool is_further_east(const GridSegment& s, const GridSegment& t) noexcept;

}  // namespace marchland::detail
