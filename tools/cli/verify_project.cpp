// The QGIS project of a result folder: the files and layers that it names are there, parties have their names
// and colours, and its time is that of the folder.
#include "tools/cli/verify_tables.h"
#include <marchland/io/qgis_frames.h>
#include <marchland/verify/markup.h>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace marchland::cli {
namespace {

/// As a reader of XML has it, if it stands in an attribute as it is.
std::string in_attribute(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t' || c == '\r'; }, ' ');
  return text;
}

class ProjectChecks {
 public:
  explicit ProjectChecks(TablesBack& tables) : tables_(tables) {}

  void run() {
    for (const Json& entry : tables_.folder.index["files"]) {
      const std::string file = entry["file"];
      if (!file.ends_with(".qgs")) continue;
      tables_.known.insert(file);
      tables_.checks.attempt(file, [&] { verify_project(file); });
    }
    tables_.checks.leave_out(
        "looks and expressions of project.qgs, of layer_styles in history.gpkg, and the "
        "tables of classes beside rasters",
        "names, colours and dates in project.qgs, and cells by their classes, were compared; of the "
        "rest the bytes");
  }

 private:
  void verify_project(const std::string& file) {
    const MarkupElement project = parse_xml(tables_.folder.bytes(file));
    std::map<std::string, std::string> sources;  // by id
    std::map<std::string, std::string> names;
    std::string words;
    project.for_each([&](const MarkupElement& element) {
      if (element.name == "layer-tree-layer") {
        const std::string source = element.attribute("source");
        verify_source(file, source);
        sources[element.attribute("id")] = source;
        names[element.attribute("id")] = element.attribute("name");
      }
      if (element.name == "LayoutItem") words += element.attribute("labelText") + "\n";
      if (element.name == "renderer-v2") verify_categories(file, element);
    });
    project.for_each([&](const MarkupElement& element) {
      if (element.name != "maplayer") return;
      std::string id;
      std::string source;
      std::string name;
      for (const MarkupElement& child : element.children) {
        if (child.name == "layername") name = child.text;
        if (child.name == "id") id = child.text;
        if (child.name == "datasource") source = child.text;
      }
      verify_source(file, source);
      tables_.checks.text("project", file, "name of layer " + id, in_attribute(name), names[id]);
      const auto known = sources.find(id);
      tables_.checks.text("project", file, "source of layer " + id,
                          known == sources.end() ? std::string(kNone) : known->second, source);
    });
    verify_time(file, project);
    verify_date(file, words);
    const Atlas& declared = tables_.folder.declared;
    tables_.checks.text("project", file, "title", declared.title.empty() ? declared.id : declared.title,
                        project.attribute("projectname"));
  }

  /// "./layers/history.gpkg|layername=control".
  void verify_source(const std::string& file, const std::string& source) {
    std::string name = source.substr(0, source.find('|'));
    if (name.starts_with("./")) name.erase(0, 2);
    const auto& files = tables_.folder.index["files"];
    const bool is_there =
        std::any_of(files.begin(), files.end(), [&](const Json& entry) { return entry["file"] == name; });
    tables_.checks.text("project", file, source, "is a file of the folder",
                        is_there ? "is a file of the folder" : kNone);
    constexpr std::string_view kLayer = "|layername=";
    const std::size_t at = source.find(kLayer);
    if (at == std::string::npos) return;
    const std::string layer = source.substr(at + kLayer.size());
    const bool has_layer = tables_.folder.layer_of(name, layer) != nullptr;
    tables_.checks.text("project", file, source + ": layer", "is there", has_layer ? "is there" : kNone);
  }

  /// Parties by their names, and in their colours: any of a symbol's.
  void verify_categories(const std::string& file, const MarkupElement& renderer) {
    std::map<std::string, const MarkupElement*> symbols;
    renderer.for_each([&](const MarkupElement& element) {
      if (element.name == "symbol") symbols[element.attribute("name")] = &element;
    });
    renderer.for_each([&](const MarkupElement& element) {
      const std::string holder = element.attribute("value");
      if (element.name != "category" || holder.empty()) return;
      const Atlas& declared = tables_.folder.declared;
      std::string name;
      std::string color;
      std::istringstream in(holder);
      std::size_t count = 0;
      for (std::string id; std::getline(in, id, '+'); ++count) {
        const auto actor = std::find_if(declared.actors.begin(), declared.actors.end(),
                                        [&](const Actor& each) { return each.id == id; });
        if (actor == declared.actors.end()) {
          tables_.checks.text("project", file, "party " + holder, "is of the index", kNone);
          return;
        }
        name += (name.empty() ? "" : " / ") + (actor->name.empty() ? actor->id : actor->name);
        color = actor->color;
      }
      tables_.checks.text("project", file, "name of " + holder, in_attribute(name),
                          element.attribute("label"));
      const auto symbol = symbols.find(element.attribute("symbol"));
      if (count != 1 || color.size() != 7 || symbol == symbols.end()) return;
      std::string wanted;
      for (const std::size_t at : {1U, 3U, 5U})
        wanted += std::to_string(std::strtol(color.substr(at, 2).c_str(), nullptr, 16)) + ",";
      bool is_there = false;
      symbol->second->for_each([&](const MarkupElement& option) {
        is_there = is_there || option.attribute("value").starts_with(wanted) ||
                   option.attribute("v").starts_with(wanted);
      });
      tables_.checks.text("project", file, "colour of " + holder, color, is_there ? color : kNone);
    });
  }

  /// What plays are the frames that the dates of the layers ask for.
  void verify_time(const std::string& file, const MarkupElement& project) {
    std::string found = kNone;
    std::string step;
    project.for_each([&](const MarkupElement& element) {
      if (element.name == "ProjectTimeSettings")
        step = element.attribute("timeStep") + " " + element.attribute("timeStepUnit");
      if (element.name != "TemporalRange") return;
      std::string from;
      std::string to;
      for (const MarkupElement& child : element.children) {
        if (child.name == "start") from = child.text;
        if (child.name == "end") to = child.text;
      }
      found = fmt::format("{} to {}", from, to);
    });
    std::vector<Instant> changes;
    for (const Json* entry : tables_.folder.entries({{"command", "export"}, {"all", true}}, "")) {
      for (const LayerBack& layer : tables_.folder.layers) {
        if (layer.file != (*entry)["file"]) continue;
        for (const LayerFeature& feature : layer.features) {
          for (const char* end : {"from", "to"}) {
            if (const auto at = feature.instant(end)) changes.push_back(*at);
          }
        }
      }
    }
    const auto frames = qgis_frames(std::move(changes), tables_.folder.days);
    tables_.checks.text(
        "project", file, "stretch of time",
        frames ? fmt::format("{} to {}", format_utc(frames->time.from()), format_utc(frames->time.to()))
               : std::string(kNone),
        found);
    tables_.checks.text("project", file, "length of a frame",
                        frames ? fmt::format("{} {}", frames->step, frames->unit) : std::string(), step);
  }

  /// The page to print is of the last date.
  void verify_date(const std::string& file, const std::string& words) {
    const auto& dates = tables_.folder.dates;
    const auto last = std::max_element(dates.begin(), dates.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    if (last == dates.end()) return;
    const std::string date = tables_.date_text(last->first);
    tables_.checks.text("project", file, "date of the page", date,
                        words.find(date) != std::string::npos ? date : kNone);
  }

  TablesBack& tables_;
};

}  // namespace

void verify_project(TablesBack& tables) {
  ProjectChecks(tables).run();
}

}  // namespace marchland::cli
