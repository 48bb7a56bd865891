#include "tests/unit/tiles/tile_fixture.h"
#include <marchland/tiles/feature_widths.h>
#include <marchland/tiles/tile_cost.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace marchland {
namespace {

using test::by_coverage;
using test::cut;
using test::Tile;
using testing_fixtures::AtlasBuilder;
using testing_fixtures::box_wkt;

TEST(TileCost, CountsTheTilesThatLinesPass) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((-3 2,8 30,15 14,-3 2))").say("m", "b", box_wkt(40, 5, 52, 17));
  const Composite composite = builder.build();
  const TileCost cost(composite, {by_coverage(composite)});
  // Without buffers, so that tiles are in a zoom for their own ground.
  for (const int zoom : {3, 6, 8}) {
    std::uint64_t crossed = 0;
    for (const Tile& tile : cut(composite, {.min_zoom = zoom, .max_zoom = zoom, .buffer = 0})) {
      const auto features = test::read_tile(tile.bytes).at("control");
      crossed += features.size() > 1 || features[0].rings[0].size() != 4 ||
                         test::twice_area(features[0].rings) != 2LL * 4096 * 4096
                     ? 1U
                     : 0U;
    }
    // Chords, against which rounding is nothing, pass a tile more or less.
    EXPECT_NEAR(static_cast<double>(cost.tiles(zoom)), static_cast<double>(crossed),
                0.03 * static_cast<double>(crossed) + 1)
        << zoom;
  }
}

/// Widths of the one layer.
std::vector<FeatureWidth> widths_of(const Composite& composite) {
  return feature_widths(composite, {by_coverage(composite)}).at(0);
}

TEST(FeatureWidths, AreThoseOfStripsInMetersWhereTheyLie) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 60, 10, 60.001)).say("m", "b", box_wkt(20, 0, 20.0005, 0.5));
  const auto widths = widths_of(builder.build());
  ASSERT_EQ(widths.size(), 2U);
  std::vector<double> meters{widths[0].meters, widths[1].meters};
  std::sort(meters.begin(), meters.end());
  EXPECT_NEAR(meters[0], 55.66, 0.2);  // 0.0005 degrees of the equator
  EXPECT_NEAR(meters[1], 111.4, 1.0);  // 0.001 degrees of a meridian
}

TEST(FeatureWidths, GroundOfOneFeatureCountsTogether) {
  // Two strips of one feature side by side, and the same with a claim across half of them.
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 1, 0.01)).say("m", "b", box_wkt(0, 0.01, 1, 0.02));
  const Composite composite = builder.build();
  TileLayer both = by_coverage(composite);
  both.features = {{{"actor", "c"}}};
  both.grounds = {{}, {0}, {0}};
  const auto apart = feature_widths(composite, {by_coverage(composite), both});
  EXPECT_NEAR(apart[1][0].units / apart[0][0].units, 2.0, 0.03);
}

TEST(FeatureWidths, BeyondTheSquareThereIsNone) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 86, 10, 88));
  EXPECT_EQ(widths_of(builder.build()).at(0).units, 0.0);
}

TEST(FeatureWidths, NothingVanishesAtTheZoomThatShowsIt) {
  std::mt19937 random(7);
  const auto number = [&](double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random);
  };
  std::size_t vanished_before = 0;
  for (int i = 0; i < 60; ++i) {
    // A strip in any direction.
    const double x = number(-170, 170);
    const double y = number(-70, 70);
    const double angle = number(0, 6.28);
    const double length = number(0.01, 3);
    const double width = std::pow(10.0, number(-4, -1));
    const auto at = [&](double along, double across) {
      return Position{x + along * std::cos(angle) - across * std::sin(angle),
                      y + along * std::sin(angle) + across * std::cos(angle)};
    };
    AtlasBuilder builder;
    builder.say("l", "a",
                MultiPolygon{{{at(0, 0), at(length, 0), at(length, width), at(0, width), at(0, 0)}}});
    const Composite composite = builder.build();
    const int zoom = zoom_that_shows(widths_of(composite).at(0));
    if (zoom > kMaxZoom) continue;
    EXPECT_TRUE(
        cut_tiles(composite, {by_coverage(composite)}, {.min_zoom = zoom, .max_zoom = zoom}).shown[0][0]);
    if (zoom < 3) continue;
    const Tiles before =
        cut_tiles(composite, {by_coverage(composite)}, {.min_zoom = zoom - 3, .max_zoom = zoom - 3});
    if (!before.shown[0][0]) ++vanished_before;
    EXPECT_EQ(before.runs.empty(), !before.shown[0][0]);
  }
  EXPECT_GT(vanished_before, 20U);
}

int natural_zoom(const Composite& composite, double least_width_m = 10) {
  const std::vector<TileLayer> layers{by_coverage(composite)};
  return natural_max_zoom(TileCost(composite, layers), feature_widths(composite, layers), least_width_m);
}

TEST(NaturalZoom, FollowsTheLengthOfLines) {
  const auto zoom_of = [](int sides, double side) {
    // A row of squares side by side: half of all edges are that long, or longer.
    AtlasBuilder builder;
    for (int i = 0; i < sides; ++i)
      builder.say(fmt::format("l{}", i), i % 2 == 0 ? "a" : "b", box_wkt(i * side, 0, (i + 1) * side, side));
    return natural_zoom(builder.build());
  };
  // A degree is 4096 * 2^z / 360 units long: 64 from zoom 2.5 on. A sixteenth of the ground decides.
  EXPECT_EQ(zoom_of(1, 90), 5);  // half the square high
  EXPECT_EQ(zoom_of(4, 1), 11);
  EXPECT_EQ(zoom_of(1, 1e-5), 14);
  // Sixty edges of a 64th of the ground.
  EXPECT_EQ(zoom_of(100, 0.01), 13);
}

TEST(NaturalZoom, KeepsFeaturesThatAreWiderThanLinesAreAccurate) {
  // Four provinces, and an enclave of 55 m in one.
  AtlasBuilder builder;
  for (int i = 0; i < 4; ++i)
    builder.say(fmt::format("l{}", i), fmt::format("a{}", i), box_wkt(i * 20, 0, i * 20 + 20, 20));
  builder.say("e", "enclave", box_wkt(3, 3, 3.0005, 3.0005));
  const Composite composite = builder.build();
  const std::vector<TileLayer> layers{by_coverage(composite)};
  const int zoom = natural_zoom(composite);
  const Tiles tiles = cut_tiles(composite, layers, {.max_zoom = zoom});
  EXPECT_THAT(tiles.shown[0], testing::Each(true));
  // If lines are accurate to a kilometre, nobody knows that it is there.
  EXPECT_LT(natural_zoom(composite, 1000), zoom);
}

}  // namespace
}  // namespace marchland
