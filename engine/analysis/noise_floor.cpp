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

NoiseFloor& NoiseFloor::operator+=(const NoiseFloor& other) {
  redrawn += other.redrawn;
  without_sigma += other.without_sigma;
  area += other.area;
  return *this;
}

std::array<std::vector<NoiseFloor>, 2> noise_floors(const LineMap& lines, const DrawnGround& first,
                                                    const DrawnGround& second,
                                                    const std::vector<bool>& inside) {
  std::array<std::vector<NoiseFloor>, 2> floors;
  const DrawnGround* const grounds[] = {&first, &second};
  const std::size_t edges = lines.composite().plane().edges().size();
  for (EdgeIndex e = 0; e < edges; ++e) {
    const FaceIndex left = lines.face(2 * e);
    const FaceIndex right = lines.face(2 * e + 1);
    if (!inside[left] && !inside[right]) continue;
    // The map ends there, the ground does not.
    if (lines.is_box(e)) continue;
    for (const std::size_t d : {0U, 1U}) {
      const DrawnGround::Part sides[] = {grounds[d]->part(left), grounds[d]->part(right)};
      // A line that both have was not drawn anew, even if others hold the ground beside it.
      if (sides[0] == sides[1] || grounds[1 - d]->part(left) != grounds[1 - d]->part(right)) continue;
      for (const DrawnGround::Part part : sides) {
        if (part >= floors[d].size()) floors[d].resize(part + std::size_t{1});
        floors[d][part].add_redrawn(lines, e, grounds[d]->epoch());
      }
    }
  }
  return floors;
}

std::vector<NoiseFloor> noise_floors(const LineMap& lines, const Holders& holders, Instant a, Instant b,
                                     const Scope& scope) {
  const Composite& composite = lines.composite();
  const auto found = noise_floors(lines, DrawnGround(lines, holders, composite.times().epoch_of(a)),
                                  DrawnGround(lines, holders, composite.times().epoch_of(b)),
                                  faces_in_scope(composite, scope));
  std::vector<NoiseFloor> floors(holders.size());
  for (const auto& of_date : found) {
    for (std::size_t h = 0; h < of_date.size(); ++h) floors[h] += of_date[h];
  }
  return floors;
}

}  // namespace marchland
