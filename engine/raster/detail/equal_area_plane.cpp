#include <marchland/measure/parallel_strip.h>
#include <marchland/raster/detail/equal_area_plane.h>

#include <numbers>

namespace marchland::detail {
namespace {

constexpr double kRadians = std::numbers::pi / 180.0;

double dot(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

}  // namespace

double EqualAreaPlane::square_radius() {
  static const double value = strip_from_equator(std::numbers::pi / 2.0);
  return value;
}

EqualAreaPlane::Vector EqualAreaPlane::on_sphere(const Position& place) {
  // The sine of a latitude is the area from the equator to it. Near a pole it is found from there, or digits
  // of what is left would be lost.
  constexpr double kNearPole = 80.0;
  const double lat = std::abs(place.lat);
  const double rest =
      lat < kNearPole
          ? 1.0 - strip_from_equator(lat * kRadians) / square_radius()
          : strip_about((lat + 90.0) / 2.0 * kRadians, (90.0 - lat) / 2.0 * kRadians).area / square_radius();
  const double cosine = std::sqrt(rest * (2.0 - rest));
  const double lambda = place.lon * kRadians;
  return {cosine * std::cos(lambda), cosine * std::sin(lambda), std::copysign(1.0 - rest, place.lat)};
}

EqualAreaPlane::EqualAreaPlane(const Position& centre) : centre_(on_sphere(centre)) {
  const double aside = std::hypot(centre_[0], centre_[1]);
  east_ = aside > 0.0 ? Vector{-centre_[1] / aside, centre_[0] / aside, 0.0} : Vector{0.0, 1.0, 0.0};
  north_ = {centre_[1] * east_[2] - centre_[2] * east_[1], centre_[2] * east_[0] - centre_[0] * east_[2],
            centre_[0] * east_[1] - centre_[1] * east_[0]};
}

PlanePoint EqualAreaPlane::operator()(const Position& place) const {
  const Vector v = on_sphere(place);
  const double scale = std::sqrt(2.0 / (1.0 + dot(centre_, v)));
  return {scale * dot(east_, v), scale * dot(north_, v)};
}

}  // namespace marchland::detail
