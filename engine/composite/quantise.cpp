#include <marchland/composite/quantise.h>
#include <marchland/measure/edge_area.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace marchland {
namespace {

constexpr std::int64_t kHalfTurn = kGridMaxLon;
constexpr std::int64_t kFullTurn = 2 * kHalfTurn;

/// Grid vertex whose longitude may leave the box.
struct Unrolled {
  std::int64_t x;
  std::int32_t y;
  friend bool operator==(const Unrolled&, const Unrolled&) = default;
};

std::int64_t floor_div64(std::int64_t n, std::int64_t d) {
  return static_cast<std::int64_t>(floor_div(n, d));
}

/// The ring with every step the short way, or as written; last vertex repeats the first, displaced by the sum
/// of the steps.
std::vector<Unrolled> unroll(std::span<const Position> ring, bool is_literal) {
  std::vector<Unrolled> out;
  out.reserve(ring.size());
  std::int64_t last_raw = 0;
  for (const Position& position : ring) {
    const std::int64_t raw = to_grid(position.lon);
    const auto y = static_cast<std::int32_t>(to_grid(position.lat));
    if (out.empty()) {
      out.push_back({raw, y});
    } else {
      std::int64_t step = raw - last_raw;
      if (!is_literal && std::abs(step) > kHalfTurn && std::abs(step) != kFullTurn) {
        step -= kFullTurn * floor_div64(step + kHalfTurn, kFullTurn);
        // floor sends a remainder of exactly half a turn to -180; keep the direction that was written
        if (step == -kHalfTurn && raw > last_raw) step = kHalfTurn;
      }
      const Unrolled next{out.back().x + step, y};
      if (next != out.back()) out.push_back(next);
    }
    last_raw = raw;
  }
  return out;
}

/// Collects links of one ring, strip by strip of 360 degrees, and what is left open on the strips' sides.
class ChainBuilder {
 public:
  explicit ChainBuilder(QuantisedRing& out) : out_(out) {}

  void add_edge(const Unrolled& p, const Unrolled& q) {
    // Pieces between the meridians 180 + 360k that the edge crosses.
    const bool eastward = q.x > p.x;
    Unrolled here = p;
    const bool crosses = strip_of(p.x, !eastward) != strip_of(q.x, eastward) && p.x != q.x;
    std::uint32_t parent = ChainLink::kNoParent;
    if (crosses) {
      parent = static_cast<std::uint32_t>(out_.cut_parents.size());
      out_.cut_parents.push_back(cut_parent(p, q));
    }
    while (here.x != q.x) {
      const std::int64_t strip = strip_of(here.x, !eastward);
      const std::int64_t border = kHalfTurn + kFullTurn * (eastward ? strip : strip - 1);
      const bool ends_here = eastward ? q.x <= border : q.x >= border;
      const Unrolled next = ends_here ? q : Unrolled{border, latitude_at(p, q, border)};
      add_piece(here, next, strip, parent);
      here = next;
    }
    if (p.x == q.x) add_vertical(p, q);
  }

  /// Closes the sides of every strip and, where the ring holds a pole, the top or bottom of the box.
  void close(int turns, PoleSide side) {
    close_side(kGridMaxLon, ends_east_);
    close_side(-kGridMaxLon, ends_west_);
    if (turns == 0) return;
    // With the sides closed from the south pole up, the winding is 0 in the south and `turns` in the north,
    // and the top edge closes the chain. Taking `turns` away everywhere gives the other side.
    out_.encloses_pole = true;
    add_box_edge(kGridMaxLat, turns);
    const bool want_north = side == PoleSide::smaller ? northern_is_smaller(turns) : side == PoleSide::north;
    if (!want_north) add_frame(-turns);
  }

 private:
  static CutParent cut_parent(const Unrolled& p, const Unrolled& q) {
    const auto& [west, east] =
        std::minmax(p, q, [](const Unrolled& a, const Unrolled& b) { return a.x < b.x; });
    const std::int64_t shift = strip_of(west.x, false) * kFullTurn;
    const auto position = [&](const Unrolled& v) {
      return Position{static_cast<double>(v.x - shift) / kGridUnitsPerDegree, grid_to_degrees(v.y)};
    };
    return {position(west), position(east)};
  }

  /// Strip k spans -180+360k .. 180+360k. On a border, the one to the west if `from_west`.
  static std::int64_t strip_of(std::int64_t x, bool from_west) {
    return from_west ? -floor_div64(-(x + kHalfTurn), kFullTurn) - 1 : floor_div64(x + kHalfTurn, kFullTurn);
  }

  static std::int32_t latitude_at(const Unrolled& p, const Unrolled& q, std::int64_t x) {
    // Nearest grid latitude of the exact one; halves go north.
    const Int128 num = static_cast<Int128>(q.y - std::int64_t{p.y}) * (x - p.x) * 2 * (q.x > p.x ? 1 : -1);
    const Int128 den = static_cast<Int128>(std::abs(q.x - p.x)) * 2;
    return static_cast<std::int32_t>(p.y + static_cast<std::int64_t>(floor_div(num + den / 2, den)));
  }

  void add_piece(const Unrolled& p, const Unrolled& q, std::int64_t strip, std::uint32_t parent) {
    const std::int64_t shift = strip * kFullTurn;
    const GridPoint a{static_cast<std::int32_t>(p.x - shift), p.y};
    const GridPoint b{static_cast<std::int32_t>(q.x - shift), q.y};
    out_.links.push_back({{a, b}, 1, parent});
    note_end(a, -1);
    note_end(b, +1);
  }

  void add_vertical(const Unrolled& p, const Unrolled& q) {
    const std::int64_t strip = strip_of(p.x, false);
    const std::int64_t x = p.x - strip * kFullTurn;
    if (x == -kHalfTurn) return;  // on a seam: the sides are closed again from what ends there
    const auto column = static_cast<std::int32_t>(x);
    out_.links.push_back({{{column, p.y}, {column, q.y}}, 1, ChainLink::kNoParent});
  }

  /// +1 where the chain arrives at a side of the box, -1 where it leaves it.
  void note_end(GridPoint p, int arrives) {
    if (p.x == kGridMaxLon) ends_east_[p.y] += arrives;
    if (p.x == -kGridMaxLon) ends_west_[p.y] += arrives;
  }

  void close_side(std::int32_t x, const std::map<std::int32_t, int>& ends) {
    // The side runs north m times; going up, m changes by what ends there, so that nothing stays open. On the
    // east side m is the winding just inside, on the west its opposite.
    int m = 0;
    std::int32_t from = -kGridMaxLat;
    for (const auto& [y, arrives] : ends) {
      add_side_edge(x, from, y, m);
      m += arrives;
      from = y;
    }
    add_side_edge(x, from, kGridMaxLat, m);
  }

  void add_side_edge(std::int32_t x, std::int32_t from, std::int32_t to, int m) {
    if (m != 0 && from != to) out_.links.push_back({{{x, from}, {x, to}}, m, ChainLink::kNoParent});
  }

  /// Along a parallel at the edge of the box, westward `m` times.
  void add_box_edge(std::int32_t y, int m) {
    out_.links.push_back({{{kGridMaxLon, y}, {-kGridMaxLon, y}}, m, ChainLink::kNoParent});
  }

  /// The whole box, counter-clockwise `m` times.
  void add_frame(int m) {
    add_box_edge(kGridMaxLat, m);
    add_box_edge(-kGridMaxLat, -m);
    add_side_edge(kGridMaxLon, -kGridMaxLat, kGridMaxLat, m);
    add_side_edge(-kGridMaxLon, -kGridMaxLat, kGridMaxLat, -m);
  }

  bool northern_is_smaller(int turns) const {
    // Any ellipsoid decides alike. The chain so far winds `turns` times about the northern part.
    const EdgeArea edge_area = EdgeArea::wgs84();
    AreaUnits area = 0;
    for (const ChainLink& link : out_.links)
      area += link.multiplicity * edge_area(link.s, link.s.a, link.s.b);
    const GridSegment top{{kGridMaxLon, kGridMaxLat}, {-kGridMaxLon, kGridMaxLat}};
    const AreaUnits hemisphere = edge_area(top, top.a, top.b);
    return area / turns <= hemisphere;
  }

  QuantisedRing& out_;
  std::map<std::int32_t, int> ends_east_;
  std::map<std::int32_t, int> ends_west_;
};

bool is_inside_box(const std::vector<Unrolled>& vertices) {
  return std::all_of(vertices.begin(), vertices.end(),
                     [](const Unrolled& v) { return std::abs(v.x) <= kHalfTurn; });
}

}  // namespace

QuantisedRing quantise(std::span<const Position> ring, RingConvention convention) {
  QuantisedRing out;
  const std::vector<Unrolled> vertices = unroll(ring, convention.is_literal);
  if (vertices.size() < 3) return out;
  const std::int64_t turn = vertices.back().x - vertices.front().x;
  const auto turns = static_cast<int>(turn / kFullTurn);
  if (turns == 0 && is_inside_box(vertices)) {
    out.links.reserve(vertices.size());
    for (std::size_t i = 1; i < vertices.size(); ++i) {
      const auto grid = [](const Unrolled& v) { return GridPoint{static_cast<std::int32_t>(v.x), v.y}; };
      out.links.push_back({{grid(vertices[i - 1]), grid(vertices[i])}, 1, ChainLink::kNoParent});
    }
    return out;
  }
  out.is_cut = true;
  ChainBuilder builder(out);
  for (std::size_t i = 1; i < vertices.size(); ++i) builder.add_edge(vertices[i - 1], vertices[i]);
  builder.close(turns, convention.pole_side);
  return out;
}

}  // namespace marchland
