#include <marchland/base/error.h>
#include <marchland/io/detail/gdal.h>
#include <marchland/io/detail/geoparquet.h>
#include <marchland/io/detail/parquet.h>
#include <marchland/tiles/tile_scheme.h>

#include <cpl_conv.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <ogr_spatialref.h>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <numeric>
#include <optional>

namespace marchland::detail {
namespace {

constexpr std::size_t kGroupBytes = std::size_t{32} << 20U;

using Geometry = std::variant<MultiPolygon, MultiLine>;
using Json = nlohmann::ordered_json;

/// Plain minimum and maximum: what is cut at the antimeridian has parts on both sides of the map.
struct Box {
  double xmin = 180.0;
  double ymin = 90.0;
  double xmax = -180.0;
  double ymax = -90.0;
  void add(const Box& other) {
    xmin = std::min(xmin, other.xmin);
    ymin = std::min(ymin, other.ymin);
    xmax = std::max(xmax, other.xmax);
    ymax = std::max(ymax, other.ymax);
  }
  void add(const std::vector<Position>& positions) {
    for (const Position& p : positions) add(Box{p.lon, p.lat, p.lon, p.lat});
  }
};

std::optional<Box> box_of(const Geometry& geometry) {
  Box box;
  if (const auto* polygons = std::get_if<MultiPolygon>(&geometry)) {
    for (const Polygon& polygon : *polygons) box.add(polygon.front());
  } else {
    for (const Line& line : std::get<MultiLine>(geometry)) box.add(line);
  }
  if (box.xmin > box.xmax) return std::nullopt;
  return box;
}

// ---- Well-known binary (ISO 19125-1), little-endian ----

template <class Number>
void append(std::string& out, Number value) {
  const auto bytes = std::bit_cast<std::array<char, sizeof value>>(value);
  out.append(bytes.data(), bytes.size());
}

enum WkbType : std::uint32_t { kLineString = 2, kPolygon = 3, kMultiLineString = 5, kMultiPolygon = 6 };

void append_head(std::string& out, WkbType type, std::size_t count) {
  out += '\1';
  append(out, static_cast<std::uint32_t>(type));
  append(out, static_cast<std::uint32_t>(count));
}

void append_positions(std::string& out, const std::vector<Position>& positions) {
  for (const Position& p : positions) {
    append(out, p.lon);
    append(out, p.lat);
  }
}

std::string wkb_of(const Geometry& geometry) {
  std::string out;
  if (const auto* polygons = std::get_if<MultiPolygon>(&geometry)) {
    append_head(out, kMultiPolygon, polygons->size());
    for (const Polygon& polygon : *polygons) {
      append_head(out, kPolygon, polygon.size());
      for (const Ring& ring : polygon) {
        append(out, static_cast<std::uint32_t>(ring.size()));
        append_positions(out, ring);
      }
    }
  } else {
    const auto& lines = std::get<MultiLine>(geometry);
    append_head(out, kMultiLineString, lines.size());
    for (const Line& line : lines) {
      append_head(out, kLineString, line.size());
      append_positions(out, line);
    }
  }
  return out;
}

// ---- Order and description ----

/// Place of the middle of the box along a curve over the whole map, 0.005 degrees a step.
std::uint64_t hilbert_place(const Box& box) {
  constexpr int kZoom = 16;
  constexpr double kSteps = 65536.0;
  const auto step = [](double middle, double from, double length) {
    return static_cast<std::uint32_t>(std::clamp((middle - from) / length * kSteps, 0.0, kSteps - 1));
  };
  return hilbert_id(
      {kZoom, step((box.xmin + box.xmax) / 2, -180.0, 360.0), step((box.ymin + box.ymax) / 2, -90.0, 180.0)});
}

Json crs84() {
  register_gdal();
  const GdalMessages messages;
  OGRSpatialReference crs;
  char* text = nullptr;
  const bool is_done = crs.SetFromUserInput("OGC:CRS84") == OGRERR_NONE &&
                       crs.exportToPROJJSON(&text, nullptr) == OGRERR_NONE && text != nullptr;
  const std::unique_ptr<char, decltype(&CPLFree)> owned(text, CPLFree);
  if (!is_done) {
    throw Error(ErrorCode::failure, fmt::format("PROJ does not know OGC:CRS84: {}", messages.reason()));
  }
  Json json = Json::parse(owned.get());
  // Readers tell by it that axes are longitude and latitude; PROJ leaves it out here.
  json["id"] = {{"authority", "OGC"}, {"code", "CRS84"}};
  return json;
}

std::string describe(const std::optional<Box>& box, bool is_lines) {
  Json covering = Json::object();
  for (const char* side : {"xmin", "ymin", "xmax", "ymax"}) covering[side] = {"bbox", side};
  Json column = {{"encoding", "WKB"},
                 {"geometry_types", {is_lines ? "MultiLineString" : "MultiPolygon"}},
                 {"crs", crs84()},
                 {"edges", "planar"},
                 {"covering", {{"bbox", std::move(covering)}}}};
  if (!is_lines) column["orientation"] = "counterclockwise";
  if (box) column["bbox"] = {box->xmin, box->ymin, box->xmax, box->ymax};
  return Json{
      {"version", "1.1.0"}, {"primary_column", "geometry"}, {"columns", {{"geometry", std::move(column)}}}}
      .dump();
}

ParquetColumn::Type type_of(FeatureField::Type type) {
  switch (type) {
    case FeatureField::Type::text:
      break;
    case FeatureField::Type::integer:
      return ParquetColumn::Type::integer;
    case FeatureField::Type::real:
      return ParquetColumn::Type::real;
    case FeatureField::Type::instant:
      return ParquetColumn::Type::instant;
    case FeatureField::Type::boolean:
      return ParquetColumn::Type::boolean;
  }
  return ParquetColumn::Type::text;
}

}  // namespace

std::string geoparquet_bytes(const FeatureSet& set, const Provenance& provenance, std::size_t group_rows) {
  const std::size_t count = set.features.size();
  std::vector<std::optional<Box>> boxes;
  std::vector<std::uint64_t> places;
  Box whole;
  for (const Feature& feature : set.features) {
    boxes.push_back(box_of(feature.geometry));
    places.push_back(boxes.back() ? hilbert_place(*boxes.back()) : std::numeric_limits<std::uint64_t>::max());
    if (boxes.back()) whole.add(*boxes.back());
  }
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return places[a] < places[b]; });

  std::vector<std::string> shapes;
  std::vector<std::size_t> group_ends;
  std::size_t bytes = 0;
  std::size_t begin = 0;
  for (std::size_t row = 0; row < count; ++row) {
    shapes.push_back(boxes[order[row]] ? wkb_of(set.features[order[row]].geometry) : std::string());
    bytes += shapes.back().size();
    if (row + 1 - begin < group_rows && bytes < kGroupBytes && row + 1 < count) continue;
    group_ends.push_back(row + 1);
    begin = row + 1;
    bytes = 0;
  }

  std::vector<ParquetColumn> columns;
  for (std::size_t f = 0; f < set.fields.size(); ++f) {
    columns.push_back({{set.fields[f].name}, type_of(set.fields[f].type), [&, f](std::size_t row) {
                         return set.features[order[row]].values[f];
                       }});
  }
  columns.push_back({{"geometry"}, ParquetColumn::Type::binary, [&](std::size_t row) {
                       return shapes[row].empty() ? FieldValue{} : FieldValue{shapes[row]};
                     }});
  const std::array<std::pair<const char*, double Box::*>, 4> sides{
      {{"xmin", &Box::xmin}, {"ymin", &Box::ymin}, {"xmax", &Box::xmax}, {"ymax", &Box::ymax}}};
  for (const auto& [name, side] : sides) {
    columns.push_back({{"bbox", name}, ParquetColumn::Type::real, [&, side = side](std::size_t row) {
                         const auto& box = boxes[order[row]];
                         return box ? FieldValue{(*box).*side} : FieldValue{};
                       }});
  }
  const bool is_lines =
      !set.features.empty() && std::holds_alternative<MultiLine>(set.features.front().geometry);
  const std::optional<Box> all = whole.xmin > whole.xmax ? std::nullopt : std::optional(whole);
  return parquet_bytes(columns, group_ends,
                       {{"geo", describe(all, is_lines)}, {"marchland", to_json(provenance)}});
}

}  // namespace marchland::detail
