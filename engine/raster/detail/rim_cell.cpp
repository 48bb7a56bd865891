#include <marchland/raster/detail/equal_area_plane.h>
#include <marchland/raster/detail/rim_cell.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace marchland::detail {
namespace {

/// The mean of those of a cell's parts that lie on the earth, times their number; so many along a side.
std::optional<double> area_by_parts(const Projection& projection, const RasterGrid& grid, std::size_t row,
                                    std::size_t column, int per_side) {
  const auto place = [&](int i, int j) {
    return projection.inverse(
        {grid.west + (static_cast<double>(column) + static_cast<double>(i) / per_side) * grid.cell,
         grid.north - (static_cast<double>(row) + static_cast<double>(j) / per_side) * grid.cell_height()});
  };
  double sum = 0.0;
  int count = 0;
  for (int i = 0; i < per_side; ++i) {
    for (int j = 0; j < per_side; ++j) {
      const std::array corners{place(i, j), place(i, j + 1), place(i + 1, j + 1), place(i + 1, j)};
      if (!std::all_of(corners.begin(), corners.end(), [](const auto& c) { return c.has_value(); })) continue;
      const EqualAreaPlane plane(*corners[0]);
      double area = 0.0;
      PlanePoint last = plane(*corners.back());
      for (const auto& corner : corners) {
        const PlanePoint next = plane(*corner);
        area += area_beside(last, next);
        last = next;
      }
      sum += std::abs(area);
      ++count;
    }
  }
  if (count == 0) return std::nullopt;
  return sum / count * (per_side * per_side) * EqualAreaPlane::square_radius();
}

}  // namespace

std::optional<double> area_of_rim_cell(const Projection& projection, const RasterGrid& grid, std::size_t row,
                                       std::size_t column) {
  // Finer ones for a cell of which little lies on the earth.
  const auto found = area_by_parts(projection, grid, row, column, 16);
  return found ? found : area_by_parts(projection, grid, row, column, 128);
}

}  // namespace marchland::detail
