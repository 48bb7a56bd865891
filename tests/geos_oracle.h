#pragma once
// GEOS as the judge of polygons that leave the engine.
#include <marchland/geometry/shapes.h>

#include <geos_c.h>

#include <string>
#include <utility>

namespace marchland::test {

class Geos {
 public:
  Geos() : context_(GEOS_init_r()) {}
  Geos(const Geos&) = delete;
  Geos& operator=(const Geos&) = delete;
  ~Geos() { GEOS_finish_r(context_); }

  class Geometry {
   public:
    Geometry(GEOSContextHandle_t context, GEOSGeometry* geometry) : context_(context), geometry_(geometry) {}
    Geometry(const Geometry&) = delete;
    Geometry(Geometry&& other) noexcept
        : context_(other.context_), geometry_(std::exchange(other.geometry_, nullptr)) {}
    Geometry& operator=(const Geometry&) = delete;
    Geometry& operator=(Geometry&&) = delete;
    ~Geometry() { GEOSGeom_destroy_r(context_, geometry_); }
    [[nodiscard]] const GEOSGeometry* get() const { return geometry_; }

   private:
    GEOSContextHandle_t context_;
    GEOSGeometry* geometry_;
  };

  [[nodiscard]] Geometry read(const MultiPolygon& area) const {
    std::vector<GEOSGeometry*> polygons;
    for (const Polygon& polygon : area) {
      std::vector<GEOSGeometry*> rings;
      for (const Ring& ring : polygon) {
        auto* sequence = GEOSCoordSeq_create_r(context_, static_cast<unsigned>(ring.size()), 2);
        for (unsigned i = 0; i < ring.size(); ++i)
          GEOSCoordSeq_setXY_r(context_, sequence, i, ring[i].lon, ring[i].lat);
        rings.push_back(GEOSGeom_createLinearRing_r(context_, sequence));
      }
      polygons.push_back(GEOSGeom_createPolygon_r(context_, rings.front(), rings.data() + 1,
                                                  static_cast<unsigned>(rings.size() - 1)));
    }
    return {context_, GEOSGeom_createCollection_r(context_, GEOS_MULTIPOLYGON, polygons.data(),
                                                  static_cast<unsigned>(polygons.size()))};
  }
  /// Empty if valid, otherwise why not.
  [[nodiscard]] std::string invalidity(const Geometry& geometry) const {
    if (GEOSisValid_r(context_, geometry.get()) == 1) return {};
    char* reason = GEOSisValidReason_r(context_, geometry.get());
    std::string text = reason;
    GEOSFree_r(context_, reason);
    return text;
  }
  /// Exact: by relate, not by an overlay.
  [[nodiscard]] bool interiors_meet(const Geometry& a, const Geometry& b) const {
    return GEOSRelatePattern_r(context_, a.get(), b.get(), "T********") == 1;
  }
  [[nodiscard]] double area(const Geometry& geometry) const {
    double area = 0.0;
    GEOSArea_r(context_, geometry.get(), &area);
    return area;
  }

 private:
  GEOSContextHandle_t context_;
};

}  // namespace marchland::test
