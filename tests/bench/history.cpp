#include "tests/bench/history.h"

#include <marchland/time/time_axis.h>

#include <algorithm>
#include <limits>
#include <map>

namespace marchland::bench {

namespace {

struct Box {
  double west = std::numeric_limits<double>::infinity();
  double south = std::numeric_limits<double>::infinity();
  double east = -std::numeric_limits<double>::infinity();
  double north = -std::numeric_limits<double>::infinity();
  [[nodiscard]] bool meets(const Box& other) const {
    return west <= other.east && other.west <= east && south <= other.north && other.south <= north;
  }
};

Box box_of(const MultiPolygon& area) {
  Box box;
  for (const Polygon& polygon : area) {
    for (const Ring& ring : polygon) {
      for (const Position& p : ring) {
        box.west = std::min(box.west, p.lon);
        box.east = std::max(box.east, p.lon);
        box.south = std::min(box.south, p.lat);
        box.north = std::max(box.north, p.lat);
      }
    }
  }
  return box;
}

}  // namespace

History history_of(const Atlas& atlas) {
  std::vector<Instant> instants;
  for (const Statement& s : atlas.statements) {
    instants.push_back(s.validity.from());
    instants.push_back(s.validity.to());
  }
  const TimeAxis axis(std::move(instants));
  std::vector<std::map<ActorId, std::vector<std::uint32_t>>> statements(axis.epoch_count());
  for (std::uint32_t i = 0; i < atlas.statements.size(); ++i) {
    const Statement& s = atlas.statements[i];
    for (TimeIndex t = axis.index_of(s.validity.from()); t < axis.index_of(s.validity.to()); ++t)
      statements[t][s.actor].push_back(i);
  }
  History out;
  std::map<std::vector<std::uint32_t>, std::uint32_t> shape_of;
  std::vector<Box> boxes;
  std::map<ActorId, std::uint32_t> before;
  while (!statements.empty() && statements.back().empty()) statements.pop_back();
  for (TimeIndex t = 0; t < statements.size(); ++t) {
    if (statements[t].empty() && out.dates.empty()) continue;
    std::map<ActorId, std::uint32_t> now;
    for (const auto& [actor, list] : statements[t]) {
      const auto [found, is_new] = shape_of.try_emplace(list, static_cast<std::uint32_t>(out.shapes.size()));
      if (is_new) {
        Shape& shape = out.shapes.emplace_back();
        shape.actor = actor;
        for (const std::uint32_t i : list) {
          const MultiPolygon area = atlas.statements[i].area.polygons();
          shape.area.insert(shape.area.end(), area.begin(), area.end());
        }
        boxes.push_back(box_of(shape.area));
      }
      now[actor] = found->second;
    }
    if (!out.dates.empty()) {
      Overlays& step = out.steps.emplace_back();
      const auto stays = [](const std::map<ActorId, std::uint32_t>& there, ActorId actor,
                            std::uint32_t shape) {
        const auto found = there.find(actor);
        return found != there.end() && found->second == shape;
      };
      for (const auto& [actor, a] : before) {
        if (!now.contains(actor)) step.one_sided.push_back(a);
        if (stays(now, actor, a)) step.kept.push_back(a);
        for (const auto& [other, b] : now) {
          const bool is_known = stays(now, actor, a) && stays(before, other, b);
          if (!is_known && (actor == other || boxes[a].meets(boxes[b])))
            step.pairs.push_back({a, b, actor == other});
        }
      }
      for (const auto& [actor, b] : now) {
        if (!before.contains(actor)) step.one_sided.push_back(b);
      }
    }
    out.dates.push_back(axis[t]);
    before = std::move(now);
  }
  return out;
}

}  // namespace marchland::bench
