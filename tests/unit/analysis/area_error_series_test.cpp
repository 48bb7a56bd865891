// Errors of a series of dates are those of each date by itself: AreaErrors, which walks every ring again, is
// the oracle.
#include <marchland/analysis/area_error_series.h>

#include <gtest/gtest.h>
#include <tests/composite_fixtures.h>

#include <cmath>
#include <numbers>
#include <random>
#include <set>
#include <string>
#include <utility>

namespace marchland {
namespace {

using namespace testing_fixtures;

/// Metres about 48 N 37 E to degrees.
Position from_meters(const GroundVector& p) {
  const GroundVector per_degree = ground_vector({37.0, 48.0}, {38.0, 48.0});
  const GroundVector north_degree = ground_vector({37.0, 47.5}, {37.0, 48.5});
  return {37.0 + p.east / per_degree.east, 48.0 + p.north / north_degree.north};
}

Ring ring_of(const std::vector<GroundVector>& points) {
  Ring ring;
  for (const GroundVector& p : points) ring.push_back(from_meters(p));
  ring.push_back(ring.front());
  return ring;
}

Ring box(double west, double south, double east, double north) {
  return ring_of({{west, south}, {east, south}, {east, north}, {west, north}});
}

constexpr int kDays = 24;

/// Ground of a that is drawn anew here and there each day, with holes, pockets and an edge of many collinear
/// vertices; b holds what lies east of it, and the two touch, overlap, or stand apart.
AtlasBuilder restless(double sigma, double correlation) {
  std::mt19937 random(77);
  std::normal_distribution<double> normal;
  std::uniform_int_distribution<std::size_t> some(0, 399);
  AtlasBuilder builder;
  builder.atlas.sources[0].sigma = Meters(sigma);
  builder.atlas.sources[0].correlation = Meters(correlation);
  std::vector<GroundVector> points;
  for (int i = 0; i < 400; ++i) {
    const double angle = 2 * std::numbers::pi * i / 400;
    const double radius = 30000.0 + 900.0 * std::sin(9 * angle) + (i % 3) * 300.0;
    points.push_back({radius * std::cos(angle), radius * std::sin(angle)});
  }
  // A straight course with vertices that only other dates have.
  for (std::size_t i = 150; i < 250; ++i) points[i].east = -30000.0;
  for (int d = 0; d < kDays; ++d) {
    const std::size_t place = some(random);
    for (std::size_t i = 0; i < 5; ++i) {
      GroundVector& p = points[(place + i) % points.size()];
      p.east += 700.0 * normal(random);
      p.north += 700.0 * normal(random);
    }
    std::vector<Ring> rings{ring_of(points)};
    if (d % 3 != 0) {
      const double at = 1500.0 * (d % 5);
      rings.push_back(box(at, at, at + 4000.0, at + 1000.0));
    }
    builder.say("l", "a", MultiPolygon{{rings}}, days(d, d + 1));
    builder.say("l", "b", MultiPolygon{{box(20000.0 + 100.0 * (d / 4), -40000.0, 60000.0, 40000.0)}},
                days(d, d + 1));
    if (d % 4 == 1)
      builder.say("l", "b", MultiPolygon{{box(-9000.0, 500.0 * d, -7000.0, 500.0 * d + 900.0)}},
                  days(d, d + 2));
  }
  return builder;
}

void expect_same(const AreaErrorSeries& series, const AreaErrors& errors, const DrawnGround& alone,
                 std::size_t parts, const std::string& what) {
  const auto found = series.of_parts(parts);
  const auto expected = errors.of_parts(alone, parts);
  for (std::size_t p = 0; p < parts; ++p) {
    EXPECT_NEAR(found[p].sd.value(), expected[p].sd.value(), 1e-9 * expected[p].sd.value())
        << what << " part " << p;
    EXPECT_NEAR(found[p].lines.value(), expected[p].lines.value(), 1e-9 * expected[p].lines.value()) << what;
    EXPECT_EQ(found[p].without_sigma.value(), expected[p].without_sigma.value()) << what;
    EXPECT_NEAR(found[p].excess.value(), expected[p].excess.value(), 1e-6) << what;
  }
}

/// What passed from `before` on, by the two grounds themselves.
void expect_passages(const AreaErrorSeries& series, const AreaErrors& errors, const DrawnGround& before,
                     const DrawnGround& after, const std::vector<NoiseFloor>& floors,
                     const std::string& what) {
  ASSERT_TRUE(series.passed()) << what;
  const LineMap& lines = errors.lines();
  std::set<std::pair<DrawnGround::Part, DrawnGround::Part>> passed;
  for (FaceIndex f = 0; f < lines.composite().plane().face_count(); ++f) {
    if (before.part(f) != after.part(f)) passed.insert({before.part(f), after.part(f)});
  }
  EXPECT_EQ(series.passed()->passages.size(), passed.size()) << what;
  for (const AreaErrorSeries::Passage& passage : series.passed()->passages) {
    EXPECT_TRUE(passed.contains({passage.from, passage.to}));
    const AreaError expected = errors.of(before, passage.from, after, passage.to, kHeldAtBoth);
    EXPECT_NEAR(passage.error.sd.value(), expected.sd.value(), 1e-9 * expected.sd.value())
        << what << ", " << passage.from << " to " << passage.to;
    EXPECT_NEAR(passage.error.lines.value(), expected.lines.value(), 1e-9 * expected.lines.value()) << what;
    EXPECT_NEAR(passage.error.without_sigma.value(), expected.without_sigma.value(), 1e-6) << what;
    EXPECT_NEAR(passage.error.excess.value(), expected.excess.value(),
                1e-6 * std::abs(expected.excess.value()) + 1e-6)
        << what;
  }
  for (std::size_t h = 0; h < floors.size(); ++h) {
    const NoiseFloor found = h < series.passed()->floors.size() ? series.passed()->floors[h] : NoiseFloor{};
    EXPECT_NEAR(found.area.value(), floors[h].area.value(), 1e-9 * floors[h].area.value()) << what;
    EXPECT_NEAR(found.redrawn.value(), floors[h].redrawn.value(), 1e-9 * floors[h].redrawn.value()) << what;
    EXPECT_NEAR(found.without_sigma.value(), floors[h].without_sigma.value(), 1e-6) << what;
  }
}

enum class Extent : bool { everywhere, bounded };

/// Every day in order, then to and fro.
void expect_series(const AtlasBuilder& builder, Extent extent) {
  AtlasBuilder asked = builder;
  if (extent == Extent::bounded)
    asked.atlas.study_area = MultiPolygon{{box(-29000.0, -50000.0, 50000.0, 21000.0)}};
  const Composite composite = asked.build();
  const Holders holders(composite, {});
  const LineMap lines(composite, holders);
  const AreaErrors errors(lines, faces_in_scope(composite, {}));
  const auto epoch = [&](int d) { return composite.times().epoch_of(day(d)); };
  AreaErrorSeries passing(errors, DrawnGround(lines, holders, epoch(0)), AreaErrorSeries::Passages::kept);
  int last = 0;
  for (const int d : {1, 2, 3, 4, 4, 5, 6, 7, 10, 11, 18, 19, 20, 21, 22, 23}) {
    passing.move_to(epoch(d));
    const DrawnGround before(lines, holders, epoch(last));
    const DrawnGround after(lines, holders, epoch(d));
    const std::string what = std::to_string(last) + " to " + std::to_string(d);
    expect_passages(passing, errors, before, after, noise_floors(lines, holders, day(last), day(d)), what);
    expect_same(passing, errors, after, holders.size(), what);
    last = d;
  }
  passing.move_to(epoch(0));
  EXPECT_FALSE(passing.passed());
  for (const auto unknown : {DrawnGround::Unknown::left_out, DrawnGround::Unknown::walked}) {
    AreaErrorSeries series(errors, DrawnGround(lines, holders, epoch(0), {}, unknown));
    std::vector<int> order;
    for (int d = 0; d < kDays; ++d) order.push_back(d);
    order.insert(order.end(), {kDays - 1, 3, 9, 9, kDays + 1, 0, 1});
    for (const int d : order) {
      series.move_to(epoch(d));
      expect_same(series, errors, DrawnGround(lines, holders, epoch(d), {}, unknown), holders.size(),
                  "day " + std::to_string(d));
    }
    // All that is held, as one part, and back.
    std::vector<DrawnGround::Part> held(holders.size(), 1);
    held[kUnknown] = 0;
    for (const int d : {5, 6, 7}) {
      series.move_to(epoch(d), held);
      expect_same(series, errors, DrawnGround(lines, holders, epoch(d), held, unknown), 2, "held together");
    }
    series.move_to(epoch(8), {});
    expect_same(series, errors, DrawnGround(lines, holders, epoch(8), {}, unknown), holders.size(),
                "apart again");
  }
}

TEST(AreaErrorSeries, IsWhatEachDateIsByItself) {
  // At 2 km the great rings are long and the pockets are not; at 50 km none is.
  for (const double correlation : {0.0, 300.0, 2000.0, 50000.0}) {
    SCOPED_TRACE(correlation);
    expect_series(restless(50.0, correlation), Extent::everywhere);
    expect_series(restless(50.0, correlation), Extent::bounded);
  }
}

TEST(AreaErrorSeries, IsSoWhereAccuraciesDiffer) {
  AtlasBuilder builder = restless(50.0, 300.0);
  builder.say("m", "a", MultiPolygon{{box(-10000.0, -50000.0, 3000.0, 1000.0)}}, days(3, 9));
  builder.atlas.sources.emplace_back().id = "t";
  builder.atlas.sources.back().sigma = Meters(20.0);
  builder.atlas.layers.back().source = SourceId(builder.atlas.sources.size() - 1);
  expect_series(builder, Extent::everywhere);
}

TEST(AreaErrorSeries, WhereStraightCoursesComeAndGo) {
  // A place where nobody drew a vertex yesterday may be a corner today, and none again tomorrow.
  std::mt19937 random(78);
  std::bernoulli_distribution turns(0.5);
  AtlasBuilder builder;
  builder.atlas.sources[0].sigma = Meters(50.0);
  builder.atlas.sources[0].correlation = Meters(400.0);
  std::vector<GroundVector> side;
  for (int i = 0; i < 450; ++i) side.push_back({0.0, 100.0 * i});
  for (int d = 0; d < kDays; ++d) {
    for (std::size_t i = 0; i < side.size(); i += 4) {
      if (turns(random)) side[i].east = 200.0 - side[i].east;
    }
    std::vector<GroundVector> points = side;
    points.insert(points.end(), {{-20000.0, 44900.0}, {-20000.0, 0.0}});
    builder.say("l", "a", MultiPolygon{{ring_of(points)}}, days(d, d + 1));
  }
  expect_series(builder, Extent::everywhere);
}

TEST(AreaErrorSeries, TheMapsEndIsNoLine) {
  AtlasBuilder builder;
  builder.atlas.sources[0].sigma = Meters(1000.0);
  builder.atlas.sources[0].correlation = Meters(3000.0);
  for (int d = 0; d < kDays; ++d) {
    builder.say("l", "a",
                MultiPolygon{{Ring{{100.0, -20.0},
                                   {180.0, -20.0},
                                   {180.0, 10.0 + d},
                                   {150.0, 12.0},
                                   {100.0, 10.0},
                                   {100.0, -20.0}}}},
                days(d, d + 1));
  }
  expect_series(builder, Extent::everywhere);
}

TEST(AreaErrorSeries, ChainsCanBePutTogetherAnyWay) {
  const auto edge = [](double east, double north, double decay) {
    return ChainError{.sum = (east * east + north * north) * (1 + decay) / 2,
                      .decay = decay,
                      .at_start = {(1 + decay) / 2 * north, -(1 + decay) / 2 * east},
                      .at_end = {(1 + decay) / 2 * north, -(1 + decay) / 2 * east},
                      .length = std::hypot(east, north),
                      .counted = std::hypot(east, north)};
  };
  const ChainError parts[] = {edge(3, 4, 0.7), edge(1, -2, 0.8), edge(-5, 0, 0.1)};
  ChainError left = parts[0];
  left.append(parts[1]);
  left.append(parts[2]);
  ChainError right = parts[1];
  right.append(parts[2]);
  ChainError whole = parts[0];
  whole.append(right);
  EXPECT_NEAR(left.sum, whole.sum, 1e-12);
  EXPECT_NEAR(left.closed_sum(), whole.closed_sum(), 1e-12);
  EXPECT_NEAR(left.decay, 0.7 * 0.8 * 0.1, 1e-15);
  EXPECT_EQ(left.length, whole.length);
  // Nothing before it: a chain of no edges changes nothing.
  ChainError behind_none;
  behind_none.append(parts[0]);
  EXPECT_EQ(behind_none.sum, parts[0].sum);
  EXPECT_EQ(behind_none.at_end.east, parts[0].at_end.east);
}

}  // namespace
}  // namespace marchland
