// The integer of an edge against an oracle of 36 and 50 digits that shares nothing with the engine: the
// closed form
//   S(phi) = b^2/2 [ sin/(1 - e^2 sin^2) + atanh(e sin)/e ]
// integrated along the straight edge by Gauss-Legendre.
#include <marchland/base/error.h>
#include <marchland/measure/edge_area.h>

#include <boost/math/constants/constants.hpp>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/exact_oracle.h>

#include <array>
#include <cmath>
#include <functional>
#include <vector>

namespace marchland {
namespace {

using namespace testing_oracle;
using Real = boost::multiprecision::cpp_bin_float_50;
using Quad = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<36>>;  // for speed
using boost::math::quadrature::gauss;

template <class T>
T radians_per_unit() {
  return boost::math::constants::pi<T>() / 180 / kGridUnitsPerDegree;
}

struct Wgs84 {
  Real a = 6378137;
  Real f = 1 / Real("298.257223563");
  Real e2 = f * (2 - f);
};

/// Area between equator and parallel per radian of longitude, in mm2.
Real closed_form(const Real& phi) {
  static const Wgs84 earth;
  static const Real e = sqrt(earth.e2);
  static const Real half_b2 = earth.a * earth.a * (1 - earth.e2) / 2 * 1000000;
  const Real s = sin(phi);
  return half_b2 * (s / (1 - earth.e2 * s * s) + atanh(e * s) / e);
}

/// Integral along the straight edge, degree by degree so that the quadrature (error below 1e-40) is not in
/// doubt.
Real edge_by_quadrature(GridPoint p, GridPoint q) {
  const Real k = radians_per_unit<Real>();
  const int parts = 1 + std::abs(q.y - p.y) / kGridUnitsPerDegree;
  const Real step = Real(q.y - p.y) * k / parts;
  Real sum = 0;
  for (int i = 0; i < parts; ++i) {
    const Real from = Real(p.y) * k + step * i;
    const auto s_at = [&](const Real& t) { return closed_form(from + step * (t + 1) / 2); };
    sum += p.y == q.y ? closed_form(from) : gauss<Real, 15>::integrate(s_at) / 2;
  }
  return -(Real(std::int64_t{q.x} - p.x) * k) * sum / parts;
}

/// The same for a piece of at most 2^16 units, by Taylor terms about the middle and the power series of S.
/// The first term left out is d^4/120 S'''', below 5e-4 units for |d| < 5.8e-5; the series stops below 1e-33.
Quad piece_by_series(GridPoint p, GridPoint q) {
  static const Quad e2(Wgs84().e2);
  static const Quad scale = Quad(6378137) * 6378137 * (1 - e2) * 1000000;
  const Quad k = radians_per_unit<Quad>();
  const Quad s = sin(k * (std::int64_t{p.y} + q.y) / 2);
  const Quad z = s * s;
  Quad sum = 0;
  Quad power = s;
  for (int n = 0; n < 15; ++n) {
    sum += power * (n + 1) / (2 * n + 1);
    power *= e2 * z;
  }
  const Quad d = k * (std::int64_t{q.y} - p.y) / 2;
  const Quad u = 1 - e2 * z;
  const Quad second = -s / (u * u) + 4 * e2 * s * (1 - z) / (u * u * u);
  return -scale * (k * (std::int64_t{q.x} - p.x)) * (sum + d * d / 6 * second);
}

AreaUnits area_of(const std::vector<GridPoint>& ring) {
  const EdgeArea area = EdgeArea::wgs84();
  AreaUnits sum = 0;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const GridSegment s{ring[i], ring[(i + 1) % ring.size()]};
    sum += area(s, s.a, s.b);
  }
  return sum;
}

GridPoint degrees(double lon, double lat) {
  return {static_cast<std::int32_t>(std::llround(lon * kGridUnitsPerDegree)),
          static_cast<std::int32_t>(std::llround(lat * kGridUnitsPerDegree))};
}
std::vector<GridPoint> box(double west, double south, double east, double north) {
  return {degrees(west, south), degrees(east, south), degrees(east, north), degrees(west, north)};
}

Real to_real(AreaUnits value) {
  constexpr std::int64_t kChunk = std::int64_t{1} << 62;
  return Real(static_cast<std::int64_t>(value / kChunk)) * kChunk +
         Real(static_cast<std::int64_t>(value % kChunk));
}

TEST(EdgeArea, OracleIsTheIntegralOfTheMetric) {
  // dS/dphi = M N cos phi, checked by integrating the product of the two radii of curvature.
  const Wgs84 earth;
  const auto metric = [&](const Real& phi) {
    const Real u = 1 - earth.e2 * sin(phi) * sin(phi);
    return Real(earth.a * earth.a * (1 - earth.e2) * cos(phi) / (u * u) * 1000000);
  };
  for (const double degree : {1.0, 30.0, 60.0, 89.999}) {
    const Real phi = Real(degree) * boost::math::constants::pi<Real>() / 180;
    const Real integral = gauss<Real, 30>::integrate(metric, Real(0), phi);
    EXPECT_LT(abs(integral / closed_form(phi) - 1), Real("1e-25")) << degree;
  }
}

TEST(EdgeArea, SeriesOfTheOracleAgreesWithQuadrature) {
  constexpr std::uint64_t kSeed = 21;
  Random random(kSeed);
  for (int i = 0; i < 300; ++i) {
    const GridPoint p{static_cast<std::int32_t>(draw(random, -kGridMaxLon, kGridMaxLon - 65536)),
                      static_cast<std::int32_t>(draw(random, -kGridMaxLat, kGridMaxLat - 65536))};
    const GridPoint q{static_cast<std::int32_t>(p.x + draw(random, 1, 65536)),
                      static_cast<std::int32_t>(p.y + draw(random, 0, 65536))};
    ASSERT_LT(abs(Real(piece_by_series(p, q)) - edge_by_quadrature(p, q)), Real("5e-4")) << "case " << i;
  }
}

TEST(EdgeArea, OnePieceStaysWithinItsErrorBound) {
  constexpr std::uint64_t kSeed = 22;
  Random random(kSeed);
  const EdgeArea area = EdgeArea::wgs84();
  Quad worst = 0;
  for (int i = 0; i < 120000; ++i) {
    // From a milepost of the longer axis, so that exactly one piece is rounded. Half of them near the pole,
    // where the values are greatest.
    const bool along_x = i % 3 != 0;
    const std::int64_t low_y = i % 2 == 0 ? -kGridMaxLat + 131072 : std::int64_t{kGridMaxLat} / 10 * 8;
    std::int64_t x = draw(random, -kGridMaxLon + 131072, kGridMaxLon - 131072);
    std::int64_t y = draw(random, low_y, kGridMaxLat - 131072);
    (along_x ? x : y) &= ~std::int64_t{0xffff};
    const std::int64_t longer = i % 5 == 0 ? 65536 : draw(random, 1, 65535);
    const std::int64_t shorter = draw(random, -longer, longer);
    const GridPoint p{static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)};
    const GridPoint q{static_cast<std::int32_t>(x + (along_x ? longer : shorter)),
                      static_cast<std::int32_t>(y + (along_x ? shorter : longer))};
    const Quad exact = piece_by_series(p, q);
    const Quad error = abs(Quad(static_cast<std::int64_t>(area({p, q}, p, q))) - exact);
    ASSERT_LE(error, EdgeArea::kErrorPerPiece)
        << "seed " << kSeed << ", case " << i << ": " << p.x << ' ' << p.y << ", " << q.x << ' ' << q.y;
    worst = std::max(worst, error);
  }
  RecordProperty("worst_error_mm2", worst.str(6));
  // A bound is of use only if it is not far off.
  EXPECT_GT(worst, EdgeArea::kErrorPerPiece / 10);
}

TEST(EdgeArea, WholeEdgesStayWithinTheBoundOfTheirMileposts) {
  constexpr std::uint64_t kSeed = 23;
  Random random(kSeed);
  const EdgeArea area = EdgeArea::wgs84();
  const auto check = [&](GridPoint p, GridPoint q) {
    if (p.x == q.x) return;
    const std::int64_t length =
        std::max(std::abs(std::int64_t{q.x} - p.x), std::abs(std::int64_t{q.y} - p.y));
    const double bound = EdgeArea::kErrorPerPiece * (static_cast<double>(length) / 65536.0 + 3.0);
    const Real error = abs(to_real(area({p, q}, p, q)) - edge_by_quadrature(p, q));
    ASSERT_LE(error, bound) << p.x << ' ' << p.y << ", " << q.x << ' ' << q.y;
  };
  for (int i = 0; i < 250; ++i) {
    const std::int64_t reach = std::int64_t{1} << (8 + i % 23);
    const GridPoint p{static_cast<std::int32_t>(draw(random, -kGridMaxLon, kGridMaxLon)),
                      static_cast<std::int32_t>(draw(random, -kGridMaxLat, kGridMaxLat))};
    const auto near = [&](std::int32_t v, std::int64_t limit) {
      return static_cast<std::int32_t>(std::clamp(v + draw(random, -reach, reach), -limit, limit));
    };
    check(p, {near(p.x, kGridMaxLon), near(p.y, kGridMaxLat)});
  }
  check({-kGridMaxLon, -kGridMaxLat}, {kGridMaxLon, kGridMaxLat});
  check({-kGridMaxLon, kGridMaxLat}, {kGridMaxLon, kGridMaxLat - 1});
  check({0, -kGridMaxLat}, {1, kGridMaxLat});
}

TEST(EdgeArea, IsAdditiveAndAntisymmetricAtAnyPointsOfTheLine) {
  constexpr std::uint64_t kSeed = 24;
  Random random(kSeed);
  const EdgeArea area = EdgeArea::wgs84();
  for (int i = 0; i < 600; ++i) {
    // A primitive direction and a line of several steps, so that collinear parents exist.
    const std::int64_t steps = 12;
    const std::int64_t reach = i % 50 == 0 ? kGridMaxLat / 12 : i % 2 == 0 ? 1000 : 40000;
    const GridPoint d{static_cast<std::int32_t>(draw(random, -reach, reach)),
                      static_cast<std::int32_t>(draw(random, -reach, reach))};
    if (d.x == 0 && d.y == 0) continue;
    const auto at = [&](std::int64_t k) {
      return GridPoint{static_cast<std::int32_t>(d.x * k - d.x * 6),
                       static_cast<std::int32_t>(d.y * k - d.y * 6)};
    };
    const GridSegment line{at(0), at(steps)};
    // Grid vertices and true crossings on it.
    std::vector<ExactPoint> points;
    for (int k = 0; k < 3; ++k) points.emplace_back(at(draw(random, 0, steps)));
    for (int tries = 0; tries < 40 && points.size() < 6; ++tries) {
      const GridSegment other{{static_cast<std::int32_t>(draw(random, -6 * reach, 6 * reach)),
                               static_cast<std::int32_t>(draw(random, -6 * reach, 6 * reach))},
                              {static_cast<std::int32_t>(draw(random, -6 * reach, 6 * reach)),
                               static_cast<std::int32_t>(draw(random, -6 * reach, 6 * reach))}};
      if (sign(orientation(line.a, line.b, other.a)) * sign(orientation(line.a, line.b, other.b)) < 0 &&
          sign(orientation(other.a, other.b, line.a)) * sign(orientation(other.a, other.b, line.b)) < 0) {
        points.push_back(crossing_point(line, other));
      }
    }
    const GridSegment part{at(draw(random, 0, 5)), at(draw(random, 6, steps))};
    for (const ExactPoint& p : points) {
      for (const ExactPoint& q : points) {
        const AreaUnits pq = area(line, p, q);
        ASSERT_EQ(pq, -area(line, q, p));
        // The line, not the segment, decides: reversed, shortened, it gives the same integer.
        ASSERT_EQ(pq, area({line.b, line.a}, p, q)) << "seed " << kSeed << ", case " << i;
        ASSERT_EQ(pq, area(part, p, q)) << "seed " << kSeed << ", case " << i;
        for (const ExactPoint& r : points) ASSERT_EQ(pq + area(line, q, r), area(line, p, r));
      }
    }
  }
}

TEST(EdgeArea, VerticalEdgesAndThoseOfNoLengthAreZero) {
  const EdgeArea area = EdgeArea::wgs84();
  const GridSegment meridian{{5, -kGridMaxLat}, {5, kGridMaxLat}};
  EXPECT_EQ(area(meridian, meridian.a, meridian.b), 0);
  const GridSegment edge{{0, 0}, {70000, 3}};
  EXPECT_EQ(area(edge, edge.b, edge.b), 0);
  const GridSegment equator{{-kGridMaxLon, 0}, {kGridMaxLon, 0}};
  EXPECT_EQ(area(equator, equator.a, equator.b), 0);
}

TEST(EdgeArea, SineIsWithinOneUlp) {
  constexpr std::uint64_t kSeed = 25;
  Random random(kSeed);
  constexpr std::int64_t kHalfTurn = std::int64_t{180} * kGridUnitsPerDegree << kFixedBits;
  const Quad k = radians_per_unit<Quad>() / Quad(std::int64_t{1} << kFixedBits) / 2;
  double worst = 0.0;
  for (int i = 0; i < 100000; ++i) {
    // All magnitudes, the switch at 45 degrees, the pole, and a little beyond it.
    std::int64_t half_sum = 0;
    switch (i % 4) {
      case 0:
        half_sum = draw(random, 0, kHalfTurn);
        break;
      case 1:
        half_sum = draw(random, 1, std::int64_t{1} << draw(random, 1, 62));
        break;
      case 2:
        half_sum = kHalfTurn / 2 + draw(random, -1000, 1000) * (std::int64_t{1} << draw(random, 0, 40));
        break;
      default:
        half_sum = kHalfTurn + draw(random, -(std::int64_t{1} << 49), std::int64_t{1} << 49);
        break;
    }
    const double value = sin_of_mean_latitude(half_sum);
    const Quad exact = sin(k * half_sum);
    const double ulp = std::ldexp(1.0, std::ilogb(static_cast<double>(exact)) - 52);
    const auto error = static_cast<double>(abs(Quad(value) - exact)) / ulp;
    ASSERT_LT(error, 1.0) << "seed " << kSeed << ", case " << i << ", half sum " << half_sum;
    worst = std::max(worst, error);
    ASSERT_EQ(sin_of_mean_latitude(-half_sum), -value);
  }
  RecordProperty("worst_ulp", std::to_string(worst));
  EXPECT_EQ(sin_of_mean_latitude(0), 0.0);
  EXPECT_EQ(sin_of_mean_latitude(kHalfTurn), 1.0);
}

TEST(EdgeArea, SimpleShapesHaveTheirKnownAreas) {
  // dlambda (S(phi2) - S(phi1)); the literals are rounded to 16 digits.
  const auto exact_box = [](double west, double south, double east, double north) {
    const Real k = boost::math::constants::pi<Real>() / 180;
    return Real(Real(east - west) * k * (closed_form(Real(north) * k) - closed_form(Real(south) * k)));
  };
  struct Shape {
    const char* name;
    std::array<double, 4> box;
    double square_metres;
  };
  for (const Shape& shape : {Shape{"1 degree at the equator", {0, 0, 1, 1}, 12308463893.97535},
                             Shape{"1 degree at 60", {24, 60, 25, 61}, 6123140878.745700},
                             Shape{"polar cap from 80", {-180, 80, 180, 90}, 3908572761836.572},
                             Shape{"southern hemisphere", {-180, -90, 180, 0}, 255032810862044.25},
                             Shape{"whole earth", {-180, -90, 180, 90}, 510065621724088.5}}) {
    const auto [west, south, east, north] = shape.box;
    const AreaUnits area = area_of(box(west, south, east, north));
    const Real exact = exact_box(west, south, east, north);
    EXPECT_LT(abs(to_real(area) / exact - 1), Real("1e-12")) << shape.name;
    EXPECT_NEAR(to_square_meters(area).value() / shape.square_metres, 1.0, 1e-12) << shape.name;
  }
  // A box over the antimeridian is its two halves. Mileposts stand elsewhere along each of the four
  // parallels: 153 a degree.
  const AreaUnits halves = area_of(box(179, 10, 180, 11)) + area_of(box(-180, 10, -179, 11));
  EXPECT_LE(std::abs(static_cast<double>(halves - area_of(box(30, 10, 32, 11)))),
            8 * 155 * EdgeArea::kErrorPerPiece);
}

TEST(EdgeArea, MovingAShapeAlongItsParallelChangesAlmostNothing) {
  // Only the mileposts move; each of the four edges has at most 4 of them here.
  const AreaUnits here = area_of(box(0, 45, 0.01, 45.01));
  for (const double lon : {13.3333333, -179.99, 100.0000001}) {
    const AreaUnits there = area_of(box(lon, 45, lon + 0.01, 45.01));
    EXPECT_LE(std::abs(static_cast<double>(there - here)), 2 * 2 * 4 * EdgeArea::kErrorPerPiece) << lon;
  }
}

TEST(EdgeArea, RefusesWhatIsNoEarth) {
  EXPECT_THROW(EdgeArea(Meters(0.0), 0.0), InvalidArgument);
  EXPECT_THROW(EdgeArea(Meters(std::nan("")), 0.0), InvalidArgument);
  EXPECT_THROW(EdgeArea(Meters(6378137.0), -0.001), InvalidArgument);
  EXPECT_THROW(EdgeArea(Meters(6378137.0), 0.5), InvalidArgument);
}

}  // namespace
}  // namespace marchland
