#include <marchland/base/error.h>
#include <marchland/derive/detail/frame.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>

namespace marchland::detail {
namespace {

using Edge = FramePieces::Edge;

enum class StepOf { frame, line };

void add_steps(std::span<const GridPath> paths, StepOf kind, std::vector<Edge>& edges) {
  for (const GridPath& path : paths) {
    for (std::size_t k = 0; k + 1 < path.size(); ++k) {
      Edge edge{{std::min(path[k], path[k + 1]), std::max(path[k], path[k + 1])}};
      const int way = path[k] < path[k + 1] ? 1 : -1;
      (kind == StepOf::frame ? edge.frame : edge.line) = way;
      edge.uses = kind == StepOf::line ? 1 : 0;
      edges.push_back(edge);
    }
  }
}

/// Adds up the steps on each edge; borders that cancel and carry no line vanish.
std::vector<Edge> merge_edges(std::vector<Edge> steps) {
  std::sort(steps.begin(), steps.end(), [](const Edge& a, const Edge& b) { return a.s < b.s; });
  std::vector<Edge> edges;
  for (const Edge& step : steps) {
    if (edges.empty() || edges.back().s != step.s) {
      edges.push_back(step);
      continue;
    }
    edges.back().frame += step.frame;
    edges.back().line += step.line;
    edges.back().uses += step.uses;
  }
  std::erase_if(edges, [](const Edge& edge) { return edge.frame == 0 && edge.uses == 0; });
  return edges;
}

std::vector<GridSegment> segments_of(std::span<const Edge> edges) {
  std::vector<GridSegment> segments;
  segments.reserve(edges.size());
  for (const Edge& edge : edges) segments.push_back(edge.s);
  return segments;
}

/// Winding numbers of the frame spread from the unbounded piece, where they are 0: across an edge from right
/// to left they grow by its steps.
std::vector<bool> find_ground(const Subdivision& subdivision, std::span<const Edge> edges) {
  const std::size_t outside = subdivision.pieces().size();
  struct Crossing {
    std::size_t to;
    int change;
  };
  std::vector<std::vector<Crossing>> across(outside + 1);
  for (const Edge& edge : edges) {
    const std::size_t left = subdivision.left_of(edge.s.a, edge.s.b).value_or(outside);
    const std::size_t right = subdivision.left_of(edge.s.b, edge.s.a).value_or(outside);
    if (left == right) continue;
    across[right].push_back({left, edge.frame});
    across[left].push_back({right, -edge.frame});
  }
  std::vector<int> winding(outside + 1, 0);
  std::vector<bool> is_known(outside + 1, false);
  is_known[outside] = true;
  std::deque<std::size_t> todo{outside};
  for (; !todo.empty(); todo.pop_front()) {
    for (const Crossing& crossing : across[todo.front()]) {
      if (is_known[crossing.to]) continue;
      is_known[crossing.to] = true;
      winding[crossing.to] = winding[todo.front()] + crossing.change;
      todo.push_back(crossing.to);
    }
  }
  std::vector<bool> is_ground(outside);
  for (std::size_t i = 0; i < outside; ++i) is_ground[i] = winding[i] > 0;
  return is_ground;
}

/// The ground that noded boundaries enclose.
std::vector<GridPolygon> ground_of(std::span<const GridPath> boundary) {
  const FramePieces cut = cut_frame(boundary, {});
  std::vector<int> labels;
  for (const bool is_ground : cut.is_ground) labels.push_back(is_ground ? 0 : -1);
  return join_pieces(cut, labels, 1)[0];
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

Frame::Frame(const MultiPolygon& area) {
  std::vector<GridSegment> steps;
  for (std::size_t i = 0; i < area.size(); ++i) {
    for (std::size_t r = 0; r < area[i].size(); ++r) {
      GridPath ring = to_grid_path(area[i][r], fmt::format("frame: polygon {}, ring {}", i + 1, r + 1));
      if ((twice_area(ring) > 0) != (r == 0)) std::reverse(ring.begin(), ring.end());
      for (std::size_t k = 0; k + 1 < ring.size(); ++k) steps.push_back({ring[k], ring[k + 1]});
    }
  }
  for (const GridPolygon& polygon : ground_of(node_segments(steps))) {
    for (const auto& ring : polygon) {
      for (std::size_t k = 0; k + 1 < ring.size(); ++k) boundary_.push_back({ring[k], ring[k + 1]});
    }
  }
  if (boundary_.empty()) throw InvalidData("frame: it has no extent; expected a polygon");
}

std::vector<GridPolygon> Frame::polygons() const {
  std::vector<GridPath> steps;
  for (const GridSegment& s : boundary_) steps.push_back({s.a, s.b});
  return ground_of(steps);
}

bool Frame::holds(GridPoint point) const {
  const bool is_on_boundary =
      std::any_of(boundary_.begin(), boundary_.end(), [&](const GridSegment& s) { return is_on(s, point); });
  return !is_on_boundary && winding_about(boundary_, point) > 0;
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

FramePieces cut_frame(std::span<const GridPath> boundary, std::span<const GridPath> lines) {
  std::vector<Edge> steps;
  add_steps(boundary, StepOf::frame, steps);
  add_steps(lines, StepOf::line, steps);
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
