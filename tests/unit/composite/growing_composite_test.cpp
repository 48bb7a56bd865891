#include <marchland/base/error.h>
#include <marchland/composite/growing_composite.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/composite_equality.h>
#include <tests/composite_fixtures.h>

namespace marchland {
namespace {

using namespace testing_fixtures;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// One snapshot layer that grows; each date is one statement of actor a.
class Daily : public testing::Test {
 protected:
  Daily() {
    builder_.actor("a");
    builder_.actor("b");
    layer_ = builder_.layer("daily", LayerMode::snapshot);
  }

  GrowingComposite begin(std::string_view wkt) {
    builder_.say("daily", "a", wkt, Interval::since(day(0)));
    return GrowingComposite(builder_.atlas);
  }
  [[nodiscard]] Statement statement(int date, std::string_view wkt, std::string_view actor = "a") {
    Statement s;
    s.id = fmt::format("{}-{}", actor, date);
    s.layer = layer_;
    s.actor = builder_.actor(actor);
    s.validity = Interval::since(day(date));
    s.area = parse_wkt(wkt);
    return s;
  }
  void add(GrowingComposite& growing, int date, std::vector<Statement> statements) {
    growing.append(layer_, day(date), std::move(statements));
    EXPECT_EQ(growing.residual(), 0);
    EXPECT_EQ(first_difference(growing.freeze(), build_composite(growing.atlas())), "");
  }
  void add(GrowingComposite& growing, int date, std::string_view wkt) {
    add(growing, date, {statement(date, wkt)});
  }
  template <class Exception>
  [[nodiscard]] std::string refusal(GrowingComposite& growing, LayerId layer, int date,
                                    std::vector<Statement> statements) {
    const std::size_t before = growing.atlas().statements.size();
    std::string message;
    try {
      growing.append(layer, day(date), std::move(statements));
    } catch (const Exception& error) {
      message = error.what();
    }
    EXPECT_EQ(growing.atlas().statements.size(), before);
    EXPECT_EQ(first_difference(growing.freeze(), build_composite(growing.atlas())), "");
    return message;
  }

  AtlasBuilder builder_;
  LayerId layer_;
};

TEST_F(Daily, ADayLikeTheOneBeforeAddsNoEdge) {
  GrowingComposite growing = begin(box_wkt(0, 0, 4, 4));
  add(growing, 1, box_wkt(0, 0, 4, 4));
  EXPECT_EQ(growing.edge_count(), 4U);
  EXPECT_EQ(growing.face_count(), 2U);
  EXPECT_THAT(growing.passages(day(0), day(1)), IsEmpty());
}

TEST_F(Daily, AFurtherDayPassesWhatLiesBetweenTheLines) {
  GrowingComposite growing = begin(box_wkt(0, 0, 4, 1));
  add(growing, 1, box_wkt(0, 0, 5, 1));
  const auto passed = growing.passages(day(0), day(1));
  ASSERT_THAT(passed, SizeIs(1));
  EXPECT_THAT(passed.front().from, IsEmpty());
  EXPECT_THAT(passed.front().to, SizeIs(1));
  // The same shape at another longitude: a quarter of the first day's, but for rounding of mileposts.
  const AreaUnits first = growing.areas_at(day(0)).front().area;
  EXPECT_NEAR(static_cast<double>(passed.front().area), static_cast<double>(first) / 4, 1e4);
  EXPECT_EQ(growing.areas_at(day(1)).front().area, first + passed.front().area);
}

TEST_F(Daily, ADayWithoutStatementsCoversNothing) {
  GrowingComposite growing = begin(box_wkt(0, 0, 4, 4));
  add(growing, 1, std::vector<Statement>{});
  EXPECT_THAT(growing.areas_at(day(1)), IsEmpty());
  EXPECT_THAT(growing.areas_at(day(0)), SizeIs(1));
  add(growing, 2, box_wkt(0, 0, 4, 4));
  EXPECT_EQ(growing.areas_at(day(2)), growing.areas_at(day(0)));
}

TEST_F(Daily, AnIslandAppearsInAFaceAndVanishes) {
  GrowingComposite growing = begin(box_wkt(0, 0, 9, 9));
  add(growing, 1, "POLYGON((0 0,9 0,9 9,0 9,0 0),(3 3,4 3,4 4,3 4,3 3))");
  EXPECT_EQ(growing.face_count(), 3U);
  // Within what is now a face inside a face.
  add(growing, 2,
      "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0),(3 3,4 3,4 4,3 4,3 3)),((3.2 3.2,3.4 3.2,3.4 3.4,3.2 3.2)))");
  EXPECT_EQ(growing.face_count(), 4U);
  add(growing, 3, box_wkt(0, 0, 9, 9));
  EXPECT_EQ(growing.face_count(), 4U);
}

TEST_F(Daily, IslandsGoWithThePartOfADividedFaceTheyLieIn) {
  GrowingComposite growing =
      begin("POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,2 1,2 2,1 2,1 1),(6 6,7 6,7 7,6 7,6 6))");
  // A line from side to side, between the two.
  add(growing, 1, "POLYGON((0 0,9 0,9 9,0 9,0 8,5 0,0 0))");
  add(growing, 2, "POLYGON((0 0,5 0,0 8,0 0),(1 1,2 1,2 2,1 2,1 1))");
  EXPECT_EQ(growing.face_count(), 5U);
}

TEST_F(Daily, ALineThatClosesAroundAnIslandTakesItIntoItsFace) {
  GrowingComposite growing =
      begin("MULTIPOLYGON(((0 0,9 0,9 1,1 1,1 8,9 8,9 9,0 9,0 0)),((4 4,5 4,5 5,4 5,4 4)))");
  EXPECT_EQ(growing.face_count(), 3U);
  add(growing, 1, "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,8 1,8 8,1 8,1 1))");
  add(growing, 2, box_wkt(8, 0, 9, 9));
}

TEST_F(Daily, PolygonsMergeAndAreDividedAgain) {
  GrowingComposite growing = begin("MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((3 0,5 0,5 2,3 2,3 0)))");
  add(growing, 1, "POLYGON((0 0,5 0,5 2,3 2,3 1,2 1,2 2,0 2,0 0))");
  add(growing, 2, "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((3 0,5 0,5 2,3 2,3 0)))");
  EXPECT_EQ(growing.areas_at(day(2)), growing.areas_at(day(0)));
}

TEST_F(Daily, LinesOnALineAndEndsOnALineShareTheirEdges) {
  GrowingComposite growing = begin(box_wkt(0, 0, 8, 4));
  // Along part of a side, beyond it, and from a point in its middle.
  add(growing, 1, "MULTIPOLYGON(((2 4,6 4,6 6,2 6,2 4)),((6 0,10 0,10 -2,6 -2,6 0)),((4 0,5 2,3 2,4 0)))");
  add(growing, 2, "POLYGON((0 0,16 0,16 4,0 4,0 0))");
}

TEST_F(Daily, ACrossingOnTheGridBecomesAVertex) {
  GrowingComposite growing = begin("MULTIPOLYGON(((0 0,4 4,0 4,0 0)),((0 4,4 0,4 4,0 4)))");
  // The two diagonals cross at (2, 2), where a third line now ends.
  add(growing, 1, "POLYGON((2 2,6 1,6 3,2 2))");
  add(growing, 2, "POLYGON((0 2,4 2,4 1,0 1,0 2))");
}

TEST_F(Daily, ASpikeBoundsNothing) {
  GrowingComposite growing = begin(box_wkt(0, 0, 4, 4));
  add(growing, 1, "POLYGON((0 0,4 0,4 2,6 2,4 2,4 4,0 4,0 0))");
  EXPECT_EQ(growing.face_count(), 2U);
  // One way of it goes, so that the other bounds ground.
  add(growing, 2, "POLYGON((0 0,4 0,4 2,6 2,5 3,4 4,0 4,0 0))");
}

TEST_F(Daily, AStatementThatEndsOnTheNewDateGoesOnWithIt) {
  builder_.say("daily", "a", box_wkt(5, 0, 6, 1), days(0, 1));
  GrowingComposite growing = begin(box_wkt(0, 0, 1, 1));
  add(growing, 1, "MULTIPOLYGON(((0 0,1 0,1 1,0 1,0 0)),((5 0,6 0,6 1,5 1,5 0)))");
  EXPECT_EQ(growing.rebuilds(), 0U);
  EXPECT_THAT(growing.passages(day(0), day(1)), IsEmpty());
}

TEST_F(Daily, WhatWasGivenAnEndAfterTheNewDateIsBuiltAnew) {
  builder_.say("daily", "a", box_wkt(5, 0, 6, 1), days(0, 3));
  GrowingComposite growing = begin(box_wkt(0, 0, 1, 1));
  add(growing, 1, box_wkt(5, 0, 6, 1));
  EXPECT_EQ(growing.rebuilds(), 1U);
}

TEST_F(Daily, ALineAcrossTheAntimeridianIsBuiltAnew) {
  GrowingComposite growing = begin(box_wkt(170, 0, 175, 5));
  add(growing, 1, "POLYGON((170 0,-175 0,-175 5,170 5,170 0))");
  EXPECT_EQ(growing.rebuilds(), 1U);
  add(growing, 2, box_wkt(170, 0, 174, 5));
  EXPECT_EQ(growing.rebuilds(), 2U);
  add(growing, 3, box_wkt(170, 0, 173, 5));
  EXPECT_EQ(growing.rebuilds(), 2U);
}

TEST_F(Daily, AnActorThatHadNothingGetsASlot) {
  GrowingComposite growing = begin(box_wkt(0, 0, 4, 4));
  add(growing, 1, {statement(1, box_wkt(0, 0, 2, 4), "b"), statement(1, box_wkt(2, 0, 4, 4), "a")});
  const auto areas = growing.areas_at(day(1));
  ASSERT_THAT(areas, SizeIs(2));
  EXPECT_EQ(areas[0].slots.front().slot.actor, builder_.actor("a"));
  EXPECT_EQ(areas[1].slots.front().slot.actor, builder_.actor("b"));
  EXPECT_EQ(areas[0].area + areas[1].area, growing.areas_at(day(0)).front().area);
}

TEST_F(Daily, RefusesWhatItCannotAddAndChangesNothing) {
  builder_.layer("fixed");
  builder_.say("fixed", "b", box_wkt(0, 0, 1, 1));
  GrowingComposite growing = begin(box_wkt(0, 0, 4, 4));
  const auto at = [&](int date, std::vector<Statement> list) {
    return refusal<InvalidArgument>(growing, layer_, date, std::move(list));
  };
  EXPECT_THAT(at(0, {}), HasSubstr("layer 'daily': 1970-01-01 is not after all its dates"));
  EXPECT_THAT(
      refusal<InvalidArgument>(growing, LayerId(1), 1, {}),
      HasSubstr("layer 'fixed': a date can be added to snapshot layers only; this one has mode 'interval'"));
  EXPECT_THAT(refusal<InvalidArgument>(growing, LayerId(7), 1, {}), HasSubstr("no such layer"));

  const auto wrong = [&](const auto& change) {
    Statement s = statement(1, box_wkt(0, 0, 1, 1));
    s.origin = "days/1.geojson";
    change(s);
    return refusal<InvalidData>(growing, layer_, 1, {statement(1, box_wkt(3, 0, 4, 1), "b"), s});
  };
  EXPECT_THAT(
      wrong([](Statement& s) { s.validity = Interval::since(day(2)); }),
      HasSubstr("days/1.geojson: statement 'a-1': a statement of a further date holds since that date; "
                "expected since 1970-01-02"));
  EXPECT_THAT(wrong([](Statement& s) { s.layer = LayerId(1); }), HasSubstr("expected layer 'daily'"));
  EXPECT_THAT(wrong([](Statement& s) { s.actor = ActorId(std::size_t{9}); }),
              HasSubstr("has no actor of the atlas"));
  EXPECT_THAT(wrong([](Statement& s) { s.id = "b-1"; }), HasSubstr("ids must differ"));
  EXPECT_THAT(wrong([](Statement& s) { s.area = MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}}}}; }),
              HasSubstr("ring"));
}

TEST_F(Daily, RefusesAnAtlasThatIsToBeHarmonised) {
  builder_.atlas.harmonise = Meters(0.2);
  builder_.say("daily", "a", box_wkt(0, 0, 1, 1), Interval::since(day(0)));
  EXPECT_THROW(GrowingComposite{builder_.atlas}, InvalidArgument);
}

}  // namespace
}  // namespace marchland
