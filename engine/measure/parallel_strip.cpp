#include <marchland/measure/parallel_strip.h>
#include <marchland/measure/wgs84.h>

#include <boost/math/quadrature/gauss.hpp>

#include <cmath>
#include <cstddef>
#include <numbers>

namespace marchland {
namespace {

/// Of one piece.
template <unsigned Points>
ParallelStrip gauss_strip(double mean, double half) noexcept {
  using Rule = boost::math::quadrature::gauss<double, Points>;
  const auto& at = Rule::abscissa();
  const auto& weight = Rule::weights();
  static_assert(Points % 2 == 1, "the first abscissa is 0");
  double sum = weight[0] * strip_density(mean);
  double moment = 0.0;
  for (std::size_t i = 1; i < at.size(); ++i) {
    const double above = strip_density(mean + at[i] * half);
    const double below = strip_density(mean - at[i] * half);
    sum += weight[i] * (above + below);
    moment += weight[i] * at[i] * (above - below);
  }
  return {sum * half, moment * half / 2.0};
}

}  // namespace

double strip_density(double phi) noexcept {
  const double s = std::sin(phi);
  const double u = 1.0 - kWgs84EccentricitySquared * s * s;
  return kWgs84SemiMajorAxis * kWgs84SemiMajorAxis * (1.0 - kWgs84EccentricitySquared) * std::cos(phi) /
         (u * u);
}

double strip_from_equator(double phi) noexcept {
  static const double e = std::sqrt(kWgs84EccentricitySquared);
  const double s = std::sin(phi);
  return kWgs84SemiMajorAxis * kWgs84SemiMajorAxis * (1.0 - kWgs84EccentricitySquared) / 2.0 *
         (s / (1.0 - kWgs84EccentricitySquared * s * s) + std::atanh(e * s) / e);
}

ParallelStrip strip_about(double mean, double half) noexcept {
  constexpr double kShort = 1e-3;
  constexpr double kLong = std::numbers::pi / 360.0;
  if (half < 0.0) {
    const ParallelStrip turned = strip_about(mean, -half);
    return {-turned.area, turned.tilt};
  }
  if (half < kShort) return gauss_strip<3>(mean, half);
  const double pieces = std::ceil(half / kLong);
  if (pieces <= 1.0) return gauss_strip<7>(mean, half);
  ParallelStrip all;
  const double part = half / pieces;
  for (double i = 0.0; i < pieces; i += 1.0) {
    const double offset = (2.0 * i + 1.0 - pieces) * part;
    const ParallelStrip piece = gauss_strip<7>(mean + offset, part);
    all.area += piece.area;
    all.tilt += piece.area * (offset / (2.0 * half)) + piece.tilt / pieces;
  }
  return all;
}

double area_west_of(double lambda1, double lambda2, double mean_phi, double half_phi) noexcept {
  if (half_phi == 0.0) return 0.0;
  const ParallelStrip strip = strip_about(mean_phi, half_phi);
  return (lambda1 + lambda2) / 2.0 * strip.area + (lambda2 - lambda1) * strip.tilt;
}

}  // namespace marchland
