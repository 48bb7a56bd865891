#pragma once
// Fewer vertices on lines that divide the ground, each line once for both of its sides, so that neighbours
// still meet.
//
// Visvalingam & Whyatt 1993: the vertex whose triangle with its neighbours is least goes first. A vertex
// stays where anything else would change: where more or fewer than two edges meet, where the triangle holds
// another vertex (then a line or an island would change sides; a line without a vertex in the triangle cannot
// enter it), or where its neighbours are joined already (then ground would vanish). What is left of and right
// of every line, and which ground lies within which, is the same afterwards. All tests are exact, and hold in
// any coordinates in which the lines are straight.
#include <marchland/geometry/exact_point.h>

#include <cstddef>
#include <functional>
#include <vector>

namespace marchland {

/// A straight piece of line between two vertices.
struct ThinEdge {
  GridPoint a;
  GridPoint b;
  std::size_t origin = 0;  ///< whatever the caller knows it by
  friend constexpr auto operator<=>(const ThinEdge&, const ThinEdge&) noexcept = default;
};

/// Whether a vertex is so near to the edge from a to b that it may go for it.
using IsNearEdge = std::function<bool(GridPoint vertex, GridPoint a, GridPoint b)>;

/// Edges meet in their ends only, and no two have the same ends. Every vertex that goes is near, as `is_near`
/// says, to the edge that replaces it. Vertices for which `is_fixed` is true stay. An edge that replaces
/// others has the origin of one of them, and runs the same way along the line. Order: by ends. Equal input in
/// any order gives equal output. Cost: n log n.
[[nodiscard]] std::vector<ThinEdge> thin_lines(std::vector<ThinEdge> edges, const IsNearEdge& is_near,
                                               const std::function<bool(GridPoint)>& is_fixed);

/// Distance in metres from a vertex to the edge from a to b, both of the grid of degrees: in the plane that
/// touches WGS84 at the vertex, in which east and north have the scale they have there. For edges of some
/// kilometres it is that on the ground to 1e-3 of itself.
[[nodiscard]] double meters_to_edge(GridPoint vertex, GridPoint a, GridPoint b);

}  // namespace marchland
