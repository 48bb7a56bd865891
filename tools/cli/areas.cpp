// marchland areas: how large was what each party held at a date.
#include "tools/cli/commands.h"
#include "tools/cli/layers.h"
#include "tools/cli/reports.h"
#include <marchland/analysis/areas.h>
#include <marchland/base/error.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>

namespace marchland::cli {

void add_date_band(Table& table, Report& report) {
  const auto area = std::find_if(table.columns.begin(), table.columns.end(),
                                 [](const Column& column) { return column.key == "area_m2"; });
  table.columns.insert(area + 1, {{"date_low_m2", "least by dates", Column::Kind::area},
                                  {"date_high_m2", "most by dates", Column::Kind::area}});
  constexpr const char* kNote =
      "dates of statements are in doubt: least and most that each may have held by the dates that are "
      "possible "
      "(docs/design/time.md); where lines run is not in it";
  if (std::find(report.notes.begin(), report.notes.end(), kNote) == report.notes.end())
    report.notes.insert(report.notes.begin(), kNote);
}

Report areas_report(const Session& session, const std::vector<Instant>& at, const AreaOptions& options) {
  const Holders holders = session.holders();
  Report report{session.head(), {}, session.notes()};
  Table table{"rows", "", {{"at", "at"}}, Json::array()};
  if (options.by_region) table.columns.push_back({"region", "region"});
  table.columns.insert(table.columns.end(), {{"theme", "theme"},
                                             {"actor", "actor"},
                                             {"area_m2", "area", Column::Kind::area},
                                             {"share", "share", Column::Kind::share},
                                             {"share_of", "of"},
                                             {"denominator_m2", "of", Column::Kind::area}});
  bool outside = false;
  bool has_band = false;
  for (const AreaRow& row : areas(session.composite(), session.areas(), holders, at, options)) {
    if (!session.wants(row.holder, row.at)) continue;
    Json json;
    json["at"] = session.date(row.at);
    if (row.region) json["region"] = session.atlas()[*row.region].id;
    json["theme"] = to_string(session.theme());
    json["actor"] = holder_json(row.holder);
    if (row.is_contested) json["contested"] = true;
    json["area_m2"] = square_meters(row.area);
    json["share"] =
        row.denominator == 0 ? Json(nullptr) : Json(square_meters(row.area) / square_meters(row.denominator));
    json["share_of"] = row.share_of;
    json["denominator_m2"] = square_meters(row.denominator);
    if (row.outside_study_area != 0) json["outside_study_area_m2"] = square_meters(row.outside_study_area);
    if (row.date_low) {
      json["date_low_m2"] = square_meters(*row.date_low);
      json["date_high_m2"] = square_meters(*row.date_high);
      has_band = true;
    }
    outside = outside || row.outside_study_area != 0;
    table.rows.push_back(std::move(json));
  }
  if (outside) table.columns.push_back({"outside_study_area_m2", "outside study area", Column::Kind::area});
  if (has_band) add_date_band(table, report);
  report.tables.push_back(std::move(table));
  return report;
}

namespace {

struct AreasCommand {
  QueryOptions query;
  OutputOptions output;
  std::vector<std::string> at;
  Breakdown by;

  void run() const {
    output.check();
    Session session(query);
    const AreaOptions options{session.scope(), by.by_region, by.by_group};
    static_cast<void>(session.instants(at));
    static_cast<void>(session.parts(by));  // says so where there are no regions
    std::optional<FeatureOutput> out;
    Report report;
    session.for_each_arranged(at, [&](const std::vector<std::string>& dates) {
      if (!output.geometry.empty() && !out) out.emplace(session, output.geometry, output.existing(), "areas");
      append(report, areas_report(session, session.instants(dates), options));
      if (out && by.by_group) add_group_states(*out, session, dates);
      if (out && !by.by_group) add_states(*out, session, dates);
    });
    if (out) fmt::print(stderr, "{}", out->write());
    output.write(report, provenance(session, "areas"));
  }
};

}  // namespace

void add_areas(CLI::App& app) {
  CLI::App* command = app.add_subcommand("areas", "How large was what each party held at a date");
  const auto state = std::make_shared<AreasCommand>();
  state->query.declare(*command);
  command->add_option("--at", state->at, "dates: ISO 8601, a period of the atlas, latest or previous")
      ->required()
      ->delimiter(',')
      ->type_name("DATE");
  state->by.declare(*command);
  state->output.declare(*command);
  state->output.declare_geometry(*command, "the ground of each holder as polygons");
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
