#pragma once
// Polygons or lines and their attributes as the bytes of one tile: Mapbox Vector Tile 2.1.
#include <marchland/tiles/chain_paths.h>
#include <marchland/tiles/trace_rings.h>

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace marchland {

using TileValue = std::variant<std::string, std::int64_t, double, bool>;
/// In the order in which they are written; keys differ. What is not known is left out.
using TileProperties = std::vector<std::pair<std::string, TileValue>>;

struct EncodedFeature {
  std::uint64_t id = 0;                        ///< of the feature in its layer, the same in every tile
  const TileProperties* properties = nullptr;  ///< outlive the call
  std::vector<TilePolygon> polygons;           ///< tile units from the tile's north-western corner, y south
  std::vector<TilePath> paths{};               ///< likewise; a feature has polygons or paths, never both
};
struct EncodedLayer {
  std::string name;
  std::vector<EncodedFeature> features;
};

/// Layers without features are left out; a tile without layers is empty. Keys and values are numbered as they
/// first occur, so equal content gives equal bytes.
[[nodiscard]] std::string encode_vector_tile(const std::vector<EncodedLayer>& layers);

}  // namespace marchland
