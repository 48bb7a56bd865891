#include <marchland/base/error.h>
#include <marchland/composite/coverage.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace marchland {

template <>
std::size_t ListTable<WindingEvent>::hash(std::span<const WindingEvent> list) {
  std::uint64_t h = 0x9e3779b97f4a7c15U + list.size();
  for (const WindingEvent& e : list) {
    const std::uint64_t word = (static_cast<std::uint64_t>(e.label) << 32) ^ e.time;
    const Uint128 mixed =
        static_cast<Uint128>(h ^ word) *
        (0xd6e8feb86659fd93U + static_cast<std::uint64_t>(static_cast<std::uint32_t>(e.change)));
    h = static_cast<std::uint64_t>(mixed) ^ static_cast<std::uint64_t>(mixed >> 64);
  }
  return static_cast<std::size_t>(h);
}

namespace {

/// a + sign * b, both sorted by label and time.
void merge_events(std::span<const WindingEvent> a, std::span<const WindingEvent> b, std::int32_t sign,
                  std::vector<WindingEvent>& out) {
  const auto key = [](const WindingEvent& e) { return (static_cast<std::uint64_t>(e.label) << 32) | e.time; };
  out.clear();
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (j == b.size() || (i < a.size() && key(a[i]) < key(b[j]))) {
      out.push_back(a[i++]);
    } else if (i == a.size() || key(b[j]) < key(a[i])) {
      out.push_back({b[j].label, b[j].time, sign * b[j].change});
      ++j;
    } else {
      const std::int32_t sum = a[i].change + sign * b[j].change;
      if (sum != 0) out.push_back({a[i].label, a[i].time, sum});
      ++i;
      ++j;
    }
  }
}

/// Steps across edges within one group, remembered.
class GroupStepper {
 public:
  explicit GroupStepper(ListTable<WindingEvent>& states) : states_(states) {}

  std::uint32_t intern_change(std::span<const WindingEvent> events) { return changes_.intern(events); }

  CoverageIndex step(CoverageIndex from, std::uint32_t change, std::int32_t sign) {
    if (change == 0) return from;
    const std::uint64_t key = (static_cast<std::uint64_t>(from) << 32) |
                              (static_cast<std::uint64_t>(change) << 1) | (sign > 0 ? 1U : 0U);
    const auto [found, is_new] = known_.try_emplace(key, 0);
    if (is_new) {
      merge_events(states_[from], changes_[change], sign, buffer_);
      found->second = states_.intern(buffer_);
    }
    return found->second;
  }

 private:
  ListTable<WindingEvent>& states_;
  ListTable<WindingEvent> changes_;
  std::unordered_map<std::uint64_t, CoverageIndex> known_;
  std::vector<WindingEvent> buffer_;
};

}  // namespace

Windings::Windings(const Arrangement& plane, std::vector<LabelIndex> group_begin)
    : group_begin_(std::move(group_begin)), lists_(group_begin_.size() - 1) {
  const std::size_t groups = group_count();
  std::vector<GroupStepper> steppers;
  steppers.reserve(groups);
  for (auto& list : lists_) steppers.emplace_back(list);

  std::vector<std::uint32_t> changes(plane.edges().size() * groups);
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    const std::vector<WindingEvent> events = plane.events_of(e);
    auto from = events.begin();
    for (std::size_t g = 0; g < groups; ++g) {
      const auto to = std::find_if(
          from, events.end(), [&](const WindingEvent& event) { return event.label >= group_begin_[g + 1]; });
      changes[e * groups + g] = steppers[g].intern_change(std::span(events).subspan(
          static_cast<std::size_t>(from - events.begin()), static_cast<std::size_t>(to - from)));
      from = to;
    }
  }

  // Half-edges by face.
  const std::size_t half_edges = plane.edges().size() * 2;
  std::vector<std::uint32_t> offsets(plane.face_count() + 1, 0);
  for (HalfEdgeIndex h = 0; h < half_edges; ++h) ++offsets[plane.face(h) + 1];
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  std::vector<HalfEdgeIndex> around(half_edges);
  std::vector<std::uint32_t> fill(offsets.begin(), offsets.end() - 1);
  for (HalfEdgeIndex h = 0; h < half_edges; ++h) around[fill[plane.face(h)]++] = h;

  faces_.assign(plane.face_count() * groups, 0);
  std::vector<bool> reached(plane.face_count(), false);
  std::vector<FaceIndex> queue{kUnboundedFace};
  queue.reserve(plane.face_count());
  reached[kUnboundedFace] = true;
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const FaceIndex here = queue[head];
    for (std::uint32_t k = offsets[here]; k < offsets[here + 1]; ++k) {
      const HalfEdgeIndex h = around[k];
      const FaceIndex there = plane.face(Arrangement::twin(h));
      // An even half-edge has its face on the left of u->v: left = right + events.
      const std::int32_t sign = (h & 1U) == 0 ? -1 : +1;
      const bool is_new = !reached[there];
      bool agrees = true;
      for (std::size_t g = 0; g < groups; ++g) {
        const CoverageIndex state =
            steppers[g].step(faces_[here * groups + g], changes[Arrangement::edge_of(h) * groups + g], sign);
        if (is_new) faces_[there * groups + g] = state;
        agrees = agrees && faces_[there * groups + g] == state;
      }
      if (!agrees) ++closure_residual_;
      if (is_new) {
        reached[there] = true;
        queue.push_back(there);
      }
    }
  }
  // Every face has an edge, and components hang together through the faces they lie in.
  MARCHLAND_ASSERT(queue.size() == plane.face_count());
}

}  // namespace marchland
