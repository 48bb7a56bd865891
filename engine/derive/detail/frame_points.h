#pragma once
// Where the boundary of a frame is reached from a point inside it. Points are rounded as noding rounds: to
// the nearest of the grid, halves east and north, whichever way the boundary runs there.
#include <marchland/derive/detail/frame.h>

#include <optional>

namespace marchland::detail {

/// The nearest point of the boundary, by distances in the plane that has the scale of the point's latitude;
/// of equally near ones the least. Found in double precision: where two are nearest to within 1e-15 of the
/// distance, either.
[[nodiscard]] GridPoint nearest_on(const Frame& frame, GridPoint point);

/// Where the step from `before` to `end`, prolonged, first meets the boundary; exact. Nothing if it does not.
[[nodiscard]] std::optional<GridPoint> straight_on(const Frame& frame, GridPoint before, GridPoint end);

}  // namespace marchland::detail
