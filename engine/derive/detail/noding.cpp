#include <marchland/derive/detail/noding.h>

#include <boost/geometry.hpp>
#include <boost/geometry/index/rtree.hpp>

#include <algorithm>
#include <array>
#include <iterator>

namespace marchland::detail {
namespace {

namespace bg = boost::geometry;
// Grid units are whole numbers below 2^31, which doubles hold exactly.
using BoxCorner = bg::model::point<double, 2, bg::cs::cartesian>;
using Box = bg::model::box<BoxCorner>;
using Entry = std::pair<Box, std::size_t>;
using Tree = bg::index::rtree<Entry, bg::index::rstar<16>>;

Box box_of(const GridSegment& s) {
  const auto [west, east] = std::minmax(s.a.x, s.b.x);
  const auto [south, north] = std::minmax(s.a.y, s.b.y);
  return {BoxCorner(west, south), BoxCorner(east, north)};
}

Tree tree_of(std::span<const GridSegment> segments) {
  std::vector<Entry> entries;
  entries.reserve(segments.size());
  for (std::size_t i = 0; i < segments.size(); ++i) entries.emplace_back(box_of(segments[i]), i);
  return Tree(entries);
}

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

std::vector<GridPoint> find_nodes(std::span<const GridSegment> segments, const Tree& tree) {
  std::vector<GridPoint> nodes;
  std::vector<Entry> near;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    nodes.push_back(segments[i].a);
    nodes.push_back(segments[i].b);
    near.clear();
    tree.query(bg::index::intersects(box_of(segments[i])), std::back_inserter(near));
    for (const auto& [box, k] : near) {
      if (k > i && cross_properly(segments[i], segments[k]))
        nodes.push_back(rounded(crossing_point(segments[i], segments[k])));
    }
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

/// Squares that a segment passes come in the order of its x, those above one another in that of its y.
void sort_along(const GridSegment& s, GridPath& path) {
  const bool is_east = s.dx() >= 0;
  const bool is_north = s.dy() >= 0;
  std::sort(path.begin(), path.end(), [&](GridPoint p, GridPoint q) {
    if (p.x != q.x) return is_east ? p.x < q.x : p.x > q.x;
    return is_north ? p.y < q.y : p.y > q.y;
  });
}

}  // namespace

std::vector<GridPath> node_segments(std::span<const GridSegment> segments) {
  const Tree tree = tree_of(segments);
  std::vector<GridPath> paths(segments.size());
  std::vector<Entry> near;
  for (const GridPoint node : find_nodes(segments, tree)) {
    near.clear();
    const Box square(BoxCorner(node.x - 0.5, node.y - 0.5), BoxCorner(node.x + 0.5, node.y + 0.5));
    tree.query(bg::index::intersects(square), std::back_inserter(near));
    for (const auto& [box, i] : near) {
      if (passes(segments[i], node)) paths[i].push_back(node);
    }
  }
  for (std::size_t i = 0; i < segments.size(); ++i) sort_along(segments[i], paths[i]);
  return paths;
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
