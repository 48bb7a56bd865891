#pragma once
// PMTiles 3: all tiles of a map in one file that is read by ranges of bytes.
//
// A header of 127 bytes, the root directory, metadata, leaf directories, tile data. A directory is a list of
// runs of tiles, by Hilbert id, each naming its bytes; where all of it does not fit the first 16 KiB of the
// file, the root names leaves. Tile data is in the order of first use and equal tiles are stored once, so
// that tiles near each other on the map are near each other in the file ("clustered").
#include <marchland/geometry/lonlat_box.h>

#include <cstdint>
#include <string>
#include <vector>

namespace marchland::detail {

/// `run` tiles from `id` on have the same bytes; run 0: a leaf directory that begins with that id.
struct PmtilesEntry {
  std::uint64_t id = 0;
  std::uint64_t offset = 0;  ///< in the section of tile data, or of leaves
  std::uint32_t length = 0;
  std::uint32_t run = 1;
  friend bool operator==(const PmtilesEntry&, const PmtilesEntry&) = default;
};

/// Not compressed. Precondition: sorted by id.
[[nodiscard]] std::string encode_directory(const std::vector<PmtilesEntry>& entries);

struct PmtilesContent {
  struct Entry {
    std::uint64_t id = 0;
    std::size_t content = 0;  ///< index into `contents`
    std::uint64_t count = 1;  ///< tiles from `id` on that have it
  };
  std::vector<Entry> tiles;           ///< sorted by id, disjoint
  std::vector<std::string> contents;  ///< gzip; each used by a tile
  std::string metadata;               ///< JSON
  int min_zoom = 0;
  int max_zoom = 0;
  LonLatBox bounds;  ///< west <= east
  int center_zoom = 0;
  double center_lon = 0.0;
  double center_lat = 0.0;
};

/// Throws Error(failure) for a tile of 4 GiB or more.
[[nodiscard]] std::string pmtiles_bytes(const PmtilesContent& content);

}  // namespace marchland::detail
