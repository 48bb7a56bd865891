#include "tools/cli/run_qgis.h"

#include "tools/cli/feature_output.h"
#include "tools/cli/theme_words.h"
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

std::vector<QgisLayer::Category> categories_of(const Session& session, const Holders& holders) {
  std::vector<QgisLayer::Category> categories;
  for (HolderIndex h = 0; h < holders.size(); ++h) {
    if (h == kUnknown) continue;
    categories.push_back(
        {holders.id(h), name_of(session.atlas(), holders, h), color_of(session.atlas(), holders, h)});
  }
  std::sort(categories.begin(), categories.end(),
            [](const auto& a, const auto& b) { return a.value < b.value; });
  return categories;
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

/// Every theme through time, those that cover others below them.
void add_themes(const Session& session, std::vector<QgisLayer>& layers) {
  for (const Theme theme : {Theme::zone, Theme::border, Theme::claim, Theme::control}) {
    const Holders holders = session.holders(theme);
    if (holders.size() < 2) continue;
    layers.push_back(
        {.name = title_of(theme),
         .file = "layers/history.gpkg",
         .layer = std::string(to_string(theme)),
         .look = look_of(theme),
         // Hatched over everything, claims hide more than they show until somebody asks for them.
         .is_shown = theme != Theme::claim,
         .is_in_time = true,
         .field = "actor",
         // In the colour of the ground inside a border would not be seen.
         .categories =
             theme == Theme::border ? std::vector<QgisLayer::Category>{} : categories_of(session, holders)});
  }
}

/// What the folder has of single dates: at hand, but not shown at first.
void add_dates(const Session& session, const std::vector<ResultFile>& written,
               std::vector<QgisLayer>& layers) {
  const std::vector<QgisLayer::Category> holders = categories_of(session, session.holders());
  const std::string states = fmt::format("layers/{}-", to_string(session.theme()));
  struct Group {
    std::string beginning;
    const char* ending;
    const char* name;
    Look look;
    const char* field;
  };
  for (const Group& group :
       {Group{"layers/line-", ".geojson", words_of(session.theme()).lines, Look::line, ""},
        Group{"layers/changes-", ".geojson", "Changes", Look::fill, "to_actor"},
        Group{states, ".geojson", words_of(session.theme()).at_dates, Look::fill, "actor"},
        Group{"rasters/", ".tif", "Rasters", Look::raster, ""}}) {
    for (const ResultFile& file : written) {
      if (!file.file.starts_with(group.beginning) || !file.file.ends_with(group.ending)) continue;
      const std::size_t slash = file.file.find('/');
      layers.push_back({.name = file.file.substr(slash + 1, file.file.rfind('.') - slash - 1),
                        .file = file.file,
                        .group = group.name,
                        .look = group.look,
                        .is_shown = false,
                        .field = group.field,
                        .categories = *group.field == '\0' ? std::vector<QgisLayer::Category>{} : holders,
                        .color = "#b2182b"});
    }
  }
}

/// With a capital letter first.
std::string capitalised(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text;
}

/// Of all that is arranged. Across the antimeridian it is the whole globe, which is drawn as such.
LonLatBox extent_of(const Composite& composite) {
  const auto& vertices = composite.plane().table().vertices;
  LonLatBox box{180.0, 90.0, -180.0, -90.0};
  for (const GridPoint& p : vertices) {
    box.west = std::min(box.west, grid_to_degrees(p.x));
    box.east = std::max(box.east, grid_to_degrees(p.x));
    box.south = std::min(box.south, grid_to_degrees(p.y));
    box.north = std::max(box.north, grid_to_degrees(p.y));
  }
  return box;
}

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

void write_qgis(const Session& session, std::optional<Instant> shown, const std::optional<Interval>& time,
                const OutputFolder& folder, std::vector<ResultFile>& written) {
  const Atlas& atlas = session.atlas();
  QgisProject project;
  project.title = atlas.title.empty() ? atlas.id : atlas.title;
  if (!atlas.places.empty()) {
    write_file(folder.file("layers/places.geojson"), places_document(atlas).dump() + "\n", Existing::refuse);
    written.push_back({"layers/places.geojson", "places of the gazetteer"});
    project.layers.push_back(
        {.name = "Places", .file = "layers/places.geojson", .look = Look::point, .label_field = "name"});
  }
  add_themes(session, project.layers);
  if (!atlas.regions.empty()) {
    project.layers.push_back({.name = "Regions",
                              .file = "layers/regions.geojson",
                              .look = Look::outline,
                              .is_shown = false,
                              .color = "#666666",
                              .label_field = "name"});
  }
  add_dates(session, written, project.layers);
  project.extent = extent_of(session.composite());
  project.time = time;
  project.shown = shown;
  project.subtitle =
      capitalised(words_of(session.theme()).state) + (shown ? " at " + session.date(*shown) : "");
  project.notice = notice_of(atlas);
  write_file(folder.file("project.qgs"), qgis_project(project), Existing::refuse);
  written.push_back({"project.qgs", "QGIS project: layers with colours, time that plays, a page to print"});
}

}  // namespace marchland::cli
