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

GridSegment grid_edge(const Position& from, const Position& to) {
  // The line part is the same wherever the edge lies in longitude, so an edge across the seam is moved into
  // the box.
  const double shift = 360.0 * std::floor((std::min(from.lon, to.lon) + 180.0) / 360.0);
  const auto grid = [&](const Position& p) {
    return GridPoint{static_cast<std::int32_t>(std::llround((p.lon - shift) * kGridUnitsPerDegree)),
                     static_cast<std::int32_t>(std::llround(p.lat * kGridUnitsPerDegree))};
  };
  return {grid(from), grid(to)};
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
    // Split at the middle of the box where an edge moved into it would leave it again.
    GridSegment s = grid_edge(from, to);
    const std::int64_t over = std::max(std::int64_t{s.a.x}, std::int64_t{s.b.x}) - kGridMaxLon;
    if (over > 0) {
      s.a.x = static_cast<std::int32_t>(s.a.x - over);
      s.b.x = static_cast<std::int32_t>(s.b.x - over);
    }
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
    std::unique_ptr<PJ, ProjDeleter> target(proj_create(context_.get(), definition.c_str()));
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
  }

  double operator()(const Position& from, const Position& to) const override {
    const auto [x1, y1] = project(from);
    const auto [x2, y2] = project(to);
    return 0.5 * (x1 * y2 - x2 * y1) * kAreaUnitsPerSquareMeter;
  }

 private:
  [[noreturn]] void fail(std::string_view reason) const {
    throw InvalidArgument(fmt::format("method 'crs:{}': {}; expected a projected CRS such as crs:EPSG:6933",
                                      definition_, reason));
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
