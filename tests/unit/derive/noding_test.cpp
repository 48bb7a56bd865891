// Noding with a ground that stays, and where the ground's boundary is reached from inside.
#include <marchland/derive/detail/frame.h>
#include <marchland/derive/detail/frame_points.h>
#include <marchland/derive/detail/noding.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

namespace marchland::detail {
namespace {

std::vector<GridSegment> random_segments(std::mt19937& random, int count, std::int32_t extent) {
  const auto coordinate = [&] { return static_cast<std::int32_t>(random() % static_cast<unsigned>(extent)); };
  std::vector<GridSegment> segments;
  while (segments.size() < static_cast<std::size_t>(count)) {
    const GridSegment s{{coordinate(), coordinate()}, {coordinate(), coordinate()}};
    if (s.a != s.b) segments.push_back(s);
  }
  return segments;
}

// Law: whatever is known of the ground beforehand changes nothing.
TEST(Noding, GroundAndOthersAreNodedAsAllAtOnce) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    const std::int32_t extent = seed % 2 == 0 ? 12 : 500;
    const SegmentIndex ground(random_segments(random, 12, extent));
    const auto others = random_segments(random, 6, extent);
    std::vector<GridSegment> all = ground.segments();
    all.insert(all.end(), others.begin(), others.end());
    const auto expected = node_segments(all);
    const Noding noding(ground);
    const auto joined = noding.join(others);
    auto paths = noding.ground_paths();
    for (const auto& [segment, node] : joined.meetings) paths[segment].push_back(node);
    for (std::size_t i = 0; i < paths.size(); ++i) sort_along(ground.segments()[i], paths[i]);
    paths.insert(paths.end(), joined.paths.begin(), joined.paths.end());
    EXPECT_EQ(paths, expected) << "seed " << seed;
  }
}

Frame frame_of(const std::vector<GridPoint>& ring) {
  Ring closed;
  for (const GridPoint p : ring) closed.push_back(to_position(p));
  closed.push_back(closed.front());
  return Frame({{closed}});
}

// Halves were rounded away from where the boundary's step began, so that a line from either side of one
// border ended at different points of it.
TEST(FramePoints, HalvesAreRoundedTheSameFromBothSides) {
  const Frame west = frame_of({{-300, -200}, {-100, -200}, {100, 200}, {-300, 200}});
  const Frame east = frame_of({{-100, -200}, {300, -200}, {300, 200}, {100, 200}});
  for (const std::int32_t y : {-3, -1, 1, 3}) {
    // The border is at x = y / 2.
    const GridPoint expected{(y + 1) / 2, y};
    EXPECT_EQ(straight_on(west, {-200, y}, {-100, y}), expected);
    EXPECT_EQ(straight_on(east, {200, y}, {100, y}), expected);
  }
}

TEST(FramePoints, ARayMeetsTheFirstOfMany) {
  // A comb whose teeth the ray passes; the second is the nearest ahead.
  const Frame comb = frame_of({{0, 0},
                               {1000, 0},
                               {1000, 100},
                               {900, 100},
                               {800, 10},
                               {700, 100},
                               {300, 100},
                               {200, 10},
                               {100, 100},
                               {0, 100}});
  EXPECT_EQ(straight_on(comb, {400, 55}, {500, 55}), (GridPoint{750, 55}));
  EXPECT_EQ(straight_on(comb, {600, 55}, {500, 55}), (GridPoint{250, 55}));
  EXPECT_EQ(straight_on(comb, {500, 50}, {501, 50}), (GridPoint{756, 50})) << "755.6";
  EXPECT_EQ(straight_on(comb, {0, 5}, {500, 5}), (GridPoint{1000, 5})) << "below the teeth";
  EXPECT_EQ(straight_on(comb, {500, 150}, {500, 160}), std::nullopt) << "away from it";
}

// Law: looking about nearby finds what looking everywhere does.
TEST(FramePoints, TheNearestIsThatOfAllSteps) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::mt19937 random(seed);
    const std::int32_t lat = static_cast<std::int32_t>(seed % 4) * 200'000'000;
    std::vector<GridPoint> ring;
    for (int k = 0; k < 120; ++k) {
      const double angle = k * 2.0 * 3.14159265358979 / 120;
      const double radius = 1e7 * (1.0 + static_cast<double>(random() % 1000) / 1000.0);
      ring.push_back({static_cast<std::int32_t>(2.0 * radius * std::cos(angle)),
                      lat + static_cast<std::int32_t>(radius * std::sin(angle))});
    }
    const Frame frame = frame_of(ring);
    for (int n = 0; n < 25; ++n) {
      const GridPoint from{static_cast<std::int32_t>(random() % 40'000'000) - 20'000'000,
                           lat + static_cast<std::int32_t>(random() % 40'000'000) - 20'000'000};
      const double scale =
          std::cos(static_cast<double>(from.y) / kGridUnitsPerDegree * 3.14159265358979 / 180.0);
      const auto distance = [&](double x, double y) { return std::hypot((x - from.x) * scale, y - from.y); };
      double least = 1e300;
      for (const GridSegment& s : frame.boundary()) {
        const double dx = static_cast<double>(s.dx()) * scale;
        const auto dy = static_cast<double>(s.dy());
        const double t = std::clamp(
            ((from.x - s.a.x) * scale * dx + static_cast<double>(from.y - s.a.y) * dy) / (dx * dx + dy * dy),
            0.0, 1.0);
        least = std::min(least, distance(s.a.x + t * static_cast<double>(s.dx()), s.a.y + t * dy));
      }
      const GridPoint found = nearest_on(frame, from);
      EXPECT_NEAR(distance(found.x, found.y), least, 1.0) << "the found point is rounded to a grid unit";
      EXPECT_EQ(frame.locate(found), 0);
    }
  }
}

TEST(Frame, PointsAreLocatedAsByAllSteps) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    std::vector<GridPoint> ring;
    for (int k = 0; k < 9; ++k)
      ring.push_back({static_cast<std::int32_t>(random() % 40), static_cast<std::int32_t>(random() % 40)});
    const Frame frame = frame_of(ring);
    for (std::int32_t x = -1; x < 41; ++x) {
      for (std::int32_t y = -1; y < 41; ++y) {
        int expected = winding_about(frame.boundary(), {x, y}) > 0 ? 1 : -1;
        for (const GridSegment& s : frame.boundary()) {
          if (passes(s, {x, y})) expected = 0;
        }
        ASSERT_EQ(frame.locate({x, y}), expected) << "seed " << seed << ": " << x << ' ' << y;
      }
    }
  }
}

}  // namespace
}  // namespace marchland::detail
