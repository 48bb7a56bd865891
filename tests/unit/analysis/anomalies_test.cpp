// Each kind of oddity planted in a history that has none, and histories that look odd but are not.
#include <marchland/analysis/anomalies.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/composite_fixtures.h>

#include <optional>

namespace marchland {
namespace {

using namespace testing_fixtures;
using testing::HasSubstr;

Findings anomalies_of(const AtlasBuilder& builder) {
  const Composite composite = builder.build();
  return find_anomalies(composite, composite.areas(), Holders(composite, {}));
}

std::vector<std::string> codes(const Findings& findings) {
  std::vector<std::string> out;
  for (const Finding& finding : findings) out.push_back(finding.code + " " + finding.at);
  return out;
}

/// A front that moves east by 0.01 to 0.03 degrees a day, and by `extra` more on day 20.
AtlasBuilder advancing(double extra) {
  AtlasBuilder builder;
  double east = 1.0;
  for (int d = 0; d < 40; ++d) {
    east += 0.01 * (1 + d % 3) + (d == 20 ? extra : 0.0);
    builder.say("l", "a", box_wkt(0, 0, east, 1), days(d, d + 1));
  }
  return builder;
}

TEST(Anomalies, AJumpFarOutsideTheHabitOfASeries) {
  EXPECT_TRUE(anomalies_of(advancing(0)).empty());
  EXPECT_TRUE(anomalies_of(advancing(0.05)).empty());
  const Findings found = anomalies_of(advancing(5));
  ASSERT_EQ(codes(found), std::vector<std::string>{"area-jump 1970-01-21"});
  EXPECT_EQ(found[0].severity, Severity::warning);
  EXPECT_THAT(found[0].text, HasSubstr("'a' grows by"));
  ASSERT_TRUE(found[0].location.has_value());
  // In the ground that came with it.
  EXPECT_GT(found[0].location->lon.value(), 1.4);
  EXPECT_LT(found[0].location->lon.value(), 6.5);
}

TEST(Anomalies, GrowthThatIsAlwaysTheSameIsNoJumpByItsRounding) {
  AtlasBuilder builder;
  for (int d = 0; d < 30; ++d) builder.say("l", "a", box_wkt(0, 0, 1 + 0.001 * d, 1), days(d, d + 1));
  EXPECT_TRUE(anomalies_of(builder).empty());
}

TEST(Anomalies, FewChangesAreNoHabit) {
  AtlasBuilder builder;
  for (int d = 0; d < 8; ++d)
    builder.say("l", "a", box_wkt(0, 0, d < 4 ? 1 + 0.01 * d : 50, 1), days(d, d + 1));
  EXPECT_TRUE(anomalies_of(builder).empty());
}

TEST(Anomalies, AnActorThatVanishesForADay) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 1, 1), days(0, 10)).say("l", "a", box_wkt(0, 0, 2, 1), days(11, 20));
  builder.say("l", "b", box_wkt(3, 0, 4, 1), days(0, 10)).say("l", "b", box_wkt(3, 0, 4, 1), days(12, 20));
  const Findings found = anomalies_of(builder);
  ASSERT_EQ(codes(found), std::vector<std::string>{"actor-vanishes 1970-01-11"});
  EXPECT_THAT(found[0].text, HasSubstr("'a' holds nothing from 1970-01-11 to 1970-01-12"));
  EXPECT_NEAR(found[0].location->lon.value(), 0.5, 1e-6);
}

TEST(Anomalies, AnActorThatVanishesOnOneDateOfWeeklySnapshots) {
  AtlasBuilder builder;
  const LayerId layer = builder.layer("weekly", LayerMode::snapshot);
  std::vector<Instant> dates;
  for (int week = 0; week < 6; ++week) {
    dates.push_back(day(7 * week));
    builder.say("weekly", "b", box_wkt(3, 0, 4 + week, 1), Interval::since(day(7 * week)));
    if (week != 3) builder.say("weekly", "a", box_wkt(0, 0, 1, 1), Interval::since(day(7 * week)));
  }
  close_snapshots(builder.atlas, layer, dates);
  EXPECT_EQ(codes(anomalies_of(builder)), std::vector<std::string>{"actor-vanishes 1970-01-22"});
}

TEST(Anomalies, OneWhoIsGoneForGoodDoesNotVanishForADay) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 1, 1), days(0, 10)).say("l", "b", box_wkt(3, 0, 4, 1), days(0, 30));
  builder.say("l", "b", box_wkt(3, 0, 5, 1), days(30, 40));
  EXPECT_TRUE(anomalies_of(builder).empty());
}

TEST(Anomalies, GapsBetweenParties) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((0 0,1 0,1.0001 0.5,1 1,0 1,0 0))");
  builder.say("l", "b", "POLYGON((1 0,2 0,2 1,1 1,1.0002 0.5,1 0))", days(5, 9));
  builder.say("l", "b", "POLYGON((1 0,2 0,2 1,1 1,1.0003 0.5,1 0))", days(9, 12));
  const Findings found = anomalies_of(builder);
  // That it is wider on the tenth day is no other gap.
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].code, "gap");
  EXPECT_EQ(found[0].severity, Severity::warning);
  EXPECT_EQ(found[0].at, "1970-01-06");
  EXPECT_THAT(found[0].text, HasSubstr("between 'a', 'b'"));
  EXPECT_NEAR(found[0].location->lon.value(), 1.0, 3e-4);
}

TEST(Anomalies, AWideHoleBetweenPartiesIsWorthAWordOnly) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((0 0,2 0,2 1,1 1,1 2,2 2,2 3,0 3,0 0))");
  builder.say("l", "b", "POLYGON((2 0,4 0,4 3,2 3,2 2,3 2,3 1,2 1,2 0))");
  // Another among one party's own ground is no gap between parties.
  builder.say("l", "a", "POLYGON((10 0,13 0,13 3,10 3,10 0),(11 1,12 1,12 2,11 2,11 1))");
  builder.say("l", "b", box_wkt(4, 0, 5, 1), days(3, 4));
  const Findings found = anomalies_of(builder);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].severity, Severity::info);
  EXPECT_NEAR(found[0].location->lon.value(), 2.0, 1e-6);
  EXPECT_NEAR(found[0].location->lat.value(), 1.5, 1e-6);
}

TEST(Anomalies, GapsThatEndAtThePoleOrGoOnAcrossTheAntimeridian) {
  AtlasBuilder pole;
  pole.atlas.study_area = parse_wkt(box_wkt(0, 70, 40, 90));
  pole.say("l", "a", box_wkt(0, 70, 10, 90))
      .say("l", "b", "POLYGON((10 70,40 70,40 90,12 90,12 75,10 75,10 70))");
  pole.say("l", "b", box_wkt(50, 0, 51, 1), days(3, 4));
  const Findings at_pole = anomalies_of(pole);
  ASSERT_EQ(codes(at_pole), std::vector<std::string>{"gap 1970-01-04"});
  EXPECT_NEAR(at_pole[0].location->lon.value(), 11.0, 1e-6);
  AtlasBuilder seam;
  seam.atlas.study_area =
      parse_wkt("MULTIPOLYGON(((170 0,180 0,180 3,170 3,170 0)),((-180 0,-170 0,-170 3,-180 3,-180 0)))");
  seam.say("l", "a", "POLYGON((170 0,180 0,180 1,179 1,179 2,180 2,180 3,170 3,170 0))");
  seam.say("l", "b", box_wkt(-180, 0, -170, 3));
  seam.say("l", "b", box_wkt(50, 0, 51, 1), days(3, 4));
  const Findings at_seam = anomalies_of(seam);
  ASSERT_EQ(codes(at_seam), std::vector<std::string>{"gap 1970-01-04"});
  EXPECT_NEAR(at_seam[0].location->lon.value(), 179.5, 1e-6);
}

TEST(Anomalies, TheSideOfTheMapEnclosesNothing) {
  // b once reached the pole, and across the antimeridian; what it left there is between a and c.
  AtlasBuilder pole;
  pole.say("l", "a", box_wkt(0, 70, 10, 90))
      .say("l", "c", "POLYGON((10 70,30 70,30 90,20 90,20 80,10 80,10 70))");
  pole.say("l", "b", box_wkt(10, 80, 20, 90), days(0, 5)).say("l", "b", box_wkt(50, 0, 51, 1), days(3, 9));
  EXPECT_TRUE(anomalies_of(pole).empty());
  pole.atlas.study_area = parse_wkt(box_wkt(0, 70, 30, 90));
  EXPECT_EQ(codes(anomalies_of(pole)), std::vector<std::string>{"gap 1970-01-06"});
  AtlasBuilder seam;
  seam.say("l", "a", "POLYGON((170 0,180 0,180 1,179 1,179 2,180 2,180 3,170 3,170 0))");
  seam.say("l", "c", "POLYGON((-180 0,-170 0,-170 3,-180 3,-180 2,-179 2,-179 1,-180 1,-180 0))");
  seam.say("l", "b", box_wkt(179, 1, 180, 2), days(0, 5))
      .say("l", "b", box_wkt(-180, 1, -179, 2), days(0, 5));
  seam.say("l", "b", box_wkt(50, 0, 51, 1), days(3, 9));
  EXPECT_TRUE(anomalies_of(seam).empty());
  seam.atlas.study_area =
      parse_wkt("MULTIPOLYGON(((170 0,180 0,180 3,170 3,170 0)),((-180 0,-170 0,-170 3,-180 3,-180 0)))");
  EXPECT_EQ(codes(anomalies_of(seam)), std::vector<std::string>{"gap 1970-01-06"});
}

TEST(Anomalies, GroundOutsideAllIsNoGap) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 1, 1)).say("l", "b", box_wkt(1.0001, 0, 2, 1));
  builder.say("l", "b", box_wkt(2, 0, 3, 1), days(1, 2));
  EXPECT_TRUE(anomalies_of(builder).empty());
}

TEST(Anomalies, AnEventThatTakesGroundFromWhoDidNotHoldIt) {
  AtlasBuilder builder;
  builder.layer("events", LayerMode::event);
  builder.say("events", "a", box_wkt(0, 0, 4, 1), Interval::since(day(0)));
  builder.say("events", "b", box_wkt(3, 0, 5, 1), Interval::since(day(5)));
  EXPECT_TRUE(anomalies_of(builder).empty());
  builder.atlas.statements.back().taken_from = builder.actor("a");
  const Findings found = anomalies_of(builder);
  ASSERT_EQ(codes(found), std::vector<std::string>{"before-differs 1970-01-06"});
  EXPECT_THAT(found[0].text, HasSubstr("'b' is said to take ground from 'a', but of it just before nobody "
                                       "known held 12308.5 km2"));
  EXPECT_NEAR(found[0].location->lon.value(), 4.5, 1e-6);
  builder.atlas.statements.back().area = parse_wkt(box_wkt(3, 0, 4, 1));
  EXPECT_TRUE(anomalies_of(builder).empty());
}

TEST(Anomalies, EventsOfOneInstantTakeGroundFromEachOther) {
  AtlasBuilder builder;
  builder.layer("events", LayerMode::event);
  builder.say("events", "a", box_wkt(0, 0, 1, 1), Interval::since(day(0)));
  builder.say("events", "b", box_wkt(0, 0, 1, 1), Interval::since(day(5)), 1);
  builder.say("events", "c", box_wkt(0, 0, 1, 1), Interval::since(day(5)), 2);
  builder.atlas.statements[1].taken_from = builder.actor("a");
  builder.atlas.statements[2].taken_from = builder.actor("b");
  EXPECT_TRUE(anomalies_of(builder).empty());
  builder.atlas.statements[2].taken_from = builder.actor("c");
  EXPECT_EQ(codes(anomalies_of(builder)), std::vector<std::string>{"before-differs 1970-01-06"});
}

TEST(Anomalies, ALayerThatEndedLongAgoDeclaresNothingUnknown) {
  AtlasBuilder builder;
  const LayerId layer = builder.layer("old", LayerMode::snapshot);
  builder.say("old", "a", box_wkt(50, 0, 51, 1), Interval::since(day(-100)));
  close_snapshots(builder.atlas, layer, std::map<Instant, Instant>{{day(-100), day(-99)}});
  builder.say("l", "a", box_wkt(0, 0, 1, 1), days(0, 10)).say("l", "a", box_wkt(0, 0, 1, 1), days(11, 20));
  EXPECT_EQ(codes(anomalies_of(builder)), std::vector<std::string>{"actor-vanishes 1970-01-11"});
}

TEST(Anomalies, WhatIsDeclaredUnknownDoesNotVanish) {
  AtlasBuilder builder;
  const LayerId layer = builder.layer("daily", LayerMode::snapshot);
  std::map<Instant, Instant> dates;
  for (const int d : {0, 1, 3, 4}) {
    dates.emplace(day(d), day(d + 1));
    builder.say("daily", "a", box_wkt(0, 0, 1, 1), Interval::since(day(d)));
  }
  close_snapshots(builder.atlas, layer, dates);
  builder.say("l", "b", box_wkt(3, 0, 4, 1), days(0, 9)).say("l", "b", box_wkt(3, 0, 4, 2), days(9, 10));
  const Composite composite = builder.build();
  const Holders holders(composite, {});
  EXPECT_EQ(holders.at(composite.coverage(composite.plane().locate({{5'000'000, 5'000'000}}).front(),
                                          LabelGroup::control),
                       composite.times().epoch_of(day(2))),
            kUnknown);
  EXPECT_TRUE(anomalies_of(builder).empty());
}

Findings misplaced_of(const AtlasBuilder& builder) {
  return find_misplaced(builder.atlas);
}

TEST(Misplaced, APolygonFarFromAllOthers) {
  AtlasBuilder builder;
  for (int d = 0; d < 30; ++d) builder.say("l", "a", box_wkt(30, 40, 31 + 0.01 * d, 41), days(d, d + 1));
  EXPECT_TRUE(misplaced_of(builder).empty());
  // Where a missing coordinate became 0.
  builder.say("l", "a", box_wkt(0, 0, 0.01, 0.01), days(7, 8));
  const Findings found = misplaced_of(builder);
  ASSERT_EQ(codes(found), std::vector<std::string>{"far-piece 1970-01-08"});
  EXPECT_EQ(found[0].statement, "31");
  EXPECT_EQ(found[0].location->lon.value(), 0.0);
  EXPECT_THAT(found[0].text, HasSubstr("1 of 31 polygons lies far outside"));
}

TEST(Misplaced, AnIslandThatIsAlwaysThereIsNotFar) {
  AtlasBuilder builder;
  for (int d = 0; d < 30; ++d) {
    builder.say("l", "a", box_wkt(30, 40, 31, 41), days(d, d + 1));
    builder.say("l", "a", box_wkt(0, 0, 0.01, 0.01), days(d, d + 1));
  }
  builder.say("l", "a", box_wkt(30, 40, 31, 41), days(30, 31));
  for (Statement& statement : builder.atlas.statements) {
    // Few positions beside those of the mainland.
    Ring ring = statement.area.front().front().positions();
    if (ring.front().lon != 30.0) continue;
    ring.insert(ring.begin(), 200, {30.0, 40.0});
    statement.area = MultiPolygon{{ring}};
  }
  EXPECT_TRUE(misplaced_of(builder).empty());
}

TEST(Misplaced, AnIslandNearbyIsNotFar) {
  AtlasBuilder builder;
  for (int d = 0; d < 30; ++d) builder.say("l", "a", box_wkt(30, 40, 31, 41), days(d, d + 1));
  builder.say("l", "a", box_wkt(31.5, 41.5, 31.6, 41.6), days(7, 8));
  EXPECT_TRUE(misplaced_of(builder).empty());
}

TEST(Misplaced, GroundOnBothSidesOfTheAntimeridianIsNotFarFromItself) {
  AtlasBuilder builder;
  for (int i = 0; i < 95; ++i) builder.say("l", "a", box_wkt(170 + 0.1 * i, 0, 170.1 + 0.1 * i, 1));
  builder.say("l", "a", box_wkt(-180, 0, -179.5, 1));
  EXPECT_TRUE(misplaced_of(builder).empty());
}

TEST(Misplaced, DaysWithoutAState) {
  AtlasBuilder builder;
  const LayerId layer = builder.layer("daily", LayerMode::snapshot);
  std::vector<Instant> dates;
  for (int d = 0; d < 20; ++d) {
    if (d != 7 && d != 8 && d != 15) dates.push_back(day(d));
  }
  close_snapshots(builder.atlas, layer, dates);
  Findings found = misplaced_of(builder);
  ASSERT_EQ(codes(found), std::vector<std::string>{"missing-dates 1970-01-01"});
  EXPECT_THAT(found[0].text,
              HasSubstr("17 days and none for 3 between them: 1970-01-08, 1970-01-09, 1970-01-16; "
                        "the state before holds"));
  // Weekly states miss no day.
  for (std::size_t i = 0; i < dates.size(); ++i) dates[i] = day(static_cast<int>(7 * i));
  close_snapshots(builder.atlas, layer, dates);
  EXPECT_TRUE(misplaced_of(builder).empty());
}

TEST(Misplaced, ALayerWithItsAxesExchanged) {
  AtlasBuilder builder;
  builder.say("one", "a", box_wkt(36, 48, 38, 49)).say("two", "b", box_wkt(48.2, 36.5, 48.8, 37.5));
  builder.say("two", "b", box_wkt(48.2, 36.5, 48.8, 37.5));
  Findings found = misplaced_of(builder);
  // Either can be the one that is wrong.
  EXPECT_EQ(codes(found), (std::vector<std::string>{"axis-order ", "axis-order "}));
  builder.region("r", box_wkt(30, 45, 40, 50));
  found = misplaced_of(builder);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].text, HasSubstr("layer 'two'"));
}

TEST(Misplaced, LayersOfOtherPartsOfTheEarthAreNotExchanged) {
  AtlasBuilder builder;
  builder.say("one", "a", box_wkt(36, 48, 38, 49)).say("two", "b", box_wkt(100, 10, 101, 11));
  EXPECT_TRUE(misplaced_of(builder).empty());
}

}  // namespace
}  // namespace marchland
