// The same question as overlays ask it: for each two consecutive dates of a layer of one actor the ground
// held, gained and lost, polygon against polygon by GEOS. Polygons that are not valid are repaired first, as
// users of overlays have to; that is timed apart. Prints JSON.
//   bench_geos ATLAS
#include <marchland/io/read_atlas.h>
#include <marchland/measure/edge_area.h>

#include <fmt/format.h>
#include <geos_c.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace marchland;
using Clock = std::chrono::steady_clock;

GEOSContextHandle_t context = nullptr;

GEOSCoordSequence* sequence(const Ring& ring) {
  GEOSCoordSequence* out = GEOSCoordSeq_create_r(context, static_cast<unsigned>(ring.size()), 2);
  for (unsigned i = 0; i < ring.size(); ++i) GEOSCoordSeq_setXY_r(context, out, i, ring[i].lon, ring[i].lat);
  return out;
}

GEOSGeometry* geometry(const MultiPolygon& area) {
  std::vector<GEOSGeometry*> polygons;
  for (const Polygon& polygon : area) {
    std::vector<GEOSGeometry*> holes;
    for (std::size_t r = 1; r < polygon.size(); ++r)
      holes.push_back(GEOSGeom_createLinearRing_r(context, sequence(polygon[r])));
    polygons.push_back(
        GEOSGeom_createPolygon_r(context, GEOSGeom_createLinearRing_r(context, sequence(polygon.front())),
                                 holes.data(), static_cast<unsigned>(holes.size())));
  }
  return GEOSGeom_createCollection_r(context, GEOS_MULTIPOLYGON, polygons.data(),
                                     static_cast<unsigned>(polygons.size()));
}

/// Of what GEOS returns, on the ellipsoid, vertices put on the grid of 1e-7 degree.
double area_km2(const GEOSGeometry* shape) {
  const EdgeArea edge_area = EdgeArea::wgs84();
  const auto ring_area = [&](const GEOSGeometry* ring) {
    const GEOSCoordSequence* points = GEOSGeom_getCoordSeq_r(context, ring);
    unsigned size = 0;
    GEOSCoordSeq_getSize_r(context, points, &size);
    AreaUnits sum = 0;
    GridPoint last{};
    for (unsigned i = 0; i < size; ++i) {
      double x = 0.0;
      double y = 0.0;
      GEOSCoordSeq_getXY_r(context, points, i, &x, &y);
      const GridPoint here{static_cast<std::int32_t>(std::llround(x * kGridUnitsPerDegree)),
                           static_cast<std::int32_t>(std::llround(y * kGridUnitsPerDegree))};
      if (i > 0 && here != last) sum += edge_area({last, here}, last, here);
      last = here;
    }
    return sum < 0 ? -sum : sum;
  };
  AreaUnits total = 0;
  for (int g = 0; g < GEOSGetNumGeometries_r(context, shape); ++g) {
    const GEOSGeometry* part = GEOSGetGeometryN_r(context, shape, g);
    if (GEOSGeomTypeId_r(context, part) != GEOS_POLYGON) continue;
    total += ring_area(GEOSGetExteriorRing_r(context, part));
    for (int h = 0; h < GEOSGetNumInteriorRings_r(context, part); ++h)
      total -= ring_area(GEOSGetInteriorRingN_r(context, part, h));
  }
  return to_square_meters(total).value() / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: bench_geos ATLAS\n", stderr);
    return 2;
  }
  const Atlas atlas = read_atlas(argv[1]);
  context = GEOS_init_r();
  std::map<Instant, MultiPolygon> by_date;
  for (const Statement& s : atlas.statements) {
    auto& area = by_date[s.validity.from()];
    area.insert(area.end(), s.area.begin(), s.area.end());
  }
  std::vector<GEOSGeometry*> shapes;
  for (const auto& [date, area] : by_date) shapes.push_back(geometry(area));

  const auto seconds = [](Clock::duration time) { return std::chrono::duration<double>(time).count(); };
  const auto start = Clock::now();
  std::size_t repaired = 0;
  for (GEOSGeometry*& shape : shapes) {
    if (GEOSisValid_r(context, shape) == 1) continue;
    GEOSGeometry* valid = GEOSMakeValid_r(context, shape);
    GEOSGeom_destroy_r(context, shape);
    shape = valid;
    ++repaired;
  }
  const auto ready = Clock::now();
  double intersections = 0.0;
  double differences = 0.0;
  double passed = 0.0;
  std::size_t failed = 0;
  for (std::size_t i = 0; i + 1 < shapes.size(); ++i) {
    const auto begin = Clock::now();
    GEOSGeometry* held = GEOSIntersection_r(context, shapes[i], shapes[i + 1]);
    const auto middle = Clock::now();
    GEOSGeometry* lost = GEOSDifference_r(context, shapes[i], shapes[i + 1]);
    GEOSGeometry* gained = GEOSDifference_r(context, shapes[i + 1], shapes[i]);
    const auto end = Clock::now();
    intersections += seconds(middle - begin);
    differences += seconds(end - middle);
    for (GEOSGeometry* shape : {held, lost, gained}) {
      if (shape == nullptr) {
        ++failed;
        continue;
      }
      if (shape != held) passed += area_km2(shape);
      GEOSGeom_destroy_r(context, shape);
    }
  }
  fmt::print(
      R"({{"geos":"{}","dates":{},"repaired":{},"repair_s":{:.3f},"intersections_s":{:.3f},"differences_s":{:.3f},"failed":{},"passed_km2":{}}})"
      "\n",
      GEOSversion(), shapes.size(), repaired, seconds(ready - start), intersections, differences, failed,
      passed);
  for (GEOSGeometry* shape : shapes) GEOSGeom_destroy_r(context, shape);
  GEOS_finish_r(context);
}
