// Errors of areas in closed form: squares, a pocket whose figures are known, lines that are shared, exact, or
// of unknown accuracy; and the one-pass sum against the sum over all pairs.
#include <marchland/analysis/positional_error.h>

#include <gtest/gtest.h>
#include <tests/composite_fixtures.h>

#include <cmath>
#include <numbers>
#include <random>

namespace marchland {
namespace {

using namespace testing_fixtures;

constexpr double kLat = 48.0;

/// Metres about 48 N 37 E to degrees.
Position from_meters(double east, double north) {
  const GroundVector per_degree = ground_vector({37.0, kLat}, {38.0, kLat});
  const GroundVector north_degree = ground_vector({37.0, kLat - 0.5}, {37.0, kLat + 0.5});
  return {37.0 + east / per_degree.east, kLat + north / north_degree.north};
}

Ring ring_of(const std::vector<GroundVector>& points) {
  Ring ring;
  for (const GroundVector& p : points) ring.push_back(from_meters(p.east, p.north));
  ring.push_back(ring.front());
  return ring;
}

Ring square(double west, double south, double side) {
  return ring_of({{west, south}, {west + side, south}, {west + side, south + side}, {west, south + side}});
}

void set_accuracy(Atlas& atlas, std::size_t source, double sigma, double correlation) {
  atlas.sources[source].sigma = Meters(sigma);
  atlas.sources[source].correlation = Meters(correlation);
}

/// What is asked of a composite.
struct Asked {
  explicit Asked(const AtlasBuilder& builder)
      : composite(builder.build()), holders(composite, {}), lines(composite, holders) {}
  [[nodiscard]] DrawnGround ground(int at = 0) const {
    return {lines, holders, composite.times().epoch_of(day(at))};
  }
  [[nodiscard]] AreaErrors errors(const Scope& scope = {}) const {
    return {lines, faces_in_scope(composite, scope)};
  }
  [[nodiscard]] HolderIndex holder(const std::string& id) const {
    for (HolderIndex h = 0; h < holders.size(); ++h) {
      if (holders.id(h) == id) return h;
    }
    return kUnknown;
  }
  Composite composite;
  Holders holders;
  LineMap lines;
};

TEST(PositionalError, OfASquareIsKnown) {
  // Gradients are half the diagonals; those of neighbours are at right angles, of opposite corners opposite.
  constexpr double kSide = 2000.0;
  for (const double correlation : {0.0, 1000.0, 4000.0, 1e6}) {
    AtlasBuilder builder;
    set_accuracy(builder.atlas, 0, 50.0, correlation);
    builder.say("l", "a", MultiPolygon{{square(0, 0, kSide)}});
    const Asked asked(builder);
    const AreaError error = asked.errors().of(asked.ground(), asked.holder("a"));
    const double opposite = correlation == 0.0 ? 0.0 : std::exp(-2 * kSide / correlation);
    const double expected = 50.0 * kSide * std::sqrt(2.0 * (1.0 - opposite));
    // The metric changes by tan(phi) / R = 1.7e-7 a metre northwards, over 2 km by 3.5e-4.
    EXPECT_NEAR(error.sd.value(), expected, 2e-4 * expected) << correlation;
    EXPECT_NEAR(error.lines.value(), 4 * kSide, 4 * kSide * 2e-4);
    EXPECT_TRUE(error.is_known());
    EXPECT_EQ(error.excess.value(), 0.0);
  }
}

TEST(PositionalError, OfAPocketIsAsPublishedByMonteCarlo) {
  // 42.0 km2 within 27.4 km, sigma 100 m. A Monte Carlo study of a pocket of these measures, of another
  // shape, found 0.362, 0.516, 0.848 and 0.971 km2; shapes with the same measures differ by some per cent.
  std::vector<GroundVector> points;
  constexpr int kVertices = 59;
  for (int i = 0; i < kVertices; ++i) {
    const double angle = 2 * std::numbers::pi * i / kVertices;
    const double radius = 3611.0 * (1 + 0.246 * std::cos(4 * angle));
    points.push_back({radius * std::cos(angle), radius * std::sin(angle)});
  }
  struct Case {
    double correlation, sd;
  };
  for (const Case c :
       {Case{0.0, 0.362e6}, Case{500.0, 0.516e6}, Case{2000.0, 0.848e6}, Case{5000.0, 0.971e6}}) {
    AtlasBuilder builder;
    set_accuracy(builder.atlas, 0, 100.0, c.correlation);
    builder.say("l", "a", MultiPolygon{{ring_of(points)}});
    const Asked asked(builder);
    const AreaError error = asked.errors().of(asked.ground(), asked.holder("a"));
    EXPECT_NEAR(error.lines.value(), 27.4e3, 50.0);
    EXPECT_NEAR(error.sd.value(), c.sd, 0.02 * c.sd) << c.correlation;
  }
}

TEST(PositionalError, OnePassIsTheSumOverAllPairs) {
  std::mt19937_64 random(20261127);
  std::uniform_real_distribution<double> place(0.0, 1.0);
  std::normal_distribution<double> gradient;
  for (int i = 0; i < 200; ++i) {
    const double perimeter = std::pow(10.0, 1 + 3 * place(random));
    std::vector<RingVertex> ring(1 + random() % 40);
    for (RingVertex& v : ring) v = {perimeter * place(random), {gradient(random), gradient(random)}};
    if (i % 4 == 0 && ring.size() > 1) ring[1].along = std::fmod(ring[0].along + perimeter / 2, perimeter);
    std::sort(ring.begin(), ring.end(), [](const auto& a, const auto& b) { return a.along < b.along; });
    for (const double ratio : {1e-3, 0.01, 0.1, 1.0, 100.0}) {
      const double correlation = ratio * perimeter;
      double expected = 0.0;
      double size = 0.0;
      for (const RingVertex& a : ring) {
        for (const RingVertex& b : ring) {
          const double apart = std::abs(a.along - b.along);
          const double term = (a.gradient.east * b.gradient.east + a.gradient.north * b.gradient.north) *
                              std::exp(-std::min(apart, perimeter - apart) / correlation);
          expected += term;
          size += std::abs(term);
        }
      }
      // 40 vertices, each some roundings of terms no greater than the sum of magnitudes.
      EXPECT_NEAR(correlated_sum(ring, perimeter, correlation), expected, 1e-13 * size) << i << " " << ratio;
    }
  }
}

TEST(PositionalError, LinesOfOtherDatesChangeNothing) {
  AtlasBuilder alone;
  set_accuracy(alone.atlas, 0, 50.0, 700.0);
  alone.say("l", "a", MultiPolygon{{square(0, 0, 2000)}}, days(0, 1));
  AtlasBuilder crossed = alone;
  crossed.say("l", "a", MultiPolygon{{square(700, -500, 3000)}}, days(1, 2));
  crossed.say("l", "b", MultiPolygon{{square(-1000, 900, 4000)}}, days(2, 3));
  const Asked first(alone);
  const Asked second(crossed);
  const AreaError expected = first.errors().of(first.ground(), first.holder("a"));
  const AreaError found = second.errors().of(second.ground(), second.holder("a"));
  EXPECT_NEAR(found.sd.value(), expected.sd.value(), 1e-9 * expected.sd.value());
  EXPECT_NEAR(found.lines.value(), expected.lines.value(), 1e-9 * expected.lines.value());
}

TEST(PositionalError, MovingThroughTimeIsStartingThere) {
  AtlasBuilder builder;
  set_accuracy(builder.atlas, 0, 50.0, 700.0);
  for (int i = 0; i < 6; ++i) {
    builder.say("l", "a", MultiPolygon{{square(300.0 * i, 0, 2000)}}, days(i, i + 1));
    if (i % 2 == 0) builder.say("l", "b", MultiPolygon{{square(2000, 100.0 * i, 900)}}, days(i, i + 2));
  }
  const Asked asked(builder);
  DrawnGround moving = asked.ground(0);
  for (const int at : {1, 2, 3, 5, 2, 4}) {
    moving.move_to(asked.composite.times().epoch_of(day(at)));
    const auto moved = asked.errors().of_parts(moving, asked.holders.size());
    const auto fresh = asked.errors().of_parts(asked.ground(at), asked.holders.size());
    for (HolderIndex h = 0; h < fresh.size(); ++h) {
      EXPECT_NEAR(moved[h].sd.value(), fresh[h].sd.value(), 1e-9 * fresh[h].sd.value()) << at << " " << h;
      EXPECT_NEAR(moved[h].lines.value(), fresh[h].lines.value(), 1e-9 * fresh[h].lines.value());
    }
  }
}

TEST(PositionalError, TheEdgeOfTheScopeAddsNothing) {
  // The west half of a square: the scope's edge cuts two sides in the middle.
  AtlasBuilder builder;
  set_accuracy(builder.atlas, 0, 50.0, 0.0);
  builder.say("l", "a", MultiPolygon{{square(0, 0, 2000)}});
  builder.atlas.study_area =
      MultiPolygon{{ring_of({{-5000, -5000}, {1000, -5000}, {1000, 5000}, {-5000, 5000}})}};
  const Asked asked(builder);
  const AreaError error = asked.errors().of(asked.ground(), asked.holder("a"));
  EXPECT_NEAR(error.lines.value(), 4000.0, 1.0);
  // In units of side and sigma: a west corner bears half of the west side and 3/8 of the side that is cut; an
  // east corner, which is out of scope, 1/8 of that.
  const double expected = 50.0 * 2000.0 * std::sqrt(2 * (0.25 + 9.0 / 64) + 2.0 / 64);
  EXPECT_NEAR(error.sd.value(), expected, 3e-4 * expected);
  // Ground that fills the scope is as large as that.
  AtlasBuilder full = builder;
  full.say("l", "a", MultiPolygon{{square(-6000, -6000, 12000)}});
  const Asked all(full);
  EXPECT_EQ(all.errors().of(all.ground(), all.holder("a")).lines.value(), 0.0);
}

TEST(PositionalError, ALineIsAsTrueAsItsBestSource) {
  AtlasBuilder builder;
  set_accuracy(builder.atlas, 0, 50.0, 0.0);
  builder.atlas.sources.emplace_back().id = "careless";
  set_accuracy(builder.atlas, 1, 5000.0, 0.0);
  builder.atlas.sources.emplace_back().id = "silent";
  builder.say("l", "a", MultiPolygon{{square(0, 0, 2000)}});
  builder.say("m", "a", MultiPolygon{{square(0, 0, 2000)}});
  builder.atlas.layers[1].source = SourceId(1);
  builder.say("n", "c", MultiPolygon{{square(9000, 0, 1000)}});
  builder.atlas.layers[2].source = SourceId(2);
  const Asked asked(builder);
  const AreaError a = asked.errors().of(asked.ground(), asked.holder("a"));
  EXPECT_TRUE(a.is_known());
  EXPECT_NEAR(a.sd.value(), 50.0 * 2000 * std::sqrt(2.0), 50.0);
  const AreaError c = asked.errors().of(asked.ground(), asked.holder("c"));
  EXPECT_FALSE(c.is_known());
  EXPECT_NEAR(c.without_sigma.value(), 4000.0, 2.0);
  // Of the careless source alone.
  const Holders careless(asked.composite, {.sources = {SourceId(1)}});
  const LineMap lines(asked.composite, careless);
  const DrawnGround ground(lines, careless, 0);
  const AreaErrors errors(lines, faces_in_scope(asked.composite, {}));
  EXPECT_NEAR(errors.of(ground, careless.find(builder.actor("a"))).sd.value(), 5000.0 * 2000 * std::sqrt(2.0),
              5000.0);
}

TEST(PositionalError, ExactLinesAddNothingWhoeverElseDrawsThem) {
  AtlasBuilder builder;
  set_accuracy(builder.atlas, 0, 50.0, 0.0);
  builder.say("l", "a", MultiPolygon{{square(0, 0, 2000)}});
  // A border, exact by definition, runs along the west side.
  builder.atlas.sources.emplace_back().id = "treaty";
  set_accuracy(builder.atlas, 1, 0.0, 0.0);
  builder.layer("border", LayerMode::interval, Theme::border);
  builder.atlas.layers[1].source = SourceId(1);
  builder.say("border", "c", MultiPolygon{{ring_of({{-4000, 0}, {0, 0}, {0, 2000}, {-4000, 2000}})}});
  const Asked asked(builder);
  const AreaError error = asked.errors().of(asked.ground(), asked.holder("a"));
  EXPECT_NEAR(error.lines.value(), 6000.0, 3.0);
  // East corners as ever; west ones bear half of one side, as ends of the lines that are in error.
  const double expected = 50.0 * 2000 * std::sqrt(2 * 0.5 + 2 * 0.25);
  EXPECT_NEAR(error.sd.value(), expected, 3e-4 * expected);
  EXPECT_TRUE(error.is_known());
}

TEST(PositionalError, StatementsMayBeTruerThanTheirSource) {
  AtlasBuilder builder;
  set_accuracy(builder.atlas, 0, 50.0, 0.0);
  builder.say("l", "a", MultiPolygon{{square(0, 0, 2000)}});
  builder.say("l", "b", MultiPolygon{{square(9000, 0, 2000)}});
  builder.atlas.statements[1].accuracy = Accuracy{Meters(10.0), Meters(0.0), Meters(0.0)};
  const Asked asked(builder);
  const double unit = 2000 * std::sqrt(2.0);
  EXPECT_NEAR(asked.errors().of(asked.ground(), asked.holder("a")).sd.value(), 50.0 * unit, 50.0);
  EXPECT_NEAR(asked.errors().of(asked.ground(), asked.holder("b")).sd.value(), 10.0 * unit, 10.0);
}

TEST(PositionalError, BiasIsOutwardsOfTheGroundStated) {
  AtlasBuilder builder;
  set_accuracy(builder.atlas, 0, 50.0, 0.0);
  builder.atlas.sources[0].bias = Meters(10.0);
  builder.say("l", "a", MultiPolygon{{square(0, 0, 2000)}});
  builder.say("l", "b", MultiPolygon{{square(2000, 0, 2000)}});
  builder.atlas.study_area = MultiPolygon{{square(-10000, -10000, 30000)}};
  const Asked asked(builder);
  const AreaErrors errors = asked.errors();
  const auto excess = [&](const std::string& id) {
    return errors.of(asked.ground(), asked.holder(id)).excess.value();
  };
  // Three sides each; of the one between them the source would have both too large.
  EXPECT_NEAR(excess("a"), 10.0 * 6000, 40.0);
  EXPECT_NEAR(excess("b"), 10.0 * 6000, 40.0);
  EXPECT_NEAR(excess(""), -10.0 * 12000, 80.0);
  EXPECT_NEAR(errors.of_parts(asked.ground(), asked.holders.size())[asked.holder("a")].excess.value(),
              10.0 * 6000, 40.0);
  // What is stated anew is too large by as much as before: the change is not.
  builder.atlas.statements[0].validity = days(0, 1);
  builder.say("l", "a", MultiPolygon{{square(0, 0, 1000)}}, days(1, 2));
  const Asked later(builder);
  const HolderIndex a = later.holder("a");
  // Its boundary is 2 km of unstated ground's shorter, and 1 km of b's becomes no one's.
  EXPECT_NEAR(later.errors().of(later.ground(0), a, later.ground(1), a, kNetChange).excess.value(),
              10.0 * (4000 - 6000), 40.0);
}

TEST(PositionalError, AChangeRestsOnWhatWasDrawnAnew) {
  // The east side moves by 1 km; the two west corners stay.
  AtlasBuilder builder;
  set_accuracy(builder.atlas, 0, 50.0, 0.0);
  builder.say("l", "a", MultiPolygon{{square(0, 0, 2000)}}, days(0, 1));
  builder.say("l", "a", MultiPolygon{{ring_of({{0, 0}, {3000, 0}, {3000, 2000}, {0, 2000}})}}, days(1, 2));
  builder.say("l", "a", MultiPolygon{{ring_of({{0, 0}, {3000, 0}, {3000, 2000}, {0, 2000}})}}, days(2, 3));
  const Asked asked(builder);
  const HolderIndex a = asked.holder("a");
  const AreaErrors errors = asked.errors();
  const auto of = [&](int from, int to, const OverlapWeights& weights) {
    return errors.of(asked.ground(from), a, asked.ground(to), a, weights).sd.value();
  };
  // What both dates have of the two long sides is one line and cancels. The rest of a new side is its last
  // third, which moves with its east end by 5/18 of the side and with its west end by 1/18. In units of 1000
  // m and sigma: old east corners (0, 1) each, new ones (5/6, 1), west corners (1/6, 0).
  const double net = 50.0 * 1000 * std::sqrt(2 * 1.0 + 2 * (25.0 / 36 + 1.0) + 2 * (1.0 / 36));
  EXPECT_NEAR(of(0, 1, kNetChange), net, 3e-4 * net);
  EXPECT_EQ(of(1, 2, kNetChange), 0.0);
  EXPECT_EQ(of(1, 2, kGained), 0.0);
  EXPECT_NEAR(of(1, 0, kNetChange), net, 3e-4 * net);
  // Held is what was held before, by the lines of then.
  EXPECT_NEAR(of(0, 1, kHeldAtBoth), 50.0 * 2000 * std::sqrt(2.0), 400.0);
}

TEST(PositionalError, BandsKeepToWhatIsPossible) {
  AreaError error;
  error.sd = SquareMeters(10.0);
  EXPECT_NEAR(band_of(100.0, error, 0.0, 1000.0).low, 80.4, 1e-9);
  EXPECT_NEAR(band_of(100.0, error, 0.0, 1000.0).high, 119.6, 1e-9);
  EXPECT_EQ(band_of(10.0, error, 0.0, 25.0).low, 0.0);
  EXPECT_EQ(band_of(10.0, error, 0.0, 25.0).high, 25.0);
  error.excess = SquareMeters(5.0);
  EXPECT_NEAR(band_of(100.0, error, 0.0, 1000.0).low, 75.4, 1e-9);
  EXPECT_NEAR(band_of(100.0, error, 0.0, 1000.0).high, 119.6, 1e-9);
}

TEST(PositionalError, OfTheLengthOfALine) {
  // Between a and b a straight line of 10 km with a vertex each 1 km. Its inner vertices do not change its
  // length, to first order; its two ends do by a metre for a metre.
  std::vector<GroundVector> west{{0, 10000}, {-5000, 10000}, {-5000, 0}};
  std::vector<GroundVector> east;
  for (int i = 0; i < 10; ++i) west.push_back({i % 2 == 0 ? 0.0 : 1.0, 1000.0 * i});
  for (int i = 9; i >= 0; --i) east.push_back({i % 2 == 0 ? 0.0 : 1.0, 1000.0 * i});
  east.insert(east.begin(), {0, 10000});
  east.push_back({5000, 0});
  east.push_back({5000, 10000});
  AtlasBuilder builder;
  set_accuracy(builder.atlas, 0, 20.0, 0.0);
  builder.say("l", "a", MultiPolygon{{ring_of(west)}});
  builder.say("l", "b", MultiPolygon{{ring_of(east)}});
  const auto error_of = [](const AtlasBuilder& from) {
    const Asked asked(from);
    const HolderIndex a = asked.holder("a");
    const HolderIndex b = asked.holder("b");
    const ContactLine line = contact_line(
        asked.composite, asked.holders, day(0), [&](HolderIndex h) { return h == a; },
        [&](HolderIndex h) { return h == b; });
    EXPECT_EQ(line.parts.size(), 1U);
    EXPECT_EQ(line.parts[0].edges.size(), line.parts[0].positions.size() - 1);
    return error_of_length(asked.lines, line, 0);
  };
  const LengthError error = error_of(builder);
  EXPECT_NEAR(error.sd.value(), 20.0 * std::sqrt(2.0), 0.01);
  EXPECT_NEAR(error.lengthening.value(), 10 * 20.0 * 20.0 / 1000.0, 0.01);
  EXPECT_TRUE(error.is_linear);
  set_accuracy(builder.atlas, 0, 2000.0, 0.0);
  EXPECT_FALSE(error_of(builder).is_linear);
  builder.atlas.sources[0].sigma.reset();
  EXPECT_NEAR(error_of(builder).without_sigma.value(), 10000.0, 10.0);
}

}  // namespace
}  // namespace marchland
