// Bands hold what they promise: lines are drawn many times with errors, each drawing goes through the whole
// pipeline, and the true figure must lie within the band that the drawing gives in 95 of 100 cases.
#include <marchland/analysis/area_error_series.h>
#include <marchland/analysis/areas.h>
#include <marchland/analysis/changes.h>
#include <marchland/analysis/positional_error.h>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <tests/laws/generators.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <random>
#include <string>
#include <vector>

namespace marchland {
namespace {

using namespace testing_fixtures;
using namespace testing_laws;

using Normal = std::normal_distribution<double>;

/// Random errors of vertices of a network of lines, alike along them: exp(-s / L), s the shortest way.
class ErrorField {
 public:
  ErrorField(const std::vector<GroundVector>& places, const std::vector<std::vector<std::size_t>>& chains,
             double sigma, double correlation)
      : size_(places.size()), sigma_(sigma) {
    std::vector<double> way(size_ * size_, std::numeric_limits<double>::infinity());
    for (const auto& chain : chains) {
      for (std::size_t i = 1; i < chain.size(); ++i) {
        const GroundVector& a = places[chain[i - 1]];
        const GroundVector& b = places[chain[i]];
        way[chain[i - 1] * size_ + chain[i]] = way[chain[i] * size_ + chain[i - 1]] =
            std::hypot(a.east - b.east, a.north - b.north);
      }
    }
    for (std::size_t i = 0; i < size_; ++i) way[i * size_ + i] = 0.0;
    for (std::size_t k = 0; k < size_; ++k) {
      for (std::size_t i = 0; i < size_; ++i) {
        for (std::size_t j = 0; j < size_; ++j)
          way[i * size_ + j] = std::min(way[i * size_ + j], way[i * size_ + k] + way[k * size_ + j]);
      }
    }
    // Cholesky.
    root_.assign(size_ * size_, 0.0);
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        double rest = correlation == 0.0 ? (i == j ? 1.0 : 0.0) : std::exp(-way[i * size_ + j] / correlation);
        for (std::size_t k = 0; k < j; ++k) rest -= root_[i * size_ + k] * root_[j * size_ + k];
        root_[i * size_ + j] = i == j ? std::sqrt(std::max(rest, 0.0)) : rest / root_[j * size_ + j];
      }
    }
  }
  [[nodiscard]] std::vector<GroundVector> draw(Random& random) const {
    Normal normal;
    std::vector<GroundVector> pure(size_);
    for (GroundVector& v : pure) v = {sigma_ * normal(random), sigma_ * normal(random)};
    std::vector<GroundVector> out(size_);
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        out[i].east += root_[i * size_ + j] * pure[j].east;
        out[i].north += root_[i * size_ + j] * pure[j].north;
      }
    }
    return out;
  }

 private:
  std::size_t size_;
  double sigma_;
  std::vector<double> root_;
};

using Chain = std::vector<std::size_t>;

/// West of a front a, east of it b, about 40 km by 30. At the second date the front has moved to the east but
/// for its southern third.
struct TwoParties {
  std::vector<GroundVector> places;
  Chain front;  ///< south to north
  Chain west;   ///< from its north end to its south end
  Chain east;   ///< from its south end to its north end
  Chain next;   ///< the front of the second date

  TwoParties() {
    constexpr int kFront = 24;
    for (int i = 0; i <= kFront; ++i) {
      front.push_back(places.size());
      places.push_back({1500.0 * std::sin(i * 0.7), -15000.0 + 30000.0 * i / kFront});
    }
    const auto arc = [&](double sign, Chain& chain, std::size_t from, std::size_t to) {
      constexpr int kArc = 30;
      chain.push_back(from);
      for (int i = 1; i < kArc; ++i) {
        const double angle = std::numbers::pi * i / kArc;
        chain.push_back(places.size());
        places.push_back({sign * (20000.0 + 900.0 * std::sin(5 * angle)) * std::sin(angle),
                          sign * 15000.0 * -std::cos(angle)});
      }
      chain.push_back(to);
    };
    arc(1.0, east, front.front(), front.back());
    arc(-1.0, west, front.back(), front.front());
    for (int i = 0; i <= kFront; ++i) {
      if (i <= kFront / 3 || i == kFront) {
        next.push_back(front[static_cast<std::size_t>(i)]);
        continue;
      }
      next.push_back(places.size());
      places.push_back({5000.0 + 1000.0 * std::cos(i * 0.9), -15000.0 + 30000.0 * i / kFront});
    }
  }
};

Position from_meters(const GroundVector& p) {
  const GroundVector east = ground_vector({30.0, 47.0}, {31.0, 47.0});
  const GroundVector north = ground_vector({30.0, 46.5}, {30.0, 47.5});
  return {30.0 + p.east / east.east, 47.0 + p.north / north.north};
}

Ring ring_of(const std::vector<GroundVector>& places, const Chain& first, const Chain& second,
             bool second_backwards = false) {
  Ring ring;
  for (const std::size_t i : first) ring.push_back(from_meters(places[i]));
  Chain rest = second;
  if (second_backwards) std::reverse(rest.begin(), rest.end());
  for (std::size_t k = 1; k < rest.size(); ++k) ring.push_back(from_meters(places[rest[k]]));
  return ring;
}

struct Accuracies {
  double sigma_a, correlation_a;  ///< of a's source, which draws the front too where it is the better one
  double sigma_b, correlation_b;
};

/// Figure and band by name, of lines that lie where they do.
using Figures = std::map<std::string, std::pair<double, Band>>;

Figures figures(const TwoParties& parties, const std::vector<GroundVector>& places, const Accuracies& truth) {
  AtlasBuilder builder;
  builder.atlas.sources.emplace_back().id = "t";
  builder.atlas.sources[0].sigma = Meters(truth.sigma_a);
  builder.atlas.sources[0].correlation = Meters(truth.correlation_a);
  builder.atlas.sources[1].sigma = Meters(truth.sigma_b);
  builder.atlas.sources[1].correlation = Meters(truth.correlation_b);
  builder.say("l", "a", MultiPolygon{{ring_of(places, parties.front, parties.west)}}, days(0, 1));
  builder.say("l", "a", MultiPolygon{{ring_of(places, parties.next, parties.west)}}, days(1, 2));
  builder.say("m", "b", MultiPolygon{{ring_of(places, parties.east, parties.front, true)}}, days(0, 1));
  builder.say("m", "b", MultiPolygon{{ring_of(places, parties.east, parties.next, true)}}, days(1, 2));
  const bool is_one_source = truth.sigma_a == truth.sigma_b && truth.correlation_a == truth.correlation_b;
  builder.atlas.layers[1].source = SourceId(std::size_t{is_one_source ? 0U : 1U});
  const Composite composite = builder.build();
  const Holders holders(composite, {});
  const LineMap lines(composite, holders);
  const AreaErrors errors(lines, faces_in_scope(composite, {}));
  const HolderIndex a = holders.find(builder.actor("a"));
  const HolderIndex b = holders.find(builder.actor("b"));
  const DrawnGround before(lines, holders, composite.times().epoch_of(day(0)));
  const DrawnGround after(lines, holders, composite.times().epoch_of(day(1)));
  std::map<std::string, double> area;
  for (const AreaRow& row : areas(composite, composite.areas(), holders, {day(0)}))
    area[row.holder] = to_square_meters(row.area).value();
  const Changes change = changes(composite, composite.areas(), holders, day(0), day(1));
  double gained = 0.0;
  double lost = 0.0;
  for (const ChangeRow& row : change.rows) {
    if (row.holder != a) continue;
    gained = to_square_meters(row.gained).value();
    lost = to_square_meters(row.lost).value();
  }
  double passed = 0.0;
  for (const Transition& t : change.transitions) {
    if (t.from == b && t.to == a) passed = to_square_meters(t.area).value();
  }
  constexpr double kMost = std::numeric_limits<double>::max();
  const auto with_band = [&](double figure, const AreaError& error) {
    EXPECT_TRUE(error.is_known());
    return std::pair(figure, band_of(figure, error, -kMost, kMost));
  };
  Figures out;
  out["a"] = with_band(area["a"], errors.of(before, a));
  out["b"] = with_band(area["b"], errors.of(before, b));
  out["net change of a"] = with_band(gained - lost, errors.of(before, a, after, a, kNetChange));
  out["gained by a"] = with_band(gained, errors.of(before, a, after, a, kGained));
  out["passed from b to a"] = with_band(passed, errors.of(before, b, after, a, kHeldAtBoth));
  // The same in a series, and as what the line between them swept.
  AreaErrorSeries series(errors, DrawnGround(lines, holders, before.epoch()),
                         AreaErrorSeries::Passages::kept);
  series.move_to(after.epoch());
  for (const AreaErrorSeries::Passage& passage : series.passed()->passages) {
    if (passage.from == b && passage.to == a)
      out["passed from b to a in a series"] = with_band(passed, passage.error);
  }
  double swept = 0.0;
  std::vector<double> weights(composite.plane().face_count(), 0.0);
  for (FaceIndex f = 1; f < weights.size(); ++f) {
    if (before.part(f) == b && after.part(f) == a) weights[f] = 1.0;
    if (before.part(f) == a && after.part(f) == b) weights[f] = -1.0;
    swept += weights[f] * to_square_meters(composite.areas()[f]).value();
  }
  const DrawnGround::Part sides[] = {a, b};
  out["swept by the line"] = with_band(swept, errors.of_faces(before, after, sides, weights));
  // Of all that is held.
  const double held = area["a"] + area["b"];
  const double share = area["a"] / held;
  std::vector<DrawnGround::Part> is_held(holders.size(), 1);
  is_held[kUnknown] = 0;
  const DrawnGround all(lines, holders, before.epoch(), is_held);
  AreaError error = errors.of(before, a, all, 1, {{{0.0, -share / held}, {0.0, (1.0 - share) / held}}});
  out["share of a"] = with_band(share, error);
  return out;
}

void expect_coverage(const Accuracies& accuracies, std::uint64_t seed) {
  const TwoParties parties;
  Random random(seed_of(seed));
  const bool is_one_source =
      accuracies.sigma_a == accuracies.sigma_b && accuracies.correlation_a == accuracies.correlation_b;
  // a's source draws the front; b's, where it is another one, the rest of its boundary.
  const std::vector<Chain> first_lines = is_one_source
                                             ? std::vector<Chain>{parties.front, parties.west, parties.east}
                                             : std::vector<Chain>{parties.front, parties.west};
  const ErrorField first(parties.places, first_lines, accuracies.sigma_a, accuracies.correlation_a);
  const ErrorField drawn_anew(parties.places, {parties.next}, accuracies.sigma_a, accuracies.correlation_a);
  const ErrorField of_other(parties.places, {parties.east}, accuracies.sigma_b, accuracies.correlation_b);
  const Figures truth = figures(parties, parties.places, accuracies);
  std::map<std::string, int> covered;
  const int draws = cases(4000);
  for (int i = 0; i < draws; ++i) {
    std::vector<GroundVector> places = parties.places;
    const auto errors = first.draw(random);
    const auto errors_anew = drawn_anew.draw(random);
    const auto errors_of_other = of_other.draw(random);
    for (std::size_t v = 0; v < places.size(); ++v) {
      const auto is_in = [&](const Chain& chain) {
        return std::find(chain.begin(), chain.end(), v) != chain.end();
      };
      const bool is_new = is_in(parties.next) && !is_in(parties.front);
      const bool is_of_other = !is_one_source && is_in(parties.east) && !is_in(parties.front);
      const GroundVector& e = is_new ? errors_anew[v] : (is_of_other ? errors_of_other[v] : errors[v]);
      places[v].east += e.east;
      places[v].north += e.north;
    }
    for (const auto& [name, found] : figures(parties, places, accuracies)) {
      const double true_value = truth.at(name).first;
      if (found.second.low <= true_value && true_value <= found.second.high) ++covered[name];
    }
  }
  for (const auto& [name, count] : covered) {
    // 4000 cases know a probability of 95 % to 0.34 %.
    EXPECT_GE(static_cast<double>(count) / draws, 0.93) << name;
    EXPECT_LE(static_cast<double>(count) / draws, 0.97) << name;
    ::testing::Test::RecordProperty(name, fmt::format("{:.4f}", static_cast<double>(count) / draws));
  }
  EXPECT_EQ(covered.size(), truth.size());
}

TEST(PositionalErrorLaws, BandsCoverWhereVerticesAreIndependent) {
  expect_coverage({150.0, 0.0, 150.0, 0.0}, 401);
}
TEST(PositionalErrorLaws, BandsCoverWhereErrorsGoTogetherAlongLines) {
  expect_coverage({150.0, 2000.0, 150.0, 2000.0}, 402);
}
TEST(PositionalErrorLaws, BandsCoverWhereSourcesDiffer) {
  expect_coverage({100.0, 1000.0, 300.0, 5000.0}, 403);
}

}  // namespace
}  // namespace marchland
