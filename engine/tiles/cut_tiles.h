#pragma once
// A composite becomes vector tiles: each ground once a zoom, its borders simplified once for both sides.
//
// Ground that has the same features at all times, in all layers, is one category; the lines at which
// categories differ are carried to the square of Web Mercator once (mercator_plane.h), rounded to tile units
// together, thinned together (simplify_lines.h) and cut to tiles (clip_lines.h) zoom by zoom. A feature is
// what its categories make in a tile, or the lines along which two of them meet. So features that hold at one
// time meet in every tile without overlap or gap, as their ground does, and a line lies on what it divides.
#include <marchland/composite/composite.h>
#include <marchland/tiles/tile_scheme.h>
#include <marchland/tiles/vector_tile.h>

#include <compare>
#include <functional>
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

/// Two grounds of a layer that meet somewhere; first < second, neither is 0.
struct GroundPair {
  std::uint32_t layer = 0;  ///< index into the layers
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  friend constexpr auto operator<=>(const GroundPair&, const GroundPair&) noexcept = default;
};

/// A further layer: the lines between grounds.
struct TileLines {
  /// A feature that runs between two grounds, the first on its left as seen on the map, or turned round.
  struct Run {
    std::uint32_t feature = 0;
    bool is_turned = false;
    friend constexpr bool operator==(const Run&, const Run&) noexcept = default;
  };
  std::string name;
  std::vector<TileProperties> features;
  std::vector<std::vector<Run>> of_pair;  ///< for each pair that was asked about, in their order
};
/// Asked once, of all pairs that meet at any zoom, sorted: grounds between which a third is narrower than a
/// tile unit meet there, if nowhere else.
using DescribeLines = std::function<TileLines(const std::vector<GroundPair>&)>;

struct TileOptions {
  int min_zoom = 0;
  int max_zoom = 10;  ///< kMaxZoom at most
  /// Tile units by which tiles overlap the next, so that clients can draw outlines across their sides. With 0
  /// lines along the sides of tiles are in none of them.
  std::int32_t buffer = 64;
  /// Tile units by which a vertex that is left out may lie beside the line, except at the greatest zoom,
  /// which clients enlarge.
  std::int32_t tolerance = 4;
  std::int32_t tolerance_at_max_zoom = 1;
  /// Refused is what would take more by estimate (tile_cost.h); 0: nothing is.
  std::uint64_t max_memory_bytes = 0;
};

/// Tiles of one content, along the Hilbert curves.
struct TileRun {
  std::uint64_t id = 0;  ///< hilbert_id of the first
  std::uint64_t count = 1;
  std::uint32_t content = 0;  ///< index into Tiles::contents
  friend bool operator==(const TileRun&, const TileRun&) = default;
};

struct Tiles {
  std::vector<TileRun> runs;          ///< by id, disjoint
  std::vector<std::string> contents;  ///< as encode_vector_tile gives them, never empty
  TileLines lines;                    ///< the layer of lines, if one was asked for
  /// By layer and feature: whether tiles of the greatest zoom have it.
  std::vector<std::vector<bool>> shown;

  [[nodiscard]] std::uint64_t count() const;
  friend bool operator==(const Tiles& a, const Tiles& b) {
    return a.runs == b.runs && a.contents == b.contents && a.shown == b.shown;
  }
};

/// Tiles that have any feature. A line in a tile is nowhere further from the exact one than the tolerance,
/// half a tile unit in x and y for rounding, an eighth for chords (at the greatest zoom) and half a unit of
/// the square. Tiles that ground covers wholly are made once, whatever their number. A feature may be
/// narrower than a tile unit and then be in no tile of a zoom; none is lost otherwise, but beyond
/// +-kMercatorMaxLat. Equal input gives equal bytes, whatever the number of threads. Throws InvalidArgument
/// for zooms that are out of order or range, options that are negative, a buffer of half a tile or more, and
/// layers that do not fit the composite; TooLarge, which names the greatest zoom that would do, for what
/// would take more memory than is allowed for.
[[nodiscard]] Tiles cut_tiles(const Composite& composite, const std::vector<TileLayer>& layers,
                              const TileOptions& options, const DescribeLines& describe = {});

}  // namespace marchland
