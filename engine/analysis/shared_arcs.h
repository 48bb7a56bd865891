#pragma once
// Lines that share vertices become arcs, each once: the topology that TopoJSON and the map write, as ArcInfo
// coverages had it.
//
// Where lines part, meet or end is a node; the line from one node to the next is an arc, and a ring is a list
// of arcs. A line between two neighbours is one arc for both, so whatever is done to arcs, areas still meet.
// Vertices of neighbours are equal, as a Dissolver makes them, so nothing is matched by distance.
#include <marchland/base/grid.h>
#include <marchland/geometry/shapes.h>

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace marchland {

/// n: arc n as it is; ~n: arc n from its end to its beginning.
using ArcRef = std::int32_t;
using ArcRing = std::vector<ArcRef>;
using ArcPolygon = std::vector<ArcRing>;

/// Rings and open lines alike, in two passes: where lines part is known only when all have been seen.
class ArcTable {
 public:
  /// First every line there is, as grid_line gives it. Two points at least, closed ones with the first again
  /// at the end.
  void add(std::span<const GridPoint> line);
  /// Then any of them as its arcs: the end of one is the beginning of the next. An open line keeps its ends;
  /// a closed one begins at its first node, or without any at its least vertex, and ends there. Its cost,
  /// like that of `add`, grows with the vertices of the line alone.
  [[nodiscard]] ArcRing cut(std::span<const GridPoint> line);

  /// Two positions at least; the first and the last are nodes, equal where the arc is a ring of its own. In
  /// the order in which `cut` came upon them.
  [[nodiscard]] const std::vector<std::vector<GridPoint>>& arcs() const noexcept { return arcs_; }

 private:
  /// The neighbours that every line so far has at a vertex; other ones make it a node.
  struct Passing {
    GridPoint low;
    GridPoint high;
    bool is_node = false;
  };
  struct Step {
    GridPoint from;
    GridPoint to;
    friend bool operator==(const Step&, const Step&) = default;
  };
  struct Hash {
    std::size_t operator()(const GridPoint& p) const noexcept;
    std::size_t operator()(const Step& step) const noexcept;
  };
  void pass(GridPoint before, GridPoint at, GridPoint after);
  [[nodiscard]] bool is_node(GridPoint p) const { return passings_.at(p).is_node; }
  ArcRef ref_of(std::vector<GridPoint> arc);

  std::unordered_map<GridPoint, Passing, Hash> passings_;
  std::vector<std::vector<GridPoint>> arcs_;
  std::unordered_map<Step, ArcRef, Hash> begins_;  ///< by the first step, in either direction
};

/// Positions rounded to the grid of 1e-7 degree, those that repeat the one before left out; two at least, so
/// that what is shorter than a step of the grid is a point twice. Throws InvalidArgument beyond the grid.
[[nodiscard]] std::vector<GridPoint> grid_line(const std::vector<Position>& positions);

struct SharedArcs {
  std::vector<std::vector<GridPoint>> arcs;  ///< ArcTable::arcs
  /// For each area its polygons, each a list of rings.
  std::vector<std::vector<ArcPolygon>> areas;
};

/// Polygons and rings keep their order and direction. Precondition: rings are closed and lines meet in common
/// vertices only, as those of a Dissolver do. Throws InvalidArgument for positions beyond the grid and rings
/// of fewer than four positions.
[[nodiscard]] SharedArcs share_arcs(const std::vector<MultiPolygon>& areas);

}  // namespace marchland
