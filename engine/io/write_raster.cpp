#include <marchland/base/error.h>
#include <marchland/io/color.h>
#include <marchland/io/detail/gdal.h>
#include <marchland/io/detail/memory_folder.h>
#include <marchland/io/detail/raster_style.h>
#include <marchland/io/write_raster.h>
#include <marchland/raster/class_overview.h>

#include <cpl_string.h>
#include <fmt/format.h>
#include <gdal_priv.h>
#include <gdal_rat.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

namespace marchland {
namespace {

namespace fs = std::filesystem;
using detail::GdalMessages;

constexpr int kBlockSide = 512;

/// Of a class whose colour is none.
constexpr Rgb kGrey{136, 136, 136};

[[noreturn]] void fail(const GdalMessages& messages, std::string_view what) {
  throw Error(ErrorCode::failure, fmt::format("{}: {}", what, messages.reason()));
}

GDALDriver& driver_of(const char* name) {
  GDALDriver* driver = GetGDALDriverManager()->GetDriverByName(name);
  if (driver == nullptr)
    throw Error(ErrorCode::failure, fmt::format("this build of GDAL has no driver '{}'", name));
  return *driver;
}

/// Where the cells lie, and what the file says about itself.
void place(GDALDataset& dataset, const RasterGrid& grid, const Provenance& provenance,
           const GdalMessages& messages) {
  OGRSpatialReference crs;
  if (crs.SetFromUserInput(grid.crs.c_str()) != OGRERR_NONE)
    fail(messages, fmt::format("CRS '{}'", grid.crs));
  crs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
  dataset.SetSpatialRef(&crs);
  double transform[6] = {grid.west, grid.cell, 0.0, grid.north, 0.0, -grid.cell_height()};
  dataset.SetGeoTransform(transform);
  dataset.SetMetadataItem("marchland", to_json(provenance).c_str());
  dataset.SetMetadataItem("AREA_OR_POINT", "Area");
}

/// A file has a palette entry for each value of its type.
void describe(GDALDataset& dataset, const ClassRaster& raster, const std::vector<std::size_t>& counts) {
  GDALRasterBand& band = *dataset.GetRasterBand(1);
  band.SetDescription(raster.description.c_str());
  band.SetNoDataValue(0.0);
  GDALColorTable palette(GPI_RGB);
  CPLStringList names;
  GDALDefaultRasterAttributeTable table;
  table.CreateColumn("value", GFT_Integer, GFU_MinMax);
  table.CreateColumn("class", GFT_String, GFU_Name);
  table.CreateColumn("red", GFT_Integer, GFU_Red);
  table.CreateColumn("green", GFT_Integer, GFU_Green);
  table.CreateColumn("blue", GFT_Integer, GFU_Blue);
  table.CreateColumn("count", GFT_Integer, GFU_PixelCount);
  table.SetTableType(GRTT_THEMATIC);
  for (std::size_t i = 0; i < raster.classes.size(); ++i) {
    const Rgb color = parse_color(raster.classes[i].color).value_or(kGrey);
    const GDALColorEntry entry{color.red, color.green, color.blue, static_cast<short>(i == 0 ? 0 : 255)};
    const int row = static_cast<int>(i);
    palette.SetColorEntry(row, &entry);
    names.AddString(raster.classes[i].name.c_str());
    if (i == 0) continue;
    table.SetValue(row - 1, 0, row);
    table.SetValue(row - 1, 1, raster.classes[i].name.c_str());
    table.SetValue(row - 1, 2, int{color.red});
    table.SetValue(row - 1, 3, int{color.green});
    table.SetValue(row - 1, 4, int{color.blue});
    table.SetValue(row - 1, 5, static_cast<int>(counts[i]));
  }
  band.SetColorTable(&palette);
  band.SetColorInterpretation(GCI_PaletteIndex);
  band.SetCategoryNames(names.List());
  band.SetDefaultRAT(&table);
}

/// `type` is that of Cell.
template <class Cell>
void put_cells(GDALRasterBand& band, std::span<const Cell> cells, GDALDataType type,
               const GdalMessages& messages) {
  const int columns = band.GetXSize();
  std::vector<Cell> line(static_cast<std::size_t>(columns));
  for (int row = 0; row < band.GetYSize(); ++row) {
    std::copy_n(cells.begin() + std::ptrdiff_t{row} * columns, columns, line.begin());
    if (band.RasterIO(GF_Write, 0, row, columns, 1, line.data(), columns, 1, type, 0, 0, nullptr) != CE_None)
      fail(messages, "cells cannot be written");
  }
}

/// Halved until a block holds all, as the COG driver does; that takes what it finds. Its own resampling by
/// the most frequent class takes longer than all else that is done for a file, and lets held ground grow over
/// no data.
void add_class_overviews(GDALDataset& dataset, std::span<const CellClass> cells,
                         const GdalMessages& messages) {
  std::vector<int> factors;
  const int longest = std::max(dataset.GetRasterXSize(), dataset.GetRasterYSize());
  for (int factor = 2; longest > kBlockSide * factor / 2; factor *= 2) factors.push_back(factor);
  if (factors.empty()) return;
  if (dataset.BuildOverviews("NONE", static_cast<int>(factors.size()), factors.data(), 0, nullptr, nullptr,
                             nullptr) != CE_None)
    fail(messages, "overviews do not fit into memory");
  GDALRasterBand& band = *dataset.GetRasterBand(1);
  std::vector<CellClass> last;
  GDALRasterBand* above = &band;
  for (int i = 0; i < band.GetOverviewCount(); ++i) {
    last = halve_classes(i == 0 ? cells : std::span<const CellClass>(last),
                         static_cast<std::size_t>(above->GetXSize()),
                         static_cast<std::size_t>(above->GetYSize()));
    above = band.GetOverview(i);
    put_cells<CellClass>(*above, last, GDT_UInt16, messages);
  }
}

std::unique_ptr<GDALDataset> in_memory(const RasterGrid& grid, GDALDataType type,
                                       const GdalMessages& messages) {
  std::unique_ptr<GDALDataset> plain(driver_of("MEM").Create("", static_cast<int>(grid.columns),
                                                             static_cast<int>(grid.rows), 1, type, nullptr));
  if (!plain) fail(messages, "the cells do not fit into memory");
  return plain;
}

/// What programs stretch colours by without reading every cell.
struct Statistics {
  double least = 0.0;
  double greatest = 0.0;
  double mean = 0.0;
};

/// The COG driver keeps none. Set on a file that is open for reading they go into GDAL's own file beside it,
/// with whatever GDAL has put there: a system that GeoTIFF has no keys for, for instance.
void add_statistics(const std::string& path, const Statistics& statistics, const GdalMessages& messages) {
  std::unique_ptr<GDALDataset> tiff(
      GDALDataset::Open(path.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR));
  if (!tiff) fail(messages, "the GeoTIFF cannot be opened again");
  GDALRasterBand& band = *tiff->GetRasterBand(1);
  for (const auto& [key, value] : {std::pair{"STATISTICS_MINIMUM", statistics.least},
                                   std::pair{"STATISTICS_MAXIMUM", statistics.greatest},
                                   std::pair{"STATISTICS_MEAN", statistics.mean}}) {
    band.SetMetadataItem(key, fmt::format("{}", value).c_str());
  }
}

struct RasterBytes {
  std::string file;
  std::string beside;  ///< what GDAL writes beside it
};
RasterBytes as_cog(GDALDataset& plain, CPLStringList options, const std::optional<Statistics>& statistics,
                   const GdalMessages& messages) {
  options.SetNameValue("COMPRESS", "DEFLATE");
  // Level 9 takes four times as long, and large flat areas come out no smaller.
  options.SetNameValue("LEVEL", "6");
  options.SetNameValue("BLOCKSIZE", std::to_string(kBlockSide).c_str());
  options.SetNameValue("BIGTIFF", "IF_SAFER");
  const detail::MemoryFolder folder;
  const std::string name = "out.tif";
  std::unique_ptr<GDALDataset> tiff(driver_of("COG").CreateCopy(
      folder.path(name).c_str(), &plain, FALSE, const_cast<char**>(options.List()), nullptr, nullptr));
  if (!tiff) fail(messages, "the GeoTIFF cannot be made");
  tiff.reset();
  if (statistics) add_statistics(folder.path(name), *statistics, messages);
  if (!messages.failures().empty()) fail(messages, "the GeoTIFF cannot be finished");
  RasterBytes out{folder.take(name), folder.take(name + ".aux.xml")};
  // GDAL writes none where it has nothing to say.
  if (out.beside.empty()) out.beside = "<PAMDataset>\n</PAMDataset>\n";
  return out;
}

void check_cells(const RasterGrid& grid, std::size_t count) {
  if (count != grid.cell_count() || count == 0)
    throw InvalidArgument(fmt::format("{} cells for a grid of {}", count, grid.cell_count()));
}

/// FILE.tif, FILE.tif.aux.xml and, with `style`, FILE.qml.
std::vector<fs::path> files_of(const fs::path& path, bool has_style) {
  std::vector<fs::path> out{path, path.string() + ".aux.xml"};
  if (has_style) out.push_back(fs::path(path).replace_extension(".qml"));
  return out;
}

/// Runs with the path named in whatever is thrown.
template <class Work>
auto about(const fs::path& path, Work work) {
  try {
    return work();
  } catch (Error& error) {
    if (!std::string_view(error.what()).starts_with(path.string())) error.add_context(path.string());
    throw;
  }
}

/// Writes all files; `make` gives their bytes.
template <class Make>
void write_files(const fs::path& path, const std::string& style, Existing existing, Make make) {
  OutputGroup files(files_of(path, !style.empty()), existing);
  const RasterBytes bytes = make();
  std::vector<std::string_view> contents{bytes.file, bytes.beside};
  if (!style.empty()) contents.emplace_back(style);
  files.write(contents);
  files.commit();
}

void check_ending(const fs::path& path) {
  const std::string ending = path.extension().string();
  if (ending != ".tif" && ending != ".tiff") {
    throw InvalidArgument(
        fmt::format("{}: rasters are written as GeoTIFF; expected the ending .tif", path.string()));
  }
}

RasterBytes class_bytes(const ClassRaster& raster, std::span<const CellClass> cells,
                        const Provenance& provenance) {
  const RasterGrid& grid = raster.grid;
  check_cells(grid, cells.size());
  if (raster.classes.empty() || raster.classes.size() > kAllClasses)
    throw InvalidArgument(fmt::format("{} classes; expected 1 to {}", raster.classes.size(), kAllClasses));
  std::vector<std::size_t> counts(raster.classes.size(), 0);
  for (const CellClass c : cells) {
    if (c >= counts.size()) throw InvalidArgument(fmt::format("there is no class {}", c));
    ++counts[c];
  }
  detail::register_gdal();
  const GdalMessages messages;
  const GDALDataType type = raster.classes.size() <= kByteClasses ? GDT_Byte : GDT_UInt16;
  const auto plain = in_memory(grid, type, messages);
  place(*plain, grid, provenance, messages);
  describe(*plain, raster, counts);
  put_cells(*plain->GetRasterBand(1), cells, GDT_UInt16, messages);
  add_class_overviews(*plain, cells, messages);
  return as_cog(*plain, {}, std::nullopt, messages);
}

}  // namespace

void check_raster_output(const fs::path& path, RasterKind kind, Existing existing) {
  check_ending(path);
  const OutputGroup probe(files_of(path, kind == RasterKind::classes), existing);
}

void write_raster(const fs::path& path, const ClassRaster& raster, std::span<const CellClass> cells,
                  const Provenance& provenance, Existing existing) {
  check_ending(path);
  about(path, [&] {
    write_files(path, detail::qgis_raster_style(raster.classes), existing,
                [&] { return class_bytes(raster, cells, provenance); });
  });
}

void write_raster(OutputFolder& folder, const fs::path& name, const ClassRaster& raster,
                  std::span<const CellClass> cells, const Provenance& provenance) {
  check_ending(name);
  about(name, [&] {
    const RasterBytes bytes = class_bytes(raster, cells, provenance);
    const std::string style = detail::qgis_raster_style(raster.classes);
    const std::array<std::string_view, 3> contents{bytes.file, bytes.beside, style};
    const std::vector<fs::path> names = files_of(name, true);
    for (std::size_t i = 0; i < names.size(); ++i) folder.write(names[i], contents.at(i));
  });
}

namespace {

/// `type` is that of Cell.
template <class Cell>
RasterBytes value_bytes(const ValueRaster& raster, std::span<const Cell> cells, GDALDataType type,
                        const Provenance& provenance) {
  const RasterGrid& grid = raster.grid;
  check_cells(grid, cells.size());
  double least = std::numeric_limits<double>::infinity();
  double greatest = 0.0;
  double sum = 0.0;
  std::size_t count = 0;
  for (const Cell value : cells) {
    if (value == Cell{kNoValue}) continue;
    if (!(value >= Cell{0}) || !std::isfinite(value))
      throw InvalidArgument(fmt::format("a cell of value {}; expected 0 or more", value));
    least = std::min(least, double{value});
    greatest = std::max(greatest, double{value});
    sum += double{value};
    ++count;
  }
  detail::register_gdal();
  const GdalMessages messages;
  const auto plain = in_memory(grid, type, messages);
  place(*plain, grid, provenance, messages);
  GDALRasterBand& band = *plain->GetRasterBand(1);
  band.SetDescription(raster.description.c_str());
  band.SetUnitType(raster.unit.c_str());
  band.SetNoDataValue(double{kNoValue});
  put_cells(band, cells, type, messages);
  CPLStringList options;
  options.SetNameValue("OVERVIEW_RESAMPLING", "AVERAGE");
  options.SetNameValue("PREDICTOR", "FLOATING_POINT");
  std::optional<Statistics> statistics;
  if (count > 0) statistics = {least, greatest, sum / static_cast<double>(count)};
  return as_cog(*plain, options, statistics, messages);
}

template <class Cell>
void write_values(const fs::path& path, const ValueRaster& raster, std::span<const Cell> cells,
                  GDALDataType type, const Provenance& provenance, Existing existing) {
  check_ending(path);
  about(path, [&] {
    write_files(path, "", existing, [&] { return value_bytes(raster, cells, type, provenance); });
  });
}

}  // namespace

void write_value_raster(const fs::path& path, const ValueRaster& raster, std::span<const float> cells,
                        const Provenance& provenance, Existing existing) {
  write_values(path, raster, cells, GDT_Float32, provenance, existing);
}

void write_value_raster(const fs::path& path, const ValueRaster& raster, std::span<const double> cells,
                        const Provenance& provenance, Existing existing) {
  write_values(path, raster, cells, GDT_Float64, provenance, existing);
}

}  // namespace marchland
