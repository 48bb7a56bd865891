#include "tools/cli/result_layers.h"

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

namespace marchland::cli {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

std::size_t column_of(const FeatureSet& set, const char* name) {
  const auto found = std::find_if(set.fields.begin(), set.fields.end(),
                                  [&](const FeatureField& field) { return field.name == name; });
  return found == set.fields.end() ? kNone : static_cast<std::size_t>(found - set.fields.begin());
}

std::string text_at(const Feature& feature, std::size_t column) {
  const auto* text = column == kNone ? nullptr : std::get_if<std::string>(&feature.values[column]);
  return text == nullptr ? std::string() : *text;
}

/// Null is an open end.
Interval stretch_of(const Feature& feature, std::size_t from, std::size_t to) {
  if (from == kNone || to == kNone) return {};
  const auto* begin = std::get_if<Instant>(&feature.values[from]);
  const auto* end = std::get_if<Instant>(&feature.values[to]);
  return {begin == nullptr ? Interval().from() : *begin, end == nullptr ? Interval().to() : *end};
}

void add_to_box(LonLatBoxBuilder& boxes, const MultiPolygon& area) {
  for (const Polygon& polygon : area) {
    if (polygon.empty() || polygon.front().empty()) continue;
    const Ring& shell = polygon.front();
    const auto [west, east] = std::minmax_element(
        shell.begin(), shell.end(), [](const Position& a, const Position& b) { return a.lon < b.lon; });
    const auto [south, north] = std::minmax_element(
        shell.begin(), shell.end(), [](const Position& a, const Position& b) { return a.lat < b.lat; });
    boxes.add(west->lon, east->lon, south->lat, north->lat);
  }
}

ResultLayer result_layer(const FeatureSet& set) {
  const std::size_t from = column_of(set, "from");
  const std::size_t to = column_of(set, "to");
  const std::size_t name = column_of(set, "actor_name");
  const std::size_t color = column_of(set, "color");
  ResultLayer layer{.name = set.name, .is_in_time = from != kNone && to != kNone};
  const bool is_lines = std::holds_alternative<MultiLine>(set.features.front().geometry);
  if (!is_lines && color != kNone) {
    for (const char* field : {"actor", "to_actor"}) {
      if (column_of(set, field) != kNone) layer.field = field;
    }
  }
  const std::size_t value = layer.field.empty() ? kNone : column_of(set, layer.field.c_str());
  LonLatBoxBuilder boxes;
  std::map<std::pair<bool, std::string>, ResultClass> classes;  // null last
  for (const Feature& feature : set.features) {
    const std::string key = text_at(feature, value);
    ResultClass& found = classes[{key.empty(), key}];
    if (found.when.empty()) {
      const std::string label = text_at(feature, name);
      found.value = key;
      found.label = !label.empty() ? label : key.empty() ? "unknown" : key;
      found.color = text_at(feature, color);
    }
    const Interval when = stretch_of(feature, from, to);
    found.when.push_back(when);
    if (when.has_from()) layer.changes.push_back(when.from());
    if (when.has_to()) layer.changes.push_back(when.to());
    if (const auto* area = std::get_if<MultiPolygon>(&feature.geometry)) add_to_box(boxes, *area);
  }
  for (auto& [key, found] : classes) layer.classes.push_back(std::move(found));
  std::sort(layer.changes.begin(), layer.changes.end());
  layer.changes.erase(std::unique(layer.changes.begin(), layer.changes.end()), layer.changes.end());
  layer.box = boxes.box();
  return layer;
}

}  // namespace

std::vector<ResultLayer> result_layers(const std::vector<FeatureSet>& sets) {
  std::vector<ResultLayer> layers;
  for (const FeatureSet& set : sets) {
    if (!set.features.empty()) layers.push_back(result_layer(set));
  }
  return layers;
}

std::vector<ResultLayer> raster_layers(std::vector<ResultClass> classes) {
  if (classes.empty()) return {};
  ResultLayer layer;
  layer.classes = std::move(classes);
  return {std::move(layer)};
}

}  // namespace marchland::cli
