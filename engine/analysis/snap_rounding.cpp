#include <marchland/analysis/snap_rounding.h>
#include <marchland/base/error.h>

#include <boost/geometry.hpp>
#include <boost/geometry/geometries/point_xy.hpp>
#include <boost/geometry/index/rtree.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace marchland {
namespace {

namespace bg = boost::geometry;

/// Output positions are the multiples of `size` grid units; a pixel is the half-open square about one,
/// [c - size/2, c + size/2).
class PixelGrid {
 public:
  explicit PixelGrid(std::int64_t size) : size_(size) {
    if (size < 1) throw InvalidArgument(fmt::format("a pixel of {} grid units; expected 1 or more", size));
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

  std::int64_t size_;
};

/// Bends every stretch through the pixels it passes.
class SnapRounder {
 public:
  SnapRounder(const std::vector<Stretch>& stretches, const PixelGrid& grid) : grid_(grid) {
    std::vector<GridPoint> centres;
    for (const Stretch& stretch : stretches) {
      centres.push_back(grid_.round(stretch.from));
      centres.push_back(grid_.round(stretch.to));
    }
    std::sort(centres.begin(), centres.end());
    centres.erase(std::unique(centres.begin(), centres.end()), centres.end());
    std::vector<RtreePoint> points;
    points.reserve(centres.size());
    for (const GridPoint c : centres) points.emplace_back(c.x, c.y);
    pixels_ = Rtree(points);
  }

  /// Output vertices from its first point to its last.
  [[nodiscard]] std::vector<GridPoint> bend(const Stretch& stretch) const {
    const ExactPoint& p = stretch.from;
    const ExactPoint& q = stretch.to;
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
      if (c != first && c != last && grid_.passes(stretch.line, p, q, c)) hits.push_back(c);
    }
    const auto along = [&](GridPoint c) {
      return static_cast<Int128>(c.x) * stretch.line.dx() + static_cast<Int128>(c.y) * stretch.line.dy();
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

  const PixelGrid& grid_;
  Rtree pixels_;
};

}  // namespace

std::vector<Stretch> boundary_stretches(const Arrangement& plane, const std::vector<bool>& is_boundary) {
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
  std::vector<Stretch> out;
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
    out.push_back({plane.line_of(e), plane.point(plane.origin(Arrangement::twin(back))),
                   plane.point(plane.origin(Arrangement::twin(ahead))), plane.face(2 * e),
                   plane.face(2 * e + 1)});
  }
  return out;
}

std::vector<BentLine> snap_round(const std::vector<Stretch>& stretches, std::int64_t pixel) {
  const PixelGrid grid(pixel);
  const SnapRounder rounder(stretches, grid);
  std::vector<BentLine> bent;
  bent.reserve(stretches.size());
  for (const Stretch& stretch : stretches)
    bent.push_back({rounder.bend(stretch), stretch.left, stretch.right});
  return bent;
}

}  // namespace marchland
