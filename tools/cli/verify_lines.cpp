// Lines of contact: their lengths, and that they lie between the polygons of both parties.
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

class LineChecks {
 public:
  explicit LineChecks(TablesBack& tables) : tables_(tables) {}

  void run() {
    for (const Json* entry : tables_.folder.entries({{"command", "line"}}, ".json")) {
      if (!entry->contains("between")) continue;
      const std::string file = (*entry)["file"];
      tables_.checks.attempt(file, [&] { verify_table(*entry); });
    }
  }

 private:
  void verify_table(const Json& entry) {
    const std::string file = entry["file"];
    const Json* table = tables_.document(file);
    if (table == nullptr) return;
    verify_dates(file, *table, entry);
    for (const Json* drawn :
         tables_.folder.entries({{"command", "line"}, {"between", entry["between"]}}, "")) {
      const LayerBack* layer = tables_.folder.layer_of((*drawn)["file"], "");
      if (layer == nullptr) continue;
      std::map<Instant, std::pair<double, std::size_t>> sums;
      std::map<Instant, double> on_borders;
      // Both ends of an edge can have moved by this much, its length by twice that.
      const double distance = tables_.folder.earth->rounding_distance(7).value();
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
        tables_.checks.number("line lengths", layer->file, name, "m", length, stated, bound);
        verify_sides(*layer, part, entry);
        if (!at) continue;
        sums[*at].first += stated;
        if (part.text("on_border") == "true") on_borders[*at] += stated;
        ++sums[*at].second;
        verify_place(*layer, part, *at);
      }
      for (const Json& row : rows_of(*table)) {
        const std::string text = text_of(row, "at");
        const Instant at = tables_.folder.instant(text);
        // A date by two names has its parts twice.
        const auto names = std::count_if(tables_.folder.dates.begin(), tables_.folder.dates.end(),
                                         [&](const auto& date) { return date.second == at; });
        const double length = sums[at].first / static_cast<double>(std::max<std::ptrdiff_t>(names, 1));
        const std::size_t parts =
            sums[at].second / static_cast<std::size_t>(std::max<std::ptrdiff_t>(names, 1));
        tables_.checks.number("lines are those of the layer", file, "length at " + text, "m", length,
                              number_of(row, "length_m"), sum_bound(parts, length));
        tables_.checks.number("lines are those of the layer", file, "parts at " + text, "parts",
                              static_cast<double>(parts), number_of(row, "parts"), 0.0);
        if (!row.contains("on_border_m")) continue;
        tables_.checks.number("lines are those of the layer", file, "on borders at " + text, "m",
                              on_borders[at] / static_cast<double>(std::max<std::ptrdiff_t>(names, 1)),
                              number_of(row, "on_border_m"), sum_bound(parts, length));
        tables_.checks.number("lines are those of the layer", file, "on and off borders at " + text, "m",
                              number_of(row, "length_m"),
                              number_of(row, "on_border_m") + number_of(row, "off_border_m"),
                              sum_bound(2, length));
      }
    }
  }

  /// A row for each date that was asked for.
  void verify_dates(const std::string& file, const Json& table, const Json& entry) {
    std::set<std::string> expected;
    if (entry.contains("at") && entry["at"].is_array()) {
      for (const Json& name : entry["at"]) expected.insert(tables_.date_text(name));
    }
    std::set<std::string> found;
    for (const Json& row : rows_of(table)) found.insert(text_of(row, "at"));
    for (const std::string& at : expected)
      tables_.checks.text("lines are those of the layer", file, "row at " + at, "is there",
                          found.contains(at) ? "is there" : kNone);
    for (const std::string& at : found) {
      if (!expected.contains(at))
        tables_.checks.text("lines are those of the layer", file, "row at " + at, kNone, "is there");
    }
    tables_.checks.text("lines are those of the layer", file, "between", entry["between"].dump(),
                        table.contains("between") ? table["between"].dump() : kNone);
  }

  void verify_sides(const LayerBack& layer, const LayerFeature& part, const Json& entry) {
    const std::string name = fmt::format("part at {}", part.text("at"));
    tables_.checks.text("lines are those of the layer", layer.file, name + ": left_actor",
                        entry["between"][0], part.text("left_actor"));
    tables_.checks.text("lines are those of the layer", layer.file, name + ": right_actor",
                        entry["between"][1], part.text("right_actor"));
    const auto at = part.instant("at");
    const auto& dates = tables_.folder.dates;
    const bool is_known =
        at && std::any_of(dates.begin(), dates.end(), [&](const auto& date) { return date.second == *at; });
    tables_.checks.text("lines are those of the layer", layer.file, name + " is of a date of the index",
                        "yes", is_known ? "yes" : "no");
  }

  /// Vertices, and the middle of each piece: two positions of it can lie on two lines that it is not on.
  static std::vector<Position> positions_of(const LayerFeature& part) {
    std::vector<Position> out;
    for (const Line& line : part.lines) {
      for (std::size_t i = 0; i < line.size(); ++i) {
        out.push_back(line[i]);
        if (i + 1 < line.size())
          out.push_back({(line[i].lon + line[i + 1].lon) / 2.0, (line[i].lat + line[i + 1].lat) / 2.0});
      }
    }
    return out;
  }

  static double distance_to(const LayerFeature* party, const Position& position) {
    if (party == nullptr) return HUGE_VAL;
    const double distance = party->planar->distance_to_lines(position);
    // A line along the antimeridian is drawn at +180; of one of the two that meet there the ground is at
    // -180.
    return std::abs(position.lon) < 180.0
               ? distance
               : std::min(distance, party->planar->distance_to_lines({-position.lon, position.lat}));
  }

  /// It lies on lines of both parties' polygons: those, and the line, moved by half a step each. Along the
  /// edge of the ground that was asked for one of the two parties' ground is on the other side of it, and no
  /// polygon: there it lies on the lines of the one, and no other polygon meets it.
  void verify_place(const LayerBack& layer, const LayerFeature& part, Instant at) {
    for (const auto& [name, instant] : tables_.folder.dates) {
      if (instant != at) continue;
      const LayerBack* control = tables_.folder.control_at(name);
      if (control == nullptr || !is_sound(*control)) return;
      const auto party = [&](const char* side) -> const LayerFeature* {
        const auto found =
            std::find_if(control->features.begin(), control->features.end(),
                         [&](const LayerFeature& f) { return f.text("actor") == part.text(side); });
        return found == control->features.end() ? nullptr : &*found;
      };
      const LayerFeature* left = party("left_actor");
      const LayerFeature* right = party("right_actor");
      const bool is_filtered = tables_.folder.has_some_actors_only();
      if (left == nullptr && right == nullptr) {
        if (!is_filtered)
          tables_.checks.text("lines lie on polygons", layer.file, fmt::format("part at {}", name),
                              "a party that has polygons", kNone);
        return;
      }
      verify_positions(layer, part, name, *control, left, right);
      verify_borders(layer, part, name, at, left, right);
      return;
    }
  }

  void verify_positions(const LayerBack& layer, const LayerFeature& part, const std::string& name,
                        const LayerBack& control, const LayerFeature* left, const LayerFeature* right) {
    double off_both = 0.0;
    double off_one = 0.0;
    for (const Position& p : positions_of(part)) {
      const double from_left = distance_to(left, p);
      const double from_right = distance_to(right, p);
      off_both = std::max(off_both, std::min(from_left, from_right));
      const double farther = std::max(from_left, from_right);
      if (farther <= kApart) continue;
      const LayerFeature* near = from_left < from_right ? left : right;
      if (!tables_.is_bounded) {
        // A party whose polygons were left out by --actor or --group has none.
        if (std::isfinite(farther) || !tables_.folder.has_some_actors_only())
          off_one = std::max(off_one, farther);
        continue;
      }
      const auto meets = [&](const LayerFeature& other) {
        return &other != near && (other.planar->covers(p) && other.planar->distance_to_lines(p) > kApart);
      };
      if (std::any_of(control.features.begin(), control.features.end(), meets))
        off_one = std::max(off_one, farther);
    }
    const auto number = [](double distance) { return std::isfinite(distance) ? distance : 360.0; };
    tables_.checks.number("lines lie on polygons", layer.file,
                          fmt::format("part at {} on lines of {} or {}", name, part.text("left_actor"),
                                      part.text("right_actor")),
                          "degrees", 0.0, number(off_both), kApart);
    tables_.checks.number("lines lie on polygons", layer.file,
                          fmt::format("part at {} on lines of both, or on the edge of all", name), "degrees",
                          0.0, number(off_one), kApart);
  }

  /// What is said to be on a recognised border lies on lines of the borders of that date.
  void verify_borders(const LayerBack& layer, const LayerFeature& part, const std::string& name, Instant at,
                      const LayerFeature* left, const LayerFeature* right) {
    if (part.text("on_border") != "true") return;
    if (tables_.folder.has_some_actors_only()) {
      tables_.checks.leave_out("whether lines are on borders", "--actor and --group left borders out");
      return;
    }
    for (const Json* entry : tables_.folder.entries({{"command", "export"}, {"all", true}}, "")) {
      const LayerBack* borders = tables_.folder.layer_of((*entry)["file"], "border");
      if (borders == nullptr || !is_sound(*borders)) continue;
      double farthest = 0.0;
      for (const Position& p : positions_of(part)) {
        // Along the edge of all a border may have its ground on the other side.
        if (std::max(distance_to(left, p), distance_to(right, p)) > kApart) continue;
        double nearest = 360.0;
        for (const LayerFeature& border : borders->features) {
          const auto from = border.instant("from");
          const auto to = border.instant("to");
          if ((from && at < *from) || (to && *to <= at)) continue;
          nearest = std::min(nearest, border.planar->distance_to_lines(p));
        }
        farthest = std::max(farthest, nearest);
      }
      tables_.checks.number("lines lie on borders", layer.file, fmt::format("part at {} on borders", name),
                            "degrees", 0.0, farthest, kApart);
    }
  }

  static constexpr double kApart = 1.5e-7;  ///< degrees; more than half a diagonal of 1e-7 twice

  TablesBack& tables_;
};

}  // namespace

void verify_lines(TablesBack& tables) {
  LineChecks(tables).run();
}

}  // namespace marchland::cli
