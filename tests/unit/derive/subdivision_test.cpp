// Pieces of the plane, and the same with the frame's boundary as an outline.
#include <marchland/derive/detail/frame.h>
#include <marchland/derive/detail/noding.h>
#include <marchland/derive/detail/outline.h>
#include <marchland/derive/detail/subdivision.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/unit/derive/derive_fixture.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace marchland::detail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using Path = std::vector<GridPoint>;

/// The steps of paths, each once, as a Subdivision takes them.
std::vector<GridSegment> edges_of(const std::vector<Path>& paths) {
  std::set<GridSegment> edges;
  for (const Path& path : paths) {
    for (std::size_t k = 0; k + 1 < path.size(); ++k)
      edges.insert({std::min(path[k], path[k + 1]), std::max(path[k], path[k + 1])});
  }
  return {edges.begin(), edges.end()};
}

Path square(std::int32_t west, std::int32_t south, std::int32_t size) {
  const std::int32_t east = west + size;
  const std::int32_t north = south + size;
  return {{west, south}, {east, south}, {east, north}, {west, north}, {west, south}};
}

Path reversed(Path path) {
  std::reverse(path.begin(), path.end());
  return path;
}

/// A hole runs clockwise from its least point.
Path hole(std::int32_t west, std::int32_t south, std::int32_t size) {
  return reversed(square(west, south, size));
}

std::vector<GridPolygon> polygons_of(const Subdivision& subdivision) {
  std::vector<GridPolygon> polygons;
  for (std::size_t i = 0; i < subdivision.size(); ++i) polygons.push_back(subdivision.polygon(i));
  return polygons;
}

TEST(Subdivision, NothingBoundsNothing) {
  const std::vector<GridSegment> none;
  EXPECT_EQ(Subdivision(none).size(), 0U);
  const auto tree = edges_of({{{0, 0}, {2, 2}, {4, 0}}, {{2, 2}, {2, 5}}});
  const Subdivision dangling(tree);
  EXPECT_EQ(dangling.size(), 0U);
  EXPECT_EQ(dangling.left_of(dangling.half_edge_of(0)), Subdivision::kNone);
}

//   +-----------+
//   |  +-----+  |   An island in a lake, and a pocket beside them: what holds what is no matter of where
//   |  | [ ] |[]|   edges meet.
//   |  +-----+  |
//   +-----------+
TEST(Subdivision, HolesBelongToWhatIsAboutThem) {
  const auto edges =
      edges_of({square(0, 0, 100), square(10, 10, 50), square(20, 20, 10), square(70, 25, 10)});
  const Subdivision nested(edges);
  EXPECT_THAT(polygons_of(nested),
              ElementsAre(GridPolygon{square(0, 0, 100), hole(10, 10, 50), hole(70, 25, 10)},
                          GridPolygon{square(10, 10, 50), hole(20, 20, 10)}, GridPolygon{square(20, 20, 10)},
                          GridPolygon{square(70, 25, 10)}));
  EXPECT_EQ(nested.locate({5, 5}), 0U);
  EXPECT_EQ(nested.locate({15, 25}), 1U);
  EXPECT_EQ(nested.locate({25, 25}), 2U);
  EXPECT_EQ(nested.locate({65, 25}), 0U) << "level with lower sides of two others";
  EXPECT_EQ(nested.locate({20, 25}), std::nullopt) << "on a side";
  EXPECT_EQ(nested.locate({10, 10}), std::nullopt) << "on a corner";
  EXPECT_EQ(nested.locate({-1, 10}), std::nullopt);
  EXPECT_EQ(nested.locate({101, 25}), std::nullopt);
}

TEST(Subdivision, ALoopOnAStalkIsAHoleAndTheStalkNothing) {
  const auto edges =
      edges_of({square(0, 0, 100), square(40, 40, 10), {{0, 0}, {40, 40}}, {{50, 50}, {60, 55}}});
  const Subdivision loop(edges);
  EXPECT_THAT(polygons_of(loop),
              ElementsAre(GridPolygon{square(0, 0, 100), hole(40, 40, 10)}, GridPolygon{square(40, 40, 10)}));
  EXPECT_EQ(loop.locate({20, 20}), 0U) << "on the stalk";
}

TEST(Subdivision, RingsThatTouchAreSimple) {
  // Two squares meet at a corner, and one of them has a hole that touches it there and another that touches
  // that.
  const auto edges = edges_of({square(0, 0, 100),
                               square(100, 100, 50),
                               {{100, 100}, {80, 60}, {60, 80}, {100, 100}},
                               {{60, 80}, {40, 80}, {40, 90}, {60, 80}}});
  const Path first{{60, 80}, {80, 60}, {100, 100}, {60, 80}};
  const Path second{{40, 80}, {60, 80}, {40, 90}, {40, 80}};
  EXPECT_THAT(polygons_of(Subdivision(edges)),
              ElementsAre(GridPolygon{square(0, 0, 100), Path{{40, 80}, {40, 90}, {60, 80}, {40, 80}},
                                      Path{{60, 80}, {100, 100}, {80, 60}, {60, 80}}},
                          GridPolygon{second}, GridPolygon{first}, GridPolygon{square(100, 100, 50)}));
}

TEST(Subdivision, PiecesJoinAcrossEdgesNotAtCorners) {
  // +---+---+
  // | 1 | 3 |    1 and 3 with 0 make an angle about 2.
  // +---+---+
  // | 0 | 2 |
  // +---+---+
  const auto edges = edges_of({square(0, 0, 10), square(0, 10, 10), square(10, 0, 10), square(10, 10, 10)});
  const Subdivision four(edges);
  ASSERT_EQ(four.size(), 4U);
  const auto joined = four.join(std::vector<int>{0, 0, 1, 0}, 2);
  EXPECT_THAT(joined[0],
              ElementsAre(GridPolygon{
                  {{0, 0}, {10, 0}, {10, 10}, {20, 10}, {20, 20}, {10, 20}, {0, 20}, {0, 10}, {0, 0}}}));
  EXPECT_THAT(joined[1], ElementsAre(GridPolygon{square(10, 0, 10)}));
  const auto apart = four.join(std::vector<int>{0, -1, -1, 0}, 1);
  EXPECT_THAT(apart[0], ElementsAre(GridPolygon{square(0, 0, 10)}, GridPolygon{square(10, 10, 10)}));
}

TEST(Outline, StepsThereAndBackCancelAndChainsEndWhereTheyMeet) {
  std::vector<GridSegment> steps;
  for (const Path& path : {square(0, 0, 10), square(10, 0, 10), square(20, 10, 10)}) {
    for (std::size_t k = 0; k + 1 < path.size(); ++k) steps.push_back({path[k], path[k + 1]});
  }
  // The first two share a side; the third touches the second at a corner, which is on two chains' ends.
  const Outline outline(steps);
  EXPECT_THAT(outline.chains(), SizeIs(2));
  EXPECT_THAT(outline.points(), SizeIs(7 + 5));
  EXPECT_THAT(outline.find({20, 10}), SizeIs(4));
  EXPECT_THAT(outline.find({10, 10}), SizeIs(1));
  EXPECT_THAT(outline.find({10, 5}), IsEmpty());
  EXPECT_FALSE(outline.is_on_step({10, 5})) << "the shared side is none";
  EXPECT_TRUE(outline.is_on_step({20, 5}));
}

/// Lines at random on a coarse grid, so that they touch, cross, overlap and pass through vertices.
std::vector<GridSegment> random_steps(std::mt19937& random, int count, std::int32_t extent) {
  const auto coordinate = [&] { return static_cast<std::int32_t>(random() % static_cast<unsigned>(extent)); };
  std::vector<GridSegment> steps;
  GridPoint at{coordinate(), coordinate()};
  for (int k = 0; k < count; ++k) {
    const GridPoint to{coordinate(), coordinate()};
    if (to != at) steps.push_back({at, to});
    at = random() % 4 == 0 ? GridPoint{coordinate(), coordinate()} : to;
  }
  return steps;
}

Position degrees(GridPoint p) {
  return to_position(p);
}

// Law: an outline changes what a subdivision costs and nothing else.
TEST(Outline, SubdivisionsAreThoseOfAllEdges) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    const std::int32_t extent = seed % 2 == 0 ? 20 : 2000;
    MultiPolygon area;
    for (int p = 0; p < 4; ++p) {
      Ring ring;
      for (int k = 0; k < 3 + p; ++k) {
        ring.push_back(degrees({static_cast<std::int32_t>(random() % static_cast<unsigned>(extent)),
                                static_cast<std::int32_t>(random() % static_cast<unsigned>(extent))}));
      }
      ring.push_back(ring.front());
      area.push_back({ring});
    }
    Frame frame({{{degrees({0, 0}), degrees({1, 0}), degrees({0, 1}), degrees({0, 0})}}});
    try {
      frame = Frame(area);
    } catch (const std::exception&) {
      continue;  // no extent on the grid
    }
    std::vector<Path> paths;
    do {
      std::vector<GridSegment> all = frame.boundary();
      std::mt19937 lines(seed + 1000);
      const auto steps = random_steps(lines, 10, extent);
      all.insert(all.end(), steps.begin(), steps.end());
      paths = node_segments(all);
    } while (frame.insert(std::span(paths).first(frame.boundary().size())));
    const std::vector<Path> of_lines(paths.begin() + static_cast<std::ptrdiff_t>(frame.boundary().size()),
                                     paths.end());
    const Outline outline = frame.outline();
    std::vector<Path> both = of_lines;
    for (const auto& chain : outline.chains()) {
      both.emplace_back(outline.points().begin() + static_cast<std::ptrdiff_t>(chain.first),
                        outline.points().begin() + static_cast<std::ptrdiff_t>(chain.last) + 1);
    }
    const auto line_edges = edges_of(of_lines);
    const auto all_edges = edges_of(both);
    const Subdivision with(outline, line_edges);
    const Subdivision without(all_edges);
    const auto polygons = polygons_of(without);
    ASSERT_EQ(polygons_of(with), polygons) << "seed " << seed;
    for (std::size_t i = 0; i < line_edges.size(); ++i) {
      const auto same = static_cast<std::size_t>(
          std::lower_bound(all_edges.begin(), all_edges.end(), line_edges[i]) - all_edges.begin());
      EXPECT_EQ(with.left_of(with.half_edge_of(i)), without.left_of(without.half_edge_of(same)));
      EXPECT_EQ(with.right_of(with.half_edge_of(i)), without.right_of(without.half_edge_of(same)));
    }
    for (int k = 0; k < 50; ++k) {
      const GridPoint p{static_cast<std::int32_t>(random() % static_cast<unsigned>(extent)),
                        static_cast<std::int32_t>(random() % static_cast<unsigned>(extent))};
      std::optional<std::size_t> holds;
      for (std::size_t i = 0; i < polygons.size(); ++i) {
        if (locate(polygons[i], p) > 0) holds = i;
      }
      EXPECT_EQ(with.locate(p), holds) << "seed " << seed << " at " << p.x << ' ' << p.y;
    }
    std::vector<int> labels;
    for (std::size_t i = 0; i < polygons.size(); ++i) labels.push_back(static_cast<int>(random() % 3) - 1);
    EXPECT_EQ(with.join(labels, 2), without.join(labels, 2)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace marchland::detail
