// marchland why: why the account says who holds a point, by which statements, of which sources, by which
// rule.
#include "tools/cli/commands.h"
#include "tools/cli/query.h"
#include <marchland/analysis/groups.h>
#include <marchland/analysis/why.h>
#include <marchland/base/error.h>
#include <marchland/composite/harmonise.h>
#include <marchland/composite/quantise.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <set>

namespace marchland::cli {
namespace {

/// A point of the command line.
struct Whereabouts {
  std::string name;  ///< of the place, if it was named
  Lon lon;
  Lat lat;

  [[nodiscard]] GridPoint on_grid() const { return look_up_point(lon.value(), lat.value()); }
};

double parse_degrees(const std::string& text, std::string_view what, double most) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= -most && value <= most)) {
    throw InvalidArgument(fmt::format("--lonlat: '{}' is no {}; expected degrees from -{} to {}", text, what,
                                      static_cast<int>(most), static_cast<int>(most)));
  }
  return value;
}

Whereabouts parse_lonlat(const std::string& text) {
  const std::size_t comma = text.find(',');
  if (comma == std::string::npos || text.find(',', comma + 1) != std::string::npos) {
    throw InvalidArgument(
        fmt::format("--lonlat '{}': expected longitude,latitude in degrees, such as 46.75,39.82", text));
  }
  return {"", Lon{parse_degrees(text.substr(0, comma), "longitude", 180.0)},
          Lat{parse_degrees(text.substr(comma + 1), "latitude", 90.0)}};
}

Whereabouts find_place(const Atlas& atlas, const std::string& name) {
  const std::vector<std::size_t> found = find_places(atlas, name);
  if (found.size() > 1) {
    std::vector<std::string> where;
    for (const std::size_t i : found) {
      where.push_back(fmt::format("{} at --lonlat {},{}", atlas.places[i].name, atlas.places[i].lon.value(),
                                  atlas.places[i].lat.value()));
    }
    throw InvalidArgument(fmt::format("{} places are called '{}'; choose by point: {}", found.size(), name,
                                      fmt::join(where, "; ")));
  }
  const Place& place = atlas.places[found.front()];
  return {place.name, place.lon, place.lat};
}

/// What was decided, in words.
std::string reasoning(const Session& session, const Holders& holders, const Explanation& found,
                      SourceRule rule) {
  const Atlas& atlas = session.atlas();
  std::vector<SourceId> sources;
  bool has_event = false;
  for (const Testimony& testimony : found.testimonies) {
    const Layer& layer = atlas[atlas.statements[testimony.statement].layer];
    if (testimony.standing == Standing::not_asked || testimony.standing == Standing::may_hold) continue;
    has_event = has_event || layer.mode == LayerMode::event;
    if (std::find(sources.begin(), sources.end(), layer.source) == sources.end())
      sources.push_back(layer.source);
  }
  if (sources.empty()) {
    return found.is_in_study_area || !session.composite().has_study_area()
               ? "no statement of this theme covers the point: unknown"
               : "no statement of this theme covers the point, which lies outside the study area";
  }
  std::string text;
  if (has_event) text = "within a layer of events the latest counts; ";
  if (sources.size() == 1) {
    text += fmt::format("one source speaks: {}", atlas[sources.front()].id);
  } else {
    std::vector<std::string> ids;
    ids.reserve(sources.size());
    for (const SourceId source : sources) {
      ids.push_back(rule == SourceRule::priority
                        ? fmt::format("{} (priority {})", atlas[source].id, atlas[source].priority)
                        : atlas[source].id);
    }
    text += fmt::format("{} sources speak: {}; ", sources.size(), fmt::join(ids, ", "));
    text += rule == SourceRule::priority   ? "rule priority: the greatest decides"
            : rule == SourceRule::majority ? "rule majority: the actor most of them name"
                                           : "rule all: every actor named holds it";
  }
  if (holders.is_contested(found.holder)) text += "; contested, because more than one actor is left";
  return text;
}

struct WhyCommand {
  QueryOptions query;
  OutputOptions output;
  std::string at;
  std::string lonlat;
  std::string place;
  std::string from;
  std::string to;

  void run() const {
    if (lonlat.empty() == place.empty())
      throw InvalidArgument("say where by one of --lonlat LON,LAT and --place NAME");
    output.check();
    query.refuse_two_layer("why");
    const Session session(query, Load::with_areas);
    const Whereabouts where = place.empty() ? parse_lonlat(lonlat) : find_place(session.atlas(), place);
    const Instant instant = session.instant(at);
    const Interval window{from.empty() ? Interval().from() : session.instant(from),
                          to.empty() ? Interval().to() : session.instant(to)};
    if (window.is_empty()) throw InvalidArgument("--from is not before --to; swap them");

    const Atlas& atlas = session.atlas();
    const Holders holders = session.holders();
    // Lines that were harmonised are those that decide.
    const std::optional<HarmonisedAtlas> moved =
        atlas.harmonise.value() > 0 ? std::optional(harmonise(atlas)) : std::nullopt;
    const Explanation found =
        explain(session.composite(), holders, moved ? moved->atlas : atlas, where.on_grid(), instant);

    Report report{session.head(), {}, session.notes()};
    Json& head = report.head;
    head["theme"] = to_string(session.theme());
    head["at"] = session.date(instant);
    if (!where.name.empty()) head["place"] = where.name;
    head["lon"] = where.lon.value();
    head["lat"] = where.lat.value();
    head["actor"] = holder_json(holders.id(found.holder));
    if (holders.is_contested(found.holder)) head["contested"] = true;
    if (found.possible.size() > 1) {
      head["possible_actors"] = Json::array();
      for (const auto& actors : found.possible)
        head["possible_actors"].push_back(holder_json(name_of_holders(atlas, actors, instant, false)));
    }
    head["from"] = end_json(session, found.holds.has_from(), found.holds.from());
    head["to"] = end_json(session, found.holds.has_to(), found.holds.to());
    head["because"] = reasoning(session, holders, found, session.rule());
    head["regions"] = Json::array();
    for (const RegionId region : found.regions) head["regions"].push_back(atlas[region].id);
    if (session.composite().has_study_area()) head["in_study_area"] = found.is_in_study_area;
    report.notes.insert(report.notes.begin(), summary(session, head));
    const auto explain_at = [&](Instant when) {
      return explain(session.composite(), holders, moved ? moved->atlas : atlas, where.on_grid(), when);
    };
    report.tables = {statements_table(session, found),
                     history_table(session, holders, found, window, explain_at)};
    report.tables.push_back(sources_table(session, report.tables));
    output.write(report, provenance(session, "why"));
  }

 private:
  static Json end_json(const Session& session, bool is_bounded, Instant at) {
    return is_bounded ? Json(session.date(at)) : Json(nullptr);
  }

  static Json doubt_json(const Session& session, const std::optional<FuzzyInstant>& date,
                         Instant FuzzyInstant::* bound) {
    if (!date) return nullptr;
    const Instant at = (*date).*bound;
    return end_json(session, at != Interval().from() && at != Interval().to(), at);
  }

  static std::string summary(const Session& session, const Json& head) {
    std::string text = head.contains("place") ? head["place"].get<std::string>() + ", " : std::string();
    text += fmt::format("{}, {} at {}: {} {}", head["lon"].get<double>(), head["lat"].get<double>(),
                        head["at"].get<std::string>(), to_string(session.theme()),
                        head["actor"].is_null() ? "unknown" : head["actor"].get<std::string>());
    if (!head["from"].is_null()) text += fmt::format(" since {}", head["from"].get<std::string>());
    if (!head["to"].is_null()) text += fmt::format(" until {}", head["to"].get<std::string>());
    if (head.contains("possible_actors")) {
      std::vector<std::string> names;
      for (const Json& actor : head["possible_actors"])
        names.push_back(actor.is_null() ? "unknown" : actor.get<std::string>());
      text += fmt::format("\ndates are in doubt: by those that are possible {}", fmt::join(names, " or "));
    }
    text += fmt::format("\n{}", head["because"].get<std::string>());
    if (!head["regions"].empty()) {
      std::vector<std::string> ids;
      for (const Json& region : head["regions"]) ids.push_back(region.get<std::string>());
      text += fmt::format("\nin region {}", fmt::join(ids, ", "));
    }
    return text;
  }

  static Json cites_of(const Atlas& atlas, const Statement& statement) {
    Json cites = Json::array();
    for (const SourceId source : statement.cites) cites.push_back(atlas[source].id);
    return cites;
  }

  static Table statements_table(const Session& session, const Explanation& found) {
    const Atlas& atlas = session.atlas();
    Table table{"rows",
                "statements that cover the point",
                {{"standing", "standing"},
                 {"actor", "actor"},
                 {"from", "from", Column::Kind::date},
                 {"to", "to", Column::Kind::date},
                 {"statement", "statement"},
                 {"source", "source"},
                 {"basis", "basis"},
                 {"certainty", "certainty"},
                 {"layer", "layer", Column::Kind::text, false},
                 {"mode", "mode", Column::Kind::text, false},
                 {"source_title", "title", Column::Kind::text, false},
                 {"source_url", "url", Column::Kind::text, false},
                 {"licence", "licence", Column::Kind::text, false},
                 {"priority", "priority", Column::Kind::count, false},
                 {"sigma_m", "sigma", Column::Kind::length, false},
                 {"note", "note", Column::Kind::text, false},
                 {"origin", "origin", Column::Kind::text, false}},
                Json::array()};
    // Those that count, and then those that did once.
    std::vector<std::pair<const Statement*, Standing>> told;
    for (const Testimony& testimony : found.testimonies)
      told.emplace_back(&atlas.statements[testimony.statement], testimony.standing);
    for (const SetAside& aside : found.set_aside)
      told.emplace_back(&atlas.set_aside[aside.statement], aside.standing());
    for (const auto& [told_statement, standing] : told) {
      const Statement& statement = *told_statement;
      const Layer& layer = atlas[statement.layer];
      const Source& source = atlas[layer.source];
      const Accuracy accuracy = statement.accuracy.value_or(source.accuracy());
      table.rows.push_back(
          {{"standing", to_string(standing)},
           {"actor", atlas[statement.actor].id},
           {"from", end_json(session, statement.validity.has_from(), statement.validity.from())},
           {"to", end_json(session, statement.validity.has_to(), statement.validity.to())},
           {"statement", statement.id},
           {"layer", layer.id},
           {"mode", to_string(layer.mode)},
           {"source", source.id},
           {"source_title", source.title},
           {"source_url", holder_json(source.url)},
           {"licence", holder_json(source.licence)},
           {"priority", source.priority},
           {"sigma_m", accuracy.sigma ? Json(accuracy.sigma->value()) : Json(nullptr)},
           {"basis", to_string(statement.basis)},
           {"certainty", to_string(statement.certainty)},
           {"cites", cites_of(atlas, statement)},
           {"note", holder_json(statement.note)},
           {"origin", holder_json(statement.origin)}});
    }
    const bool has_doubt =
        std::any_of(told.begin(), told.end(), [](const auto& one) { return one.first->doubt.has_value(); });
    if (has_doubt) {
      const auto to = std::find_if(table.columns.begin(), table.columns.end(),
                                   [](const Column& column) { return column.key == "to"; });
      table.columns.insert(to + 1, {{"from_earliest", "from earliest", Column::Kind::date},
                                    {"from_latest", "latest", Column::Kind::date},
                                    {"to_earliest", "to earliest", Column::Kind::date},
                                    {"to_latest", "latest", Column::Kind::date}});
      for (std::size_t i = 0; i < told.size(); ++i) {
        const Statement& statement = *told[i].first;
        const auto bound = [&](Instant at) {
          const bool is_bounded = at != Interval().from() && at != Interval().to();
          return end_json(session, is_bounded, at);
        };
        Json& row = table.rows[i];
        row["from_earliest"] = bound(statement.from().earliest);
        row["from_latest"] = bound(statement.from().latest);
        row["to_earliest"] = bound(statement.to().earliest);
        row["to_latest"] = bound(statement.to().latest);
      }
    }
    const bool has_record = std::any_of(told.begin(), told.end(), [](const auto& one) {
      return one.first->recorded || !one.first->author.empty();
    });
    if (has_record) {
      table.columns.insert(table.columns.end(), {{"recorded", "recorded"}, {"author", "author"}});
      for (std::size_t i = 0; i < told.size(); ++i) {
        const Statement& statement = *told[i].first;
        table.rows[i]["recorded"] =
            statement.recorded ? Json(session.date(*statement.recorded)) : Json(nullptr);
        table.rows[i]["author"] = holder_json(statement.author);
      }
    }
    if (std::any_of(told.begin(), told.end(),
                    [](const auto& one) { return one.first->state != State::published; })) {
      table.columns.push_back({"state", "state"});
      for (std::size_t i = 0; i < told.size(); ++i) table.rows[i]["state"] = to_string(told[i].first->state);
    }
    if (!found.set_aside.empty()) {
      table.columns.insert(
          table.columns.end(),
          {{"set_aside_by", "set aside by"}, {"set_aside_at", "on"}, {"set_aside_note", "because"}});
      for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const bool counts = i < found.testimonies.size();
        const SettingAside by = counts ? SettingAside{} : found.set_aside[i - found.testimonies.size()].by;
        Json& row = table.rows[i];
        row["set_aside_by"] = counts          ? Json(nullptr)
                              : by.by.empty() ? Json("a later record of its date")
                                              : Json(by.by);
        row["set_aside_at"] = by.recorded ? Json(session.date(*by.recorded)) : Json(nullptr);
        row["set_aside_note"] = holder_json(by.note);
      }
    }
    table.shown_when_empty = false;
    return table;
  }

  /// Who is meant by the ids of sources in the other tables.
  static Table sources_table(const Session& session, const std::vector<Table>& others) {
    Table table{"sources",
                "sources",
                {{"source", "source"},
                 {"title", "title"},
                 {"author", "author"},
                 {"date", "date"},
                 {"url", "link"},
                 {"licence", "licence", Column::Kind::text, false},
                 {"note", "note", Column::Kind::text, false}},
                Json::array()};
    std::set<std::string> named;
    for (const Table& other : others) {
      for (const Json& row : other.rows) {
        for (const char* key : {"source", "sources", "cites"}) {
          if (!row.contains(key)) continue;
          const Json ids = row[key].is_array() ? row[key] : Json::array({row[key]});
          for (const Json& id : ids) named.insert(id.get<std::string>());
        }
      }
    }
    for (const Source& source : session.atlas().sources) {
      if (!named.contains(source.id)) continue;
      table.rows.push_back({{"source", source.id},
                            {"title", source.title},
                            {"author", holder_json(source.author)},
                            {"date", holder_json(source.date)},
                            {"url", holder_json(source.url)},
                            {"licence", holder_json(source.licence)},
                            {"note", holder_json(source.note)}});
    }
    table.shown_when_empty = false;
    return table;
  }

  /// Who held the point, one after another, and what the statements say that decided it from then on.
  template <class ExplainAt>
  static Table history_table(const Session& session, const Holders& holders, const Explanation& found,
                             const Interval& window, const ExplainAt& explain_at) {
    Table table{"history",
                "who held the point",
                {{"from", "from", Column::Kind::date},
                 {"from_earliest", "earliest"},
                 {"from_latest", "latest"},
                 {"to", "to", Column::Kind::date},
                 {"actor", "actor"},
                 {"statements", "by", Column::Kind::text, false},
                 {"sources", "sources"},
                 {"cites", "resting on"},
                 {"note", "as stated"}},
                Json::array()};
    bool has_notes = false;
    bool has_cites = false;
    bool has_doubt = false;
    for (const Tenure& tenure : found.history) {
      if (tenure.when.intersection(window).is_empty()) continue;
      Json statements = Json::array();
      Json sources = Json::array();
      Json cites = Json::array();
      std::string note;
      std::optional<FuzzyInstant> begins;  // where who decided since may have done so at other dates
      if (tenure.when.has_from()) {
        for (const Testimony& testimony : explain_at(tenure.when.from()).testimonies) {
          if (testimony.standing != Standing::decides) continue;
          const Statement& statement = session.atlas().statements[testimony.statement];
          statements.push_back(statement.id);
          if (statement.doubt && statement.from().nominal == tenure.when.from() &&
              !statement.from().is_exact())
            begins = statement.from();
          const Json said_by = session.atlas()[session.atlas()[statement.layer].source].id;
          if (std::find(sources.begin(), sources.end(), said_by) == sources.end()) sources.push_back(said_by);
          for (const SourceId source : statement.cites) {
            const std::string& id = session.atlas()[source].id;
            if (std::find(cites.begin(), cites.end(), id) == cites.end()) cites.push_back(id);
          }
          if (!statement.note.empty()) note += (note.empty() ? "" : " / ") + statement.note;
        }
      }
      has_notes = has_notes || !note.empty();
      has_doubt = has_doubt || begins;
      has_cites = has_cites || !cites.empty();
      table.rows.push_back({{"from", end_json(session, tenure.when.has_from(), tenure.when.from())},
                            {"from_earliest", doubt_json(session, begins, &FuzzyInstant::earliest)},
                            {"from_latest", doubt_json(session, begins, &FuzzyInstant::latest)},
                            {"to", end_json(session, tenure.when.has_to(), tenure.when.to())},
                            {"actor", holder_json(holders.id(tenure.holder))},
                            {"statements", std::move(statements)},
                            {"sources", std::move(sources)},
                            {"cites", std::move(cites)},
                            {"note", note}});
    }
    // Columns without a word in them tell nothing; the keys stay.
    std::erase_if(table.columns, [&](const Column& column) {
      return (column.key == "note" && !has_notes) || (column.key == "cites" && !has_cites) ||
             (column.key.starts_with("from_") && !has_doubt);
    });
    return table;
  }
};

}  // namespace

void add_why(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("why", "Who held a point, by which statements, of which sources, by which rule");
  const auto state = std::make_shared<WhyCommand>();
  state->query.declare_statements(*command);
  command->add_option("--at", state->at, "date: ISO 8601, a period of the atlas, latest or previous")
      ->required()
      ->type_name("DATE");
  command->add_option("--lonlat", state->lonlat, "the point in degrees (WGS84), longitude first")
      ->type_name("LON,LAT");
  command->add_option("--place", state->place, "a place of the atlas's gazetteer, by any of its names")
      ->type_name("NAME");
  command->add_option("--from", state->from, "history since then only")->type_name("DATE");
  command->add_option("--to", state->to, "history before then only")->type_name("DATE");
  state->output.declare(*command, false);
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
