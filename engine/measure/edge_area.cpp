#include <marchland/base/error.h>
#include <marchland/measure/edge_area.h>
#include <marchland/measure/wgs84.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>

namespace marchland {
namespace {

constexpr double kRadiansPerFixed = std::numbers::pi / 180.0 / kGridUnitsPerDegree /
                                    4294967296.0;  // all factors but pi/180/1e7 are powers of two
constexpr std::int64_t kHalfTurnFixed =
    std::int64_t{180} * kGridUnitsPerDegree * (std::int64_t{1} << kFixedBits);

// Mileposts stand at multiples of 2^16 grid units, 2^48 fixed units.
constexpr int kMilepostBits = 16;
constexpr int kMilepostFixedBits = kMilepostBits + kFixedBits;

/// Two doubles on which every operation is done at once, each as it would be on its own.
using Two = double __attribute__((vector_size(16)));

/// An angle as the sum of two doubles: |low| is at most half an ulp of high. Of one or two angles.
template <class Real>
struct SplitAngle {
  Real high;
  Real low;
};

/// Radians of half a grid unit, pi/180/1e7/2, in two parts. The first has 21 bits, so that its product with
/// whole units (at most 30 bits up to 45 degrees) is exact.
constexpr double kHalfUnitHigh = 0x1.dfc0ap-31;
constexpr double kHalfUnitLow = 0x1.59f2fc45beb35p-56;

double whole_units(std::int64_t fixed) {
  return static_cast<double>(fixed >> kFixedBits);
}
double rest_of_unit(std::int64_t fixed) {
  return static_cast<double>(fixed & 0xffffffff) / 4294967296.0;
}
/// Half of a sum of two latitudes.
template <class Real>
SplitAngle<Real> half_angle(Real whole, Real rest) {
  const Real most = whole * kHalfUnitHigh;
  const Real more = whole * kHalfUnitLow + rest * (kHalfUnitHigh + kHalfUnitLow);
  const Real high = most + more;
  return {high, (most - high) + more};
}

// Taylor series; |x| <= pi/4, so the first term left out is below 1e-19.
template <class Real>
Real sin_near_zero(SplitAngle<Real> angle) {
  const Real x = angle.high;
  const Real z = x * x;
  Real p = z * (1.0 / 355687428096000.0) - 1.0 / 1307674368000.0;
  p = p * z + 1.0 / 6227020800.0;
  p = p * z - 1.0 / 39916800.0;
  p = p * z + 1.0 / 362880.0;
  p = p * z - 1.0 / 5040.0;
  p = p * z + 1.0 / 120.0;
  p = p * z - 1.0 / 6.0;
  return x + (x * z * p + angle.low * (1.0 - 0.5 * z));
}

template <class Real>
Real cos_near_zero(SplitAngle<Real> angle) {
  const Real x = angle.high;
  const Real z = x * x;
  Real p = z * (-1.0 / 6402373705728000.0) + 1.0 / 20922789888000.0;
  p = p * z - 1.0 / 87178291200.0;
  p = p * z + 1.0 / 479001600.0;
  p = p * z - 1.0 / 3628800.0;
  p = p * z + 1.0 / 40320.0;
  p = p * z - 1.0 / 720.0;
  p = p * z + 1.0 / 24.0;
  // What 1 - z/2 loses in rounding is put back with the small terms.
  const Real half = 0.5 * z;
  const Real most = 1.0 - half;
  return most + (((1.0 - most) - half) + (z * z * p - angle.low * x * (1.0 - z / 6.0)));
}

/// The nearest integer, halves away from zero; |value| < 2^62.
std::int64_t to_nearest(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  const double rest = value - static_cast<double>(whole);  // exact
  return whole + static_cast<std::int64_t>(rest >= 0.5) - static_cast<std::int64_t>(rest <= -0.5);
}

/// n / d in fixed units, rounded down, and what remains of n * 2^32; 0 < d < 2^32.
struct FixedQuotient {
  FixedQuotient(std::int64_t n, std::int64_t d) {
    std::int64_t whole = n / d;
    std::int64_t over = n % d;
    if (over < 0) {
      over += d;
      --whole;
    }
    const std::uint64_t scaled = static_cast<std::uint64_t>(over) << kFixedBits;
    const auto divisor = static_cast<std::uint64_t>(d);
    value = whole * (std::int64_t{1} << kFixedBits) + static_cast<std::int64_t>(scaled / divisor);
    rest = static_cast<std::int64_t>(scaled % divisor);
  }
  std::int64_t value;
  std::int64_t rest;
};

}  // namespace

double sin_of_mean_latitude(std::int64_t y1_plus_y2) noexcept {
  const std::int64_t magnitude = std::abs(y1_plus_y2);
  double value = 0.0;
  if (magnitude <= kHalfTurnFixed / 2) {
    value = sin_near_zero(half_angle(whole_units(magnitude), rest_of_unit(magnitude)));
  } else {
    // The complement is exact in integers. A line extended to its next milepost may pass the pole by a
    // little: the cosine is even, so the formula holds there too.
    const std::int64_t complement = kHalfTurnFixed - magnitude;
    value = cos_near_zero(half_angle(whole_units(complement), rest_of_unit(complement)));
  }
  return y1_plus_y2 < 0 ? -value : value;
}

EdgeArea::EdgeArea(Meters semi_major, double flattening) {
  const double a = semi_major.value();
  if (!(a >= 1.0 && a <= 1e7)) {
    throw InvalidArgument(fmt::format("a radius of {} m; expected metres between 1 and 10000000", a));
  }
  if (!(flattening >= 0.0 && flattening <= 0.01)) {
    throw InvalidArgument(fmt::format("a flattening of {}; expected 0 to 0.01", flattening));
  }
  e2_ = flattening * (2.0 - flattening);
  scale_ = a * a * (1.0 - e2_) * kAreaUnitsPerSquareMeter;
  double power = 1.0;
  for (int n = 0; n < kTerms; ++n) {
    series_[static_cast<std::size_t>(n)] = (n + 1.0) / (2.0 * n + 1.0) * power;
    power *= e2_;
  }
}

EdgeArea EdgeArea::wgs84() {
  return {Meters(kWgs84SemiMajorAxis), kWgs84Flattening};
}

template <class Real>
Real EdgeArea::integral(Real dlambda, Real half_dphi, Real s) const {
  const Real z = s * s;
  Real sum = z * series_[kTerms - 1] + series_[kTerms - 2];
  for (std::size_t n = kTerms - 2; n-- > 0;) sum = sum * z + series_[n];
  // The mean of S over the piece is S(m) + d^2/6 S''(m); the next term, d^4/120 S'''', is below 1e-19 because
  // a piece spans at most 2^16 grid units: |d| < 5.8e-5. S' = cos/u^2 with u = 1 - e^2 s^2.
  const Real u = 1.0 - e2_ * z;
  const Real second = -s / (u * u) + 4.0 * e2_ * s * (1.0 - z) / (u * u * u);
  const Real mean = s * sum + half_dphi * half_dphi / 6.0 * second;
  return -scale_ * (dlambda * mean);
}

std::int64_t EdgeArea::piece(FixedPoint from, FixedPoint to) const {
  return to_nearest(integral(static_cast<double>(to.x - from.x) * kRadiansPerFixed,
                             static_cast<double>(to.y - from.y) * (kRadiansPerFixed / 2),
                             sin_of_mean_latitude(from.y + to.y)));
}

std::array<std::int64_t, 2> EdgeArea::two_pieces(FixedPoint from1, FixedPoint to1, FixedPoint from2,
                                                 FixedPoint to2) const {
  const std::int64_t sum1 = std::abs(from1.y + to1.y);
  const std::int64_t sum2 = std::abs(from2.y + to2.y);
  constexpr std::int64_t kSplit = kHalfTurnFixed / 2;
  // Both by the same series, or one after the other.
  if ((sum1 <= kSplit) != (sum2 <= kSplit)) return {piece(from1, to1), piece(from2, to2)};
  const auto angle = [](std::int64_t a, std::int64_t b) {
    return half_angle(Two{whole_units(a), whole_units(b)}, Two{rest_of_unit(a), rest_of_unit(b)});
  };
  Two s = sum1 <= kSplit ? sin_near_zero(angle(sum1, sum2))
                         : cos_near_zero(angle(kHalfTurnFixed - sum1, kHalfTurnFixed - sum2));
  s *= Two{from1.y + to1.y < 0 ? -1.0 : 1.0, from2.y + to2.y < 0 ? -1.0 : 1.0};
  const Two dlambda{static_cast<double>(to1.x - from1.x), static_cast<double>(to2.x - from2.x)};
  const Two dphi{static_cast<double>(to1.y - from1.y), static_cast<double>(to2.y - from2.y)};
  const Two both = integral(dlambda * kRadiansPerFixed, dphi * (kRadiansPerFixed / 2), s);
  return {to_nearest(both[0]), to_nearest(both[1])};
}

AreaUnits EdgeArea::operator()(const GridSegment& s, const ExactPoint& p, const ExactPoint& q) const {
  const std::int64_t dx = s.dx();
  const std::int64_t dy = s.dy();
  if (dx == 0) return 0;
  const bool along_x = std::abs(dx) >= std::abs(dy);

  const FixedPoint fp{fixed_x(p), fixed_y(p)};
  const FixedPoint fq{fixed_x(q), fixed_y(q)};
  const std::int64_t kp = (along_x ? fp.x : fp.y) >> kMilepostFixedBits;
  const std::int64_t kq = (along_x ? fq.x : fq.y) >> kMilepostFixedBits;

  const std::int64_t first = std::min(kp, kq);
  const std::int64_t last = std::max(kp, kq);

  // The exact point of the line at a milepost, rounded down to fixed units. It is the same for every pair of
  // points that names the line, because floor depends on the rational number alone. From one milepost to the
  // next the quotient grows by a constant and a carry.
  const std::int64_t u0 = along_x ? s.a.x : s.a.y;
  const std::int64_t v0 = along_x ? s.a.y : s.a.x;
  const std::int64_t den = std::abs(along_x ? dx : dy);
  const std::int64_t rise = (along_x ? dy : dx) * ((along_x ? dx : dy) < 0 ? -1 : 1);
  // |k * 2^16 - u0| <= den + 2^16, so that times rise is at most 6.5e18 < 2^63; den < 2^32.
  const FixedQuotient start(((first << kMilepostBits) - u0) * rise, den);
  // Most edges pass no milepost and need no step. |rise| * 2^16 < 2^47.
  const FixedQuotient step(first == last ? 0 : rise * (std::int64_t{1} << kMilepostBits), den);
  std::int64_t v = v0 * (std::int64_t{1} << kFixedBits) + start.value;
  std::int64_t rest = start.rest;
  const auto milepost = [&](std::int64_t k) {
    return along_x ? FixedPoint{k << kMilepostFixedBits, v} : FixedPoint{v, k << kMilepostFixedBits};
  };

  AreaUnits sum = 0;
  FixedPoint here = milepost(first);
  const FixedPoint at_first = here;
  const auto advance = [&](std::int64_t k) {
    v += step.value;
    rest += step.rest;
    if (rest >= den) {
      rest -= den;
      ++v;
    }
    return milepost(k);
  };
  std::int64_t k = first;
  for (; k + 2 <= last; k += 2) {
    const FixedPoint middle = advance(k + 1);
    const FixedPoint next = advance(k + 2);
    const auto [one, other] = two_pieces(here, middle, middle, next);
    sum += one + other;
    here = next;
  }
  if (k < last) {
    const FixedPoint next = advance(last);
    sum += piece(here, next);
    here = next;
  }
  const FixedPoint at_last = here;
  if (kp > kq) sum = -sum;
  const auto [to_q, to_p] =
      two_pieces(kq == last ? at_last : at_first, fq, kp == last ? at_last : at_first, fp);
  return sum + to_q - to_p;
}

}  // namespace marchland
