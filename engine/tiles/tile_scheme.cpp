#include <marchland/measure/length.h>
#include <marchland/tiles/tile_scheme.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace marchland {
namespace {

constexpr double kDegree = std::numbers::pi / 180.0;
constexpr double kHalf = kMercatorHalf;

}  // namespace

std::uint64_t hilbert_id(const TileId& tile) noexcept {
  std::uint64_t id = ((std::uint64_t{1} << (2 * tile.zoom)) - 1) / 3;
  std::uint32_t x = tile.x;
  std::uint32_t y = tile.y;
  for (int bit = tile.zoom - 1; bit >= 0; --bit) {
    const std::uint32_t side = std::uint32_t{1} << bit;
    const bool east = (x & side) != 0;
    const bool south = (y & side) != 0;
    id += (std::uint64_t{side} * side) * ((east ? 3U : 0U) ^ (south ? 1U : 0U));
    if (!south) {
      // The quarter is turned: only bits below this one matter from here on, so wrapping does no harm.
      if (east) {
        x = side - 1 - x;
        y = side - 1 - y;
      }
      std::swap(x, y);
    }
  }
  return id;
}

TileId tile_of(std::uint64_t hilbert_id) noexcept {
  TileId tile;
  for (std::uint64_t count = 1; hilbert_id >= count; count *= 4) {
    hilbert_id -= count;
    ++tile.zoom;
  }
  for (int bit = 0; bit < tile.zoom; ++bit) {
    const std::uint32_t side = std::uint32_t{1} << bit;
    const auto quarter = static_cast<std::uint32_t>(hilbert_id >> (2 * bit)) & 3U;
    const bool east = quarter >= 2;
    const bool south = ((quarter >> 1U) ^ (quarter & 1U)) != 0;
    if (!south) {
      if (east) {
        tile.x = side - 1 - tile.x;
        tile.y = side - 1 - tile.y;
      }
      std::swap(tile.x, tile.y);
    }
    tile.x += east ? side : 0;
    tile.y += south ? side : 0;
  }
  return tile;
}

double tile_unit_meters(int zoom, double lat) {
  const double degrees = 360.0 * tile_unit(zoom) / (2.0 * kHalf);
  return edge_length({0.0, lat}, {degrees, lat}).value();
}

MercatorPosition to_mercator(double lon, double lat) noexcept {
  const double x = lon / 180.0 * kHalf;
  if (lat >= kMercatorMaxLat) return {x, -kHalf};
  if (lat <= -kMercatorMaxLat) return {x, kHalf};
  const double y = std::atanh(std::sin(lat * kDegree)) / std::numbers::pi * -kHalf;
  return {x, std::clamp(y, -kHalf, kHalf)};
}

LonLatDegrees from_mercator(double x, double y) noexcept {
  return {x / kHalf * 180.0, std::atan(std::sinh(y / -kHalf * std::numbers::pi)) / kDegree};
}

}  // namespace marchland
