#include <marchland/composite/labelling.h>
#include <marchland/geometry/wkt.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/composite_fixtures.h>

namespace marchland {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing_fixtures::finding_codes;

LabelledPolygon label(std::string_view wkt) {
  return label_polygon(parse_wkt(wkt).front());
}

/// "quick" or "single", then the codes of what was found.
std::string verdict(std::string_view wkt) {
  const LabelledPolygon polygon = label(wkt);
  return fmt::format("{} {}", polygon.is_quick ? "quick" : "single",
                     fmt::join(finding_codes(polygon.findings), " "));
}

TEST(Labelling, ValidPolygonsAreQuickInEitherDirection) {
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0))"), "quick ");
  EXPECT_EQ(verdict("POLYGON((0 0,0 4,4 4,4 0,0 0))"), "quick ring-direction");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 2,2 2,2 1,1 1))"), "quick ");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,2 1,2 2,1 2,1 1))"), "quick ring-direction");
  EXPECT_EQ(label("POLYGON((0 0,0 4,4 4,4 0,0 0))").rings.front().weight, -1);
}

TEST(Labelling, HolesThatTouchAreQuick) {
  // At a vertex of the shell, in the middle of an edge, along an edge, each other at a vertex.
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(0 0,1 2,2 1,0 0))"), "quick ");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(2 0,1 2,3 2,2 0))"), "quick ");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(1 0,1 1,3 1,3 0,1 0))"), "quick ");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 2,2 2,2 1,1 1),(2 2,2 3,3 3,3 2,2 2))"), "quick ");
}

TEST(Labelling, MisplacedHolesAreLabelledRingByRing) {
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(5 1,5 2,6 2,6 1,5 1))"), "single hole-outside-shell");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(3 1,3 2,6 2,6 1,3 1))"), "single hole-outside-shell");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 3,3 3,3 1,1 1),(2 2,2 3.5,3.5 3.5,3.5 2,2 2))"),
            "single rings-overlap");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 2,2 2,2 1,1 1),(1 1,1 2,2 2,2 1,1 1))"),
            "single rings-overlap");
}

TEST(Labelling, HoleEqualToTheShellLeavesNothingAndSaysSo) {
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(0 0,0 4,4 4,4 0,0 0))"), "quick zero-area");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(-1 -1,-1 5,5 5,5 -1,-1 -1))"),
            "single hole-outside-shell zero-area");
}

TEST(Labelling, RingsThatMeetThemselves) {
  EXPECT_EQ(verdict("POLYGON((0 0,4 4,4 0,0 4,0 0))"), "single ring-crosses-itself zero-area");  // bow-tie
  EXPECT_EQ(verdict("POLYGON((0 0,4 3,4 0,0 4,0 0))"), "single ring-crosses-itself");
  EXPECT_EQ(verdict("POLYGON((0 0,2 2,4 4,4 0,2 2,0 4,0 0))"), "single ring-touches-itself zero-area");
  // A hole drawn as part of the ring, touching at a vertex: winding is 1 and 0, as valid as any.
  EXPECT_EQ(verdict("POLYGON((2 0,4 0,4 4,0 4,0 0,2 0,1 2,3 2,2 0))"), "quick ring-touches-itself");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0,4 0,4 4,0 4,0 0))"), "single spike");  // twice round
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,6 6,4 4,0 4,0 0))"), "quick spike");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,1 4,6 4,0 4,0 0))"),
            "quick ring-crosses-itself");  // overlaps in part
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 1,0 0))"), "quick ");
}

TEST(Labelling, RingsWithoutExtent) {
  EXPECT_THAT(label("POLYGON((1 1,1 1,1 1,1 1))").rings, IsEmpty());
  EXPECT_EQ(verdict("POLYGON((1 1,1 1,1 1,1 1))"), "quick zero-area");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 1,1 1,1 1))"), "quick zero-area");
  EXPECT_EQ(label("POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 1,1 1,1 1))").rings.size(), 1U);
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,0 0,0 0))"), "quick spike zero-area");
  // Without its shell a polygon is empty, whatever its holes.
  EXPECT_THAT(label("POLYGON((1 1,1 1,1 1,1 1),(0 0,0 4,4 4,4 0,0 0))").rings, IsEmpty());
}

TEST(Labelling, RingsAcrossTheSeamAreNotBlamedForTheirCut) {
  // What closes the chain along the box was once taken for a second visit, or a spike, of the ring itself.
  EXPECT_EQ(verdict("POLYGON((170 0,190 0,190 10,170 10,170 0))"), "quick antimeridian");
  EXPECT_EQ(verdict("POLYGON((170 0,-170 0,-170 10,170 10,170 0),(175 3,-175 3,-175 7,175 7,175 3))"),
            "quick antimeridian antimeridian ring-direction");
  EXPECT_EQ(verdict("POLYGON((0 80,120 80,240 80,0 80))"), "quick antimeridian");
  EXPECT_EQ(verdict("POLYGON((0 -80,240 -80,120 -80,0 -80))"), "quick antimeridian");
  EXPECT_EQ(verdict("POLYGON((0 -80,120 -80,240 -80,0 -80))"), "quick antimeridian ring-direction");
  EXPECT_EQ(verdict("POLYGON((180 0,200 0,200 10,180 10,180 0))"), "quick antimeridian");
}

TEST(Labelling, FindingsHavePlaces) {
  const LabelledPolygon bow_tie = label("POLYGON((0 0,4 3,4 0,0 4,0 0))");
  ASSERT_EQ(bow_tie.findings.size(), 1U);
  ASSERT_TRUE(bow_tie.findings[0].location.has_value());
  EXPECT_NEAR(bow_tie.findings[0].location->lon.value(), 16.0 / 7, 1e-9);
  EXPECT_NEAR(bow_tie.findings[0].location->lat.value(), 12.0 / 7, 1e-9);
  for (const char* wkt :
       {"POLYGON((0 0,4 0,4 4,0 4,0 0),(5 1,5 2,6 2,6 1,5 1))", "POLYGON((1 1,1 1,1 1,1 1))",
        "POLYGON((0 0,4 0,4 4,6 6,4 4,0 4,0 0))", "POLYGON((170 0,190 0,190 10,170 10,170 0))"}) {
    for (const Finding& finding : label(wkt).findings)
      EXPECT_TRUE(finding.location.has_value()) << finding.code;
  }
}

}  // namespace
}  // namespace marchland
