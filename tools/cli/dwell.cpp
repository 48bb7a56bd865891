// marchland dwell: for how long ground was under whom, how often it passed, when last.
#include "tools/cli/dwell.h"

#include "tools/cli/commands.h"
#include "tools/cli/layers.h"
#include "tools/cli/reports.h"
#include <marchland/analysis/dwell.h>
#include <marchland/base/error.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

namespace marchland::cli {
namespace {

/// Columns of their own in files of features, where there are no more holders than people look through.
constexpr std::size_t kMostColumns = 8;

Json date_json(const Session& session, const std::optional<Instant>& at) {
  return at ? Json(session.date(*at)) : Json(nullptr);
}

Report base_report(const Session& session, const Interval& when) {
  Report report{session.head(), {}, {}};
  report.head["theme"] = to_string(session.theme());
  report.head["from"] = session.date(when.from());
  report.head["to"] = session.date(when.to());
  report.head["days"] = to_days(when.to() - when.from());
  report.notes.push_back(
      fmt::format("counted from {} to {}, {:.6g} days; what was held before or is held after is cut there",
                  session.date(when.from()), session.date(when.to()), to_days(when.to() - when.from())));
  for (const std::string& note : session.notes()) report.notes.push_back(note);
  return report;
}

/// Days by holder id; without unknown.
Json days_json(const Holders& holders, const DwellAccount& account) {
  Json days = Json::object();
  for (const HeldTime& held : account.held) {
    if (held.holder != kUnknown) days[holders.id(held.holder)] = to_days(held.time);
  }
  return days;
}

bool is_wanted(const Session& session, const Holders& holders, const DwellAccount& account) {
  return std::any_of(account.held.begin(), account.held.end(),
                     [&](const HeldTime& held) { return session.wants(holders, held.holder, std::nullopt); });
}

/// Mean of the holders' colours by how long each had it.
std::string color_of_account(const Session& session, const Holders& holders, const DwellAccount& account) {
  std::string color;
  double days = 0.0;
  for (const HeldTime& held : account.held) {
    const std::string more = color_of(session.atlas(), holders, held.holder);
    days += to_days(held.time);
    color = color.empty() ? more : mix_colors(more, color, to_days(held.time) / days);
  }
  return color;
}

}  // namespace

Interval dwell_interval(const Session& session, const std::string& from, const std::string& to) {
  const auto extent = session.atlas().extent();
  if (!extent && (from.empty() || to.empty())) {
    throw InvalidArgument(
        "no statement begins or ends at any date, so there is no stretch of time to count over; give --from "
        "DATE "
        "and --to DATE");
  }
  const Interval when(from.empty() ? extent->from() : session.instant(from),
                      to.empty() ? extent->to() : session.instant(to));
  if (!when.is_empty()) return when;
  if (from.empty() && to.empty()) {
    throw InvalidArgument(fmt::format(
        "everything the atlas says begins or ends at {}, so no time passes; give --from DATE and --to "
        "DATE",
        session.date(when.from())));
  }
  throw InvalidArgument(fmt::format("the stretch of time from {} to {} is empty; --from must be before --to",
                                    session.date(when.from()), session.date(when.to())));
}

Report dwell_report(const Session& session, const Interval& when, bool by_region) {
  const Holders holders = session.holders();
  Report report = base_report(session, when);
  Table rows{"rows",
             "",
             {{"actor", "actor"},
              {"area_days_m2", "days x", Column::Kind::area},
              {"share", "share", Column::Kind::share},
              {"share_of", "of"},
              {"area_m2", "ever held", Column::Kind::area},
              {"days_mean", "mean days", Column::Kind::days},
              {"days_min", "least", Column::Kind::days},
              {"days_quarter", "a quarter", Column::Kind::days, false},
              {"days_median", "median", Column::Kind::days},
              {"days_three_quarters", "three quarters", Column::Kind::days, false},
              {"days_max", "most", Column::Kind::days}},
             Json::array()};
  Table changes{"changes",
                "ground by how often it passed",
                {{"changes", "changes", Column::Kind::count},
                 {"area_m2", "area", Column::Kind::area},
                 {"share", "share", Column::Kind::share}},
                Json::array()};
  if (by_region) {
    for (Table* table : {&rows, &changes})
      table->columns.insert(table->columns.begin(), {"region", "region"});
  }
  AreaSeconds residual = 0;
  Breakdown by;
  by.by_region = by_region;
  for (const Session::Part& part : session.parts(by)) {
    const DwellTable dwell(session.composite(), session.areas(), holders, when, part.scope);
    const bool has_edge = is_bounded(session.composite(), part.scope);
    const auto in_part = [&](Json row) {
      if (!part.region) return row;
      Json out{{"region", session.atlas()[*part.region].id}};
      out.update(row);
      return out;
    };
    const AreaSeconds all = dwell.total_area() * static_cast<AreaSeconds>((when.to() - when.from()).count());
    AreaSeconds sum = 0;
    AreaSeconds known = 0;
    for (const DwellRow& row : dwell.rows()) {
      sum += row.area_time;
      if (row.holder != kUnknown) known += row.area_time;
    }
    residual += sum < all ? all - sum : sum - all;
    // As in other answers nothing is unknown where the scope has no edge.
    const AreaSeconds denominator = has_edge ? all : known;
    const std::string share_of = part.region                       ? "region"
                                 : session.scope().regions.empty() ? "study_area"
                                                                   : "regions";
    for (const DwellRow& row : dwell.rows()) {
      if (row.holder == kUnknown && !has_edge) continue;
      if (!session.wants(holders, row.holder, std::nullopt)) continue;
      const double area_days = area_days_m2(row.area_time);
      Json json{{"actor", holder_json(holders.id(row.holder))}};
      if (holders.is_contested(row.holder)) json["contested"] = true;
      json["area_days_m2"] = area_days;
      json["share"] = denominator == 0 ? Json(nullptr) : Json(area_days / area_days_m2(denominator));
      json["share_of"] = has_edge ? share_of : "held";
      json["area_m2"] = square_meters(row.ever_held);
      json["days_mean"] = row.ever_held > 0 ? Json(area_days / square_meters(row.ever_held)) : Json(nullptr);
      constexpr std::array kQuantiles{"days_min", "days_quarter", "days_median", "days_three_quarters",
                                      "days_max"};
      for (std::size_t q = 0; q < kQuantiles.size(); ++q) json[kQuantiles[q]] = to_days(row.quantiles[q]);
      rows.rows.push_back(in_part(std::move(json)));
    }
    std::map<std::size_t, AreaUnits> by_changes;
    for (std::size_t i = 0; i < dwell.size(); ++i) by_changes[dwell.account(i).changes] += dwell.area(i);
    for (const auto& [count, area] : by_changes) {
      changes.rows.push_back(in_part(
          {{"changes", count},
           {"area_m2", square_meters(area)},
           {"share", dwell.total_area() > 0 ? Json(square_meters(area) / square_meters(dwell.total_area()))
                                            : Json(nullptr)}}));
    }
  }
  report.head["residual_units_seconds"] = to_string(residual);
  add_doubt_note(report, session, holders, {});
  report.tables = {std::move(rows), std::move(changes)};
  return report;
}

Report dwell_places_report(const Session& session, const Interval& when) {
  const Atlas& atlas = session.atlas();
  if (atlas.places.empty())
    throw InvalidArgument("--places: the atlas has no gazetteer (places = \"...\" under [atlas])");
  const Holders holders = session.holders();
  const Composite& composite = session.composite();
  Report report = base_report(session, when);
  Table rows{"rows",
             "places of the gazetteer",
             {{"name", "place"},
              {"first_holder", "first"},
              {"last_holder", "last"},
              {"changes", "changes", Column::Kind::count},
              {"last_change", "last change"},
              {"days_unknown", "days unknown", Column::Kind::days},
              {"days", "days"},
              {"lon", "lon", Column::Kind::degree, false},
              {"lat", "lat", Column::Kind::degree, false}},
             Json::array()};
  const std::vector<FaceIndex> faces = faces_of_places(composite);
  const std::vector<bool> inside = faces_in_scope(composite, session.scope());
  for (std::size_t i = 0; i < atlas.places.size(); ++i) {
    if (!inside[faces[i]]) continue;
    const DwellAccount account =
        dwell_of(composite, holders, composite.coverage(faces[i], holders.group()), when);
    if (!is_wanted(session, holders, account)) continue;
    const Place& place = atlas.places[i];
    rows.rows.push_back({{"name", place.name},
                         {"first_holder", holder_json(holders.id(account.first))},
                         {"last_holder", holder_json(holders.id(account.last))},
                         {"changes", account.changes},
                         {"last_change", date_json(session, account.last_change)},
                         {"days_unknown", to_days(account.time_of(kUnknown))},
                         {"days", days_json(holders, account)},
                         {"lon", place.lon.value()},
                         {"lat", place.lat.value()}});
  }
  report.tables.push_back(std::move(rows));
  return report;
}

void add_dwell(FeatureOutput& out, const Session& session, const Interval& when) {
  const Holders holders = session.holders();
  const Composite& composite = session.composite();
  const DwellTable dwell(composite, session.areas(), holders, when, session.scope());
  const std::vector<bool> ground = ground_of(session, holders);
  std::vector<Category> faces(ground.size(), 0);
  std::vector<bool> wanted;
  std::set<std::pair<std::string, HolderIndex>> occurring;
  for (std::size_t i = 0; i < dwell.size(); ++i) {
    wanted.push_back(is_wanted(session, holders, dwell.account(i)));
    if (!wanted.back()) continue;
    for (const HeldTime& held : dwell.account(i).held) {
      if (held.holder != kUnknown) occurring.emplace(holders.id(held.holder), held.holder);
    }
  }
  for (FaceIndex f = 0; f < faces.size(); ++f) {
    if (!ground[f]) continue;
    const auto account = dwell.find(composite.coverage(f, holders.group()));
    if (account && wanted[*account]) faces[f] = static_cast<Category>(*account + 1);
  }
  using enum FeatureField::Type;
  std::vector<FeatureField> fields{{"first_holder", text},   {"last_holder", text},  {"changes", integer},
                                   {"last_change", instant}, {"days_unknown", real}, {"days", text}};
  std::vector<HolderIndex> columns;
  if (occurring.size() <= kMostColumns) {
    for (const auto& [id, holder] : occurring) {
      columns.push_back(holder);
      fields.push_back({"days_" + id, real});
    }
  }
  fields.push_back({"area_m2", real});
  fields.push_back({"color", text});
  out.note("from", session.date(when.from()));
  out.note("to", session.date(when.to()));
  out.explain_none("no ground is held in that time");
  out.add_polygons("dwell",
                   fmt::format("{}: time under each holder, {} to {}", session.atlas().title,
                               session.date(when.from()), session.date(when.to())),
                   std::move(fields), faces, [&](Category c, AreaUnits area) {
                     const DwellAccount& account = dwell.account(c - 1);
                     std::vector<FieldValue> values{
                         holder_value(holders, account.first),
                         holder_value(holders, account.last),
                         static_cast<std::int64_t>(account.changes),
                         account.last_change ? FieldValue{*account.last_change} : FieldValue{},
                         to_days(account.time_of(kUnknown)),
                         days_json(holders, account).dump()};
                     for (const HolderIndex holder : columns)
                       values.emplace_back(to_days(account.time_of(holder)));
                     values.emplace_back(square_meters(area));
                     values.emplace_back(color_of_account(session, holders, account));
                     return values;
                   });
}

namespace {

struct DwellCommand {
  QueryOptions query;
  OutputOptions output;
  std::string from;
  std::string to;
  bool places = false;
  bool by_region = false;

  void run() const {
    query.refuse_two_layer("dwell");
    if (places && by_region)
      throw InvalidArgument("--places has a row for each place; choose one of --places and --by region");
    output.check();
    const Session session(query);
    const Interval when = dwell_interval(session, from, to);
    const Report report =
        places ? dwell_places_report(session, when) : dwell_report(session, when, by_region);
    if (!output.geometry.empty()) {
      FeatureOutput out(session, output.geometry, output.existing(), "dwell");
      add_dwell(out, session, when);
      fmt::print(stderr, "{}", out.write());
    }
    output.write(report, provenance(session, "dwell"));
  }
};

}  // namespace

void add_dwell(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("dwell", "For how long ground was under whom, how often it passed, when last");
  const auto state = std::make_shared<DwellCommand>();
  state->query.declare(*command);
  command->add_option("--from", state->from, "since when (default: the first date of the atlas)")
      ->type_name("DATE");
  command->add_option("--to", state->to, "until when (default: the last date of the atlas)")
      ->type_name("DATE");
  command
      ->add_option_function<std::vector<std::string>>(
          "--by",
          [state](const std::vector<std::string>& keys) {
            state->by_region = std::find(keys.begin(), keys.end(), "region") != keys.end();
          },
          "rows by actor (always) and region")
      ->delimiter(',')
      ->check(CLI::IsMember({"actor", "region"}));
  command->add_flag("--places", state->places, "instead: a row for each place of the gazetteer");
  state->output.declare(*command);
  state->output.declare_geometry(*command, "ground of equal account as polygons");
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
