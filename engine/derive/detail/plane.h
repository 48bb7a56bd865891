#pragma once
// The plane that distances between places are measured in: a projection, in metres.
#include <marchland/derive/detail/subdivision.h>
#include <marchland/geometry/shapes.h>
#include <marchland/measure/projection.h>

#include <string>
#include <string_view>

namespace marchland::detail {

/// Every point that is asked for must have coordinates.
class Plane {
 public:
  /// Points further than this from the origin are refused: beyond it centimetres leave 32 bits together with
  /// the helpers of nearest_cells.cpp.
  static constexpr double kFarthest = 1.0e7;

  /// Throws InvalidArgument for a crs that PROJ does not know, or that is geographic.
  explicit Plane(const std::string& crs);
  /// Throws InvalidData, beginning with `what`, for a position without coordinates or beyond kFarthest.
  [[nodiscard]] PlanePoint forward(const Position& position, std::string_view what) const;
  [[nodiscard]] PlanePoint forward(GridPoint point) const { return forward(to_position(point), "frame"); }
  /// Throws InvalidData where the point is not on the earth.
  [[nodiscard]] Position inverse(const PlanePoint& point) const;

 private:
  Projection projection_;
};

/// A point inside a piece, degrees: the middle of the widest stretch inside it along a horizontal between two
/// of its vertices' latitudes near the middle of the piece.
[[nodiscard]] Position inner_point(const GridPolygon& polygon);

}  // namespace marchland::detail
