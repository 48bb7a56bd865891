#include <marchland/analysis/edge_geometry.h>
#include <marchland/tiles/detail/division.h>
#include <marchland/tiles/mercator_plane.h>
#include <marchland/tiles/tile_cost.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace marchland {
namespace {

// Measured on atlases of a few long lines and of many short ones; a third to three times as much is possible.
/// Of each piece of line, lines being cut where tiles and their buffers end, while a zoom is worked on.
constexpr std::uint64_t kBytesOfPiece = 400;
/// Of each tile that lines pass through, until it is written.
constexpr std::uint64_t kBytesOfTile = 4000;

/// Column or row of tiles that a place in the square lies in.
std::int64_t tile_index(double place, int zoom) {
  const double side = double{kTileExtent} * tile_unit(zoom);
  const std::int64_t last = (std::int64_t{1} << zoom) - 1;
  return std::clamp(static_cast<std::int64_t>(std::floor((place + kMercatorHalf) / side)), std::int64_t{0},
                    last);
}

}  // namespace

TileCost::TileCost(const Composite& composite, const std::vector<TileLayer>& layers) {
  const detail::Division division = detail::divide(composite, layers);
  const Arrangement& plane = composite.plane();
  const auto clamped = [&](NodeIndex node) {
    Position p = position_of(plane, node);
    p.lat = std::clamp(p.lat, -kMercatorMaxLat, kMercatorMaxLat);
    return p;
  };
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    if (!division.divides(plane, e)) continue;
    const Position p = clamped(plane.edges()[e].u);
    const Position q = clamped(plane.edges()[e].v);
    lines_.push_back({to_mercator(p.lon, p.lat), to_mercator(q.lon, q.lat), chord_count(p, q, 1.0)});
  }
}

std::uint64_t TileCost::bytes(int min_zoom, int max_zoom) const {
  const double finer = std::sqrt(1.0 / (kChordShare * tile_unit(max_zoom)));
  std::uint64_t chords = 0;
  for (const Line& line : lines_)
    chords += static_cast<std::uint64_t>(std::max(1.0, std::ceil(line.chords * finer)));
  // All zooms may be worked on at once. How many are depends on the threads, on which no answer may.
  std::uint64_t pieces = 0;
  for (int zoom = min_zoom; zoom <= max_zoom; ++zoom) {
    pieces += chords;
    for (const Line& line : lines_) {
      const auto sides = std::abs(tile_index(line.a.x, zoom) - tile_index(line.b.x, zoom)) +
                         std::abs(tile_index(line.a.y, zoom) - tile_index(line.b.y, zoom));
      pieces += 2 * static_cast<std::uint64_t>(sides);
    }
  }
  // A line passes half as many tiles at the zoom below.
  return arrangement_bytes(chords, 0) + kBytesOfPiece * pieces + kBytesOfTile * 2 * tiles(max_zoom);
}

std::uint64_t TileCost::tiles(int zoom) const {
  std::vector<std::uint64_t> found;
  const auto add = [&](std::int64_t column, std::int64_t row) {
    const auto tile = (static_cast<std::uint64_t>(column) << 32U) | static_cast<std::uint64_t>(row);
    if (found.empty() || found.back() != tile) found.push_back(tile);
  };
  const double side = double{kTileExtent} * tile_unit(zoom);
  for (const Line& line : lines_) {
    const auto [low, high] = line.a.x <= line.b.x ? std::pair(line.a, line.b) : std::pair(line.b, line.a);
    // Column by column, the rows that the line passes there.
    const std::int64_t first = tile_index(low.x, zoom);
    const std::int64_t last = tile_index(high.x, zoom);
    const double slope = high.x > low.x ? (high.y - low.y) / (high.x - low.x) : 0.0;
    double y = low.y;
    for (std::int64_t column = first; column <= last; ++column) {
      const double east = static_cast<double>(column + 1) * side - kMercatorHalf;
      const double next = column == last ? high.y : low.y + slope * (east - low.x);
      const std::int64_t from = tile_index(y, zoom);
      const std::int64_t to = tile_index(next, zoom);
      for (std::int64_t row = std::min(from, to); row <= std::max(from, to); ++row) add(column, row);
      y = next;
    }
  }
  std::sort(found.begin(), found.end());
  return static_cast<std::uint64_t>(std::unique(found.begin(), found.end()) - found.begin());
}

double TileCost::middle_length() const {
  std::vector<double> lengths;
  for (const Line& line : lines_) lengths.push_back(std::hypot(line.b.x - line.a.x, line.b.y - line.a.y));
  if (lengths.empty()) return 0.0;
  const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
  std::nth_element(lengths.begin(), middle, lengths.end());
  return *middle;
}

double TileCost::extent() const {
  if (lines_.empty()) return 0.0;
  MercatorPosition low = lines_.front().a;
  MercatorPosition high = low;
  for (const Line& line : lines_) {
    for (const MercatorPosition& p : {line.a, line.b}) {
      low = {std::min(low.x, p.x), std::min(low.y, p.y)};
      high = {std::max(high.x, p.x), std::max(high.y, p.y)};
    }
  }
  return std::max(high.x - low.x, high.y - low.y);
}

}  // namespace marchland
