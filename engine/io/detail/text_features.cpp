#include <marchland/geometry/lonlat_box.h>
#include <marchland/io/csv.h>
#include <marchland/io/detail/text_features.h>
#include <marchland/io/markup.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace marchland::detail {

void append_degrees(std::string& out, double degrees) {
  constexpr std::int64_t kUnits = 10'000'000;
  const std::int64_t units = std::llround(degrees * static_cast<double>(kUnits));
  const auto magnitude = static_cast<std::uint64_t>(std::abs(units));
  if (units < 0) out += '-';
  fmt::format_to(std::back_inserter(out), "{}", magnitude / kUnits);
  std::uint64_t fraction = magnitude % kUnits;
  if (fraction == 0) return;
  std::string digits = fmt::format("{:07}", fraction);
  digits.erase(digits.find_last_not_of('0') + 1);
  out += '.';
  out += digits;
}

namespace {

using Json = nlohmann::ordered_json;

/// Positions one by one, each through `position`, with `separator` between them.
template <class Append>
void append_positions(std::string& out, const std::vector<Position>& positions, std::string_view separator,
                      Append position) {
  for (std::size_t i = 0; i < positions.size(); ++i) {
    if (i > 0) out += separator;
    position(out, positions[i]);
  }
}

template <class List, class Append>
void append_list(std::string& out, const List& list, std::string_view open, std::string_view close,
                 Append append) {
  out += open;
  bool first = true;
  for (const auto& item : list) {
    if (!first) out += ',';
    first = false;
    append(out, item);
  }
  out += close;
}

// ---- GeoJSON ----

void append_json_positions(std::string& out, const std::vector<Position>& positions) {
  out += '[';
  append_positions(out, positions, ",", [](std::string& o, const Position& p) {
    o += '[';
    append_degrees(o, p.lon);
    o += ',';
    append_degrees(o, p.lat);
    o += ']';
  });
  out += ']';
}

void append_json_geometry(std::string& out, const std::variant<MultiPolygon, MultiLine>& geometry) {
  if (std::visit([](const auto& parts) { return parts.empty(); }, geometry)) {
    out += "null";
    return;
  }
  if (const auto* polygons = std::get_if<MultiPolygon>(&geometry)) {
    out += R"({"type":"MultiPolygon","coordinates":)";
    append_list(out, *polygons, "[", "]", [](std::string& o, const Polygon& polygon) {
      append_list(o, polygon, "[", "]", append_json_positions);
    });
  } else {
    out += R"({"type":"MultiLineString","coordinates":)";
    append_list(out, std::get<MultiLine>(geometry), "[", "]", append_json_positions);
  }
  out += '}';
}

Json to_json_value(const FieldValue& value) {
  struct ToJson {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(const std::string& text) const { return text; }
    Json operator()(std::int64_t number) const { return number; }
    Json operator()(double number) const { return number; }
    Json operator()(bool truth) const { return truth; }
    Json operator()(Instant instant) const { return format_utc(instant); }
  };
  return std::visit(ToJson{}, value);
}

/// Text that is not UTF-8 is replaced, not refused.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void append_json_feature(std::string& out, const FeatureSet& set, const Feature& feature, bool with_layer) {
  out += R"({"type":"Feature","properties":)";
  out += properties_json(set, feature, with_layer);
  out += R"(,"geometry":)";
  append_json_geometry(out, feature.geometry);
  out += '}';
}

std::optional<LonLatBox> bounding_box(const std::vector<FeatureSet>& sets) {
  LonLatBoxBuilder builder;
  const auto add = [&](const std::vector<Position>& positions) {
    if (positions.empty()) return;
    const auto [west, east] = std::minmax_element(positions.begin(), positions.end(),
                                                  [](const auto& a, const auto& b) { return a.lon < b.lon; });
    const auto [south, north] = std::minmax_element(
        positions.begin(), positions.end(), [](const auto& a, const auto& b) { return a.lat < b.lat; });
    builder.add(west->lon, east->lon, south->lat, north->lat);
  };
  for (const FeatureSet& set : sets) {
    for (const Feature& feature : set.features) {
      if (const auto* polygons = std::get_if<MultiPolygon>(&feature.geometry)) {
        for (const Polygon& polygon : *polygons) add(polygon.front());
      } else {
        for (const Line& line : std::get<MultiLine>(feature.geometry)) add(line);
      }
    }
  }
  return builder.box();
}

// ---- KML and CSV ----

/// Empty for null.
std::string plain_text(const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* instant = std::get_if<Instant>(&value)) return format_utc(*instant);
  if (std::holds_alternative<std::monostate>(value)) return "";
  return dump(to_json_value(value));
}

const FieldValue* find_value(const FeatureSet& set, const Feature& feature, std::string_view field) {
  for (std::size_t i = 0; i < set.fields.size(); ++i) {
    if (set.fields[i].name == field) return &feature.values[i];
  }
  return nullptr;
}

std::string text_of(const FeatureSet& set, const Feature& feature, std::string_view field) {
  const FieldValue* value = find_value(set, feature, field);
  return value == nullptr ? std::string() : plain_text(*value);
}

void append_kml_positions(std::string& out, const std::vector<Position>& positions) {
  out += "<coordinates>";
  append_positions(out, positions, " ", [](std::string& o, const Position& p) {
    append_degrees(o, p.lon);
    o += ',';
    append_degrees(o, p.lat);
  });
  out += "</coordinates>";
}

void append_kml_geometry(std::string& out, const std::variant<MultiPolygon, MultiLine>& geometry) {
  out += "<MultiGeometry>";
  if (const auto* polygons = std::get_if<MultiPolygon>(&geometry)) {
    for (const Polygon& polygon : *polygons) {
      out += "<Polygon>";
      for (const Ring& ring : polygon) {
        const std::string_view side = &ring == &polygon.front() ? "outerBoundaryIs" : "innerBoundaryIs";
        fmt::format_to(std::back_inserter(out), "<{}><LinearRing>", side);
        append_kml_positions(out, ring);
        fmt::format_to(std::back_inserter(out), "</LinearRing></{}>", side);
      }
      out += "</Polygon>";
    }
  } else {
    for (const Line& line : std::get<MultiLine>(geometry)) {
      out += "<LineString>";
      append_kml_positions(out, line);
      out += "</LineString>";
    }
  }
  out += "</MultiGeometry>";
}

/// "#rrggbb" as KML's aabbggrr; empty where it is no colour.
std::string kml_color(const std::string& color, std::string_view alpha) {
  if (color.size() != 7 || color.front() != '#') return {};
  return std::string(alpha) + color.substr(5, 2) + color.substr(3, 2) + color.substr(1, 2);
}

void append_placemark(std::string& out, const FeatureSet& set, const Feature& feature) {
  const auto to = std::back_inserter(out);
  out += "<Placemark>";
  std::string name;
  for (const std::string_view field : {"name", "actor_name", "actor"}) {
    if (name.empty()) name = text_of(set, feature, field);
  }
  if (!name.empty()) fmt::format_to(to, "<name>{}</name>", escape_markup(name));
  const std::string from = text_of(set, feature, "from");
  const std::string until = text_of(set, feature, "to");
  const auto is_instant = [&](std::string_view field) {
    const FieldValue* value = find_value(set, feature, field);
    return value != nullptr && std::holds_alternative<Instant>(*value);
  };
  if (is_instant("from") || is_instant("to")) {
    out += "<TimeSpan>";
    if (is_instant("from")) fmt::format_to(to, "<begin>{}</begin>", from);
    if (is_instant("to")) fmt::format_to(to, "<end>{}</end>", until);
    out += "</TimeSpan>";
  }
  const std::string color = text_of(set, feature, "color");
  if (const std::string line = kml_color(color, "ff"); !line.empty()) {
    fmt::format_to(to,
                   "<Style><LineStyle><color>{}</color></LineStyle><PolyStyle><color>{}</color></PolyStyle>"
                   "</Style>",
                   line, kml_color(color, "99"));
  }
  out += "<ExtendedData>";
  for (std::size_t i = 0; i < set.fields.size(); ++i) {
    if (std::holds_alternative<std::monostate>(feature.values[i])) continue;
    fmt::format_to(to, "<Data name=\"{}\"><value>{}</value></Data>", escape_markup(set.fields[i].name),
                   escape_markup(plain_text(feature.values[i])));
  }
  out += "</ExtendedData>";
  append_kml_geometry(out, feature.geometry);
  out += "</Placemark>\n";
}

void append_wkt_positions(std::string& out, const std::vector<Position>& positions) {
  out += '(';
  append_positions(out, positions, ",", [](std::string& o, const Position& p) {
    append_degrees(o, p.lon);
    o += ' ';
    append_degrees(o, p.lat);
  });
  out += ')';
}

std::string wkt_of(const std::variant<MultiPolygon, MultiLine>& geometry) {
  std::string out;
  if (const auto* polygons = std::get_if<MultiPolygon>(&geometry)) {
    if (polygons->empty()) return "MULTIPOLYGON EMPTY";
    out = "MULTIPOLYGON ";
    append_list(out, *polygons, "(", ")", [](std::string& o, const Polygon& polygon) {
      append_list(o, polygon, "(", ")", append_wkt_positions);
    });
  } else {
    const auto& lines = std::get<MultiLine>(geometry);
    if (lines.empty()) return "MULTILINESTRING EMPTY";
    out = "MULTILINESTRING ";
    append_list(out, lines, "(", ")", append_wkt_positions);
  }
  return out;
}

}  // namespace

std::string properties_json(const FeatureSet& set, const Feature& feature, bool with_layer) {
  Json properties = Json::object();
  if (with_layer) properties["layer"] = set.name;
  for (std::size_t i = 0; i < set.fields.size(); ++i)
    properties[set.fields[i].name] = to_json_value(feature.values[i]);
  return dump(properties);
}

std::string bounding_box_json(const std::vector<FeatureSet>& sets) {
  const auto box = bounding_box(sets);
  if (!box) return {};
  std::string out = R"("bbox":)";
  append_list(out, std::vector{box->west, box->south, box->east, box->north}, "[", "],\n", append_degrees);
  return out;
}

std::string geojson_text(const std::vector<FeatureSet>& sets, const Provenance& provenance) {
  std::string out = R"({"type":"FeatureCollection",)";
  if (sets.size() == 1) fmt::format_to(std::back_inserter(out), "\"name\":{},\n", dump(sets.front().name));
  out += bounding_box_json(sets);
  fmt::format_to(std::back_inserter(out), "\"marchland\":{},\n\"features\":[", to_json(provenance));
  bool first = true;
  for (const FeatureSet& set : sets) {
    for (const Feature& feature : set.features) {
      out += first ? "\n" : ",\n";
      first = false;
      append_json_feature(out, set, feature, sets.size() > 1);
    }
  }
  return out + "\n]}\n";
}

std::string geojson_lines_text(const std::vector<FeatureSet>& sets, bool is_sequence) {
  constexpr char kRecordSeparator = '\x1e';
  std::string out;
  for (const FeatureSet& set : sets) {
    for (const Feature& feature : set.features) {
      if (is_sequence) out += kRecordSeparator;
      append_json_feature(out, set, feature, sets.size() > 1);
      out += '\n';
    }
  }
  return out;
}

std::string kml_text(const std::vector<FeatureSet>& sets, const Provenance& provenance) {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml "
      "xmlns=\"http://www.opengis.net/kml/2.2\"><Document>\n";
  fmt::format_to(std::back_inserter(out),
                 "<name>{}</name>\n<description>{}</description>\n<ExtendedData><Data name=\"marchland\">"
                 "<value>{}</value></Data></ExtendedData>\n",
                 escape_markup(provenance.title), escape_markup(provenance.disclaimer),
                 escape_markup(to_json(provenance)));
  for (const FeatureSet& set : sets) {
    fmt::format_to(std::back_inserter(out), "<Folder><name>{}</name>\n",
                   escape_markup(set.title.empty() ? set.name : set.title));
    for (const Feature& feature : set.features) append_placemark(out, set, feature);
    out += "</Folder>\n";
  }
  return out + "</Document></kml>\n";
}

std::string csv_text(const FeatureSet& set) {
  std::string out;
  for (const FeatureField& field : set.fields) out += csv_field(field.name) + ",";
  out += "wkt\n";
  for (const Feature& feature : set.features) {
    for (const FieldValue& value : feature.values) out += csv_field(plain_text(value)) + ",";
    out += csv_field(wkt_of(feature.geometry)) + "\n";
  }
  return out;
}

}  // namespace marchland::detail
