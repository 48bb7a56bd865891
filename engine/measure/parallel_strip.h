#pragma once
// Ground between two parallels of WGS84, by quadrature: what areas are made of where the ends of a line are
// no points of the grid (sides of raster cells). Areas of faces are whole numbers and are found elsewhere
// (edge_area.h).
namespace marchland {

/// With S(phi) the area between equator and parallel per radian of longitude, dS = M N cos(phi) dphi.
struct ParallelStrip {
  double area = 0.0;  ///< integral of dS, square metres per radian of longitude; negative going south
  /// Integral of (phi - mean) dS, divided by the height of the strip: what a line inclined by one radian of
  /// longitude over the height of the strip has beyond its mean longitude.
  double tilt = 0.0;
};

/// Between latitudes `mean - half` and `mean + half`, in radians, within a quarter turn of the equator;
/// `half` may be negative. By Gauss-Legendre quadrature of 3 points below 1e-3 radian, of 7 on pieces of at
/// most one degree otherwise: relative error below 4 roundings of a double, of tilt below 1e-12 of the area
/// times the height. Exactly antisymmetric.
[[nodiscard]] ParallelStrip strip_about(double mean, double half) noexcept;

/// From the equator to a latitude, square metres per radian of longitude, by the closed form; within some
/// roundings of the strip from equator to pole, so not for what is left to a pole.
[[nodiscard]] double strip_from_equator(double phi) noexcept;

/// The integral of (lambda - origin) dS along a line straight in longitude and latitude from (lambda1, phi1)
/// to (lambda2, phi2), in square metres; longitudes in radians from the origin. Summed around a ring,
/// interior on the left, it is the area within.
[[nodiscard]] double area_west_of(double lambda1, double lambda2, double mean_phi, double half_phi) noexcept;

/// dS / dphi.
[[nodiscard]] double strip_density(double phi) noexcept;

}  // namespace marchland
