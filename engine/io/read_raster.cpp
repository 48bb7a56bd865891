#include <marchland/base/error.h>
#include <marchland/io/detail/gdal.h>
#include <marchland/io/read_raster.h>
#include <marchland/measure/projection.h>

#include <fmt/format.h>
#include <gdal_alg.h>
#include <gdal_priv.h>
#include <ogr_geometry.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>
#include <optional>

namespace marchland {
namespace {

using detail::GdalMessages;

std::string name_of(const OGRSpatialReference& crs) {
  const char* authority = crs.GetAuthorityName(nullptr);
  const char* code = crs.GetAuthorityCode(nullptr);
  if (authority != nullptr && code != nullptr) return fmt::format("{}:{}", authority, code);
  char* wkt = nullptr;
  crs.exportToWkt(&wkt);
  const std::string text = wkt != nullptr ? wkt : "";
  CPLFree(wkt);
  return text;
}

/// Shifted east by so many degrees.
std::unique_ptr<OGRMultiPolygon> geometry_of(const MultiPolygon& area, double shift) {
  auto out = std::make_unique<OGRMultiPolygon>();
  for (const Polygon& polygon : area) {
    OGRPolygon part;
    for (const Ring& ring : polygon) {
      OGRLinearRing line;
      line.setNumPoints(static_cast<int>(ring.size()), FALSE);
      for (std::size_t i = 0; i < ring.size(); ++i)
        line.setPoint(static_cast<int>(i), ring[i].lon + shift, ring[i].lat);
      part.addRing(&line);
    }
    out->addGeometry(&part);
  }
  return out;
}

/// A file held open, with what is said where it cannot be read.
class RasterFile {
 public:
  explicit RasterFile(std::filesystem::path path) : path_(std::move(path)) {
    detail::register_gdal();
    dataset_.reset(
        GDALDataset::Open(path_.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR));
    if (!dataset_) fail(fmt::format("cannot be opened: {}", messages_.reason()));
    if (dataset_->GetRasterCount() > 0) return;
    // A file of several rasters, as netCDF is: the first that has cells.
    char** parts = dataset_->GetMetadata("SUBDATASETS");
    const char* first = CSLFetchNameValue(parts, "SUBDATASET_1_NAME");
    if (first == nullptr) fail("has no cells");
    dataset_.reset(GDALDataset::Open(std::string(first).c_str(),
                                     GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR));
    if (!dataset_ || dataset_->GetRasterCount() == 0)
      fail(fmt::format("cannot be opened: {}", messages_.reason()));
  }

  [[nodiscard]] GDALDataset& operator*() const { return *dataset_; }
  [[nodiscard]] GDALDataset* operator->() const { return dataset_.get(); }

  [[noreturn]] void fail(std::string_view what) const {
    throw Error(ErrorCode::failure, fmt::format("{}: {}", path_.string(), what));
  }
  [[noreturn]] void fail_reading() const {
    fail(fmt::format("cells cannot be read: {}", messages_.reason()));
  }
  [[noreturn]] void refuse(std::string_view what) const {
    throw InvalidArgument(fmt::format("{}: {}", path_.string(), what));
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  [[nodiscard]] RasterGrid grid() const {
    const OGRSpatialReference* crs = dataset_->GetSpatialRef();
    std::array<double, 6> transform{};
    if (crs == nullptr || dataset_->GetGeoTransform(transform.data()) != CE_None)
      fail("has no coordinate system or no place in it");
    if (transform[2] != 0.0 || transform[4] != 0.0 || transform[1] <= 0.0 || transform[5] >= 0.0) {
      fail(
          "its rows do not run from west to east and from north to south along its axes; lay it so first, by "
          "gdalwarp for instance");
    }
    const double height = -transform[5];
    const bool is_square = std::abs(transform[1] - height) <= 1e-9 * transform[1];
    return {name_of(*crs),
            transform[0],
            transform[3],
            transform[1],
            static_cast<std::size_t>(dataset_->GetRasterXSize()),
            static_cast<std::size_t>(dataset_->GetRasterYSize()),
            is_square ? 0.0 : height};
  }

 private:
  std::filesystem::path path_;
  GdalMessages messages_;
  std::unique_ptr<GDALDataset> dataset_;
};

bool is_year(std::string_view text) {
  return text.size() == 4 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; }) &&
         text >= "1500" && text <= "2100";
}

/// The first four digits that can be a year, with no digit beside them.
std::string year_in(std::string_view text) {
  const auto is_digit = [&](std::size_t at) {
    return at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0;
  };
  for (std::size_t i = 0; i + 4 <= text.size(); ++i) {
    if ((i == 0 || !is_digit(i - 1)) && !is_digit(i + 4) && is_year(text.substr(i, 4)))
      return std::string(text.substr(i, 4));
  }
  return {};
}

/// The first of these keys that the file or band has, whatever its case.
std::string metadata_of(const RasterFile& file, GDALRasterBand& band,
                        std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    for (char** all : {band.GetMetadata(), file->GetMetadata()}) {
      const char* value = CSLFetchNameValue(all, key);
      if (value != nullptr && *value != 0) return value;
    }
  }
  return {};
}

int find_band(const RasterFile& file, const std::string& asked) {
  const int count = file->GetRasterCount();
  std::string names;
  const auto is_alpha = [&](int i) {
    return file->GetRasterBand(i)->GetColorInterpretation() == GCI_AlphaBand;
  };
  int values = 0;
  int last = 0;
  for (int i = 1; i <= count; ++i) {
    if (is_alpha(i)) continue;
    ++values;
    last = i;
    const std::string name = file->GetRasterBand(i)->GetDescription();
    if (!asked.empty() && (asked == name || asked == std::to_string(i))) return i;
    if (i <= 12)
      names += fmt::format("{}{}{}", names.empty() ? "" : ", ", i, name.empty() ? "" : " (" + name + ")");
  }
  if (asked.empty() && values == 1) return last;
  file.refuse(fmt::format("{}; it has {} bands: {}{}",
                          asked.empty() ? std::string("expected --band, a number or a name")
                                        : fmt::format("there is no band '{}'", asked),
                          values, names, values > 12 ? ", ..." : ""));
}

/// Columns (or rows) [first, end) of a raster.
struct Stretch {
  std::size_t first = 0;
  std::size_t end = 0;
};
/// Those between two coordinates, in cells from the raster's side; a cell more on either side.
Stretch stretch(double from, double to, std::size_t count) {
  const auto most = static_cast<double>(count);
  return {static_cast<std::size_t>(std::clamp(std::floor(from) - 1.0, 0.0, most)),
          static_cast<std::size_t>(std::clamp(std::ceil(to) + 1.0, 0.0, most))};
}

struct Window {
  Stretch columns;
  Stretch rows;
  bool holds_box = false;
};
Window window_of(const RasterGrid& grid, const LonLatBox& box) {
  const Projection projection(grid.crs);
  const auto bounds = projection.bounds(box);
  if (!bounds) return {{0, grid.columns}, {0, grid.rows}, false};
  constexpr double kHairsbreadth = 1e-6;  // of a cell: sides that are meant to be the same
  const auto is_within = [&](double from, double to, std::size_t count) {
    return from >= -kHairsbreadth && to <= static_cast<double>(count) + kHairsbreadth;
  };
  const double north = (grid.north - bounds->north) / grid.cell_height();
  const double south = (grid.north - bounds->south) / grid.cell_height();
  Window out{{grid.columns, 0}, stretch(north, south, grid.rows), is_within(north, south, grid.rows)};
  bool holds = false;
  double seen = 0.0;
  // Longitudes may be counted by another turn, or the box lie on both ends of a raster.
  const bool is_round = projection.is_geographic();
  for (const double turn : {-360.0, 0.0, 360.0}) {
    if (!is_round && turn != 0.0) continue;
    const double west = (bounds->west + turn - grid.west) / grid.cell;
    const double east = (bounds->east + turn - grid.west) / grid.cell;
    if (east <= 0.0 || west >= static_cast<double>(grid.columns)) continue;
    const Stretch part = stretch(west, east, grid.columns);
    out.columns.first = std::min(out.columns.first, part.first);
    out.columns.end = std::max(out.columns.end, part.end);
    holds = holds || is_within(west, east, grid.columns);
    seen += std::min(east, static_cast<double>(grid.columns)) - std::max(west, 0.0);
  }
  holds = holds || seen >= (bounds->east - bounds->west) / grid.cell - kHairsbreadth;
  out.holds_box = out.holds_box && holds;
  if (out.columns.first >= out.columns.end || out.rows.first >= out.rows.end) return {{0, 0}, {0, 0}, false};
  return out;
}

}  // namespace

RasterGrid read_grid(const std::filesystem::path& path) {
  return RasterFile(path).grid();
}

ValueRasterFile read_values(const std::filesystem::path& path, const LonLatBox& box,
                            const std::string& asked) {
  const RasterFile file(path);
  const RasterGrid whole = file.grid();
  ValueRasterFile out;
  out.band = find_band(file, asked);
  GDALRasterBand& band = *file->GetRasterBand(out.band);
  if (GDALDataTypeIsComplex(band.GetRasterDataType()) != 0)
    file.refuse("its values are complex numbers; expected real ones");
  out.band_name = band.GetDescription();
  out.unit = band.GetUnitType();
  out.title = metadata_of(file, band,
                          {"title", "NC_GLOBAL#title", "TIFFTAG_DOCUMENTNAME", "TIFFTAG_IMAGEDESCRIPTION"});
  if (out.title.empty()) out.title = path.filename().string();
  out.year = year_in(
      metadata_of(file, band, {"year", "NC_GLOBAL#year", "reference_year", "NC_GLOBAL#reference_year"}));
  if (out.year.empty()) out.year = year_in(out.title == path.filename().string() ? "" : out.title);
  if (out.year.empty()) out.year = year_in(out.band_name);
  if (!out.year.empty()) out.year_from = "metadata";
  if (out.year.empty()) {
    out.year = year_in(path.stem().string());
    if (!out.year.empty()) out.year_from = "file name";
  }
  const Window window = [&] {
    try {
      return window_of(whole, box);
    } catch (Error& error) {
      error.add_context(path.string());
      throw;
    }
  }();
  out.holds_box = window.holds_box;
  out.grid = whole;
  out.grid.columns = window.columns.end - window.columns.first;
  out.grid.rows = window.rows.end - window.rows.first;
  out.grid.west = whole.west + static_cast<double>(window.columns.first) * whole.cell;
  out.grid.north = whole.north - static_cast<double>(window.rows.first) * whole.cell_height();
  if (out.grid.cell_count() == 0) return out;
  if (out.grid.cell_count() > kMaxValues) {
    file.refuse(
        fmt::format("{} columns of {} rows meet the ground; at most {:.3g} cells are read: choose fewer with "
                    "--region, or a raster of larger cells",
                    out.grid.columns, out.grid.rows, static_cast<double>(kMaxValues)));
  }
  out.cells.resize(out.grid.cell_count());
  const int columns = static_cast<int>(out.grid.columns);
  GDALRasterBand& mask = *band.GetMaskBand();
  const bool has_mask = (band.GetMaskFlags() & GMF_ALL_VALID) == 0;
  int has_scale = 0;
  const double scale = band.GetScale(&has_scale);
  int has_offset = 0;
  const double offset = band.GetOffset(&has_offset);
  std::vector<GByte> is_valid(out.grid.columns, 1);
  for (std::size_t row = 0; row < out.grid.rows; ++row) {
    double* values = out.cells.data() + row * out.grid.columns;
    const int x = static_cast<int>(window.columns.first);
    const int y = static_cast<int>(window.rows.first + row);
    if (band.RasterIO(GF_Read, x, y, columns, 1, values, columns, 1, GDT_Float64, 0, 0, nullptr) != CE_None ||
        (has_mask && mask.RasterIO(GF_Read, x, y, columns, 1, is_valid.data(), columns, 1, GDT_Byte, 0, 0,
                                   nullptr) != CE_None)) {
      file.fail_reading();
    }
    for (std::size_t column = 0; column < out.grid.columns; ++column) {
      double& value = values[column];
      if (is_valid[column] == 0 || !std::isfinite(value)) {
        value = std::numeric_limits<double>::quiet_NaN();
      } else {
        value = (has_scale != 0 ? scale : 1.0) * value + (has_offset != 0 ? offset : 0.0);
      }
    }
  }
  return out;
}

ClassRasterFile read_raster(const std::filesystem::path& path) {
  const RasterFile dataset(path);
  ClassRasterFile out;
  out.grid = dataset.grid();
  if (out.grid.height > 0.0) dataset.fail("its cells are not squares along the axes, north up");
  GDALRasterBand& band = *dataset->GetRasterBand(1);
  if (char** names = band.GetCategoryNames(); names != nullptr) {
    for (; *names != nullptr; ++names) out.classes.emplace_back(*names);
  }
  out.cells.resize(out.grid.cell_count());
  const int columns = dataset->GetRasterXSize();
  const int rows = dataset->GetRasterYSize();
  if (band.RasterIO(GF_Read, 0, 0, columns, rows, out.cells.data(), columns, rows, GDT_UInt16, 0, 0,
                    nullptr) != CE_None) {
    dataset.fail_reading();
  }
  return out;
}

std::vector<CellClass> rasterise(const RasterGrid& grid,
                                 const std::vector<std::pair<CellClass, MultiPolygon>>& areas) {
  detail::register_gdal();
  GdalMessages messages;
  const auto fail = [&](std::string_view what) {
    throw Error(ErrorCode::failure, fmt::format("{}: {}", what, messages.reason()));
  };
  const int columns = static_cast<int>(grid.columns);
  const int rows = static_cast<int>(grid.rows);
  GDALDriver* memory = GetGDALDriverManager()->GetDriverByName("MEM");
  const std::unique_ptr<GDALDataset> dataset(
      memory == nullptr ? nullptr : memory->Create("", columns, rows, 1, GDT_UInt16, nullptr));
  if (!dataset) fail("the cells do not fit into memory");
  std::array<double, 6> transform{grid.west, grid.cell, 0.0, grid.north, 0.0, -grid.cell};
  dataset->SetGeoTransform(transform.data());
  std::vector<std::unique_ptr<OGRMultiPolygon>> geometries;
  std::vector<OGRGeometryH> handles;
  std::vector<double> values;
  const bool goes_round = grid.west + static_cast<double>(grid.columns) * grid.cell > 180.0;
  for (const auto& [cell_class, area] : areas) {
    for (const double shift : {0.0, 360.0}) {
      if (shift > 0.0 && !goes_round) continue;
      geometries.push_back(geometry_of(area, shift));
      handles.push_back(OGRGeometry::ToHandle(geometries.back().get()));
      values.push_back(cell_class);
    }
  }
  int band = 1;
  if (!handles.empty() &&
      GDALRasterizeGeometries(GDALDataset::ToHandle(dataset.get()), 1, &band,
                              static_cast<int>(handles.size()), handles.data(), nullptr, nullptr,
                              values.data(), nullptr, nullptr, nullptr) != CE_None) {
    fail("polygons cannot be made cells");
  }
  std::vector<CellClass> cells(grid.cell_count());
  if (dataset->GetRasterBand(1)->RasterIO(GF_Read, 0, 0, columns, rows, cells.data(), columns, rows,
                                          GDT_UInt16, 0, 0, nullptr) != CE_None) {
    fail("cells cannot be read");
  }
  return cells;
}

}  // namespace marchland
