#include <marchland/analysis/edge_geometry.h>
#include <marchland/analysis/noise_floor.h>

#include <algorithm>
#include <numbers>
#include <optional>

namespace marchland {
namespace {

/// Of statements that hold at the epoch and end at the edge; nothing where none of them states it.
std::optional<double> greatest_sigma(const Composite& composite, LabelGroup group, EdgeIndex edge,
                                     TimeIndex epoch) {
  const auto slots_at = [&](FaceIndex face) {
    std::vector<SlotIndex> slots;
    for (const CoverageRun& run : composite.runs(group, composite.coverage(face, group))) {
      if (run.from <= epoch && epoch < run.to) slots.push_back(run.slot);
    }
    return slots;
  };
  const std::vector<SlotIndex> left = slots_at(composite.plane().face(2 * edge));
  const std::vector<SlotIndex> right = slots_at(composite.plane().face(2 * edge + 1));
  std::vector<SlotIndex> ending;
  std::set_symmetric_difference(left.begin(), left.end(), right.begin(), right.end(),
                                std::back_inserter(ending));
  std::optional<double> sigma;
  for (const SlotIndex slot : ending) {
    const Accuracy accuracy = accuracy_of(composite, slot);
    if (accuracy.sigma) sigma = std::max(sigma.value_or(0.0), accuracy.sigma->value());
  }
  return sigma;
}

}  // namespace

std::vector<NoiseFloor> noise_floors(const Composite& composite, const Holders& holders, Instant a, Instant b,
                                     const Scope& scope) {
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
    if (is_on_box(plane.line_of(e))) continue;
    for (const std::size_t d : {0U, 1U}) {
      const HolderIndex sides[] = {held[d][left], held[d][right]};
      // A line that stays was not drawn anew, even if others hold the ground beside it.
      if (sides[0] == sides[1] || held[1 - d][left] != held[1 - d][right]) continue;
      for (const HolderIndex holder : sides) {
        const double half = length_of(plane, e).value() / 2;
        const std::optional<double> sigma = greatest_sigma(composite, holders.group(), e, epochs[d]);
        NoiseFloor& floor = floors[holder];
        floor.redrawn += Meters(half);
        if (!sigma) floor.without_sigma += Meters(half);
        floor.area += SquareMeters(sigma.value_or(0.0) * half * std::numbers::inv_sqrtpi);
      }
    }
  }
  return floors;
}

}  // namespace marchland
