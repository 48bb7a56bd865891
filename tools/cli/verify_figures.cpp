// What others published, and our answers beside it: each answer measured anew from the polygons of the
// folder, and what the table says of whether both agree.
#include "tools/cli/verify_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace marchland::cli {
namespace {

/// Measured, and by how much polygons that were rounded can be off.
struct Measured {
  double area = 0.0;
  double bound = 0.0;
};

class FigureChecks {
 public:
  explicit FigureChecks(TablesBack& tables) : tables_(tables) {}

  void run() {
    const std::string file = "tables/figures.json";
    const auto& files = tables_.folder.index["files"];
    if (std::none_of(files.begin(), files.end(), [&](const Json& entry) { return entry["file"] == file; }))
      return;
    const Json* table = tables_.document(file);
    if (table == nullptr) return;
    for (const Json& row : rows_of(*table)) {
      verify_agreement(file, row);
      verify_value(file, row);
    }
  }

 private:
  /// "yes", "within the band", "no test" and "no" are what the row's own figures say.
  void verify_agreement(const std::string& file, const Json& row) {
    const auto end = [&](const char* key, double open) {
      const auto found = row.find(key);
      return found != row.end() && found->is_null() ? open : number_of(row, key);
    };
    const double value = number_of(row, "value");
    const double low = end("low", -HUGE_VAL);
    const double high = end("high", HUGE_VAL);
    const double low_value = end("low_value", value);
    const double high_value = end("high_value", value);
    const bool has_band = row.contains("low_value") && !row["low_value"].is_null();
    const bool is_inside = low <= value && value <= high;
    const bool is_reached = has_band && low_value <= high && low <= high_value;
    const bool says_nothing = has_band && (low_value <= 0.0 || high_value - low_value > value);
    const char* expected = !is_inside && !is_reached ? "no"
                           : says_nothing            ? "no test"
                           : is_inside               ? "yes"
                                                     : "within the band";
    tables_.checks.text("figures agree", file, text_of(row, "figure"), expected, text_of(row, "agrees"));
  }

  void leave_out(const std::string& what, const std::string& why) {
    tables_.checks.leave_out("tables/figures.json: " + what, why);
  }

  void verify_value(const std::string& file, const Json& row) {
    const auto asked = row.find("asked");
    if (asked == row.end() || !asked->is_object()) {
      tables_.checks.text("figures are those of polygons", file, text_of(row, "figure"),
                          "says what was asked", "no");
      return;
    }
    if (!tables_.folder.measure)
      return leave_out("values", "areas of polygons are not recomputed by this method");
    if (tables_.folder.has_some_actors_only() || tables_.folder.has_option("region") ||
        tables_.folder.has_option("source"))
      return leave_out("values", "they are of all ground, and the folder has a part of it");
    const auto counted = text_of(*asked, "kind") == "changed" ? changed(*asked) : area(*asked);
    if (!counted) return;
    double expected = counted->area / 1e6;
    double bound = counted->bound / 1e6;
    if (text_of(row, "unit") == "%") {
      const auto whole = denominator(*asked);
      if (!whole || !(whole->area > 0.0)) return;
      expected = 100.0 * counted->area / whole->area;
      bound = (100.0 * counted->bound + expected * whole->bound) / whole->area;
    }
    tables_.checks.number("figures are those of polygons", file, text_of(row, "figure"), text_of(row, "unit"),
                          expected, number_of(row, "value"), bound + 1e-12 * std::abs(expected));
  }

  /// The ground of a holder at a date in the layer of its theme: nothing where it cannot be told.
  [[nodiscard]] std::optional<std::vector<const LayerFeature*>> ground(const Json& asked,
                                                                       const std::string& who,
                                                                       const char* date) {
    const auto& actors = tables_.folder.declared.actors;
    if (std::none_of(actors.begin(), actors.end(), [&](const Actor& actor) { return actor.id == who; })) {
      leave_out(who, "who belonged to a group when is not in the folder");
      return std::nullopt;
    }
    std::vector<const LayerFeature*> found;
    for (const Json* entry : tables_.folder.entries({{"command", "export"}, {"all", true}}, "")) {
      const LayerBack* layer = tables_.folder.layer_of((*entry)["file"], text_of(asked, "theme"));
      if (layer == nullptr) continue;
      if (!is_sound(*layer)) return std::nullopt;
      const Instant at = tables_.folder.instant(text_of(asked, date));
      for (const LayerFeature& feature : layer->features) {
        const auto from = feature.instant("from");
        const auto to = feature.instant("to");
        if (feature.text("actor") == who && (!from || *from <= at) && (!to || at < *to))
          found.push_back(&feature);
      }
    }
    return found;
  }

  /// Polygons of the regions asked for: an empty list means all ground. Nothing where some are not there.
  [[nodiscard]] std::optional<std::vector<const LayerFeature*>> regions(const std::vector<std::string>& ids) {
    std::vector<const LayerFeature*> found;
    const LayerBack* layer = tables_.folder.regions();
    for (const std::string& id : ids) {
      const std::size_t before = found.size();
      if (layer != nullptr) {
        for (const LayerFeature& feature : layer->features) {
          if (feature.text("region") == id && feature.is_valid) found.push_back(&feature);
        }
      }
      if (found.size() == before) {
        leave_out("region " + id, "its polygons cannot be read");
        return std::nullopt;
      }
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
      for (std::size_t j = i + 1; j < found.size(); ++j) {
        const MeasuredArea common = measure(found[i]->planar->intersection(*found[j]->planar));
        if (common.area.value() <= slack(*found[i]) + slack(*found[j])) continue;
        leave_out("regions that have common ground", "what is in both would be counted twice");
        return std::nullopt;
      }
    }
    return found;
  }

  static std::vector<std::string> ids_of(const Json& asked) {
    std::vector<std::string> ids;
    if (const auto list = asked.find("region"); list != asked.end() && list->is_array()) {
      for (const Json& id : *list) ids.push_back(id.get<std::string>());
    }
    return ids;
  }

  [[nodiscard]] MeasuredArea measure(const MultiPolygon& polygons) const {
    return tables_.folder.measure->area(polygons);
  }
  [[nodiscard]] double slack(const LayerFeature& feature) const {
    return swept_by_rounding(tables_.folder, feature.measured) + feature.measured.error.value();
  }

  void add(Measured& sum, const LayerFeature& held, const std::vector<const LayerFeature*>& within,
           const LayerFeature* then) {
    const auto count = [&](const PlanarArea& ground) {
      const MultiPolygon common = then == nullptr ? MultiPolygon() : ground.intersection(*then->planar);
      return measure(common).area.value();
    };
    sum.bound += slack(held) + (then == nullptr ? 0.0 : slack(*then));
    if (within.empty()) {
      sum.area += then == nullptr ? held.measured.area.value() : count(*held.planar);
      return;
    }
    for (const LayerFeature* region : within) {
      const MultiPolygon part = held.planar->intersection(*region->planar);
      sum.bound += slack(*region);
      if (part.empty()) continue;
      sum.area += then == nullptr ? measure(part).area.value() : count(PlanarArea(part));
    }
  }

  [[nodiscard]] std::optional<Measured> held(const Json& asked, const char* date,
                                             const std::vector<std::string>& ids) {
    const auto within = regions(ids);
    const auto its = ground(asked, text_of(asked, "holder"), date);
    if (!within || !its) return std::nullopt;
    Measured sum;
    for (const LayerFeature* feature : *its) add(sum, *feature, *within, nullptr);
    return sum;
  }

  [[nodiscard]] std::optional<Measured> of_regions(const std::vector<std::string>& ids) {
    const auto within = regions(ids);
    if (!within) return std::nullopt;
    Measured sum;
    for (const LayerFeature* region : *within) {
      sum.area += region->measured.area.value();
      sum.bound += slack(*region);
    }
    return sum;
  }

  [[nodiscard]] std::optional<Measured> area(const Json& asked) {
    if (text_of(asked, "holder").empty()) return of_regions(ids_of(asked));
    return held(asked, "at", ids_of(asked));
  }

  /// What it held, less what it still holds; or what another has of it.
  [[nodiscard]] std::optional<Measured> changed(const Json& asked) {
    const bool is_to_anyone = text_of(asked, "passed_to").empty();
    const auto within = regions(ids_of(asked));
    const auto before = ground(asked, text_of(asked, "holder"), "from");
    const auto after = ground(asked, text_of(asked, is_to_anyone ? "holder" : "passed_to"), "to");
    if (!within || !before || !after) return std::nullopt;
    Measured all;
    Measured common;
    for (const LayerFeature* held : *before) {
      add(all, *held, *within, nullptr);
      for (const LayerFeature* then : *after) add(common, *held, *within, then);
    }
    if (!is_to_anyone) return common;
    return Measured{all.area - common.area, all.bound + common.bound};
  }

  [[nodiscard]] std::optional<Measured> denominator(const Json& asked) {
    const auto of = asked.find("of");
    if (of == asked.end()) return std::nullopt;
    if (of->is_number()) return Measured{of->get<double>() * 1e6, 0.0};
    if (asked.contains("of_at")) return held(asked, "of_at", {});
    return of_regions({text_of(asked, "of")});
  }

  TablesBack& tables_;
};

}  // namespace

void verify_figures(TablesBack& tables) {
  FigureChecks(tables).run();
}

}  // namespace marchland::cli
