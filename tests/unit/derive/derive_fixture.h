#pragma once
// What tests of derived areas share: frames, and areas that can be compared without rounding.
#include <marchland/base/grid.h>
#include <marchland/geometry/exact_point.h>
#include <marchland/geometry/shapes.h>

#include <cmath>

namespace marchland::testing_fixtures {

/// Of the plane of the grid, holes taken away; exact.
[[nodiscard]] inline Int128 twice_area(const MultiPolygon& area) {
  const auto grid = [](double degrees) { return std::llround(degrees * kGridUnitsPerDegree); };
  Int128 sum = 0;
  for (const Polygon& polygon : area) {
    for (const Ring& ring : polygon) {
      for (std::size_t k = 0; k + 1 < ring.size(); ++k)
        sum += cross(grid(ring[k].lon), grid(ring[k].lat), grid(ring[k + 1].lon), grid(ring[k + 1].lat));
    }
  }
  return sum;
}

[[nodiscard]] inline MultiPolygon box(double west, double south, double east, double north) {
  return {{{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}}};
}

}  // namespace marchland::testing_fixtures
