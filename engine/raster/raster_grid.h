#pragma once
// Which square of the earth each cell of a raster is. Question of the room: what covers each cell?
#include <marchland/geometry/lonlat_box.h>

#include <cstddef>
#include <string>

namespace marchland {

/// Cells along the axes of a system, easting or longitude first; those we make are square, others need not
/// be. Row 0 is north, column 0 west.
struct RasterGrid {
  std::string crs = "EPSG:4326";  ///< as PROJ reads it; degrees by default
  double west = 0.0;              ///< of the outer side of column 0, in units of the CRS
  double north = 0.0;             ///< of the outer side of row 0
  double cell = 0.0;              ///< width of a cell
  std::size_t columns = 0;
  std::size_t rows = 0;
  double height = 0.0;  ///< of a cell; 0: as high as wide
  friend bool operator==(const RasterGrid&, const RasterGrid&) = default;

  [[nodiscard]] std::size_t cell_count() const noexcept { return columns * rows; }
  [[nodiscard]] double cell_height() const noexcept { return height > 0.0 ? height : cell; }
  [[nodiscard]] double center_x(std::size_t column) const noexcept {
    return west + (static_cast<double>(column) + 0.5) * cell;
  }
  [[nodiscard]] double center_y(std::size_t row) const noexcept {
    return north - (static_cast<double>(row) + 0.5) * cell_height();
  }
};

/// More cells than this are refused: a number too small in --res is the usual cause.
inline constexpr std::size_t kMaxCells = 400'000'000;

/// The grid of cells of side `cell` whose sides are multiples of it, as small as holds the extent: two
/// rasters of one cell size fit on each other. Of a geographic system the extent may cross the antimeridian;
/// longitudes then go on beyond 180. Throws InvalidArgument for a system that PROJ does not know or that
/// cannot show the extent, a cell side that is not positive, and more than kMaxCells (with the side that
/// would do).
[[nodiscard]] RasterGrid make_grid(const LonLatBox& extent, const std::string& crs, double cell);

}  // namespace marchland
