#include <marchland/base/error.h>
#include <marchland/verify/planar_area.h>

#include <fmt/format.h>
#include <geos_c.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace marchland {

struct PlanarArea::Geometry {
  Geometry() {
    GEOSContext_setErrorMessageHandler_r(
        context, [](const char* text, void* kept) { *static_cast<std::string*>(kept) = text; }, &message);
    GEOSContext_setNoticeMessageHandler_r(context, [](const char*, void*) {}, nullptr);
  }
  Geometry(const Geometry&) = delete;
  Geometry& operator=(const Geometry&) = delete;
  ~Geometry() {
    GEOSPreparedGeom_destroy_r(context, prepared_lines);
    GEOSPreparedGeom_destroy_r(context, prepared_area);
    GEOSGeom_destroy_r(context, lines);
    GEOSGeom_destroy_r(context, area);
    GEOS_finish_r(context);
  }

  GEOSContextHandle_t context = GEOS_init_r();
  std::string message;
  GEOSGeometry* area = nullptr;
  double west = std::numeric_limits<double>::infinity();
  double south = std::numeric_limits<double>::infinity();
  double east = -std::numeric_limits<double>::infinity();
  double north = -std::numeric_limits<double>::infinity();
  // Made when first asked for.
  GEOSGeometry* lines = nullptr;
  const GEOSPreparedGeometry* prepared_lines = nullptr;
  const GEOSPreparedGeometry* prepared_area = nullptr;
};

namespace {

GEOSGeometry* ring_of(GEOSContextHandle_t context, const Ring& ring) {
  GEOSCoordSequence* sequence = GEOSCoordSeq_create_r(context, static_cast<unsigned>(ring.size()), 2);
  if (sequence == nullptr) return nullptr;
  for (unsigned i = 0; i < ring.size(); ++i)
    GEOSCoordSeq_setXY_r(context, sequence, i, ring[i].lon, ring[i].lat);
  return GEOSGeom_createLinearRing_r(context, sequence);
}

Ring positions_of(GEOSContextHandle_t context, const GEOSGeometry* ring) {
  const GEOSCoordSequence* sequence = GEOSGeom_getCoordSeq_r(context, ring);
  unsigned size = 0;
  GEOSCoordSeq_getSize_r(context, sequence, &size);
  Ring out(size);
  for (unsigned i = 0; i < size; ++i) GEOSCoordSeq_getXY_r(context, sequence, i, &out[i].lon, &out[i].lat);
  return out;
}

void collect_polygons(GEOSContextHandle_t context, const GEOSGeometry* geometry, MultiPolygon& out) {
  const int type = GEOSGeomTypeId_r(context, geometry);
  if (type == GEOS_POLYGON) {
    if (GEOSisEmpty_r(context, geometry) == 1) return;
    Polygon polygon{positions_of(context, GEOSGetExteriorRing_r(context, geometry))};
    const int holes = GEOSGetNumInteriorRings_r(context, geometry);
    for (int h = 0; h < holes; ++h)
      polygon.push_back(positions_of(context, GEOSGetInteriorRingN_r(context, geometry, h)));
    out.push_back(std::move(polygon));
  } else if (type == GEOS_MULTIPOLYGON || type == GEOS_GEOMETRYCOLLECTION) {
    const int parts = GEOSGetNumGeometries_r(context, geometry);
    for (int i = 0; i < parts; ++i) collect_polygons(context, GEOSGetGeometryN_r(context, geometry, i), out);
  }
}

}  // namespace

void PlanarArea::Free::operator()(Geometry* geometry) const noexcept {
  delete geometry;
}

PlanarArea::PlanarArea(const MultiPolygon& area) : geometry_(new Geometry) {
  const GEOSContextHandle_t context = geometry_->context;
  std::vector<GEOSGeometry*> polygons;
  const auto fail = [&] {
    for (GEOSGeometry* polygon : polygons) GEOSGeom_destroy_r(context, polygon);
    throw InvalidArgument(fmt::format("polygon {}: {}", polygons.size() + 1, geometry_->message));
  };
  for (const Polygon& polygon : area) {
    std::vector<GEOSGeometry*> rings;
    for (const Ring& ring : polygon) {
      rings.push_back(ring_of(context, ring));
      if (rings.back() != nullptr) continue;
      for (GEOSGeometry* made : rings) GEOSGeom_destroy_r(context, made);
      fail();
    }
    // The polygon owns its rings from here on, also where it cannot be made.
    GEOSGeometry* made = rings.empty() ? GEOSGeom_createEmptyPolygon_r(context)
                                       : GEOSGeom_createPolygon_r(context, rings.front(), rings.data() + 1,
                                                                  static_cast<unsigned>(rings.size() - 1));
    if (made == nullptr) fail();
    polygons.push_back(made);
    for (const Ring& ring : polygon) {
      for (const Position& p : ring) {
        geometry_->west = std::min(geometry_->west, p.lon);
        geometry_->east = std::max(geometry_->east, p.lon);
        geometry_->south = std::min(geometry_->south, p.lat);
        geometry_->north = std::max(geometry_->north, p.lat);
      }
    }
  }
  geometry_->area = GEOSGeom_createCollection_r(context, GEOS_MULTIPOLYGON, polygons.data(),
                                                static_cast<unsigned>(polygons.size()));
  if (geometry_->area == nullptr)
    throw Error(ErrorCode::failure, fmt::format("GEOS: {}", geometry_->message));
}

std::optional<PlanarArea::Defect> PlanarArea::defect() const {
  const GEOSContextHandle_t context = geometry_->context;
  char* reason = nullptr;
  GEOSGeometry* place = nullptr;
  const char valid = GEOSisValidDetail_r(context, geometry_->area, 0, &reason, &place);
  std::optional<Defect> out;
  if (valid != 1) {
    out.emplace();
    out->reason = reason != nullptr ? reason : geometry_->message;
    if (place != nullptr) {
      GEOSGeomGetX_r(context, place, &out->at.lon);
      GEOSGeomGetY_r(context, place, &out->at.lat);
    }
  }
  GEOSFree_r(context, reason);
  GEOSGeom_destroy_r(context, place);
  return out;
}

bool PlanarArea::may_meet(const PlanarArea& other) const {
  const Geometry& a = *geometry_;
  const Geometry& b = *other.geometry_;
  return a.west <= b.east && b.west <= a.east && a.south <= b.north && b.south <= a.north;
}

MultiPolygon PlanarArea::intersection(const PlanarArea& other) const {
  MultiPolygon out;
  if (!may_meet(other)) return out;
  const GEOSContextHandle_t context = geometry_->context;
  GEOSGeometry* common = GEOSIntersection_r(context, geometry_->area, other.geometry_->area);
  if (common == nullptr) throw Error(ErrorCode::failure, fmt::format("GEOS: {}", geometry_->message));
  collect_polygons(context, common, out);
  GEOSGeom_destroy_r(context, common);
  return out;
}

bool PlanarArea::covers(const Position& position) const {
  const GEOSContextHandle_t context = geometry_->context;
  if (geometry_->prepared_area == nullptr) geometry_->prepared_area = GEOSPrepare_r(context, geometry_->area);
  GEOSGeometry* point = GEOSGeom_createPointFromXY_r(context, position.lon, position.lat);
  const char meets = GEOSPreparedIntersects_r(context, geometry_->prepared_area, point);
  GEOSGeom_destroy_r(context, point);
  if (meets == 2) throw Error(ErrorCode::failure, fmt::format("GEOS: {}", geometry_->message));
  return meets == 1;
}

double PlanarArea::distance_to_lines(const Position& position) const {
  const GEOSContextHandle_t context = geometry_->context;
  if (geometry_->prepared_lines == nullptr) {
    geometry_->lines = GEOSBoundary_r(context, geometry_->area);
    geometry_->prepared_lines = GEOSPrepare_r(context, geometry_->lines);
  }
  GEOSGeometry* point = GEOSGeom_createPointFromXY_r(context, position.lon, position.lat);
  double distance = std::numeric_limits<double>::infinity();
  const int done = GEOSPreparedDistance_r(context, geometry_->prepared_lines, point, &distance);
  GEOSGeom_destroy_r(context, point);
  if (done != 1) throw Error(ErrorCode::failure, fmt::format("GEOS: {}", geometry_->message));
  return distance;
}

}  // namespace marchland
