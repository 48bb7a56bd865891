#pragma once
// Cells between parallels and meridians of WGS84: sides are lines of the same kind as edges, so pieces are
// exact.
#include <marchland/raster/detail/cell_walk.h>
#include <marchland/raster/raster_grid.h>

#include <cstdint>
#include <vector>

namespace marchland::detail {

class LonLatCells final : public CellPlane {
 public:
  /// Of a grid whose system is longitude and latitude of WGS84 in degrees.
  explicit LonLatCells(const RasterGrid& grid);

  void walk(WalkPoint from, WalkPoint to, EdgeWalk& out) override;
  /// Of a cell, square metres; 0 beyond a pole.
  [[nodiscard]] double whole(std::size_t row, std::size_t column) const;

 private:
  enum class Side : std::uint8_t { none, west, south, east, north };
  struct End {
    WalkPoint at;
    Side side = Side::none;
  };
  void walk_turn(WalkPoint from, WalkPoint to, EdgeWalk& out) const;
  [[nodiscard]] std::int64_t column_of(std::int64_t x) const;
  [[nodiscard]] std::int64_t row_of(std::int64_t y) const;
  void add_piece(std::int64_t row, std::int64_t column, const End& in, const End& out_of,
                 EdgeWalk& out) const;
  [[nodiscard]] double along_sides(std::size_t row, std::size_t column, const End& end) const;

  double west_;
  double cell_;
  double north_;
  double height_;
  std::vector<std::int64_t> x_;  ///< sides of columns, from west to east
  std::vector<std::int64_t> y_;  ///< of rows, from north to south, within +-90
  std::vector<double> strip_;    ///< of a row: square metres per radian
  std::vector<int> turns_;       ///< round the earth, in which the grid has columns
};

}  // namespace marchland::detail
