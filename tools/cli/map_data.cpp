#include "tools/cli/map_data.h"

#include "tools/cli/map_accounts.h"
#include "tools/cli/map_ground.h"
#include "tools/cli/map_lines.h"
#include "tools/cli/map_record.h"
#include "tools/cli/map_times.h"
#include "tools/cli/reports.h"
#include "tools/cli/run_dates.h"
#include <marchland/analysis/groups.h>
#include <marchland/base/error.h>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

namespace marchland::cli {
namespace {

/// Of what figures are of, there is nothing.
bool is_empty(const Session& session, const MapGround& ground) {
  return ground.grounds().empty() || session.holders().size() <= 1;
}

Json region_sets(const Session& session, const MapGround& ground) {
  const Composite& composite = session.composite();
  Json out = Json::array();
  for (const CoverageIndex coverage : ground.region_coverages()) {
    std::set<std::size_t> regions;
    for (const CoverageRun& run : composite.runs(LabelGroup::region, coverage)) {
      const RegionId region = composite.slots()[run.slot].region;
      if (region != RegionId{}) regions.insert(region.index());
    }
    out.push_back(regions);
  }
  return out;
}

/// Actor and area, a band of lines, one of dates; missing ends are left out.
Json figure(const Json& row) {
  Json out{row["actor"], row["area_m2"]};
  for (const char* key : {"low_m2", "high_m2", "date_low_m2", "date_high_m2"})
    out.push_back(row.contains(key) ? row[key] : Json(nullptr));
  while (out.back().is_null() && out.size() > 2) out.erase(out.size() - 1);
  return out;
}

/// Areas at every change of the session's theme, as `timeline` has them, and before the first.
/// With --group, where members leave, rows can be none.
Json figures(const Session& session, const std::vector<Instant>& steps) {
  const Report report = timeline_report(session, "change");
  const Json& rows = report.tables.front().rows;
  const Interval& window = session.atlas().window.when;
  Json out = Json::array();
  // Of an instant before all changes; where nothing changes, of any.
  const Instant first = rows.empty() ? (window.has_to() ? window.to() : Instant{})
                                     : session.instant(rows.front()["at"].get<std::string>());
  const Instant before = first - std::chrono::seconds(1);
  if (window.contains(before)) {
    const Report of_before = areas_report(session, {before}, {.scope = session.scope()});
    Json its = Json::array();
    for (const Json& row : of_before.tables.front().rows) its.push_back(figure(row));
    if (!its.empty()) out.push_back({{"at", nullptr}, {"rows", std::move(its)}});
  }
  std::map<Instant, Json> by_date;
  std::string at;
  Instant date;
  for (const Json& row : rows) {
    if (row["at"] != at) {
      at = row["at"].get<std::string>();
      date = session.instant(at);
      by_date.emplace(date, Json::array());
    }
    by_date[date].push_back(figure(row));
  }
  if (session.asks_for_groups()) {
    for (const Instant joined : membership_dates(session.atlas())) {
      if (joined > first && std::binary_search(steps.begin(), steps.end(), joined))
        by_date.emplace(joined, Json::array());
    }
  }
  for (auto& [instant, its] : by_date)
    out.push_back({{"at", seconds_json(instant)}, {"rows", std::move(its)}});
  return out;
}

Json document(const Session& session, const MapGround& ground, const std::string& language) {
  Json out = session.head();
  out["format"] = "marchland-map-1";
  out["program"] = "marchland " MARCHLAND_VERSION;
  if (!session.filters().empty()) out["filters"] = session.filters();
  if (!language.empty()) out["language"] = language;
  out["theme"] = to_string(session.theme());
  out["utc_offset_minutes"] = session.atlas().days.utc_offset.count();
  out["day_starts_minutes"] = session.atlas().days.day_starts.count();
  add_record(out, session, ground.listed(), language);
  out["standings"] = Json::array();
  for (const Standing standing : {Standing::decides, Standing::painted_over, Standing::overruled,
                                  Standing::outvoted, Standing::not_asked, Standing::may_hold})
    out["standings"].push_back(to_string(standing));

  const MapAccounts accounts(session, ground);
  const MapTimes times(accounts.referred());
  out["themes"] = accounts.themes(times);
  out["region_sets"] = region_sets(session, ground);
  out["figures"] = figures(session, accounts.steps());
  add_lines(out, session, ground);
  out["times"] = Json::array();
  out["time_texts"] = Json::array();
  for (const Instant at : times.instants()) {
    const Json its = seconds_json(at);
    out["times"].push_back(its);
    out["time_texts"].push_back(its.is_null() ? Json(nullptr) : Json(session.date(at)));
  }
  out["dates"] = Json::array();
  for (const Instant at : accounts.steps()) out["dates"].push_back(times.number(at));
  if (accounts.steps().empty()) out["dates"].push_back(0);
  for (const char* word : {"latest", "previous"}) {
    if (const auto at = date_of_data(session, word)) out[word] = seconds_json(*at);
  }
  return out;
}

}  // namespace

Json map_data(const Session& session, const std::string& language) {
  const MapGround ground(session);
  if (is_empty(session, ground)) {
    throw InvalidArgument(
        fmt::format("there is no ground to show of theme {}{}; the atlas has {}; choose with --theme",
                    to_string(session.theme()),
                    session.filters().empty() ? std::string() : ", of what " + session.filters() + " leaves",
                    themes_of(session.atlas())));
  }
  return document(session, ground, language);
}

bool has_ground_to_map(const Session& session) {
  return !is_empty(session, MapGround(session));
}

}  // namespace marchland::cli
