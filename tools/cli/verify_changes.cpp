// What changed between two dates against the areas, the layers of both dates, and what passed as polygons.
#include "tools/cli/verify_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace marchland::cli {
namespace {

class ChangeChecks {
 public:
  explicit ChangeChecks(TablesBack& tables) : tables_(tables) {}

  void run() {
    for (const Json* entry : tables_.folder.entries({{"command", "changes"}}, ".json")) {
      const std::string file = (*entry)["file"];
      tables_.checks.attempt(file,
                             [&] { verify_table(file, text_of(*entry, "from"), text_of(*entry, "to")); });
    }
  }

 private:
  void verify_table(const std::string& file, const std::string& from, const std::string& to) {
    const Json* table = tables_.document(file);
    if (table == nullptr) return;
    const Json& transitions = rows_of(*table, "transitions");
    tables_.checks.text("changes add up", file, "from", tables_.date_text(from), text_of(*table, "from"));
    tables_.checks.text("changes add up", file, "to", tables_.date_text(to), text_of(*table, "to"));
    verify_residual(file, *table);
    verify_all_there(file, *table, from, to);
    for (const Json& row : rows_of(*table)) {
      const std::string actor = text_of(row);
      double gained = 0.0;
      double lost = 0.0;
      double held = 0.0;
      for (const Json& t : transitions) {
        const bool is_from = text_of(t, "from") == actor;
        const bool is_to = text_of(t, "to") == actor;
        const double area = number_of(t, "area_m2");
        if (is_from && is_to) held += area;
        if (is_from && !is_to) lost += area;
        if (is_to && !is_from) gained += area;
      }
      const std::string name = shown(actor);
      const auto check = [&](const std::string& what, double expected, double found) {
        tables_.checks.number("changes add up", file, what, "m2", expected, found,
                              sum_bound(transitions.size(), gained + lost + held));
      };
      if (tables_.has_some_groups_only()) {
        tables_.checks.leave_out("gains and losses as sums of what passed",
                                 "--group left out what passed from and to actors before they joined one");
      } else {
        check(name + " gained = sum of what passed to it", gained, number_of(row, "gained_m2"));
        check(name + " lost = sum of what passed from it", lost, number_of(row, "lost_m2"));
        check(name + " held = what stayed", held, number_of(row, "held_m2"));
      }
      verify_net(file, name, row);
      // Unknown ground has an area only where the ground has an edge.
      double before = tables_.area_at(tables_.date_text(from), actor);
      double after = tables_.area_at(tables_.date_text(to), actor);
      if (std::isnan(before) && std::isnan(after)) continue;
      // An actor that was in no group asked for has no row of areas then.
      if (std::isnan(before) && !tables_.has_some_groups_only()) before = 0.0;
      if (std::isnan(after) && !tables_.has_some_groups_only()) after = 0.0;
      if (!std::isnan(before)) {
        check(name + " held + lost = area before", before,
              number_of(row, "held_m2") + number_of(row, "lost_m2"));
      }
      if (!std::isnan(after)) {
        check(name + " held + gained = area after", after,
              number_of(row, "held_m2") + number_of(row, "gained_m2"));
      }
    }
    verify_places(file, *table, from, to);
    verify_changes_of_polygons(file, transitions, from, to);
    verify_intersections(file, transitions, from, to);
  }

  /// Identities hold exactly where areas do not depend on which edges are joined.
  void verify_residual(const std::string& file, const Json& table) {
    if (tables_.folder.measure && table.contains("residual_units"))
      tables_.checks.text("changes add up", file, "residual_units", "0", text_of(table, "residual_units"));
  }

  /// Columns that others of the same row say.
  void verify_net(const std::string& file, const std::string& name, const Json& row) {
    const double gained = number_of(row, "gained_m2");
    const double lost = number_of(row, "lost_m2");
    if (row.contains("net_m2")) {
      tables_.checks.number("changes add up", file, name + " net = gained - lost", "m2", gained - lost,
                            number_of(row, "net_m2"), sum_bound(1, gained + lost));
    }
    const auto within = row.find("within_noise");
    if (within == row.end()) return;
    const double most = std::max(gained, lost);
    const double floor = number_of(row, "noise_floor_m2");
    const std::string expected = std::isnan(floor) || most == 0.0 ? "null" : most <= floor ? "true" : "false";
    tables_.checks.text("changes add up", file, name + " within_noise", expected, within->dump());
  }

  /// Whoever had ground at either date, or is named by what passed, has a row.
  void verify_all_there(const std::string& file, const Json& table, const std::string& from,
                        const std::string& to) {
    std::set<std::string> rows;
    for (const Json& row : rows_of(table)) rows.insert(text_of(row));
    std::set<std::string> expected;
    if (tables_.areas != nullptr) {
      for (const Json& row : rows_of(*tables_.areas)) {
        const std::string at = text_of(row, "at");
        if (at != tables_.date_text(from) && at != tables_.date_text(to)) continue;
        if (number_of(row, "area_m2") > 0.0) expected.insert(text_of(row));
      }
    }
    if (!tables_.folder.has_some_actors_only()) {
      for (const Json& row : rows_of(table, "transitions"))
        expected.insert({text_of(row, "from"), text_of(row, "to")});
    }
    for (const std::string& actor : expected) {
      if (!rows.contains(actor))
        tables_.checks.text("changes add up", file, "row of " + shown(actor), "is there", "none");
    }
  }

  /// Who had a place is whose polygons it lies in; on a line, of those on either side.
  void verify_places(const std::string& file, const Json& table, const std::string& from,
                     const std::string& to) {
    const LayerBack* before = tables_.folder.control_at(from);
    const LayerBack* after = tables_.folder.control_at(to);
    const auto places = tables_.places();
    if (before == nullptr || after == nullptr || !is_sound(*before) || !is_sound(*after)) {
      if (!rows_of(table, "places").empty())
        tables_.checks.leave_out("places of " + file, "there are no layers of both dates that can be read");
      return;
    }
    const bool is_filtered = tables_.folder.has_some_actors_only();
    std::set<std::string> seen;
    const auto key_of = [](const std::string& name, const Position& at) {
      return fmt::format("{} at {}, {}", name, at.lon, at.lat);
    };
    const auto holders = [&](const LayerBack& layer, const Position& at) {
      std::set<std::string> found;
      const FeaturesAt there = features_at(layer, at);
      for (const LayerFeature* feature : there.features) found.insert(feature->text("actor"));
      if (found.empty() || (is_filtered && there.is_on_line)) found.insert("");
      return found;
    };
    const auto check = [&](const std::string& what, const std::set<std::string>& expected,
                           const std::string& found) {
      // Of parties that were left out nothing can be said.
      if (is_filtered && expected.contains("")) return;
      tables_.checks.text("places lie in polygons", file, what,
                          expected.contains(found) ? shown(found) : shown(*expected.begin()), shown(found));
    };
    for (const Json& row : rows_of(table, "places")) {
      const Position at{number_of(row, "lon"), number_of(row, "lat")};
      const std::string key = key_of(text_of(row, "name"), at);
      seen.insert(key);
      if (std::isnan(at.lon) || std::isnan(at.lat)) {
        tables_.checks.text("places lie in polygons", file, key, "a position", "none");
        continue;
      }
      check(key + ", from", holders(*before, at), text_of(row, "from"));
      check(key + ", to", holders(*after, at), text_of(row, "to"));
    }
    if (!places) return;
    std::set<std::string> listed;
    for (const auto& place : *places) {
      const std::string key = key_of(place.name, place.at);
      listed.insert(key);
      if (is_filtered || seen.contains(key)) continue;
      // On a line it may be on either side.
      if (features_at(*before, place.at).is_on_line || features_at(*after, place.at).is_on_line) continue;
      const std::set<std::string> had = holders(*before, place.at);
      const std::set<std::string> has = holders(*after, place.at);
      const bool has_passed = had.size() == 1 && has.size() == 1 && had != has;
      tables_.checks.text("places lie in polygons", file, key + " has passed", has_passed ? "yes" : "no",
                          "no");
    }
    for (const std::string& key : seen) {
      if (!listed.contains(key))
        tables_.checks.text("places lie in polygons", file, key + " is a place of the gazetteer", "yes",
                            "no");
    }
  }

  void verify_changes_of_polygons(const std::string& file, const Json& transitions, const std::string& from,
                                  const std::string& to) {
    if (!tables_.folder.measure) return;
    for (const Json* entry :
         tables_.folder.entries({{"command", "export"}, {"from", from}, {"to", to}}, "")) {
      const LayerBack* layer = tables_.folder.layer_of((*entry)["file"], "");
      if (layer == nullptr) continue;
      std::set<std::pair<std::string, std::string>> seen;
      for (const LayerFeature& feature : layer->features) {
        const std::string x = feature.text("from_actor");
        const std::string y = feature.text("to_actor");
        seen.emplace(x, y);
        tables_.checks.number("changes are those of polygons", file,
                              fmt::format("{} to {}", shown(x), shown(y)), "m2",
                              feature.measured.area.value(), area_of(transitions, x, y),
                              area_bound(tables_.folder, layer->file, feature.measured));
      }
      for (const Json& t : transitions) {
        const std::string x = text_of(t, "from");
        const std::string y = text_of(t, "to");
        if (x == y || seen.contains({x, y})) continue;
        tables_.checks.number("changes are those of polygons", file,
                              fmt::format("{} to {} (no polygon)", shown(x), shown(y)), "m2", 0.0,
                              number_of(t, "area_m2"), stated_rounding(tables_.folder, layer->file));
      }
    }
  }

  static double area_of(const Json& transitions, const std::string& from, const std::string& to) {
    for (const Json& t : transitions) {
      if (text_of(t, "from") == from && text_of(t, "to") == to) return number_of(t, "area_m2");
    }
    return 0.0;
  }

  /// Both dates' polygons were rounded apart from each other, so along common lines they can miss or cover
  /// each other by as much as rounding moved either.
  void verify_intersections(const std::string& file, const Json& transitions, const std::string& from,
                            const std::string& to) {
    const LayerBack* before = tables_.folder.control_at(from);
    const LayerBack* after = tables_.folder.control_at(to);
    if (!tables_.folder.measure || before == nullptr || after == nullptr) return;
    const auto usable = [](const LayerFeature& f) { return f.is_valid; };
    if (!std::all_of(before->features.begin(), before->features.end(), usable) ||
        !std::all_of(after->features.begin(), after->features.end(), usable)) {
      tables_.checks.leave_out(fmt::format("intersections of {} and {}", from, to), "polygons are not valid");
      return;
    }
    const auto slack = [&](const LayerFeature& f) { return swept_by_rounding(tables_.folder, f.measured); };
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
        const MeasuredArea common = tables_.folder.measure->area(x.planar->intersection(*y.planar));
        left_before[i] -= common.area.value();
        left_after[j] -= common.area.value();
        const std::string a = x.text("actor");
        const std::string b = y.text("actor");
        const double stated = area_of(transitions, a, b);
        if (common.area.value() == 0.0 && stated == 0.0) continue;
        const bool has_row = tables_.is_bounded && !tables_.folder.has_some_actors_only();
        if (a.empty() && b.empty() && !has_row) continue;
        tables_.checks.number("changes are intersections", file, fmt::format("{} to {}", shown(a), shown(b)),
                              "m2", common.area.value(), stated, slack(x) + slack(y) + common.error.value());
      }
    }
    const auto has_unknown = [](const LayerBack& layer) {
      return std::any_of(layer.features.begin(), layer.features.end(),
                         [](const LayerFeature& f) { return f.text("actor").empty(); });
    };
    if (tables_.folder.has_some_actors_only() || has_unknown(*before) || has_unknown(*after)) return;
    for (std::size_t i = 0; i < before->features.size(); ++i) {
      const std::string a = before->features[i].text("actor");
      tables_.checks.number("changes are differences", file, fmt::format("{} to unknown", shown(a)), "m2",
                            left_before[i], area_of(transitions, a, ""), all_slack);
    }
    for (std::size_t j = 0; j < after->features.size(); ++j) {
      const std::string b = after->features[j].text("actor");
      tables_.checks.number("changes are differences", file, fmt::format("unknown to {}", shown(b)), "m2",
                            left_after[j], area_of(transitions, "", b), all_slack);
    }
  }

  TablesBack& tables_;
};

}  // namespace

void verify_changes(TablesBack& tables) {
  ChangeChecks(tables).run();
}

}  // namespace marchland::cli
