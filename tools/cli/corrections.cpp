#include "tools/cli/corrections.h"

#include "tools/cli/feature_output.h"
#include <marchland/analysis/dissolve.h>
#include <marchland/base/error.h>
#include <marchland/model/knowledge.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace marchland::cli {
namespace {

Corrections corrections_of(const Session& session, const QueryOptions& query, Instant at, Instant as_of,
                           bool by_group) {
  const Atlas& now = session.atlas();
  Knowledge known = now.knowledge;
  if (known.as_of && *known.as_of < as_of) {
    throw InvalidArgument(
        fmt::format("--from-as-of {} is later than --as-of {}; what was published comes first",
                    session.date(as_of), session.date(*known.as_of)));
  }
  known.as_of = as_of;
  return {as_known(now, known),
          now,
          at,
          {session.theme(), session.rule(), {query.sources.begin(), query.sources.end()}, by_group},
          build_options(query)};
}

struct Corrected {
  AreaUnits published = 0;
  AreaUnits gained = 0;
  AreaUnits lost = 0;
};

std::map<std::string, Corrected> by_holder(const std::vector<NamedTransition>& transitions) {
  std::map<std::string, Corrected> out;
  for (const NamedTransition& t : transitions) {
    out[t.from].published += t.area;
    if (t.from == t.to) continue;
    out[t.from].lost += t.area;
    out[t.to].gained += t.area;
  }
  return out;
}

void put(Json& row, const Corrected& corrected) {
  row["published_m2"] = square_meters(corrected.published);
  row["corrected_gained_m2"] = square_meters(corrected.gained);
  row["corrected_lost_m2"] = square_meters(corrected.lost);
}

}  // namespace

KnownBefore::KnownBefore(const Session& session, const QueryOptions& query, Instant at,
                         const std::string& as_of, bool by_group)
    : session_(&session),
      at_(at),
      as_of_(resolve_record_date(session.atlas(), as_of)),
      corrections_(corrections_of(session, query, at, as_of_, by_group)) {
  say_if_nothing_is_recorded(session.atlas(), "--from-as-of " + as_of);
  if (session.method().name() != corrections_.composite().areas().method)
    measured_ = measure_faces(corrections_.composite(), session.method());
}

void KnownBefore::add_to(Report& report, const Breakdown& by) const {
  report.head["from_as_of"] = session_->date(as_of_);
  Table& rows = report.tables.front();
  const auto actor = std::find_if(rows.columns.begin(), rows.columns.end(),
                                  [](const Column& column) { return column.key == "actor"; });
  rows.columns.insert(actor + 1, {{"published_m2", "as published", Column::Kind::area},
                                  {"corrected_gained_m2", "corrected +", Column::Kind::area},
                                  {"corrected_lost_m2", "corrected -", Column::Kind::area}});
  Table transitions{
      "corrections",
      fmt::format("corrected: {} as known at {}, and as known now", session_->date(at_),
                  session_->date(as_of_)),
      {{"from", "as published"}, {"to", "corrected to"}, {"area_m2", "area", Column::Kind::area}},
      Json::array()};
  if (by.by_region) transitions.columns.insert(transitions.columns.begin(), {"region", "region"});
  transitions.shown_when_empty = false;
  for (const Session::Part& part : session_->parts(by)) {
    const std::vector<NamedTransition> found = corrections_.transitions(areas(), part.scope);
    const Json region = part.region ? Json(session_->atlas()[*part.region].id) : Json(nullptr);
    std::map<std::string, Corrected> holders = by_holder(found);
    for (Json& row : rows.rows) {
      if (part.region && row["region"] != region) continue;
      const std::string name = row["actor"].is_null() ? "" : row["actor"].get<std::string>();
      put(row, holders[name]);
      holders.erase(name);
    }
    // What it had by the map that was published only.
    for (const auto& [name, corrected] : holders) {
      if (!session_->wants(name, at_)) continue;
      Json row{{"actor", holder_json(name)}, {"gained_m2", 0.0}, {"lost_m2", 0.0}, {"held_m2", 0.0}};
      if (part.region) row["region"] = region;
      if (session_->has_bands()) row["net_m2"] = 0.0;
      put(row, corrected);
      rows.rows.push_back(std::move(row));
    }
    for (const NamedTransition& t : found) {
      if (t.from == t.to || (!session_->wants(t.from, at_) && !session_->wants(t.to, at_))) continue;
      Json row{{"from", holder_json(t.from)}, {"to", holder_json(t.to)}, {"area_m2", square_meters(t.area)}};
      if (part.region) row["region"] = region;
      transitions.rows.push_back(std::move(row));
    }
  }
  Table places{"corrected_places",
               "places whose holder was corrected",
               {{"name", "place"}, {"from", "as published"}, {"to", "corrected to"}},
               Json::array()};
  places.shown_when_empty = false;
  for (const PlaceCorrection& correction : corrections_.places(session_->scope())) {
    if (!session_->wants(correction.before, at_) && !session_->wants(correction.after, at_)) continue;
    const Place& place = session_->atlas().places[correction.place];
    places.rows.push_back({{"name", place.name},
                           {"from", holder_json(correction.before)},
                           {"to", holder_json(correction.after)},
                           {"lon", place.lon.value()},
                           {"lat", place.lat.value()}});
  }
  report.notes.push_back(fmt::format(
      "as published: {} from what was recorded by {}. As published + corrected - corrected + gained - lost "
      "is the "
      "area at the later date, exactly; gained, lost and held compare the two dates as they are known {}",
      session_->date(at_), session_->date(as_of_),
      session_->atlas().knowledge.as_of ? "at " + session_->date(*session_->atlas().knowledge.as_of)
                                        : "now"));
  report.tables.push_back(std::move(transitions));
  report.tables.push_back(std::move(places));
}

FeatureSet KnownBefore::layer() const {
  FeatureSet set{"corrections",
                 "Ground whose holder was corrected",
                 {{"before", FeatureField::Type::text},
                  {"after", FeatureField::Type::text},
                  {"theme", FeatureField::Type::text},
                  {"at", FeatureField::Type::instant},
                  {"recorded_by", FeatureField::Type::instant},
                  {"area_m2", FeatureField::Type::real}},
                 {}};
  const auto text = [](const std::string& value) { return value.empty() ? FieldValue{} : FieldValue{value}; };
  const Corrections::Division division = corrections_.division(areas(), session_->scope());
  for (Dissolved& piece : dissolve(corrections_.composite(), division.faces)) {
    const NamedTransition& pair = division.pairs[piece.category - 1];
    if (piece.area.empty() || (!session_->wants(pair.from, at_) && !session_->wants(pair.to, at_))) continue;
    set.features.push_back({{text(pair.from), text(pair.to), std::string(to_string(session_->theme())),
                             FieldValue{at_}, FieldValue{as_of_}, square_meters(pair.area)},
                            std::move(piece.area)});
  }
  return set;
}

}  // namespace marchland::cli
