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

/// The first band of a file that GDAL opens. Throws as read_grid does, and for cells that are no squares.
[[nodiscard]] ClassRasterFile read_raster(const std::filesystem::path& path);

/// What of a file is meant.
struct RasterSelection {
  /// A band, by its number from 1, its name, or the date it has along the time of a netCDF file
  /// ("2015-01-01", or as much of it as one band alone has); of a file of several rasters NAME or NAME:BAND.
  /// Empty: the only one.
  std::string band;
  std::string crs;  ///< as PROJ reads it, in place of what the file states; empty: that
};

/// The cells of a file that GDAL opens, rows from the north; those of all its rasters, where it has several.
/// Bounds of coordinates are no rasters. Longitudes and latitudes in degrees without more are "OGC:CRS84".
/// Throws Error(failure) naming the file, and what to do, where it cannot be opened or read, has no
/// coordinate system, no place in it, or no rows along its axes; InvalidArgument where PROJ cannot use that
/// system, and where the cells of its rasters differ.
[[nodiscard]] RasterGrid read_grid(const std::filesystem::path& path, const std::string& crs = {});

/// What every cell counts or measures: people, for instance.
struct ValueRasterFile {
  RasterGrid grid;  ///< of the cells read
  /// By row from the north, within it by column from the west; scale and offset of the band applied, bytes
  /// that the file calls signed taken as that. NaN: no value, by the band's no-data value, mask or alpha
  /// band.
  std::vector<double> cells;
  std::string title;  ///< as the file states it; its name where it does not
  /// What the band's date, the metadata, the title, the band's name or else the file's name says, the first
  /// of these that says any; empty where that has several.
  std::string year;
  std::string year_from;           ///< "metadata" or "file name"; empty where there is none
  std::vector<std::string> years;  ///< those that it could be, where there are several
  std::string unit;                ///< of the band; empty where it states none
  std::string variable;    ///< which raster of a netCDF file, or of another that has several; else empty
  int band = 1;            ///< read, from 1
  std::string band_name;   ///< empty where it has none
  bool holds_box = false;  ///< nothing of the box lies outside the raster
  /// At its eastern side, beyond a whole turn of longitude: they repeat the first ones and are not read.
  std::size_t repeated_columns = 0;
};

/// The cells of a raster that can meet the box. Throws as read_grid does; InvalidArgument for a file of
/// several rasters or bands where none is named, one that there is not, complex values, more than kMaxValues
/// cells.
[[nodiscard]] ValueRasterFile read_values(const std::filesystem::path& path, const LonLatBox& box,
                                          const RasterSelection& selection = {});
/// Throws what read_values throws about the file and what is meant of it, before anything is read.
void check_values(const std::filesystem::path& path, const RasterSelection& selection);
inline constexpr std::size_t kMaxValues = 250'000'000;

/// Cells whose centre lies in an area get its class, by GDALRasterizeGeometries; of areas that overlap the
/// last. Areas in the grid's system; where a grid of longitudes reaches beyond 180 degrees east they are
/// continued there. Which side of a line a centre on it belongs to is GDAL's choice. Throws InvalidArgument
/// for a CRS that PROJ does not know, Error(failure).
[[nodiscard]] std::vector<CellClass> rasterise(const RasterGrid& grid,
                                               const std::vector<std::pair<CellClass, MultiPolygon>>& areas);

}  // namespace marchland
