#include "tests/unit/tiles/tile_reader.h"
#include <marchland/tiles/chain_paths.h>
#include <marchland/tiles/clip_lines.h>
#include <marchland/tiles/simplify_lines.h>
#include <marchland/tiles/tile_scheme.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace marchland {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// Values of the specification's examples and of its reference implementations' tests.
TEST(TileScheme, NumbersTilesAlongHilbertCurves) {
  EXPECT_EQ(hilbert_id({0, 0, 0}), 0U);
  EXPECT_EQ(hilbert_id({1, 0, 0}), 1U);
  EXPECT_EQ(hilbert_id({1, 0, 1}), 2U);
  EXPECT_EQ(hilbert_id({1, 1, 1}), 3U);
  EXPECT_EQ(hilbert_id({1, 1, 0}), 4U);
  EXPECT_EQ(hilbert_id({2, 0, 0}), 5U);
  EXPECT_EQ(hilbert_id({12, 3423, 1763}), 19078479U);
}

TEST(TileScheme, NumbersLeadBackToTiles) {
  for (std::uint64_t id = 0; id < 1365; ++id) EXPECT_EQ(hilbert_id(tile_of(id)), id);
  EXPECT_EQ(tile_of(19078479U), (TileId{12, 3423, 1763}));
  const TileId last{16, 65535, 65535};
  EXPECT_EQ(tile_of(hilbert_id(last)), last);
}

TEST(TileScheme, UnitsOnTheGround) {
  EXPECT_NEAR(tile_unit_meters(0, 0), 40075016.686 / 4096, 1e-3);
  // A parallel is cos(60) / sqrt(1 - e^2 sin^2(60)) of the equator.
  EXPECT_NEAR(tile_unit_meters(10, 60), 40075016.686 / 4096 / 1024 * 0.5 / std::sqrt(1 - 0.00669438 * 0.75),
              1e-6);
}

TEST(ChainPaths, GoOnThroughVerticesAndEndWhereLinesPart) {
  // Two lines of one direction meet at (10, 0), a third leaves there; and a ring.
  EXPECT_THAT(chain_paths({{{5, 0}, {10, 0}},
                           {{0, 0}, {5, 0}},
                           {{10, 0}, {20, 5}},
                           {{10, 0}, {20, -5}},
                           {{30, 5}, {35, 0}},
                           {{35, 0}, {30, 0}},
                           {{30, 0}, {30, 5}}}),
              ElementsAre(TilePath{{0, 0}, {5, 0}, {10, 0}}, TilePath{{10, 0}, {20, -5}},
                          TilePath{{10, 0}, {20, 5}}, TilePath{{30, 0}, {30, 5}, {35, 0}, {30, 0}}));
  // Lines that come from both sides do not join.
  EXPECT_THAT(chain_paths({{{0, 0}, {5, 0}}, {{9, 0}, {5, 0}}}),
              ElementsAre(TilePath{{0, 0}, {5, 0}}, TilePath{{9, 0}, {5, 0}}));
  EXPECT_THAT(chain_paths({}), IsEmpty());
}

TEST(TileScheme, TilesInOrderOfTheirNumbersAreNeighbours) {
  std::vector<std::pair<std::uint64_t, TileId>> tiles;
  for (std::uint32_t x = 0; x < 16; ++x) {
    for (std::uint32_t y = 0; y < 16; ++y) tiles.emplace_back(hilbert_id({4, x, y}), TileId{4, x, y});
  }
  std::sort(tiles.begin(), tiles.end());
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    EXPECT_EQ(tiles[i].first, 85 + i);  // 1 + 4 + 16 + 64 tiles of smaller zooms
    if (i == 0) continue;
    const auto apart = [](std::uint32_t a, std::uint32_t b) { return a > b ? a - b : b - a; };
    EXPECT_EQ(
        apart(tiles[i].second.x, tiles[i - 1].second.x) + apart(tiles[i].second.y, tiles[i - 1].second.y),
        1U);
  }
}

TEST(TileScheme, SidesOfTheSquareAreTheAntimeridianAndTheLimitOfLatitude) {
  constexpr double kHalf = kMercatorHalf;
  EXPECT_EQ(to_mercator(-180, 0).x, -kHalf);
  EXPECT_EQ(to_mercator(180, 0).x, kHalf);
  EXPECT_EQ(to_mercator(0, 0).y, 0.0);
  EXPECT_EQ(to_mercator(0, 90).y, -kHalf);
  EXPECT_EQ(to_mercator(0, -kMercatorMaxLat).y, kHalf);
  // EPSG:3857 of 60 degrees north is 8399737.889818357 m of 20037508.342789244.
  EXPECT_NEAR(to_mercator(0, 60).y, -kHalf * 8399737.889818357 / 20037508.342789244, 1e-6);
  const LonLatDegrees back = from_mercator(to_mercator(44.5, 40.2).x, to_mercator(44.5, 40.2).y);
  EXPECT_NEAR(back.lon, 44.5, 1e-12);
  EXPECT_NEAR(back.lat, 40.2, 1e-12);
}

const auto nothing_fixed = [](GridPoint) { return false; };

/// A chain with 1 on its left and 2 on its right.
std::vector<TileEdge> chain(const std::vector<GridPoint>& points, Category left = 1, Category right = 2) {
  std::vector<TileEdge> edges;
  for (std::size_t i = 1; i < points.size(); ++i) edges.push_back({points[i - 1], points[i], left, right});
  return edges;
}
std::vector<TileEdge> operator+(std::vector<TileEdge> a, const std::vector<TileEdge>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
bool has_vertex(const std::vector<TileEdge>& edges, GridPoint p) {
  return std::any_of(edges.begin(), edges.end(), [&](const TileEdge& e) { return e.a == p || e.b == p; });
}

TEST(SimplifyLines, KeepsVerticesOffTheLineAndDropsThoseNearIt) {
  const auto line = chain({{0, 0}, {100, 2}, {200, 0}, {300, 50}, {400, 0}});
  EXPECT_THAT(simplify_lines(line, 4, nothing_fixed),
              ElementsAre(TileEdge{{0, 0}, {200, 0}, 1, 2}, TileEdge{{200, 0}, {300, 50}, 1, 2},
                          TileEdge{{300, 50}, {400, 0}, 1, 2}));
  EXPECT_EQ(simplify_lines(line, 1, nothing_fixed).size(), 4U);
  EXPECT_EQ(simplify_lines(line, 4, [](GridPoint p) { return p.x == 100; }).size(), 4U);
  EXPECT_THAT(simplify_lines(line, 60, nothing_fixed), ElementsAre(TileEdge{{0, 0}, {400, 0}, 1, 2}));
}

TEST(SimplifyLines, ToleranceHoldsOfEveryVertexThatWent) {
  // A bow: each step off the last chord is small, all of them together are not.
  std::vector<GridPoint> bow;
  for (int x = 0; x <= 200; ++x) bow.push_back({x, x * (200 - x) / 100});
  const auto edges = simplify_lines(chain(bow), 3, nothing_fixed);
  EXPECT_LT(edges.size(), 30U);
  for (const GridPoint p : bow) {
    const auto over = std::find_if(edges.begin(), edges.end(), [&](const TileEdge& e) {
      return std::min(e.a.x, e.b.x) <= p.x && p.x <= std::max(e.a.x, e.b.x);
    });
    ASSERT_NE(over, edges.end());
    const double share = static_cast<double>(p.x - over->a.x) / (over->b.x - over->a.x);
    const double slope = static_cast<double>(over->b.y - over->a.y) / (over->b.x - over->a.x);
    EXPECT_LE(std::abs(over->a.y + share * (over->b.y - over->a.y) - p.y), 3 * std::hypot(1, slope) + 1e-9);
  }
}

TEST(SimplifyLines, JunctionsStayAndNeighboursShareWhatIsLeft) {
  // Three grounds about a T: the long side belongs to 1 alone, the other side to 2 and 3.
  const auto edges =
      simplify_lines(chain({{0, 0}, {50, 1}, {100, 2}}, 1, 2) + chain({{100, 2}, {150, 1}, {200, 0}}, 1, 3) +
                         chain({{100, 2}, {101, 50}, {100, 100}}, 3, 2),
                     10, nothing_fixed);
  EXPECT_THAT(edges, ElementsAre(TileEdge{{0, 0}, {100, 2}, 1, 2}, TileEdge{{100, 2}, {100, 100}, 3, 2},
                                 TileEdge{{100, 2}, {200, 0}, 1, 3}));
}

TEST(SimplifyLines, AnIslandDoesNotChangeSides) {
  const auto bay = chain({{0, 0}, {50, 8}, {100, 0}});
  const auto island = chain({{49, 2}, {51, 2}, {51, 4}, {49, 4}, {49, 2}}, 3, 1);
  EXPECT_THAT(simplify_lines(bay, 10, nothing_fixed), ElementsAre(TileEdge{{0, 0}, {100, 0}, 1, 2}));
  EXPECT_TRUE(has_vertex(simplify_lines(bay + island, 10, nothing_fixed), {50, 8}));
}

TEST(SimplifyLines, GroundDoesNotVanish) {
  // A ring keeps three corners; two lines between the same ends do not fall together.
  const auto ring = simplify_lines(chain({{0, 0}, {5, 0}, {5, 5}, {0, 5}, {0, 0}}), 100, nothing_fixed);
  EXPECT_EQ(ring.size(), 3U);
  const auto lens =
      simplify_lines(chain({{0, 0}, {50, 3}, {100, 0}}, 1, 2) + chain({{0, 0}, {50, -3}, {100, 0}}, 3, 1) +
                         chain({{-9, 0}, {0, 0}}, 3, 2) + chain({{100, 0}, {109, 0}}, 3, 2),
                     10, nothing_fixed);
  EXPECT_EQ(lens.size(), 5U);
}

TEST(SimplifyLines, OrderOfEdgesDoesNotMatter) {
  auto edges = chain({{0, 0}, {10, 3}, {20, 1}, {30, 4}, {40, 0}, {50, 3}, {60, 0}});
  const auto expected = simplify_lines(edges, 3, nothing_fixed);
  std::reverse(edges.begin(), edges.end());
  EXPECT_EQ(simplify_lines(edges, 3, nothing_fixed), expected);
}

const TileBox ten{0, 0, 10, 10};

std::vector<TilePolygon> ground_of(const std::vector<TileEdge>& edges, Category category) {
  std::vector<std::pair<GridPoint, GridPoint>> directed;
  for (const TileEdge& e : edges) {
    if (e.left == category) directed.emplace_back(e.a, e.b);
    if (e.right == category) directed.emplace_back(e.b, e.a);
  }
  return trace_rings(std::move(directed));
}

TEST(ClipLines, GroundAroundTheBoxFillsIt) {
  // No line of it comes near the box.
  const auto around = chain({{-50, -50}, {90, -50}, {90, 90}, {-50, 90}, {-50, -50}}, 7, 0);
  EXPECT_THAT(ground_of(clip_lines(around, ten), 7),
              ElementsAre(TilePolygon{{{0, 0}, {10, 0}, {10, 10}, {0, 10}}}));
}

TEST(ClipLines, GroundBesideTheBoxLeavesNothing) {
  EXPECT_THAT(clip_lines(chain({{20, -5}, {30, -5}, {30, 30}, {20, 30}, {20, -5}}, 7, 0), ten), IsEmpty());
  // Nor does ground that goes round a corner of it, or touches its side.
  EXPECT_THAT(
      clip_lines(chain({{-5, -5}, {30, -5}, {30, 30}, {20, 30}, {20, 0}, {-5, 0}, {-5, -5}}, 7, 0), ten),
      IsEmpty());
  EXPECT_THAT(clip_lines(chain({{10, 2}, {20, 2}, {20, 8}, {10, 8}, {10, 2}}, 7, 0), ten), IsEmpty());
}

TEST(ClipLines, HornsOfOneGroundComeApart) {
  // A U whose bottom lies south of the box.
  const auto horns = chain({{2, -9},
                            {2, 0},
                            {2, 10},
                            {2, 20},
                            {8, 20},
                            {8, 10},
                            {8, 0},
                            {8, -9},
                            {9, -9},
                            {9, 0},
                            {9, 10},
                            {9, 30},
                            {1, 30},
                            {1, 10},
                            {1, 0},
                            {1, -9},
                            {2, -9}},
                           7, 0);
  EXPECT_THAT(ground_of(clip_lines(horns, ten), 7),
              ElementsAre(TilePolygon{{{1, 0}, {2, 0}, {2, 10}, {1, 10}}},
                          TilePolygon{{{8, 0}, {9, 0}, {9, 10}, {8, 10}}}));
}

TEST(ClipLines, SidesAreDividedWhereLinesEndOnThem) {
  // Ground that touches the western side from within, at one place, between two others.
  const auto edges = chain({{0, 5}, {4, 2}, {4, 8}, {0, 5}}, 3, 7) +
                     chain({{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}}, 7, 0);
  const auto split = split_sides(edges, ten);
  EXPECT_TRUE(has_vertex(split, {0, 5}));
  EXPECT_EQ(
      std::count_if(split.begin(), split.end(), [](const TileEdge& e) { return e.a.x == 0 && e.b.x == 0; }),
      2);
  // A hole that touches the shell.
  EXPECT_THAT(ground_of(split, 7), ElementsAre(TilePolygon{{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 5}},
                                                           {{0, 5}, {4, 8}, {4, 2}}}));
}

TEST(ClipLines, TheAntimeridianIsNoLineWhereGroundGoesOn) {
  const auto west = chain({{-100, -40}, {-90, -40}, {-90, 40}, {-100, 40}, {-100, -40}}, 7, 0);
  const auto east = chain({{90, -50}, {100, -50}, {100, 30}, {90, 30}, {90, -50}}, 7, 0);
  const auto wrapped = wrap_around(west + east, 100, 20);
  // Seen from the west and from the east it is one ground.
  EXPECT_THAT(ground_of(clip_lines(wrapped, {-120, -100, 0, 100}), 7),
              ElementsAre(TilePolygon{{{-110, -50},
                                       {-100, -50},
                                       {-100, -40},
                                       {-90, -40},
                                       {-90, 40},
                                       {-100, 40},
                                       {-100, 30},
                                       {-110, 30}}}));
  EXPECT_THAT(
      ground_of(clip_lines(wrapped, {0, -100, 120, 100}), 7),
      ElementsAre(TilePolygon{
          {{90, -50}, {100, -50}, {100, -40}, {110, -40}, {110, 40}, {100, 40}, {100, 30}, {90, 30}}}));
}

TEST(TraceRings, HolesGoToTheShellAboutThem) {
  const auto square = [](std::int32_t from, std::int32_t to, Category left, Category right) {
    return chain({{from, from}, {to, from}, {to, to}, {from, to}, {from, from}}, left, right);
  };
  const auto nested =
      square(0, 90, 7, 0) + square(10, 80, 0, 7) + square(20, 70, 7, 0) + square(30, 60, 0, 7);
  EXPECT_THAT(
      ground_of(nested, 7),
      ElementsAre(
          TilePolygon{{{0, 0}, {90, 0}, {90, 90}, {0, 90}}, {{10, 10}, {10, 80}, {80, 80}, {80, 10}}},
          TilePolygon{{{20, 20}, {70, 20}, {70, 70}, {20, 70}}, {{30, 30}, {30, 60}, {60, 60}, {60, 30}}}));
}

TEST(TraceRings, GroundThatTouchesInAPointIsTwoPolygons) {
  const auto touching = chain({{0, 0}, {5, 0}, {5, 5}, {0, 5}, {0, 0}}, 7, 0) +
                        chain({{5, 5}, {9, 5}, {9, 9}, {5, 9}, {5, 5}}, 7, 0);
  EXPECT_THAT(ground_of(touching, 7), ElementsAre(TilePolygon{{{0, 0}, {5, 0}, {5, 5}, {0, 5}}},
                                                  TilePolygon{{{5, 5}, {9, 5}, {9, 9}, {5, 9}}}));
  // A hole that touches its shell stays a hole.
  const auto pinched =
      chain({{0, 0}, {9, 0}, {9, 9}, {0, 9}, {0, 0}}, 7, 0) + chain({{0, 0}, {2, 5}, {5, 2}, {0, 0}}, 7, 0);
  EXPECT_THAT(ground_of(pinched, 7),
              ElementsAre(TilePolygon{{{0, 0}, {9, 0}, {9, 9}, {0, 9}}, {{0, 0}, {2, 5}, {5, 2}}}));
}

// The specification's example of a polygon with a hole and a second polygon (4.3.5.6).
TEST(VectorTile, EncodesRingsAsTheSpecificationDoes) {
  const TileProperties properties{
      {"actor", "a"}, {"t0", std::int64_t{-5}}, {"share", 0.5}, {"contested", false}};
  const TileProperties other{{"actor", "b"}, {"t0", std::int64_t{-5}}};
  const std::string bytes = encode_vector_tile(
      {{"nothing", {}},
       {"control",
        {{1,
          &properties,
          {{{{0, 0}, {10, 0}, {10, 10}, {0, 10}}},
           {{{11, 11}, {20, 11}, {20, 20}, {11, 20}}, {{13, 13}, {13, 17}, {17, 17}, {17, 13}}}}},
         {9, &other, {{{{3, 6}, {8, 12}, {20, 34}}}}}}}});
  const test::ReadTile tile = test::read_tile(bytes);
  ASSERT_EQ(tile.size(), 1U);
  const auto& features = tile.at("control");
  ASSERT_EQ(features.size(), 2U);
  EXPECT_THAT(features[0].commands, ElementsAre(9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15, 9, 22, 2, 26, 18, 0, 0,
                                                18, 17, 0, 15, 9, 4, 13, 26, 0, 8, 8, 0, 0, 7, 15));
  EXPECT_THAT(features[1].commands, ElementsAre(9, 6, 12, 18, 10, 12, 24, 44, 15));
  EXPECT_EQ(features[1].id, 9U);
  EXPECT_THAT(features[0].properties,
              UnorderedElementsAre(testing::Pair("actor", "a"), testing::Pair("t0", "-5"),
                                   testing::Pair("share", "0.500000"), testing::Pair("contested", "false")));
  EXPECT_THAT(features[1].properties,
              UnorderedElementsAre(testing::Pair("actor", "b"), testing::Pair("t0", "-5")));
  EXPECT_EQ(encode_vector_tile({{"nothing", {}}}), "");
}

}  // namespace
}  // namespace marchland
