#pragma once
// A raster of classes becomes a cloud-optimised GeoTIFF that shows its colours and names wherever it is
// opened; one of values a GeoTIFF of the same kind that holds the values themselves.
#include <marchland/io/output_file.h>
#include <marchland/io/output_folder.h>
#include <marchland/io/write_features.h>
#include <marchland/raster/classify.h>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace marchland {

struct RasterClass {
  std::string name;
  std::string color = "#888888";  ///< #rrggbb
};

/// How many classes a byte tells apart, that of no data among them, and how many there can be.
inline constexpr std::size_t kByteClasses = 256;
inline constexpr std::size_t kAllClasses = 65536;

struct ClassRaster {
  RasterGrid grid;
  std::string description;           ///< of the band
  std::vector<RasterClass> classes;  ///< by class; that of 0 stands for no data
};

/// Writes FILE.tif (Byte, or UInt16 beyond 255 classes; DEFLATE, overviews by halve_classes,
/// palette, no data 0, provenance as metadata) and beside it FILE.tif.aux.xml (class names, and a table of
/// value, class, colour and number of cells) and FILE.qml (the style by which QGIS shows these classes and no
/// others). All appear or none. The same input gives the same bytes.
/// `cells`: as classify gives them. Throws InvalidArgument for an ending other than .tif or .tiff and for a
/// class without a name, Error(failure) naming the file.
void write_raster(const std::filesystem::path& path, const ClassRaster& raster,
                  std::span<const CellClass> cells, const Provenance& provenance, Existing existing);

/// The same into a folder that is not there yet: its commit is what makes the files last, so none of them is
/// synced by itself. `name` is the path within it. Different names may be written at the same time.
void write_raster(OutputFolder& folder, const std::filesystem::path& name, const ClassRaster& raster,
                  std::span<const CellClass> cells, const Provenance& provenance);

struct ValueRaster {
  RasterGrid grid;
  std::string description;  ///< of the band
  std::string unit;         ///< of the values
};

/// Values of cells that have none.
inline constexpr float kNoValue = -1.0F;

/// Writes FILE.tif (Float32, DEFLATE with the floating-point predictor, overviews by mean, no data kNoValue,
/// provenance as metadata) and FILE.tif.aux.xml beside it (the system, where GeoTIFF has no keys for it;
/// least, greatest and mean value, so that programs stretch colours without reading every cell). Both appear
/// or none. The same input gives the same bytes. `cells`: rows from the north, within them from the west; 0
/// or more, or kNoValue. Throws as write_raster does, and InvalidArgument for a value that is neither.
void write_value_raster(const std::filesystem::path& path, const ValueRaster& raster,
                        std::span<const float> cells, const Provenance& provenance, Existing existing);

/// The same in Float64, for values whose sums count.
void write_value_raster(const std::filesystem::path& path, const ValueRaster& raster,
                        std::span<const double> cells, const Provenance& provenance, Existing existing);

enum class RasterKind { classes, values };
/// Throws what write_raster or write_value_raster would throw for that path, before anything is computed.
void check_raster_output(const std::filesystem::path& path, RasterKind kind, Existing existing);

}  // namespace marchland
