// Areas at the dates of a result folder, and in its regions, against the polygons.
#include "tools/cli/verify_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace marchland::cli {
namespace {

class AreaChecks {
 public:
  explicit AreaChecks(TablesBack& tables) : tables_(tables) {}

  void run() {
    for (const Json* entry : tables_.folder.entries({{"command", "areas"}}, ".json")) {
      const std::string file = (*entry)["file"];
      const Json* table = tables_.document(file);
      if (table == nullptr) continue;
      const bool is_by_region = entry->contains("by");
      verify_dates(file, *table);
      verify_shares(file, *table);
      if (is_by_region) {
        verify_areas_in_regions(file, *table);
      } else {
        tables_.areas = table;
        for (const Json& row : rows_of(*table))
          tables_.is_bounded = tables_.is_bounded || text_of(row, "share_of") != "held";
        verify_areas_of_polygons(file, *table);
      }
    }
  }

 private:
  /// Rows are of the dates of the folder, and of its theme.
  void verify_dates(const std::string& file, const Json& table) {
    std::set<std::string> dates;
    for (const auto& [name, text] : tables_.folder.date_texts) dates.insert(text);
    for (const Json& row : rows_of(table)) {
      const std::string at = text_of(row, "at");
      if (!dates.contains(at))
        tables_.checks.text("dates", file, at + " is a date of the index", "yes", "no");
      if (text_of(row, "theme") != tables_.folder.theme()) {
        tables_.checks.text("dates", file, fmt::format("theme of {} at {}", shown(text_of(row)), at),
                            tables_.folder.theme(), text_of(row, "theme"));
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
          text_of(row, "at") + (row.contains("region") ? " in " + text_of(row, "region") : std::string());
      // A date by two names has its rows twice.
      if (seen.emplace(part, text_of(row)).second) {
        Sum& sum = sums[part];
        sum.area += area;
        sum.denominator = denominator;
        ++sum.rows;
      }
      const auto share = row.find("share");
      if (share != row.end() && share->is_null() && denominator == 0.0) continue;
      tables_.checks.number("shares", file, fmt::format("{} at {}", shown(text_of(row)), part), "1",
                            area / denominator, number_of(row, "share"), 0x1p-52);
    }
    if (tables_.folder.has_some_actors_only()) {
      tables_.checks.leave_out("sums over all parties", "--actor and --group left rows out");
      return;
    }
    for (const auto& [part, sum] : sums) {
      tables_.checks.number("areas add up", file, "all at " + part, "m2", sum.denominator, sum.area,
                            sum_bound(sum.rows, sum.denominator));
    }
  }

  /// The ground that a region's polygons and a party's have in common.
  void verify_areas_in_regions(const std::string& file, const Json& table) {
    if (!tables_.folder.measure) return;
    const LayerBack* regions = tables_.folder.regions();
    if (regions == nullptr) {
      tables_.checks.leave_out(
          file, "there is no layer of regions that can be read; shares and sums were recomputed");
      return;
    }
    using Key = std::pair<std::string, std::string>;  // region and actor
    for (const auto& [date, text] : tables_.folder.date_texts) {
      const LayerBack* layer = tables_.folder.control_at(date);
      if (layer == nullptr) continue;
      std::map<Key, std::pair<double, double>> common;  // measured and bound
      for (const LayerFeature& region : regions->features) {
        for (const LayerFeature& held : layer->features) {
          if (!region.is_valid || !held.is_valid || !region.planar->may_meet(*held.planar)) continue;
          const MeasuredArea shared = tables_.folder.measure->area(region.planar->intersection(*held.planar));
          auto& [area, bound] = common[{region.text("region"), held.text("actor")}];
          area += shared.area.value();
          bound += shared.error.value() + swept_by_rounding(tables_.folder, region.measured) +
                   swept_by_rounding(tables_.folder, held.measured);
        }
      }
      if (!tables_.is_bounded) {
        // Layers do not show unknown ground whole: it is what the parties leave of a region.
        for (const LayerFeature& region : regions->features) {
          std::pair left(region.measured.area.value(),
                         area_bound(tables_.folder, regions->file, region.measured));
          for (const auto& [key, shared] : common) {
            if (key.first != region.text("region") || key.second.empty()) continue;
            left.first -= shared.first;
            left.second += shared.second;
          }
          common[{region.text("region"), ""}] = left;
        }
      }
      std::set<Key> seen;
      for (const Json& row : rows_of(table)) {
        if (text_of(row, "at") != text) continue;
        const std::string actor = text_of(row);
        const std::string region = text_of(row, "region");
        seen.emplace(region, actor);
        const auto found = common.find({region, actor});
        const auto [area, bound] = found == common.end()
                                       ? std::pair(0.0, stated_rounding(tables_.folder, layer->file))
                                       : found->second;
        tables_.checks.number("areas in regions are common ground", file,
                              fmt::format("{} in {} at {}", shown(actor), region, text), "m2", area,
                              number_of(row, "area_m2"), bound);
      }
      for (const auto& [key, shared] : common) {
        // Of ground by the line of a region rounding may have left some within it.
        if (seen.contains(key) || shared.first <= shared.second) continue;
        if (key.second.empty() && tables_.folder.has_some_actors_only()) continue;
        tables_.checks.number("areas in regions are common ground", file,
                              fmt::format("{} in {} at {} (no row)", shown(key.second), key.first, text),
                              "m2", shared.first, 0.0, shared.second);
      }
    }
  }

  static bool has_unknown(const LayerBack& layer) {
    return std::any_of(layer.features.begin(), layer.features.end(),
                       [](const LayerFeature& f) { return f.text("actor").empty(); });
  }

  void verify_areas_of_polygons(const std::string& file, const Json& table) {
    if (!tables_.folder.measure) return;
    for (const auto& [date, text] : tables_.folder.date_texts) {
      const LayerBack* layer = tables_.folder.control_at(date);
      if (layer == nullptr) {
        tables_.checks.leave_out(fmt::format("areas at {}", date),
                                 "there is no layer of that date that can be read");
        continue;
      }
      std::map<std::string, std::pair<double, double>> polygons;  // measured and bound, by actor
      for (const LayerFeature& feature : layer->features) {
        auto& [area, bound] = polygons[feature.text("actor")];
        area += feature.measured.area.value();
        bound += area_bound(tables_.folder, layer->file, feature.measured);
      }
      // Without a study area or region nothing is unknown: the layer shows ground that others are silent of.
      if (!tables_.is_bounded) polygons.erase("");
      std::set<std::string> seen;
      for (const Json& row : rows_of(table)) {
        if (text_of(row, "at") != text) continue;
        const std::string actor = text_of(row);
        seen.insert(actor);
        const auto found = polygons.find(actor);
        const auto [area, bound] = found == polygons.end()
                                       ? std::pair(0.0, stated_rounding(tables_.folder, layer->file))
                                       : found->second;
        tables_.checks.number("areas are those of polygons", file,
                              fmt::format("{} at {}", shown(actor), text), "m2", area,
                              number_of(row, "area_m2"), bound);
      }
      for (const auto& [actor, polygon] : polygons) {
        // Layers show unknown ground; tables of some actors have no row of it.
        if (actor.empty() && tables_.folder.has_some_actors_only()) continue;
        if (!seen.contains(actor)) {
          tables_.checks.number("areas are those of polygons", file,
                                fmt::format("{} at {} (no row)", shown(actor), text), "m2", polygon.first,
                                0.0, polygon.second);
        }
      }
    }
  }

  TablesBack& tables_;
};

}  // namespace

void verify_areas(TablesBack& tables) {
  AreaChecks(tables).run();
}

}  // namespace marchland::cli
