#include <marchland/base/error.h>
#include <marchland/composite/arrangement.h>

#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <numeric>
#include <set>

namespace marchland {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

/// 0 for directions in [0, 180), 1 for [180, 360).
int half_plane(const GridSegment& d) {
  return d.dy() > 0 || (d.dy() == 0 && d.dx() > 0) ? 0 : 1;
}

/// Edges that span an abscissa, from south to north. All are non-vertical and meet at nodes only, so the
/// order of two never changes while both are in.
class SweepOrder {
 public:
  using is_transparent = void;
  explicit SweepOrder(const Arrangement& plane) : plane_(&plane) {}

  bool operator()(EdgeIndex a, EdgeIndex b) const {
    if (a == b) return false;
    const NodeIndex ua = plane_->edges()[a].u;
    const NodeIndex ub = plane_->edges()[b].u;
    const GridSegment& la = plane_->line_of(a);
    const GridSegment& lb = plane_->line_of(b);
    if (ua == ub) return cross(la.dx(), la.dy(), lb.dx(), lb.dy()) > 0;
    // The edge that begins further east has its beginning above or below the other.
    const ExactPoint pa = plane_->point(ua);
    const ExactPoint pb = plane_->point(ub);
    return compare_x(pa, pb) <= 0 ? side(la, pb) > 0 : side(lb, pa) < 0;
  }
  bool operator()(EdgeIndex edge, GridPoint p) const { return side(plane_->line_of(edge), p) > 0; }
  bool operator()(GridPoint p, EdgeIndex edge) const { return side(plane_->line_of(edge), p) < 0; }

 private:
  const Arrangement* plane_;
};

}  // namespace

std::strong_ordering compare_angle(const GridSegment& a, const GridSegment& b) noexcept {
  const int ha = half_plane(a);
  const int hb = half_plane(b);
  if (ha != hb) return ha <=> hb;
  return 0 <=> sign(cross(a.dx(), a.dy(), b.dx(), b.dy()));
}

Arrangement::Arrangement(SegmentTable table, std::uint64_t crossing_limit)
    : table_(std::move(table)), crossings_(find_crossings(table_, crossing_limit)) {
  arrange();
}

Arrangement::Arrangement(SegmentTable table, Crossings crossings)
    : table_(std::move(table)), crossings_(std::move(crossings)) {
  arrange();
}

void Arrangement::arrange() {
  build_edges();
  link_half_edges();
  trace_loops();
  nest_components();
}

void Arrangement::build_edges() {
  struct Piece {
    NodeIndex u, v;
    SegmentIndex segment;
    auto operator<=>(const Piece&) const = default;
  };
  // Pieces by their first nodes, of which most have one or two.
  std::vector<std::uint32_t> offsets(node_count() + 1, 0);
  const auto for_each_piece = [&](SegmentIndex i, auto use) {
    NodeIndex from = table_.ends[i].a;
    for (std::uint32_t k = crossings_.offsets[i]; k < crossings_.offsets[i + 1]; ++k) {
      use(Piece{from, crossings_.nodes[k], i});
      from = crossings_.nodes[k];
    }
    use(Piece{from, table_.ends[i].b, i});
  };
  const auto segments = static_cast<SegmentIndex>(table_.segments.size());
  for (SegmentIndex i = 0; i < segments; ++i)
    for_each_piece(i, [&](const Piece& piece) { ++offsets[piece.u + 1]; });
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  std::vector<Piece> pieces(offsets.back());
  std::vector<std::uint32_t> fill(offsets.begin(), offsets.end() - 1);
  for (SegmentIndex i = 0; i < segments; ++i)
    for_each_piece(i, [&](const Piece& piece) { pieces[fill[piece.u]++] = piece; });
  edges_.reserve(pieces.size());
  for (NodeIndex node = 0; node < node_count(); ++node) {
    const auto star = std::span(pieces).subspan(offsets[node], offsets[node + 1] - offsets[node]);
    if (star.size() > 1) std::sort(star.begin(), star.end());
    for (std::size_t i = 0; i < star.size();) {
      std::size_t j = i + 1;
      while (j < star.size() && star[j].v == star[i].v) ++j;
      if (j - i > 1) {
        shared_edges_.push_back(static_cast<EdgeIndex>(edges_.size()));
        shared_offsets_.push_back(static_cast<std::uint32_t>(shared_parents_.size()));
        for (std::size_t k = i; k < j; ++k) shared_parents_.push_back(star[k].segment);
      }
      edges_.push_back({star[i].u, star[i].v, star[i].segment});
      i = j;
    }
  }
  shared_offsets_.push_back(static_cast<std::uint32_t>(shared_parents_.size()));
  if (!shared_edges_.empty()) edges_.shrink_to_fit();
}

void Arrangement::link_half_edges() {
  outgoing_offsets_.assign(node_count() + 1, 0);
  for (const Edge& edge : edges_) {
    ++outgoing_offsets_[edge.u + 1];
    ++outgoing_offsets_[edge.v + 1];
  }
  std::partial_sum(outgoing_offsets_.begin(), outgoing_offsets_.end(), outgoing_offsets_.begin());
  outgoing_.resize(edges_.size() * 2);
  std::vector<std::uint32_t> fill(outgoing_offsets_.begin(), outgoing_offsets_.end() - 1);
  for (HalfEdgeIndex h = 0; h < outgoing_.size(); ++h) outgoing_[fill[origin(h)]++] = h;

  next_.resize(outgoing_.size());
  const auto order_star = [&](NodeIndex node) {
    const auto star = std::span(outgoing_).subspan(outgoing_offsets_[node],
                                                   outgoing_offsets_[node + 1] - outgoing_offsets_[node]);
    std::sort(star.begin(), star.end(), [&](HalfEdgeIndex a, HalfEdgeIndex b) {
      return compare_angle(direction(a), direction(b)) < 0;
    });
    // With the face on the left, one arrives by a twin and leaves by the next direction clockwise.
    for (std::size_t i = 0; i < star.size(); ++i) {
      next_[twin(star[i])] = star[i == 0 ? star.size() - 1 : i - 1];
    }
  };
  tbb::parallel_for(tbb::blocked_range<NodeIndex>(0, static_cast<NodeIndex>(node_count()), 4096),
                    [&](const auto& block) {
                      for (NodeIndex node = block.begin(); node != block.end(); ++node) order_star(node);
                    });
}

void Arrangement::trace_loops() {
  loop_.assign(next_.size(), kNone);
  LoopIndex loops = 0;
  for (HalfEdgeIndex start = 0; start < next_.size(); ++start) {
    if (loop_[start] != kNone) continue;
    HalfEdgeIndex h = start;
    do {
      loop_[h] = loops;
      h = next_[h];
    } while (h != start);
    ++loops;
  }
  loop_face_.assign(loops, kNone);
}

void Arrangement::nest_components() {
  // Components in the order of their least nodes. A crossing is never the least: the segments through it
  // begin further down. So the least node is a grid vertex, and index order is lexicographic order. A loop is
  // of one component, and an edge joins those of its two sides.
  struct Component {
    NodeIndex least;
    LoopIndex outer;
  };
  std::vector<LoopIndex> parent(loop_face_.size());
  std::iota(parent.begin(), parent.end(), LoopIndex{0});
  const auto component_of = [&](LoopIndex loop) {
    while (parent[loop] != loop) loop = parent[loop] = parent[parent[loop]];
    return loop;
  };
  for (EdgeIndex e = 0; e < edges_.size(); ++e) {
    const LoopIndex left = component_of(loop_[2 * e]);
    const LoopIndex right = component_of(loop_[2 * e + 1]);
    if (left != right) parent[std::max(left, right)] = std::min(left, right);
  }
  std::vector<bool> reached(loop_face_.size(), false);
  std::vector<Component> components;
  for (NodeIndex start = 0; start < node_count(); ++start) {
    const LoopIndex here = component_of(loop_[outgoing(start).front()]);
    if (reached[here]) continue;
    MARCHLAND_ASSERT(start < table_.vertices.size());
    reached[here] = true;
    // At the least node every direction lies in (-90, 90] degrees; the outside is left of the most
    // counter-clockwise one. Angles in [0, 90] come first in the star, those in (270, 360) last.
    const auto star = outgoing(start);
    HalfEdgeIndex last = star.back();
    for (const HalfEdgeIndex h : star) {
      if (half_plane(direction(h)) == 0) last = h;
    }
    components.push_back({start, loop_[last]});
  }
  component_count_ = components.size();

  // Every loop that is not the outer one of its component bounds a face of its own.
  std::vector<std::uint32_t> outer_of(loop_face_.size(), kNone);
  for (std::uint32_t c = 0; c < components.size(); ++c) outer_of[components[c].outer] = c;
  for (LoopIndex loop = 0; loop < loop_face_.size(); ++loop) {
    if (outer_of[loop] == kNone) loop_face_[loop] = static_cast<FaceIndex>(face_count_++);
  }
  if (components.size() == 1) {
    loop_face_[components.front().outer] = kUnboundedFace;
    return;
  }

  std::vector<GridPoint> questions;
  questions.reserve(components.size());
  for (const Component& component : components) questions.push_back(table_.vertices[component.least]);
  const std::vector<EdgeIndex> below = edges_below(questions);
  for (std::size_t c = 0; c < components.size(); ++c) {
    FaceIndex face = kUnboundedFace;
    if (below[c] != kNone) {
      // Half-edge 2e runs east, so its left is the upper side. If that loop is the outer one of another
      // component, that component began further west and has its face already.
      face = loop_face_[loop_[2 * below[c]]];
      MARCHLAND_ASSERT(face != kNone);
    }
    loop_face_[components[c].outer] = face;
  }
}

std::vector<EdgeIndex> Arrangement::edges_below(const std::vector<GridPoint>& questions) const {
  std::vector<EdgeIndex> below(questions.size(), kNone);
  if (questions.empty()) return below;
  struct Question {
    std::int32_t x;
    std::uint32_t item;
  };
  std::vector<Question> by_x;
  by_x.reserve(questions.size());
  for (std::uint32_t q = 0; q < questions.size(); ++q) by_x.push_back({questions[q].x, q});
  std::sort(by_x.begin(), by_x.end(), [](const Question& a, const Question& b) { return a.x < b.x; });
  // An edge spans (u.x, v.x], which is what a point just west of the question sees. Questions have whole
  // abscissas, so the whole parts of the ends decide.
  const auto spanned = [&](EdgeIndex e) {
    const auto abscissa = [&](NodeIndex node) {
      return node < table_.vertices.size() ? table_.vertices[node].x : point(node).x;
    };
    const auto after = [&](auto from, std::int32_t x) {
      return std::upper_bound(from, by_x.cend(), x,
                              [](std::int32_t value, const Question& q) { return value < q.x; });
    };
    const auto first = after(by_x.cbegin(), abscissa(edges_[e].u));
    const std::int32_t end = abscissa(edges_[e].v);
    return std::pair(first, first == by_x.cend() || end < first->x ? first : after(first, end));
  };
  // Most edges are short and span no question at all; then looking is cheaper than sweeping. Each thread
  // keeps the uppermost edges it saw.
  const std::size_t affordable = 16 * (edges_.size() + questions.size());
  std::atomic<std::size_t> looks{0};
  const SweepOrder order(*this);
  const auto raise = [&](EdgeIndex& best, EdgeIndex e) {
    if (best == kNone || (e != kNone && order(best, e))) best = e;
  };
  tbb::enumerable_thread_specific<std::vector<EdgeIndex>> seen;
  tbb::parallel_for(tbb::blocked_range<EdgeIndex>(0, static_cast<EdgeIndex>(edges_.size()), 4096),
                    [&](const auto& block) {
                      std::vector<EdgeIndex>& best = seen.local();
                      best.resize(questions.size(), kNone);
                      std::size_t mine = 0;
                      for (EdgeIndex e = block.begin(); e != block.end(); ++e) {
                        const auto [first, last] = spanned(e);
                        mine += static_cast<std::size_t>(last - first);
                        if (mine + looks > affordable) break;
                        for (auto it = first; it != last; ++it) {
                          if (order(e, questions[it->item])) raise(best[it->item], e);
                        }
                      }
                      looks += mine;
                    });
  if (looks > affordable) return edges_below_by_sweep(questions);
  for (const std::vector<EdgeIndex>& best : seen) {
    for (std::size_t q = 0; q < best.size(); ++q) raise(below[q], best[q]);
  }
  return below;
}

std::vector<EdgeIndex> Arrangement::edges_below_by_sweep(const std::vector<GridPoint>& questions) const {
  // At each abscissa first the questions, then the edges that end, then those that begin: an edge spans
  // (u.x, v.x], which is what a point just west of the question sees.
  enum Kind : std::uint8_t { question, end, begin };
  struct SweepEvent {
    std::uint32_t place;  ///< node, or node count + question
    Kind kind;
    std::uint32_t item;
  };
  const auto nodes = static_cast<std::uint32_t>(node_count());
  std::vector<SweepEvent> events;
  events.reserve(edges_.size() * 2 + questions.size());
  for (std::uint32_t q = 0; q < questions.size(); ++q) events.push_back({nodes + q, question, q});
  for (EdgeIndex e = 0; e < edges_.size(); ++e) {
    if (line_of(e).dx() == 0) continue;
    events.push_back({edges_[e].u, begin, e});
    events.push_back({edges_[e].v, end, e});
  }
  // Rank of each place by abscissa, so that events compare as integers.
  const auto place_point = [&](std::uint32_t place) {
    return place < nodes ? point(place) : ExactPoint(questions[place - nodes]);
  };
  const auto less_x = [&](std::uint32_t a, std::uint32_t b) {
    return compare_x(place_point(a), place_point(b)) < 0;
  };
  std::vector<std::uint32_t> by_x(nodes + questions.size());
  std::iota(by_x.begin(), by_x.end(), 0U);
  std::sort(by_x.begin(), by_x.end(), less_x);
  std::vector<std::uint32_t> rank(by_x.size(), 0);
  for (std::size_t i = 1; i < by_x.size(); ++i) {
    rank[by_x[i]] = rank[by_x[i - 1]] + (less_x(by_x[i - 1], by_x[i]) ? 1U : 0U);
  }
  std::sort(events.begin(), events.end(), [&](const SweepEvent& a, const SweepEvent& b) {
    if (rank[a.place] != rank[b.place]) return rank[a.place] < rank[b.place];
    if (a.kind != b.kind) return a.kind < b.kind;
    return a.item < b.item;
  });

  std::set<EdgeIndex, SweepOrder> spanning{SweepOrder(*this)};
  std::vector<std::set<EdgeIndex, SweepOrder>::iterator> position(edges_.size());
  std::vector<EdgeIndex> below(questions.size(), kNone);
  for (const SweepEvent& event : events) {
    if (event.kind == begin) {
      position[event.item] = spanning.insert(event.item).first;
    } else if (event.kind == end) {
      spanning.erase(position[event.item]);
    } else {
      const auto above = spanning.lower_bound(questions[event.item]);
      if (above != spanning.begin()) below[event.item] = *std::prev(above);
    }
  }
  return below;
}

std::vector<FaceIndex> Arrangement::locate(const std::vector<GridPoint>& points) const {
  std::vector<FaceIndex> faces(points.size(), kUnboundedFace);
  const std::vector<EdgeIndex> below = edges_below(points);
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (below[i] != kNone) faces[i] = face(2 * below[i]);
  }
  return faces;
}

std::size_t Arrangement::bytes() const noexcept {
  const auto of = [](const auto&... vectors) { return (... + (vectors.capacity() * sizeof(vectors[0]))); };
  return of(table_.vertices, table_.segments, table_.ends, table_.offsets, table_.events, table_.repeats,
            table_.lost_repeats) +
         of(crossings_.points, crossings_.offsets, crossings_.nodes) +
         of(edges_, shared_edges_, shared_offsets_, shared_parents_, outgoing_offsets_, outgoing_, next_,
            loop_, loop_face_);
}

std::vector<WindingEvent> Arrangement::events_of(EdgeIndex edge) const {
  const auto parents = parents_of(edge);
  const auto first = table_.events_of(parents.front());
  std::vector<WindingEvent> events(first.begin(), first.end());
  for (const SegmentIndex parent : parents.subspan(1)) {
    const auto more = table_.events_of(parent);
    events.insert(events.end(), more.begin(), more.end());
  }
  if (parents.size() > 1) normalise(events);
  return events;
}

}  // namespace marchland
