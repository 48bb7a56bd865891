#pragma once
// Areas that share vertices become arcs, each once: the topology that TopoJSON writes.
//
// Where the lines of areas part or meet is a node; the line from one node to the next is an arc, and a ring
// is a list of arcs. A line between two neighbours is one arc for both, so whatever is done to arcs, areas
// still meet.
#include <marchland/base/grid.h>
#include <marchland/geometry/shapes.h>

#include <cstdint>
#include <vector>

namespace marchland {

/// n: arc n as it is; ~n: arc n from its end to its beginning.
using ArcRef = std::int32_t;
using ArcRing = std::vector<ArcRef>;
using ArcPolygon = std::vector<ArcRing>;

struct SharedArcs {
  /// Two positions at least; the first and the last are nodes, equal where the arc is a ring of its own.
  std::vector<std::vector<GridPoint>> arcs;
  /// For each area its polygons, each a list of rings; the end of an arc is the beginning of the next, that
  /// of the last the beginning of the first.
  std::vector<std::vector<ArcPolygon>> areas;
};

/// Polygons and rings keep their order and direction, a ring begins at one of its nodes. Precondition: rings
/// are closed and lie on the grid of 1e-7 degree, and lines meet in common vertices only, as those of a
/// Dissolver do. Throws InvalidArgument for positions beyond the grid and rings of fewer than four positions.
/// Cost: n log n in vertices.
[[nodiscard]] SharedArcs share_arcs(const std::vector<MultiPolygon>& areas);

}  // namespace marchland
