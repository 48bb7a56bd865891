#include <marchland/base/error.h>
#include <marchland/base/sorted_by_key.h>
#include <marchland/composite/segments.h>

#include <boost/sort/spreadsort/integer_sort.hpp>

#include <algorithm>
#include <numeric>
#include <tuple>

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

SegmentTableBuilder::SegmentTableBuilder() : buckets_(1024, kFree) {}

void SegmentTableBuilder::grow() {
  std::vector<SegmentIndex> larger(buckets_.size() * 2, kFree);
  const std::size_t mask = larger.size() - 1;
  for (SegmentIndex i = 0; i < segments_.size(); ++i) {
    std::size_t at = hash(segments_[i]) & mask;
    while (larger[at] != kFree) at = (at + 1) & mask;
    larger[at] = i;
  }
  buckets_ = std::move(larger);
}

SegmentIndex SegmentTableBuilder::index_of(const GridSegment& s) {
  const std::size_t mask = buckets_.size() - 1;
  std::size_t at = hash(s) & mask;
  for (; buckets_[at] != kFree; at = (at + 1) & mask) {
    if (segments_[buckets_[at]] == s) return buckets_[at];
  }
  const auto index = static_cast<SegmentIndex>(segments_.size());
  buckets_[at] = index;
  segments_.push_back(s);
  if (segments_.size() * 2 > buckets_.size()) grow();
  return index;
}

SegmentIndex SegmentTableBuilder::add_event(const GridSegment& directed, LabelIndex label, TimeIndex time,
                                            std::int32_t times, bool begins) {
  if (directed.a == directed.b) return kFree;
  const bool forward = directed.a < directed.b;
  const SegmentIndex index = index_of(forward ? directed : GridSegment{directed.b, directed.a});
  PendingEvent event;
  event.segment = index;
  event.label = label;
  event.time = time & 0x7fffffffU;
  event.begins = begins ? 1U : 0U;
  event.change = forward == begins ? times : -times;
  pending_.push_back(event);
  if (pending_.size() >= compact_at_) {
    compact();
    compact_at_ = std::max(compact_at_, pending_.size() * 2);
  }
  return index;
}

void SegmentTableBuilder::add_chain(const QuantisedRing& chain, LabelIndex label, TimeIndex time, int weight,
                                    bool begins) {
  for (const ChainLink& link : chain.links) {
    const SegmentIndex index = add_event(link.s, label, time, link.multiplicity * weight, begins);
    if (link.cut_parent != ChainLink::kNoParent) {
      // Of two edges that leave the same piece, always the same one.
      const CutParent& parent = chain.cut_parents[link.cut_parent];
      const auto [known, is_new] = cut_parents_.try_emplace(index, parent);
      if (!is_new) known->second = std::min(known->second, parent);
    }
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

void SegmentTableBuilder::merge(const SegmentTableBuilder& other) {
  std::vector<SegmentIndex> index;
  index.reserve(other.segments_.size());
  for (const GridSegment& s : other.segments_) index.push_back(index_of(s));
  pending_.reserve(pending_.size() + other.pending_.size());
  for (PendingEvent event : other.pending_) {
    event.segment = index[event.segment];
    pending_.push_back(event);
  }
  for (const auto& [segment, parent] : other.cut_parents_) {
    const auto [known, is_new] = cut_parents_.try_emplace(index[segment], parent);
    if (!is_new) known->second = std::min(known->second, parent);
  }
  occurrences_ += other.occurrences_;
}

void SegmentTableBuilder::compact() {
  // A run that ends where another of the same direction begins goes on. Both directions are kept apart:
  // running along a segment and back is told from not running along it.
  const auto key = [](const PendingEvent& e) {
    const std::int32_t direction = (e.change > 0) == (e.begins == 1) ? 0 : 1;
    return std::tuple(e.segment, e.label, TimeIndex{e.time}, direction);
  };
  std::sort(pending_.begin(), pending_.end(),
            [&](const PendingEvent& a, const PendingEvent& b) { return key(a) < key(b); });
  std::size_t out = 0;
  for (std::size_t i = 0; i < pending_.size();) {
    PendingEvent sum = pending_[i];
    const auto same = key(sum);
    for (++i; i < pending_.size() && key(pending_[i]) == same; ++i) sum.change += pending_[i].change;
    if (sum.change == 0) continue;
    // More begins than ends, or the other way round.
    sum.begins = (sum.change > 0) == (std::get<3>(same) == 0) ? 1U : 0U;
    pending_[out++] = sum;
  }
  pending_.resize(out);
}

void SegmentTableBuilder::divide_at_seam() {
  std::vector<std::int32_t> latitudes;
  for (const PendingEvent& e : pending_) {
    for (const GridPoint p : {segments_[e.segment].a, segments_[e.segment].b}) {
      if (p.x == kGridMaxLon || p.x == -kGridMaxLon) latitudes.push_back(p.y);
    }
  }
  if (latitudes.empty()) return;
  std::sort(latitudes.begin(), latitudes.end());
  latitudes.erase(std::unique(latitudes.begin(), latitudes.end()), latitudes.end());

  std::size_t kept = 0;
  std::vector<PendingEvent> pieces;
  for (const PendingEvent& e : pending_) {
    const GridSegment s = segments_[e.segment];
    const auto first = std::upper_bound(latitudes.begin(), latitudes.end(), s.a.y);
    if (!is_on_seam(s) || first == latitudes.end() || *first >= s.b.y) {
      pending_[kept++] = e;
      continue;
    }
    GridPoint from = s.a;
    for (auto cut = first; from != s.b; ++cut) {
      const GridPoint to{s.a.x, std::min(*cut, s.b.y)};
      pieces.push_back(e);
      pieces.back().segment = index_of({from, to});
      from = to;
    }
  }
  pending_.resize(kept);
  pending_.insert(pending_.end(), pieces.begin(), pieces.end());
}

void SegmentTableBuilder::sort_by_ends(std::vector<SegmentIndex>& order) const {
  struct Item {
    std::uint64_t a;
    SegmentIndex segment;
    bool operator<(const Item& other) const { return a < other.a; }
  };
  std::vector<Item> items;
  items.reserve(order.size());
  for (const SegmentIndex s : order) items.push_back({sort_key(segments_[s].a), s});
  boost::sort::spreadsort::integer_sort(items.begin(), items.end(),
                                        [](const Item& item, unsigned shift) { return item.a >> shift; });
  for (std::size_t i = 0; i < items.size();) {
    std::size_t j = i + 1;
    while (j < items.size() && items[j].a == items[i].a) ++j;
    std::sort(items.begin() + static_cast<std::ptrdiff_t>(i), items.begin() + static_cast<std::ptrdiff_t>(j),
              [&](const Item& x, const Item& y) { return segments_[x.segment].b < segments_[y.segment].b; });
    i = j;
  }
  for (std::size_t i = 0; i < items.size(); ++i) order[i] = items[i].segment;
}

SegmentTable SegmentTableBuilder::finish() {
  divide_at_seam();
  SegmentTable table;
  table.occurrences = occurrences_;

  // Events segment by segment, added up.
  std::vector<std::uint32_t> begin_of;
  std::vector<PendingEvent> pending =
      sorted_by_key(pending_, segments_.size(), [](const PendingEvent& e) { return e.segment; }, begin_of);
  std::vector<WindingEvent> events;
  std::vector<std::uint32_t> event_begin(segments_.size() + 1, 0);
  std::vector<RepeatedRun> repeats;
  events.reserve(pending.size());
  for (SegmentIndex s = 0; s < segments_.size(); ++s) {
    const auto first = pending.begin() + begin_of[s];
    const auto last = pending.begin() + begin_of[s + 1];
    std::sort(first, last, [](const PendingEvent& a, const PendingEvent& b) {
      return a.label != b.label ? a.label < b.label : a.time < b.time;
    });
    const bool is_box = is_on_box(segments_[s]);
    Traversals now;
    for (auto it = first; it != last;) {
      if (it != first && it->label != (it - 1)->label) now = {};
      WindingEvent sum{it->label, it->time, 0};
      bool begins = false;
      for (; it != last && it->label == sum.label && it->time == sum.time; ++it) {
        sum.change += it->change;
        begins = begins || it->begins == 1;
        now.add(it->change, it->begins == 1);
      }
      if (sum.change != 0) events.push_back(sum);
      if (begins && !is_box && now.forward + now.backward > 1) repeats.push_back({s, sum.label, sum.time});
    }
    event_begin[s + 1] = static_cast<std::uint32_t>(events.size());
  }

  // Only segments that still have events, in the order of their ends.
  std::vector<SegmentIndex> order;
  order.reserve(segments_.size());
  for (SegmentIndex s = 0; s < segments_.size(); ++s) {
    if (event_begin[s] != event_begin[s + 1]) order.push_back(s);
  }
  sort_by_ends(order);
  std::vector<SegmentIndex> rank(segments_.size(), kFree);
  table.segments.reserve(order.size());
  table.offsets.reserve(order.size() + 1);
  table.offsets.push_back(0);
  table.events.reserve(events.size());
  for (SegmentIndex i = 0; i < order.size(); ++i) {
    const SegmentIndex s = order[i];
    rank[s] = i;
    table.segments.push_back(segments_[s]);
    table.events.insert(table.events.end(), events.begin() + event_begin[s],
                        events.begin() + event_begin[s + 1]);
    table.offsets.push_back(static_cast<std::uint32_t>(table.events.size()));
  }
  number_ends(table);
  for (const auto& [index, parent] : cut_parents_) {
    if (rank[index] != kFree) table.cut_parents.emplace(rank[index], parent);
  }
  for (RepeatedRun repeat : repeats) {
    const SegmentIndex given = repeat.segment;
    repeat.segment = rank[given];
    if (repeat.segment == kFree) {
      table.lost_repeats.emplace_back(segments_[given], repeat);
    } else {
      table.repeats.push_back(repeat);
    }
  }
  std::sort(table.repeats.begin(), table.repeats.end());
  std::sort(table.lost_repeats.begin(), table.lost_repeats.end());
  *this = {};
  return table;
}

}  // namespace marchland
