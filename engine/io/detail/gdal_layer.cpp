#include <marchland/base/error.h>
#include <marchland/io/detail/gdal_layer.h>

#include <fmt/format.h>
#include <ogr_spatialref.h>

#include <algorithm>

namespace marchland::detail {

void fail(const GdalMessages& messages, std::string_view what) {
  // Databases explain themselves in several lines.
  std::string reason;
  for (const char c : messages.reason()) {
    const bool is_space = c == '\n' || c == '\r' || c == '\t' || c == ' ';
    if (!is_space) {
      reason += c;
    } else if (!reason.empty() && reason.back() != ' ') {
      reason += ' ';
    }
  }
  throw Error(ErrorCode::failure, fmt::format("{}: {}", what, reason));
}

bool has_years_within(const FeatureSet& set, std::size_t column, int first, int last) {
  using namespace std::chrono;
  return std::all_of(set.features.begin(), set.features.end(), [&](const Feature& feature) {
    const auto* instant = std::get_if<Instant>(&feature.values[column]);
    if (instant == nullptr) return true;
    const int its = static_cast<int>(year_month_day(floor<days>(*instant)).year());
    return its >= first && its <= last;
  });
}

bool fits_date_time(const FeatureSet& set, std::size_t column) {
  return has_years_within(set, column, 1, 9999);
}

namespace {

OGRFieldType type_of(const FeatureSet& set, std::size_t column, bool dates_as_text) {
  using enum FeatureField::Type;
  switch (set.fields[column].type) {
    case text:
      break;
    case integer:
      return OFTInteger64;
    case real:
      return OFTReal;
    case instant:
      return dates_as_text || !fits_date_time(set, column) ? OFTString : OFTDateTime;
    case boolean:
      return OFTInteger;
  }
  return OFTString;
}

void set_value(OGRFeature& feature, int column, const FieldValue& value, const LayerOptions& options) {
  if (std::holds_alternative<std::monostate>(value)) {
    feature.SetFieldNull(column);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    feature.SetField(column, text->c_str());
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    feature.SetField(column, static_cast<GIntBig>(*integer));
  } else if (const auto* number = std::get_if<double>(&value)) {
    feature.SetField(column, *number);
  } else if (const auto* truth = std::get_if<bool>(&value)) {
    feature.SetField(column, *truth ? 1 : 0);
  } else {
    const Instant instant = std::get<Instant>(value);
    if (feature.GetFieldDefnRef(column)->GetType() != OFTDateTime) {
      const auto own = options.instant_texts.find(static_cast<std::size_t>(column));
      feature.SetField(
          column, (own == options.instant_texts.end() ? format_utc(instant) : own->second(instant)).c_str());
      return;
    }
    using namespace std::chrono;
    constexpr int kUtc = 100;
    const year_month_day date(floor<days>(instant));
    const hh_mm_ss time(instant - floor<days>(instant));
    feature.SetField(
        column, static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
        static_cast<int>(static_cast<unsigned>(date.day())), static_cast<int>(time.hours().count()),
        static_cast<int>(time.minutes().count()), static_cast<float>(time.seconds().count()), kUtc);
  }
}

void add_positions(OGRSimpleCurve& curve, const std::vector<Position>& positions) {
  curve.setNumPoints(static_cast<int>(positions.size()), FALSE);
  for (std::size_t i = 0; i < positions.size(); ++i)
    curve.setPoint(static_cast<int>(i), positions[i].lon, positions[i].lat);
}

std::unique_ptr<OGRGeometry> to_ogr(const std::variant<MultiPolygon, MultiLine>& geometry) {
  if (const auto* polygons = std::get_if<MultiPolygon>(&geometry)) {
    auto multi = std::make_unique<OGRMultiPolygon>();
    for (const Polygon& polygon : *polygons) {
      auto part = std::make_unique<OGRPolygon>();
      for (const Ring& positions : polygon) {
        auto ring = std::make_unique<OGRLinearRing>();
        add_positions(*ring, positions);
        part->addRingDirectly(ring.release());
      }
      multi->addGeometryDirectly(part.release());
    }
    return multi;
  }
  auto multi = std::make_unique<OGRMultiLineString>();
  for (const Line& positions : std::get<MultiLine>(geometry)) {
    auto part = std::make_unique<OGRLineString>();
    add_positions(*part, positions);
    multi->addGeometryDirectly(part.release());
  }
  return multi;
}

bool is_empty(const std::variant<MultiPolygon, MultiLine>& geometry) {
  return std::visit([](const auto& parts) { return parts.empty(); }, geometry);
}

}  // namespace

void write_layer(GDALDataset& dataset, const FeatureSet& set, const LayerOptions& options,
                 GdalMessages& messages) {
  OGRSpatialReference wgs84;
  wgs84.importFromEPSG(4326);
  wgs84.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
  const bool lines =
      !set.features.empty() && std::holds_alternative<MultiLine>(set.features.front().geometry);
  OGRLayer* layer =
      dataset.CreateLayer(set.name.c_str(), options.is_table ? nullptr : &wgs84,
                          options.is_table ? wkbNone : (lines ? wkbMultiLineString : wkbMultiPolygon),
                          const_cast<char**>(options.creation.List()));
  if (layer == nullptr) fail(messages, fmt::format("layer '{}' cannot be made", set.name));
  for (std::size_t i = 0; i < set.fields.size(); ++i) {
    const std::string& name = options.names.empty() ? set.fields[i].name : options.names[i];
    OGRFieldDefn field(name.c_str(), type_of(set, i, options.dates_as_text));
    if (set.fields[i].type == FeatureField::Type::boolean) field.SetSubType(OFSTBoolean);
    if (layer->CreateField(&field, FALSE) != OGRERR_NONE)
      fail(messages, fmt::format("field '{}' cannot be made", name));
  }
  for (const Feature& feature : set.features) {
    OGRFeature out(layer->GetLayerDefn());
    for (std::size_t i = 0; i < set.fields.size(); ++i)
      set_value(out, static_cast<int>(i), feature.values[i], options);
    if (!is_empty(feature.geometry)) out.SetGeometryDirectly(to_ogr(feature.geometry).release());
    if (layer->CreateFeature(&out) != OGRERR_NONE || !messages.failures().empty())
      fail(messages, fmt::format("layer '{}': a feature cannot be written", set.name));
  }
}

DatasetPtr create_dataset(const char* driver_name, const std::string& path, const CPLStringList& options,
                          const GdalMessages& messages) {
  register_gdal();
  GDALDriver* driver = GetGDALDriverManager()->GetDriverByName(driver_name);
  if (driver == nullptr) {
    throw Error(ErrorCode::failure, fmt::format("this build of GDAL has no driver '{}'", driver_name));
  }
  DatasetPtr dataset(driver->Create(path.c_str(), 0, 0, 0, GDT_Unknown, const_cast<char**>(options.List())));
  if (!dataset) fail(messages, "the file cannot be made");
  return dataset;
}

void close_dataset(DatasetPtr dataset, const GdalMessages& messages) {
  dataset.reset();
  if (!messages.failures().empty()) fail(messages, "the file cannot be finished");
}

void run_sql(GDALDataset& dataset, const std::string& statement, const GdalMessages& messages) {
  OGRLayer* answer = dataset.ExecuteSQL(statement.c_str(), nullptr, nullptr);
  if (answer != nullptr) dataset.ReleaseResultSet(answer);
  if (!messages.failures().empty()) fail(messages, "the tables of the file cannot be made");
}

std::string sql_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    if (c != '\0') out += c;
  }
  return out + "'";
}

}  // namespace marchland::detail
