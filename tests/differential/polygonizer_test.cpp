// Pieces between noded edges against the polygonizer of GEOS: the same rings, point by point. On such edges
// it computes no point, only walks and nests.
#include <marchland/derive/detail/noding.h>
#include <marchland/derive/detail/subdivision.h>

#include <geos_c.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>

namespace marchland::detail {
namespace {

class Polygonizer {
 public:
  Polygonizer() : handle_(GEOS_init_r()) {}
  ~Polygonizer() { GEOS_finish_r(handle_); }
  Polygonizer(const Polygonizer&) = delete;
  Polygonizer& operator=(const Polygonizer&) = delete;

  [[nodiscard]] std::vector<GridPolygon> operator()(const std::vector<GridSegment>& edges) const {
    std::vector<GEOSGeometry*> lines;
    for (const GridSegment& s : edges) {
      GEOSCoordSequence* points = GEOSCoordSeq_create_r(handle_, 2, 2);
      GEOSCoordSeq_setXY_r(handle_, points, 0, s.a.x, s.a.y);
      GEOSCoordSeq_setXY_r(handle_, points, 1, s.b.x, s.b.y);
      lines.push_back(GEOSGeom_createLineString_r(handle_, points));
    }
    GEOSGeometry* result = GEOSPolygonize_r(handle_, lines.data(), static_cast<unsigned>(lines.size()));
    std::vector<GridPolygon> pieces;
    for (int i = 0; i < GEOSGetNumGeometries_r(handle_, result); ++i)
      pieces.push_back(polygon_of(GEOSGetGeometryN_r(handle_, result, i)));
    GEOSGeom_destroy_r(handle_, result);
    for (GEOSGeometry* line : lines) GEOSGeom_destroy_r(handle_, line);
    std::sort(pieces.begin(), pieces.end());
    return pieces;
  }

 private:
  [[nodiscard]] std::vector<GridPoint> ring_of(const GEOSGeometry* ring, bool is_shell) const {
    const GEOSCoordSequence* points = GEOSGeom_getCoordSeq_r(handle_, ring);
    unsigned count = 0;
    GEOSCoordSeq_getSize_r(handle_, points, &count);
    std::vector<GridPoint> path(count);
    for (unsigned i = 0; i < count; ++i) {
      double x = 0.0;
      double y = 0.0;
      GEOSCoordSeq_getXY_r(handle_, points, i, &x, &y);
      path[i] = {static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)};
    }
    if ((twice_area(path) > 0) != is_shell) std::reverse(path.begin(), path.end());
    path.pop_back();
    std::rotate(path.begin(), std::min_element(path.begin(), path.end()), path.end());
    path.push_back(path.front());
    return path;
  }

  [[nodiscard]] GridPolygon polygon_of(const GEOSGeometry* polygon) const {
    GridPolygon rings{ring_of(GEOSGetExteriorRing_r(handle_, polygon), true)};
    for (int k = 0; k < GEOSGetNumInteriorRings_r(handle_, polygon); ++k)
      rings.push_back(ring_of(GEOSGetInteriorRingN_r(handle_, polygon, k), false));
    std::sort(rings.begin() + 1, rings.end());
    return rings;
  }

  GEOSContextHandle_t handle_;
};

TEST(Subdivision, PiecesAreThoseOfThePolygonizer) {
  const Polygonizer polygonize;
  std::size_t pieces = 0;
  std::size_t holes = 0;
  for (unsigned seed = 0; seed < 1000; ++seed) {
    std::mt19937 random(seed);
    const unsigned extent = seed % 2 == 0 ? 25 : 100'000;
    const auto coordinate = [&] { return static_cast<std::int32_t>(random() % extent); };
    std::vector<GridSegment> segments;
    const auto add = [&](GridPoint a, GridPoint b) {
      if (a != b) segments.push_back({a, b});
    };
    for (unsigned k = 0; k < 2 + seed % 14; ++k)
      add({coordinate(), coordinate()}, {coordinate(), coordinate()});
    // Small triangles, which lie in pieces of others.
    for (unsigned k = 0; k < 4 * (seed % 9); ++k) {
      const std::int32_t size = 1 + static_cast<std::int32_t>(random() % (1 + extent / 20));
      const GridPoint a{coordinate(), coordinate()};
      add(a, {a.x + size, a.y});
      add({a.x + size, a.y}, {a.x, a.y + size});
      add({a.x, a.y + size}, a);
    }
    std::vector<GridSegment> edges;
    for (const GridPath& path : node_segments(segments)) {
      for (std::size_t k = 0; k + 1 < path.size(); ++k)
        edges.push_back({std::min(path[k], path[k + 1]), std::max(path[k], path[k + 1])});
    }
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    const Subdivision subdivision(edges);
    std::vector<GridPolygon> found;
    for (std::size_t i = 0; i < subdivision.size(); ++i) found.push_back(subdivision.polygon(i));
    ASSERT_EQ(found, polygonize(edges)) << "seed " << seed;
    pieces += found.size();
    for (const GridPolygon& polygon : found) holes += polygon.size() - 1;
  }
  EXPECT_GT(pieces, 5000U);
  EXPECT_GT(holes, 200U);
}

}  // namespace
}  // namespace marchland::detail
