#include <marchland/base/grid.h>
#include <marchland/io/detail/repeated_lines.h>
#include <marchland/measure/wgs84.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace marchland::detail {
namespace {

constexpr std::size_t kMostMaps = 64;

/// A vertex of the grid, and the maps that have it, one bit each.
struct Vertex {
  std::int64_t x = 0;
  std::int64_t y = 0;
  std::uint64_t maps = 0;
};

std::vector<Vertex> vertices_of(const std::vector<MultiPolygon>& maps) {
  std::vector<Vertex> all;
  for (std::size_t m = 0; m < maps.size(); ++m) {
    // Maps beyond those that have a bit share one: they then find less, never more.
    const std::uint64_t bit = std::uint64_t{1} << std::min(m, kMostMaps - 1);
    for (const Polygon& polygon : maps[m]) {
      for (const Ring& ring : polygon) {
        for (const Position& p : ring)
          all.push_back(
              {std::llround(p.lon * kGridUnitsPerDegree), std::llround(p.lat * kGridUnitsPerDegree), bit});
      }
    }
  }
  std::sort(all.begin(), all.end(),
            [](const Vertex& a, const Vertex& b) { return a.y != b.y ? a.y < b.y : a.x < b.x; });
  std::vector<Vertex> unique;
  for (const Vertex& vertex : all) {
    if (!unique.empty() && unique.back().x == vertex.x && unique.back().y == vertex.y) {
      unique.back().maps |= vertex.maps;
    } else {
      unique.push_back(vertex);
    }
  }
  return unique;
}

}  // namespace

RepeatedVertices find_repeated_vertices(const std::vector<MultiPolygon>& maps, Meters within) {
  constexpr double kRadiansPerUnit = std::numbers::pi / 180.0 / kGridUnitsPerDegree;
  const std::vector<Vertex> vertices = vertices_of(maps);
  std::vector<bool> is_repeated(vertices.size(), false);
  const double reach = within.value() / (kWgs84SemiMajorAxis * kRadiansPerUnit);
  for (std::size_t i = 0; i < vertices.size(); ++i) {
    const double shrink = std::cos(static_cast<double>(vertices[i].y) * kRadiansPerUnit);
    for (std::size_t j = i + 1; j < vertices.size(); ++j) {
      const auto dy = static_cast<double>(vertices[j].y - vertices[i].y);
      if (dy > reach) break;
      const double dx = static_cast<double>(vertices[j].x - vertices[i].x) * shrink;
      // Vertices that one map has both are two points of its line, however near.
      if (std::hypot(dx, dy) > reach || (vertices[i].maps & vertices[j].maps) != 0) continue;
      is_repeated[i] = true;
      is_repeated[j] = true;
    }
  }
  return {vertices.size(),
          static_cast<std::size_t>(std::count(is_repeated.begin(), is_repeated.end(), true))};
}

}  // namespace marchland::detail
