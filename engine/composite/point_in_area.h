#pragma once
// Whether an area covers a point, by the definition that the arrangement labels faces with, ring by ring and
// without arranging anything.
#include <marchland/composite/quantise.h>
#include <marchland/geometry/shared_area.h>

namespace marchland {

/// Winding number of the chain about the point, counter-clockwise positive. Exact. A point on a line counts
/// as lying just south of it, on a vertical line just west of it, as Arrangement::locate has it. Linear cost.
[[nodiscard]] int winding_number(const QuantisedRing& chain, GridPoint point) noexcept;

/// Whether some polygon winds about the point with its first ring and with no other. Precondition:
/// check_readable passed.
[[nodiscard]] bool covers(const SharedArea& area, RingConvention convention, GridPoint point);

}  // namespace marchland
