#include <marchland/analysis/edge_geometry.h>
#include <marchland/base/error.h>
#include <marchland/tiles/clip_lines.h>
#include <marchland/tiles/cut_tiles.h>
#include <marchland/tiles/mercator_plane.h>
#include <marchland/tiles/simplify_lines.h>

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_invoke.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>

namespace marchland {
namespace {

/// A feature of any layer.
struct FeatureRef {
  std::uint32_t layer;
  std::uint32_t feature;
  friend auto operator<=>(const FeatureRef&, const FeatureRef&) = default;
};

/// The ground by what all layers together have there.
struct Division {
  std::vector<Category> of_face;
  std::vector<std::vector<FeatureRef>> features;  ///< by category, sorted
};

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
  std::map<std::vector<std::uint32_t>, Category> known{{std::vector<std::uint32_t>(layers.size(), 0), 0}};
  for (FaceIndex f = 0; f < face_count; ++f) {
    std::vector<std::uint32_t> key;
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
    }
    out.of_face[f] = entry->second;
  }
  return out;
}

/// Cuts the lines of one zoom into tiles.
class ZoomCutter {
 public:
  ZoomCutter(const std::vector<TileLayer>& layers, const Division& division, int zoom, std::int32_t buffer)
      : layers_(layers), division_(division), zoom_(zoom), buffer_(buffer) {}

  [[nodiscard]] std::vector<Tile> cut(const std::vector<TileEdge>& lines) {
    const std::int32_t count = std::int32_t{1} << zoom_;
    cut(clip_lines(lines, box_of({0, 0, count, count})), {0, 0, count, count});
    return std::move(tiles_);
  }

 private:
  /// Columns and rows of tiles, half-open.
  struct Block {
    std::int32_t west, north, east, south;
  };

  [[nodiscard]] TileBox box_of(const Block& block) const {
    const std::int32_t half = half_world(zoom_);
    return {block.west * kTileExtent - half - buffer_, block.north * kTileExtent - half - buffer_,
            block.east * kTileExtent - half + buffer_, block.south * kTileExtent - half + buffer_};
  }

  /// Blocks are halved until they are single tiles, so that every line is looked at once a level.
  void cut(const std::vector<TileEdge>& lines, const Block& block) {
    if (lines.empty()) return;
    const std::int32_t columns = block.east - block.west;
    const std::int32_t rows = block.south - block.north;
    if (columns == 1 && rows == 1) {
      add_tile(lines, block);
      return;
    }
    Block first = block;
    Block second = block;
    if (columns >= rows) {
      first.east = second.west = block.west + columns / 2;
    } else {
      first.south = second.north = block.north + rows / 2;
    }
    tbb::parallel_invoke([&] { cut(clip_lines(lines, box_of(first)), first); },
                         [&] { cut(clip_lines(lines, box_of(second)), second); });
  }

  void add_tile(const std::vector<TileEdge>& lines, const Block& block) {
    const TileId id{zoom_, static_cast<std::uint32_t>(block.west), static_cast<std::uint32_t>(block.north)};
    const TileBox box = box_of(block);
    const GridPoint corner{box.west + buffer_, box.north + buffer_};
    using Lines = std::vector<std::pair<GridPoint, GridPoint>>;
    std::map<FeatureRef, Lines> by_feature;
    std::vector<FeatureRef> only;
    for (const TileEdge& edge : split_sides(lines, box)) {
      const GridPoint a{edge.a.x - corner.x, edge.a.y - corner.y};
      const GridPoint b{edge.b.x - corner.x, edge.b.y - corner.y};
      const auto& left = division_.features[edge.left];
      const auto& right = division_.features[edge.right];
      only.clear();
      std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(only));
      for (const FeatureRef& feature : only) by_feature[feature].emplace_back(a, b);
      only.clear();
      std::set_difference(right.begin(), right.end(), left.begin(), left.end(), std::back_inserter(only));
      for (const FeatureRef& feature : only) by_feature[feature].emplace_back(b, a);
    }
    std::vector<EncodedLayer> encoded;
    for (const TileLayer& layer : layers_) encoded.push_back({layer.name, {}});
    for (auto& [ref, edges] : by_feature) {
      encoded[ref.layer].features.push_back({std::uint64_t{ref.feature} + 1,
                                             &layers_[ref.layer].features.at(ref.feature),
                                             trace_rings(std::move(edges))});
    }
    std::string bytes = encode_vector_tile(encoded);
    if (bytes.empty()) return;
    const std::lock_guard lock(mutex_);
    tiles_.push_back({id, std::move(bytes)});
  }

  const std::vector<TileLayer>& layers_;
  const Division& division_;
  int zoom_;
  std::int32_t buffer_;
  std::mutex mutex_;
  std::vector<Tile> tiles_;
};

void check(const TileOptions& options) {
  if (options.min_zoom < 0 || options.max_zoom > kMaxZoom || options.min_zoom > options.max_zoom) {
    throw InvalidArgument(fmt::format("zooms {} to {}; expected 0 to {}, the least first", options.min_zoom,
                                      options.max_zoom, kMaxZoom));
  }
  if (options.buffer < 0 || options.buffer >= kTileExtent / 2) {
    throw InvalidArgument(
        fmt::format("a buffer of {} tile units; expected 0 to {}", options.buffer, kTileExtent / 2 - 1));
  }
  if (options.tolerance < 0 || options.tolerance_at_max_zoom < 0)
    throw InvalidArgument("a tolerance below 0 tile units; expected 0 or more");
}

}  // namespace

std::vector<Tile> cut_tiles(const Composite& composite, const std::vector<TileLayer>& layers,
                            const TileOptions& options) {
  check(options);
  const Division division = divide(composite, layers);
  constexpr double kChordShare = 0.125;
  const MercatorPlane plane =
      carry_to_mercator(composite, division.of_face, kChordShare * tile_unit(options.max_zoom));
  std::vector<std::vector<Tile>> by_zoom(static_cast<std::size_t>(options.max_zoom - options.min_zoom + 1));
  // From the greatest zoom, which takes longest.
  tbb::parallel_for(0, static_cast<int>(by_zoom.size()), [&](int i) {
    const int zoom = options.max_zoom - i;
    const std::int32_t half = half_world(zoom);
    // What ends on a side of a tile with its buffer, or on the side of the square, stays where it is.
    const auto is_cut = [&](std::int32_t place) {
      const std::int32_t in_tile = (place + half) % kTileExtent;
      return in_tile == options.buffer || in_tile == kTileExtent - options.buffer ||
             (options.buffer == 0 && in_tile == 0);
    };
    const auto is_fixed = [&](GridPoint p) {
      return is_cut(p.x) || is_cut(p.y) || p.x == half || p.x == -half || p.y == half || p.y == -half;
    };
    const std::vector<TileEdge> lines = simplify_lines(
        lines_at_zoom(plane, zoom, options.buffer),
        zoom == options.max_zoom ? options.tolerance_at_max_zoom : options.tolerance, is_fixed);
    ZoomCutter cutter(layers, division, zoom, options.buffer);
    by_zoom[static_cast<std::size_t>(zoom - options.min_zoom)] =
        cutter.cut(wrap_around(lines, half, options.buffer));
  });
  std::vector<Tile> tiles;
  for (std::vector<Tile>& of_zoom : by_zoom) {
    std::sort(of_zoom.begin(), of_zoom.end(),
              [](const Tile& a, const Tile& b) { return hilbert_id(a.id) < hilbert_id(b.id); });
    std::move(of_zoom.begin(), of_zoom.end(), std::back_inserter(tiles));
  }
  return tiles;
}

int natural_max_zoom(const Composite& composite, const std::vector<TileLayer>& layers) {
  const Division division = divide(composite, layers);
  const Arrangement& plane = composite.plane();
  std::vector<double> lengths;  // in units of the square
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    if (division.of_face[plane.face(2 * e)] == division.of_face[plane.face(2 * e + 1)]) continue;
    const Position a = position_of(plane, plane.edges()[e].u);
    const Position b = position_of(plane, plane.edges()[e].v);
    const MercatorPosition p = to_mercator(a.lon, a.lat);
    const MercatorPosition q = to_mercator(b.lon, b.lat);
    lengths.push_back(std::hypot(q.x - p.x, q.y - p.y));
  }
  if (lengths.empty()) return 0;
  const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
  std::nth_element(lengths.begin(), middle, lengths.end());
  constexpr int kLongEnough = 64;
  constexpr int kMostNatural = 14;
  int zoom = 0;
  while (zoom < kMostNatural && *middle < kLongEnough * static_cast<double>(tile_unit(zoom))) ++zoom;
  return zoom;
}

}  // namespace marchland
