#include <marchland/base/error.h>
#include <marchland/base/mix_hash.h>
#include <marchland/composite/coverage.h>

#include <tbb/blocked_range.h>
#include <tbb/parallel_reduce.h>
#include <tsl/robin_map.h>

#include <algorithm>
#include <functional>
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

/// Whether b is a + change, all sorted by label and time.
bool adds_up(std::span<const WindingEvent> a, std::span<const WindingEvent> change,
             std::span<const WindingEvent> b) {
  const auto key = [](const WindingEvent& e) { return (static_cast<std::uint64_t>(e.label) << 32) | e.time; };
  constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();
  std::size_t i = 0;
  std::size_t j = 0;
  std::size_t k = 0;
  while (i < a.size() || j < change.size() || k < b.size()) {
    const std::uint64_t next =
        std::min({i < a.size() ? key(a[i]) : kEnd, j < change.size() ? key(change[j]) : kEnd,
                  k < b.size() ? key(b[k]) : kEnd});
    std::int64_t sum = 0;
    if (i < a.size() && key(a[i]) == next) sum += a[i++].change;
    if (j < change.size() && key(change[j]) == next) sum += change[j++].change;
    if (k < b.size() && key(b[k]) == next) sum -= b[k++].change;
    if (sum != 0) return false;
  }
  return true;
}

/// A way from the unbounded face to every other, across edges.
class FaceTree {
 public:
  struct Step {
    HalfEdgeIndex across;  ///< on the side one comes from
    FaceIndex to;
  };

  explicit FaceTree(const Arrangement& plane) {
    const std::size_t half_edges = plane.edges().size() * 2;
    std::vector<std::uint32_t> offsets(plane.face_count() + 1, 0);
    for (HalfEdgeIndex h = 0; h < half_edges; ++h) ++offsets[plane.face(h) + 1];
    std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
    std::vector<HalfEdgeIndex> around(half_edges);
    std::vector<std::uint32_t> fill(offsets.begin(), offsets.end() - 1);
    for (HalfEdgeIndex h = 0; h < half_edges; ++h) around[fill[plane.face(h)]++] = h;
    std::vector<bool> reached(plane.face_count(), false);
    reached[kUnboundedFace] = true;
    steps_.reserve(plane.face_count());
    for (std::size_t head = 0; head <= steps_.size(); ++head) {
      const FaceIndex here = head == 0 ? kUnboundedFace : steps_[head - 1].to;
      for (std::uint32_t k = offsets[here]; k < offsets[here + 1]; ++k) {
        const FaceIndex there = plane.face(Arrangement::twin(around[k]));
        if (reached[there]) continue;
        reached[there] = true;
        steps_.push_back({around[k], there});
      }
    }
    // Every face has an edge, and components hang together through the faces they lie in.
    MARCHLAND_ASSERT(steps_.size() + 1 == plane.face_count());
  }

  [[nodiscard]] const std::vector<Step>& steps() const noexcept { return steps_; }

 private:
  std::vector<Step> steps_;
};

/// Steps across edges within one group, remembered.
class GroupStepper {
 public:
  explicit GroupStepper(ListTable<WindingEvent>& states) : states_(states) {}

  std::uint32_t intern_change(std::span<const WindingEvent> events) { return changes_.intern(events); }
  [[nodiscard]] std::span<const WindingEvent> change(std::uint32_t index) const { return changes_[index]; }

  CoverageIndex step(CoverageIndex from, std::uint32_t change, std::int32_t sign) {
    if (change == 0) return from;
    const std::uint64_t key = (static_cast<std::uint64_t>(from) << 32) |
                              (static_cast<std::uint64_t>(change) << 1) | (sign > 0 ? 1U : 0U);
    const auto [found, is_new] = known_.try_emplace(key, 0);
    if (is_new) {
      merge_events(states_[from], changes_[change], sign, buffer_);
      found.value() = states_.intern(buffer_);
    }
    return found->second;
  }

 private:
  ListTable<WindingEvent>& states_;
  ListTable<WindingEvent> changes_;
  tsl::robin_map<std::uint64_t, CoverageIndex, MixHash> known_;
  std::vector<WindingEvent> buffer_;
};

}  // namespace

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

Windings::Windings(const Arrangement& plane, std::vector<LabelIndex> group_begin, std::uint64_t max_events)
    : group_begin_(std::move(group_begin)), lists_(group_begin_.size() - 1) {
  const std::size_t groups = group_count();
  faces_.assign(plane.face_count() * groups, 0);
  const FaceTree tree(plane);
  std::vector<std::uint32_t> changes(plane.edges().size());
  for (std::size_t g = 0; g < groups; ++g) {
    if (group_begin_[g] == group_begin_[g + 1]) continue;
    lists_[g].limit_items(max_events);
    GroupStepper stepper(lists_[g]);
    const auto of_group = [&](std::span<const WindingEvent> events) {
      const auto before = [](const WindingEvent& event, LabelIndex label) { return event.label < label; };
      const auto from = std::lower_bound(events.begin(), events.end(), group_begin_[g], before);
      const auto to = std::lower_bound(from, events.end(), group_begin_[g + 1], before);
      return std::span(from, to);
    };
    const SegmentTable& table = plane.table();
    std::vector<std::uint32_t> of_segment(table.segments.size());
    for (SegmentIndex s = 0; s < of_segment.size(); ++s)
      of_segment[s] = stepper.intern_change(of_group(table.events_of(s)));
    for (EdgeIndex e = 0; e < changes.size(); ++e) {
      changes[e] = plane.parents_of(e).size() == 1 ? of_segment[plane.edges()[e].segment]
                                                   : stepper.intern_change(of_group(plane.events_of(e)));
    }
    // An even half-edge has its face on the left of u->v: left = right + events.
    for (const FaceTree::Step& step : tree.steps()) {
      const std::int32_t sign = (step.across & 1U) == 0 ? -1 : +1;
      faces_[step.to * groups + g] = stepper.step(faces_[plane.face(step.across) * groups + g],
                                                  changes[Arrangement::edge_of(step.across)], sign);
    }
    closure_residual_ += tbb::parallel_reduce(
        tbb::blocked_range<EdgeIndex>(0, static_cast<EdgeIndex>(changes.size()), 8192), std::size_t{0},
        [&](const auto& block, std::size_t wrong) {
          // Neighbouring edges mostly lie between the same lists; what agreed once does so again.
          struct Agreed {
            CoverageIndex right = 0, left = 0;
            std::uint32_t change = 0;
          };
          std::vector<Agreed> agreed(1024);  // nothing plus nothing is nothing
          for (EdgeIndex e = block.begin(); e != block.end(); ++e) {
            const CoverageIndex right = faces_[plane.face(2 * e + 1) * groups + g];
            const CoverageIndex left = faces_[plane.face(2 * e) * groups + g];
            Agreed& known = agreed[(right * 31U + left * 7U + changes[e]) % 1024U];
            if (known.right == right && known.left == left && known.change == changes[e]) continue;
            if (adds_up(lists_[g][right], stepper.change(changes[e]), lists_[g][left])) {
              known = {right, left, changes[e]};
            } else {
              ++wrong;
            }
          }
          return wrong;
        },
        std::plus<>());
  }
}

}  // namespace marchland
