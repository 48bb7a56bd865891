#pragma once
// Fewer vertices on lines that divide the ground, each line once for both of its sides, so that neighbours
// still meet.
//
// Visvalingam & Whyatt 1993: the vertex whose triangle with its neighbours is least goes first. A vertex
// stays where anything else would change: where more or fewer than two edges meet, where the triangle holds
// another vertex (then a line or an island would change sides; a line without a vertex in the triangle cannot
// enter it), or where its neighbours are joined already (then ground would vanish). What is left of and right
// of every line, and which ground lies within which, is the same afterwards. All tests are exact.
#include <marchland/tiles/mercator_plane.h>

#include <functional>
#include <vector>

namespace marchland {

/// Edges meet in their ends only; coordinates below 2^28. Every vertex that goes lies within `tolerance` of
/// the edge that replaces it, in the same units; 0: only vertices on a straight line go. Vertices for which
/// `is_fixed` is true stay. Order: by ends. Equal input in any order gives equal output. Cost: n log n.
[[nodiscard]] std::vector<TileEdge> simplify_lines(std::vector<TileEdge> edges, std::int32_t tolerance,
                                                   const std::function<bool(GridPoint)>& is_fixed);

}  // namespace marchland
