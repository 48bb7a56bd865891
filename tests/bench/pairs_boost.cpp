// Polygon against polygon by Boost.Geometry, doubles, cartesian. It has nothing that repairs polygons:
// invalid ones are counted and taken as they are.
//   bench_boost ATLAS [K [SECONDS]]
#include "tests/bench/overlay_pairs.h"

#include <boost/geometry.hpp>
#include <boost/geometry/geometries/multi_polygon.hpp>
#include <boost/geometry/geometries/point_xy.hpp>
#include <boost/geometry/geometries/polygon.hpp>
#include <boost/version.hpp>

#include <exception>
#include <string>

namespace {

namespace bg = boost::geometry;
using namespace marchland;

class Boost {
 public:
  using Point = bg::model::d2::point_xy<double>;
  using Shape = bg::model::multi_polygon<bg::model::polygon<Point>>;

  [[nodiscard]] static Shape make(const MultiPolygon& area) {
    Shape out;
    for (const Polygon& polygon : area) {
      auto& made = out.emplace_back();
      made.inners().resize(polygon.size() - 1);
      for (std::size_t r = 0; r < polygon.size(); ++r) {
        auto& ring = r == 0 ? made.outer() : made.inners()[r - 1];
        for (const Position& p : polygon[r]) ring.emplace_back(p.lon, p.lat);
      }
    }
    bg::correct(out);
    return out;
  }
  [[nodiscard]] static bool repair(const Shape& shape) { return !bg::is_valid(shape); }
  [[nodiscard]] static double area(const Shape& shape) { return bg::area(shape); }
  [[nodiscard]] static double intersection(const Shape& a, const Shape& b) {
    return area_of([&](Shape& out) { bg::intersection(a, b, out); });
  }
  [[nodiscard]] static double difference(const Shape& a, const Shape& b) {
    return area_of([&](Shape& out) { bg::difference(a, b, out); });
  }
  [[nodiscard]] static std::string version() {
    return "Boost.Geometry " + std::to_string(BOOST_VERSION / 100000) + "." +
           std::to_string(BOOST_VERSION / 100 % 1000);
  }

 private:
  template <class Overlay>
  [[nodiscard]] static double area_of(Overlay overlay) {
    try {
      Shape out;
      overlay(out);
      return bg::area(out);
    } catch (const std::exception&) {
      return -1.0;
    }
  }
};

}  // namespace

int main(int argc, char** argv) {
  return bench::overlay_pairs(argc, argv, Boost());
}
