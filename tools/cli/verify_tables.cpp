// The tables of a result folder against its layers, against each other, and within themselves.
#include "tools/cli/verify.h"
#include <marchland/base/error.h>
#include <marchland/io/csv.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <utility>

namespace marchland::cli {
namespace {

/// "" is unknown.
std::string actor_of(const Json& row, const char* key = "actor") {
  const auto found = row.find(key);
  return found == row.end() || !found->is_string() ? std::string() : found->get<std::string>();
}
std::string shown(const std::string& actor) {
  return actor.empty() ? "unknown" : actor;
}
/// Not a number where there is none, which is within no bound.
double number_of(const Json& row, const char* key) {
  const auto found = row.find(key);
  return found == row.end() || !found->is_number() ? std::nan("") : found->get<double>();
}
Json rows_of(const Json& document, const char* name = "rows") {
  const auto found = document.find(name);
  return found == document.end() || !found->is_array() ? Json::array() : *found;
}

/// Each figure is a double nearest to whole square millimetres: half an ulp each, and those of adding up.
double sum_bound(std::size_t terms, double magnitude) {
  return static_cast<double>(terms + 2) * 0x1p-52 * std::abs(magnitude);
}

/// What a CSV must have beside its JSON: one text for each of its rows.
std::string csv_value(const Json& value) {
  if (value.is_null()) return "";
  return csv_field(value.is_string() ? value.get<std::string>() : value.dump());
}

class TableChecks {
 public:
  TableChecks(const ResultBack& folder, Checks& checks) : folder_(folder), checks_(checks) {
    for (const Json* entry : folder.entries(Json::object(), ".json")) {
      const std::string file = (*entry)["file"];
      if (!file.starts_with("tables/")) continue;
      if (auto document = folder.table(file, checks)) documents_.emplace(file, std::move(*document));
    }
  }

  void run() {
    verify_csv();
    verify_areas();
    for (const Json* entry : folder_.entries({{"command", "changes"}}, ".json"))
      verify_changes((*entry)["file"], actor_of(*entry, "from"), actor_of(*entry, "to"));
    for (const Json* entry : folder_.entries({{"command", "timeline"}}, ".json"))
      verify_timeline((*entry)["file"]);
    for (const Json* entry : folder_.entries({{"command", "dwell"}}, ".json")) verify_dwell(*entry);
    for (const Json* entry : folder_.entries({{"command", "line"}}, ".json")) verify_line(*entry);
    for (const Json* entry : folder_.entries({{"command", "check"}}, ".json"))
      verify_certificates((*entry)["file"]);
    // Files of which nothing more is known are only what they were.
    for (const auto& [file, document] : documents_) {
      if (!known_.contains(file))
        checks_.leave_out(file, "how to recompute it is not known; its bytes were compared");
    }
  }

 private:
  const Json* document(const std::string& file) {
    known_.insert(file);
    const auto found = documents_.find(file);
    return found == documents_.end() ? nullptr : &found->second;
  }

  // The first table of the JSON document, column by column.
  void verify_csv() {
    for (const auto& [file, document] : documents_) {
      const std::string csv = file.substr(0, file.size() - 5) + ".csv";
      std::ifstream in(folder_.path / csv, std::ios::binary);
      if (!in) continue;
      std::ostringstream bytes;
      bytes << in.rdbuf();
      const std::string text = bytes.str();
      std::size_t at = text.find('\n');
      std::vector<std::string> keys;
      std::istringstream head(text.substr(0, at));
      for (std::string key; std::getline(head, key, ',');) keys.push_back(key);
      at = at == std::string::npos ? text.size() : at + 1;
      std::size_t number = 0;
      for (const Json& row : rows_of(document)) {
        std::string line;
        for (const std::string& key : keys)
          line += (&key == &keys.front() ? "" : ",") + (row.contains(key) ? csv_value(row[key]) : "");
        line += "\n";
        const std::string found = text.substr(at, line.size());
        const auto without_end = [](std::string value) {
          if (!value.empty() && value.back() == '\n') value.pop_back();
          return value;
        };
        ++number;
        checks_.text("csv is its json", csv, fmt::format("row {}", number), without_end(line),
                     found == line ? without_end(found) : text.substr(at, text.find('\n', at) - at));
        if (found != line) break;  // what follows may only have moved
        at += line.size();
        if (number == rows_of(document).size())
          checks_.text("csv is its json", csv, "ends with the last row", "", text.substr(at));
      }
    }
  }

  void verify_areas() {
    for (const Json* entry : folder_.entries({{"command", "areas"}}, ".json")) {
      const std::string file = (*entry)["file"];
      const Json* table = document(file);
      if (table == nullptr) continue;
      const bool is_by_region = entry->contains("by");
      verify_shares(file, *table);
      if (is_by_region) {
        verify_areas_in_regions(file, *table);
      } else {
        areas_ = table;
        for (const Json& row : rows_of(*table))
          is_bounded_ = is_bounded_ || actor_of(row, "share_of") != "held";
        verify_areas_of_polygons(file, *table);
      }
    }
  }

  void verify_shares(const std::string& file, const Json& table) {
    struct Sum {
      double area = 0.0, denominator = 0.0;
      std::size_t rows = 0;
    };
    std::map<std::string, Sum> sums;
    std::set<std::pair<std::string, std::string>> seen;
    for (const Json& row : rows_of(table)) {
      const double area = number_of(row, "area_m2");
      const double denominator = number_of(row, "denominator_m2");
      const std::string part =
          actor_of(row, "at") + (row.contains("region") ? " in " + actor_of(row, "region") : std::string());
      // A date by two names has its rows twice.
      if (seen.emplace(part, actor_of(row)).second) {
        Sum& sum = sums[part];
        sum.area += area;
        sum.denominator = denominator;
        ++sum.rows;
      }
      if (row["share"].is_null()) continue;
      checks_.number("shares", file, fmt::format("{} at {}", shown(actor_of(row)), part), "1",
                     area / denominator, number_of(row, "share"), 0x1p-52);
    }
    if (folder_.has_some_actors_only()) {
      checks_.leave_out("sums over all parties", "--actor and --group left rows out");
      return;
    }
    for (const auto& [part, sum] : sums) {
      checks_.number("areas add up", file, "all at " + part, "m2", sum.denominator, sum.area,
                     sum_bound(sum.rows, sum.denominator));
    }
  }

  /// The ground that a region's polygons and a party's have in common.
  void verify_areas_in_regions(const std::string& file, const Json& table) {
    if (!folder_.measure) return;
    const LayerBack* regions = folder_.regions();
    if (regions == nullptr) {
      checks_.leave_out(file,
                        "there is no layer of regions that can be read; shares and sums were recomputed");
      return;
    }
    using Key = std::pair<std::string, std::string>;  // region and actor
    for (const auto& [date, text] : folder_.date_texts) {
      const LayerBack* layer = folder_.control_at(date);
      if (layer == nullptr) continue;
      std::map<Key, std::pair<double, double>> common;  // measured and bound
      for (const LayerFeature& region : regions->features) {
        for (const LayerFeature& held : layer->features) {
          if (!region.is_valid || !held.is_valid || !region.planar->may_meet(*held.planar)) continue;
          const MeasuredArea shared = folder_.measure->area(region.planar->intersection(*held.planar));
          auto& [area, bound] = common[{region.text("region"), held.text("actor")}];
          area += shared.area.value();
          bound += shared.error.value() + swept_by_rounding(folder_, region.measured) +
                   swept_by_rounding(folder_, held.measured);
        }
      }
      if (!is_bounded_) {
        // Layers do not show unknown ground whole: it is what the parties leave of a region.
        for (const LayerFeature& region : regions->features) {
          std::pair left(region.measured.area.value(), area_bound(folder_, regions->file, region.measured));
          for (const auto& [key, shared] : common) {
            if (key.first != region.text("region") || key.second.empty()) continue;
            left.first -= shared.first;
            left.second += shared.second;
          }
          common[{region.text("region"), ""}] = left;
        }
      }
      for (const Json& row : rows_of(table)) {
        if (actor_of(row, "at") != text) continue;
        const std::string actor = actor_of(row);
        const std::string region = actor_of(row, "region");
        const auto found = common.find({region, actor});
        const auto [area, bound] =
            found == common.end() ? std::pair(0.0, rounding_of(layer->file)) : found->second;
        checks_.number("areas in regions are common ground", file,
                       fmt::format("{} in {} at {}", shown(actor), region, text), "m2", area,
                       number_of(row, "area_m2"), bound);
      }
    }
  }

  static bool has_unknown(const LayerBack& layer) {
    return std::any_of(layer.features.begin(), layer.features.end(),
                       [](const LayerFeature& f) { return f.text("actor").empty(); });
  }

  void verify_areas_of_polygons(const std::string& file, const Json& table) {
    if (!folder_.measure) return;
    for (const auto& [date, text] : folder_.date_texts) {
      const LayerBack* layer = folder_.control_at(date);
      if (layer == nullptr) {
        checks_.leave_out(fmt::format("areas at {}", date),
                          "there is no layer of that date that can be read");
        continue;
      }
      std::map<std::string, std::pair<double, double>> polygons;  // measured and bound, by actor
      for (const LayerFeature& feature : layer->features) {
        auto& [area, bound] = polygons[feature.text("actor")];
        area += feature.measured.area.value();
        bound += area_bound(folder_, layer->file, feature.measured);
      }
      // Without a study area or region nothing is unknown: the layer shows ground that others are silent of.
      if (!is_bounded_) polygons.erase("");
      std::set<std::string> seen;
      for (const Json& row : rows_of(table)) {
        if (actor_of(row, "at") != text) continue;
        const std::string actor = actor_of(row);
        seen.insert(actor);
        const auto found = polygons.find(actor);
        const auto [area, bound] =
            found == polygons.end() ? std::pair(0.0, rounding_of(layer->file)) : found->second;
        checks_.number("areas are those of polygons", file, fmt::format("{} at {}", shown(actor), text), "m2",
                       area, number_of(row, "area_m2"), bound);
      }
      for (const auto& [actor, polygon] : polygons) {
        if (!seen.contains(actor)) {
          checks_.number("areas are those of polygons", file,
                         fmt::format("{} at {} (no row)", shown(actor), text), "m2", polygon.first, 0.0,
                         polygon.second);
        }
      }
    }
  }

  /// A feature that vanished between two positions has left no polygon.
  [[nodiscard]] double rounding_of(const std::string& file) const { return stated_rounding(folder_, file); }

  /// Of the areas table; not a number where it has no such row.
  [[nodiscard]] double area_at(const std::string& date_text, const std::string& actor) const {
    if (areas_ != nullptr) {
      for (const Json& row : rows_of(*areas_)) {
        if (actor_of(row, "at") == date_text && actor_of(row) == actor) return number_of(row, "area_m2");
      }
    }
    return std::nan("");
  }

  void verify_changes(const std::string& file, const std::string& from, const std::string& to) {
    const Json* table = document(file);
    if (table == nullptr) return;
    const Json transitions = rows_of(*table, "transitions");
    for (const Json& row : rows_of(*table)) {
      const std::string actor = actor_of(row);
      double gained = 0.0;
      double lost = 0.0;
      double held = 0.0;
      for (const Json& t : transitions) {
        const bool is_from = actor_of(t, "from") == actor;
        const bool is_to = actor_of(t, "to") == actor;
        const double area = number_of(t, "area_m2");
        if (is_from && is_to) held += area;
        if (is_from && !is_to) lost += area;
        if (is_to && !is_from) gained += area;
      }
      const std::string name = shown(actor);
      const auto check = [&](const std::string& what, double expected, double found) {
        checks_.number("changes add up", file, what, "m2", expected, found,
                       sum_bound(transitions.size(), gained + lost + held));
      };
      check(name + " gained = sum of what passed to it", gained, number_of(row, "gained_m2"));
      check(name + " lost = sum of what passed from it", lost, number_of(row, "lost_m2"));
      check(name + " held = what stayed", held, number_of(row, "held_m2"));
      // Unknown ground has an area only where the ground has an edge.
      const auto date_text = [&](const std::string& date) {
        const auto known = folder_.date_texts.find(date);
        return known == folder_.date_texts.end() ? std::string() : known->second;
      };
      double before = area_at(date_text(from), actor);
      double after = area_at(date_text(to), actor);
      if (std::isnan(before) && std::isnan(after)) continue;
      if (std::isnan(before)) before = 0.0;
      if (std::isnan(after)) after = 0.0;
      check(name + " held + lost = area before", before,
            number_of(row, "held_m2") + number_of(row, "lost_m2"));
      check(name + " held + gained = area after", after,
            number_of(row, "held_m2") + number_of(row, "gained_m2"));
    }
    verify_changes_of_polygons(file, transitions, from, to);
    verify_intersections(file, transitions, from, to);
  }

  void verify_changes_of_polygons(const std::string& file, const Json& transitions, const std::string& from,
                                  const std::string& to) {
    if (!folder_.measure) return;
    for (const Json* entry : folder_.entries({{"command", "export"}, {"from", from}, {"to", to}}, "")) {
      const LayerBack* layer = folder_.layer_of((*entry)["file"], "");
      if (layer == nullptr) continue;
      std::set<std::pair<std::string, std::string>> seen;
      for (const LayerFeature& feature : layer->features) {
        const std::string x = feature.text("from_actor");
        const std::string y = feature.text("to_actor");
        seen.emplace(x, y);
        checks_.number("changes are those of polygons", file, fmt::format("{} to {}", shown(x), shown(y)),
                       "m2", feature.measured.area.value(), area_of(transitions, x, y),
                       area_bound(folder_, layer->file, feature.measured));
      }
      for (const Json& t : transitions) {
        const std::string x = actor_of(t, "from");
        const std::string y = actor_of(t, "to");
        if (x == y || seen.contains({x, y})) continue;
        checks_.number("changes are those of polygons", file,
                       fmt::format("{} to {} (no polygon)", shown(x), shown(y)), "m2", 0.0,
                       number_of(t, "area_m2"), rounding_of(layer->file));
      }
    }
  }

  static double area_of(const Json& transitions, const std::string& from, const std::string& to) {
    for (const Json& t : transitions) {
      if (actor_of(t, "from") == from && actor_of(t, "to") == to) return number_of(t, "area_m2");
    }
    return 0.0;
  }

  /// Both dates' polygons were rounded apart from each other, so along common lines they can miss or cover
  /// each other by as much as rounding moved either.
  void verify_intersections(const std::string& file, const Json& transitions, const std::string& from,
                            const std::string& to) {
    const LayerBack* before = folder_.control_at(from);
    const LayerBack* after = folder_.control_at(to);
    if (!folder_.measure || before == nullptr || after == nullptr) return;
    const auto usable = [](const LayerFeature& f) { return f.is_valid; };
    if (!std::all_of(before->features.begin(), before->features.end(), usable) ||
        !std::all_of(after->features.begin(), after->features.end(), usable)) {
      checks_.leave_out(fmt::format("intersections of {} and {}", from, to), "polygons are not valid");
      return;
    }
    const auto slack = [&](const LayerFeature& f) { return swept_by_rounding(folder_, f.measured); };
    // Of each side: what the other side's polygons leave of it. Without a study area that is what passed from
    // or to unknown ground.
    std::vector<double> left_before;
    for (const LayerFeature& x : before->features) left_before.push_back(x.measured.area.value());
    std::vector<double> left_after;
    for (const LayerFeature& y : after->features) left_after.push_back(y.measured.area.value());
    double all_slack = 0.0;
    for (const auto* side : {before, after}) {
      for (const LayerFeature& f : side->features) all_slack += slack(f) + f.measured.error.value();
    }
    for (std::size_t i = 0; i < before->features.size(); ++i) {
      for (std::size_t j = 0; j < after->features.size(); ++j) {
        const LayerFeature& x = before->features[i];
        const LayerFeature& y = after->features[j];
        const MeasuredArea common = folder_.measure->area(x.planar->intersection(*y.planar));
        left_before[i] -= common.area.value();
        left_after[j] -= common.area.value();
        const std::string a = x.text("actor");
        const std::string b = y.text("actor");
        const double stated = area_of(transitions, a, b);
        if (common.area.value() == 0.0 && stated == 0.0) continue;
        if (a.empty() && b.empty() && !is_bounded_) continue;
        checks_.number("changes are intersections", file, fmt::format("{} to {}", shown(a), shown(b)), "m2",
                       common.area.value(), stated, slack(x) + slack(y) + common.error.value());
      }
    }
    if (folder_.has_some_actors_only() || has_unknown(*before) || has_unknown(*after)) return;
    for (std::size_t i = 0; i < before->features.size(); ++i) {
      const std::string a = before->features[i].text("actor");
      checks_.number("changes are differences", file, fmt::format("{} to unknown", shown(a)), "m2",
                     left_before[i], area_of(transitions, a, ""), all_slack);
    }
    for (std::size_t j = 0; j < after->features.size(); ++j) {
      const std::string b = after->features[j].text("actor");
      checks_.number("changes are differences", file, fmt::format("unknown to {}", shown(b)), "m2",
                     left_after[j], area_of(transitions, "", b), all_slack);
    }
  }

  static double days_between(Instant a, Instant b) {
    return std::chrono::duration<double, std::chrono::days::period>(b - a).count();
  }

  /// Areas times days against the series, and against the polygons with their days.
  void verify_dwell(const Json& entry) {
    const std::string file = entry["file"];
    const Json* table = document(file);
    if (table == nullptr) return;
    const Instant from = folder_.instant(actor_of(*table, "from"));
    const Instant to = folder_.instant(actor_of(*table, "to"));
    if (entry.contains("places")) {
      for (const Json& row : rows_of(*table)) {
        double sum = number_of(row, "days_unknown");
        for (const auto& [holder, days] : row["days"].items()) sum += days.get<double>();
        checks_.number("days add up", file, actor_of(row, "name"), "days", days_between(from, to), sum, 1e-6);
      }
      return;
    }
    // The series has every date at which anything changes.
    std::map<std::string, double> from_series;
    std::size_t terms = 0;
    for (const Json* series : folder_.entries({{"command", "timeline"}, {"every", "change"}}, ".json")) {
      const Json* timeline = document((*series)["file"]);
      if (timeline == nullptr) continue;
      std::set<Instant> dates;
      for (const Json& row : rows_of(*timeline)) dates.insert(folder_.instant(actor_of(row, "at")));
      for (const Json& row : rows_of(*timeline)) {
        const Instant at = folder_.instant(actor_of(row, "at"));
        const auto next = dates.upper_bound(at);
        const Instant end = next == dates.end() ? to : std::min(*next, to);
        const double days = std::max(days_between(std::max(at, from), end), 0.0);
        from_series[actor_of(row)] += number_of(row, "area_m2") * days;
        ++terms;
      }
    }
    for (const Json& row : rows_of(*table)) {
      const std::string actor = actor_of(row);
      const double stated = number_of(row, "area_days_m2");
      if (from_series.contains(actor)) {
        checks_.number("dwell is that of the series", file, shown(actor), "m2 days", from_series[actor],
                       stated, sum_bound(terms, stated));
      }
    }
    verify_dwell_polygons(file, *table);
  }

  void verify_dwell_polygons(const std::string& file, const Json& table) {
    if (!folder_.measure) return;
    for (const Json* drawn : folder_.entries({{"command", "dwell"}}, ".geojson")) {
      const LayerBack* layer = folder_.layer_of((*drawn)["file"], "");
      if (layer == nullptr) continue;
      for (const Json& row : rows_of(table)) {
        const std::string actor = actor_of(row);
        const std::string field = "days_" + (actor.empty() ? "unknown" : actor);
        double sum = 0.0;
        double bound = sum_bound(layer->features.size(), number_of(row, "area_days_m2"));
        bool has_days = false;
        for (const LayerFeature& feature : layer->features) {
          const auto days = feature.number(field);
          has_days = has_days || days;
          if (!days) continue;
          sum += feature.measured.area.value() * *days;
          bound += area_bound(folder_, layer->file, feature.measured) * *days;
        }
        // Unknown ground without a study area has polygons where it is spoken of, and no row.
        if (has_days)
          checks_.number("dwell is that of polygons", file, shown(actor), "m2 days", sum,
                         number_of(row, "area_days_m2"), bound);
      }
    }
  }

  void verify_timeline(const std::string& file) {
    const Json* table = document(file);
    if (table == nullptr) return;
    struct Date {
      std::string text;
      Instant at;
      std::map<std::string, double> areas;
    };
    std::vector<Date> series;
    for (const Json& row : rows_of(*table)) {
      const std::string text = actor_of(row, "at");
      if (series.empty() || series.back().text != text) series.push_back({text, folder_.instant(text), {}});
      series.back().areas[actor_of(row)] = number_of(row, "area_m2");
    }
    std::map<std::string, std::vector<Json>> passed;
    for (const Json& row : rows_of(*table, "transitions")) passed[actor_of(row, "at")].push_back(row);
    for (std::size_t d = 1; d < series.size(); ++d) {
      for (const auto& [actor, area] : series[d].areas) {
        const auto before = series[d - 1].areas.find(actor);
        double expected = before == series[d - 1].areas.end() ? 0.0 : before->second;
        double magnitude = area + expected;
        for (const Json& row : passed[series[d].text]) {
          const double moved = number_of(row, "area_m2");
          if (actor_of(row, "to") == actor) expected += moved;
          if (actor_of(row, "from") == actor) expected -= moved;
          magnitude += moved;
        }
        checks_.number(
            "timeline adds up", file,
            fmt::format("{} at {} = before + passed to it - from it", shown(actor), series[d].text), "m2",
            expected, area, sum_bound(passed[series[d].text].size(), magnitude));
      }
    }
    for (const auto& [name, at] : folder_.dates) {
      const auto next =
          std::find_if(series.begin(), series.end(), [&, at = at](const Date& d) { return d.at > at; });
      if (next == series.begin()) continue;
      for (const auto& [actor, area] : std::prev(next)->areas) {
        const double stated = area_at(folder_.date_texts.at(name), actor);
        if (std::isnan(stated) && area == 0.0) continue;
        checks_.number("timeline has the areas", file, fmt::format("{} at {}", shown(actor), name), "m2",
                       stated, area, 0.0);
      }
    }
    verify_history(file, series);
  }

  /// Every figure of the series against the polygons of history.gpkg.
  template <class Series>
  void verify_history(const std::string& file, const Series& series) {
    const auto options = folder_.index.find("options");
    const std::string theme = options == folder_.index.end() ? "control" : actor_of(*options, "theme");
    for (const Json* entry : folder_.entries({{"command", "export"}, {"all", true}}, "")) {
      const LayerBack* layer = folder_.layer_of((*entry)["file"], theme);
      if (layer == nullptr || !folder_.measure) continue;
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
          double bound = rounding_of(layer->file);
          for (const Held& held : by_actor[actor]) {
            if ((held.from && date.at < *held.from) || (held.to && *held.to <= date.at)) continue;
            measured += held.feature->measured.area.value();
            bound += area_bound(folder_, layer->file, held.feature->measured);
          }
          checks_.number("timeline is that of polygons", file,
                         fmt::format("{} at {}", shown(actor), date.text), "m2", measured, area, bound);
        }
      }
    }
  }

  void verify_line(const Json& entry) {
    const std::string file = entry["file"];
    const Json* table = document(file);
    if (table == nullptr) return;
    for (const Json* drawn : folder_.entries({{"command", "line"}, {"between", entry["between"]}}, "")) {
      const LayerBack* layer = folder_.layer_of((*drawn)["file"], "");
      if (layer == nullptr) continue;
      std::map<Instant, std::pair<double, std::size_t>> sums;
      // Both ends of an edge can have moved by this much, its length by twice that.
      const double distance = folder_.earth->rounding_distance(7).value();
      for (const LayerFeature& part : layer->features) {
        const auto at = part.instant("at");
        const double stated = part.number("length_m").value_or(std::nan(""));
        double length = 0.0;
        double bound = 0.0;
        for (const Line& line : part.lines) {
          const MeasuredLength measured = geodesic_length(line);
          length += measured.length.value();
          bound += measured.error.value() + 2.0 * distance * static_cast<double>(measured.vertices);
        }
        const std::string name = fmt::format("part at {}", part.text("at"));
        checks_.number("line lengths", layer->file, name, "m", length, stated, bound);
        if (!at) continue;
        sums[*at].first += stated;
        ++sums[*at].second;
        verify_place(*layer, part, *at);
      }
      for (const Json& row : rows_of(*table)) {
        const std::string text = actor_of(row, "at");
        const Instant at = folder_.instant(text);
        // A date by two names has its parts twice.
        const auto names = std::count_if(folder_.dates.begin(), folder_.dates.end(),
                                         [&](const auto& date) { return date.second == at; });
        const double length = sums[at].first / static_cast<double>(std::max<std::ptrdiff_t>(names, 1));
        const std::size_t parts =
            sums[at].second / static_cast<std::size_t>(std::max<std::ptrdiff_t>(names, 1));
        checks_.number("lines are those of the layer", file, "length at " + text, "m", length,
                       number_of(row, "length_m"), sum_bound(parts, length));
        checks_.number("lines are those of the layer", file, "parts at " + text, "parts",
                       static_cast<double>(parts), number_of(row, "parts"), 0.0);
        if (!row.contains("on_border_m")) continue;
        checks_.number("lines are those of the layer", file, "on and off borders at " + text, "m",
                       number_of(row, "length_m"),
                       number_of(row, "on_border_m") + number_of(row, "off_border_m"), sum_bound(2, length));
      }
    }
  }

  /// Its vertices lie on lines of both parties' polygons: those, and the line, moved by half a step each.
  void verify_place(const LayerBack& layer, const LayerFeature& part, Instant at) {
    constexpr double kApart = 1.5e-7;  // degrees; more than half a diagonal of 1e-7 twice
    for (const auto& [name, instant] : folder_.dates) {
      if (instant != at) continue;
      const LayerBack* control = folder_.control_at(name);
      if (control == nullptr) continue;
      for (const char* side : {"left_actor", "right_actor"}) {
        const auto party = std::find_if(
            control->features.begin(), control->features.end(),
            [&](const LayerFeature& f) { return f.planar && f.text("actor") == part.text(side); });
        if (party == control->features.end()) continue;
        double farthest = 0.0;
        for (const Line& line : part.lines) {
          for (const Position& p : line) farthest = std::max(farthest, party->planar->distance_to_lines(p));
        }
        checks_.number("lines lie on polygons", layer.file,
                       fmt::format("part at {} on lines of {}", name, part.text(side)), "degrees", 0.0,
                       farthest, kApart);
      }
      return;
    }
  }

  void verify_certificates(const std::string& file) {
    const Json* table = document(file);
    if (table == nullptr) return;
    for (const Json& certificate : rows_of(*table, "certificates")) {
      checks_.number("certificates", file, actor_of(certificate, "name"), "units", 0.0,
                     number_of(certificate, "residual_units"), 0.0);
    }
  }

  const ResultBack& folder_;
  Checks& checks_;
  std::map<std::string, Json> documents_;
  std::set<std::string> known_;
  const Json* areas_ = nullptr;  ///< the table of areas at the dates of the folder
  bool is_bounded_ = false;      ///< its ground has an edge, so that some of it can be unknown
};

}  // namespace

void verify_tables(const ResultBack& folder, Checks& checks) {
  TableChecks(folder, checks).run();
}

}  // namespace marchland::cli
