#pragma once
// Polygons as GEOS sees them, in the plane of longitude and latitude: valid or not, what two share, whether a
// point lies in them, and how far it is from their lines.
#include <marchland/geometry/shapes.h>

#include <memory>
#include <optional>
#include <string>

namespace marchland {

/// A copy of an area in GEOS's own form. Moved, not copied; not for concurrent use.
class PlanarArea {
 public:
  /// Throws InvalidArgument, with GEOS's words, for rings it cannot take, for instance not closed.
  explicit PlanarArea(const MultiPolygon& area);

  struct Defect {
    std::string reason;  ///< "Self-intersection"
    Position at;
    friend bool operator==(const Defect&, const Defect&) = default;
  };
  /// Why it is not valid by OGC Simple Features (06-103r4, 6.1.11 and 6.1.13); nothing if it is.
  [[nodiscard]] std::optional<Defect> defect() const;

  /// Whether the boxes of both have a common point; what shares ground has.
  [[nodiscard]] bool may_meet(const PlanarArea& other) const;
  /// Common ground: polygons only, lines and points where they merely touch left out. By OverlayNG in
  /// doubles: vertices that both have stay as they are, crossings are rounded to doubles. Precondition: both
  /// are valid. Throws Error(failure) with GEOS's words.
  [[nodiscard]] MultiPolygon intersection(const PlanarArea& other) const;

  /// Whether a position lies in it or on its lines. Precondition: it is valid. Throws Error(failure) with
  /// GEOS's words.
  [[nodiscard]] bool covers(const Position& position) const;

  /// To the nearest point of any ring, in degrees of the plane. Precondition: not empty.
  [[nodiscard]] double distance_to_lines(const Position& position) const;

 private:
  struct Geometry;
  struct Free {
    void operator()(Geometry* geometry) const noexcept;
  };
  std::unique_ptr<Geometry, Free> geometry_;
};

}  // namespace marchland
