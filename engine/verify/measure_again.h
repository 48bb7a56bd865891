#pragma once
// Areas and lengths measured anew, by PROJ. Question of the room: do written figures hold when other
// libraries measure them?
//
// An edge straight in longitude and latitude bounds with the equator the area  -integral Y(phi) a dlambda,
// where Y is the northing of the ellipsoidal equal-area cylindrical projection (Snyder 1987, eqs 10-15 and
// 3-12: the closed form that PROJ evaluates, no series). Along such an edge longitude grows evenly, so the
// integral is one over the edge's length, taken by Gauss-Legendre quadrature. Nothing is shared with the
// room measure: no series, no integers, no mileposts.
#include <marchland/base/units.h>
#include <marchland/geometry/shapes.h>

#include <memory>
#include <optional>
#include <string_view>

namespace marchland {

struct MeasuredArea {
  SquareMeters area;
  /// |true area of these very rings - area| is at most this: quadrature, rounding of doubles, and that
  /// coordinates written with seven decimals are doubles.
  SquareMeters error;
  Meters perimeter;  ///< of all rings; never less than the true one, and at most 1 % more
  std::size_t vertices = 0;
  double degrees = 0.0;  ///< sum over edges of the longer of |dlon| and |dlat|
};

/// Not for concurrent use, and not copied: it holds PROJ's working space.
class EqualAreaMeasure {
 public:
  /// Of methods whose edges are straight in longitude and latitude: "lonlat" (WGS84) and "sphere:R". Nothing
  /// for others: what an edge is by them cannot be seen from the polygon alone.
  [[nodiscard]] static std::optional<EqualAreaMeasure> of_method(std::string_view method);

  /// Shells less holes, in whatever direction they run. Rings are closed, in degrees, cut at the antimeridian
  /// and valid (no ring crosses another); the area of others means nothing. Error bound: with each result.
  [[nodiscard]] MeasuredArea area(const MultiPolygon& polygons) const;

  /// Of the cells between two parallels, for each degree of longitude. Latitudes in degrees.
  [[nodiscard]] SquareMeters band_per_degree(double south, double north) const;

  /// How far a point can be from where it was before its coordinates were rounded to `decimals` of a degree:
  /// half a step in both.
  [[nodiscard]] Meters rounding_distance(int decimals) const;

 private:
  struct Projection;
  struct Free {
    void operator()(Projection* projection) const noexcept;
  };
  EqualAreaMeasure(std::unique_ptr<Projection, Free> projection, double semi_major, double largest_radius);
  void northings(double* latitudes, std::size_t count) const;

  std::unique_ptr<Projection, Free> projection_;
  double semi_major_ = 0.0;
  double largest_radius_ = 0.0;  ///< of curvature, anywhere and in any direction
};

struct MeasuredLength {
  Meters length;
  Meters error;  ///< |length as drawn - length| is at most this
  std::size_t vertices = 0;
};

/// Of lines straight in longitude and latitude on WGS84: the geodesics (Karney 2013, as PROJ has them)
/// between points of it a thousandth of a degree apart. The bound is that of a curve of the geodesic
/// curvature of the edge, (k s)^2 s / 24 for a piece of length s: below 1e-9 of the length up to 80 degrees
/// of latitude.
[[nodiscard]] MeasuredLength geodesic_length(const Line& line);

}  // namespace marchland
