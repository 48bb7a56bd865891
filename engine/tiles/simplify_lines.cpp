#include <marchland/analysis/thin_lines.h>
#include <marchland/tiles/simplify_lines.h>

#include <algorithm>

namespace marchland {
namespace {

/// Whether p is within the distance of the segment. Below 2^28 cross products stay below 2^58.
bool is_within(GridPoint p, GridPoint a, GridPoint b, std::int64_t distance) {
  const std::int64_t dx = std::int64_t{b.x} - a.x;
  const std::int64_t dy = std::int64_t{b.y} - a.y;
  const auto squared_to = [&](GridPoint c) {
    const std::int64_t x = std::int64_t{p.x} - c.x;
    const std::int64_t y = std::int64_t{p.y} - c.y;
    return x * x + y * y;
  };
  const std::int64_t length2 = dx * dx + dy * dy;
  const std::int64_t along = dx * (std::int64_t{p.x} - a.x) + dy * (std::int64_t{p.y} - a.y);
  if (along <= 0) return squared_to(a) <= distance * distance;
  if (along >= length2) return squared_to(b) <= distance * distance;
  const Int128 off = orientation(a, b, p);
  return off * off <= static_cast<Int128>(distance * distance) * length2;
}

}  // namespace

std::vector<TileEdge> simplify_lines(std::vector<TileEdge> edges, std::int32_t tolerance,
                                     const std::function<bool(GridPoint)>& is_fixed) {
  std::sort(edges.begin(), edges.end());
  std::vector<ThinEdge> lines;
  lines.reserve(edges.size());
  for (const TileEdge& edge : edges) lines.push_back({edge.a, edge.b, lines.size()});
  std::vector<TileEdge> out;
  for (const ThinEdge& line : thin_lines(
           std::move(lines),
           [&](GridPoint p, GridPoint a, GridPoint b) { return is_within(p, a, b, tolerance); }, is_fixed)) {
    out.push_back({line.a, line.b, edges[line.origin].left, edges[line.origin].right});
  }
  return out;
}

}  // namespace marchland
