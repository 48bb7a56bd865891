#include <marchland/base/error.h>
#include <marchland/measure/edge_area.h>

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

// Taylor series; |x| <= pi/4, so the first term left out is below 1e-19.
double sin_near_zero(double x) {
  const double z = x * x;
  double p = 1.0 / 355687428096000.0;
  p = p * z - 1.0 / 1307674368000.0;
  p = p * z + 1.0 / 6227020800.0;
  p = p * z - 1.0 / 39916800.0;
  p = p * z + 1.0 / 362880.0;
  p = p * z - 1.0 / 5040.0;
  p = p * z + 1.0 / 120.0;
  p = p * z - 1.0 / 6.0;
  return x + x * z * p;
}

double cos_near_zero(double x) {
  const double z = x * x;
  double p = -1.0 / 6402373705728000.0;
  p = p * z + 1.0 / 20922789888000.0;
  p = p * z - 1.0 / 87178291200.0;
  p = p * z + 1.0 / 479001600.0;
  p = p * z - 1.0 / 3628800.0;
  p = p * z + 1.0 / 40320.0;
  p = p * z - 1.0 / 720.0;
  p = p * z + 1.0 / 24.0;
  return 1.0 - (0.5 * z - z * z * p);
}

}  // namespace

double sin_of_mean_latitude(std::int64_t y1_plus_y2) noexcept {
  const std::int64_t magnitude = std::abs(y1_plus_y2);
  constexpr double kRadiansPerHalfFixed = kRadiansPerFixed / 2;
  double value = 0.0;
  if (magnitude <= kHalfTurnFixed / 2) {
    value = sin_near_zero(static_cast<double>(magnitude) * kRadiansPerHalfFixed);
  } else {
    // The complement is exact in integers. A line extended to its next milepost may pass the pole by a
    // little: the cosine is even, so the formula holds there too.
    value = cos_near_zero(static_cast<double>(kHalfTurnFixed - magnitude) * kRadiansPerHalfFixed);
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
  return {Meters(6378137.0), 1.0 / 298.257223563};
}

std::int64_t EdgeArea::piece(FixedPoint from, FixedPoint to) const {
  const double dlambda = static_cast<double>(to.x - from.x) * kRadiansPerFixed;
  const double half_dphi = static_cast<double>(to.y - from.y) * (kRadiansPerFixed / 2);
  const double s = sin_of_mean_latitude(from.y + to.y);
  const double z = s * s;
  double sum = 0.0;
  for (std::size_t n = kTerms; n-- > 0;) sum = sum * z + series_[n];
  // The mean of S over the piece is S(m) + d^2/6 S''(m); the next term, d^4/120 S'''', is below 1e-19 because
  // a piece spans at most 2^16 grid units: |d| < 5.8e-5. S' = cos/u^2 with u = 1 - e^2 s^2.
  const double u = 1.0 - e2_ * z;
  const double second = -s / (u * u) + 4.0 * e2_ * s * (1.0 - z) / (u * u * u);
  const double mean = s * sum + half_dphi * half_dphi / 6.0 * second;
  return std::llround(-scale_ * (dlambda * mean));
}

AreaUnits EdgeArea::operator()(const GridSegment& s, const ExactPoint& p, const ExactPoint& q) const {
  const std::int64_t dx = s.dx();
  const std::int64_t dy = s.dy();
  if (dx == 0) return 0;
  const bool along_x = std::abs(dx) >= std::abs(dy);

  // The exact point of the line at a milepost, rounded down to fixed units. It is the same for every pair of
  // points that names the line, because floor depends on the rational number alone.
  const auto milepost = [&](std::int64_t k) -> FixedPoint {
    const std::int64_t u = k << kMilepostBits;
    const std::int64_t u0 = along_x ? s.a.x : s.a.y;
    const std::int64_t v0 = along_x ? s.a.y : s.a.x;
    Int128 num = static_cast<Int128>(u - u0) * (along_x ? dy : dx);
    Int128 den = along_x ? dx : dy;
    if (den < 0) {
      num = -num;
      den = -den;
    }
    const auto v = static_cast<std::int64_t>((static_cast<Int128>(v0) << kFixedBits) +
                                             floor_div(num << kFixedBits, den));
    return along_x ? FixedPoint{k << kMilepostFixedBits, v} : FixedPoint{v, k << kMilepostFixedBits};
  };
  const FixedPoint fp{fixed_x(p), fixed_y(p)};
  const FixedPoint fq{fixed_x(q), fixed_y(q)};
  const std::int64_t kp = (along_x ? fp.x : fp.y) >> kMilepostFixedBits;
  const std::int64_t kq = (along_x ? fq.x : fq.y) >> kMilepostFixedBits;

  AreaUnits sum = 0;
  const std::int64_t first = std::min(kp, kq);
  const std::int64_t last = std::max(kp, kq);
  FixedPoint here = milepost(first);
  const FixedPoint at_first = here;
  for (std::int64_t k = first; k < last; ++k) {
    const FixedPoint next = milepost(k + 1);
    sum += piece(here, next);
    here = next;
  }
  const FixedPoint at_last = here;
  if (kp > kq) sum = -sum;
  return sum + piece(kq == last ? at_last : at_first, fq) - piece(kp == last ? at_last : at_first, fp);
}

}  // namespace marchland
