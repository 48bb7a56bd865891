#pragma once
// Atlases that aim at trouble: lattices so small that vertices, edges and crossings coincide, slivers one
// unit wide, coordinates at the corners of the box, rings across the antimeridian and around the poles, holes
// that touch, cross and miss their shells. Everything comes from one seed.
#include <gtest/gtest.h>
#include <tests/composite_fixtures.h>
#include <tests/exact_oracle.h>

#include <array>
#include <cstdlib>
#include <string>

namespace marchland::testing_laws {

using testing_fixtures::AtlasBuilder;
using testing_oracle::draw;
using testing_oracle::Random;

/// Longer runs search further with seeds of their own: MARCHLAND_LAW_FACTOR and MARCHLAND_LAW_SEED.
inline int cases(int few) {
  const char* factor = std::getenv("MARCHLAND_LAW_FACTOR");
  return factor == nullptr ? few : few * std::atoi(factor);
}
inline std::uint64_t seed_of(std::uint64_t base) {
  const char* seed = std::getenv("MARCHLAND_LAW_SEED");
  return seed == nullptr ? base : base + 1000 * std::strtoull(seed, nullptr, 10);
}

enum class Ground : std::uint8_t {
  units,   ///< a lattice of single grid units
  fields,  ///< a lattice of 0.1 degrees
  odd,     ///< a lattice of an odd number of units, far from any round coordinate
  box,     ///< corners and edges of the whole box, one unit off here and there
  globe,   ///< 30 by 6 degrees, across the antimeridian and around the poles; cuts fall on whole units
};
/// In turn; edges across half the earth have ten thousands of mileposts, so those are rarer.
inline constexpr std::array kTurns{Ground::units, Ground::fields, Ground::odd, Ground::box,
                                   Ground::units, Ground::fields, Ground::odd, Ground::globe,
                                   Ground::units, Ground::fields, Ground::odd};

inline Position from_grid(std::int64_t x, std::int64_t y) {
  return {static_cast<double>(x) / kGridUnitsPerDegree, static_cast<double>(y) / kGridUnitsPerDegree};
}

class Generator {
 public:
  Generator(Random& random, Ground ground, std::int64_t side = 6)
      : random_(random), ground_(ground), side_(side) {}

  [[nodiscard]] Ring ring() {
    if (ground_ == Ground::globe && random_() % 4 == 0) return polar_ring();
    Ring out;
    switch (random_() % 5) {
      case 0: {  // a box, in either direction
        const auto [x0, x1] = two();
        const auto [y0, y1] = two();
        out = {at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1)};
        break;
      }
      case 1:  // a sliver: out and back a unit beside
        if (ground_ != Ground::globe) {
          const Position p = point();
          const Position q = point();
          out = {p, q, nudged(q), nudged(p)};
          break;
        }
        [[fallthrough]];
      default: {
        const std::int64_t count = draw(random_, 3, 7);
        for (std::int64_t i = 0; i < count; ++i) out.push_back(point());
        break;
      }
    }
    out.push_back(out.front());
    return out;
  }

  [[nodiscard]] Polygon polygon() {
    Polygon out{ring()};
    if (random_() % 3 == 0) out.push_back(ring());
    if (random_() % 8 == 0) out.push_back(ring());
    if (random_() % 16 == 0) out.push_back(out.front());
    return out;
  }
  [[nodiscard]] MultiPolygon area() {
    MultiPolygon out{polygon()};
    while (random_() % 3 == 0) out.push_back(polygon());
    return out;
  }

 private:
  std::pair<std::int64_t, std::int64_t> two() {
    const std::int64_t a = draw(random_, 0, side_);
    std::int64_t b = draw(random_, 0, side_ - 1);
    if (b >= a) ++b;
    return {a, b};
  }
  [[nodiscard]] Position at(std::int64_t i, std::int64_t j) const {
    constexpr std::int64_t kX = kGridMaxLon;
    constexpr std::int64_t kY = kGridMaxLat;
    switch (ground_) {
      case Ground::units:
        return from_grid(471234567 + i, 398765432 + j);
      case Ground::fields:
        return from_grid(440000000 + 1000000 * i, 390000000 + 1000000 * j);
      case Ground::odd:
        return from_grid(-1234567891 + 7654321 * i, -654321987 + 3456789 * j);
      case Ground::box:
        return from_grid(-kX + 2 * kX * i / side_, -kY + 2 * kY * j / side_);
      case Ground::globe:
        return from_grid(1500000000 + 300000000 * i, -360000000 + 60000000 * j);
    }
    return {};
  }
  Position point() {
    const Position p = at(draw(random_, 0, side_), draw(random_, 0, side_));
    return ground_ == Ground::box && random_() % 3 == 0 ? nudged(p) : p;
  }
  /// A unit away, inside the box.
  Position nudged(const Position& p) {
    const auto step = [&](double v, std::int64_t limit) {
      const std::int64_t moved = std::llround(v * kGridUnitsPerDegree) + draw(random_, -1, 1);
      return std::clamp(moved, -limit, limit);
    };
    return from_grid(step(p.lon, kGridMaxLon), step(p.lat, kGridMaxLat));
  }
  Ring polar_ring() {
    const std::int64_t sign = random_() % 2 == 0 ? 1 : -1;
    Ring out;
    std::int64_t lon = draw(random_, -6, 6) * 30;
    for (int i = 0; i < 4; ++i) {
      // Well away from the equator, so that the smaller side is beyond doubt.
      const std::int64_t lat = sign * draw(random_, 4, 15) * 6;
      out.push_back({static_cast<double>(lon > 180 ? lon - 360 : lon), static_cast<double>(lat)});
      lon += 90;
    }
    if (random_() % 2 == 0) std::reverse(out.begin(), out.end());
    out.push_back(out.front());
    return out;
  }

  Random& random_;
  Ground ground_;
  std::int64_t side_;
};

/// A few statements of three actors in two layers and an event layer over five days, on one ground.
inline AtlasBuilder random_atlas(Random& random, Ground ground, int statements) {
  AtlasBuilder builder;
  builder.layer("one");
  builder.layer("two", LayerMode::interval, random() % 2 == 0 ? Theme::control : Theme::border);
  builder.layer("events", LayerMode::event);
  for (const char* id : {"a", "b", "c"}) builder.actor(id);
  Generator generator(random, ground);
  for (int i = 0; i < statements; ++i) {
    const char* actor = std::array{"a", "b", "c"}[random() % 3];
    const auto from = static_cast<int>(draw(random, 0, 3));
    const Interval when = random() % 4 == 0
                              ? Interval()
                              : testing_fixtures::days(from, from + static_cast<int>(draw(random, 1, 2)));
    switch (random() % 4) {
      case 0:
        builder.say("events", actor, generator.area(), Interval::since(testing_fixtures::day(from)),
                    draw(random, 0, 1));
        break;
      case 1:
        builder.say("two", actor, generator.area(), when);
        break;
      default:
        builder.say("one", actor, generator.area(), when);
        break;
    }
  }
  return builder;
}

/// Dates of some statements may have been a day or two earlier or later; some have lines truer than their
/// source.
inline void add_doubt(Random& random, Atlas& atlas) {
  using testing_fixtures::day;
  const auto in_doubt = [&](Instant at, bool is_open) {
    if (is_open || random() % 2 == 0) return FuzzyInstant::exactly(at);
    const std::chrono::hours before(24 * draw(random, 0, 2));
    return FuzzyInstant{at, random() % 9 == 0 ? Interval().from() : at - before,
                        at + std::chrono::hours(24 * draw(random, 0, 2))};
  };
  for (Statement& s : atlas.statements) {
    const FuzzyInstant from = in_doubt(s.validity.from(), !s.validity.has_from());
    s.doubt = doubt_between(from, in_doubt(s.validity.to(), !s.validity.has_to()));
    if (random() % 4 == 0) s.accuracy = Accuracy{Meters(static_cast<double>(draw(random, 0, 2))), {}, {}};
  }
}

/// Whether the antimeridian or a pole cuts any of its rings, none of them literal.
inline bool is_cut(const MultiPolygon& area) {
  for (const Polygon& polygon : area) {
    for (const Ring& ring : polygon) {
      if (quantise(ring).is_cut) return true;
    }
  }
  return false;
}

/// Each ring of each statement begins elsewhere and, as often as not, runs the other way.
inline void turn_rings(Atlas& atlas, Random& random) {
  for (Statement& s : atlas.statements) {
    MultiPolygon area = s.area.polygons();
    for (Polygon& polygon : area) {
      for (Ring& ring : polygon) {
        ring.pop_back();
        std::rotate(ring.begin(), ring.begin() + draw(random, 0, static_cast<std::int64_t>(ring.size()) - 1),
                    ring.end());
        if (random() % 2 == 0) std::reverse(ring.begin(), ring.end());
        ring.push_back(ring.front());
      }
    }
    s.area = area;
  }
}

inline std::string describe(const Atlas& atlas) {
  std::string text;
  for (const Statement& s : atlas.statements) {
    text +=
        fmt::format("\n  {}/{} {} .. {}: {}", atlas[s.layer].id, atlas[s.actor].id,
                    s.validity.has_from() ? format_utc(s.validity.from()) : "-",
                    s.validity.has_to() ? format_utc(s.validity.to()) : "-", format_wkt(s.area.polygons()));
  }
  return text;
}

/// Calls `law(random, ground)` for many seeds; each case has a seed of its own, printed on failure.
template <class Law>
void for_many(std::uint64_t base, int few, Law law) {
  const std::uint64_t seed = seed_of(base);
  for (int i = 0; i < cases(few); ++i) {
    Random random(seed * 1000003 + static_cast<std::uint64_t>(i));
    const Ground ground = kTurns[static_cast<std::size_t>(i) % kTurns.size()];
    const std::string trace = fmt::format("seed {}, case {}, ground {}", seed, i, static_cast<int>(ground));
    SCOPED_TRACE(trace);
    law(random, ground);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace marchland::testing_laws
