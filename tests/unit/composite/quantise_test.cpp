#include <marchland/composite/quantise.h>
#include <marchland/geometry/wkt.h>
#include <marchland/measure/edge_area.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/composite_oracle.h>

#include <map>

namespace marchland {
namespace {

using namespace testing_oracle;

constexpr std::int64_t kTurn = 2 * std::int64_t{kGridMaxLon};

Ring ring_of(std::string_view coordinates) {
  return parse_wkt("POLYGON((" + std::string(coordinates) + "))").front().front();
}

/// Ends of links, with sign; a closed chain has none left.
std::map<GridPoint, int> open_ends(const QuantisedRing& ring) {
  std::map<GridPoint, int> ends;
  for (const ChainLink& link : ring.links) {
    ends[link.s.b] += link.multiplicity;
    ends[link.s.a] -= link.multiplicity;
  }
  std::erase_if(ends, [](const auto& end) { return end.second == 0; });
  return ends;
}

AreaUnits area_of(const QuantisedRing& ring) {
  const EdgeArea area = EdgeArea::wgs84();
  AreaUnits sum = 0;
  for (const ChainLink& link : ring.links) sum += link.multiplicity * area(link.s, link.s.a, link.s.b);
  return sum;
}

RationalPoint at(double lon, double lat) {
  return {Rational(to_grid(lon)), Rational(to_grid(lat))};
}

TEST(Quantise, RoundsToTheNearestUnitHalvesAwayFromZero) {
  EXPECT_EQ(to_grid(0.00000004), 0);
  EXPECT_EQ(to_grid(0.00000005), 1);
  EXPECT_EQ(to_grid(-0.00000005), -1);
  EXPECT_EQ(to_grid(180.0), kGridMaxLon);
  EXPECT_EQ(to_grid(-90.0), -kGridMaxLat);
  EXPECT_EQ(to_grid(47.1234567), 471234567);
}

TEST(Quantise, RingInsideTheBoxIsItsOwnChain) {
  const QuantisedRing ring = quantise(ring_of("0 0, 2 0, 2 1, 0 0"));
  ASSERT_EQ(ring.links.size(), 3U);
  EXPECT_FALSE(ring.is_cut);
  EXPECT_TRUE(ring.cut_parents.empty());
  EXPECT_EQ(ring.links[0].s, (GridSegment{{0, 0}, {20000000, 0}}));
  EXPECT_EQ(ring.links[2].s, (GridSegment{{20000000, 10000000}, {0, 0}}));
}

TEST(Quantise, RepeatedPositionsAreDroppedAndPointsHaveNoLinks) {
  EXPECT_EQ(quantise(ring_of("0 0, 0 0, 2 0, 2 0.00000004, 2 1, 0 0, 0 0")).links.size(), 3U);
  EXPECT_TRUE(quantise(ring_of("5 5, 5 5, 5 5, 5 5")).links.empty());
  EXPECT_TRUE(quantise(ring_of("5 5, 5.00000001 5, 5 5.00000001, 5 5")).links.empty());
  EXPECT_TRUE(open_ends(quantise(ring_of("0 0, 1 1, 1 1, 0 0"))).empty());
}

TEST(Quantise, StepOverHalfATurnGoesTheShortWay) {
  const QuantisedRing ring = quantise(ring_of("170 0, -170 0, -170 10, 170 10, 170 0"));
  EXPECT_TRUE(ring.is_cut);
  EXPECT_FALSE(ring.encloses_pole);
  EXPECT_TRUE(open_ends(ring).empty());
  EXPECT_EQ(ring.cut_parents.size(), 2U);
  EXPECT_EQ(winding(ring, at(175, 5)), 1);
  EXPECT_EQ(winding(ring, at(-175, 5)), 1);
  EXPECT_EQ(winding(ring, at(0, 5)), 0);
  // The same ring in 0..360, and a turn to the west.
  for (const char* other : {"170 0, 190 0, 190 10, 170 10, 170 0", "-190 0, -170 0, -170 10, -190 10, -190 0",
                            "530 0, 190 0, 190 10, 530 10, 530 0"}) {
    const QuantisedRing shifted = quantise(ring_of(other));
    EXPECT_TRUE(open_ends(shifted).empty()) << other;
    EXPECT_EQ(area_of(shifted), area_of(ring)) << other;
    EXPECT_EQ(winding(shifted, at(175, 5)), 1) << other;
    EXPECT_EQ(winding(shifted, at(-175, 5)), 1) << other;
  }
}

TEST(Quantise, StepOfExactlyHalfATurnKeepsItsDirection) {
  const QuantisedRing east = quantise(ring_of("-90 0, 90 0, 90 10, -90 10, -90 0"));
  EXPECT_FALSE(east.is_cut);
  EXPECT_EQ(winding(east, at(0, 5)), 1);
  // 540 degrees written: half a turn after whole ones are taken away, still eastward.
  const QuantisedRing far = quantise(ring_of("-180 10, 360 10, 300 40, 200 40, -180 10"));
  EXPECT_TRUE(open_ends(far).empty());
}

TEST(Quantise, StepOfExactlyAWholeTurnIsAnEdgeAcrossTheBox) {
  const QuantisedRing frame = quantise(ring_of("-180 -90, 180 -90, 180 90, -180 90, -180 -90"));
  EXPECT_FALSE(frame.is_cut);
  ASSERT_EQ(frame.links.size(), 4U);
  EXPECT_EQ(winding(frame, at(1, 1)), 1);
  EXPECT_NEAR(to_square_meters(area_of(frame)).value(), 510065621724088.5, 510.0);
  // Antarctica as atlases draw it: down to the pole along the seam.
  const QuantisedRing antarctica = quantise(ring_of("-180 -70, -180 -90, 180 -90, 180 -70, 0 -60, -180 -70"));
  EXPECT_FALSE(antarctica.is_cut);
  EXPECT_TRUE(open_ends(antarctica).empty());
  EXPECT_EQ(winding(antarctica, at(0, -80)), 1);
  EXPECT_EQ(winding(antarctica, at(0, 80)), 0);
}

TEST(Quantise, RingAroundAPoleMeansTheSmallerSideInEitherDirection) {
  for (const auto& [text, inside, outside] : {std::tuple{"0 80, 120 80, 240 80, 0 80", 85.0, 0.0},
                                              {"0 80, 240 80, 120 80, 0 80", 85.0, 0.0},
                                              {"0 -80, 120 -80, 240 -80, 0 -80", -85.0, 0.0},
                                              {"0 -80, -120 -80, -240 -80, 0 -80", -85.0, 0.0},
                                              {"-170 -10, -50 -10, 70 -10, -170 -10", -15.0, 15.0}}) {
    const QuantisedRing ring = quantise(ring_of(text));
    EXPECT_TRUE(ring.is_cut && ring.encloses_pole) << text;
    EXPECT_TRUE(open_ends(ring).empty()) << text;
    for (const double lon : {-179.0, -60.5, 0.5, 100.5, 179.0}) {
      EXPECT_EQ(std::abs(winding(ring, at(lon, inside))), 1) << text << " lon " << lon;
      EXPECT_EQ(winding(ring, at(lon, outside)), 0) << text << " lon " << lon;
    }
  }
}

TEST(Quantise, LiteralStepsRunAsWritten) {
  // The long way from 170 W to 170 E: everything but the strip at the antimeridian.
  const Ring ring = ring_of("170 0, -170 0, -170 10, 170 10, 170 0");
  const QuantisedRing chain = quantise(ring, {.is_literal = true});
  EXPECT_FALSE(chain.is_cut);
  EXPECT_EQ(chain.links.size(), 4U);
  EXPECT_EQ(std::abs(winding(chain, at(0, 5))), 1);
  EXPECT_EQ(winding(chain, at(175, 5)), 0);
  // The same ring without the declaration is the strip.
  EXPECT_EQ(winding(quantise(ring), at(0, 5)), 0);
  EXPECT_EQ(std::abs(winding(quantise(ring), at(175, 5))), 1);
  // Longitudes beyond 180 are cut as ever.
  const QuantisedRing beyond = quantise(ring_of("170 0, 380 0, 380 10, 170 10, 170 0"), {.is_literal = true});
  EXPECT_TRUE(open_ends(beyond).empty());
  EXPECT_EQ(std::abs(winding(beyond, at(175, 5))), 1);
  EXPECT_EQ(std::abs(winding(beyond, at(10, 5))), 1);
  EXPECT_EQ(winding(beyond, at(100, 5)), 0);
}

TEST(Quantise, DeclaredSideOfARingAroundAPole) {
  const Ring ring = ring_of("0 80, 120 80, 240 80, 0 80");
  const QuantisedRing north = quantise(ring, {.pole_side = PoleSide::north});
  const QuantisedRing south = quantise(ring, {.pole_side = PoleSide::south});
  EXPECT_TRUE(open_ends(south).empty());
  EXPECT_EQ(std::abs(winding(north, at(10, 85))), 1);
  EXPECT_EQ(winding(south, at(10, 85)), 0);
  EXPECT_EQ(std::abs(winding(south, at(10, 0))), 1);
  // Together the whole earth, in integers.
  const AreaUnits earth = area_of(quantise(ring_of("-180 -90, 180 -90, 180 90, -180 90, -180 -90")));
  EXPECT_EQ(area_of(north) - area_of(south), earth);
}

TEST(Quantise, EquatorIsDecidedAndNotByChance) {
  const QuantisedRing ring = quantise(ring_of("0 0, 120 0, 240 0, 0 0"));
  EXPECT_TRUE(open_ends(ring).empty());
  EXPECT_EQ(winding(ring, at(10, 45)), 1);
  EXPECT_EQ(winding(ring, at(10, -45)), 0);
  EXPECT_EQ(winding(quantise(ring_of("0 0, 240 0, 120 0, 0 0")), at(10, 45)), -1);
}

TEST(Quantise, RingStartingOrEndingOnTheSeam) {
  for (const char* text :
       {"180 0, 190 0, 190 10, 180 10, 180 0", "180 0, -170 0, -170 10, 180 10, 180 0",
        "-180 0, -170 0, -170 10, 180 10, -180 0", "-180 0, -170 0, -170 10, -180 10, -180 0"}) {
    const QuantisedRing ring = quantise(ring_of(text));
    EXPECT_TRUE(open_ends(ring).empty()) << text;
    if (text[0] != '-' || !ring.is_cut) {
      EXPECT_EQ(winding(ring, at(-175, 5)), 1) << text;
      EXPECT_EQ(winding(ring, at(175, 5)), 0) << text;
    }
  }
}

TEST(Quantise, CutLatitudeIsTheSameFromBothDirectionsAndAnyTurn) {
  constexpr std::uint64_t kSeed = 41;
  Random random(kSeed);
  for (int i = 0; i < 5000; ++i) {
    const std::int64_t west = kGridMaxLon - draw(random, 1, i % 2 == 0 ? 5 : 800000000);
    const std::int64_t east = kGridMaxLon + draw(random, 1, i % 2 == 0 ? 5 : 800000000);
    const std::int64_t y1 = draw(random, -kGridMaxLat, kGridMaxLat);
    const std::int64_t y2 = i % 3 == 0 ? std::min<std::int64_t>(y1 + draw(random, 0, 2), kGridMaxLat)
                                       : draw(random, -kGridMaxLat, kGridMaxLat);
    const auto position = [](std::int64_t x, std::int64_t y) {
      return Position{static_cast<double>(x) / kGridUnitsPerDegree,
                      static_cast<double>(y) / kGridUnitsPerDegree};
    };
    const auto cuts = [&](const Position& p, const Position& q) {
      std::map<std::int32_t, int> latitudes;
      const double third = p.lat > 0 ? -89.0 : 89.0;
      const QuantisedRing ring = quantise(Ring{p, q, {p.lon, third}, p});
      for (const ChainLink& link : ring.links) {
        if (link.s.a.x == link.s.b.x || link.cut_parent == ChainLink::kNoParent) continue;
        if (ring.cut_parents[link.cut_parent].from.lat == third ||
            ring.cut_parents[link.cut_parent].to.lat == third) {
          continue;
        }
        for (const GridPoint end : {link.s.a, link.s.b}) {
          if (std::abs(end.x) == kGridMaxLon) ++latitudes[end.y];
        }
      }
      return latitudes;
    };
    const auto there = cuts(position(west, y1), position(east, y2));
    const auto back = cuts(position(east, y2), position(west, y1));
    const auto wrapped = cuts(position(west, y1), position(east - kTurn, y2));
    ASSERT_EQ(there.size(), 1U) << "seed " << kSeed << ", case " << i;
    ASSERT_EQ(there.begin()->second, 2);
    ASSERT_EQ(back, there) << "seed " << kSeed << ", case " << i;
    ASSERT_EQ(wrapped, there) << "seed " << kSeed << ", case " << i;
    // Nearest unit, halves go north.
    const Rational exact =
        Rational(y1) + Rational(y2 - y1) * Rational(kGridMaxLon - west) / Rational(east - west);
    ASSERT_EQ(Rational(there.begin()->first), floor_of(exact + Rational(1, 2)));
  }
}

/// Multiples of 30 and 6 degrees: every cut at the seam is a whole unit, so nothing is rounded.
Ring lattice_ring(Random& random, int vertices) {
  Ring ring;
  const bool polar = random() % 3 == 0;
  std::int64_t lon = draw(random, -6, 6);
  for (int i = 0; i < vertices; ++i) {
    if (polar) {
      lon += draw(random, 1, 5);  // mostly eastward, so that it gets round
      if (lon > 18) lon -= 24;
    } else {
      lon = std::clamp<std::int64_t>(lon + draw(random, -5, 5), -18, 18);
    }
    ring.push_back({30.0 * static_cast<double>(lon), 6.0 * static_cast<double>(draw(random, -15, 15))});
  }
  if (random() % 2 == 0) std::reverse(ring.begin(), ring.end());
  ring.push_back(ring.front());
  return ring;
}

TEST(Quantise, AnyChainIsClosedAndWindsAsTheRingDoes) {
  constexpr std::uint64_t kSeed = 42;
  Random random(kSeed);
  int polar = 0;
  int cut = 0;
  for (int i = 0; i < 1000; ++i) {
    const Ring ring = lattice_ring(random, 3 + i % 7);
    for (const PoleSide side : {PoleSide::north, PoleSide::south}) {
      const QuantisedRing chain = quantise(ring, {.pole_side = side});
      ASSERT_TRUE(open_ends(chain).empty())
          << "seed " << kSeed << ", case " << i << ": " << format_wkt({{ring}});
      for (const ChainLink& link : chain.links) ASSERT_NE(link.s.a, link.s.b);
      const GlobeRing oracle(ring, side == PoleSide::south);
      polar += chain.encloses_pole ? 1 : 0;
      cut += chain.is_cut ? 1 : 0;
      if (chain.links.empty()) continue;
      ASSERT_EQ(chain.encloses_pole, oracle.turns() != 0);
      for (int k = 0; k < 12; ++k) {
        const RationalPoint p{Rational(draw(random, -180, 179) * 10000000) + Rational(10000000, 1009),
                              Rational(draw(random, -90, 89) * 10000000) + Rational(40000000, 1013)};
        ASSERT_EQ(winding(chain, p), oracle.winding(p))
            << "seed " << kSeed << ", case " << i << ": " << format_wkt({{ring}}) << " at " << p.x << ' '
            << p.y;
      }
    }
  }
  EXPECT_GT(polar, 100);
  EXPECT_GT(cut, 300);
}

}  // namespace
}  // namespace marchland
