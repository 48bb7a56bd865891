#include <marchland/base/error.h>
#include <marchland/derive/divide_frame.h>
#include <marchland/geometry/exact_point.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/unit/derive/derive_fixture.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace marchland {
namespace {

using testing_fixtures::box;
using testing_fixtures::twice_area;

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const ActorId kA{std::size_t{1}};
const ActorId kB{std::size_t{2}};
const Instant kDay = parse_date("1914-09-05").first;

/// Twice the area in square grid units, exactly.
DatedLine line(MultiLine pieces) {
  return {kDay, std::move(pieces), "f.geojson: feature 0"};
}

DivisionRule sides() {
  DivisionRule rule;
  rule.left = kA;
  rule.right = kB;
  return rule;
}

DividedFrame divide(const MultiPolygon& frame, MultiLine pieces, const DivisionRule& rule = sides()) {
  const std::vector<DatedLine> lines{line(std::move(pieces))};
  return divide_frame(frame, lines, rule);
}

MultiPolygon held_by(const DividedDate& date, ActorId actor) {
  for (const HeldGround& held : date.held) {
    if (held.actor == actor) return held.area;
  }
  return {};
}

/// In units of a square degree.
double degrees_of(const MultiPolygon& area) {
  return static_cast<double>(twice_area(area)) / 2.0 / kGridUnitsPerDegree / kGridUnitsPerDegree;
}

std::vector<std::string> codes(const DividedFrame& divided) {
  std::vector<std::string> list;
  for (const Finding& finding : divided.findings) list.push_back(finding.code);
  return list;
}

void expect_sums_to_frame(const DividedFrame& divided) {
  for (const DividedDate& date : divided.dates) {
    Int128 sum = twice_area(date.unknown);
    for (const HeldGround& held : date.held) sum += twice_area(held.area);
    EXPECT_TRUE(sum == twice_area(divided.frame));
  }
}

TEST(DivideFrame, LeftAndRightAreThoseOfTheDirection) {
  const auto north = divide(box(0, 0, 4, 2), {{{1, -1}, {1, 3}}});
  EXPECT_DOUBLE_EQ(degrees_of(held_by(north.dates[0], kA)), 2.0);
  EXPECT_DOUBLE_EQ(degrees_of(held_by(north.dates[0], kB)), 6.0);
  EXPECT_TRUE(north.dates[0].is_clear);
  EXPECT_EQ(codes(north), std::vector<std::string>{"frame-noded"});
  const auto south = divide(box(0, 0, 4, 2), {{{1, 3}, {1, -1}}});
  EXPECT_DOUBLE_EQ(degrees_of(held_by(south.dates[0], kA)), 6.0);
}

TEST(DivideFrame, ShortEndsAreExtendedByTheRuleAndSaid) {
  DivisionRule rule = sides();
  rule.extension = LineExtension::nearest;
  rule.within = Meters{100'000.0};
  const MultiLine short_line{{{1, 0.5}, {1.5, 1.5}}};
  const auto nearest = divide(box(0, 0, 4, 2), short_line, rule);
  EXPECT_THAT(codes(nearest), Contains("line-extended").Times(2));
  // From (1, 0) up to (1.5, 2): a trapezoid of 1, 1, 1.5 and 1.5 degrees, left of it.
  EXPECT_DOUBLE_EQ(degrees_of(held_by(nearest.dates[0], kA)), 0.5 * 1 + 1.25 * 1 + 0.5 * 1.5);
  rule.extension = LineExtension::straight;
  const auto straight = divide(box(0, 0, 4, 2), short_line, rule);
  EXPECT_DOUBLE_EQ(degrees_of(held_by(straight.dates[0], kA)), 2.0 * (0.75 + 1.75) / 2.0);
  rule.within = Meters{10'000.0};
  const auto far = divide(box(0, 0, 4, 2), short_line, rule);
  EXPECT_THAT(codes(far), Contains("line-too-short").Times(2));
  EXPECT_THAT(codes(far), Contains("line-does-not-divide"));
  EXPECT_FALSE(far.dates[0].is_clear);
  EXPECT_THAT(far.dates[0].held, IsEmpty());
  EXPECT_DOUBLE_EQ(degrees_of(far.dates[0].unknown), 8.0) << "nothing is guessed";
}

TEST(DivideFrame, PiecesOfOneDateJoinAndTeesDoNotDivide) {
  const auto joined = divide(box(0, 0, 4, 2), {{{1, -1}, {1, 1}}, {{1, 1}, {1, 3}}});
  EXPECT_TRUE(joined.dates[0].is_clear) << "an end that meets another line is not free";
  EXPECT_DOUBLE_EQ(degrees_of(held_by(joined.dates[0], kA)), 2.0);
  const auto tee = divide(box(0, 0, 4, 2), {{{1, -1}, {1, 3}}, {{1, 1}, {5, 1}}});
  EXPECT_FALSE(tee.dates[0].is_clear) << "three sides of two lines";
  EXPECT_THAT(codes(tee), Contains("line-does-not-divide"));
  expect_sums_to_frame(tee);
}

TEST(DivideFrame, ClosedLinesArePockets) {
  const auto pocket = divide(box(0, 0, 4, 2), {{{1, 0.5}, {2, 0.5}, {2, 1.5}, {1, 1.5}, {1, 0.5}}});
  EXPECT_DOUBLE_EQ(degrees_of(held_by(pocket.dates[0], kA)), 1.0) << "counter-clockwise: its left is inside";
  EXPECT_DOUBLE_EQ(degrees_of(held_by(pocket.dates[0], kB)), 7.0);
  EXPECT_THAT(held_by(pocket.dates[0], kB)[0], SizeIs(2)) << "a hole";
}

TEST(DivideFrame, ALineThatCrossesItselfChangesSidesAtEveryPassing) {
  const auto crossed =
      divide(box(0, 0, 4, 2), {{{1, -1}, {1, 1.5}, {2, 1.5}, {2, 0.5}, {0.5, 0.5}, {0.5, 3}}});
  EXPECT_THAT(codes(crossed), Contains("line-turns-back"));
  expect_sums_to_frame(crossed);
}

TEST(DivideFrame, SeedsNameUntouchedPiecesAndSides) {
  MultiPolygon frame = box(0, 0, 4, 2);
  frame.push_back(box(10, 0, 11, 1)[0]);
  const auto unnamed = divide(frame, {{{1, -1}, {1, 3}}});
  EXPECT_DOUBLE_EQ(degrees_of(unnamed.dates[0].unknown), 1.0);
  EXPECT_THAT(codes(unnamed), Contains("ground-undecided"));
  DivisionRule rule = sides();
  rule.seeds = {{kB, {10.5, 0.5}}};
  EXPECT_DOUBLE_EQ(degrees_of(held_by(divide(frame, {{{1, -1}, {1, 3}}}, rule).dates[0], kB)), 7.0);
  rule.seeds = {{kB, {0.5, 0.5}}, {kB, {20, 20}}};
  const auto against = divide(frame, {{{1, -1}, {1, 3}}}, rule);
  EXPECT_THAT(codes(against), Contains("seed-contradicts"));
  EXPECT_THAT(codes(against), Contains("seed-outside"));
  DivisionRule by_seed;
  by_seed.seeds = {{kB, {0.5, 0.5}}, {kA, {3, 1}}};
  for (const MultiLine& either : {MultiLine{{{1, -1}, {1, 3}}}, MultiLine{{{1, 3}, {1, -1}}}})
    EXPECT_DOUBLE_EQ(degrees_of(held_by(divide(frame, either, by_seed).dates[0], kA)), 6.0);
}

TEST(DivideFrame, BordersThatPolygonsShareAreNoBoundary) {
  MultiPolygon frame = box(0, 0, 2, 2);
  frame.push_back(box(2, 0, 4, 2)[0]);
  frame.push_back(box(3, 1, 5, 2)[0]);  // overlaps
  DivisionRule rule = sides();
  rule.extension = LineExtension::nearest;
  rule.within = Meters{1e6};
  const auto divided = divide(frame, {{{1.9, -1}, {1.9, 1.9}}}, rule);
  EXPECT_THAT(codes(divided), Contains("line-extended").Times(1));
  EXPECT_DOUBLE_EQ(degrees_of(held_by(divided.dates[0], kA)), 3.8);
  EXPECT_DOUBLE_EQ(degrees_of(divided.frame), 9.0);
}

// Winding above 0 took the lobe that is drawn clockwise for no ground.
TEST(DivideFrame, AFrameThatCrossesItselfIsWhatAnAtlasTakesItFor) {
  const MultiPolygon bow{{{{0, 0}, {4, 4}, {4, 0}, {0, 4}, {0, 0}}}};
  const auto divided = divide(bow, {{{3, -1}, {3, 5}}});
  EXPECT_DOUBLE_EQ(degrees_of(divided.frame), 8.0);
  EXPECT_DOUBLE_EQ(degrees_of(held_by(divided.dates[0], kA)), 1.0);
  EXPECT_DOUBLE_EQ(degrees_of(held_by(divided.dates[0], kB)), 3.0);
  EXPECT_DOUBLE_EQ(degrees_of(divided.dates[0].unknown), 4.0) << "the lobe that no line touches";
  EXPECT_THAT(codes(divided), Contains("ground-undecided"));
  const MultiPolygon twice_round{{{{0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}}}};
  EXPECT_DOUBLE_EQ(degrees_of(divide(twice_round, {{{2, -1}, {2, 5}}}).frame), 16.0);
}

TEST(DivideFrame, RingsAfterTheFirstTakeGroundFromTheirPolygonAlone) {
  MultiPolygon frame = box(0, 0, 4, 4);
  // Two holes that overlap, one of them a bow whose lobes run in different directions, and one outside.
  frame[0].push_back({{1, 1}, {3, 3}, {3, 1}, {1, 3}, {1, 1}});
  frame[0].push_back(box(1, 1, 2, 3)[0][0]);
  frame[0].push_back(box(6, 0, 7, 1)[0][0]);
  const double holes = 2.0 + 1.0;
  EXPECT_DOUBLE_EQ(degrees_of(divide(frame, {{{0.5, -1}, {0.5, 5}}}).frame), 16.0 - holes);
  frame.push_back(box(1, 1, 3, 3)[0]);
  EXPECT_DOUBLE_EQ(degrees_of(divide(frame, {{{0.5, -1}, {0.5, 5}}}).frame), 16.0)
      << "ground of another polygon stays";
}

// A test of exact incidence took such ends for free ones, and prolonged them by 100 km.
TEST(DivideFrame, EndsBesideASlantedLineByRoundingMeetIt) {
  DivisionRule rule = sides();
  rule.extension = LineExtension::nearest;
  rule.within = Meters{200'000.0};
  const auto pocket =
      divide(box(0, 0, 4, 4),
             {{{0, 1}, {4, 2.3456789}},
              {{1.3333332, 1.4485596}, {1.3333332, 3}, {3.1111108, 3}, {3.1111108, 2.046639}}},
             rule);
  EXPECT_THAT(codes(pocket), Not(Contains("line-extended")));
  const MultiPolygon slanted{{{{0, 0}, {4, 1.3456789}, {4, 4}, {0, 4}, {0, 0}}}};
  const auto reached = divide(slanted, {{{0.0100003, 0.0033643}, {0.0100003, 4}}});
  EXPECT_THAT(codes(reached), Not(Contains("line-too-short")));
  EXPECT_TRUE(reached.dates[0].is_clear);
  const auto short_by_metres = divide(slanted, {{{0.01, 0.00342}, {0.01, 4}}});
  ASSERT_THAT(codes(short_by_metres), Contains("line-too-short"));
  EXPECT_THAT(short_by_metres.findings[0].text, HasSubstr(" m inside the frame"));
}

// Two passings cancelled, whoever made them: a line given twice vanished.
TEST(DivideFrame, LinesGivenTwiceCountOnceAndLinesThereAndBackPartNothing) {
  const MultiPolygon frame = box(0, 0, 4, 4);
  for (const MultiLine& twice : {MultiLine{{{1, 0}, {1, 4}}, {{1, 0}, {1, 4}}, {{3, 4}, {3, 0}}},
                                 MultiLine{{{1, 0}, {1, 2.1}}, {{1, 2}, {1, 4}}, {{3, 4}, {3, 0}}}}) {
    const auto once = divide(frame, twice);
    EXPECT_TRUE(once.dates[0].is_clear);
    EXPECT_DOUBLE_EQ(degrees_of(held_by(once.dates[0], kA)), 8.0);
    EXPECT_THAT(codes(once), Contains("line-repeated"));
    EXPECT_THAT(codes(once), Not(Contains("line-runs-back")));
  }
  const auto back = divide(frame, {{{1, 0}, {1, 4}}, {{1, 4}, {1, 0}}});
  EXPECT_FALSE(back.dates[0].is_clear);
  ASSERT_THAT(codes(back), Contains("line-runs-back"));
  // A line that someone joined with itself: three passes of one line are one.
  const auto joined = divide(frame, {{{1, 0}, {1, 4}, {1, 0}, {1, 4}}});
  EXPECT_DOUBLE_EQ(degrees_of(held_by(joined.dates[0], kA)), 4.0);
}

TEST(DivideFrame, SeedsOnLinesAndOnTheFrameAreSaidToBe) {
  DivisionRule rule;
  rule.seeds = {{kA, {2, 2}}, {kB, {3, 1}}, {kB, {0, 2}}};
  const auto divided = divide(box(0, 0, 4, 4), {{{2, 0}, {2, 4}}}, rule);
  EXPECT_FALSE(divided.dates[0].is_clear);
  std::vector<std::string> said;
  for (const Finding& f : divided.findings) {
    if (f.code.starts_with("seed-")) said.push_back(f.code + ": " + f.text);
  }
  EXPECT_THAT(said, testing::UnorderedElementsAre(
                        "seed-on-line: f.geojson: feature 0: the seed at (2, 2) lies on a line and names no "
                        "side; move it off",
                        "seed-outside: the seed at (0, 2) lies on the frame's boundary and names nothing; "
                        "move it inside"));
}

// 442.30 km against 442.31 km decided who holds what, and the date counted as clear.
TEST(DivideFrame, SidesThatAHairDecidesAreNotClear) {
  const MultiLine opposed{{{1, 0}, {1, 4}}, {{3, 0}, {3.01, 4}}};
  const auto doubtful = divide(box(0, 0, 4, 4), opposed);
  EXPECT_FALSE(doubtful.dates[0].is_clear);
  const auto turn = std::find_if(doubtful.findings.begin(), doubtful.findings.end(),
                                 [](const Finding& f) { return f.code == "line-turns-back"; });
  ASSERT_NE(turn, doubtful.findings.end());
  EXPECT_THAT(turn->text, HasSubstr("no clear majority"));
  EXPECT_THAT(turn->text, HasSubstr("442.30 km"));
  EXPECT_THAT(turn->text, HasSubstr("442.31 km"));
  DivisionRule by_seed;
  by_seed.seeds = {{kA, {0.5, 2}}, {kB, {2, 2}}};
  const auto seeded = divide(box(0, 0, 4, 4), opposed, by_seed);
  EXPECT_TRUE(seeded.dates[0].is_clear) << "seeds need no direction";
  EXPECT_THAT(codes(seeded), Not(Contains("line-turns-back")));
  // A small loop leaves no doubt.
  const auto loop = divide(box(0, 0, 4, 4), {{{1, -1}, {1, 2.1}, {1.1, 2.1}, {1.1, 2}, {0.9, 2}, {0.9, 5}}});
  EXPECT_THAT(codes(loop), Contains("line-turns-back"));
  EXPECT_TRUE(loop.dates[0].is_clear);
}

TEST(DivideFrame, LinesWithoutEffectAreSaid) {
  const auto outside = divide(box(0, 0, 4, 2), {{{1, -1}, {1, 3}}, {{8, 8}, {9, 9}}, {{1, 1}, {1, 1}}});
  EXPECT_THAT(codes(outside), Contains("line-outside"));
  EXPECT_THAT(codes(outside), Contains("line-without-extent"));
  EXPECT_TRUE(outside.dates[0].is_clear);
}

TEST(DivideFrame, RefusesWhatIsNoGround) {
  EXPECT_THROW(divide({}, {{{1, -1}, {1, 3}}}), InvalidData);
  EXPECT_THROW(divide(box(170, 0, -170, 2), {{{1, -1}, {1, 3}}}), InvalidData);
  EXPECT_THROW(divide(box(0, 0, 4, 2), {{{179, 0}, {-179, 0}}}), InvalidData);
  EXPECT_THROW(divide(box(0, 0, 4, 2), {{{1, 91}, {1, 0}}}), InvalidData);
  DivisionRule half;
  half.left = kA;
  EXPECT_THROW(divide(box(0, 0, 4, 2), {{{1, -1}, {1, 3}}}, half), InvalidArgument);
}

// Law: however lines run, vertices at random and many dates at once, what is held and unknown adds up to the
// frame to the last unit, and the order of dates changes nothing.
TEST(DivideFrame, SidesAddUpToTheFrameExactly) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    const auto coordinate = [&](double low, double high) {
      // A coarse grid in every other case, so that lines run along one another and through vertices.
      const double value = low + (high - low) * static_cast<double>(random() % 100000) / 100000.0;
      return seed % 2 == 0 ? std::round(value * 4) / 4 : value;
    };
    MultiPolygon frame;
    for (int p = 0; p < 3; ++p) {
      const double west = coordinate(0, 3);
      const double south = coordinate(0, 3);
      frame.push_back(box(west, south, west + coordinate(0.5, 3), south + coordinate(0.5, 3))[0]);
    }
    std::vector<DatedLine> lines;
    for (int d = 0; d < 4; ++d) {
      DatedLine one = line({{}});
      one.at += std::chrono::days(d);
      for (int k = 0; k < 8; ++k) one.pieces[0].push_back({coordinate(-1, 7), coordinate(-1, 7)});
      lines.push_back(std::move(one));
    }
    DivisionRule rule = sides();
    rule.extension = seed % 3 == 0 ? LineExtension::straight : LineExtension::nearest;
    rule.within = Meters{1e7};
    const auto divided = divide_frame(frame, lines, rule);
    expect_sums_to_frame(divided);
    std::reverse(lines.begin(), lines.end());
    std::reverse(frame.begin(), frame.end());
    const auto reversed = divide_frame(frame, lines, rule);
    EXPECT_EQ(reversed.frame, divided.frame) << "seed " << seed;
    for (std::size_t d = 0; d < lines.size(); ++d)
      EXPECT_EQ(held_by(reversed.dates[lines.size() - 1 - d], kA), held_by(divided.dates[d], kA))
          << "seed " << seed;
  }
}

}  // namespace
}  // namespace marchland
