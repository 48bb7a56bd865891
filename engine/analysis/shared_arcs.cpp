#include <marchland/analysis/shared_arcs.h>
#include <marchland/base/error.h>
#include <marchland/base/mix_hash.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace marchland {
namespace {

std::uint64_t key_of(GridPoint p) {
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(p.x)) << 32U | static_cast<std::uint32_t>(p.y);
}

bool is_closed(std::span<const GridPoint> line) {
  return line.front() == line.back();
}

GridPoint on_grid(const Position& p) {
  const double x = std::round(p.lon * kGridUnitsPerDegree);
  const double y = std::round(p.lat * kGridUnitsPerDegree);
  if (!(std::abs(x) <= kGridMaxLon && std::abs(y) <= kGridMaxLat))
    throw InvalidArgument(fmt::format("position {}, {} lies beyond the grid", p.lon, p.lat));
  return {static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)};
}

std::vector<GridPoint> grid_ring(const Ring& ring) {
  if (ring.size() < 4) throw InvalidArgument(fmt::format("a ring has {} positions; it needs 4", ring.size()));
  return grid_line(ring);
}

}  // namespace

std::size_t ArcTable::Hash::operator()(const GridPoint& p) const noexcept {
  return MixHash{}(key_of(p));
}
std::size_t ArcTable::Hash::operator()(const Step& step) const noexcept {
  return MixHash{}(MixHash{}(key_of(step.from)) ^ key_of(step.to));
}

void ArcTable::pass(GridPoint before, GridPoint at, GridPoint after) {
  const auto [low, high] = std::minmax(before, after);
  const auto [known, is_new] = passings_.try_emplace(at, Passing{low, high});
  if (!is_new && (known->second.low != low || known->second.high != high)) known->second.is_node = true;
}

void ArcTable::add(std::span<const GridPoint> line) {
  for (std::size_t i = 1; i + 1 < line.size(); ++i) pass(line[i - 1], line[i], line[i + 1]);
  if (is_closed(line)) {
    pass(line[line.size() - 2], line.front(), line[1]);
  } else {
    passings_[line.front()].is_node = true;
    passings_[line.back()].is_node = true;
  }
}

// At what is no node every line has the same two neighbours, so from a node the first step decides the way to
// the next: arcs that begin alike are equal.
ArcRef ArcTable::ref_of(std::vector<GridPoint> arc) {
  const auto next = static_cast<ArcRef>(arcs_.size());
  const auto [known, is_new] = begins_.try_emplace(Step{arc[0], arc[1]}, next);
  if (!is_new) return known->second;
  begins_.try_emplace(Step{arc[arc.size() - 1], arc[arc.size() - 2]}, ~next);
  arcs_.push_back(std::move(arc));
  return next;
}

ArcRing ArcTable::cut(std::span<const GridPoint> line) {
  std::vector<GridPoint> points(line.begin(), line.end());
  GridPoint start = points.front();
  bool has_node = true;
  if (is_closed(line)) {
    points.pop_back();
    auto begin = std::find_if(points.begin(), points.end(), [&](GridPoint p) { return is_node(p); });
    has_node = begin != points.end();
    if (!has_node) begin = std::min_element(points.begin(), points.end());
    std::rotate(points.begin(), begin, points.end());
    start = points.front();
    points.push_back(start);
  }
  ArcRing refs;
  std::vector<GridPoint> arc{start};
  for (std::size_t i = 1; i < points.size(); ++i) {
    arc.push_back(points[i]);
    // A ring without nodes that goes round twice is the same arc twice.
    const bool is_end = i + 1 == points.size() || (has_node ? is_node(points[i]) : points[i] == start);
    if (is_end) refs.push_back(ref_of(std::exchange(arc, {points[i]})));
  }
  return refs;
}

std::vector<GridPoint> grid_line(const std::vector<Position>& positions) {
  std::vector<GridPoint> out;
  out.reserve(positions.size());
  for (const Position& p : positions) {
    const GridPoint point = on_grid(p);
    if (out.empty() || out.back() != point) out.push_back(point);
  }
  if (out.size() == 1) out.push_back(out.front());
  return out;
}

SharedArcs share_arcs(const std::vector<MultiPolygon>& areas) {
  ArcTable table;
  for (const MultiPolygon& area : areas) {
    for (const Polygon& polygon : area) {
      for (const Ring& ring : polygon) table.add(grid_ring(ring));
    }
  }
  SharedArcs out;
  for (const MultiPolygon& area : areas) {
    std::vector<ArcPolygon>& polygons = out.areas.emplace_back();
    for (const Polygon& polygon : area) {
      ArcPolygon& rings = polygons.emplace_back();
      for (const Ring& ring : polygon) rings.push_back(table.cut(grid_ring(ring)));
    }
  }
  out.arcs = table.arcs();
  return out;
}

}  // namespace marchland
