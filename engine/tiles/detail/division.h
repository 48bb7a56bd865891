#pragma once
// The ground by what all layers of the tiles together have there.
#include <marchland/analysis/dissolve.h>
#include <marchland/composite/composite.h>
#include <marchland/tiles/cut_tiles.h>

#include <compare>
#include <cstdint>
#include <vector>

namespace marchland::detail {

/// A feature of any layer.
struct FeatureRef {
  std::uint32_t layer;
  std::uint32_t feature;
  friend auto operator<=>(const FeatureRef&, const FeatureRef&) = default;
};

struct Division {
  std::vector<Category> of_face;                   ///< 0: nothing, as outside
  std::vector<std::vector<FeatureRef>> features;   ///< by category, sorted
  std::vector<std::vector<std::uint32_t>> ground;  ///< by category and layer; 0 where it has no feature

  [[nodiscard]] bool divides(const Arrangement& plane, EdgeIndex edge) const {
    return of_face[plane.face(2 * edge)] != of_face[plane.face(2 * edge + 1)];
  }
};

/// Throws InvalidArgument for layers that do not fit the composite.
[[nodiscard]] Division divide(const Composite& composite, const std::vector<TileLayer>& layers);

}  // namespace marchland::detail
