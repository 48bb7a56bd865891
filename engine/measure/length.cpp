#include <marchland/measure/length.h>
#include <marchland/measure/wgs84.h>

#include <boost/geometry/core/cs.hpp>
#include <boost/geometry/geometries/point.hpp>
#include <boost/geometry/strategies/geographic/distance_vincenty.hpp>
#include <boost/math/quadrature/gauss.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace marchland {

Meters edge_length(const Position& from, const Position& to) {
  constexpr double kRadians = std::numbers::pi / 180.0;
  const double dphi = (to.lat - from.lat) * kRadians;
  const double dlambda = (to.lon - from.lon) * kRadians;
  const auto speed = [&](double t) {
    const double phi = (from.lat + t * (to.lat - from.lat)) * kRadians;
    const double s = std::sin(phi);
    const double w2 = 1.0 - kWgs84EccentricitySquared * s * s;
    const double n = kWgs84SemiMajorAxis / std::sqrt(w2);
    const double m = n * (1.0 - kWgs84EccentricitySquared) / w2;
    return std::hypot(m * dphi, n * std::cos(phi) * dlambda);
  };
  const double degrees = std::max(std::abs(to.lon - from.lon), std::abs(to.lat - from.lat));
  const int pieces = std::max(1, static_cast<int>(std::ceil(degrees)));
  double length = 0.0;
  for (int i = 0; i < pieces; ++i) {
    length += boost::math::quadrature::gauss<double, 8>::integrate(speed, static_cast<double>(i) / pieces,
                                                                   static_cast<double>(i + 1) / pieces);
  }
  return Meters(length);
}

Meters geodesic_distance(const Position& from, const Position& to) {
  namespace bg = boost::geometry;
  using Point = bg::model::point<double, 2, bg::cs::geographic<bg::degree>>;
  const bg::strategy::distance::vincenty<> vincenty;
  return Meters(vincenty.apply(Point(from.lon, from.lat), Point(to.lon, to.lat)));
}

}  // namespace marchland
