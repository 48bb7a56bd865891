// Fixed-width predicates against rational numbers without bounds, where they are most likely to break:
// corners of the box, points one unit apart, denominators just below 2^64.
#include <marchland/geometry/exact_point.h>

#include <gtest/gtest.h>
#include <tests/exact_oracle.h>

#include <array>
#include <vector>

namespace marchland {
namespace {

using namespace testing_oracle;

constexpr std::int32_t kX = kGridMaxLon;
constexpr std::int32_t kY = kGridMaxLat;

GridPoint clamp(std::int64_t x, std::int64_t y) {
  return {static_cast<std::int32_t>(std::clamp<std::int64_t>(x, -kX, kX)),
          static_cast<std::int32_t>(std::clamp<std::int64_t>(y, -kY, kY))};
}

/// Anywhere in the box, at a corner, or a few units from a corner, an edge or the point before.
GridPoint hostile_point(Random& random, GridPoint before) {
  const auto corner = [&] { return GridPoint{random() % 2 == 0 ? -kX : kX, random() % 2 == 0 ? -kY : kY}; };
  switch (random() % 5) {
    case 0:
      return corner();
    case 1: {
      const GridPoint c = corner();
      return clamp(std::int64_t{c.x} + draw(random, -2, 2), std::int64_t{c.y} + draw(random, -2, 2));
    }
    case 2:
      return clamp(std::int64_t{before.x} + draw(random, -2, 2),
                   std::int64_t{before.y} + draw(random, -2, 2));
    case 3:
      return clamp(draw(random, -3, 3), draw(random, -3, 3));
    default:
      return clamp(draw(random, -kX, kX), draw(random, -kY, kY));
  }
}

/// A point on or within a unit or two of the middle of the segment.
GridPoint near_segment(Random& random, const GridSegment& s) {
  const std::int64_t parts = draw(random, 1, 7);
  const std::int64_t at = draw(random, 0, parts);
  return clamp(s.a.x + s.dx() * at / parts + draw(random, -1, 1),
               s.a.y + s.dy() * at / parts + draw(random, -1, 1));
}

GridSegment hostile_segment(Random& random) {
  GridSegment s;
  do {
    s.a = hostile_point(random, {0, 0});
    s.b = hostile_point(random, s.a);
  } while (s.a == s.b);
  return s;
}

bool cross_inside(const GridSegment& s, const GridSegment& t) {
  const auto side_of = [](const GridSegment& l, GridPoint p) { return sign(orientation(l.a, l.b, p)); };
  return side_of(s, t.a) * side_of(s, t.b) < 0 && side_of(t, s.a) * side_of(t, s.b) < 0;
}

/// Pairs that cross in the interior of both, most of them nearly parallel or near an end.
std::pair<GridSegment, GridSegment> hostile_crossing(Random& random) {
  for (;;) {
    const GridSegment s = hostile_segment(random);
    GridSegment t = hostile_segment(random);
    switch (random() % 3) {
      case 0:  // nearly parallel: each end a unit or two beside the other's ends
        t = {clamp(std::int64_t{s.a.x} + draw(random, -2, 2), std::int64_t{s.a.y} + draw(random, -2, 2)),
             clamp(std::int64_t{s.b.x} + draw(random, -2, 2), std::int64_t{s.b.y} + draw(random, -2, 2))};
        break;
      case 1:
        t.a = near_segment(random, s);
        break;
      default:
        break;
    }
    if (t.a != t.b && cross_inside(s, t)) return {s, t};
  }
}

TEST(ExactPoint, OrientationIsExactUpToTheCornersOfTheBox) {
  constexpr std::uint64_t kSeed = 11;
  Random random(kSeed);
  std::vector<GridPoint> corners;
  for (const std::int32_t x : {-kX, -kX + 1, -1, 0, 1, kX - 1, kX}) {
    for (const std::int32_t y : {-kY, -kY + 1, -1, 0, 1, kY - 1, kY}) corners.push_back({x, y});
  }
  const auto check = [&](GridPoint a, GridPoint b, GridPoint c) {
    const BigInt exact = BigInt(std::int64_t{b.x} - a.x) * (std::int64_t{c.y} - a.y) -
                         BigInt(std::int64_t{b.y} - a.y) * (std::int64_t{c.x} - a.x);
    ASSERT_EQ(BigInt(orientation(a, b, c)), exact)
        << a.x << ' ' << a.y << ", " << b.x << ' ' << b.y << ", " << c.x << ' ' << c.y;
  };
  for (const GridPoint a : corners) {
    for (const GridPoint b : corners) {
      for (const GridPoint c : corners) check(a, b, c);
    }
  }
  for (int i = 0; i < 20000; ++i) {
    const GridSegment s = hostile_segment(random);
    check(s.a, s.b, near_segment(random, s));
    check(s.a, s.b, hostile_point(random, s.b));
  }
}

TEST(ExactPoint, CrossProductsNeed65BitsAndHaveThem) {
  // Both diagonals of the box: 2 * 3.6e9 * 1.8e9, above 2^63 and below 2^64.
  const Int128 value =
      cross(2 * std::int64_t{kX}, 2 * std::int64_t{kY}, 2 * std::int64_t{kX}, -2 * std::int64_t{kY});
  EXPECT_EQ(to_string(value), "-12960000000000000000");
  const ExactPoint middle = crossing_point({{-kX, -kY}, {kX, kY}}, {{-kX, kY}, {kX, -kY}});
  EXPECT_EQ(middle.den, 12960000000000000000U);
  EXPECT_EQ(rational(middle), rational(GridPoint{0, 0}));
  EXPECT_TRUE(middle.is_on_grid());
}

TEST(ExactPoint, FloorDivisionRoundsDownOnBothSidesOfZero) {
  EXPECT_EQ(floor_div(7, 2), 3);
  EXPECT_EQ(floor_div(-7, 2), -4);
  EXPECT_EQ(floor_div(-8, 2), -4);
  EXPECT_EQ(floor_div(0, 5), 0);
  EXPECT_EQ(floor_div(-1, 12960000000000000000U), -1);
}

TEST(ExactPoint, CrossingPointIsTheRationalCrossing) {
  constexpr std::uint64_t kSeed = 12;
  Random random(kSeed);
  for (int i = 0; i < 20000; ++i) {
    const auto [s, t] = hostile_crossing(random);
    const ExactPoint p = crossing_point(s, t);
    ASSERT_EQ(rational(p), line_crossing(s, t)) << "seed " << kSeed << ", case " << i;
    ASSERT_LT(p.rx, p.den);
    ASSERT_LT(p.ry, p.den);
    ASSERT_LE(std::abs(p.x), kX);
    ASSERT_LE(std::abs(p.y), kY);
  }
}

TEST(ExactPoint, CrossingPointHasTheSameMembersHoweverItIsNamed) {
  constexpr std::uint64_t kSeed = 13;
  Random random(kSeed);
  const auto members = [](const ExactPoint& p) { return std::tuple(p.x, p.y, p.rx, p.ry, p.den); };
  const auto reversed = [](const GridSegment& s) { return GridSegment{s.b, s.a}; };
  for (int i = 0; i < 20000; ++i) {
    const auto [s, t] = hostile_crossing(random);
    const auto expected = members(crossing_point(s, t));
    ASSERT_EQ(members(crossing_point(reversed(s), t)), expected) << "seed " << kSeed << ", case " << i;
    ASSERT_EQ(members(crossing_point(s, reversed(t))), expected) << "seed " << kSeed << ", case " << i;
    ASSERT_EQ(members(crossing_point(reversed(t), reversed(s))), expected)
        << "seed " << kSeed << ", case " << i;
  }
}

TEST(ExactPoint, CrossingLiesOnBothLinesAndSideIsExactElsewhere) {
  constexpr std::uint64_t kSeed = 14;
  Random random(kSeed);
  for (int i = 0; i < 10000; ++i) {
    const auto [s, t] = hostile_crossing(random);
    const ExactPoint p = crossing_point(s, t);
    ASSERT_EQ(side(s, p), 0);
    ASSERT_EQ(side(t, p), 0);
    for (const GridSegment& other :
         {hostile_segment(random), GridSegment{s.a, clamp(std::int64_t{s.b.x} + 1, s.b.y)},
          GridSegment{t.b, near_segment(random, s)}}) {
      if (other.a == other.b) continue;
      ASSERT_EQ(side(other, p), orientation_sign(rational(other.a), rational(other.b), rational(p)))
          << "seed " << kSeed << ", case " << i;
      ASSERT_EQ(side({other.b, other.a}, p), -side(other, p));
    }
  }
}

TEST(ExactPoint, OrderAgreesWithTheRationalNumbers) {
  constexpr std::uint64_t kSeed = 15;
  Random random(kSeed);
  const auto sign_of = [](std::strong_ordering order) { return order < 0 ? -1 : order > 0 ? 1 : 0; };
  for (int i = 0; i < 10000; ++i) {
    const auto [s, t] = hostile_crossing(random);
    auto [u, v] = hostile_crossing(random);
    // Often on the same line, a little further on.
    if (i % 2 == 0) {
      v = {clamp(std::int64_t{t.a.x} + draw(random, -1, 1), std::int64_t{t.a.y} + draw(random, -1, 1)), t.b};
      if (v.a == v.b || !cross_inside(s, v)) continue;
      u = s;
    }
    const ExactPoint p = crossing_point(s, t);
    for (const ExactPoint& q : {crossing_point(u, v), ExactPoint(GridPoint{p.x, p.y}),
                                ExactPoint(clamp(std::int64_t{p.x} + 1, p.y))}) {
      const RationalPoint rp = rational(p);
      const RationalPoint rq = rational(q);
      ASSERT_EQ(sign_of(compare_x(p, q)), rp.x.compare(rq.x)) << "seed " << kSeed << ", case " << i;
      ASSERT_EQ(sign_of(compare_y(p, q)), rp.y.compare(rq.y)) << "seed " << kSeed << ", case " << i;
      ASSERT_EQ(sign_of(compare_xy(p, q)), rp < rq ? -1 : rp == rq ? 0 : 1);
      ASSERT_EQ(sign_of(compare_xy(q, p)), -sign_of(compare_xy(p, q)));
    }
  }
}

TEST(ExactPoint, EqualPointsWithDifferentDenominatorsCompareEqual) {
  // Three lines through (1/2, 1/2), pairwise crossing with denominators 2, 6 and 4.
  const GridSegment rising{{0, 0}, {1, 1}};
  const GridSegment falling{{0, 1}, {1, 0}};
  const GridSegment steep{{0, -1}, {1, 2}};
  const ExactPoint p = crossing_point(rising, falling);
  const ExactPoint q = crossing_point(falling, steep);
  const ExactPoint r = crossing_point(rising, steep);
  EXPECT_NE(p.den, q.den);
  EXPECT_TRUE(compare_xy(p, q) == 0);
  EXPECT_TRUE(compare_xy(q, r) == 0);
  EXPECT_EQ(fixed_x(p), fixed_x(q));
  EXPECT_EQ(fixed_x(p), std::int64_t{1} << 31);
}

TEST(ExactPoint, FixedCoordinateIsTheFloorAndIgnoresTheName) {
  constexpr std::uint64_t kSeed = 16;
  Random random(kSeed);
  const Rational unit(BigInt(1) << kFixedBits);
  for (int i = 0; i < 10000; ++i) {
    const auto [s, t] = hostile_crossing(random);
    const ExactPoint p = crossing_point(s, t);
    const RationalPoint r = rational(p);
    ASSERT_EQ(Rational(fixed_x(p)), floor_of(r.x * unit)) << "seed " << kSeed << ", case " << i;
    ASSERT_EQ(Rational(fixed_y(p)), floor_of(r.y * unit)) << "seed " << kSeed << ", case " << i;
  }
  EXPECT_EQ(fixed_x(GridPoint{-kX, 0}), -(std::int64_t{kX} << kFixedBits));
  EXPECT_EQ(fixed_to_degrees(fixed_x(GridPoint{kX, 0})), 180.0);
  EXPECT_EQ(fixed_to_degrees(fixed_y(GridPoint{0, -kY})), -90.0);
  EXPECT_EQ(fixed_to_degrees(fixed_x(GridPoint{123456789, 0})), 12.3456789);
}

}  // namespace
}  // namespace marchland
