#pragma once
// Where nodes and edges of the arrangement lie, and how long edges are.
#include <marchland/composite/arrangement.h>
#include <marchland/measure/length.h>

namespace marchland {

/// In degrees, to 2^-32 of a grid unit.
[[nodiscard]] inline Position position_of(const Arrangement& plane, NodeIndex node) {
  const ExactPoint p = plane.point(node);
  return {fixed_to_degrees(fixed_x(p)), fixed_to_degrees(fixed_y(p))};
}

/// As drawn, by edge_length.
[[nodiscard]] inline Meters length_of(const Arrangement& plane, EdgeIndex edge) {
  return edge_length(position_of(plane, plane.edges()[edge].u), position_of(plane, plane.edges()[edge].v));
}

}  // namespace marchland
