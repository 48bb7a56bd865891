#pragma once
// A composite becomes vector tiles: each ground once a zoom, its borders simplified once for both sides.
//
// Ground that has the same features at all times, in all layers, is one category; the lines at which
// categories differ are carried to the square of Web Mercator once (mercator_plane.h), rounded to tile units
// together, thinned together (simplify_lines.h) and cut to tiles (clip_lines.h) zoom by zoom. A feature is
// what its categories make in a tile. So features that hold at one time meet in every tile without overlap or
// gap, as their ground does.
#include <marchland/composite/composite.h>
#include <marchland/tiles/tile_scheme.h>
#include <marchland/tiles/vector_tile.h>

#include <string>
#include <vector>

namespace marchland {

/// Which features lie where, in one layer of the tiles.
struct TileLayer {
  std::string name;
  std::vector<TileProperties> features;
  /// What some ground has: indices into `features`, sorted. The first has none.
  std::vector<std::vector<std::uint32_t>> grounds{{}};
  std::vector<std::uint32_t> of_face;  ///< index into `grounds`; 0 for the unbounded face
};

struct TileOptions {
  int min_zoom = 0;
  int max_zoom = 10;  ///< kMaxZoom at most
  /// Tile units by which tiles overlap the next, so that clients can draw outlines across their sides.
  std::int32_t buffer = 64;
  /// Tile units by which a vertex that is left out may lie beside the line, except at the greatest zoom,
  /// which clients enlarge.
  std::int32_t tolerance = 4;
  std::int32_t tolerance_at_max_zoom = 1;
};

struct Tile {
  TileId id;
  std::string bytes;  ///< as encode_vector_tile gives them, never empty
  friend bool operator==(const Tile&, const Tile&) = default;
};

/// Tiles that have any feature, in the order of hilbert_id. A line in a tile is nowhere further from the
/// exact one than the tolerance, half a tile unit in x and y for rounding, an eighth for chords (at the
/// greatest zoom) and half a unit of the square. Equal input gives equal bytes, whatever the number of
/// threads. Throws InvalidArgument for zooms that are out of order or range, options that are negative, a
/// buffer of half a tile or more, and layers that do not fit the composite.
[[nodiscard]] std::vector<Tile> cut_tiles(const Composite& composite, const std::vector<TileLayer>& layers,
                                          const TileOptions& options);

/// The zoom from which on clients may enlarge: that at which half of all edges that divide features are at
/// least 64 tile units long, eight pixels as clients draw; 14 at most.
[[nodiscard]] int natural_max_zoom(const Composite& composite, const std::vector<TileLayer>& layers);

}  // namespace marchland
