#pragma once
// How wide features are, and at which zoom they are to be seen.
//
// Rounding to a grid of unit u moves no line by more than u / sqrt(2), and chords leave it by an eighth of u,
// so ground in which a larger circle fits keeps its middle. A connected piece of area A and boundary P holds
// a circle of radius A / P unless holes riddle it (Bonnesen). Twice that is called its width: for a long
// strip it is just that.
#include <marchland/composite/composite.h>
#include <marchland/tiles/cut_tiles.h>
#include <marchland/tiles/tile_cost.h>

#include <vector>

namespace marchland {

/// Of the widest connected piece of a feature's ground, within +-kMercatorMaxLat and apart at the
/// antimeridian.
struct FeatureWidth {
  double units = 0.0;   ///< of the square; 0: it has no ground there
  double meters = 0.0;  ///< the same at the latitude where it lies
};

/// By layer and feature. Cost: edges that divide features, and for each feature the pieces of its grounds.
/// Throws InvalidArgument for layers that do not fit the composite.
[[nodiscard]] std::vector<std::vector<FeatureWidth>> feature_widths(const Composite& composite,
                                                                    const std::vector<TileLayer>& layers);

/// The least zoom at which ground of that width cannot vanish, if it is the greatest that is cut; kMaxZoom +
/// 1 if it may at all.
[[nodiscard]] int zoom_that_shows(const FeatureWidth& width);

/// The zoom from which on clients may enlarge, 14 at most: that at which half of all edges that divide
/// features are at least 64 tile units long, eight pixels as clients draw; or a greater one, at which lines
/// pass through 16384 tiles at most, if it takes that for a tile to be no wider than a sixteenth of the
/// ground, or for features at least `least_width_m` wide not to vanish. 0 without lines.
[[nodiscard]] int natural_max_zoom(const TileCost& cost, const std::vector<std::vector<FeatureWidth>>& widths,
                                   double least_width_m);

}  // namespace marchland
