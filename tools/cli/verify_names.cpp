// Names, colours, regions, sources and licences: the index has them once, and whatever names them says the
// same.
#include "tools/cli/declared.h"
#include "tools/cli/verify_tables.h"
#include <marchland/io/vector_file.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace marchland::cli {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class NameChecks {
 public:
  explicit NameChecks(TablesBack& tables) : tables_(tables), declared_(tables.folder.declared) {}

  void run() {
    verify_text("SOURCES.txt", sources_text(declared_));
    verify_text("LICENSES.txt", licences_text(declared_));
    for (const LayerBack& layer : tables_.folder.layers) {
      for (const LayerFeature& feature : layer.features) verify_feature(layer, feature);
    }
    verify_regions();
    for (const Json& entry : tables_.folder.index["files"]) {
      const std::string file = entry["file"];
      if (file.ends_with(".geojson") && entry.contains("rounding_m2"))
        tables_.checks.attempt(file, [&] { verify_head(file); });
      if (file.ends_with(".gpkg")) tables_.checks.attempt(file, [&] { verify_source_table(file); });
    }
  }

 private:
  /// Line by line; those that are missing or too many, too.
  void verify_text(const std::string& file, const std::string& text) {
    const auto& files = tables_.folder.index["files"];
    if (std::none_of(files.begin(), files.end(), [&](const Json& entry) { return entry["file"] == file; }))
      return;
    tables_.known.insert(file);
    std::ifstream in(tables_.folder.path / file, std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    const std::vector<std::string> expected = lines_of(text);
    const std::vector<std::string> found = lines_of(bytes.str());
    for (std::size_t i = 0; i < std::max(expected.size(), found.size()); ++i) {
      const auto line = [&](const std::vector<std::string>& lines) {
        return i < lines.size() ? lines[i] : std::string(kNone);
      };
      tables_.checks.text("sources", file, fmt::format("line {}", i + 1), line(expected), line(found));
    }
  }

  [[nodiscard]] const Actor* actor_of(const std::string& id) const {
    const auto found = std::find_if(declared_.actors.begin(), declared_.actors.end(),
                                    [&](const Actor& actor) { return actor.id == id; });
    return found == declared_.actors.end() ? nullptr : &*found;
  }

  /// Of a holder "a+b": its actors; empty where the index does not have one of them.
  [[nodiscard]] std::vector<const Actor*> actors_of(const std::string& holder) const {
    std::vector<const Actor*> out;
    std::istringstream in(holder);
    for (std::string id; std::getline(in, id, '+');) {
      out.push_back(actor_of(id));
      if (out.back() == nullptr) return {};
    }
    return out;
  }

  /// Lists of ids. Which of them a feature goes by is not to be seen from the folder.
  void verify_sources(const LayerBack& layer, const LayerFeature& feature) {
    for (const char* field : {"source", "sources", "from_sources", "to_sources"}) {
      std::istringstream in(feature.text(field));
      for (std::string id; std::getline(in, id, ',');) {
        const auto is_it = [&](const Source& source) { return source.id == id; };
        const auto& sources = declared_.sources;
        const bool is_there = std::any_of(sources.begin(), sources.end(), is_it);
        tables_.checks.text("sources", layer.file, fmt::format("{}: {}", layer.name, field), id,
                            is_there ? id : kNone);
      }
    }
  }

  void verify_feature(const LayerBack& layer, const LayerFeature& feature) {
    verify_sources(layer, feature);
    if (!feature.values.contains("actor") || !feature.values.contains("actor_name")) return;
    const std::string holder = feature.text("actor");
    // Unknown ground has no name, and a colour that no party has.
    if (holder.empty()) {
      tables_.checks.text("names", layer.file, layer.name + " unknown: actor_name", "",
                          feature.text("actor_name"));
      return;
    }
    const std::vector<const Actor*> actors = actors_of(holder);
    const std::string what = fmt::format("{} {}: ", layer.name, holder);
    if (actors.empty()) {
      tables_.checks.text("names", layer.file, what + "is a party of the index", "yes", "no");
      return;
    }
    std::string name;
    std::array<double, 3> mixed{};
    for (const Actor* actor : actors) {
      name += (name.empty() ? "" : " / ") + (actor->name.empty() ? actor->id : actor->name);
      const auto parts = color_parts(actor->color);
      for (std::size_t i = 0; i < mixed.size(); ++i)
        mixed[i] += parts[i] / static_cast<double>(actors.size());
    }
    tables_.checks.text("names", layer.file, what + "actor_name", name, feature.text("actor_name"));
    if (!feature.values.contains("color")) return;
    const auto parts = color_parts(feature.text("color"));
    double farthest = feature.text("color").size() == 7 ? 0.0 : std::nan("");
    for (std::size_t i = 0; i < mixed.size(); ++i)
      farthest = std::max(farthest, std::abs(parts[i] - mixed[i]));
    // Whole steps of a colour that was mixed.
    tables_.checks.number("colours", layer.file, what + "color " + feature.text("color"), "of 255", 0.0,
                          farthest, 0.5);
  }

  static std::array<double, 3> color_parts(const std::string& color) {
    std::array<double, 3> parts{};
    if (color.size() != 7) return parts;
    for (std::size_t i = 0; i < parts.size(); ++i)
      parts[i] = static_cast<double>(std::strtol(color.substr(1 + 2 * i, 2).c_str(), nullptr, 16));
    return parts;
  }

  /// Each region of the layer is one of the index, by all its names; and those that tables report by are
  /// there.
  void verify_regions() {
    const LayerBack* layer = tables_.folder.regions();
    std::set<std::string> drawn;
    if (layer != nullptr) {
      for (const LayerFeature& feature : layer->features) {
        const std::string id = feature.text("region");
        drawn.insert(id);
        const auto found = std::find_if(declared_.regions.begin(), declared_.regions.end(),
                                        [&](const Region& region) { return region.id == id; });
        if (found == declared_.regions.end()) {
          tables_.checks.text("names", layer->file, "region " + id, "a region of the index", kNone);
          continue;
        }
        for (const auto& [field, value] : {std::pair("name", &found->name), std::pair("code", &found->code),
                                           std::pair("edition", &found->edition)})
          tables_.checks.text("names", layer->file, fmt::format("region {}: {}", id, field), *value,
                              feature.text(field));
      }
    }
    std::set<std::string> asked;
    if (tables_.folder.has_option("region")) {
      for (const Json& id : tables_.folder.index["options"]["region"]) asked.insert(id.get<std::string>());
    } else {
      for (const Region& region : declared_.regions) asked.insert(region.id);
    }
    for (const Json* entry : tables_.folder.entries({{"by", "region"}}, ".json")) {
      const std::string file = (*entry)["file"];
      const Json* table = tables_.document(file);
      if (table == nullptr) continue;
      for (const Json& row : rows_of(*table)) {
        const std::string id = text_of(row, "region");
        if (!asked.contains(id))
          tables_.checks.text("names", file, "region " + id, "a region that was asked for", kNone);
      }
    }
    if (layer == nullptr) return;
    tables_.checks.text("names", layer->file, "regions", fmt::format("{}", fmt::join(asked, ", ")),
                        fmt::format("{}", fmt::join(drawn, ", ")));
  }

  /// The sources that a layer says it was made from.
  void verify_head(const std::string& file) {
    std::ifstream in(tables_.folder.path / file, std::ios::binary);
    const Json document = Json::parse(in);
    const Json found = document.contains("marchland") && document["marchland"].contains("sources")
                           ? document["marchland"]["sources"]
                           : Json::array();
    const Json& expected = tables_.folder.index["sources"];
    tables_.checks.number("sources", file, "how many", "sources", static_cast<double>(expected.size()),
                          static_cast<double>(found.size()), 0.0);
    for (std::size_t i = 0; i < std::min(expected.size(), found.size()); ++i) {
      for (const char* key : {"id", "title", "author", "licence", "url", "date"})
        tables_.checks.text("sources", file, fmt::format("source {}: {}", i + 1, key),
                            text_of(expected[i], key), text_of(found[i], key));
    }
  }

  void verify_source_table(const std::string& file) {
    VectorRequest request;
    request.dataset = (tables_.folder.path / file).string();
    request.name = file;
    request.layer = "sources";
    request.fields = std::nullopt;
    request.is_table = true;
    const VectorTable found = read_vector(request);
    const Json& expected = tables_.folder.index["sources"];
    tables_.checks.number("sources", file, "rows of sources", "sources", static_cast<double>(expected.size()),
                          static_cast<double>(found.features.size()), 0.0);
    for (std::size_t r = 0; r < std::min(expected.size(), found.features.size()); ++r) {
      for (const char* key : {"id", "title", "author", "licence", "url", "date", "note"}) {
        const auto field = std::find(found.fields.begin(), found.fields.end(), key);
        const auto value =
            field == found.fields.end()
                ? std::nullopt
                : found.features[r].values[static_cast<std::size_t>(field - found.fields.begin())];
        tables_.checks.text("sources", file, fmt::format("sources, row {}: {}", r + 1, key),
                            text_of(expected[r], key), value.value_or(""));
      }
    }
  }

  TablesBack& tables_;
  const Atlas& declared_;
};

}  // namespace

void verify_names(TablesBack& tables) {
  NameChecks(tables).run();
}

}  // namespace marchland::cli
