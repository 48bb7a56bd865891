#include <marchland/base/error.h>
#include <marchland/io/detail/gdal.h>
#include <marchland/io/detail/memory_folder.h>
#include <marchland/io/write_raster.h>

#include <cpl_string.h>
#include <fmt/format.h>
#include <gdal_priv.h>
#include <gdal_rat.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace marchland {
namespace {

namespace fs = std::filesystem;
using detail::GdalMessages;

constexpr std::size_t kByteClasses = 256;
constexpr std::size_t kAllClasses = 65536;

struct Rgb {
  short red = 0, green = 0, blue = 0;
};

Rgb parse_color(const std::string& color) {
  if (color.size() != 7 || color.front() != '#') return {136, 136, 136};
  const auto part = [&](std::size_t at) {
    return static_cast<short>(std::strtol(color.substr(at, 2).c_str(), nullptr, 16));
  };
  return {part(1), part(3), part(5)};
}

[[noreturn]] void fail(const GdalMessages& messages, std::string_view what) {
  throw Error(ErrorCode::failure, fmt::format("{}: {}", what, messages.reason()));
}

GDALDriver& driver_of(const char* name) {
  GDALDriver* driver = GetGDALDriverManager()->GetDriverByName(name);
  if (driver == nullptr)
    throw Error(ErrorCode::failure, fmt::format("this build of GDAL has no driver '{}'", name));
  return *driver;
}

/// Everything but the cells; a file has a palette entry for each value of its type.
void describe(GDALDataset& dataset, const ClassRaster& raster, const std::vector<std::size_t>& counts,
              const Provenance& provenance, const GdalMessages& messages) {
  OGRSpatialReference crs;
  if (crs.SetFromUserInput(raster.grid.crs.c_str()) != OGRERR_NONE)
    fail(messages, fmt::format("CRS '{}'", raster.grid.crs));
  crs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
  dataset.SetSpatialRef(&crs);
  double transform[6] = {raster.grid.west, raster.grid.cell, 0.0, raster.grid.north, 0.0, -raster.grid.cell};
  dataset.SetGeoTransform(transform);
  dataset.SetMetadataItem("marchland", to_json(provenance).c_str());
  dataset.SetMetadataItem("AREA_OR_POINT", "Area");

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
    const Rgb color = parse_color(raster.classes[i].color);
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

void put_cells(GDALDataset& dataset, const RasterGrid& grid, std::span<const CellClass> cells,
               const GdalMessages& messages) {
  GDALRasterBand& band = *dataset.GetRasterBand(1);
  std::vector<CellClass> line(grid.columns);
  for (std::size_t row = 0; row < grid.rows; ++row) {
    std::copy_n(cells.begin() + static_cast<std::ptrdiff_t>(row * grid.columns), grid.columns, line.begin());
    if (band.RasterIO(GF_Write, 0, static_cast<int>(row), static_cast<int>(grid.columns), 1, line.data(),
                      static_cast<int>(grid.columns), 1, GDT_UInt16, 0, 0, nullptr) != CE_None) {
      fail(messages, "cells cannot be written");
    }
  }
}

void check_ending(const fs::path& path) {
  const std::string ending = path.extension().string();
  if (ending != ".tif" && ending != ".tiff") {
    throw InvalidArgument(
        fmt::format("{}: rasters are written as GeoTIFF; expected the ending .tif", path.string()));
  }
}

fs::path sidecar_of(const fs::path& path) {
  return path.string() + ".aux.xml";
}

}  // namespace

void check_raster_output(const fs::path& path, Existing existing) {
  check_ending(path);
  const OutputPair probe(path, sidecar_of(path), existing);
}

void write_raster(const fs::path& path, const ClassRaster& raster, std::span<const CellClass> cells,
                  const Provenance& provenance, Existing existing) {
  check_ending(path);
  const RasterGrid& grid = raster.grid;
  if (cells.size() != grid.cell_count() || cells.empty()) {
    throw InvalidArgument(
        fmt::format("{}: {} cells for a grid of {}", path.string(), cells.size(), grid.cell_count()));
  }
  if (raster.classes.empty() || raster.classes.size() > kAllClasses) {
    throw InvalidArgument(
        fmt::format("{}: {} classes; expected 1 to {}", path.string(), raster.classes.size(), kAllClasses));
  }
  std::vector<std::size_t> counts(raster.classes.size(), 0);
  for (const CellClass c : cells) {
    if (c >= counts.size()) throw InvalidArgument(fmt::format("{}: there is no class {}", path.string(), c));
    ++counts[c];
  }
  OutputPair files(path, sidecar_of(path), existing);
  try {
    detail::register_gdal();
    GdalMessages messages;
    const detail::MemoryFolder folder;
    const GDALDataType type = raster.classes.size() <= kByteClasses ? GDT_Byte : GDT_UInt16;
    const std::unique_ptr<GDALDataset> plain(driver_of("MEM").Create(
        "", static_cast<int>(grid.columns), static_cast<int>(grid.rows), 1, type, nullptr));
    if (!plain) fail(messages, "the cells do not fit into memory");
    describe(*plain, raster, counts, provenance, messages);
    put_cells(*plain, grid, cells, messages);

    CPLStringList options;
    options.SetNameValue("COMPRESS", "DEFLATE");
    options.SetNameValue("LEVEL", "9");
    options.SetNameValue("BLOCKSIZE", "512");
    options.SetNameValue("OVERVIEW_RESAMPLING", "MODE");
    options.SetNameValue("BIGTIFF", "IF_SAFER");
    const std::string name = "out.tif";
    std::unique_ptr<GDALDataset> tiff(driver_of("COG").CreateCopy(
        folder.path(name).c_str(), plain.get(), FALSE, const_cast<char**>(options.List()), nullptr, nullptr));
    if (!tiff) fail(messages, "the GeoTIFF cannot be made");
    tiff.reset();
    if (!messages.failures().empty()) fail(messages, "the GeoTIFF cannot be finished");
    const std::string bytes = folder.take(name);
    files.write(bytes, folder.take(name + ".aux.xml"));
  } catch (Error& error) {
    if (!std::string_view(error.what()).starts_with(path.string())) error.add_context(path.string());
    throw;
  }
  files.commit();
}

}  // namespace marchland
