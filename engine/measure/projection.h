#pragma once
// Longitude and latitude on WGS84 to the coordinates of another system and back, by PROJ.
#include <marchland/geometry/lonlat_box.h>
#include <marchland/geometry/shapes.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace marchland {

/// Coordinates of a system, easting (or longitude) first whatever order its definition has.
struct PlanePoint {
  double x = 0.0;
  double y = 0.0;
  friend bool operator==(const PlanePoint&, const PlanePoint&) = default;
};

struct PlaneBox {
  double west = 0.0;
  double south = 0.0;
  double east = 0.0;
  double north = 0.0;
  friend bool operator==(const PlaneBox&, const PlaneBox&) = default;
};

/// Not for concurrent use, and not copied: it holds PROJ's working space.
class Projection {
 public:
  /// Any projected or geographic system that PROJ knows: "EPSG:32638", WKT, a PROJ string; a shift of datum
  /// in it (TOWGS84) counts, heights beside it are left out. Throws
  /// InvalidArgument with the reason: "PROJ does not know it" and the like, without the definition.
  explicit Projection(const std::string& definition);

  [[nodiscard]] bool is_geographic() const noexcept { return is_geographic_; }
  /// WGS84 in degrees: forward and inverse then change no bit.
  [[nodiscard]] bool is_identity() const noexcept { return is_identity_; }
  /// Metres (of a geographic system: radians) in one unit of its first axis.
  [[nodiscard]] double unit() const noexcept { return unit_; }
  /// Of a geographic system, which may count from another prime meridian and in other units than degrees: a
  /// whole turn in its units;
  [[nodiscard]] double turn() const noexcept { return turn_; }
  /// a longitude of its own in degrees from Greenwich, within the shift of its datum, however many turns it
  /// is;
  [[nodiscard]] double degrees_from_greenwich(double x) const noexcept {
    return (x - origin_) * 360.0 / turn_;
  }
  /// and x by whole turns next to where it has so many degrees from Greenwich, which may be over 180.
  [[nodiscard]] double near_longitude(double x, double degrees) const noexcept;

  /// Where the system is meant to be used, as its registry says; it may cross the antimeridian.
  [[nodiscard]] std::optional<LonLatBox> area_of_use() const noexcept { return area_of_use_; }

  /// Nothing where the system has no coordinates for it.
  [[nodiscard]] std::optional<PlanePoint> forward(const Position& position) const;
  /// Longitude in [-180, 180]. Nothing where the plane has no point of the earth.
  [[nodiscard]] std::optional<Position> inverse(const PlanePoint& point) const;
  /// The least box about the image of that box: extremes within its sides, at a pole and where the system is
  /// cut are found, to 1e-12 of the longitudes and latitudes asked for. Where it crosses the antimeridian, a
  /// geographic system's east is beyond 180. Nothing where no point of it has coordinates.
  [[nodiscard]] std::optional<PlaneBox> bounds(const LonLatBox& box) const;

 private:
  struct Proj;
  struct Free {
    void operator()(Proj* proj) const noexcept;
  };
  std::unique_ptr<Proj, Free> proj_;
  std::optional<LonLatBox> area_of_use_;
  bool is_geographic_ = false;
  bool is_identity_ = false;
  double unit_ = 1.0;
  double turn_ = 360.0;
  double origin_ = 0.0;  ///< its longitude of Greenwich
};

}  // namespace marchland
