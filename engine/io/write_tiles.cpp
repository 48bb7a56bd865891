#include <marchland/base/error.h>
#include <marchland/io/detail/gzip.h>
#include <marchland/io/detail/pmtiles.h>
#include <marchland/io/markup.h>
#include <marchland/io/output_folder.h>
#include <marchland/io/write_tiles.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <regex>
#include <string_view>
#include <unordered_map>

namespace marchland {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kMetadata = "metadata.json";

/// Whether it is called z/x/y.mvt, as nothing else is.
bool is_tile_name(const std::string& name) {
  static const std::regex pattern("[0-9]+/[0-9]+/[0-9]+\\.mvt");
  return std::regex_match(name, pattern);
}

/// Other programs call the file so, too.
FolderKind tile_folder() {
  return {kMetadata, [](const fs::path& folder) -> FolderKind::WroteFile {
            std::ifstream in(folder / kMetadata, std::ios::binary);
            const Json document = Json::parse(in, nullptr, false);
            if (document.is_object() && document.contains("marchland")) return is_tile_name;
            throw Error(
                ErrorCode::failure,
                fmt::format("{}: its {} is not of this command, so the tiles may be others'; choose another "
                            "name",
                            folder.string(), kMetadata));
          }};
}

enum class Kind : std::uint8_t { archive, folder };

Kind kind_of(const fs::path& path) {
  if (path.filename().empty() && !path.parent_path().extension().empty()) {
    throw InvalidArgument(fmt::format(
        "{}: a folder of tiles z/x/y.mvt has a name without ending; for the archive leave out the "
        "'/' at the end",
        path.string()));
  }
  if (path.extension() == ".pmtiles") return Kind::archive;
  if (path.extension().empty()) return Kind::folder;
  throw InvalidArgument(
      fmt::format("{}: no format of tiles has that ending; expected a name that ends in .pmtiles, or one "
                  "without ending for a folder z/x/y.mvt",
                  path.string()));
}

/// Where a map of the ground begins.
struct View {
  LonLatBox bounds;  ///< west <= east, within the square
  double lon = 0.0;
  double lat = 0.0;
  int zoom = 0;
};

View view_of(const TileSet& set) {
  LonLatBox box = set.bounds.value_or(LonLatBox{-180.0, -kMercatorMaxLat, 180.0, kMercatorMaxLat});
  box.south = std::clamp(box.south, -kMercatorMaxLat, kMercatorMaxLat);
  box.north = std::clamp(box.north, -kMercatorMaxLat, kMercatorMaxLat);
  const bool crosses = box.west > box.east;
  const double east = crosses ? box.east + 360.0 : box.east;
  const MercatorPosition first = to_mercator(box.west, box.north);
  const MercatorPosition last = to_mercator(east, box.south);
  const LonLatDegrees middle = from_mercator((first.x + last.x) / 2, (first.y + last.y) / 2);
  // The greatest zoom at which one tile would hold it.
  const double side = std::max({last.x - first.x, last.y - first.y, 1.0});
  const int zoom = static_cast<int>(std::floor(std::log2(2.0 * kMercatorHalf / side)));
  // Neither TileJSON nor PMTiles has boxes across the antimeridian.
  if (crosses) {
    box.west = -180.0;
    box.east = 180.0;
  }
  return {box, middle.lon > 180.0 ? middle.lon - 360.0 : middle.lon, middle.lat,
          std::clamp(zoom, set.min_zoom, set.max_zoom)};
}

Json vector_layers(const TileSet& set) {
  Json layers = Json::array();
  for (const TileSetLayer& layer : set.layers) {
    Json fields = Json::object();
    for (const auto& [name, type] : layer.fields) fields[name] = type;
    layers.push_back({{"id", layer.id},
                      {"description", layer.description},
                      {"minzoom", set.min_zoom},
                      {"maxzoom", set.max_zoom},
                      {"fields", std::move(fields)}});
  }
  return layers;
}

void set_unless_empty(Json& json, const char* key, const std::string& value) {
  if (!value.empty()) json[key] = value;
}

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string archive_metadata(const TileSet& set) {
  Json json{{"name", set.name}, {"format", "pbf"}, {"type", "overlay"}};
  set_unless_empty(json, "attribution", escape_markup(set.attribution));
  set_unless_empty(json, "disclaimer", set.disclaimer);
  json["vector_layers"] = vector_layers(set);
  json["marchland"] = Json::parse(to_json(set.provenance));
  return text_of(json);
}

std::string folder_metadata(const TileSet& set, const View& view) {
  const LonLatBox& box = view.bounds;
  Json json{{"tilejson", "3.0.0"}, {"name", set.name}};
  set_unless_empty(json, "attribution", escape_markup(set.attribution));
  set_unless_empty(json, "disclaimer", set.disclaimer);
  json["scheme"] = "xyz";
  json["tiles"] = Json::array({tile_template(set.url)});
  json["minzoom"] = set.min_zoom;
  json["maxzoom"] = set.max_zoom;
  json["bounds"] = {box.west, box.south, box.east, box.north};
  json["center"] = {view.lon, view.lat, view.zoom};
  json["format"] = "pbf";
  json["vector_layers"] = vector_layers(set);
  // As a text within the text: what GDAL's driver MVT reads.
  json["json"] = text_of(Json{{"vector_layers", json["vector_layers"]}});
  json["marchland"] = Json::parse(to_json(set.provenance));
  return text_of(json);
}

void note_tile(TileFileSize& size, const TileId& id, std::size_t bytes) {
  if (bytes <= size.largest_bytes) return;
  size.largest_bytes = bytes;
  size.largest = id;
}

std::string archive_bytes(const TileSet& set, const View& view, TileFileSize& size) {
  detail::PmtilesContent content;
  // Equal tiles are compressed once.
  std::unordered_map<std::string_view, std::size_t> known;
  std::vector<const std::string*> originals;
  for (const TileRun& run : set.tiles.runs) {
    const std::string& bytes = set.tiles.contents[run.content];
    const auto [entry, is_new] = known.try_emplace(bytes, originals.size());
    if (is_new) originals.push_back(&bytes);
    content.tiles.push_back({run.id, entry->second, run.count});
  }
  content.contents.resize(originals.size());
  tbb::parallel_for(std::size_t{0}, originals.size(),
                    [&](std::size_t i) { content.contents[i] = detail::gzip(*originals[i]); });
  for (const auto& [id, index, count] : content.tiles)
    note_tile(size, tile_of(id), content.contents[index].size());
  content.metadata = archive_metadata(set);
  content.min_zoom = set.min_zoom;
  content.max_zoom = set.max_zoom;
  content.bounds = view.bounds;
  content.center_zoom = view.zoom;
  content.center_lon = view.lon;
  content.center_lat = view.lat;
  return detail::pmtiles_bytes(content);
}

}  // namespace

void check_tile_output(const fs::path& path, Existing existing) {
  if (kind_of(path) == Kind::archive) {
    const OutputFile probe(path, existing);
  } else {
    const OutputFolder probe(path, tile_folder(), existing);
  }
}

std::string tile_template(std::string url) {
  if (!url.empty() && !url.ends_with('/')) url += '/';
  return url + "{z}/{x}/{y}.mvt";
}

TileFileSize write_tiles(const fs::path& path, const TileSet& set, Existing existing) {
  if (set.tiles.runs.empty()) throw InvalidArgument(fmt::format("{}: no tile to write", path.string()));
  const View view = view_of(set);
  TileFileSize size;
  if (kind_of(path) == Kind::archive) {
    const std::string bytes = archive_bytes(set, view, size);
    size.bytes = bytes.size();
    write_file(path, bytes, existing);
    return size;
  }
  if (set.tiles.count() > kMostFiles) {
    throw Error(
        ErrorCode::failure,
        fmt::format("{}: would be a folder of {} files, and {} are the most. Write a .pmtiles archive, "
                    "which stores equal tiles once, or choose a smaller --max-zoom",
                    path.string(), set.tiles.count(), kMostFiles));
  }
  OutputFolder folder(path, tile_folder(), existing);
  for (const TileRun& run : set.tiles.runs) {
    const std::string& bytes = set.tiles.contents[run.content];
    for (std::uint64_t id = run.id; id < run.id + run.count; ++id) {
      const TileId tile = tile_of(id);
      folder.write(fmt::format("{}/{}/{}.mvt", tile.zoom, tile.x, tile.y), bytes);
      size.bytes += bytes.size();
    }
    note_tile(size, tile_of(run.id), bytes.size());
  }
  const std::string metadata = folder_metadata(set, view) + "\n";
  size.bytes += metadata.size();
  folder.write(kMetadata, metadata);
  folder.commit();
  return size;
}

}  // namespace marchland
