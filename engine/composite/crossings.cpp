#include <marchland/base/mix_hash.h>
#include <marchland/base/sorted_by_key.h>
#include <marchland/composite/crossings.h>

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tsl/robin_map.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <numeric>
#include <span>

namespace marchland {
namespace {

/// Coordinates from the lower left corner of the box, never negative: cells are then bit shifts.
struct Box {
  std::uint32_t x0, y0, x1, y1;
};

Box box_of(const GridSegment& s) {
  const auto x = [](std::int32_t v) { return static_cast<std::uint32_t>(std::int64_t{v} + kGridMaxLon); };
  const auto y = [](std::int32_t v) { return static_cast<std::uint32_t>(std::int64_t{v} + kGridMaxLat); };
  return {x(s.a.x), y(std::min(s.a.y, s.b.y)), x(s.b.x), y(std::max(s.a.y, s.b.y))};
}

bool overlap(const Box& a, const Box& b) {
  // Without branches: most pairs of a cell do not.
  return static_cast<bool>(static_cast<unsigned>(a.x0 <= b.x1) & static_cast<unsigned>(b.x0 <= a.x1) &
                           static_cast<unsigned>(a.y0 <= b.y1) & static_cast<unsigned>(b.y0 <= a.y1));
}

/// Cells of level L have the side 2^(L * kLevelBits). Finer levels make fewer pairs to look at and more cells
/// to look into; an edge across the box belongs to the last.
constexpr int kLevelBits = 3;
constexpr int kLevels = (32 + kLevelBits - 1) / kLevelBits + 1;

int level_of(const Box& box) {
  const auto width = static_cast<int>(std::bit_width(std::max(box.x1 - box.x0, box.y1 - box.y0)));
  return (width + kLevelBits - 1) / kLevelBits;
}

std::uint64_t cell_key(std::uint64_t x, std::uint64_t y, int level) {
  const int shift = level * kLevelBits;
  return ((x >> shift) << 32) | (y >> shift);
}

template <class Use>
void for_each_cell(const Box& box, int level, Use use) {
  const int shift = level * kLevelBits;
  for (std::uint64_t x = std::uint64_t{box.x0} >> shift; x <= std::uint64_t{box.x1} >> shift; ++x) {
    for (std::uint64_t y = std::uint64_t{box.y0} >> shift; y <= std::uint64_t{box.y1} >> shift; ++y)
      use((x << 32) | y);
  }
}

/// Which segments are in which cells of their level.
class CellIndex {
 public:
  struct Entry {
    Box box;
    SegmentIndex segment;
  };
  struct Cell {
    std::uint64_t key;
    int level;
  };

  explicit CellIndex(const std::vector<GridSegment>& segments) {
    boxes_.reserve(segments.size());
    std::vector<std::uint32_t> cell_of;  // in the order of segments and their cells
    cell_of.reserve(segments.size() * 2);
    for (const GridSegment& s : segments) {
      const Box box = box_of(s);
      boxes_.push_back(box);
      const int level = level_of(box);
      auto& ids = ids_[static_cast<std::size_t>(level)];
      for_each_cell(box, level, [&](std::uint64_t key) {
        const auto [found, is_new] = ids.try_emplace(key, static_cast<std::uint32_t>(cells_.size()));
        if (is_new) cells_.push_back({key, level});
        cell_of.push_back(found->second);
      });
    }
    offsets_.assign(cells_.size() + 1, 0);
    for (const std::uint32_t cell : cell_of) ++offsets_[cell + 1];
    std::partial_sum(offsets_.begin(), offsets_.end(), offsets_.begin());
    std::vector<std::uint32_t> fill(offsets_.begin(), offsets_.end() - 1);
    entries_.resize(cell_of.size());
    std::size_t next = 0;
    for (SegmentIndex i = 0; i < boxes_.size(); ++i) {
      for_each_cell(boxes_[i], level_of(boxes_[i]),
                    [&](std::uint64_t) { entries_[fill[cell_of[next++]]++] = {boxes_[i], i}; });
    }
  }

  [[nodiscard]] std::size_t cell_count() const noexcept { return cells_.size(); }

  /// Calls `visit(i, j)` for pairs of segments of the cell's level whose boxes overlap.
  template <class Visit>
  void for_each_close_in_cell(std::size_t cell, Visit visit) const {
    const auto entries = in_cell(cell);
    for (std::size_t a = 0; a < entries.size(); ++a) {
      const Box box = entries[a].box;
      for (std::size_t b = a + 1; b < entries.size(); ++b) {
        if (overlap(box, entries[b].box) && owns(cells_[cell], box, entries[b].box))
          visit(entries[a].segment, entries[b].segment);
      }
    }
  }

  /// Calls `visit(i, j)` for the segments j of coarser levels whose boxes overlap that of i.
  template <class Visit>
  void for_each_coarser(SegmentIndex i, Visit visit) const {
    const Box& box = boxes_[i];
    for (int level = level_of(box) + 1; level < kLevels; ++level) {
      const auto& ids = ids_[static_cast<std::size_t>(level)];
      if (ids.empty()) continue;
      for_each_cell(box, level, [&](std::uint64_t key) {
        const auto cell = ids.find(key);
        if (cell == ids.end()) return;
        for (const Entry& other : in_cell(cell->second)) {
          if (overlap(box, other.box) && owns({key, level}, box, other.box)) visit(i, other.segment);
        }
      });
    }
  }

 private:
  [[nodiscard]] std::span<const Entry> in_cell(std::size_t cell) const {
    return std::span(entries_).subspan(offsets_[cell], offsets_[cell + 1] - offsets_[cell]);
  }
  static bool owns(const Cell& cell, const Box& a, const Box& b) {
    return cell.key == cell_key(std::max(a.x0, b.x0), std::max(a.y0, b.y0), cell.level);
  }

  std::vector<Box> boxes_;
  std::array<tsl::robin_map<std::uint64_t, std::uint32_t, MixHash>, kLevels> ids_;
  std::vector<Cell> cells_;
  std::vector<std::uint32_t> offsets_;
  std::vector<Entry> entries_;  ///< by cell
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

  Crossings run(std::uint64_t limit) {
    const CellIndex cells(segments_);
    constexpr std::size_t kBlock = 1024;
    const std::size_t cell_blocks = cells.cell_count() / kBlock + 1;
    std::vector<Meetings> blocks(cell_blocks + segments_.size() / kBlock + 1);
    std::atomic<std::uint64_t> pairs{0};
    try {
      tbb::parallel_for(std::size_t{0}, blocks.size(), [&](std::size_t b) {
        const auto visit = [&](SegmentIndex s, SegmentIndex t) { meet(s, t, blocks[b]); };
        const bool is_cells = b < cell_blocks;
        const std::size_t begin = (is_cells ? b : b - cell_blocks) * kBlock;
        const std::size_t end = std::min(begin + kBlock, is_cells ? cells.cell_count() : segments_.size());
        for (std::size_t i = begin; i < end; ++i) {
          if (is_cells) cells.for_each_close_in_cell(i, visit);
          if (!is_cells) cells.for_each_coarser(static_cast<SegmentIndex>(i), visit);
          if (blocks[b].pairs > limit) throw BeyondLimit();
        }
        if (pairs.fetch_add(blocks[b].pairs) + blocks[b].pairs > limit) throw BeyondLimit();
      });
    } catch (const BeyondLimit&) {
      throw TooManyCrossings(limit, estimate(cells, limit));
    }
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
  struct BeyondLimit {};

  /// From every n-th cell and segment, n small enough for enough pairs to be met to judge by. More than the
  /// limit, which was passed.
  [[nodiscard]] CrossingEstimate estimate(const CellIndex& cells, std::uint64_t limit) const {
    constexpr std::size_t kCoarsest = 4096;
    constexpr std::uint64_t kEnough = 20'000;
    CrossingEstimate out;
    for (std::size_t step = kCoarsest; step > 0; step /= 2) {
      std::uint64_t pairs = 0;
      std::uint64_t most = 0;
      Meetings met;
      const auto visit = [&](SegmentIndex s, SegmentIndex t) { meet(s, t, met); };
      const auto count = [&] {
        pairs += met.pairs;
        if (met.pairs > most && !met.crossings.empty()) {
          most = met.pairs;
          out.where = met.crossings.front().point;
        }
        met = {};
      };
      for (std::size_t c = 0; c < cells.cell_count(); c += step) {
        cells.for_each_close_in_cell(c, visit);
        count();
      }
      for (std::size_t s = 0; s < segments_.size(); s += step) {
        cells.for_each_coarser(static_cast<SegmentIndex>(s), visit);
        count();
      }
      out.pairs = std::max(pairs * step, limit + 1);
      if (pairs >= kEnough) break;
    }
    return out;
  }

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

TooManyCrossings::TooManyCrossings(std::uint64_t limit, const CrossingEstimate& estimate)
    : Error(ErrorCode::failure,
            fmt::format("more than {} pairs of lines cross, about {} by an estimate", limit, estimate.pairs)),
      estimate_(estimate) {}

Crossings find_crossings(const SegmentTable& table, std::uint64_t limit) {
  return CrossingFinder(table).run(limit);
}

}  // namespace marchland
