#include <marchland/analysis/shared_arcs.h>
#include <marchland/base/error.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace marchland {
namespace {

using Step = std::pair<GridPoint, GridPoint>;

GridPoint on_grid(const Position& p) {
  const double x = std::round(p.lon * kGridUnitsPerDegree);
  const double y = std::round(p.lat * kGridUnitsPerDegree);
  if (!(std::abs(x) <= kGridMaxLon && std::abs(y) <= kGridMaxLat))
    throw InvalidArgument(fmt::format("position {}, {} lies beyond the grid", p.lon, p.lat));
  return {static_cast<std::int32_t>(x), static_cast<std::int32_t>(y)};
}

/// Without the repeated last position.
std::vector<GridPoint> open_ring(const Ring& ring) {
  if (ring.size() < 4) throw InvalidArgument(fmt::format("a ring has {} positions; it needs 4", ring.size()));
  std::vector<GridPoint> out;
  out.reserve(ring.size() - 1);
  for (std::size_t i = 0; i + 1 < ring.size(); ++i) out.push_back(on_grid(ring[i]));
  return out;
}

/// Points at which other than two lines meet, sorted. A line that two areas share is one.
std::vector<GridPoint> find_nodes(const std::vector<std::vector<GridPoint>>& rings) {
  std::vector<Step> steps;
  for (const auto& ring : rings) {
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const GridPoint a = ring[i];
      const GridPoint b = ring[(i + 1) % ring.size()];
      steps.emplace_back(a, b);
      steps.emplace_back(b, a);
    }
  }
  std::sort(steps.begin(), steps.end());
  steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
  std::vector<GridPoint> nodes;
  for (auto first = steps.begin(); first != steps.end();) {
    const auto last =
        std::find_if(first, steps.end(), [&](const Step& step) { return step.first != first->first; });
    if (last - first != 2) nodes.push_back(first->first);
    first = last;
  }
  return nodes;
}

/// Arcs found so far, by the step that each begins with in either direction.
class ArcTable {
 public:
  explicit ArcTable(std::size_t step_count) { begins_.reserve(step_count); }

  /// Every arc of every ring, each as often as it occurs.
  void collect(std::vector<GridPoint> path) { paths_.push_back(std::move(path)); }

  /// One arc for all paths that are equal in either direction, numbered as they were first seen.
  void number(SharedArcs& out) {
    for (std::uint32_t i = 0; i < paths_.size(); ++i) {
      const auto& path = paths_[i];
      begins_.push_back({{path[0], path[1]}, i, false});
      begins_.push_back({{path[path.size() - 1], path[path.size() - 2]}, i, true});
    }
    std::sort(begins_.begin(), begins_.end());
    // Of each step the first path with it, which has the arc.
    refs_.assign(paths_.size(), std::nullopt);
    for (std::uint32_t i = 0; i < paths_.size(); ++i) {
      const auto& path = paths_[i];
      const Step step{path[0], path[1]};
      const Begin& first = *std::lower_bound(begins_.begin(), begins_.end(), Begin{step, 0, false});
      if (first.path == i) {
        refs_[i] = static_cast<ArcRef>(out.arcs.size());
        out.arcs.push_back(path);
      } else {
        const ArcRef arc = *refs_[first.path];
        refs_[i] = first.is_end ? ~arc : arc;
      }
    }
  }
  [[nodiscard]] ArcRef ref(std::size_t path) const { return *refs_[path]; }

 private:
  struct Begin {
    Step step;
    std::uint32_t path = 0;
    bool is_end = false;
    friend auto operator<=>(const Begin&, const Begin&) = default;
  };
  std::vector<std::vector<GridPoint>> paths_;
  std::vector<Begin> begins_;
  std::vector<std::optional<ArcRef>> refs_;
};

}  // namespace

SharedArcs share_arcs(const std::vector<MultiPolygon>& areas) {
  std::vector<std::vector<GridPoint>> rings;
  for (const MultiPolygon& area : areas) {
    for (const Polygon& polygon : area) {
      for (const Ring& ring : polygon) rings.push_back(open_ring(ring));
    }
  }
  const std::vector<GridPoint> nodes = find_nodes(rings);
  const auto is_node = [&](GridPoint p) { return std::binary_search(nodes.begin(), nodes.end(), p); };

  ArcTable table(2 * rings.size());
  std::vector<std::size_t> path_counts;
  for (std::vector<GridPoint>& ring : rings) {
    // A ring without nodes begins at its least vertex, so that both its sides begin at one.
    auto begin = std::find_if(ring.begin(), ring.end(), is_node);
    if (begin == ring.end()) begin = std::min_element(ring.begin(), ring.end());
    std::rotate(ring.begin(), begin, ring.end());
    ring.push_back(ring.front());
    std::size_t count = 0;
    for (std::size_t from = 0; from + 1 < ring.size(); ++count) {
      std::size_t to = from + 1;
      while (to + 1 < ring.size() && !is_node(ring[to])) ++to;
      table.collect({ring.begin() + static_cast<std::ptrdiff_t>(from),
                     ring.begin() + static_cast<std::ptrdiff_t>(to) + 1});
      from = to;
    }
    path_counts.push_back(count);
  }

  SharedArcs out;
  table.number(out);
  std::size_t ring_number = 0;
  std::size_t path = 0;
  for (const MultiPolygon& area : areas) {
    std::vector<ArcPolygon>& polygons = out.areas.emplace_back();
    for (const Polygon& polygon : area) {
      ArcPolygon& parts = polygons.emplace_back();
      for (std::size_t r = 0; r < polygon.size(); ++r) {
        ArcRing& ring = parts.emplace_back();
        for (std::size_t i = 0; i < path_counts[ring_number]; ++i) ring.push_back(table.ref(path++));
        ++ring_number;
      }
    }
  }
  return out;
}

}  // namespace marchland
