// For how long ground was under whom: against the series, the ground of equal account, and within itself.
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

class DwellChecks {
 public:
  explicit DwellChecks(TablesBack& tables) : tables_(tables) {}

  void run() {
    for (const Json* entry : tables_.folder.entries({{"command", "dwell"}}, ".json")) {
      const std::string file = (*entry)["file"];
      tables_.checks.attempt(file, [&] { verify_table(file, entry->contains("places")); });
    }
  }

 private:
  static double days_between(Instant a, Instant b) {
    return std::chrono::duration<double, std::chrono::days::period>(b - a).count();
  }

  /// The layer of ground of equal account; null where there is none that can be read.
  [[nodiscard]] const LayerBack* accounts() const {
    for (const Json* drawn : tables_.folder.entries({{"command", "dwell"}}, ".geojson")) {
      if (const LayerBack* layer = tables_.folder.layer_of((*drawn)["file"], "")) return layer;
    }
    return nullptr;
  }

  void verify_table(const std::string& file, bool is_of_places) {
    const Json* table = tables_.document(file);
    if (table == nullptr) return;
    const Instant from = tables_.folder.instant(text_of(*table, "from"));
    const Instant to = tables_.folder.instant(text_of(*table, "to"));
    tables_.checks.number("days add up", file, "from " + text_of(*table, "from"), "days",
                          days_between(from, to), number_of(*table, "days"), 1e-6);
    if (is_of_places) return verify_places(file, *table, days_between(from, to));
    if (tables_.folder.measure && table->contains("residual_units_seconds")) {
      tables_.checks.text("dwell adds up", file, "residual_units_seconds", "0",
                          text_of(*table, "residual_units_seconds"));
    }
    verify_against_series(file, *table, from, to);
    verify_shares(file, *table);
    verify_polygons(file, *table);
    if (const LayerBack* layer = accounts()) verify_accounts(file, *table, *layer);
  }

  /// Areas times days: the series has every date at which anything changes.
  void verify_against_series(const std::string& file, const Json& table, Instant from, Instant to) {
    if (tables_.has_some_groups_only()) {
      tables_.checks.leave_out(
          file + " against the series",
          "--group leaves rows of the series out at dates at which an actor is in no group asked "
          "for; it was held against the polygons");
      return;
    }
    std::map<std::string, double> from_series;
    std::size_t terms = 0;
    for (const Json* series :
         tables_.folder.entries({{"command", "timeline"}, {"every", "change"}}, ".json")) {
      const Json* timeline = tables_.document((*series)["file"]);
      if (timeline == nullptr) continue;
      std::set<Instant> dates;
      for (const Json& row : rows_of(*timeline)) dates.insert(tables_.folder.instant(text_of(row, "at")));
      for (const Json& row : rows_of(*timeline)) {
        const Instant at = tables_.folder.instant(text_of(row, "at"));
        const auto next = dates.upper_bound(at);
        const Instant end = next == dates.end() ? to : std::min(*next, to);
        const double days = std::max(days_between(std::max(at, from), end), 0.0);
        from_series[text_of(row)] += number_of(row, "area_m2") * days;
        ++terms;
      }
    }
    std::set<std::string> seen;
    for (const Json& row : rows_of(table)) {
      const std::string actor = text_of(row);
      seen.insert(actor);
      const double stated = number_of(row, "area_days_m2");
      const auto series = from_series.find(actor);
      if (series == from_series.end()) continue;
      tables_.checks.number("dwell is that of the series", file, shown(actor), "m2 days", series->second,
                            stated, sum_bound(terms, stated));
    }
    for (const auto& [actor, sum] : from_series) {
      if (sum > 0.0 && !seen.contains(actor)) {
        tables_.checks.number("dwell is that of the series", file, shown(actor) + " (no row)", "m2 days", sum,
                              std::nan(""), sum_bound(terms, sum));
      }
    }
  }

  /// Of all that was counted, and the mean of what a party ever held.
  void verify_shares(const std::string& file, const Json& table) {
    double all = 0.0;
    for (const Json& row : rows_of(table)) all += number_of(row, "area_days_m2");
    for (const Json& row : rows_of(table)) {
      const std::string name = shown(text_of(row));
      const double days = number_of(row, "area_days_m2");
      const double area = number_of(row, "area_m2");
      if (!tables_.folder.has_some_actors_only() && all > 0.0) {
        tables_.checks.number("dwell adds up", file, name + ": share", "1", days / all,
                              number_of(row, "share"), sum_bound(rows_of(table).size(), 1.0));
      }
      if (area > 0.0) {
        tables_.checks.number("dwell adds up", file, name + ": mean", "days", days / area,
                              number_of(row, "days_mean"), sum_bound(1, days / area));
      }
      double before = 0.0;
      for (const char* key : {"days_min", "days_quarter", "days_median", "days_three_quarters", "days_max"}) {
        const double value = number_of(row, key);
        tables_.checks.text("dwell adds up", file, fmt::format("{}: {} in order", name, key), "yes",
                            value >= before && value <= number_of(row, "days_max") ? "yes" : "no");
        before = value;
      }
    }
  }

  void verify_polygons(const std::string& file, const Json& table) {
    if (!tables_.folder.measure) return;
    for (const Json* drawn : tables_.folder.entries({{"command", "dwell"}}, ".geojson")) {
      const LayerBack* layer = tables_.folder.layer_of((*drawn)["file"], "");
      if (layer == nullptr) continue;
      for (const Json& row : rows_of(table)) {
        const std::string actor = text_of(row);
        const std::string field = "days_" + (actor.empty() ? "unknown" : actor);
        double sum = 0.0;
        double bound = sum_bound(layer->features.size(), number_of(row, "area_days_m2"));
        bool has_days = false;
        for (const LayerFeature& feature : layer->features) {
          const auto days = feature.number(field);
          has_days = has_days || days;
          if (!days) continue;
          sum += feature.measured.area.value() * *days;
          bound += area_bound(tables_.folder, layer->file, feature.measured) * *days;
        }
        // Unknown ground without a study area has polygons where it is spoken of, and no row.
        if (has_days)
          tables_.checks.number("dwell is that of polygons", file, shown(actor), "m2 days", sum,
                                number_of(row, "area_days_m2"), bound);
      }
    }
  }

  /// Days under a holder, "" for unknown; nothing where the feature does not say.
  static std::optional<double> days_of(const LayerFeature& feature, const std::string& actor) {
    if (actor.empty()) return feature.number("days_unknown");
    const Json days = Json::parse(feature.text("days"), nullptr, false);
    if (!days.is_object()) return std::nullopt;
    const auto found = days.find(actor);
    if (found == days.end()) return 0.0;
    return found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
  }

  /// What each party ever held, for how long, and how often ground passed: ground of equal account is a
  /// feature. All accounts that vanished in rounding had no more than the index states.
  void verify_accounts(const std::string& file, const Json& table, const LayerBack& layer) {
    const double vanished = stated_vanished(tables_.folder, layer.file);
    const std::size_t count = layer.features.size();
    for (const LayerFeature& feature : layer.features) verify_columns(layer, feature);
    for (const Json& row : rows_of(table)) {
      const std::string actor = text_of(row);
      // Unknown ground without an edge has polygons where it is spoken of, and no row.
      std::map<double, double> areas;  // by days
      double ever = 0.0;
      for (const LayerFeature& feature : layer.features) {
        const auto days = days_of(feature, actor);
        const auto area = feature.number("area_m2");
        if (!days || !area || *days <= 0.0) continue;
        areas[*days] += *area;
        ever += *area;
      }
      const std::string name = shown(actor);
      const double slack = sum_bound(count, ever) + vanished;
      tables_.checks.number("dwell is that of accounts", file, name + ": ever held", "m2", ever,
                            number_of(row, "area_m2"), slack);
      const char* const kQuantiles[] = {"days_min", "days_quarter", "days_median", "days_three_quarters",
                                        "days_max"};
      for (int q = 0; q < 5; ++q) {
        const double stated = number_of(row, kQuantiles[q]);
        if (areas.empty()) {
          if (vanished > 0.0) {
            tables_.checks.leave_out("days in " + file, "ground that vanished in rounding may have had them");
          } else {
            // Of no ground there are none.
            tables_.checks.number("dwell is that of accounts", file,
                                  fmt::format("{}: {}", name, kQuantiles[q]), "days", 0.0,
                                  std::isnan(stated) ? 0.0 : stated, 0.0);
          }
          continue;
        }
        // The least time for which a part of the ground was held no longer; where it is a part just so large,
        // the next may be meant.
        double below = 0.0;
        double least = std::nan("");
        double most = std::nan("");
        for (const auto& [days, area] : areas) {
          below += area;
          const double part = q / 4.0 * ever;
          if (std::isnan(least) && below >= part - slack && (q > 0 || below > 0.0)) least = days;
          if (std::isnan(most) && (below > part + slack || days == areas.rbegin()->first)) most = days;
        }
        if (q == 0 && vanished == 0.0) most = least;
        if (q == 4) least = most;
        if (vanished > 0.0 && (q == 0 || q == 4)) {
          tables_.checks.leave_out("least and most days in " + file,
                                   "ground that vanished in rounding may have had them");
          continue;
        }
        const double expected = std::clamp(stated, least, most);
        tables_.checks.number("dwell is that of accounts", file, fmt::format("{}: {}", name, kQuantiles[q]),
                              "days", std::isnan(stated) ? least : expected, stated,
                              1e-9 * std::max(1.0, expected));
      }
    }
    if (tables_.folder.has_some_actors_only()) return;
    verify_changes(file, table, layer);
  }

  /// A column of its own for a holder says what the account says.
  void verify_columns(const LayerBack& layer, const LayerFeature& feature) {
    for (const auto& [field, value] : feature.values) {
      if (!field.starts_with("days_") || field == "days_unknown" || !value) continue;
      const std::string actor = field.substr(5);
      tables_.checks.number("dwell is that of accounts", layer.file, field, "days",
                            days_of(feature, actor).value_or(std::nan("")),
                            feature.number(field).value_or(std::nan("")), 1e-9);
    }
  }

  void verify_changes(const std::string& file, const Json& table, const LayerBack& layer) {
    std::map<double, double> areas;
    double all = 0.0;
    for (const LayerFeature& feature : layer.features) {
      const double area = feature.number("area_m2").value_or(std::nan(""));
      areas[feature.number("changes").value_or(-1.0)] += area;
      all += area;
    }
    double sum = 0.0;
    for (const Json& row : rows_of(table, "changes")) sum += number_of(row, "area_m2");
    const double slack = sum_bound(layer.features.size(), all) + stated_vanished(tables_.folder, layer.file);
    std::set<double> seen;
    for (const Json& row : rows_of(table, "changes")) {
      const double changes = number_of(row, "changes");
      const double area = number_of(row, "area_m2");
      seen.insert(changes);
      const std::string what = fmt::format("ground that passed {} times", changes);
      tables_.checks.number("dwell adds up", file, what + ": share", "1", sum > 0.0 ? area / sum : 0.0,
                            sum > 0.0 ? number_of(row, "share") : 0.0,
                            sum_bound(rows_of(table, "changes").size(), 1.0));
      const auto found = areas.find(changes);
      tables_.checks.number("dwell is that of accounts", file, what, "m2",
                            found == areas.end() ? 0.0 : found->second, area, slack);
    }
    for (const auto& [changes, area] : areas) {
      if (!seen.contains(changes)) {
        tables_.checks.number("dwell is that of accounts", file,
                              fmt::format("ground that passed {} times (no row)", changes), "m2", area, 0.0,
                              slack);
      }
    }
  }

  /// A place has the account of the ground it lies in; on a line, of either side.
  void verify_places(const std::string& file, const Json& table, double all_days) {
    const auto places = tables_.places();
    const LayerBack* layer = accounts();
    if (layer != nullptr && !is_sound(*layer)) layer = nullptr;
    if (layer == nullptr)
      tables_.checks.leave_out("holders in " + file, "there is no layer of accounts that can be read");
    std::set<std::string> seen;
    const auto key_of = [](const std::string& name, const Position& at) {
      return fmt::format("{} at {}, {}", name, at.lon, at.lat);
    };
    for (const Json& row : rows_of(table)) {
      const Position at{number_of(row, "lon"), number_of(row, "lat")};
      const std::string key = key_of(text_of(row, "name"), at);
      seen.insert(key);
      double sum = number_of(row, "days_unknown");
      if (const auto days = row.find("days"); days != row.end() && days->is_object()) {
        for (const auto& [holder, time] : days->items()) sum += time.get<double>();
      }
      tables_.checks.number("days add up", file, text_of(row, "name"), "days", all_days, sum, 1e-6);
      if (layer == nullptr) continue;
      if (std::isnan(at.lon) || std::isnan(at.lat)) {
        tables_.checks.text("places lie in polygons", file, key, "a position", "none");
        continue;
      }
      verify_place(file, row, key, features_at(*layer, at));
    }
    if (!places) return;
    std::set<std::string> listed;
    for (const auto& place : *places) {
      const std::string key = key_of(place.name, place.at);
      listed.insert(key);
      if (seen.contains(key)) continue;
      // Those of which nothing was asked have no row; nor has a place outside of the ground that was asked
      // for.
      if (layer == nullptr || tables_.folder.has_some_actors_only()) continue;
      const FeaturesAt there = features_at(*layer, place.at);
      if (there.features.size() == 1 && !there.is_on_line)
        tables_.checks.text("places lie in polygons", file, key, "has a row", "none");
    }
    for (const std::string& key : seen) {
      if (!listed.contains(key))
        tables_.checks.text("places lie in polygons", file, key + " is a place of the gazetteer", "yes",
                            "no");
    }
  }

  void verify_place(const std::string& file, const Json& row, const std::string& key,
                    const FeaturesAt& grounds) {
    const auto account_of_row = [&] {
      const auto last = text_of(row, "last_change");
      const auto days = row.find("days");
      return fmt::format("{} to {}, {} changes, last {}, days {}, unknown {}", text_of(row, "first_holder"),
                         text_of(row, "last_holder"), number_of(row, "changes"),
                         last.empty() ? "" : format_utc(tables_.folder.instant(last)),
                         days == row.end() ? kNone : days->dump(), number_of(row, "days_unknown"));
    };
    const auto account_of = [&](const LayerFeature& ground) {
      const auto last = ground.instant("last_change");
      const Json days = Json::parse(ground.text("days"), nullptr, false);
      return fmt::format("{} to {}, {} changes, last {}, days {}, unknown {}", ground.text("first_holder"),
                         ground.text("last_holder"), ground.number("changes").value_or(std::nan("")),
                         last ? format_utc(*last) : "", days.is_discarded() ? kNone : days.dump(),
                         ground.number("days_unknown").value_or(std::nan("")));
    };
    const std::string found = account_of_row();
    std::string expected;
    for (const LayerFeature* ground : grounds.features) {
      expected = account_of(*ground);
      if (expected == found) break;
    }
    if (grounds.features.empty()) {
      // Nobody ever held it.
      expected = text_of(row, "first_holder").empty() && text_of(row, "last_holder").empty() &&
                         number_of(row, "changes") == 0.0
                     ? found
                     : "nobody ever held it";
    }
    // The ground on the other side may be that of parties which were left out.
    if (expected != found && grounds.is_on_line && tables_.folder.has_some_actors_only()) return;
    tables_.checks.text("places lie in polygons", file, key, expected, found);
  }

  TablesBack& tables_;
};

}  // namespace

void verify_dwell(TablesBack& tables) {
  DwellChecks(tables).run();
}

}  // namespace marchland::cli
