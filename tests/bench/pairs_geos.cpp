// Polygon against polygon by GEOS, with the overlay it uses by default (OverlayNG, full precision, snapping
// where that fails). Polygons that are not valid are repaired first, as users of overlays have to.
//   bench_geos ATLAS [K [SECONDS]]
#include "tests/bench/overlay_pairs.h"

#include <geos_c.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace marchland;

class Geos {
 public:
  using Shape = GEOSGeometry*;

  [[nodiscard]] Shape make(const MultiPolygon& area) const {
    std::vector<GEOSGeometry*> polygons;
    for (const Polygon& polygon : area) {
      std::vector<GEOSGeometry*> holes;
      for (std::size_t r = 1; r < polygon.size(); ++r) holes.push_back(ring(polygon[r]));
      polygons.push_back(GEOSGeom_createPolygon_r(context_, ring(polygon.front()), holes.data(),
                                                  static_cast<unsigned>(holes.size())));
    }
    return GEOSGeom_createCollection_r(context_, GEOS_MULTIPOLYGON, polygons.data(),
                                       static_cast<unsigned>(polygons.size()));
  }
  [[nodiscard]] bool repair(Shape& shape) const {
    if (GEOSisValid_r(context_, shape) == 1) return false;
    GEOSGeometry* valid = GEOSMakeValid_r(context_, shape);
    GEOSGeom_destroy_r(context_, shape);
    shape = valid;
    return true;
  }
  [[nodiscard]] double area(const GEOSGeometry* shape) const {
    double out = 0.0;
    return GEOSArea_r(context_, shape, &out) == 1 ? out : -1.0;
  }
  [[nodiscard]] double intersection(const GEOSGeometry* a, const GEOSGeometry* b) const {
    return area_of(GEOSIntersection_r(context_, a, b));
  }
  [[nodiscard]] double difference(const GEOSGeometry* a, const GEOSGeometry* b) const {
    return area_of(GEOSDifference_r(context_, a, b));
  }
  [[nodiscard]] static std::string version() {
    const std::string text = GEOSversion();
    return "GEOS " + text.substr(0, text.find('-'));
  }

 private:
  [[nodiscard]] GEOSGeometry* ring(const Ring& positions) const {
    GEOSCoordSequence* points = GEOSCoordSeq_create_r(context_, static_cast<unsigned>(positions.size()), 2);
    for (unsigned i = 0; i < positions.size(); ++i)
      GEOSCoordSeq_setXY_r(context_, points, i, positions[i].lon, positions[i].lat);
    return GEOSGeom_createLinearRing_r(context_, points);
  }
  [[nodiscard]] double area_of(GEOSGeometry* shape) const {
    if (shape == nullptr) return -1.0;
    const double out = area(shape);
    GEOSGeom_destroy_r(context_, shape);
    return out;
  }

  /// Released with the process.
  GEOSContextHandle_t context_ = GEOS_init_r();
};

}  // namespace

int main(int argc, char** argv) {
  return bench::overlay_pairs(argc, argv, Geos());
}
