#include <marchland/measure/parallel_strip.h>
#include <marchland/raster/detail/whole_cell.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace marchland::detail {
namespace {

constexpr double kRadians = std::numbers::pi / 180.0;

/// Between the equator and a latitude in degrees, per radian of longitude.
double strip_to(double lat) {
  const double half = lat * kRadians / 2.0;
  return strip_about(half, half).area;
}

using Vector = std::array<double, 3>;

double dot(const Vector& a, const Vector& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/// Direction on the sphere that has the ellipsoid's area, latitude by latitude.
Vector on_sphere(const Position& place) {
  static const double quarter = strip_to(90.0);
  const double sine = std::clamp(strip_to(place.lat) / quarter, -1.0, 1.0);
  const double cosine = std::sqrt((1.0 - sine) * (1.0 + sine));
  const double lambda = place.lon * kRadians;
  return {cosine * std::cos(lambda), cosine * std::sin(lambda), sine};
}

/// Lambert's equal-area plane about a direction, in radii of the sphere.
class EqualAreaPlane {
 public:
  explicit EqualAreaPlane(const Vector& centre) : centre_(centre) {
    const double aside = std::hypot(centre[0], centre[1]);
    east_ = aside > 0.0 ? Vector{-centre[1] / aside, centre[0] / aside, 0.0} : Vector{0.0, 1.0, 0.0};
    north_ = {centre[1] * east_[2] - centre[2] * east_[1], centre[2] * east_[0] - centre[0] * east_[2],
              centre[0] * east_[1] - centre[1] * east_[0]};
  }
  [[nodiscard]] PlanePoint operator()(const Vector& v) const {
    const double scale = std::sqrt(2.0 / (1.0 + dot(centre_, v)));
    return {scale * dot(east_, v), scale * dot(north_, v)};
  }

 private:
  Vector centre_;
  Vector east_{};
  Vector north_{};
};

/// Twice the area within; positive counter-clockwise.
double twice_within(const std::vector<PlanePoint>& ring) {
  double sum = 0.0;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const PlanePoint& a = ring[i];
    const PlanePoint& b = ring[(i + 1) % ring.size()];
    sum += a.x * b.y - b.x * a.y;
  }
  return sum;
}

class WholeCell {
 public:
  WholeCell(const Projection& projection, const RasterGrid& grid, std::size_t row, std::size_t column)
      : projection_(projection), grid_(grid), x_(static_cast<double>(column)), y_(static_cast<double>(row)) {}

  [[nodiscard]] std::optional<double> area() const {
    const double square_radius = strip_to(90.0);
    if (const auto centre = place(0.5, 0.5)) {
      if (const auto found = within_sides(EqualAreaPlane(on_sphere(*centre)))) return *found * square_radius;
    }
    // Finer ones for a cell of which little lies on the earth.
    auto found = by_parts(16);
    if (!found) found = by_parts(128);
    return found ? std::optional(*found * square_radius) : std::nullopt;
  }

 private:
  /// Across and down, in parts of the cell.
  [[nodiscard]] std::optional<Position> place(double across, double down) const {
    return projection_.inverse(
        {grid_.west + (x_ + across) * grid_.cell, grid_.north - (y_ + down) * grid_.cell_height()});
  }

  [[nodiscard]] std::optional<double> with_points(const EqualAreaPlane& plane, int per_side) const {
    std::vector<PlanePoint> ring;
    ring.reserve(static_cast<std::size_t>(4 * per_side));
    for (int side = 0; side < 4; ++side) {
      for (int i = 0; i < per_side; ++i) {
        const double s = static_cast<double>(i) / per_side;
        const auto at = side == 0   ? place(0.0, s)
                        : side == 1 ? place(s, 1.0)
                        : side == 2 ? place(1.0, 1.0 - s)
                                    : place(1.0 - s, 0.0);
        if (!at) return std::nullopt;
        ring.push_back(plane(on_sphere(*at)));
      }
    }
    return std::abs(twice_within(ring)) / 2.0;
  }

  [[nodiscard]] std::optional<double> within_sides(const EqualAreaPlane& plane) const {
    constexpr int kFewest = 4;
    constexpr std::size_t kMost = 8;  // doublings
    constexpr double kFound = 1e-12;
    std::vector<double> last;
    for (std::size_t k = 0; k < kMost; ++k) {
      const auto found = with_points(plane, kFewest << k);
      if (!found) return std::nullopt;
      std::vector<double> row{*found};
      double power = 1.0;
      for (const double coarse : last) {
        power *= 4.0;
        row.push_back(row.back() + (row.back() - coarse) / (power - 1.0));
      }
      if (!last.empty() && std::abs(row.back() - last.back()) <= kFound * row.back()) return row.back();
      last = std::move(row);
    }
    return last.back();
  }

  /// The mean of those of its parts that lie on the earth, times their number; so many along a side.
  [[nodiscard]] std::optional<double> by_parts(int per_side) const {
    double sum = 0.0;
    int count = 0;
    for (int i = 0; i < per_side; ++i) {
      for (int j = 0; j < per_side; ++j) {
        const auto at = [&](int a, int b) {
          return place(static_cast<double>(i + a) / per_side, static_cast<double>(j + b) / per_side);
        };
        const std::array<std::optional<Position>, 4> corners{at(0, 0), at(0, 1), at(1, 1), at(1, 0)};
        if (!std::all_of(corners.begin(), corners.end(), [](const auto& c) { return c.has_value(); }))
          continue;
        const EqualAreaPlane plane(on_sphere(*corners[0]));
        std::vector<PlanePoint> ring;
        for (const auto& corner : corners) ring.push_back(plane(on_sphere(*corner)));
        sum += std::abs(twice_within(ring)) / 2.0;
        ++count;
      }
    }
    if (count == 0) return std::nullopt;
    return sum / count * (per_side * per_side);
  }

  const Projection& projection_;
  const RasterGrid& grid_;
  double x_;
  double y_;
};

}  // namespace

std::optional<double> area_of_whole_cell(const Projection& projection, const RasterGrid& grid,
                                         std::size_t row, std::size_t column) {
  return WholeCell(projection, grid, row, column).area();
}

}  // namespace marchland::detail
