// Against brute force over all pairs in rational numbers, on lattices so small that nearly everything
// coincides.
#include <marchland/composite/crossings.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/exact_oracle.h>

#include <algorithm>
#include <set>

namespace marchland {
namespace {

using namespace testing_oracle;
using testing::ElementsAre;

using Scene = SegmentTable;

Scene scene_of(std::vector<GridSegment> segments) {
  for (GridSegment& s : segments) {
    if (s.b < s.a) std::swap(s.a, s.b);
  }
  std::erase_if(segments, [](const GridSegment& s) { return s.a == s.b; });
  std::sort(segments.begin(), segments.end());
  segments.erase(std::unique(segments.begin(), segments.end()), segments.end());
  Scene scene;
  scene.segments = std::move(segments);
  number_ends(scene);
  return scene;
}

struct Expected {
  std::vector<std::vector<RationalPoint>> on_segment;  ///< from a to b
  std::set<RationalPoint> crossings;                   ///< without those at vertices
  std::uint64_t pairs = 0;
};

Expected brute_force(const Scene& scene) {
  const auto strictly_inside = [](const GridSegment& s, GridPoint p) {
    return s.a < p && p < s.b && orientation_sign(rational(s.a), rational(s.b), rational(p)) == 0;
  };
  Expected expected;
  const std::size_t count = scene.segments.size();
  std::vector<std::set<RationalPoint>> on(count);
  for (std::size_t i = 0; i < count; ++i) {
    const GridSegment& s = scene.segments[i];
    for (const GridPoint v : scene.vertices) {
      if (strictly_inside(s, v)) on[i].insert(rational(v));
    }
    for (std::size_t j = i + 1; j < count; ++j) {
      const GridSegment& t = scene.segments[j];
      bool meets = strictly_inside(s, t.a) || strictly_inside(s, t.b) || strictly_inside(t, s.a) ||
                   strictly_inside(t, s.b);
      const auto side_of = [](const GridSegment& l, GridPoint p) {
        return orientation_sign(rational(l.a), rational(l.b), rational(p));
      };
      if (side_of(s, t.a) * side_of(s, t.b) < 0 && side_of(t, s.a) * side_of(t, s.b) < 0) {
        meets = true;
        const RationalPoint p = line_crossing(s, t);
        on[i].insert(p);
        on[j].insert(p);
        expected.crossings.insert(p);
      }
      expected.pairs += meets ? 1 : 0;
    }
  }
  for (const GridPoint v : scene.vertices) expected.crossings.erase(rational(v));
  for (const auto& points : on) expected.on_segment.emplace_back(points.begin(), points.end());
  return expected;
}

void expect_same(const Scene& scene, const std::string& what) {
  const Expected expected = brute_force(scene);
  const Crossings found = find_crossings(scene);
  ASSERT_EQ(found.points.size(), expected.crossings.size()) << what;
  std::vector<RationalPoint> nodes;
  for (const GridPoint v : scene.vertices) nodes.push_back(rational(v));
  std::size_t k = 0;
  auto next = expected.crossings.begin();
  for (const ExactPoint& p : found.points) {
    ASSERT_EQ(rational(p), *next++) << what << ": crossing " << k++ << " out of order or missing";
    nodes.push_back(rational(p));
  }
  ASSERT_EQ(found.offsets.size(), scene.segments.size() + 1) << what;
  for (std::size_t i = 0; i < scene.segments.size(); ++i) {
    std::vector<RationalPoint> on;
    for (std::uint32_t n = found.offsets[i]; n < found.offsets[i + 1]; ++n)
      on.push_back(nodes[found.nodes[n]]);
    ASSERT_EQ(on, expected.on_segment[i]) << what << ": segment " << i;
  }
  ASSERT_EQ(found.pairs, expected.pairs) << what;
}

TEST(Crossings, NothingToFind) {
  const Crossings none = find_crossings(SegmentTable{});
  EXPECT_TRUE(none.points.empty());
  EXPECT_THAT(none.offsets, ElementsAre(0));
  // Common ends are no crossings.
  expect_same(scene_of({{{0, 0}, {2, 1}}, {{2, 1}, {4, 0}}, {{2, 1}, {3, 3}}}), "star");
}

TEST(Crossings, EachKindOfMeeting) {
  expect_same(scene_of({{{0, 0}, {4, 4}}, {{0, 4}, {4, 0}}}), "cross");
  expect_same(scene_of({{{0, 0}, {3, 1}}, {{0, 1}, {3, 0}}}), "cross off the grid");
  expect_same(scene_of({{{0, 0}, {4, 0}}, {{2, 0}, {3, 5}}}), "T");
  expect_same(scene_of({{{0, 0}, {4, 2}}, {{2, 1}, {6, 3}}}), "collinear overlap");
  expect_same(scene_of({{{0, 0}, {6, 3}}, {{2, 1}, {4, 2}}}), "one inside the other");
  expect_same(scene_of({{{0, 0}, {6, 3}}, {{0, 0}, {4, 2}}}), "common end");
  expect_same(scene_of({{{0, 0}, {2, 1}}, {{4, 2}, {6, 3}}}), "collinear, apart");
  expect_same(scene_of({{{3, 0}, {3, 9}}, {{3, 4}, {3, 12}}, {{0, 5}, {9, 5}}}), "vertical overlap");
  // A vertex of a third segment lies where two cross: the vertex wins.
  const Scene scene = scene_of({{{0, 0}, {4, 4}}, {{0, 4}, {4, 0}}, {{2, 2}, {9, 3}}});
  expect_same(scene, "vertex on a crossing");
  EXPECT_TRUE(find_crossings(scene).points.empty());
}

TEST(Crossings, ManyThroughOnePointAreOnePoint) {
  // 24 segments through (1/2, 1/2) of the unit, no two parallel: 276 names of one point.
  std::vector<GridSegment> segments;
  for (int k = 1; k <= 24; ++k) segments.push_back({{1 - k, -k * k * k}, {k, 1 + k * k * k}});
  const Scene scene = scene_of(segments);
  const Crossings found = find_crossings(scene);
  EXPECT_EQ(found.points.size(), 1U);
  EXPECT_EQ(found.nodes.size(), 24U);
  EXPECT_EQ(found.pairs, 276U);
  expect_same(scene, "pencil");
}

TEST(Crossings, APointOfManyLinesIsWrittenAsTheCrossingOfTheFirstTwoThatAreNotParallel) {
  // Through (6, 6), where nothing ends; the first two lie on one line.
  const Scene scene =
      scene_of({{{0, 0}, {12, 12}}, {{1, 1}, {13, 13}}, {{2, 10}, {10, 2}}, {{3, 6}, {9, 6}}});
  const Crossings found = find_crossings(scene);
  ASSERT_EQ(found.points.size(), 1U);
  const ExactPoint expected = crossing_point(scene.segments[0], scene.segments[2]);
  EXPECT_EQ(found.points[0].den, expected.den);
  EXPECT_EQ(found.points[0].rx, expected.rx);
  // Whatever it was named before.
  Crossings renamed = found;
  renamed.points[0] = crossing_point(scene.segments[2], scene.segments[3]);
  ASSERT_NE(renamed.points[0].den, expected.den);
  name_by_first_pair(scene, renamed);
  EXPECT_EQ(renamed.points[0].den, expected.den);
}

TEST(Crossings, SmallLattices) {
  constexpr std::uint64_t kSeed = 61;
  Random random(kSeed);
  for (int i = 0; i < 400; ++i) {
    const std::int64_t side = 2 + i % 6;
    const int count = 3 + i % 14;
    std::vector<GridSegment> segments;
    const auto point = [&] {
      return GridPoint{static_cast<std::int32_t>(draw(random, 0, side)),
                       static_cast<std::int32_t>(draw(random, 0, side))};
    };
    for (int k = 0; k < count; ++k) segments.push_back({point(), point()});
    expect_same(scene_of(segments), "seed " + std::to_string(kSeed) + ", case " + std::to_string(i));
    if (HasFatalFailure()) return;
  }
}

TEST(Crossings, LatticesStretchedOverTheWholeBox) {
  constexpr std::uint64_t kSeed = 62;
  Random random(kSeed);
  for (int i = 0; i < 100; ++i) {
    const std::int64_t side = 2 + i % 5;
    std::vector<GridSegment> segments;
    const auto point = [&] {
      // Corners of the box included; sometimes one unit off the lattice.
      const auto x = -kGridMaxLon + 2 * std::int64_t{kGridMaxLon} * draw(random, 0, side) / side;
      const auto y = -kGridMaxLat + 2 * std::int64_t{kGridMaxLat} * draw(random, 0, side) / side;
      const auto off = [&](std::int64_t v, std::int64_t limit) {
        return static_cast<std::int32_t>(
            std::clamp(v + (i % 2 == 0 ? draw(random, -1, 1) : 0), -limit, limit));
      };
      return GridPoint{off(x, kGridMaxLon), off(y, kGridMaxLat)};
    };
    for (int k = 0; k < 12; ++k) segments.push_back({point(), point()});
    expect_same(scene_of(segments), "seed " + std::to_string(kSeed) + ", case " + std::to_string(i));
    if (HasFatalFailure()) return;
  }
}

TEST(Crossings, MixedScalesMeetInTheCellsOfTheCoarserOne) {
  constexpr std::uint64_t kSeed = 63;
  Random random(kSeed);
  for (int i = 0; i < 12; ++i) {
    std::vector<GridSegment> segments;
    for (int k = 0; k < 60; ++k) {
      const std::int64_t reach = std::int64_t{1} << draw(random, 0, 31);
      const std::int64_t x = k % 4 == 0 ? draw(random, -kGridMaxLon, kGridMaxLon) : draw(random, -1000, 1000);
      const std::int64_t y = k % 4 == 0 ? draw(random, -kGridMaxLat, kGridMaxLat) : draw(random, -1000, 1000);
      const auto near = [&](std::int64_t v, std::int64_t limit) {
        return static_cast<std::int32_t>(std::clamp(v + draw(random, -reach, reach), -limit, limit));
      };
      segments.push_back({{static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)},
                          {near(x, kGridMaxLon), near(y, kGridMaxLat)}});
    }
    expect_same(scene_of(segments), "seed " + std::to_string(kSeed) + ", case " + std::to_string(i));
    if (HasFatalFailure()) return;
  }
}

/// count x count short crosses, each apart from the others: two segments that meet once.
Scene crosses(std::int32_t count) {
  std::vector<GridSegment> segments;
  for (std::int32_t i = 0; i < count; ++i) {
    for (std::int32_t j = 0; j < count; ++j) {
      const GridPoint p{1000 * i, 1000 * j};
      segments.push_back({p, {p.x + 100, p.y + 100}});
      segments.push_back({{p.x, p.y + 100}, {p.x + 100, p.y}});
    }
  }
  return scene_of(std::move(segments));
}

TEST(Crossings, BeyondALimitTheyAreEstimated) {
  const auto estimate = [](const Scene& scene, std::uint64_t limit) {
    try {
      static_cast<void>(find_crossings(scene, limit));
    } catch (const TooManyCrossings& refused) {
      return refused.estimate();
    }
    ADD_FAILURE() << "not refused";
    return CrossingEstimate{};
  };
  // Few are counted, all of them.
  EXPECT_EQ(find_crossings(crosses(20), 400).pairs, 400U);
  const CrossingEstimate few = estimate(crosses(20), 399);
  EXPECT_EQ(few.pairs, 400U);
  EXPECT_TRUE(few.where.x >= 0 && few.where.x < 20'000 && few.where.y >= 0 && few.where.y < 20'000);
  // Of many a part: any n-th cell has as much as another here, but for where crosses fall on sides of cells.
  const CrossingEstimate many = estimate(crosses(300), 10);
  EXPECT_GT(many.pairs, 80'000U);
  EXPECT_LT(many.pairs, 100'000U);
  // Never less than what was found.
  EXPECT_GT(estimate(crosses(300), 89'999).pairs, 89'999U);
}

TEST(Crossings, FrameOfTheWholeBoxCostsNoMoreThanAnother) {
  // Edges of 2^31 units and more once shifted a 32-bit coordinate by 32: undefined, and in practice a search
  // that visited every one of 3.6e9 cells.
  expect_same(scene_of({{{-kGridMaxLon, -kGridMaxLat}, {kGridMaxLon, -kGridMaxLat}},
                        {{-kGridMaxLon, kGridMaxLat}, {kGridMaxLon, kGridMaxLat}},
                        {{-kGridMaxLon, -kGridMaxLat}, {-kGridMaxLon, kGridMaxLat}},
                        {{kGridMaxLon, -kGridMaxLat}, {kGridMaxLon, kGridMaxLat}},
                        {{0, 0}, {1, 1}},
                        {{-kGridMaxLon, 5}, {kGridMaxLon, 6}},
                        {{0, 1}, {1, 0}}}),
              "frame");
}

}  // namespace
}  // namespace marchland
