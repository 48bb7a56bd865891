#include <marchland/tiles/tile_scheme.h>
#include <marchland/tiles/vector_tile.h>

#include <protozero/pbf_builder.hpp>

#include <map>

namespace marchland {
namespace {

// Field numbers of vector_tile.proto.
enum class TileField : protozero::pbf_tag_type { layers = 3 };
enum class LayerField : protozero::pbf_tag_type {
  name = 1,
  features = 2,
  keys = 3,
  values = 4,
  extent = 5,
  version = 15
};
enum class FeatureTag : protozero::pbf_tag_type { id = 1, tags = 2, type = 3, geometry = 4 };
enum class ValueTag : protozero::pbf_tag_type { string = 1, real = 3, signed_integer = 6, boolean = 7 };

constexpr std::uint32_t kVersion = 2;
constexpr std::int32_t kLineType = 2;
constexpr std::int32_t kPolygonType = 3;
constexpr std::uint32_t kMoveTo = 1;
constexpr std::uint32_t kLineTo = 2;
constexpr std::uint32_t kClosePath = 7;

constexpr std::uint32_t command(std::uint32_t id, std::size_t count) {
  return id | (static_cast<std::uint32_t>(count) << 3U);
}

std::vector<std::uint32_t> geometry_of(const EncodedFeature& feature) {
  std::vector<std::uint32_t> out;
  GridPoint cursor{0, 0};
  const auto move = [&](GridPoint to) {
    out.push_back(protozero::encode_zigzag32(to.x - cursor.x));
    out.push_back(protozero::encode_zigzag32(to.y - cursor.y));
    cursor = to;
  };
  const auto draw = [&](const std::vector<GridPoint>& vertices) {
    out.push_back(command(kMoveTo, 1));
    move(vertices.front());
    out.push_back(command(kLineTo, vertices.size() - 1));
    for (std::size_t i = 1; i < vertices.size(); ++i) move(vertices[i]);
  };
  for (const TilePolygon& polygon : feature.polygons) {
    for (const TileRing& ring : polygon) {
      draw(ring);
      out.push_back(command(kClosePath, 1));
    }
  }
  for (const TilePath& path : feature.paths) draw(path);
  return out;
}

std::string value_bytes(const TileValue& value) {
  std::string bytes;
  protozero::pbf_builder<ValueTag> writer(bytes);
  if (const auto* text = std::get_if<std::string>(&value)) {
    writer.add_string(ValueTag::string, *text);
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    writer.add_sint64(ValueTag::signed_integer, *integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    writer.add_double(ValueTag::real, *real);
  } else {
    writer.add_bool(ValueTag::boolean, std::get<bool>(value));
  }
  return bytes;
}

/// Numbers of texts in the order in which they are first asked for.
class Dictionary {
 public:
  std::uint32_t number_of(const std::string& text) {
    const auto [entry, is_new] = numbers_.try_emplace(text, static_cast<std::uint32_t>(texts_.size()));
    if (is_new) texts_.push_back(text);
    return entry->second;
  }
  [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::map<std::string, std::uint32_t> numbers_;
  std::vector<std::string> texts_;
};

}  // namespace

std::string encode_vector_tile(const std::vector<EncodedLayer>& layers) {
  std::string bytes;
  protozero::pbf_builder<TileField> tile(bytes);
  for (const EncodedLayer& layer : layers) {
    if (layer.features.empty()) continue;
    protozero::pbf_builder<LayerField> writer(tile, TileField::layers);
    writer.add_uint32(LayerField::version, kVersion);
    writer.add_string(LayerField::name, layer.name);
    Dictionary keys;
    Dictionary values;
    for (const EncodedFeature& feature : layer.features) {
      std::vector<std::uint32_t> tags;
      for (const auto& [key, value] : *feature.properties) {
        tags.push_back(keys.number_of(key));
        tags.push_back(values.number_of(value_bytes(value)));
      }
      const std::vector<std::uint32_t> geometry = geometry_of(feature);
      protozero::pbf_builder<FeatureTag> out(writer, LayerField::features);
      out.add_uint64(FeatureTag::id, feature.id);
      out.add_packed_uint32(FeatureTag::tags, tags.begin(), tags.end());
      out.add_enum(FeatureTag::type, feature.paths.empty() ? kPolygonType : kLineType);
      out.add_packed_uint32(FeatureTag::geometry, geometry.begin(), geometry.end());
    }
    for (const std::string& key : keys.texts()) writer.add_string(LayerField::keys, key);
    for (const std::string& value : values.texts()) writer.add_message(LayerField::values, value);
    writer.add_uint32(LayerField::extent, static_cast<std::uint32_t>(kTileExtent));
  }
  return bytes;
}

}  // namespace marchland
