#include <marchland/base/error.h>
#include <marchland/io/detail/gdal.h>
#include <marchland/io/detail/raster_file.h>
#include <marchland/io/detail/raster_year.h>
#include <marchland/io/read_raster.h>
#include <marchland/measure/projection.h>

#include <fmt/format.h>
#include <gdal_alg.h>
#include <gdal_priv.h>
#include <ogr_geometry.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <numbers>

namespace marchland {
namespace {

using detail::GdalMessages;
using detail::RasterFile;

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

/// What it says of its year: the first of these texts that has any.
void find_year(const RasterFile& file, GDALRasterBand& band, const std::string& title, ValueRasterFile& out) {
  const std::array<std::string, 4> metadata{
      file.band_date(out.band),
      metadata_of(file, band, {"year", "NC_GLOBAL#year", "reference_year", "NC_GLOBAL#reference_year"}),
      title, out.band_name};
  for (const std::string& text : metadata) {
    if (out.years = detail::years_in(text); !out.years.empty()) break;
  }
  out.year_from = "metadata";
  if (out.years.empty()) {
    out.years = detail::years_in(file.path().stem().string());
    out.year_from = "file name";
  }
  if (out.years.size() == 1) {
    out.year = out.years.front();
    out.years.clear();
  } else {
    out.year_from.clear();
  }
}

/// Bytes from -128 to 127. Before it had a type of its own GDAL read them as those from 0 to 255, masks and
/// the no-data value included.
bool is_signed_byte(GDALRasterBand& band) {
  const char* type = band.GetMetadataItem("PIXELTYPE", "IMAGE_STRUCTURE");
  return band.GetRasterDataType() == GDT_Byte && type != nullptr && EQUAL(type, "SIGNEDBYTE");
}
double as_signed_byte(double value) {
  return value > 127.0 ? value - 256.0 : value;
}

/// Values of a row of the file.
class ValueRows {
 public:
  ValueRows(const RasterFile& file, int band)
      : file_(&file),
        band_(file->GetRasterBand(band)),
        mask_(band_->GetMaskBand()),
        is_signed_byte_(is_signed_byte(*band_)),
        has_mask_((band_->GetMaskFlags() & GMF_ALL_VALID) == 0) {
    int has = 0;
    const double scale = band_->GetScale(&has);
    if (has != 0) scale_ = scale;
    const double offset = band_->GetOffset(&has);
    if (has != 0) offset_ = offset;
    if (!is_signed_byte_) return;
    // A mask made of the no-data value is made of unsigned bytes.
    if ((band_->GetMaskFlags() & GMF_NODATA) != 0) has_mask_ = false;
    const double none = band_->GetNoDataValue(&has);
    if (has != 0) none_ = as_signed_byte(none);
  }

  /// From that cell on, `count` of them. Throws Error(failure).
  void read(int column, int row, int count, double* values) {
    is_valid_.assign(static_cast<std::size_t>(count), 1);
    if (band_->RasterIO(GF_Read, column, row, count, 1, values, count, 1, GDT_Float64, 0, 0, nullptr) !=
            CE_None ||
        (has_mask_ && mask_->RasterIO(GF_Read, column, row, count, 1, is_valid_.data(), count, 1, GDT_Byte, 0,
                                      0, nullptr) != CE_None)) {
      file_->fail_reading();
    }
    for (std::size_t i = 0; i < is_valid_.size(); ++i) {
      double& value = values[i];
      if (is_signed_byte_) value = as_signed_byte(value);
      value = is_valid_[i] == 0 || !std::isfinite(value) || value == none_
                  ? std::numeric_limits<double>::quiet_NaN()
                  : scale_ * value + offset_;
    }
  }

 private:
  const RasterFile* file_;
  GDALRasterBand* band_;
  GDALRasterBand* mask_;
  bool is_signed_byte_;
  bool has_mask_;
  double none_ = std::numeric_limits<double>::quiet_NaN();  ///< of signed bytes; else the mask knows it
  double scale_ = 1.0;
  double offset_ = 0.0;
  std::vector<GByte> is_valid_;
};

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
/// `turn`: a whole one, in units of a geographic system; 0: there is none.
Window window_of(const RasterGrid& grid, const Projection& projection, double turn, const LonLatBox& box) {
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
  for (const double turns : {-1.0, 0.0, 1.0}) {
    if (turn == 0.0 && turns != 0.0) continue;
    const double west = (bounds->west + turns * turn - grid.west) / grid.cell;
    const double east = (bounds->east + turns * turn - grid.west) / grid.cell;
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

/// Says which system of which file it is that cannot be used. A definition in WKT is not repeated.
Projection projection_of(const RasterFile& file, const std::string& crs) {
  try {
    return Projection(crs);
  } catch (Error& error) {
    constexpr std::size_t kShort = 60;
    error.add_context(crs.size() <= kShort ? fmt::format("{}: its CRS '{}'", file.path().string(), crs)
                                           : fmt::format("{}: its CRS", file.path().string()));
    throw;
  }
}

/// Columns that go round the earth once; all, where they do not or the system is projected. A raster whose
/// cells are centred on whole degrees begins and ends with half a cell more than that.
std::size_t columns_of_a_turn(const RasterGrid& grid, double turn) {
  if (turn == 0.0) return grid.columns;
  constexpr double kRounded = 0.01;  // of a column: what sizes of cells are rounded to adds up to
  return std::min(grid.columns, static_cast<std::size_t>(std::floor(turn / grid.cell + kRounded)));
}

}  // namespace

RasterGrid read_grid(const std::filesystem::path& path, const std::string& crs) {
  RasterFile file(path);
  file.choose_any(crs);
  RasterGrid out = file.grid(crs);
  static_cast<void>(projection_of(file, out.crs));
  return out;
}

void check_values(const std::filesystem::path& path, const RasterSelection& selection) {
  RasterFile file(path);
  static_cast<void>(file.choose(selection.band));
  static_cast<void>(projection_of(file, file.grid(selection.crs).crs));
}

ValueRasterFile read_values(const std::filesystem::path& path, const LonLatBox& box,
                            const RasterSelection& selection) {
  RasterFile file(path);
  ValueRasterFile out;
  out.band = file.choose(selection.band);
  RasterGrid whole = file.grid(selection.crs);
  GDALRasterBand& band = *file->GetRasterBand(out.band);
  if (GDALDataTypeIsComplex(band.GetRasterDataType()) != 0)
    file.refuse("its values are complex numbers; expected real ones");
  out.variable = file.variable();
  out.band_name = file.band_name(out.band);
  out.unit = band.GetUnitType();
  out.title = metadata_of(file, band,
                          {"title", "NC_GLOBAL#title", "TIFFTAG_DOCUMENTNAME", "TIFFTAG_IMAGEDESCRIPTION"});
  find_year(file, band, out.title, out);
  if (out.title.empty()) out.title = path.filename().string();
  const Projection projection = projection_of(file, whole.crs);
  const double turn =
      projection.is_geographic() ? std::round(2e9 * std::numbers::pi / projection.unit()) / 1e9 : 0.0;
  const std::size_t all = whole.columns;
  whole.columns = columns_of_a_turn(whole, turn);
  out.repeated_columns = all - whole.columns;
  const Window window = window_of(whole, projection, turn, box);
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
  const bool is_south_up = file.is_south_up();
  ValueRows rows(file, out.band);
  for (std::size_t row = 0; row < out.grid.rows; ++row) {
    const std::size_t from_north = window.rows.first + row;
    rows.read(static_cast<int>(window.columns.first),
              static_cast<int>(is_south_up ? whole.rows - 1 - from_north : from_north),
              static_cast<int>(out.grid.columns), out.cells.data() + row * out.grid.columns);
  }
  return out;
}

ClassRasterFile read_raster(const std::filesystem::path& path) {
  RasterFile dataset(path);
  dataset.choose_any("");
  ClassRasterFile out;
  out.grid = dataset.grid("");
  if (out.grid.height > 0.0) dataset.fail("its cells are not squares along the axes");
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
  if (dataset.is_south_up()) {
    const auto row = [&](std::size_t i) {
      return out.cells.begin() + static_cast<std::ptrdiff_t>(i * out.grid.columns);
    };
    for (std::size_t i = 0; i < out.grid.rows / 2; ++i)
      std::swap_ranges(row(i), row(i + 1), row(out.grid.rows - 1 - i));
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
  std::array<double, 6> transform{grid.west, grid.cell, 0.0, grid.north, 0.0, -grid.cell_height()};
  dataset->SetGeoTransform(transform.data());
  std::vector<std::unique_ptr<OGRMultiPolygon>> geometries;
  std::vector<OGRGeometryH> handles;
  std::vector<double> values;
  // Asking for the system takes longer than most rasters.
  const bool goes_round = grid.west + static_cast<double>(grid.columns) * grid.cell > 180.0 &&
                          Projection(grid.crs).is_geographic();
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
