#include <marchland/base/error.h>
#include <marchland/verify/planar_area.h>

#include <fmt/format.h>
#include <geos_c.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace marchland {
namespace {

struct Box {
  double west = std::numeric_limits<double>::infinity();
  double south = std::numeric_limits<double>::infinity();
  double east = -std::numeric_limits<double>::infinity();
  double north = -std::numeric_limits<double>::infinity();

  void add(const Position& p) {
    west = std::min(west, p.lon);
    east = std::max(east, p.lon);
    south = std::min(south, p.lat);
    north = std::max(north, p.lat);
  }
  void add(const Box& box) {
    add(Position{box.west, box.south});
    add(Position{box.east, box.north});
  }
  [[nodiscard]] bool meets(const Box& other) const {
    return west <= other.east && other.west <= east && south <= other.north && other.south <= north;
  }
};

}  // namespace

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
  Box box;
  std::vector<Box> boxes;  ///< of its polygons
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

/// Copies of some polygons of an area.
GEOSGeometry* polygons_of(GEOSContextHandle_t context, const GEOSGeometry* area,
                          const std::vector<int>& which) {
  std::vector<GEOSGeometry*> polygons;
  for (const int i : which)
    polygons.push_back(GEOSGeom_clone_r(context, GEOSGetGeometryN_r(context, area, i)));
  return GEOSGeom_createCollection_r(context, GEOS_MULTIPOLYGON, polygons.data(),
                                     static_cast<unsigned>(polygons.size()));
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
    Box& box = geometry_->boxes.emplace_back();
    for (const Ring& ring : polygon) {
      for (const Position& p : ring) box.add(p);
    }
    geometry_->box.add(box);
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
  return geometry_->box.meets(other.geometry_->box);
}

MultiPolygon PlanarArea::intersection(const PlanarArea& other) const {
  MultiPolygon out;
  if (!may_meet(other)) return out;
  // Only polygons whose boxes meet can have ground in common; of areas in many pieces those are few.
  const Geometry& a = *geometry_;
  const Geometry& b = *other.geometry_;
  std::vector<int> of_b;
  for (std::size_t i = 0; i < b.boxes.size(); ++i) {
    if (b.boxes[i].meets(a.box)) of_b.push_back(static_cast<int>(i));
  }
  std::vector<int> of_a;
  std::vector<bool> is_met(b.boxes.size(), false);
  for (std::size_t i = 0; i < a.boxes.size(); ++i) {
    bool meets = false;
    if (!a.boxes[i].meets(b.box)) continue;
    for (const int k : of_b) {
      const auto at = static_cast<std::size_t>(k);
      if (!a.boxes[i].meets(b.boxes[at])) continue;
      meets = true;
      is_met[at] = true;
    }
    if (meets) of_a.push_back(static_cast<int>(i));
  }
  std::erase_if(of_b, [&](int k) { return !is_met[static_cast<std::size_t>(k)]; });
  if (of_a.empty()) return out;
  const GEOSContextHandle_t context = geometry_->context;
  GEOSGeometry* mine = polygons_of(context, a.area, of_a);
  GEOSGeometry* theirs = polygons_of(context, b.area, of_b);
  GEOSGeometry* common = GEOSIntersection_r(context, mine, theirs);
  GEOSGeom_destroy_r(context, mine);
  GEOSGeom_destroy_r(context, theirs);
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
