#pragma once
// Vector tiles as files: one PMTiles archive, or a folder z/x/y.
#include <marchland/geometry/lonlat_box.h>
#include <marchland/io/output_file.h>
#include <marchland/io/write_features.h>
#include <marchland/tiles/cut_tiles.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace marchland {

struct TileSetLayer {
  std::string id;
  std::string description;
  /// Attributes and their types as TileJSON 3 writes them: "String", "Number", "Boolean".
  std::vector<std::pair<std::string, std::string>> fields;
};

struct TileSet {
  Tiles tiles;  ///< as cut_tiles gives them
  int min_zoom = 0;
  int max_zoom = 0;
  std::optional<LonLatBox> bounds;  ///< of the ground; nothing: none is shown
  std::string name;
  std::string attribution;  ///< plain text; clients show it on the map as HTML, and so it is written
  std::string disclaimer;
  /// Where a folder will be served, such as "https://example.org/tiles/". Without it, the template of its
  /// tiles is relative to metadata.json, which clients do not resolve.
  std::string url;
  std::vector<TileSetLayer> layers;
  Provenance provenance;
};

/// Tiles of a folder; more make it unfit to be copied or served.
inline constexpr std::uint64_t kMostFiles = 1'000'000;

/// The template of tile addresses below an address, "https://example.org/tiles/{z}/{x}/{y}.mvt".
[[nodiscard]] std::string tile_template(std::string url);

/// What was written.
struct TileFileSize {
  std::uint64_t bytes = 0;          ///< of the archive, or of all files of the folder
  std::uint64_t largest_bytes = 0;  ///< of one tile, as it is stored
  TileId largest;                   ///< the first of that size
};

/// By ending:
///   .pmtiles  PMTiles 3: clustered, directories and tiles gzip, equal tiles once; metadata with
///             vector_layers, attribution, disclaimer, and provenance in the member `marchland`
///   none      a folder: z/x/y.mvt, not compressed, so that any server of files will do, and metadata.json:
///             TileJSON 3 with the same members, and those that GDAL's driver MVT reads; kMostFiles at most
/// The same input gives the same bytes. Throws InvalidArgument for another ending; Error(failure) naming the
/// path where it exists (unless `overwrite`; of folders only one that this function wrote is replaced) or
/// cannot be written, and for too many files. Nothing half-written remains. Throws InvalidArgument for a set
/// without tiles.
TileFileSize write_tiles(const std::filesystem::path& path, const TileSet& set, Existing existing);

/// Throws what write_tiles would throw for that path before anything is computed.
void check_tile_output(const std::filesystem::path& path, Existing existing);

}  // namespace marchland
