#include <marchland/base/error.h>
#include <marchland/io/detail/feature.h>
#include <marchland/io/detail/geojson.h>

#include <cpl_vsi.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <unordered_map>
#include <unordered_set>

namespace marchland::detail {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;

/// Thrown inside only: GDAL has to read this file.
struct NotOurs {};

std::string type_name(const element& value) {
  switch (value.type()) {
    case element_type::NULL_VALUE:
      return "null";
    case element_type::BOOL:
      return "true or false";
    case element_type::STRING:
      return "a text";
    case element_type::ARRAY:
      return "an array";
    case element_type::OBJECT:
      return "an object";
    default:
      return "a number";
  }
}

bool has_geojson_name(const std::string& dataset) {
  std::string lower(dataset);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower.ends_with(".gz")) lower.resize(lower.size() - 3);
  return lower.ends_with(".geojson") || lower.ends_with(".json");
}

/// With spare capacity behind it, so that the parser need not copy.
std::optional<std::string> read_bytes(const std::string& dataset) {
  VSIStatBufL status;
  if (VSIStatL(dataset.c_str(), &status) != 0 || !VSI_ISREG(status.st_mode)) return std::nullopt;
  const std::unique_ptr<VSILFILE, int (*)(VSILFILE*)> file(VSIFOpenL(dataset.c_str(), "rb"), VSIFCloseL);
  if (!file) return std::nullopt;
  const auto size = static_cast<std::size_t>(status.st_size);
  std::string bytes;
  bytes.reserve(size + simdjson::SIMDJSON_PADDING);
  bytes.resize(size);
  if (VSIFReadL(bytes.data(), 1, size, file.get()) != size) return std::nullopt;
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (bytes.starts_with(kByteOrderMark)) bytes.erase(0, kByteOrderMark.size());
  return bytes;
}

// ---- geometries
// -----------------------------------------------------------------------------------------------

class GeometryReader {
 public:
  GeometryReader(bool with_lines, VectorFeature& out) : with_lines_(with_lines), out_(out) {}

  void read(const element& value) {
    object geometry;
    if (value.get(geometry) != simdjson::SUCCESS) {
      throw InvalidData(fmt::format("geometry: expected an object or null, found {}", type_name(value)));
    }
    std::string_view type;
    if (geometry["type"].get(type) != simdjson::SUCCESS) throw InvalidData("geometry: it has no 'type'");
    if (type == "GeometryCollection") {
      for (const element part : list(geometry, "geometries")) read(part);
    } else if (type == "Polygon") {
      add_polygon(list(geometry, "coordinates"));
    } else if (type == "MultiPolygon") {
      numbered(list(geometry, "coordinates"), "polygon",
               [&](const element& part) { add_polygon(as_list(part)); });
    } else if (type == "Point") {
      const array coordinates = list(geometry, "coordinates");
      if (coordinates.size() > 0) out_.points.push_back(position(geometry["coordinates"].value()));
    } else if (type == "MultiPoint") {
      numbered(list(geometry, "coordinates"), "position",
               [&](const element& part) { out_.points.push_back(position(part)); });
    } else if (type == "LineString" || type == "MultiLineString") {
      // GDAL's names, which other formats give too.
      if (list(geometry, "coordinates").size() > 0) {
        if (with_lines_) read_lines(type, list(geometry, "coordinates"));
        out_.left_out.emplace_back(type == "LineString" ? "Line String" : "Multi Line String");
      }
    } else {
      static const std::vector<std::string> kTypes{
          "Point",   "MultiPoint",   "LineString",        "MultiLineString",
          "Polygon", "MultiPolygon", "GeometryCollection"};
      throw InvalidData(
          fmt::format("geometry: type '{}' is none of GeoJSON's{}", type, did_you_mean(type, kTypes)));
    }
    out_.has_geometry = !out_.area.empty() || !out_.points.empty() || !out_.left_out.empty();
  }

 private:
  static array list(const object& geometry, const char* key) {
    element value;
    if (geometry[key].get(value) != simdjson::SUCCESS)
      throw InvalidData(fmt::format("geometry: it has no '{}'", key));
    array items;
    if (value.get(items) != simdjson::SUCCESS) {
      throw InvalidData(fmt::format("geometry: {}: expected an array, found {}", key, type_name(value)));
    }
    return items;
  }

  static array as_list(const element& value) {
    array items;
    if (value.get(items) != simdjson::SUCCESS) {
      throw InvalidData(fmt::format("expected an array, found {}", type_name(value)));
    }
    return items;
  }

  /// Calls `read` for each item and adds to errors which one it was, counted from 1.
  template <class Read>
  static void numbered(const array& items, std::string_view what, Read read) {
    std::size_t number = 0;
    try {
      for (const element item : items) {
        ++number;
        read(item);
      }
    } catch (Error& error) {
      error.add_context(fmt::format("{} {}", what, number));
      throw;
    }
  }

  void add_polygon(const array& coordinates) {
    Polygon rings;
    numbered(coordinates, "ring", [&](const element& ring) {
      Ring positions = read_ring(as_list(ring));
      if (!positions.empty()) rings.push_back(std::move(positions));
    });
    if (!rings.empty()) out_.area.push_back(std::move(rings));
  }

  void read_lines(std::string_view type, const array& coordinates) {
    const auto read = [&](const array& positions) {
      Line& line = out_.lines.emplace_back();
      numbered(positions, "position", [&](const element& item) { line.push_back(position(item)); });
    };
    if (type == "LineString") return read(coordinates);
    numbered(coordinates, "line", [&](const element& part) {
      if (const array positions = as_list(part); positions.size() > 0) read(positions);
    });
  }

  Ring read_ring(const array& coordinates) {
    Ring ring;
    ring.reserve(coordinates.size() + 1);
    numbered(coordinates, "position", [&](const element& item) { ring.push_back(position(item)); });
    if (close_ring(ring)) out_.closed_at.push_back(ring.front());
    return ring;
  }

  Position position(const element& value) {
    array numbers;
    if (value.get(numbers) == simdjson::SUCCESS) {
      std::array<double, 2> coordinates{};
      std::size_t count = 0;
      bool are_numbers = true;
      for (const element number : numbers) {
        if (count < 2) are_numbers = are_numbers && number.get(coordinates[count]) == simdjson::SUCCESS;
        ++count;
      }
      if (are_numbers && count >= 2) {
        out_.had_heights = out_.had_heights || count > 2;
        return {coordinates[0], coordinates[1]};
      }
    }
    std::string found = simdjson::minify(value);
    if (found.size() > 40) found = found.substr(0, 40) + "...";
    throw InvalidData(fmt::format("expected [longitude, latitude] as numbers, found {}", found));
  }

  bool with_lines_;
  VectorFeature& out_;
};

// ---- values
// ---------------------------------------------------------------------------------------------------

/// As GDAL's types give them.
std::optional<std::string> value_text(const element& value) {
  switch (value.type()) {
    case element_type::NULL_VALUE:
      return std::nullopt;
    case element_type::STRING:
      return std::string(value.get_string().value());
    case element_type::INT64:
      return fmt::format("{}", value.get_int64().value());
    case element_type::BOOL:
      return value.get_bool().value() ? "true" : "false";
    case element_type::DOUBLE:
      return number_text(value.get_double().value());
    default:
      throw NotOurs{};
  }
}

/// The names of all fields, and where the wanted ones are.
class Fields {
 public:
  /// Nothing: all are wanted, in the order in which features name them first.
  explicit Fields(const std::optional<std::vector<std::string>>& wanted)
      : wanted_(wanted.value_or(std::vector<std::string>{})), are_all_wanted_(!wanted) {
    for (std::size_t i = 0; i < wanted_.size(); ++i) slots_.emplace(wanted_[i], i);
  }

  /// Shorter than `wanted` where later features have further fields.
  [[nodiscard]] std::vector<std::optional<std::string>> read(const element& properties) {
    std::vector<std::optional<std::string>> values(wanted_.size());
    object members;
    if (properties.get(members) != simdjson::SUCCESS) return values;
    for (const auto& [key, value] : members) {
      see(key);
      const auto slot = slots_.find(std::string(key));
      if (slot == slots_.end()) continue;
      if (slot->second >= values.size()) values.resize(slot->second + 1);
      values[slot->second] = value_text(value);
    }
    return values;
  }
  void see(std::string_view key) {
    if (!seen_.emplace(key).second || !are_all_wanted_) return;
    slots_.emplace(key, wanted_.size());
    wanted_.emplace_back(key);
  }
  [[nodiscard]] const std::vector<std::string>& wanted() const { return wanted_; }
  [[nodiscard]] bool has(const std::string& name) const { return seen_.contains(name); }

 private:
  std::vector<std::string> wanted_;
  bool are_all_wanted_;
  std::unordered_map<std::string, std::size_t> slots_;
  std::unordered_set<std::string> seen_;
};

// ---- the document
// ---------------------------------------------------------------------------------------------

/// CRS84 and what older writers call it.
bool is_lon_lat(const object& document) {
  element crs;
  if (document["crs"].get(crs) != simdjson::SUCCESS) return true;
  std::string_view name;
  if (crs.at_pointer("/properties/name").get(name) != simdjson::SUCCESS) return false;
  return name == "urn:ogc:def:crs:OGC:1.3:CRS84" || name == "urn:ogc:def:crs:OGC::CRS84" ||
         name == "EPSG:4326";
}

class DocumentReader {
 public:
  /// `only_check`: the geometries are examined, the rest is left to GDAL.
  DocumentReader(const VectorRequest& request, bool only_check, std::string& context)
      : request_(request), only_check_(only_check), context_(context), fields_(request.fields) {}

  VectorTable read(const object& document) {
    std::string_view text;
    if (document["type"].get(text) != simdjson::SUCCESS || text != "FeatureCollection") throw NotOurs{};
    array features;
    if (document["features"].get(features) != simdjson::SUCCESS) throw NotOurs{};
    table_.layer = document["name"].get(text) == simdjson::SUCCESS && !text.empty()
                       ? std::string(text)
                       : std::filesystem::path(request_.dataset).stem().string();
    if (!request_.layer.empty() && request_.layer != table_.layer) throw NotOurs{};
    const std::string file = context_;
    context_ += fmt::format(": layer '{}'", table_.layer);
    try {
      for (const element item : features) read_feature(item);
      if (only_check_) throw NotOurs{};
      if (!table_.features.empty()) check_fields();
    } catch (const NotOurs&) {
      context_ = file;
      throw;
    }
    table_.fields = fields_.wanted();
    for (VectorFeature& feature : table_.features) feature.values.resize(table_.fields.size());
    return std::move(table_);
  }

 private:
  void read_feature(const element& item) {
    VectorFeature feature;
    feature.fid = static_cast<std::int64_t>(table_.features.size());
    const std::string layer = context_;
    element id;
    const bool has_id = item.is_object() && item["id"].get(id) == simdjson::SUCCESS && !id.is_null();
    if (has_id && id.get(feature.fid) != simdjson::SUCCESS) throw NotOurs{};
    if (has_id && feature.fid < 0) throw NotOurs{};
    context_ += fmt::format(", feature {}", feature.fid);
    std::string_view type;
    if (!item.is_object() || item["type"].get(type) != simdjson::SUCCESS || type != "Feature") {
      throw InvalidData("expected an object of type 'Feature'");
    }
    if (!table_.features.empty() && has_id != has_ids_) throw NotOurs{};
    has_ids_ = has_id;
    if (!ids_.insert(feature.fid).second) {
      throw InvalidData("an earlier feature of the file has the same id; ids must differ");
    }
    element part;
    if (item["properties"].get(part) == simdjson::SUCCESS) {
      feature.values = fields_.read(part);
    } else {
      feature.values.resize(fields_.wanted().size());
    }
    if (item["geometry"].get(part) == simdjson::SUCCESS && !part.is_null())
      GeometryReader(request_.with_lines, feature).read(part);
    if (!only_check_) check_feature(feature);
    table_.features.push_back(std::move(feature));
    context_ = layer;
  }

  void check_fields() {
    for (std::size_t i = 0; i < fields_.wanted().size(); ++i) {
      const std::string& name = fields_.wanted()[i];
      if (fields_.has(name)) continue;
      // GDAL finds names in any case, and serves what is called fid.
      if (name == "fid") {
        for (VectorFeature& feature : table_.features) feature.values[i] = fmt::format("{}", feature.fid);
        continue;
      }
      throw NotOurs{};
    }
  }

  const VectorRequest& request_;
  bool only_check_;
  std::string& context_;
  Fields fields_;
  VectorTable table_;
  std::unordered_set<std::int64_t> ids_;
  bool has_ids_ = false;
};

}  // namespace

std::optional<VectorTable> read_geojson(const VectorRequest& request, std::string& context) {
  if (!has_geojson_name(request.dataset)) return std::nullopt;
  const auto bytes = read_bytes(request.dataset);
  if (!bytes) return std::nullopt;
  simdjson::dom::parser parser;
  object document;
  if (parser.parse(*bytes).get(document) != simdjson::SUCCESS) return std::nullopt;
  const bool needs_gdal = !request.where.empty() || !request.crs.empty() || !is_lon_lat(document);
  try {
    VectorTable table = DocumentReader(request, needs_gdal, context).read(document);
    if (std::error_code ignored; std::filesystem::is_regular_file(request.dataset, ignored)) {
      table.files.emplace_back(request.dataset);
    }
    return table;
  } catch (const NotOurs&) {
    return std::nullopt;
  }
}

}  // namespace marchland::detail
