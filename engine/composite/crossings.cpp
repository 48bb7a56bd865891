#include <marchland/base/error.h>
#include <marchland/composite/crossings.h>

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <span>

namespace marchland {
namespace {

/// Coordinates from the lower left corner of the box, never negative: cells are then bit shifts. 64 bits,
/// because an edge across the box belongs to level 32 and a 32-bit number cannot be shifted that far.
struct Box {
  std::uint64_t x0, y0, x1, y1;
};

Box box_of(const GridSegment& s) {
  const auto x = [](std::int32_t v) { return static_cast<std::uint64_t>(std::int64_t{v} + kGridMaxLon); };
  const auto y = [](std::int32_t v) { return static_cast<std::uint64_t>(std::int64_t{v} + kGridMaxLat); };
  return {x(s.a.x), y(std::min(s.a.y, s.b.y)), x(s.b.x), y(std::max(s.a.y, s.b.y))};
}

bool overlap(const Box& a, const Box& b) {
  return a.x0 <= b.x1 && b.x0 <= a.x1 && a.y0 <= b.y1 && b.y0 <= a.y1;
}

/// Cells of side 2^level.
int level_of(const Box& box) {
  return static_cast<int>(std::bit_width(std::max(box.x1 - box.x0, box.y1 - box.y0)));
}

std::uint64_t cell_key(std::uint64_t x, std::uint64_t y, int level) {
  return ((x >> level) << 32) | (y >> level);
}

struct CellEntry {
  std::uint64_t key;
  SegmentIndex segment;
  friend constexpr auto operator<=>(const CellEntry&, const CellEntry&) noexcept = default;
};

constexpr int kLevels = 33;

/// Calls `visit(i, j)` once for every pair of segments whose boxes overlap.
template <class Visit>
void for_each_close_pair(const std::vector<Box>& boxes, Visit visit) {
  std::array<std::vector<CellEntry>, kLevels> levels;
  const auto for_each_cell = [&](const Box& box, int level, auto&& use) {
    for (std::uint64_t x = box.x0 >> level; x <= box.x1 >> level; ++x) {
      for (std::uint64_t y = box.y0 >> level; y <= box.y1 >> level; ++y) {
        use((x << 32) | y);
      }
    }
  };
  for (SegmentIndex i = 0; i < boxes.size(); ++i) {
    const int level = level_of(boxes[i]);
    for_each_cell(boxes[i], level,
                  [&](std::uint64_t key) { levels[static_cast<std::size_t>(level)].push_back({key, i}); });
  }
  for (auto& entries : levels) std::sort(entries.begin(), entries.end());

  const auto owns = [&](std::uint64_t key, int level, const Box& a, const Box& b) {
    return key == cell_key(std::max(a.x0, b.x0), std::max(a.y0, b.y0), level);
  };
  for (int level = 0; level < kLevels; ++level) {
    const auto& entries = levels[static_cast<std::size_t>(level)];
    // Pairs of one level share a cell.
    for (std::size_t i = 0; i < entries.size(); ++i) {
      for (std::size_t j = i + 1; j < entries.size() && entries[j].key == entries[i].key; ++j) {
        const Box& a = boxes[entries[i].segment];
        const Box& b = boxes[entries[j].segment];
        if (overlap(a, b) && owns(entries[i].key, level, a, b)) visit(entries[i].segment, entries[j].segment);
      }
    }
  }
  // A finer segment looks into the coarser cells that its box touches.
  for (SegmentIndex i = 0; i < boxes.size(); ++i) {
    for (int level = level_of(boxes[i]) + 1; level < kLevels; ++level) {
      const auto& entries = levels[static_cast<std::size_t>(level)];
      if (entries.empty()) continue;
      for_each_cell(boxes[i], level, [&](std::uint64_t key) {
        auto entry = std::lower_bound(entries.begin(), entries.end(), CellEntry{key, 0});
        for (; entry != entries.end() && entry->key == key; ++entry) {
          const Box& b = boxes[entry->segment];
          if (overlap(boxes[i], b) && owns(key, level, boxes[i], b)) visit(i, entry->segment);
        }
      });
    }
  }
}

/// A name of a point on a segment: a grid vertex, or the crossing of a pair.
struct Incident {
  SegmentIndex segment;
  std::uint32_t name;  ///< vertex, or vertex count + crossing
};

class UnionFind {
 public:
  explicit UnionFind(std::size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), 0U); }
  std::uint32_t find(std::uint32_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  /// The smaller name stays, so grid vertices win.
  void join(std::uint32_t a, std::uint32_t b) {
    a = find(a);
    b = find(b);
    if (a != b) parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::uint32_t> parent_;
};

int sign64(std::int64_t v) {
  return static_cast<int>(v > 0) - static_cast<int>(v < 0);
}

class CrossingFinder {
 public:
  CrossingFinder(const std::vector<GridPoint>& vertices, const std::vector<GridSegment>& segments)
      : vertices_(vertices), segments_(segments) {}

  Crossings run() {
    std::vector<Box> boxes;
    boxes.reserve(segments_.size());
    for (const GridSegment& s : segments_) boxes.push_back(box_of(s));
    for_each_close_pair(boxes, [&](SegmentIndex i, SegmentIndex j) { meet(i, j); });
    std::sort(incidents_.begin(), incidents_.end(),
              [](const Incident& a, const Incident& b) { return a.segment < b.segment; });
    UnionFind names(vertices_.size() + crossings_.size());
    order_along_segments(names);
    return collect(names);
  }

 private:
  std::uint32_t vertex(GridPoint p) const {
    return static_cast<std::uint32_t>(std::lower_bound(vertices_.begin(), vertices_.end(), p) -
                                      vertices_.begin());
  }

  void meet(SegmentIndex i, SegmentIndex j) {
    const GridSegment& s = segments_[i];
    const GridSegment& t = segments_[j];
    const int ta = sign64(orientation(s.a, s.b, t.a));
    const int tb = sign64(orientation(s.a, s.b, t.b));
    if (ta * tb > 0) return;
    const int sa = sign64(orientation(t.a, t.b, s.a));
    const int sb = sign64(orientation(t.a, t.b, s.b));
    if (sa * sb > 0) return;
    if (ta * tb < 0 && sa * sb < 0) {
      const auto name = static_cast<std::uint32_t>(vertices_.size() + crossings_.size());
      crossings_.push_back(crossing_point(s, t));
      incidents_.push_back({i, name});
      incidents_.push_back({j, name});
      ++pairs_;
      return;
    }
    // Touching or collinear: ends of one that lie strictly inside the other. On a line, "inside" is a matter
    // of the lexicographic order, because segments point upwards in it.
    const std::size_t before = incidents_.size();
    if (ta == 0 && s.a < t.a && t.a < s.b) incidents_.push_back({i, vertex(t.a)});
    if (tb == 0 && s.a < t.b && t.b < s.b) incidents_.push_back({i, vertex(t.b)});
    if (sa == 0 && t.a < s.a && s.a < t.b) incidents_.push_back({j, vertex(s.a)});
    if (sb == 0 && t.a < s.b && s.b < t.b) incidents_.push_back({j, vertex(s.b)});
    if (incidents_.size() > before) ++pairs_;
  }

  [[nodiscard]] ExactPoint point(std::uint32_t name) const {
    return name < vertices_.size() ? ExactPoint(vertices_[name]) : crossings_[name - vertices_.size()];
  }

  void order_along_segments(UnionFind& names) {
    for (std::size_t i = 0; i < incidents_.size();) {
      std::size_t j = i + 1;
      while (j < incidents_.size() && incidents_[j].segment == incidents_[i].segment) ++j;
      const bool vertical = segments_[incidents_[i].segment].dx() == 0;
      const auto compare = [&](std::uint32_t a, std::uint32_t b) {
        return vertical ? compare_y(point(a), point(b)) : compare_x(point(a), point(b));
      };
      const auto run = std::span(incidents_).subspan(i, j - i);
      // From a to b: x grows, or y where the segment is vertical. Names break ties for a stable order.
      std::sort(run.begin(), run.end(), [&](const Incident& a, const Incident& b) {
        const auto by_place = compare(a.name, b.name);
        return by_place != 0 ? by_place < 0 : a.name < b.name;
      });
      for (std::size_t k = i + 1; k < j; ++k) {
        if (compare(incidents_[k - 1].name, incidents_[k].name) == 0)
          names.join(incidents_[k - 1].name, incidents_[k].name);
      }
      i = j;
    }
  }

  Crossings collect(UnionFind& names) {
    Crossings out;
    out.pairs = pairs_;
    // One node for each crossing that no grid vertex took, in the order of the plane.
    std::vector<std::uint32_t> roots;
    for (std::uint32_t c = 0; c < crossings_.size(); ++c) {
      const auto name = static_cast<std::uint32_t>(vertices_.size()) + c;
      if (names.find(name) == name) roots.push_back(name);
    }
    std::sort(roots.begin(), roots.end(),
              [&](std::uint32_t a, std::uint32_t b) { return compare_xy(point(a), point(b)) < 0; });
    std::vector<NodeIndex> node(vertices_.size() + crossings_.size());
    std::iota(node.begin(), node.end(), 0U);
    out.points.reserve(roots.size());
    for (const std::uint32_t root : roots) {
      node[root] = static_cast<NodeIndex>(vertices_.size() + out.points.size());
      out.points.push_back(point(root));
    }
    out.offsets.assign(segments_.size() + 1, 0);
    out.nodes.reserve(incidents_.size());
    for (std::size_t i = 0; i < incidents_.size(); ++i) {
      const NodeIndex here = node[names.find(incidents_[i].name)];
      const bool repeats =
          i > 0 && incidents_[i - 1].segment == incidents_[i].segment && out.nodes.back() == here;
      if (repeats) continue;
      out.nodes.push_back(here);
      ++out.offsets[incidents_[i].segment + 1];
    }
    std::partial_sum(out.offsets.begin(), out.offsets.end(), out.offsets.begin());
    return out;
  }

  const std::vector<GridPoint>& vertices_;
  const std::vector<GridSegment>& segments_;
  std::vector<ExactPoint> crossings_;
  std::vector<Incident> incidents_;
  std::uint64_t pairs_ = 0;
};

}  // namespace

Crossings find_crossings(const std::vector<GridPoint>& vertices, const std::vector<GridSegment>& segments) {
  return CrossingFinder(vertices, segments).run();
}

}  // namespace marchland
