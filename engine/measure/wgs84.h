#pragma once
// The ellipsoid on which areas and lengths are measured: WGS84 (NIMA TR8350.2, third edition, 2000,
// table 3.1).
namespace marchland {

inline constexpr double kWgs84SemiMajorAxis = 6378137.0;  ///< metres
inline constexpr double kWgs84Flattening = 1.0 / 298.257223563;
/// Square of the first eccentricity.
inline constexpr double kWgs84EccentricitySquared = kWgs84Flattening * (2.0 - kWgs84Flattening);

}  // namespace marchland
