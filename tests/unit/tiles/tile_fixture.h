#pragma once
// Tiles of small composites, each by itself, read back.
#include "tests/composite_fixtures.h"
#include "tests/unit/tiles/tile_reader.h"
#include <marchland/tiles/cut_tiles.h>

#include <string>
#include <vector>

namespace marchland::test {

/// A feature for each different coverage of the theme, so that features divide all that is ever covered.
inline TileLayer by_coverage(const Composite& composite, LabelGroup group = LabelGroup::control) {
  TileLayer layer;
  layer.name = "control";
  for (CoverageIndex c = 1; c < composite.coverage_count(group); ++c) {
    layer.features.push_back({{"ground", static_cast<std::int64_t>(c)}});
    layer.grounds.push_back({c - 1});
  }
  for (FaceIndex f = 0; f < composite.plane().face_count(); ++f)
    layer.of_face.push_back(composite.coverage(f, group));
  return layer;
}

/// A tile of its own for each address.
struct Tile {
  TileId id;
  std::string bytes;
  friend bool operator==(const Tile&, const Tile&) = default;
};
inline std::vector<Tile> spread(const Tiles& tiles) {
  std::vector<Tile> out;
  for (const TileRun& run : tiles.runs) {
    for (std::uint64_t i = 0; i < run.count; ++i)
      out.push_back({tile_of(run.id + i), tiles.contents.at(run.content)});
  }
  return out;
}

inline std::vector<Tile> cut(const Composite& composite, const TileOptions& options) {
  return spread(cut_tiles(composite, {by_coverage(composite)}, options));
}

/// Of a tile at that place, empty if there is none.
inline ReadTile tile_at(const std::vector<Tile>& tiles, const TileId& id) {
  for (const Tile& tile : tiles) {
    if (tile.id == id) return read_tile(tile.bytes);
  }
  return {};
}

}  // namespace marchland::test
