#include <marchland/base/error.h>
#include <marchland/tiles/clip_lines.h>
#include <marchland/tiles/cut_tiles.h>
#include <marchland/tiles/detail/division.h>
#include <marchland/tiles/mercator_plane.h>
#include <marchland/tiles/simplify_lines.h>
#include <marchland/tiles/tile_cost.h>

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_invoke.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <mutex>

namespace marchland {
namespace {

using detail::Division;
using detail::FeatureRef;

/// Features along the line between two categories, by left and right in the square.
using RunsBetween = std::map<std::pair<Category, Category>, std::vector<TileLines::Run>>;

/// Tiles of one content, as they are made.
struct CutTiles {
  std::uint64_t id = 0;
  std::uint64_t count = 1;
  Category covered = 0;  ///< covers them wholly; 0: lines pass through the one tile
  std::string bytes;     ///< of that one
};

/// Cuts the lines of one zoom into tiles.
class ZoomCutter {
 public:
  ZoomCutter(const std::vector<TileLayer>& layers, const Division& division, const TileLines& tile_lines,
             const RunsBetween& between, int zoom, std::int32_t buffer)
      : layers_(layers),
        division_(division),
        tile_lines_(tile_lines),
        between_(between),
        zoom_(zoom),
        buffer_(buffer) {}

  /// By id.
  [[nodiscard]] std::vector<CutTiles> cut(const std::vector<TileEdge>& lines) {
    const std::int32_t count = std::int32_t{1} << zoom_;
    cut(clip_lines(lines, box_of({0, 0, count, count})), {0, 0, count, count});
    std::sort(tiles_.begin(), tiles_.end(), [](const CutTiles& a, const CutTiles& b) { return a.id < b.id; });
    return std::move(tiles_);
  }

  /// What a tile has that ground of one category covers.
  [[nodiscard]] std::string covered_tile(Category category) const {
    const TileBox box = box_of({0, 0, 1, 1});
    const std::array corners{GridPoint{box.west, box.north}, GridPoint{box.east, box.north},
                             GridPoint{box.east, box.south}, GridPoint{box.west, box.south}};
    std::vector<TileEdge> lines;
    for (std::size_t i = 0; i < corners.size(); ++i)
      lines.push_back({corners[i], corners[(i + 1) % corners.size()], category, 0});
    return encoded_tile(lines, {0, 0, 1, 1});
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

  /// The category that fills the box; 0 if none does. Nothing but its four sides bounds such ground.
  [[nodiscard]] static Category covering(const std::vector<TileEdge>& lines, const TileBox& box) {
    if (lines.size() != 4) return 0;
    const Category category = std::max(lines.front().left, lines.front().right);
    const auto spans = [](std::int32_t p, std::int32_t q, std::int32_t low, std::int32_t high) {
      return std::min(p, q) == low && std::max(p, q) == high;
    };
    for (const TileEdge& edge : lines) {
      const auto& [p, q, left, right] = edge;
      const bool is_across =
          p.y == q.y && (p.y == box.north || p.y == box.south) && spans(p.x, q.x, box.west, box.east);
      const bool is_along =
          p.x == q.x && (p.x == box.west || p.x == box.east) && spans(p.y, q.y, box.north, box.south);
      if ((!is_across && !is_along) || std::max(left, right) != category) return 0;
    }
    return category;
  }

  /// Blocks are halved until they are single tiles, so that every line is looked at once a level, or until
  /// they are covered.
  void cut(const std::vector<TileEdge>& lines, const Block& block) {
    if (lines.empty()) return;
    const std::int32_t columns = block.east - block.west;
    const std::int32_t rows = block.south - block.north;
    if (const Category category = covering(lines, box_of(block)); category != 0) {
      // Squares, of which Hilbert curves pass each at a stretch.
      for (std::int32_t north = block.north; north < block.south; north += columns)
        add_covered({block.west, north, block.east, north + columns}, category);
      return;
    }
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

  void add_covered(const Block& square, Category category) {
    const std::uint64_t side = static_cast<std::uint64_t>(square.east - square.west);
    const std::uint64_t base = hilbert_id({zoom_, 0, 0});
    const std::uint64_t within = hilbert_id({zoom_, static_cast<std::uint32_t>(square.west),
                                             static_cast<std::uint32_t>(square.north)}) -
                                 base;
    add({base + within / (side * side) * (side * side), side * side, category, {}});
  }

  void add_tile(const std::vector<TileEdge>& lines, const Block& block) {
    std::string bytes = encoded_tile(lines, block);
    if (bytes.empty()) return;
    add({hilbert_id({zoom_, static_cast<std::uint32_t>(block.west), static_cast<std::uint32_t>(block.north)}),
         1, 0, std::move(bytes)});
  }

  void add(CutTiles made) {
    const std::lock_guard lock(mutex_);
    tiles_.push_back(std::move(made));
  }

  [[nodiscard]] std::string encoded_tile(const std::vector<TileEdge>& lines, const Block& block) const {
    const TileBox box = box_of(block);
    const GridPoint corner{box.west + buffer_, box.north + buffer_};
    using Lines = std::vector<std::pair<GridPoint, GridPoint>>;
    std::map<FeatureRef, Lines> by_feature;
    std::map<std::uint32_t, Lines> along;
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
      // Beyond a side of the box there is nothing, so nothing meets there.
      const auto runs = between_.find({edge.left, edge.right});
      if (runs == between_.end()) continue;
      for (const auto& [feature, is_turned] : runs->second)
        along[feature].emplace_back(is_turned ? b : a, is_turned ? a : b);
    }
    std::vector<EncodedLayer> encoded;
    for (const TileLayer& layer : layers_) encoded.push_back({layer.name, {}});
    encoded.push_back({tile_lines_.name, {}});
    for (auto& [ref, edges] : by_feature) {
      encoded[ref.layer].features.push_back({std::uint64_t{ref.feature} + 1,
                                             &layers_[ref.layer].features.at(ref.feature),
                                             trace_rings(std::move(edges))});
    }
    for (auto& [feature, edges] : along) {
      encoded.back().features.push_back(
          {std::uint64_t{feature} + 1, &tile_lines_.features.at(feature), {}, chain_paths(std::move(edges))});
    }
    return encode_vector_tile(encoded);
  }

  const std::vector<TileLayer>& layers_;
  const Division& division_;
  const TileLines& tile_lines_;
  const RunsBetween& between_;
  int zoom_;
  std::int32_t buffer_;
  std::mutex mutex_;
  std::vector<CutTiles> tiles_;
};

/// Lines of every zoom, from the greatest.
using LinesByZoom = std::vector<std::vector<TileEdge>>;

LinesByZoom lines_of(const MercatorPlane& plane, const TileOptions& options) {
  LinesByZoom lines(static_cast<std::size_t>(options.max_zoom - options.min_zoom + 1));
  tbb::parallel_for(std::size_t{0}, lines.size(), [&](std::size_t i) {
    const int zoom = options.max_zoom - static_cast<int>(i);
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
    lines[i] = wrap_around(
        simplify_lines(lines_at_zoom(plane, zoom, options.buffer),
                       zoom == options.max_zoom ? options.tolerance_at_max_zoom : options.tolerance,
                       is_fixed),
        half, options.buffer);
  });
  return lines;
}

/// What DescribeLines says of the grounds that meet at these lines.
RunsBetween describe_lines(const LinesByZoom& lines, const Division& division, const DescribeLines& describe,
                           TileLines& answer) {
  RunsBetween between;
  for (const std::vector<TileEdge>& of_zoom : lines) {
    for (const TileEdge& edge : of_zoom) {
      if (edge.left != 0 && edge.right != 0) between.try_emplace({edge.left, edge.right});
    }
  }
  const auto for_each_pair = [&](const std::pair<Category, Category>& sides, const auto& call) {
    const auto& left = division.ground[sides.first];
    const auto& right = division.ground[sides.second];
    for (std::uint32_t layer = 0; layer < left.size(); ++layer) {
      if (left[layer] == 0 || right[layer] == 0 || left[layer] == right[layer]) continue;
      call(GroundPair{layer, std::min(left[layer], right[layer]), std::max(left[layer], right[layer])},
           left[layer] < right[layer]);
    }
  };
  std::vector<GroundPair> pairs;
  for (const auto& [sides, runs] : between)
    for_each_pair(sides, [&](const GroundPair& pair, bool) { pairs.push_back(pair); });
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  answer = describe(pairs);
  for (auto& [sides, runs] : between) {
    for_each_pair(sides, [&](const GroundPair& pair, bool is_in_order) {
      const auto at = std::lower_bound(pairs.begin(), pairs.end(), pair) - pairs.begin();
      // y runs south: what is left in the square is right on the map.
      for (const TileLines::Run& run : answer.of_pair.at(static_cast<std::size_t>(at)))
        runs.push_back({run.feature, run.is_turned != is_in_order});
    });
  }
  return between;
}

std::string size_text(std::uint64_t bytes) {
  const double megabytes = static_cast<double>(bytes) / 1e6;
  return megabytes < 10     ? fmt::format("{:.1f} MB", megabytes)
         : megabytes < 1000 ? fmt::format("{:.0f} MB", megabytes)
                            : fmt::format("{:.1f} GB", megabytes / 1e3);
}

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

void check_memory(const Composite& composite, const std::vector<TileLayer>& layers,
                  const TileOptions& options) {
  if (options.max_memory_bytes == 0) return;
  const TileCost cost(composite, layers);
  const std::uint64_t bytes = cost.bytes(options.min_zoom, options.max_zoom);
  if (bytes <= options.max_memory_bytes) return;
  int fits = options.max_zoom - 1;
  while (fits >= options.min_zoom && cost.bytes(options.min_zoom, fits) > options.max_memory_bytes) --fits;
  throw TooLarge(fmt::format(
      "tiles of zooms {} to {} would take about {}, and {} are allowed for. Choose one:\n{}"
      "  --max-memory SIZE: more memory",
      options.min_zoom, options.max_zoom, size_text(bytes), size_text(options.max_memory_bytes),
      fits < options.min_zoom
          ? std::string("  --region ID, --theme THEME, --since DATE --until DATE: less ground or time\n")
          : fmt::format("  --max-zoom {}: the greatest that fits\n", fits)));
}

}  // namespace

std::uint64_t Tiles::count() const {
  std::uint64_t sum = 0;
  for (const TileRun& run : runs) sum += run.count;
  return sum;
}

Tiles cut_tiles(const Composite& composite, const std::vector<TileLayer>& layers, const TileOptions& options,
                const DescribeLines& describe) {
  check(options);
  check_memory(composite, layers, options);
  const Division division = detail::divide(composite, layers);
  LinesByZoom lines = lines_of(
      carry_to_mercator(composite, division.of_face, kChordShare * tile_unit(options.max_zoom)), options);
  Tiles tiles;
  RunsBetween between;
  if (describe) between = describe_lines(lines, division, describe, tiles.lines);
  for (const TileLayer& layer : layers) tiles.shown.emplace_back(layer.features.size(), false);
  for (const TileEdge& edge : lines.front()) {
    for (const Category category : {edge.left, edge.right}) {
      for (const auto& [layer, feature] : division.features[category]) tiles.shown[layer][feature] = true;
    }
  }
  std::vector<std::vector<CutTiles>> by_zoom(lines.size());
  std::map<Category, std::string> covered;
  std::mutex mutex;
  // From the greatest zoom, which takes longest.
  tbb::parallel_for(std::size_t{0}, lines.size(), [&](std::size_t i) {
    ZoomCutter cutter(layers, division, tiles.lines, between, options.max_zoom - static_cast<int>(i),
                      options.buffer);
    by_zoom[i] = cutter.cut(lines[i]);
    lines[i] = {};
    const std::lock_guard lock(mutex);
    for (const CutTiles& made : by_zoom[i]) {
      if (made.covered != 0 && !covered.contains(made.covered))
        covered.emplace(made.covered, cutter.covered_tile(made.covered));
    }
  });
  std::map<Category, std::uint32_t> content_of;
  for (auto of_zoom = by_zoom.rbegin(); of_zoom != by_zoom.rend(); ++of_zoom) {
    for (CutTiles& made : *of_zoom) {
      auto content = static_cast<std::uint32_t>(tiles.contents.size());
      if (made.covered == 0) {
        tiles.contents.push_back(std::move(made.bytes));
      } else if (const auto [entry, is_new] = content_of.try_emplace(made.covered, content); is_new) {
        tiles.contents.push_back(std::move(covered.at(made.covered)));
      } else {
        content = entry->second;
      }
      TileRun* last = tiles.runs.empty() ? nullptr : &tiles.runs.back();
      if (last != nullptr && last->content == content && last->id + last->count == made.id) {
        last->count += made.count;
      } else {
        tiles.runs.push_back({made.id, made.count, content});
      }
    }
  }
  return tiles;
}

}  // namespace marchland
