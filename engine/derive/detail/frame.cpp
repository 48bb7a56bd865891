#include <marchland/base/error.h>
#include <marchland/derive/detail/frame.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <iterator>
#include <map>

namespace marchland::detail {
namespace {

using Edge = FramePieces::Edge;

constexpr std::size_t kFrame = 0;  ///< lines follow, from 1

struct Step {
  GridSegment s;  ///< s.a < s.b
  std::size_t of = kFrame;
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
    if (of == kFrame) {
      edge.frame = net;
      continue;
    }
    edge.passes += count;
    if (count % 2 == 1) ++(net > 0 ? forth : back);
  }
  edge.line = std::min(forth, 1) - std::min(back, 1);
  edge.uses = std::min(forth, 1) + std::min(back, 1);
  edge.is_repeated = forth > 1 || back > 1;
  return edge;
}

/// Adds up the steps on each edge; borders that cancel and carry no line vanish.
std::vector<Edge> merge_edges(std::vector<Step> steps) {
  std::sort(steps.begin(), steps.end(),
            [](const Step& a, const Step& b) { return a.s != b.s ? a.s < b.s : a.of < b.of; });
  std::vector<Edge> edges;
  for (auto first = steps.begin(); first != steps.end();) {
    const auto last = std::find_if(first, steps.end(), [&](const Step& step) { return step.s != first->s; });
    const Edge edge = edge_of({first, last});
    if (edge.frame != 0 || edge.passes > 0) edges.push_back(edge);
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
/// visit(from, to, edge, way), way 1 where `to` lies left of the edge, -1 where right.
template <class Visit>
void spread_inwards(const Subdivision& subdivision, std::span<const GridSegment> edges, Visit visit) {
  const std::size_t outside = subdivision.pieces().size();
  struct Crossing {
    std::size_t to;
    std::size_t edge;
    int way;
  };
  std::vector<std::vector<Crossing>> across(outside + 1);
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const std::size_t left = subdivision.left_of(edges[e].a, edges[e].b).value_or(outside);
    const std::size_t right = subdivision.left_of(edges[e].b, edges[e].a).value_or(outside);
    if (left == right) continue;
    across[right].push_back({left, e, 1});
    across[left].push_back({right, e, -1});
  }
  std::vector<bool> is_known(outside + 1, false);
  is_known[outside] = true;
  std::deque<std::size_t> todo{outside};
  for (; !todo.empty(); todo.pop_front()) {
    for (const Crossing& crossing : across[todo.front()]) {
      if (is_known[crossing.to]) continue;
      is_known[crossing.to] = true;
      visit(todo.front(), crossing.to, crossing.edge, crossing.way);
      todo.push_back(crossing.to);
    }
  }
}

/// Pieces that a boundary with the ground on its left encloses: across an edge from right to left its winding
/// number grows by its steps.
std::vector<bool> find_ground(const Subdivision& subdivision, std::span<const Edge> edges) {
  const std::size_t outside = subdivision.pieces().size();
  std::vector<int> winding(outside + 1, 0);
  spread_inwards(subdivision, segments_of(edges),
                 [&](std::size_t from, std::size_t to, std::size_t edge, int way) {
                   winding[to] = winding[from] + way * edges[edge].frame;
                 });
  std::vector<bool> is_ground(outside);
  for (std::size_t i = 0; i < outside; ++i) is_ground[i] = winding[i] > 0;
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
  FramePieces cut;
  std::vector<GridSegment> edges;
  std::vector<std::size_t> first;  // of the steps of each edge, and the end of all
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!edges.empty() && edges.back() == steps[i].s) continue;
    edges.push_back(steps[i].s);
    cut.edges.push_back({steps[i].s});
    first.push_back(i);
  }
  first.push_back(steps.size());
  cut.subdivision = Subdivision(edges);
  const std::size_t outside = cut.subdivision.pieces().size();
  std::vector<Windings> windings(outside + 1);
  spread_inwards(cut.subdivision, edges, [&](std::size_t from, std::size_t to, std::size_t edge, int way) {
    windings[to] = windings[from];
    for (std::size_t i = first[edge]; i < first[edge + 1]; ++i) {
      const auto of_ring = windings[to].try_emplace(steps[i].ring, 0).first;
      of_ring->second += way * steps[i].count;
      if (of_ring->second == 0) windings[to].erase(of_ring);
    }
  });
  std::vector<int> labels;
  labels.reserve(outside);
  for (std::size_t i = 0; i < outside; ++i) labels.push_back(is_ground(windings[i]) ? 0 : -1);
  return join_pieces(cut, labels, 1)[0];
}

Frame::Frame(const MultiPolygon& area) {
  std::vector<GridSegment> steps;
  std::vector<RingId> ring_of_step;
  add_ring_steps(area, 0, "frame", steps, ring_of_step);
  const auto is_ground = [](const Windings& windings) { return is_in_some_polygon(windings, 0); };
  for (const GridPolygon& polygon : ground_of_rings(node_segments(steps), ring_of_step, is_ground)) {
    for (const auto& ring : polygon) {
      for (std::size_t k = 0; k + 1 < ring.size(); ++k) boundary_.push_back({ring[k], ring[k + 1]});
    }
  }
  if (boundary_.empty()) throw InvalidData("frame: it has no extent; expected a polygon");
}

std::vector<GridPolygon> Frame::polygons() const {
  std::vector<GridPath> steps;
  steps.reserve(boundary_.size());
  for (const GridSegment& s : boundary_) steps.push_back({s.a, s.b});
  const FramePieces cut = cut_frame(steps, {});
  std::vector<int> labels;
  labels.reserve(cut.is_ground.size());
  for (const bool is_ground : cut.is_ground) labels.push_back(is_ground ? 0 : -1);
  return join_pieces(cut, labels, 1)[0];
}

int Frame::locate(GridPoint point) const {
  const bool is_on_boundary =
      std::any_of(boundary_.begin(), boundary_.end(), [&](const GridSegment& s) { return passes(s, point); });
  if (is_on_boundary) return 0;
  return winding_about(boundary_, point) > 0 ? 1 : -1;
}

bool Frame::insert(std::span<const GridPath> paths) {
  std::vector<GridSegment> longer;
  for (const GridPath& path : paths) {
    for (std::size_t k = 0; k + 1 < path.size(); ++k) longer.push_back({path[k], path[k + 1]});
  }
  const bool is_changed = longer.size() != boundary_.size();
  boundary_ = std::move(longer);
  return is_changed;
}

FramePieces cut_frame(std::span<const GridPath> boundary, std::span<const GridPath> lines,
                      std::span<const std::size_t> line_of_path) {
  std::vector<Step> steps;
  for (const GridPath& path : boundary) add_steps(path, kFrame, steps);
  for (std::size_t i = 0; i < lines.size(); ++i)
    add_steps(lines[i], 1 + (line_of_path.empty() ? 0 : line_of_path[i]), steps);
  std::vector<Edge> edges = merge_edges(std::move(steps));
  Subdivision subdivision(segments_of(edges));
  std::vector<bool> is_ground = find_ground(subdivision, edges);
  return {std::move(subdivision), std::move(is_ground), std::move(edges)};
}

std::vector<std::vector<GridPolygon>> join_pieces(const FramePieces& cut, std::span<const int> label_of_piece,
                                                  std::size_t labels) {
  const auto label_left_of = [&](GridPoint from, GridPoint to) {
    const auto piece = cut.subdivision.left_of(from, to);
    return piece ? label_of_piece[*piece] : -1;
  };
  std::vector<GridSegment> between;
  for (const Edge& edge : cut.edges) {
    if (label_left_of(edge.s.a, edge.s.b) != label_left_of(edge.s.b, edge.s.a)) between.push_back(edge.s);
  }
  std::vector<std::vector<GridPolygon>> joined(labels);
  const Subdivision outlines(between);
  for (const GridPolygon& polygon : outlines.pieces()) {
    const int label = label_left_of(polygon[0][0], polygon[0][1]);
    if (label >= 0) joined[static_cast<std::size_t>(label)].push_back(polygon);
  }
  return joined;
}

}  // namespace marchland::detail
