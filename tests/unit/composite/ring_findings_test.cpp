
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/composite_fixtures.h>

namespace marchland {
namespace {

using namespace testing_fixtures;
using testing::ElementsAre;

/// What is said of the rings of one polygon.
Findings findings_of(std::string_view wkt) {
  const Composite composite = AtlasBuilder().say("l", "a", wkt).build();
  EXPECT_EQ(broken_certificates(composite), "") << wkt;
  return composite.findings();
}

/// Codes, sorted.
std::string verdict(std::string_view wkt) {
  return fmt::format("{}", fmt::join(finding_codes(findings_of(wkt)), " "));
}

TEST(RingFindings, ValidPolygonsInEitherDirection) {
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0))"), "");
  EXPECT_EQ(verdict("POLYGON((0 0,0 4,4 4,4 0,0 0))"), "ring-direction");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 2,2 2,2 1,1 1))"), "");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,2 1,2 2,1 2,1 1))"), "ring-direction");
}

TEST(RingFindings, HolesThatTouch) {
  // At a vertex of the shell, in the middle of an edge, along an edge, each other at a vertex.
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(0 0,1 2,2 1,0 0))"), "");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(2 0,1 2,3 2,2 0))"), "");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(1 0,1 1,3 1,3 0,1 0))"), "");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 2,2 2,2 1,1 1),(2 2,2 3,3 3,3 2,2 2))"), "");
}

TEST(RingFindings, MisplacedHoles) {
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(5 1,5 2,6 2,6 1,5 1))"), "hole-outside-shell");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(3 1,3 2,6 2,6 1,3 1))"), "hole-outside-shell");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 3,3 3,3 1,1 1),(2 2,2 3.5,3.5 3.5,3.5 2,2 2))"),
            "rings-overlap");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 2,2 2,2 1,1 1),(1 1,1 2,2 2,2 1,1 1))"),
            "rings-overlap");
}

TEST(RingFindings, HoleEqualToTheShellLeavesNothingAndSaysSo) {
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(0 0,0 4,4 4,4 0,0 0))"), "zero-area");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(-1 -1,-1 5,5 5,5 -1,-1 -1))"),
            "hole-outside-shell zero-area");
}

TEST(RingFindings, RingsThatMeetThemselves) {
  EXPECT_EQ(verdict("POLYGON((0 0,4 4,4 0,0 4,0 0))"), "ring-crosses-itself zero-area");  // bow-tie
  EXPECT_EQ(verdict("POLYGON((0 0,4 3,4 0,0 4,0 0))"), "ring-crosses-itself");
  EXPECT_EQ(verdict("POLYGON((0 0,2 2,4 4,4 0,2 2,0 4,0 0))"),
            "ring-crosses-itself zero-area");  // at a vertex
  // A hole drawn as part of the ring, touching at a vertex: winding is 1 and 0, as valid as any.
  EXPECT_EQ(verdict("POLYGON((2 0,4 0,4 4,0 4,0 0,2 0,1 2,3 2,2 0))"), "ring-touches-itself");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0,4 0,4 4,0 4,0 0))"),
            "ring-crosses-itself spike");  // twice round
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,6 6,4 4,0 4,0 0))"), "spike");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,1 4,6 4,0 4,0 0))"), "spike");  // overlaps in part
  // In along a line and out again, around a hole: no area is wrong, but it is a line twice.
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 2,1 2,2 3,3 2,2 1,1 2,0 2,0 0))"), "spike");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 1,0 0))"), "");
}

TEST(RingFindings, RingsWithoutExtent) {
  EXPECT_EQ(verdict("POLYGON((1 1,1 1,1 1,1 1))"), "zero-area");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 1,1 1,1 1))"), "zero-area");
  EXPECT_EQ(verdict("POLYGON((0 0,4 0,0 0,0 0))"), "spike zero-area");
  // Without its shell a polygon is empty, whatever its holes.
  EXPECT_EQ(verdict("POLYGON((1 1,1 1,1 1,1 1),(0 0,0 4,4 4,4 0,0 0))"), "hole-outside-shell zero-area");
}

TEST(RingFindings, RingsAcrossTheSeamAreNotBlamedForTheirCut) {
  // What closes the chain along the box was once taken for a second visit, or a spike, of the ring itself.
  EXPECT_EQ(verdict("POLYGON((170 0,190 0,190 10,170 10,170 0))"), "antimeridian");
  EXPECT_EQ(verdict("POLYGON((170 0,-170 0,-170 10,170 10,170 0),(175 3,-175 3,-175 7,175 7,175 3))"),
            "antimeridian ring-direction");
  EXPECT_EQ(verdict("POLYGON((0 80,120 80,240 80,0 80))"), "antimeridian");
  EXPECT_EQ(verdict("POLYGON((0 -80,240 -80,120 -80,0 -80))"), "antimeridian");
  EXPECT_EQ(verdict("POLYGON((0 -80,120 -80,240 -80,0 -80))"), "antimeridian ring-direction");
  EXPECT_EQ(verdict("POLYGON((180 0,200 0,200 10,180 10,180 0))"), "antimeridian");
}

TEST(RingFindings, FindingsHavePlaces) {
  const Findings bow_tie = findings_of("POLYGON((0 0,4 3,4 0,0 4,0 0))");
  ASSERT_EQ(bow_tie.size(), 1U);
  ASSERT_TRUE(bow_tie[0].location.has_value());
  EXPECT_NEAR(bow_tie[0].location->lon.value(), 16.0 / 7, 1e-9);
  EXPECT_NEAR(bow_tie[0].location->lat.value(), 12.0 / 7, 1e-9);
  for (const char* wkt :
       {"POLYGON((0 0,4 0,4 4,0 4,0 0),(5 1,5 2,6 2,6 1,5 1))", "POLYGON((1 1,1 1,1 1,1 1))",
        "POLYGON((0 0,4 0,4 4,6 6,4 4,0 4,0 0))", "POLYGON((170 0,190 0,190 10,170 10,170 0))"}) {
    for (const Finding& finding : findings_of(wkt)) EXPECT_TRUE(finding.location.has_value()) << finding.code;
  }
}

TEST(RingFindings, NameTheStatementAndTheDateOfTheFirst) {
  AtlasBuilder builder;
  // The second day's ring takes a step too far; the third day's is mended.
  builder.say("l", "a", "POLYGON((0 0,4 0,4 4,0 4,0 0))", days(0, 1))
      .say("l", "a", "POLYGON((0 0,4 0,4 4,6 6,4 4,0 4,0 0))", days(1, 2))
      .say("l", "a", "POLYGON((0 0,4 0,4 4,0 4,0 0))", days(2, 3))
      .say("l", "a", "POLYGON((0 0,4 3,4 0,0 4,0 0))", days(3, 4));
  const Findings findings = builder.build().findings();
  ASSERT_THAT(finding_codes(findings), ElementsAre("ring-crosses-itself", "spike"));
  for (const Finding& finding : findings) {
    EXPECT_EQ(finding.statement, finding.code == "spike" ? "2" : "4");
    EXPECT_EQ(finding.at, finding.code == "spike" ? "1970-01-02" : "1970-01-04");
  }
}

TEST(RingFindings, CrossingIsDatedWhenItBegins) {
  AtlasBuilder builder;
  // On the first day the ring only touches itself; on the second it crosses itself elsewhere.
  builder.say("l", "a", "POLYGON((2 0,4 0,4 4,0 4,0 0,2 0,1 2,3 2,2 0))", days(0, 1))
      .say("l", "a", "POLYGON((2 0,4 0,4 4,0 7,6 5,0 0,2 0,1 2,3 2,2 0))", days(1, 2));
  const Findings findings = builder.build().findings();
  for (const Finding& finding : findings) {
    if (finding.code == "ring-touches-itself") {
      EXPECT_EQ(finding.at, "1970-01-01");
    }
    if (finding.code == "ring-crosses-itself") {
      EXPECT_EQ(finding.at, "1970-01-02");
    }
  }
  EXPECT_THAT(finding_codes(findings),
              ElementsAre("ring-crosses-itself", "ring-direction", "ring-touches-itself"));
}

TEST(RingFindings, OppositeTurnsAtDifferentTimesAreNoCrossing) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((0 0,4 0,4 4,0 4,0 0))", days(0, 1))
      .say("l", "a", "POLYGON((0 0,0 4,4 4,4 0,0 0))", days(1, 2));
  EXPECT_THAT(finding_codes(builder.build().findings()), ElementsAre("ring-direction"));
}

}  // namespace
}  // namespace marchland
