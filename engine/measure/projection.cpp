#include <marchland/base/error.h>
#include <marchland/measure/projection.h>

#include <proj.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace marchland {
namespace {

struct Destroy {
  void operator()(PJ* p) const noexcept { proj_destroy(p); }
  void operator()(PJ_CONTEXT* p) const noexcept { proj_context_destroy(p); }
};
using PjPtr = std::unique_ptr<PJ, Destroy>;

bool is_geographic_type(PJ_TYPE type) {
  return type == PJ_TYPE_GEOGRAPHIC_2D_CRS || type == PJ_TYPE_GEOGRAPHIC_3D_CRS;
}

}  // namespace

struct Projection::Proj {
  std::unique_ptr<PJ_CONTEXT, Destroy> context{proj_context_create()};
  PjPtr transform;
};

void Projection::Free::operator()(Proj* proj) const noexcept {
  delete proj;
}

Projection::Projection(const std::string& definition) : proj_(new Proj) {
  PJ_CONTEXT* context = proj_->context.get();
  proj_log_level(context, PJ_LOG_NONE);
  // A bare PROJ string names a projection; only with this word does it name the CRS that uses it.
  const bool is_bare =
      definition.find("+proj=") != std::string::npos && definition.find("type=crs") == std::string::npos;
  PjPtr target(proj_create(context, (is_bare ? definition + " +type=crs" : definition).c_str()));
  if (!target) throw InvalidArgument("PROJ does not know it");
  // Of a system with heights the part of the map.
  if (proj_get_type(target.get()) == PJ_TYPE_COMPOUND_CRS)
    target.reset(proj_crs_get_sub_crs(context, target.get(), 0));
  // What a system is, apart from the way to another datum that its definition brings along.
  PjPtr plain;
  if (target && proj_get_type(target.get()) == PJ_TYPE_BOUND_CRS)
    plain.reset(proj_get_source_crs(context, target.get()));
  PJ* const system_itself = plain ? plain.get() : target.get();
  const PJ_TYPE type = system_itself != nullptr ? proj_get_type(system_itself) : PJ_TYPE_UNKNOWN;
  is_geographic_ = is_geographic_type(type);
  if (type != PJ_TYPE_PROJECTED_CRS && !is_geographic_)
    throw InvalidArgument("it is neither a projected nor a geographic CRS");
  const PjPtr source(proj_create(context, "OGC:CRS84"));
  const PjPtr pipeline(proj_create_crs_to_crs_from_pj(context, source.get(), target.get(), nullptr, nullptr));
  if (pipeline) proj_->transform.reset(proj_normalize_for_visualization(context, pipeline.get()));
  if (!proj_->transform) throw InvalidArgument("PROJ finds no operation from WGS84");
  const PjPtr axes(proj_crs_get_coordinate_system(context, system_itself));
  proj_cs_get_axis_info(context, axes.get(), 0, nullptr, nullptr, nullptr, &unit_, nullptr, nullptr, nullptr);
  LonLatBox use;
  if (proj_get_area_of_use(context, system_itself, &use.west, &use.south, &use.east, &use.north, nullptr) !=
          0 &&
      use.west >= -180.0) {
    area_of_use_ = use;
  }
  // WGS84 with a shift to WGS84, as old programs write it, is WGS84.
  is_identity_ =
      is_geographic_ && proj_is_equivalent_to_with_ctx(context, source.get(), system_itself,
                                                       PJ_COMP_EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS) != 0;
  if (!is_geographic_ || is_identity_) return;
  turn_ = 2.0 * std::numbers::pi / unit_;
  if (const auto greenwich = forward({0.0, 0.0})) origin_ = std::remainder(greenwich->x, turn_);
}

double Projection::near_longitude(double x, double degrees) const noexcept {
  return x + turn_ * std::round((degrees * turn_ / 360.0 + origin_ - x) / turn_);
}

std::optional<PlanePoint> Projection::forward(const Position& position) const {
  if (is_identity_) return PlanePoint{position.lon, position.lat};
  const PJ_COORD out =
      proj_trans(proj_->transform.get(), PJ_FWD, proj_coord(position.lon, position.lat, 0, 0));
  if (!std::isfinite(out.xy.x) || !std::isfinite(out.xy.y)) {
    proj_errno_reset(proj_->transform.get());
    return std::nullopt;
  }
  return PlanePoint{out.xy.x, out.xy.y};
}

std::optional<Position> Projection::inverse(const PlanePoint& point) const {
  Position out{point.x, point.y};
  if (!is_identity_) {
    const PJ_COORD answer = proj_trans(proj_->transform.get(), PJ_INV, proj_coord(point.x, point.y, 0, 0));
    if (!std::isfinite(answer.xy.x) || !std::isfinite(answer.xy.y)) {
      proj_errno_reset(proj_->transform.get());
      return std::nullopt;
    }
    out = {answer.xy.x, answer.xy.y};
  }
  if (std::abs(out.lat) > 90.0) return std::nullopt;
  if (std::abs(out.lon) > 180.0) out.lon -= 360.0 * std::round(out.lon / 360.0);
  return out;
}

namespace {

/// Degrees: from west to east without a turn.
struct Patch {
  double west, south, east, north;
  [[nodiscard]] Position at(double u, double v) const {
    return {west + u * (east - west), south + v * (north - south)};
  }
};

/// The greatest value of f on [0, 1] about `best`, one of the points k / steps, none of whose neighbours has
/// more. Where f jumps the greatest value before the jump is found: of three points the middle one always has
/// the most.
template <class F>
double climb(F f, double best, double step) {
  constexpr double kGolden = 0.38196601125010515;
  constexpr double kFine = 1e-13;
  double low = std::max(0.0, best - step);
  double high = std::min(1.0, best + step);
  double value = f(best);
  while (high - low > kFine) {
    const bool is_upward = high - best > best - low;
    const double probe = is_upward ? best + kGolden * (high - best) : best - kGolden * (best - low);
    if (probe == best) break;
    const double there = f(probe);
    if (there > value) {
      (is_upward ? low : high) = best;
      best = probe;
      value = there;
    } else {
      (is_upward ? high : low) = probe;
    }
  }
  return best;
}

constexpr double kNowhere = -std::numeric_limits<double>::infinity();

/// The greatest value of f over the patch, from the best point of a lattice upwards along parallels and
/// meridians in turn; kNowhere where f has no value at any point. The greatest value of a coordinate lies on
/// the rim of the patch or where the system is cut, which is along a meridian unless it is oblique.
template <class F>
double greatest(F f) {
  constexpr int kAcross = 96;
  constexpr int kUp = 48;
  double best = kNowhere;
  double u = 0.0;
  double v = 0.0;
  for (int i = 0; i <= kAcross; ++i) {
    for (int j = 0; j <= kUp; ++j) {
      const double there = f(double{1} * i / kAcross, double{1} * j / kUp);
      if (!(there > best)) continue;
      best = there;
      u = double{1} * i / kAcross;
      v = double{1} * j / kUp;
    }
  }
  if (best == kNowhere) return best;
  for (int round = 0; round < 4; ++round) {
    u = climb([&](double probe) { return f(probe, v); }, u, 1.0 / kAcross);
    v = climb([&](double probe) { return f(u, probe); }, v, 1.0 / kUp);
  }
  return f(u, v);
}

}  // namespace

std::optional<PlaneBox> Projection::bounds(const LonLatBox& box) const {
  const bool is_divided = box.west > box.east;
  if (is_identity_) return PlaneBox{box.west, box.south, is_divided ? box.east + 360.0 : box.east, box.north};
  std::vector<Patch> patches{{box.west, box.south, is_divided ? 180.0 : box.east, box.north}};
  if (is_divided) patches.push_back({-180.0, box.south, box.east, box.north});
  PlaneBox out{-kNowhere, -kNowhere, kNowhere, kNowhere};
  for (std::size_t i = 0; i < patches.size(); ++i) {
    const Patch& patch = patches[i];
    const auto side = [&](double PlanePoint::* axis, double sign) {
      return sign * greatest([&](double u, double v) {
               const Position place = patch.at(u, v);
               std::optional<PlanePoint> point = forward(place);
               if (!point) return kNowhere;
               // A shift of datum may carry the antimeridian to its other side; the second patch follows on
               // the first.
               if (is_geographic_)
                 point->x = near_longitude(point->x, place.lon + 360.0 * static_cast<double>(i));
               return sign * ((*point).*axis);
             });
    };
    out.west = std::min(out.west, side(&PlanePoint::x, -1.0));
    out.south = std::min(out.south, side(&PlanePoint::y, -1.0));
    out.east = std::max(out.east, side(&PlanePoint::x, 1.0));
    out.north = std::max(out.north, side(&PlanePoint::y, 1.0));
  }
  if (!std::isfinite(out.west + out.south + out.east + out.north)) return std::nullopt;
  return out;
}

}  // namespace marchland
