#include <marchland/base/error.h>
#include <marchland/io/detail/actor_ids.h>
#include <marchland/io/detail/csv_rows.h>
#include <marchland/io/detail/feature.h>
#include <marchland/io/detail/gdal.h>
#include <marchland/io/detail/geojson.h>
#include <marchland/io/vector_file.h>
#include <marchland/model/atlas.h>

#include <cpl_string.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gdal_priv.h>
#include <ogr_spatialref.h>
#include <ogrsf_frmts.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <unordered_set>

namespace marchland {
namespace {

using detail::did_you_mean;
using detail::GdalMessages;

// Sagitta of a chord: 4e-5 of the radius, 0.4 m on an arc of 10 km.
constexpr double kArcStepDegrees = 1.0;

constexpr const char* kWgs84 = "EPSG:4326";

struct CloseDataset {
  void operator()(GDALDataset* dataset) const noexcept { GDALClose(GDALDataset::ToHandle(dataset)); }
};
using DatasetPtr = std::unique_ptr<GDALDataset, CloseDataset>;

struct ReleaseSrs {
  void operator()(OGRSpatialReference* srs) const noexcept { srs->Release(); }
};
using SrsPtr = std::unique_ptr<OGRSpatialReference, ReleaseSrs>;

std::string quoted_list(const std::vector<std::string>& names) {
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

// ---- opening
// -------------------------------------------------------------------------------------------------

[[noreturn]] void fail_to_open(const VectorRequest& request, const GdalMessages& messages) {
  const char* path = request.dataset.c_str();
  VSIStatBufL status;
  const bool is_file = VSIStatExL(path, &status, VSI_STAT_EXISTS_FLAG | VSI_STAT_SIZE_FLAG) == 0;
  if (is_file && VSI_ISREG(status.st_mode)) {
    if (status.st_size == 0) throw InvalidData("the file is empty (0 bytes)");
    const std::unique_ptr<VSILFILE, int (*)(VSILFILE*)> readable(VSIFOpenL(path, "rb"), VSIFCloseL);
    if (!readable)
      throw Error(ErrorCode::failure, "the file cannot be opened for reading; check its permissions");
  }
  if (auto* driver = GDALDriver::FromHandle(GDALIdentifyDriverEx(path, GDAL_OF_VECTOR, nullptr, nullptr))) {
    const std::string text =
        fmt::format("GDAL's {} driver cannot read it: {}", driver->GetDescription(), messages.reason());
    if (is_file) throw InvalidData(text);
    throw Error(ErrorCode::failure, text);
  }
  if (is_file) {
    throw InvalidData(
        fmt::format("none of GDAL's vector drivers knows this format ({}); is the file damaged, or "
                    "of another kind than its name says?",
                    GDALVersionInfo("RELEASE_NAME")));
  }
  throw Error(ErrorCode::failure,
              fmt::format("no such file, and no connection GDAL can open: {}", messages.reason()));
}

DatasetPtr open_dataset(const VectorRequest& request, const GdalMessages& messages) {
  CPLStringList options;
  const GDALDriverH driver = GDALIdentifyDriverEx(request.dataset.c_str(), GDAL_OF_VECTOR, nullptr, nullptr);
  const char* list =
      driver == nullptr ? nullptr : GDALGetMetadataItem(driver, GDAL_DMD_OPENOPTIONLIST, nullptr);
  const std::string_view known = list == nullptr ? "" : list;
  const auto set = [&](const char* option, const char* value) {
    if (known.find(fmt::format("'{}'", option)) != std::string_view::npos)
      options.SetNameValue(option, value);
  };
  // Otherwise "1994" beside "1994-05-12" loses its precision, and a day its meaning beside a time of day.
  set("DATE_AS_STRING", "YES");
  // Reading must not leave a .gfs file beside the data.
  set("WRITE_GFS", "NO");
  // As tables are written by PostGIS and geopandas; without it GDAL knows WKT alone.
  set("GEOM_POSSIBLE_NAMES", "WKT,geometry,geom,the_geom,wkb_geometry,wkt_geometry,geometry_wkt");
  DatasetPtr dataset(GDALDataset::Open(request.dataset.c_str(),
                                       GDAL_OF_VECTOR | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR, nullptr,
                                       options.List()));
  if (!dataset) fail_to_open(request, messages);
  return dataset;
}

OGRLayer& choose_layer(GDALDataset& dataset, const std::string& wanted, bool is_table) {
  std::vector<std::string> names;
  std::vector<OGRLayer*> with_geometry;
  for (OGRLayer* layer : dataset.GetLayers()) {
    names.emplace_back(layer->GetName());
    if (is_table || layer->GetGeomType() != wkbNone) with_geometry.push_back(layer);
  }
  if (!wanted.empty()) {
    if (OGRLayer* layer = dataset.GetLayerByName(wanted.c_str())) return *layer;
    throw InvalidData(fmt::format("there is no layer '{}'{}; layers: {}", wanted, did_you_mean(wanted, names),
                                  quoted_list(names)));
  }
  if (with_geometry.size() == 1) return *with_geometry.front();
  if (with_geometry.empty()) {
    throw InvalidData(fmt::format("no layer of it has geometries (layers: {})", quoted_list(names)));
  }
  throw InvalidData(fmt::format("it has several layers ({}); say which by layer = \"{}\"", quoted_list(names),
                                with_geometry.front()->GetName()));
}

// ---- coordinate systems
// --------------------------------------------------------------------------------------

SrsPtr parse_crs(const std::string& text, GdalMessages& messages) {
  SrsPtr srs(new OGRSpatialReference);
  if (srs->SetFromUserInput(text.c_str(), OGRSpatialReference::SET_FROM_USER_INPUT_LIMITATIONS_get()) !=
      OGRERR_NONE) {
    throw InvalidData(
        fmt::format("crs = \"{}\" is no coordinate system that PROJ knows ({}); expected a code such as "
                    "\"EPSG:4326\", WKT or a PROJ string",
                    text, messages.reason()));
  }
  srs->SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
  return srs;
}

std::string name_of(const OGRSpatialReference& srs) {
  const char* authority = srs.GetAuthorityName(nullptr);
  const char* code = srs.GetAuthorityCode(nullptr);
  const char* name = srs.GetName();
  const std::string title = name == nullptr ? "unnamed" : name;
  return authority != nullptr && code != nullptr ? fmt::format("{}:{} ({})", authority, code, title) : title;
}

bool is_same_ground(const OGRSpatialReference& a, const OGRSpatialReference& b) {
  const char* const options[] = {"IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES",
                                 "CRITERION=EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS", nullptr};
  return a.IsSame(&b, options) != 0;
}

/// True where the first coordinate of the data is the longitude.
bool begins_with_longitude(const OGRSpatialReference& srs) {
  OGRAxisOrientation orientation = OAO_Other;
  srs.GetAxis(nullptr, std::abs(srs.GetDataAxisToSRSAxisMapping().front()) - 1, &orientation);
  return orientation == OAO_East || orientation == OAO_Other;
}

bool is_defined(const OGRSpatialReference* srs) {
  if (srs == nullptr || srs->IsEmpty() || srs->IsLocal()) return false;
  const char* name = srs->GetName();
  return name == nullptr || !std::string_view(name).starts_with("Undefined ");
}

/// From the coordinates of a layer to longitude and latitude on WGS84.
class ToLonLat {
 public:
  ToLonLat(const OGRSpatialReference* in_file, const std::string& stated, VectorTable& table,
           GdalMessages& messages) {
    SrsPtr owner;
    const OGRSpatialReference* source = in_file;
    if (!stated.empty()) {
      owner = parse_crs(stated, messages);
      source = owner.get();
      if (is_defined(in_file) && !is_same_ground(*in_file, *source))
        table.contradicted_crs = name_of(*in_file);
    } else if (!is_defined(in_file)) {
      throw InvalidData(
          "the file states no coordinate system; add crs = \"EPSG:...\" where the manifest names it "
          "(\"EPSG:4326\" for longitude and latitude on WGS84)");
    }
    const SrsPtr target = parse_crs(kWgs84, messages);
    if (is_same_ground(*source, *target) && begins_with_longitude(*source)) return;
    name_ = name_of(*source);
    OGRCoordinateTransformationOptions strict;
    strict.SetBallparkAllowed(false);
    transformation_.reset(OGRCreateCoordinateTransformation(source, target.get(), strict));
    messages.forget_failures();
    if (!transformation_) {
      transformation_.reset(OGRCreateCoordinateTransformation(source, target.get()));
      table.is_ballpark = true;
    }
    if (!transformation_) {
      throw InvalidData(fmt::format("PROJ knows no way from {} to WGS84 ({})", name_, messages.reason()));
    }
    table.transformed_from = name_;
  }

  void apply(std::vector<Position>& positions) const {
    if (!transformation_) return;
    std::vector<double> x;
    std::vector<double> y;
    for (const Position& position : positions) {
      x.push_back(position.lon);
      y.push_back(position.lat);
    }
    std::vector<int> success(positions.size(), 0);
    transformation_->Transform(static_cast<int>(positions.size()), x.data(), y.data(), nullptr,
                               success.data());
    for (std::size_t i = 0; i < positions.size(); ++i) {
      if (success[i] == 0 || !std::isfinite(x[i]) || !std::isfinite(y[i])) {
        throw InvalidData(
            fmt::format("({}, {}) has no longitude and latitude in {}; is the coordinate system another?",
                        positions[i].lon, positions[i].lat, name_));
      }
      positions[i] = {x[i], y[i]};
    }
  }

 private:
  std::unique_ptr<OGRCoordinateTransformation> transformation_;
  std::string name_;
};

// ---- geometries
// ----------------------------------------------------------------------------------------------

class GeometryReader {
 public:
  GeometryReader(const ToLonLat& to_lon_lat, bool with_lines, VectorFeature& out)
      : to_lon_lat_(to_lon_lat), with_lines_(with_lines), out_(out) {}

  void read(const OGRGeometry& geometry) {
    out_.had_heights = out_.had_heights || geometry.Is3D() != 0 || geometry.IsMeasured() != 0;
    switch (wkbFlatten(geometry.getGeometryType())) {
      case wkbPoint:
        read_point(*geometry.toPoint());
        break;
      case wkbPolygon:
      case wkbTriangle:
        read_polygon(*geometry.toPolygon());
        break;
      case wkbCurvePolygon:
        read_curve_polygon(*geometry.toCurvePolygon());
        break;
      case wkbMultiLineString:
        if (with_lines_) {
          for (const OGRLineString* part : *geometry.toMultiLineString()) read_line(*part);
        }
        if (geometry.IsEmpty() == 0) out_.left_out.emplace_back(OGRGeometryTypeToName(wkbMultiLineString));
        break;
      case wkbMultiPoint:
      case wkbMultiPolygon:
      case wkbMultiSurface:
      case wkbGeometryCollection:
        for (const OGRGeometry* part : *geometry.toGeometryCollection()) read(*part);
        break;
      case wkbPolyhedralSurface:
      case wkbTIN:
        for (const OGRPolygon* part : *geometry.toPolyhedralSurface()) read_polygon(*part);
        break;
      case wkbLineString:
        if (with_lines_) read_line(*geometry.toLineString());
        [[fallthrough]];
      default:
        if (geometry.IsEmpty() == 0)
          out_.left_out.emplace_back(OGRGeometryTypeToName(wkbFlatten(geometry.getGeometryType())));
    }
  }

 private:
  void read_point(const OGRPoint& point) {
    if (point.IsEmpty() != 0) return;
    std::vector<Position> position{{point.getX(), point.getY()}};
    to_lon_lat_.apply(position);
    out_.points.push_back(position.front());
  }

  void read_curve_polygon(const OGRCurvePolygon& polygon) {
    out_.had_curves = out_.had_curves || polygon.hasCurveGeometry(TRUE) != 0;
    const std::unique_ptr<OGRPolygon> linear(polygon.CurvePolyToPoly(kArcStepDegrees));
    if (!linear) throw InvalidData("a curved polygon cannot be made of straight lines");
    read_polygon(*linear);
  }

  void read_polygon(const OGRPolygon& polygon) {
    Polygon rings;
    for (const OGRLinearRing* ring : polygon) {
      if (ring->getNumPoints() > 0) rings.push_back(read_ring(*ring));
    }
    if (!rings.empty()) out_.area.push_back(std::move(rings));
  }

  Ring read_ring(const OGRLinearRing& source) {
    std::vector<OGRRawPoint> raw(static_cast<std::size_t>(source.getNumPoints()));
    source.getPoints(raw.data());
    Ring ring;
    ring.reserve(raw.size() + 1);
    for (const OGRRawPoint& point : raw) ring.push_back({point.x, point.y});
    const bool was_open = detail::close_ring(ring);
    to_lon_lat_.apply(ring);
    if (was_open) out_.closed_at.push_back(ring.front());
    return ring;
  }

  void read_line(const OGRLineString& source) {
    Line line;
    for (const OGRPoint& point : source) line.push_back({point.getX(), point.getY()});
    to_lon_lat_.apply(line);
    if (!line.empty()) out_.lines.push_back(std::move(line));
  }

  const ToLonLat& to_lon_lat_;
  bool with_lines_;
  VectorFeature& out_;
};

// ---- values
// --------------------------------------------------------------------------------------------------

std::string date_text(const OGRFeature& feature, int index, bool has_time) {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int zone = 0;
  float second = 0;
  feature.GetFieldAsDateTime(index, &year, &month, &day, &hour, &minute, &second, &zone);
  std::string text = fmt::format("{}{:04}-{:02}-{:02}", year < 0 ? "-" : "", std::abs(year), month, day);
  if (!has_time) return text;
  text += fmt::format("T{:02}:{:02}:{:02}", hour, minute, static_cast<int>(second));
  // OGR: 0 unknown, 1 local time, 100 UTC, then a quarter of an hour each.
  if (zone > 1) {
    const int quarters = zone - 100;
    text += fmt::format("{}{:02}:{:02}", quarters < 0 ? '-' : '+', std::abs(quarters) / 4,
                        std::abs(quarters) % 4 * 15);
  }
  return text;
}

std::optional<std::string> value_text(const OGRFeature& feature, int index) {
  if (index < 0) return fmt::format("{}", feature.GetFID());
  if (!feature.IsFieldSetAndNotNull(index)) return std::nullopt;
  const OGRFieldDefn& field = *feature.GetFieldDefnRef(index);
  if (field.GetSubType() == OFSTBoolean) return feature.GetFieldAsInteger(index) != 0 ? "true" : "false";
  switch (field.GetType()) {
    case OFTInteger:
    case OFTInteger64:
      return fmt::format("{}", feature.GetFieldAsInteger64(index));
    case OFTReal:
      return detail::number_text(feature.GetFieldAsDouble(index));
    case OFTDate:
      return date_text(feature, index, false);
    case OFTDateTime:
      return date_text(feature, index, true);
    default:
      return std::string(feature.GetFieldAsString(index));
  }
}

constexpr int kFidColumn = -1;

std::vector<std::string> field_names(OGRLayer& layer) {
  OGRFeatureDefn& definition = *layer.GetLayerDefn();
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(definition.GetFieldCount()));
  for (int i = 0; i < definition.GetFieldCount(); ++i)
    names.emplace_back(definition.GetFieldDefn(i)->GetNameRef());
  return names;
}

std::vector<int> find_fields(OGRLayer& layer, const std::vector<std::string>& wanted) {
  std::vector<int> indices;
  const std::vector<std::string> names = field_names(layer);
  for (const std::string& name : wanted) {
    int index = layer.GetLayerDefn()->GetFieldIndex(name.c_str());
    if (index < 0 && name != "fid" && (name.empty() || name != layer.GetFIDColumn())) {
      detail::fail_no_field(name, names);
    }
    indices.push_back(index < 0 ? kFidColumn : index);
  }
  return indices;
}

// ---- reading
// -------------------------------------------------------------------------------------------------

/// Sets the condition; false if there is nothing to set it on.
bool set_condition(OGRLayer& layer, const std::string& where, GdalMessages& messages) {
  if (where.empty() || layer.SetAttributeFilter(where.c_str()) == OGRERR_NONE) return true;
  const std::string reason = messages.reason();
  layer.SetAttributeFilter(nullptr);
  // A day without features has no fields that a condition could name.
  if (OGRFeatureUniquePtr(layer.GetNextFeature()) == nullptr) {
    messages.forget_failures();
    return false;
  }
  throw InvalidData(
      fmt::format("where = \"{}\": {}; fields: {}", where, reason, quoted_list(field_names(layer))));
}

void throw_if_failed(const GdalMessages& messages) {
  if (!messages.failures().empty()) {
    throw InvalidData(fmt::format("GDAL reports damaged content: {}", messages.reason()));
  }
}

VectorFeature read_feature(const OGRFeature& source, const std::vector<int>& columns,
                           const ToLonLat* to_lon_lat, bool with_lines) {
  VectorFeature feature;
  feature.fid = source.GetFID();
  for (const int column : columns) feature.values.push_back(value_text(source, column));
  if (to_lon_lat == nullptr) return feature;
  const OGRGeometry* geometry = source.GetGeometryRef();
  feature.has_geometry = geometry != nullptr && geometry->IsEmpty() == 0;
  if (feature.has_geometry) GeometryReader(*to_lon_lat, with_lines, feature).read(*geometry);
  detail::check_feature(feature);
  return feature;
}

/// Adds the feature it fails at to `context`.
void read_features(OGRLayer& layer, const VectorRequest& request, VectorTable& table, GdalMessages& messages,
                   std::string& context) {
  // What opening reported is reported again by the feature it belongs to, or else at the end.
  const std::vector<std::string> while_opening = messages.failures();
  messages.forget_failures();
  std::optional<ToLonLat> to_lon_lat;
  if (!request.is_table) to_lon_lat.emplace(layer.GetSpatialRef(), request.crs, table, messages);
  if (!set_condition(layer, request.where, messages)) return;
  table.fields = request.fields.value_or(field_names(layer));
  std::vector<int> columns;
  std::unordered_set<std::int64_t> seen;
  layer.ResetReading();
  while (const OGRFeatureUniquePtr source{layer.GetNextFeature()}) {
    if (table.features.empty()) columns = find_fields(layer, table.fields);
    try {
      throw_if_failed(messages);
      if (!seen.insert(source->GetFID()).second) {
        throw InvalidData("an earlier feature of the file has the same id; ids must differ");
      }
      table.features.push_back(
          read_feature(*source, columns, to_lon_lat ? &*to_lon_lat : nullptr, request.with_lines));
    } catch (const Error&) {
      context += fmt::format(", feature {}", source->GetFID());
      throw;
    }
  }
  for (const std::string& text : while_opening) messages.add(true, text);
  throw_if_failed(messages);
}

std::vector<std::filesystem::path> local_files(GDALDataset& dataset) {
  std::vector<std::filesystem::path> files;
  const CPLStringList list(dataset.GetFileList());
  for (int i = 0; i < list.size(); ++i) {
    if (std::error_code ignored; std::filesystem::is_regular_file(list[i], ignored))
      files.emplace_back(list[i]);
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::string VectorTable::place_of(const VectorFeature& feature, const std::string& name) const {
  return fmt::format("{}: layer '{}', feature {}", name, layer, feature.fid);
}

namespace {

/// Of GeoJSON that GDAL need not interpret: it would take twenty times as long to find the same.
std::optional<VectorLayer> find_geojson_layer(const std::string& dataset) {
  VectorRequest request;
  request.dataset = dataset;
  request.with_lines = true;
  std::string context;
  std::optional<VectorTable> table;
  try {
    table = detail::read_geojson(request, context);
  } catch (const InvalidData&) {
    // Coordinates of another system among others: GDAL says where they lie.
    return std::nullopt;
  }
  if (!table) return std::nullopt;
  OGREnvelope box;
  const auto add = [&](const std::vector<Position>& positions) {
    for (const Position& p : positions) box.Merge(p.lon, p.lat);
  };
  for (const VectorFeature& feature : table->features) {
    for (const Polygon& polygon : feature.area) {
      for (const Ring& ring : polygon) add(ring);
    }
    for (const Line& line : feature.lines) add(line);
    add(feature.points);
  }
  if (!box.IsInit()) return std::nullopt;
  return VectorLayer{table->layer, kWgs84, true, {box.MinX, box.MinY, box.MaxX, box.MaxY}};
}

}  // namespace

std::vector<VectorLayer> list_layers(const std::string& dataset, const std::string& name) {
  detail::register_gdal();
  GdalMessages messages;
  if (auto layer = find_geojson_layer(dataset)) return {*std::move(layer)};
  VectorRequest request;
  request.dataset = dataset;
  try {
    const DatasetPtr opened = open_dataset(request, messages);
    std::vector<VectorLayer> layers;
    for (OGRLayer* layer : opened->GetLayers()) {
      if (layer->GetGeomType() == wkbNone) continue;
      VectorLayer& found = layers.emplace_back();
      found.name = layer->GetName();
      if (const OGRSpatialReference* srs = layer->GetSpatialRef(); is_defined(srs)) {
        found.crs = name_of(*srs);
        found.is_geographic = srs->IsGeographic() != 0;
      }
      OGREnvelope box;
      if (layer->GetExtent(&box, TRUE) == OGRERR_NONE)
        found.extent = {box.MinX, box.MinY, box.MaxX, box.MaxY};
    }
    return layers;
  } catch (Error& error) {
    error.add_context(name);
    throw;
  }
}

namespace {

/// Names in an unknown encoding could be shown nowhere, and JSON cannot hold them. Of fields that nobody
/// named the text does not matter.
void check_texts(const VectorRequest& request, const VectorTable& table) {
  if (!request.fields) return;
  for (const VectorFeature& feature : table.features) {
    for (std::size_t i = 0; i < feature.values.size(); ++i) {
      if (!feature.values[i] || detail::is_utf8(*feature.values[i])) continue;
      const std::string& name = request.name.empty() ? request.dataset : request.name;
      throw InvalidData(
          fmt::format("{}: field '{}' {}", table.place_of(feature, name), table.fields[i], detail::kNoUtf8));
    }
  }
}

}  // namespace

VectorTable read_vector(const VectorRequest& request) {
  detail::register_gdal();
  GdalMessages messages;
  VectorTable table;
  std::string context = request.name.empty() ? request.dataset : request.name;
  try {
    if (auto quick = detail::read_geojson(request, context)) return *std::move(quick);
    const DatasetPtr dataset = open_dataset(request, messages);
    if (std::string_view(dataset->GetDriverName()) == "CSV")
      table.uneven_lines = detail::find_uneven_lines(request.dataset);
    OGRLayer& layer = choose_layer(*dataset, request.layer, request.is_table);
    table.layer = layer.GetName();
    context += fmt::format(": layer '{}'", table.layer);
    read_features(layer, request, table, messages, context);
    table.files = local_files(*dataset);
  } catch (Error& error) {
    error.add_context(context);
    throw;
  }
  VSIStatBufL status;
  const bool is_connection = VSIStatExL(request.dataset.c_str(), &status, VSI_STAT_EXISTS_FLAG) != 0;
  if (is_connection) {
    std::sort(table.features.begin(), table.features.end(),
              [](const VectorFeature& a, const VectorFeature& b) { return a.fid < b.fid; });
  }
  table.warnings = messages.warnings();
  check_texts(request, table);
  return table;
}

}  // namespace marchland
