#include <marchland/tiles/clip_lines.h>

#include <boost/sort/spreadsort/integer_sort.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

namespace marchland {
namespace {

enum class Axis : std::uint8_t { x, y };

/// Pieces along one line parallel to an axis, summed up: which category they have more of on the left of the
/// positive direction than on its right, from each place on.
class AxisLine {
 public:
  AxisLine(Axis axis, std::int32_t at) : axis_(axis), at_(at) {}

  [[nodiscard]] bool holds(GridPoint p) const { return (axis_ == Axis::x ? p.y : p.x) == at_; }
  [[nodiscard]] bool holds(const TileEdge& edge) const { return holds(edge.a) && holds(edge.b); }
  [[nodiscard]] std::int32_t along(GridPoint p) const { return axis_ == Axis::x ? p.x : p.y; }

  void add(const TileEdge& edge) {
    std::int32_t from = along(edge.a);
    std::int32_t to = along(edge.b);
    Category left = edge.left;
    Category right = edge.right;
    if (from > to) {
      std::swap(from, to);
      std::swap(left, right);
    }
    for (const auto& [place, sign] : {std::pair(from, 1), std::pair(to, -1)}) {
      // Nothing is what no side has more of.
      if (left != 0) changes_.push_back({place, left, sign});
      if (right != 0) changes_.push_back({place, right, -sign});
    }
  }

  /// Pieces in order, each as long as both of its sides stay the same, divided at `nodes`. What lies left of
  /// a piece is what all of them together have more on the left than on the right.
  void emit(std::vector<std::int32_t> nodes, std::vector<TileEdge>& out) {
    std::sort(nodes.begin(), nodes.end());
    boost::sort::spreadsort::integer_sort(
        changes_.begin(), changes_.end(),
        [](const Change& change, unsigned shift) { return change.place >> shift; },
        [](const Change& a, const Change& b) { return a.place < b.place; });
    std::map<Category, int> surplus;  // left minus right, without zeros
    std::pair<Category, Category> sides{0, 0};
    std::int32_t since = 0;
    for (std::size_t i = 0; i < changes_.size();) {
      const std::int32_t place = changes_[i].place;
      for (; i < changes_.size() && changes_[i].place == place; ++i) {
        const auto entry = surplus.try_emplace(changes_[i].category, 0).first;
        entry->second += changes_[i].surplus;
        if (entry->second == 0) surplus.erase(entry);
      }
      const std::pair<Category, Category> here = sides_of(surplus);
      if (here == sides) continue;
      if (sides.first != sides.second) emit_piece(since, place, sides, nodes, out);
      sides = here;
      since = place;
    }
  }

 private:
  struct Change {
    std::int32_t place;
    Category category;
    int surplus;
  };

  [[nodiscard]] GridPoint point(std::int32_t place) const {
    return axis_ == Axis::x ? GridPoint{place, at_} : GridPoint{at_, place};
  }

  static std::pair<Category, Category> sides_of(const std::map<Category, int>& surplus) {
    Category left = 0;
    Category right = 0;
    for (const auto& [category, count] : surplus) {
      Category& side = count > 0 ? left : right;
      if (side != 0 || count < -1 || count > 1)
        throw std::logic_error("internal invariant broken: lines that do not close");
      side = category;
    }
    return {left, right};
  }

  void emit_piece(std::int32_t from, std::int32_t to, std::pair<Category, Category> sides,
                  const std::vector<std::int32_t>& nodes, std::vector<TileEdge>& out) const {
    const auto add = [&](std::int32_t a, std::int32_t b) {
      if (a != b) out.push_back({point(a), point(b), sides.first, sides.second});
    };
    for (auto node = std::upper_bound(nodes.begin(), nodes.end(), from); node != nodes.end() && *node < to;
         ++node) {
      add(from, *node);
      from = *node;
    }
    add(from, to);
  }

  Axis axis_;
  std::int32_t at_;
  std::vector<Change> changes_;
};

/// Which of the lines the edge runs along; their number if none.
template <std::size_t Count>
std::size_t line_of(const std::array<AxisLine, Count>& lines, const TileEdge& edge) {
  return static_cast<std::size_t>(
      std::find_if(lines.begin(), lines.end(), [&](const AxisLine& line) { return line.holds(edge); }) -
      lines.begin());
}

/// What runs along the lines is summed up and divided where other edges end on them.
template <std::size_t Count>
std::vector<TileEdge> merge_along(const std::vector<TileEdge>& edges, std::array<AxisLine, Count> lines) {
  std::vector<TileEdge> out;
  std::array<std::vector<std::int32_t>, Count> nodes;
  for (const TileEdge& edge : edges) {
    const std::size_t line = line_of(lines, edge);
    if (line != Count) {
      lines[line].add(edge);
      continue;
    }
    out.push_back(edge);
    for (const GridPoint p : {edge.a, edge.b}) {
      for (std::size_t i = 0; i < Count; ++i) {
        if (lines[i].holds(p)) nodes[i].push_back(lines[i].along(p));
      }
    }
  }
  for (std::size_t i = 0; i < Count; ++i) lines[i].emit(std::move(nodes[i]), out);
  return out;
}

std::array<AxisLine, 4> sides_of(const TileBox& box) {
  return {AxisLine(Axis::y, box.west), AxisLine(Axis::y, box.east), AxisLine(Axis::x, box.north),
          AxisLine(Axis::x, box.south)};
}

}  // namespace

std::vector<TileEdge> clip_lines(const std::vector<TileEdge>& edges, const TileBox& box) {
  std::array<AxisLine, 4> sides = sides_of(box);
  const auto clamp = [&](GridPoint p) {
    return GridPoint{std::clamp(p.x, box.west, box.east), std::clamp(p.y, box.north, box.south)};
  };
  std::vector<TileEdge> out;
  for (const TileEdge& edge : edges) {
    const TileEdge moved{clamp(edge.a), clamp(edge.b), edge.left, edge.right};
    if (moved.a == moved.b) continue;
    const std::size_t side = line_of(sides, moved);
    if (side != sides.size()) {
      sides[side].add(moved);
    } else {
      out.push_back(moved);
    }
  }
  for (AxisLine& side : sides) side.emit({}, out);
  return out;
}

std::vector<TileEdge> split_sides(const std::vector<TileEdge>& edges, const TileBox& box) {
  return merge_along(edges, sides_of(box));
}

std::vector<TileEdge> wrap_around(const std::vector<TileEdge>& edges, std::int32_t half,
                                  std::int32_t buffer) {
  const bool is_near_side = std::any_of(edges.begin(), edges.end(), [&](const TileEdge& edge) {
    return std::min(edge.a.x, edge.b.x) < -half + buffer || std::max(edge.a.x, edge.b.x) > half - buffer;
  });
  if (!is_near_side) return edges;
  std::vector<TileEdge> all = edges;
  const auto add_turned = [&](const TileBox& strip, std::int32_t by) {
    for (TileEdge edge : clip_lines(edges, strip)) {
      edge.a.x += by;
      edge.b.x += by;
      all.push_back(edge);
    }
  };
  add_turned({half - buffer, -half, half, half}, -2 * half);
  add_turned({-half, -half, -half + buffer, half}, 2 * half);
  // Along the sides ground of both hemispheres meets.
  return merge_along(all, std::array{AxisLine(Axis::y, -half), AxisLine(Axis::y, half)});
}

}  // namespace marchland
