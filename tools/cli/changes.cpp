// marchland changes: what each party gained, lost and kept between two dates, and from whom.
#include "tools/cli/bands.h"
#include "tools/cli/commands.h"
#include "tools/cli/corrections.h"
#include "tools/cli/layers.h"
#include "tools/cli/reports.h"
#include "tools/cli/theme_words.h"
#include <marchland/analysis/groups.h>
#include <marchland/analysis/narrow_changes.h>
#include <marchland/analysis/noise_floor.h>
#include <marchland/base/error.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace marchland::cli {

namespace {

bool states_sigma(const Atlas& atlas) {
  return std::any_of(atlas.sources.begin(), atlas.sources.end(),
                     [](const Source& source) { return source.sigma.has_value(); }) ||
         std::any_of(atlas.statements.begin(), atlas.statements.end(), [](const Statement& statement) {
           return statement.accuracy && statement.accuracy->sigma;
         });
}

HolderIndex index_of(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<HolderIndex>(std::find(names.begin(), names.end(), name) - names.begin());
}

/// null where the floor is not known, or nothing changed that it could be held against.
void add_noise_floor(Json& json, const NamedChange& row, const NoiseFloor& floor) {
  const bool is_known = floor.without_sigma.value() == 0.0;
  const double most = std::max(square_meters(row.gained), square_meters(row.lost));
  json["noise_floor_m2"] = is_known ? Json(floor.area.value()) : Json(nullptr);
  json["within_noise"] = is_known && most > 0 ? Json(most <= floor.area.value()) : Json(nullptr);
}

void add_narrow(Json& row, const std::string& name,
                const std::map<std::pair<std::string, std::string>, NarrowChange>& narrow) {
  AreaUnits gained = 0;
  AreaUnits lost = 0;
  for (const auto& [key, change] : narrow) {
    if (change.to == name) gained += change.narrow_area;
    if (change.from == name) lost += change.narrow_area;
  }
  row["gained_narrow_m2"] = square_meters(gained);
  row["lost_narrow_m2"] = square_meters(lost);
}

/// Columns of what changed, each with its band.
void add_band_columns(Table& rows, Table& transitions) {
  std::vector<Column> columns;
  for (Column& column : rows.columns) {
    if (column.kind != Column::Kind::area) {
      columns.push_back(std::move(column));
      continue;
    }
    const BandKeys keys(column.key.substr(0, column.key.size() - 2));  // "gained_" of "gained_m2"
    const bool is_held = column.key == "held_m2";
    if (is_held) {
      columns.push_back(with_band({"net_m2", "net", Column::Kind::area}, BandKeys("net_")));
      columns.push_back(band_column(BandKeys("net_"), Column::Kind::area_band));
    }
    columns.push_back(with_band(std::move(column), keys));
    columns.push_back(band_column(keys, Column::Kind::area_band));
    columns.back().is_for_people = !is_held;
  }
  rows.columns = std::move(columns);
  add_area_band_column(transitions);
}

Table places_table(const Session& session, const Holders& holders, Instant from, Instant to,
                   const std::vector<std::string>& before, const std::vector<std::string>& after) {
  Table table{"places",
              words_of(session.theme()).places_changed,
              {{"name", "place"}, {"from", "from"}, {"to", "to"}},
              Json::array()};
  for (const PlaceChange& change : places_between(session.composite(), holders, from, to, session.scope())) {
    const std::string& had = before[change.from];
    const std::string& has = after[change.to];
    if (had == has || (!session.wants(had, from) && !session.wants(has, to))) continue;
    const Place& place = session.atlas().places[change.place];
    table.rows.push_back({{"name", place.name},
                          {"from", holder_json(had)},
                          {"to", holder_json(has)},
                          {"lon", place.lon.value()},
                          {"lat", place.lat.value()}});
  }
  table.shown_when_empty = false;
  return table;
}

}  // namespace

Report changes_report(const Session& session, Instant from, Instant to, const Breakdown& by,
                      double within_noise) {
  const Atlas& atlas = session.atlas();
  const Holders holders = session.holders();
  const std::vector<std::string> before = holder_names(holders, atlas, from, by.by_group);
  const std::vector<std::string> after = holder_names(holders, atlas, to, by.by_group);

  Report report{session.head(), {}, session.notes()};
  report.head["theme"] = to_string(session.theme());
  report.head["from"] = session.date(from);
  report.head["to"] = session.date(to);
  Table rows{"rows",
             fmt::format("{} to {}", session.date(from), session.date(to)),
             {{"actor", "actor"},
              {"gained_m2", "gained", Column::Kind::area},
              {"lost_m2", "lost", Column::Kind::area},
              {"held_m2", "held", Column::Kind::area}},
             Json::array()};
  Table transitions{"transitions",
                    "passed",
                    {{"from", "from"}, {"to", "to"}, {"area_m2", "area", Column::Kind::area}},
                    Json::array()};
  if (by.by_region) {
    for (Table* table : {&rows, &transitions})
      table->columns.insert(table->columns.begin(), {"region", "region"});
  }
  std::optional<Bands> of_lines;
  std::optional<ChangeBands> bands;
  if (session.has_bands()) {
    of_lines.emplace(session, holders);
    bands.emplace(*of_lines, from, to, before, after);
    add_band_columns(rows, transitions);
    report.notes.insert(report.notes.begin(), band_note());
  }
  // Boundaries within a group are no boundaries of it, so its floor is not the sum of its actors'.
  const bool has_floor = !by.by_group && states_sigma(atlas);
  if (has_floor) {
    rows.columns.push_back({"noise_floor_m2", "noise floor", Column::Kind::area});
    rows.columns.push_back({"within_noise", "within noise"});
    report.notes.emplace_back(
        "noise floor: what drawing the same lines anew, with the accuracy (sigma) their sources state, would "
        "be "
        "expected to yield as gain and again as loss; - where a line drawn anew has no stated accuracy");
  }
  std::optional<NarrowChanges> narrow;
  if (within_noise > 0) {
    const TimeAxis& times = session.composite().times();
    narrow.emplace(session.composite(), session.areas(), holders.faces_at(times.epoch_of(from)),
                   holders.faces_at(times.epoch_of(to)), before, after, Meters{2 * within_noise});
    report.head["within_noise_sigma_m"] = within_noise;
    rows.columns.push_back({"gained_narrow_m2", "gained, narrow", Column::Kind::area});
    rows.columns.push_back({"lost_narrow_m2", "lost, narrow", Column::Kind::area});
    transitions.columns.push_back({"pieces", "pieces", Column::Kind::count});
    transitions.columns.push_back({"narrow_pieces", "narrow", Column::Kind::count});
    transitions.columns.push_back({"narrow_m2", "area of narrow", Column::Kind::area});
    report.notes.push_back(
        fmt::format("narrow: connected ground that passed in a strip of a mean width (2 A / P) below {} m, "
                    "twice sigma; by "
                    "the map alone it cannot be told from lines drawn anew",
                    2 * within_noise));
  }
  AreaUnits residual = 0;
  for (const Session::Part& part : session.parts(by)) {
    const Changes result =
        ChangeTable(session.composite(), session.areas(), holders, part.scope).changes(from, to);
    residual += result.residual;
    const std::vector<NamedTransition> named = by_name(result.transitions, before, after);
    std::vector<NoiseFloor> floors;
    if (bands) {
      bands->within(part.scope, named);
      floors = bands->floors();
    } else if (has_floor) {
      floors = noise_floors(session.composite(), holders, from, to, part.scope);
    }
    const auto in_part = [&](Json row) {
      if (part.region) row["region"] = atlas[*part.region].id;
      return row;
    };
    std::map<std::pair<std::string, std::string>, NarrowChange> narrow_of;
    if (narrow) {
      for (NarrowChange& change : narrow->within(part.scope)) {
        const std::pair key(change.from, change.to);
        narrow_of.emplace(key, std::move(change));
      }
    }
    for (const NamedChange& change : changes_of(named)) {
      if (!session.wants(change.name, from) && !session.wants(change.name, to)) continue;
      Json row = in_part({{"actor", holder_json(change.name)},
                          {"gained_m2", square_meters(change.gained)},
                          {"lost_m2", square_meters(change.lost)},
                          {"held_m2", square_meters(change.held)}});
      if (bands) bands->add(row, change);
      if (has_floor) add_noise_floor(row, change, floors[index_of(before, change.name)]);
      if (narrow) add_narrow(row, change.name, narrow_of);
      rows.rows.push_back(std::move(row));
    }
    for (const NamedTransition& t : named) {
      if (!session.wants(t.from, from) && !session.wants(t.to, to)) continue;
      Json row = in_part(
          {{"from", holder_json(t.from)}, {"to", holder_json(t.to)}, {"area_m2", square_meters(t.area)}});
      if (bands) bands->add(row, t);
      if (const auto found = narrow_of.find({t.from, t.to}); found != narrow_of.end()) {
        row["pieces"] = found->second.pieces;
        row["narrow_pieces"] = found->second.narrow_pieces;
        row["narrow_m2"] = square_meters(found->second.narrow_area);
      }
      transitions.rows.push_back(std::move(row));
    }
  }
  add_doubt_note(report, session, holders, {from, to});
  if (to < from) {
    report.notes.insert(
        report.notes.begin(),
        "the second date is before the first: what is told as gained was lost, and the other way round");
  }
  report.head["residual_units"] = to_string(residual);
  report.tables = {std::move(rows), std::move(transitions),
                   places_table(session, holders, from, to, before, after)};
  return report;
}

namespace {

struct ChangesCommand {
  QueryOptions query;
  OutputOptions output;
  std::string from;
  std::string to;
  Breakdown by;
  std::optional<double> within_noise;
  std::string from_as_of;
  std::filesystem::path corrections;

  void run() const {
    if (within_noise && !(*within_noise > 0.0 && std::isfinite(*within_noise)))
      throw InvalidArgument(fmt::format("--within-noise {}: expected metres above 0", *within_noise));
    output.check();
    if (!corrections.empty()) {
      if (from_as_of.empty())
        throw InvalidArgument("--corrections: say what was published when: --from-as-of DATE");
      check_feature_output(corrections, 1, output.existing());
      if (corrections == output.output || corrections == output.geometry)
        throw InvalidArgument("--corrections names the same file as -o or --geometry; choose another");
    }
    const bool needs_areas = !output.geometry.empty() || !from_as_of.empty();
    Session session(query, needs_areas ? Load::with_areas : Load::answers);
    session.arrange({from, to});
    if (!output.geometry.empty()) {
      FeatureOutput out(session, output.geometry, output.existing(), "changes");
      if (by.by_group) {
        add_group_changes(out, session, from, to);
      } else {
        cli::add_changes(out, session, from, to);
      }
      fmt::print(stderr, "{}", out.write());
    }
    Report report =
        changes_report(session, session.instant(from), session.instant(to), by, within_noise.value_or(0.0));
    if (!from_as_of.empty()) {
      const KnownBefore before(session, query, session.instant(from), from_as_of, by.by_group);
      before.add_to(report, by);
      if (!corrections.empty()) write_corrections(session, before);
    }
    output.write(report, provenance(session, "changes"));
  }

 private:
  void write_corrections(const Session& session, const KnownBefore& before) const {
    FeatureOutput out(session, corrections, output.existing(), "changes");
    out.note("at", from);
    out.note("from_as_of", from_as_of);
    out.explain_none("nothing was corrected between the two");
    out.add(before.layer());
    fmt::print(stderr, "{}", out.write());
  }
};

}  // namespace

void add_changes(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("changes", "What each party gained, lost and kept between two dates");
  const auto state = std::make_shared<ChangesCommand>();
  state->query.declare(*command);
  state->query.declare_bands(*command);
  command->add_option("--from", state->from, "first date")->required()->type_name("DATE");
  command
      ->add_option("--from-as-of", state->from_as_of,
                   "the first date as it was known then: tells ground that changed hands from a map that was "
                   "corrected")
      ->type_name("DATE");
  command
      ->add_option("--corrections", state->corrections,
                   "with --from-as-of: what was corrected as polygons; the ending tells the format")
      ->type_name("FILE");
  command->add_option("--to", state->to, "second date")->required()->type_name("DATE");
  command
      ->add_option("--within-noise", state->within_noise,
                   "standard deviation of lines: also tell what changed in strips narrower than twice that")
      ->type_name("METRES");
  state->by.declare(*command);
  state->output.declare(*command);
  state->output.declare_geometry(*command, "what changed hands as polygons");
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
