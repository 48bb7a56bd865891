#include <marchland/base/error.h>
#include <marchland/derive/detail/frame.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <iterator>
#include <map>
#include <utility>

namespace marchland::detail {
namespace {

using Edge = FramePieces::Edge;

struct Step {
  GridSegment s;  ///< s.a < s.b
  std::size_t of = 0;
  int way = 0;  ///< 1 from a to b, -1 back
};

void add_steps(const GridPath& path, std::size_t of, std::vector<Step>& steps) {
  for (std::size_t k = 0; k + 1 < path.size(); ++k) {
    const GridPoint p = path[k];
    const GridPoint q = path[k + 1];
    steps.push_back({{std::min(p, q), std::max(p, q)}, of, p < q ? 1 : -1});
  }
}

/// What the steps of one edge, sorted by what they are of, amount to.
Edge edge_of(std::span<const Step> steps) {
  Edge edge{steps.front().s};
  int forth = 0;
  int back = 0;
  for (std::size_t i = 0; i < steps.size();) {
    const std::size_t of = steps[i].of;
    int net = 0;
    int count = 0;
    for (; i < steps.size() && steps[i].of == of; ++i, ++count) net += steps[i].way;
    edge.passes += count;
    if (count % 2 == 1) ++(net > 0 ? forth : back);
  }
  edge.line = std::min(forth, 1) - std::min(back, 1);
  edge.uses = std::min(forth, 1) + std::min(back, 1);
  edge.is_repeated = forth > 1 || back > 1;
  return edge;
}

/// Adds up the steps on each edge.
std::vector<Edge> merge_edges(std::vector<Step> steps) {
  std::sort(steps.begin(), steps.end(),
            [](const Step& a, const Step& b) { return a.s != b.s ? a.s < b.s : a.of < b.of; });
  std::vector<Edge> edges;
  for (auto first = steps.begin(); first != steps.end();) {
    const auto last = std::find_if(first, steps.end(), [&](const Step& step) { return step.s != first->s; });
    edges.push_back(edge_of({first, last}));
    first = last;
  }
  return edges;
}

std::vector<GridSegment> segments_of(std::span<const Edge> edges) {
  std::vector<GridSegment> segments;
  segments.reserve(edges.size());
  for (const Edge& edge : edges) segments.push_back(edge.s);
  return segments;
}

/// Visits every piece from the unbounded one, whose index is the number of pieces, each from a neighbour:
/// visit(from, to, arc, way), way 1 where `to` lies left of the arc, -1 where right.
template <class Visit>
void spread_inwards(const Subdivision& subdivision, Visit visit) {
  const std::size_t outside = subdivision.size();
  struct Crossing {
    std::size_t to;
    std::size_t arc;
    int way;
  };
  std::vector<std::vector<Crossing>> across(outside + 1);
  const auto piece = [&](int number) {
    return number == Subdivision::kNone ? outside : static_cast<std::size_t>(number);
  };
  for (std::size_t arc = 0; arc < subdivision.arcs(); ++arc) {
    const std::size_t left = piece(subdivision.left_of(2 * arc));
    const std::size_t right = piece(subdivision.right_of(2 * arc));
    if (left == right) continue;
    across[right].push_back({left, arc, 1});
    across[left].push_back({right, arc, -1});
  }
  std::vector<bool> is_known(outside + 1, false);
  is_known[outside] = true;
  std::deque<std::size_t> todo{outside};
  for (; !todo.empty(); todo.pop_front()) {
    for (const Crossing& crossing : across[todo.front()]) {
      if (is_known[crossing.to]) continue;
      is_known[crossing.to] = true;
      visit(todo.front(), crossing.to, crossing.arc, crossing.way);
      todo.push_back(crossing.to);
    }
  }
}

/// Pieces that a boundary with the ground on its left encloses: across an arc from right to left its winding
/// number grows by its steps.
std::vector<bool> find_ground(const Subdivision& subdivision) {
  std::vector<int> winding(subdivision.size() + 1, 0);
  spread_inwards(subdivision, [&](std::size_t from, std::size_t to, std::size_t arc, int way) {
    winding[to] = winding[from] + way * subdivision.count_of(arc);
  });
  std::vector<bool> is_ground(subdivision.size());
  for (std::size_t i = 0; i < is_ground.size(); ++i) is_ground[i] = winding[i] > 0;
  return is_ground;
}

/// Steps of one ring on one edge from a to b, less those back.
struct RingSteps {
  GridSegment s;
  RingId ring;
  int count = 0;
};

/// Steps of each ring on each edge, by edge.
std::vector<RingSteps> steps_by_edge(std::span<const GridPath> paths, std::span<const RingId> ring_of_path) {
  std::vector<RingSteps> steps;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    for (std::size_t k = 0; k + 1 < paths[i].size(); ++k) {
      const GridPoint p = paths[i][k];
      const GridPoint q = paths[i][k + 1];
      steps.push_back({{std::min(p, q), std::max(p, q)}, ring_of_path[i], p < q ? 1 : -1});
    }
  }
  std::sort(steps.begin(), steps.end(), [](const RingSteps& a, const RingSteps& b) { return a.s < b.s; });
  return steps;
}

}  // namespace

GridPath to_grid_path(std::span<const Position> line, std::string_view what) {
  GridPath path;
  for (std::size_t k = 0; k < line.size(); ++k) {
    const Position& p = line[k];
    if (!std::isfinite(p.lon) || !std::isfinite(p.lat) || std::abs(p.lon) > 180.0 || std::abs(p.lat) > 90.0) {
      throw InvalidData(
          fmt::format("{}: position {} is ({}, {}); expected longitude within +-180 and latitude "
                      "within +-90 degrees",
                      what, k + 1, p.lon, p.lat));
    }
    if (k > 0 && std::abs(p.lon - line[k - 1].lon) > 180.0) {
      throw InvalidData(
          fmt::format("{}: the step to position {} crosses the antimeridian, which areas cannot "
                      "be derived across; divide it at 180 degrees",
                      what, k + 1));
    }
    const GridPoint point = to_grid_point(p);
    if (path.empty() || path.back() != point) path.push_back(point);
  }
  return path;
}

bool is_in_some_polygon(const Windings& windings, std::size_t area) {
  for (auto at = windings.lower_bound({area, 0, 0}); at != windings.end() && at->first.area == area;) {
    const auto next = windings.lower_bound({area, at->first.polygon + 1, 0});
    if (at->first.ring == 0 && std::next(at) == next) return true;
    at = next;
  }
  return false;
}

void add_ring_steps(const MultiPolygon& area, std::size_t number, std::string_view what,
                    std::vector<GridSegment>& steps, std::vector<RingId>& ring_of_step) {
  for (std::size_t i = 0; i < area.size(); ++i) {
    for (std::size_t r = 0; r < area[i].size(); ++r) {
      const GridPath ring =
          to_grid_path(area[i][r], fmt::format("{}: polygon {}, ring {}", what, i + 1, r + 1));
      for (std::size_t k = 0; k + 1 < ring.size(); ++k) {
        steps.push_back({ring[k], ring[k + 1]});
        ring_of_step.push_back({number, i, r});
      }
    }
  }
}

std::vector<GridPolygon> ground_of_rings(std::span<const GridPath> paths,
                                         std::span<const RingId> ring_of_path,
                                         const std::function<bool(const Windings&)>& is_ground) {
  const std::vector<RingSteps> steps = steps_by_edge(paths, ring_of_path);
  std::vector<GridSegment> edges;
  std::vector<std::size_t> first;  // of the steps of each edge, and the end of all
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!edges.empty() && edges.back() == steps[i].s) continue;
    edges.push_back(steps[i].s);
    first.push_back(i);
  }
  first.push_back(steps.size());
  const Subdivision subdivision(edges);  // whose arcs are the edges
  std::vector<Windings> windings(subdivision.size() + 1);
  spread_inwards(subdivision, [&](std::size_t from, std::size_t to, std::size_t edge, int way) {
    windings[to] = windings[from];
    for (std::size_t i = first[edge]; i < first[edge + 1]; ++i) {
      const auto of_ring = windings[to].try_emplace(steps[i].ring, 0).first;
      of_ring->second += way * steps[i].count;
      if (of_ring->second == 0) windings[to].erase(of_ring);
    }
  });
  std::vector<int> labels;
  labels.reserve(subdivision.size());
  for (std::size_t i = 0; i < subdivision.size(); ++i) labels.push_back(is_ground(windings[i]) ? 0 : -1);
  return subdivision.join(labels, 1)[0];
}

Frame::Frame(const MultiPolygon& area) {
  std::vector<GridSegment> steps;
  std::vector<RingId> ring_of_step;
  add_ring_steps(area, 0, "frame", steps, ring_of_step);
  const auto is_ground = [](const Windings& windings) { return is_in_some_polygon(windings, 0); };
  std::vector<GridSegment> boundary;
  for (const GridPolygon& polygon : ground_of_rings(node_segments(steps), ring_of_step, is_ground)) {
    for (const auto& ring : polygon) {
      for (std::size_t k = 0; k + 1 < ring.size(); ++k) boundary.push_back({ring[k], ring[k + 1]});
    }
  }
  if (boundary.empty()) throw InvalidData("frame: it has no extent; expected a polygon");
  boundary_ = SegmentIndex(std::move(boundary));
}

std::vector<GridPolygon> Frame::polygons() const {
  const Outline outline = this->outline();
  const FramePieces cut = cut_frame(outline, {});
  std::vector<int> labels;
  labels.reserve(cut.is_ground.size());
  for (const bool is_ground : cut.is_ground) labels.push_back(is_ground ? 0 : -1);
  return cut.subdivision.join(labels, 1)[0];
}

int Frame::locate(GridPoint point) const {
  const std::vector<GridSegment>& segments = boundary();
  const std::vector<std::size_t> at = boundary_.find({point, point});
  if (std::any_of(at.begin(), at.end(), [&](std::size_t i) { return passes(segments[i], point); })) return 0;
  // Chains wind about a point by what they have east of it.
  std::vector<GridSegment> east;
  for (const std::size_t i : boundary_.find({point, {kGridMaxLon, point.y}})) east.push_back(segments[i]);
  return winding_about(east, point) > 0 ? 1 : -1;
}

bool Frame::insert(std::span<const GridPath> paths) {
  std::vector<GridSegment> longer;
  for (const GridPath& path : paths) {
    for (std::size_t k = 0; k + 1 < path.size(); ++k) longer.push_back({path[k], path[k + 1]});
  }
  if (longer.size() == boundary().size()) return false;
  boundary_ = SegmentIndex(std::move(longer));
  return true;
}

std::optional<FramePieces::Sides> FramePieces::ground_beside(const Edge& edge) const {
  const int left = subdivision.left_of(edge.half_edge);
  const int right = subdivision.right_of(edge.half_edge);
  if (left == Subdivision::kNone || right == Subdivision::kNone) return std::nullopt;
  const Sides sides{static_cast<std::size_t>(left), static_cast<std::size_t>(right)};
  if (!is_ground[sides.left] || !is_ground[sides.right]) return std::nullopt;
  return sides;
}

FramePieces cut_frame(const Outline& outline, std::span<const GridPath> lines,
                      std::span<const std::size_t> line_of_path) {
  std::vector<Step> steps;
  for (std::size_t i = 0; i < lines.size(); ++i)
    add_steps(lines[i], line_of_path.empty() ? 0 : line_of_path[i], steps);
  std::vector<Edge> edges = merge_edges(std::move(steps));
  Subdivision subdivision(outline, segments_of(edges));
  const std::size_t line_edges = edges.size();
  std::vector<bool> has_line(subdivision.arcs(), false);
  for (std::size_t i = 0; i < line_edges; ++i) {
    edges[i].half_edge = subdivision.half_edge_of(i);
    has_line[edges[i].half_edge / 2] = true;
  }
  std::vector<bool> is_ground = find_ground(subdivision);
  FramePieces cut{std::move(subdivision), std::move(is_ground), std::move(edges), line_edges};
  // Rounding can lay a boundary twice round some ground.
  for (std::size_t arc = 0; arc < cut.subdivision.arcs(); ++arc) {
    if (has_line[arc]) continue;
    const auto path = cut.subdivision.path_of(arc);
    Edge edge{{path[0], path[1]}};
    edge.half_edge = 2 * arc;
    if (path[1] < path[0]) edge = Edge{{path[1], path[0]}, 0, 0, 0, false, 2 * arc + 1};
    if (cut.ground_beside(edge)) cut.edges.push_back(edge);
  }
  return cut;
}

}  // namespace marchland::detail
