#pragma once
// Whether maps of several dates have the same line written twice: vertices that are not equal, yet nearer to
// each other than any line could be drawn anew.
#include <marchland/base/units.h>
#include <marchland/geometry/shapes.h>

#include <cstddef>
#include <vector>

namespace marchland::detail {

struct RepeatedVertices {
  std::size_t vertices = 0;  ///< different ones of all maps, on the grid
  std::size_t repeated = 0;  ///< of those, how many have one of another map within the distance
};

/// Compares every vertex with those of the other maps, on the grid of 1e-7 degree. Rings: lon/lat degrees.
/// Distances are those of a sphere of the equatorial radius, in the plane of the vertex: 0.4 % too large at
/// most. O(n log n). Throws nothing.
[[nodiscard]] RepeatedVertices find_repeated_vertices(const std::vector<MultiPolygon>& maps, Meters within);

}  // namespace marchland::detail
