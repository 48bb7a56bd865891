#include <marchland/derive/detail/geos.h>
#include <marchland/derive/detail/noding.h>
#include <marchland/derive/detail/subdivision.h>
#include <marchland/measure/edge_area.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace marchland::detail {
namespace {

GeosGeometry line_of(const Geos& geos, const GridSegment& s) {
  auto* h = geos.handle();
  auto* points = geos.check(GEOSCoordSeq_create_r(h, 2, 2));
  GEOSCoordSeq_setXY_r(h, points, 0, s.a.x, s.a.y);
  GEOSCoordSeq_setXY_r(h, points, 1, s.b.x, s.b.y);
  return {geos.check(GEOSGeom_createLineString_r(h, points)), DestroyGeometry{&geos}};
}

std::vector<GridPoint> ring_of(const Geos& geos, const GEOSGeometry* ring, bool is_shell) {
  auto* h = geos.handle();
  const GEOSCoordSequence* points = geos.check(GEOSGeom_getCoordSeq_r(h, ring));
  unsigned count = 0;
  GEOSCoordSeq_getSize_r(h, points, &count);
  std::vector<GridPoint> path(count);
  for (unsigned i = 0; i < count; ++i) {
    double x = 0.0;
    double y = 0.0;
    GEOSCoordSeq_getXY_r(h, points, i, &x, &y);
    path[i] = {static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)};
  }
  if ((twice_area(path) > 0) != is_shell) std::reverse(path.begin(), path.end());
  path.pop_back();
  std::rotate(path.begin(), std::min_element(path.begin(), path.end()), path.end());
  path.push_back(path.front());
  return path;
}

GridPolygon polygon_of(const Geos& geos, const GEOSGeometry* polygon) {
  auto* h = geos.handle();
  GridPolygon rings{ring_of(geos, geos.check(GEOSGetExteriorRing_r(h, polygon)), true)};
  for (int k = 0; k < GEOSGetNumInteriorRings_r(h, polygon); ++k)
    rings.push_back(ring_of(geos, geos.check(GEOSGetInteriorRingN_r(h, polygon, k)), false));
  std::sort(rings.begin() + 1, rings.end());
  return rings;
}

}  // namespace

Subdivision::Subdivision(std::span<const GridSegment> edges) {
  std::vector<GridSegment> unique;
  unique.reserve(edges.size());
  for (const GridSegment& s : edges) unique.push_back({std::min(s.a, s.b), std::max(s.a, s.b)});
  std::sort(unique.begin(), unique.end());
  unique.erase(std::unique(unique.begin(), unique.end()), unique.end());
  if (unique.empty()) return;
  const Geos geos("GEOS cannot polygonize");
  std::vector<GeosGeometry> lines;
  std::vector<const GEOSGeometry*> borrowed;
  for (const GridSegment& s : unique) {
    lines.push_back(line_of(geos, s));
    borrowed.push_back(lines.back().get());
  }
  auto* h = geos.handle();
  const GeosGeometry result(
      geos.check(GEOSPolygonize_r(h, borrowed.data(), static_cast<unsigned>(borrowed.size()))),
      DestroyGeometry{&geos});
  for (int i = 0; i < GEOSGetNumGeometries_r(h, result.get()); ++i)
    pieces_.push_back(polygon_of(geos, geos.check(GEOSGetGeometryN_r(h, result.get(), i))));
  std::sort(pieces_.begin(), pieces_.end());
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    for (const auto& ring : pieces_[i]) {
      for (std::size_t k = 0; k + 1 < ring.size(); ++k) steps_.push_back({{ring[k], ring[k + 1]}, i});
    }
  }
  std::sort(steps_.begin(), steps_.end(), [](const Step& a, const Step& b) { return a.s < b.s; });
}

std::optional<std::size_t> Subdivision::left_of(GridPoint from, GridPoint to) const {
  const GridSegment wanted{from, to};
  const auto found = std::lower_bound(steps_.begin(), steps_.end(), wanted,
                                      [](const Step& step, const GridSegment& s) { return step.s < s; });
  if (found == steps_.end() || found->s != wanted) return std::nullopt;
  return found->piece;
}

Int128 twice_area(std::span<const GridPoint> closed_ring) noexcept {
  Int128 sum = 0;
  for (std::size_t k = 0; k + 1 < closed_ring.size(); ++k) {
    const GridPoint p = closed_ring[k];
    const GridPoint q = closed_ring[k + 1];
    sum += cross(p.x, p.y, q.x, q.y);
  }
  return sum;
}

int winding_about(std::span<const GridSegment> chains, GridPoint point) noexcept {
  int winding = 0;
  for (const GridSegment& s : chains) {
    const bool starts_below = s.a.y <= point.y;
    const bool ends_below = s.b.y <= point.y;
    if (starts_below == ends_below) continue;
    const std::int64_t side = orientation(s.a, s.b, point);
    if (starts_below && side > 0) ++winding;
    if (ends_below && side < 0) --winding;
  }
  return winding;
}

int locate(const GridPolygon& polygon, GridPoint point) noexcept {
  int winding = 0;
  for (const auto& ring : polygon) {
    for (std::size_t k = 0; k + 1 < ring.size(); ++k) {
      const GridSegment step{ring[k], ring[k + 1]};
      if (is_on(step, point)) return 0;
      winding += winding_about({&step, 1}, point);
    }
  }
  return winding == 0 ? -1 : 1;
}

GridPoint to_grid_point(const Position& position) noexcept {
  return {static_cast<std::int32_t>(std::llround(position.lon * kGridUnitsPerDegree)),
          static_cast<std::int32_t>(std::llround(position.lat * kGridUnitsPerDegree))};
}

Position to_position(GridPoint point) noexcept {
  return {grid_to_degrees(point.x), grid_to_degrees(point.y)};
}

GeoLocation location_of(GridPoint point) noexcept {
  return {Lon{grid_to_degrees(point.x)}, Lat{grid_to_degrees(point.y)}};
}

std::string place_text(GridPoint point) {
  return fmt::format("({}, {})", grid_to_degrees(point.x), grid_to_degrees(point.y));
}

SquareMeters area_of(const GridPolygon& polygon) {
  static const EdgeArea kArea = EdgeArea::wgs84();
  AreaUnits sum = 0;
  for (const auto& ring : polygon) {
    for (std::size_t k = 0; k + 1 < ring.size(); ++k)
      sum += kArea({ring[k], ring[k + 1]}, ring[k], ring[k + 1]);
  }
  return to_square_meters(sum);
}

MultiPolygon to_area(std::span<const GridPolygon> polygons) {
  MultiPolygon area;
  for (const GridPolygon& rings : polygons) {
    Polygon& polygon = area.emplace_back();
    for (const auto& ring : rings) {
      Ring& out = polygon.emplace_back();
      for (const GridPoint p : ring) out.push_back(to_position(p));
    }
  }
  return area;
}

}  // namespace marchland::detail
