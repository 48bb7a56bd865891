// Areas of intersections and differences against overlays of GEOS, in square grid units and on the ellipsoid.
//
// GEOS computes crossings in double precision and, where that fails, snaps with a tolerance of 1e-12 of the
// largest coordinate (OverlayNGRobust). So a point of its result is off by at most kShift = 1e-12 of the
// extent, and the area by at most that times the length of both inputs' boundaries, plus the rounding of its
// own shoelace.
#include <geos_c.h>
#include <gtest/gtest.h>
#include <tests/composite_fixtures.h>
#include <tests/composite_oracle.h>

#include <cmath>
#include <memory>
#include <numbers>
#include <vector>

namespace marchland {
namespace {

using namespace testing_fixtures;
using namespace testing_oracle;

class Geos {
 public:
  Geos() : handle_(GEOS_init_r()) {}
  ~Geos() { GEOS_finish_r(handle_); }
  Geos(const Geos&) = delete;
  Geos& operator=(const Geos&) = delete;
  [[nodiscard]] GEOSContextHandle_t get() const { return handle_; }

 private:
  GEOSContextHandle_t handle_;
};
const Geos& geos() {
  static const Geos instance;
  return instance;
}

struct GeometryDeleter {
  void operator()(GEOSGeometry* g) const { GEOSGeom_destroy_r(geos().get(), g); }
};
using Geometry = std::unique_ptr<GEOSGeometry, GeometryDeleter>;

/// In grid units, which doubles hold exactly.
GEOSGeometry* linear_ring(const Ring& ring) {
  GEOSCoordSequence* points = GEOSCoordSeq_create_r(geos().get(), static_cast<unsigned>(ring.size()), 2);
  for (unsigned i = 0; i < ring.size(); ++i) {
    GEOSCoordSeq_setXY_r(geos().get(), points, i, static_cast<double>(to_grid(ring[i].lon)),
                         static_cast<double>(to_grid(ring[i].lat)));
  }
  return GEOSGeom_createLinearRing_r(geos().get(), points);
}
Geometry polygon_of(const Polygon& polygon) {
  std::vector<GEOSGeometry*> holes;
  for (std::size_t r = 1; r < polygon.size(); ++r) holes.push_back(linear_ring(polygon[r]));
  return Geometry(GEOSGeom_createPolygon_r(geos().get(), linear_ring(polygon.front()), holes.data(),
                                           static_cast<unsigned>(holes.size())));
}
Geometry area_of(const std::vector<Polygon>& polygons) {
  std::vector<GEOSGeometry*> parts;
  for (const Polygon& polygon : polygons) parts.push_back(polygon_of(polygon).release());
  const Geometry all(GEOSGeom_createCollection_r(geos().get(), GEOS_MULTIPOLYGON, parts.data(),
                                                 static_cast<unsigned>(parts.size())));
  return Geometry(GEOSUnaryUnion_r(geos().get(), all.get()));
}
bool is_valid(const Polygon& polygon) {
  const Geometry geometry = polygon_of(polygon);
  return geometry && GEOSisValid_r(geos().get(), geometry.get()) == 1;
}
double planar_area(const Geometry& geometry) {
  double area = 0.0;
  GEOSArea_r(geos().get(), geometry.get(), &area);
  return area;
}
double length(const Geometry& geometry) {
  double value = 0.0;
  GEOSLength_r(geos().get(), geometry.get(), &value);
  return value;
}

/// Authalic closed form; the edge is straight in lon/lat, integrated by Gauss-Legendre with 5 nodes (error
/// below 1e-16 for edges of a degree).
double edge_square_metres(double x1, double y1, double x2, double y2) {
  constexpr double kA = 6378137.0;
  constexpr double kF = 1 / 298.257223563;
  constexpr double kE2 = kF * (2 - kF);
  const double k = std::numbers::pi / 180 / kGridUnitsPerDegree;
  const double e = std::sqrt(kE2);
  const auto below = [&](double y) {
    const double s = std::sin(y * k);
    return kA * kA * (1 - kE2) / 2 * (s / (1 - kE2 * s * s) + std::atanh(e * s) / e);
  };
  constexpr std::array kNodes{-0.906179845938664, -0.538469310105683, 0.0, 0.538469310105683,
                              0.906179845938664};
  constexpr std::array kWeights{0.236926885056189, 0.478628670499366, 0.568888888888889, 0.478628670499366,
                                0.236926885056189};
  double mean = 0.0;
  // From the lower left corner of the map on, so that nothing cancels.
  const double origin = below(390000000.0);
  for (std::size_t i = 0; i < 5; ++i) {
    mean += kWeights[i] / 2 * (below((y1 + y2) / 2 + (y2 - y1) / 2 * kNodes[i]) - origin);
  }
  return -(x2 - x1) * k * mean;
}
double ring_square_metres(const GEOSGeometry* ring) {
  const GEOSCoordSequence* points = GEOSGeom_getCoordSeq_r(geos().get(), ring);
  unsigned size = 0;
  GEOSCoordSeq_getSize_r(geos().get(), points, &size);
  double sum = 0.0;
  for (unsigned i = 1; i < size; ++i) {
    double x1 = 0.0;
    double y1 = 0.0;
    double x2 = 0.0;
    double y2 = 0.0;
    GEOSCoordSeq_getXY_r(geos().get(), points, i - 1, &x1, &y1);
    GEOSCoordSeq_getXY_r(geos().get(), points, i, &x2, &y2);
    sum += edge_square_metres(x1, y1, x2, y2);
  }
  return std::abs(sum);
}
double square_metres(const GEOSGeometry* geometry) {
  double sum = 0.0;
  const int parts = GEOSGetNumGeometries_r(geos().get(), geometry);
  for (int i = 0; i < parts; ++i) {
    const GEOSGeometry* part = GEOSGetGeometryN_r(geos().get(), geometry, i);
    if (GEOSGeomTypeId_r(geos().get(), part) != GEOS_POLYGON || GEOSisEmpty_r(geos().get(), part) == 1)
      continue;
    sum += ring_square_metres(GEOSGetExteriorRing_r(geos().get(), part));
    for (int h = 0; h < GEOSGetNumInteriorRings_r(geos().get(), part); ++h) {
      sum -= ring_square_metres(GEOSGetInteriorRingN_r(geos().get(), part, h));
    }
  }
  return sum;
}

/// Exact areas of faces in square grid units.
std::vector<Rational> planar_areas(const Arrangement& plane) {
  std::vector<RationalPoint> nodes;
  for (NodeIndex n = 0; n < plane.node_count(); ++n) nodes.push_back(rational(plane.point(n)));
  std::vector<Rational> areas(plane.face_count());
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    const RationalPoint& u = nodes[plane.edges()[e].u];
    const RationalPoint& v = nodes[plane.edges()[e].v];
    const Rational half = (u.x * v.y - v.x * u.y) / 2;
    areas[plane.face(2 * e)] += half;
    areas[plane.face(2 * e + 1)] -= half;
  }
  return areas;
}

/// Valid polygons on a lattice of `step` units around 44E 39N: neighbours share vertices, edges and
/// crossings.
std::vector<Polygon> random_area(Random& random, std::int64_t step, std::int64_t side) {
  std::vector<Polygon> area;
  while (area.size() < 3) {
    const auto at = [&](std::int64_t i, std::int64_t j) {
      return Position{static_cast<double>(440000000 + step * i) / kGridUnitsPerDegree,
                      static_cast<double>(390000000 + step * j) / kGridUnitsPerDegree};
    };
    Polygon polygon(1);
    for (std::int64_t n = draw(random, 3, 6); n > 0; --n) {
      polygon[0].push_back(at(draw(random, 0, side), draw(random, 0, side)));
    }
    polygon[0].push_back(polygon[0].front());
    if (random() % 3 == 0) {
      const std::int64_t x = draw(random, 1, side - 2);
      const std::int64_t y = draw(random, 1, side - 2);
      polygon.push_back({at(x, y), at(x, y + 1), at(x + 1, y + 1), at(x, y)});
    }
    if (is_valid(polygon)) area.push_back(polygon);
  }
  return area;
}

TEST(GeosOverlay, IntersectionsAndDifferencesOfTwoActors) {
  constexpr std::uint64_t kSeed = 211;
  for (std::uint64_t i = 0; i < 300; ++i) {
    Random random(kSeed * 1000003 + i);
    SCOPED_TRACE(fmt::format("seed {}, case {}", kSeed, i));
    const std::int64_t step = std::array<std::int64_t, 3>{1000000, 77777, 1013}[i % 3];
    const std::int64_t side = 4 + static_cast<std::int64_t>(i % 5);
    const std::vector<Polygon> a = random_area(random, step, side);
    const std::vector<Polygon> b = random_area(random, step, side);

    AtlasBuilder builder;
    builder.say("l", "a", MultiPolygon(a)).say("l", "b", MultiPolygon(b));
    const Composite composite = builder.build();
    ASSERT_EQ(broken_certificates(composite), "");
    const std::vector<Rational> planar = planar_areas(composite.plane());
    std::map<std::string, Rational> by_name;
    for (FaceIndex f = 1; f < composite.plane().face_count(); ++f)
      by_name[coverage_name(composite, f)] += planar[f];
    const auto metres = areas_at(composite, day(0));

    const Geometry ga = area_of(a);
    const Geometry gb = area_of(b);
    const double extent = 440000000.0 + static_cast<double>(step * side);
    const double shift = 1e-12 * extent;
    const double boundary = length(ga) + length(gb);
    const double width = static_cast<double>(step * side);
    const double planar_tolerance = shift * boundary + 100 * width * width * 0x1p-52;
    // One unit is at most 0.0112 m either way; ours is good to 3 mm2 a milepost, each edge has few.
    const double metre_tolerance =
        planar_tolerance * 0.0112 * 0.0112 +
        3e-6 * static_cast<double>(composite.plane().edges().size()) * (3.0 + width / 65536.0);

    const auto compare = [&](const char* ours, const char* run, const Geometry& theirs) {
      ASSERT_TRUE(theirs != nullptr);
      const double exact = by_name.contains(run) ? static_cast<double>(by_name.at(run)) : 0.0;
      EXPECT_NEAR(exact, planar_area(theirs), planar_tolerance) << ours;
      const double area = metres.contains(ours) ? to_square_meters(metres.at(ours)).value() : 0.0;
      EXPECT_NEAR(area, square_metres(theirs.get()), metre_tolerance) << ours;
    };
    compare("l/a+l/b", "l/a[-,-) l/b[-,-)", Geometry(GEOSIntersection_r(geos().get(), ga.get(), gb.get())));
    compare("l/a", "l/a[-,-)", Geometry(GEOSDifference_r(geos().get(), ga.get(), gb.get())));
    compare("l/b", "l/b[-,-)", Geometry(GEOSDifference_r(geos().get(), gb.get(), ga.get())));
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace marchland
