#include <marchland/analysis/shared_arcs.h>
#include <marchland/io/detail/text_features.h>
#include <marchland/io/detail/topojson.h>

#include <fmt/format.h>

#include <algorithm>

namespace marchland::detail {
namespace {

/// Backwards: shells become clockwise, holes counter-clockwise.
std::vector<GridPoint> to_turned_grid(const Ring& ring) {
  std::vector<GridPoint> out = grid_line(ring);
  std::reverse(out.begin(), out.end());
  return out;
}

template <class Visit>
void for_each_line(const std::vector<FeatureSet>& sets, Visit visit) {
  for (const FeatureSet& set : sets) {
    for (const Feature& feature : set.features) {
      if (const auto* polygons = std::get_if<MultiPolygon>(&feature.geometry)) {
        for (const Polygon& polygon : *polygons) {
          for (const Ring& ring : polygon) visit(to_turned_grid(ring));
        }
      } else {
        for (const Line& line : std::get<MultiLine>(feature.geometry)) visit(grid_line(line));
      }
    }
  }
}

template <class List, class Append>
void append_list(std::string& out, const List& list, Append append) {
  out += '[';
  bool is_first = true;
  for (const auto& item : list) {
    if (!is_first) out += ',';
    is_first = false;
    append(out, item);
  }
  out += ']';
}

void append_geometry(std::string& out, ArcTable& arcs, const FeatureSet& set, const Feature& feature) {
  const auto append_refs = [&](std::string& o, const std::vector<GridPoint>& line) {
    append_list(o, arcs.cut(line),
                [](std::string& text, ArcRef ref) { fmt::format_to(std::back_inserter(text), "{}", ref); });
  };
  const bool is_empty = std::visit([](const auto& parts) { return parts.empty(); }, feature.geometry);
  out += R"({"type":)";
  if (is_empty) {
    out += "null";
  } else if (const auto* polygons = std::get_if<MultiPolygon>(&feature.geometry)) {
    out += R"("MultiPolygon","arcs":)";
    append_list(out, *polygons, [&](std::string& o, const Polygon& polygon) {
      append_list(o, polygon,
                  [&](std::string& text, const Ring& ring) { append_refs(text, to_turned_grid(ring)); });
    });
  } else {
    out += R"("MultiLineString","arcs":)";
    append_list(out, std::get<MultiLine>(feature.geometry),
                [&](std::string& o, const Line& line) { append_refs(o, grid_line(line)); });
  }
  out += R"(,"properties":)" + properties_json(set, feature, false) + "}";
}

/// The greatest power of ten that divides every coordinate, 10^7 at most.
std::int32_t step_of(const ArcTable& arcs) {
  std::int32_t step = kGridUnitsPerDegree;
  for (const auto& arc : arcs.arcs()) {
    for (const GridPoint p : arc) {
      while (p.x % step != 0 || p.y % step != 0) step /= 10;
    }
  }
  return step;
}

void append_arcs(std::string& out, const ArcTable& arcs, bool is_quantised, std::int32_t step) {
  bool is_first = true;
  out += R"("arcs":[)";
  for (const auto& arc : arcs.arcs()) {
    out += is_first ? "\n" : ",\n";
    is_first = false;
    GridPoint last;
    append_list(out, arc, [&](std::string& o, GridPoint p) {
      o += '[';
      if (is_quantised) {
        fmt::format_to(std::back_inserter(o), "{},{}", (p.x - std::int64_t{last.x}) / step,
                       (p.y - std::int64_t{last.y}) / step);
        last = p;
      } else {
        append_degrees(o, grid_to_degrees(p.x));
        o += ',';
        append_degrees(o, grid_to_degrees(p.y));
      }
      o += ']';
    });
  }
  out += "\n]";
}

}  // namespace

std::string topojson_text(const std::vector<FeatureSet>& sets, const Provenance& provenance,
                          bool is_quantised) {
  ArcTable arcs;
  for_each_line(sets, [&](const std::vector<GridPoint>& line) { arcs.add(line); });
  std::string objects = R"("objects":{)";
  for (const FeatureSet& set : sets) {
    fmt::format_to(std::back_inserter(objects),
                   "{}\n\"{}\":{{\"type\":\"GeometryCollection\",\"geometries\":[",
                   &set == &sets.front() ? "" : ",", set.name);
    bool is_first = true;
    for (const Feature& feature : set.features) {
      objects += is_first ? "\n" : ",\n";
      is_first = false;
      append_geometry(objects, arcs, set, feature);
    }
    objects += "\n]}";
  }
  objects += "}";

  std::string out = R"({"type":"Topology",)";
  out += bounding_box_json(sets);
  const std::int32_t step = step_of(arcs);
  if (is_quantised) {
    std::string scale;
    append_degrees(scale, grid_to_degrees(step));
    fmt::format_to(std::back_inserter(out), "\"transform\":{{\"scale\":[{0},{0}],\"translate\":[0,0]}},\n",
                   scale);
  }
  fmt::format_to(std::back_inserter(out), "\"marchland\":{},\n{},\n", to_json(provenance), objects);
  append_arcs(out, arcs, is_quantised, step);
  return out + "}\n";
}

}  // namespace marchland::detail
