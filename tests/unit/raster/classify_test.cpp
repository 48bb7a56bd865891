#include "tests/composite_fixtures.h"
#include <marchland/analysis/holders.h>
#include <marchland/base/error.h>
#include <marchland/composite/quantise.h>
#include <marchland/measure/projection.h>
#include <marchland/raster/classify.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

namespace marchland {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing_fixtures::AtlasBuilder;
using testing_fixtures::box_wkt;
using testing_fixtures::day;

/// 1 for a, 2 for b, 3 for both.
std::vector<CellClass> holders_at(const Composite& composite, Instant at) {
  const Holders holders(composite, {});
  std::vector<CellClass> classes;
  for (const HolderIndex holder : holders.faces_at(composite.times().epoch_of(at))) {
    CellClass sum = 0;
    for (const ActorId actor : holders.actors(holder))
      sum = static_cast<CellClass>(sum + (1 << (composite.atlas()[actor].id.front() - 'a')));
    classes.push_back(sum);
  }
  return classes;
}

/// A line a row, '.' for 0, letters from a for 1.
std::vector<std::string> drawn(const std::vector<CellClass>& cells, const RasterGrid& grid) {
  std::vector<std::string> rows(grid.rows);
  for (std::size_t i = 0; i < cells.size(); ++i)
    rows[i / grid.columns] += cells[i] == 0 ? '.' : static_cast<char>('a' + cells[i] - 1);
  return rows;
}

TEST(Classify, RowZeroIsNorthAndCentresDecide) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((0 0,6 0,6 3,0 3,0 0))").say("l", "b", "POLYGON((1 3,5 3,3 5,1 3))");
  const Composite composite = builder.build();
  const RasterGrid grid{"EPSG:4326", 0, 5, 1, 7, 6};
  EXPECT_THAT(drawn(classify(composite.plane(), holders_at(composite, day(0)), grid), grid),
              // Centres lie on all four slanting sides: they belong to what is south.
              ElementsAre("..bb...", ".bbbb..", "aaaaaa.", "aaaaaa.", "aaaaaa.", "......."));
}

TEST(Classify, CellsAcrossTheAntimeridianAndBeyondThePole) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((178 86,182 86,182 90,178 90,178 86))");
  const Composite composite = builder.build();
  const RasterGrid grid{"OGC:CRS84", 176, 92, 1, 8, 8};
  EXPECT_THAT(drawn(classify(composite.plane(), holders_at(composite, day(0)), grid), grid),
              ElementsAre("........", "........", "..aaaa..", "..aaaa..", "..aaaa..", "..aaaa..", "........",
                          "........"));
}

class ClassifyRandom : public testing::TestWithParam<int> {};

// Cell centres are grid points, so most lie on lines, many on crossings of lines and on vertices.
TEST_P(ClassifyRandom, RowsAgreeWithTheSweepOverThePlane) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  const auto number = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  constexpr int kSize = 24;
  AtlasBuilder builder;
  for (int i = 0; i < 14; ++i) {
    Ring ring;
    for (int c = 0; c < 3 + number(3); ++c)
      ring.push_back({grid_to_degrees(number(kSize)), grid_to_degrees(number(kSize))});
    ring.push_back(ring.front());
    builder.say(fmt::format("l{}", i), "a", MultiPolygon{{ring}});
  }
  const Composite composite = builder.build();
  const Arrangement& plane = composite.plane();
  std::vector<CellClass> class_of(plane.face_count());
  for (std::size_t f = 0; f < class_of.size(); ++f) class_of[f] = static_cast<CellClass>(f);
  constexpr double kUnit = 1e-7;
  const RasterGrid grid{"EPSG:4326", -2.5 * kUnit, (kSize + 1.5) * kUnit, kUnit, kSize + 4, kSize + 4};
  std::vector<GridPoint> centres;
  for (std::size_t row = 0; row < grid.rows; ++row) {
    for (std::size_t column = 0; column < grid.columns; ++column) {
      centres.push_back({static_cast<std::int32_t>(to_grid(grid.center_x(column))),
                         static_cast<std::int32_t>(to_grid(grid.center_y(row)))});
    }
  }
  const auto faces = plane.locate(centres);
  const std::vector<CellClass> expected(faces.begin(), faces.end());
  EXPECT_EQ(classify(plane, class_of, grid), expected);
  const std::vector<Part> parts(class_of.begin(), class_of.end());
  const std::vector<CentreRun> runs = parts_of_centres(plane, parts, grid);
  std::vector<CellClass> cells(7, 9);
  classes_of_centres(runs, class_of, cells);
  EXPECT_EQ(cells, expected);
  for (std::size_t i = 1; i < runs.size(); ++i) EXPECT_NE(runs[i].part, runs[i - 1].part);
}
INSTANTIATE_TEST_SUITE_P(Seeds, ClassifyRandom, testing::Range(1, 80));

TEST(Classify, CountsTimesCellAreasApproachTheArea) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((44.1 38.7,47.9 39.2,48.6 41.3,45.2 41.8,44.1 38.7))");
  const Composite composite = builder.build();
  const double area = to_square_meters(composite.areas()[1]).value();
  // In an equal-area system every cell counts the same; the error is a random walk along the boundary.
  for (const double cell : {2000.0, 500.0}) {
    const RasterGrid grid = make_grid({44.0, 38.5, 49.0, 42.0}, "EPSG:6933", cell);
    const auto cells = classify(composite.plane(), holders_at(composite, day(0)), grid);
    const auto count = static_cast<double>(std::count(cells.begin(), cells.end(), 1));
    EXPECT_NEAR(count * cell * cell, area, 0.5 * cell * 1.3e6) << cell;
    EXPECT_NEAR(count * cell * cell / area, 1.0, cell * 2e-6) << cell;
  }
}

TEST(RasterGrid, SidesAreMultiplesOfTheCell) {
  const RasterGrid grid = make_grid({44.03, 38.72, 46.0, 41.0}, "EPSG:4326", 0.05);
  EXPECT_DOUBLE_EQ(grid.west, 44.0);
  EXPECT_DOUBLE_EQ(grid.north, 41.0);
  EXPECT_EQ(grid.columns, 40U);
  EXPECT_EQ(grid.rows, 46U);
}

TEST(RasterGrid, ProjectedExtentHoldsEveryCornerAndSag) {
  const LonLatBox box{40.0, 38.0, 50.0, 42.0};
  const RasterGrid grid = make_grid(box, "EPSG:3034", 1000.0);
  const Projection projection("EPSG:3034");
  for (double lon = box.west; lon <= box.east; lon += 0.25) {
    for (const double lat : {box.south, 40.0, box.north}) {
      const auto p = projection.forward({lon, lat});
      ASSERT_TRUE(p.has_value());
      EXPECT_GE(p->x, grid.west);
      EXPECT_LE(p->x, grid.west + grid.cell * static_cast<double>(grid.columns));
      EXPECT_LE(p->y, grid.north);
      EXPECT_GE(p->y, grid.north - grid.cell * static_cast<double>(grid.rows));
    }
  }
}

TEST(RasterGrid, AcrossTheAntimeridianLongitudesGoOn) {
  const RasterGrid grid = make_grid({177.0, -19.0, -178.0, -15.0}, "EPSG:4326", 0.5);
  EXPECT_DOUBLE_EQ(grid.west, 177.0);
  EXPECT_EQ(grid.columns, 10U);
}

std::string grid_error(const LonLatBox& box, const std::string& crs, double cell) {
  try {
    static_cast<void>(make_grid(box, crs, cell));
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "no error";
}

TEST(RasterGrid, RefusesWithAdvice) {
  const LonLatBox box{40.0, 38.0, 50.0, 42.0};
  EXPECT_THAT(
      grid_error(box, "EPSG:4326", 1e-5),
      HasSubstr(
          "cells of side 1e-05 are 1000000 columns of 400000 rows, 4e+11 cells; at most 4e+08 are made: "
          "choose a side of 0.00033 or more"));
  EXPECT_THAT(grid_error(box, "EPSG:4326", 0.0), HasSubstr("expected more than 0"));
  EXPECT_THAT(grid_error(box, "EPSG:999999", 1.0), HasSubstr("CRS 'EPSG:999999': PROJ does not know it"));
  EXPECT_THAT(grid_error(box, "EPSG:5773", 1.0), HasSubstr("neither a projected nor a geographic CRS"));
}

TEST(Projection, GoesThereAndBack) {
  for (const std::string crs : {"EPSG:32638", "EPSG:3857", "EPSG:4284", "+proj=laea +lat_0=40 +lon_0=46"}) {
    const Projection projection(crs);
    EXPECT_FALSE(projection.is_identity());
    const auto there = projection.forward({46.5, 39.75});
    ASSERT_TRUE(there.has_value());
    const auto back = projection.inverse(*there);
    ASSERT_TRUE(back.has_value());
    // A tenth of the grid; a shift of datum is not its own inverse to the last digit.
    EXPECT_NEAR(back->lon, 46.5, 1e-8) << crs;
    EXPECT_NEAR(back->lat, 39.75, 1e-8) << crs;
  }
  EXPECT_EQ(Projection("EPSG:32638").area_of_use(), (LonLatBox{42.0, 0.0, 48.0, 84.0}));
  EXPECT_FALSE(Projection("+proj=laea +lat_0=40 +lon_0=46").area_of_use().has_value());
  EXPECT_TRUE(Projection("EPSG:4326").is_identity());
  EXPECT_TRUE(Projection("OGC:CRS84").is_identity());
  EXPECT_FALSE(Projection("EPSG:4326").inverse({10.0, 91.0}).has_value());
  EXPECT_EQ(Projection("EPSG:4326").inverse({190.0, 10.0})->lon, -170.0);
}

}  // namespace
}  // namespace marchland
