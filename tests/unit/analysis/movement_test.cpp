// Movement of the line of contact on ground where every figure is known: boxes along the equator, where a
// degree of longitude is 111319.490793 m (the semi-major axis by pi / 180) and areas are those of boxes.
#include <marchland/analysis/changes.h>
#include <marchland/analysis/line_movement.h>
#include <marchland/base/error.h>
#include <marchland/measure/length.h>

#include <gtest/gtest.h>
#include <tests/composite_fixtures.h>

#include <algorithm>
#include <limits>
#include <random>

namespace marchland {
namespace {

using namespace testing_fixtures;

constexpr double kEquatorDegree = 111319.49079327358;
/// From the equator to the first parallel along a meridian: its quadrature to 30 digits.
constexpr double kMeridianDegree = 110574.38855779878;

class Movement : public testing::Test {
 protected:
  /// Of a (left, `first`) and b from day 0 to day 1.
  LineMovement move(const AtlasBuilder& builder, MovementOptions options = {}) {
    composite_ = builder.build();
    const Holders holders(composite_, {});
    const auto side = [&](std::string_view id) {
      return [&holders, id](HolderIndex h) { return holders.id(h) == id; };
    };
    return line_movement(composite_, composite_.areas(), holders, day(0), day(1), side("a"), side("b"),
                         options);
  }
  /// The lines are far from flat, so a step of a thirtieth of a degree finds the ends.
  static MovementOptions coarse() { return {.step = Meters{4000}}; }
  static AreaUnits area_of_wkt(const std::string& wkt) {
    AtlasBuilder one;
    one.say("l", "a", wkt);
    return area_of(one.build(), "l/a");
  }

  Composite composite_;
};

AtlasBuilder fronts(const std::string& a0, const std::string& b0, const std::string& a1,
                    const std::string& b1) {
  AtlasBuilder builder;
  builder.say("l", "a", a0, days(0, 1)).say("l", "b", b0, days(0, 1));
  builder.say("l", "a", a1, days(1, 2)).say("l", "b", b1, days(1, 2));
  return builder;
}

TEST_F(Movement, AStraightFrontAdvancesADegree) {
  const LineMovement moved = move(
      fronts(box_wkt(0, 0, 1, 1), box_wkt(1, 0, 4, 1), box_wkt(0, 0, 2, 1), box_wkt(2, 0, 4, 1)), coarse());
  EXPECT_NEAR(moved.before.length.value(), kMeridianDegree, 1e-6);
  EXPECT_NEAR(moved.after.length.value(), kMeridianDegree, 1e-6);
  EXPECT_EQ(moved.before.unchanged.value(), 0.0);
  EXPECT_EQ(moved.before.part_count, 1U);
  EXPECT_TRUE(moved.to_first == area_of_wkt(box_wkt(1, 0, 2, 1)));
  EXPECT_TRUE(moved.to_second == 0 && moved.to_first_apart == 0);
  ASSERT_EQ(moved.stretches.size(), 1U);
  const Stretch& stretch = moved.stretches[0];
  EXPECT_TRUE(stretch.to_first && stretch.is_swept);
  EXPECT_NEAR(stretch.line_before.value(), kMeridianDegree, 1e-6);
  // 12 308.463893975 km2 by 110.574388558 km.
  EXPECT_NEAR(moved.mean_signed->value(), 111313.8771, 0.001);
  EXPECT_NEAR(moved.mean_absolute->value(), 111313.8771, 0.001);
  EXPECT_NEAR(moved.mean_where_moved->value(), 111313.8771, 0.001);
  EXPECT_NEAR(stretch.advance->value(), 111313.8771, 0.001);
  // Widest at the equator.
  for (const LineDistance& distance : {*moved.greatest, *stretch.depth, moved.frechet->greatest}) {
    EXPECT_NEAR(distance.distance.value(), kEquatorDegree, 1e-3);
    EXPECT_EQ(distance.on_first, (Position{1, 0}));
    EXPECT_EQ(distance.on_second, (Position{2, 0}));
  }
  EXPECT_EQ(moved.frechet->step.value(), 4000.0);
  EXPECT_NEAR(moved.frechet->compared_before.value(), kMeridianDegree, 1e-6);
}

TEST_F(Movement, BulgesBothWaysLeaveTheRestUnchanged) {
  const LineMovement moved =
      move(fronts(box_wkt(0, 0, 2, 1), box_wkt(2, 0, 4, 1),
                  "POLYGON((0 0,2 0,2 0.2,3 0.2,3 0.4,2 0.4,2 0.6,1.5 0.6,1.5 0.8,2 0.8,2 1,0 1,0 0))",
                  "POLYGON((2 0,4 0,4 1,2 1,2 0.8,1.5 0.8,1.5 0.6,2 0.6,2 0.4,3 0.4,3 0.2,2 0.2,2 0))"),
           coarse());
  EXPECT_NEAR(moved.before.unchanged.value(), 0.6 * kMeridianDegree, 1.0);
  EXPECT_NEAR(moved.before.unchanged.value(), moved.after.unchanged.value(), 1e-6);
  ASSERT_EQ(moved.stretches.size(), 2U);
  EXPECT_TRUE(moved.stretches[0].to_first);
  EXPECT_FALSE(moved.stretches[1].to_first);
  EXPECT_TRUE(moved.to_first == area_of_wkt(box_wkt(2, 0.2, 3, 0.4)));
  EXPECT_TRUE(moved.to_second == area_of_wkt(box_wkt(1.5, 0.6, 2, 0.8)));
  EXPECT_TRUE(moved.stretches[0].area == moved.to_first && moved.stretches[1].area == moved.to_second);
  // From the tip straight back along the parallels of 0.2 and 0.6 degrees, where the line of the other date
  // is.
  EXPECT_NEAR(moved.stretches[0].depth->distance.value(), geodesic_distance({2, 0.2}, {3, 0.2}).value(), 1.0);
  EXPECT_NEAR(moved.stretches[1].depth->distance.value(), geodesic_distance({1.5, 0.6}, {2, 0.6}).value(),
              1.0);
  EXPECT_EQ(moved.greatest->distance, moved.stretches[0].depth->distance);
  EXPECT_EQ(moved.depth->distance, moved.greatest->distance);
  const double swept = to_square_meters(moved.to_first).value() - to_square_meters(moved.to_second).value();
  EXPECT_DOUBLE_EQ(moved.mean_signed->value(), swept / moved.mean_length->value());
  EXPECT_GT(moved.mean_absolute->value(), moved.mean_signed->value());
  EXPECT_GT(moved.mean_where_moved->value(), moved.mean_absolute->value());
  // Each part of either line is unchanged, or runs along just one of the pieces.
  const auto unchanged_of = [](const LineAtDate& line) {
    return std::count_if(line.parts.begin(), line.parts.end(),
                         [](const MovedPart& p) { return p.is_unchanged; });
  };
  EXPECT_EQ(moved.before.parts.size(), 5U);
  EXPECT_EQ(unchanged_of(moved.before), 3);
  EXPECT_EQ(moved.after.parts.size(), 5U);
  EXPECT_EQ(unchanged_of(moved.after), 3);
  EXPECT_EQ(moved.after.part_count, 1U);
  for (const MovedPart& part : moved.after.parts) {
    EXPECT_EQ(part.is_unchanged, part.displacement->distance.value() == 0.0);
  }
}

TEST_F(Movement, GroundThatMetTheOtherSideAtNeitherDatePassedApart) {
  AtlasBuilder builder =
      fronts(box_wkt(0, 0, 1, 1), box_wkt(1, 0, 4, 1), box_wkt(0, 0, 1, 1), box_wkt(1, 0, 4, 1));
  builder.say("l", "a", box_wkt(10, 0, 11, 1), days(0, 1)).say("l", "b", box_wkt(10, 0, 11, 1), days(1, 2));
  const LineMovement moved = move(builder, coarse());
  ASSERT_EQ(moved.stretches.size(), 1U);
  EXPECT_FALSE(moved.stretches[0].is_swept);
  EXPECT_FALSE(moved.stretches[0].displacement.has_value());
  EXPECT_FALSE(moved.stretches[0].advance.has_value());
  EXPECT_TRUE(moved.to_second == area_of_wkt(box_wkt(10, 0, 11, 1)));
  EXPECT_TRUE(moved.to_second_apart == moved.to_second);
  // The line itself did not move.
  EXPECT_EQ(moved.mean_absolute->value(), 0.0);
  EXPECT_FALSE(moved.mean_where_moved.has_value());
  EXPECT_EQ(moved.greatest->distance.value(), 0.0);
  EXPECT_NEAR(moved.before.unchanged.value(), kMeridianDegree, 1e-6);
}

TEST_F(Movement, APocketBringsALineOfItsOwn) {
  const LineMovement moved = move(fronts(box_wkt(0, 0, 1, 1), box_wkt(1, 0, 9, 1), box_wkt(0, 0, 1, 1),
                                         "POLYGON((1 0,9 0,9 1,1 1,1 0),(4 0.4,5 0.4,5 0.6,4 0.6,4 0.4))")
                                      .say("l", "a", box_wkt(4, 0.4, 5, 0.6), days(1, 2)),
                                  coarse());
  ASSERT_EQ(moved.stretches.size(), 1U);
  EXPECT_TRUE(moved.stretches[0].is_swept);
  EXPECT_EQ(moved.stretches[0].line_before.value(), 0.0);
  // Its far side lies four degrees from the line that was there.
  EXPECT_NEAR(moved.stretches[0].displacement->distance.value(),
              geodesic_distance({1, 0.4}, {5, 0.4}).value(), 50.0);
  EXPECT_FALSE(moved.stretches[0].depth || moved.stretches[0].advance || moved.depth);
  EXPECT_EQ(moved.after.part_count, 2U);
  // The old part has itself as its counterpart, the ring none.
  ASSERT_TRUE(moved.frechet.has_value());
  EXPECT_EQ(moved.frechet->greatest.distance.value(), 0.0);
  EXPECT_NEAR(moved.frechet->compared_after.value(), kMeridianDegree, 1e-6);
}

TEST_F(Movement, WithoutALineAtOneDateNothingIsSaidOfHowFarItMoved) {
  const LineMovement moved = move(
      fronts(box_wkt(0, 0, 1, 1), box_wkt(2, 0, 4, 1), box_wkt(0, 0, 3, 1), box_wkt(3, 0, 4, 1)), coarse());
  EXPECT_EQ(moved.before.part_count, 0U);
  EXPECT_EQ(moved.before.length.value(), 0.0);
  EXPECT_EQ(moved.after.part_count, 1U);
  EXPECT_FALSE(moved.mean_length || moved.mean_signed || moved.mean_absolute || moved.greatest ||
               moved.frechet);
  ASSERT_EQ(moved.stretches.size(), 1U);
  EXPECT_TRUE(moved.stretches[0].is_swept);
  EXPECT_FALSE(moved.stretches[0].depth.has_value());
  // What was nobody's before did not pass from the other side.
  EXPECT_TRUE(moved.to_first == area_of_wkt(box_wkt(2, 0, 3, 1)));
  ASSERT_EQ(moved.after.parts.size(), 1U);
  EXPECT_FALSE(moved.after.parts[0].displacement.has_value());
}

TEST_F(Movement, AThirdHolderPushesTheLineWithoutSweepingGround) {
  const LineMovement moved =
      move(fronts(box_wkt(0, 0, 1, 2), box_wkt(1, 0, 2, 2), box_wkt(0, 0, 1, 1), box_wkt(1, 0, 2, 2))
               .say("l", "c", box_wkt(0, 1, 1, 2), days(1, 2)),
           coarse());
  EXPECT_TRUE(moved.stretches.empty());
  EXPECT_NEAR(moved.before.length.value() - moved.after.length.value(), kMeridianDegree, 10.0);
  EXPECT_EQ(moved.mean_absolute->value(), 0.0);
  EXPECT_NEAR(moved.greatest->distance.value(), kMeridianDegree, 10.0);
}

TEST_F(Movement, APartThatBecomesTwoHasNoFrechetDistance) {
  // The middle of the front passes to nobody known.
  const LineMovement moved = move(fronts(box_wkt(0, 0, 1, 3), box_wkt(1, 0, 2, 3), box_wkt(0, 0, 1, 3),
                                         "MULTIPOLYGON(((1 0,2 0,2 1,1 1,1 0)),((1 2,2 2,2 3,1 3,1 2)))"),
                                  coarse());
  EXPECT_EQ(moved.after.part_count, 2U);
  EXPECT_TRUE(moved.greatest.has_value());
  EXPECT_FALSE(moved.frechet.has_value());
}

TEST_F(Movement, PartsThatStayedAreNoFrechetDistanceOfThoseThatMoved) {
  // A line that broke into halves as it moved, and another far away that stayed.
  AtlasBuilder builder = fronts(box_wkt(0, 0, 1, 3), box_wkt(1, 0, 3, 3), box_wkt(0, 0, 2, 3),
                                "MULTIPOLYGON(((2 0,3 0,3 1,2 1,2 0)),((2 2,3 2,3 3,2 3,2 2)))");
  builder.say("l", "a", box_wkt(20, 0, 21, 1), days(0, 2)).say("l", "b", box_wkt(21, 0, 22, 1), days(0, 2));
  const LineMovement moved = move(builder, coarse());
  // From the middle of the front to where its halves end now; within half a step.
  EXPECT_NEAR(moved.depth->distance.value(), geodesic_distance({1, 1.5}, {2, 1}).value(), 2000.0);
  EXPECT_FALSE(moved.frechet.has_value());
}

TEST_F(Movement, ScrapsOfALineDoNotHinderTheFrechetDistanceOfTheRest) {
  // A strip of a fortieth of the front passes to nobody known near its end.
  const LineMovement moved =
      move(fronts(box_wkt(0, 0, 1, 4), box_wkt(1, 0, 2, 4), box_wkt(0, 0, 1, 4),
                  "MULTIPOLYGON(((1 0,2 0,2 0.1,1 0.1,1 0)),((1 0.2,2 0.2,2 4,1 4,1 0.2)))"),
           coarse());
  EXPECT_EQ(moved.after.part_count, 2U);
  ASSERT_TRUE(moved.frechet.has_value());
  EXPECT_NEAR(moved.frechet->greatest.distance.value(), 0.2 * kMeridianDegree, 5.0);
  EXPECT_NEAR(moved.frechet->compared_after.value(), 3.8 * kMeridianDegree, 100.0);
}

TEST_F(Movement, ClosedLinesAreWalkedFromACornerTheyShare) {
  const auto island = [](const char* ring) {
    return fmt::format("POLYGON((-5 -5,9 -5,9 9,-5 9,-5 -5),{})", ring);
  };
  const LineMovement moved =
      move(fronts(box_wkt(0, 0, 1, 1), island("(0 0,1 0,1 1,0 1,0 0)"),
                  "POLYGON((0 0,1 0,2 0.5,1 1,0 1,0 0))", island("(0 0,1 0,2 0.5,1 1,0 1,0 0)")),
           coarse());
  ASSERT_TRUE(moved.frechet.has_value());
  EXPECT_NEAR(moved.frechet->greatest.distance.value(), geodesic_distance({1, 0.5}, {2, 0.5}).value(), 50.0);
  EXPECT_EQ(moved.frechet->greatest.on_second, (Position{2, 0.5}));
  // Moved as a whole they have no corner in common.
  EXPECT_FALSE(move(fronts(box_wkt(0, 0, 1, 1), island("(0 0,1 0,1 1,0 1,0 0)"), box_wkt(2, 2, 3, 3),
                           island("(2 2,3 2,3 3,2 3,2 2)")),
                    coarse())
                   .frechet.has_value());
}

TEST_F(Movement, LongLinesAreThinnedForTheFrechetDistance) {
  MovementOptions options = coarse();
  options.most_frechet_pairs = 100;
  const LineMovement moved = move(
      fronts(box_wkt(0, 0, 1, 1), box_wkt(1, 0, 4, 1), box_wkt(0, 0, 2, 1), box_wkt(2, 0, 4, 1)), options);
  EXPECT_GT(moved.frechet->step.value(), 11000.0);
  EXPECT_LT(moved.frechet->step.value(), 14000.0);
  EXPECT_NEAR(moved.frechet->greatest.distance.value(), kEquatorDegree, 1e-3);
}

TEST_F(Movement, LinesOfOtherDatesChangeNoFigure) {
  AtlasBuilder builder =
      fronts(box_wkt(0, 0, 1, 1), box_wkt(1, 0, 4, 1), box_wkt(0, 0, 2, 1), box_wkt(2, 0, 4, 1));
  const LineMovement alone = move(builder);
  builder.say("l", "c", "POLYGON((0.5 0.31,3 0.32,3 0.61,0.5 0.77,0.5 0.31))", days(5, 6));
  const LineMovement among = move(builder);
  ASSERT_EQ(among.stretches.size(), 1U);
  EXPECT_TRUE(among.stretches[0].area == alone.stretches[0].area);
  EXPECT_EQ(among.stretches[0].line_after, alone.stretches[0].line_after);
  EXPECT_EQ(among.greatest->distance, alone.greatest->distance);
  EXPECT_EQ(among.frechet->greatest.distance, alone.frechet->greatest.distance);
  EXPECT_EQ(among.mean_signed, alone.mean_signed);
}

TEST_F(Movement, RefusesStepsThatAreNone) {
  const AtlasBuilder builder =
      fronts(box_wkt(0, 0, 1, 1), box_wkt(1, 0, 4, 1), box_wkt(0, 0, 2, 1), box_wkt(2, 0, 4, 1));
  for (const double step :
       {0.0, -1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW(move(builder, {.step = Meters{step}}), InvalidArgument) << step;
  }
  try {
    move(builder, {.step = Meters{0.01}});
    FAIL() << "a step of a centimetre over a degree";
  } catch (const InvalidArgument& error) {
    EXPECT_NE(std::string(error.what()).find("so a step of 0.0221 m or more"), std::string::npos)
        << error.what();
  }
}

std::vector<Position> random_line(std::mt19937_64& random, std::size_t count) {
  std::uniform_real_distribution<double> degree(0.0, 1.0);
  std::vector<Position> line;
  while (line.size() < count) line.push_back({44 + degree(random), 39 + degree(random)});
  return line;
}

/// The least leash of all ways to walk on, by trying all of them.
double leash(std::span<const Position> a, std::span<const Position> b) {
  const double here = geodesic_distance(a.front(), b.front()).value();
  double rest = std::numeric_limits<double>::infinity();
  if (a.size() == 1 && b.size() == 1) return here;
  if (a.size() > 1) rest = std::min(rest, leash(a.subspan(1), b));
  if (b.size() > 1) rest = std::min(rest, leash(a, b.subspan(1)));
  if (a.size() > 1 && b.size() > 1) rest = std::min(rest, leash(a.subspan(1), b.subspan(1)));
  return std::max(here, rest);
}

TEST(LineDistances, FrechetIsTheShortestLeashAndTellsWhere) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 40; ++round) {
    const std::vector<Position> a = random_line(random, 1 + random() % 6);
    const std::vector<Position> b = random_line(random, 1 + random() % 6);
    const LineDistance found = discrete_frechet(a, b);
    EXPECT_DOUBLE_EQ(found.distance.value(), leash(a, b));
    EXPECT_EQ(geodesic_distance(found.on_first, found.on_second), found.distance);
  }
}

TEST(LineDistances, NearestIsThatOfAll) {
  std::mt19937_64 random(8);
  std::vector<Position> all = random_line(random, 500);
  all.push_back({179.99, 39.5});
  std::vector<Position> asked = random_line(random, 100);
  asked.push_back({-179.99, 39.5});
  const std::vector<std::size_t> nearest = nearest_positions(asked, all);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    double least = std::numeric_limits<double>::infinity();
    for (const Position& p : all) least = std::min(least, geodesic_distance(asked[i], p).value());
    EXPECT_DOUBLE_EQ(geodesic_distance(asked[i], all[nearest[i]]).value(), least);
  }
  EXPECT_EQ(nearest.back(), 500U);  // across the antimeridian
}

TEST(LineDistances, PositionsAreNoFurtherApartThanTheStep) {
  const std::vector<Position> line{{0, 0}, {1, 0}, {1, 0.001}, {1.5, 1}};
  for (const auto& positions : {densified(line, Meters{5000}), resampled(line, Meters{5000})}) {
    EXPECT_EQ(positions.front(), line.front());
    EXPECT_EQ(positions.back(), line.back());
    for (std::size_t i = 1; i < positions.size(); ++i)
      EXPECT_LE(geodesic_distance(positions[i - 1], positions[i]).value(), 5000.0 + 1e-6);
  }
  const std::vector<Position> dense = densified(line, Meters{5000});
  for (const Position& p : line) EXPECT_NE(std::find(dense.begin(), dense.end(), p), dense.end());
  // A degree in 23, a hundred metres in 1, 124 km in 25; and 235 km in 48 evenly.
  EXPECT_EQ(dense.size(), 23U + 1 + 25 + 1);
  EXPECT_EQ(resampled(line, Meters{5000}).size(), 48U + 1);
  EXPECT_EQ(resampled(std::vector<Position>{{3, 4}}, Meters{1}).size(), 1U);
}

TEST(LineDistances, GeodesicsOfPublishedLength) {
  EXPECT_NEAR(geodesic_distance({0, 0}, {1, 0}).value(), kEquatorDegree, 1e-3);
  EXPECT_NEAR(geodesic_distance({0, 0}, {0, 1}).value(), kMeridianDegree, 1e-3);
  // Flinders Peak to Buninyon (Geocentric Datum of Australia Technical Manual; its GRS80 differs by 0.1 mm).
  EXPECT_NEAR(geodesic_distance({144 + 25 / 60.0 + 29.52440 / 3600, -(37 + 57 / 60.0 + 3.72030 / 3600)},
                                {143 + 55 / 60.0 + 35.38390 / 3600, -(37 + 39 / 60.0 + 10.15610 / 3600)})
                  .value(),
              54972.271, 2e-3);
  EXPECT_EQ(geodesic_distance({3, 4}, {3, 4}).value(), 0.0);
}

}  // namespace
}  // namespace marchland
