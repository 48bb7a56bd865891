#include <marchland/base/error.h>
#include <marchland/composite/segments.h>

#include <algorithm>
#include <numeric>

namespace marchland {
namespace {

/// Adds up runs of equal `key`, drops zeros; the input is sorted. `T` has event.change through `change_of`.
template <class T, class SameKey, class ChangeOf>
void add_up(std::vector<T>& items, SameKey same_key, ChangeOf change_of) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < items.size();) {
    T sum = items[i];
    std::size_t j = i + 1;
    for (; j < items.size() && same_key(sum, items[j]); ++j) change_of(sum) += change_of(items[j]);
    if (change_of(sum) != 0) items[out++] = sum;
    i = j;
  }
  items.resize(out);
}

bool is_on_seam(const GridSegment& s) {
  return s.a.x == s.b.x && (s.a.x == kGridMaxLon || s.a.x == -kGridMaxLon);
}

}  // namespace

void normalise(std::vector<WindingEvent>& events) {
  std::sort(events.begin(), events.end());
  add_up(
      events, [](const auto& a, const auto& b) { return a.label == b.label && a.time == b.time; },
      [](auto& e) -> std::int32_t& { return e.change; });
}

std::size_t SegmentTableBuilder::SegmentHash::operator()(const GridSegment& s) const noexcept {
  const auto pack = [](GridPoint p) {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(p.x)) << 32) |
           static_cast<std::uint32_t>(p.y);
  };
  // Multiply and fold (wyhash's mixing step) spreads neighbouring coordinates over the whole table.
  const Uint128 mixed =
      static_cast<Uint128>(pack(s.a) ^ 0x9e3779b97f4a7c15U) * (pack(s.b) ^ 0xd6e8feb86659fd93U);
  return static_cast<std::size_t>(mixed) ^ static_cast<std::size_t>(mixed >> 64);
}

SegmentIndex SegmentTableBuilder::index_of(const GridSegment& s) {
  const auto [found, is_new] = index_.try_emplace(s, static_cast<SegmentIndex>(segments_.size()));
  if (is_new) segments_.push_back(s);
  return found->second;
}

void SegmentTableBuilder::add(const QuantisedRing& chain, LabelIndex label, TimeIndex from, TimeIndex to,
                              int weight) {
  MARCHLAND_ASSERT(from < to);
  for (const ChainLink& link : chain.links) {
    const bool forward = link.s.a < link.s.b;
    const SegmentIndex index = index_of(forward ? link.s : GridSegment{link.s.b, link.s.a});
    const std::int32_t change = (forward ? 1 : -1) * link.multiplicity * weight;
    pending_.push_back({index, {label, from, change}});
    pending_.push_back({index, {label, to, -change}});
    if (link.cut_parent != ChainLink::kNoParent) {
      // Of two edges that leave the same piece, always the same one.
      const CutParent& parent = chain.cut_parents[link.cut_parent];
      const auto [known, is_new] = cut_parents_.try_emplace(index, parent);
      if (!is_new) known->second = std::min(known->second, parent);
    }
  }
  occurrences_ += chain.links.size();
  if (pending_.size() > compact_at_) {
    compact();
    compact_at_ = std::max(compact_at_, pending_.size() * 2);
  }
}

void SegmentTableBuilder::compact() {
  std::sort(pending_.begin(), pending_.end());
  add_up(
      pending_,
      [](const auto& a, const auto& b) {
        return a.segment == b.segment && a.event.label == b.event.label && a.event.time == b.event.time;
      },
      [](auto& e) -> std::int32_t& { return e.event.change; });
}

void SegmentTableBuilder::divide_at_seam() {
  std::vector<std::int32_t> latitudes;
  for (const GridSegment& s : segments_) {
    for (const GridPoint p : {s.a, s.b}) {
      if (p.x == kGridMaxLon || p.x == -kGridMaxLon) latitudes.push_back(p.y);
    }
  }
  if (latitudes.empty()) return;
  std::sort(latitudes.begin(), latitudes.end());
  latitudes.erase(std::unique(latitudes.begin(), latitudes.end()), latitudes.end());

  const std::size_t given = pending_.size();
  std::size_t kept = 0;
  std::vector<PendingEvent> pieces;
  for (std::size_t i = 0; i < given; ++i) {
    const GridSegment s = segments_[pending_[i].segment];
    const auto first = std::upper_bound(latitudes.begin(), latitudes.end(), s.a.y);
    if (!is_on_seam(s) || first == latitudes.end() || *first >= s.b.y) {
      pending_[kept++] = pending_[i];
      continue;
    }
    GridPoint from = s.a;
    for (auto cut = first; from != s.b; ++cut) {
      const GridPoint to{s.a.x, std::min(*cut, s.b.y)};
      pieces.push_back({index_of({from, to}), pending_[i].event});
      from = to;
    }
  }
  pending_.resize(kept);
  pending_.insert(pending_.end(), pieces.begin(), pieces.end());
}

SegmentTable SegmentTableBuilder::finish() {
  compact();
  divide_at_seam();
  compact();

  // Only segments that still have events, in the order of their ends.
  std::vector<SegmentIndex> order;
  for (const PendingEvent& e : pending_) {
    if (order.empty() || order.back() != e.segment) order.push_back(e.segment);
  }
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return segments_[a] < segments_[b]; });
  std::vector<SegmentIndex> rank(segments_.size(), 0);
  for (std::size_t i = 0; i < order.size(); ++i) rank[order[i]] = static_cast<SegmentIndex>(i);
  for (PendingEvent& e : pending_) e.segment = rank[e.segment];
  std::sort(pending_.begin(), pending_.end());

  SegmentTable table;
  table.occurrences = occurrences_;
  table.segments.reserve(order.size());
  for (const SegmentIndex index : order) table.segments.push_back(segments_[index]);
  table.vertices.reserve(order.size() * 2);
  for (const GridSegment& s : table.segments) {
    table.vertices.push_back(s.a);
    table.vertices.push_back(s.b);
  }
  std::sort(table.vertices.begin(), table.vertices.end());
  table.vertices.erase(std::unique(table.vertices.begin(), table.vertices.end()), table.vertices.end());

  table.offsets.assign(order.size() + 1, 0);
  table.events.reserve(pending_.size());
  for (const PendingEvent& e : pending_) {
    ++table.offsets[e.segment + 1];
    table.events.push_back(e.event);
  }
  std::partial_sum(table.offsets.begin(), table.offsets.end(), table.offsets.begin());
  std::vector<bool> survives(segments_.size(), false);
  for (const SegmentIndex index : order) survives[index] = true;
  for (const auto& [index, parent] : cut_parents_) {
    if (survives[index]) table.cut_parents.emplace(rank[index], parent);
  }
  *this = {};
  return table;
}

}  // namespace marchland
