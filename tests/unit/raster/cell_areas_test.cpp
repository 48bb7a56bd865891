#include <marchland/measure/projection.h>
#include <marchland/raster/cell_areas.h>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>

namespace marchland {
namespace {

/// Between two parallels of WGS84, all round, by the closed form.
double zone_area(double south, double north) {
  constexpr double kF = 1.0 / 298.257223563;
  constexpr double kA = 6378137.0;
  const double e2 = kF * (2.0 - kF);
  const double e = std::sqrt(e2);
  const auto up_to = [&](double lat) {
    const double s = std::sin(lat * std::numbers::pi / 180.0);
    return (1.0 - e2) * (s / (1.0 - e2 * s * s) + std::atanh(e * s) / e) / 2.0;
  };
  return 2.0 * std::numbers::pi * kA * kA * (up_to(north) - up_to(south));
}

double area_of(const RasterGrid& grid, std::size_t row, std::size_t column) {
  return CellAreas(grid)(row, column).value().value();
}

// In an equal-area system a cell has the area it has in the plane, wherever it lies.
TEST(CellAreas, CellsAboutAPoleOfAnEqualAreaSystem) {
  const char* kPolar = "+proj=laea +lat_0=-90 +lon_0=0 +datum=WGS84 +units=m";
  const RasterGrid grid{kPolar, -300000, 300000, 100000, 6, 6};
  for (std::size_t row = 0; row < 6; ++row) {
    for (std::size_t column = 0; column < 6; ++column)
      EXPECT_NEAR(area_of(grid, row, column) / 1e10, 1.0, 1e-9) << row << ", " << column;
  }
  // The pole in the middle of a cell, and cells of some 20 and 60 degrees.
  EXPECT_NEAR(area_of({kPolar, -150000, 150000, 100000, 3, 3}, 1, 1) / 1e10, 1.0, 1e-9);
  EXPECT_NEAR(area_of({kPolar, -1000000, 1000000, 2000000, 1, 1}, 0, 0) / 4e12, 1.0, 1e-9);
  EXPECT_NEAR(area_of({"EPSG:6933", 0, 5000000, 2000000, 3, 3}, 1, 1) / 4e12, 1.0, 1e-9);
}

// In a conformal one the cells about the pole add up to a zone: the part of the plane within a circle.
TEST(CellAreas, CellsAboutAPoleAddUpToAZone) {
  const Projection projection("EPSG:3031");
  const double radius = projection.forward({0.0, -80.0})->y;
  const RasterGrid grid{"EPSG:3031",
                        -std::ceil(radius / 25000) * 25000,
                        std::ceil(radius / 25000) * 25000,
                        25000,
                        static_cast<std::size_t>(2 * std::ceil(radius / 25000)),
                        static_cast<std::size_t>(2 * std::ceil(radius / 25000))};
  CellAreas areas(grid);
  double sum = 0.0;
  for (std::size_t row = 0; row < grid.rows; ++row) {
    for (std::size_t column = 0; column < grid.columns; ++column) {
      // By the share of each cell within the circle, from 20 by 20 points.
      int within = 0;
      for (int i = 0; i < 400; ++i) {
        const double x = grid.west + (static_cast<double>(column) + (i % 20 + 0.5) / 20) * grid.cell;
        const double y = grid.north - (static_cast<double>(row) + (i / 20 + 0.5) / 20) * grid.cell;
        within += std::hypot(x, y) < radius ? 1 : 0;
      }
      if (within > 0) sum += within / 400.0 * areas(row, column).value().value();
    }
  }
  EXPECT_NEAR(sum / zone_area(-90.0, -80.0), 1.0, 2e-4);
}

// Small cells are measured along their sides as before, larger ones anew: both agree where either can.
TEST(CellAreas, LargeCellsAreTheSumOfSmallOnes) {
  const RasterGrid large{"EPSG:3857", 0, 8000000, 2000000, 2, 2};
  const RasterGrid small{"EPSG:3857", 0, 8000000, 100000, 40, 40};
  CellAreas small_areas(small);
  for (std::size_t row = 0; row < 2; ++row) {
    double sum = 0.0;
    for (std::size_t i = 0; i < 20; ++i) {
      for (std::size_t j = 0; j < 20; ++j) sum += small_areas(row * 20 + i, j).value().value();
    }
    EXPECT_NEAR(area_of(large, row, 0) / sum, 1.0, 1e-9);
  }
}

// A share of such a cell is of the plane, so the cell counts as if it went on beyond the earth.
TEST(CellAreas, OnTheRimOfTheEarth) {
  const RasterGrid world{"ESRI:54009", -18100000, 9100000, 200000, 181, 91};
  CellAreas areas(world);
  // Mollweide's map of the sphere of radius 6378137 does not have WGS84's areas, but nearly.
  EXPECT_NEAR(areas(45, 0).value().value() / 4e10, 1.0, 1e-2);
  EXPECT_FALSE(areas(0, 0).has_value());
}

}  // namespace
}  // namespace marchland
