#include <marchland/base/sorted_by_key.h>
#include <marchland/composite/crossings.h>

#include <tbb/parallel_for.h>
#include <tsl/robin_map.h>

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

/// Cells of level L have the side 4^L: few levels to look at, and cells that are not much wider than what
/// they hold.
constexpr int kLevels = 17;

int level_of(const Box& box) {
  return static_cast<int>(std::bit_width(std::max(box.x1 - box.x0, box.y1 - box.y0)) + 1) / 2;
}

std::uint64_t cell_key(std::uint64_t x, std::uint64_t y, int level) {
  return ((x >> (2 * level)) << 32) | (y >> (2 * level));
}

template <class Use>
void for_each_cell(const Box& box, int level, Use use) {
  const int shift = 2 * level;
  for (std::uint64_t x = box.x0 >> shift; x <= box.x1 >> shift; ++x) {
    for (std::uint64_t y = box.y0 >> shift; y <= box.y1 >> shift; ++y) use((x << 32) | y);
  }
}

/// Neighbouring cells differ in few bits.
struct CellHash {
  std::size_t operator()(std::uint64_t key) const noexcept {
    const std::uint64_t h = key * 0x9e3779b97f4a7c15U;
    return static_cast<std::size_t>(h ^ (h >> 32));
  }
};

/// Which segments are in which cells.
class CellIndex {
 public:
  explicit CellIndex(const std::vector<Box>& boxes) : boxes_(boxes) {
    entries_.reserve(boxes.size() * 2);
    for (SegmentIndex i = 0; i < boxes.size(); ++i) {
      const int level = level_of(boxes[i]);
      auto& first = first_[static_cast<std::size_t>(level)];
      for_each_cell(boxes[i], level, [&](std::uint64_t key) {
        std::uint32_t& head = first.try_emplace(key, kNone).first.value();
        entries_.push_back({i, head});
        head = static_cast<std::uint32_t>(entries_.size() - 1);
      });
    }
  }

  /// Calls `visit(i, j)` for the segments j whose boxes overlap that of i: of its own level those before it,
  /// and all of coarser ones. Over all i that is every pair once.
  template <class Visit>
  void for_each_close(SegmentIndex i, Visit visit) const {
    const Box& box = boxes_[i];
    const int own = level_of(box);
    for (int level = own; level < kLevels; ++level) {
      const auto& first = first_[static_cast<std::size_t>(level)];
      if (first.empty()) continue;
      for_each_cell(box, level, [&](std::uint64_t key) {
        const auto cell = first.find(key);
        if (cell == first.end()) return;
        for (std::uint32_t e = cell->second; e != kNone; e = entries_[e].next) {
          const SegmentIndex j = entries_[e].segment;
          if (level == own && j >= i) continue;
          const Box& other = boxes_[j];
          if (overlap(box, other) &&
              key == cell_key(std::max(box.x0, other.x0), std::max(box.y0, other.y0), level))
            visit(i, j);
        }
      });
    }
  }

 private:
  static constexpr std::uint32_t kNone = 0xffffffffU;
  struct Entry {
    SegmentIndex segment;
    std::uint32_t next;  ///< in the same cell
  };
  const std::vector<Box>& boxes_;
  std::array<tsl::robin_map<std::uint64_t, std::uint32_t, CellHash>, kLevels> first_;
  std::vector<Entry> entries_;
};

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

/// What one block of segments meets; crossings are counted from 0.
struct Meetings {
  struct OnSegment {
    SegmentIndex segment;
    std::uint32_t vertex;
  };
  struct Crossing {
    SegmentIndex s, t;
    ExactPoint point;
  };
  std::vector<OnSegment> vertices;
  std::vector<Crossing> crossings;
  std::uint64_t pairs = 0;
};

class CrossingFinder {
 public:
  explicit CrossingFinder(const SegmentTable& table)
      : table_(table), vertices_(table.vertices), segments_(table.segments) {}

  Crossings run() {
    std::vector<Box> boxes;
    boxes.reserve(segments_.size());
    for (const GridSegment& s : segments_) boxes.push_back(box_of(s));
    const CellIndex cells(boxes);
    constexpr std::size_t kBlock = 512;
    std::vector<Meetings> blocks(segments_.size() / kBlock + 1);
    tbb::parallel_for(std::size_t{0}, blocks.size(), [&](std::size_t b) {
      const std::size_t end = std::min(segments_.size(), (b + 1) * kBlock);
      for (std::size_t i = b * kBlock; i < end; ++i) {
        cells.for_each_close(static_cast<SegmentIndex>(i),
                             [&](SegmentIndex s, SegmentIndex t) { meet(s, t, blocks[b]); });
      }
    });
    // In the order of blocks, whoever worked on them.
    std::vector<Incident> found;
    for (const Meetings& block : blocks) {
      pairs_ += block.pairs;
      for (const auto& [segment, vertex] : block.vertices) found.push_back({segment, vertex});
      for (const auto& [s, t, point] : block.crossings) {
        const auto name = static_cast<std::uint32_t>(vertices_.size() + crossings_.size());
        crossings_.push_back(point);
        found.push_back({s, name});
        found.push_back({t, name});
      }
    }
    std::vector<std::uint32_t> offsets;
    incidents_ = sorted_by_key(found, segments_.size(), [](const Incident& i) { return i.segment; }, offsets);
    UnionFind names(vertices_.size() + crossings_.size());
    order_along_segments(names);
    return collect(names);
  }

 private:
  void meet(SegmentIndex i, SegmentIndex j, Meetings& out) const {
    const GridSegment& s = segments_[i];
    const GridSegment& t = segments_[j];
    const SegmentEnds& se = table_.ends[i];
    const SegmentEnds& te = table_.ends[j];
    // Neighbours on a line are the most frequent case by far.
    const bool is_joint = se.a == te.a || se.a == te.b || se.b == te.a || se.b == te.b;
    const int ta = sign64(orientation(s.a, s.b, t.a));
    const int tb = sign64(orientation(s.a, s.b, t.b));
    if (ta * tb > 0 || (is_joint && (ta != 0 || tb != 0))) return;
    const int sa = sign64(orientation(t.a, t.b, s.a));
    const int sb = sign64(orientation(t.a, t.b, s.b));
    if (sa * sb > 0) return;
    if (ta * tb < 0 && sa * sb < 0) {
      // The same members whichever of the two was looked up first.
      out.crossings.push_back({i, j, i < j ? crossing_point(s, t) : crossing_point(t, s)});
      ++out.pairs;
      return;
    }
    // Touching or collinear: ends of one that lie strictly inside the other. On a line, "inside" is a matter
    // of the lexicographic order, because segments point upwards in it.
    const std::size_t before = out.vertices.size();
    if (ta == 0 && s.a < t.a && t.a < s.b) out.vertices.push_back({i, te.a});
    if (tb == 0 && s.a < t.b && t.b < s.b) out.vertices.push_back({i, te.b});
    if (sa == 0 && t.a < s.a && s.a < t.b) out.vertices.push_back({j, se.a});
    if (sb == 0 && t.a < s.b && s.b < t.b) out.vertices.push_back({j, se.b});
    if (out.vertices.size() > before) ++out.pairs;
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

  const SegmentTable& table_;
  const std::vector<GridPoint>& vertices_;
  const std::vector<GridSegment>& segments_;
  std::vector<ExactPoint> crossings_;
  std::vector<Incident> incidents_;
  std::uint64_t pairs_ = 0;
};

}  // namespace

Crossings find_crossings(const SegmentTable& table) {
  return CrossingFinder(table).run();
}

}  // namespace marchland
