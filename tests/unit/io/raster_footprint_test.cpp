#include "tests/unit/io/io_fixture.h"
#include <marchland/io/raster_footprint.h>
#include <marchland/measure/projection.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ogr_geometry.h>

#include <algorithm>
#include <cmath>

namespace marchland::test {
namespace {

using testing::HasSubstr;

double signed_area(const Ring& ring) {
  double sum = 0.0;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i)
    sum += ring[i].lon * ring[i + 1].lat - ring[i + 1].lon * ring[i].lat;
  return sum / 2.0;
}

/// Crossings of a line to the east.
bool is_within(const MultiPolygon& area, const Position& p) {
  bool inside = false;
  for (const Polygon& polygon : area) {
    for (const Ring& ring : polygon) {
      for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
        const Position& a = ring[i];
        const Position& b = ring[i + 1];
        if ((a.lat > p.lat) != (b.lat > p.lat) &&
            p.lon < a.lon + (p.lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon)) {
          inside = !inside;
        }
      }
    }
  }
  return inside;
}

bool is_valid(const MultiPolygon& area) {
  OGRMultiPolygon all;
  for (const Polygon& polygon : area) {
    OGRPolygon part;
    for (const Ring& ring : polygon) {
      OGRLinearRing line;
      for (const Position& p : ring) line.addPoint(p.lon, p.lat);
      part.addRing(&line);
    }
    all.addGeometry(&part);
  }
  return all.IsValid() != 0;
}

bool is_in_box(const LonLatBox& box, const Position& p, double margin) {
  if (p.lat < box.south - margin || p.lat > box.north + margin) return false;
  const bool after_west = p.lon >= box.west - margin;
  const bool before_east = p.lon <= box.east + margin;
  return box.west <= box.east ? after_west && before_east : after_west || before_east;
}

struct Case {
  const char* name;
  RasterGrid grid;
  bool has_outline;  ///< its area is more than its box
};
class Footprint : public testing::TestWithParam<Case> {};

// Law: it holds the centres of all cells (a quarter of a cell off at most), the box is no wider than what the
// sides reach, and rings are as RFC 7946 has them.
TEST_P(Footprint, HoldsAllCellsAndLittleElse) {
  const RasterGrid& grid = GetParam().grid;
  const RasterFootprint found = raster_footprint(grid);
  const Projection projection(grid.crs);
  const double cell = grid.cell * projection.unit() / (projection.is_geographic() ? 1.0 : 6.371e6) * 57.3;
  ASSERT_FALSE(found.area.empty());
  for (const Polygon& polygon : found.area) {
    for (const Ring& ring : polygon) {
      EXPECT_EQ(ring.front(), ring.back());
      EXPECT_EQ(signed_area(ring) > 0.0, &ring == &polygon.front());
    }
    for (const Position& p : polygon[0]) EXPECT_TRUE(is_in_box(found.box, p, 1e-7)) << p.lon << ' ' << p.lat;
  }
  EXPECT_TRUE(is_valid(found.area));
  constexpr int kSamples = 60;
  double south = 90.0;
  double north = -90.0;
  std::size_t seen = 0;
  for (int i = 0; i <= kSamples; ++i) {
    for (int j = 0; j <= kSamples; ++j) {
      const double x = static_cast<double>(grid.columns) * i / kSamples;
      const double y = static_cast<double>(grid.rows) * j / kSamples;
      const auto place = projection.inverse({grid.west + x * grid.cell, grid.north - y * grid.cell_height()});
      if (!place) continue;
      ++seen;
      south = std::min(south, place->lat);
      north = std::max(north, place->lat);
      EXPECT_TRUE(is_in_box(found.box, *place, cell)) << place->lon << ' ' << place->lat;
      const bool is_inner = i > 1 && j > 1 && i < kSamples - 1 && j < kSamples - 1;
      if (is_inner && std::abs(place->lat) < 89.9 && std::abs(place->lon) < 179.9) {
        EXPECT_TRUE(is_within(found.area, *place)) << place->lon << ' ' << place->lat;
      }
    }
  }
  EXPECT_GT(seen, 100U);
  for (const double pole : {-90.0, 90.0}) {
    const auto place = projection.forward({0.0, pole});
    if (!place || projection.is_geographic()) continue;
    const double x = (place->x - grid.west) / grid.cell;
    const double y = (grid.north - place->y) / grid.cell_height();
    if (x < 0.0 || y < 0.0 || x > static_cast<double>(grid.columns) || y > static_cast<double>(grid.rows))
      continue;
    (pole < 0.0 ? south : north) = pole;
  }
  // Else latitudes reach farthest on a side or on the line through the middle.
  for (int k = 0; k <= 4000; ++k) {
    for (const double part : {0.0, 0.5, 1.0}) {
      const double along = k / 4000.0;
      for (const auto& [x, y] : {std::pair{along, part}, std::pair{part, along}}) {
        const auto place =
            projection.inverse({grid.west + x * static_cast<double>(grid.columns) * grid.cell,
                                grid.north - y * static_cast<double>(grid.rows) * grid.cell_height()});
        if (!place) continue;
        south = std::min(south, place->lat);
        north = std::max(north, place->lat);
      }
    }
  }
  const double slack = std::max(cell, 0.002 * (north - south));
  EXPECT_NEAR(found.box.south, south, slack);
  EXPECT_NEAR(found.box.north, north, slack);
  const bool is_box = found.area.size() == 1 && found.area[0][0].size() == 5;
  EXPECT_EQ(is_box, !GetParam().has_outline);
}

INSTANTIATE_TEST_SUITE_P(
    Systems, Footprint,
    testing::Values(Case{"lonlat", {"EPSG:4326", 44.0, 41.0, 0.5, 8, 6}, false},
                    Case{"utm", {"EPSG:32638", 200000, 4700000, 1000, 600, 900}, true},
                    Case{"laea_europe", {"EPSG:3035", 2500000, 5500000, 10000, 400, 400}, true},
                    Case{"fiji", {"EPSG:3460", 1700000, 4300000, 1000, 600, 500}, true},
                    Case{"south_pole", {"EPSG:3031", -3000000, 3000000, 50000, 120, 120}, true},
                    Case{"north_pole_aside", {"EPSG:3413", -600000, 3000000, 25000, 140, 140}, true},
                    Case{"north_without_pole", {"EPSG:3413", -600000, -400000, 25000, 60, 60}, true},
                    Case{"mercator_world",
                         {"EPSG:3857", -20037508.342789244, 20037508.342789244, 78271.51696402048, 512, 512},
                         true},
                    Case{"mercator_east", {"EPSG:3832", 0, 2000000, 20000, 300, 200}, true},
                    Case{"round_the_arctic", {"EPSG:3576", -4200000, 700000, 100000, 78, 53}, true},
                    Case{"mollweide", {"ESRI:54009", -18040095, 9020047.8, 100000, 361, 181}, false},
                    Case{"old_datum", {"EPSG:4267", -100.0, 45.0, 0.25, 40, 40}, true}),
    [](const auto& one) { return one.param.name; });

TEST(FootprintOf, GroundIsNotWhatItIsAbout) {
  // A square of UTM is none in longitude and latitude: its northern side is shorter, and sags.
  const RasterFootprint found = raster_footprint({"EPSG:32638", 300000, 4600000, 1000, 400, 400});
  const Projection projection("EPSG:32638");
  const auto north_west = projection.inverse({300000, 4600000});
  const auto south_west = projection.inverse({300000, 4200000});
  EXPECT_NEAR(found.box.west, std::min(north_west->lon, south_west->lon), 1e-6);
  // The northernmost point of the northern side lies on the central meridian.
  EXPECT_NEAR(found.box.north, projection.inverse({500000, 4600000})->lat, 1e-6);
  EXPECT_GT(found.box.north, north_west->lat + 0.01);
}

TEST(FootprintOf, ARasterAboutAPoleGoesAllRound) {
  const RasterFootprint found = raster_footprint({"EPSG:3031", -3000000, 3000000, 50000, 120, 120});
  EXPECT_EQ(found.box.south, -90.0);
  EXPECT_EQ(found.box.west, -180.0);
  EXPECT_EQ(found.box.east, 180.0);
  EXPECT_TRUE(is_within(found.area, {10.0, -89.99}));
  EXPECT_TRUE(is_within(found.area, {-179.0, -80.0}));
  EXPECT_FALSE(is_within(found.area, {0.0, -50.0}));
}

TEST(FootprintOf, TheAntimeridianCutsIt) {
  const RasterFootprint found = raster_footprint({"EPSG:3460", 1700000, 4300000, 1000, 600, 500});
  EXPECT_GT(found.box.west, 170.0);
  EXPECT_LT(found.box.east, -170.0);
  EXPECT_EQ(found.area.size(), 2U);
  // Columns that go on beyond 180 degrees.
  const RasterFootprint lonlat = raster_footprint({"EPSG:4326", 175.0, 10.0, 1.0, 10, 5});
  EXPECT_EQ(lonlat.box, (LonLatBox{175.0, 5.0, -175.0, 10.0}));
  EXPECT_EQ(lonlat.area.size(), 2U);
  const RasterFootprint world = raster_footprint({"EPSG:4326", -180.125, 90.125, 0.25, 1441, 721});
  EXPECT_EQ(world.box, (LonLatBox{-180.0, -90.0, 180.0, 90.0}));
}

TEST(FootprintOf, WhatIsNotOnTheEarthHasNone) {
  EXPECT_THAT(error_of([] { static_cast<void>(raster_footprint({"ESRI:54009", 5e7, 5e7, 1000, 10, 10})); }),
              HasSubstr("no point of the raster"));
}

}  // namespace
}  // namespace marchland::test
