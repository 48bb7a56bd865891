// What must hold for every atlas whatever its polygons look like. Integers are compared with ==.

#include <gtest/gtest.h>
#include <tbb/global_control.h>
#include <tests/composite_oracle.h>
#include <tests/laws/generators.h>

#include <algorithm>

namespace marchland {
namespace {

using namespace testing_fixtures;
using namespace testing_laws;

/// Compares and, on failure, prints the atlas.
void expect_equal(AreaUnits found, AreaUnits expected, const Atlas& atlas) {
  EXPECT_TRUE(found == expected) << to_string(found) << ", expected " << to_string(expected)
                                 << describe(atlas);
}
using AreasByName = std::map<std::string, AreaUnits>;
void expect_equal(const AreasByName& found, const AreasByName& expected, const Atlas& atlas) {
  std::string differences;
  for (const AreasByName* one : {&found, &expected}) {
    const AreasByName& other = one == &found ? expected : found;
    for (const auto& [name, area] : *one) {
      if (other.contains(name) && other.at(name) == area) continue;
      differences +=
          fmt::format("\n  {} '{}': {}", one == &found ? "found" : "expected", name, to_string(area));
    }
  }
  EXPECT_EQ(differences, "") << describe(atlas);
}

TEST(Laws, CertificatesHold) {
  for_many(101, 132, [](Random& random, Ground ground) {
    const AtlasBuilder builder = random_atlas(random, ground, static_cast<int>(draw(random, 1, 9)));
    EXPECT_EQ(broken_certificates(builder.build()), "") << describe(builder.atlas);
  });
}

bool is_cut(const Atlas& atlas) {
  return std::any_of(atlas.statements.begin(), atlas.statements.end(),
                     [](const Statement& s) { return testing_laws::is_cut(s.area.polygons()); });
}

TEST(Laws, EveryFaceIsLabelledAsItsStatementsSay) {
  for_many(102, 44, [](Random& random, Ground ground) {
    const AtlasBuilder builder = random_atlas(random, ground, static_cast<int>(draw(random, 1, 3)));
    // A cut is rounded to the grid, which brute force does not do; on the globe's lattice every cut is exact.
    if (ground == Ground::box && is_cut(builder.atlas)) return;
    EXPECT_EQ(testing_oracle::first_wrong_label(builder.build()), "") << describe(builder.atlas);
  });
}

TEST(Laws, OrderOfStatementsAndOfPolygonsChangesNothing) {
  for_many(103, 33, [](Random& random, Ground ground) {
    AtlasBuilder builder = random_atlas(random, ground, static_cast<int>(draw(random, 2, 8)));
    const auto expected = areas_by_coverage(builder.build());
    std::shuffle(builder.atlas.statements.begin(), builder.atlas.statements.end(), random);
    for (Statement& s : builder.atlas.statements) {
      MultiPolygon area = s.area.polygons();
      std::shuffle(area.begin(), area.end(), random);
      for (Polygon& polygon : area) std::shuffle(polygon.begin() + 1, polygon.end(), random);
      s.area = area;
    }
    expect_equal(areas_by_coverage(builder.build()), expected, builder.atlas);
  });
}

TEST(Laws, StartAndDirectionOfRingsChangeNothing) {
  for_many(104, 33, [](Random& random, Ground ground) {
    AtlasBuilder builder = random_atlas(random, ground, static_cast<int>(draw(random, 2, 8)));
    const auto expected = areas_by_coverage(builder.build());
    turn_rings(builder.atlas, random);
    expect_equal(areas_by_coverage(builder.build()), expected, builder.atlas);
  });
}

TEST(Laws, WholeTurnsOfLongitudeChangeNothing) {
  for_many(105, 33, [](Random& random, Ground ground) {
    AtlasBuilder builder = random_atlas(random, ground, static_cast<int>(draw(random, 2, 8)));
    const auto expected = areas_by_coverage(builder.build());
    for (Statement& s : builder.atlas.statements) {
      MultiPolygon area = s.area.polygons();
      for (Polygon& polygon : area) {
        for (Ring& ring : polygon) {
          const auto [west, east] = std::minmax_element(ring.begin(), ring.end());
          const double turn = random() % 2 == 0 && east->lon <= 180.0 ? 360.0
                              : west->lon >= -180.0                   ? -360.0
                                                                      : 0.0;
          for (Position& p : ring) p.lon += turn;
        }
      }
      s.area = area;
    }
    expect_equal(areas_by_coverage(builder.build()), expected, builder.atlas);
  });
}

TEST(Laws, StatementsElsewhereInTimeChangeNoFigure) {
  for_many(106, 33, [](Random& random, Ground ground) {
    AtlasBuilder builder = random_atlas(random, ground, static_cast<int>(draw(random, 2, 6)));
    // Events never end, so only dates before the new statements are compared.
    std::vector<std::map<std::string, AreaUnits>> expected;
    const Composite before = builder.build();
    for (int d = -1; d < 6; ++d) expected.push_back(areas_at(before, day(d)));
    Generator generator(random, ground);
    for (int i = 0; i < 3; ++i) {
      builder.say(random() % 2 == 0 ? "one" : "two", "a", generator.area(), days(6, 7 + i));
      builder.say("events", "c", generator.area(), Interval::since(day(8)));
    }
    const Composite after = builder.build();
    for (int d = -1; d < 6; ++d) {
      expect_equal(areas_at(after, day(d)), expected[static_cast<std::size_t>(d + 1)], builder.atlas);
    }
  });
}

/// What a day's drawing may do to the day before's: vertices move, come and go, rings begin elsewhere or
/// turn, holes and polygons appear, vanish and change places.
MultiPolygon redrawn(Random& random, Generator& generator, MultiPolygon area) {
  for (std::int64_t k = draw(random, 0, 2); k > 0; --k) {
    Polygon& polygon = area[random() % area.size()];
    Ring& ring = polygon[random() % polygon.size()];
    switch (random() % 7) {
      case 0: {
        const Ring other = generator.polygon().front();
        ring.insert(ring.begin() + 1, other[random() % other.size()]);
        break;
      }
      case 1:
        if (ring.size() > 5)
          ring.erase(ring.begin() + 1 + static_cast<std::ptrdiff_t>(random() % (ring.size() - 3)));
        break;
      case 2:
        ring.pop_back();
        std::rotate(ring.begin(), ring.begin() + static_cast<std::ptrdiff_t>(random() % ring.size()),
                    ring.end());
        ring.push_back(ring.front());
        break;
      case 3:
        std::reverse(ring.begin(), ring.end());
        break;
      case 4:
        polygon.push_back(generator.polygon().front());
        break;
      case 5:
        area.push_back(generator.polygon());
        break;
      default:
        if (area.size() > 1 && random() % 2 == 0) area.erase(area.begin());
        std::shuffle(area.begin(), area.end(), random);
        break;
    }
  }
  return area;
}

TEST(Laws, EachDayOfAHistoryIsWhatItIsAlone) {
  for_many(111, 66, [](Random& random, Ground ground) {
    Generator generator(random, ground);
    AtlasBuilder history;
    std::map<std::string, MultiPolygon> now{{"a", {generator.polygon()}}, {"b", {generator.polygon()}}};
    for (int d = 0; d < 5; ++d) {
      for (auto& [actor, area] : now) {
        area = redrawn(random, generator, std::move(area));
        // Now and then a day is left out, and what follows begins anew.
        if (random() % 8 != 0) history.say("l", actor, area, days(d, d + 1));
      }
    }
    if (history.atlas.statements.empty()) return;
    const Composite whole = history.build();
    EXPECT_EQ(broken_certificates(whole), "") << describe(history.atlas);
    for (int d = 0; d < 5; ++d) {
      AtlasBuilder alone;
      for (const Statement& s : history.atlas.statements) {
        if (s.validity.contains(day(d))) alone.say("l", history.atlas[s.actor].id, s.area, s.validity);
      }
      AreasByName expected;
      if (!alone.atlas.statements.empty()) expected = areas_at(alone.build(), day(d));
      expect_equal(areas_at(whole, day(d)), expected, history.atlas);
    }
  });
}

TEST(Laws, NumberOfThreadsChangesNothing) {
  for_many(110, 12, [](Random& random, Ground ground) {
    AtlasBuilder builder = random_atlas(random, ground, 40);
    const auto built_with = [&](std::size_t threads) {
      const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
      return builder.build();
    };
    const Composite one = built_with(1);
    for (const std::size_t threads : {2U, 4U}) {
      const Composite many = built_with(threads);
      ASSERT_EQ(many.plane().edges().size(), one.plane().edges().size());
      ASSERT_EQ(many.plane().face_count(), one.plane().face_count());
      for (EdgeIndex e = 0; e < one.plane().edges().size(); ++e) {
        const Edge& a = one.plane().edges()[e];
        const Edge& b = many.plane().edges()[e];
        ASSERT_TRUE(a.u == b.u && a.v == b.v && a.segment == b.segment);
      }
      for (FaceIndex f = 0; f < one.plane().face_count(); ++f) {
        ASSERT_TRUE(many.areas()[f] == one.areas()[f]);
        ASSERT_EQ(coverage_name(many, f), coverage_name(one, f));
      }
      expect_equal(areas_by_coverage(many), areas_by_coverage(one), builder.atlas);
    }
  });
}

TEST(Laws, UnionAndIntersectionAddUp) {
  for_many(107, 66, [](Random& random, Ground ground) {
    Generator generator(random, ground);
    const MultiPolygon a = generator.area();
    const MultiPolygon b = generator.area();
    AtlasBuilder both;
    both.say("l", "a", a).say("l", "b", b);
    const Composite composite = both.build();
    const auto areas = areas_at(composite, day(0));
    const AreaUnits common = areas.contains("l/a+l/b") ? areas.at("l/a+l/b") : 0;
    MultiPolygon united = a;
    united.insert(united.end(), b.begin(), b.end());
    AtlasBuilder one;
    one.say("l", "a", united);
    const AreaUnits whole = area_of(one.build(), "l/a");
    expect_equal(area_of(composite, "l/a") + area_of(composite, "l/b"), whole + common, both.atlas);
    // Alone, each is as large as in company.
    AtlasBuilder alone;
    alone.say("l", "a", a);
    expect_equal(area_of(alone.build(), "l/a"), area_of(composite, "l/a"), both.atlas);
  });
}

TEST(Laws, ValidPolygonIsAsLargeAsItsQuantisedRings) {
  for_many(108, 132, [](Random& random, Ground ground) {
    Generator generator(random, ground);
    AtlasBuilder builder;
    builder.say("l", "b", generator.area());
    const Polygon polygon = generator.polygon();
    builder.say("l", "a", MultiPolygon{polygon});
    // Alone, and without anything to remark on its rings, it is what a valid polygon is.
    AtlasBuilder alone;
    alone.say("l", "a", MultiPolygon{polygon});
    const Composite on_its_own = alone.build();
    for (const Finding& finding : on_its_own.findings()) {
      if (finding.severity != Severity::info) return;
    }
    const EdgeArea edge_area = EdgeArea::wgs84();
    AreaUnits sum = 0;
    for (std::size_t r = 0; r < polygon.size(); ++r) {
      AreaUnits ring = 0;
      for (const ChainLink& link : quantise(polygon[r]).links)
        ring += link.multiplicity * edge_area(link.s, link.s.a, link.s.b);
      sum += (r == 0) == (ring > 0) ? ring : -ring;
    }
    expect_equal(area_of(builder.build(), "l/a"), sum, builder.atlas);
  });
}

TEST(Laws, ExchangingTwoActorsMirrorsTheirFigures) {
  for_many(109, 33, [](Random& random, Ground ground) {
    AtlasBuilder builder = random_atlas(random, ground, static_cast<int>(draw(random, 2, 8)));
    const auto expected = areas_by_coverage(builder.build());
    std::swap(builder.atlas.actors[1].id, builder.atlas.actors[2].id);
    ASSERT_EQ(builder.atlas.actors[1].id, "b");
    std::map<std::string, AreaUnits> mirrored;
    for (const auto& [name, area] : areas_by_coverage(builder.build())) {
      std::vector<std::string> runs;
      for (std::size_t from = 0; from < name.size();) {
        const std::size_t to = std::min(name.find(' ', from), name.size());
        std::string run = name.substr(from, to - from);
        char& actor = run[run.find('/') + 1];
        actor = actor == 'a' ? 'b' : actor == 'b' ? 'a' : actor;
        runs.push_back(run);
        from = to + 1;
      }
      std::sort(runs.begin(), runs.end());
      mirrored[fmt::format("{}", fmt::join(runs, " "))] += area;
    }
    expect_equal(mirrored, expected, builder.atlas);
  });
}

TEST(Laws, BuildingTwiceGivesTheSameFaces) {
  for_many(110, 11, [](Random& random, Ground ground) {
    const AtlasBuilder builder = random_atlas(random, ground, static_cast<int>(draw(random, 2, 8)));
    const Composite first = builder.build();
    const Composite second = builder.build();
    ASSERT_EQ(first.plane().face_count(), second.plane().face_count());
    for (FaceIndex f = 0; f < first.plane().face_count(); ++f) {
      ASSERT_EQ(first.areas()[f], second.areas()[f]);
      ASSERT_EQ(coverage_name(first, f), coverage_name(second, f));
    }
  });
}

TEST(Laws, OtherEarthsAddUpToo) {
  // Methods whose area depends on the line alone: a statement is as large as its faces, in any company.
  for_many(111, 22, [](Random& random, Ground ground) {
    Generator generator(random, ground);
    const MultiPolygon area = generator.area();
    AtlasBuilder alone;
    alone.say("l", "a", area);
    AtlasBuilder company;
    company.say("l", "a", area).say("l", "b", generator.area());
    const auto sum = [](const Composite& composite, const FaceAreas& areas) {
      AreaUnits total = 0;
      for (FaceIndex f = 1; f < composite.plane().face_count(); ++f) {
        if (coverage_name(composite, f).find("l/a") != std::string::npos) total += areas[f];
      }
      return total;
    };
    const Composite one = alone.build();
    const Composite two = company.build();
    const AreaMethod sphere = AreaMethod::parse("sphere:6371000");
    expect_equal(sum(two, measure_faces(two, sphere)), sum(one, measure_faces(one, sphere)), company.atlas);
  });
}

}  // namespace
}  // namespace marchland
