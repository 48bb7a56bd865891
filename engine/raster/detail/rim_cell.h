#pragma once
// Area of cells that reach beyond the earth: those on the rim of a map of the world.
#include <marchland/measure/projection.h>
#include <marchland/raster/raster_grid.h>

#include <cstddef>
#include <optional>

namespace marchland::detail {

/// Square metres on WGS84 that the cell would have if it went on as its part on the earth does, so that a
/// share of its plane times it is the area of ground; within some thousandths. Nothing where less than some
/// ten thousandths of the cell lie on the earth.
[[nodiscard]] std::optional<double> area_of_rim_cell(const Projection& projection, const RasterGrid& grid,
                                                     std::size_t row, std::size_t column);

}  // namespace marchland::detail
