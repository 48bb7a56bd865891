#pragma once
// Vector tiles read back by protozero's reader, and the ground of their features as GEOS reads it.
#include <marchland/geometry/shapes.h>
#include <marchland/tiles/trace_rings.h>
#include <marchland/tiles/vector_tile.h>

#include <protozero/pbf_reader.hpp>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace marchland::test {

struct ReadFeature {
  std::uint64_t id = 0;
  std::map<std::string, std::string> properties;  ///< texts; numbers by std::to_string; booleans as words
  std::vector<std::uint32_t> commands;
  std::vector<TileRing> rings;  ///< or paths
  bool is_line = false;
};
using ReadTile = std::map<std::string, std::vector<ReadFeature>>;

inline std::string read_value(protozero::pbf_reader value) {
  while (value.next()) {
    switch (value.tag()) {
      case 1:
        return value.get_string();
      case 3:
        return std::to_string(value.get_double());
      case 6:
        return std::to_string(value.get_sint64());
      case 7:
        return value.get_bool() ? "true" : "false";
      default:
        throw std::runtime_error("a value of another type");
    }
  }
  throw std::runtime_error("an empty value");
}

inline std::vector<TileRing> read_rings(const std::vector<std::uint32_t>& commands) {
  std::vector<TileRing> rings;
  GridPoint cursor;
  for (std::size_t i = 0; i < commands.size();) {
    const std::uint32_t command = commands[i] & 7U;
    const std::uint32_t count = commands[i++] >> 3U;
    if (command == 7) continue;
    if (command == 1) rings.emplace_back();
    for (std::uint32_t k = 0; k < count; ++k) {
      cursor.x += protozero::decode_zigzag32(commands.at(i++));
      cursor.y += protozero::decode_zigzag32(commands.at(i++));
      rings.back().push_back(cursor);
    }
  }
  return rings;
}

inline ReadTile read_tile(const std::string& bytes) {
  ReadTile out;
  protozero::pbf_reader tile(bytes);
  while (tile.next(3)) {
    protozero::pbf_reader layer = tile.get_message();
    std::string name;
    std::vector<std::string> keys;
    std::vector<std::string> values;
    std::vector<std::pair<ReadFeature, std::vector<std::uint32_t>>> features;
    while (layer.next()) {
      switch (layer.tag()) {
        case 1:
          name = layer.get_string();
          break;
        case 2: {
          protozero::pbf_reader feature = layer.get_message();
          auto& [read, tags] = features.emplace_back();
          while (feature.next()) {
            switch (feature.tag()) {
              case 1:
                read.id = feature.get_uint64();
                break;
              case 2: {
                const auto range = feature.get_packed_uint32();
                tags.assign(range.begin(), range.end());
                break;
              }
              case 3: {
                const int type = feature.get_enum();
                if (type != 2 && type != 3) throw std::runtime_error("neither line nor polygon");
                read.is_line = type == 2;
                break;
              }
              default: {
                const auto range = feature.get_packed_uint32();
                read.commands.assign(range.begin(), range.end());
              }
            }
          }
          break;
        }
        case 3:
          keys.push_back(layer.get_string());
          break;
        case 4:
          values.push_back(read_value(layer.get_message()));
          break;
        case 5:
          if (layer.get_uint32() != 4096) throw std::runtime_error("another extent");
          break;
        case 15:
          if (layer.get_uint32() != 2) throw std::runtime_error("another version");
          break;
        default:
          throw std::runtime_error("an unknown field");
      }
    }
    for (auto& [feature, tags] : features) {
      for (std::size_t i = 0; i < tags.size(); i += 2)
        feature.properties[keys.at(tags[i])] = values.at(tags.at(i + 1));
      feature.rings = read_rings(feature.commands);
      out[name].push_back(std::move(feature));
    }
  }
  return out;
}

/// A ring of positive area begins a polygon, the others are holes of the one before.
inline MultiPolygon as_polygons(const std::vector<TileRing>& rings) {
  MultiPolygon out;
  for (const TileRing& ring : rings) {
    Ring closed;
    for (const GridPoint p : ring) closed.push_back({static_cast<double>(p.x), static_cast<double>(p.y)});
    closed.push_back(closed.front());
    if (twice_area(ring) > 0) out.emplace_back();
    out.back().push_back(std::move(closed));
  }
  return out;
}

inline std::int64_t twice_area(const std::vector<TileRing>& rings) {
  std::int64_t sum = 0;
  for (const TileRing& ring : rings) sum += marchland::twice_area(ring);
  return sum;
}

}  // namespace marchland::test
