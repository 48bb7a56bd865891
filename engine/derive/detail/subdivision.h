#pragma once
// The pieces into which noded edges cut the plane, and which lies on each side of an edge: half-edges sorted
// by angle about their nodes, walked with the ground on the left (Preparata and Shamos 1985, 1.2.3.2; de Berg
// et al. 2008, 2.2). All tests are exact. Boundaries of frames are given as an Outline: one stretch of it
// between two nodes is one arc, however many steps it has.
#include <marchland/base/findings.h>
#include <marchland/base/units.h>
#include <marchland/derive/detail/outline.h>
#include <marchland/geometry/exact_point.h>
#include <marchland/geometry/shapes.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace marchland::detail {

/// Closed rings on the grid: a shell counter-clockwise, then holes clockwise, each beginning at its least
/// point; so the piece lies left of every step.
using GridPolygon = std::vector<std::vector<GridPoint>>;

class Subdivision {
 public:
  static constexpr int kNone = -1;  ///< no bounded piece
  /// An arc in one of its directions: twice the arc's number, and 1 more against its path.
  using HalfEdge = std::size_t;

  /// Edges (a < b, each once) meet one another at their ends only. Dangling ones, and those with one piece on
  /// both sides, bound nothing.
  explicit Subdivision(std::span<const GridSegment> edges) : Subdivision(nullptr, edges) {}
  /// With an outline, whose steps edges meet at their ends only too, or are. Keeps a reference to it. Cost:
  /// n log n in edges and chains, and a walk along the outline.
  Subdivision(const Outline& outline, std::span<const GridSegment> edges) : Subdivision(&outline, edges) {}
  Subdivision(Subdivision&&) noexcept = default;
  Subdivision& operator=(Subdivision&&) noexcept = default;
  Subdivision(const Subdivision&) = delete;
  Subdivision& operator=(const Subdivision&) = delete;
  ~Subdivision() = default;

  /// Bounded pieces, in the order of their shells.
  [[nodiscard]] std::size_t size() const noexcept { return pieces_.size(); }
  /// Where the shell begins.
  [[nodiscard]] GridPoint least_of(std::size_t piece) const { return pieces_[piece].front().least; }
  [[nodiscard]] GridPolygon polygon(std::size_t piece) const;

  /// Paths that meet others at their ends only: stretches of the outline, then edges that are none of its
  /// steps.
  [[nodiscard]] std::size_t arcs() const noexcept { return arcs_.size(); }
  [[nodiscard]] std::span<const GridPoint> path_of(std::size_t arc) const { return arcs_[arc].path; }
  /// Outline::Chain::count of a stretch of the outline; 0 for others.
  [[nodiscard]] int count_of(std::size_t arc) const { return arcs_[arc].count; }
  /// The edge from a to b, by its place in the list.
  [[nodiscard]] HalfEdge half_edge_of(std::size_t edge) const { return of_edge_[edge]; }
  /// Piece on the left, or kNone.
  [[nodiscard]] int left_of(HalfEdge h) const { return left_of_[h]; }
  [[nodiscard]] int right_of(HalfEdge h) const { return left_of_[h ^ 1]; }

  /// The piece the point lies inside; nothing: on a boundary, or in none.
  [[nodiscard]] std::optional<std::size_t> locate(GridPoint point) const;

  /// Polygons of pieces joined by their labels: result[label]; pieces of a label below 0 are left out. Two
  /// pieces of one label become one polygon where they share an edge.
  [[nodiscard]] std::vector<std::vector<GridPolygon>> join(std::span<const int> label_of_piece,
                                                           std::size_t labels) const;

 private:
  struct Arc {
    std::span<const GridPoint> path;
    int count = 0;
  };
  /// A simple closed walk with its ground on the left.
  struct Ring {
    std::vector<HalfEdge> walk;
    GridPoint least;
    GridPoint second;  ///< after the least; together they belong to one ring only
    bool is_shell = false;
  };
  /// Rings of one walk that touches itself; one of them at most is a shell.
  using Cycle = std::vector<Ring>;

  Subdivision(const Outline* outline, std::span<const GridSegment> edges);
  void add_arcs(std::span<const GridSegment> edges);
  void add_stretches(std::span<const GridSegment> edges);
  void number_nodes();
  void sort_about_nodes();
  void drop_dangling();
  [[nodiscard]] std::vector<Cycle> find_cycles(const std::vector<bool>& is_kept) const;
  [[nodiscard]] std::vector<Ring> rings_of(std::span<const HalfEdge> walk,
                                           std::vector<int>& depth_of_node) const;
  [[nodiscard]] Ring ring_of(std::vector<HalfEdge> walk) const;
  [[nodiscard]] HalfEdge next(HalfEdge h, const std::vector<bool>& is_kept) const;
  void drop_bridges();
  void make_pieces(std::vector<Cycle> cycles);
  void number_pieces(const std::vector<int>& piece_of_cycle, const std::vector<std::size_t>& cycle_of);
  [[nodiscard]] std::optional<HalfEdge> west_of(GridPoint point) const;
  [[nodiscard]] std::vector<GridPoint> points_of(const Ring& ring) const;
  [[nodiscard]] GridPolygon polygon_of(std::span<const Ring> rings) const;

  const Outline* outline_ = nullptr;
  std::vector<GridPoint> edge_points_;  ///< two for each arc that is an edge, whose path they are
  std::vector<Arc> arcs_;
  std::vector<std::size_t> stretch_positions_;  ///< where each stretch of the outline begins
  std::vector<HalfEdge> of_edge_;
  std::vector<std::size_t> node_of_;   ///< by half-edge: where it begins
  std::vector<std::size_t> first_at_;  ///< by node: the first of about_
  std::vector<HalfEdge> about_;        ///< half-edges counter-clockwise about the node they begin at
  std::vector<std::size_t> place_of_;  ///< by half-edge: in about_
  std::vector<bool> bounds_;           ///< by arc: it has different pieces on its sides
  SegmentIndex edges_{{}};             ///< arcs that are edges and bound pieces
  std::vector<std::size_t> arc_of_indexed_;
  std::vector<std::vector<Ring>> pieces_;  ///< the shell, then holes
  std::vector<int> left_of_;               ///< by half-edge
};

/// Twice the signed area in the plane of longitude and latitude, in square grid units.
[[nodiscard]] Int128 twice_area(std::span<const GridPoint> closed_ring) noexcept;

/// +1 inside, 0 on the boundary, -1 outside.
[[nodiscard]] int locate(const GridPolygon& polygon, GridPoint point) noexcept;

/// Times that closed chains, given as segments, wind about a point on none of them.
[[nodiscard]] int winding_about(std::span<const GridSegment> chains, GridPoint point) noexcept;

/// Rounds as the composite does: to the nearest grid unit, halves away from zero.
[[nodiscard]] GridPoint to_grid_point(const Position& position) noexcept;
[[nodiscard]] Position to_position(GridPoint point) noexcept;
/// For findings.
[[nodiscard]] GeoLocation location_of(GridPoint point) noexcept;
[[nodiscard]] std::string place_text(GridPoint point);
/// On WGS84, of edges straight in lon/lat.
[[nodiscard]] SquareMeters area_of(const GridPolygon& polygon);
[[nodiscard]] MultiPolygon to_area(std::span<const GridPolygon> polygons);

}  // namespace marchland::detail
