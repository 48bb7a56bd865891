#include <marchland/base/error.h>
#include <marchland/composite/segments.h>

#include <boost/sort/spreadsort/integer_sort.hpp>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <bit>
#include <memory>
#include <numeric>
#include <tuple>
#include <utility>

namespace marchland {
namespace {

constexpr SegmentIndex kFree = 0xffffffffU;

std::size_t hash(const GridSegment& s) noexcept {
  const auto pack = [](GridPoint p) {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(p.x)) << 32) |
           static_cast<std::uint32_t>(p.y);
  };
  // Multiply and fold (wyhash's mixing step) spreads neighbouring coordinates over the whole table.
  const Uint128 mixed =
      static_cast<Uint128>(pack(s.a) ^ 0x9e3779b97f4a7c15U) * (pack(s.b) ^ 0xd6e8feb86659fd93U);
  return static_cast<std::size_t>(mixed) ^ static_cast<std::size_t>(mixed >> 64);
}

/// Orders as the point does.
std::uint64_t sort_key(GridPoint p) noexcept {
  const auto biased = [](std::int32_t v) { return static_cast<std::uint32_t>(v) ^ 0x80000000U; };
  return (static_cast<std::uint64_t>(biased(p.x)) << 32) | biased(p.y);
}

/// How often one label runs along one segment, each way.
struct Traversals {
  std::int32_t forward = 0;
  std::int32_t backward = 0;
  void add(std::int32_t change, bool begins) {
    // What begins adds to its own direction; what ends takes away from it and is written with the other sign.
    if (begins) (change > 0 ? forward : backward) += change > 0 ? change : -change;
    if (!begins) (change < 0 ? forward : backward) -= change > 0 ? change : -change;
  }
};

}  // namespace

void normalise(std::vector<WindingEvent>& events) {
  std::sort(events.begin(), events.end());
  std::size_t out = 0;
  for (std::size_t i = 0; i < events.size();) {
    WindingEvent sum = events[i];
    for (++i; i < events.size() && events[i].label == sum.label && events[i].time == sum.time; ++i)
      sum.change += events[i].change;
    if (sum.change != 0) events[out++] = sum;
  }
  events.resize(out);
}

void number_ends(SegmentTable& table) {
  struct Item {
    std::uint64_t point;
    SegmentIndex segment;
    bool operator<(const Item& other) const { return point < other.point; }
  };
  // Segments are sorted, so their first ends are; the second ones are sorted here and both merged.
  const std::vector<GridSegment>& segments = table.segments;
  std::vector<Item> second;
  second.reserve(segments.size());
  for (SegmentIndex s = 0; s < segments.size(); ++s) second.push_back({sort_key(segments[s].b), s});
  boost::sort::spreadsort::integer_sort(second.begin(), second.end(),
                                        [](const Item& item, unsigned shift) { return item.point >> shift; });
  table.vertices.clear();
  table.vertices.reserve(segments.size() + segments.size() / 4);
  table.ends.resize(segments.size());
  const auto number = [&](GridPoint p) {
    if (table.vertices.empty() || table.vertices.back() != p) table.vertices.push_back(p);
    return static_cast<std::uint32_t>(table.vertices.size() - 1);
  };
  SegmentIndex a = 0;
  std::size_t b = 0;
  while (b < second.size()) {
    const bool takes_a = a < segments.size() && sort_key(segments[a].a) <= second[b].point;
    if (takes_a) {
      table.ends[a].a = number(segments[a].a);
      ++a;
    } else {
      table.ends[second[b].segment].b = number(segments[second[b].segment].b);
      ++b;
    }
  }
}

bool SegmentTableBuilder::add_event(const GridSegment& directed, LabelIndex label, TimeIndex time,
                                    std::int32_t times, bool begins) {
  if (directed.a == directed.b) return false;
  const bool forward = directed.a < directed.b;
  const auto& [a, b] = forward ? directed : GridSegment{directed.b, directed.a};
  if (pending_.empty() || pending_.back().size() == pending_.back().capacity()) start_chunk();
  pending_.back().push_back(
      {a.x, a.y, b.x, b.y, label, time & 0x7fffffffU, begins ? 1U : 0U, forward == begins ? times : -times});
  // A segment points east, so its ends are on the seam of their own side or it lies along one.
  touches_seam_ = touches_seam_ || a.x == -kGridMaxLon || b.x == kGridMaxLon;
  return true;
}

void SegmentTableBuilder::start_chunk() {
  // Small enough to be taken from memory that was used before.
  constexpr std::size_t kChunk = 2048;
  full_ += pending_.empty() ? 0 : pending_.back().size();
  if (full_ >= compact_at_) {
    compact();
    compact_at_ = std::max(compact_at_, full_ * 2);
  }
  pending_.emplace_back().reserve(kChunk);
}

void SegmentTableBuilder::add_cut_parent(const GridSegment& segment, const CutParent& parent) {
  // Of two edges that leave the same piece, always the same one.
  const auto [known, is_new] = cut_parents_.try_emplace(segment, parent);
  if (!is_new) known->second = std::min(known->second, parent);
}

void SegmentTableBuilder::add_chain(const QuantisedRing& chain, LabelIndex label, TimeIndex time, int weight,
                                    bool begins) {
  for (const ChainLink& link : chain.links) {
    const bool is_added = add_event(link.s, label, time, link.multiplicity * weight, begins);
    if (!is_added || link.cut_parent == ChainLink::kNoParent) continue;
    const GridSegment upwards = link.s.a < link.s.b ? link.s : GridSegment{link.s.b, link.s.a};
    add_cut_parent(upwards, chain.cut_parents[link.cut_parent]);
  }
}

void SegmentTableBuilder::begin(const QuantisedRing& chain, LabelIndex label, TimeIndex time, int weight) {
  add_chain(chain, label, time, weight, true);
  occurrences_ += chain.links.size();
}

void SegmentTableBuilder::end(const QuantisedRing& chain, LabelIndex label, TimeIndex time, int weight) {
  add_chain(chain, label, time, weight, false);
}

void SegmentTableBuilder::add(const QuantisedRing& chain, LabelIndex label, TimeIndex from, TimeIndex to,
                              int weight) {
  MARCHLAND_ASSERT(from < to);
  begin(chain, label, from, weight);
  end(chain, label, to, weight);
}

void SegmentTableBuilder::merge(SegmentTableBuilder&& other) {
  for (Chunk& chunk : other.pending_) {
    full_ += pending_.empty() ? 0 : pending_.back().size();
    pending_.push_back(std::move(chunk));
  }
  touches_seam_ = touches_seam_ || other.touches_seam_;
  for (const auto& [segment, parent] : other.cut_parents_) add_cut_parent(segment, parent);
  occurrences_ += other.occurrences_;
  other = {};
}

void SegmentTableBuilder::compact() {
  Chunk all;
  all.reserve(full_);
  for (Chunk& chunk : pending_) {
    all.insert(all.end(), chunk.begin(), chunk.end());
    chunk = {};
  }
  // A run that ends where another of the same direction begins goes on. Both directions are kept apart:
  // running along a segment and back is told from not running along it.
  const auto key = [](const PendingEvent& e) {
    const std::int32_t direction = (e.change > 0) == (e.begins == 1) ? 0 : 1;
    return std::tuple(e.segment(), e.label, TimeIndex{e.time}, direction);
  };
  std::sort(all.begin(), all.end(),
            [&](const PendingEvent& a, const PendingEvent& b) { return key(a) < key(b); });
  std::size_t out = 0;
  for (std::size_t i = 0; i < all.size();) {
    PendingEvent sum = all[i];
    const auto same = key(sum);
    for (++i; i < all.size() && key(all[i]) == same; ++i) sum.change += all[i].change;
    if (sum.change == 0) continue;
    // More begins than ends, or the other way round.
    sum.begins = (sum.change > 0) == (std::get<3>(same) == 0) ? 1U : 0U;
    all[out++] = sum;
  }
  all.resize(out);
  full_ = out;
  pending_.clear();
  pending_.push_back(std::move(all));
}

void SegmentTableBuilder::divide_at_seam() {
  if (!touches_seam_) return;
  std::vector<std::int32_t> latitudes;
  for (const Chunk& chunk : pending_) {
    for (const PendingEvent& e : chunk) {
      if (e.ax == kGridMaxLon || e.ax == -kGridMaxLon) latitudes.push_back(e.ay);
      if (e.bx == kGridMaxLon || e.bx == -kGridMaxLon) latitudes.push_back(e.by);
    }
  }
  std::sort(latitudes.begin(), latitudes.end());
  latitudes.erase(std::unique(latitudes.begin(), latitudes.end()), latitudes.end());

  Chunk pieces;
  for (Chunk& chunk : pending_) {
    std::size_t kept = 0;
    for (const PendingEvent& e : chunk) {
      const auto first = std::upper_bound(latitudes.begin(), latitudes.end(), e.ay);
      if (!is_on_seam(e.segment()) || first == latitudes.end() || *first >= e.by) {
        chunk[kept++] = e;
        continue;
      }
      std::int32_t from = e.ay;
      for (auto cut = first; from != e.by; ++cut) {
        PendingEvent& piece = pieces.emplace_back(e);
        piece.ay = from;
        piece.by = from = std::min(*cut, e.by);
      }
    }
    chunk.resize(kept);
  }
  pending_.push_back(std::move(pieces));
}

/// Segments that begin in one part of the plane, in their order.
struct SegmentTableBuilder::Part {
  std::vector<GridSegment> segments;
  std::vector<std::uint32_t> event_counts;  ///< by segment
  std::vector<WindingEvent> events;
  std::vector<RepeatedRun> repeats;  ///< segments counted from the part's first
  std::vector<std::pair<GridSegment, RepeatedRun>> lost_repeats;
};

/// Puts the events of parts in order; what it needs for that is kept from part to part.
class SegmentTableBuilder::PartSorter {
 public:
  void sort(std::span<const PendingEvent> events, Part& out) {
    number_segments(events);
    add_up(events);
    put_in_order(out);
  }

 private:
  void number_segments(std::span<const PendingEvent> events) {
    unique_.clear();
    number_.clear();
    const std::size_t mask = std::bit_ceil(events.size() * 2) - 1;
    buckets_.assign(mask + 1, kFree);
    for (const PendingEvent& e : events) {
      const GridSegment segment = e.segment();
      std::size_t at = hash(segment) & mask;
      while (buckets_[at] != kFree && unique_[buckets_[at]] != segment) at = (at + 1) & mask;
      if (buckets_[at] == kFree) {
        buckets_[at] = static_cast<SegmentIndex>(unique_.size());
        unique_.push_back(segment);
      }
      number_.push_back(buckets_[at]);
    }
  }

  /// Events segment by segment, added up.
  void add_up(std::span<const PendingEvent> events) {
    begin_.assign(unique_.size() + 1, 0);
    for (const SegmentIndex s : number_) ++begin_[s + 1];
    std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
    sorted_.resize(events.size());
    fill_.assign(begin_.begin(), begin_.end() - 1);
    for (std::size_t i = 0; i < events.size(); ++i) {
      const PendingEvent& e = events[i];
      sorted_[fill_[number_[i]]++] = {(static_cast<std::uint64_t>(e.label) << 32) | (e.time << 1) | e.begins,
                                      e.change};
    }
    sums_.clear();
    repeats_.clear();
    sums_begin_.assign(1, 0);
    for (SegmentIndex s = 0; s < unique_.size(); ++s) {
      add_up(s, std::span(sorted_).subspan(begin_[s], begin_[s + 1] - begin_[s]));
      sums_begin_.push_back(static_cast<std::uint32_t>(sums_.size()));
    }
  }

  struct Change {
    std::uint64_t key;  ///< label, time, whether it begins
    std::int32_t change;
    [[nodiscard]] LabelIndex label() const { return static_cast<LabelIndex>(key >> 32); }
    [[nodiscard]] TimeIndex time() const { return static_cast<TimeIndex>(key) >> 1; }
    [[nodiscard]] bool begins() const { return (key & 1U) != 0; }
    bool operator<(const Change& other) const { return key < other.key; }
  };

  void add_up(SegmentIndex segment, std::span<Change> list) {
    if (!std::is_sorted(list.begin(), list.end())) std::sort(list.begin(), list.end());
    const bool is_box = is_on_box(unique_[segment]);
    Traversals now;
    for (std::size_t i = 0; i < list.size();) {
      if (i > 0 && list[i].label() != list[i - 1].label()) now = {};
      WindingEvent sum{list[i].label(), list[i].time(), 0};
      bool begins = false;
      for (const std::uint64_t instant = list[i].key >> 1; i < list.size() && list[i].key >> 1 == instant;
           ++i) {
        sum.change += list[i].change;
        begins = begins || list[i].begins();
        now.add(list[i].change, list[i].begins());
      }
      if (sum.change != 0) sums_.push_back(sum);
      if (begins && !is_box && now.forward + now.backward > 1)
        repeats_.push_back({segment, sum.label, sum.time});
    }
  }

  /// Only segments that still have events, in the order of their ends.
  void put_in_order(Part& out) {
    order_.clear();
    for (SegmentIndex s = 0; s < unique_.size(); ++s) {
      if (sums_begin_[s] != sums_begin_[s + 1])
        order_.push_back({sort_key(unique_[s].a), sort_key(unique_[s].b), s});
    }
    std::sort(order_.begin(), order_.end());
    out.segments.reserve(order_.size());
    out.event_counts.reserve(order_.size());
    out.events.reserve(sums_.size());
    for (const Ordered& item : order_) {
      const SegmentIndex s = item.segment;
      out.segments.push_back(unique_[s]);
      out.event_counts.push_back(sums_begin_[s + 1] - sums_begin_[s]);
      out.events.insert(out.events.end(), sums_.begin() + sums_begin_[s], sums_.begin() + sums_begin_[s + 1]);
    }
    if (repeats_.empty()) return;
    std::vector<SegmentIndex> rank(unique_.size(), kFree);
    for (SegmentIndex i = 0; i < order_.size(); ++i) rank[order_[i].segment] = i;
    for (RepeatedRun repeat : repeats_) {
      const SegmentIndex given = repeat.segment;
      repeat.segment = rank[given];
      if (repeat.segment == kFree) {
        out.lost_repeats.emplace_back(unique_[given], repeat);
      } else {
        out.repeats.push_back(repeat);
      }
    }
  }

  struct Ordered {
    std::uint64_t a, b;
    SegmentIndex segment;
    bool operator<(const Ordered& other) const { return a != other.a ? a < other.a : b < other.b; }
  };
  std::vector<SegmentIndex> buckets_;  ///< open addressing; a power of two of them, at most half in use
  std::vector<GridSegment> unique_;
  std::vector<SegmentIndex> number_;  ///< by event
  std::vector<std::uint32_t> begin_, fill_;
  std::vector<Change> sorted_;
  std::vector<WindingEvent> sums_;
  std::vector<std::uint32_t> sums_begin_;
  std::vector<RepeatedRun> repeats_;
  std::vector<Ordered> order_;
};

std::vector<SegmentTableBuilder::Part> SegmentTableBuilder::sort_into_parts() const {
  std::vector<std::span<const PendingEvent>> blocks;
  std::size_t count = 0;
  constexpr std::size_t kBlock = 8192;
  const auto add_blocks = [&](std::span<const PendingEvent> events) {
    count += events.size();
    for (; !events.empty(); events = events.subspan(std::min(kBlock, events.size())))
      blocks.push_back(events.first(std::min(kBlock, events.size())));
  };
  for (const Chunk& chunk : pending_) add_blocks(chunk);

  // Samples say where parts begin. Wherever that is, the same segments come in the same order.
  constexpr std::size_t kPart = 1024;
  constexpr std::size_t kMostParts = 1024;
  constexpr std::size_t kSamplesPerPart = 16;
  const std::size_t wanted = std::clamp(count / kPart, std::size_t{1}, kMostParts);
  const std::size_t every = std::max(count / (wanted * kSamplesPerPart), std::size_t{1});
  std::vector<std::uint64_t> begins;
  for (const auto& block : blocks) {
    for (std::size_t i = 0; i < block.size(); i += every)
      begins.push_back(sort_key({block[i].ax, block[i].ay}));
  }
  std::sort(begins.begin(), begins.end());
  std::size_t kept = 0;
  for (std::size_t i = kSamplesPerPart; i < begins.size(); i += kSamplesPerPart) begins[kept++] = begins[i];
  begins.resize(kept);
  begins.erase(std::unique(begins.begin(), begins.end()), begins.end());

  const std::size_t parts = begins.size() + 1;
  std::vector<std::uint16_t> part_of(blocks.size() * kBlock);
  std::vector<std::uint32_t> place(blocks.size() * parts, 0);  // by block and part; counts at first
  tbb::parallel_for(std::size_t{0}, blocks.size(), [&](std::size_t b) {
    for (std::size_t i = 0; i < blocks[b].size(); ++i) {
      const auto after =
          std::upper_bound(begins.begin(), begins.end(), sort_key({blocks[b][i].ax, blocks[b][i].ay}));
      const auto part = static_cast<std::uint16_t>(after - begins.begin());
      part_of[b * kBlock + i] = part;
      ++place[b * parts + part];
    }
  });
  std::vector<std::uint32_t> offsets(parts + 1, 0);
  std::uint32_t next = 0;
  for (std::size_t part = 0; part < parts; ++part) {
    for (std::size_t b = 0; b < blocks.size(); ++b) next += std::exchange(place[b * parts + part], next);
    offsets[part + 1] = next;
  }
  const auto events = std::make_unique_for_overwrite<PendingEvent[]>(count);
  tbb::parallel_for(std::size_t{0}, blocks.size(), [&](std::size_t b) {
    for (std::size_t i = 0; i < blocks[b].size(); ++i)
      events[place[b * parts + part_of[b * kBlock + i]]++] = blocks[b][i];
  });

  std::vector<Part> out(parts);
  tbb::enumerable_thread_specific<PartSorter> sorters;
  tbb::parallel_for(std::size_t{0}, parts, [&](std::size_t part) {
    sorters.local().sort(std::span(events.get() + offsets[part], offsets[part + 1] - offsets[part]),
                         out[part]);
  });
  return out;
}

SegmentTable SegmentTableBuilder::finish() {
  divide_at_seam();
  SegmentTable table;
  table.occurrences = occurrences_;
  const std::vector<Part> parts = sort_into_parts();
  std::vector<SegmentIndex> first(parts.size() + 1, 0);
  std::vector<std::uint32_t> first_event(parts.size() + 1, 0);
  for (std::size_t p = 0; p < parts.size(); ++p) {
    first[p + 1] = first[p] + static_cast<SegmentIndex>(parts[p].segments.size());
    first_event[p + 1] = first_event[p] + static_cast<std::uint32_t>(parts[p].events.size());
  }
  table.segments.resize(first.back());
  table.offsets.resize(first.back() + 1);
  table.events.resize(first_event.back());
  tbb::parallel_for(std::size_t{0}, parts.size(), [&](std::size_t p) {
    const Part& part = parts[p];
    std::copy(part.segments.begin(), part.segments.end(), table.segments.begin() + first[p]);
    std::copy(part.events.begin(), part.events.end(), table.events.begin() + first_event[p]);
    std::uint32_t offset = first_event[p];
    for (std::size_t i = 0; i < part.event_counts.size(); ++i)
      table.offsets[first[p] + i + 1] = offset += part.event_counts[i];
  });
  number_ends(table);
  for (const auto& [segment, parent] : cut_parents_) {
    const auto found = std::lower_bound(table.segments.begin(), table.segments.end(), segment);
    if (found != table.segments.end() && *found == segment)
      table.cut_parents.emplace(static_cast<SegmentIndex>(found - table.segments.begin()), parent);
  }
  for (std::size_t p = 0; p < parts.size(); ++p) {
    for (RepeatedRun repeat : parts[p].repeats) {
      repeat.segment += first[p];
      table.repeats.push_back(repeat);
    }
    table.lost_repeats.insert(table.lost_repeats.end(), parts[p].lost_repeats.begin(),
                              parts[p].lost_repeats.end());
  }
  std::sort(table.repeats.begin(), table.repeats.end());
  std::sort(table.lost_repeats.begin(), table.lost_repeats.end());
  *this = {};
  return table;
}

}  // namespace marchland
