// Columns of features that follow from others: one time in days and decimal years, whether ground is
// contested, what an index entry says of a layer of changes.
#include "tools/cli/verify_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <set>
#include <string>

namespace marchland::cli {
namespace {

/// What docs/formats.md writes where an end is open.
constexpr double kOpenDay = 1e8;

/// The noon before the first midnight that is not before the end, as a decimal year (docs/formats.md).
double decimal_date_of(Instant end) {
  using namespace std::chrono;
  const sys_days midnight = ceil<days>(end);
  const year y = year_month_day(midnight - days(1)).year();
  const double length = y.is_leap() ? 366.0 : 365.0;
  const auto passed = static_cast<double>(((midnight - days(1)) - sys_days(y / January / 1)).count());
  return static_cast<double>(static_cast<int>(y)) + (passed + 0.5) / length;
}

class ColumnChecks {
 public:
  explicit ColumnChecks(TablesBack& tables) : tables_(tables) {}

  void run() {
    for (const LayerBack& layer : tables_.folder.layers) {
      for (const LayerFeature& feature : layer.features) {
        verify_times(layer, feature);
        verify_holder(layer, feature);
      }
    }
    verify_changes();
    verify_ends();
  }

 private:
  static std::string name_of(const LayerFeature& feature) {
    std::string name = shown(feature.text("actor"));
    for (const char* key : {"from_actor", "at", "from", "to"}) {
      if (const std::string value = feature.text(key); !value.empty())
        name += fmt::format(", {} {}", key, value);
    }
    return name;
  }

  /// `t0`, `t1`, `start_decdate` and `end_decdate` are `from` and `to` in other words. A day of a date in
  /// doubles is exact to far less than a second.
  void verify_times(const LayerBack& layer, const LayerFeature& feature) {
    constexpr double kSlack = 1e-9;
    struct End {
      const char *instant, *day, *year;
      double open;
    };
    for (const End& end :
         {End{"from", "t0", "start_decdate", -kOpenDay}, End{"to", "t1", "end_decdate", kOpenDay}}) {
      if (!feature.values.contains(end.day)) continue;
      const auto at = feature.instant(end.instant);
      const std::string what = fmt::format("{} {}: ", layer.name, name_of(feature));
      constexpr double kSecondsADay = 86400.0;
      const double day = at ? static_cast<double>(at->time_since_epoch().count()) / kSecondsADay : end.open;
      tables_.checks.number("columns of time", layer.file, what + end.day, "days", day,
                            feature.number(end.day).value_or(std::nan("")),
                            kSlack * std::max(1.0, std::abs(day) * 1e-3));
      if (at) {
        tables_.checks.number("columns of time", layer.file, what + end.year, "years", decimal_date_of(*at),
                              feature.number(end.year).value_or(std::nan("")), kSlack);
      } else {
        tables_.checks.text("columns of time", layer.file, what + end.year, "", feature.text(end.year));
      }
    }
  }

  void verify_holder(const LayerBack& layer, const LayerFeature& feature) {
    if (!feature.values.contains("contested")) return;
    const bool is_contested = feature.text("actor").find('+') != std::string::npos;
    const std::string found = feature.text("contested");
    tables_.checks.text("contested", layer.file, fmt::format("{} {}", layer.name, name_of(feature)),
                        is_contested ? "true" : "false",
                        found == "1"   ? "true"
                        : found == "0" ? "false"
                                       : found);
  }

  /// A layer of what changed hands has the dates of its index entry, and of whoever has the ground since.
  void verify_changes() {
    for (const Json* entry : tables_.folder.entries({{"command", "export"}}, "")) {
      if (!entry->contains("from")) continue;
      const LayerBack* layer = tables_.folder.layer_of((*entry)["file"], "");
      if (layer == nullptr) continue;
      for (const LayerFeature& feature : layer->features) {
        const std::string what =
            fmt::format("{} to {}: ", shown(feature.text("from_actor")), shown(feature.text("to_actor")));
        for (const char* end : {"from", "to"}) {
          const auto date = tables_.folder.dates.find(text_of(*entry, end));
          const bool is_so = date != tables_.folder.dates.end() && feature.instant(end) == date->second;
          tables_.checks.text("layers of changes", layer->file, what + end,
                              tables_.date_text(text_of(*entry, end)),
                              is_so ? tables_.date_text(text_of(*entry, end)) : feature.text(end));
        }
        const std::string to = feature.text("to_actor");
        tables_.checks.text("layers of changes", layer->file, what + "actor", to, feature.text("actor"));
        tables_.checks.text("layers of changes", layer->file, what + "theme", tables_.folder.theme(),
                            feature.text("theme"));
        const std::string changed = feature.text("changed");
        tables_.checks.text("layers of changes", layer->file, what + "changed",
                            to != feature.text("from_actor") ? "true" : "false",
                            changed == "1"   ? "true"
                            : changed == "0" ? "false"
                                             : changed);
      }
    }
  }

  /// Ground of the theme of the folder begins and ends when the series has a date; layers of other themes
  /// have their theme's name.
  void verify_ends() {
    std::set<Instant> dates;
    for (const Json* entry :
         tables_.folder.entries({{"command", "timeline"}, {"every", "change"}}, ".json")) {
      const Json* series = tables_.document((*entry)["file"]);
      if (series == nullptr) continue;
      // Where nobody has anything any more there is no row, only what passed.
      for (const char* table : {"rows", "transitions"}) {
        for (const Json& row : rows_of(*series, table))
          dates.insert(tables_.folder.instant(text_of(row, "at")));
      }
    }
    for (const Json* entry : tables_.folder.entries({{"command", "export"}, {"all", true}}, "")) {
      for (const LayerBack& layer : tables_.folder.layers) {
        if (layer.file != (*entry)["file"]) continue;
        for (const LayerFeature& feature : layer.features) {
          const std::string what = fmt::format("{} {}: ", layer.name, name_of(feature));
          tables_.checks.text("history", layer.file, what + "theme", layer.name, feature.text("theme"));
          if (layer.name != tables_.folder.theme()) continue;
          for (const char* end : {"from", "to"}) {
            const auto at = feature.instant(end);
            if (!at || !is_in_window(*at)) continue;
            // Of a date at which nobody has anything, and nobody had by a date before, the series has no row.
            const bool is_held = std::any_of(layer.features.begin(), layer.features.end(),
                                             [&](const LayerFeature& other) { return other.holds(*at); });
            tables_.checks.text("history", layer.file, what + end + " is a date of the series", "yes",
                                dates.contains(*at) || !is_held ? "yes" : "no");
          }
        }
      }
    }
  }

  /// The series goes from `since` to before `until`; features tell all of their time.
  [[nodiscard]] bool is_in_window(Instant at) const {
    const Json& index = tables_.folder.index;
    const std::string since = text_of(index, "since");
    const std::string until = text_of(index, "until");
    return (since.empty() || tables_.folder.instant(since) < at) &&
           (until.empty() || at < tables_.folder.instant(until));
  }

  TablesBack& tables_;
};

}  // namespace

void verify_columns(TablesBack& tables) {
  ColumnChecks(tables).run();
}

}  // namespace marchland::cli
