// The layers of a result folder read back by GDAL: areas by PROJ, validity and overlaps by GEOS.
#include "tools/cli/verify.h"
#include <marchland/base/error.h>
#include <marchland/io/vector_file.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace marchland::cli {
namespace {

namespace fs = std::filesystem;

/// "control of armenia at 1994-05-12T00:00:00Z".
std::string name_of(const LayerBack& layer, const LayerFeature& feature) {
  std::string name = layer.name;
  if (feature.values.contains("region")) return "region " + feature.text("region");
  const auto add = [&](const char* word, const char* field) {
    const std::string value = feature.text(field);
    if (!value.empty()) name += fmt::format(" {}{}", word, value);
  };
  if (feature.values.contains("from_actor")) {
    add("from ", "from_actor");
    add("to ", "to_actor");
    return name;
  }
  name += " " + (feature.text("actor").empty() ? std::string("unknown") : feature.text("actor"));
  if (feature.values.contains("at")) {
    add("at ", "at");
  } else {
    add("from ", "from");
    add("to ", "to");
  }
  return name;
}

/// Values that are no dates where dates belong are noted, and taken for none.
void verify_dates(LayerBack& layer, Checks& checks) {
  for (LayerFeature& feature : layer.features) {
    for (const char* field :
         {"at", "from", "to", "from_earliest", "from_latest", "to_earliest", "to_latest", "last_change"}) {
      try {
        static_cast<void>(feature.instant(field));
      } catch (const Error&) {
        const std::string found = feature.text(field);
        feature.values[field].reset();
        checks.text("layer read", layer.file, fmt::format("{}: {}", name_of(layer, feature), field), "a date",
                    found);
      }
    }
  }
}

LayerBack read_layer(const fs::path& path, const std::string& file, const std::string& layer) {
  VectorRequest request;
  request.dataset = path.string();
  request.name = file;
  request.layer = layer;
  request.fields = std::nullopt;
  request.with_lines = true;
  const VectorTable table = read_vector(request);
  LayerBack out{file, layer, {}};
  for (const VectorFeature& read : table.features) {
    LayerFeature feature;
    for (std::size_t i = 0; i < table.fields.size(); ++i) feature.values[table.fields[i]] = read.values[i];
    feature.area = read.area;
    feature.lines = read.lines;
    out.features.push_back(std::move(feature));
  }
  return out;
}

/// Areas and validity of each feature's polygons.
void verify_polygons(const ResultBack& folder, LayerBack& layer, Checks& checks) {
  for (LayerFeature& feature : layer.features) {
    if (feature.area.empty()) continue;
    const std::string name = name_of(layer, feature);
    try {
      feature.planar.emplace(feature.area);
      const auto defect = feature.planar->defect();
      feature.is_valid = !defect;
      checks.text(
          "polygons valid", layer.file, name, "valid",
          defect ? fmt::format("{} at {}, {}", defect->reason, defect->at.lon, defect->at.lat) : "valid");
    } catch (const InvalidArgument& error) {
      checks.text("polygons valid", layer.file, name, "valid", error.what());
      continue;
    }
    if (!folder.measure) continue;
    feature.measured = folder.measure->area(feature.area);
    if (!feature.values.contains("area_m2")) continue;
    const auto stated = feature.number("area_m2");
    if (!stated) {
      checks.text("polygon areas", layer.file, name, "a number in area_m2", feature.text("area_m2"));
      continue;
    }
    checks.number("polygon areas", layer.file, name, "m2", feature.measured.area.value(), *stated,
                  area_bound(folder, layer.file, feature.measured));
  }
}

/// Even a sliver that vanished lay along lines that are there, its neighbours', so all lines together bound
/// what the index may claim of one feature.
void verify_rounding(const ResultBack& folder, const std::string& file, Checks& checks) {
  double swept = 0.0;
  for (const LayerBack& layer : folder.layers) {
    if (layer.file != file) continue;
    for (const LayerFeature& feature : layer.features) swept += swept_by_rounding(folder, feature.measured);
  }
  checks.number("rounding stated", file, "greatest change of one area", "m2", 0.0,
                stated_rounding(folder, file), swept);
  if (const double vanished = stated_vanished(folder, file); vanished != 0.0)
    checks.number("rounding stated", file, "area of what vanished", "m2", 0.0, vanished, swept);
}

/// Whether both hold at some instant.
bool are_together(const LayerFeature& a, const LayerFeature& b) {
  if (a.values.contains("at") && b.values.contains("at")) return a.text("at") == b.text("at");
  const auto ends_before = [](const LayerFeature& x, const LayerFeature& y) {
    const auto to = x.instant("to");
    const auto from = y.instant("from");
    return to && from && *to <= *from;
  };
  return !ends_before(a, b) && !ends_before(b, a);
}

/// Ground that two features of one date have in common. Neighbours were rounded together and share their
/// vertices, so there is none; what GEOS finds is measured, because a crossing may be rounded to doubles.
void verify_overlaps(const ResultBack& folder, const LayerBack& layer, Checks& checks) {
  const bool is_planar = !folder.measure;
  // A district and the province it lies in are both regions.
  if (&layer == folder.regions()) return;
  for (std::size_t i = 0; i < layer.features.size(); ++i) {
    const LayerFeature& a = layer.features[i];
    for (std::size_t j = i + 1; j < layer.features.size(); ++j) {
      const LayerFeature& b = layer.features[j];
      if (!a.is_valid || !b.is_valid || !a.planar->may_meet(*b.planar) || !are_together(a, b)) continue;
      const MultiPolygon common = a.planar->intersection(*b.planar);
      const MeasuredArea shared = (is_planar ? folder.earth : folder.measure)->area(common);
      checks.number("no overlaps", layer.file, name_of(layer, a) + " and " + name_of(layer, b), "m2", 0.0,
                    shared.area.value(), shared.error.value());
    }
  }
}

}  // namespace

void verify_layers(ResultBack& folder, Checks& checks) {
  for (const Json& entry : folder.index["files"]) {
    const std::string file = entry["file"];
    const fs::path path = folder.path / file;
    std::error_code error;
    if (!file.starts_with("layers/") || !fs::is_regular_file(path, error)) continue;
    try {
      for (const VectorLayer& found : list_layers(path.string(), file))
        folder.layers.push_back(read_layer(path, file, found.name));
    } catch (const Error& failed) {
      checks.text("layer read", file, "can be read", "yes", failed.what());
    }
  }
  for (LayerBack& layer : folder.layers) {
    verify_dates(layer, checks);
    verify_polygons(folder, layer, checks);
    verify_overlaps(folder, layer, checks);
  }
  if (!folder.measure) return;
  for (const Json& entry : folder.index["files"]) {
    if (entry.contains("rounding_m2")) verify_rounding(folder, entry["file"], checks);
  }
}

}  // namespace marchland::cli
