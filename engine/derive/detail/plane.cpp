#include <marchland/base/error.h>
#include <marchland/derive/detail/plane.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace marchland::detail {

Plane::Plane(const std::string& crs) : projection_(crs) {
  if (projection_.is_geographic()) {
    throw InvalidArgument(
        "it is geographic, and degrees are no distances; expected a projection, such as EPSG:3035, or leave "
        "crs out");
  }
}

PlanePoint Plane::forward(const Position& position, std::string_view what) const {
  const auto point = projection_.forward(position);
  const double unit = projection_.unit();
  if (point && std::hypot(point->x * unit, point->y * unit) <= kFarthest)
    return {point->x * unit, point->y * unit};
  throw InvalidData(
      fmt::format("{}: the projection has no coordinates for ({}, {}), or they are further than {} km from "
                  "its origin; choose a crs made for the ground of the frame",
                  what, position.lon, position.lat, kFarthest / 1000.0));
}

Position Plane::inverse(const PlanePoint& point) const {
  const double unit = projection_.unit();
  const auto position = projection_.inverse({point.x / unit, point.y / unit});
  if (position) return *position;
  throw InvalidData(
      "an edge between cells leaves the earth in this projection; choose a crs made for the ground of the "
      "frame");
}

Position inner_point(const GridPolygon& polygon) {
  std::vector<double> rows;
  for (const auto& ring : polygon) {
    for (const GridPoint p : ring) rows.push_back(p.y);
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  const std::size_t k = (rows.size() - 1) / 2;
  const double y = (rows[k] + rows[std::min(k + 1, rows.size() - 1)]) / 2.0;
  std::vector<double> crossings;
  for (const auto& ring : polygon) {
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
      const double y0 = ring[i].y;
      const double y1 = ring[i + 1].y;
      if ((y0 < y) == (y1 < y)) continue;
      crossings.push_back(ring[i].x +
                          (y - y0) / (y1 - y0) * (static_cast<double>(ring[i + 1].x) - ring[i].x));
    }
  }
  std::sort(crossings.begin(), crossings.end());
  double widest = -1.0;
  double x = polygon[0][0].x;
  for (std::size_t i = 0; i + 1 < crossings.size(); i += 2) {
    if (crossings[i + 1] - crossings[i] <= widest) continue;
    widest = crossings[i + 1] - crossings[i];
    x = (crossings[i] + crossings[i + 1]) / 2.0;
  }
  return {x / kGridUnitsPerDegree, y / kGridUnitsPerDegree};
}

}  // namespace marchland::detail
