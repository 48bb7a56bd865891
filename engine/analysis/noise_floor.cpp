#include <marchland/analysis/noise_floor.h>

#include <numbers>

namespace marchland {

void NoiseFloor::add_redrawn(const LineMap& lines, EdgeIndex edge, TimeIndex epoch) {
  const double half = lines.length(2 * edge) / 2;
  const LineAccuracy& accuracy = lines.accuracies()[lines.line(edge, epoch).accuracy];
  redrawn += Meters(half);
  if (accuracy.kind == LineAccuracy::Kind::unknown) without_sigma += Meters(half);
  area += SquareMeters(accuracy.sigma * half * std::numbers::inv_sqrtpi);
}

std::vector<NoiseFloor> noise_floors(const Composite& composite, const Holders& holders, Instant a, Instant b,
                                     const Scope& scope) {
  return noise_floors(LineMap(composite, holders), holders, a, b, scope);
}

std::vector<NoiseFloor> noise_floors(const LineMap& lines, const Holders& holders, Instant a, Instant b,
                                     const Scope& scope) {
  const Composite& composite = lines.composite();
  const Arrangement& plane = composite.plane();
  const std::vector<bool> inside = faces_in_scope(composite, scope);
  const TimeIndex epochs[] = {composite.times().epoch_of(a), composite.times().epoch_of(b)};
  const std::vector<HolderIndex> held[] = {holders.faces_at(epochs[0]), holders.faces_at(epochs[1])};
  std::vector<NoiseFloor> floors(holders.size());
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    const FaceIndex left = plane.face(2 * e);
    const FaceIndex right = plane.face(2 * e + 1);
    if (!inside[left] && !inside[right]) continue;
    // The map ends there, the ground does not.
    if (lines.is_box(e)) continue;
    for (const std::size_t d : {0U, 1U}) {
      const HolderIndex sides[] = {held[d][left], held[d][right]};
      // A line that stays was not drawn anew, even if others hold the ground beside it.
      if (sides[0] == sides[1] || held[1 - d][left] != held[1 - d][right]) continue;
      for (const HolderIndex holder : sides) floors[holder].add_redrawn(lines, e, epochs[d]);
    }
  }
  return floors;
}

}  // namespace marchland
