#pragma once
// A raster of classes becomes a cloud-optimised GeoTIFF that shows its colours and names wherever it is
// opened.
#include <marchland/io/output_file.h>
#include <marchland/io/write_features.h>
#include <marchland/raster/classify.h>

#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace marchland {

struct RasterClass {
  std::string name;
  std::string color = "#888888";  ///< #rrggbb
};

struct ClassRaster {
  RasterGrid grid;
  std::string description;           ///< of the band
  std::vector<RasterClass> classes;  ///< by class; that of 0 stands for no data
};

/// Writes FILE.tif (Byte, or UInt16 beyond 255 classes; DEFLATE, overviews by the most frequent class,
/// palette, no data 0, provenance as metadata) and FILE.tif.aux.xml beside it (class names, and a table of
/// value, class, colour and number of cells). Both appear or none. The same input gives the same bytes.
/// `cells`: as classify gives them. Throws InvalidArgument for an ending other than .tif or .tiff and for a
/// class without a name, Error(failure) naming the file.
void write_raster(const std::filesystem::path& path, const ClassRaster& raster,
                  std::span<const CellClass> cells, const Provenance& provenance, Existing existing);

/// Throws what write_raster would throw for that path, before anything is computed.
void check_raster_output(const std::filesystem::path& path, Existing existing);

}  // namespace marchland
