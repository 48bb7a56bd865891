// marchland timeline: areas as a series, and what passed between its dates.
#include "tools/cli/commands.h"
#include "tools/cli/reports.h"

#include <memory>

namespace marchland::cli {

Report timeline_report(const Session& session, const std::string& every) {
  const Holders holders = session.holders();
  const Step step = every == "day"     ? Step::day
                    : every == "month" ? Step::month
                    : every == "year"  ? Step::year
                                       : Step::change;
  const auto dates = series_dates(session.composite(), holders, step, session.scope());
  const Timeline series = timeline(session.composite(), session.areas(), holders, dates, session.scope());
  Report report{session.head(), {}, session.notes()};
  report.head["theme"] = to_string(session.theme());
  report.head["every"] = every;
  Table rows{
      "rows", "", {{"at", "at"}, {"actor", "actor"}, {"area_m2", "area", Column::Kind::area}}, Json::array()};
  for (const SeriesPoint& point : series.points) {
    if (!session.wants(holders, point.holder)) continue;
    rows.rows.push_back({{"at", session.date(point.at)},
                         {"actor", holder_json(holders.id(point.holder))},
                         {"area_m2", square_meters(point.area)}});
  }
  Table passed{"transitions",
               "passed since the date before",
               {{"at", "at"}, {"from", "from"}, {"to", "to"}, {"area_m2", "area", Column::Kind::area}},
               Json::array()};
  for (const SeriesTransition& t : series.transitions) {
    if (!session.wants(holders, t.from) && !session.wants(holders, t.to)) continue;
    passed.rows.push_back({{"at", session.date(t.at)},
                           {"from", holder_json(holders.id(t.from))},
                           {"to", holder_json(holders.id(t.to))},
                           {"area_m2", square_meters(t.area)}});
  }
  report.tables = {std::move(rows), std::move(passed)};
  return report;
}

namespace {

struct TimelineCommand {
  QueryOptions query;
  OutputOptions output;
  std::string every = "change";

  void run() const {
    output.check();
    const Session session(query);
    output.write(timeline_report(session, every), provenance(session, "timeline"));
  }
};

}  // namespace

void add_timeline(CLI::App& app) {
  CLI::App* command = app.add_subcommand("timeline", "Areas as a series, and what passed between its dates");
  const auto state = std::make_shared<TimelineCommand>();
  state->query.declare(*command);
  command->add_option("--every", state->every, "change (each date anything passes), day, month or year")
      ->check(CLI::IsMember({"change", "day", "month", "year"}))
      ->capture_default_str();
  state->output.declare(*command);
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
