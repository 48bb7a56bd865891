#pragma once
// Rasters read from files: cells to lay ours upon, values to add up by who holds the ground, classes that
// were written here and are held against polygons made cells by GDAL.
#include <marchland/geometry/lonlat_box.h>
#include <marchland/geometry/shapes.h>
#include <marchland/raster/classify.h>
#include <marchland/raster/raster_grid.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace marchland {

struct ClassRasterFile {
  RasterGrid grid;                   ///< crs as "EPSG:4326" where the file's system has a code, else as WKT
  std::vector<std::string> classes;  ///< names by class; empty where the file has none
  std::vector<CellClass> cells;      ///< by row from the north, within it by column from the west
};

/// The first band of a file that GDAL opens. Throws Error(failure) naming the file where it cannot be opened
/// or read, has no coordinate system, or has cells that are no squares along its axes.
[[nodiscard]] ClassRasterFile read_raster(const std::filesystem::path& path);

/// The cells of a file that GDAL opens: its first raster, where it has several. Throws as read_raster does,
/// but cells need not be squares.
[[nodiscard]] RasterGrid read_grid(const std::filesystem::path& path);

/// What every cell counts or measures: people, for instance.
struct ValueRasterFile {
  RasterGrid grid;  ///< of the cells read
  /// By row from the north, within it by column from the west; scale and offset of the band applied. NaN: no
  /// value, by the band's no-data value, mask or alpha band.
  std::vector<double> cells;
  std::string title;       ///< as the file states it; its name where it does not
  std::string year;        ///< as the file states it, or four digits of its name that can be one; else empty
  std::string year_from;   ///< "metadata" or "file name"; empty where there is none
  std::string unit;        ///< of the band; empty where it states none
  int band = 1;            ///< read, from 1
  std::string band_name;   ///< empty where it has none
  bool holds_box = false;  ///< nothing of the box lies outside the raster
};

/// The cells of a raster that can meet the box. `band`: a number from 1, or the name of one; empty: the only
/// one. Throws Error(failure) as read_grid does; InvalidArgument for a file of several bands where none is
/// named, a band that there is not, complex values, more than kMaxValues cells.
[[nodiscard]] ValueRasterFile read_values(const std::filesystem::path& path, const LonLatBox& box,
                                          const std::string& band = {});
inline constexpr std::size_t kMaxValues = 250'000'000;

/// Cells whose centre lies in an area get its class, by GDALRasterizeGeometries; of areas that overlap the
/// last. Areas in the grid's system; where the grid reaches beyond 180 degrees east they are continued there.
/// Which side of a line a centre on it belongs to is GDAL's choice. Throws Error(failure).
[[nodiscard]] std::vector<CellClass> rasterise(const RasterGrid& grid,
                                               const std::vector<std::pair<CellClass, MultiPolygon>>& areas);

}  // namespace marchland
