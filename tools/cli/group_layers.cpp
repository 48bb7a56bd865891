// Polygons by group: the ground of actors of one group at a date together, as rows by group count it.
#include "tools/cli/layers.h"
#include "tools/cli/time_columns.h"
#include <marchland/analysis/groups.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <tuple>
#include <utility>

namespace marchland::cli {
namespace {

/// Unknown comes last.
using NameKey = std::pair<bool, std::string>;

NameKey key_of(const std::string& name) {
  return {name.empty(), name};
}
FieldValue value_of(const std::string& name) {
  return name.empty() ? FieldValue{} : FieldValue{name};
}

/// The category of each key in their order, from 1.
template <class Key>
void number(std::map<Key, Category>& categories) {
  Category next = 0;
  for (auto& [key, category] : categories) category = ++next;
}

std::vector<bool> lines_between(const Arrangement& plane, const std::vector<Category>& faces) {
  std::vector<bool> lines(plane.edges().size());
  for (EdgeIndex e = 0; e < lines.size(); ++e)
    lines[e] = faces[plane.face(2 * e)] != faces[plane.face(2 * e + 1)];
  return lines;
}

}  // namespace

void add_group_states(FeatureOutput& out, const Session& session, const std::vector<std::string>& at) {
  const Holders holders = session.holders();
  const Composite& composite = session.composite();
  const std::vector<bool> ground = ground_of(session, holders);
  const std::string theme(to_string(holders.theme()));
  using enum FeatureField::Type;
  FeatureSet set{theme,
                 fmt::format("{}: {}", session.atlas().title, theme),
                 {{"actor", text}, {"theme", text}, {"at", instant}, {"area_m2", real}, {"color", text}},
                 {}};
  for (const Instant date : session.instants(at)) {
    const auto held = holders.faces_at(composite.times().epoch_of(date));
    const auto names = holder_names(holders, session.atlas(), date, true);
    std::map<NameKey, Category> categories;
    std::vector<std::pair<std::string, std::string>> name_and_color;
    const auto is_meant = [&](FaceIndex f) {
      return ground[f] && (held[f] == kUnknown || session.wants(names[held[f]], date));
    };
    for (FaceIndex f = 0; f < held.size(); ++f) {
      if (is_meant(f)) categories.try_emplace(key_of(names[held[f]]), 0);
    }
    number(categories);
    name_and_color.resize(categories.size() + 1);
    std::vector<Category> faces(held.size(), 0);
    for (FaceIndex f = 0; f < held.size(); ++f) {
      if (!is_meant(f)) continue;
      faces[f] = categories.at(key_of(names[held[f]]));
      auto& [name, color] = name_and_color[faces[f]];
      if (color.empty())
        std::tie(name, color) = std::pair(names[held[f]], color_of(session.atlas(), holders, held[f]));
    }
    auto features = out.polygons(
        out.dissolver(lines_between(composite.plane(), faces)), faces, [&](Category c, AreaUnits area) {
          const auto& [name, color] = name_and_color[c];
          return std::vector<FieldValue>{value_of(name), theme, date, square_meters(area), color};
        });
    std::move(features.begin(), features.end(), std::back_inserter(set.features));
  }
  out.note("at", fmt::format("{}", fmt::join(at, ", ")));
  out.explain_none(fmt::format("nothing of theme {} is held at {}", theme, fmt::join(at, ", ")));
  out.add(std::move(set));
}

void add_group_changes(FeatureOutput& out, const Session& session, const std::string& from,
                       const std::string& to) {
  const Holders holders = session.holders();
  const TimeAxis& times = session.composite().times();
  const std::vector<bool> ground = ground_of(session, holders);
  const Instant a = session.instant(from);
  const Instant b = session.instant(to);
  const auto before = holders.faces_at(times.epoch_of(a));
  const auto after = holders.faces_at(times.epoch_of(b));
  const auto names_before = holder_names(holders, session.atlas(), a, true);
  const auto names_after = holder_names(holders, session.atlas(), b, true);
  using Key = std::pair<NameKey, NameKey>;
  std::map<Key, Category> categories;
  const auto key_at = [&](FaceIndex f) {
    return Key{key_of(names_before[before[f]]), key_of(names_after[after[f]])};
  };
  const auto is_meant = [&](FaceIndex f) {
    const std::string& x = names_before[before[f]];
    const std::string& y = names_after[after[f]];
    return ground[f] && x != y && (session.wants(x, a) || session.wants(y, b));
  };
  for (FaceIndex f = 0; f < before.size(); ++f) {
    if (is_meant(f)) categories.try_emplace(key_at(f), 0);
  }
  number(categories);
  std::vector<Key> transitions(categories.size() + 1);
  for (const auto& [key, category] : categories) transitions[category] = key;
  std::vector<std::string> colors(transitions.size());
  std::vector<Category> faces(before.size(), 0);
  for (FaceIndex f = 0; f < faces.size(); ++f) {
    if (!is_meant(f)) continue;
    faces[f] = categories.at(key_at(f));
    if (colors[faces[f]].empty()) colors[faces[f]] = color_of(session.atlas(), holders, after[f]);
  }
  out.note("from", from);
  out.note("to", to);
  out.explain_none(fmt::format("no ground passed between groups between {} and {}", from, to));
  const std::string theme(to_string(holders.theme()));
  using enum FeatureField::Type;
  std::vector<FeatureField> fields{
      {"actor", text}, {"from_actor", text}, {"to_actor", text}, {"theme", text}};
  add_interval_fields(fields);
  fields.push_back({"area_m2", real});
  fields.push_back({"color", text});
  out.add_polygons(
      "changes", fmt::format("{}: {} to {}", session.atlas().title, session.date(a), session.date(b)),
      std::move(fields), faces, [&](Category c, AreaUnits area) {
        const auto& [x, y] = transitions[c];
        std::vector<FieldValue> values{value_of(y.second), value_of(x.second), value_of(y.second), theme};
        add_interval_values(values, {a, b});
        values.emplace_back(square_meters(area));
        values.emplace_back(colors[c]);
        return values;
      });
}

}  // namespace marchland::cli
