#pragma once
// Longitudes on the circle that they are.
#include <vector>

namespace marchland {

/// The longitude, by whole turns, nearest to `other`; degrees.
[[nodiscard]] double nearest_turn(double lon, double other) noexcept;

/// From west eastwards to east, degrees; east >= west, and may be over 180.
struct LongitudeStretch {
  double west = 0.0;
  double east = 0.0;
  /// What of the circle lies outside.
  [[nodiscard]] double rest() const noexcept { return 360.0 - (east - west); }
};

/// The narrowest stretch that has all of them; of equally narrow ones that with the least beginning.
/// `longitudes`: at least one, within +-180. n log n.
[[nodiscard]] LongitudeStretch narrowest_stretch(std::vector<double> longitudes);

}  // namespace marchland
