// marchland timeline: areas as a series, and what passed between its dates.
#include "tools/cli/bands.h"
#include "tools/cli/commands.h"
#include "tools/cli/reports.h"
#include "tools/cli/wanted_times.h"
#include <marchland/analysis/all_pairs.h>
#include <marchland/analysis/date_doubt.h>
#include <marchland/analysis/groups.h>
#include <marchland/analysis/why.h>
#include <marchland/base/error.h>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace marchland::cli {

Step step_of(const std::string& every) {
  return every == "day"     ? Step::day
         : every == "month" ? Step::month
         : every == "year"  ? Step::year
                            : Step::change;
}

namespace {

/// Dates of the series, those at which what is possible changes too; where groups are asked for also those at
/// which an actor joins or leaves one.
std::vector<Instant> dates_of(const Session& session, const ChangeTable& table,
                              const DoubtfulCoverages& doubtful, Step step, const Breakdown& by) {
  std::vector<Instant> dates = table.dates(step);
  if (step == Step::change) {
    for (const Instant turn : doubtful.turns()) {
      if (session.atlas().window.when.contains(turn)) dates.push_back(turn);
    }
    std::sort(dates.begin(), dates.end());
    dates.erase(std::unique(dates.begin(), dates.end()), dates.end());
  }
  const bool is_about_groups = by.by_group || session.asks_for_groups();
  if (!is_about_groups || step != Step::change || dates.empty()) return dates;
  const Atlas& atlas = session.atlas();
  // Until the last statement ends; most never do.
  Instant end = Interval().from();
  for (const Statement& statement : atlas.statements) end = std::max(end, statement.validity.to());
  for (const Instant date : membership_dates(atlas)) {
    if (date > dates.front() && date < end && atlas.window.when.contains(date)) dates.push_back(date);
  }
  std::sort(dates.begin(), dates.end());
  dates.erase(std::unique(dates.begin(), dates.end()), dates.end());
  return dates;
}

/// Adds the rows of one part of the ground.
class SeriesRows {
 public:
  /// `bands` may be null.
  SeriesRows(const Session& session, const Holders& holders, const DoubtfulCoverages& doubtful,
             const Breakdown& by, const Session::Part& part, const Bands* bands)
      : session_(&session), holders_(&holders), doubtful_(&doubtful), by_(by), bands_(bands) {
    scope_ = part.scope;
    is_bounded_ = is_bounded(session.composite(), part.scope);
    if (part.region) region_ = session.atlas()[*part.region].id;
    if (bands_ != nullptr) within_.emplace(bands_->within(part.scope));
  }

  /// What passed is asked for afterwards.
  void add_points(const std::vector<SeriesPoint>& points, Table& table) {
    std::optional<AreaErrorSeries> ground;
    for (auto first = points.begin(); first != points.end();) {
      const auto last =
          std::find_if(first, points.end(), [&](const SeriesPoint& p) { return p.at != first->at; });
      const std::vector<std::string> names = names_at(first->at);
      // By name, unknown last.
      std::map<std::pair<bool, std::string>, AreaUnits> sums;
      for (auto point = first; point != last; ++point)
        sums[{names[point->holder].empty(), names[point->holder]}] += point->area;
      const auto by_dates =
          date_bands(doubtful_->at(first->at), *holders_, session_->atlas(), first->at, by_.by_group);
      for (const auto& [name, band] : by_dates) {
        if (is_bounded_ || !name.empty()) sums.try_emplace({name.empty(), name}, 0);
      }
      std::vector<AreaError> errors;
      if (bands_ != nullptr) {
        if (ground) {
          ground->move_to(session_->composite().times().epoch_of(first->at), Bands::parts_of(names));
        } else {
          // Groups change their members, and noise floors are their actors': what passes is found date by
          // date.
          ground.emplace(
              *within_, bands_->ground(first->at, names),
              by_.by_group ? AreaErrorSeries::Passages::left_out : AreaErrorSeries::Passages::kept);
        }
        errors = ground->of_parts(names.size());
        if (ground->passed()) passed_.emplace(first->at, *ground->passed());
      }
      for (const auto& [name, area] : sums) {
        if (!session_->wants(name.second, first->at)) continue;
        Json row = with_region(session_->date(first->at),
                               {{"actor", holder_json(name.second)}, {"area_m2", square_meters(area)}});
        if (!doubtful_->turns().empty()) {
          const auto band = by_dates.find(name.second);
          const DateBand off = band == by_dates.end() ? DateBand{} : band->second;
          row["date_low_m2"] = square_meters(area - off.less);
          row["date_high_m2"] = square_meters(area + off.more);
        }
        if (bands_ != nullptr) {
          add_band(row, BandKeys(), square_meters(area),
                   cli::error_of(errors, Bands::part_of(names, name.second)), 0.0,
                   std::numeric_limits<double>::max());
        }
        table.rows.push_back(std::move(row));
      }
      first = last;
    }
  }

  void add_transitions(Instant before, Instant at, const std::vector<Transition>& passed,
                       Table& table) const {
    const std::vector<std::string> had = names_at(before);
    const std::vector<std::string> has = names_at(at);
    std::optional<ChangeBands> bands;
    for (const NamedTransition& t : by_name(passed, had, has)) {
      if (t.from == t.to || (!session_->wants(t.from, before) && !session_->wants(t.to, at))) continue;
      Json row = with_region(
          session_->date(at),
          {{"from", holder_json(t.from)}, {"to", holder_json(t.to)}, {"area_m2", square_meters(t.area)}});
      if (const auto known = passed_.find(at); known != passed_.end()) {
        const AreaError error =
            error_of(known->second, Bands::part_of(had, t.from), Bands::part_of(has, t.to));
        add_band(row, BandKeys(), square_meters(t.area), error, 0.0, std::numeric_limits<double>::max());
      } else if (bands_ != nullptr) {
        if (!bands) bands.emplace(*bands_, before, at, had, has).within(scope_, {});
        bands->add(row, t);
      }
      table.rows.push_back(std::move(row));
    }
  }

 private:
  static AreaError error_of(const AreaErrorSeries::Passed& passed, DrawnGround::Part from,
                            DrawnGround::Part to) {
    const auto passage =
        std::find_if(passed.passages.begin(), passed.passages.end(),
                     [&](const AreaErrorSeries::Passage& p) { return p.from == from && p.to == to; });
    const auto floor = [&](DrawnGround::Part part) {
      return part < passed.floors.size() ? passed.floors[part] : NoiseFloor{};
    };
    return cli::passed(passage != passed.passages.end() ? passage->error : AreaError{}, floor(from),
                       floor(to));
  }
  [[nodiscard]] std::vector<std::string> names_at(Instant at) const {
    return holder_names(*holders_, session_->atlas(), at, by_.by_group);
  }
  [[nodiscard]] Json with_region(const std::string& at, Json values) const {
    Json row{{"at", at}};
    if (!region_.empty()) row["region"] = region_;
    row.update(values);
    return row;
  }

  const Session* session_;
  const Holders* holders_;
  const DoubtfulCoverages* doubtful_;
  Breakdown by_;
  const Bands* bands_;
  bool is_bounded_ = false;
  std::string region_;
  Scope scope_;
  std::optional<AreaErrors> within_;
  std::map<Instant, AreaErrorSeries::Passed> passed_;  ///< by the later date
};

/// What passed between the dates of a series, date by date.
std::vector<std::vector<Transition>> passed_by_date(const ChangeTable& table, const Timeline& series,
                                                    const std::vector<Instant>& dates, const Breakdown& by) {
  std::vector<std::vector<Transition>> out(dates.size());
  if (by.by_group) {
    // Ground can pass by its holder's joining a group, so what stayed is needed too.
    for (std::size_t d = 1; d < dates.size(); ++d) out[d] = table.transitions(dates[d - 1], dates[d]);
    return out;
  }
  for (const SeriesTransition& t : series.transitions) {
    const auto date = std::lower_bound(dates.begin(), dates.end(), t.at) - dates.begin();
    out[static_cast<std::size_t>(date)].push_back({t.from, t.to, t.area});
  }
  return out;
}

}  // namespace

Report timeline_report(const Session& session, const std::string& every, const Breakdown& by) {
  const Holders holders = session.holders();
  Report report{session.head(), {}, session.notes()};
  report.head["theme"] = to_string(session.theme());
  report.head["every"] = every;
  Table rows{
      "rows", "", {{"at", "at"}, {"actor", "actor"}, {"area_m2", "area", Column::Kind::area}}, Json::array()};
  Table passed{"transitions",
               "passed since the date before",
               {{"at", "at"}, {"from", "from"}, {"to", "to"}, {"area_m2", "area", Column::Kind::area}},
               Json::array()};
  if (by.by_region) {
    for (Table* table : {&rows, &passed})
      table->columns.insert(table->columns.begin() + 1, {"region", "region"});
  }
  bool has_doubt = false;
  std::optional<Bands> bands;
  if (session.has_bands()) {
    bands.emplace(session, holders);
    add_area_band_column(rows);
    add_area_band_column(passed);
    report.notes.insert(report.notes.begin(), band_note());
  }
  for (const Session::Part& part : session.parts(by)) {
    const ChangeTable table(session.composite(), session.areas(), holders, part.scope);
    const DoubtfulCoverages doubtful(session.composite(), session.areas(), holders,
                                     faces_in_scope(session.composite(), part.scope));
    has_doubt = has_doubt || !doubtful.turns().empty();
    const std::vector<Instant> dates = dates_of(session, table, doubtful, step_of(every), by);
    const Timeline series = table.timeline(dates);
    SeriesRows add(session, holders, doubtful, by, part, bands ? &*bands : nullptr);
    add.add_points(series.points, rows);
    const auto by_date = passed_by_date(table, series, dates, by);
    for (std::size_t d = 1; d < dates.size(); ++d)
      add.add_transitions(dates[d - 1], dates[d], by_date[d], passed);
  }
  if (has_doubt) add_date_band(rows, report);
  report.tables = {std::move(rows), std::move(passed)};
  return report;
}

namespace {

/// Each takes the walk along two boundaries, where the series takes what changed: beyond so many pairs that
/// would be all that is waited for.
constexpr std::size_t kMostPairBands = 2000;

/// Errors of what was held at both of two dates, noise floor included.
class PairErrors {
 public:
  PairErrors(const Session& session, const Holders& holders, const std::vector<Instant>& dates)
      : date_count_(dates.size()),
        holder_count_(holders.size()),
        errors_(date_count_ * date_count_ * holder_count_) {
    const Bands bands(session, holders);
    const AreaErrors within = bands.within(session.scope());
    const std::vector<bool> inside = faces_in_scope(session.composite(), session.scope());
    const TimeAxis& times = session.composite().times();
    for (std::size_t i = 0; i < dates.size(); ++i) {
      const DrawnGround first(bands.lines(), holders, times.epoch_of(dates[i]));
      DrawnGround second = first;
      for (std::size_t j = i; j < dates.size(); ++j) {
        second.move_to(times.epoch_of(dates[j]));
        const auto floors = noise_floors(bands.lines(), first, second, inside);
        for (HolderIndex h = 1; h < holder_count_; ++h) {
          NoiseFloor floor;
          for (const auto& of_date : floors) floor += h < of_date.size() ? of_date[h] : NoiseFloor{};
          errors_[index(i, j, h)] = held(within.of(first, h, second, h, kHeldAtBoth), floor);
        }
      }
    }
  }
  [[nodiscard]] const AreaError& operator()(std::size_t i, std::size_t j, HolderIndex holder) const {
    return errors_[index(i, j, holder)];
  }

 private:
  [[nodiscard]] std::size_t index(std::size_t i, std::size_t j, HolderIndex holder) const {
    return (i * date_count_ + j) * holder_count_ + holder;
  }
  std::size_t date_count_;
  std::size_t holder_count_;
  std::vector<AreaError> errors_;
};

}  // namespace

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
  std::optional<PairErrors> errors;
  if (session.has_bands()) {
    if (dates.size() * (dates.size() + 1) / 2 <= kMostPairBands) {
      errors.emplace(session, holders, dates);
      add_area_band_column(rows);
      report.notes.insert(report.notes.begin(), band_note());
    } else {
      report.notes.insert(report.notes.begin(),
                          fmt::format("no bands: they are given of {} pairs of dates at most; see --every, "
                                      "--since and --until",
                                      kMostPairBands));
    }
  }
  for (const HolderIndex holder : table.occurring()) {
    if (!session.wants(holders, holder, std::nullopt)) continue;
    const Json actor = holder_json(holders.id(holder));
    const AllPairs matrix = all_pairs(table, dates, holder);
    for (std::size_t i = 0; i < dates.size(); ++i) {
      for (std::size_t j = i; j < dates.size(); ++j) {
        rows.rows.push_back({{"from", names[i]},
                             {"to", names[j]},
                             {"actor", actor},
                             {"area_m2", square_meters(matrix(i, j))}});
        if (errors) {
          add_band(rows.rows.back(), BandKeys(), square_meters(matrix(i, j)), (*errors)(i, j, holder), 0.0,
                   std::numeric_limits<double>::max());
        }
      }
    }
  }
  report.notes.insert(report.notes.begin(),
                      "each pair of dates stands once; a date with itself gives what was held at it");
  report.tables.push_back(std::move(rows));
  return report;
}

Report places_report(const Session& session, std::size_t least_changes) {
  const Atlas& atlas = session.atlas();
  if (atlas.places.empty())
    throw InvalidArgument("--places: the atlas has no gazetteer (places = \"...\" under [atlas])");
  const Holders holders = session.holders();
  const auto end_of = [&](bool is_bounded, Instant at) {
    return is_bounded ? Json(session.date(at)) : Json(nullptr);
  };
  Report report{session.head(), {}, session.notes()};
  report.head["theme"] = to_string(session.theme());
  Table rows{"rows",
             fmt::format("places that changed hands {} times or more", least_changes),
             {{"name", "place"},
              {"changes", "changes", Column::Kind::count},
              {"last_change", "last change", Column::Kind::date},
              {"first", "first"},
              {"now", "now"},
              {"holders", "holders", Column::Kind::text, false},
              {"lon", "lon"},
              {"lat", "lat"}},
             Json::array()};
  for (const PlaceHistory& history : place_histories(session.composite(), holders, session.scope())) {
    if (history.changes < least_changes) break;  // the most often first
    const Place& place = atlas.places[history.place];
    Json tenures = Json::array();
    std::string names;
    Json first;
    Json now;
    bool is_wanted = false;
    for (const Tenure& tenure : history.tenures) {
      const Json actor = holder_json(holders.id(tenure.holder));
      is_wanted = is_wanted || !wanted_times(session, holders, tenure.holder, tenure.when).empty();
      tenures.push_back({{"from", end_of(tenure.when.has_from(), tenure.when.from())},
                         {"to", end_of(tenure.when.has_to(), tenure.when.to())},
                         {"actor", actor}});
      if (actor.is_null()) continue;
      names += (names.empty() ? "" : " > ") + actor.get<std::string>();
      if (first.is_null()) first = actor;
      now = actor;
    }
    if (!is_wanted) continue;
    rows.rows.push_back(
        {{"name", place.name},
         {"changes", history.changes},
         {"last_change", history.last_change ? Json(session.date(*history.last_change)) : Json(nullptr)},
         {"first", first},
         {"now", now},
         {"holders", names},
         {"lon", place.lon.value()},
         {"lat", place.lat.value()},
         {"history", std::move(tenures)}});
  }
  report.tables.push_back(std::move(rows));
  return report;
}

namespace {

struct TimelineCommand {
  QueryOptions query;
  OutputOptions output;
  std::string every = "change";
  bool pairs = false;
  bool places = false;
  std::size_t least_changes = 1;
  Breakdown by;

  void run() const {
    query.refuse_two_layer("timeline");
    output.check();
    if (pairs && (by.by_region || by.by_group))
      throw InvalidArgument("--pairs is by actor only; choose one of --pairs and --by region,group");
    if (places && (pairs || by.by_region || by.by_group))
      throw InvalidArgument("--places has a row for each place; choose one of --places, --pairs and --by");
    const Session session(query);
    if (places) return output.write(places_report(session, least_changes), provenance(session, "timeline"));
    output.write(pairs ? pairs_report(session, every) : timeline_report(session, every, by),
                 provenance(session, "timeline"));
  }
};

}  // namespace

void add_timeline(CLI::App& app) {
  CLI::App* command = app.add_subcommand("timeline", "Areas as a series, and what passed between its dates");
  const auto state = std::make_shared<TimelineCommand>();
  state->query.declare(*command);
  state->query.declare_bands(*command);
  command->add_option("--every", state->every, "change (each date anything passes), day, month or year")
      ->check(CLI::IsMember({"change", "day", "month", "year"}))
      ->capture_default_str();
  command->add_flag("--pairs", state->pairs,
                    "instead: for every two of these dates, the area that each actor had at both");
  command->add_flag("--places", state->places,
                    "instead: the places of the gazetteer that changed hands, the most often first");
  command->add_option("--min-changes", state->least_changes, "of --places: how often at least")
      ->check(CLI::Range(std::size_t{0}, std::size_t{1'000'000}))
      ->needs("--places")
      ->capture_default_str()
      ->type_name("N");
  state->by.declare(*command);
  state->output.declare(*command);
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
