#pragma once
// The integer grid every input vertex is moved to once, and never again: units of 1e-7 degree (at most 1.1
// cm).
#include <compare>
#include <cstdint>

namespace marchland {

inline constexpr std::int32_t kGridUnitsPerDegree = 10'000'000;
inline constexpr std::int32_t kGridMaxLon = 180 * kGridUnitsPerDegree;  ///< x of the antimeridian
inline constexpr std::int32_t kGridMaxLat = 90 * kGridUnitsPerDegree;   ///< y of the north pole

/// A vertex of the grid: x is longitude, y latitude. Every coordinate lies in the box +-kGridMaxLon by
/// +-kGridMaxLat; all predicates rely on that for their range. Ordered by x, then y.
struct GridPoint {
  std::int32_t x = 0;
  std::int32_t y = 0;
  friend constexpr auto operator<=>(GridPoint, GridPoint) noexcept = default;
};

[[nodiscard]] constexpr double grid_to_degrees(std::int32_t units) noexcept {
  // Division, not multiplication by 1e-7: the quotient is the double nearest to the decimal, so it prints
  // short.
  return static_cast<double>(units) / kGridUnitsPerDegree;
}

}  // namespace marchland
