#include <marchland/derive/detail/noding.h>

#include <algorithm>

namespace marchland::detail {
namespace {

bool cross_properly(const GridSegment& s, const GridSegment& t) {
  const auto differ = [](std::int64_t p, std::int64_t q) { return (p < 0 && q > 0) || (p > 0 && q < 0); };
  return differ(orientation(s.a, s.b, t.a), orientation(s.a, s.b, t.b)) &&
         differ(orientation(t.a, t.b, s.a), orientation(t.a, t.b, s.b));
}

/// The nearest grid point; halves go east and north, as the unit squares below are closed west and south.
GridPoint rounded(const ExactPoint& p) {
  const auto up = [&](std::uint64_t rest) { return rest >= p.den - rest ? 1 : 0; };
  return {p.x + up(p.rx), p.y + up(p.ry)};
}

void add_crossings(const GridSegment& s, const std::vector<GridSegment>& others,
                   std::span<const std::size_t> near, std::vector<GridPoint>& nodes) {
  for (const std::size_t k : near) {
    if (cross_properly(s, others[k])) nodes.push_back(rounded(crossing_point(s, others[k])));
  }
}

/// Ends and crossings of segments, and where they cross those of the ground.
std::vector<GridPoint> find_nodes(const SegmentIndex& index, const SegmentIndex* ground) {
  std::vector<GridPoint> nodes;
  std::vector<std::size_t> near;
  for (std::size_t i = 0; i < index.segments().size(); ++i) {
    const GridSegment& s = index.segments()[i];
    nodes.push_back(s.a);
    nodes.push_back(s.b);
    index.find(box_of(s), near);
    const auto later = std::upper_bound(near.begin(), near.end(), i);
    add_crossings(s, index.segments(), {later, near.end()}, nodes);
    if (ground == nullptr) continue;
    ground->find(box_of(s), near);
    add_crossings(s, ground->segments(), near, nodes);
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

std::vector<GridPath> node_index(const SegmentIndex& index) {
  std::vector<GridPath> paths(index.segments().size());
  std::vector<std::size_t> near;
  for (const GridPoint node : find_nodes(index, nullptr)) {
    index.find({node, node}, near);
    for (const std::size_t i : near) {
      if (passes(index.segments()[i], node)) paths[i].push_back(node);
    }
  }
  for (std::size_t i = 0; i < paths.size(); ++i) sort_along(index.segments()[i], paths[i]);
  return paths;
}

}  // namespace

std::vector<GridPath> node_segments(std::span<const GridSegment> segments) {
  return node_index(SegmentIndex({segments.begin(), segments.end()}));
}

Noding::Noding(const SegmentIndex& ground) : ground_(ground), paths_(node_index(ground)) {}

Noding::Joined Noding::join(std::vector<GridSegment> others) const {
  const SegmentIndex index(std::move(others));
  Joined joined;
  joined.paths.resize(index.segments().size());
  std::vector<std::size_t> near;
  for (const GridPoint node : find_nodes(index, &ground_)) {
    index.find({node, node}, near);
    for (const std::size_t i : near) {
      if (passes(index.segments()[i], node)) joined.paths[i].push_back(node);
    }
    ground_.find({node, node}, near);
    for (const std::size_t i : near) {
      if (passes(ground_.segments()[i], node)) joined.meetings.push_back({i, node});
    }
  }
  for (std::size_t i = 0; i < joined.paths.size(); ++i) {
    const GridSegment& s = index.segments()[i];
    // A node of the ground is one of a path there, whose segment's box holds it, as that of `s` must.
    ground_.find(box_of(s), near);
    for (const std::size_t k : near) {
      for (const GridPoint node : paths_[k]) {
        if (passes(s, node)) joined.paths[i].push_back(node);
      }
    }
    sort_along(s, joined.paths[i]);
  }
  return joined;
}

void sort_along(const GridSegment& s, GridPath& path) {
  // Squares that a segment passes come in the order of its x, those above one another in that of its y.
  const bool is_east = s.dx() >= 0;
  const bool is_north = s.dy() >= 0;
  std::sort(path.begin(), path.end(), [&](GridPoint p, GridPoint q) {
    if (p.x != q.x) return is_east ? p.x < q.x : p.x > q.x;
    return is_north ? p.y < q.y : p.y > q.y;
  });
  path.erase(std::unique(path.begin(), path.end()), path.end());
}

// The square has its west and south sides but not the others, so every point of the plane belongs to one. In
// halves of a grid unit all is whole: sides are odd, ends of segments even, so that no end lies on a side.
bool passes(const GridSegment& s, GridPoint node) noexcept {
  const auto [west, east] = std::minmax(s.a.x, s.b.x);
  const auto [south, north] = std::minmax(s.a.y, s.b.y);
  if (east < node.x || west > node.x || north < node.y || south > node.y) return false;
  const std::int64_t ox = 2 * (std::int64_t{node.x} - s.a.x);
  const std::int64_t oy = 2 * (std::int64_t{node.y} - s.a.y);
  const auto side_of = [&](int dx, int dy) { return sign(cross(s.dx(), s.dy(), ox + dx, oy + dy)); };
  const int south_west = side_of(-1, -1);
  const int south_east = side_of(1, -1);
  const int north_west = side_of(-1, 1);
  const int north_east = side_of(1, 1);
  const auto [least, most] = std::minmax({south_west, south_east, north_west, north_east});
  if (least < 0 && most > 0) return true;
  // The line touches a corner or runs along a side; the corner in the south-west is the only one that
  // belongs.
  return south_west == 0;
}

bool is_on(const GridSegment& segment, GridPoint point) noexcept {
  const auto [west, east] = std::minmax(segment.a.x, segment.b.x);
  const auto [south, north] = std::minmax(segment.a.y, segment.b.y);
  return point.x >= west && point.x <= east && point.y >= south && point.y <= north &&
         orientation(segment.a, segment.b, point) == 0;
}

}  // namespace marchland::detail
