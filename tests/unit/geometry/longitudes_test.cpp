#include <marchland/geometry/longitudes.h>

#include <gtest/gtest.h>

namespace marchland {
namespace {

void expect_stretch(const std::vector<double>& longitudes, double west, double east) {
  const LongitudeStretch found = narrowest_stretch(longitudes);
  EXPECT_EQ(found.west, west);
  EXPECT_EQ(found.east, east);
  EXPECT_EQ(found.rest(), 360.0 - (east - west));
}

TEST(Longitudes, NearestTurnIsWithinHalfATurn) {
  EXPECT_EQ(nearest_turn(-170.0, 175.0), 190.0);
  EXPECT_EQ(nearest_turn(170.0, -175.0), -190.0);
  EXPECT_EQ(nearest_turn(10.0, 20.0), 10.0);
  EXPECT_EQ(nearest_turn(0.0, 725.0), 720.0);
}

TEST(Longitudes, NarrowestStretchLeavesTheWidestGapOut) {
  expect_stretch({20.0}, 20.0, 20.0);
  expect_stretch({30.0, -10.0, 12.0}, -10.0, 30.0);
  expect_stretch({170.0, -170.0, 179.0}, 170.0, 190.0);
  expect_stretch({-180.0, 180.0}, -180.0 + 360.0, 180.0);
  expect_stretch({-100.0, 0.0, 100.0}, -100.0, 100.0);
  // Two are as narrow.
  expect_stretch({-90.0, 90.0}, -90.0, 90.0);
}

}  // namespace
}  // namespace marchland
