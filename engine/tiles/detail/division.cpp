#include <marchland/base/error.h>
#include <marchland/tiles/detail/division.h>

#include <fmt/format.h>

#include <map>

namespace marchland::detail {

Division divide(const Composite& composite, const std::vector<TileLayer>& layers) {
  const std::size_t face_count = composite.plane().face_count();
  for (const TileLayer& layer : layers) {
    if (layer.of_face.size() != face_count || layer.of_face[kUnboundedFace] != 0) {
      throw InvalidArgument(fmt::format(
          "tiles: layer '{}': expected the ground of every face, 0 for the unbounded one", layer.name));
    }
  }
  Division out;
  out.of_face.assign(face_count, 0);
  out.features.emplace_back();
  out.ground.emplace_back(layers.size(), 0);
  std::map<std::vector<std::uint32_t>, Category> known{{out.ground.front(), 0}};
  std::vector<std::uint32_t> key;
  for (FaceIndex f = 0; f < face_count; ++f) {
    key.clear();
    for (const TileLayer& layer : layers) {
      // Grounds without features are nothing.
      const std::uint32_t ground = layer.of_face[f];
      key.push_back(layer.grounds.at(ground).empty() ? 0 : ground);
    }
    const auto [entry, is_new] = known.try_emplace(key, static_cast<Category>(out.features.size()));
    if (is_new) {
      std::vector<FeatureRef>& features = out.features.emplace_back();
      for (std::uint32_t l = 0; l < layers.size(); ++l) {
        for (const std::uint32_t feature : layers[l].grounds[key[l]]) features.push_back({l, feature});
      }
      out.ground.push_back(key);
    }
    out.of_face[f] = entry->second;
  }
  return out;
}

}  // namespace marchland::detail
