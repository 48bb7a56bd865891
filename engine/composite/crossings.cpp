#include <marchland/base/mix_hash.h>
#include <marchland/base/sorted_by_key.h>
#include <marchland/composite/crossings.h>

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_sort.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <numeric>
#include <span>
#include <utility>

namespace marchland {
namespace {

/// The box around a segment, in grid units.
struct Box {
  std::int32_t x0, y0, x1, y1;
};

Box box_of(const GridSegment& s) {
  return {s.a.x, std::min(s.a.y, s.b.y), s.b.x, std::max(s.a.y, s.b.y)};
}

/// Cells of level L have the side 2^(L * kLevelBits). Finer levels make fewer pairs to look at and more cells
/// to look into; an edge across the box belongs to the last. No segment is so short that it is of level 0.
constexpr int kLevelBits = 3;
constexpr int kLevels = (32 + kLevelBits - 1) / kLevelBits + 1;

int level_of(const Box& box) {
  const auto width = static_cast<unsigned>(
      std::bit_width(static_cast<std::uint64_t>(std::max(std::int64_t{box.x1} - box.x0,  //
                                                         std::int64_t{box.y1} - box.y0))));
  return static_cast<int>((width + kLevelBits - 1) / kLevelBits);
}

/// Coordinates are counted from the lower left corner of the box, never negative: cells are then bit shifts.
std::uint64_t column_of(std::int32_t x, int level) {
  return static_cast<std::uint64_t>(std::int64_t{x} + kGridMaxLon) >> (level * kLevelBits);
}
std::uint64_t row_of(std::int32_t y, int level) {
  return static_cast<std::uint64_t>(std::int64_t{y} + kGridMaxLat) >> (level * kLevelBits);
}
/// Below level 1 a column has 29 bits and a row 28; the level has the highest four.
std::uint64_t cell_key(std::uint64_t column, std::uint64_t row, int level) {
  return (static_cast<std::uint64_t>(level) << 60U) | (column << 30U) | row;
}

template <class Use>
void for_each_cell(const Box& box, int level, Use use) {
  const std::uint64_t last_column = column_of(box.x1, level);
  const std::uint64_t first_row = row_of(box.y0, level);
  const std::uint64_t last_row = row_of(box.y1, level);
  for (std::uint64_t x = column_of(box.x0, level); x <= last_column; ++x) {
    for (std::uint64_t y = first_row; y <= last_row; ++y) use(cell_key(x, y, level));
  }
}

/// Four numbers compared at once, whatever the machine calls it.
using FourNumbers = std::int32_t __attribute__((vector_size(16)));
using TwoNumbers = std::int64_t __attribute__((vector_size(16)));

/// Which segments are in which cells of their level. Those of a cell are in their order, so from west to
/// east.
class CellIndex {
 public:
  explicit CellIndex(const std::vector<GridSegment>& segments) : segments_(segments) {
    constexpr std::size_t kBlock = 2048;
    std::vector<Block> blocks(segments.size() / kBlock + 1);
    tbb::parallel_for(std::size_t{0}, blocks.size(), [&](std::size_t b) {
      const std::size_t end = std::min(segments.size(), (b + 1) * kBlock);
      Block& block = blocks[b];
      block.placed.reserve(2 * kBlock);
      for (std::size_t i = b * kBlock; i < end; ++i) {
        const Box box = box_of(segments[i]);
        const int level = level_of(box);
        block.levels |= 1U << static_cast<unsigned>(level);
        std::uint32_t ordinal = 0;
        for_each_cell(box, level, [&](std::uint64_t key) {
          block.placed.push_back({key, static_cast<SegmentIndex>(i), ordinal++});
          ++block.counts[shard_of(MixHash()(key))];
        });
      }
    });
    std::array<std::uint32_t, kShards + 1> shard_begin{};
    std::uint32_t next = 0;
    for (std::size_t shard = 0; shard < kShards; ++shard) {
      for (Block& block : blocks) next += std::exchange(block.counts[shard], next);
      shard_begin[shard + 1] = next;
    }
    std::vector<Placed> placed(next);
    tbb::parallel_for(std::size_t{0}, blocks.size(), [&](std::size_t b) {
      for (const Placed& p : blocks[b].placed) placed[blocks[b].counts[shard_of(MixHash()(p.key))]++] = p;
    });
    for (const Block& block : blocks) levels_ |= block.levels;
    entries_.resize(next);
    tbb::parallel_for(std::size_t{0}, kShards, [&](std::size_t shard) {
      fill_shard(shards_[shard],
                 std::span(placed).subspan(shard_begin[shard], shard_begin[shard + 1] - shard_begin[shard]),
                 shard_begin[shard]);
    });
    std::vector<Discovery> found;
    for (Shard& shard : shards_) {
      found.insert(found.end(), shard.cells.begin(), shard.cells.end());
      shard.cells = {};
    }
    // In the order in which segments come upon them, whatever their hashes.
    std::sort(found.begin(), found.end(), [](const Discovery& a, const Discovery& b) {
      return a.first != b.first ? a.first < b.first : a.ordinal < b.ordinal;
    });
    cells_.reserve(found.size());
    for (const Discovery& one : found) cells_.push_back(one.cell);
  }

  [[nodiscard]] std::size_t cell_count() const noexcept { return cells_.size(); }

  /// Calls `visit(i, j)` for pairs of segments of the cell's level whose boxes overlap.
  template <class Visit>
  void for_each_close_in_cell(std::size_t cell, Visit visit) const {
    const std::uint64_t key = cells_[cell].key;
    const auto entries =
        std::span(entries_).subspan(cells_[cell].begin, cells_[cell].end - cells_[cell].begin);
    for (std::size_t a = 0; a < entries.size(); ++a) {
      const Box box = entries[a].box();
      visit_close(box, key, entries.subspan(a + 1),
                  [&](SegmentIndex other) { visit(entries[a].segment, other); });
    }
  }

  /// Calls `visit(i, j)` for the segments j of coarser levels whose boxes overlap that of i.
  template <class Visit>
  void for_each_coarser(SegmentIndex i, Visit visit) const {
    const Box box = box_of(segments_[i]);
    for (int level = level_of(box) + 1; level < kLevels; ++level) {
      if ((levels_ >> static_cast<unsigned>(level) & 1U) == 0) continue;
      for_each_cell(box, level, [&](std::uint64_t key) {
        visit_close(box, key, in_cell(key), [&](SegmentIndex other) { visit(i, other); });
      });
    }
  }

 private:
  /// A segment in a cell of its level; the how-manieth of its cells that is.
  struct Placed {
    std::uint64_t key;
    SegmentIndex segment;
    std::uint32_t ordinal;
  };
  struct Block;
  /// Lower bounds and upper bounds with the other sign: boxes overlap where no number exceeds its limit.
  struct Entry {
    std::array<std::int32_t, 4> bounds;
    SegmentIndex segment;
    [[nodiscard]] Box box() const { return {bounds[0], bounds[1], -bounds[2], -bounds[3]}; }
  };
  struct Cell {
    std::uint64_t key;         ///< 0: none
    std::uint32_t begin, end;  ///< of its entries
  };
  /// The segment that came upon a cell first, the how-manieth of its cells it is, and the cell.
  struct Discovery {
    SegmentIndex first;
    std::uint32_t ordinal;
    Cell cell;
  };
  /// Cells whose hashes begin alike; open addressing, at most half in use.
  struct Shard {
    std::vector<Cell> buckets;
    std::vector<Discovery> cells;
    [[nodiscard]] Cell& bucket(std::uint64_t key, std::size_t hash) {
      const std::size_t mask = buckets.size() - 1;
      std::size_t at = hash & mask;
      while (buckets[at].key != 0 && buckets[at].key != key) at = (at + 1) & mask;
      return buckets[at];
    }
    [[nodiscard]] const Cell& bucket(std::uint64_t key, std::size_t hash) const {
      return const_cast<Shard&>(*this).bucket(key, hash);
    }
    void grow() {
      buckets.assign(std::max(buckets.size() * 2, std::size_t{64}), Cell{});
      for (std::uint32_t c = 0; c < cells.size(); ++c)
        bucket(cells[c].cell.key, MixHash()(cells[c].cell.key)) = {cells[c].cell.key, c, c};
    }
  };
  static constexpr std::size_t kShards = 16;
  static std::size_t shard_of(std::size_t hash) { return hash >> 60U; }

  void fill_shard(Shard& shard, std::span<const Placed> placed, std::uint32_t begin) {
    // While cells are found, `begin` of a bucket is the number of its cell.
    shard.grow();
    std::vector<std::uint32_t> cell_of;
    cell_of.reserve(placed.size());
    for (const Placed& p : placed) {
      const std::size_t hash = MixHash()(p.key);
      Cell* cell = &shard.bucket(p.key, hash);
      if (cell->key == 0) {
        if (2 * shard.cells.size() >= shard.buckets.size()) {
          shard.grow();
          cell = &shard.bucket(p.key, hash);
        }
        const auto number = static_cast<std::uint32_t>(shard.cells.size());
        *cell = {p.key, number, number};
        shard.cells.push_back({p.segment, p.ordinal, {p.key, 0, 0}});
      }
      cell_of.push_back(cell->begin);
      ++shard.cells[cell->begin].cell.end;
    }
    for (Discovery& found : shard.cells) {
      found.cell.begin = begin;
      begin += std::exchange(found.cell.end, begin);
    }
    for (std::size_t k = 0; k < placed.size(); ++k) {
      const Box box = box_of(segments_[placed[k].segment]);
      entries_[shard.cells[cell_of[k]].cell.end++] = {{box.x0, box.y0, -box.x1, -box.y1}, placed[k].segment};
    }
    for (const Discovery& found : shard.cells)
      shard.bucket(found.cell.key, MixHash()(found.cell.key)) = found.cell;
  }

  [[nodiscard]] std::span<const Entry> in_cell(std::uint64_t key) const {
    const std::size_t hash = MixHash()(key);
    const Shard& shard = shards_[shard_of(hash)];
    const Cell& cell = shard.bucket(key, hash);
    return std::span(entries_).subspan(cell.begin, cell.end - cell.begin);
  }

  /// Of those in a cell, the ones whose boxes overlap and whose intersection has its lower left corner in it.
  template <class Visit>
  static void visit_close(const Box& box, std::uint64_t key, std::span<const Entry> entries, Visit visit) {
    const int level = static_cast<int>(key >> 60U);
    const FourNumbers limits{box.x1, box.y1, -box.x0, -box.y0};
    for (const Entry& entry : entries) {
      if (entry.bounds[0] > box.x1) break;  // and all that begin further east
      FourNumbers bounds;
      std::memcpy(&bounds, entry.bounds.data(), sizeof bounds);
      const auto beyond = reinterpret_cast<TwoNumbers>(bounds > limits);
      if ((beyond[0] | beyond[1]) != 0) continue;
      if (cell_key(column_of(std::max(box.x0, entry.bounds[0]), level),
                   row_of(std::max(box.y0, entry.bounds[1]), level), level) == key)
        visit(entry.segment);
    }
  }

  struct Block {
    std::vector<Placed> placed;
    std::array<std::uint32_t, kShards> counts{};  ///< then where those of each shard go
    unsigned levels = 0;
  };

  const std::vector<GridSegment>& segments_;
  unsigned levels_ = 0;  ///< bits of those that occur
  std::array<Shard, kShards> shards_;
  std::vector<Cell> cells_;
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
    order_along_segments(offsets, names);
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
    // Neighbours on a line are the most frequent case by far.
    const bool is_joint = s.a == t.a || s.a == t.b || s.b == t.a || s.b == t.b;
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
    const SegmentEnds& se = table_.ends[i];
    const SegmentEnds& te = table_.ends[j];
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

  void order_along_segments(const std::vector<std::uint32_t>& offsets, UnionFind& names) {
    struct Pair {
      std::uint32_t a, b;
    };
    constexpr std::size_t kBlock = 1024;
    std::vector<std::vector<Pair>> equal(segments_.size() / kBlock + 1);
    tbb::parallel_for(std::size_t{0}, equal.size(), [&](std::size_t block) {
      const std::size_t end = std::min(segments_.size(), (block + 1) * kBlock);
      for (std::size_t s = block * kBlock; s < end; ++s) {
        const auto run = std::span(incidents_).subspan(offsets[s], offsets[s + 1] - offsets[s]);
        if (run.size() < 2) continue;
        const bool vertical = segments_[s].dx() == 0;
        const auto compare = [&](std::uint32_t a, std::uint32_t b) {
          return vertical ? compare_y(point(a), point(b)) : compare_x(point(a), point(b));
        };
        // From a to b: x grows, or y where the segment is vertical. Names break ties for a stable order.
        std::sort(run.begin(), run.end(), [&](const Incident& a, const Incident& b) {
          const auto by_place = compare(a.name, b.name);
          return by_place != 0 ? by_place < 0 : a.name < b.name;
        });
        for (std::size_t k = 1; k < run.size(); ++k) {
          if (compare(run[k - 1].name, run[k].name) == 0)
            equal[block].push_back({run[k - 1].name, run[k].name});
        }
      }
    });
    for (const auto& block : equal) {
      for (const auto& [a, b] : block) names.join(a, b);
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
    tbb::parallel_sort(roots.begin(), roots.end(),
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

void name_by_first_pair(const SegmentTable& table, Crossings& crossings) {
  constexpr SegmentIndex kNone = 0xffffffffU;
  const auto vertices = static_cast<NodeIndex>(table.vertices.size());
  std::vector<std::uint32_t> lines(crossings.points.size(), 0);
  for (const NodeIndex node : crossings.nodes) {
    if (node >= vertices) ++lines[node - vertices];
  }
  if (std::none_of(lines.begin(), lines.end(), [](std::uint32_t count) { return count > 2; })) return;
  std::vector<SegmentIndex> first(crossings.points.size(), kNone);
  for (SegmentIndex i = 0; i < table.segments.size(); ++i) {
    for (std::uint32_t k = crossings.offsets[i]; k < crossings.offsets[i + 1]; ++k) {
      if (crossings.nodes[k] < vertices) continue;
      const NodeIndex crossing = crossings.nodes[k] - vertices;
      if (lines[crossing] <= 2) continue;
      if (first[crossing] == kNone) {
        first[crossing] = i;
        continue;
      }
      const GridSegment& s = table.segments[first[crossing]];
      const GridSegment& t = table.segments[i];
      if (cross(s.dx(), s.dy(), t.dx(), t.dy()) == 0) continue;
      crossings.points[crossing] = crossing_point(s, t);
      lines[crossing] = 0;
    }
  }
}

Crossings find_crossings(const SegmentTable& table, std::uint64_t limit) {
  Crossings crossings = CrossingFinder(table).run(limit);
  name_by_first_pair(table, crossings);
  return crossings;
}

}  // namespace marchland
