#include <marchland/analysis/thin_lines.h>
#include <marchland/measure/edge_area.h>
#include <marchland/measure/wgs84.h>

#include <boost/geometry.hpp>
#include <boost/geometry/geometries/point_xy.hpp>
#include <boost/geometry/index/rtree.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <queue>
#include <span>
#include <tuple>

namespace marchland {
namespace {

namespace bg = boost::geometry;

using VertexIndex = std::uint32_t;
using EdgeNumber = std::uint32_t;

std::int64_t magnitude(std::int64_t value) {
  return value < 0 ? -value : value;
}

class Thinner {
 public:
  Thinner(std::vector<ThinEdge> edges, const IsNearEdge& is_near,
          const std::function<bool(GridPoint)>& is_fixed)
      : edges_(std::move(edges)), is_near_(&is_near) {
    std::sort(edges_.begin(), edges_.end());
    for (const ThinEdge& edge : edges_) {
      points_.push_back(edge.a);
      points_.push_back(edge.b);
    }
    std::sort(points_.begin(), points_.end());
    points_.erase(std::unique(points_.begin(), points_.end()), points_.end());
    passed_.resize(edges_.size());
    ends_.reserve(edges_.size());
    first_incident_.assign(points_.size() + 1, 0);
    for (const ThinEdge& edge : edges_) {
      const auto& [a, b] = ends_.emplace_back(index_of(edge.a), index_of(edge.b));
      ++first_incident_[a + 1];
      ++first_incident_[b + 1];
    }
    std::partial_sum(first_incident_.begin(), first_incident_.end(), first_incident_.begin());
    incident_.resize(2 * edges_.size());
    std::vector<std::uint32_t> next(first_incident_.begin(), first_incident_.end() - 1);
    for (EdgeNumber e = 0; e < edges_.size(); ++e) {
      incident_[next[ends_[e].first]++] = e;
      incident_[next[ends_[e].second]++] = e;
    }
    is_alive_.assign(points_.size(), true);
    can_go_.resize(points_.size());
    beside_.resize(points_.size());
    std::vector<Entry> entries;
    entries.reserve(points_.size());
    for (VertexIndex v = 0; v < points_.size(); ++v) {
      can_go_[v] = incident(v).size() == 2 && !is_fixed(points_[v]);
      if (can_go_[v]) beside_[v] = {other_end(incident(v)[0], v), other_end(incident(v)[1], v)};
      entries.emplace_back(RtreePoint(points_[v].x, points_[v].y), v);
    }
    vertices_ = Rtree(entries);
  }

  std::vector<ThinEdge> run() {
    // Most vertices are looked at once: those wait in order, and only what comes of removing goes on a heap.
    std::vector<Candidate> first;
    first.reserve(points_.size());
    for (VertexIndex v = 0; v < points_.size(); ++v) {
      if (can_go_[v]) first.push_back(candidate(v));
    }
    std::sort(first.begin(), first.end());
    for (auto waiting = first.begin(); waiting != first.end() || !queue_.empty();) {
      const bool is_waiting = waiting != first.end() && (queue_.empty() || *waiting < queue_.top());
      const auto [area, v, a, b] = is_waiting ? *waiting : queue_.top();
      if (is_waiting) {
        ++waiting;
      } else {
        queue_.pop();
      }
      if (!can_go_[v] || neighbours(v) != std::pair(a, b)) continue;  // out of date
      if (!may_go(v, a, b)) continue;
      remove(v, a, b);
      enqueue(a);
      enqueue(b);
    }
    std::vector<ThinEdge> out;
    for (EdgeNumber e = 0; e < edges_.size(); ++e) {
      if (ends_[e].first != ends_[e].second) out.push_back(edges_[e]);
    }
    std::sort(out.begin(), out.end());
    return out;
  }

 private:
  // Of doubles: differences of coordinates of the grid do not fit their own type.
  using RtreePoint = bg::model::d2::point_xy<double>;
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
  [[nodiscard]] std::span<const EdgeNumber> incident(VertexIndex v) const {
    return std::span(incident_).subspan(first_incident_[v], first_incident_[v + 1] - first_incident_[v]);
  }
  /// Of a vertex that may go.
  [[nodiscard]] std::pair<VertexIndex, VertexIndex> neighbours(VertexIndex v) const {
    const auto& [a, b] = beside_[v];
    return a < b ? std::pair(a, b) : std::pair(b, a);
  }

  [[nodiscard]] Candidate candidate(VertexIndex v) const {
    const auto [a, b] = neighbours(v);
    return {magnitude(orientation(points_[a], points_[v], points_[b])), v, a, b};
  }
  void enqueue(VertexIndex v) {
    if (can_go_[v]) queue_.push(candidate(v));
  }

  [[nodiscard]] bool may_go(VertexIndex v, VertexIndex a, VertexIndex b) const {
    if (a == b) return false;
    for (const EdgeNumber e : incident(a)) {
      if (other_end(e, a) == b) return false;
    }
    const GridPoint pa = points_[a];
    const GridPoint pb = points_[b];
    if (!(*is_near_)(points_[v], pa, pb)) return false;
    for (const EdgeNumber e : incident(v)) {
      for (const GridPoint p : passed_[e]) {
        if (!(*is_near_)(p, pa, pb)) return false;
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
    const bg::model::box<RtreePoint> box(RtreePoint(x0, y0), RtreePoint(x1, y1));
    for (auto it = vertices_.qbegin(bg::index::intersects(box)); it != vertices_.qend(); ++it) {
      const VertexIndex other = it->second;
      if (other == v || other == a || other == b || !is_alive_[other]) continue;
      if (holds(points_[other])) return false;
    }
    return true;
  }

  /// One of its edges takes both their places; the other is left without length.
  void remove(VertexIndex v, VertexIndex a, VertexIndex b) {
    const EdgeNumber kept = incident(v)[0];
    const EdgeNumber dropped = incident(v)[1];
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
    std::replace(incident_.begin() + first_incident_[gained], incident_.begin() + first_incident_[gained + 1],
                 dropped, kept);
    ends_[dropped] = {v, v};
    for (const auto& [at, next] : {std::pair(a, b), std::pair(b, a)}) {
      if (can_go_[at]) (beside_[at].first == v ? beside_[at].first : beside_[at].second) = next;
    }
    is_alive_[v] = false;
    can_go_[v] = false;
  }

  std::vector<ThinEdge> edges_;
  const IsNearEdge* is_near_;
  std::vector<GridPoint> points_;
  std::vector<std::uint32_t> first_incident_;              ///< by vertex, its first in `incident_`
  std::vector<EdgeNumber> incident_;                       ///< edges of each vertex; their number stays
  std::vector<std::pair<VertexIndex, VertexIndex>> ends_;  ///< by edge
  std::vector<std::vector<GridPoint>> passed_;             ///< by edge: vertices that it replaces
  /// Neighbours of vertices that may go, which are asked for most: once for every change beside them.
  std::vector<std::pair<VertexIndex, VertexIndex>> beside_;
  std::vector<bool> is_alive_;
  std::vector<bool> can_go_;
  Rtree vertices_;
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue_;
};

}  // namespace

std::vector<ThinEdge> thin_lines(std::vector<ThinEdge> edges, const IsNearEdge& is_near,
                                 const std::function<bool(GridPoint)>& is_fixed) {
  return Thinner(std::move(edges), is_near, is_fixed).run();
}

double meters_to_edge(GridPoint vertex, GridPoint a, GridPoint b) {
  constexpr std::int64_t kFixedUnit = std::int64_t{1} << 32;
  constexpr double kRadiansPerUnit = 3.14159265358979323846 / (180.0 * kGridUnitsPerDegree);
  const double sine = sin_of_mean_latitude(2 * (std::int64_t{vertex.y} * kFixedUnit));
  const double w = 1.0 - kWgs84EccentricitySquared * sine * sine;
  const double prime_vertical = kWgs84SemiMajorAxis / std::sqrt(w);
  const double east = kRadiansPerUnit * prime_vertical * std::sqrt(1.0 - sine * sine);
  const double north = kRadiansPerUnit * prime_vertical * (1.0 - kWgs84EccentricitySquared) / w;
  const auto from_vertex = [&](GridPoint p) {
    return std::pair(east * static_cast<double>(std::int64_t{p.x} - vertex.x),
                     north * static_cast<double>(std::int64_t{p.y} - vertex.y));
  };
  const auto [ax, ay] = from_vertex(a);
  const auto [bx, by] = from_vertex(b);
  const double dx = bx - ax;
  const double dy = by - ay;
  const double length2 = dx * dx + dy * dy;
  const double along = length2 > 0 ? std::clamp(-(ax * dx + ay * dy) / length2, 0.0, 1.0) : 0.0;
  const double x = ax + along * dx;
  const double y = ay + along * dy;
  return std::sqrt(x * x + y * y);
}

}  // namespace marchland
