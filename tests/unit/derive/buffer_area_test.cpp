#include <marchland/base/error.h>
#include <marchland/derive/buffer_area.h>
#include <marchland/derive/combine_areas.h>
#include <marchland/measure/edge_area.h>
#include <marchland/measure/length.h>

#include <boost/geometry.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/unit/derive/derive_fixture.h>

#include <cmath>
#include <numbers>
#include <random>

namespace marchland {
namespace {

namespace bg = boost::geometry;
using Earth = bg::cs::geographic<bg::degree>;
using Point = bg::model::point<double, 2, Earth>;
using testing::HasSubstr;
using testing_fixtures::box;
using testing_fixtures::twice_area;

/// Steps short enough for geodesics between their ends to be the steps.
bg::model::linestring<Point> fine(const Line& line) {
  bg::model::linestring<Point> out;
  for (std::size_t k = 0; k + 1 < line.size(); ++k) {
    const double parts = std::ceil(edge_length(line[k], line[k + 1]).value() / 1000.0);
    for (double i = 0.0; i < parts; ++i) {
      out.push_back({line[k].lon + (line[k + 1].lon - line[k].lon) * i / parts,
                     line[k].lat + (line[k + 1].lat - line[k].lat) * i / parts});
    }
  }
  out.push_back({line.back().lon, line.back().lat});
  return out;
}

/// Least and greatest distance of the boundary from the line, in the middle of steps too.
std::pair<double, double> distances(const MultiPolygon& strip, const Line& line) {
  const auto source = fine(line);
  double least = 1e99;
  double greatest = 0.0;
  for (const Polygon& polygon : strip) {
    for (const Ring& ring : polygon) {
      for (std::size_t k = 0; k + 1 < ring.size(); ++k) {
        const Point middle((ring[k].lon + ring[k + 1].lon) / 2, (ring[k].lat + ring[k + 1].lat) / 2);
        for (const Point& p : {Point(ring[k].lon, ring[k].lat), middle}) {
          const double d = bg::distance(p, source, bg::strategy::distance::geographic_cross_track<>());
          least = std::min(least, d);
          greatest = std::max(greatest, d);
        }
      }
    }
  }
  return {least, greatest};
}

double square_metres(const MultiPolygon& area) {
  const EdgeArea edge_area = EdgeArea::wgs84();
  AreaUnits sum = 0;
  const auto grid = [](const Position& p) {
    return GridPoint{static_cast<std::int32_t>(std::llround(p.lon * kGridUnitsPerDegree)),
                     static_cast<std::int32_t>(std::llround(p.lat * kGridUnitsPerDegree))};
  };
  for (const Polygon& polygon : area) {
    for (const Ring& ring : polygon) {
      for (std::size_t k = 0; k + 1 < ring.size(); ++k) {
        const GridSegment step{grid(ring[k]), grid(ring[k + 1])};
        sum += edge_area(step, step.a, step.b);
      }
    }
  }
  return to_square_meters(sum).value();
}

TEST(BufferArea, OfAPointIsACircle) {
  const MultiPolygon circle = buffer_area({{}, {}, {{46.75, 39.76}}}, Meters(5000.0), "town");
  ASSERT_EQ(circle.size(), 1U);
  // A polygon of 128 sides has sin(2 pi / 128) / (2 pi / 128) of the circle: 0.04 % less.
  const double step = 2.0 * std::numbers::pi / 128.0;
  EXPECT_NEAR(square_metres(circle) / (std::numbers::pi * 25e6), std::sin(step) / step, 2e-6);
}

TEST(BufferArea, OfALineKeepsItsDistance) {
  // A road with bends, a long diagonal, a line of many short steps, one near a pole; from 50 m to 200 km.
  const std::vector<Line> lines{
      {{46.34, 39.51}, {46.48, 39.56}, {46.55, 39.64}, {46.63, 39.70}, {46.75, 39.76}},
      {{10.0, 44.0}, {14.0, 49.0}},
      {{44.0, 40.0}, {44.01, 40.004}, {44.02, 40.0}, {44.03, 40.005}, {44.04, 39.999}, {44.06, 40.002}},
      {{20.0, 70.0}, {24.0, 69.5}}};
  for (const double distance : {50.0, 2500.0, 200000.0}) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      // The side of a shallow bend is the documented exception.
      const double slack = i == 2 ? 0.01 : 0.002;
      const MultiPolygon strip = buffer_area({{}, {lines[i]}, {}}, Meters(distance), "road");
      const auto [least, greatest] = distances(strip, lines[i]);
      EXPECT_GT(least, distance * (1.0 - slack) - 1.0) << distance << ' ' << i;
      EXPECT_LT(greatest, distance * (1.0 + slack) + 1.0) << distance << ' ' << i;
    }
  }
}

TEST(BufferArea, OfAnAreaHoldsIt) {
  // The hole is narrower than twice the distance at one end only.
  const MultiPolygon ring{{{{44, 40}, {45, 40}, {45, 41}, {44, 41}, {44, 40}},
                           {{44.3, 40.3}, {44.3, 40.7}, {44.7, 40.7}, {44.7, 40.3}, {44.3, 40.3}}}};
  const MultiPolygon grown = buffer_area({ring, {}, {}}, Meters(3000.0), "district");
  ASSERT_EQ(grown.size(), 1U);
  ASSERT_EQ(grown[0].size(), 2U);
  const std::vector<NamedArea> both{{grown, "grown"}, {ring, "district"}};
  EXPECT_EQ(combine_areas(both, [](const std::vector<bool>& h) { return h[1] && !h[0]; }), MultiPolygon());
  const auto [least, greatest] = distances({{grown[0][0]}}, ring[0][0]);
  EXPECT_NEAR(least, 3000.0, 7.0);
  EXPECT_NEAR(greatest, 3000.0, 7.0);
  // A hole of less than twice the distance across is filled.
  EXPECT_EQ(buffer_area({ring, {}, {}}, Meters(25000.0), "district")[0].size(), 1U);
}

TEST(BufferArea, StripsOfOneSourceAreOne) {
  // 900 km, so that stretches have several planes: still one polygon without a hole.
  const MultiPolygon strip = buffer_area({{}, {{{5.0, 45.0}, {15.0, 48.0}}}, {}}, Meters(1000.0), "line");
  ASSERT_EQ(strip.size(), 1U);
  EXPECT_EQ(strip[0].size(), 1U);
  const double length = edge_length({5.0, 45.0}, {15.0, 48.0}).value();
  EXPECT_NEAR(square_metres(strip), 2000.0 * length + std::numbers::pi * 1e6, 1e-3 * 2000.0 * length);
}

std::string message_of(const BufferSource& source, double distance) {
  try {
    static_cast<void>(buffer_area(source, Meters(distance), "layer 'corridor', feature 3"));
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was refused";
}

TEST(BufferArea, RefusesWhatHasNoMeaning) {
  const BufferSource road{{}, {{{46.0, 40.0}, {46.1, 40.0}}}, {}};
  EXPECT_THAT(message_of(road, 0.0),
              HasSubstr("layer 'corridor', feature 3: a buffer of 0 m; expected more than 0"));
  EXPECT_THAT(message_of(road, std::nan("")), HasSubstr("expected more than 0"));
  EXPECT_THAT(message_of(road, 200001.0), HasSubstr("at most 200000 m"));
  EXPECT_THAT(message_of({}, 10.0), HasSubstr("nothing to buffer"));
  EXPECT_THAT(message_of({{}, {{{179.99, 10.0}, {179.99, 11.0}}}, {}}, 5000.0), HasSubstr("antimeridian"));
  EXPECT_THAT(message_of({{}, {}, {{20.0, 89.99}}}, 5000.0), HasSubstr("pole"));
  EXPECT_THAT(message_of({{}, {}, {{20.0, 91.0}}}, 5000.0), HasSubstr("position 1 is (20, 91)"));
}

}  // namespace
}  // namespace marchland
