#pragma once
// The planar arrangement of arrangement.h, but one that segments can be added to. An added segment is noded
// against those whose boxes it meets, edges are divided, new ones linked into the stars of their ends, and a
// face that an edge divides becomes two. Nothing is ever taken away: a line that once was is part of history.
//
// Predicates are those of geometry/exact_point.h; nothing is rounded. Numbers are in the order of arrival.
//
// What an edge does to loops: with no end on another line it is a component of its own; with one end it
// lengthens a loop; with both ends in two loops of a face it joins two components; with both in one loop it
// divides the face. Of two loops to be told apart or joined the shorter is walked, both in step, so the cost
// follows what changed. (Splicing of half-edges into stars: Guibas and Stolfi 1985.)
#include <marchland/base/mix_hash.h>
#include <marchland/composite/arrangement.h>
#include <marchland/composite/cell_tree.h>
#include <marchland/composite/face_areas.h>

#include <span>
#include <unordered_map>
#include <vector>

namespace marchland {

/// Multiplies and folds both ends, so that neighbouring coordinates spread over the whole table.
struct GridHash {
  std::size_t operator()(GridPoint p) const noexcept { return MixHash()(packed(p)); }
  std::size_t operator()(const GridSegment& s) const noexcept {
    return MixHash()(packed(s.a) * 0xd6e8feb86659fd93U ^ packed(s.b));
  }

 private:
  static std::uint64_t packed(GridPoint p) noexcept {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(p.x)) << 32U) |
           static_cast<std::uint32_t>(p.y);
  }
};

class GrowingPlane {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffU;

  /// A face that was divided, and the one that its other part became.
  struct FaceSplit {
    FaceIndex from;
    FaceIndex to;
  };

  /// All numbers as they are there. Cost: linear but for hashing.
  explicit GrowingPlane(const Arrangement& plane, const FaceAreas& areas);

  /// The number of a segment; kNone where it is not there. Precondition: a < b.
  [[nodiscard]] SegmentIndex find(const GridSegment& segment) const;
  /// Adds it. Precondition: a < b, and it is not there. Cost: the segments whose boxes it meets, the edges
  /// along those that it meets, and of each face it divides the shorter loop and a look at every component in
  /// it.
  SegmentIndex insert(const GridSegment& segment);
  /// Divisions since the last call, in their order; a face may be divided again.
  [[nodiscard]] std::vector<FaceSplit> take_splits();

  [[nodiscard]] std::size_t node_count() const noexcept { return nodes_.size(); }
  [[nodiscard]] std::size_t edge_count() const noexcept { return edge_line_.size(); }
  [[nodiscard]] std::size_t face_count() const noexcept { return faces_.size(); }
  [[nodiscard]] std::size_t component_count() const noexcept { return component_count_; }
  [[nodiscard]] std::uint64_t crossing_pairs() const noexcept { return crossing_pairs_; }
  [[nodiscard]] const std::vector<GridSegment>& segments() const noexcept { return segments_; }
  /// Of the whole segment from a to b, by method lonlat.
  [[nodiscard]] AreaUnits segment_area(SegmentIndex segment) const { return segment_area_[segment]; }
  [[nodiscard]] AreaUnits face_area(FaceIndex face) const { return faces_[face].area; }

  [[nodiscard]] const ExactPoint& point(NodeIndex node) const { return nodes_[node].point; }
  /// Whether a segment ends there.
  [[nodiscard]] bool is_vertex(NodeIndex node) const { return nodes_[node].is_vertex; }
  /// Node of a grid vertex; kNone where no segment ends.
  [[nodiscard]] NodeIndex vertex_node(GridPoint p) const;
  [[nodiscard]] NodeIndex origin(HalfEdgeIndex h) const { return origin_[h]; }
  [[nodiscard]] FaceIndex face(HalfEdgeIndex h) const { return loops_[loop_[h]].face; }
  [[nodiscard]] HalfEdgeIndex next(HalfEdgeIndex h) const { return next_[h]; }
  [[nodiscard]] const GridSegment& line_of(EdgeIndex edge) const { return segments_[edge_line_[edge]]; }
  [[nodiscard]] GridSegment direction(HalfEdgeIndex h) const {
    const GridSegment& s = line_of(Arrangement::edge_of(h));
    return (h & 1U) == 0 ? s : GridSegment{s.b, s.a};
  }
  /// The half-edge that leaves the node in a direction; kNone where none does.
  [[nodiscard]] HalfEdgeIndex outgoing(NodeIndex node, const GridSegment& direction) const;

  /// Half-edges along a segment from a to b; all are even.
  template <class Use>
  void for_each_along(SegmentIndex segment, Use use) const {
    const GridSegment& s = segments_[segment];
    const NodeIndex end = segment_ends_[segment].b;
    for (NodeIndex node = segment_ends_[segment].a; node != end;) {
      const HalfEdgeIndex h = outgoing(node, s);
      use(h);
      node = origin_[Arrangement::twin(h)];
    }
  }
  /// Half-edges that have the face on their left.
  template <class Use>
  void for_each_around(FaceIndex face, Use use) const {
    for (LoopIndex loop = faces_[face].first_loop; loop != kNone; loop = loops_[loop].after) {
      HalfEdgeIndex h = loops_[loop].some;
      do {
        use(h);
        h = next_[h];
      } while (h != loops_[loop].some);
    }
  }

 private:
  struct Node {
    ExactPoint point;
    HalfEdgeIndex out = kNone;  ///< some outgoing half-edge
    bool is_vertex = false;
  };
  struct Loop {
    HalfEdgeIndex some = kNone;
    FaceIndex face = 0;
    LoopIndex before = kNone, after = kNone;  ///< among the loops of the face
    AreaUnits area = 0;                       ///< sum of its half-edges
  };
  struct Face {
    LoopIndex first_loop = kNone;
    AreaUnits area = 0;
  };

  NodeIndex add_node(const ExactPoint& point, bool is_vertex);
  NodeIndex end_node(GridPoint p, NodeIndex on_a_line);
  /// The node of a point in the interior of a segment; its edge is divided where there is none.
  NodeIndex node_on(SegmentIndex segment, const ExactPoint& p);
  void meet(const GridSegment& s, SegmentIndex other);
  void divide(EdgeIndex edge, NodeIndex node);
  void add_edge(NodeIndex u, NodeIndex v, SegmentIndex line);
  /// Of the wedge that a direction points into, the half-edge clockwise of it.
  [[nodiscard]] HalfEdgeIndex wedge(NodeIndex node, const GridSegment& direction) const;
  [[nodiscard]] HalfEdgeIndex counter_clockwise(HalfEdgeIndex out) const {
    return Arrangement::twin(prev_[out]);
  }
  void link(HalfEdgeIndex out, HalfEdgeIndex wedge);

  void begin_component(EdgeIndex edge, FaceIndex face);
  void join_loops(LoopIndex a, LoopIndex b, EdgeIndex edge);
  void divide_loop(LoopIndex loop, EdgeIndex edge);
  LoopIndex take_loop();
  void add_to_face(LoopIndex loop, FaceIndex face);
  void remove_from_face(LoopIndex loop);
  [[nodiscard]] AreaUnits half_edge_area(HalfEdgeIndex h) const {
    return (h & 1U) == 0 ? edge_area_[Arrangement::edge_of(h)] : -edge_area_[Arrangement::edge_of(h)];
  }
  [[nodiscard]] bool runs_around_the_outside(std::span<const HalfEdgeIndex> loop) const;
  [[nodiscard]] bool winds_about(std::span<const HalfEdgeIndex> loop, const ExactPoint& p) const;
  /// The face that holds a point on no line.
  [[nodiscard]] FaceIndex locate(GridPoint p) const;

  AreaMethod lonlat_ = AreaMethod::lonlat();
  std::vector<GridSegment> segments_;
  std::vector<SegmentEnds> segment_ends_;  ///< as nodes
  std::vector<AreaUnits> segment_area_;
  std::unordered_map<GridSegment, SegmentIndex, GridHash> number_of_segment_;
  std::unordered_map<GridPoint, NodeIndex, GridHash> node_of_vertex_;
  CellTree cells_;
  std::vector<Node> nodes_;
  std::vector<SegmentIndex> edge_line_;  ///< some segment along the edge
  std::vector<AreaUnits> edge_area_;     ///< of the half-edge 2e
  std::vector<NodeIndex> origin_;
  std::vector<HalfEdgeIndex> next_, prev_;
  std::vector<LoopIndex> loop_;
  std::vector<Loop> loops_;
  std::vector<LoopIndex> free_loops_;
  std::vector<Face> faces_;
  std::size_t component_count_ = 0;
  std::uint64_t crossing_pairs_ = 0;
  std::vector<FaceSplit> splits_;

  // Scratch of one insertion.
  std::vector<SegmentIndex> close_;
  std::vector<NodeIndex> inner_;
  NodeIndex on_line_a_ = kNone, on_line_b_ = kNone;
  std::vector<HalfEdgeIndex> shorter_;
};

}  // namespace marchland
