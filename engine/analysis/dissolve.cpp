#include <marchland/analysis/dissolve.h>
#include <marchland/base/error.h>

#include <boost/geometry.hpp>
#include <boost/geometry/geometries/point_xy.hpp>
#include <boost/geometry/index/rtree.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

namespace marchland {
namespace {

namespace bg = boost::geometry;

/// Output positions are the multiples of `size` grid units; a pixel is the half-open square about one,
/// [c - size/2, c + size/2).
class PixelGrid {
 public:
  explicit PixelGrid(int decimals) {
    if (decimals < 0 || decimals > 7) {
      throw InvalidArgument(fmt::format("{} decimals of a degree; expected 0 to 7", decimals));
    }
    for (int i = decimals; i < 7; ++i) size_ *= 10;
  }
  [[nodiscard]] std::int64_t size() const { return size_; }

  [[nodiscard]] GridPoint round(const ExactPoint& p) const {
    return {round(p.x, p.rx, p.den), round(p.y, p.ry, p.den)};
  }

  /// Whether the part of the line s between p and q has a point in the pixel about c. p is lexicographically
  /// before q, as s.a is before s.b, and neither rounds to c. All comparisons in doubled coordinates, so that
  /// corners are integers.
  [[nodiscard]] bool passes(const GridSegment& s, const ExactPoint& p, const ExactPoint& q,
                            GridPoint c) const {
    const std::int64_t west = 2 * std::int64_t{c.x} - size_;
    const std::int64_t east = 2 * std::int64_t{c.x} + size_;
    const std::int64_t south = 2 * std::int64_t{c.y} - size_;
    const std::int64_t north = 2 * std::int64_t{c.y} + size_;
    // The line meets the pixel in one stretch, with neither end in it. Where that stretch lies before p or
    // after q, p or q is already past a side of the pixel, because the line is monotonous in x and in y.
    const ExactPoint& low = compare_y(p, q) <= 0 ? p : q;
    const ExactPoint& high = compare_y(p, q) <= 0 ? q : p;
    if (compare_doubled(p.x, p.rx, p.den, east) >= 0 || compare_doubled(q.x, q.rx, q.den, west) < 0 ||
        compare_doubled(low.y, low.ry, low.den, north) >= 0 ||
        compare_doubled(high.y, high.ry, high.den, south) < 0) {
      return false;
    }
    const auto side_of = [&](std::int64_t x2, std::int64_t y2) {
      return sign(cross(s.dx(), s.dy(), x2 - 2 * std::int64_t{s.a.x}, y2 - 2 * std::int64_t{s.a.y}));
    };
    const int sw = side_of(west, south);
    // The west and south sides belong to the pixel, with the corner between them and no other.
    if (sw == 0) return true;
    const int se = side_of(east, south);
    const int nw = side_of(west, north);
    const int ne = side_of(east, north);
    return std::min({sw, se, nw, ne}) < 0 && std::max({sw, se, nw, ne}) > 0;
  }

 private:
  [[nodiscard]] std::int32_t round(std::int32_t whole, std::uint64_t rest, std::uint64_t den) const {
    // floor(v / size + 1/2), with v = whole + rest/den
    const Int128 num = (static_cast<Int128>(whole) * 2 + size_);
    const std::int64_t twice = 2 * size_;
    // whole part first; the fraction can only matter where the remainder is the last before the next pixel
    const Int128 q = floor_div(num, twice);
    const Int128 remainder = num - q * twice;
    const bool carries = (remainder == twice - 1) && static_cast<Uint128>(rest) * 2 >= den;
    return static_cast<std::int32_t>((q + (carries ? 1 : 0)) * size_);
  }

  /// Sign of 2 * (whole + rest/den) - doubled.
  static int compare_doubled(std::int32_t whole, std::uint64_t rest, std::uint64_t den,
                             std::int64_t doubled) {
    const Int128 difference =
        static_cast<Int128>(2 * std::int64_t{whole} - doubled) * den + static_cast<Int128>(rest) * 2;
    return sign(difference);
  }

  std::int64_t size_ = 1;
};

/// A stretch of boundary along one line: sub-edges of it joined across nodes where nothing turns off, so that
/// all of them have the same two sides whichever categories are asked for.
struct Boundary {
  GridSegment line;
  NodeIndex from;  ///< lexicographically first
  NodeIndex to;
  FaceIndex left;  ///< seen from `from` to `to`; of one of the sub-edges
  FaceIndex right;
};

std::vector<Boundary> boundaries(const Arrangement& plane, const std::vector<bool>& is_boundary) {
  // A crossing that only two collinear pieces of boundary meet at is no vertex of the result.
  const auto continues = [&](HalfEdgeIndex arriving) -> HalfEdgeIndex {
    const NodeIndex node = plane.origin(Arrangement::twin(arriving));
    if (node < plane.table().vertices.size()) return arriving;
    HalfEdgeIndex other = arriving;
    for (const HalfEdgeIndex h : plane.outgoing(node)) {
      if (h == Arrangement::twin(arriving) || !is_boundary[Arrangement::edge_of(h)]) continue;
      if (other != arriving) return arriving;
      other = h;
    }
    if (other == arriving || compare_angle(plane.direction(other), plane.direction(arriving)) != 0)
      return arriving;
    return other;
  };
  std::vector<Boundary> out;
  std::vector<bool> done(plane.edges().size(), false);
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    if (done[e] || !is_boundary[e]) continue;
    HalfEdgeIndex back = 2 * e + 1;
    for (HalfEdgeIndex h = continues(back); h != back; h = continues(back)) {
      back = h;
      done[Arrangement::edge_of(back)] = true;
    }
    HalfEdgeIndex ahead = 2 * e;
    done[e] = true;
    for (HalfEdgeIndex h = continues(ahead); h != ahead; h = continues(ahead)) {
      ahead = h;
      done[Arrangement::edge_of(ahead)] = true;
    }
    out.push_back({plane.line_of(e), plane.origin(Arrangement::twin(back)),
                   plane.origin(Arrangement::twin(ahead)), plane.face(2 * e), plane.face(2 * e + 1)});
  }
  return out;
}

/// Bends every boundary through the pixels it passes.
class SnapRounder {
 public:
  SnapRounder(const Arrangement& plane, const std::vector<Boundary>& lines, const PixelGrid& grid)
      : plane_(plane), grid_(grid) {
    std::vector<GridPoint> centres;
    for (const Boundary& line : lines) {
      centres.push_back(grid_.round(plane_.point(line.from)));
      centres.push_back(grid_.round(plane_.point(line.to)));
    }
    std::sort(centres.begin(), centres.end());
    centres.erase(std::unique(centres.begin(), centres.end()), centres.end());
    std::vector<RtreePoint> points;
    points.reserve(centres.size());
    for (const GridPoint c : centres) points.emplace_back(c.x, c.y);
    pixels_ = Rtree(points);
  }

  /// Output vertices from line.from to line.to.
  [[nodiscard]] std::vector<GridPoint> bend(const Boundary& line) const {
    const ExactPoint p = plane_.point(line.from);
    const ExactPoint q = plane_.point(line.to);
    const GridPoint first = grid_.round(p);
    const GridPoint last = grid_.round(q);
    const auto reach = static_cast<double>(grid_.size());
    const auto span = [&](std::int32_t a, std::int32_t b) {
      return std::pair(std::min(a, b) - reach, std::max(a, b) + 1 + reach);
    };
    const auto [x0, x1] = span(p.x, q.x);
    const auto [y0, y1] = span(p.y, q.y);
    std::vector<GridPoint> hits;
    for (auto it = pixels_.qbegin(bg::index::intersects(bg::model::box<RtreePoint>({x0, y0}, {x1, y1})));
         it != pixels_.qend(); ++it) {
      const GridPoint c{static_cast<std::int32_t>(it->x()), static_cast<std::int32_t>(it->y())};
      if (c != first && c != last && grid_.passes(line.line, p, q, c)) hits.push_back(c);
    }
    const auto along = [&](GridPoint c) {
      return static_cast<Int128>(c.x) * line.line.dx() + static_cast<Int128>(c.y) * line.line.dy();
    };
    std::sort(hits.begin(), hits.end(), [&](GridPoint a, GridPoint b) {
      const Int128 da = along(a);
      const Int128 db = along(b);
      return da != db ? da < db : a < b;
    });
    hits.insert(hits.begin(), first);
    hits.push_back(last);
    hits.erase(std::unique(hits.begin(), hits.end()), hits.end());
    return hits;
  }

 private:
  using RtreePoint = bg::model::d2::point_xy<double>;
  using Rtree = bg::index::rtree<RtreePoint, bg::index::linear<16>>;

  const Arrangement& plane_;
  const PixelGrid& grid_;
  Rtree pixels_;
};

/// Simple closed rings of one loop: it is cut wherever it comes back to a node.
std::vector<std::vector<GridPoint>> simple_rings(const Arrangement& plane, HalfEdgeIndex start) {
  std::vector<std::vector<GridPoint>> rings;
  std::vector<NodeIndex> path;
  std::unordered_map<NodeIndex, std::size_t> position;
  HalfEdgeIndex h = start;
  do {
    const NodeIndex node = plane.origin(h);
    const auto [seen, is_new] = position.try_emplace(node, path.size());
    if (!is_new) {
      const std::size_t begin = seen->second;
      std::vector<GridPoint> ring;
      for (std::size_t i = begin; i < path.size(); ++i) {
        ring.push_back(plane.table().vertices[path[i]]);
        if (i > begin) position.erase(path[i]);
      }
      rings.push_back(std::move(ring));
      path.resize(begin);
    }
    position[node] = path.size();
    path.push_back(node);
    h = plane.next(h);
  } while (h != start);
  std::vector<GridPoint> ring;
  for (const NodeIndex node : path) ring.push_back(plane.table().vertices[node]);
  rings.push_back(std::move(ring));
  return rings;
}

Int128 twice_area(const std::vector<GridPoint>& ring) {
  Int128 sum = 0;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const GridPoint a = ring[i];
    const GridPoint b = ring[(i + 1) % ring.size()];
    sum += cross(a.x, a.y, b.x, b.y);
  }
  return sum;
}

Ring to_ring(std::vector<GridPoint> points) {
  std::rotate(points.begin(), std::min_element(points.begin(), points.end()), points.end());
  Ring ring;
  ring.reserve(points.size() + 1);
  for (const GridPoint p : points) ring.push_back({grid_to_degrees(p.x), grid_to_degrees(p.y)});
  ring.push_back(ring.front());
  return ring;
}

}  // namespace

Dissolver::Dissolver(const Composite& composite, const std::vector<bool>& boundary_edges,
                     const DissolveOptions& options)
    : composite_(&composite) {
  const Arrangement& plane = composite.plane();
  const PixelGrid grid(options.decimals);
  const std::vector<Boundary> lines = boundaries(plane, boundary_edges);
  const SnapRounder rounder(plane, lines, grid);
  bent_.reserve(lines.size());
  for (const Boundary& line : lines) bent_.push_back({rounder.bend(line), line.left, line.right});
}

std::vector<Dissolved> Dissolver::operator()(const std::vector<Category>& faces) const {
  if (faces.size() != composite_->plane().face_count() || faces[kUnboundedFace] != 0) {
    throw InvalidArgument("dissolve: expected a category for every face, 0 for the unbounded one");
  }
  const Category last = *std::max_element(faces.begin(), faces.end());
  std::vector<Dissolved> by_category(last + 1);
  for (FaceIndex f = 0; f < faces.size(); ++f) {
    Dissolved& entry = by_category[faces[f]];
    entry.category = faces[f];
    entry.exact += composite_->areas()[f];
  }
  SegmentTableBuilder builder;
  for (const BentLine& line : bent_) {
    const Category left = faces[line.left];
    const Category right = faces[line.right];
    if (left == right) continue;
    QuantisedRing chain;
    for (std::size_t i = 1; i < line.vertices.size(); ++i)
      chain.links.push_back({{line.vertices[i - 1], line.vertices[i]}});
    if (left != 0) builder.add(chain, left, 0, 1, +1);
    if (right != 0) builder.add(chain, right, 0, 1, -1);
  }
  const Arrangement rounded(builder.finish());
  if (rounded.crossing_pairs() != 0) {
    throw std::logic_error("internal invariant broken: snap rounding left segments that cross");
  }
  const Windings windings(rounded, {0, last + 1});

  // Each face of the rounded arrangement has one category at most, and is one polygon.
  std::vector<Category> category_of(rounded.face_count(), 0);
  for (FaceIndex f = 1; f < rounded.face_count(); ++f) {
    for (const WindingEvent& e : windings.events(0, windings.coverage(f, 0))) {
      if (e.time == 0 && e.change > 0) category_of[f] = e.label;
    }
  }
  const EdgeArea edge_area = EdgeArea::wgs84();
  std::vector<Polygon> polygons(rounded.face_count());
  std::vector<bool> traced(rounded.loop_count(), false);
  for (HalfEdgeIndex h = 0; h < rounded.edges().size() * 2; ++h) {
    const FaceIndex face = rounded.face(h);
    const Category category = category_of[face];
    if (category == 0) continue;
    const GridSegment& s = rounded.line_of(Arrangement::edge_of(h));
    by_category[category].rounded += (h & 1U) == 0 ? edge_area(s, s.a, s.b) : -edge_area(s, s.a, s.b);
    if (traced[rounded.loop(h)]) continue;
    traced[rounded.loop(h)] = true;
    for (auto& ring : simple_rings(rounded, h)) {
      const bool is_shell = twice_area(ring) > 0;
      Polygon& polygon = polygons[face];
      polygon.insert(is_shell ? polygon.begin() : polygon.end(), to_ring(std::move(ring)));
    }
  }
  for (FaceIndex f = 1; f < rounded.face_count(); ++f) {
    if (polygons[f].empty()) continue;
    std::sort(polygons[f].begin() + 1, polygons[f].end());
    by_category[category_of[f]].area.push_back(std::move(polygons[f]));
  }
  std::vector<Dissolved> out;
  for (Dissolved& entry : by_category) {
    // Category 0 is nothing; others that do not occur have none.
    if (entry.category == 0) continue;
    std::sort(entry.area.begin(), entry.area.end());
    out.push_back(std::move(entry));
  }
  return out;
}

std::vector<Dissolved> dissolve(const Composite& composite, const std::vector<Category>& faces,
                                const DissolveOptions& options) {
  const Arrangement& plane = composite.plane();
  if (faces.size() != plane.face_count())
    throw InvalidArgument("dissolve: expected a category for every face");
  std::vector<bool> lines(plane.edges().size());
  for (EdgeIndex e = 0; e < lines.size(); ++e)
    lines[e] = faces[plane.face(2 * e)] != faces[plane.face(2 * e + 1)];
  return Dissolver(composite, lines, options)(faces);
}

}  // namespace marchland
