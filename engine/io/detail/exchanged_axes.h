#pragma once
// Whether positions were written latitude first, or with their columns exchanged: told by the ground on which
// they are to lie, since most numbers of degrees can be either.
#include <marchland/geometry/shapes.h>
#include <marchland/io/detail/series_sample.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace marchland::detail {

/// How many positions lie in the box of some ground, as written and with longitude and latitude exchanged.
struct AxisCount {
  std::size_t of = 0;
  std::size_t as_written = 0;
  std::size_t exchanged = 0;

  /// At least half, and four times as many as written. One position is no evidence, and ground that lies
  /// about as far east as north shows nothing.
  [[nodiscard]] bool is_exchanged() const {
    return of > 1 && 2 * exchanged >= of && exchanged >= 4 * as_written && exchanged > 0;
  }
};

/// The box is one of the plane of degrees: around ground across the antimeridian it tells nothing.
[[nodiscard]] AxisCount count_in_box(const BoundingBox& box, const std::vector<Position>& positions);

/// "of 4 places 0 lie about GROUND, and 4 would with longitude and latitude exchanged".
[[nodiscard]] std::string axis_text(const AxisCount& count, std::string_view what, std::string_view ground);

/// What to do about geometries, in a message.
inline constexpr std::string_view kSwapAxes =
    "write longitude first, for instance by ogr2ogr -ct \"+proj=axisswap +order=2,1\" swapped.gpkg FILE";

}  // namespace marchland::detail
