#include <marchland/tiles/simplify_lines.h>

#include <boost/geometry.hpp>
#include <boost/geometry/geometries/point_xy.hpp>
#include <boost/geometry/index/rtree.hpp>

#include <algorithm>
#include <queue>
#include <tuple>

namespace marchland {
namespace {

namespace bg = boost::geometry;

using VertexIndex = std::uint32_t;
using EdgeNumber = std::uint32_t;

std::int64_t magnitude(std::int64_t value) {
  return value < 0 ? -value : value;
}

/// Whether p is within the distance of the segment. Below 2^28 cross products stay below 2^58.
bool is_within(GridPoint p, GridPoint a, GridPoint b, std::int64_t distance) {
  const std::int64_t dx = std::int64_t{b.x} - a.x;
  const std::int64_t dy = std::int64_t{b.y} - a.y;
  const auto squared_to = [&](GridPoint c) {
    const std::int64_t x = std::int64_t{p.x} - c.x;
    const std::int64_t y = std::int64_t{p.y} - c.y;
    return x * x + y * y;
  };
  const std::int64_t length2 = dx * dx + dy * dy;
  const std::int64_t along = dx * (std::int64_t{p.x} - a.x) + dy * (std::int64_t{p.y} - a.y);
  if (along <= 0) return squared_to(a) <= distance * distance;
  if (along >= length2) return squared_to(b) <= distance * distance;
  const Int128 off = orientation(a, b, p);
  return off * off <= static_cast<Int128>(distance * distance) * length2;
}

class Simplifier {
 public:
  Simplifier(std::vector<TileEdge> edges, std::int32_t tolerance,
             const std::function<bool(GridPoint)>& is_fixed)
      : edges_(std::move(edges)), tolerance_(tolerance) {
    std::sort(edges_.begin(), edges_.end());
    for (const TileEdge& edge : edges_) {
      points_.push_back(edge.a);
      points_.push_back(edge.b);
    }
    std::sort(points_.begin(), points_.end());
    points_.erase(std::unique(points_.begin(), points_.end()), points_.end());
    incident_.resize(points_.size());
    passed_.resize(edges_.size());
    ends_.reserve(edges_.size());
    for (EdgeNumber e = 0; e < edges_.size(); ++e) {
      ends_.emplace_back(index_of(edges_[e].a), index_of(edges_[e].b));
      incident_[ends_[e].first].push_back(e);
      incident_[ends_[e].second].push_back(e);
    }
    is_alive_.assign(points_.size(), true);
    can_go_.resize(points_.size());
    std::vector<Entry> entries;
    for (VertexIndex v = 0; v < points_.size(); ++v) {
      can_go_[v] = incident_[v].size() == 2 && !is_fixed(points_[v]);
      entries.emplace_back(RtreePoint(points_[v].x, points_[v].y), v);
    }
    vertices_ = Rtree(entries);
  }

  std::vector<TileEdge> run() {
    for (VertexIndex v = 0; v < points_.size(); ++v) enqueue(v);
    while (!queue_.empty()) {
      const auto [area, v, a, b] = queue_.top();
      queue_.pop();
      if (!can_go_[v] || neighbours(v) != std::pair(a, b)) continue;  // out of date
      if (!may_go(v, a, b)) continue;
      remove(v, a, b);
      enqueue(a);
      enqueue(b);
    }
    std::vector<TileEdge> out;
    for (EdgeNumber e = 0; e < edges_.size(); ++e) {
      if (ends_[e].first != ends_[e].second) out.push_back(edges_[e]);
    }
    std::sort(out.begin(), out.end());
    return out;
  }

 private:
  using RtreePoint = bg::model::d2::point_xy<std::int32_t>;
  using Entry = std::pair<RtreePoint, VertexIndex>;
  using Rtree = bg::index::rtree<Entry, bg::index::linear<16>>;
  /// Twice the area of its triangle, the vertex, its neighbours.
  using Candidate = std::tuple<std::int64_t, VertexIndex, VertexIndex, VertexIndex>;

  [[nodiscard]] VertexIndex index_of(GridPoint p) const {
    return static_cast<VertexIndex>(std::lower_bound(points_.begin(), points_.end(), p) - points_.begin());
  }
  [[nodiscard]] VertexIndex other_end(EdgeNumber e, VertexIndex v) const {
    return ends_[e].first == v ? ends_[e].second : ends_[e].first;
  }
  /// Of a vertex with two edges.
  [[nodiscard]] std::pair<VertexIndex, VertexIndex> neighbours(VertexIndex v) const {
    const VertexIndex a = other_end(incident_[v][0], v);
    const VertexIndex b = other_end(incident_[v][1], v);
    return std::minmax(a, b);
  }

  void enqueue(VertexIndex v) {
    if (!can_go_[v]) return;
    const auto [a, b] = neighbours(v);
    queue_.emplace(magnitude(orientation(points_[a], points_[v], points_[b])), v, a, b);
  }

  [[nodiscard]] bool may_go(VertexIndex v, VertexIndex a, VertexIndex b) const {
    if (a == b) return false;
    for (const EdgeNumber e : incident_[a]) {
      if (other_end(e, a) == b) return false;
    }
    const GridPoint pa = points_[a];
    const GridPoint pb = points_[b];
    if (!is_within(points_[v], pa, pb, tolerance_)) return false;
    for (const EdgeNumber e : incident_[v]) {
      for (const GridPoint p : passed_[e]) {
        if (!is_within(p, pa, pb, tolerance_)) return false;
      }
    }
    return is_empty(points_[v], pa, pb, v, a, b);
  }

  /// Whether no other vertex lies in the closed triangle.
  [[nodiscard]] bool is_empty(GridPoint p, GridPoint pa, GridPoint pb, VertexIndex v, VertexIndex a,
                              VertexIndex b) const {
    const auto [x0, x1] = std::minmax({p.x, pa.x, pb.x});
    const auto [y0, y1] = std::minmax({p.y, pa.y, pb.y});
    const auto holds = [&](GridPoint c) {
      const int s1 = sign(orientation(pa, p, c));
      const int s2 = sign(orientation(p, pb, c));
      const int s3 = sign(orientation(pb, pa, c));
      return std::min({s1, s2, s3}) >= 0 || std::max({s1, s2, s3}) <= 0;
    };
    const bg::model::box<RtreePoint> box({x0, y0}, {x1, y1});
    for (auto it = vertices_.qbegin(bg::index::intersects(box)); it != vertices_.qend(); ++it) {
      const VertexIndex other = it->second;
      if (other == v || other == a || other == b || !is_alive_[other]) continue;
      if (holds(points_[other])) return false;
    }
    return true;
  }

  /// One of its edges takes both their places; the other is left without length.
  void remove(VertexIndex v, VertexIndex a, VertexIndex b) {
    const EdgeNumber kept = incident_[v][0];
    const EdgeNumber dropped = incident_[v][1];
    const VertexIndex stays = other_end(kept, v);
    const VertexIndex gained = stays == a ? b : a;
    passed_[kept].push_back(points_[v]);
    passed_[kept].insert(passed_[kept].end(), passed_[dropped].begin(), passed_[dropped].end());
    passed_[dropped].clear();
    // The direction of `kept` stays, and so does what is left of it.
    if (ends_[kept].first == v) {
      ends_[kept].first = gained;
      edges_[kept].a = points_[gained];
    } else {
      ends_[kept].second = gained;
      edges_[kept].b = points_[gained];
    }
    std::replace(incident_[gained].begin(), incident_[gained].end(), dropped, kept);
    ends_[dropped] = {v, v};
    is_alive_[v] = false;
    can_go_[v] = false;
    incident_[v].clear();
  }

  std::vector<TileEdge> edges_;
  std::int32_t tolerance_;
  std::vector<GridPoint> points_;
  std::vector<std::vector<EdgeNumber>> incident_;          ///< by vertex
  std::vector<std::pair<VertexIndex, VertexIndex>> ends_;  ///< by edge
  std::vector<std::vector<GridPoint>> passed_;             ///< by edge: vertices that it replaces
  std::vector<bool> is_alive_;
  std::vector<bool> can_go_;
  Rtree vertices_;
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue_;
};

}  // namespace

std::vector<TileEdge> simplify_lines(std::vector<TileEdge> edges, std::int32_t tolerance,
                                     const std::function<bool(GridPoint)>& is_fixed) {
  return Simplifier(std::move(edges), tolerance, is_fixed).run();
}

}  // namespace marchland
