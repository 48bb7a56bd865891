#include <marchland/analysis/drawn_ground.h>
#include <marchland/analysis/edge_geometry.h>
#include <marchland/measure/wgs84.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>
#include <utility>

namespace marchland {
namespace {

constexpr std::uint16_t kExact = 0;
constexpr std::uint16_t kNotStated = 1;

}  // namespace

GroundVector ground_vector(const Position& from, const Position& to) {
  constexpr double kRadians = std::numbers::pi / 180.0;
  const double phi = (from.lat + to.lat) / 2.0 * kRadians;
  const double s = std::sin(phi);
  const double w2 = 1.0 - kWgs84EccentricitySquared * s * s;
  const double n = kWgs84SemiMajorAxis / std::sqrt(w2);
  const double m = n * (1.0 - kWgs84EccentricitySquared) / w2;
  return {n * std::cos(phi) * (to.lon - from.lon) * kRadians, m * (to.lat - from.lat) * kRadians};
}

LineMap::LineMap(const Composite& composite, const Holders& asked) : composite_(&composite) {
  const Arrangement& plane = composite.plane();
  const std::size_t edges = plane.edges().size();
  std::vector<Position> positions;
  positions.reserve(plane.node_count());
  for (NodeIndex node = 0; node < plane.node_count(); ++node) positions.push_back(position_of(plane, node));
  face_.resize(2 * edges);
  straight_.resize(2 * edges);
  vectors_.resize(edges);
  lengths_.resize(edges);
  is_box_.resize(edges);
  for (EdgeIndex e = 0; e < edges; ++e) {
    const Edge& edge = plane.edges()[e];
    vectors_[e] = ground_vector(positions[edge.u], positions[edge.v]);
    lengths_[e] = std::hypot(vectors_[e].east, vectors_[e].north);
    is_box_[e] = is_on_box(plane.line_of(e));
    for (const HalfEdgeIndex h : {2 * e, 2 * e + 1}) {
      face_[h] = plane.face(h);
      straight_[h] = h;
      for (const HalfEdgeIndex out : plane.outgoing(plane.origin(Arrangement::twin(h)))) {
        if (out == Arrangement::twin(h)) continue;
        const bool is_same_line = plane.edges()[Arrangement::edge_of(out)].segment == edge.segment;
        if (is_same_line || compare_angle(plane.direction(h), plane.direction(out)) == 0) straight_[h] = out;
      }
    }
  }
  read_accuracies(asked);
}

void LineMap::read_accuracies(const Holders& asked) {
  accuracies_ = {{LineAccuracy::Kind::exact, 0.0, 0.0}, {LineAccuracy::Kind::unknown, 0.0, 0.0}};
  std::vector<std::tuple<SourceId, Meters, Meters>> keys(2);
  bool has_bias = false;
  for (SlotIndex s = 0; s < composite_->slots().size(); ++s) {
    const Slot& slot = composite_->slots()[s];
    SlotAccuracy& of_slot = slots_.emplace_back();
    if (slot.group == LabelGroup::region) continue;
    const SourceId source = composite_->atlas()[slot.layer].source;
    of_slot.is_asked = asked.asks(source);
    const Accuracy stated = accuracy_of(*composite_, s);
    of_slot.bias = static_cast<float>(stated.bias.value());
    has_bias = has_bias || of_slot.bias != 0.0F;
    if (!stated.sigma || stated.sigma->value() == 0.0) {
      of_slot.index = stated.sigma ? kExact : kNotStated;
      continue;
    }
    const std::tuple key(source, *stated.sigma, stated.correlation);
    const auto known = std::find(keys.begin() + 2, keys.end(), key);
    of_slot.index = static_cast<std::uint16_t>(known - keys.begin());
    if (known != keys.end()) continue;
    keys.push_back(key);
    accuracies_.push_back({LineAccuracy::Kind::stated, stated.sigma->value(), stated.correlation.value()});
  }
  std::optional<std::uint16_t> only;
  for (const SlotAccuracy& slot : slots_) {
    if (!slot.is_asked) continue;
    if (has_bias || (only && *only != slot.index)) {
      known_.resize(composite_->plane().edges().size());
      return;
    }
    only = slot.index;
  }
  uniform_ = Line{only.value_or(kNotStated), 0.0F};
  const LineAccuracy& accuracy = accuracies_[uniform_->accuracy];
  if (accuracy.kind != LineAccuracy::Kind::stated) return;
  decays_.reserve(lengths_.size());
  for (const double length : lengths_)
    decays_.push_back(accuracy.correlation == 0.0 ? 0.0 : std::exp(-length / accuracy.correlation));
}

LineMap::Line LineMap::find_line(EdgeIndex edge, TimeIndex epoch) const {
  Known& known = known_[edge];
  known = {0, composite_->times().for_ever() + 1, {kNotStated, 0.0F}};
  std::vector<SlotIndex> ending[2];
  std::vector<SlotIndex> holding[2];
  for (const Theme theme : kThemes) {
    const LabelGroup group = group_of(theme);
    const CoverageIndex coverage[] = {composite_->coverage(face_[2 * edge], group),
                                      composite_->coverage(face_[2 * edge + 1], group)};
    if (coverage[0] == coverage[1]) continue;
    for (const std::size_t side : {0U, 1U}) {
      holding[side].clear();
      for (const CoverageRun& run : composite_->runs(group, coverage[side])) {
        if (run.from <= epoch && epoch < run.to) {
          known.from = std::max(known.from, run.from);
          known.to = std::min(known.to, run.to);
          if (slots_[run.slot].is_asked) holding[side].push_back(run.slot);
        } else if (run.to <= epoch) {
          known.from = std::max(known.from, run.to);
        } else {
          known.to = std::min(known.to, run.from);
        }
      }
    }
    for (const std::size_t side : {0U, 1U}) {
      std::set_difference(holding[side].begin(), holding[side].end(), holding[1 - side].begin(),
                          holding[1 - side].end(), std::back_inserter(ending[side]));
    }
  }
  const auto rank = [&](std::uint16_t index) {
    const LineAccuracy& a = accuracies_[index];
    return std::tuple(a.kind == LineAccuracy::Kind::unknown, a.sigma, index);
  };
  for (const auto& side : ending) {
    for (const SlotIndex slot : side) {
      if (rank(slots_[slot].index) < rank(known.line.accuracy)) known.line.accuracy = slots_[slot].index;
    }
  }
  // Bias is outwards of the ground a statement is about. Where the source states what lies on either side, it
  // cannot be too large on both.
  double shift = 0.0;
  std::size_t count = 0;
  for (const std::size_t side : {0U, 1U}) {
    for (const SlotIndex slot : ending[side]) {
      if (slots_[slot].index != known.line.accuracy) continue;
      shift += side == 0 ? slots_[slot].bias : -slots_[slot].bias;
      ++count;
    }
  }
  if (count > 0) known.line.shift = static_cast<float>(shift / static_cast<double>(count));
  return known.line;
}

DrawnGround::DrawnGround(const LineMap& lines, const Holders& holders, TimeIndex epoch,
                         std::vector<Part> part_of_holder, Unknown unknown)
    : lines_(&lines),
      holders_(&holders),
      epoch_(epoch),
      unknown_(unknown),
      part_of_holder_(std::move(part_of_holder)) {
  start();
}

void DrawnGround::start() {
  is_traced_ = false;
  parts_ = holders_->faces_at(epoch_);
  if (!part_of_holder_.empty()) {
    for (Part& part : parts_) part = part_of_holder_[part];
  }
  boundary_.clear();
  is_anew_ = true;
  turned_.clear();
  follower_.assign(2 * lines_->composite().plane().edges().size(), kNoFollower);
  place_.assign(lines_->composite().plane().edges().size(), 0);
  for (EdgeIndex e = 0; e < place_.size(); ++e) set_boundary(e);
}

void DrawnGround::set_boundary(EdgeIndex edge) {
  const bool is_boundary = parts_[lines_->face(2 * edge)] != parts_[lines_->face(2 * edge + 1)];
  if (is_boundary == (place_[edge] != 0)) return;
  if (is_boundary) {
    boundary_.push_back(edge);
    place_[edge] = static_cast<std::uint32_t>(boundary_.size());
    return;
  }
  const EdgeIndex last = boundary_.back();
  boundary_[place_[edge] - 1] = last;
  place_[last] = place_[edge];
  place_[edge] = 0;
  boundary_.pop_back();
}

void DrawnGround::prepare_moves() {
  const Composite& composite = lines_->composite();
  const std::size_t coverages = composite.coverage_count(holders_->group());
  for (CoverageIndex c = 0; c < coverages; ++c) {
    for (const HolderSpan& span : holders_->timeline(c)) {
      if (span.since > 0) turns_.push_back({span.since, c, span.holder});
    }
  }
  std::stable_sort(turns_.begin(), turns_.end(),
                   [](const Turn& a, const Turn& b) { return a.since < b.since; });
  const auto index = [](std::size_t keys, std::size_t items, auto key_of, auto item_of,
                        std::vector<std::uint32_t>& begin, auto& sorted) {
    begin.assign(keys + 1, 0);
    for (std::size_t i = 0; i < items; ++i) ++begin[key_of(i) + 1];
    for (std::size_t k = 0; k < keys; ++k) begin[k + 1] += begin[k];
    sorted.resize(items);
    std::vector<std::uint32_t> at(begin.begin(), begin.end() - 1);
    for (std::size_t i = 0; i < items; ++i) sorted[at[key_of(i)]++] = item_of(i);
  };
  index(
      coverages, parts_.size(),
      [&](std::size_t f) { return composite.coverage(static_cast<FaceIndex>(f), holders_->group()); },
      [](std::size_t f) { return static_cast<FaceIndex>(f); }, face_begin_, faces_);
  index(
      parts_.size(), 2 * place_.size(),
      [&](std::size_t h) { return lines_->face(static_cast<HalfEdgeIndex>(h)); },
      [](std::size_t h) { return static_cast<EdgeIndex>(h / 2); }, edge_begin_, edges_);
}

void DrawnGround::move_to(TimeIndex epoch, std::vector<Part> part_of_holder, const OnPassing& on_passing) {
  if (epoch < epoch_ || part_of_holder != part_of_holder_) {
    epoch_ = epoch;
    part_of_holder_ = std::move(part_of_holder);
    start();
    return;
  }
  if (face_begin_.empty()) prepare_moves();
  const auto after = [&](TimeIndex t) {
    return std::upper_bound(turns_.begin(), turns_.end(), t,
                            [](TimeIndex value, const Turn& turn) { return value < turn.since; });
  };
  const auto end = after(epoch);
  const auto begin = after(epoch_);
  ++moves_;
  std::vector<Passing> changed;
  // Of the turns of a coverage the last is what it comes to.
  turned_coverages_.resize(face_begin_.size() - 1, 0);
  for (auto turn = end; turn != begin;) {
    --turn;
    if (std::exchange(turned_coverages_[turn->coverage], moves_) == moves_) continue;
    const Part part = part_of_holder_.empty() ? turn->holder : part_of_holder_[turn->holder];
    for (std::uint32_t i = face_begin_[turn->coverage]; i < face_begin_[turn->coverage + 1]; ++i) {
      const FaceIndex face = faces_[i];
      if (parts_[face] != part) changed.push_back({face, parts_[face], part});
    }
  }
  if (on_passing) on_passing(changed);
  for (const Passing& passing : changed) parts_[passing.face] = passing.to;
  epoch_ = epoch;
  is_anew_ = false;
  turned_.clear();
  // The same rings of another epoch are other lines only where statements end, which errors ask the map.
  if (changed.empty()) return;
  is_traced_ = false;
  const Arrangement& plane = lines_->composite().plane();
  met_.resize(plane.node_count(), 0);
  for (const Passing& passing : changed) {
    for (const EdgeIndex e : edges_of(passing.face)) {
      const bool was_boundary = place_[e] != 0;
      set_boundary(e);
      // Around a node, ground that passes ends at an edge that bounds parts before or after, or is all there
      // is.
      if (!was_boundary && place_[e] == 0) continue;
      // Whatever arrives at its ends may go on otherwise.
      const Edge& edge = plane.edges()[e];
      for (const NodeIndex node : {edge.u, edge.v}) {
        if (std::exchange(met_[node], moves_) == moves_) continue;
        for (const HalfEdgeIndex out : plane.outgoing(node)) {
          const HalfEdgeIndex arriving = Arrangement::twin(out);
          follower_[arriving] = kNoFollower;
          turned_.push_back(arriving);
        }
      }
    }
  }
}

HalfEdgeIndex DrawnGround::find_follower(HalfEdgeIndex h) const {
  const Arrangement& plane = lines_->composite().plane();
  const Part part = parts_[lines_->face(h)];
  HalfEdgeIndex follower = plane.next(h);
  while (parts_[lines_->face(Arrangement::twin(follower))] == part)
    follower = plane.next(Arrangement::twin(follower));
  follower_[h] = follower;
  return follower;
}

const std::vector<DrawnGround::Ring>& DrawnGround::rings() const {
  if (!is_traced_) trace();
  return rings_;
}

void DrawnGround::trace() const {
  is_traced_ = true;
  rings_.clear();
  steps_.clear();
  seen_.resize(2 * place_.size(), 0);
  ++tracing_;
  for (const EdgeIndex e : boundary_) {
    for (const HalfEdgeIndex start : {2 * e, 2 * e + 1}) {
      if (seen_[start] == tracing_) continue;
      if (!is_walked(start)) continue;
      const auto begin = static_cast<std::uint32_t>(steps_.size());
      HalfEdgeIndex h = start;
      do {
        seen_[h] = tracing_;
        steps_.push_back(h);
        h = next(h);
      } while (h != start);
      rings_.push_back({parts_[lines_->face(start)], begin, static_cast<std::uint32_t>(steps_.size())});
    }
  }
}

}  // namespace marchland
