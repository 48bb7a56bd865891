#include <marchland/analysis/area_error_series.h>

#include <utility>

namespace marchland {
namespace {

/// In the mean so many half-edges lie between two at which chains begin.
constexpr std::uint32_t kChainLength = 16;
/// Set in `chain_of_` where a ring is so short that no chain begins in it.
constexpr std::uint32_t kRing = 0x80000000U;
/// Of rings 80 L long either way between two errors is above 40 L, or the other way is the one that matters.
constexpr double kLongRing = 80.0;

/// Which half-edges chains begin with, whatever ring they come to be in: every sixteenth, as if by lot, so
/// that edges numbered along a line have no say in it (Knuth, TAOCP 6.4: multiplication by the golden ratio).
bool begins_chain(HalfEdgeIndex h) {
  constexpr std::uint32_t kGoldenRatio = 0x9e3779b1U;
  return static_cast<std::uint32_t>(h * kGoldenRatio) < 0xffffffffU / kChainLength;
}

}  // namespace

void ChainError::append(const ChainError& next) {
  sum += next.sum + 2.0 * (at_end.east * next.at_start.east + at_end.north * next.at_start.north);
  at_start.east += decay * next.at_start.east;
  at_start.north += decay * next.at_start.north;
  at_end.east = next.decay * at_end.east + next.at_end.east;
  at_end.north = next.decay * at_end.north + next.at_end.north;
  decay *= next.decay;
  length += next.length;
  counted += next.counted;
}

double ChainError::closed_sum() const {
  return sum + 2.0 * (at_end.east * at_start.east + at_end.north * at_start.north);
}

AreaErrorSeries::AreaErrorSeries(const AreaErrors& errors, DrawnGround ground)
    : errors_(&errors), ground_(std::move(ground)) {
  const LineMap& lines = errors_->lines();
  if (lines.only_accuracy() == nullptr) return;
  const std::size_t half_edges = 2 * lines.decays().size();
  chain_of_begin_.assign(half_edges, kNone);
  for (HalfEdgeIndex h = 0; h < half_edges; ++h) {
    if (!begins_chain(h)) continue;
    chain_of_begin_[h] = static_cast<ChainIndex>(chains_.size());
    chains_.emplace_back().begin = h;
  }
  follow_anew();
}

void AreaErrorSeries::move_to(TimeIndex epoch, std::vector<DrawnGround::Part> part_of_holder) {
  ground_.move_to(epoch, std::move(part_of_holder));
  follow();
}

void AreaErrorSeries::move_to(TimeIndex epoch) {
  ground_.move_to(epoch);
  follow();
}

void AreaErrorSeries::follow() {
  if (errors_->lines().only_accuracy() == nullptr) return;
  if (ground_.is_anew()) return follow_anew();
  for (const HalfEdgeIndex h : ground_.turned()) forget(h);
  // A ring of which nothing turned is there already; any other one passes by something that did.
  for (const HalfEdgeIndex h : ground_.turned()) {
    if (chain_of_[h] == kNone && ground_.is_walked(h)) find_ring(h);
  }
}

void AreaErrorSeries::follow_anew() {
  for (Chain& chain : chains_) chain.next = kNone;
  chain_of_.assign(chain_of_begin_.size(), kNone);
  rings_.clear();
  free_.clear();
  for (const EdgeIndex edge : ground_.boundary()) {
    for (const HalfEdgeIndex h : {2 * edge, 2 * edge + 1}) {
      if (chain_of_[h] == kNone && ground_.is_walked(h)) find_ring(h);
    }
  }
}

void AreaErrorSeries::forget(HalfEdgeIndex turned) {
  const std::uint32_t known = std::exchange(chain_of_[turned], kNone);
  if (known == kNone) return;
  RingIndex ring = known & ~kRing;
  if ((known & kRing) == 0) {
    chains_[known].next = kNone;
    ring = chains_[known].ring;
  }
  if (std::exchange(rings_[ring].is_there, false)) free_.push_back(ring);
}

void AreaErrorSeries::find_ring(HalfEdgeIndex in_ring) {
  RingIndex index = static_cast<RingIndex>(rings_.size());
  if (free_.empty()) {
    rings_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Ring& ring = rings_[index];
  ring.is_there = true;
  ring.part = ground_.part(errors_->lines().face(in_ring));
  ChainIndex first = kNone;
  HalfEdgeIndex h = in_ring;
  do {
    const HalfEdgeIndex next = ground_.next(h);
    if (!errors_->lines().is_straight(h, next)) first = chain_of_begin_[next];
    h = next;
  } while (h != in_ring && first == kNone);
  if (first == kNone) {
    ring.error = walk_ring(in_ring);
    for (const HalfEdgeIndex step : steps_) assign(step, kRing | index);
    return;
  }
  ChainError whole;
  ChainIndex chain = first;
  do {
    if (chains_[chain].next == kNone) walk_chain(chain);
    chains_[chain].ring = index;
    whole.append(chains_[chain].error);
    chain = chains_[chain].next;
  } while (chain != first);
  const LineAccuracy& accuracy = *errors_->lines().only_accuracy();
  if (whole.length >= kLongRing * accuracy.correlation) {
    ring.error = {accuracy.sigma * accuracy.sigma * whole.closed_sum(), 0.0, whole.counted, 0.0};
  } else {
    ring.error = walk_ring(in_ring);
  }
}

void AreaErrorSeries::walk_chain(ChainIndex index) {
  Chain& chain = chains_[index];
  chain.error = {};
  HalfEdgeIndex h = chain.begin;
  do {
    h = append_stretch(h, index);
    chain.next = chain_of_begin_[h];
  } while (chain.next == kNone);
}

HalfEdgeIndex AreaErrorSeries::append_stretch(HalfEdgeIndex h, ChainIndex chain) {
  const LineMap& lines = errors_->lines();
  GroundVector whole;
  double length = 0.0;
  double counted = 0.0;        // integral of what counts
  double counted_first = 0.0;  // the same times the place
  double decay = 1.0;
  const bool is_box = lines.is_box(Arrangement::edge_of(h));
  for (;;) {
    const double step = lines.length(h);
    const GroundVector along = lines.along(h);
    whole.east += along.east;
    whole.north += along.north;
    decay *= lines.decays()[Arrangement::edge_of(h)];
    // Where the map ends nothing is drawn, but the way goes on.
    if (!is_box && errors_->counts(h)) {
      counted += step;
      counted_first += step * (length + step / 2.0);
    }
    length += step;
    assign(h, chain);
    const HalfEdgeIndex last = std::exchange(h, ground_.next(h));
    if (!lines.is_straight(last, h)) break;
  }
  // A straight stretch moves with its two ends, by these shares; 1/2 each where all of it counts. What a
  // metre of error moves is the vector turned outwards, the ground being on the left.
  const double at_end = counted_first / (length * length);
  const double at_start = counted / length - at_end;
  const double square = whole.east * whole.east + whole.north * whole.north;
  const double start_share = at_start + at_end * decay;
  const double end_share = at_start * decay + at_end;
  chains_[chain].error.append({.sum = square * (at_start * start_share + at_end * end_share),
                               .decay = decay,
                               .at_start = {start_share * whole.north, -start_share * whole.east},
                               .at_end = {end_share * whole.north, -end_share * whole.east},
                               .length = length,
                               .counted = counted});
  return h;
}

void AreaErrorSeries::assign(HalfEdgeIndex h, std::uint32_t owner) {
  const std::uint32_t before = std::exchange(chain_of_[h], owner);
  // It began here while nothing went straight on to where it begins, and is not told what turns in it any
  // more.
  if (before != owner && before < kRing) chains_[before].next = kNone;
}

RingError AreaErrorSeries::walk_ring(HalfEdgeIndex in_ring) {
  steps_.clear();
  HalfEdgeIndex h = in_ring;
  do {
    steps_.push_back(h);
    h = ground_.next(h);
  } while (h != in_ring);
  return errors_->of_ring(steps_, ground_.epoch());
}

std::vector<AreaError> AreaErrorSeries::of_parts(std::size_t part_count) const {
  if (errors_->lines().only_accuracy() == nullptr) return errors_->of_parts(ground_, part_count);
  std::vector<RingError> sums(part_count);
  for (const Ring& ring : rings_) {
    if (ring.is_there) sums[ring.part] += ring.error;
  }
  return {sums.begin(), sums.end()};
}

}  // namespace marchland
