#include "tools/cli/run_qgis.h"

#include "tools/cli/feature_output.h"
#include "tools/cli/theme_words.h"
#include <marchland/analysis/scope.h>
#include <marchland/io/qgis_project.h>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace marchland::cli {
namespace {

using Look = QgisLayer::Look;

Json places_document(const Atlas& atlas) {
  Json features = Json::array();
  for (const Place& place : atlas.places) {
    features.push_back(
        {{"type", "Feature"},
         {"properties", {{"name", place.name}, {"other_names", place.other_names}}},
         {"geometry", {{"type", "Point"}, {"coordinates", {place.lon.value(), place.lat.value()}}}}});
  }
  return {{"type", "FeatureCollection"}, {"features", std::move(features)}};
}

Look look_of(Theme theme) {
  switch (theme) {
    case Theme::control:
      return Look::fill;
    case Theme::claim:
      return Look::hatch;
    case Theme::border:
    case Theme::zone:
      return Look::outline;
  }
  return Look::fill;
}

const char* title_of(Theme theme) {
  switch (theme) {
    case Theme::control:
      return "Control";
    case Theme::claim:
      return "Claims";
    case Theme::border:
      return "Borders";
    case Theme::zone:
      return "Zones";
  }
  return "Control";
}

/// With a capital letter first.
std::string capitalised(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text;
}

bool is_at(const ResultClass& one, std::optional<Instant> shown) {
  return !shown || std::any_of(one.when.begin(), one.when.end(),
                               [&](const Interval& when) { return when.contains(*shown); });
}

std::vector<QgisLayer::Category> categories_of(const ResultLayer& layer, std::optional<Instant> shown) {
  std::vector<QgisLayer::Category> categories;
  for (const ResultClass& one : layer.classes)
    categories.push_back({one.value, one.label, one.color, is_at(one, shown)});
  return categories;
}

/// Of a file that was written by this command with this option.
bool is_made(const ResultFile& file, const char* command, const char* option) {
  return file.made.is_object() && file.made.value("command", "") == command && file.made.contains(option);
}

class ProjectLayers {
 public:
  /// `shown`: a date that QGIS reads; without one, layers of all time are at hand only.
  ProjectLayers(const Session& session, const std::vector<ResultFile>& written, std::optional<Instant> shown)
      : session_(&session), written_(&written), shown_(shown) {
    for (const ResultFile& file : written) {
      if (!is_made(file, "export", "all")) continue;
      for (const ResultLayer& layer : file.layers) history_.emplace_back(&file, &layer);
    }
  }

  /// Every theme through time, those that cover others below them.
  void add_themes(std::vector<QgisLayer>& layers) const {
    for (const Theme theme : {Theme::zone, Theme::border, Theme::claim, Theme::control}) {
      for (const auto& [file, layer] : history_) {
        if (layer->name != to_string(theme)) continue;
        const bool is_held = std::any_of(layer->classes.begin(), layer->classes.end(),
                                         [&](const ResultClass& one) { return is_at(one, shown_); });
        layers.push_back(
            {.name = title_of(theme),
             .file = file->file,
             .layer = layer->name,
             .look = look_of(theme),
             // Hatched over everything, claims hide more than they show until somebody asks for them.
             .is_shown = shown_ && (theme != Theme::claim || session_->theme() == theme),
             .is_in_legend = is_held,
             .is_in_time = true,
             .field = layer->field,
             // In the colour of the ground inside a border would not be seen.
             .categories = theme == Theme::border ? std::vector<QgisLayer::Category>{}
                                                  : categories_of(*layer, shown_)});
      }
    }
  }

  /// What the folder has of single dates: at hand, but not shown at first; if there is nothing else to show,
  /// the last.
  void add_dates(std::vector<QgisLayer>& layers) const {
    add_group(layers, words_of(session_->theme()).lines, Look::line, "line", "between");
    add_group(layers, "Changes", Look::fill, "export", "from");
    const std::size_t before = layers.size();
    add_group(layers, words_of(session_->theme()).at_dates, look_of(session_->theme()), "export", "at");
    if (!shown_ && layers.size() > before) layers.back().is_shown = true;
    add_group(layers, "Rasters", Look::raster, "raster", "layer");
  }

  /// At which any theme changes.
  [[nodiscard]] std::vector<Instant> changes() const {
    std::vector<Instant> all;
    for (const auto& [file, layer] : history_)
      all.insert(all.end(), layer->changes.begin(), layer->changes.end());
    return all;
  }

  /// Of all features about holders; of the arrangement if there are none.
  [[nodiscard]] LonLatBox extent() const {
    LonLatBoxBuilder boxes;
    for (const ResultFile& file : *written_) {
      if (!is_made(file, "export", "all") && !is_made(file, "export", "at")) continue;
      for (const ResultLayer& layer : file.layers) {
        if (!layer.box) continue;
        const LonLatBox& box = *layer.box;
        if (box.west <= box.east) {
          boxes.add(box.west, box.east, box.south, box.north);
        } else {
          boxes.add(box.west, 180.0, box.south, box.north);
          boxes.add(-180.0, box.east, box.south, box.north);
        }
      }
    }
    if (const auto box = boxes.box()) return *box;
    const Arrangement& plane = session_->composite().plane();
    std::vector<bool> all(plane.face_count(), true);
    all[kUnboundedFace] = false;
    return box_of_faces(plane, all).value_or(LonLatBox{-180.0, -90.0, 180.0, 90.0});
  }

 private:
  void add_group(std::vector<QgisLayer>& layers, const std::string& name, Look look, const char* command,
                 const char* option) const {
    for (const ResultFile& file : *written_) {
      if (!is_made(file, command, option)) continue;
      for (const ResultLayer& layer : file.layers) {
        QgisLayer& shown = layers.emplace_back();
        const std::size_t slash = file.file.find('/');
        shown.name = file.file.substr(slash + 1, file.file.rfind('.') - slash - 1);
        shown.file = file.file;
        shown.group = name;
        shown.look = look;
        shown.is_shown = false;
        shown.field = layer.field;
        shown.color = "#b2182b";
        if (look == Look::raster || (!layer.field.empty() && look != Look::line))
          shown.categories = categories_of(layer, std::nullopt);
        if (look == Look::raster) name_classes(shown.categories);
      }
    }
  }

  /// Rasters have ids.
  void name_classes(std::vector<QgisLayer::Category>& categories) const {
    for (const auto& [file, layer] : history_) {
      if (layer->name != to_string(session_->theme())) continue;
      for (const ResultClass& one : layer->classes) {
        for (QgisLayer::Category& category : categories) {
          if (category.label == one.value) category.label = one.label;
        }
      }
    }
  }

  const Session* session_;
  const std::vector<ResultFile>* written_;
  std::optional<Instant> shown_;
  std::vector<std::pair<const ResultFile*, const ResultLayer*>> history_;
};

std::string notice_of(const Atlas& atlas) {
  std::string text = "Sources: ";
  constexpr std::size_t kMost = 420;
  std::size_t left_out = 0;
  for (const Source& source : atlas.sources) {
    const std::string& title = source.title.empty() ? source.id : source.title;
    if (text.size() + title.size() > kMost) {
      ++left_out;
      continue;
    }
    text += (text.ends_with(": ") ? "" : "; ") + title;
  }
  if (left_out > 0) text += fmt::format("; and {} more, see SOURCES.txt", left_out);
  for (const std::string& more : {atlas.attribution, atlas.disclaimer}) {
    if (!more.empty()) text += "\n" + more;
  }
  return text;
}

}  // namespace

void write_qgis(const Session& session, std::optional<Instant> shown, const OutputFolder& folder,
                std::vector<ResultFile>& written) {
  const Atlas& atlas = session.atlas();
  QgisProject project;
  project.title = atlas.title.empty() ? atlas.id : atlas.title;
  if (!atlas.places.empty()) {
    folder.write("layers/places.geojson", places_document(atlas).dump() + "\n");
    written.push_back({"layers/places.geojson", "places of the gazetteer"});
    project.layers.push_back(
        {.name = "Places", .file = "layers/places.geojson", .look = Look::point, .label_field = "name"});
  }
  if (shown && is_qgis_date(*shown)) project.shown = shown;
  const ProjectLayers layers(session, written, project.shown);
  layers.add_themes(project.layers);
  for (const ResultFile& file : written) {
    if (file.made.is_object() && file.made.value("layer", "") == "regions" && !file.layers.empty()) {
      project.layers.push_back({.name = "Regions",
                                .file = file.file,
                                .look = Look::outline,
                                .is_shown = false,
                                .color = "#666666",
                                .label_field = "name"});
    }
  }
  layers.add_dates(project.layers);
  project.extent = layers.extent();
  project.frames = qgis_frames(layers.changes(), atlas.days);
  project.subtitle = capitalised(words_of(session.theme()).state);
  if (shown) project.subtitle += " at " + session.date(*shown);
  if (!session.filters().empty()) project.subtitle += fmt::format(" (of what {} leaves)", session.filters());
  project.notice = notice_of(atlas);
  folder.write("project.qgs", qgis_project(project));
  written.push_back({"project.qgs", "QGIS project: layers with colours, time that plays, a page to print"});
}

}  // namespace marchland::cli
