#include "tools/cli/map_data.h"

#include "tools/cli/feature_output.h"
#include "tools/cli/feature_statements.h"
#include "tools/cli/reports.h"
#include <marchland/analysis/dissolve.h>
#include <marchland/analysis/pieces.h>
#include <marchland/analysis/shared_arcs.h>
#include <marchland/base/error.h>
#include <marchland/measure/length.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace marchland::cli {
namespace {

/// Stretches of time of one ground for which statements are told apart by their lines; of more, readers are
/// told the candidates.
constexpr std::size_t kMostRounds = 64;

/// The coverages of a face: of each theme that is shown, then of the regions.
using GroundKey = std::array<CoverageIndex, kLabelGroups>;

bool has_statements(const Atlas& atlas, Theme theme) {
  return std::any_of(atlas.statements.begin(), atlas.statements.end(),
                     [&](const Statement& s) { return atlas[s.layer].theme == theme; });
}

std::string name_in(const std::string& language, const Actor& actor) {
  const auto name = actor.names.find(language);
  if (name != actor.names.end()) return name->second;
  return actor.name.empty() ? actor.id : actor.name;
}

/// Text that is there; keys of empty ones are left out.
void add_text(Json& to, const char* key, const std::string& text) {
  if (!text.empty()) to[key] = text;
}

class MapData {
 public:
  MapData(const Session& session, std::string language)
      : session_(&session),
        atlas_(&session.atlas()),
        composite_(&session.composite()),
        language_(std::move(language)) {
    for (const Theme theme : kThemes) {
      if (theme == session.theme() || has_statements(*atlas_, theme))
        themes_.push_back({theme, session.holders(theme)});
    }
    divide();
  }

  /// Of what figures are of, there is nothing.
  [[nodiscard]] bool is_empty() const { return keys_.empty() || session_->holders().size() <= 1; }

  [[nodiscard]] Json document() {
    Json out = session_->head();
    out["format"] = "marchland-map-1";
    out["program"] = "marchland " MARCHLAND_VERSION;
    add_text(out, "title", atlas_->title);
    add_text(out, "disclaimer", atlas_->disclaimer);
    add_text(out, "attribution", atlas_->attribution);
    add_text(out, "filters", session_->filters());
    add_text(out, "language", language_);
    out["theme"] = to_string(session_->theme());
    out["utc_offset_minutes"] = atlas_->days.utc_offset.count();
    out["day_starts_minutes"] = atlas_->days.day_starts.count();
    out["actors"] = actors();
    out["sources"] = sources();
    out["layers"] = layers();
    out["statements"] = statements();
    out["periods"] = periods();
    out["places"] = places();
    out["regions"] = Json::array();
    for (const Region& region : atlas_->regions) {
      Json& row = out["regions"].emplace_back(Json{{"id", region.id}});
      add_text(row, "name", region.name);
      add_text(row, "code", region.code);
      add_text(row, "edition", region.edition);
    }
    out["standings"] = Json::array();
    for (const Standing standing : {Standing::decides, Standing::painted_over, Standing::overruled,
                                    Standing::outvoted, Standing::not_asked, Standing::may_hold})
      out["standings"].push_back(to_string(standing));
    out["themes"] = Json::object();
    for (std::size_t i = 0; i < themes_.size(); ++i)
      out["themes"][std::string(to_string(themes_[i].theme))] = theme(i);
    out["region_sets"] = region_sets();
    out["figures"] = figures();
    add_ground(out);
    out["times"] = Json::array();
    out["time_texts"] = Json::array();
    for (const TimeIndex time : times_) {
      const Instant at = composite_->times()[time];
      out["times"].push_back(seconds(at));
      out["time_texts"].push_back(time == 0 ? Json(nullptr) : Json(session_->date(at)));
    }
    out["dates"] = Json::array();
    for (const TimeIndex time : dates_) out["dates"].push_back(time_number(time));
    return out;
  }

 private:
  struct ShownTheme {
    Theme theme;
    Holders holders;
  };

  /// Seconds since 1970-01-01T00:00Z; null for an open end.
  static Json seconds(Instant at) {
    if (at == Interval().from() || at == Interval().to()) return nullptr;
    return at.time_since_epoch().count();
  }

  /// Faces by what covers them: one ground for each combination.
  void divide() {
    const std::size_t face_count = composite_->plane().face_count();
    std::vector<bool> shown(face_count, false);
    for (const ShownTheme& each : themes_) {
      const std::vector<bool> ground = ground_of(*session_, each.holders);
      for (FaceIndex f = 0; f < face_count; ++f) {
        if (ground[f]) shown[f] = true;
      }
    }
    std::map<GroundKey, Category> numbers;
    of_face_.assign(face_count, 0);
    for (FaceIndex f = 0; f < face_count; ++f) {
      if (!shown[f]) continue;
      GroundKey key{};
      for (std::size_t i = 0; i < themes_.size(); ++i)
        key[i] = composite_->coverage(f, themes_[i].holders.group());
      key.back() = composite_->coverage(f, LabelGroup::region);
      const auto [entry, is_new] = numbers.try_emplace(key, static_cast<Category>(keys_.size() + 1));
      if (is_new) keys_.push_back(key);
      of_face_[f] = entry->second;
    }
    // Times that anything refers to are numbered as they come, and in the order of time at last.
    std::set<TimeIndex> referred{0};
    std::set<TimeIndex> steps;
    for (std::size_t i = 0; i < themes_.size(); ++i) {
      const ShownTheme& each = themes_[i];
      for (const CoverageIndex coverage : coverages(i)) {
        for (const HolderSpan& span : each.holders.timeline(coverage)) {
          referred.insert(span.since);
          if (span.since != 0 && atlas_->window.when.contains(composite_->times()[span.since]))
            steps.insert(span.since);
        }
        for (const CoverageRun& run : composite_->runs(each.holders.group(), coverage)) {
          referred.insert(run.from);
          referred.insert(run.to);
        }
      }
    }
    times_.assign(referred.begin(), referred.end());
    dates_.assign(steps.begin(), steps.end());
    if (dates_.empty()) dates_.push_back(0);
  }

  /// Of a theme, those that some ground has; sorted.
  [[nodiscard]] std::vector<CoverageIndex> coverages(std::size_t part) const {
    std::set<CoverageIndex> found;
    for (const GroundKey& key : keys_) found.insert(key[part]);
    return {found.begin(), found.end()};
  }
  [[nodiscard]] static std::size_t place_in(const std::vector<CoverageIndex>& list, CoverageIndex coverage) {
    return static_cast<std::size_t>(std::lower_bound(list.begin(), list.end(), coverage) - list.begin());
  }
  [[nodiscard]] std::size_t time_number(TimeIndex time) const {
    return static_cast<std::size_t>(std::lower_bound(times_.begin(), times_.end(), time) - times_.begin());
  }

  [[nodiscard]] Json actors() const {
    Json out = Json::array();
    for (const Actor& actor : atlas_->actors) {
      Json& row = out.emplace_back(
          Json{{"id", actor.id}, {"name", name_in(language_, actor)}, {"color", actor.color}});
      for (const auto& [language, name] : actor.names) row["names"][language] = name;
      if (!actor.names.empty()) row["main_name"] = actor.name.empty() ? actor.id : actor.name;
    }
    return out;
  }

  [[nodiscard]] Json sources() const {
    Json out = Json::array();
    for (const Source& source : atlas_->sources) {
      Json& row = out.emplace_back(Json{{"id", source.id}});
      add_text(row, "title", source.title);
      add_text(row, "author", source.author);
      add_text(row, "licence", source.licence);
      add_text(row, "url", source.url);
      add_text(row, "date", source.date);
      add_text(row, "note", source.note);
      if (source.sigma) row["sigma_m"] = source.sigma->value();
    }
    return out;
  }

  [[nodiscard]] Json layers() const {
    Json out = Json::array();
    for (const Layer& layer : atlas_->layers) {
      out.push_back({{"id", layer.id},
                     {"source", layer.source.index()},
                     {"theme", to_string(layer.theme)},
                     {"mode", to_string(layer.mode)}});
    }
    return out;
  }

  [[nodiscard]] Json statements() const {
    Json out = Json::array();
    for (const Statement& statement : atlas_->statements) {
      Json& row = out.emplace_back(Json{{"id", statement.id},
                                        {"layer", statement.layer.index()},
                                        {"actor", statement.actor.index()},
                                        {"from", seconds(statement.validity.from())},
                                        {"to", seconds(statement.validity.to())}});
      if (statement.basis != Basis::drawn) row["basis"] = to_string(statement.basis);
      if (statement.certainty != Certainty::confirmed) row["certainty"] = to_string(statement.certainty);
      add_text(row, "note", statement.note);
      for (const SourceId source : statement.cites) row["cites"].push_back(source.index());
      if (!statement.doubt) continue;
      const auto range = [&](const FuzzyInstant& at) {
        return at.earliest == at.latest ? Json(nullptr)
                                        : Json{session_->date(at.earliest), session_->date(at.latest)};
      };
      row["from_between"] = range(statement.from());
      row["to_between"] = range(statement.to());
    }
    return out;
  }

  [[nodiscard]] Json periods() const {
    Json out = Json::array();
    for (const Period& period : atlas_->periods) {
      Json& row = out.emplace_back(Json{{"id", period.id}});
      add_text(row, "title", period.title);
      row["from"] = seconds(period.when.from());
      if (!period.is_instant) row["to"] = seconds(period.when.to());
    }
    return out;
  }

  [[nodiscard]] Json places() const {
    Json out = Json::array();
    for (const Place& place : atlas_->places) {
      Json& row = out.emplace_back(
          Json{{"name", place.name}, {"lon", place.lon.value()}, {"lat", place.lat.value()}});
      if (!place.other_names.empty()) row["names"] = place.other_names;
    }
    return out;
  }

  [[nodiscard]] Json theme(std::size_t part) const {
    const Holders& holders = themes_[part].holders;
    Json out{{"holders", Json::array()}, {"grounds", Json::array()}, {"accounts", Json::array()}};
    for (HolderIndex h = 0; h < holders.size(); ++h) {
      Json row{{"id", holder_json(holders.id(h))},
               {"color", color_of(*atlas_, holders, h)},
               {"actors", Json::array()}};
      for (const ActorId actor : holders.actors(h)) row["actors"].push_back(actor.index());
      out["holders"].push_back(std::move(row));
    }
    const std::vector<Turns> turns = turns_of(part);
    const auto statements = deciding_statements(part, turns);
    std::size_t number = 0;
    for (const CoverageIndex coverage : coverages(part)) {
      Json spans = Json::array();
      for (const HolderSpan& span : holders.timeline(coverage)) {
        const bool is_wanted =
            span.holder == kUnknown || session_->wants(holders, span.holder, composite_->times()[span.since]);
        spans.push_back(time_number(span.since));
        spans.push_back(is_wanted ? span.holder : kUnknown);
      }
      out["grounds"].push_back(std::move(spans));
      out["accounts"].push_back(accounts(holders, coverage, turns[number], statements[number]));
      ++number;
    }
    return out;
  }

  /// Epochs from which on another account holds, in order; the first is 0.
  using Turns = std::vector<TimeIndex>;
  /// Statements by the turn at which they decide.
  using StatementsByTurn = std::map<TimeIndex, std::vector<std::uint32_t>>;

  [[nodiscard]] std::vector<Turns> turns_of(std::size_t part) const {
    std::vector<Turns> out;
    for (const CoverageIndex coverage : coverages(part)) {
      std::set<TimeIndex> turns{0};
      for (const CoverageRun& run : composite_->runs(themes_[part].holders.group(), coverage)) {
        turns.insert(run.from);
        turns.insert(run.to);
      }
      turns.erase(composite_->times().for_ever());
      out.emplace_back(turns.begin(), turns.end());
    }
    return out;
  }

  /// Whether layer, actor and time leave a choice between statements for some run that decides at the epoch.
  [[nodiscard]] bool is_ambiguous(const Holders& holders, CoverageIndex coverage, TimeIndex epoch) const {
    for (const RunStanding& each : holders.account(coverage, epoch)) {
      if (each.standing != Standing::decides) continue;
      const Slot& slot = composite_->slots()[each.run.slot];
      const bool is_event = (*atlas_)[slot.layer].mode == LayerMode::event;
      const auto candidates = std::count_if(
          atlas_->statements.begin(), atlas_->statements.end(), [&](const Statement& statement) {
            return statement.layer == slot.layer && statement.actor == slot.actor &&
                   (is_event ? statement.validity.from() == composite_->times()[each.run.from]
                             : statement.validity.contains(composite_->times()[epoch]));
          });
      if (candidates > 1) return true;
    }
    return false;
  }

  /// By coverage, of the turns that are ambiguous: whoever reads the page finds the others by layer, actor
  /// and date. Lists too long to be read are left out.
  [[nodiscard]] std::vector<StatementsByTurn> deciding_statements(std::size_t part,
                                                                  const std::vector<Turns>& turns) const {
    const Holders& holders = themes_[part].holders;
    const std::vector<CoverageIndex> all = coverages(part);
    const FeatureStatements named(*session_, holders);
    std::vector<StatementsByTurn> out(all.size());
    std::size_t rounds = 0;
    for (const Turns& each : turns) rounds = std::max(rounds, each.size());
    // Ground can be asked about one stretch of time at once, so there is a round for each.
    for (std::size_t round = 0; round < std::min(rounds, kMostRounds); ++round) {
      std::vector<DecidingStatements::Ground> grounds(1);
      std::vector<std::uint32_t> category(all.size(), 0);
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (round >= turns[i].size() || !is_ambiguous(holders, all[i], turns[i][round])) continue;
        const TimeIndex from = turns[i][round];
        category[i] = static_cast<std::uint32_t>(grounds.size());
        grounds.push_back(
            {holders.at(all[i], from), from,
             round + 1 < turns[i].size() ? turns[i][round + 1] : composite_->times().for_ever()});
      }
      if (grounds.size() == 1) continue;
      std::vector<std::uint32_t> faces(of_face_.size(), 0);
      for (FaceIndex f = 0; f < faces.size(); ++f) {
        if (of_face_[f] != 0) faces[f] = category[place_in(all, composite_->coverage(f, holders.group()))];
      }
      const auto answer = named.deciding()(faces, grounds);
      if (!answer.is_complete) continue;
      for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& found = answer.statements[category[i]];
        if (category[i] != 0 && found.size() <= kMostStatementsNamed) out[i][turns[i][round]] = found;
      }
    }
    return out;
  }

  /// What became of each run, turn by turn: time, [[layer, actor, standing, since, statements?], ...], ...
  [[nodiscard]] Json accounts(const Holders& holders, CoverageIndex coverage, const Turns& turns,
                              const StatementsByTurn& statements) const {
    Json out = Json::array();
    // An event that was painted over decided when it came.
    std::map<std::tuple<std::size_t, std::size_t, TimeIndex>, Json> known;
    for (const TimeIndex turn : turns) {
      Json rows = Json::array();
      const auto deciding = statements.find(turn);
      for (const RunStanding& each : holders.account(coverage, turn)) {
        if (each.standing == Standing::not_asked) continue;
        const Slot& slot = composite_->slots()[each.run.slot];
        Json row{slot.layer.index(), slot.actor.index(), static_cast<int>(each.standing),
                 time_number(each.run.from)};
        const bool is_event = (*atlas_)[slot.layer].mode == LayerMode::event;
        const std::tuple run(slot.layer.index(), slot.actor.index(), each.run.from);
        if (each.standing == Standing::decides && deciding != statements.end()) {
          Json its = Json::array();
          for (const std::uint32_t i : deciding->second) {
            const Statement& statement = atlas_->statements[i];
            if (statement.layer == slot.layer && statement.actor == slot.actor &&
                (!is_event || statement.validity.from() == composite_->times()[each.run.from]))
              its.push_back(i);
          }
          known[run] = its;
          row.push_back(std::move(its));
        } else if (const auto its = known.find(run); is_event && its != known.end()) {
          row.push_back(its->second);
        }
        rows.push_back(std::move(row));
      }
      if (!out.empty() && out.back() == rows) continue;
      out.push_back(time_number(turn));
      out.push_back(std::move(rows));
    }
    return out;
  }

  [[nodiscard]] Json region_sets() const {
    Json out = Json::array();
    for (const CoverageIndex coverage : coverages(kLabelGroups - 1)) {
      std::set<std::size_t> regions;
      for (const CoverageRun& run : composite_->runs(LabelGroup::region, coverage)) {
        const RegionId region = composite_->slots()[run.slot].region;
        if (region != RegionId{}) regions.insert(region.index());
      }
      out.push_back(regions);
    }
    return out;
  }

  /// Areas at every change of the session's theme, as `timeline` has them.
  [[nodiscard]] Json figures() const {
    const Report report = timeline_report(*session_, "change");
    Json out = Json::array();
    std::string at;
    for (const Json& row : report.tables.front().rows) {
      if (out.empty() || row["at"] != at) {
        at = row["at"].get<std::string>();
        out.push_back({{"at", seconds(session_->instant(at))}, {"rows", Json::array()}});
      }
      Json figure{row["actor"], row["area_m2"]};
      // A band of lines, then one of dates.
      for (const char* key : {"low_m2", "high_m2", "date_low_m2", "date_high_m2"})
        figure.push_back(row.contains(key) ? row[key] : Json(nullptr));
      while (figure.back().is_null() && figure.size() > 2) figure.erase(figure.size() - 1);
      out.back()["rows"].push_back(std::move(figure));
    }
    return out;
  }

  void add_ground(Json& out) const {
    const Arrangement& plane = composite_->plane();
    std::vector<bool> lines(plane.edges().size());
    for (EdgeIndex e = 0; e < lines.size(); ++e)
      lines[e] = of_face_[plane.face(2 * e)] != of_face_[plane.face(2 * e + 1)];
    const Dissolver dissolver(*composite_, lines, {});
    std::vector<MultiPolygon> areas(keys_.size());
    AreaUnits worst_rounding = 0;
    for (Dissolved& piece : dissolver(of_face_)) {
      const AreaUnits change = piece.rounded - piece.exact;
      if (piece.category != 0) worst_rounding = std::max(worst_rounding, change < 0 ? -change : change);
      if (piece.category != 0) areas[piece.category - 1] = std::move(piece.area);
    }
    const SharedArcs shared = share_arcs(areas);

    std::vector<AreaUnits> area(keys_.size(), 0);
    std::vector<FaceIndex> largest(keys_.size(), kUnboundedFace);
    for (FaceIndex f = 0; f < of_face_.size(); ++f) {
      if (of_face_[f] == 0) continue;
      const std::size_t i = of_face_[f] - 1;
      const AreaUnits its = session_->areas()[f];
      area[i] += its;
      if (largest[i] == kUnboundedFace || its > session_->areas()[largest[i]]) largest[i] = f;
    }
    const auto points = points_inside(plane, largest);

    std::array<std::vector<CoverageIndex>, kLabelGroups> numbers;
    for (std::size_t i = 0; i < themes_.size(); ++i) numbers[i] = coverages(i);
    numbers.back() = coverages(kLabelGroups - 1);
    Json geometries = Json::array();
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      Json properties{{"area_m2", square_meters(area[i])}};
      for (std::size_t t = 0; t < themes_.size(); ++t)
        properties[std::string(to_string(themes_[t].theme))] = place_in(numbers[t], keys_[i][t]);
      properties["regions"] = place_in(numbers.back(), keys_[i].back());
      if (points[i]) properties["point"] = {points[i]->lon.value(), points[i]->lat.value()};
      geometries.push_back({{"type", "MultiPolygon"},
                            {"id", i},
                            {"properties", std::move(properties)},
                            {"arcs", shared.areas[i]}});
    }
    Json arcs = Json::array();
    Json lengths = Json::array();
    constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
    std::array<std::int32_t, 4> box{kMost, kMost, -kMost, -kMost};
    for (const std::vector<GridPoint>& arc : shared.arcs) {
      Json steps = Json::array();
      GridPoint before{};
      Position last{};
      double length = 0.0;
      for (const GridPoint p : arc) {
        const Position here{grid_to_degrees(p.x), grid_to_degrees(p.y)};
        if (!steps.empty()) length += edge_length(last, here).value();
        steps.push_back(
            {static_cast<std::int64_t>(p.x) - before.x, static_cast<std::int64_t>(p.y) - before.y});
        box = {std::min(box[0], p.x), std::min(box[1], p.y), std::max(box[2], p.x), std::max(box[3], p.y)};
        before = p;
        last = here;
      }
      arcs.push_back(std::move(steps));
      lengths.push_back(std::round(length * 1000.0) / 1000.0);
    }
    Json bounds = Json::array();
    for (const std::int32_t side : box) bounds.push_back(grid_to_degrees(side));
    out["arc_lengths_m"] = std::move(lengths);
    out["rounding_m2"] = square_meters(worst_rounding);
    out["topology"] = {
        {"type", "Topology"},
        {"bbox", std::move(bounds)},
        {"transform", {{"scale", {1e-7, 1e-7}}, {"translate", {0, 0}}}},
        {"objects", {{"ground", {{"type", "GeometryCollection"}, {"geometries", std::move(geometries)}}}}},
        {"arcs", std::move(arcs)}};
  }

  const Session* session_;
  const Atlas* atlas_;
  const Composite* composite_;
  std::string language_;
  std::vector<ShownTheme> themes_;
  std::vector<GroundKey> keys_;    ///< by category - 1
  std::vector<Category> of_face_;  ///< 0: not shown
  std::vector<TimeIndex> times_;   ///< that anything refers to
  std::vector<TimeIndex> dates_;   ///< at which something changes
};

}  // namespace

Json map_data(const Session& session, const std::string& language) {
  MapData data(session, language);
  if (data.is_empty()) {
    throw InvalidArgument(
        fmt::format("there is no ground to show{}; the atlas has {}",
                    session.filters().empty() ? std::string() : ", of what " + session.filters() + " leaves",
                    themes_of(session.atlas())));
  }
  return data.document();
}

bool has_ground_to_map(const Session& session) {
  return !MapData(session, "").is_empty();
}

}  // namespace marchland::cli
