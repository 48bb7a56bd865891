// A front drawn anew with errors gains and loses what the noise floor predicts, and a front that moved more.
#include <marchland/analysis/changes.h>
#include <marchland/analysis/noise_floor.h>

#include <gtest/gtest.h>
#include <tests/laws/generators.h>

#include <cmath>
#include <numbers>
#include <random>

namespace marchland {
namespace {

using namespace testing_fixtures;
using namespace testing_laws;

constexpr double kSigma = 20.0;
constexpr double kMetersPerDegree = 111200.0;  // of latitude at 48 degrees, within 0.1 %

/// West to east along 48 degrees, a vertex every 500 m or so, wavy; each vertex with an error of its own.
Ring drawn(Random& random, double shift_m, int vertices) {
  std::normal_distribution<double> error(0.0, kSigma);
  Ring ring;
  for (int i = 0; i <= vertices; ++i) {
    const double true_lat = 48.0 + 0.02 * std::sin(i * 0.05);
    ring.push_back({30.0 + i * 0.0067, true_lat + (error(random) + shift_m) / kMetersPerDegree});
  }
  ring.push_back({30.0 + vertices * 0.0067, 47.0});
  ring.push_back({30.0, 47.0});
  ring.push_back(ring.front());
  return ring;
}

struct Figures {
  double gained, lost, floor, redrawn;
};

Figures figures(Random& random, double shift_m, int vertices, bool stated = true) {
  AtlasBuilder builder;
  if (stated) builder.atlas.sources[0].sigma = Meters(kSigma);
  builder.say("l", "a", MultiPolygon{{drawn(random, 0.0, vertices)}}, days(0, 1));
  builder.say("l", "a", MultiPolygon{{drawn(random, shift_m, vertices)}}, days(1, 2));
  const Composite composite = builder.build();
  const Holders holders(composite, {});
  const Changes result = changes(composite, composite.areas(), holders, day(0), day(1));
  const HolderIndex a = holders.find(builder.actor("a"));
  const NoiseFloor floor = noise_floors(composite, holders, day(0), day(1))[a];
  EXPECT_EQ(floor.without_sigma.value(), stated ? 0.0 : floor.redrawn.value());
  for (const ChangeRow& row : result.rows) {
    if (row.holder != a) continue;
    return {to_square_meters(row.gained).value(), to_square_meters(row.lost).value(), floor.area.value(),
            floor.redrawn.value()};
  }
  return {};
}

TEST(NoiseLaws, AFrontDrawnAnewChangesByTheNoiseFloor) {
  // Between two vertices in error the straight line is in error less: by sqrt((1-t)^2 + t^2), whose mean is
  // 1/2 + asinh(1) / (2 sqrt 2) = 0.8116. The positive part of a normal deviate has a standard deviation of
  // 1.46 of its mean, so over 2000 independent vertices the sum is known to 1.46/sqrt(2000) = 3.3 %, a little
  // less for neighbours share a vertex's error; the limit is four of them.
  const double factor = 0.5 + std::asinh(1.0) / (2.0 * std::numbers::sqrt2);
  for (int i = 0; i < cases(4); ++i) {
    Random random(seed_of(301) * 1000003 + static_cast<std::uint64_t>(i));
    const Figures f = figures(random, 0.0, 2000);
    EXPECT_NEAR(f.redrawn, 2000 * 500.0, 2000 * 500.0 * 0.1);
    EXPECT_NEAR(f.floor, kSigma * f.redrawn / std::sqrt(std::numbers::pi), f.floor * 1e-12);
    EXPECT_NEAR(f.gained / f.floor, factor, factor * 0.13) << i;
    EXPECT_NEAR(f.lost / f.floor, factor, factor * 0.13) << i;
  }
}

TEST(NoiseLaws, AFrontThatMovedIsBeyondIt) {
  Random random(302);
  const Figures f = figures(random, 200.0, 500);
  EXPECT_GT(f.gained, 10 * f.floor);
  EXPECT_EQ(f.lost, 0.0);
}

TEST(NoiseLaws, WithoutSigmaOrRedrawnLinesThereIsNone) {
  Random random(303);
  EXPECT_EQ(figures(random, 0.0, 100, false).floor, 0.0);
  AtlasBuilder builder;
  builder.atlas.sources[0].sigma = Meters(kSigma);
  const Ring ring = drawn(random, 0.0, 100);
  builder.say("l", "a", MultiPolygon{{ring}}, days(0, 1));
  builder.say("l", "a", MultiPolygon{{ring}}, days(1, 2));
  builder.say("l", "b", MultiPolygon{{drawn(random, 5e4, 10)}}, days(1, 2));
  const Composite composite = builder.build();
  const Holders holders(composite, {});
  const auto floors = noise_floors(composite, holders, day(0), day(1));
  // Where b lies on a, a's boundary is drawn anew; elsewhere it is the same.
  EXPECT_GT(floors[holders.find(builder.actor("a"))].redrawn.value(), 0.0);
  EXPECT_EQ(
      noise_floors(composite, holders, day(0), day(0))[holders.find(builder.actor("a"))].redrawn.value(),
      0.0);
}

}  // namespace
}  // namespace marchland
