#include "tools/cli/change_features.h"

#include "tools/cli/bands.h"
#include "tools/cli/feature_statements.h"
#include "tools/cli/layers.h"
#include "tools/cli/time_columns.h"
#include <marchland/analysis/changes.h>

#include <fmt/format.h>

#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace marchland::cli {

void ChangeFeatures::add_to(FeatureOutput& out, const Session& session, const Holders& holders) const {
  const std::vector<bool> ground = ground_of(session, holders);
  const TimeAxis& times = session.composite().times();
  const Instant a = session.instant(from);
  const Instant b = session.instant(to);
  const auto before = holders.faces_at(times.epoch_of(a));
  const auto after = holders.faces_at(times.epoch_of(b));
  // Transitions in the order of ids, unknown last.
  using Key = std::tuple<bool, std::string, bool, std::string>;
  const auto key_of = [&](HolderIndex x, HolderIndex y) {
    return Key{x == kUnknown, holders.id(x), y == kUnknown, holders.id(y)};
  };
  const auto is_meant = [&](FaceIndex f) {
    const HolderIndex x = before[f];
    const HolderIndex y = after[f];
    if (!ground[f] || (x == y && (!held || x == kUnknown))) return false;
    return session.wants(holders, x, a) || session.wants(holders, y, b);
  };
  std::map<Key, std::pair<HolderIndex, HolderIndex>> occurring;
  for (FaceIndex f = 0; f < before.size(); ++f) {
    if (is_meant(f)) occurring.try_emplace(key_of(before[f], after[f]), before[f], after[f]);
  }
  std::vector<std::pair<HolderIndex, HolderIndex>> transitions;
  std::map<std::pair<HolderIndex, HolderIndex>, Category> category;
  for (const auto& [key, transition] : occurring) {
    transitions.push_back(transition);
    category[transition] = static_cast<Category>(transitions.size());
  }
  std::vector<Category> faces(before.size(), 0);
  for (FaceIndex f = 0; f < faces.size(); ++f) {
    if (is_meant(f)) faces[f] = category.at({before[f], after[f]});
  }
  out.note("from", from);
  out.note("to", to);
  out.explain_none(fmt::format("no ground changed hands between {} and {}", from, to));
  // What decided at either date.
  const FeatureStatements statements(session, holders);
  const auto named_at = [&](Instant date, const auto& side) {
    const TimeIndex epoch = times.epoch_of(date);
    std::vector<DecidingStatements::Ground> grounds(transitions.size() + 1);
    for (std::size_t t = 0; t < transitions.size(); ++t)
      grounds[t + 1] = {side(transitions[t]), epoch, epoch + 1};
    return statements(faces, grounds);
  };
  const auto named_before = named_at(a, [](const auto& transition) { return transition.first; });
  const auto named_after = named_at(b, [](const auto& transition) { return transition.second; });
  const bool has_lists = has_room_for_statements(out.path());
  using enum FeatureField::Type;
  std::vector<FeatureField> fields{{"actor", text},    {"actor_name", text}, {"from_actor", text},
                                   {"to_actor", text}, {"changed", boolean}, {"theme", text}};
  add_interval_fields(fields);
  fields.push_back({"area_m2", real});
  std::optional<Bands> bands;
  std::optional<AreaErrors> within;
  std::optional<DrawnGround> drawn_before;
  std::optional<DrawnGround> drawn_after;
  std::vector<NoiseFloor> floors;
  if (session.has_bands()) {
    add_band_fields(fields);
    bands.emplace(session, holders);
    within.emplace(bands->within(session.scope()));
    drawn_before.emplace(bands->lines(), holders, times.epoch_of(a));
    drawn_after.emplace(bands->lines(), holders, times.epoch_of(b));
    floors = noise_floors(bands->lines(), holders, a, b, session.scope());
  }
  for (const char* side : {"from", "to"}) {
    fields.push_back({fmt::format("{}_sources", side), text});
    if (has_lists) fields.push_back({fmt::format("{}_statements", side), text});
    fields.push_back({fmt::format("{}_statement_count", side), integer});
  }
  fields.push_back({"color", text});
  const auto band_between = [&](HolderIndex x, HolderIndex y, double area) {
    const AreaError error = within->of(*drawn_before, x, *drawn_after, y, kHeldAtBoth);
    // No more passes by drawing anew than either side's line yields.
    return band_values(
        area,
        x == y ? cli::held(error, floors[x]) : gross(error, floors[floors[x].area < floors[y].area ? x : y]),
        0.0, kNoLimit);
  };
  out.add_polygons("changes",
                   fmt::format("{}: {} to {}", session.atlas().title, session.date(a), session.date(b)),
                   std::move(fields), faces, [&](Category c, AreaUnits area) {
                     const auto [x, y] = transitions[c - 1];
                     const std::string name = name_of(session.atlas(), holders, y);
                     std::vector<FieldValue> values{holder_value(holders, y),
                                                    name.empty() ? FieldValue{} : FieldValue{name},
                                                    holder_value(holders, x),
                                                    holder_value(holders, y),
                                                    x != y,
                                                    std::string(to_string(holders.theme()))};
                     add_interval_values(values, {a, b});
                     values.emplace_back(square_meters(area));
                     if (bands) {
                       BandValues band = band_between(x, y, square_meters(area));
                       values.push_back(std::move(band.low));
                       values.push_back(std::move(band.high));
                     }
                     for (const auto* named : {&named_before, &named_after}) {
                       values.push_back((*named)[c].sources);
                       if (has_lists) values.push_back((*named)[c].statements);
                       values.push_back((*named)[c].count);
                     }
                     values.emplace_back(color_of(session.atlas(), holders, y));
                     return values;
                   });
}

void add_changes(FeatureOutput& out, const Session& session, const std::string& from, const std::string& to) {
  ChangeFeatures{.from = from, .to = to}.add_to(out, session, session.holders());
}

}  // namespace marchland::cli
