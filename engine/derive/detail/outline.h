#pragma once
// The closed chains of a frame's boundary, kept so that many subdivisions can be made with them at the cost
// of what meets them.
#include <marchland/derive/detail/segment_index.h>

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace marchland::detail {

class Outline {
 public:
  /// Of directed steps that make closed chains and meet at their ends only. Steps there and back cancel.
  explicit Outline(std::span<const GridSegment> steps);

  /// Points `first` to `last` of points(): a path that meets others at its ends only. Where it meets none it
  /// is closed and begins at its least point.
  struct Chain {
    std::size_t first = 0;
    std::size_t last = 0;
    int count = 0;  ///< how often its steps were given, less those back; above 0
  };
  [[nodiscard]] const std::vector<GridPoint>& points() const noexcept { return points_; }
  [[nodiscard]] const std::vector<Chain>& chains() const noexcept { return chains_; }

  /// Positions in points(); several at the ends of chains.
  using Vertex = std::pair<GridPoint, std::size_t>;
  [[nodiscard]] std::span<const Vertex> find(GridPoint point) const;
  /// Whether the point lies on a step, ends included.
  [[nodiscard]] bool is_on_step(GridPoint point) const;
  /// The step that SegmentIndex::west_of finds, as the position it begins at. Known beforehand for the least
  /// points of chains.
  [[nodiscard]] std::optional<std::size_t> west_of(GridPoint point) const;

 private:
  [[nodiscard]] std::optional<std::size_t> search_west_of(GridPoint point) const;

  std::vector<GridPoint> points_;
  std::vector<Chain> chains_;
  std::vector<Vertex> vertices_;  ///< sorted
  SegmentIndex steps_{{}};
  std::vector<std::size_t> position_of_step_;
  std::vector<std::pair<GridPoint, std::optional<std::size_t>>> west_of_least_;  ///< sorted
};

}  // namespace marchland::detail
