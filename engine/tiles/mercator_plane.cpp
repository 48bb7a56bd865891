#include <marchland/analysis/edge_geometry.h>
#include <marchland/base/error.h>
#include <marchland/composite/coverage.h>
#include <marchland/tiles/mercator_plane.h>
#include <marchland/tiles/tile_scheme.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace marchland {
namespace {

/// The category of each face, where the lines of a plane carry winding numbers of categories. Every edge
/// takes one away and adds one, so the sum over all categories, nothing included, is 1 everywhere; where
/// chords have crossed one another some are above 1 and some below 0, on ground as narrow as rounding is: the
/// least that is positive has it.
std::vector<Category> categories_of(const Arrangement& plane, Category end) {
  const Windings windings(plane, {0, end});
  std::vector<Category> of_face(plane.face_count(), 0);
  for (FaceIndex f = 1; f < of_face.size(); ++f) {
    for (const WindingEvent& event : windings.events(0, windings.coverage(f, 0))) {
      if (event.change > 0) {
        of_face[f] = event.label;
        break;
      }
    }
  }
  return of_face;
}

/// Collects pieces of line with a category on each side.
class DivisionBuilder {
 public:
  void add(GridPoint a, GridPoint b, Category left, Category right) {
    if (a == b || left == right) return;
    if (left != 0) builder_.begin({a, b}, left, 0);
    if (right != 0) builder_.begin({b, a}, right, 0);
    end_ = std::max({end_, left + 1, right + 1});
  }
  [[nodiscard]] SegmentTable finish() { return builder_.finish(); }
  [[nodiscard]] Category end() const { return end_; }

 private:
  SegmentTableBuilder builder_;
  Category end_ = 1;
};

/// Points of the square along an edge, its ends included.
std::vector<GridPoint> chords(const Position& a, const Position& b, double chord_error) {
  const auto between = [&](double share) {
    return Position{a.lon + share * (b.lon - a.lon), a.lat + share * (b.lat - a.lat)};
  };
  // Beyond the sides of the square the edge runs along them.
  std::vector<double> cuts{0.0};
  for (const double side : {-kMercatorMaxLat, kMercatorMaxLat}) {
    if ((a.lat < side && side < b.lat) || (b.lat < side && side < a.lat))
      cuts.push_back((side - a.lat) / (b.lat - a.lat));
  }
  cuts.push_back(1.0);
  std::sort(cuts.begin(), cuts.end());
  std::vector<GridPoint> points;
  const auto add = [&](const Position& p) {
    const MercatorPosition at = to_mercator(p.lon, p.lat);
    points.push_back(
        {static_cast<std::int32_t>(std::lround(at.x)), static_cast<std::int32_t>(std::lround(at.y))});
  };
  add(a);
  for (std::size_t i = 1; i < cuts.size(); ++i) {
    const Position from = between(cuts[i - 1]);
    const Position to = i + 1 == cuts.size() ? b : between(cuts[i]);
    const bool is_beyond = std::abs(from.lat + to.lat) / 2 > kMercatorMaxLat;
    const int count = is_beyond ? 1 : chord_count(from, to, chord_error);
    for (int k = 1; k <= count; ++k) {
      const double share = static_cast<double>(k) / count;
      add(k == count
              ? to
              : Position{from.lon + share * (to.lon - from.lon), from.lat + share * (to.lat - from.lat)});
    }
  }
  return points;
}

/// The multiples of `step` plus `offset` strictly between two numbers whose whole parts are given; `rest`
/// says whether the greater has more than that.
template <class Call>
void for_each_between(std::int32_t low, std::int32_t high, bool rest, std::int64_t step, std::int64_t offset,
                      const Call& call) {
  std::int64_t k = static_cast<std::int64_t>(floor_div(low - offset, step)) + 1;
  for (std::int64_t c = k * step + offset; c < high || (c == high && rest); c += step)
    call(static_cast<std::int32_t>(c));
}

/// The points at which a stretch crosses the sides of tiles with their buffers, in order along it, without
/// its ends.
std::vector<ExactPoint> cuts_of(const Stretch& stretch, std::int64_t tile, std::int64_t buffer) {
  std::vector<ExactPoint> cuts;
  const GridSegment& s = stretch.line;
  const ExactPoint& p = stretch.from;
  const ExactPoint& q = stretch.to;
  const auto divide = [](Int128 number, std::int64_t by) {
    const Int128 whole = floor_div(number, by);
    return std::pair(static_cast<std::int64_t>(whole), static_cast<std::uint64_t>(number - whole * by));
  };
  for (const std::int64_t side : {-buffer, buffer}) {
    const std::int64_t offset = side - kMercatorHalf;
    for_each_between(p.x, q.x, q.rx != 0, tile, offset, [&](std::int32_t x) {
      const auto [whole, rest] = divide(static_cast<Int128>(std::int64_t{x} - s.a.x) * s.dy(), s.dx());
      cuts.emplace_back(x, static_cast<std::int32_t>(s.a.y + whole), 0U, rest,
                        static_cast<std::uint64_t>(s.dx()));
    });
    const bool rises = s.dy() >= 0;
    const ExactPoint& low = rises ? p : q;
    const ExactPoint& high = rises ? q : p;
    const std::int64_t height = rises ? s.dy() : -s.dy();
    for_each_between(low.y, high.y, high.ry != 0, tile, offset, [&](std::int32_t y) {
      const std::int64_t up = rises ? std::int64_t{y} - s.a.y : std::int64_t{s.a.y} - y;
      const auto [whole, rest] = divide(static_cast<Int128>(up) * s.dx(), height);
      cuts.emplace_back(static_cast<std::int32_t>(s.a.x + whole), y, rest, 0U,
                        static_cast<std::uint64_t>(height));
    });
  }
  std::sort(cuts.begin(), cuts.end(),
            [](const ExactPoint& a, const ExactPoint& b) { return compare_xy(a, b) < 0; });
  cuts.erase(std::unique(cuts.begin(), cuts.end(),
                         [](const ExactPoint& a, const ExactPoint& b) { return compare_xy(a, b) == 0; }),
             cuts.end());
  return cuts;
}

}  // namespace

int chord_count(const Position& a, const Position& b, double chord_error) {
  // With phi linear along the edge only y bends, by at most dphi^2 / 8 of its second derivative,
  // sec phi tan phi, which grows with |phi|.
  constexpr double kDegree = std::numbers::pi / 180.0;
  const double dphi = (b.lat - a.lat) * kDegree;
  if (dphi == 0.0 || a.lon == b.lon) return 1;  // straight there too
  const double phi = std::max(std::abs(a.lat), std::abs(b.lat)) * kDegree;
  const double cosine = std::cos(phi);
  const double bend = std::sin(phi) / (cosine * cosine) * kMercatorHalf / std::numbers::pi;
  return std::max(1, static_cast<int>(std::ceil(std::sqrt(dphi * dphi / 8.0 * bend / chord_error))));
}

MercatorPlane carry_to_mercator(const Composite& composite, const std::vector<Category>& faces,
                                double chord_error) {
  const Arrangement& source = composite.plane();
  if (faces.size() != source.face_count() || faces[kUnboundedFace] != 0)
    throw InvalidArgument("tiles: expected a category for every face, 0 for the unbounded one");
  if (!(chord_error > 0)) throw InvalidArgument("tiles: the error of chords must be positive");
  DivisionBuilder builder;
  for (EdgeIndex e = 0; e < source.edges().size(); ++e) {
    // y runs south: what is left in longitude and latitude is right here.
    const Category right = faces[source.face(2 * e)];
    const Category left = faces[source.face(2 * e + 1)];
    if (left == right) continue;
    const std::vector<GridPoint> points = chords(position_of(source, source.edges()[e].u),
                                                 position_of(source, source.edges()[e].v), chord_error);
    for (std::size_t i = 1; i < points.size(); ++i) builder.add(points[i - 1], points[i], left, right);
  }
  const Arrangement plane(builder.finish());
  MercatorPlane out;
  out.of_face = categories_of(plane, builder.end());
  std::vector<bool> divides(plane.edges().size());
  for (EdgeIndex e = 0; e < divides.size(); ++e)
    divides[e] = out.of_face[plane.face(2 * e)] != out.of_face[plane.face(2 * e + 1)];
  out.stretches = boundary_stretches(plane, divides);
  return out;
}

std::vector<TileEdge> lines_at_zoom(const MercatorPlane& plane, int zoom, std::int32_t buffer) {
  const std::int32_t unit = tile_unit(zoom);
  const std::int64_t tile = std::int64_t{kTileExtent} * unit;
  std::vector<Stretch> pieces;
  pieces.reserve(plane.stretches.size());
  for (const Stretch& stretch : plane.stretches) {
    Stretch piece = stretch;
    for (const ExactPoint& cut : cuts_of(stretch, tile, std::int64_t{buffer} * unit)) {
      piece.to = cut;
      pieces.push_back(piece);
      piece.from = cut;
    }
    piece.to = stretch.to;
    pieces.push_back(piece);
  }
  DivisionBuilder builder;
  for (const BentLine& line : snap_round(pieces, unit)) {
    for (std::size_t i = 1; i < line.vertices.size(); ++i) {
      const GridPoint a = line.vertices[i - 1];
      const GridPoint b = line.vertices[i];
      builder.add({a.x / unit, a.y / unit}, {b.x / unit, b.y / unit}, plane.of_face[line.left],
                  plane.of_face[line.right]);
    }
  }
  const Arrangement rounded(builder.finish());
  if (rounded.crossing_pairs() != 0)
    throw std::logic_error("internal invariant broken: snap rounding left segments that cross");
  const std::vector<Category> of_face = categories_of(rounded, builder.end());
  std::vector<TileEdge> edges;
  edges.reserve(rounded.edges().size());
  for (EdgeIndex e = 0; e < rounded.edges().size(); ++e) {
    const Edge& edge = rounded.edges()[e];
    const Category left = of_face[rounded.face(2 * e)];
    const Category right = of_face[rounded.face(2 * e + 1)];
    if (left == right) continue;
    edges.push_back({rounded.table().vertices[edge.u], rounded.table().vertices[edge.v], left, right});
  }
  return edges;
}

}  // namespace marchland
