#include <marchland/base/error.h>
#include <marchland/measure/projection.h>

#include <gtest/gtest.h>
#include <proj.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace marchland {
namespace {

/// Of very many points of the box.
PlaneBox sampled(const Projection& projection, const LonLatBox& box, int steps) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  PlaneBox out{kInfinity, kInfinity, -kInfinity, -kInfinity};
  const double width = box.west > box.east ? box.east + 360.0 - box.west : box.east - box.west;
  for (int i = 0; i <= steps; ++i) {
    for (int j = 0; j <= steps; ++j) {
      double lon = box.west + width * i / steps;
      if (lon > 180.0) lon -= 360.0;
      const auto point = projection.forward({lon, box.south + (box.north - box.south) * j / steps});
      if (!point) continue;
      out.west = std::min(out.west, point->x);
      out.east = std::max(out.east, point->x);
      out.south = std::min(out.south, point->y);
      out.north = std::max(out.north, point->y);
    }
  }
  return out;
}

struct BoundsCase {
  const char* crs;
  LonLatBox box;
};
class ProjectionBounds : public testing::TestWithParam<BoundsCase> {};

TEST_P(ProjectionBounds, HoldEverySampleAndNoMore) {
  const auto& [crs, box] = GetParam();
  const Projection projection(crs);
  const auto bounds = projection.bounds(box);
  ASSERT_TRUE(bounds.has_value());
  const PlaneBox known = sampled(projection, box, 700);
  const double size = std::max(known.east - known.west, known.north - known.south);
  // What a sample holds is held but for the last bits; what 700 steps miss is little.
  EXPECT_LE(bounds->west, known.west + 1e-11 * size);
  EXPECT_LE(bounds->south, known.south + 1e-11 * size);
  EXPECT_GE(bounds->east, known.east - 1e-11 * size);
  EXPECT_GE(bounds->north, known.north - 1e-11 * size);
  EXPECT_GE(bounds->west, known.west - 2e-3 * size);
  EXPECT_GE(bounds->south, known.south - 2e-3 * size);
  EXPECT_LE(bounds->east, known.east + 2e-3 * size);
  EXPECT_LE(bounds->north, known.north + 2e-3 * size);
}
INSTANTIATE_TEST_SUITE_P(
    Systems, ProjectionBounds,
    testing::Values(BoundsCase{"EPSG:32638", {43, 38, 47, 42}}, BoundsCase{"EPSG:3035", {-20, 30, 60, 75}},
                    BoundsCase{"EPSG:3857", {40, 41, -169, 78}},  // across the antimeridian, to both rims
                    BoundsCase{"EPSG:6933", {177, -20, -178, -12}},
                    BoundsCase{"EPSG:3832", {-60, -40, 10, 50}},  // cut at 30 W, within the box
                    BoundsCase{"ESRI:54009", {-180, -90, 180, 90}},
                    BoundsCase{"+proj=laea +lat_0=-90", {-180, -90, 180, -60.5}},
                    BoundsCase{"EPSG:3031", {100, -90, -100, -70}},
                    BoundsCase{"+proj=laea +lat_0=-60 +lon_0=77", {-180, -90, 180, -60}}));

TEST(ProjectionBounds, FindExtremesBetweenSamples) {
  // The parallel is a circle about the pole.
  const Projection polar("+proj=laea +lat_0=-90 +lon_0=12.3");
  const double radius = polar.forward({12.3, -60.5})->y;
  const auto bounds = polar.bounds({-180, -90, 180, -60.5});
  ASSERT_TRUE(bounds.has_value());
  EXPECT_NEAR(bounds->east / radius, 1.0, 1e-12);
  EXPECT_NEAR(bounds->west / radius, -1.0, 1e-12);
  EXPECT_NEAR(bounds->north / radius, 1.0, 1e-12);
  EXPECT_NEAR(bounds->south / radius, -1.0, 1e-12);
  // The meridian at which a cylinder is cut is met from both sides.
  const Projection cylinder("+proj=cea +lon_0=101.23456");
  const double rim = cylinder.forward({101.23456 - 180.0 + 1e-12, 0})->x;
  const auto cut = cylinder.bounds({-120, -5, -40, 5});
  ASSERT_TRUE(cut.has_value());
  EXPECT_NEAR(cut->west / rim, 1.0, 1e-9);
  EXPECT_NEAR(cut->east / -rim, 1.0, 1e-9);
}

TEST(ProjectionBounds, OfOtherDatumsGoOnBeyondTheAntimeridian) {
  for (const char* crs : {"EPSG:4269", "EPSG:4258", "EPSG:4267", "OGC:CRS84"}) {
    const auto bounds = Projection(crs).bounds({172, 50, -120, 72});
    ASSERT_TRUE(bounds.has_value()) << crs;
    EXPECT_NEAR(bounds->west, 172, 0.01) << crs;
    EXPECT_NEAR(bounds->east, 240, 0.01) << crs;
    EXPECT_NEAR(bounds->south, 50, 0.01) << crs;
    EXPECT_NEAR(bounds->north, 72, 0.01) << crs;
  }
}

TEST(ProjectionBounds, OfTheOtherSideOfTheEarthDoNotExist) {
  EXPECT_FALSE(Projection("+proj=ortho +lat_0=90").bounds({-10, -60, 10, -50}).has_value());
}

TEST(Projection, AShiftOfDatumInTheDefinitionCounts) {
  const std::string system = "+proj=tmerc +lat_0=0 +lon_0=33 +k=1 +x_0=6500000 +y_0=0 +ellps=krass +units=m";
  const Projection shifted(system + " +towgs84=23.92,-141.27,-80.9,0,0.35,0.82,-0.12");
  const Position kyiv{30.52, 50.45};
  const auto here = shifted.forward(kyiv);
  ASSERT_TRUE(here.has_value());
  // The same by PROJ's own pipeline.
  PJ* pipeline = proj_create(
      PJ_DEFAULT_CTX,
      "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3 +step +proj=cart "
      "+ellps=WGS84 +step +inv +proj=helmert +x=23.92 +y=-141.27 +z=-80.9 +rx=0 +ry=0.35 +rz=0.82 +s=-0.12 "
      "+convention=position_vector +step +inv +proj=cart +ellps=krass +step +proj=pop +v_3 +step +proj=tmerc "
      "+lat_0=0 +lon_0=33 +k=1 +x_0=6500000 +y_0=0 +ellps=krass");
  ASSERT_NE(pipeline, nullptr);
  const PJ_COORD expected = proj_trans(pipeline, PJ_FWD, proj_coord(kyiv.lon, kyiv.lat, 0, 0));
  proj_destroy(pipeline);
  EXPECT_NEAR(here->x, expected.xy.x, 1e-6);
  EXPECT_NEAR(here->y, expected.xy.y, 1e-6);
  const auto plain = Projection(system).forward(kyiv);
  EXPECT_GT(std::hypot(plain->x - here->x, plain->y - here->y), 50.0);
  // Back again: PROJ turns the small rotations round by their signs alone, a millimetre's difference.
  const auto back = shifted.inverse(*here);
  ASSERT_TRUE(back.has_value());
  EXPECT_NEAR(back->lon, kyiv.lon, 1e-8);
  EXPECT_NEAR(back->lat, kyiv.lat, 1e-8);
  // Of WGS84 itself it changes nothing.
  EXPECT_TRUE(Projection("+proj=longlat +datum=WGS84 +towgs84=0,0,0,0,0,0,0").is_identity());
  EXPECT_FALSE(
      Projection("+proj=longlat +ellps=krass +towgs84=23.92,-141.27,-80.9,0,0.35,0.82,-0.12").is_identity());
}

TEST(Projection, HeightsAreLeftOut) {
  EXPECT_TRUE(Projection("EPSG:4326+5773").is_identity());
  const Projection compound("EPSG:32638+5773");
  EXPECT_EQ(compound.forward({45, 40}), Projection("EPSG:32638").forward({45, 40}));
  EXPECT_EQ(compound.unit(), 1.0);
}

TEST(Projection, RefusesWhatIsNoMapOfTheEarth) {
  for (const char* crs : {"EPSG:5773", "EPSG:4978", "nonsense", "LOCAL_CS[\"a\",UNIT[\"m\",1]]"})
    EXPECT_THROW(Projection{crs}, InvalidArgument) << crs;
}

}  // namespace
}  // namespace marchland
