#include <marchland/analysis/area_error_series.h>

#include <algorithm>
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

AreaErrorSeries::AreaErrorSeries(const AreaErrors& errors, DrawnGround ground, Passages passages)
    : errors_(&errors), ground_(std::move(ground)), keeps_(passages) {
  if (!is_followed()) return;
  const Arrangement& plane = errors_->lines().composite().plane();
  const std::size_t half_edges = 2 * plane.edges().size();
  if (keeps_ == Passages::kept) {
    passage_of_.assign(plane.face_count(), 0);
    is_bound_.assign(half_edges, 0);
  }
  chain_of_begin_.assign(half_edges, kNone);
  for (HalfEdgeIndex h = 0; h < half_edges; ++h) {
    if (!begins_chain(h)) continue;
    chain_of_begin_[h] = static_cast<ChainIndex>(chains_.size());
    chains_.emplace_back().begin = h;
  }
  follow_anew();
}

void AreaErrorSeries::move_to(TimeIndex epoch, std::vector<DrawnGround::Part> part_of_holder) {
  passed_.reset();
  if (keeps_ == Passages::left_out) {
    ground_.move_to(epoch, std::move(part_of_holder));
    return follow();
  }
  ground_.move_to(epoch, std::move(part_of_holder), [&](std::span<const DrawnGround::Passing> passing) {
    passing_.assign(passing.begin(), passing.end());
    begin_passages(epoch);
  });
  follow();
  if (passed_) end_passages();
}

bool AreaErrorSeries::is_followed() const {
  return keeps_ == Passages::kept || errors_->lines().only_accuracy() != nullptr;
}

void AreaErrorSeries::follow() {
  if (!is_followed()) return;
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
  ring.first = first;
  ring.begin = in_ring;
  const LineAccuracy* const accuracy = errors_->lines().only_accuracy();
  if (first == kNone) {
    find_steps(in_ring);
    for (const HalfEdgeIndex step : steps_) assign(step, kRing | index);
    if (accuracy != nullptr) ring.error = errors_->of_ring(steps_, ground_.epoch());
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
  if (accuracy == nullptr) return;
  if (whole.length >= kLongRing * accuracy->correlation) {
    ring.error = {accuracy->sigma * accuracy->sigma * whole.closed_sum(), 0.0, whole.counted, 0.0};
  } else {
    find_steps(in_ring);
    ring.error = errors_->of_ring(steps_, ground_.epoch());
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
  const bool is_uniform = lines.only_accuracy() != nullptr;
  const bool is_box = lines.is_box(Arrangement::edge_of(h));
  for (;;) {
    const double step = lines.length(h);
    const GroundVector along = lines.along(h);
    whole.east += along.east;
    whole.north += along.north;
    if (is_uniform) decay *= lines.decays()[Arrangement::edge_of(h)];
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
  chain_of_[h] = owner;
  // Where something goes straight on to it no chain begins; one that did is not told what turns in it any
  // more.
  const ChainIndex begun = chain_of_begin_[h];
  if (begun != kNone && begun != owner) chains_[begun].next = kNone;
}

void AreaErrorSeries::find_steps(HalfEdgeIndex in_ring) {
  const LineMap& lines = errors_->lines();
  HalfEdgeIndex last = in_ring;
  HalfEdgeIndex start = ground_.next(last);
  while (start != in_ring && lines.is_straight(last, start)) last = std::exchange(start, ground_.next(start));
  steps_.clear();
  HalfEdgeIndex h = start;
  do {
    steps_.push_back(h);
    h = ground_.next(h);
  } while (h != start);
}

std::vector<AreaError> AreaErrorSeries::of_parts(std::size_t part_count) const {
  if (errors_->lines().only_accuracy() == nullptr) return errors_->of_parts(ground_, part_count);
  std::vector<RingError> sums(part_count);
  for (const Ring& ring : rings_) {
    if (ring.is_there) sums[ring.part] += ring.error;
  }
  return {sums.begin(), sums.end()};
}

AreaErrorSeries::RingIndex AreaErrorSeries::ring_of(HalfEdgeIndex h) const {
  const std::uint32_t known = chain_of_[h];
  return (known & kRing) != 0 ? known & ~kRing : chains_[known].ring;
}

DrawnGround::Part AreaErrorSeries::part_before(FaceIndex face) const {
  const std::uint32_t passage = passage_of_[face];
  return passage != 0 ? passed_->passages[passage - 1].from : ground_.part(face);
}

void AreaErrorSeries::begin_passages(TimeIndex next) {
  passed_.emplace();
  std::vector<Passage>& passages = passed_->passages;
  for (const DrawnGround::Passing& passing : passing_) {
    auto passage = std::find_if(passages.begin(), passages.end(), [&](const Passage& p) {
      return p.from == passing.from && p.to == passing.to;
    });
    if (passage == passages.end()) passage = passages.insert(passages.end(), {passing.from, passing.to, {}});
    passage_of_[passing.face] = static_cast<std::uint32_t>(passage - passages.begin()) + 1;
  }
  sums_.assign(passages.size(), {});
  find_outline();
  find_floors(next);
  bounds_.clear();
  for (const HalfEdgeIndex h : outline_) {
    if (ground_.is_walked(h) && errors_->counts(h))
      bounds_.push_back({passage_of_[errors_->lines().face(h)] - 1, ring_of(h), h});
  }
  walk_bounds(rings_before_);
}

void AreaErrorSeries::end_passages() {
  std::vector<Passage>& passages = passed_->passages;
  bounds_.clear();
  for (const HalfEdgeIndex h : outline_) {
    if (!ground_.is_walked(h) || !errors_->counts(h)) continue;
    const std::uint32_t passage = passage_of_[errors_->lines().face(h)] - 1;
    // What bounded it at the date before is the same line, and was met there.
    const FaceIndex right = errors_->lines().face(Arrangement::twin(h));
    if (part_before(right) == passages[passage].from) bounds_.push_back({passage, ring_of(h), h});
  }
  walk_bounds(rings_after_);
  for (std::size_t p = 0; p < passages.size(); ++p) {
    sums_[p].variance = errors_->variance_of(std::move(rings_before_[p]), std::move(rings_after_[p]));
    passages[p].error = sums_[p];
  }
  for (const DrawnGround::Passing& passing : passing_) passage_of_[passing.face] = 0;
}

void AreaErrorSeries::find_outline() {
  const LineMap& lines = errors_->lines();
  outline_.clear();
  for (const DrawnGround::Passing& passing : passing_) {
    const std::uint32_t passage = passage_of_[passing.face];
    for (const EdgeIndex edge : ground_.edges_of(passing.face)) {
      const HalfEdgeIndex h = lines.face(2 * edge) == passing.face ? 2 * edge : 2 * edge + 1;
      // What passes together is divided neither before nor after.
      if (passage_of_[lines.face(Arrangement::twin(h))] != passage) outline_.push_back(h);
    }
  }
}

void AreaErrorSeries::walk_bounds(std::vector<std::vector<DrawnRing>>& rings) {
  rings.assign(passed_->passages.size(), {});
  std::sort(bounds_.begin(), bounds_.end());
  for (auto first = bounds_.begin(); first != bounds_.end();) {
    const auto last = std::find_if(first, bounds_.end(), [&](const Bound& bound) {
      return bound.passage != first->passage || bound.ring != first->ring;
    });
    ++marks_;
    for (auto bound = first; bound != last; ++bound) {
      is_bound_[bound->half_edge] = 1;
      if (const std::uint32_t chain = chain_of_[bound->half_edge]; chain < kRing)
        chains_[chain].mark = marks_;
    }
    DrawnRing drawn;
    const auto walk_steps = [&] {
      jumps_.clear();
      for (const HalfEdgeIndex h : steps_) jumps_.push_back(is_bound_[h]);
      errors_->walk(steps_, jumps_, ground_.epoch(), drawn, sums_[first->passage]);
    };
    const Ring& ring = rings_[first->ring];
    if (ring.first == kNone) {
      find_steps(ring.begin);
      walk_steps();
    } else {
      ChainIndex chain = ring.first;
      do {
        const ChainIndex next = chains_[chain].next;
        if (chains_[chain].mark == marks_) {
          steps_.clear();
          HalfEdgeIndex h = chains_[chain].begin;
          do {
            steps_.push_back(h);
            h = ground_.next(h);
          } while (h != chains_[next].begin);
          walk_steps();
        } else {
          drawn.perimeter += chains_[chain].error.length;
        }
        chain = next;
      } while (chain != ring.first);
    }
    drawn.close();
    rings[first->passage].push_back(std::move(drawn));
    for (auto bound = first; bound != last; ++bound) is_bound_[bound->half_edge] = 0;
    first = last;
  }
}

void AreaErrorSeries::find_floors(TimeIndex next) {
  const LineMap& lines = errors_->lines();
  std::vector<NoiseFloor>& floors = passed_->floors;
  const auto part_after = [&](FaceIndex face) {
    const std::uint32_t passage = passage_of_[face];
    return passage != 0 ? passed_->passages[passage - 1].to : ground_.part(face);
  };
  for (const HalfEdgeIndex h : outline_) {
    const EdgeIndex edge = Arrangement::edge_of(h);
    const FaceIndex faces[] = {lines.face(h), lines.face(Arrangement::twin(h))};
    // Once, where what lies beside it passes as well.
    if (passage_of_[faces[1]] != 0 && (h & 1U) != 0) continue;
    if (lines.is_box(edge) || (!errors_->is_inside(faces[0]) && !errors_->is_inside(faces[1]))) continue;
    const DrawnGround::Part before[] = {ground_.part(faces[0]), ground_.part(faces[1])};
    const DrawnGround::Part after[] = {part_after(faces[0]), part_after(faces[1])};
    const bool was_there = before[0] != before[1];
    if (was_there == (after[0] != after[1])) continue;
    for (const DrawnGround::Part part : was_there ? before : after) {
      if (part >= floors.size()) floors.resize(part + std::size_t{1});
      floors[part].add_redrawn(lines, edge, was_there ? ground_.epoch() : next);
    }
  }
}

}  // namespace marchland
