#include <marchland/base/error.h>

#include <geodesic.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/composite_fixtures.h>
#include <tests/composite_oracle.h>

#include <cmath>

namespace marchland {
namespace {

using namespace testing_fixtures;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::Not;
using testing::UnorderedElementsAre;
using testing_oracle::first_wrong_label;

/// Builds, and holds what must hold for every atlas.
Composite built(const AtlasBuilder& builder) {
  Composite composite = builder.build();
  EXPECT_EQ(broken_certificates(composite), "");
  EXPECT_EQ(first_wrong_label(composite), "");
  return composite;
}

double square_metres(AreaUnits area) {
  return to_square_meters(area).value();
}

TEST(Composite, OverlapOfTwoActorsIsAFaceOfItsOwn) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 2, 1)).say("l", "b", box_wkt(1, 0, 3, 1));
  const Composite composite = built(builder);
  const auto areas = areas_at(composite, day(0));
  EXPECT_THAT(areas, UnorderedElementsAre(Key("l/a"), Key("l/b"), Key("l/a+l/b")));
  // The same shape at another longitude: equal up to the rounding of mileposts.
  EXPECT_NEAR(square_metres(areas.at("l/a")), 12308463893.975, 0.01);
  EXPECT_NEAR(square_metres(areas.at("l/a+l/b")), 12308463893.975, 0.01);
}

TEST(Composite, CertificatesSayWhatTheyCompare) {
  const Composite composite = built(AtlasBuilder().say("l", "a", box_wkt(0, 0, 2, 1)));
  std::vector<std::string> names;
  for (const Certificate& c : composite.certificates()) {
    names.push_back(c.name);
    EXPECT_FALSE(c.states.empty());
  }
  EXPECT_THAT(names, ElementsAre("slot_areas", "face_sum", "closure", "euler"));
}

TEST(Composite, SnapshotsThatRepeatALineShareItsRun) {
  AtlasBuilder builder;
  const LayerId daily = builder.layer("daily", LayerMode::snapshot);
  for (int d = 0; d < 5; ++d) {
    builder.say("daily", "a", box_wkt(0, 0, 1, 1), Interval::since(day(d)));
    builder.say("daily", "b", d < 3 ? box_wkt(1, 0, 2, 1) : box_wkt(1.5, 0, 2, 1), Interval::since(day(d)));
  }
  close_snapshots(builder.atlas, daily, {day(0), day(1), day(2), day(3), day(4), day(7)});
  const Composite composite = built(builder);
  EXPECT_EQ(composite.slots().size(), 2U);
  EXPECT_THAT(areas_by_coverage(composite),
              UnorderedElementsAre(Key("daily/a[0,7)"), Key("daily/b[0,7)"), Key("daily/b[0,3)")));
  EXPECT_EQ(composite.plane().table().occurrences, 40U);
  EXPECT_EQ(composite.plane().table().segments.size(), 10U);
}

TEST(Composite, GapInTimeMakesTwoRuns) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 1, 1), days(0, 2)).say("l", "a", box_wkt(0, 0, 1, 1), days(3, 4));
  EXPECT_THAT(areas_by_coverage(built(builder)), UnorderedElementsAre(Key("l/a[0,2) l/a[3,4)")));
}

TEST(Composite, OpenEndsReachFromEverToForever) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 1, 1), Interval())
      .say("l", "b", box_wkt(2, 0, 3, 1), Interval::since(day(5)))
      .say("l", "c", box_wkt(4, 0, 5, 1), Interval::until(day(5)));
  EXPECT_THAT(areas_by_coverage(built(builder)),
              UnorderedElementsAre(Key("l/a[-,-)"), Key("l/b[5,-)"), Key("l/c[-,5)")));
}

TEST(Composite, EachEventOfALayerHasARunOfItsOwn) {
  AtlasBuilder builder;
  builder.layer("events", LayerMode::event);
  builder.say("events", "a", box_wkt(0, 0, 2, 1), Interval::since(day(1)))
      .say("events", "b", box_wkt(1, 0, 3, 1), Interval::since(day(2)))
      .say("events", "a", box_wkt(1, 0, 2, 1), Interval::since(day(3)))
      .say("events", "a", box_wkt(1, 0, 2, 1), Interval::since(day(3)));  // the same again: one run
  EXPECT_THAT(areas_by_coverage(built(builder)),
              UnorderedElementsAre(Key("events/a[1,-)"), Key("events/b[2,-)"),
                                   Key("events/a[1,3) events/a[3,-) events/b[2,-)")));
}

TEST(Composite, EventsOfOneInstantAreOrderedBySlots) {
  AtlasBuilder builder;
  builder.layer("events", LayerMode::event);
  builder.say("events", "a", box_wkt(0, 0, 1, 1), Interval::since(day(1)), 1)
      .say("events", "b", box_wkt(0, 0, 1, 1), Interval::since(day(1)), 2)
      .say("events", "a", box_wkt(0, 0, 1, 1), Interval::since(day(1)), 3);
  EXPECT_THAT(areas_by_coverage(built(builder)),
              UnorderedElementsAre(Key("events/a#1[1,-) events/a#3[1,-) events/b#2[1,-)")));
}

TEST(Composite, PolygonsWithCrossingRingsInEventLayers) {
  // Labelled ring by ring, before, between and after quick polygons of the same actor.
  const std::string box = box_wkt(0, 0, 4, 4);
  const std::string hole_outside = "POLYGON((0 0,4 0,4 4,0 4,0 0),(5 1,5 2,6 2,6 1,5 1))";
  for (const auto& [first, second, third] :
       {std::tuple(hole_outside, box, box), std::tuple(box, hole_outside, box),
        std::tuple(box, box, hole_outside), std::tuple(hole_outside, hole_outside, hole_outside)}) {
    AtlasBuilder builder;
    builder.layer("events", LayerMode::event);
    builder.say("events", "a", first, Interval::since(day(1)))
        .say("events", "a", second, Interval::since(day(3)))
        .say("events", "a", third, Interval::since(day(5)));
    const auto areas = areas_by_coverage(built(builder));
    EXPECT_THAT(areas, Contains(Key("events/a[1,3) events/a[3,5) events/a[5,-)")));
  }
}

TEST(Composite, PrivateAndSharedPolygonsOfASlotAreOneRun) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((0 0,4 0,4 4,0 4,0 0),(5 1,5 2,6 2,6 1,5 1))", days(0, 2))
      .say("l", "a", box_wkt(0, 0, 4, 4), days(1, 3))
      .say("l", "a", "POLYGON((0 0,4 0,4 4,0 4,0 0),(5 1,5 2,6 2,6 1,5 1))", days(3, 5));
  EXPECT_THAT(areas_by_coverage(built(builder)), Contains(Key("l/a[0,5)")));
}

TEST(Composite, CountedOnceAndReported) {
  AtlasBuilder builder;
  builder.say("l", "a", "MULTIPOLYGON(((0 0,2 0,2 1,0 1,0 0)),((1 0,3 0,3 1,1 1,1 0)))");
  const Composite composite = built(builder);
  const Composite whole = built(AtlasBuilder().say("l", "a", box_wkt(0, 0, 3, 1)));
  EXPECT_EQ(area_of(composite, "l/a"), area_of(whole, "l/a"));
  EXPECT_THAT(finding_codes(composite.findings()), ElementsAre("self-overlap"));
  EXPECT_THAT(composite.findings().front().text, HasSubstr("layer 'l', actor 'a' covers 12308.46389"));
  EXPECT_TRUE(composite.findings().front().location.has_value());
}

TEST(Composite, OverlapWithPolygonsLabelledRingByRingIsReportedToo) {
  const std::string bow_tie = "POLYGON((0 0,4 3,4 0,0 4,0 0))";
  for (const auto& [first, second] : {std::pair(bow_tie, box_wkt(0, 0, 4, 4)), std::pair(bow_tie, bow_tie),
                                      std::pair(box_wkt(3, 0, 4, 4), bow_tie)}) {
    AtlasBuilder builder;
    builder.say("l", "a", first, days(0, 2)).say("l", "a", second, days(1, 3));
    const Composite composite = built(builder);
    EXPECT_THAT(finding_codes(composite.findings()), Contains("self-overlap")) << first << ' ' << second;
    for (const Finding& finding : composite.findings()) {
      if (finding.code == "self-overlap") {
        EXPECT_EQ(finding.at, "1970-01-02");
      }
    }
    // One after the other they do not overlap, and on top of each other in an event layer that is the point.
    AtlasBuilder later;
    later.say("l", "a", first, days(0, 1)).say("l", "a", second, days(1, 3));
    EXPECT_THAT(finding_codes(built(later).findings()), Not(Contains("self-overlap")));
    AtlasBuilder events;
    events.layer("events", LayerMode::event);
    events.say("events", "a", first, Interval::since(day(0)))
        .say("events", "a", second, Interval::since(day(1)));
    EXPECT_THAT(finding_codes(built(events).findings()), Not(Contains("self-overlap")));
  }
}

TEST(Composite, AnyRingIsAccepted) {
  struct Case {
    const char* wkt;
    const char* same_as;
  };
  for (const Case& c :
       {Case{"POLYGON((0 0,2 2,2 0,0 2,0 0))", "MULTIPOLYGON(((0 0,1 1,0 2,0 0)),((1 1,2 0,2 2,1 1)))"},
        Case{"POLYGON((0 0,4 0,4 4,0 4,0 0,4 0,4 4,0 4,0 0))", "POLYGON((0 0,4 0,4 4,0 4,0 0))"},
        Case{"POLYGON((0 0,4 0,4 4,9 9,4 4,0 4,0 0))", "POLYGON((0 0,4 0,4 4,0 4,0 0))"},
        Case{"POLYGON((0 0,4 0,4 4,0 4,0 0),(3 1,6 1,6 2,3 2,3 1))",
             "POLYGON((0 0,4 0,4 1,3 1,3 2,4 2,4 4,0 4,0 0))"},
        Case{"POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,2 1,2 2,1 2,1 1),(1 1,1 2,2 2,2 1,1 1))",
             "POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,2 1,2 2,1 2,1 1))"},
        // A hole of crossing rings: what it winds about, twice or backwards, is taken away.
        Case{"POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,3 3,3 1,1 3,1 1))",
             "POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,2 2,1 3,1 1),(2 2,3 1,3 3,2 2))"}}) {
    const Composite composite = built(AtlasBuilder().say("l", "a", c.wkt));
    const Composite same = built(AtlasBuilder().say("l", "a", c.same_as));
    EXPECT_EQ(area_of(composite, "l/a"), area_of(same, "l/a")) << c.wkt;
  }
}

TEST(Composite, RingWhoseHolesTakeEverythingCoversNothing) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((0 0,4 0,4 4,0 4,0 0),(0 0,0 4,4 4,4 0,0 0))");
  const Composite composite = built(builder);
  EXPECT_THAT(areas_by_coverage(composite), IsEmpty());
  EXPECT_THAT(finding_codes(composite.findings()), ElementsAre("zero-area"));
}

TEST(Composite, RegionsStudyAreaAndThemesDoNotCompete) {
  AtlasBuilder builder;
  builder.layer("claims", LayerMode::interval, Theme::claim);
  builder.say("l", "a", box_wkt(0, 0, 2, 1)).say("claims", "b", box_wkt(1, 0, 3, 1));
  builder.region("d1", box_wkt(0, 0, 1.5, 1)).region("d2", box_wkt(1.5, 0, 3, 1));
  builder.atlas.study_area = parse_wkt(box_wkt(0, 0, 4, 1));
  const Composite composite = built(builder);
  EXPECT_TRUE(composite.has_study_area());
  EXPECT_THAT(areas_at(composite, day(0)),
              UnorderedElementsAre(Key("l/a+region d1+study area"), Key("claims/b+l/a+region d1+study area"),
                                   Key("claims/b+l/a+region d2+study area"),
                                   Key("claims/b+region d2+study area"), Key("study area")));
  EXPECT_EQ(area_of(composite, "region d1") + area_of(composite, "region d2"),
            area_of(composite, "study area") - areas_at(composite, day(0)).at("study area"));
}

TEST(Composite, NothingWithExtentIsStillAComposite) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((1 1,1 1,1 1,1 1))").say("l", "b", "MULTIPOLYGON EMPTY");
  const Composite composite = built(builder);
  EXPECT_EQ(composite.plane().face_count(), 1U);
  EXPECT_THAT(finding_codes(composite.findings()), ElementsAre("zero-area"));
  EXPECT_THROW((void)build_composite(Atlas{}), InvalidData);
}

TEST(Composite, WholeEarthAndWhatIsLeftOfIt) {
  AtlasBuilder builder;
  builder.say("l", "earth", box_wkt(-180, -90, 180, 90))
      .say("l", "a", "POLYGON((0 80,120 80,240 80,0 80))")
      .say("l", "rest", "POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90),(0 80,120 80,240 80,0 80))");
  const Composite composite = built(builder);
  const AreaUnits earth = area_of(composite, "l/earth");
  EXPECT_NEAR(square_metres(earth) / 510065621724088.5, 1.0, 1e-12);
  EXPECT_EQ(area_of(composite, "l/a") + area_of(composite, "l/rest"), earth);
  EXPECT_EQ(earth, -composite.areas()[kUnboundedFace]);
}

TEST(Composite, SeamIsNoBorderForWhatCrossesIt) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((170 0,190 0,190 10,170 10,170 0))")
      .say("l", "east", box_wkt(-180, 2, -175, 8))
      .say("l", "west", box_wkt(175, 4, 180, 12))
      .say("l", "again", "POLYGON((-190 0,-170 0,-170 10,-190 10,-190 0))")
      .say("l", "cut",
           "MULTIPOLYGON(((170 0,180 0,180 10,170 10,170 0)),((-180 0,-170 0,-170 10,-180 10,-180 0)))");
  const Composite composite = built(builder);
  EXPECT_EQ(area_of(composite, "l/a"), area_of(composite, "l/again"));
  EXPECT_EQ(area_of(composite, "l/a"), area_of(composite, "l/cut"));
  EXPECT_THAT(areas_at(composite, day(0)),
              UnorderedElementsAre(Key("l/a+l/again+l/cut"), Key("l/a+l/again+l/cut+l/east"),
                                   Key("l/a+l/again+l/cut+l/west"), Key("l/west")));
  // Sub-edges of both sides pair up.
  std::map<std::pair<std::int32_t, std::int32_t>, int> sides;
  const Arrangement& plane = composite.plane();
  for (const GridSegment& s : plane.table().segments) {
    if (s.a.x == s.b.x && std::abs(s.a.x) == kGridMaxLon) sides[{s.a.y, s.b.y}] += s.a.x > 0 ? 1 : -1;
  }
  EXPECT_THAT(sides, Contains(testing::Pair(std::pair(20000000, 40000000), 0)));
}

TEST(Composite, AddingStatementsElsewhereInTimeChangesNothing) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((0 0,7 1,5 6,0 0))", days(0, 2))
      .say("l", "b", "POLYGON((1 5,6 0,8 7,1 5))", days(0, 2));
  const auto before = areas_at(built(builder), day(1));
  builder.say("l", "c", "POLYGON((3 0,4 9,2 8,3 0))", days(2, 3))
      .say("m", "a", "POLYGON((0 3,9 2,9 4,0 3))", days(3, 9));
  EXPECT_EQ(areas_at(built(builder), day(1)), before);
}

/// Ring area by PROJ's geodesic polygons, counter-clockwise positive.
double geodesic_area(std::initializer_list<std::pair<double, double>> ring) {
  geod_geodesic geod;
  geod_init(&geod, 6378137, 1 / 298.257223563);
  geod_polygon polygon;
  geod_polygon_init(&polygon, 0);
  for (const auto& [lon, lat] : ring) geod_polygon_addpoint(&geod, &polygon, lat, lon);
  double area = 0.0;
  geod_polygon_compute(&geod, &polygon, 0, 1, &area, nullptr);
  return area;
}

AreaUnits sum_of(const Composite& composite, const FaceAreas& areas, std::string_view slot) {
  AreaUnits sum = 0;
  for (FaceIndex f = 1; f < composite.plane().face_count(); ++f) {
    if (coverage_name(composite, f).find(slot) != std::string::npos) sum += areas[f];
  }
  return sum;
}

TEST(Composite, GeodesicAreasAreThoseOfProjEvenAcrossTheSeamAndThePole) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((165 -20,195 -15,192 5,170 10,165 -20))")
      .say("l", "b", "POLYGON((0 70,120 75,240 72,0 70))")
      .say("l", "c", "POLYGON((10 50,20 50,20 55,10 55,10 50))")
      .say("l", "d", "POLYGON((15 40,25 52,12 60,15 40))");
  const Composite composite = built(builder);
  const FaceAreas areas = measure_faces(composite, AreaMethod::parse("geodesic"));
  EXPECT_EQ(areas.method, "geodesic");
  // See tests/unit/measure/area_method_test.cpp: a tenth of a square metre an edge.
  EXPECT_NEAR(square_metres(sum_of(composite, areas, "l/a")),
              geodesic_area({{165, -20}, {195, -15}, {192, 5}, {170, 10}}), 0.4);
  EXPECT_NEAR(square_metres(sum_of(composite, areas, "l/b")), geodesic_area({{0, 70}, {120, 75}, {240, 72}}),
              0.4);
  EXPECT_NEAR(square_metres(sum_of(composite, areas, "l/c")),
              geodesic_area({{10, 50}, {20, 50}, {20, 55}, {10, 55}}), 0.4);
  EXPECT_NEAR(square_metres(sum_of(composite, areas, "l/d")), geodesic_area({{15, 40}, {25, 52}, {12, 60}}),
              0.4);
}

TEST(Composite, MethodsThatShareOutSaySoWhereLinesOverlap) {
  // Two boxes share a side, which only one of them divides by a vertex: the geodesic between the ends is not
  // the two between the vertices.
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((0 50,20 50,20 55,0 55,0 50))")
      .say("l", "b", "POLYGON((0 45,20 45,20 50,10 50,0 50,0 45))");
  const Composite composite = built(builder);
  EXPECT_TRUE(composite.areas().residual == 0);
  const FaceAreas geodesic = measure_faces(composite, AreaMethod::parse("geodesic"));
  const double residual = square_metres(geodesic.residual);
  const double a = geodesic_area({{0, 50}, {20, 50}, {20, 55}, {0, 55}});
  const double b = geodesic_area({{0, 45}, {20, 45}, {20, 50}, {10, 50}, {0, 50}});
  const double error = std::abs(square_metres(sum_of(composite, geodesic, "l/a")) - a) +
                       std::abs(square_metres(sum_of(composite, geodesic, "l/b")) - b);
  EXPECT_GT(error, 1e6);
  EXPECT_GE(residual * (1 + 1e-9) + 1, error);
  // Where all edges agree there is nothing to choose.
  const Composite apart = built(AtlasBuilder().say("l", "a", "POLYGON((0 50,20 50,20 55,0 55,0 50))"));
  EXPECT_TRUE(measure_faces(apart, AreaMethod::parse("geodesic")).residual == 0);
}

TEST(Composite, ProjectedAreasAcrossTheSeam) {
  // Where the map ends at the antimeridian, the parts on either side are measured each on its own; where it
  // goes on, the whole edge is a chord. Telescoping the chord across such a map once gave negative areas.
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((170 0,190 0,190 10,170 10,170 0))").say("l", "b", box_wkt(30, 0, 50, 10));
  const Composite composite = built(builder);
  for (const char* method : {"crs:EPSG:6933", "crs:+proj=cea +lon_0=180 +ellps=WGS84", "sphere:6371000",
                             "crs:+proj=laea +lat_0=0 +lon_0=180 +ellps=WGS84"}) {
    const FaceAreas areas = measure_faces(composite, AreaMethod::parse(method));
    const double a = square_metres(sum_of(composite, areas, "l/a"));
    const double exact = square_metres(sum_of(composite, composite.areas(), "l/a"));
    // Parallels and meridians are straight in cylindrical maps; chords of the azimuthal one cut off a little.
    EXPECT_NEAR(a / exact, 1.0, 0.01) << method;
    // A chord that bends away from its parallel is shared out along it, so only the whole is comparable.
    if (std::string_view(method).find("laea") != std::string_view::npos) continue;
    for (FaceIndex f = 1; f < composite.plane().face_count(); ++f) {
      EXPECT_NEAR(static_cast<double>(areas[f]) / static_cast<double>(composite.areas()[f]), 1.0, 0.02)
          << method;
    }
  }
}

TEST(Composite, LinesThatCrossTooOftenAreRefusedBeforeTheyAreArranged) {
  // Two combs of thin triangles, each crossing all of the other.
  AtlasBuilder builder;
  for (int k = 0; k < 40; ++k) {
    const double at = 0.1 * k;
    builder.say("l", "a", fmt::format("POLYGON(({0} 0,{1} 4,{2} 0,{0} 0))", at, at + 0.02, at + 0.04));
    builder.say("m", "b", fmt::format("POLYGON((0 {0},4 {1},0 {2},0 {0}))", at, at + 0.02, at + 0.04));
  }
  const Composite whole = builder.build();
  const std::uint64_t pairs = whole.plane().crossing_pairs();
  ASSERT_GT(pairs, 5000U);
  const auto with = [&](std::uint64_t bytes) { return build_composite(builder.atlas, {bytes}); };
  const std::uint64_t enough = arrangement_bytes(whole.plane().table().segments.size(), pairs);
  EXPECT_EQ(with(enough).plane().face_count(), whole.plane().face_count());
  for (const std::uint64_t bytes : {enough - 1, enough / 2, std::uint64_t{1}}) {
    try {
      static_cast<void>(with(bytes));
      ADD_FAILURE() << bytes;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::failure);
      EXPECT_THAT(error.what(), AllOf(HasSubstr("its 240 different lines"), HasSubstr(" allowed for"),
                                      HasSubstr("harmonise_m"), HasSubstr("--since DATE --until DATE"),
                                      HasSubstr("--two-layer"), HasSubstr("--max-memory")));
    }
  }
  // Lines that never cross are counted too.
  AtlasBuilder alone;
  alone.say("l", "a", "POLYGON((0 0,1 0,1 1,0 0))");
  EXPECT_NO_THROW(build_composite(alone.atlas, {arrangement_bytes(3, 0)}));
  EXPECT_THROW(build_composite(alone.atlas, {arrangement_bytes(3, 0) - 1}), TooLarge);
}

TEST(Composite, WindowLeavesOutWhatHoldsElsewhere) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 1, 1), days(0, 2));
  builder.say("l", "b", box_wkt(1, 0, 2, 1), days(2, 4));
  builder.say("l", "c", box_wkt(2, 0, 3, 1), days(3, 9));
  builder.layer("e", LayerMode::event);
  builder.say("e", "a", box_wkt(5, 0, 6, 1), Interval::since(day(1)));
  builder.say("e", "b", box_wkt(5, 0, 6, 1), Interval::since(day(3)));
  builder.say("e", "c", box_wkt(5, 0, 6, 1), Interval::since(day(5)));
  const auto ids = [&](const TimeWindow& window) {
    std::vector<std::string> out;
    for (const Statement& s : restricted_to(builder.atlas, window).statements) out.push_back(s.id);
    return out;
  };
  EXPECT_THAT(ids({}), ElementsAre("1", "2", "3", "4", "5", "6"));
  EXPECT_THAT(ids({days(2, 3), {}}), ElementsAre("2", "4"));
  EXPECT_THAT(ids({days(3, 5), {}}), ElementsAre("2", "3", "4", "5"));
  EXPECT_THAT(ids({{}, {day(0), day(3)}}), ElementsAre("1", "2", "3", "4", "5"));
  EXPECT_THAT(ids({days(1, 9), {day(0), day(1)}}), ElementsAre("1", "4"));
  // A window in a window is both.
  const Atlas part = restricted_to(builder.atlas, {days(2, 9), {}});
  EXPECT_EQ(restricted_to(part, {days(0, 4), {}}).window.when, days(2, 4));
  EXPECT_EQ(part.extent(), days(2, 9));
  EXPECT_EQ(resolve_date(part, "latest"), day(5));
  // Nothing at all is an answer, not an error.
  EXPECT_EQ(build_within(builder.atlas, {{}, {day(-1)}}).plane().face_count(), 1U);
}

TEST(Composite, WindowMayBeSmallEnoughForTheGuard) {
  // Combs that cross each other, each on a day of its own.
  AtlasBuilder builder;
  for (int k = 0; k < 20; ++k) {
    const double at = 0.1 * k;
    builder.say("l", "a", fmt::format("POLYGON(({0} 0,{1} 4,{2} 0,{0} 0))", at, at + 0.02, at + 0.04),
                days(0, 1));
    builder.say("l", "b", fmt::format("POLYGON((0 {0},4 {1},0 {2},0 {0}))", at, at + 0.02, at + 0.04),
                days(1, 2));
  }
  const std::uint64_t limit = arrangement_bytes(120, 0);
  EXPECT_THROW(build_composite(builder.atlas, {limit}), TooLarge);
  for (int d = 0; d < 2; ++d) {
    const Composite one = build_within(builder.atlas, {{}, {day(d)}}, {limit});
    EXPECT_EQ(one.plane().table().segments.size(), 60U);
    EXPECT_EQ(broken_certificates(one), "");
  }
  EXPECT_THROW(build_within(builder.atlas, {{}, {day(0), day(1)}}, {limit}), TooLarge);
}

TEST(Composite, FindingsAreGroupedByLayerAndSayWhere) {
  AtlasBuilder builder;
  for (int d = 0; d < 3; ++d) {
    builder.say("l", "a", "POLYGON((0 0,2 2,2 0,0 3,0 0))", days(d, d + 1));
  }
  const Composite composite = built(builder);
  ASSERT_THAT(finding_codes(composite.findings()), ElementsAre("ring-crosses-itself"));
  const Finding& finding = composite.findings().front();
  EXPECT_EQ(finding.statement, "1");
  EXPECT_EQ(finding.at, "1970-01-01");
  EXPECT_THAT(finding.text,
              AllOf(HasSubstr("layer 'l': ring 1 meets itself"), HasSubstr("meets itself 1 time(s)")));
  // One that goes on for three days is one; elsewhere it is another.
  builder.say("l", "a", "POLYGON((10 0,12 2,12 0,10 3,10 0))", days(0, 1));
  EXPECT_THAT(builder.build().findings().front().text, HasSubstr("(first of 2 rings)"));
}

}  // namespace
}  // namespace marchland
