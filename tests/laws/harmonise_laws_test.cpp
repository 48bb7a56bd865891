// What must hold of harmonising for every atlas. Everything is checked from the rings before and after, by
// other means than those that made them; integers are compared with ==.
#include <marchland/composite/harmonise.h>
#include <marchland/composite/quantise.h>

#include <gtest/gtest.h>
#include <tbb/global_control.h>
#include <tests/laws/generators.h>

#include <algorithm>
#include <array>
#include <set>

namespace marchland {
namespace {

using namespace testing_fixtures;
using namespace testing_laws;

const double kUnit = grid_distance(GridPoint{0, 0}, GridPoint{0, 1}).value();

/// A random atlas, written again a few units beside here and there, to be harmonised by a few units.
AtlasBuilder jittered_atlas(Random& random, Ground ground, int statements) {
  AtlasBuilder builder = random_atlas(random, ground, statements);
  for (Statement& s : builder.atlas.statements) {
    MultiPolygon area = s.area.polygons();
    for (Polygon& polygon : area) {
      for (Ring& ring : polygon) {
        for (Position& p : ring) {
          if (random() % 2 == 0) continue;
          const auto moved = [&](double v, std::int64_t limit) {
            return std::clamp<std::int64_t>(to_grid(v) + draw(random, -2, 2), -limit, limit);
          };
          p = from_grid(moved(p.lon, kGridMaxLon), moved(p.lat, kGridMaxLat));
        }
        ring.back() = ring.front();
      }
    }
    s.area = area;
  }
  builder.atlas.harmonise = Meters(std::array{0.6, 1.0, 1.5, 3.2, 20.0}[random() % 5] * kUnit);
  return builder;
}

GridPoint on_grid(const Position& p) {
  std::int64_t x = to_grid(p.lon);
  while (x >= kGridMaxLon) x -= 2 * std::int64_t{kGridMaxLon};
  while (x < -kGridMaxLon) x += 2 * std::int64_t{kGridMaxLon};
  return {static_cast<std::int32_t>(x), static_cast<std::int32_t>(to_grid(p.lat))};
}

double distance_to(const Position& p, const Ring& ring) {
  double least = 1e9;
  for (std::size_t i = 1; i < ring.size(); ++i) {
    const GridPoint a = on_grid(ring[i - 1]);
    const GridPoint b = on_grid(ring[i]);
    const GridPoint q = on_grid(p);
    least = std::min(least, (a == b ? grid_distance(q, a) : grid_distance(q, GridSegment{a, b})).value());
  }
  return least;
}

/// First ring minus the others, each by itself; direction is not read.
AreaUnits ring_sum(const Statement& s, RingConvention convention) {
  const EdgeArea edge_area = EdgeArea::wgs84();
  AreaUnits sum = 0;
  for (const Polygon& polygon : s.area.polygons()) {
    for (std::size_t r = 0; r < polygon.size(); ++r) {
      AreaUnits area = 0;
      Int128 twice = 0;
      for (const ChainLink& link : quantise(polygon[r], convention).links) {
        area += link.multiplicity * edge_area(link.s, link.s.a, link.s.b);
        twice += link.multiplicity * cross(link.s.a.x, link.s.a.y, link.s.b.x, link.s.b.y);
      }
      sum += (r == 0 ? 1 : -1) * sign(twice) * area;
    }
  }
  return sum;
}

std::map<std::string, AreaUnits> effects(const HarmonisedAtlas& h) {
  std::map<std::string, AreaUnits> out;
  for (const StatementEffect& e : h.ledger.statements) out[h.atlas.statements[e.statement].id] = e.area;
  return out;
}

/// Statements by id, so that it does not depend on their order in the atlas.
std::vector<std::string> entry_texts(const HarmonisedAtlas& h) {
  std::vector<std::string> out;
  for (const LedgerEntry& e : h.ledger.entries) {
    out.push_back(fmt::format("{} {}/{}/{}/{} {} {} {} {} {}", static_cast<int>(e.kind),
                              h.atlas.statements[e.statement].id, e.polygon, e.ring, e.vertex, e.from.x,
                              e.from.y, e.to.x, e.to.y, e.distance.value()));
  }
  return out;
}

std::string all_areas(const Composite& composite) {
  std::string out;
  for (const auto& [name, area] : areas_by_coverage(composite)) out += name + ": " + to_string(area) + "\n";
  return out;
}

TEST(HarmoniseLaws, NothingMovesFurtherThanEpsilon) {
  std::size_t changed = 0;
  for_many(201, 132, [&](Random& random, Ground ground) {
    const AtlasBuilder builder = jittered_atlas(random, ground, static_cast<int>(draw(random, 2, 9)));
    const HarmonisedAtlas h = harmonise(builder.atlas);
    const double epsilon = builder.atlas.harmonise.value();
    // Distances to a line that is written again are those to other, equal numbers: a rounding apart.
    const double limit = epsilon * (1 + 1e-9);
    for (const LedgerEntry& e : h.ledger.entries) {
      EXPECT_LE(e.distance.value(), epsilon);
      if (e.kind != LedgerEntry::Kind::moved) continue;
      EXPECT_EQ(grid_distance(e.from, e.to).value(), e.distance.value());
    }
    for (std::size_t s = 0; s < h.atlas.statements.size(); ++s) {
      const MultiPolygon before = builder.atlas.statements[s].area.polygons();
      const MultiPolygon after = h.atlas.statements[s].area.polygons();
      ASSERT_EQ(before.size(), after.size());
      for (std::size_t p = 0; p < before.size(); ++p) {
        ASSERT_EQ(before[p].size(), after[p].size());
        for (std::size_t r = 0; r < before[p].size(); ++r) {
          if (before[p][r] == after[p][r]) continue;
          ++changed;
          for (const Position& q : after[p][r])
            EXPECT_LE(distance_to(q, before[p][r]), limit) << describe(builder.atlas);
          for (const Position& q : before[p][r])
            EXPECT_LE(distance_to(q, after[p][r]), limit) << describe(builder.atlas);
        }
      }
    }
  });
  EXPECT_GT(changed, 500U);
}

TEST(HarmoniseLaws, LedgerSumsToTheAreaDifferences) {
  std::size_t changed = 0;
  for_many(202, 66, [&](Random& random, Ground ground) {
    const AtlasBuilder builder = jittered_atlas(random, ground, static_cast<int>(draw(random, 2, 9)));
    const HarmonisedAtlas h = harmonise(builder.atlas);
    auto found = effects(h);
    changed += found.size();
    for (std::size_t s = 0; s < h.atlas.statements.size(); ++s) {
      const RingConvention convention = h.atlas[h.atlas.statements[s].layer].rings;
      const AreaUnits expected =
          ring_sum(h.atlas.statements[s], convention) - ring_sum(builder.atlas.statements[s], convention);
      EXPECT_TRUE(found[h.atlas.statements[s].id] == expected)
          << to_string(found[h.atlas.statements[s].id]) << ", expected " << to_string(expected)
          << describe(builder.atlas);
    }
  });
  EXPECT_GT(changed, 150U);
}

/// A convex polygon of up to nine corners about a place, drawn with an error of a few units.
Ring drawn_again(Random& random, const std::vector<GridPoint>& corners) {
  Ring out;
  for (const GridPoint& p : corners) {
    if (random() % 8 == 0) continue;
    out.push_back(from_grid(p.x + draw(random, -3, 3), p.y + draw(random, -3, 3)));
  }
  if (out.size() < 3) return drawn_again(random, corners);
  out.push_back(out.front());
  return out;
}

TEST(HarmoniseLaws, LedgerSumsToTheDifferencesOfTheComposites) {
  std::size_t compared = 0;
  for_many(203, 66, [&](Random& random, Ground) {
    std::vector<GridPoint> corners;
    for (int i = 0; i < 9; ++i) {
      const double angle = (i + 0.001 * static_cast<double>(draw(random, 0, 700))) * 0.69;
      corners.push_back({370000000 + static_cast<std::int32_t>(std::lround(200000 * std::cos(angle))),
                         480000000 + static_cast<std::int32_t>(std::lround(150000 * std::sin(angle)))});
    }
    AtlasBuilder builder;
    for (int d = 0; d < 6; ++d)
      builder.say("l", "a", MultiPolygon{{drawn_again(random, corners)}}, days(d, d + 1));
    const Composite off = builder.build();
    builder.atlas.harmonise = Meters(8 * kUnit);
    const Composite on = builder.build();
    EXPECT_EQ(broken_certificates(on), "");
    // Where rings cross themselves, areas are no sums of rings.
    const auto codes = finding_codes(on.findings());
    if (std::find(codes.begin(), codes.end(), "ring-crosses-itself") != codes.end()) return;
    std::map<std::uint32_t, AreaUnits> effect;
    for (const StatementEffect& e : on.ledger().statements) effect[e.statement] = e.area;
    for (int d = 0; d < 6; ++d) {
      const AreaUnits difference = area_of(on, "l/a", day(d)) - area_of(off, "l/a", day(d));
      EXPECT_TRUE(difference == effect[static_cast<std::uint32_t>(d)])
          << d << ": " << to_string(difference) << describe(builder.atlas);
      if (difference != 0) ++compared;
    }
    EXPECT_LT(on.plane().face_count(), off.plane().face_count());
  });
  EXPECT_GT(compared, 200U);
}

TEST(HarmoniseLaws, CertificatesHold) {
  for_many(204, 66, [](Random& random, Ground ground) {
    const AtlasBuilder builder = jittered_atlas(random, ground, static_cast<int>(draw(random, 1, 9)));
    EXPECT_EQ(broken_certificates(builder.build()), "") << describe(builder.atlas);
  });
}

TEST(HarmoniseLaws, OrderOfStatementsChangesNeitherFiguresNorLedger) {
  for_many(205, 33, [](Random& random, Ground ground) {
    AtlasBuilder builder = jittered_atlas(random, ground, static_cast<int>(draw(random, 2, 9)));
    const auto ledger = entry_texts(harmonise(builder.atlas));
    const auto sums = effects(harmonise(builder.atlas));
    const std::string areas = all_areas(builder.build());
    std::shuffle(builder.atlas.statements.begin(), builder.atlas.statements.end(), random);
    EXPECT_EQ(entry_texts(harmonise(builder.atlas)), ledger) << describe(builder.atlas);
    EXPECT_EQ(effects(harmonise(builder.atlas)), sums) << describe(builder.atlas);
    EXPECT_EQ(all_areas(builder.build()), areas) << describe(builder.atlas);
    for (Statement& s : builder.atlas.statements) {
      MultiPolygon area = s.area.polygons();
      std::shuffle(area.begin(), area.end(), random);
      for (Polygon& polygon : area) std::shuffle(polygon.begin() + 1, polygon.end(), random);
      s.area = area;
    }
    EXPECT_EQ(effects(harmonise(builder.atlas)), sums) << describe(builder.atlas);
    EXPECT_EQ(all_areas(builder.build()), areas) << describe(builder.atlas);
  });
}

TEST(HarmoniseLaws, StartAndDirectionOfRingsChangeNothing) {
  for_many(206, 33, [](Random& random, Ground ground) {
    AtlasBuilder builder = jittered_atlas(random, ground, static_cast<int>(draw(random, 2, 9)));
    const auto sums = effects(harmonise(builder.atlas));
    const std::string areas = all_areas(builder.build());
    turn_rings(builder.atlas, random);
    EXPECT_EQ(effects(harmonise(builder.atlas)), sums) << describe(builder.atlas);
    EXPECT_EQ(all_areas(builder.build()), areas) << describe(builder.atlas);
  });
}

TEST(HarmoniseLaws, LaterStatementsChangeNoEarlierLine) {
  for_many(207, 33, [](Random& random, Ground ground) {
    const AtlasBuilder whole = jittered_atlas(random, ground, 9);
    const Instant cut = day(static_cast<int>(draw(random, 1, 3)));
    Atlas part = whole.atlas;
    std::erase_if(part.statements, [&](const Statement& s) { return s.validity.from() >= cut; });
    if (part.statements.empty()) return;
    const HarmonisedAtlas all = harmonise(whole.atlas);
    const HarmonisedAtlas some = harmonise(part);
    std::map<std::string, const SharedArea*> areas;
    for (const Statement& s : all.atlas.statements) areas[s.id] = &s.area;
    for (const Statement& s : some.atlas.statements)
      EXPECT_EQ(s.area, *areas.at(s.id)) << s.id << describe(whole.atlas);
  });
}

/// Days that repeat most of the day before, as archives do, with positions out of a few that lie beside one
/// another: what was read of the day before is used again.
AtlasBuilder history(Random& random, Ground ground) {
  AtlasBuilder builder;
  Generator generator(random, ground, 12);
  MultiPolygon area{generator.polygon(), generator.polygon()};
  for (int d = 0; d < 8; ++d) {
    for (Polygon& polygon : area) {
      for (Ring& ring : polygon) {
        ring.pop_back();
        const auto place = static_cast<std::ptrdiff_t>(random() % ring.size());
        Position p = ring[static_cast<std::size_t>(place)];
        p = from_grid(
            std::clamp<std::int64_t>(to_grid(p.lon) + draw(random, -2, 2), -kGridMaxLon, kGridMaxLon),
            std::clamp<std::int64_t>(to_grid(p.lat) + draw(random, -2, 2), -kGridMaxLat, kGridMaxLat));
        switch (random() % 4) {
          case 0:
            ring.insert(ring.begin() + place, p);
            break;
          case 1:
            if (ring.size() > 4) ring.erase(ring.begin() + place);
            break;
          default:
            ring[static_cast<std::size_t>(place)] = p;
            break;
        }
        ring.push_back(ring.front());
      }
    }
    builder.say("l", "a", area, days(d, d + 1));
  }
  builder.atlas.harmonise = Meters(3.2 * kUnit);
  return builder;
}

TEST(HarmoniseLaws, RepeatingADayChangesNothing) {
  for_many(208, 33, [](Random& random, Ground ground) {
    AtlasBuilder builder = history(random, ground);
    // Said again by its layer the day after, nothing is new.
    const Statement& last = builder.atlas.statements.back();
    builder.say("l", "a", SharedArea(last.area), days(8, 9));
    const HarmonisedAtlas h = harmonise(builder.atlas);
    const auto count = h.atlas.statements.size();
    EXPECT_EQ(h.atlas.statements[count - 1].area, h.atlas.statements[count - 2].area)
        << describe(builder.atlas);
    for (const LedgerEntry& e : h.ledger.entries) EXPECT_NE(e.statement, count - 1);
  });
}

TEST(HarmoniseLaws, WhatIsUsedAgainIsWhatWouldBeFoundAnew) {
  for_many(209, 33, [](Random& random, Ground ground) {
    AtlasBuilder builder = history(random, ground);
    const HarmonisedAtlas used = harmonise(builder.atlas);
    // Of another actor every other day: no day finds the one before.
    for (std::size_t s = 0; s < builder.atlas.statements.size(); ++s)
      builder.atlas.statements[s].actor = builder.actor(fmt::format("a{}", s));
    const HarmonisedAtlas anew = harmonise(builder.atlas);
    EXPECT_EQ(entry_texts(used), entry_texts(anew)) << describe(builder.atlas);
    for (std::size_t s = 0; s < builder.atlas.statements.size(); ++s)
      EXPECT_EQ(used.atlas.statements[s].area, anew.atlas.statements[s].area) << describe(builder.atlas);
    EXPECT_EQ(effects(used), effects(anew));
  });
}

TEST(HarmoniseLaws, NumberOfThreadsChangesNothing) {
  for_many(210, 12, [](Random& random, Ground ground) {
    const AtlasBuilder builder = jittered_atlas(random, ground, 60);
    const auto with = [&](std::size_t threads) {
      const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
      return harmonise(builder.atlas);
    };
    const HarmonisedAtlas one = with(1);
    const HarmonisedAtlas four = with(4);
    EXPECT_EQ(entry_texts(one), entry_texts(four));
    EXPECT_EQ(effects(one), effects(four));
    for (std::size_t s = 0; s < one.atlas.statements.size(); ++s)
      EXPECT_EQ(one.atlas.statements[s].area, four.atlas.statements[s].area);
  });
}

TEST(HarmoniseLaws, EpsilonBelowTheGridIsAsGoodAsOff) {
  for_many(211, 33, [](Random& random, Ground ground) {
    AtlasBuilder builder = jittered_atlas(random, ground, static_cast<int>(draw(random, 2, 9)));
    builder.atlas.harmonise = Meters();
    const std::string off = all_areas(builder.build());
    builder.atlas.harmonise = Meters(1e-15);
    const Composite on = builder.build();
    for (const LedgerEntry& e : on.ledger().entries) {
      // Vertices that lie exactly on a later segment become vertices of it: no ground changes.
      EXPECT_NE(e.kind, LedgerEntry::Kind::moved);
      EXPECT_EQ(e.distance.value(), 0.0);
    }
    // Where an edge crosses the antimeridian, its latitude there is rounded once per edge. A vertex on the
    // edge as it was given makes two edges of it, and the one that crosses may be rounded otherwise: by half
    // a grid unit.
    bool is_rounded_otherwise = false;
    for (const StatementEffect& e : on.ledger().statements) {
      if (e.area != 0 && is_cut(builder.atlas.statements[e.statement].area.polygons())) {
        is_rounded_otherwise = true;
      } else {
        EXPECT_TRUE(e.area == 0) << to_string(e.area);
      }
    }
    if (is_rounded_otherwise) return;
    EXPECT_EQ(all_areas(on), off) << describe(builder.atlas);
  });
}

}  // namespace
}  // namespace marchland
