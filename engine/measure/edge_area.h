#pragma once
// Area as an integer, edge by edge. Question of the room: how large, how long?
//
// The area of a region bounded by edges straight in longitude and latitude is the sum over its edges,
// interior on the left, of  -integral S(phi) dlambda,  S(phi) = integral_0^phi M N cos phi, the area between
// equator and parallel per radian. With s = sin phi, S = a^2(1-e^2) sum (n+1)/(2n+1) e^2n s^(2n+1) (expand
// 1/(1-e^2 s^2)^2).
//
// Each edge is rounded to whole square millimetres in a way that cannot lose anything: the integer of P->Q is
// f(line, Q) - f(line, P), where f adds up rounded pieces between fixed mileposts of the line (multiples of
// 2^16 grid units on its longer axis). f depends on the line and the point alone, never on which other
// segments exist, so the integer of a region depends on its boundary alone, however that is cut up. See
// docs/design/areas.md.
#include <marchland/base/int128.h>
#include <marchland/base/units.h>
#include <marchland/geometry/exact_point.h>

#include <array>

namespace marchland {

/// Whole square millimetres. 128 bits, because an edge of 13 degrees already exceeds 64.
using AreaUnits = Int128;
inline constexpr double kAreaUnitsPerSquareMeter = 1e6;

/// The nearest double; what tables show.
[[nodiscard]] constexpr SquareMeters to_square_meters(AreaUnits area) noexcept {
  return SquareMeters(static_cast<double>(area) / kAreaUnitsPerSquareMeter);
}

/// An ellipsoid of revolution (or a sphere), for edges straight in longitude and latitude.
class EdgeArea {
 public:
  /// Semi-major axis in metres, flattening in [0, 1/100]: beyond that the series is too short.
  /// Throws InvalidArgument.
  EdgeArea(Meters semi_major, double flattening);
  [[nodiscard]] static EdgeArea wgs84();

  /// Integer of the edge p->q, both on the line through s.a and s.b. Antisymmetric in p and q, and additive:
  /// (p,q) + (q,r) = (p,r) exactly. Positive if the area between edge and equator lies to the left.
  /// Error against the exact integral between grid points: at most kErrorPerPiece for each milepost passed,
  /// and twice that. A crossing is first rounded to 2^-32 unit, alike for all edges that meet there: that
  /// moves area of up to 17 units from one edge to the next, and nothing in the sum around a face.
  [[nodiscard]] AreaUnits operator()(const GridSegment& s, const ExactPoint& p, const ExactPoint& q) const;

  /// Bound, in units, on the error of one rounded piece on an ellipsoid of the earth's size: half a unit of
  /// rounding, and six roundings of a double of at most 4.7e15 units. tests/unit/measure holds it to account.
  static constexpr double kErrorPerPiece = 3.0;

 private:
  struct FixedPoint {
    FixedCoordinate x;
    FixedCoordinate y;
  };
  [[nodiscard]] std::int64_t piece(FixedPoint from, FixedPoint to) const;
  /// piece(from1, to1) and piece(from2, to2) in little more time than one takes.
  [[nodiscard]] std::array<std::int64_t, 2> two_pieces(FixedPoint from1, FixedPoint to1, FixedPoint from2,
                                                       FixedPoint to2) const;
  /// Before rounding, of one piece or two.
  template <class Real>
  [[nodiscard]] Real integral(Real dlambda, Real half_dphi, Real sin_of_mean) const;

  static constexpr int kTerms = 9;  ///< truncation below 1e-19 at f = 1/298, 2e-15 at f = 1/100
  std::array<double, kTerms> series_{};
  double scale_ = 0.0;  ///< a^2 (1-e^2), in units
  double e2_ = 0.0;
};

/// Sine of an angle given as a sum of two latitudes in fixed units, halved: half_sum = (y1 + y2) / 2. A fixed
/// sequence of operations of our own, because libm differs between machines. Error below 1 ulp.
[[nodiscard]] double sin_of_mean_latitude(std::int64_t y1_plus_y2) noexcept;

}  // namespace marchland
