#pragma once
// The square of Web Mercator (EPSG:3857), its tiles and the grid in them. Question of the room: what is in
// tile z/x/y?
//
// The earth between +-85.0511 degrees is a square of 2^30 units a side, 3.7 cm at the equator: x runs east
// from the antimeridian, y south, both from -2^29 to 2^29, so that grid points and their exact predicates
// (geometry/exact_point.h) serve here too. A tile of zoom z has 4096 tile units a side, each of 2^(18-z) of
// those: tile corners are grid points at every zoom. In such coordinates the left of a direction, where cross
// products are positive, is its right-hand side on the map; `TileEdge` and rings are meant so.
#include <marchland/base/grid.h>

#include <compare>
#include <cstdint>

namespace marchland {

inline constexpr std::int32_t kMercatorHalf = std::int32_t{1} << 29;
inline constexpr std::int32_t kTileExtent = 4096;  ///< tile units on a side of a tile
inline constexpr int kMaxZoom = 16;                ///< tile units of 0.15 m at the equator

/// Latitude of the square's north side, in degrees: atan(sinh(pi)).
inline constexpr double kMercatorMaxLat = 85.05112877980659;

/// Units of the square in a tile unit. Precondition: 0 <= zoom <= kMaxZoom.
[[nodiscard]] constexpr std::int32_t tile_unit(int zoom) noexcept {
  return std::int32_t{1} << (18 - zoom);
}
/// Tile units from the middle of the square to its side.
[[nodiscard]] constexpr std::int32_t half_world(int zoom) noexcept {
  return std::int32_t{1} << (11 + zoom);
}

/// Column x counts from the antimeridian eastwards, row y from the north.
struct TileId {
  int zoom = 0;
  std::uint32_t x = 0;
  std::uint32_t y = 0;
  friend constexpr auto operator<=>(const TileId&, const TileId&) noexcept = default;
};

/// Place of a tile in PMTiles: all tiles of smaller zooms come first, then those of its own along a Hilbert
/// curve (PMTiles 3, sec. 4.1; Wikipedia, "Hilbert curve", xy2d).
[[nodiscard]] std::uint64_t hilbert_id(const TileId& tile) noexcept;
/// The tile at that place.
[[nodiscard]] TileId tile_of(std::uint64_t hilbert_id) noexcept;

/// A tile unit on the ground, from west to east at a latitude within the square, in metres on WGS84.
[[nodiscard]] double tile_unit_meters(int zoom, double lat);

/// Position in the square, in its units, not rounded; latitudes beyond +-kMercatorMaxLat give its sides.
struct MercatorPosition {
  double x = 0.0;
  double y = 0.0;
};
[[nodiscard]] MercatorPosition to_mercator(double lon, double lat) noexcept;

/// Degrees of a point of the square.
struct LonLatDegrees {
  double lon = 0.0;
  double lat = 0.0;
};
[[nodiscard]] LonLatDegrees from_mercator(double x, double y) noexcept;

}  // namespace marchland
