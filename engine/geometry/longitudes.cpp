#include <marchland/geometry/longitudes.h>

#include <algorithm>
#include <cmath>

namespace marchland {

double nearest_turn(double lon, double other) noexcept {
  return lon + 360.0 * std::round((other - lon) / 360.0);
}

LongitudeStretch narrowest_stretch(std::vector<double> longitudes) {
  std::sort(longitudes.begin(), longitudes.end());
  LongitudeStretch best{longitudes.front(), longitudes.back()};
  for (std::size_t i = 1; i < longitudes.size(); ++i) {
    const LongitudeStretch other{longitudes[i], longitudes[i - 1] + 360.0};
    if (other.east - other.west < best.east - best.west) best = other;
  }
  return best;
}

}  // namespace marchland
