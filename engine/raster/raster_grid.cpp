#include <marchland/base/error.h>
#include <marchland/measure/projection.h>
#include <marchland/raster/raster_grid.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace marchland {

RasterGrid make_grid(const LonLatBox& extent, const std::string& crs, double cell) {
  if (!(cell > 0.0) || !std::isfinite(cell)) {
    throw InvalidArgument(fmt::format("a cell of side {}: expected more than 0, in units of {}", cell, crs));
  }
  std::optional<PlaneBox> box;
  try {
    box = Projection(crs).bounds(extent);
  } catch (Error& error) {
    error.add_context(fmt::format("CRS '{}'", crs));
    throw;
  }
  if (!box) {
    throw InvalidArgument(fmt::format(
        "CRS '{}' cannot show longitudes {} to {}, latitudes {} to {}; choose one that covers them", crs,
        extent.west, extent.east, extent.south, extent.north));
  }
  // A side that is a multiple but for its last bits is one.
  const auto down = [&](double v) {
    const double nearest = std::round(v / cell);
    return std::abs(v / cell - nearest) < 1e-9 * std::max(1.0, std::abs(nearest)) ? nearest
                                                                                  : std::floor(v / cell);
  };
  const double west = down(box->west);
  const double east = std::max(-down(-box->east), west + 1.0);
  const double south = down(box->south);
  const double north = std::max(-down(-box->north), south + 1.0);
  const double cells = (east - west) * (north - south);
  if (cells > static_cast<double>(kMaxCells)) {
    throw InvalidArgument(
        fmt::format("cells of side {} are {:.0f} columns of {:.0f} rows, {:.3g} cells; at most {:.3g} are "
                    "made: choose a side "
                    "of {:.2g} or more, in units of {}",
                    cell, east - west, north - south, cells, static_cast<double>(kMaxCells),
                    cell * std::sqrt(cells / static_cast<double>(kMaxCells)) * 1.05, crs));
  }
  return {crs,
          west * cell,
          north * cell,
          cell,
          static_cast<std::size_t>(east - west),
          static_cast<std::size_t>(north - south),
          0.0};
}

}  // namespace marchland
