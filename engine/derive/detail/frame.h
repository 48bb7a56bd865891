#pragma once
// The ground that is shared out, as directed edges on the grid that lines can be noded with.
#include <marchland/derive/detail/noding.h>
#include <marchland/derive/detail/subdivision.h>

#include <compare>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace marchland::detail {

/// A ring of several areas, as it was given.
struct RingId {
  std::size_t area = 0;
  std::size_t polygon = 0;
  std::size_t ring = 0;  ///< 0: the shell
  auto operator<=>(const RingId&) const = default;
};

/// Rings that wind about a piece, with their numbers; few, however many rings there are.
using Windings = std::map<RingId, int>;

/// The rule for areas of an atlas: of a polygon, where its first ring winds and no other does. Of several
/// polygons any. Direction does not matter.
[[nodiscard]] bool is_in_some_polygon(const Windings& windings, std::size_t area);

/// Adds the steps of an area's rings on the grid, and whose each is. Refuses as to_grid_path does.
void add_ring_steps(const MultiPolygon& area, std::size_t number, std::string_view what,
                    std::vector<GridSegment>& steps, std::vector<RingId>& ring_of_step);

/// The pieces between noded rings, which may cross themselves and one another, where `is_ground` says so;
/// pieces that share an edge are joined.
[[nodiscard]] std::vector<GridPolygon> ground_of_rings(std::span<const GridPath> paths,
                                                       std::span<const RingId> ring_of_path,
                                                       const std::function<bool(const Windings&)>& is_ground);

/// Boundary steps of the union of polygons, with the ground on their left. A polygon is what an atlas takes
/// it for: the points its first ring winds about, less those that any other ring does, in whatever direction;
/// so both lobes of a ring that crosses itself are ground. Borders that two polygons share cancel; where
/// rings cross, the crossing is rounded to the grid.
class Frame {
 public:
  /// Throws InvalidData for a frame that leaves +-180 degrees, or a step of more than 180 degrees, and for
  /// one without extent.
  explicit Frame(const MultiPolygon& area);
  /// The ground as polygons, with every point of the boundary.
  [[nodiscard]] std::vector<GridPolygon> polygons() const;

  [[nodiscard]] const SegmentIndex& index() const noexcept { return boundary_; }
  [[nodiscard]] const std::vector<GridSegment>& boundary() const noexcept { return boundary_.segments(); }
  [[nodiscard]] Outline outline() const { return Outline(boundary()); }
  /// +1 inside, 0 where noding would lead the boundary through the point, -1 outside.
  [[nodiscard]] int locate(GridPoint point) const;
  [[nodiscard]] bool holds(GridPoint point) const { return locate(point) > 0; }

  /// Leads the boundary through further nodes: `paths` replace its steps, one each. True if any was added.
  bool insert(std::span<const GridPath> paths);

 private:
  SegmentIndex boundary_{{}};
};

/// What lines and frame make of the plane.
struct FramePieces {
  Subdivision subdivision;
  std::vector<bool> is_ground;  ///< by piece: within the frame
  struct Edge {
    GridSegment s;  ///< s.a < s.b
    /// Lines that run from a to b, less those back. A line that passes an odd number of times counts once,
    /// in the direction of most of its steps, one that passes an even number of times not at all; lines of
    /// one direction count once together.
    int line = 0;
    int uses = 0;                         ///< the same, but with those back added: 0, 1 or 2
    int passes = 0;                       ///< steps of lines, each counted
    bool is_repeated = false;             ///< several lines of one direction were counted once
    Subdivision::HalfEdge half_edge = 0;  ///< from a to b
  };
  /// Those that lines run along, by segment; then stretches of the boundary with ground on both sides, by
  /// their first steps.
  std::vector<Edge> edges;
  std::size_t line_edges = 0;

  struct Sides {
    std::size_t left, right;
  };
  /// Pieces beside an edge in its direction, if both are ground.
  [[nodiscard]] std::optional<Sides> ground_beside(const Edge& edge) const;
};

/// A frame's outline, which is kept by reference, and noded lines, as paths. `line_of_path` says which paths
/// are of one line; empty: all are.
[[nodiscard]] FramePieces cut_frame(const Outline& outline, std::span<const GridPath> lines,
                                    std::span<const std::size_t> line_of_path = {});

/// Steps of a path that is no ring. Refuses as Frame does; `what` begins the message.
[[nodiscard]] GridPath to_grid_path(std::span<const Position> line, std::string_view what);

}  // namespace marchland::detail
