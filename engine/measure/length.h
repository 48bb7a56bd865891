#pragma once
// Lengths on WGS84: of edges straight in longitude and latitude, and of geodesics.
#include <marchland/base/units.h>
#include <marchland/geometry/shapes.h>

namespace marchland {

/// Length of the edge as drawn: the integral of sqrt((M dphi)^2 + (N cos phi dlambda)^2) along it, by 8-point
/// Gauss-Legendre quadrature on pieces of at most one degree. Relative error below 1e-12 away from the poles
/// (within one degree of a pole 1e-6). Never shorter than the geodesic between the ends.
[[nodiscard]] Meters edge_length(const Position& from, const Position& to);

/// The shortest way between two positions on WGS84 (Vincenty 1975, by Boost.Geometry). Error below 1 mm;
/// without promise for positions within half a degree of being antipodes, where the series does not converge.
[[nodiscard]] Meters geodesic_distance(const Position& from, const Position& to);

}  // namespace marchland
