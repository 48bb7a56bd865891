#include <marchland/base/error.h>
#include <marchland/measure/area_method.h>

#include <fmt/format.h>
#include <geodesic.h>
#include <proj.h>

#include <charconv>
#include <cmath>

namespace marchland {
namespace {

constexpr double kWgs84SemiMajor = 6378137.0;
constexpr double kWgs84Flattening = 1.0 / 298.257223563;

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

struct ProjDeleter {
  void operator()(PJ* p) const noexcept { proj_destroy(p); }
  void operator()(PJ_CONTEXT* p) const noexcept { proj_context_destroy(p); }
};

/// Half the cross product of the projected ends: the area between chord and origin.
class ProjectedChord final : public AreaMethod::EdgePart {
 public:
  explicit ProjectedChord(const std::string& definition)
      : context_(proj_context_create()), definition_(definition) {
    proj_log_level(context_.get(), PJ_LOG_NONE);
    // A bare PROJ string names a projection; only with this word does it name the CRS that uses it.
    const bool is_bare =
        definition.find("+proj=") != std::string::npos && definition.find("type=crs") == std::string::npos;
    std::unique_ptr<PJ, ProjDeleter> target(
        proj_create(context_.get(), (is_bare ? definition + " +type=crs" : definition).c_str()));
    if (!target) fail("PROJ does not know it");
    if (proj_get_type(target.get()) == PJ_TYPE_BOUND_CRS)
      target.reset(proj_get_source_crs(context_.get(), target.get()));
    if (!target || proj_get_type(target.get()) != PJ_TYPE_PROJECTED_CRS) fail("it is not a projected CRS");
    std::unique_ptr<PJ, ProjDeleter> pipeline(
        proj_create_crs_to_crs_from_pj(context_.get(), source().get(), target.get(), nullptr, nullptr));
    if (!pipeline) fail("PROJ finds no operation from WGS84");
    transform_.reset(proj_normalize_for_visualization(context_.get(), pipeline.get()));
    if (!transform_) fail("PROJ finds no operation from WGS84");
    const std::unique_ptr<PJ, ProjDeleter> system(
        proj_crs_get_coordinate_system(context_.get(), target.get()));
    proj_cs_get_axis_info(context_.get(), system.get(), 0, nullptr, nullptr, nullptr, &metres_per_unit_,
                          nullptr, nullptr, nullptr);
    find_handedness(target.get());
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
  void find_handedness(const PJ* target) {
    double west = 0.0;
    double south = 0.0;
    double east = 0.0;
    double north = 0.0;
    Position middle;
    if (proj_get_area_of_use(context_.get(), target, &west, &south, &east, &north, nullptr) != 0 &&
        west >= -180.0) {
      if (east < west) east += 360.0;
      middle = {(west + east) / 2, (south + north) / 2};
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
  [[nodiscard]] std::unique_ptr<PJ, ProjDeleter> source() const {
    return std::unique_ptr<PJ, ProjDeleter>(proj_create(context_.get(), "OGC:CRS84"));
  }
  [[nodiscard]] std::pair<double, double> project(const Position& p) const {
    const PJ_COORD out = proj_trans(transform_.get(), PJ_FWD, proj_coord(p.lon, p.lat, 0, 0));
    if (!std::isfinite(out.xy.x) || !std::isfinite(out.xy.y)) {
      proj_errno_reset(transform_.get());
      throw InvalidData(
          fmt::format("method 'crs:{}' cannot project ({}, {}); choose a CRS that covers the atlas",
                      definition_, p.lon, p.lat));
    }
    return {out.xy.x * metres_per_unit_, out.xy.y * metres_per_unit_};
  }

  std::unique_ptr<PJ_CONTEXT, ProjDeleter> context_;
  std::unique_ptr<PJ, ProjDeleter> transform_;
  std::string definition_;
  double metres_per_unit_ = 1.0;
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
    return {name, EdgeArea::wgs84(), std::make_shared<GeodesicExcess>(kWgs84SemiMajor, kWgs84Flattening)};
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
