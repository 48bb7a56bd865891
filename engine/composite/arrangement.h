#pragma once
// Step 4: the planar arrangement. Edges between consecutive nodes of the segments, half-edges in exact
// angular order, loops, components, and which face each component lies in.
//
// Every sub-edge keeps the integer direction of its parent segment, so angular order and side tests are exact
// integer tests although crossings are rational. A component's outer loop is known from its lexicographically
// least vertex, never from the sign of an area. Nesting: each component asks for the edge just below its
// least vertex, among those that span its abscissa; where these are many, one sweep over x keeps the spanning
// edges in vertical order and answers all (de Berg et al., Computational Geometry, 3rd ed., sec. 2.2).
#include <marchland/base/ids.h>
#include <marchland/composite/crossings.h>
#include <marchland/composite/segments.h>

#include <algorithm>
#include <span>
#include <vector>

namespace marchland {

using EdgeIndex = std::uint32_t;
/// Edge e has the half-edges 2e, from u to v, and 2e+1, from v to u. Each has its face on the left.
using HalfEdgeIndex = std::uint32_t;
using LoopIndex = std::uint32_t;
using FaceIndex = std::uint32_t;

/// Face 0 is the unbounded one, everything outside all components; it holds the outside of the +-180 by +-90
/// box.
inline constexpr FaceIndex kUnboundedFace = 0;

struct Edge {
  NodeIndex u;  ///< lexicographically smaller end
  NodeIndex v;
  SegmentIndex segment;  ///< first parent; overlapping collinear parents are in `Arrangement::parents_of`
};

class Arrangement {
 public:
  /// Takes the table over. Cost n log n in segments plus crossings. Throws TooManyCrossings beyond the limit.
  explicit Arrangement(SegmentTable table, std::uint64_t crossing_limit = kNoCrossingLimit);
  /// With crossings that find_crossings has found in the same table before. All numbers come out the same.
  Arrangement(SegmentTable table, Crossings crossings);

  [[nodiscard]] const SegmentTable& table() const noexcept { return table_; }
  [[nodiscard]] const Crossings& crossings() const noexcept { return crossings_; }
  [[nodiscard]] std::size_t node_count() const noexcept {
    return table_.vertices.size() + crossings_.points.size();
  }
  [[nodiscard]] std::size_t face_count() const noexcept { return face_count_; }
  [[nodiscard]] std::size_t loop_count() const noexcept { return loop_face_.size(); }
  [[nodiscard]] std::size_t component_count() const noexcept { return component_count_; }
  [[nodiscard]] std::uint64_t crossing_pairs() const noexcept { return crossings_.pairs; }
  /// Sorted by (u, v); a canonical numbering of the plane.
  [[nodiscard]] const std::vector<Edge>& edges() const noexcept { return edges_; }

  [[nodiscard]] ExactPoint point(NodeIndex node) const {
    const std::size_t grid = table_.vertices.size();
    return node < grid ? ExactPoint(table_.vertices[node]) : crossings_.points[node - grid];
  }
  [[nodiscard]] const GridSegment& line_of(EdgeIndex edge) const {
    return table_.segments[edges_[edge].segment];
  }
  /// All segments that run along the edge; at least one. Sorted.
  [[nodiscard]] std::span<const SegmentIndex> parents_of(EdgeIndex edge) const {
    // Few edges have more than one, in most atlases none.
    const auto shared = shared_edges_.empty()
                            ? shared_edges_.end()
                            : std::lower_bound(shared_edges_.begin(), shared_edges_.end(), edge);
    if (shared == shared_edges_.end() || *shared != edge) return {&edges_[edge].segment, 1};
    const auto place = static_cast<std::size_t>(shared - shared_edges_.begin());
    return std::span(shared_parents_)
        .subspan(shared_offsets_[place], shared_offsets_[place + 1] - shared_offsets_[place]);
  }

  [[nodiscard]] static constexpr HalfEdgeIndex twin(HalfEdgeIndex h) noexcept { return h ^ 1U; }
  [[nodiscard]] static constexpr EdgeIndex edge_of(HalfEdgeIndex h) noexcept { return h >> 1U; }
  [[nodiscard]] NodeIndex origin(HalfEdgeIndex h) const {
    const Edge& edge = edges_[edge_of(h)];
    return (h & 1U) == 0 ? edge.u : edge.v;
  }
  /// Next half-edge around the face on the left.
  [[nodiscard]] HalfEdgeIndex next(HalfEdgeIndex h) const { return next_[h]; }
  [[nodiscard]] FaceIndex face(HalfEdgeIndex h) const { return loop_face_[loop_[h]]; }
  [[nodiscard]] LoopIndex loop(HalfEdgeIndex h) const { return loop_[h]; }
  /// Outgoing half-edges of a node, counter-clockwise from the direction of +x.
  [[nodiscard]] std::span<const HalfEdgeIndex> outgoing(NodeIndex node) const {
    return std::span(outgoing_).subspan(outgoing_offsets_[node],
                                        outgoing_offsets_[node + 1] - outgoing_offsets_[node]);
  }
  /// Integer direction of a half-edge: that of its parent, not normalised.
  [[nodiscard]] GridSegment direction(HalfEdgeIndex h) const {
    const GridSegment& s = line_of(edge_of(h));
    return (h & 1U) == 0 ? s : GridSegment{s.b, s.a};
  }

  /// The face of each point. A point on a line belongs to the face south of it, one on a vertical line to the
  /// face west of it. One sweep for all: n log n in edges and points.
  [[nodiscard]] std::vector<FaceIndex> locate(const std::vector<GridPoint>& points) const;

  /// Memory of all containers, in bytes; what is reserved counts as used.
  [[nodiscard]] std::size_t bytes() const noexcept;

  /// What changes from the right of an edge (seen from u to v) to its left, all parents together.
  [[nodiscard]] std::vector<WindingEvent> events_of(EdgeIndex edge) const;

 private:
  void arrange();
  void build_edges();
  void link_half_edges();
  void trace_loops();
  void nest_components();
  /// The edge just below each point, or 0xffffffff. By looking at the edges that span its abscissa, or if
  /// those are too many by one sweep over all.
  [[nodiscard]] std::vector<EdgeIndex> edges_below(const std::vector<GridPoint>& questions) const;
  [[nodiscard]] std::vector<EdgeIndex> edges_below_by_sweep(const std::vector<GridPoint>& questions) const;

  SegmentTable table_;
  Crossings crossings_;
  std::vector<Edge> edges_;
  std::vector<EdgeIndex> shared_edges_;  ///< that have more than one parent; sorted
  std::vector<std::uint32_t> shared_offsets_;
  std::vector<SegmentIndex> shared_parents_;
  std::vector<std::uint32_t> outgoing_offsets_;
  std::vector<HalfEdgeIndex> outgoing_;
  std::vector<HalfEdgeIndex> next_;
  std::vector<LoopIndex> loop_;
  std::vector<FaceIndex> loop_face_;
  std::size_t face_count_ = 1;
  std::size_t component_count_ = 0;
};

/// By angle from the direction of +x, counter-clockwise, in [0, 360) degrees; exact.
[[nodiscard]] std::strong_ordering compare_angle(const GridSegment& a, const GridSegment& b) noexcept;

}  // namespace marchland
