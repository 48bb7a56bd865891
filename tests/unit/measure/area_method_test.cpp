// Every way of measuring against somebody else's arithmetic: geodesics and projections against PROJ itself,
// great circles against the closed form of the spherical excess.
#include <marchland/base/error.h>
#include <marchland/geometry/wkt.h>
#include <marchland/measure/area_method.h>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <geodesic.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <proj.h>
#include <tests/exact_oracle.h>

#include <array>
#include <cmath>
#include <memory>
#include <numbers>
#include <vector>

namespace marchland {
namespace {

using namespace testing_oracle;
using testing::HasSubstr;

GridPoint grid(const Position& p) {
  return {static_cast<std::int32_t>(std::llround(p.lon * kGridUnitsPerDegree)),
          static_cast<std::int32_t>(std::llround(p.lat * kGridUnitsPerDegree))};
}

/// Of a closed ring inside the box, in square metres, counter-clockwise positive.
double area_by(const AreaMethod& method, const Ring& ring) {
  AreaUnits line = 0;
  double edges = 0.0;
  for (std::size_t i = 1; i < ring.size(); ++i) {
    const GridSegment s{grid(ring[i - 1]), grid(ring[i])};
    line += method.line_part(s, s.a, s.b);
    edges += method.edge_part(ring[i - 1], ring[i]);
  }
  return (static_cast<double>(line) + edges) / kAreaUnitsPerSquareMeter;
}
double area_by(std::string_view method, const Ring& ring) {
  return area_by(AreaMethod::parse(method), ring);
}

Ring ring_of(std::string_view wkt) {
  return parse_wkt(wkt).front().front();
}

/// Star-shaped about a centre, vertices on the grid, counter-clockwise.
Ring random_ring(Random& random, double lon, double lat, double radius, int vertices) {
  Ring ring;
  for (int i = 0; i < vertices; ++i) {
    const double angle =
        2 * std::numbers::pi * (i + 0.3 * static_cast<double>(draw(random, 0, 1000)) / 1000) / vertices;
    const double r = radius * (0.5 + 0.5 * static_cast<double>(draw(random, 0, 1000)) / 1000);
    const GridPoint p = grid({lon + r * std::cos(angle), lat + r * std::sin(angle)});
    ring.push_back({grid_to_degrees(p.x), grid_to_degrees(p.y)});
  }
  ring.push_back(ring.front());
  return ring;
}

double geodesic_by_proj(const Ring& ring, double semi_major, double flattening) {
  geod_geodesic geod;
  geod_init(&geod, semi_major, flattening);
  geod_polygon polygon;
  geod_polygon_init(&polygon, 0);
  for (std::size_t i = 1; i < ring.size(); ++i)
    geod_polygon_addpoint(&geod, &polygon, ring[i].lat, ring[i].lon);
  double area = 0.0;
  geod_polygon_compute(&geod, &polygon, 0, 1, &area, nullptr);
  return area;
}

// Each edge's area under its geodesic, at most 2.6e14 m2, is a double of PROJ's (ulp 0.03 m2 at the worst,
// below 0.008 m2 for edges of 40 degrees), computed to a few ulps on either side.
constexpr double kSquareMetresPerGeodesicEdge = 0.1;

TEST(AreaMethod, GeodesicAgreesWithPolygonsOfProj) {
  constexpr std::uint64_t kSeed = 31;
  Random random(kSeed);
  const AreaMethod method = AreaMethod::parse("geodesic");
  EXPECT_FALSE(method.is_exact());
  for (int i = 0; i < 400; ++i) {
    const double radius = std::array{0.001, 0.1, 3.0, 20.0}[static_cast<std::size_t>(i % 4)];
    const double lon = static_cast<double>(draw(random, -150, 150));
    const double lat = static_cast<double>(draw(random, -65, 65));
    const Ring ring = random_ring(random, lon, lat, radius, 3 + i % 9);
    EXPECT_NEAR(area_by(method, ring), geodesic_by_proj(ring, 6378137, 1 / 298.257223563),
                kSquareMetresPerGeodesicEdge * static_cast<double>(ring.size()))
        << "seed " << kSeed << ", case " << i << ": " << format_wkt({{ring}});
  }
}

TEST(AreaMethod, GeodesicEdgeIsAntisymmetricAndIgnoresTheTurn) {
  const AreaMethod method = AreaMethod::parse("geodesic");
  for (const auto& [from, to] : {std::pair<Position, Position>{{10, 50}, {12, 51}},
                                 {{170, -17}, {190, -16}},
                                 {{-3, -80}, {40, 80}},
                                 {{179.5, 66}, {180, 67}},
                                 {{120, 75}, {240, 72}}}) {
    const double there = method.edge_part(from, to);
    // The areas under both are doubles of up to 1e20 units; see kSquareMetresPerGeodesicEdge.
    const double tolerance = kSquareMetresPerGeodesicEdge * kAreaUnitsPerSquareMeter;
    EXPECT_NEAR(method.edge_part(to, from), -there, tolerance);
    EXPECT_NEAR(method.edge_part({from.lon - 360, from.lat}, {to.lon - 360, to.lat}), there, tolerance);
    EXPECT_NEAR(method.edge_part({from.lon + 360, from.lat}, {to.lon + 360, to.lat}), there, tolerance);
  }
  // Meridians and the equator are geodesics already; a pole is a point.
  EXPECT_EQ(method.edge_part({10, -50}, {10, 51}), 0.0);
  EXPECT_EQ(method.edge_part({10, 90}, {70, 90}), 0.0);
  EXPECT_NEAR(method.edge_part({10, 0}, {70, 0}), 0.0, 1.0);
}

TEST(AreaMethod, GeodesicPolygonWithAVertexAtThePole) {
  const Ring ring = ring_of("POLYGON((10 60, 50 70, 50 90, 10 90, 10 60))");
  EXPECT_NEAR(area_by("geodesic", ring), geodesic_by_proj(ring, 6378137, 1 / 298.257223563), 0.5);
}

TEST(AreaMethod, ArcsAgreeWithTheSphericalExcess) {
  using Real = boost::multiprecision::cpp_bin_float_50;
  constexpr std::uint64_t kSeed = 32;
  Random random(kSeed);
  const double radius = 6371007.181;
  const AreaMethod method = AreaMethod::parse("sphere:6371007.181,arcs");
  const Real k = acos(Real(-1)) / 180;
  const auto unit = [&](const Position& p) {
    const Real lon = Real(p.lon) * k;
    const Real lat = Real(p.lat) * k;
    return std::array<Real, 3>{Real(cos(lat) * cos(lon)), Real(cos(lat) * sin(lon)), Real(sin(lat))};
  };
  const auto dot = [](const auto& a, const auto& b) { return Real(a[0] * b[0] + a[1] * b[1] + a[2] * b[2]); };
  for (int i = 0; i < 400; ++i) {
    const double size = std::array{0.01, 1.0, 10.0, 25.0}[static_cast<std::size_t>(i % 4)];
    const Ring ring = random_ring(random, static_cast<double>(draw(random, -150, 150)),
                                  static_cast<double>(draw(random, -60, 60)), size, 3);
    const auto a = unit(ring[0]);
    const auto b = unit(ring[1]);
    const auto c = unit(ring[2]);
    const Real triple = a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) +
                        a[2] * (b[0] * c[1] - b[1] * c[0]);
    // Eriksson (1990): tan(E/2) = a.(b x c) / (1 + a.b + b.c + c.a)
    const Real excess = 2 * atan2(triple, Real(1 + dot(a, b) + dot(b, c) + dot(c, a)));
    const double exact = static_cast<double>(excess * radius * radius);
    EXPECT_NEAR(area_by(method, ring), exact, 3 * kSquareMetresPerGeodesicEdge)
        << "seed " << kSeed << ", case " << i << ": " << format_wkt({{ring}});
  }
  // An octant is an eighth of the sphere.
  EXPECT_NEAR(area_by(method, ring_of("POLYGON((0 0, 90 0, 90 90, 0 90, 0 0))")),
              std::numbers::pi * radius * radius / 2, 1.0);
}

TEST(AreaMethod, SphereHasZonesByTheSineOfTheLatitude) {
  const double radius = 6371000;
  EXPECT_NEAR(area_by("sphere:6371000", ring_of("POLYGON((0 0, 90 0, 90 30, 0 30, 0 0))")) /
                  (std::numbers::pi / 2 * radius * radius * 0.5),
              1.0, 1e-13);
  EXPECT_TRUE(AreaMethod::parse("sphere:6371000").is_exact());
  EXPECT_TRUE(AreaMethod::lonlat().is_exact());
  EXPECT_EQ(AreaMethod::lonlat().edge_part({0, 0}, {1, 1}), 0.0);
}

struct ContextDeleter {
  void operator()(PJ* p) const { proj_destroy(p); }
  void operator()(PJ_CONTEXT* p) const { proj_context_destroy(p); }
};

/// Shoelace of the vertices as a PROJ pipeline projects them, in metres.
double shoelace(const char* pipeline, const Ring& ring) {
  const std::unique_ptr<PJ_CONTEXT, ContextDeleter> context(proj_context_create());
  const std::unique_ptr<PJ, ContextDeleter> pj(proj_create(context.get(), pipeline));
  double twice = 0.0;
  std::vector<std::pair<double, double>> points;
  for (const Position& p : ring) {
    const PJ_COORD out = proj_trans(pj.get(), PJ_FWD, proj_coord(proj_torad(p.lon), proj_torad(p.lat), 0, 0));
    points.emplace_back(out.xy.x, out.xy.y);
  }
  for (std::size_t i = 1; i < points.size(); ++i) {
    twice += points[i - 1].first * points[i].second - points[i].first * points[i - 1].second;
  }
  return twice / 2;
}

TEST(AreaMethod, CrsIsTheShoelaceOfProjectedVertices) {
  const Ring ring = ring_of("POLYGON((44 38.8, 47.5 38.9, 48.1 41, 45.2 41.9, 43.7 40, 44 38.8))");
  const Ring far = ring_of("POLYGON((150 -40, 179 -45, 170 60, 150 -40))");
  struct Case {
    const char* method;
    const char* pipeline;
  };
  for (const Case& c :
       {Case{"crs:EPSG:6933", "+proj=cea +lat_ts=30 +lon_0=0 +ellps=WGS84"},
        Case{"crs:ESRI:54012", "+proj=eck4 +lon_0=0 +ellps=WGS84"},
        Case{"crs:+proj=eck6 +R=6378137", "+proj=eck6 +R=6378137"},
        Case{"crs:+proj=eck6 +R=6378137 +type=crs", "+proj=eck6 +R=6378137"},
        // Northing first in the definition: still east to the right.
        Case{"crs:EPSG:3035", "+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +ellps=GRS80"},
        // In US survey feet, converted.
        Case{"crs:ESRI:102039", "+proj=aea +lat_0=23 +lon_0=-96 +lat_1=29.5 +lat_2=45.5 +ellps=GRS80"}}) {
    const AreaMethod method = AreaMethod::parse(c.method);
    EXPECT_EQ(method.name(), c.method);
    EXPECT_FALSE(method.is_exact());
    for (const Ring& r : {ring, far}) {
      const double expected = shoelace(c.pipeline, r);
      // Datum shifts between WGS84, GRS80 and NAD83 move vertices by up to 2 m, which is the greater part
      // here.
      EXPECT_NEAR(area_by(method, r) / expected, 1.0, 1e-6) << c.method;
    }
  }
}

TEST(AreaMethod, CrsWithoutDatumShiftAgreesToRounding) {
  const Ring ring = ring_of("POLYGON((44 38.8, 47.5 38.9, 48.1 41, 45.2 41.9, 43.7 40, 44 38.8))");
  // Coordinates of up to 1.5e7 m carry 2e-9 m each, over a perimeter of 2e6 m, and the products of the
  // shoelace 5e13 m2 * 2^-53 each.
  for (const auto& [method, pipeline] :
       {std::pair{"crs:EPSG:6933", "+proj=cea +lat_ts=30 +lon_0=0 +ellps=WGS84"},
        std::pair{"crs:ESRI:54012", "+proj=eck4 +lon_0=0 +ellps=WGS84"},
        std::pair{"crs:+proj=eck6 +R=6378137", "+proj=eck6 +R=6378137"}}) {
    EXPECT_NEAR(area_by(method, ring), shoelace(pipeline, ring), 0.2) << method;
  }
}

TEST(AreaMethod, CrsWhoseAxesPointSouthAndWestStillHasPositiveAreas) {
  const Ring prague = ring_of("POLYGON((14 50, 15 50, 15 51, 14 51, 14 50))");
  const double expected = area_by("lonlat", prague);
  for (const char* method :
       {"crs:EPSG:5513", "crs:EPSG:5514", "crs:EPSG:2065", "crs:EPSG:3067", "crs:EPSG:32633"}) {
    EXPECT_NEAR(area_by(method, prague) / expected, 1.0, 0.02) << method;
  }
}

std::string refusal(std::string_view text) {
  try {
    (void)AreaMethod::parse(text);
    return "accepted";
  } catch (const InvalidArgument& error) {
    return error.what();
  }
}

TEST(AreaMethod, RefusalsSayWhatIsAccepted) {
  EXPECT_EQ(
      refusal(""),
      "'' is no method; expected lonlat, geodesic, sphere:R, sphere:R,arcs (R in metres) or crs:DEFINITION");
  for (const char* wrong :
       {"LonLat", "lonlat ", "geodesics", "sphere", "sphere:", "sphere:abc", "sphere:6371000m",
        "sphere:6371000,arc", "sphere:,arcs", "sphere: 6371000", "planar"}) {
    EXPECT_THAT(refusal(wrong), HasSubstr("is no method; expected lonlat")) << wrong;
  }
  EXPECT_THAT(refusal("sphere:-6371000"), HasSubstr("a radius of -6371000 m; expected metres between"));
  EXPECT_THAT(refusal("sphere:6371"), "accepted");  // a sphere of 6371 m is allowed: units cannot be guessed
  EXPECT_THAT(refusal("sphere:nan"), HasSubstr("expected"));
  EXPECT_THAT(refusal("sphere:1e300"), HasSubstr("expected metres between"));
  EXPECT_THAT(refusal("sphere:1e999"), HasSubstr("expected"));
  EXPECT_THAT(refusal("crs:"), HasSubstr("PROJ does not know it"));
  EXPECT_THAT(refusal("crs:EPSG:999999"), HasSubstr("PROJ does not know it; expected a projected CRS"));
  EXPECT_THAT(refusal("crs:EPSG:4326"), HasSubstr("it is not a projected CRS"));
  EXPECT_THAT(refusal("crs:+proj=longlat +datum=WGS84"), HasSubstr("it is not a projected CRS"));
  EXPECT_THAT(refusal("crs:+proj=nonsense"), HasSubstr("expected a projected CRS"));
}

TEST(AreaMethod, WhatACrsCannotProjectIsNamedWithItsPlace) {
  const AreaMethod method = AreaMethod::parse("crs:+proj=gnom +lat_0=90 +ellps=WGS84");
  try {
    (void)method.edge_part({10, -40}, {11, -40});
    FAIL();
  } catch (const InvalidData& error) {
    EXPECT_THAT(error.what(), HasSubstr("cannot project (10, -40); choose a CRS that covers the atlas"));
  }
  // And the failure does not stick.
  EXPECT_NE(method.edge_part({10, 80}, {11, 81}), 0.0);
}

}  // namespace
}  // namespace marchland
