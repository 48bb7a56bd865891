#include <marchland/base/error.h>
#include <marchland/composite/growing_plane.h>

#include <algorithm>
#include <utility>

namespace marchland {
namespace {

constexpr GridSegment kNorth{{0, 0}, {0, 1}};

/// By angle in (-90, 90], which is where all directions at the least node of a loop point.
bool is_clockwise_of(const GridSegment& a, const GridSegment& b) {
  return cross(a.dx(), a.dy(), b.dx(), b.dy()) > 0;
}

/// Whether d points strictly between two directions, going counter-clockwise from a to b; all round where
/// they are the same.
bool is_between(const GridSegment& a, const GridSegment& d, const GridSegment& b) {
  const bool after_a = compare_angle(a, d) < 0;
  const bool before_b = compare_angle(d, b) < 0;
  return compare_angle(a, b) < 0 ? after_a && before_b : after_a || before_b;
}

/// Along a line from its a to its b: x grows, or y where it is vertical.
std::strong_ordering compare_along(const GridSegment& s, const ExactPoint& p, const ExactPoint& q) {
  return s.dx() == 0 ? compare_y(p, q) : compare_x(p, q);
}

int sign64(std::int64_t v) {
  return static_cast<int>(v > 0) - static_cast<int>(v < 0);
}

/// Where a line passes an abscissa that it spans, y = numerator / denominator.
struct Height {
  Int128 numerator;
  std::int64_t denominator;
  /// Numerators are below 2^31 * 2^32 + 2^31 * 2^32 = 2^64, denominators below 2^32: products below 2^96.
  friend bool operator<(const Height& a, const Height& b) {
    return a.numerator * b.denominator < b.numerator * a.denominator;
  }
};
/// Of a vertical line its upper end.
Height height_at(const GridSegment& s, std::int32_t x) {
  if (s.dx() == 0) return {s.b.y, 1};
  return {static_cast<Int128>(s.a.y) * s.dx() + static_cast<Int128>(s.dy()) * (std::int64_t{x} - s.a.x),
          s.dx()};
}

}  // namespace

GrowingPlane::GrowingPlane(const Arrangement& plane, const FaceAreas& areas)
    : segments_(plane.table().segments),
      segment_ends_(plane.table().ends),
      segment_area_(line_parts(segments_, lonlat_)),
      component_count_(plane.component_count()),
      crossing_pairs_(plane.crossing_pairs()) {
  number_of_segment_.reserve(2 * segments_.size());
  for (SegmentIndex s = 0; s < segments_.size(); ++s) {
    number_of_segment_.emplace(segments_[s], s);
    cells_.insert(box_of(segments_[s]), s);
  }
  const std::size_t vertices = plane.table().vertices.size();
  nodes_.resize(plane.node_count());
  node_of_vertex_.reserve(2 * vertices);
  for (NodeIndex node = 0; node < nodes_.size(); ++node) {
    nodes_[node] = {plane.point(node), plane.outgoing(node).front(), node < vertices};
    if (node < vertices) node_of_vertex_.emplace(plane.table().vertices[node], node);
  }
  const EdgeMeasure measure(plane, lonlat_);
  const std::size_t edges = plane.edges().size();
  edge_line_.reserve(edges);
  edge_area_.reserve(edges);
  for (EdgeIndex e = 0; e < edges; ++e) {
    const Edge& edge = plane.edges()[e];
    const SegmentEnds& ends = segment_ends_[edge.segment];
    edge_line_.push_back(edge.segment);
    edge_area_.push_back(edge.u == ends.a && edge.v == ends.b ? segment_area_[edge.segment] : measure(e));
  }
  faces_.resize(plane.face_count());
  for (FaceIndex f = 0; f < faces_.size(); ++f) faces_[f].area = areas[f];
  loops_.resize(plane.loop_count());
  next_.resize(2 * edges);
  prev_.resize(2 * edges);
  for (HalfEdgeIndex h = 0; h < 2 * edges; ++h) {
    origin_.push_back(plane.origin(h));
    loop_.push_back(plane.loop(h));
    next_[h] = plane.next(h);
    prev_[next_[h]] = h;
    Loop& loop = loops_[loop_[h]];
    if (loop.some == kNone) {
      loop.some = h;
      add_to_face(loop_[h], plane.face(h));
    }
    loop.area += half_edge_area(h);
  }
}

std::vector<GrowingPlane::FaceSplit> GrowingPlane::take_splits() {
  return std::exchange(splits_, {});
}

SegmentIndex GrowingPlane::find(const GridSegment& segment) const {
  const auto found = number_of_segment_.find(segment);
  return found == number_of_segment_.end() ? kNone : found->second;
}

NodeIndex GrowingPlane::vertex_node(GridPoint p) const {
  const auto found = node_of_vertex_.find(p);
  return found == node_of_vertex_.end() ? kNone : found->second;
}

// ---- nodes

NodeIndex GrowingPlane::add_node(const ExactPoint& point, bool is_vertex) {
  nodes_.push_back({point, kNone, is_vertex});
  return static_cast<NodeIndex>(nodes_.size() - 1);
}

/// The node of an end of a new segment, which may have been found on a line that it touches.
NodeIndex GrowingPlane::end_node(GridPoint p, NodeIndex on_a_line) {
  const auto [known, is_new] = node_of_vertex_.try_emplace(p, on_a_line);
  if (!is_new) return known->second;
  if (on_a_line == kNone) {
    known->second = add_node(p, true);
  } else {
    // It may have been a crossing that happened to be on the grid.
    nodes_[on_a_line].point = p;
    nodes_[on_a_line].is_vertex = true;
  }
  return known->second;
}

NodeIndex GrowingPlane::node_on(SegmentIndex segment, const ExactPoint& p) {
  const GridSegment s = segments_[segment];
  for (NodeIndex node = segment_ends_[segment].a;;) {
    const HalfEdgeIndex h = outgoing(node, s);
    node = origin_[Arrangement::twin(h)];
    const auto order = compare_along(s, nodes_[node].point, p);
    if (order == 0) return node;
    if (order < 0) continue;
    const NodeIndex fresh = add_node(p, false);
    divide(Arrangement::edge_of(h), fresh);
    return fresh;
  }
}

/// As the crossing search does: what lies on the new segment is added to its inner nodes, an end of it that
/// lies on the other is kept.
void GrowingPlane::meet(const GridSegment& s, SegmentIndex other) {
  const GridSegment t = segments_[other];
  const bool is_joint = s.a == t.a || s.a == t.b || s.b == t.a || s.b == t.b;
  const int ta = sign64(orientation(s.a, s.b, t.a));
  const int tb = sign64(orientation(s.a, s.b, t.b));
  if (ta * tb > 0 || (is_joint && (ta != 0 || tb != 0))) return;
  const int sa = sign64(orientation(t.a, t.b, s.a));
  const int sb = sign64(orientation(t.a, t.b, s.b));
  if (sa * sb > 0) return;
  if (ta * tb < 0 && sa * sb < 0) {
    ++crossing_pairs_;
    inner_.push_back(node_on(other, s < t ? crossing_point(s, t) : crossing_point(t, s)));
    return;
  }
  const bool has_ta = ta == 0 && s.a < t.a && t.a < s.b;
  const bool has_tb = tb == 0 && s.a < t.b && t.b < s.b;
  const bool on_sa = sa == 0 && t.a < s.a && s.a < t.b;
  const bool on_sb = sb == 0 && t.a < s.b && s.b < t.b;
  if (has_ta) inner_.push_back(segment_ends_[other].a);
  if (has_tb) inner_.push_back(segment_ends_[other].b);
  if (on_sa) on_line_a_ = node_on(other, s.a);
  if (on_sb) on_line_b_ = node_on(other, s.b);
  if (has_ta || has_tb || on_sa || on_sb) ++crossing_pairs_;
}

// ---- segments

SegmentIndex GrowingPlane::insert(const GridSegment& segment) {
  MARCHLAND_ASSERT(segment.a < segment.b);
  close_.clear();
  inner_.clear();
  on_line_a_ = on_line_b_ = kNone;
  cells_.find(box_of(segment), close_);
  for (const SegmentIndex other : close_) meet(segment, other);
  const SegmentEnds ends{end_node(segment.a, on_line_a_), end_node(segment.b, on_line_b_)};

  const auto number = static_cast<SegmentIndex>(segments_.size());
  segments_.push_back(segment);
  segment_ends_.push_back(ends);
  segment_area_.push_back(lonlat_.line_part(segment, segment.a, segment.b));
  number_of_segment_.emplace(segment, number);
  cells_.insert(box_of(segment), number);

  // Lines that pass one point share its node, so equal points are equal numbers.
  std::sort(inner_.begin(), inner_.end(), [&](NodeIndex a, NodeIndex b) {
    return a != b && compare_along(segment, nodes_[a].point, nodes_[b].point) < 0;
  });
  inner_.erase(std::unique(inner_.begin(), inner_.end()), inner_.end());
  inner_.push_back(ends.b);
  NodeIndex from = ends.a;
  for (const NodeIndex to : inner_) {
    // Another line may run here.
    if (outgoing(from, segment) == kNone) add_edge(from, to, number);
    from = to;
  }
  return number;
}

void GrowingPlane::divide(EdgeIndex edge, NodeIndex node) {
  const HalfEdgeIndex there = 2 * edge;
  const HalfEdgeIndex back = there + 1;
  const auto rest = static_cast<EdgeIndex>(edge_line_.size());
  const HalfEdgeIndex rest_there = 2 * rest;
  const HalfEdgeIndex rest_back = rest_there + 1;
  const NodeIndex end = origin_[back];
  edge_line_.push_back(edge_line_[edge]);
  const AreaUnits part = lonlat_.line_part(line_of(edge), nodes_[node].point, nodes_[end].point);
  edge_area_.push_back(part);
  edge_area_[edge] -= part;
  origin_.push_back(node);
  origin_.push_back(end);
  origin_[back] = node;
  loop_.push_back(loop_[there]);
  loop_.push_back(loop_[back]);
  // At the end of a line that leads nowhere the loop turns round.
  const bool turns = next_[there] == back;
  next_.push_back(turns ? rest_back : next_[there]);
  next_.push_back(back);
  prev_.push_back(there);
  prev_.push_back(turns ? rest_there : prev_[back]);
  prev_[next_[rest_there]] = rest_there;
  next_[prev_[rest_back]] = rest_back;
  next_[there] = rest_there;
  prev_[back] = rest_back;
  nodes_[node].out = rest_there;
  if (nodes_[end].out == back) nodes_[end].out = rest_back;
}

HalfEdgeIndex GrowingPlane::outgoing(NodeIndex node, const GridSegment& direction) const {
  const HalfEdgeIndex first = nodes_[node].out;
  if (first == kNone) return kNone;
  HalfEdgeIndex h = first;
  do {
    if (compare_angle(this->direction(h), direction) == 0) return h;
    h = counter_clockwise(h);
  } while (h != first);
  return kNone;
}

HalfEdgeIndex GrowingPlane::wedge(NodeIndex node, const GridSegment& direction) const {
  HalfEdgeIndex h = nodes_[node].out;
  while (!is_between(this->direction(h), direction, this->direction(counter_clockwise(h))))
    h = counter_clockwise(h);
  return h;
}

/// Puts an outgoing half-edge into the star of its origin.
void GrowingPlane::link(HalfEdgeIndex out, HalfEdgeIndex wedge) {
  const HalfEdgeIndex arriving = prev_[wedge];
  prev_[out] = arriving;
  next_[arriving] = out;
  next_[Arrangement::twin(out)] = wedge;
  prev_[wedge] = Arrangement::twin(out);
}

void GrowingPlane::add_edge(NodeIndex u, NodeIndex v, SegmentIndex line) {
  const GridSegment along = segments_[line];
  const GridSegment against{along.b, along.a};
  const bool has_u = nodes_[u].out != kNone;
  const bool has_v = nodes_[v].out != kNone;
  const HalfEdgeIndex at_u = has_u ? wedge(u, along) : kNone;
  const HalfEdgeIndex at_v = has_v ? wedge(v, against) : kNone;
  // Before there is an edge that would be found. Where both ends are new, neither lies on a line.
  const FaceIndex around = has_u || has_v ? kUnboundedFace : locate(along.a);

  const auto edge = static_cast<EdgeIndex>(edge_line_.size());
  const HalfEdgeIndex there = 2 * edge;
  const HalfEdgeIndex back = there + 1;
  edge_line_.push_back(line);
  const SegmentEnds& whole = segment_ends_[line];
  edge_area_.push_back(u == whole.a && v == whole.b
                           ? segment_area_[line]
                           : lonlat_.line_part(along, nodes_[u].point, nodes_[v].point));
  origin_.push_back(u);
  origin_.push_back(v);
  // As if alone; ends that are not are linked.
  next_.push_back(back);
  next_.push_back(there);
  prev_.push_back(back);
  prev_.push_back(there);
  loop_.push_back(kNone);
  loop_.push_back(kNone);
  if (has_u) link(there, at_u);
  if (has_v) link(back, at_v);
  if (!has_u) nodes_[u].out = there;
  if (!has_v) nodes_[v].out = back;

  if (!has_u && !has_v) return begin_component(edge, around);
  if (has_u != has_v) {
    loop_[there] = loop_[back] = loop_[has_u ? at_u : at_v];
    return;
  }
  const LoopIndex a = loop_[at_u];
  const LoopIndex b = loop_[at_v];
  a == b ? divide_loop(a, edge) : join_loops(a, b, edge);
}

// ---- loops and faces

LoopIndex GrowingPlane::take_loop() {
  if (free_loops_.empty()) {
    loops_.emplace_back();
    return static_cast<LoopIndex>(loops_.size() - 1);
  }
  const LoopIndex loop = free_loops_.back();
  free_loops_.pop_back();
  loops_[loop] = {};
  return loop;
}

void GrowingPlane::add_to_face(LoopIndex loop, FaceIndex face) {
  Loop& item = loops_[loop];
  item.face = face;
  item.before = kNone;
  item.after = faces_[face].first_loop;
  if (item.after != kNone) loops_[item.after].before = loop;
  faces_[face].first_loop = loop;
}

void GrowingPlane::remove_from_face(LoopIndex loop) {
  const Loop& item = loops_[loop];
  if (item.after != kNone) loops_[item.after].before = item.before;
  if (item.before != kNone) {
    loops_[item.before].after = item.after;
  } else {
    faces_[item.face].first_loop = item.after;
  }
}

void GrowingPlane::begin_component(EdgeIndex edge, FaceIndex face) {
  const LoopIndex loop = take_loop();
  const HalfEdgeIndex there = 2 * edge;
  loops_[loop].some = there;
  loop_[there] = loop_[Arrangement::twin(there)] = loop;
  add_to_face(loop, face);
  ++component_count_;
}

void GrowingPlane::join_loops(LoopIndex a, LoopIndex b, EdgeIndex edge) {
  // Two loops of one face are of two components.
  MARCHLAND_ASSERT(loops_[a].face == loops_[b].face);
  const HalfEdgeIndex there = 2 * edge;
  const HalfEdgeIndex back = there + 1;
  // The edge leads from a into b and back.
  HalfEdgeIndex in_b = next_[there];
  HalfEdgeIndex in_a = next_[back];
  while (in_b != back && in_a != there) {
    in_b = next_[in_b];
    in_a = next_[in_a];
  }
  const bool keeps_a = in_b == back;
  const LoopIndex kept = keeps_a ? a : b;
  const LoopIndex gone = keeps_a ? b : a;
  const HalfEdgeIndex end = keeps_a ? back : there;
  for (HalfEdgeIndex h = next_[Arrangement::twin(end)]; h != end; h = next_[h]) loop_[h] = kept;
  loop_[there] = loop_[back] = kept;
  loops_[kept].area += loops_[gone].area;
  remove_from_face(gone);
  free_loops_.push_back(gone);
  --component_count_;
}

void GrowingPlane::divide_loop(LoopIndex loop, EdgeIndex edge) {
  const HalfEdgeIndex there = 2 * edge;
  const HalfEdgeIndex back = there + 1;
  HalfEdgeIndex left = next_[there];
  HalfEdgeIndex right = next_[back];
  while (left != there && right != back) {
    left = next_[left];
    right = next_[right];
  }
  const HalfEdgeIndex start = left == there ? there : back;
  const LoopIndex fresh = take_loop();
  shorter_.clear();
  AreaUnits area = 0;
  HalfEdgeIndex h = start;
  do {
    shorter_.push_back(h);
    loop_[h] = fresh;
    area += half_edge_area(h);
    h = next_[h];
  } while (h != start);
  loop_[Arrangement::twin(start)] = loop;
  loops_[fresh].some = start;
  loops_[fresh].area = area;
  loops_[loop].some = Arrangement::twin(start);
  loops_[loop].area -= area;

  // One of the two runs around a face of its own. That becomes the new face, with the components inside it.
  const FaceIndex old = loops_[loop].face;
  const auto face = static_cast<FaceIndex>(faces_.size());
  faces_.emplace_back();
  splits_.push_back({old, face});
  const bool takes_rest = runs_around_the_outside(shorter_);
  if (takes_rest) {
    remove_from_face(loop);
    add_to_face(fresh, old);
  }
  std::int32_t x0 = nodes_[origin_[start]].point.x;
  std::int32_t y0 = nodes_[origin_[start]].point.y;
  std::int32_t x1 = x0;
  std::int32_t y1 = y0;
  for (const HalfEdgeIndex part : shorter_) {
    const ExactPoint& p = nodes_[origin_[part]].point;
    x0 = std::min(x0, p.x);
    x1 = std::max(x1, p.x);
    y0 = std::min(y0, p.y);
    y1 = std::max(y1, p.y);
  }
  for (LoopIndex other = faces_[old].first_loop; other != kNone;) {
    const LoopIndex after = loops_[other].after;
    const ExactPoint& p = nodes_[origin_[loops_[other].some]].point;
    // Whole parts of coordinates; rounding down keeps their order.
    const bool is_near = other != loop && other != fresh && x0 <= p.x && p.x <= x1 && y0 <= p.y && p.y <= y1;
    if (is_near && winds_about(shorter_, p)) {
      remove_from_face(other);
      add_to_face(other, face);
    }
    other = after;
  }
  add_to_face(takes_rest ? loop : fresh, face);
  AreaUnits of_new = 0;
  for (LoopIndex one = faces_[face].first_loop; one != kNone; one = loops_[one].after)
    of_new += loops_[one].area;
  faces_[face].area = of_new;
  faces_[old].area -= of_new;
}

/// Whether the face of a loop lies outside of it. Just west of the loop's least node there is none of the
/// loop, so that place is outside; it is left of the loop where the loop passes the node with the west on its
/// left.
bool GrowingPlane::runs_around_the_outside(std::span<const HalfEdgeIndex> loop) const {
  NodeIndex least = origin_[loop.front()];
  for (const HalfEdgeIndex h : loop) {
    const NodeIndex node = origin_[h];
    if (node != least && compare_xy(nodes_[node].point, nodes_[least].point) < 0) least = node;
  }
  return std::any_of(loop.begin(), loop.end(), [&](HalfEdgeIndex h) {
    if (origin_[h] != least) return false;
    return !is_clockwise_of(direction(h), direction(counter_clockwise(h)));
  });
}

/// Whether the winding number about a point on none of its edges is other than 0: edges below it, those to
/// the east less those to the west.
bool GrowingPlane::winds_about(std::span<const HalfEdgeIndex> loop, const ExactPoint& p) const {
  int winding = 0;
  for (const HalfEdgeIndex h : loop) {
    const EdgeIndex edge = Arrangement::edge_of(h);
    const HalfEdgeIndex there = 2 * edge;
    if (compare_x(nodes_[origin_[there]].point, p) >= 0) continue;
    if (compare_x(nodes_[origin_[Arrangement::twin(there)]].point, p) < 0) continue;
    if (side(line_of(edge), p) > 0) winding += (h & 1U) == 0 ? 1 : -1;
  }
  return winding != 0;
}

FaceIndex GrowingPlane::locate(GridPoint p) const {
  std::vector<SegmentIndex> below;
  cells_.find({p.x, -kGridMaxLat, p.x, p.y}, below);
  SegmentIndex best = kNone;
  for (const SegmentIndex s : below) {
    const GridSegment& line = segments_[s];
    const bool is_below = line.dx() == 0 ? line.b.y < p.y : side(line, p) > 0;
    if (!is_below) continue;
    if (best == kNone || height_at(segments_[best], p.x) < height_at(line, p.x)) best = s;
  }
  if (best == kNone) return kUnboundedFace;
  const auto upwards_from = [&](NodeIndex node) { return face(wedge(node, kNorth)); };
  const GridSegment& line = segments_[best];
  NodeIndex node = segment_ends_[best].a;
  if (line.dx() == 0) return upwards_from(segment_ends_[best].b);
  while (compare_x(nodes_[node].point, p) < 0) {
    const HalfEdgeIndex h = outgoing(node, line);
    node = origin_[Arrangement::twin(h)];
    if (compare_x(nodes_[node].point, p) > 0) return face(h);
  }
  return upwards_from(node);
}

}  // namespace marchland
