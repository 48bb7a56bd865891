#pragma once
// Fewer vertices on the lines of tiles: analysis/thin_lines.h with a distance in tile units.
#include <marchland/tiles/mercator_plane.h>

#include <functional>
#include <vector>

namespace marchland {

/// Edges meet in their ends only, and no two have the same ends; coordinates below 2^28. Every vertex that
/// goes lies within `tolerance` of the edge that replaces it, in the same units; 0: only vertices on a
/// straight line go. Vertices for which `is_fixed` is true stay. Order: by ends. Equal input in any order
/// gives equal output. Cost: n log n.
[[nodiscard]] std::vector<TileEdge> simplify_lines(std::vector<TileEdge> edges, std::int32_t tolerance,
                                                   const std::function<bool(GridPoint)>& is_fixed);

}  // namespace marchland
