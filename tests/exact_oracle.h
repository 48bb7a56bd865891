#pragma once
// Rational arithmetic without bounds, for tests that hold the engine's fixed-width predicates to account.
#include <marchland/geometry/exact_point.h>

#include <boost/multiprecision/cpp_int.hpp>

#include <cstdint>
#include <random>
#include <utility>

namespace marchland::testing_oracle {

using Rational = boost::multiprecision::cpp_rational;
using BigInt = boost::multiprecision::cpp_int;

struct RationalPoint {
  Rational x;
  Rational y;
  friend bool operator==(const RationalPoint&, const RationalPoint&) = default;
  friend bool operator<(const RationalPoint& a, const RationalPoint& b) {
    return a.x != b.x ? a.x < b.x : a.y < b.y;
  }
};

inline RationalPoint rational(GridPoint p) {
  return {Rational(p.x), Rational(p.y)};
}
inline RationalPoint rational(const ExactPoint& p) {
  return {Rational(p.x) + Rational(BigInt(p.rx), BigInt(p.den)),
          Rational(p.y) + Rational(BigInt(p.ry), BigInt(p.den))};
}

/// Positive if c lies left of a->b.
inline int orientation_sign(const RationalPoint& a, const RationalPoint& b, const RationalPoint& c) {
  const Rational value = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
  return value.sign();
}

/// Where the lines through two segments meet; they must not be parallel.
inline RationalPoint line_crossing(const GridSegment& s, const GridSegment& t) {
  const RationalPoint a = rational(s.a);
  const RationalPoint c = rational(t.a);
  const Rational dx(s.dx());
  const Rational dy(s.dy());
  const Rational ex(t.dx());
  const Rational ey(t.dy());
  const Rational parameter = ((c.x - a.x) * ey - (c.y - a.y) * ex) / (dx * ey - dy * ex);
  return {a.x + parameter * dx, a.y + parameter * dy};
}

inline Rational floor_of(const Rational& r) {
  const BigInt n = numerator(r);
  const BigInt d = denominator(r);
  BigInt q = n / d;
  if (n < 0 && q * d != n) --q;
  return Rational(q);
}

using Random = std::mt19937_64;

/// Uniform in [low, high]; the same sequence on every platform, unlike std::uniform_int_distribution.
inline std::int64_t draw(Random& random, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(high - low + 1));
}

}  // namespace marchland::testing_oracle
