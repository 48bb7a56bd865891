#include <marchland/measure/parallel_strip.h>
#include <marchland/raster/detail/lonlat_cells.h>

#include <algorithm>
#include <cmath>

namespace marchland::detail {
namespace {

double half_sum(std::int64_t a, std::int64_t b) {
  return static_cast<double>(a + b) * (0.5 * kRadiansPerWalkUnit);
}
double half_difference(std::int64_t from, std::int64_t to) {
  return static_cast<double>(to - from) * (0.5 * kRadiansPerWalkUnit);
}
double strip_between(std::int64_t from, std::int64_t to) {
  return from == to ? 0.0 : strip_about(half_sum(from, to), half_difference(from, to)).area;
}

}  // namespace

LonLatCells::LonLatCells(const RasterGrid& grid)
    : west_(grid.west), cell_(grid.cell), north_(grid.north), height_(grid.cell_height()) {
  // Beyond a turn either way of the map there is no ground.
  constexpr double kFar = 540.0;
  for (std::size_t i = 0; i <= grid.columns; ++i) {
    const double lon = std::clamp(west_ + static_cast<double>(i) * cell_, -kFar, kFar);
    x_.push_back(std::llround(lon * kWalkUnitsPerDegree));
  }
  for (std::size_t i = 0; i <= grid.rows; ++i) {
    const double lat = std::clamp(north_ - static_cast<double>(i) * height_, -90.0, 90.0);
    y_.push_back(std::llround(lat * kWalkUnitsPerDegree));
  }
  for (std::size_t row = 0; row < grid.rows; ++row) strip_.push_back(strip_between(y_[row + 1], y_[row]));
  for (int turn = -1; turn <= 1; ++turn) {
    const std::int64_t middle = turn * kWalkTurn;
    if (x_.front() < middle + kWalkTurn / 2 && x_.back() > middle - kWalkTurn / 2) turns_.push_back(turn);
  }
}

double LonLatCells::whole(std::size_t row, std::size_t column) const {
  return static_cast<double>(x_[column + 1] - x_[column]) * kRadiansPerWalkUnit * strip_[row];
}

void LonLatCells::walk(WalkPoint from, WalkPoint to, EdgeWalk& out) {
  for (const int turn : turns_) {
    const std::int64_t shift = turn * kWalkTurn;
    walk_turn({from.x + shift, from.y}, {to.x + shift, to.y}, out);
  }
}

/// The column with west <= x < east; -1 west of all, their number east of all. A guess by doubles, put right.
std::int64_t LonLatCells::column_of(std::int64_t x) const {
  const auto last = static_cast<std::int64_t>(x_.size()) - 1;
  if (x < x_.front()) return -1;
  if (x >= x_.back()) return last;
  auto column = std::clamp(
      static_cast<std::int64_t>(std::floor((static_cast<double>(x) / kWalkUnitsPerDegree - west_) / cell_)),
      std::int64_t{0}, last - 1);
  while (x < x_[static_cast<std::size_t>(column)]) --column;
  while (x >= x_[static_cast<std::size_t>(column) + 1]) ++column;
  return column;
}

/// The row with south < y <= north. Rows beyond a pole have no height and hold nothing.
std::int64_t LonLatCells::row_of(std::int64_t y) const {
  const auto last = static_cast<std::int64_t>(y_.size()) - 1;
  if (y > y_.front()) return -1;
  if (y <= y_.back()) return last;
  auto row = std::clamp(static_cast<std::int64_t>(
                            std::floor((north_ - static_cast<double>(y) / kWalkUnitsPerDegree) / height_)),
                        std::int64_t{0}, last - 1);
  while (y > y_[static_cast<std::size_t>(row)]) --row;
  while (y <= y_[static_cast<std::size_t>(row) + 1]) ++row;
  return row;
}

/// From the end counter-clockwise to the south-western corner. Along parallels nothing is added, and the
/// western side is where longitudes are counted from.
double LonLatCells::along_sides(std::size_t row, std::size_t column, const End& end) const {
  if (end.side != Side::east && end.side != Side::south) return 0.0;
  const double width = static_cast<double>(x_[column + 1] - x_[column]) * kRadiansPerWalkUnit;
  return width * (end.side == Side::south ? strip_[row] : strip_between(end.at.y, y_[row]));
}

void LonLatCells::add_piece(std::int64_t row, std::int64_t column, const End& in, const End& out_of,
                            EdgeWalk& out) const {
  if (row < 0 || column < 0 || row >= static_cast<std::int64_t>(y_.size()) - 1 ||
      column >= static_cast<std::int64_t>(x_.size()) - 1) {
    return;
  }
  const auto r = static_cast<std::size_t>(row);
  const auto c = static_cast<std::size_t>(column);
  if (!(strip_[r] > 0.0)) return;
  const double area = area_west_of(static_cast<double>(in.at.x - x_[c]) * kRadiansPerWalkUnit,
                                   static_cast<double>(out_of.at.x - x_[c]) * kRadiansPerWalkUnit,
                                   half_sum(in.at.y, out_of.at.y), half_difference(in.at.y, out_of.at.y)) +
                      along_sides(r, c, out_of) - along_sides(r, c, in);
  out.pieces.push_back(
      {static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(column), area / whole(r, c)});
}

void LonLatCells::walk_turn(WalkPoint from, WalkPoint to, EdgeWalk& out) const {
  const auto columns = static_cast<std::int64_t>(x_.size()) - 1;
  const auto rows = static_cast<std::int64_t>(y_.size()) - 1;
  std::int64_t column = column_of(from.x);
  std::int64_t row = row_of(from.y);
  const std::int64_t last_column = column_of(to.x);
  const std::int64_t last_row = row_of(to.y);
  // What lies north, south or east of all cells changes nothing in them.
  if ((column == columns && last_column == columns) || (row == rows && last_row == rows) ||
      (row == -1 && last_row == -1)) {
    return;
  }
  const std::int64_t to_east = last_column > column ? 1 : -1;
  const std::int64_t to_south = last_row > row ? 1 : -1;
  const auto dx = static_cast<double>(to.x - from.x);
  const auto dy = static_cast<double>(to.y - from.y);
  End at{from, Side::none};
  while (column != last_column || row != last_row) {
    double t_column = 2.0;
    double t_row = 2.0;
    std::int64_t x = 0;
    std::int64_t y = 0;
    if (column != last_column) {
      x = x_[static_cast<std::size_t>(to_east > 0 ? column + 1 : column)];
      t_column = static_cast<double>(x - from.x) / dx;
    }
    if (row != last_row) {
      y = y_[static_cast<std::size_t>(to_south > 0 ? row + 1 : row)];
      t_row = static_cast<double>(y - from.y) / dy;
    }
    End out_of;
    End into;
    if (t_column <= t_row) {
      out_of.at = {x, from.y + std::llround(t_column * dy)};
      if (row >= 0 && row < rows) {
        out_of.at.y =
            std::clamp(out_of.at.y, y_[static_cast<std::size_t>(row) + 1], y_[static_cast<std::size_t>(row)]);
      }
      into.at = out_of.at;
      out_of.side = to_east > 0 ? Side::east : Side::west;
      into.side = to_east > 0 ? Side::west : Side::east;
      add_piece(row, column, at, out_of, out);
      column += to_east;
    } else {
      out_of.at = {from.x + std::llround(t_row * dx), y};
      if (column >= 0 && column < columns) {
        out_of.at.x = std::clamp(out_of.at.x, x_[static_cast<std::size_t>(column)],
                                 x_[static_cast<std::size_t>(column) + 1]);
      }
      into.at = out_of.at;
      out_of.side = to_south > 0 ? Side::south : Side::north;
      into.side = to_south > 0 ? Side::north : Side::south;
      add_piece(row, column, at, out_of, out);
      // The row whose southern line is crossed. Going south the left side is east.
      const std::int64_t above = to_south > 0 ? row : row - 1;
      if (above >= 0 && above < rows && column < columns) {
        out.turns.push_back({static_cast<std::uint32_t>(above), static_cast<std::uint32_t>(column + 1),
                             to_south > 0 ? 1 : -1});
      }
      row += to_south;
    }
    at = into;
  }
  add_piece(row, column, at, {to, Side::none}, out);
}

}  // namespace marchland::detail
