// The series of areas against itself, against the areas at dates, and against the polygons through time.
#include "tools/cli/verify_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace marchland::cli {
namespace {

class SeriesChecks {
 public:
  explicit SeriesChecks(TablesBack& tables) : tables_(tables) {}

  void run() {
    for (const Json* entry : tables_.folder.entries({{"command", "timeline"}}, ".json")) {
      const std::string file = (*entry)["file"];
      tables_.checks.attempt(file, [&] { verify_table(file); });
    }
    verify_history_itself();
  }

 private:
  /// Whether ground of the theme began or ended by then, as the layers of all time have it.
  [[nodiscard]] bool has_changed_by(Instant at) const {
    for (const Json* entry : tables_.folder.entries({{"command", "export"}, {"all", true}}, "")) {
      const LayerBack* layer = tables_.folder.layer_of((*entry)["file"], tables_.folder.theme());
      if (layer == nullptr) continue;
      for (const LayerFeature& feature : layer->features) {
        for (const char* end : {"from", "to"}) {
          const auto instant = feature.instant(end);
          if (instant && *instant <= at) return true;
        }
      }
    }
    return false;
  }

  void verify_table(const std::string& file) {
    const Json* table = tables_.document(file);
    if (table == nullptr) return;
    struct Date {
      std::string text;
      Instant at;
      std::map<std::string, double> areas;
    };
    std::vector<Date> series;
    for (const Json& row : rows_of(*table)) {
      const std::string text = text_of(row, "at");
      if (series.empty() || series.back().text != text)
        series.push_back({text, tables_.folder.instant(text), {}});
      series.back().areas[text_of(row)] = number_of(row, "area_m2");
    }
    std::map<std::string, std::vector<Json>> passed;
    for (const Json& row : rows_of(*table, "transitions")) passed[text_of(row, "at")].push_back(row);
    for (std::size_t d = 1; d < series.size(); ++d) {
      for (const auto& [actor, area] : series[d].areas) {
        const auto before = series[d - 1].areas.find(actor);
        // It may have had ground already and joined a group since.
        if (before == series[d - 1].areas.end() && tables_.has_some_groups_only()) continue;
        double expected = before == series[d - 1].areas.end() ? 0.0 : before->second;
        double magnitude = area + expected;
        for (const Json& row : passed[series[d].text]) {
          const double moved = number_of(row, "area_m2");
          if (text_of(row, "to") == actor) expected += moved;
          if (text_of(row, "from") == actor) expected -= moved;
          magnitude += moved;
        }
        tables_.checks.number(
            "timeline adds up", file,
            fmt::format("{} at {} = before + passed to it - from it", shown(actor), series[d].text), "m2",
            expected, area, sum_bound(passed[series[d].text].size(), magnitude));
      }
    }
    if (tables_.has_some_groups_only()) {
      tables_.checks.leave_out("what parties had in the series before they joined a group",
                               "--group left their rows out");
    }
    for (const auto& [name, at] : tables_.folder.dates) {
      const auto next =
          std::find_if(series.begin(), series.end(), [&, at = at](const Date& d) { return d.at > at; });
      std::set<std::string> actors;
      if (next != series.begin()) {
        for (const auto& [actor, area] : std::prev(next)->areas) actors.insert(actor);
      }
      if (tables_.areas != nullptr) {
        for (const Json& row : rows_of(*tables_.areas)) {
          if (text_of(row, "at") == tables_.folder.date_texts.at(name)) actors.insert(text_of(row));
        }
      }
      for (const std::string& actor : actors) {
        const double stated = tables_.area_at(tables_.folder.date_texts.at(name), actor);
        double found = std::nan("");
        if (next != series.begin() && std::prev(next)->areas.contains(actor))
          found = std::prev(next)->areas.at(actor);
        if (std::isnan(stated) != std::isnan(found)) {
          const double other = std::isnan(stated) ? found : stated;
          // Without an area there need be no row; by group there is one only while an actor is in it.
          // Before the first change only what has no beginning is held, and the series does not tell it.
          if (next == series.begin() && !has_changed_by(at)) {
            if (!actor.empty() && other != 0.0) {
              tables_.checks.leave_out(fmt::format("timeline at {}", name), "it begins at a later change");
            }
            continue;
          }
          if (other == 0.0 || (tables_.has_some_groups_only() && !series.empty())) continue;
        }
        tables_.checks.number("timeline has the areas", file, fmt::format("{} at {}", shown(actor), name),
                              "m2", stated, found, 0.0);
      }
    }
    verify_history(file, series);
  }

  /// Every figure of the series against the polygons of history.gpkg.
  template <class Series>
  void verify_history(const std::string& file, const Series& series) {
    const std::string theme = tables_.folder.theme();
    for (const Json* entry : tables_.folder.entries({{"command", "export"}, {"all", true}}, "")) {
      const LayerBack* layer = tables_.folder.layer_of((*entry)["file"], theme);
      if (layer == nullptr || !tables_.folder.measure) continue;
      struct Held {
        std::optional<Instant> from, to;
        const LayerFeature* feature;
      };
      std::map<std::string, std::vector<Held>> by_actor;
      for (const LayerFeature& f : layer->features)
        by_actor[f.text("actor")].push_back({f.instant("from"), f.instant("to"), &f});
      for (const auto& date : series) {
        for (const auto& [actor, area] : date.areas) {
          if (actor.empty()) continue;  // unknown ground has no polygons there
          double measured = 0.0;
          double bound = stated_rounding(tables_.folder, layer->file);
          bool is_there = false;
          for (const Held& held : by_actor[actor]) {
            if ((held.from && date.at < *held.from) || (held.to && *held.to <= date.at)) continue;
            is_there = true;
            measured += held.feature->measured.area.value();
            bound += area_bound(tables_.folder, layer->file, held.feature->measured);
          }
          // Polygons are those of whoever was in a group when they began.
          if (!is_there && tables_.has_some_groups_only()) continue;
          tables_.checks.number("timeline is that of polygons", file,
                                fmt::format("{} at {}", shown(actor), date.text), "m2", measured, area,
                                bound);
        }
      }
    }
  }

  /// Of every theme: a holder has one feature at a time, with dates in order; and what the layers of single
  /// dates say of a holder is what the feature of that time says.
  void verify_history_itself() {
    for (const LayerBack& layer : tables_.folder.layers) {
      if (!is_history(layer.file)) continue;
      if (layer.features.empty() && !tables_.folder.has_some_actors_only())
        tables_.checks.text("history", layer.file, layer.name + " has features", "yes", "no");
      std::map<std::string, std::vector<const LayerFeature*>> by_actor;
      for (const LayerFeature& feature : layer.features) {
        by_actor[feature.text("actor")].push_back(&feature);
        verify_order(layer, feature);
      }
      for (const auto& [actor, features] : by_actor) verify_one_at_a_time(layer, actor, features);
      if (layer.name == tables_.folder.theme()) {
        verify_dates_of(layer, by_actor);
      } else {
        const auto& files = tables_.folder.index["files"];
        const bool has_map = std::any_of(files.begin(), files.end(),
                                         [](const Json& entry) { return entry["file"] == "map.html"; });
        // The map has every theme.
        if (has_map && !tables_.has_some_groups_only()) continue;
        tables_.checks.leave_out(
            fmt::format("{} in {}", layer.name, layer.file),
            "no other file has this theme; areas, validity, the order of its dates, and that a "
            "holder has one feature at a time were recomputed");
      }
    }
  }

  [[nodiscard]] bool is_history(const std::string& file) const {
    for (const Json* entry : tables_.folder.entries({{"command", "export"}, {"all", true}}, "")) {
      if ((*entry)["file"] == file) return true;
    }
    return false;
  }

  void verify_order(const LayerBack& layer, const LayerFeature& feature) {
    for (const char* end : {"from", "to"}) {
      const auto at = feature.instant(end);
      const auto earliest = feature.instant(fmt::format("{}_earliest", end));
      const auto latest = feature.instant(fmt::format("{}_latest", end));
      const bool is_so = (!at || !earliest || *earliest <= *at) && (!at || !latest || *at <= *latest);
      if (!at || (!earliest && !latest)) continue;
      tables_.checks.text("history", layer.file,
                          fmt::format("{} {}: {} lies between earliest and latest", layer.name,
                                      shown(feature.text("actor")), feature.text(end)),
                          "yes", is_so ? "yes" : "no");
    }
    const auto from = feature.instant("from");
    const auto to = feature.instant("to");
    if (from && to) {
      tables_.checks.text("history", layer.file,
                          fmt::format("{} {}: {} is before {}", layer.name, shown(feature.text("actor")),
                                      feature.text("from"), feature.text("to")),
                          "yes", *from < *to ? "yes" : "no");
    }
  }

  void verify_one_at_a_time(const LayerBack& layer, const std::string& actor,
                            std::vector<const LayerFeature*> features) {
    std::sort(features.begin(), features.end(), [](const LayerFeature* a, const LayerFeature* b) {
      return a->instant("from") < b->instant("from");  // none first
    });
    for (std::size_t i = 1; i < features.size(); ++i) {
      const auto end = features[i - 1]->instant("to");
      const auto from = features[i]->instant("from");
      tables_.checks.text("history", layer.file,
                          fmt::format("{} {} from {}: begins after the one before it has ended", layer.name,
                                      shown(actor), features[i]->text("from")),
                          "yes", end && from && *end <= *from ? "yes" : "no");
    }
  }

  void verify_dates_of(const LayerBack& history,
                       const std::map<std::string, std::vector<const LayerFeature*>>& by_actor) {
    for (const auto& [name, at] : tables_.folder.dates) {
      const LayerBack* control = tables_.folder.control_at(name);
      if (control == nullptr) continue;
      for (const LayerFeature& feature : control->features) {
        const std::string actor = feature.text("actor");
        const std::string what = fmt::format("{} at {}", shown(actor), name);
        if (feature.values.contains("at")) {
          tables_.checks.text("layers of dates", control->file, what + ": at", "yes",
                              feature.instant("at") == at ? "yes" : "no");
        }
        tables_.checks.text("layers of dates", control->file, what + ": theme", tables_.folder.theme(),
                            feature.text("theme"));
        const auto features = by_actor.find(actor);
        if (actor.empty() || features == by_actor.end()) continue;
        for (const LayerFeature* then : features->second) {
          const auto from = then->instant("from");
          const auto to = then->instant("to");
          if ((from && at < *from) || (to && *to <= at)) continue;
          for (const char* field :
               {"from", "to", "from_earliest", "from_latest", "to_earliest", "to_latest"}) {
            if (!feature.values.contains(field) || !then->values.contains(field)) continue;
            const bool is_same = feature.instant(field) == then->instant(field);
            tables_.checks.text("layers of dates", control->file,
                                fmt::format("{}: {} is that of {}", what, field, history.file),
                                then->text(field), is_same ? then->text(field) : feature.text(field));
          }
        }
      }
    }
    tables_.checks.leave_out(
        "which statements and sources features go by",
        "statements are not in the folder; what layers say of dates was compared between them");
  }

  TablesBack& tables_;
};

}  // namespace

void verify_series(TablesBack& tables) {
  SeriesChecks(tables).run();
}

}  // namespace marchland::cli
