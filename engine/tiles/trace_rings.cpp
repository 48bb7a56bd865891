#include <marchland/composite/arrangement.h>
#include <marchland/geometry/exact_point.h>
#include <marchland/tiles/trace_rings.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <unordered_map>

namespace marchland {
namespace {

using Directed = std::pair<GridPoint, GridPoint>;

/// Whether, turning clockwise from the direction back, b comes after a. `back` itself comes last.
bool is_later_clockwise(const GridSegment& back, const GridSegment& a, const GridSegment& b) {
  const auto half = [&](const GridSegment& s) {
    // 0: clockwise of `back` by less than half a turn, 1: by half a turn, 2: by more, 3: none
    const int side = sign(cross(back.dx(), back.dy(), s.dx(), s.dy()));
    if (side != 0) return side < 0 ? 0 : 2;
    const Int128 along = static_cast<Int128>(back.dx()) * s.dx() + static_cast<Int128>(back.dy()) * s.dy();
    return along < 0 ? 1 : 3;
  };
  const int ha = half(a);
  const int hb = half(b);
  if (ha != hb) return ha < hb;
  return sign(cross(a.dx(), a.dy(), b.dx(), b.dy())) < 0;
}

/// Loops of edges, each cut wherever it comes back to a vertex.
std::vector<TileRing> simple_rings(const std::vector<Directed>& edges) {
  std::vector<bool> is_used(edges.size(), false);
  const auto next_of = [&](std::size_t arriving) {
    const GridPoint at = edges[arriving].second;
    const GridSegment back{at, edges[arriving].first};
    auto candidate = std::lower_bound(edges.begin(), edges.end(), at,
                                      [](const Directed& e, GridPoint p) { return e.first < p; });
    auto best = edges.end();
    for (; candidate != edges.end() && candidate->first == at; ++candidate) {
      if (best == edges.end() || is_later_clockwise(back, {at, candidate->second}, {at, best->second}))
        best = candidate;
    }
    if (best == edges.end()) throw std::logic_error("internal invariant broken: a ring that does not close");
    return static_cast<std::size_t>(best - edges.begin());
  };
  std::vector<TileRing> rings;
  for (std::size_t start = 0; start < edges.size(); ++start) {
    if (is_used[start]) continue;
    TileRing path;
    std::unordered_map<std::uint64_t, std::size_t> position;
    const auto key = [](GridPoint p) {
      return (std::uint64_t{static_cast<std::uint32_t>(p.x)} << 32U) | static_cast<std::uint32_t>(p.y);
    };
    std::size_t edge = start;
    do {
      if (is_used[edge]) throw std::logic_error("internal invariant broken: a ring that does not close");
      is_used[edge] = true;
      const GridPoint at = edges[edge].first;
      if (const auto seen = position.find(key(at)); seen != position.end()) {
        const std::size_t begin = seen->second;
        for (std::size_t i = begin + 1; i < path.size(); ++i) position.erase(key(path[i]));
        rings.emplace_back(path.begin() + static_cast<std::ptrdiff_t>(begin), path.end());
        path.resize(begin);
      }
      position[key(at)] = path.size();
      path.push_back(at);
      edge = next_of(edge);
    } while (edge != start);
    rings.push_back(std::move(path));
  }
  return rings;
}

struct Bounds {
  std::int32_t west, north, east, south;
  explicit Bounds(const TileRing& ring)
      : west(ring[0].x), north(ring[0].y), east(ring[0].x), south(ring[0].y) {
    for (const GridPoint p : ring) {
      west = std::min(west, p.x);
      east = std::max(east, p.x);
      north = std::min(north, p.y);
      south = std::max(south, p.y);
    }
  }
  [[nodiscard]] bool hold(const Bounds& other) const {
    return west <= other.west && north <= other.north && east >= other.east && south >= other.south;
  }
};

/// Whether the middle of the hole's first edge lies inside. No other ring passes there, for edges meet in
/// their ends only. Coordinates are doubled, so that the middle is a grid point.
bool is_inside(const TileRing& hole, const TileRing& shell) {
  const std::int64_t x = std::int64_t{hole[0].x} + hole[1].x;
  const std::int64_t y = std::int64_t{hole[0].y} + hole[1].y;
  bool inside = false;
  for (std::size_t i = 0; i < shell.size(); ++i) {
    const GridPoint a = shell[i];
    const GridPoint b = shell[(i + 1) % shell.size()];
    const bool a_below = 2 * std::int64_t{a.y} <= y;
    if (a_below == (2 * std::int64_t{b.y} <= y)) continue;
    const Int128 side = cross(std::int64_t{b.x} - a.x, std::int64_t{b.y} - a.y, x - 2 * std::int64_t{a.x},
                              y - 2 * std::int64_t{a.y});
    if ((side > 0) == a_below) inside = !inside;
  }
  return inside;
}

}  // namespace

std::int64_t twice_area(const TileRing& ring) {
  std::int64_t sum = 0;
  for (std::size_t i = 1; i + 1 < ring.size(); ++i) sum += orientation(ring[0], ring[i], ring[i + 1]);
  return sum;
}

std::vector<TilePolygon> trace_rings(std::vector<std::pair<GridPoint, GridPoint>> edges) {
  std::sort(edges.begin(), edges.end());
  std::vector<TilePolygon> polygons;
  std::vector<TileRing> holes;
  for (TileRing& ring : simple_rings(edges)) {
    std::rotate(ring.begin(), std::min_element(ring.begin(), ring.end()), ring.end());
    if (twice_area(ring) > 0) {
      polygons.push_back({std::move(ring)});
    } else {
      holes.push_back(std::move(ring));
    }
  }
  std::sort(polygons.begin(), polygons.end());
  std::sort(holes.begin(), holes.end());
  std::vector<Bounds> bounds;
  std::vector<std::int64_t> area;
  for (const TilePolygon& polygon : polygons) {
    bounds.emplace_back(polygon.front());
    area.push_back(twice_area(polygon.front()));
  }
  for (TileRing& hole : holes) {
    const Bounds box(hole);
    // Shells nest: the least of those about it is its own.
    std::size_t own = polygons.size();
    for (std::size_t i = 0; i < polygons.size(); ++i) {
      if (bounds[i].hold(box) && (own == polygons.size() || area[i] < area[own]) &&
          is_inside(hole, polygons[i].front()))
        own = i;
    }
    if (own == polygons.size()) throw std::logic_error("internal invariant broken: a hole without a shell");
    polygons[own].push_back(std::move(hole));
  }
  return polygons;
}

}  // namespace marchland
