#pragma once
// Directed edges become lines that are as long as they can be.
#include <marchland/base/grid.h>

#include <utility>
#include <vector>

namespace marchland {

/// Two vertices at least; a closed one ends where it begins.
using TilePath = std::vector<GridPoint>;

/// Precondition: edges meet in their ends only, and no two are equal. A path goes on through a vertex at
/// which one edge arrives and one leaves and no other meets them, and keeps its direction. Sorted; a closed
/// path begins at its least vertex. Cost: n log n.
[[nodiscard]] std::vector<TilePath> chain_paths(std::vector<std::pair<GridPoint, GridPoint>> edges);

}  // namespace marchland
