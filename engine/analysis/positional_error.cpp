#include <marchland/analysis/positional_error.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace marchland {
namespace {

/// Correlations below exp(-40) = 4e-18 are nothing beside 1.
constexpr double kFarAway = 40.0;

double dot(const GroundVector& a, const GroundVector& b) {
  return a.east * b.east + a.north * b.north;
}
GroundVector& operator+=(GroundVector& a, const GroundVector& b) {
  a.east += b.east;
  a.north += b.north;
  return a;
}
GroundVector operator*(double factor, const GroundVector& v) {
  return {factor * v.east, factor * v.north};
}
/// What a metre of error of an edge moves: its vector turned outwards, the ground being on the left.
GroundVector outwards(const GroundVector& along) {
  return {along.north, -along.east};
}

double round_to_five_digits(double value) {
  if (value == 0.0) return 0.0;
  const double unit = std::pow(10.0, std::floor(std::log10(std::abs(value))) - 4.0);
  return std::round(value / unit) * unit;
}

}  // namespace

Band band_of(double figure, const AreaError& error, double least, double most) {
  const double random = kBandDeviations * error.sd.value();
  const double excess = error.excess.value();
  const double redrawing = error.redrawing.value();
  return {
      std::clamp(figure - round_to_five_digits(random + std::max(excess, 0.0) + std::max(redrawing, 0.0)),
                 least, most),
      std::clamp(figure + round_to_five_digits(random + std::max(-excess, 0.0) + std::max(-redrawing, 0.0)),
                 least, most)};
}

RingError& RingError::operator+=(const RingError& other) {
  variance += other.variance;
  excess += other.excess;
  lines += other.lines;
  without_sigma += other.without_sigma;
  return *this;
}

RingError::operator AreaError() const {
  return {SquareMeters(std::sqrt(std::max(variance, 0.0))),
          SquareMeters(excess),
          {},
          Meters(lines),
          Meters(without_sigma)};
}

double correlated_sum(std::span<const RingVertex> ring, double perimeter, double correlation) {
  double sum = 0.0;
  if (correlation == 0.0) {
    for (const RingVertex& v : ring) sum += dot(v.gradient, v.gradient);
    return sum;
  }
  const double far = kFarAway * correlation;
  const double half = perimeter / 2.0;
  GroundVector near;  // of vertices up to half a turn behind, as they are felt here
  GroundVector
      passed;  // of those further behind, as they are felt at the start: the other way round is shorter
  std::size_t first_near = 0;
  for (std::size_t j = 0; j < ring.size(); ++j) {
    const RingVertex& v = ring[j];
    if (j > 0) near = std::exp((ring[j - 1].along - v.along) / correlation) * near;
    for (; v.along - ring[first_near].along > half; ++first_near) {
      const RingVertex& old = ring[first_near];
      if (half < far) near += -std::exp((old.along - v.along) / correlation) * old.gradient;
      if (old.along < far) passed += std::exp(-old.along / correlation) * old.gradient;
    }
    GroundVector felt = near;
    if (const double to_start = perimeter - v.along; to_start < far)
      felt += std::exp(-to_start / correlation) * passed;
    sum += dot(v.gradient, v.gradient) + 2.0 * dot(v.gradient, felt);
    near += v.gradient;
  }
  return sum;
}

AreaErrors::AreaErrors(const LineMap& lines, const std::vector<bool>& inside)
    : lines_(&lines),
      inside_(inside.begin(), inside.end()),
      is_everywhere_(std::all_of(inside.begin(), inside.end(), [](bool is_inside) { return is_inside; })) {}

void AreaErrors::walk(std::span<const HalfEdgeIndex> steps, std::span<const double> jumps, TimeIndex epoch,
                      DrawnRing& ring, RingError& sum) const {
  const Arrangement& plane = lines_->composite().plane();
  const auto add = [&](double along, NodeIndex node, std::uint16_t accuracy, const GroundVector& gradient) {
    if (!ring.vertices.empty()) {
      // Two stretches end at a vertex.
      DrawnVertex& last = ring.vertices.back();
      if (last.node == node && last.accuracy == accuracy && last.at.along == along) {
        last.at.gradient += gradient;
        return;
      }
    }
    ring.vertices.push_back({{along, gradient}, node, accuracy});
  };
  for (std::size_t i = 0; i < steps.size();) {
    const HalfEdgeIndex first = steps[i];
    const std::uint16_t accuracy = lines_->line(Arrangement::edge_of(first), epoch).accuracy;
    const LineAccuracy::Kind kind = lines_->accuracies()[accuracy].kind;
    // A straight stretch moves with its two ends: a place at t of its length by (1-t) and t of their errors.
    GroundVector whole;
    double length = 0.0;
    double counted = 0.0;        // integral of the jump
    double counted_first = 0.0;  // of the jump times the place
    bool is_counted = false;
    do {
      const HalfEdgeIndex h = steps[i];
      const double step = lines_->length(h);
      const double jump = jumps[i];
      whole += lines_->along(h);
      if (jump != 0.0 && kind != LineAccuracy::Kind::exact) {
        is_counted = true;
        counted += jump * step;
        counted_first += jump * step * (length + step / 2.0);
        sum.lines += step;
        if (kind == LineAccuracy::Kind::unknown) sum.without_sigma += step;
        const double shift = lines_->line(Arrangement::edge_of(h), epoch).shift;
        sum.excess += jump * step * ((h & 1U) == 0 ? shift : -shift);
      }
      length += step;
      ++i;
    } while (i < steps.size() && lines_->is_straight(steps[i - 1], steps[i]) &&
             lines_->line(Arrangement::edge_of(steps[i]), epoch).accuracy == accuracy);
    if (is_counted && kind == LineAccuracy::Kind::stated) {
      // Shares of the two ends; 1/2 each where all of it counts.
      const double at_end = counted_first / (length * length);
      const double at_begin = counted / length - at_end;
      add(ring.perimeter, plane.origin(first), accuracy, at_begin * outwards(whole));
      add(ring.perimeter + length, plane.origin(Arrangement::twin(steps[i - 1])), accuracy,
          at_end * outwards(whole));
    }
    ring.perimeter += length;
  }
}

void DrawnRing::close() {
  // The last vertex is the first one.
  if (vertices.size() > 1 && vertices.front().node == vertices.back().node &&
      vertices.front().at.along == 0.0 && vertices.front().accuracy == vertices.back().accuracy) {
    vertices.front().at.gradient += vertices.back().at.gradient;
    vertices.pop_back();
  }
  std::erase_if(vertices,
                [](const DrawnVertex& v) { return v.at.gradient.east == 0.0 && v.at.gradient.north == 0.0; });
}

template <class JumpOf>
DrawnRing AreaErrors::walk_ring(std::span<const HalfEdgeIndex> ring, TimeIndex epoch, JumpOf jump_of,
                                RingError& sum) const {
  // From a vertex on, so that no straight stretch is cut; a closed line has some.
  std::size_t start = 0;
  while (start + 1 < ring.size() &&
         lines_->is_straight(ring[start == 0 ? ring.size() - 1 : start - 1], ring[start]))
    ++start;
  std::vector<HalfEdgeIndex> steps(ring.begin(), ring.end());
  std::rotate(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(start), steps.end());
  std::vector<double> jumps;
  jumps.reserve(steps.size());
  for (const HalfEdgeIndex h : steps) jumps.push_back(jump_of(h));
  DrawnRing out;
  walk(steps, jumps, epoch, out, sum);
  out.close();
  return out;
}

/// Sorts by accuracy and adds what each does. All are of one ring, sorted along it.
double AreaErrors::variance_of(std::vector<DrawnVertex>& vertices, double perimeter) const {
  const auto by_accuracy = [](const DrawnVertex& a, const DrawnVertex& b) { return a.accuracy < b.accuracy; };
  if (!std::is_sorted(vertices.begin(), vertices.end(), by_accuracy))
    std::stable_sort(vertices.begin(), vertices.end(), by_accuracy);
  double variance = 0.0;
  std::vector<RingVertex> alike;
  for (auto first = vertices.begin(); first != vertices.end();) {
    const auto last = std::find_if(first, vertices.end(),
                                   [&](const DrawnVertex& v) { return v.accuracy != first->accuracy; });
    alike.clear();
    for (auto v = first; v != last; ++v) alike.push_back(v->at);
    const LineAccuracy& accuracy = lines_->accuracies()[first->accuracy];
    variance += accuracy.sigma * accuracy.sigma * correlated_sum(alike, perimeter, accuracy.correlation);
    first = last;
  }
  return variance;
}

std::vector<AreaError> AreaErrors::of_parts(const DrawnGround& ground, std::size_t part_count) const {
  std::vector<RingError> sums(part_count);
  for (const DrawnGround::Ring& ring : ground.rings())
    sums[ring.part] += of_ring(ground.half_edges(ring), ground.epoch());
  return {sums.begin(), sums.end()};
}

RingError AreaErrors::of_ring(std::span<const HalfEdgeIndex> ring, TimeIndex epoch) const {
  RingError out;
  DrawnRing walked = walk_ring(ring, epoch, [&](HalfEdgeIndex h) { return counts(h) ? 1.0 : 0.0; }, out);
  out.variance = variance_of(walked.vertices, walked.perimeter);
  return out;
}

AreaError AreaErrors::of(const DrawnGround& ground, DrawnGround::Part part) const {
  return of(ground, part, ground, part, kHeldAtBoth);
}

AreaError AreaErrors::of(const DrawnGround& first, DrawnGround::Part in_first, const DrawnGround& second,
                         DrawnGround::Part in_second, const OverlapWeights& weights) const {
  const auto weight = [&](FaceIndex face) {
    return weights[first.part(face) == in_first ? 1 : 0][second.part(face) == in_second ? 1 : 0];
  };
  const auto jump_of = [&](HalfEdgeIndex h) {
    const FaceIndex left = lines_->face(h);
    const FaceIndex right = lines_->face(Arrangement::twin(h));
    return counts(h) ? weight(left) - weight(right) : 0.0;
  };
  // A line that bounds the ground of both is one; it is met on the walk along the first.
  const auto jump_of_rest = [&](HalfEdgeIndex h) {
    const bool bounds_first = (first.part(lines_->face(h)) == in_first) !=
                              (first.part(lines_->face(Arrangement::twin(h))) == in_first);
    return bounds_first ? 0.0 : jump_of(h);
  };
  RingError sum;
  const auto walk_all = [&](const DrawnGround& ground, DrawnGround::Part part, const auto& jump) {
    std::vector<DrawnRing> rings;
    for (const DrawnGround::Ring& ring : ground.rings()) {
      if (ring.part == part) rings.push_back(walk_ring(ground.half_edges(ring), ground.epoch(), jump, sum));
    }
    return rings;
  };
  std::vector<DrawnRing> of_first = walk_all(first, in_first, jump_of);
  std::vector<DrawnRing> of_second;
  if (&first != &second || in_first != in_second) of_second = walk_all(second, in_second, jump_of_rest);
  sum.variance = variance_of(std::move(of_first), std::move(of_second));
  return sum;
}

AreaError AreaErrors::of_faces(const DrawnGround& first, const DrawnGround& second,
                               std::span<const DrawnGround::Part> parts,
                               std::span<const double> weights) const {
  RingError sum;
  std::vector<bool> is_met(lines_->composite().plane().edges().size(), false);
  const auto jump_of = [&](HalfEdgeIndex h) {
    if (is_met[Arrangement::edge_of(h)] || !counts(h)) return 0.0;
    return weights[lines_->face(h)] - weights[lines_->face(Arrangement::twin(h))];
  };
  const auto walk_all = [&](const DrawnGround& ground) {
    std::vector<DrawnRing> rings;
    for (const DrawnGround::Part part : parts) {
      for (const DrawnGround::Ring& ring : ground.rings()) {
        if (ring.part != part) continue;
        rings.push_back(walk_ring(ground.half_edges(ring), ground.epoch(), jump_of, sum));
        for (const HalfEdgeIndex h : ground.half_edges(ring)) is_met[Arrangement::edge_of(h)] = true;
      }
    }
    return rings;
  };
  std::vector<DrawnRing> of_first = walk_all(first);
  sum.variance = variance_of(std::move(of_first), walk_all(second));
  return sum;
}

double AreaErrors::variance_of(std::vector<DrawnRing> first, std::vector<DrawnRing> second) const {
  struct Met {
    NodeIndex node;
    std::uint16_t accuracy;
    std::size_t ring;
    std::size_t vertex;
  };
  std::vector<Met> met;
  for (std::size_t r = 0; r < second.size(); ++r) {
    for (std::size_t i = 0; i < second[r].vertices.size(); ++i)
      met.push_back({second[r].vertices[i].node, second[r].vertices[i].accuracy, r, i});
  }
  const auto key = [](const auto& v) { return std::pair(v.node, v.accuracy); };
  std::stable_sort(met.begin(), met.end(), [&](const Met& a, const Met& b) { return key(a) < key(b); });
  double variance = 0.0;
  std::vector<DrawnVertex> own;
  std::vector<DrawnVertex> shared;
  for (DrawnRing& ring : first) {
    own.clear();
    shared.clear();
    for (DrawnVertex& vertex : ring.vertices) {
      const auto same = std::lower_bound(met.begin(), met.end(), vertex,
                                         [&](const Met& m, const DrawnVertex& v) { return key(m) < key(v); });
      if (same == met.end() || key(*same) != key(vertex)) {
        own.push_back(vertex);
        continue;
      }
      GroundVector& other = second[same->ring].vertices[same->vertex].at.gradient;
      vertex.at.gradient += other;
      other = {};
      shared.push_back(vertex);
    }
    variance += variance_of(own, ring.perimeter) + variance_of(shared, ring.perimeter);
  }
  for (DrawnRing& ring : second) variance += variance_of(ring.vertices, ring.perimeter);
  return variance;
}

Band band_of(double length, const LengthError& error) {
  const double random = kBandDeviations * error.sd.value();
  return {std::max(length - round_to_five_digits(random + error.lengthening.value()), 0.0),
          length + round_to_five_digits(random)};
}

LengthError error_of_length(const LineMap& lines, const ContactLine& line, TimeIndex epoch) {
  double variance = 0.0;
  double lengthening = 0.0;
  double without_sigma = 0.0;
  for (const ContactPart& part : line.parts) {
    if (part.edges.empty()) continue;
    const std::size_t count = part.edges.size();
    const bool is_closed = part.positions.front() == part.positions.back();
    std::vector<std::vector<RingVertex>> vertices(lines.accuracies().size());
    double along = 0.0;
    const auto add = [&](std::uint16_t accuracy, double place, const GroundVector& gradient) {
      if (lines.accuracies()[accuracy].kind != LineAccuracy::Kind::stated) return;
      auto& list = vertices[accuracy];
      if (!list.empty() && list.back().along == place) {
        list.back().gradient += gradient;
      } else {
        list.push_back({place, gradient});
      }
    };
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint16_t accuracy = lines.line(part.edges[i], epoch).accuracy;
      const GroundVector step = ground_vector(part.positions[i], part.positions[i + 1]);
      const double length = std::hypot(step.east, step.north);
      const LineAccuracy& stated = lines.accuracies()[accuracy];
      if (stated.kind == LineAccuracy::Kind::unknown) without_sigma += length;
      const double apart = stated.correlation == 0.0 ? 1.0 : -std::expm1(-length / stated.correlation);
      // Across the edge the difference of the errors of its ends has the variance 2 sigma^2 (1 - rho).
      lengthening += stated.sigma * stated.sigma * apart / length;
      const GroundVector direction = 1.0 / length * step;
      add(accuracy, along, -1.0 * direction);
      along += length;
      add(accuracy, along, direction);
    }
    for (std::size_t a = 0; a < vertices.size(); ++a) {
      auto& list = vertices[a];
      if (list.empty()) continue;
      if (is_closed && list.size() > 1 && list.front().along == 0.0 && list.back().along == along) {
        list.front().gradient += list.back().gradient;
        list.pop_back();
      }
      const LineAccuracy& stated = lines.accuracies()[a];
      // An open line is one that never comes back.
      const double perimeter = is_closed ? along : std::numeric_limits<double>::infinity();
      variance += stated.sigma * stated.sigma * correlated_sum(list, perimeter, stated.correlation);
    }
  }
  constexpr double kMostLengthening = 0.1;
  return {Meters(std::sqrt(std::max(variance, 0.0))), Meters(lengthening), Meters(without_sigma),
          without_sigma == 0.0 && lengthening <= kMostLengthening * line.length.value()};
}

}  // namespace marchland
