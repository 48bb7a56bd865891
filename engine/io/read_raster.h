#pragma once
// Rasters of classes read back from files, and polygons made cells by GDAL: the means to hold the one against
// the other.
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

/// Cells whose centre lies in an area get its class, by GDALRasterizeGeometries; of areas that overlap the
/// last. Areas in the grid's system; where the grid reaches beyond 180 degrees east they are continued there.
/// Which side of a line a centre on it belongs to is GDAL's choice. Throws Error(failure).
[[nodiscard]] std::vector<CellClass> rasterise(const RasterGrid& grid,
                                               const std::vector<std::pair<CellClass, MultiPolygon>>& areas);

}  // namespace marchland
