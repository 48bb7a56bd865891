#include <marchland/base/error.h>
#include <marchland/io/detail/cf_time.h>
#include <marchland/io/detail/raster_file.h>

#include <cpl_string.h>
#include <fmt/format.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace marchland::detail {
namespace {

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

std::string item(CSLConstList metadata, const std::string& key) {
  const char* value = CSLFetchNameValue(metadata, key.c_str());
  return value != nullptr ? value : "";
}

/// Calls with the key and value of every item.
template <class Use>
void for_each_item(CSLConstList metadata, Use use) {
  for (; metadata != nullptr && *metadata != nullptr; ++metadata) {
    const std::string_view text = *metadata;
    if (const std::size_t at = text.find('='); at != std::string_view::npos)
      use(text.substr(0, at), text.substr(at + 1));
  }
}

/// Names of variables that hold the bounds of cells of others.
void add_bounds(GDALDataset& dataset, std::set<std::string>& bounds) {
  for_each_item(dataset.GetMetadata(), [&](std::string_view key, std::string_view value) {
    if (key.ends_with("#bounds") || key.ends_with("#climatology")) bounds.emplace(value);
  });
}

/// Where a band of a netCDF variable lies along the dimensions that it has besides those of its cells.
struct Along {
  std::string date;    ///< along time
  std::string others;  ///< "level=3,member=1"
};
Along along_dimensions(GDALDataset& dataset, int band) {
  Along out;
  char** of_file = dataset.GetMetadata();
  for_each_item(
      dataset.GetRasterBand(band)->GetMetadata(), [&](std::string_view key, std::string_view value) {
        constexpr std::string_view kDimension = "NETCDF_DIM_";
        if (!key.starts_with(kDimension)) return;
        const std::string dimension(key.substr(kDimension.size()));
        const auto at =
            instant_of_cf(std::strtod(std::string(value).c_str(), nullptr),
                          item(of_file, dimension + "#units"), item(of_file, dimension + "#calendar"));
        if (at && out.date.empty()) {
          out.date = format_instant(*at);
        } else {
          out.others += fmt::format("{}{}={}", out.others.empty() ? "" : ",", dimension, value);
        }
      });
  return out;
}

bool has_place(GDALDataset& dataset) {
  std::array<double, 6> ignored{};
  return dataset.GetGeoTransform(ignored.data()) == CE_None;
}

/// Spellings of CF 1.8, 4.1 and 4.2.
bool is_degrees(std::string_view unit, std::string_view direction) {
  for (const std::string_view degrees : {"degrees", "degree"}) {
    if (!unit.starts_with(degrees)) continue;
    std::string_view rest = unit.substr(degrees.size());
    if (rest.starts_with("_")) rest.remove_prefix(1);
    if (rest == direction ||
        (rest.size() == 1 && std::tolower(static_cast<unsigned char>(rest.front())) == direction.front())) {
      return true;
    }
  }
  return false;
}

/// A whole number from 1; 0: none.
int number_of(const std::string& text) {
  const bool is_number =
      !text.empty() && text.size() < 7 &&
      std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  return is_number ? std::atoi(text.c_str()) : 0;
}

/// "2015" of "2015-01-01": less of a date, or the whole name.
bool is_start_of(const std::string& asked, const std::string& name) {
  return name.starts_with(asked) &&
         (name.size() == asked.size() || (std::isdigit(static_cast<unsigned char>(asked.back())) != 0 &&
                                          std::isdigit(static_cast<unsigned char>(name[asked.size()])) == 0));
}

}  // namespace

RasterFile::RasterFile(std::filesystem::path path) : path_(std::move(path)) {
  register_gdal();
  dataset_ = open(path_.string());
  if (!dataset_) fail(fmt::format("cannot be opened: {}", messages_.reason()));
  if (dataset_->GetRasterCount() == 0) {
    find_variables();
  } else {
    variable_ = item(dataset_->GetRasterBand(1)->GetMetadata(), "NETCDF_VARNAME");
  }
}

std::unique_ptr<GDALDataset> RasterFile::open(const std::string& name) const {
  return std::unique_ptr<GDALDataset>(
      GDALDataset::Open(name.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR));
}

void RasterFile::find_variables() {
  struct Found {
    Variable variable;
    bool has_place = false;
  };
  std::vector<Found> found;
  std::set<std::string> bounds;
  const CPLStringList parts(CSLDuplicate(dataset_->GetMetadata("SUBDATASETS")));
  for (int i = 1;; ++i) {
    const std::string dataset = item(parts.List(), fmt::format("SUBDATASET_{}_NAME", i));
    if (dataset.empty()) break;
    const auto part = open(dataset);
    if (!part || part->GetRasterCount() == 0) continue;
    add_bounds(*part, bounds);
    std::string name = item(part->GetRasterBand(1)->GetMetadata(), "NETCDF_VARNAME");
    if (name.empty()) name = dataset.substr(dataset.rfind(':') + 1);
    name.erase(0, name.find_first_not_of("/\""));
    if (name.ends_with('"')) name.pop_back();
    found.push_back({{std::move(name), dataset}, has_place(*part)});
  }
  std::erase_if(found, [&](const Found& one) { return bounds.contains(one.variable.name); });
  if (std::any_of(found.begin(), found.end(), [](const Found& one) { return one.has_place; }))
    std::erase_if(found, [](const Found& one) { return !one.has_place; });
  for (Found& one : found) variables_.push_back(std::move(one.variable));
  if (variables_.empty()) {
    fail(messages_.failures().empty() ? std::string("has no cells")
                                      : fmt::format("has no cells that can be read: {}", messages_.reason()));
  }
  messages_.forget_failures();
}

void RasterFile::choose_variable(std::size_t which) {
  dataset_ = open(variables_[which].dataset);
  variable_ = variables_[which].name;
  if (!dataset_ || dataset_->GetRasterCount() == 0)
    fail(fmt::format("cannot be opened: {}", messages_.reason()));
}

std::string RasterFile::names_of_variables() const {
  constexpr std::size_t kShown = 12;
  std::string out;
  for (std::size_t i = 0; i < std::min(variables_.size(), kShown); ++i)
    out += (i > 0 ? ", " : "") + variables_[i].name;
  return variables_.size() > kShown ? out + ", ..." : out;
}

int RasterFile::choose(const std::string& asked) {
  if (variables_.empty()) {
    // A netCDF file of one variable is opened as that; it may be named all the same.
    if (!variable_.empty() && asked == variable_) return find_band("");
    if (!variable_.empty() && asked.starts_with(variable_ + ":"))
      return find_band(asked.substr(variable_.size() + 1));
    return find_band(asked);
  }
  std::optional<std::size_t> which;
  for (std::size_t i = 0; i < variables_.size(); ++i) {
    const std::string& name = variables_[i].name;
    const bool is_it = asked == name || asked.starts_with(name + ":");
    if (is_it && (!which || name.size() > variables_[*which].name.size())) which = i;
  }
  if (which) {
    const std::size_t used = variables_[*which].name.size();
    choose_variable(*which);
    return find_band(asked.size() > used ? asked.substr(used + 1) : "");
  }
  if (variables_.size() == 1) {
    choose_variable(0);
    return find_band(asked);
  }
  refuse(fmt::format(
      "{}; it has {} rasters: {}",
      asked.empty() ? std::string("expected --band, the name of a raster in it (NAME, or NAME:BAND with the "
                                  "number, name or date of a band)")
                    : fmt::format("there is no raster '{}'; expected --band NAME or NAME:BAND", asked),
      variables_.size(), names_of_variables()));
}

void RasterFile::choose_any(const std::string& crs) {
  if (variables_.empty()) return;
  choose_variable(0);
  const RasterGrid first = grid(crs);
  for (std::size_t i = 1; i < variables_.size(); ++i) {
    choose_variable(i);
    if (grid(crs) == first) continue;
    refuse(
        fmt::format("the cells of its rasters differ ({}); write the one that is meant into a file of its "
                    "own, by gdal_translate for instance",
                    names_of_variables()));
  }
}

std::string RasterFile::band_date(int band) const {
  return along_dimensions(*dataset_, band).date;
}

std::string RasterFile::band_name(int band) const {
  std::string name = dataset_->GetRasterBand(band)->GetDescription();
  if (!name.empty()) return name;
  const Along along = along_dimensions(*dataset_, band);
  return along.date.empty() || along.others.empty() ? along.date + along.others
                                                    : along.date + "," + along.others;
}

int RasterFile::find_band(const std::string& asked) const {
  const int count = dataset_->GetRasterCount();
  std::vector<int> values;
  std::vector<int> starting;
  std::string names;
  int named = 0;
  for (int i = 1; i <= count; ++i) {
    if (dataset_->GetRasterBand(i)->GetColorInterpretation() == GCI_AlphaBand) continue;
    values.push_back(i);
    const std::string name = band_name(i);
    if (!asked.empty() && asked == name && named == 0) named = i;
    if (!asked.empty() && is_start_of(asked, name)) starting.push_back(i);
    constexpr std::size_t kShown = 12;
    if (values.size() <= kShown)
      names += fmt::format("{}{}{}", names.empty() ? "" : ", ", i, name.empty() ? "" : " (" + name + ")");
    if (values.size() == kShown + 1) names += ", ...";
  }
  if (asked.empty() && values.size() == 1) return values.front();
  if (named != 0) return named;
  if (std::find(values.begin(), values.end(), number_of(asked)) != values.end()) return number_of(asked);
  if (starting.size() == 1) return starting.front();
  refuse(fmt::format("{}; it has {} band{}: {}",
                     asked.empty()         ? std::string("expected --band, a number or a name")
                     : starting.size() > 1 ? fmt::format("{} bands are of '{}'", starting.size(), asked)
                                           : fmt::format("there is no band '{}'", asked),
                     values.size(), values.size() == 1 ? "" : "s", names));
}

bool RasterFile::is_south_up() const {
  std::array<double, 6> transform{};
  return dataset_->GetGeoTransform(transform.data()) == CE_None && transform[5] > 0.0;
}

/// As the file states it. Longitudes and latitudes in degrees, of which netCDF files seldom say more, are
/// those of WGS84.
std::string RasterFile::crs_of_cells() const {
  if (const OGRSpatialReference* crs = dataset_->GetSpatialRef(); crs != nullptr) return name_of(*crs);
  bool has_longitude = false;
  bool has_latitude = false;
  for_each_item(dataset_->GetMetadata(), [&](std::string_view key, std::string_view value) {
    if (!key.ends_with("#units")) return;
    has_longitude = has_longitude || is_degrees(value, "east");
    has_latitude = has_latitude || is_degrees(value, "north");
  });
  return has_longitude && has_latitude ? "OGC:CRS84" : "";
}

RasterGrid RasterFile::grid(const std::string& asked) const {
  std::array<double, 6> transform{};
  if (dataset_->GetGeoTransform(transform.data()) != CE_None) {
    if (dataset_->GetGCPCount() > 0)
      fail("its cells are placed by control points; lay them along axes first, by gdalwarp");
    fail(
        "does not say where its cells lie (no geotransform, no world file beside it); give it a place, by "
        "gdal_translate -a_ullr WEST NORTH EAST SOUTH for instance");
  }
  const std::string crs = asked.empty() ? crs_of_cells() : asked;
  if (crs.empty()) {
    fail(
        "states no coordinate system; name it by --raster-crs, EPSG:4326 for instance, or write it into the "
        "file, by gdal_translate -a_srs");
  }
  if (transform[2] != 0.0 || transform[4] != 0.0 || transform[1] <= 0.0 || transform[5] == 0.0) {
    fail("its rows do not run from west to east along its axes; lay it so first, by gdalwarp for instance");
  }
  const auto rows = static_cast<std::size_t>(dataset_->GetRasterYSize());
  const double height = std::abs(transform[5]);
  const double north =
      transform[5] < 0.0 ? transform[3] : transform[3] + static_cast<double>(rows) * transform[5];
  const bool is_square = std::abs(transform[1] - height) <= 1e-9 * transform[1];
  return {crs,
          transform[0],
          north,
          transform[1],
          static_cast<std::size_t>(dataset_->GetRasterXSize()),
          rows,
          is_square ? 0.0 : height};
}

void RasterFile::fail(std::string_view what) const {
  throw Error(ErrorCode::failure, fmt::format("{}: {}", path_.string(), what));
}
void RasterFile::fail_reading() const {
  fail(fmt::format("cells cannot be read: {}", messages_.reason()));
}
void RasterFile::refuse(std::string_view what) const {
  throw InvalidArgument(fmt::format("{}: {}", path_.string(), what));
}

}  // namespace marchland::detail
