#include <marchland/derive/detail/noding.h>
#include <marchland/derive/detail/subdivision.h>
#include <marchland/measure/edge_area.h>

#include <boost/pending/disjoint_sets.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace marchland::detail {
namespace {

/// Counter-clockwise from east.
bool is_before_in_angle(const GridSegment& s, const GridSegment& t) noexcept {
  const auto is_lower = [](const GridSegment& q) { return q.dy() < 0 || (q.dy() == 0 && q.dx() < 0); };
  if (is_lower(s) != is_lower(t)) return is_lower(t);
  return cross(s.dx(), s.dy(), t.dx(), t.dy()) > 0;
}

/// Calls visit(p, q) for each step of the path, in its direction or against it.
template <class Visit>
void each_step(std::span<const GridPoint> path, bool is_back, Visit visit) {
  const std::size_t n = path.size();
  for (std::size_t k = 0; k + 1 < n; ++k) {
    if (is_back) {
      visit(path[n - 1 - k], path[n - 2 - k]);
    } else {
      visit(path[k], path[k + 1]);
    }
  }
}

}  // namespace

Subdivision::Subdivision(const Outline* outline, std::span<const GridSegment> edges) : outline_(outline) {
  add_arcs(edges);
  number_nodes();
  sort_about_nodes();
  bounds_.assign(arcs_.size(), true);
  drop_dangling();
  drop_bridges();
  std::vector<GridSegment> indexed;
  for (std::size_t arc = stretch_positions_.size(); arc < arcs_.size(); ++arc) {
    if (!bounds_[arc]) continue;
    indexed.push_back({arcs_[arc].path[0], arcs_[arc].path[1]});
    arc_of_indexed_.push_back(arc);
  }
  edges_ = SegmentIndex(std::move(indexed));
  make_pieces(find_cycles(bounds_));
}

/// Chains of the outline, cut where edges meet them.
void Subdivision::add_stretches(std::span<const GridSegment> edges) {
  std::vector<std::size_t> cuts;
  for (const GridSegment& s : edges) {
    for (const GridPoint p : {s.a, s.b}) {
      for (const auto& [point, position] : outline_->find(p)) cuts.push_back(position);
    }
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  auto cut = cuts.begin();
  const std::span<const GridPoint> points = outline_->points();
  for (const Outline::Chain& chain : outline_->chains()) {
    std::size_t first = chain.first;
    for (; cut != cuts.end() && *cut <= chain.last; ++cut) {
      if (*cut == chain.first || *cut == chain.last) continue;
      stretch_positions_.push_back(first);
      arcs_.push_back({points.subspan(first, *cut - first + 1), chain.count});
      first = *cut;
    }
    stretch_positions_.push_back(first);
    arcs_.push_back({points.subspan(first, chain.last - first + 1), chain.count});
  }
}

void Subdivision::add_arcs(std::span<const GridSegment> edges) {
  if (outline_ != nullptr) add_stretches(edges);
  const auto step_of_outline = [&](const GridSegment& s) -> std::optional<HalfEdge> {
    if (outline_ == nullptr) return std::nullopt;
    // Both ends are cuts, so the stretch that begins or ends at one of them is the step or no part of it.
    for (const auto& [point, position] : outline_->find(s.a)) {
      for (const std::size_t begin : {position, position - 1}) {
        const auto found = std::lower_bound(stretch_positions_.begin(), stretch_positions_.end(), begin);
        if (found == stretch_positions_.end() || *found != begin) continue;
        const auto arc = static_cast<std::size_t>(found - stretch_positions_.begin());
        const auto path = arcs_[arc].path;
        if (path.size() == 2 && path[0] == s.a && path[1] == s.b) return 2 * arc;
        if (path.size() == 2 && path[0] == s.b && path[1] == s.a) return 2 * arc + 1;
      }
    }
    return std::nullopt;
  };
  edge_points_.reserve(2 * edges.size());  // what paths refer to stays where it is
  for (const GridSegment& s : edges) {
    const auto known = step_of_outline(s);
    of_edge_.push_back(known.value_or(2 * arcs_.size()));
    if (known) continue;
    edge_points_.push_back(s.a);
    edge_points_.push_back(s.b);
    arcs_.push_back({std::span<const GridPoint>(edge_points_).last(2)});
  }
}

void Subdivision::number_nodes() {
  std::vector<GridPoint> nodes;
  for (const Arc& arc : arcs_) {
    nodes.push_back(arc.path.front());
    nodes.push_back(arc.path.back());
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  const auto number_of = [&](GridPoint p) {
    return static_cast<std::size_t>(std::lower_bound(nodes.begin(), nodes.end(), p) - nodes.begin());
  };
  for (const Arc& arc : arcs_) {
    node_of_.push_back(number_of(arc.path.front()));
    node_of_.push_back(number_of(arc.path.back()));
  }
  first_at_.assign(nodes.size() + 1, 0);
}

void Subdivision::sort_about_nodes() {
  about_ = std::vector<HalfEdge>(node_of_.size());
  for (HalfEdge h = 0; h < about_.size(); ++h) about_[h] = h;
  const auto first_step = [&](HalfEdge h) {
    const auto path = arcs_[h / 2].path;
    return h % 2 == 0 ? GridSegment{path[0], path[1]}
                      : GridSegment{path[path.size() - 1], path[path.size() - 2]};
  };
  std::sort(about_.begin(), about_.end(), [&](HalfEdge g, HalfEdge h) {
    return node_of_[g] != node_of_[h] ? node_of_[g] < node_of_[h]
                                      : is_before_in_angle(first_step(g), first_step(h));
  });
  place_of_.resize(about_.size());
  for (std::size_t i = 0; i < about_.size(); ++i) {
    place_of_[about_[i]] = i;
    ++first_at_[node_of_[about_[i]] + 1];
  }
  for (std::size_t node = 1; node < first_at_.size(); ++node) first_at_[node] += first_at_[node - 1];
}

void Subdivision::drop_dangling() {
  std::vector<std::size_t> degree(first_at_.size() - 1);
  std::vector<std::size_t> todo;
  for (std::size_t node = 0; node < degree.size(); ++node) {
    degree[node] = first_at_[node + 1] - first_at_[node];
    if (degree[node] == 1) todo.push_back(node);
  }
  while (!todo.empty()) {
    const std::size_t node = todo.back();
    todo.pop_back();
    for (std::size_t i = first_at_[node]; i < first_at_[node + 1]; ++i) {
      const HalfEdge h = about_[i];
      if (!bounds_[h / 2]) continue;
      bounds_[h / 2] = false;
      --degree[node];
      if (--degree[node_of_[h ^ 1]] == 1) todo.push_back(node_of_[h ^ 1]);
    }
  }
}

/// Clockwise next to the way back about the node where h ends: what bounds the same piece.
Subdivision::HalfEdge Subdivision::next(HalfEdge h, const std::vector<bool>& is_kept) const {
  const std::size_t node = node_of_[h ^ 1];
  std::size_t i = place_of_[h ^ 1];
  do {
    i = i == first_at_[node] ? first_at_[node + 1] - 1 : i - 1;
  } while (!is_kept[about_[i] / 2]);
  return about_[i];
}

/// An arc that one walk passes there and back has the same piece on both sides.
void Subdivision::drop_bridges() {
  std::vector<std::size_t> walk_of(node_of_.size(), 0);
  std::size_t walks = 0;
  for (HalfEdge h = 0; h < walk_of.size(); ++h) {
    if (!bounds_[h / 2] || walk_of[h] != 0) continue;
    ++walks;
    for (HalfEdge at = h; walk_of[at] == 0; at = next(at, bounds_)) walk_of[at] = walks;
  }
  for (std::size_t arc = 0; arc < arcs_.size(); ++arc)
    bounds_[arc] = bounds_[arc] && walk_of[2 * arc] != walk_of[2 * arc + 1];
}

Subdivision::Ring Subdivision::ring_of(std::vector<HalfEdge> walk) const {
  Ring ring{std::move(walk), {kGridMaxLon, kGridMaxLat}, {}, false};
  Int128 area = 0;
  for (const HalfEdge h : ring.walk) {
    each_step(arcs_[h / 2].path, h % 2 == 1, [&](GridPoint p, GridPoint q) {
      area += cross(p.x, p.y, q.x, q.y);
      if (ring.least < p) return;
      ring.least = p;
      ring.second = q;
    });
  }
  ring.is_shell = area > 0;
  return ring;
}

/// A walk that comes to a node again has closed a ring there. Rings of one walk cannot interlace, since the
/// piece beside it would cross itself; so they do not depend on where the walk begins.
std::vector<Subdivision::Ring> Subdivision::rings_of(std::span<const HalfEdge> walk,
                                                     std::vector<int>& depth_of_node) const {
  std::vector<Ring> rings;
  std::vector<HalfEdge> open;
  for (const HalfEdge h : walk) {
    depth_of_node[node_of_[h]] = static_cast<int>(open.size());
    open.push_back(h);
    const int depth = depth_of_node[node_of_[h ^ 1]];
    if (depth < 0) continue;
    const auto first = open.begin() + depth;
    for (auto at = first; at != open.end(); ++at) depth_of_node[node_of_[*at]] = -1;
    rings.push_back(ring_of({first, open.end()}));
    open.erase(first, open.end());
  }
  return rings;
}

std::vector<Subdivision::Cycle> Subdivision::find_cycles(const std::vector<bool>& is_kept) const {
  std::vector<Cycle> cycles;
  std::vector<bool> is_walked(node_of_.size(), false);
  std::vector<int> depth_of_node(first_at_.size() - 1, -1);
  for (HalfEdge h = 0; h < is_walked.size(); ++h) {
    if (!is_kept[h / 2] || is_walked[h]) continue;
    std::vector<HalfEdge> walk;
    for (HalfEdge at = h; !is_walked[at]; at = next(at, is_kept)) {
      is_walked[at] = true;
      walk.push_back(at);
    }
    cycles.push_back(rings_of(walk, depth_of_node));
  }
  return cycles;
}

/// The arc west of the point, in the direction that has what lies east of it on the left.
std::optional<Subdivision::HalfEdge> Subdivision::west_of(GridPoint point) const {
  std::optional<GridSegment> step;
  std::size_t arc = 0;
  if (const auto position = outline_ != nullptr ? outline_->west_of(point) : std::nullopt) {
    step = {outline_->points()[*position], outline_->points()[*position + 1]};
    arc = static_cast<std::size_t>(
        std::upper_bound(stretch_positions_.begin(), stretch_positions_.end(), *position) -
        stretch_positions_.begin() - 1);
  }
  if (const auto edge = edges_.west_of(point)) {
    if (!step || is_further_east(edges_.segments()[*edge], *step)) {
      step = edges_.segments()[*edge];
      arc = arc_of_indexed_[*edge];
    }
  }
  if (!step) return std::nullopt;
  return 2 * arc + (step->dy() > 0 ? 1 : 0);
}

void Subdivision::make_pieces(std::vector<Cycle> cycles) {
  const auto by_least = [](const Ring& p, const Ring& q) {
    return std::tie(p.least, p.second) < std::tie(q.least, q.second);
  };
  std::vector<std::size_t> cycle_of(node_of_.size(), cycles.size());
  std::vector<std::size_t> outer;  // walks about what hangs together, without a shell
  std::vector<int> piece_of_cycle(cycles.size(), kNone);
  for (std::size_t c = 0; c < cycles.size(); ++c) {
    std::sort(cycles[c].begin(), cycles[c].end(), [&](const Ring& p, const Ring& q) {
      return p.is_shell != q.is_shell ? p.is_shell : by_least(p, q);
    });
    for (const Ring& ring : cycles[c]) {
      for (const HalfEdge h : ring.walk) cycle_of[h] = c;
    }
    if (!cycles[c].front().is_shell) {
      outer.push_back(c);
      continue;
    }
    piece_of_cycle[c] = static_cast<int>(pieces_.size());
    pieces_.push_back(std::move(cycles[c]));
  }
  // What lies west of a walk's least point belongs to a walk whose least point is less.
  std::sort(outer.begin(), outer.end(),
            [&](std::size_t a, std::size_t b) { return by_least(cycles[a].front(), cycles[b].front()); });
  for (const std::size_t c : outer) {
    const auto beside = west_of(cycles[c].front().least);
    if (!beside) continue;
    piece_of_cycle[c] = piece_of_cycle[cycle_of[*beside]];
    if (piece_of_cycle[c] == kNone) continue;
    auto& rings = pieces_[static_cast<std::size_t>(piece_of_cycle[c])];
    std::move(cycles[c].begin(), cycles[c].end(), std::back_inserter(rings));
  }
  for (auto& rings : pieces_) std::sort(rings.begin() + 1, rings.end(), by_least);
  number_pieces(piece_of_cycle, cycle_of);
}

void Subdivision::number_pieces(const std::vector<int>& piece_of_cycle,
                                const std::vector<std::size_t>& cycle_of) {
  std::vector<std::size_t> order(pieces_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const Ring& p = pieces_[a].front();
    const Ring& q = pieces_[b].front();
    return std::tie(p.least, p.second) < std::tie(q.least, q.second);
  });
  std::vector<int> number(order.size());
  std::vector<std::vector<Ring>> sorted;
  for (const std::size_t i : order) {
    number[i] = static_cast<int>(sorted.size());
    sorted.push_back(std::move(pieces_[i]));
  }
  pieces_ = std::move(sorted);
  left_of_.assign(cycle_of.size(), kNone);
  for (HalfEdge h = 0; h < cycle_of.size(); ++h) {
    const int piece = cycle_of[h] < piece_of_cycle.size() ? piece_of_cycle[cycle_of[h]] : kNone;
    if (piece != kNone) left_of_[h] = number[static_cast<std::size_t>(piece)];
  }
}

std::optional<std::size_t> Subdivision::locate(GridPoint point) const {
  if (outline_ != nullptr && outline_->is_on_step(point)) return std::nullopt;
  for (const std::size_t i : edges_.find({point, point})) {
    if (is_on(edges_.segments()[i], point)) return std::nullopt;
  }
  const auto beside = west_of(point);
  if (!beside || left_of_[*beside] == kNone) return std::nullopt;
  return static_cast<std::size_t>(left_of_[*beside]);
}

std::vector<GridPoint> Subdivision::points_of(const Ring& ring) const {
  std::vector<GridPoint> points;
  for (const HalfEdge h : ring.walk)
    each_step(arcs_[h / 2].path, h % 2 == 1, [&](GridPoint p, GridPoint) { points.push_back(p); });
  std::rotate(points.begin(), std::find(points.begin(), points.end(), ring.least), points.end());
  points.push_back(points.front());
  return points;
}

GridPolygon Subdivision::polygon_of(std::span<const Ring> rings) const {
  GridPolygon polygon;
  polygon.reserve(rings.size());
  for (const Ring& ring : rings) polygon.push_back(points_of(ring));
  return polygon;
}

GridPolygon Subdivision::polygon(std::size_t piece) const {
  return polygon_of(pieces_[piece]);
}

std::vector<std::vector<GridPolygon>> Subdivision::join(std::span<const int> label_of_piece,
                                                        std::size_t labels) const {
  const auto label_left_of = [&](HalfEdge h) {
    return left_of_[h] == kNone ? -1 : label_of_piece[static_cast<std::size_t>(left_of_[h])];
  };
  // Ground that hangs together across arcs between pieces of one label is one polygon.
  boost::disjoint_sets_with_storage<> grounds(pieces_.size());
  std::vector<bool> is_kept(arcs_.size(), false);
  for (std::size_t arc = 0; arc < arcs_.size(); ++arc) {
    is_kept[arc] = label_left_of(2 * arc) != label_left_of(2 * arc + 1);
    const int left = left_of_[2 * arc];
    const int right = left_of_[2 * arc + 1];
    if (!is_kept[arc] && left != kNone && right != kNone)
      grounds.union_set(static_cast<std::size_t>(left), static_cast<std::size_t>(right));
  }
  std::map<std::size_t, std::vector<Ring>> rings_of_ground;
  for (Cycle& cycle : find_cycles(is_kept)) {
    const HalfEdge h = cycle.front().walk.front();
    if (label_left_of(h) < 0) continue;
    auto& rings = rings_of_ground[grounds.find_set(static_cast<std::size_t>(left_of_[h]))];
    std::move(cycle.begin(), cycle.end(), std::back_inserter(rings));
  }
  std::vector<std::vector<std::vector<Ring>>> joined_rings(labels);
  for (auto& [ground, rings] : rings_of_ground) {
    std::sort(rings.begin(), rings.end(), [](const Ring& p, const Ring& q) {
      return std::tuple(!p.is_shell, p.least, p.second) < std::tuple(!q.is_shell, q.least, q.second);
    });
    joined_rings[static_cast<std::size_t>(label_of_piece[ground])].push_back(std::move(rings));
  }
  std::vector<std::vector<GridPolygon>> joined(labels);
  for (std::size_t label = 0; label < labels; ++label) {
    for (const auto& rings : joined_rings[label]) joined[label].push_back(polygon_of(rings));
    std::sort(joined[label].begin(), joined[label].end());
  }
  return joined;
}

Int128 twice_area(std::span<const GridPoint> closed_ring) noexcept {
  Int128 sum = 0;
  for (std::size_t k = 0; k + 1 < closed_ring.size(); ++k) {
    const GridPoint p = closed_ring[k];
    const GridPoint q = closed_ring[k + 1];
    sum += cross(p.x, p.y, q.x, q.y);
  }
  return sum;
}

int winding_about(std::span<const GridSegment> chains, GridPoint point) noexcept {
  int winding = 0;
  for (const GridSegment& s : chains) {
    const bool starts_below = s.a.y <= point.y;
    const bool ends_below = s.b.y <= point.y;
    if (starts_below == ends_below) continue;
    const std::int64_t side = orientation(s.a, s.b, point);
    if (starts_below && side > 0) ++winding;
    if (ends_below && side < 0) --winding;
  }
  return winding;
}

int locate(const GridPolygon& polygon, GridPoint point) noexcept {
  int winding = 0;
  for (const auto& ring : polygon) {
    for (std::size_t k = 0; k + 1 < ring.size(); ++k) {
      const GridSegment step{ring[k], ring[k + 1]};
      if (is_on(step, point)) return 0;
      winding += winding_about({&step, 1}, point);
    }
  }
  return winding == 0 ? -1 : 1;
}

GridPoint to_grid_point(const Position& position) noexcept {
  return {static_cast<std::int32_t>(std::llround(position.lon * kGridUnitsPerDegree)),
          static_cast<std::int32_t>(std::llround(position.lat * kGridUnitsPerDegree))};
}

Position to_position(GridPoint point) noexcept {
  return {grid_to_degrees(point.x), grid_to_degrees(point.y)};
}

GeoLocation location_of(GridPoint point) noexcept {
  return {Lon{grid_to_degrees(point.x)}, Lat{grid_to_degrees(point.y)}};
}

std::string place_text(GridPoint point) {
  return fmt::format("({}, {})", grid_to_degrees(point.x), grid_to_degrees(point.y));
}

SquareMeters area_of(const GridPolygon& polygon) {
  static const EdgeArea kArea = EdgeArea::wgs84();
  AreaUnits sum = 0;
  for (const auto& ring : polygon) {
    for (std::size_t k = 0; k + 1 < ring.size(); ++k)
      sum += kArea({ring[k], ring[k + 1]}, ring[k], ring[k + 1]);
  }
  return to_square_meters(sum);
}

MultiPolygon to_area(std::span<const GridPolygon> polygons) {
  MultiPolygon area;
  for (const GridPolygon& rings : polygons) {
    Polygon& polygon = area.emplace_back();
    for (const auto& ring : rings) {
      Ring& out = polygon.emplace_back();
      for (const GridPoint p : ring) out.push_back(to_position(p));
    }
  }
  return area;
}

}  // namespace marchland::detail
