#pragma once
// Directed edges with ground on their left become polygons.
#include <marchland/base/grid.h>

#include <utility>
#include <vector>

namespace marchland {

/// Not closed: the last vertex is joined to the first.
using TileRing = std::vector<GridPoint>;
/// A shell (positive area) and its holes (negative). Interiors are connected; rings touch in vertices at
/// most.
using TilePolygon = std::vector<TileRing>;

/// Precondition: edges meet in their ends only and close; on the left of each is the ground, on its right
/// none of it. Polygons by the least vertex of their shells, holes by theirs. Throws std::logic_error where
/// edges do not close. Cost: n log n, and shells times holes.
[[nodiscard]] std::vector<TilePolygon> trace_rings(std::vector<std::pair<GridPoint, GridPoint>> edges);

/// Twice the signed area, positive where the ring has its inside on its left.
[[nodiscard]] std::int64_t twice_area(const TileRing& ring);

}  // namespace marchland
