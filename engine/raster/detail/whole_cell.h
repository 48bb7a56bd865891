#pragma once
// Area of cells too large, or too near a pole, to be measured between sides of longitude and latitude.
#include <marchland/measure/projection.h>
#include <marchland/raster/raster_grid.h>

#include <cstddef>
#include <optional>

namespace marchland::detail {

/// Square metres on WGS84 of a whole cell, poles in it or not: its sides, as they run on the earth, are drawn
/// on the sphere of the same area (authalic latitudes), from there into Lambert's equal-area plane about the
/// cell, and what they enclose is found with ever more points on them and extrapolated (Romberg): within 1e-9
/// of itself for cells up to 60 degrees. Of a cell that reaches beyond the earth: as large as its part that
/// lies on it would make the whole, so that a share of the plane times it is the area of ground; within some
/// thousandths. Nothing where less than some ten
/// thousandths of the cell lie on the earth.
[[nodiscard]] std::optional<double> area_of_whole_cell(const Projection& projection, const RasterGrid& grid,
                                                       std::size_t row, std::size_t column);

}  // namespace marchland::detail
