#include <marchland/base/error.h>
#include <marchland/geometry/shared_area.h>
#include <marchland/geometry/wkt.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>
#include <set>

namespace marchland {
namespace {

using testing::SizeIs;

/// A line of many vertices that nothing is regular about, closed.
Ring drawn(std::size_t vertices, unsigned seed = 7) {
  std::mt19937 random(seed);
  Ring ring;
  for (std::size_t i = 0; i < vertices; ++i)
    ring.push_back({1e-7 * static_cast<double>(random() % 100'000'000), 1e-4 * static_cast<double>(i)});
  ring.push_back(ring.front());
  return ring;
}

/// Positions that the rings hold, those of a stretch that several have once.
std::size_t held(const std::vector<SharedRing>& rings) {
  std::set<const void*> seen;
  std::size_t count = 0;
  for (const SharedRing& ring : rings) {
    for (const auto& stretch : ring.stretches()) {
      if (seen.insert(stretch.get()).second) count += stretch->size();
    }
  }
  return count;
}

TEST(SharedRing, GivesBackWhatItWasMadeOf) {
  SharedRings shared;
  for (const std::size_t vertices : {3U, 7U, 8U, 9U, 127U, 128U, 129U, 1000U}) {
    const Ring ring = drawn(vertices);
    const SharedRing kept = shared.share(ring);
    EXPECT_EQ(kept.positions(), ring);
    EXPECT_THAT(kept, SizeIs(ring.size()));
    EXPECT_EQ(kept.front(), ring.front());
    EXPECT_EQ(kept.back(), ring.back());
    std::size_t begin = 0;
    for (std::size_t k = 0; k < kept.stretches().size(); ++k) {
      EXPECT_EQ(kept.begin_of(k), begin);
      begin += kept.stretches()[k]->size();
    }
    EXPECT_EQ(kept.begin_of(kept.stretches().size()), ring.size());
  }
  EXPECT_TRUE(SharedRing().empty());
  EXPECT_TRUE(shared.share(Ring()).empty());
  EXPECT_EQ(SharedRing().positions(), Ring());
}

TEST(SharedRing, AnyPartCanBeSeen) {
  SharedRings shared;
  const Ring ring = drawn(300);
  const SharedRing kept = shared.share(ring);
  ASSERT_GT(kept.stretches().size(), 2U);
  Ring buffer;
  for (std::size_t begin = 0; begin < ring.size(); begin += 7) {
    for (std::size_t end = begin + 1; end <= ring.size(); end += 13) {
      const auto part = kept.view(begin, end, buffer);
      ASSERT_TRUE(std::equal(part.begin(), part.end(), ring.begin() + static_cast<std::ptrdiff_t>(begin),
                             ring.begin() + static_cast<std::ptrdiff_t>(end)))
          << begin << " to " << end;
    }
  }
  EXPECT_EQ(kept.view(0, 1, buffer).data(), kept.stretches().front()->data()) << "without a copy";
}

TEST(SharedRing, ComparesPositionsHoweverTheyAreHeld) {
  SharedRings shared;
  const Ring ring = drawn(500);
  Ring other = ring;
  other[250].lat += 1.0;
  EXPECT_EQ(shared.share(ring), SharedRing(ring));
  EXPECT_EQ(SharedRing(ring), shared.share(ring));
  EXPECT_NE(shared.share(ring), SharedRing(other));
  EXPECT_NE(SharedRing(), SharedRing(ring));
  EXPECT_EQ(SharedRing(), SharedRing());
  EXPECT_EQ(SharedArea(MultiPolygon{{ring}}), shared.share(MultiPolygon{{ring}}));
  EXPECT_NE(SharedArea(MultiPolygon{{ring}}), shared.share(MultiPolygon{{ring, ring}}));
}

TEST(SharedRings, WhatIsRepeatedIsHeldOnce) {
  // Ten times as many days of one map hold what one day does.
  for (const std::size_t days : {1U, 10U, 100U}) {
    SharedRings shared;
    std::vector<SharedRing> rings;
    for (std::size_t day = 0; day < days; ++day) rings.push_back(shared.share(drawn(3000)));
    EXPECT_EQ(shared.ring_count(), 1U) << days;
    EXPECT_EQ(shared.position_count(), 3001U) << days;
    EXPECT_EQ(held(rings), 3001U) << days;
    EXPECT_TRUE(rings.front().is_same(rings.back()));
  }
}

TEST(SharedRings, AChangeCostsTheStretchesItIsIn) {
  std::mt19937 random(11);
  SharedRings shared;
  std::vector<SharedRing> rings;
  Ring ring = drawn(3000);
  constexpr std::size_t kDays = 200;
  for (std::size_t day = 0; day < kDays; ++day) {
    rings.push_back(shared.share(ring));
    ASSERT_EQ(rings.back().positions(), ring);
    // A vertex is moved, inserted or taken away.
    const auto at = ring.begin() + 1 + static_cast<std::ptrdiff_t>(random() % (ring.size() - 2));
    const Position p{0.5 * (at->lon + (at - 1)->lon) + 0.001, at->lat};
    switch (day % 3) {
      case 0:
        *at = p;
        break;
      case 1:
        ring.insert(at, p);
        break;
      default:
        ring.erase(at);
        break;
    }
  }
  EXPECT_EQ(shared.ring_count(), kDays);
  EXPECT_EQ(held(rings), shared.position_count());
  // No stretch is longer than 128; a change touches the one it is in, and seldom one or two after it.
  EXPECT_LT(shared.position_count(), 3001U + kDays * 2 * 128);
}

TEST(SharedRings, BeginningElsewhereOrInOtherCompanyChangesNoStretchFarFromThere) {
  Ring ring = drawn(1000);
  Ring turned(ring.begin() + 400, ring.end() - 1);
  turned.insert(turned.end(), ring.begin(), ring.begin() + 401);
  SharedRings shared;
  const SharedRing first = shared.share(ring);
  const SharedRing second = shared.share(turned);
  EXPECT_LT(held({first, second}), 1001U + 4 * 128);
  // The order in which rings are given does not matter.
  SharedRings other;
  EXPECT_EQ(other.share(turned).stretches().size(), second.stretches().size());
  EXPECT_EQ(other.share(ring).stretches().size(), first.stretches().size());
}

TEST(SharedRings, AStretchThatEndedWithItsRingIsNotTakenForOneThatGoesOn) {
  // The second ring goes on where the first one ends.
  const Ring whole = drawn(60);
  for (std::size_t size = 4; size < whole.size(); ++size) {
    SharedRings shared;
    const std::span<const Position> part = std::span(whole).first(size);
    const SharedRing first = shared.share(part);
    const SharedRing second = shared.share(whole);
    SharedRings alone;
    const SharedRing expected = alone.share(whole);
    ASSERT_EQ(second.positions(), whole);
    ASSERT_EQ(second.stretches().size(), expected.stretches().size()) << size;
    ASSERT_TRUE(shared.share(part).is_same(first));
    ASSERT_TRUE(shared.share(whole).is_same(second));
  }
}

TEST(SharedRings, BitsAreKept) {
  SharedRings shared;
  const Ring positive{{0.0, 0.0}, {1, 0}, {1, 1}, {0.0, 0.0}};
  const Ring negative{{-0.0, 0.0}, {1, 0}, {1, 1}, {-0.0, 0.0}};
  (void)shared.share(positive);
  const SharedRing kept = shared.share(negative);
  EXPECT_TRUE(std::signbit(kept.front().lon));
  EXPECT_EQ(kept, SharedRing(positive)) << "equal by value";
}

TEST(SharedRings, RingsOutliveWhatSharedThem) {
  SharedRing kept;
  {
    SharedRings shared;
    kept = shared.share(drawn(100));
  }
  EXPECT_EQ(kept.positions(), drawn(100));
}

TEST(SharedArea, IsCheckedAsItsPolygonsAre) {
  const auto refusal = [](const auto& area) -> std::string {
    try {
      check_readable(area);
    } catch (const InvalidData& error) {
      return error.what();
    }
    return "";
  };
  const MultiPolygon good = parse_wkt("MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))");
  EXPECT_EQ(refusal(SharedArea(good)), "");
  EXPECT_EQ(SharedArea(good).polygons(), good);
  std::vector<MultiPolygon> bad(5, good);
  bad[0][1][0].pop_back();
  bad[1][1][0][2].lat = 91.0;
  bad[2][0][0][1].lon = std::nan("");
  bad[3][0][0].clear();
  bad[4][0][0][1].lon = 541.0;
  for (const MultiPolygon& area : bad) {
    EXPECT_NE(refusal(area), "");
    EXPECT_EQ(refusal(SharedArea(area)), refusal(area));
  }
}

}  // namespace
}  // namespace marchland
