#pragma once
// Polygons as they were written: degrees, before the grid. Plain values, no topology promised.
#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace marchland {

/// Degrees east and north on WGS84, in that order.
struct Position {
  double lon = 0.0;
  double lat = 0.0;
  friend constexpr auto operator<=>(const Position&, const Position&) noexcept = default;
};

/// Closed: first and last position are equal. Either direction; may cross itself, the antimeridian or a pole.
using Ring = std::vector<Position>;
/// The points of non-zero winding about the first ring, minus those of non-zero winding about any other.
using Polygon = std::vector<Ring>;
/// The union of its polygons.
using MultiPolygon = std::vector<Polygon>;

/// Open or closed; at least two positions.
using Line = std::vector<Position>;
using MultiLine = std::vector<Line>;

/// Which side of a ring around a pole is meant.
enum class PoleSide : std::uint8_t { smaller, north, south };

/// What a data set declares about its rings at the antimeridian and around the poles.
struct RingConvention {
  /// Steps of more than 180 degrees of longitude run as written, not the short way round.
  bool is_literal = false;
  PoleSide pole_side = PoleSide::smaller;
  friend constexpr auto operator<=>(const RingConvention&, const RingConvention&) noexcept = default;
};

/// Checks what no later stage can give a meaning to: rings of fewer than four positions, unclosed rings,
/// coordinates that are not finite, latitudes beyond +-90, longitudes beyond +-540. Throws InvalidData naming
/// polygon, ring and position (counted from 1), what was found and what is expected.
void check_readable(const MultiPolygon& area);

}  // namespace marchland
