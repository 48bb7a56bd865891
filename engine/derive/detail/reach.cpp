#include <marchland/derive/detail/reach.h>

#include <boost/pending/disjoint_sets.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <queue>
#include <tuple>

namespace marchland::detail {
namespace {

using Part = CellParts::Part;

double distance(const PlanePoint& p, const PlanePoint& q) {
  return std::hypot(p.x - q.x, p.y - q.y);
}

/// A point of the line a-b as the share of it, and how far the other is from the line.
struct Foot {
  double share;
  double height;
};

Foot foot_of(const PlanePoint& p, const PlanePoint& a, const PlanePoint& b) {
  const double dx = b.x - a.x;
  const double dy = b.y - a.y;
  const double square = dx * dx + dy * dy;
  return {((p.x - a.x) * dx + (p.y - a.y) * dy) / square,
          std::abs(dx * (p.y - a.y) - dy * (p.x - a.x)) / std::sqrt(square)};
}

PlanePoint point_on(const PlanePoint& a, const PlanePoint& b, double share) {
  const double t = std::clamp(share, 0.0, 1.0);
  return {a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
}

/// An edge with ground on both sides.
struct Border {
  std::size_t left, right;  ///< pieces
  GridSegment s;
  bool is_barrier;
};

std::vector<Border> borders_of(const CutCells& cells) {
  std::vector<Border> borders;
  for (const FramePieces::Edge& edge : cells.cut.edges) {
    const auto sides = cells.cut.ground_beside(edge);
    if (!sides) continue;
    borders.push_back({sides->left, sides->right, edge.s,
                       std::binary_search(cells.barriers.begin(), cells.barriers.end(), edge.s)});
  }
  return borders;
}

/// Pieces of one cell that share a border, as numbers that grow with the first piece.
std::vector<std::size_t> join_cells(const CutCells& cells, std::span<const Border> borders,
                                    bool across_barriers) {
  const std::size_t pieces = cells.nearest.size();
  boost::disjoint_sets_with_storage<> sets(pieces);
  for (const Border& border : borders) {
    const bool is_joined =
        cells.nearest[border.left] == cells.nearest[border.right] && (across_barriers || !border.is_barrier);
    if (is_joined) sets.union_set(border.left, border.right);
  }
  std::map<std::size_t, std::size_t> number_of;
  std::vector<std::size_t> numbers(pieces, pieces);
  for (std::size_t i = 0; i < pieces; ++i) {
    if (cells.nearest[i] >= 0)
      numbers[i] = number_of.try_emplace(sets.find_set(i), number_of.size()).first->second;
  }
  return numbers;
}

class ReachFinder {
 public:
  ReachFinder(const CutCells& cells, const Plane& plane)
      : cells_(cells), plane_(plane), borders_(borders_of(cells)) {}

  CellParts find() {
    find_parts();
    find_staying();
    spread();
    return std::move(out_);
  }

 private:
  void find_parts() {
    const std::size_t pieces = cells_.nearest.size();
    out_.part_of_piece = join_cells(cells_, borders_, false);
    for (std::size_t i = 0; i < pieces; ++i) {
      std::size_t& number = out_.part_of_piece[i];
      if (cells_.nearest[i] < 0) continue;
      if (number == out_.parts.size()) out_.parts.push_back(Part{{}, cells_.nearest[i]});
      Part& part = out_.parts[number];
      part.pieces.push_back(i);
      const GridPoint site = cells_.sites[static_cast<std::size_t>(part.cell)];
      part.holds_site = part.holds_site || locate(cells_.pieces[i], site) >= 0;
    }
    for (std::size_t i = 0; i < pieces; ++i) {
      if (cells_.nearest[i] < 0) out_.part_of_piece[i] = out_.parts.size();
    }
  }

  /// Of each stretch of a cell, as it would be without barriers, the parts that hold the site stay; where
  /// none does, because the frame keeps the stretch apart from the site, the nearest.
  void find_staying() {
    const std::vector<std::size_t> stretch_of_piece = join_cells(cells_, borders_, true);
    std::map<std::size_t, std::vector<std::size_t>> parts_of_stretch;
    for (std::size_t k = 0; k < out_.parts.size(); ++k)
      parts_of_stretch[stretch_of_piece[out_.parts[k].pieces.front()]].push_back(k);
    std::vector<std::size_t> apart;
    for (const auto& [stretch, parts] : parts_of_stretch) {
      bool is_held = false;
      for (const std::size_t k : parts) {
        out_.parts[k].stays = out_.parts[k].holds_site;
        is_held = is_held || out_.parts[k].holds_site;
      }
      if (!is_held) apart.push_back(stretch);
    }
    if (apart.empty()) return;
    const std::vector<double> distances = distances_from_sites();
    for (const std::size_t stretch : apart) {
      const auto& parts = parts_of_stretch[stretch];
      const auto nearest = std::min_element(parts.begin(), parts.end(), [&](std::size_t a, std::size_t b) {
        return distances[a] < distances[b];
      });
      out_.parts[*nearest].stays = true;
    }
  }

  /// Of each part from the site of its cell, which lies outside it.
  std::vector<double> distances_from_sites() const {
    std::vector<double> least(out_.parts.size(), std::numeric_limits<double>::infinity());
    for (std::size_t k = 0; k < out_.parts.size(); ++k) {
      if (out_.parts[k].stays) continue;
      const PlanePoint site = site_point(out_.parts[k].cell);
      for (const std::size_t i : out_.parts[k].pieces) {
        for (const auto& ring : cells_.pieces[i]) {
          for (std::size_t v = 0; v + 1 < ring.size(); ++v) {
            const PlanePoint a = plane_.forward(ring[v]);
            const PlanePoint b = plane_.forward(ring[v + 1]);
            least[k] = std::min(least[k], distance(site, point_on(a, b, foot_of(site, a, b).share)));
          }
        }
      }
    }
    return least;
  }

  PlanePoint site_point(int site) const {
    return plane_.forward(cells_.sites[static_cast<std::size_t>(site)]);
  }

  /// Where ways of a part begin: its site, or a point inside its largest piece.
  std::vector<PlanePoint> middles() const {
    std::vector<PlanePoint> points;
    for (const Part& part : out_.parts) {
      if (part.stays) {
        points.push_back(site_point(part.cell));
        continue;
      }
      const auto& pieces = cells_.pieces;
      const GridPolygon* largest = nullptr;
      Int128 most = 0;
      for (const std::size_t i : part.pieces) {
        Int128 area = 0;
        for (const auto& ring : pieces[i]) area += twice_area(ring);
        if (largest != nullptr && area <= most) continue;
        largest = &pieces[i];
        most = area;
      }
      points.push_back(plane_.forward(inner_point(*largest), "frame"));
    }
    return points;
  }

  void spread() {
    const bool all_stay =
        std::all_of(out_.parts.begin(), out_.parts.end(), [](const Part& p) { return p.stays; });
    const std::vector<PlanePoint> middle = all_stay ? std::vector<PlanePoint>{} : middles();
    std::vector<std::vector<std::size_t>> doors(out_.parts.size());  // indices of borders
    for (std::size_t b = 0; b < borders_.size() && !all_stay; ++b) {
      if (borders_[b].is_barrier) continue;
      doors[out_.part_of_piece[borders_[b].left]].push_back(b);
      doors[out_.part_of_piece[borders_[b].right]].push_back(b);
    }
    using Arrival = std::tuple<double, int, std::size_t>;  // length of the way, site, part
    std::priority_queue<Arrival, std::vector<Arrival>, std::greater<>> arrivals;
    for (std::size_t k = 0; k < out_.parts.size(); ++k) {
      if (out_.parts[k].stays) arrivals.emplace(0.0, out_.parts[k].cell, k);
    }
    while (!arrivals.empty()) {
      const auto [length, site, k] = arrivals.top();
      arrivals.pop();
      if (out_.parts[k].site != CellParts::kUnreached) continue;
      out_.parts[k].site = site;
      for (const std::size_t b : doors[k]) {
        const std::size_t left = out_.part_of_piece[borders_[b].left];
        const std::size_t next = left == k ? out_.part_of_piece[borders_[b].right] : left;
        if (out_.parts[next].stays || out_.parts[next].site != CellParts::kUnreached) continue;
        arrivals.emplace(length + way_through(middle[k], middle[next], plane_.forward(borders_[b].s.a),
                                              plane_.forward(borders_[b].s.b)),
                         site, next);
      }
    }
  }

  const CutCells& cells_;
  const Plane& plane_;
  std::vector<Border> borders_;
  CellParts out_;
};

}  // namespace

double way_through(const PlanePoint& x, const PlanePoint& y, const PlanePoint& a,
                   const PlanePoint& b) noexcept {
  // The way to y and that to its mirror image on the other side of the line are equally long, and the
  // straight one is the shortest; beyond the ends of the step the way grows, so the nearer end is best there.
  const Foot from = foot_of(x, a, b);
  const Foot to = foot_of(y, a, b);
  const double heights = from.height + to.height;
  const double share =
      heights > 0.0 ? from.share + (to.share - from.share) * (from.height / heights) : from.share;
  const PlanePoint door = point_on(a, b, share);
  return distance(x, door) + distance(door, y);
}

CellParts find_reach(const CutCells& cells, const Plane& plane) {
  return ReachFinder(cells, plane).find();
}

}  // namespace marchland::detail
