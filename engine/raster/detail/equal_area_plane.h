#pragma once
// A plane about a place in which areas are those on WGS84: for cells too large, or too near a pole, to be
// measured between longitudes.
#include <marchland/geometry/shapes.h>
#include <marchland/measure/projection.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace marchland::detail {

/// Lambert's azimuthal equal-area projection of the sphere that has the area of the ellipsoid, latitude by
/// latitude (Snyder 1987, "Map projections: a working manual", 3 and 24). In radii of that sphere; x to the
/// east, y to the north at the centre. Nothing but the place opposite to the centre is left out.
class EqualAreaPlane {
 public:
  explicit EqualAreaPlane(const Position& centre);
  [[nodiscard]] PlanePoint operator()(const Position& place) const;
  /// Square metres of a unit of area.
  [[nodiscard]] static double square_radius();

 private:
  using Vector = std::array<double, 3>;
  [[nodiscard]] static Vector on_sphere(const Position& place);

  Vector centre_{};
  Vector east_{};
  Vector north_{};
};

/// Half the cross product: what a straight way from a to b encloses with the origin, positive
/// counter-clockwise.
[[nodiscard]] inline double area_beside(const PlanePoint& a, const PlanePoint& b) {
  return (a.x * b.y - b.x * a.y) / 2.0;
}

/// What a smooth way encloses with the origin: `at(s)` for s from one value to another. By chords, ever more
/// of them, extrapolated (Romberg), until that changes nothing beyond `tolerance`, or 512 chords.
template <class Way>
[[nodiscard]] double area_along(const Way& at, double from, double to, double tolerance) {
  if (from == to) return 0.0;
  constexpr std::size_t kFewest = 2;
  constexpr std::size_t kDoublings = 9;
  std::vector<PlanePoint> points{at(from), at(to)};
  std::vector<double> last;
  for (std::size_t k = 0; k < kDoublings; ++k) {
    const std::size_t chords = kFewest << k;
    std::vector<PlanePoint> finer;
    finer.reserve(chords + 1);
    for (std::size_t i = 0; i <= chords; ++i) {
      finer.push_back(i % 2 == 0
                          ? points[i / 2]
                          : at(from + (to - from) * (static_cast<double>(i) / static_cast<double>(chords))));
    }
    points = std::move(finer);
    double sum = 0.0;
    for (std::size_t i = 0; i < chords; ++i) sum += area_beside(points[i], points[i + 1]);
    std::vector<double> row{sum};
    double power = 1.0;
    for (const double coarse : last) {
      power *= 4.0;
      row.push_back(row.back() + (row.back() - coarse) / (power - 1.0));
    }
    if (!last.empty() && std::abs(row.back() - last.back()) <= tolerance) return row.back();
    last = std::move(row);
  }
  return last.back();
}

}  // namespace marchland::detail
