#include "tests/bench/scale_cases.h"

#include "tests/bench/seeded_front.h"
#include <marchland/base/grid.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

namespace marchland::bench {

namespace {

Atlas empty_atlas(std::size_t actors = 1) {
  Atlas atlas;
  atlas.id = "scale";
  for (std::size_t i = 0; i < actors; ++i) {
    Actor& actor = atlas.actors.emplace_back();
    actor.id = actor.name = "a" + std::to_string(i);
  }
  atlas.sources.emplace_back().id = "s";
  Layer& layer = atlas.layers.emplace_back();
  layer.id = "l";
  layer.source = SourceId(0);
  return atlas;
}

void say(Atlas& atlas, std::size_t actor, Polygon polygon) {
  Statement& statement = atlas.statements.emplace_back();
  statement.id = std::to_string(atlas.statements.size());
  statement.layer = LayerId(0);
  statement.actor = ActorId(1 + actor);
  statement.area = MultiPolygon{std::move(polygon)};
}

/// In grid units.
Ring rectangle(std::int64_t x, std::int64_t y, std::int64_t width, std::int64_t height) {
  const auto at = [](std::int64_t px, std::int64_t py) {
    return Position{grid_to_degrees(static_cast<std::int32_t>(px)),
                    grid_to_degrees(static_cast<std::int32_t>(py))};
  };
  return {at(x, y), at(x + width, y), at(x + width, y + height), at(x, y + height), at(x, y)};
}

Ring world() {
  return {{-180, -90}, {180, -90}, {180, 90}, {-180, 90}, {-180, -90}};
}

Ring long_ring(std::size_t n) {
  return seeded_front({.vertices = n, .days = 1, .changes = 0})
      .statements.front()
      .area.front()
      .front()
      .positions();
}

Atlas one_ring(std::size_t n) {
  Atlas atlas = empty_atlas();
  say(atlas, 0, {long_ring(n)});
  return atlas;
}

/// The ring and all the rest of the earth.
Atlas complement(std::size_t n) {
  Atlas atlas = empty_atlas(2);
  const Ring ring = long_ring(n);
  say(atlas, 0, {ring});
  say(atlas, 1, {world(), ring});
  return atlas;
}

/// A chequered field of squares that share their sides; `actors` of them in turn.
Atlas squares(std::size_t n, std::size_t actors) {
  Atlas atlas = empty_atlas(actors);
  const auto columns = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(n))));
  for (std::size_t i = 0; i < n; ++i) {
    const auto x = static_cast<std::int64_t>(i % columns) * 10'000;
    const auto y = static_cast<std::int64_t>(i / columns) * 10'000;
    say(atlas, i % actors, {rectangle(x, y, 10'000, 10'000)});
  }
  return atlas;
}

/// Squares anywhere; each meets some four others.
Atlas scattered(std::size_t n) {
  Atlas atlas = empty_atlas();
  std::mt19937_64 random(1);
  const auto extent = static_cast<std::uint64_t>(10'000.0 * std::sqrt(static_cast<double>(n)));
  for (std::size_t i = 0; i < n; ++i) {
    say(atlas, 0,
        {rectangle(static_cast<std::int64_t>(random() % extent), static_cast<std::int64_t>(random() % extent),
                   10'000, 10'000)});
  }
  return atlas;
}

/// All say the same.
Atlas repeated(std::size_t n) {
  Atlas atlas = empty_atlas();
  for (std::size_t i = 0; i < n; ++i) say(atlas, 0, {rectangle(0, 0, 10'000, 10'000)});
  return atlas;
}

/// Each inside the one before: k polygons cover the k-th ring of ground, whatever the program.
Atlas nested(std::size_t n) {
  Atlas atlas = empty_atlas();
  for (std::size_t i = 0; i < n; ++i) {
    const auto inset = static_cast<std::int64_t>(i) * 10;
    const auto size = static_cast<std::int64_t>(n - i) * 20;
    say(atlas, 0, {rectangle(inset, inset, size, size)});
  }
  return atlas;
}

/// One polygon with many holes side by side.
Atlas holes(std::size_t n) {
  Atlas atlas = empty_atlas();
  const auto columns = static_cast<std::int64_t>(std::ceil(std::sqrt(static_cast<double>(n))));
  Polygon polygon{rectangle(-10, -10, columns * 100 + 20, columns * 100 + 20)};
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(n); ++i)
    polygon.push_back(rectangle(i % columns * 100, i / columns * 100, 50, 50));
  say(atlas, 0, std::move(polygon));
  return atlas;
}

/// One statement of many polygons apart from one another.
Atlas parts(std::size_t n) {
  Atlas atlas = empty_atlas();
  const auto columns = static_cast<std::int64_t>(std::ceil(std::sqrt(static_cast<double>(n))));
  say(atlas, 0, {rectangle(0, 0, 50, 50)});
  MultiPolygon area;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(n); ++i)
    area.push_back({rectangle(i % columns * 100, i / columns * 100, 50, 50)});
  atlas.statements.back().area = area;
  return atlas;
}

}  // namespace

const std::vector<ScaleCase>& scale_cases() {
  static const std::vector<ScaleCase> cases{
      {"ring", "one ring of n vertices", 10'000'000, one_ring},
      {"complement", "a ring of n vertices and all the rest of the earth", 1'000'000, complement},
      {"squares", "n squares side by side at one date, one actor", 100'000,
       [](std::size_t n) { return squares(n, 1); }},
      {"actors", "n squares side by side, 1000 actors", 100'000,
       [](std::size_t n) { return squares(n, 1000); }},
      {"scattered", "n squares anywhere, each meeting some four others", 100'000, scattered},
      {"repeated", "n statements that say the same", 100'000, repeated},
      {"nested", "n squares one inside the other", 2'000, nested},
      {"holes", "one polygon with n holes", 100'000, holes},
      {"parts", "one statement of n polygons", 100'000, parts},
  };
  return cases;
}

}  // namespace marchland::bench
