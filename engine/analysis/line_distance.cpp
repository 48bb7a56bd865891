#include <marchland/analysis/line_distance.h>
#include <marchland/measure/length.h>
#include <marchland/measure/wgs84.h>

#include <boost/geometry.hpp>
#include <boost/geometry/geometries/register/point.hpp>
#include <boost/geometry/index/rtree.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>
#include <utility>

namespace marchland::line_distance {

/// A position that knows which it is.
struct Sample {
  double lon = 0.0;
  double lat = 0.0;
  std::size_t index = 0;
};

/// A distance that remembers between which samples it was taken: through the minima and maxima of the
/// library's algorithm it comes out with the place, which the library itself does not tell.
struct Reached {
  Reached() = default;
  Reached(double meters) : distance(meters) {}  // NOLINT: the library assigns a number
  Reached(double meters, std::size_t a, std::size_t b) : distance(meters), first(a), second(b) {}
  double distance = 0.0;
  std::size_t first = 0;
  std::size_t second = 0;
  friend bool operator<(const Reached& a, const Reached& b) { return a.distance < b.distance; }
};

struct GeodesicReach {
  [[nodiscard]] static Reached apply(const Sample& a, const Sample& b) {
    return {geodesic_distance({a.lon, a.lat}, {b.lon, b.lat}).value(), a.index, b.index};
  }
};

}  // namespace marchland::line_distance

BOOST_GEOMETRY_REGISTER_POINT_2D(marchland::line_distance::Sample, double,
                                 boost::geometry::cs::geographic<boost::geometry::degree>, lon, lat)

namespace boost::geometry::strategy::distance::services {
template <>
struct tag<marchland::line_distance::GeodesicReach> {
  using type = strategy_tag_distance_point_point;
};
template <class A, class B>
struct return_type<marchland::line_distance::GeodesicReach, A, B> {
  using type = marchland::line_distance::Reached;
};
}  // namespace boost::geometry::strategy::distance::services

namespace marchland {
namespace {

namespace bg = boost::geometry;
using line_distance::Sample;

Position between(const Position& a, const Position& b, double t) {
  return {a.lon + t * (b.lon - a.lon), a.lat + t * (b.lat - a.lat)};
}

using SpacePoint = bg::model::point<double, 3, bg::cs::cartesian>;

/// On WGS84, in metres from the centre of the earth.
SpacePoint in_space(const Position& p) {
  constexpr double kRadians = std::numbers::pi / 180.0;
  const double phi = p.lat * kRadians;
  const double lambda = p.lon * kRadians;
  const double n =
      kWgs84SemiMajorAxis / std::sqrt(1.0 - kWgs84EccentricitySquared * std::sin(phi) * std::sin(phi));
  return {n * std::cos(phi) * std::cos(lambda), n * std::cos(phi) * std::sin(lambda),
          n * (1.0 - kWgs84EccentricitySquared) * std::sin(phi)};
}

bg::model::linestring<Sample> samples_of(std::span<const Position> line) {
  bg::model::linestring<Sample> out;
  out.reserve(line.size());
  for (const Position& p : line) out.push_back({p.lon, p.lat, out.size()});
  return out;
}

}  // namespace

std::vector<Position> densified(std::span<const Position> line, Meters step) {
  std::vector<Position> out;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const double length = edge_length(line[i], line[i + 1]).value();
    const double pieces = std::max(1.0, std::ceil(length / step.value()));
    for (double k = 0; k < pieces; ++k) out.push_back(between(line[i], line[i + 1], k / pieces));
  }
  if (!line.empty()) out.push_back(line.back());
  return out;
}

std::vector<Position> resampled(std::span<const Position> line, Meters step) {
  if (line.size() < 2) return {line.begin(), line.end()};
  std::vector<double> until{0.0};
  for (std::size_t i = 0; i + 1 < line.size(); ++i)
    until.push_back(until.back() + edge_length(line[i], line[i + 1]).value());
  const double pieces = std::max(1.0, std::ceil(until.back() / step.value()));
  std::vector<Position> out{line.front()};
  std::size_t i = 0;
  for (double k = 1; k < pieces; ++k) {
    const double at = until.back() * k / pieces;
    while (i + 2 < until.size() && until[i + 1] < at) ++i;
    const double length = until[i + 1] - until[i];
    out.push_back(between(line[i], line[i + 1], length > 0 ? (at - until[i]) / length : 0.0));
  }
  out.push_back(line.back());
  return out;
}

std::vector<std::size_t> nearest_positions(std::span<const Position> positions,
                                           std::span<const Position> among) {
  using Entry = std::pair<SpacePoint, std::size_t>;
  std::vector<Entry> entries;
  entries.reserve(among.size());
  for (const Position& p : among) entries.emplace_back(in_space(p), entries.size());
  const bg::index::rtree<Entry, bg::index::quadratic<16>> tree(entries);
  std::vector<std::size_t> out;
  out.reserve(positions.size());
  for (const Position& p : positions) {
    Entry found;
    tree.query(bg::index::nearest(in_space(p), 1), &found);
    out.push_back(found.second);
  }
  return out;
}

LineDistance discrete_frechet(std::span<const Position> first, std::span<const Position> second) {
  const line_distance::Reached reached =
      bg::discrete_frechet_distance(samples_of(first), samples_of(second), line_distance::GeodesicReach{});
  return {Meters{reached.distance}, first[reached.first], second[reached.second]};
}

}  // namespace marchland
