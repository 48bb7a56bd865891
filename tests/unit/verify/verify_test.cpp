// Areas, lengths and overlaps as PROJ and GEOS see them.
#include <marchland/base/error.h>
#include <marchland/verify/measure_again.h>
#include <marchland/verify/planar_area.h>

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace marchland {
namespace {

constexpr double kRadians = std::numbers::pi / 180.0;

Ring box(double west, double south, double east, double north) {
  return {{west, south}, {east, south}, {east, north}, {west, north}, {west, south}};
}

EqualAreaMeasure measure(std::string_view method) {
  auto found = EqualAreaMeasure::of_method(method);
  EXPECT_TRUE(found);
  return std::move(*found);
}

TEST(EqualAreaMeasure, DegreeCellOnWgs84) {
  // By 60-digit arithmetic on the closed form.
  const MeasuredArea cell = measure("lonlat").area({{box(0, 0, 1, 1)}});
  EXPECT_NEAR(cell.area.value(), 12308463893.975353, cell.error.value());
  EXPECT_LT(cell.error.value(), 0.01);
  EXPECT_EQ(cell.vertices, 4U);
  EXPECT_DOUBLE_EQ(cell.degrees, 4.0);
  // Never less than the true perimeter, and not much more.
  EXPECT_GT(cell.perimeter.value(), 443769.0);
  EXPECT_LT(cell.perimeter.value(), 448000.0);
}

TEST(EqualAreaMeasure, SlantedEdgesAreStraightInDegrees) {
  // On a sphere the area under phi = m lambda from 0 to L is R^2 (1 - cos(m L)) / m.
  const double radius = 6371000.0;
  for (const double height : {0.5, 7.0, 60.0, 90.0}) {
    const MeasuredArea triangle = measure("sphere:6371000").area({{{{0, 0}, {10, 0}, {10, height}, {0, 0}}}});
    const double slope = height / 10.0;
    const double exact = radius * radius * (1.0 - std::cos(height * kRadians)) / slope;
    EXPECT_NEAR(triangle.area.value(), exact, triangle.error.value()) << height;
    EXPECT_LT(triangle.error.value(), 1e-9 * exact + 0.05) << height;
  }
}

TEST(EqualAreaMeasure, HolesCountAgainstShellsWhateverTheirDirection) {
  const EqualAreaMeasure lonlat = measure("lonlat");
  const double whole = lonlat.area({{box(0, 0, 4, 4)}}).area.value();
  const double hole = lonlat.area({{box(1, 1, 2, 2)}}).area.value();
  Ring turned = box(1, 1, 2, 2);
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_NEAR(lonlat.area({{box(0, 0, 4, 4), turned}}).area.value(), whole - hole, 1e-3);
    std::reverse(turned.begin(), turned.end());
  }
  EXPECT_EQ(lonlat.area({}).area.value(), 0.0);
}

TEST(EqualAreaMeasure, WholeEarthInTwoHalves) {
  // Snyder (1987): authalic radius 6371007.1809 m.
  const double earth = 4.0 * std::numbers::pi * 6371007.1809 * 6371007.1809;
  const MeasuredArea half = measure("lonlat").area({{box(-180, 0, 180, 90)}});
  EXPECT_NEAR(2.0 * half.area.value(), earth, 2e-11 * earth);
  EXPECT_NEAR(360.0 * measure("lonlat").band_per_degree(-90, 90).value(), earth, 2e-11 * earth);
}

TEST(EqualAreaMeasure, MethodsWhoseEdgesCannotBeSeenFromThePolygon) {
  for (const char* method : {"geodesic", "sphere:6371000,arcs", "crs:EPSG:3035", "sphere:-1", "sphere:x"})
    EXPECT_FALSE(EqualAreaMeasure::of_method(method)) << method;
}

TEST(EqualAreaMeasure, HalfAStepIsTheFarthestThatRoundingMoves) {
  EXPECT_NEAR(measure("lonlat").rounding_distance(7).value(), 0.0079, 0.0001);
}

TEST(GeodesicLength, EquatorMeridianAndParallel) {
  const auto check = [](const Line& line, double exact) {
    const MeasuredLength length = geodesic_length(line);
    EXPECT_NEAR(length.length.value(), exact, length.error.value());
    EXPECT_LT(length.error.value(), 1e-8 * exact);
  };
  check({{0, 0}, {1, 0}}, 6378137.0 * kRadians);
  // Quarter of the meridian, from its complete elliptic integral.
  check({{7, 0}, {7, 45}, {7, 90}}, 10001965.729313);
  // A parallel is no geodesic: N cos phi dlambda.
  const double phi = 60.0 * kRadians;
  const double e2 = (2.0 - 1.0 / 298.257223563) / 298.257223563;
  const double radius = 6378137.0 / std::sqrt(1.0 - e2 * std::sin(phi) * std::sin(phi)) * std::cos(phi);
  check({{10, 60}, {20, 60}}, radius * 10.0 * kRadians);
}

TEST(PlanarArea, SaysWhereItCrossesItself) {
  EXPECT_FALSE(PlanarArea({{box(0, 0, 2, 2), box(0.5, 0.5, 1, 1)}}).defect());
  const auto defect = PlanarArea({{{{0, 0}, {2, 2}, {2, 0}, {0, 2}, {0, 0}}}}).defect();
  ASSERT_TRUE(defect);
  EXPECT_THAT(defect->reason, testing::HasSubstr("Self-intersection"));
  EXPECT_EQ(defect->at, (Position{1, 1}));
}

TEST(PlanarArea, CommonGroundIsPolygonsOnly) {
  const PlanarArea a({{box(0, 0, 2, 1)}});
  EXPECT_TRUE(a.intersection(PlanarArea({{box(2, 0, 3, 1)}})).empty());  // a line
  EXPECT_TRUE(a.intersection(PlanarArea({{box(5, 0, 6, 1)}})).empty());
  const MultiPolygon common = a.intersection(PlanarArea({{box(1, 0.5, 3, 3)}}));
  ASSERT_EQ(common.size(), 1U);
  EXPECT_NEAR(measure("lonlat").area(common).area.value(),
              measure("lonlat").area({{box(1, 0.5, 2, 1)}}).area.value(), 1e-3);
  EXPECT_TRUE(a.may_meet(PlanarArea({{box(2, 1, 3, 3)}})));
  EXPECT_FALSE(a.may_meet(PlanarArea({{box(2.1, 1, 3, 3)}})));
}

TEST(PlanarArea, DistanceIsToRingsOfHolesToo) {
  const PlanarArea a({{box(0, 0, 10, 10), box(4, 4, 6, 6)}});
  EXPECT_DOUBLE_EQ(a.distance_to_lines({5, 5}), 1.0);
  EXPECT_DOUBLE_EQ(a.distance_to_lines({-3, 5}), 3.0);
  EXPECT_DOUBLE_EQ(a.distance_to_lines({10, 7}), 0.0);
}

TEST(PlanarArea, CoversItsLinesAndNoHole) {
  const PlanarArea a({{box(0, 0, 10, 10), box(4, 4, 6, 6)}, {box(20, 0, 21, 1)}});
  EXPECT_TRUE(a.covers({1, 1}));
  EXPECT_TRUE(a.covers({10, 3}));
  EXPECT_TRUE(a.covers({4, 5}));  // on the line of the hole
  EXPECT_FALSE(a.covers({5, 5}));
  EXPECT_TRUE(a.covers({20.5, 0.5}));
  EXPECT_FALSE(a.covers({15, 0.5}));
}

TEST(PlanarArea, RingsThatGeosCannotTake) {
  EXPECT_THROW(PlanarArea({{{{0, 0}, {1, 1}}}}), InvalidArgument);
  EXPECT_THROW(PlanarArea({{{{0, 0}, {1, 1}, {2, 0}, {3, 3}}}}), InvalidArgument);
}

}  // namespace
}  // namespace marchland
