// marchland changes: what each party gained, lost and kept between two dates, and from whom.
#include "tools/cli/commands.h"
#include "tools/cli/layers.h"
#include "tools/cli/reports.h"
#include <marchland/analysis/noise_floor.h>
#include <marchland/base/error.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace marchland::cli {

namespace {

/// null where the floor is not known, or nothing changed that it could be held against.
void add_noise_floor(Json& json, const ChangeRow& row, const NoiseFloor& floor) {
  const bool is_known = floor.without_sigma.value() == 0.0;
  const double most = std::max(square_meters(row.gained), square_meters(row.lost));
  json["noise_floor_m2"] = is_known ? Json(floor.area.value()) : Json(nullptr);
  json["within_noise"] = is_known && most > 0 ? Json(most <= floor.area.value()) : Json(nullptr);
}

}  // namespace

Report changes_report(const Session& session, Instant from, Instant to) {
  const Holders holders = session.holders();
  const Changes result = changes(session.composite(), session.areas(), holders, from, to, session.scope());

  Report report{session.head(), {}, session.notes()};
  report.head["theme"] = to_string(session.theme());
  report.head["from"] = session.date(from);
  report.head["to"] = session.date(to);
  report.head["residual_units"] = to_string(result.residual);
  const std::string period = fmt::format("{} to {}", session.date(from), session.date(to));
  Table rows{"rows",
             period,
             {{"actor", "actor"},
              {"gained_m2", "gained", Column::Kind::area},
              {"lost_m2", "lost", Column::Kind::area},
              {"held_m2", "held", Column::Kind::area}},
             Json::array()};
  const auto& sources = session.atlas().sources;
  const bool has_floor =
      std::any_of(sources.begin(), sources.end(), [](const Source& s) { return s.sigma.value() > 0; });
  std::vector<NoiseFloor> floors;
  if (has_floor) {
    floors = noise_floors(session.composite(), holders, from, to, session.scope());
    rows.columns.push_back({"noise_floor_m2", "noise floor", Column::Kind::area});
    rows.columns.push_back({"within_noise", "within noise"});
    report.notes.emplace_back(
        "noise floor: what drawing the same lines anew, with the accuracy (sigma) their sources state, would "
        "be "
        "expected to yield as gain and again as loss; - where a line drawn anew has no stated accuracy");
  }
  for (const ChangeRow& row : result.rows) {
    if (!session.wants(holders, row.holder)) continue;
    rows.rows.push_back({{"actor", holder_json(holders.id(row.holder))},
                         {"gained_m2", square_meters(row.gained)},
                         {"lost_m2", square_meters(row.lost)},
                         {"held_m2", square_meters(row.held)}});
    if (has_floor) add_noise_floor(rows.rows.back(), row, floors[row.holder]);
  }
  Table transitions{"transitions",
                    "passed",
                    {{"from", "from"}, {"to", "to"}, {"area_m2", "area", Column::Kind::area}},
                    Json::array()};
  for (const Transition& t : result.transitions) {
    if (!session.wants(holders, t.from) && !session.wants(holders, t.to)) continue;
    transitions.rows.push_back({{"from", holder_json(holders.id(t.from))},
                                {"to", holder_json(holders.id(t.to))},
                                {"area_m2", square_meters(t.area)}});
  }
  Table places{"places",
               "places that changed hands",
               {{"name", "place"}, {"from", "from"}, {"to", "to"}},
               Json::array()};
  for (const PlaceChange& change : result.places) {
    if (!session.wants(holders, change.from) && !session.wants(holders, change.to)) continue;
    const Place& place = session.atlas().places[change.place];
    places.rows.push_back({{"name", place.name},
                           {"from", holder_json(holders.id(change.from))},
                           {"to", holder_json(holders.id(change.to))},
                           {"lon", place.lon.value()},
                           {"lat", place.lat.value()}});
  }
  places.shown_when_empty = false;
  report.tables = {std::move(rows), std::move(transitions), std::move(places)};
  return report;
}

namespace {

struct ChangesCommand {
  QueryOptions query;
  OutputOptions output;
  std::string from;
  std::string to;

  void run() const {
    output.check();
    Session session(query);
    session.arrange({from, to});
    if (!output.geometry.empty()) {
      FeatureOutput out(session, output.geometry, output.existing(), "changes");
      cli::add_changes(out, session, from, to);
      fmt::print(stderr, "{}", out.write());
    }
    output.write(changes_report(session, session.instant(from), session.instant(to)),
                 provenance(session, "changes"));
  }
};

}  // namespace

void add_changes(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("changes", "What each party gained, lost and kept between two dates");
  const auto state = std::make_shared<ChangesCommand>();
  state->query.declare(*command);
  command->add_option("--from", state->from, "first date")->required()->type_name("DATE");
  command->add_option("--to", state->to, "second date")->required()->type_name("DATE");
  state->output.declare(*command);
  state->output.declare_geometry(*command, "what changed hands as polygons");
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
