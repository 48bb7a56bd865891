// Drawn cases, in units of the grid near the equator, where a unit is alike in both directions.
#include <marchland/base/error.h>
#include <marchland/composite/harmonise.h>
#include <marchland/composite/quantise.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/composite_fixtures.h>
#include <tests/held_positions.h>

#include <random>
#include <tuple>

namespace marchland {
namespace {

using namespace testing_fixtures;
using testing::ElementsAre;
using testing::IsEmpty;
using Kind = LedgerEntry::Kind;

const double kUnit = grid_distance(GridPoint{0, 0}, GridPoint{0, 1}).value();

struct Place {
  std::int64_t x, y;
};

Position at(Place p) {
  return {static_cast<double>(p.x) / kGridUnitsPerDegree, static_cast<double>(p.y) / kGridUnitsPerDegree};
}

/// Closed.
Ring ring(const std::vector<Place>& places) {
  Ring out;
  for (const Place& p : places) out.push_back(at(p));
  out.push_back(out.front());
  return out;
}

/// "0 0, 100 0, ...", of a ring's vertices, the last left out.
std::string text(const Ring& ring) {
  std::string out;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i)
    out += fmt::format("{}{} {}", i == 0 ? "" : ", ", to_grid(ring[i].lon), to_grid(ring[i].lat));
  return out;
}

/// A layer a day, each of one ring, unless said otherwise.
class Drawing {
 public:
  explicit Drawing(double units) { builder_.atlas.harmonise = Meters(units * kUnit); }
  Drawing& on(int date, const Ring& outer, std::string_view layer = "l", std::string_view actor = "a") {
    builder_.say(layer, actor, MultiPolygon{{outer}}, days(date, date + 1));
    return *this;
  }
  Drawing& add(int date, Polygon polygon, std::string_view layer = "l", std::string_view actor = "a") {
    builder_.say(layer, actor, MultiPolygon{std::move(polygon)}, days(date, date + 1));
    return *this;
  }
  Atlas& atlas() { return builder_.atlas; }
  AtlasBuilder& builder() { return builder_; }
  void run() { result = harmonise(builder_.atlas); }
  [[nodiscard]] Ring ring_of(std::size_t statement, std::size_t number = 0) const {
    return result.atlas.statements[statement].area[0][number].positions();
  }
  [[nodiscard]] std::string text_of(std::size_t statement, std::size_t number = 0) const {
    return text(ring_of(statement, number));
  }
  /// "moved 2/0/0/1 100 3 -> 100 0", statements counted from 1.
  [[nodiscard]] std::vector<std::string> entries() const {
    std::vector<std::string> out;
    for (const LedgerEntry& e : result.ledger.entries) {
      const std::string where = fmt::format("{}/{}/{}/{}", e.statement + 1, e.polygon, e.ring, e.vertex);
      switch (e.kind) {
        case Kind::moved:
          out.push_back(fmt::format("moved {} {} {} -> {} {}", where, e.from.x, e.from.y, e.to.x, e.to.y));
          break;
        case Kind::inserted:
          out.push_back(fmt::format("inserted {} {} {}", where, e.to.x, e.to.y));
          break;
        case Kind::dropped:
          out.push_back(fmt::format("dropped {} {} {}", where, e.from.x, e.from.y));
          break;
      }
    }
    return out;
  }
  HarmonisedAtlas result;

 private:
  AtlasBuilder builder_;
};

const Ring kSquare = ring({{0, 0}, {1000, 0}, {1000, 1000}, {0, 1000}});

TEST(Harmonise, IsOffByDefaultAndThenTouchesNothing) {
  Drawing d(0);
  // Not on the grid: even that stays.
  Ring odd = kSquare;
  odd[1].lon += 1e-9;
  d.on(0, kSquare).on(1, odd);
  d.run();
  EXPECT_EQ(d.ring_of(1), odd);
  EXPECT_THAT(d.entries(), IsEmpty());
  EXPECT_EQ(d.result.ledger.epsilon.value(), 0.0);
  EXPECT_EQ(d.builder().build().ledger().epsilon.value(), 0.0);
}

TEST(Harmonise, VertexTakesTheNearestEarlierOne) {
  Drawing d(10);
  d.on(0, kSquare).on(1, ring({{3, 4}, {1000, -2}, {1012, 1000}, {0, 1000}}));
  d.run();
  EXPECT_EQ(d.text_of(0), text(kSquare));
  EXPECT_EQ(d.text_of(1), "0 0, 1000 0, 1012 1000, 1000 1000, 0 1000");
  EXPECT_THAT(d.entries(), ElementsAre("moved 2/0/0/0 3 4 -> 0 0", "moved 2/0/0/1 1000 -2 -> 1000 0",
                                       "inserted 2/0/0/2 1000 1000"));
  EXPECT_NEAR(d.result.ledger.greatest_distance().value(), 5 * kUnit, 1e-12);
}

TEST(Harmonise, ExactlyEpsilonIsWithin) {
  for (const bool less : {false, true}) {
    Drawing d(10);
    // The distance as it is computed, so that equal is equal.
    const double distance = grid_distance(GridPoint{1000, 1000}, GridPoint{1010, 1000}).value();
    d.atlas().harmonise = Meters(less ? std::nextafter(distance, 0.0) : distance);
    d.on(0, kSquare).on(1, ring({{1010, 1000}, {2000, 500}, {2000, 1500}}));
    d.run();
    EXPECT_EQ(d.text_of(1), fmt::format("{} 1000, 2000 500, 2000 1500", less ? 1010 : 1000)) << less;
  }
}

TEST(Harmonise, TiesGoToTheSmallerPlace) {
  Drawing d(10);
  d.on(0, ring({{0, 0}, {20, 0}, {10, 500}})).on(1, ring({{10, 0}, {5, -500}, {8, -600}}));
  d.run();
  EXPECT_THAT(d.entries(), ElementsAre("moved 2/0/0/0 10 0 -> 0 0"));
}

TEST(Harmonise, EarlierVertexIsInsertedInItsOrder) {
  Drawing d(10);
  // Day 0 has two corners along the lower edge that day 1 draws as one.
  d.on(0, ring({{0, 0}, {300, 5}, {600, -4}, {1000, 0}, {1000, 1000}, {0, 1000}})).on(1, kSquare);
  d.run();
  EXPECT_EQ(d.text_of(1), "0 0, 300 5, 600 -4, 1000 0, 1000 1000, 0 1000");
  EXPECT_THAT(d.entries(), ElementsAre("inserted 2/0/0/0 300 5", "inserted 2/0/0/0 600 -4"));
}

TEST(Harmonise, InsertsAlongAnEdgeDrawnTheOtherWay) {
  Drawing d(10);
  d.on(0, ring({{0, 0}, {300, 5}, {600, -4}, {1000, 0}, {1000, 1000}, {0, 1000}}))
      .on(1, ring({{0, 1000}, {1000, 1000}, {1000, 0}, {0, 0}}));
  d.run();
  EXPECT_EQ(d.text_of(1), "0 1000, 1000 1000, 1000 0, 600 -4, 300 5, 0 0");
  EXPECT_THAT(d.entries(), ElementsAre("inserted 2/0/0/2 600 -4", "inserted 2/0/0/2 300 5"));
}

TEST(Harmonise, VerticesAlongAnEarlierSegmentAreDropped) {
  Drawing d(10);
  d.on(0, kSquare).on(1, ring({{0, 0}, {300, 5}, {600, -4}, {1000, 3}, {1000, 1000}, {0, 1000}}));
  d.run();
  EXPECT_EQ(d.text_of(1), text(kSquare));
  EXPECT_THAT(d.entries(), ElementsAre("dropped 2/0/0/1 300 5", "dropped 2/0/0/2 600 -4",
                                       "moved 2/0/0/3 1000 3 -> 1000 0"));
  ASSERT_EQ(d.result.ledger.statements.size(), 1U);
  EXPECT_EQ(d.result.ledger.statements[0].dropped, 2U);
  EXPECT_EQ(d.result.ledger.statements[0].moved, 1U);
}

TEST(Harmonise, RunAroundTheStartOfARingIsDroppedToo) {
  Drawing d(10);
  d.on(0, kSquare).on(1, ring({{300, 5}, {600, -4}, {1000, 0}, {1000, 1000}, {0, 1000}, {0, 0}}));
  d.run();
  EXPECT_EQ(d.text_of(1), "1000 0, 1000 1000, 0 1000, 0 0");
}

TEST(Harmonise, VertexBeyondEpsilonOrBesideNoSegmentStays) {
  Drawing d(10);
  const Ring far = ring({{0, 0}, {300, 5}, {600, -14}, {1000, 0}, {1000, 1000}, {0, 1000}});
  // Neighbours that no earlier segment joins: a corner is cut.
  const Ring cut = ring({{0, 0}, {500, 500}, {1000, 1000}, {0, 1000}});
  d.on(0, kSquare).on(1, far).on(2, cut);
  d.run();
  EXPECT_EQ(d.text_of(1), text(far));
  EXPECT_EQ(d.text_of(2), text(cut));
  EXPECT_THAT(d.entries(), IsEmpty());
}

TEST(Harmonise, VertexWhereRingsOfOneDateMeetIsKeptInBoth) {
  Drawing d(10);
  // On day 1 b's ring ends at 500 5, on the edge that a's ring has in common with day 0.
  d.on(0, kSquare)
      .on(1, ring({{0, 0}, {500, 5}, {1000, 0}, {1000, 1000}, {0, 1000}}))
      .on(1, ring({{0, 0}, {0, -800}, {500, 5}}), "l", "b");
  d.run();
  EXPECT_EQ(d.text_of(1), "0 0, 500 5, 1000 0, 1000 1000, 0 1000");
  EXPECT_EQ(d.text_of(2), "0 0, 0 -800, 500 5");
  EXPECT_THAT(d.entries(), IsEmpty());
}

TEST(Harmonise, NeighboursOfOneDateDropTheSameVertices) {
  Drawing d(10);
  d.on(0, kSquare)
      .on(1, ring({{0, 0}, {500, 5}, {1000, 0}, {1000, 1000}, {0, 1000}}))
      .on(1, ring({{1000, 0}, {500, 5}, {0, 0}, {500, -900}}), "l", "b");
  d.run();
  EXPECT_EQ(d.text_of(1), text(kSquare));
  EXPECT_EQ(d.text_of(2), "1000 0, 0 0, 500 -900");
  EXPECT_THAT(d.entries(), ElementsAre("dropped 2/0/0/1 500 5"));
}

TEST(Harmonise, EndOnAnEarlierSegmentStays) {
  Drawing d(10);
  // A T-junction: nothing to take, and no neighbours at that segment's ends.
  const Ring tee = ring({{500, 3}, {700, -800}, {300, -800}});
  d.on(0, kSquare).on(1, tee);
  d.run();
  EXPECT_EQ(d.text_of(1), text(tee));
  EXPECT_THAT(d.entries(), IsEmpty());
}

TEST(Harmonise, VerticesOfOneLayerAndDateNeverChangeOneAnother) {
  Drawing d(10);
  const Ring beside = ring({{2, 0}, {1000, 0}, {1000, 1000}, {500, 1001}, {0, 1000}});
  d.on(0, kSquare).on(0, beside, "l", "b");
  d.run();
  EXPECT_EQ(d.text_of(0), text(kSquare));
  EXPECT_EQ(d.text_of(1), text(beside));
  // Another layer of the same date comes after.
  Drawing other(10);
  other.on(0, kSquare, "l").on(0, beside, "k");
  other.run();
  EXPECT_EQ(other.text_of(1), text(beside));  // "k" before "l"
  EXPECT_EQ(other.text_of(0), "2 0, 1000 0, 1000 1000, 500 1001, 0 1000");
}

TEST(Harmonise, GreaterPriorityComesFirst) {
  Drawing d(10);
  d.on(0, kSquare, "a").on(0, ring({{4, 0}, {1000, 0}, {1000, 1000}, {0, 1000}}), "z");
  d.atlas().sources.push_back(d.atlas().sources[0]);
  d.atlas().sources[1].id = "better";
  d.atlas().sources[1].priority = 1;
  d.atlas().layers[1].source = SourceId(1);
  d.run();
  EXPECT_EQ(d.text_of(0), "4 0, 1000 0, 1000 1000, 0 1000");
}

TEST(Harmonise, RepeatedLineBecomesTheSameLine) {
  Drawing d(10);
  const Ring other = ring({{3, 0}, {300, 5}, {1000, 0}, {1000, 1000}, {0, 1000}});
  d.on(0, kSquare).on(1, other).on(2, kSquare).on(3, other).on(4, other, "m");
  d.run();
  for (std::size_t s = 1; s < 5; ++s) EXPECT_EQ(d.text_of(s), text(kSquare)) << s;
  // Noted once, counted each time.
  EXPECT_THAT(d.entries(), ElementsAre("moved 2/0/0/0 3 0 -> 0 0", "dropped 2/0/0/1 300 5"));
  std::vector<std::uint32_t> changed;
  for (const StatementEffect& e : d.result.ledger.statements) changed.push_back(e.statement);
  EXPECT_THAT(changed, ElementsAre(1U, 3U, 4U));
}

TEST(Harmonise, WhatWasTakenOnceIsTakenAgain) {
  Drawing d(10);
  // Day 1 has both 8 0, which takes 0 0, and 14 0, which stays and is nearer to it. Day 2 says 8 0 again.
  d.on(0, kSquare)
      .on(1, ring({{8, 0}, {14, 0}, {1000, 0}, {1000, 1000}, {0, 1000}}))
      .on(2, ring({{8, 0}, {1000, 1000}, {0, 1000}}));
  d.run();
  EXPECT_EQ(d.text_of(2), "0 0, 1000 1000, 0 1000");
}

TEST(Harmonise, DroppedVertexThatAnotherLineNeedsStaysFromThenOn) {
  Drawing d(10);
  const Ring bent = ring({{0, 0}, {500, 5}, {1000, 0}, {1000, 1000}, {0, 1000}});
  d.on(0, kSquare).on(1, bent).on(2, ring({{500, 5}, {700, -800}, {300, -800}}), "m").on(3, bent);
  d.run();
  EXPECT_EQ(d.text_of(1), text(kSquare));
  EXPECT_EQ(d.text_of(3), text(bent));
}

TEST(Harmonise, CollapsedRingIsFoundAndAccountedFor) {
  Drawing d(100);
  d.on(0, kSquare).add(1, {kSquare, ring({{20, 20}, {40, 20}, {30, 40}})});
  const AreaUnits before = area_of(d.builder().build(), "l/a", day(0));
  d.run();
  EXPECT_EQ(d.text_of(1, 1), "0 0, 0 0, 0 0");
  ASSERT_EQ(d.result.ledger.findings.size(), 1U);
  const Finding& finding = d.result.ledger.findings[0];
  EXPECT_EQ(finding.code, "ring-collapsed");
  EXPECT_EQ(finding.statement, "2");
  EXPECT_THAT(finding.text, testing::HasSubstr("polygon 1, ring 2"));
  ASSERT_TRUE(finding.location.has_value());
  EXPECT_EQ(to_grid(finding.location->lon.value()), 20);
  // Half of 20 by 20 units of hole were filled.
  ASSERT_EQ(d.result.ledger.statements.size(), 1U);
  EXPECT_NEAR(
      static_cast<double>(d.result.ledger.statements[0].area), 200 * kUnit * kUnit * 1e6,
      200 * kUnit * kUnit * 1e6 * 0.02);  // the scale differs from the ellipsoid's by up to 1.1 % a side
  const Composite composite = d.builder().build();
  EXPECT_EQ(broken_certificates(composite), "");
  EXPECT_THAT(finding_codes(composite.findings()), testing::Contains("ring-collapsed"));
  EXPECT_EQ(area_of(composite, "l/a", day(1)), before);
}

TEST(Harmonise, CollapsedRingThatIsRepeatedIsOneFinding) {
  Drawing d(100);
  const Polygon holed{kSquare, ring({{20, 20}, {40, 20}, {30, 40}})};
  d.on(0, kSquare).add(1, holed).add(2, holed).add(3, {kSquare, ring({{20, 20}, {40, 20}, {30, 44}})});
  d.run();
  ASSERT_EQ(d.result.ledger.findings.size(), 2U);
  EXPECT_EQ(d.result.ledger.findings[0].statement, "2");
  EXPECT_THAT(d.result.ledger.findings[0].text, testing::HasSubstr("first of 2 rings"));
  EXPECT_EQ(d.result.ledger.findings[1].statement, "4");
  EXPECT_EQ(d.result.ledger.statements.size(), 3U);
}

TEST(Harmonise, EpsilonLargerThanTheEdges) {
  Drawing d(100);
  std::vector<Place> fine;
  for (std::int64_t x = 0; x <= 1000; x += 10) fine.push_back({x, x % 20 == 0 ? 0 : 7});
  fine.push_back({1000, 1000});
  fine.push_back({0, 1000});
  d.on(0, kSquare).on(1, ring(fine)).on(2, ring(fine));
  d.run();
  // Each vertex takes a corner within 100 units; the rest runs along the edge.
  EXPECT_EQ(d.text_of(1), text(kSquare));
  EXPECT_EQ(d.text_of(2), text(kSquare));
  EXPECT_EQ(broken_certificates(d.builder().build()), "");
}

TEST(Harmonise, EventsOfOneInstantAreTakenTogether) {
  Drawing d(10);
  d.builder().layer("e", LayerMode::event);
  d.builder().say("e", "a", MultiPolygon{{kSquare}}, Interval::since(day(0)), 0);
  d.builder().say("e", "b", MultiPolygon{{ring({{2, 0}, {1000, 0}, {500, 700}})}}, Interval::since(day(0)),
                  1);
  d.builder().say("e", "b", MultiPolygon{{ring({{1, 0}, {1002, 0}, {-500, -700}})}}, Interval::since(day(1)),
                  0);
  d.run();
  EXPECT_EQ(d.text_of(1), "2 0, 1000 0, 500 700");
  // Nearer to 0 0 and 2 0 alike: the smaller.
  EXPECT_EQ(d.text_of(2), "0 0, 1000 0, -500 -700");
}

/// Days of a line of 1500 vertices, written anew with what differs by less than epsilon here and there, and
/// some of its vertices left out: more than rings are kept in memory for.
AtlasBuilder long_history(int dates, bool is_changing) {
  std::mt19937 random(3);
  AtlasBuilder builder;
  builder.atlas.harmonise = Meters(5 * kUnit);
  std::vector<Place> places;
  for (int i = 0; i < 1500; ++i) places.push_back({static_cast<std::int64_t>(random() % 100'000), i * 100});
  SharedRings shared;
  for (int d = 0; d < dates; ++d) {
    std::vector<Place> drawn = places;
    for (int c = 0; is_changing && c < 5; ++c) {
      drawn[random() % drawn.size()].x += static_cast<std::int64_t>(random() % 9) - 4;
      const std::size_t beside = random() % (drawn.size() - 1);
      const Place middle{(drawn[beside].x + drawn[beside + 1].x) / 2,
                         (drawn[beside].y + drawn[beside + 1].y) / 2};
      drawn.insert(drawn.begin() + static_cast<std::ptrdiff_t>(beside) + 1, middle);
    }
    builder.say("l", "a", shared.share(MultiPolygon{{ring(drawn)}}), days(d, d + 1));
  }
  return builder;
}

TEST(Harmonise, RingsOfALongHistoryAreWhatTheyWouldBeAlone) {
  AtlasBuilder builder = long_history(200, true);
  const HarmonisedAtlas used = harmonise(builder.atlas);
  EXPECT_GT(used.ledger.count(Kind::moved), 0U);
  EXPECT_GT(used.ledger.count(Kind::inserted) + used.ledger.count(Kind::dropped), 0U);
  // Of an actor of its own no day finds the one before, so that all are looked up anew.
  for (std::size_t s = 0; s < builder.atlas.statements.size(); ++s)
    builder.atlas.statements[s].actor = builder.actor(fmt::format("a{}", s));
  const HarmonisedAtlas anew = harmonise(builder.atlas);
  for (std::size_t s = 0; s < builder.atlas.statements.size(); ++s)
    ASSERT_EQ(used.atlas.statements[s].area, anew.atlas.statements[s].area) << s;
  ASSERT_EQ(used.ledger.entries.size(), anew.ledger.entries.size());
  ASSERT_EQ(used.ledger.statements.size(), anew.ledger.statements.size());
  for (std::size_t i = 0; i < used.ledger.statements.size(); ++i) {
    const StatementEffect& a = used.ledger.statements[i];
    const StatementEffect& b = anew.ledger.statements[i];
    ASSERT_TRUE(std::tuple(a.statement, a.area, a.moved, a.inserted, a.dropped) ==
                std::tuple(b.statement, b.area, b.moved, b.inserted, b.dropped))
        << i;
  }
}

TEST(Harmonise, WhatIsRepeatedIsHeldOnce) {
  AtlasBuilder builder = long_history(2, true);
  const auto held_by = [&](int dates) {
    Atlas atlas = builder.atlas;
    for (int d = 2; d < dates; ++d) {
      Statement again = atlas.statements[1];
      again.id = fmt::format("again {}", d);
      again.validity = days(d, d + 1);
      again.area = again.area.polygons();  // as if read from a file of its own
      atlas.statements.push_back(std::move(again));
    }
    HarmonisedAtlas h = harmonise(std::move(atlas));
    EXPECT_GT(h.ledger.statements.size(), static_cast<std::size_t>(dates) / 2) << "they change";
    return held_positions(h.atlas);
  };
  EXPECT_EQ(held_by(20), held_by(200));
}

TEST(Harmonise, RegionsAndTheStudyAreaTakeNoPart) {
  Drawing d(10);
  d.on(0, kSquare);
  const MultiPolygon near{{ring({{3, 0}, {1000, 0}, {1000, 1000}})}};
  d.atlas().study_area = near;
  Region& region = d.atlas().regions.emplace_back();
  region.id = "r";
  region.area = near;
  d.run();
  EXPECT_EQ(d.result.atlas.study_area->polygons(), near);
  EXPECT_EQ(d.result.atlas.regions[0].area.polygons(), near);
  EXPECT_THAT(d.entries(), IsEmpty());
}

TEST(Harmonise, AcrossTheAntimeridian) {
  constexpr std::int64_t kX = kGridMaxLon;
  Drawing d(10);
  d.on(0, ring({{kX - 1000, 0}, {-kX + 3, 0}, {-kX + 3, 1000}, {kX - 1000, 1000}}))
      .on(1, ring({{kX - 1000, 0}, {kX - 2, 1}, {kX + 3, 1002}, {kX - 1000, 1000}}))
      .on(2, ring({{-kX + 1000, 0}, {-kX, 0}, {-kX, 1000}, {-kX + 1000, 1000}}), "m");
  d.run();
  EXPECT_THAT(d.entries(), ElementsAre(fmt::format("moved 2/0/0/1 {} 1 -> {} 0", kX - 2, -kX + 3),
                                       fmt::format("moved 2/0/0/2 {} 1002 -> {} 1000", -kX + 3, -kX + 3),
                                       fmt::format("moved 3/0/0/1 {} 0 -> {} 0", -kX, -kX + 3),
                                       fmt::format("moved 3/0/0/2 {} 1000 -> {} 1000", -kX, -kX + 3)));
  const Composite composite = d.builder().build();
  EXPECT_EQ(broken_certificates(composite), "");
  EXPECT_EQ(area_of(composite, "l/a", day(0)), area_of(composite, "l/a", day(1)));
}

TEST(Harmonise, BothEndsOfTheEarthAreOnePlace) {
  constexpr std::int64_t kX = kGridMaxLon;
  Drawing d(10);
  d.on(0, ring({{kX - 1000, 0}, {kX, 0}, {kX, 1000}, {kX - 1000, 1000}}))
      .on(1, ring({{-kX + 1000, 0}, {-kX, 0}, {-kX, 1000}, {-kX + 1000, 1000}}));
  d.run();
  EXPECT_THAT(d.entries(), IsEmpty());
  EXPECT_EQ(d.text_of(0), fmt::format("{} 0, {} 0, {} 1000, {} 1000", kX - 1000, kX, kX, kX - 1000));
}

TEST(Harmonise, RingsAroundAPole) {
  Drawing d(10);
  const auto circle = [](std::int64_t shift, std::int64_t start) {
    std::vector<Place> places;
    for (std::int64_t lon = start; lon < start + 360; lon += 40)
      places.push_back({(lon > 180 ? lon - 360 : lon) * kGridUnitsPerDegree + shift,
                        80 * std::int64_t{kGridUnitsPerDegree} + shift});
    return ring(places);
  };
  d.on(0, circle(0, -175)).on(1, circle(3, -135));
  d.run();
  EXPECT_EQ(d.result.ledger.count(Kind::moved), 9U);
  const Composite composite = d.builder().build();
  EXPECT_EQ(broken_certificates(composite), "");
  EXPECT_EQ(area_of(composite, "l/a", day(0)), area_of(composite, "l/a", day(1)));
  EXPECT_GT(area_of(composite, "l/a", day(0)), 0);
}

TEST(Harmonise, LongitudesAtThePoleAreNotOnePlace) {
  constexpr std::int64_t kY = kGridMaxLat;
  Drawing d(100);
  const Ring wedge = ring({{400000, kY}, {0, kY - 1000000}, {900000, kY - 1000000}});
  d.on(0, ring({{300000, kY}, {0, kY - 900000}, {900000, kY - 900000}})).on(1, wedge);
  d.run();
  EXPECT_EQ(d.text_of(1), text(wedge));
}

TEST(Harmonise, EdgesOfHalfTheEarthAreLeftOut) {
  constexpr std::int64_t kX = kGridMaxLon;
  Drawing d(10);
  const Ring frame = ring({{-kX, -300}, {kX, -300}, {kX, 300}, {-kX, 300}});
  d.on(0, frame).on(1, ring({{-kX + 5, -300}, {-kX + 900, -300}, {-kX + 900, 303}}));
  d.on(2, ring({{-kX + 2, -300}, {0, -300}, {0, 301}, {-kX + 3, 300}}));
  d.run();
  EXPECT_EQ(d.ring_of(0), frame);
  EXPECT_EQ(d.result.ledger.rings_left_out, 2U);
  EXPECT_THAT(d.entries(), IsEmpty());
}

TEST(Harmonise, UnreadableRingsAreRefusedAsEver) {
  Drawing d(10);
  Ring broken = kSquare;
  broken[2].lat = 91;
  d.on(0, kSquare).on(1, broken);
  EXPECT_THROW(d.run(), InvalidData);
  Drawing open(10);
  Ring unclosed = kSquare;
  unclosed.back().lon = 5;
  open.on(0, unclosed);
  EXPECT_THROW(open.run(), InvalidData);
  for (const double epsilon : {-1.0, 1000.1, std::nan("")}) {
    Drawing far(1);
    far.on(0, kSquare);
    far.atlas().harmonise = Meters(epsilon);
    EXPECT_THROW(static_cast<void>(far.builder().build()), InvalidData) << epsilon;
  }
}

TEST(Harmonise, DistanceIsNeverLessThanOnTheEllipsoid) {
  // By hand: M and N of WGS84 at a latitude, chords of a few metres.
  constexpr double kE2 = 0.0066943799901413165;
  for (int lat = 0; lat <= 88; lat += 4) {
    const double phi = lat * std::numbers::pi / 180;
    const double w2 = 1 - kE2 * std::sin(phi) * std::sin(phi);
    const double n = 6378137.0 / std::sqrt(w2);
    const double m = n * (1 - kE2) / w2;
    const GridPoint p{1234567, lat * kGridUnitsPerDegree};
    for (const auto& [dx, dy] : {std::pair{300, 0}, std::pair{0, 300}, std::pair{-200, 100}}) {
      const GridPoint q{p.x + dx, p.y + dy};
      const double unit = std::numbers::pi / 180 / kGridUnitsPerDegree;
      const double truth = std::hypot(m * unit * dy, n * std::cos(phi) * unit * dx);
      const double found = grid_distance(p, q).value();
      EXPECT_GE(found, truth * (1 - 1e-6)) << lat;  // M, N and the cosine are those of one end
      EXPECT_LE(found, truth * 1.011) << lat;
      EXPECT_EQ(found, grid_distance(q, p).value());
    }
  }
  EXPECT_EQ(grid_distance(GridPoint{kGridMaxLon, 5}, GridPoint{-kGridMaxLon, 5}).value(), 0.0);
}

TEST(Harmonise, DistanceToASegment) {
  const GridSegment s{{-1000, 0}, {1000, 0}};
  EXPECT_NEAR(grid_distance(GridPoint{0, 7}, s).value(), 7 * kUnit, 1e-9);
  EXPECT_NEAR(grid_distance(GridPoint{1003, 4}, s).value(), 5 * kUnit, 1e-9);
  EXPECT_EQ(grid_distance(GridPoint{500, 250}, GridSegment{{0, 0}, {1000, 500}}).value(), 0.0);
  // Across the antimeridian, seen from both sides.
  constexpr std::int32_t kX = kGridMaxLon;
  const GridSegment seam{{kX - 1000, 0}, {-kX + 1000, 0}};
  EXPECT_NEAR(grid_distance(GridPoint{kX - 3, 7}, seam).value(), 7 * kUnit, 1e-9);
  EXPECT_NEAR(grid_distance(GridPoint{-kX + 3, 7}, seam).value(), 7 * kUnit, 1e-9);
}

}  // namespace
}  // namespace marchland
