#include <marchland/base/error.h>
#include <marchland/measure/projection.h>

#include <proj.h>

#include <cmath>

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
  if (proj_get_type(target.get()) == PJ_TYPE_BOUND_CRS)
    target.reset(proj_get_source_crs(context, target.get()));
  const PJ_TYPE type = target ? proj_get_type(target.get()) : PJ_TYPE_UNKNOWN;
  is_geographic_ = is_geographic_type(type);
  if (type != PJ_TYPE_PROJECTED_CRS && !is_geographic_)
    throw InvalidArgument("it is neither a projected nor a geographic CRS");
  const PjPtr source(proj_create(context, "OGC:CRS84"));
  const PjPtr pipeline(proj_create_crs_to_crs_from_pj(context, source.get(), target.get(), nullptr, nullptr));
  if (pipeline) proj_->transform.reset(proj_normalize_for_visualization(context, pipeline.get()));
  if (!proj_->transform) throw InvalidArgument("PROJ finds no operation from WGS84");
  const PjPtr system(proj_crs_get_coordinate_system(context, target.get()));
  proj_cs_get_axis_info(context, system.get(), 0, nullptr, nullptr, nullptr, &unit_, nullptr, nullptr,
                        nullptr);
  LonLatBox use;
  if (proj_get_area_of_use(context, target.get(), &use.west, &use.south, &use.east, &use.north, nullptr) !=
          0 &&
      use.west >= -180.0) {
    area_of_use_ = use;
  }
  is_identity_ =
      is_geographic_ && proj_is_equivalent_to_with_ctx(context, source.get(), target.get(),
                                                       PJ_COMP_EQUIVALENT_EXCEPT_AXIS_ORDER_GEOGCRS) != 0;
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

std::optional<PlaneBox> Projection::bounds(const LonLatBox& box) const {
  PlaneBox out{box.west, box.south, box.east, box.north};
  if (!is_identity_) {
    constexpr int kDensify = 101;
    const int ok =
        proj_trans_bounds(proj_->context.get(), proj_->transform.get(), PJ_FWD, box.west, box.south, box.east,
                          box.north, &out.west, &out.south, &out.east, &out.north, kDensify);
    if (ok == 0 || !std::isfinite(out.west + out.south + out.east + out.north)) {
      proj_errno_reset(proj_->transform.get());
      return std::nullopt;
    }
  }
  if (is_geographic_ && out.west > out.east) out.east += 360.0;
  return out;
}

}  // namespace marchland
