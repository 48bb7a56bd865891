#pragma once
// What an edge of the plane does to the cells of a raster that it passes, in numbers that are added up.
//
// The ground of a part within a cell is bounded by edges and by stretches of the cell's sides. Its area is
// the sum of
//   over every piece of an edge within the cell: the integral along it;
//   where the edge leaves the cell, the integral from there counter-clockwise along the sides to the
//   south-western corner; where it enters, minus that; the area of the whole cell, as often as that corner
//   lies within the part;
// and its share is that divided by the whole cell.
// (Interior on the left; of the part on the right of the edge all of it with the other sign.) Whether the
// corner lies within is counted, not measured: a walk moves from cell to cell across one side at a time, and
// each crossing of the line south of a row changes the count of all corners on that line east of it. So cells
// never disagree about which of them are covered, whatever is rounded, and what one cell loses by rounding at
// a side its neighbour gains.
#include <marchland/geometry/exact_point.h>

#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

namespace marchland::detail {

/// Units of 2^-30 grid unit: the difference of any two, a turn round the earth included, fits into 64 bits.
struct WalkPoint {
  std::int64_t x = 0;
  std::int64_t y = 0;
  friend bool operator==(const WalkPoint&, const WalkPoint&) = default;
};
inline constexpr int kWalkBits = 30;
inline constexpr double kWalkUnitsPerDegree =
    static_cast<double>(kGridUnitsPerDegree) * static_cast<double>(std::int64_t{1} << kWalkBits);
inline constexpr double kRadiansPerWalkUnit = std::numbers::pi / 180.0 / kWalkUnitsPerDegree;
inline constexpr std::int64_t kWalkTurn = 2 * std::int64_t{kGridMaxLon} * (std::int64_t{1} << kWalkBits);
inline constexpr std::int64_t kWalkQuarter = kWalkTurn / 4;

[[nodiscard]] inline WalkPoint walk_point(const ExactPoint& p) noexcept {
  return {fixed_x(p) >> (kFixedBits - kWalkBits), fixed_y(p) >> (kFixedBits - kWalkBits)};
}

/// Of the part on the left.
struct CellPiece {
  std::uint32_t row = 0;
  std::uint32_t column = 0;
  double share = 0.0;  ///< of the cell
};
/// South-western corners of the row's cells from that column on: how often they lie within the part on the
/// left.
struct CornerTurn {
  std::uint32_t row = 0;
  std::uint32_t from_column = 0;
  std::int32_t change = 0;
};
struct EdgeWalk {
  std::vector<CellPiece> pieces;
  std::vector<CornerTurn> turns;
  void clear() {
    pieces.clear();
    turns.clear();
  }
};

/// The cells, as edges pass them. Not for concurrent use.
class CellPlane {
 public:
  CellPlane() = default;
  CellPlane(const CellPlane&) = delete;
  CellPlane& operator=(const CellPlane&) = delete;
  virtual ~CellPlane() = default;

  /// Appends what the edge straight in longitude and latitude does. Walks of the edges around a loop close.
  /// Throws InvalidArgument where the system of the cells has no coordinates for it.
  virtual void walk(WalkPoint from, WalkPoint to, EdgeWalk& out) = 0;
};

}  // namespace marchland::detail
