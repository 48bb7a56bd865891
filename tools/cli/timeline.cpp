// marchland timeline: areas as a series, and what passed between its dates.
#include "tools/cli/commands.h"
#include "tools/cli/reports.h"
#include <marchland/analysis/all_pairs.h>

#include <memory>

namespace marchland::cli {

namespace {

Step step_of(const std::string& every) {
  return every == "day"     ? Step::day
         : every == "month" ? Step::month
         : every == "year"  ? Step::year
                            : Step::change;
}

}  // namespace

Report timeline_report(const Session& session, const std::string& every) {
  const Holders holders = session.holders();
  const ChangeTable table(session.composite(), session.areas(), holders, session.scope());
  const Timeline series = table.timeline(table.dates(step_of(every)));
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

Report pairs_report(const Session& session, const std::string& every) {
  const Holders holders = session.holders();
  const ChangeTable table(session.composite(), session.areas(), holders, session.scope());
  const std::vector<Instant> dates = table.dates(step_of(every));
  std::vector<std::string> names;
  names.reserve(dates.size());
  for (const Instant date : dates) names.push_back(session.date(date));
  Report report{session.head(), {}, session.notes()};
  report.head["theme"] = to_string(session.theme());
  report.head["every"] = every;
  Table rows{"rows",
             "held at both dates",
             {{"from", "from"}, {"to", "to"}, {"actor", "actor"}, {"area_m2", "area", Column::Kind::area}},
             Json::array()};
  for (const HolderIndex holder : table.occurring()) {
    if (!session.wants(holders, holder)) continue;
    const Json actor = holder_json(holders.id(holder));
    const AllPairs matrix = all_pairs(table, dates, holder);
    for (std::size_t i = 0; i < dates.size(); ++i) {
      for (std::size_t j = i; j < dates.size(); ++j) {
        rows.rows.push_back({{"from", names[i]},
                             {"to", names[j]},
                             {"actor", actor},
                             {"area_m2", square_meters(matrix(i, j))}});
      }
    }
  }
  report.notes.insert(report.notes.begin(),
                      "each pair of dates stands once; a date with itself gives what was held at it");
  report.tables.push_back(std::move(rows));
  return report;
}

namespace {

struct TimelineCommand {
  QueryOptions query;
  OutputOptions output;
  std::string every = "change";
  bool pairs = false;

  void run() const {
    query.refuse_two_layer("timeline");
    output.check();
    const Session session(query);
    output.write(pairs ? pairs_report(session, every) : timeline_report(session, every),
                 provenance(session, "timeline"));
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
  command->add_flag("--pairs", state->pairs,
                    "instead: for every two of these dates, the area that each actor had at both");
  state->output.declare(*command);
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
