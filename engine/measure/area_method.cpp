#include <marchland/base/error.h>
#include <marchland/measure/area_method.h>
#include <marchland/measure/projection.h>
#include <marchland/measure/wgs84.h>

#include <fmt/format.h>
#include <geodesic.h>

#include <charconv>
#include <cmath>

namespace marchland {
namespace {

/// The line part is the same wherever the edge lies in longitude, so an edge that leaves the box is moved
/// back into it. In 64 bits: a longitude beyond 214 does not fit the grid's 32.
GridSegment grid_edge(const Position& from, const Position& to) {
  const auto grid = [](double degrees) { return std::llround(degrees * kGridUnitsPerDegree); };
  const std::int64_t x1 = grid(from.lon);
  const std::int64_t x2 = grid(to.lon);
  std::int64_t shift = std::max<std::int64_t>(std::max(x1, x2) - kGridMaxLon, 0);
  if (shift == 0) shift = std::min<std::int64_t>(std::min(x1, x2) + kGridMaxLon, 0);
  return {{static_cast<std::int32_t>(x1 - shift), static_cast<std::int32_t>(grid(from.lat))},
          {static_cast<std::int32_t>(x2 - shift), static_cast<std::int32_t>(grid(to.lat))}};
}

/// What the geodesic from one end to the other has beyond the line straight in lon/lat.
class GeodesicExcess final : public AreaMethod::EdgePart {
 public:
  GeodesicExcess(double semi_major, double flattening) : line_(Meters(semi_major), flattening) {
    geod_init(&geod_, semi_major, flattening);
  }

  double operator()(const Position& from, const Position& to) const override {
    const double step = to.lon - from.lon;
    // An edge along a pole has no length, and one over half a turn or more is a frame of the earth, not a
    // geodesic.
    const bool along_pole = std::abs(from.lat) == 90.0 && from.lat == to.lat;
    if (step == 0.0 || along_pole || std::abs(step) >= 180.0) return 0.0;
    double area_below = 0.0;
    geod_geninverse(&geod_, from.lat, from.lon, to.lat, to.lon, nullptr, nullptr, nullptr, nullptr, nullptr,
                    nullptr, &area_below);
    // Both are large and nearly equal: the difference of their doubles is good to about 1e-3 m2 per edge.
    return -area_below * kAreaUnitsPerSquareMeter - straight(from, to);
  }

 private:
  double straight(const Position& from, const Position& to) const {
    const GridSegment s = grid_edge(from, to);
    return static_cast<double>(line_(s, s.a, s.b));
  }

  EdgeArea line_;
  geod_geodesic geod_{};
};

/// Half the cross product of the projected ends: the area between chord and origin.
class ProjectedChord final : public AreaMethod::EdgePart {
 public:
  explicit ProjectedChord(const std::string& definition) : definition_(definition) {
    try {
      projection_.emplace(definition);
    } catch (const InvalidArgument& error) {
      fail(error.what());
    }
    if (projection_->is_geographic()) fail("it is not a projected CRS");
    find_handedness();
  }

  double operator()(const Position& from, const Position& to) const override {
    const auto [x1, y1] = project(from);
    const auto [x2, y2] = project(to);
    return handedness_ * 0.5 * (x1 * y2 - x2 * y1) * kAreaUnitsPerSquareMeter;
  }

  bool joins_at_seam(Lat latitude) const override {
    const auto [x1, y1] = project({-180.0, latitude.value()});
    const auto [x2, y2] = project({180.0, latitude.value()});
    // Equal but for rounding, or a good part of the map apart.
    return std::abs(x1 - x2) + std::abs(y1 - y2) < 1.0;
  }

 private:
  [[noreturn]] void fail(std::string_view reason) const {
    throw InvalidArgument(fmt::format("method 'crs:{}': {}; expected a projected CRS such as crs:EPSG:6933",
                                      definition_, reason));
  }
  /// Some CRS count southward and westward, which mirrors every polygon: ask in the middle of where it is
  /// used.
  void find_handedness() {
    Position middle;
    if (const auto use = projection_->area_of_use()) {
      const double east = use->east < use->west ? use->east + 360.0 : use->east;
      middle = {(use->west + east) / 2, (use->south + use->north) / 2};
    }
    try {
      const auto [x, y] = project(middle);
      const auto [x_east, y_east] = project({middle.lon + 0.01, middle.lat});
      const auto [x_north, y_north] = project({middle.lon, middle.lat + 0.01});
      if ((x_east - x) * (y_north - y) < (x_north - x) * (y_east - y)) handedness_ = -1.0;
    } catch (const InvalidData&) {
      // A CRS that does not know its own middle keeps the usual hand.
    }
  }
  [[nodiscard]] std::pair<double, double> project(const Position& p) const {
    const auto point = projection_->forward(p);
    if (!point) {
      throw InvalidData(
          fmt::format("method 'crs:{}' cannot project ({}, {}); choose a CRS that covers the atlas",
                      definition_, p.lon, p.lat));
    }
    return {point->x * projection_->unit(), point->y * projection_->unit()};
  }

  std::optional<Projection> projection_;
  std::string definition_;
  double handedness_ = 1.0;  ///< -1 if the axes are mirrored
};

}  // namespace

AreaMethod AreaMethod::lonlat() {
  return {"lonlat", EdgeArea::wgs84(), nullptr};
}

AreaMethod AreaMethod::parse(std::string_view text) {
  const auto fail = [&]() -> AreaMethod {
    throw InvalidArgument(
        fmt::format("'{}' is no method; expected lonlat, geodesic, sphere:R, sphere:R,arcs (R in metres) or "
                    "crs:DEFINITION",
                    text));
  };
  std::string name(text);
  if (text == "lonlat") return lonlat();
  if (text == "geodesic") {
    return {name, EdgeArea::wgs84(), std::make_shared<GeodesicExcess>(kWgs84SemiMajorAxis, kWgs84Flattening)};
  }
  if (text.starts_with("crs:")) return {name, std::nullopt, std::make_shared<ProjectedChord>(name.substr(4))};
  if (!text.starts_with("sphere:")) return fail();
  std::string_view rest = text.substr(7);
  const bool arcs = rest.ends_with(",arcs");
  if (arcs) rest.remove_suffix(5);
  double radius = 0.0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), radius);
  if (error != std::errc() || end != rest.data() + rest.size()) return fail();
  const EdgeArea sphere(Meters(radius), 0.0);
  if (!arcs) return {name, sphere, nullptr};
  return {name, sphere, std::make_shared<GeodesicExcess>(radius, 0.0)};
}

double AreaMethod::edge_part(const Position& from, const Position& to) const {
  return edge_part_ ? (*edge_part_)(from, to) : 0.0;
}

}  // namespace marchland
