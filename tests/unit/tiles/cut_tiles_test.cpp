#include "tests/composite_fixtures.h"
#include "tests/geos_oracle.h"
#include "tests/unit/tiles/tile_fixture.h"
#include <marchland/analysis/edge_geometry.h>
#include <marchland/base/error.h>
#include <marchland/tiles/cut_tiles.h>
#include <marchland/tiles/tile_cost.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <cmath>
#include <random>

namespace marchland {
namespace {

using test::by_coverage;
using test::cut;
using test::spread;
using test::Tile;
using test::tile_at;
using testing::ElementsAre;
using testing::HasSubstr;
using testing_fixtures::AtlasBuilder;
using testing_fixtures::box_wkt;

/// Valid, as wound as promised, and disjoint inside.
void expect_division(const std::vector<test::ReadFeature>& features, const std::string& where) {
  const test::Geos geos;
  std::vector<test::Geos::Geometry> geometries;
  for (const auto& feature : features) {
    ASSERT_GT(twice_area(feature.rings.front()), 0) << where;
    geometries.push_back(geos.read(test::as_polygons(feature.rings)));
    EXPECT_EQ(geos.invalidity(geometries.back()), "") << where;
  }
  for (std::size_t i = 0; i < geometries.size(); ++i) {
    for (std::size_t j = i + 1; j < geometries.size(); ++j)
      EXPECT_FALSE(geos.interiors_meet(geometries[i], geometries[j])) << where;
  }
}

std::int64_t twice_area(const std::vector<test::ReadFeature>& features) {
  std::int64_t sum = 0;
  for (const auto& feature : features) sum += test::twice_area(feature.rings);
  return sum;
}

/// What of a box of degrees lies in a tile and its buffer, twice, in square tile units.
std::int64_t twice_box_in_tile(double west, double south, double east, double north, const TileId& id,
                               std::int32_t buffer) {
  const auto unit = static_cast<double>(tile_unit(id.zoom));
  const MercatorPosition a = to_mercator(west, north);
  const MercatorPosition b = to_mercator(east, south);
  const auto overlap = [&](double from, double to, std::uint32_t index) {
    const std::int64_t low = std::int64_t{index} * kTileExtent - half_world(id.zoom) - buffer;
    const std::int64_t high = low + kTileExtent + 2 * buffer;
    // First to units of the square, as vertices are.
    const auto round = [&](double v) {
      return static_cast<std::int64_t>(std::floor(static_cast<double>(std::lround(v)) / unit + 0.5));
    };
    return std::max<std::int64_t>(0, std::min(high, round(to)) - std::max(low, round(from)));
  };
  return 2 * overlap(a.x, b.x, id.x) * overlap(a.y, b.y, id.y);
}

TEST(CutTiles, GroundAtTheCornerOfFourTiles) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(-1, -1, 1, 1));
  const Composite composite = builder.build();
  const auto tiles = cut(composite, {.min_zoom = 0, .max_zoom = 1, .buffer = 16});
  std::vector<TileId> ids;
  for (const Tile& tile : tiles) ids.push_back(tile.id);
  EXPECT_THAT(
      ids, ElementsAre(TileId{0, 0, 0}, TileId{1, 0, 0}, TileId{1, 0, 1}, TileId{1, 1, 1}, TileId{1, 1, 0}));
  // A degree is 8192 / 360 = 22.8 units at zoom 1.
  const auto tile = tile_at(tiles, {1, 1, 1}).at("control");
  ASSERT_EQ(tile.size(), 1U);
  // Vertices stay where lines leave the tiles beside it, which overlap by 16.
  EXPECT_THAT(tile[0].rings,
              ElementsAre(TileRing{{-16, -16}, {23, -16}, {23, 16}, {23, 23}, {16, 23}, {-16, 23}}));
  EXPECT_EQ(tile[0].id, 1U);
  EXPECT_THAT(tile_at(tiles, {1, 0, 0}).at("control")[0].rings,
              ElementsAre(TileRing{
                  {4073, 4073}, {4080, 4073}, {4112, 4073}, {4112, 4112}, {4073, 4112}, {4073, 4080}}));
}

TEST(CutTiles, EdgesFollowTheirLineAndNotTheChordOnTheMap) {
  // Straight in longitude and latitude; the chord between its ends leaves it by some 300 tile units at zoom
  // 0.
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((0 0,80 80,0 80,0 0))");
  const Composite composite = builder.build();
  const TileOptions options{.min_zoom = 2, .max_zoom = 6};
  std::size_t seen = 0;
  for (const Tile& tile : cut(composite, options)) {
    const std::int32_t tolerance =
        tile.id.zoom == options.max_zoom ? options.tolerance_at_max_zoom : options.tolerance;
    const double bound = tolerance + std::sqrt(0.5) + 0.125 + 0.01;
    const auto features = test::read_tile(tile.bytes).at("control");
    for (const auto& feature : features) {
      for (const TileRing& ring : feature.rings) {
        for (std::size_t i = 0; i < ring.size(); ++i) {
          const GridPoint a = ring[i];
          const GridPoint b = ring[(i + 1) % ring.size()];
          if (a.x == b.x || a.y == b.y) continue;  // another side, or that of the tile
          ++seen;
          for (const double share : {0.0, 0.25, 0.5, 0.75}) {
            const double unit = tile_unit(tile.id.zoom);
            const double half = half_world(tile.id.zoom);
            const double x = a.x + share * (b.x - a.x) + tile.id.x * double{kTileExtent} - half;
            const double y = a.y + share * (b.y - a.y) + tile.id.y * double{kTileExtent} - half;
            // Distance along x and along y to the line; the distance to it is less than either.
            const LonLatDegrees at = from_mercator(x * unit, y * unit);
            const double across = std::abs(to_mercator(at.lat, at.lat).x / unit - x);
            const double up = std::abs(to_mercator(at.lon, at.lon).y / unit - y);
            if (across == 0.0 || up == 0.0) continue;
            EXPECT_LE(across * up / std::hypot(across, up), bound)
                << tile.id.zoom << "/" << tile.id.x << "/" << tile.id.y << " " << a.x << "," << a.y;
          }
        }
      }
    }
  }
  EXPECT_GT(seen, 40U);
}

TEST(CutTiles, AJunctionOnALongSideStaysTight) {
  // b and c meet on the side of a: a has no corner there, and the border bends on both sides of the junction.
  AtlasBuilder builder;
  builder.say("a", "a", "POLYGON((0 0,20 0,20 10.3,15 9.8,10 10.2,5 9.7,0 10.2,0 0))")
      .say("b", "b", "POLYGON((0 10.2,5 9.7,7 9.9,8 20,0 20,0 10.2))")
      .say("c", "c", "POLYGON((7 9.9,10 10.2,15 9.8,20 10.3,20 20,8 20,7 9.9))");
  const Composite composite = builder.build();
  const TileOptions options{.min_zoom = 0, .max_zoom = 8, .tolerance = 32};
  for (const Tile& tile : cut(composite, options)) {
    const std::string where = fmt::format("{}/{}/{}", tile.id.zoom, tile.id.x, tile.id.y);
    const auto features = test::read_tile(tile.bytes).at("control");
    expect_division(features, where);
    EXPECT_EQ(twice_area(features), twice_box_in_tile(0, 0, 20, 20, tile.id, options.buffer)) << where;
  }
}

TEST(CutTiles, GroundAcrossTheAntimeridianIsOneGroundAndHasNoColumnsOutside) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(175, 10, 185, 20));
  const Composite composite = builder.build();
  const TileOptions options{.min_zoom = 0, .max_zoom = 5};
  const auto tiles = cut(composite, options);
  for (const Tile& tile : tiles) {
    EXPECT_LT(tile.id.x, 1U << static_cast<unsigned>(tile.id.zoom));
    EXPECT_LT(tile.id.y, 1U << static_cast<unsigned>(tile.id.zoom));
  }
  for (const std::uint32_t column : {0U, 31U}) {
    // Row 14 of 32 holds latitudes from 11.2 to 21.9.
    const auto features = tile_at(tiles, {5, column, 14}).at("control");
    ASSERT_EQ(features.size(), 1U);
    // One ring across the antimeridian into the buffer, no side of which runs along it.
    ASSERT_EQ(features[0].rings.size(), 1U);
    const TileRing& ring = features[0].rings[0];
    const std::int32_t meridian = column == 0 ? 0 : 4096;
    const std::int32_t beyond = column == 0 ? -64 : 4160;
    for (std::size_t i = 0; i < ring.size(); ++i)
      EXPECT_FALSE(ring[i].x == meridian && ring[(i + 1) % ring.size()].x == meridian);
    EXPECT_EQ(std::count_if(ring.begin(), ring.end(), [&](GridPoint p) { return p.x == beyond; }), 2);
  }
}

TEST(CutTiles, ABorderAlongTheAntimeridianIsOne) {
  AtlasBuilder builder;
  builder.say("a", "a", box_wkt(175, 0, 180, 5)).say("b", "b", box_wkt(180, 0, 185, 7));
  const Composite composite = builder.build();
  const auto features = tile_at(cut(composite, {.min_zoom = 5, .max_zoom = 5}), {5, 31, 15}).at("control");
  ASSERT_EQ(features.size(), 2U);
  expect_division(features, "5/31/15");
  // a from 5 degrees of 11.25 west of the side, b in the buffer.
  EXPECT_EQ(std::min(features[0].rings[0].front().x, features[1].rings[0].front().x), 2276);
  EXPECT_EQ(std::max(features[0].rings[0].front().x, features[1].rings[0].front().x), 4096);
}

TEST(CutTiles, LatitudesBeyondTheSquareAreCutOff) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((-180 60,180 60,180 90,-180 90,-180 60))");
  const Composite composite = builder.build();
  const TileOptions options{.min_zoom = 0, .max_zoom = 3};
  for (const Tile& tile : cut(composite, options)) {
    const auto features = test::read_tile(tile.bytes).at("control");
    ASSERT_EQ(features.size(), 1U);
    ASSERT_EQ(features[0].rings.size(), 1U);
    std::int32_t top = 4096;
    for (const GridPoint p : features[0].rings[0]) top = std::min(top, p.y);
    EXPECT_EQ(top, tile.id.y == 0 ? 0 : -options.buffer);
  }
}

TEST(CutTiles, FeaturesOfSeveralLayersAndTimesShareOneSetOfLines) {
  // Ground that two features have at different times, and a claim across both.
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 4, 4)).say("m", "b", box_wkt(4, 0, 8, 4));
  const Composite composite = builder.build();
  TileLayer control = by_coverage(composite);
  TileLayer claim = control;
  claim.name = "claim";
  claim.features = {{{"actor", "c"}}};
  claim.grounds = {{}, {0}, {0}};
  control.grounds.back() = {0, 1};  // the second ground has the first's feature too
  const auto tile =
      tile_at(spread(cut_tiles(composite, {control, claim}, {.min_zoom = 4, .max_zoom = 4})), {4, 8, 7});
  ASSERT_EQ(tile.at("control").size(), 2U);
  ASSERT_EQ(tile.at("claim").size(), 1U);
  EXPECT_EQ(test::twice_area(tile.at("control")[0].rings), test::twice_area(tile.at("claim")[0].rings));
  EXPECT_LT(test::twice_area(tile.at("control")[1].rings), test::twice_area(tile.at("control")[0].rings));
}

TEST(CutTiles, RefusesWhatItCannotMean) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 1, 1));
  const Composite composite = builder.build();
  const auto refusal = [&](const TileOptions& options) -> std::string {
    try {
      static_cast<void>(cut(composite, options));
    } catch (const InvalidArgument& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(refusal({.min_zoom = 3, .max_zoom = 2}), HasSubstr("zooms 3 to 2; expected 0 to 16"));
  EXPECT_THAT(refusal({.min_zoom = 0, .max_zoom = 17}), HasSubstr("zooms 0 to 17"));
  EXPECT_THAT(refusal({.max_zoom = 1, .buffer = 2048}), HasSubstr("a buffer of 2048 tile units"));
  EXPECT_THAT(refusal({.max_zoom = 1, .tolerance = -1}), HasSubstr("tolerance"));
  TileLayer layer = by_coverage(composite);
  layer.of_face.pop_back();
  EXPECT_THROW(static_cast<void>(cut_tiles(composite, {layer}, {.max_zoom = 1})), InvalidArgument);
}

/// A feature for each two grounds that meet, the lesser first, named by them.
TileLines between_grounds(const std::vector<GroundPair>& pairs) {
  TileLines out;
  out.name = "line";
  for (const GroundPair& pair : pairs) {
    out.of_pair.push_back({{static_cast<std::uint32_t>(out.features.size()), false}});
    out.features.push_back({{"grounds", fmt::format("{}-{}", pair.first, pair.second)}});
  }
  return out;
}
std::vector<Tile> cut_with_lines(const Composite& composite, const TileOptions& options) {
  return spread(cut_tiles(composite, {by_coverage(composite)}, options, between_grounds));
}

TEST(CutTiles, LinesRunWhereGroundMeetsWithTheFirstOnTheirLeft) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(10, 10, 11, 12)).say("m", "b", box_wkt(11, 10, 12, 12));
  const Composite composite = builder.build();
  const auto tile = tile_at(cut_with_lines(composite, {.min_zoom = 4, .max_zoom = 4}), {4, 8, 7});
  const auto& lines = tile.at("line");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].is_line);
  EXPECT_EQ(lines[0].properties.at("grounds"), "1-2");
  // Only the side that both share, whole: the other sides bound ground against nothing.
  ASSERT_EQ(lines[0].rings.size(), 1U);
  const TileRing& path = lines[0].rings[0];
  ASSERT_EQ(path.size(), 2U);
  EXPECT_EQ(path.front().x, path.back().x);
  // y runs south; a, in the west, is on the left of a line that runs north.
  const bool west_is_first =
      composite.coverage(composite.plane().locate({{105'000'000, 110'000'000}}).front(),
                         LabelGroup::control) == 1;
  EXPECT_EQ(path.front().y > path.back().y, west_is_first);
  const auto row = [](double lat) { return std::lround(to_mercator(0, lat).y / tile_unit(4)); };
  EXPECT_EQ(std::abs(path.front().y - path.back().y), row(10) - row(12));
}

TEST(CutTiles, GroundsMeetOnTheMapWhereNothingWiderThanAUnitLiesBetween) {
  // A strip of 11 m between a and b: at zoom 4 a unit is 2.4 km.
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(10, 10, 11.04, 12))
      .say("m", "b", box_wkt(11.0401, 10, 12, 12))
      .say("n", "c", box_wkt(11.04, 10, 11.0401, 12));
  const Composite composite = builder.build();
  const auto grounds_at = [&](const std::vector<Tile>& tiles, const TileId& id) {
    std::vector<std::string> out;
    const auto tile = tile_at(tiles, id);
    for (const auto& line : tile.at("line")) out.push_back(line.properties.at("grounds"));
    return out;
  };
  const auto ground = [&](std::int32_t lon) {
    return composite.coverage(composite.plane().locate({{lon, 110'000'000}}).front(), LabelGroup::control);
  };
  const auto pair = [&](std::int32_t a, std::int32_t b) {
    return fmt::format("{}-{}", std::min(ground(a), ground(b)), std::max(ground(a), ground(b)));
  };
  const Tiles whole =
      cut_tiles(composite, {by_coverage(composite)}, {.min_zoom = 14, .max_zoom = 14}, between_grounds);
  const auto tiles = cut_with_lines(composite, {.min_zoom = 4, .max_zoom = 14});
  EXPECT_THAT(grounds_at(tiles, {4, 8, 7}), ElementsAre(pair(105'000'000, 115'000'000)));
  // 8694.5 / 16384 * 360 - 180 = 11.04, and 11 degrees north.
  EXPECT_THAT(grounds_at(tiles, {14, 8694, 7688}),
              testing::UnorderedElementsAre(pair(105'000'000, 110'400'500), pair(110'400'500, 115'000'000)));
  EXPECT_EQ(whole.lines.features.size(), 2U);
}

TEST(CutTiles, LinesOfAPassageAreThoseOfItsGround) {
  // Every vertex of a line is one of the ground on either side of it: both come of one simplification.
  AtlasBuilder builder;
  builder.say("a", "a", "POLYGON((0 0,20 0,20 10.3,15 9.8,10 10.2,5 9.7,0 10.2,0 0))")
      .say("b", "b", "POLYGON((0 10.2,5 9.7,10 10.2,15 9.8,20 10.3,20 20,0 20,0 10.2))");
  const Composite composite = builder.build();
  std::size_t seen = 0;
  for (const Tile& tile : cut_with_lines(composite, {.min_zoom = 0, .max_zoom = 7})) {
    const auto read = test::read_tile(tile.bytes);
    if (!read.contains("line")) continue;
    ASSERT_EQ(read.at("control").size(), 2U);
    for (const TileRing& path : read.at("line")[0].rings) {
      for (const GridPoint p : path) {
        ++seen;
        for (const auto& feature : read.at("control")) {
          EXPECT_TRUE(std::any_of(feature.rings.begin(), feature.rings.end(), [&](const TileRing& ring) {
            return std::find(ring.begin(), ring.end(), p) != ring.end();
          }));
        }
      }
    }
  }
  EXPECT_GT(seen, 50U);
}

TEST(CutTiles, TilesThatGroundCoversAreMadeOnce) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(-180, -90, 180, 90)).say("m", "b", box_wkt(0, 0, 0.001, 0.001));
  const Composite composite = builder.build();
  const Tiles tiles =
      cut_tiles(composite, {by_coverage(composite)}, {.min_zoom = 0, .max_zoom = 12}, between_grounds);
  EXPECT_EQ(tiles.count(), (std::uint64_t{1} << 26U) / 3);  // 4^0 + ... + 4^12
  // Those of the first and the last row are not covered, for there is nothing beyond.
  EXPECT_LT(tiles.contents.size(), 2 * 8192 + 200U);
  std::uint64_t next = 0;
  for (const TileRun& run : tiles.runs) {
    EXPECT_EQ(run.id, next);
    next = run.id + run.count;
  }
  const auto longest = std::max_element(tiles.runs.begin(), tiles.runs.end(),
                                        [](const TileRun& a, const TileRun& b) { return a.count < b.count; });
  EXPECT_GT(longest->count, 1'000'000U);
  const auto covered = test::read_tile(tiles.contents.at(longest->content)).at("control");
  ASSERT_EQ(covered.size(), 1U);
  EXPECT_THAT(covered[0].rings, ElementsAre(TileRing{{-64, -64}, {4160, -64}, {4160, 4160}, {-64, 4160}}));
}

TEST(CutTiles, RefusesWhatMemoryHasNoRoomForAndNamesTheZoomThatFits) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((0 0,40 1,41 30,3 29,0 0))");
  const Composite composite = builder.build();
  const std::vector<TileLayer> layers{by_coverage(composite)};
  const TileCost cost(composite, layers);
  TileOptions options{.min_zoom = 0, .max_zoom = 16, .max_memory_bytes = cost.bytes(0, 9)};
  try {
    static_cast<void>(cut_tiles(composite, layers, options));
    FAIL();
  } catch (const TooLarge& refused) {
    EXPECT_THAT(refused.what(), HasSubstr("tiles of zooms 0 to 16 would take about"));
    EXPECT_THAT(refused.what(), HasSubstr("--max-zoom 9: the greatest that fits"));
    EXPECT_THAT(refused.what(), HasSubstr("--max-memory SIZE"));
  }
  options.max_zoom = 9;
  EXPECT_GT(cut_tiles(composite, layers, options).runs.size(), 100U);
}

/// Ground that covers the earth at all zooms: what a tile lacks or has twice shows in the sum of areas.
class CutTilesRandom : public testing::TestWithParam<int> {
 protected:
  /// All of the earth is covered, part of it under lines of any kind.
  static Composite random_map() {
    std::mt19937 random(static_cast<unsigned>(GetParam()));
    const auto number = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
    AtlasBuilder builder;
    // Small maps have many lines within a tile unit.
    const double scale = GetParam() % 2 == 0 ? 1.0 : 0.02;
    builder.say("earth", "earth", box_wkt(-180, -90, 180, 90));
    for (int i = 0; i < 14; ++i) {
      Ring ring;
      for (int c = 0; c < 3 + number(3); ++c)
        ring.push_back({number(1601) * 0.01 * scale, 40 + number(1601) * 0.01 * scale});
      ring.push_back(ring.front());
      const std::string actor(1, static_cast<char>('a' + number(5)));
      builder.say(actor, actor, MultiPolygon{{ring}});
    }
    return builder.build();
  }
};

TEST_P(CutTilesRandom, DivideEveryTileWithoutOverlapOrGap) {
  const Composite composite = random_map();
  const TileOptions options{.min_zoom = 0, .max_zoom = 5, .tolerance = 12};
  const auto tiles = cut(composite, options);
  ASSERT_EQ(tiles.size(), 1365U);  // 4^0 + ... + 4^5
  std::size_t related = 0;
  for (const Tile& tile : tiles) {
    const std::string where = fmt::format("{}/{}/{}", tile.id.zoom, tile.id.x, tile.id.y);
    const auto features = test::read_tile(tile.bytes).at("control");
    // Relating every pair takes long; areas are checked of all.
    if (features.size() > 1 && ++related % 3 == 0) expect_division(features, where);
    // North of the square and south of it there is nothing.
    const std::uint32_t last = (1U << static_cast<unsigned>(tile.id.zoom)) - 1;
    const std::int64_t width = kTileExtent + 2 * options.buffer;
    const std::int64_t height =
        width - (tile.id.y == 0 ? options.buffer : 0) - (tile.id.y == last ? options.buffer : 0);
    EXPECT_EQ(twice_area(features), 2 * width * height) << where;
  }
  EXPECT_GT(related, 5U);
}

TEST_P(CutTilesRandom, TheNumberOfThreadsChangesNothing) {
  const Composite composite = random_map();
  const TileOptions options{.min_zoom = 0, .max_zoom = 5};
  const auto many = cut(composite, options);
  const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
  EXPECT_EQ(cut(composite, options), many);
}

INSTANTIATE_TEST_SUITE_P(Maps, CutTilesRandom, testing::Range(1, 25));

}  // namespace
}  // namespace marchland
