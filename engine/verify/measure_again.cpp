#include <marchland/base/error.h>
#include <marchland/verify/measure_again.h>

#include <fmt/format.h>
#include <geodesic.h>
#include <proj.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

namespace marchland {
namespace {

constexpr double kRadians = std::numbers::pi / 180.0;
// WGS84 (NIMA TR8350.2): the defining two, and a^2/b, its largest radius of curvature (at the poles).
constexpr double kSemiMajor = 6378137.0;
constexpr double kFlattening = 1.0 / 298.257223563;
constexpr double kLargestRadius = kSemiMajor / (1.0 - kFlattening);

// Nodes and weights of three-point Gauss-Legendre quadrature on [0, 1]; the remainder is f'''''' / 2016000.
const std::array<double, 3> kNodes{0.5 - std::sqrt(0.15), 0.5, 0.5 + std::sqrt(0.15)};
constexpr std::array<double, 3> kWeights{5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0};
// Sixth derivative of Y / a by latitude: the series of Y is sin - 1.1e-3 sin 3 + 1.7e-6 sin 5 - ..., and
// 1 + 1.1e-3 * 3^6 + 1.7e-6 * 5^6 < 2.
constexpr double kSixthDerivative = 2.0;
constexpr double kLongestPiece = 1.0;  // degrees of latitude

// A northing is a double of at most 6.4e6 m, the outcome of some ten operations.
constexpr double kNorthingError = 1e-8;
// Seven decimals of a degree as a double: half an ulp of 180, in metres with room to spare.
constexpr double kPositionError = 2e-9;

/// Never less than the length of the edge as drawn.
double longest(const Position& a, const Position& b, double radius) {
  const double least = std::min(std::abs(a.lat), std::abs(b.lat));
  const double widest = (a.lat < 0) != (b.lat < 0) ? 1.0 : std::cos(least * kRadians);
  return radius * kRadians * std::hypot(b.lat - a.lat, widest * (b.lon - a.lon));
}

}  // namespace

struct EqualAreaMeasure::Projection {
  Projection() = default;
  Projection(const Projection&) = delete;
  Projection& operator=(const Projection&) = delete;
  ~Projection() {
    proj_destroy(cylinder);
    proj_context_destroy(context);
  }
  PJ_CONTEXT* context = proj_context_create();
  PJ* cylinder = nullptr;
};

void EqualAreaMeasure::Free::operator()(Projection* projection) const noexcept {
  delete projection;
}

EqualAreaMeasure::EqualAreaMeasure(std::unique_ptr<Projection, Free> projection, double semi_major,
                                   double largest_radius)
    : projection_(std::move(projection)), semi_major_(semi_major), largest_radius_(largest_radius) {}

std::optional<EqualAreaMeasure> EqualAreaMeasure::of_method(std::string_view method) {
  double radius = 0.0;
  constexpr std::string_view kSphere = "sphere:";
  if (method.starts_with(kSphere)) {
    const std::string_view text = method.substr(kSphere.size());
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), radius);
    if (error != std::errc() || end != text.data() + text.size() || !(radius > 0.0)) return std::nullopt;
  } else if (method != "lonlat") {
    return std::nullopt;
  }
  std::unique_ptr<Projection, Free> projection(new Projection);
  proj_log_level(projection->context, PJ_LOG_NONE);
  const std::string earth = radius > 0.0 ? fmt::format("+R={}", radius) : "+ellps=WGS84";
  projection->cylinder = proj_create(projection->context, ("+proj=cea " + earth).c_str());
  if (projection->cylinder == nullptr)
    throw Error(ErrorCode::failure, fmt::format("PROJ has no equal-area projection of '{}'", earth));
  if (radius > 0.0) return EqualAreaMeasure(std::move(projection), radius, radius);
  return EqualAreaMeasure(std::move(projection), kSemiMajor, kLargestRadius);
}

/// Degrees in, metres out.
void EqualAreaMeasure::northings(double* latitudes, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) latitudes[i] *= kRadians;
  double zero = 0.0;
  const std::size_t done = proj_trans_generic(projection_->cylinder, PJ_FWD, &zero, 0, 1, latitudes,
                                              sizeof(double), count, nullptr, 0, 0, nullptr, 0, 0);
  if (done != count || std::any_of(latitudes, latitudes + count, [](double y) { return !std::isfinite(y); }))
    throw InvalidArgument("PROJ cannot project a latitude; expected degrees from -90 to 90");
}

MeasuredArea EqualAreaMeasure::area(const MultiPolygon& polygons) const {
  MeasuredArea out;
  double total = 0.0;
  double error = 0.0;
  double perimeter = 0.0;
  std::vector<double> latitudes;
  std::vector<double> weights;
  for (const Polygon& polygon : polygons) {
    for (std::size_t r = 0; r < polygon.size(); ++r) {
      const Ring& ring = polygon[r];
      latitudes.clear();
      weights.clear();
      double turned = 0.0;
      for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
        const Position& p = ring[i];
        const Position& q = ring[i + 1];
        ++out.vertices;
        perimeter += longest(p, q, largest_radius_);
        const double dlon = (q.lon - p.lon) * kRadians;
        const double dlat = q.lat - p.lat;
        turned += std::abs(dlon);
        out.degrees += std::max(std::abs(q.lon - p.lon), std::abs(dlat));
        if (dlon == 0.0) continue;
        const auto pieces =
            static_cast<std::size_t>(std::max(1.0, std::ceil(std::abs(dlat) / kLongestPiece)));
        const auto count = static_cast<double>(pieces);
        for (std::size_t piece = 0; piece < pieces; ++piece) {
          for (std::size_t n = 0; n < kNodes.size(); ++n) {
            latitudes.push_back(p.lat + dlat * (static_cast<double>(piece) + kNodes[n]) / count);
            weights.push_back(dlon / count * kWeights[n]);
          }
        }
        error += semi_major_ * semi_major_ * std::abs(dlon) * kSixthDerivative *
                 std::pow(std::abs(dlat) * kRadians / count, 6) / 2016000.0;
      }
      if (!latitudes.empty()) northings(latitudes.data(), latitudes.size());
      double sum = 0.0;
      for (std::size_t i = 0; i < latitudes.size(); ++i) sum += latitudes[i] * weights[i];
      total += (r == 0 ? 1.0 : -1.0) * std::abs(sum * semi_major_);
      error += semi_major_ * turned * kNorthingError;
    }
  }
  out.area = SquareMeters(total);
  out.perimeter = Meters(perimeter);
  out.error = SquareMeters(error + perimeter * kPositionError);
  return out;
}

SquareMeters EqualAreaMeasure::band_per_degree(double south, double north) const {
  std::array<double, 2> y{south, north};
  northings(y.data(), y.size());
  return SquareMeters((y[1] - y[0]) * semi_major_ * kRadians);
}

Meters EqualAreaMeasure::rounding_distance(int decimals) const {
  return Meters(std::numbers::sqrt2 * 0.5 * std::pow(10.0, -decimals) * kRadians * largest_radius_);
}

MeasuredLength geodesic_length(const Line& line) {
  constexpr double kStep = 1e-3;           // degrees
  constexpr double kGeodesicError = 1e-8;  // metres; Karney (2013) has 15 nm for the whole of the earth
  geod_geodesic earth;
  geod_init(&earth, kSemiMajor, kFlattening);
  double total = 0.0;
  double error = 0.0;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const Position& p = line[i];
    const Position& q = line[i + 1];
    const double dlon = q.lon - p.lon;
    const double dlat = q.lat - p.lat;
    const double pieces = std::max(1.0, std::ceil(std::max(std::abs(dlon), std::abs(dlat)) / kStep));
    for (double piece = 0.0; piece < pieces; piece += 1.0) {
      const double lat = p.lat + dlat * piece / pieces;
      const double next = p.lat + dlat * (piece + 1.0) / pieces;
      double length = 0.0;
      geod_inverse(&earth, lat, p.lon + dlon * piece / pieces, next, p.lon + dlon * (piece + 1.0) / pieces,
                   &length, nullptr, nullptr);
      total += length;
      // Geodesic curvature of a line straight in both on a sphere of radius 1, for dlambda and dphi along it:
      // |sin phi dlambda| (cos^2 phi dlambda^2 + 2 dphi^2) / (cos^2 phi dlambda^2 + dphi^2)^(3/2). The least
      // radius of curvature, b^2 / a, makes it one of the ellipsoid and then some.
      const double low = std::min(std::abs(lat), std::abs(next)) * kRadians;
      const double high = std::max(std::abs(lat), std::abs(next)) * kRadians;
      const double along = std::pow(std::cos(high) * dlon, 2) + dlat * dlat;
      const double across = std::pow(std::cos(low) * dlon, 2) + 2.0 * dlat * dlat;
      const double curvature =
          along == 0.0 ? 0.0 : std::sin(high) * std::abs(dlon) * across / (along * std::sqrt(along));
      const double bend = curvature * length / (kSemiMajor * (1.0 - kFlattening) * (1.0 - kFlattening));
      error += length * bend * bend / 24.0 + kGeodesicError;
    }
  }
  return {Meters(total), Meters(error), line.size()};
}

}  // namespace marchland
