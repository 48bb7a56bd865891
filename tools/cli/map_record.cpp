#include "tools/cli/map_record.h"

#include "tools/cli/declared.h"
#include "tools/cli/map_times.h"
#include <marchland/composite/quantise.h>
#include <marchland/model/knowledge.h>

#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace marchland::cli {
namespace {

std::string name_in(const std::string& language, const Actor& actor) {
  const auto name = actor.names.find(language);
  if (name != actor.names.end()) return name->second;
  return actor.name.empty() ? actor.id : actor.name;
}

/// Text that is there; keys of empty ones are left out.
void add_text(Json& to, const char* key, const std::string& text) {
  if (!text.empty()) to[key] = text;
}

Json actors_json(const Atlas& atlas, const std::string& language) {
  Json out = Json::array();
  for (const Actor& actor : atlas.actors) {
    Json& row =
        out.emplace_back(Json{{"id", actor.id}, {"name", name_in(language, actor)}, {"color", actor.color}});
    for (const auto& [code, name] : actor.names) row["names"][code] = name;
    if (!actor.names.empty()) row["main_name"] = actor.name.empty() ? actor.id : actor.name;
  }
  return out;
}

Json layers_json(const Session& session) {
  const Atlas& atlas = session.atlas();
  // Which sources are asked is the same for every theme.
  const Holders holders = session.holders();
  Json out = Json::array();
  for (const Layer& layer : atlas.layers) {
    Json& row = out.emplace_back(Json{{"id", layer.id},
                                      {"source", layer.source.index()},
                                      {"theme", to_string(layer.theme)},
                                      {"mode", to_string(layer.mode)}});
    if (!holders.asks(layer.source)) row["is_asked"] = false;
  }
  return out;
}

Json statement_json(const Session& session, const Statement& statement) {
  Json row{{"id", statement.id},
           {"layer", statement.layer.index()},
           {"actor", statement.actor.index()},
           {"from", seconds_json(statement.validity.from())},
           {"to", seconds_json(statement.validity.to())}};
  if (statement.seq != 0) row["seq"] = statement.seq;
  if (statement.basis != Basis::drawn) row["basis"] = to_string(statement.basis);
  if (statement.certainty != Certainty::confirmed) row["certainty"] = to_string(statement.certainty);
  add_text(row, "note", statement.note);
  for (const SourceId source : statement.cites) row["cites"].push_back(source.index());
  if (!session.atlas().knowledge.is_public) {
    add_text(row, "author", statement.author);
    if (statement.recorded) row["recorded"] = session.date(*statement.recorded);
    if (statement.state != State::published) row["state"] = to_string(statement.state);
  }
  if (statement.doubt) {
    const auto range = [&](const FuzzyInstant& at) {
      return at.earliest == at.latest ? Json(nullptr)
                                      : Json{session.date(at.earliest), session.date(at.latest)};
    };
    row["from_between"] = range(statement.from());
    row["to_between"] = range(statement.to());
    row["possible"] = {seconds_json(statement.possible().from()), seconds_json(statement.possible().to())};
  }
  return row;
}

Json statements_json(const Session& session, const ListedStatements& listed) {
  Json out = Json::array();
  const auto& all = session.atlas().statements;
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    Json& row = out.emplace_back(statement_json(session, all[i]));
    if (listed.is_listed(i)) row["is_listed"] = true;
  }
  return out;
}

/// The lines of a ring within the box of +-180 by +-90, as steps on the grid from one vertex to the next.
/// About any point that is not on a line they wind as often as the ring does.
Json ring_json(const QuantisedRing& ring) {
  Json lines = Json::array();
  std::optional<GridPoint> end;
  const auto add = [&](GridPoint from, GridPoint to) {
    if (end != from) lines.push_back({{from.x, from.y}});
    lines.back().push_back({std::int64_t{to.x} - from.x, std::int64_t{to.y} - from.y});
    end = to;
  };
  for (const ChainLink& link : ring.links) {
    for (std::int32_t n = 0; n < link.multiplicity; ++n) add(link.s.a, link.s.b);
    for (std::int32_t n = 0; n > link.multiplicity; --n) add(link.s.b, link.s.a);
  }
  return lines;
}

/// Superseded and retracted statements. Their lines are in no arrangement, so they come with their areas.
Json set_aside_json(const Session& session) {
  const Atlas& atlas = session.atlas();
  Json out = Json::array();
  if (atlas.knowledge.is_public) return out;
  Ring copied;
  for (const Statement& statement : atlas.set_aside) {
    const auto by = find_setting_aside(atlas, statement);
    if (!by || statement.area.empty()) continue;
    Json& row = out.emplace_back(statement_json(session, statement));
    row["standing"] = to_string(by->is_retracted ? Standing::retracted : Standing::superseded);
    add_text(row, "set_aside_by", by->by.empty() ? "a later record of its date" : by->by);
    if (by->recorded) row["set_aside_at"] = session.date(*by->recorded);
    add_text(row, "set_aside_author", by->author);
    add_text(row, "set_aside_note", by->note);
    Json& polygons = row["area"] = Json::array();
    for (const SharedPolygon& polygon : statement.area) {
      Json& rings = polygons.emplace_back(Json::array());
      for (const SharedRing& ring : polygon)
        rings.push_back(ring_json(quantise(ring.view(copied), atlas[statement.layer].rings)));
    }
  }
  return out;
}

Json periods_json(const Atlas& atlas) {
  Json out = Json::array();
  for (const Period& period : atlas.periods) {
    Json& row = out.emplace_back(Json{{"id", period.id}});
    add_text(row, "title", period.title);
    row["from"] = seconds_json(period.when.from());
    if (!period.is_instant) row["to"] = seconds_json(period.when.to());
  }
  return out;
}

Json places_json(const Atlas& atlas) {
  Json out = Json::array();
  for (const Place& place : atlas.places) {
    Json& row =
        out.emplace_back(Json{{"name", place.name}, {"lon", place.lon.value()}, {"lat", place.lat.value()}});
    if (!place.other_names.empty()) row["names"] = place.other_names;
  }
  return out;
}

}  // namespace

void add_record(Json& document, const Session& session, const ListedStatements& listed,
                const std::string& language) {
  const Atlas& atlas = session.atlas();
  add_text(document, "title", atlas.title);
  add_text(document, "disclaimer", atlas.disclaimer);
  add_text(document, "attribution", atlas.attribution);
  document["actors"] = actors_json(atlas, language);
  Json declared = declared_json(atlas);
  document["sources"] = std::move(declared["sources"]);
  document["layers"] = layers_json(session);
  document["statements"] = statements_json(session, listed);
  document["statement_sets"] = listed.sets();
  document["set_aside"] = set_aside_json(session);
  document["periods"] = periods_json(atlas);
  document["places"] = places_json(atlas);
  document["regions"] = std::move(declared["regions"]);
}

}  // namespace marchland::cli
