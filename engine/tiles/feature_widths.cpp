#include <marchland/analysis/edge_geometry.h>
#include <marchland/tiles/detail/division.h>
#include <marchland/tiles/feature_widths.h>
#include <marchland/tiles/mercator_plane.h>
#include <marchland/tiles/tile_cost.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <tuple>

namespace marchland {
namespace {

/// Trees of numbers; two numbers are joined if they have one root.
class Joins {
 public:
  explicit Joins(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), 0U); }
  std::uint32_t root(std::uint32_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::uint32_t a, std::uint32_t b) { parent_[root(a)] = root(b); }
  void part(std::uint32_t i) { parent_[i] = i; }

 private:
  std::vector<std::uint32_t> parent_;
};

/// Connected ground of one category. Sums are in units of the square.
struct Piece {
  Category category = 0;
  MercatorPosition origin;  ///< some place of its boundary, so that sums are small
  double twice_area = 0.0;  ///< of either sign
  double perimeter = 0.0;
  struct Neighbour {
    std::uint32_t piece;
    double length;
  };
  std::vector<Neighbour> neighbours{};  ///< one for each edge between them
};

std::vector<Piece> pieces_of(const Arrangement& plane, const detail::Division& division) {
  Joins joins(plane.face_count());
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    if (!division.divides(plane, e)) joins.join(plane.face(2 * e), plane.face(2 * e + 1));
  }
  constexpr auto kNone = static_cast<std::uint32_t>(-1);
  std::vector<std::uint32_t> of_root(plane.face_count(), kNone);
  std::vector<Piece> pieces;
  const auto piece_of = [&](FaceIndex face, const MercatorPosition& origin) {
    if (division.of_face[face] == 0) return kNone;
    std::uint32_t& piece = of_root[joins.root(face)];
    if (piece == kNone) {
      piece = static_cast<std::uint32_t>(pieces.size());
      pieces.push_back({division.of_face[face], origin});
    }
    return piece;
  };
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    if (!division.divides(plane, e)) continue;
    const Position u = position_of(plane, plane.edges()[e].u);
    const Position v = position_of(plane, plane.edges()[e].v);
    const MercatorPosition a = to_mercator(u.lon, u.lat);
    const MercatorPosition b = to_mercator(v.lon, v.lat);
    const double length = std::hypot(b.x - a.x, b.y - a.y);
    const std::uint32_t left = piece_of(plane.face(2 * e), a);
    const std::uint32_t right = piece_of(plane.face(2 * e + 1), a);
    for (const auto& [own, other, sign] : {std::tuple(left, right, 1.0), std::tuple(right, left, -1.0)}) {
      if (own == kNone) continue;
      Piece& piece = pieces[own];
      const MercatorPosition& o = piece.origin;
      piece.twice_area += sign * ((a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x));
      piece.perimeter += length;
      if (other != kNone) piece.neighbours.push_back({other, length});
    }
  }
  return pieces;
}

/// Metres on the ground of a unit of the square.
double meters_of_unit(double y) {
  return tile_unit_meters(0, from_mercator(0.0, y).lat) / tile_unit(0);
}

}  // namespace

std::vector<std::vector<FeatureWidth>> feature_widths(const Composite& composite,
                                                      const std::vector<TileLayer>& layers) {
  const detail::Division division = detail::divide(composite, layers);
  std::vector<Piece> pieces = pieces_of(composite.plane(), division);
  std::vector<std::vector<std::vector<std::uint32_t>>> of_feature;  // pieces, by layer and feature
  for (const TileLayer& layer : layers) of_feature.emplace_back(layer.features.size());
  for (std::uint32_t p = 0; p < pieces.size(); ++p) {
    for (const auto& [layer, feature] : division.features[pieces[p].category])
      of_feature[layer][feature].push_back(p);
  }
  Joins joins(pieces.size());
  std::vector<bool> is_own(pieces.size(), false);
  std::vector<double> area(pieces.size(), 0.0);
  std::vector<double> perimeter(pieces.size(), 0.0);
  std::vector<std::vector<FeatureWidth>> widths;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    std::vector<FeatureWidth>& of_layer = widths.emplace_back();
    for (const std::vector<std::uint32_t>& own : of_feature[l]) {
      for (const std::uint32_t p : own) {
        is_own[p] = true;
        joins.part(p);
        area[p] = perimeter[p] = 0.0;
      }
      for (const std::uint32_t p : own) {
        for (const Piece::Neighbour& n : pieces[p].neighbours) {
          if (is_own[n.piece]) joins.join(p, n.piece);
        }
      }
      for (const std::uint32_t p : own) {
        const std::uint32_t root = joins.root(p);
        area[root] += std::abs(pieces[p].twice_area);
        perimeter[root] += pieces[p].perimeter;
        // Lines inside are no boundary; each is met from both of its sides.
        for (const Piece::Neighbour& n : pieces[p].neighbours) {
          if (is_own[n.piece]) perimeter[root] -= n.length;
        }
      }
      FeatureWidth& width = of_layer.emplace_back();
      std::uint32_t widest = 0;
      for (const std::uint32_t p : own) {
        is_own[p] = false;
        if (!(perimeter[p] > 0.0) || area[p] / perimeter[p] <= width.units) continue;
        width.units = area[p] / perimeter[p];
        widest = p;
      }
      if (width.units > 0.0) width.meters = width.units * meters_of_unit(pieces[widest].origin.y);
    }
  }
  return widths;
}

int zoom_that_shows(const FeatureWidth& width) {
  constexpr double kWideEnough = std::numbers::sqrt2 + 2 * kChordShare;
  int zoom = 0;
  while (zoom <= kMaxZoom && !(width.units > kWideEnough * tile_unit(zoom))) ++zoom;
  return zoom;
}

int natural_max_zoom(const TileCost& cost, const std::vector<std::vector<FeatureWidth>>& widths,
                     double least_width_m) {
  constexpr int kLongEnough = 64;
  constexpr int kMostNatural = 14;
  constexpr int kTilesAcross = 16;
  constexpr std::uint64_t kMostTiles = 16384;
  const double middle = cost.middle_length();
  if (middle == 0.0) return 0;
  int zoom = 0;
  while (zoom < kMostNatural && middle < kLongEnough * static_cast<double>(tile_unit(zoom))) ++zoom;
  int most = zoom;
  while (most < kMostNatural && cost.tiles(most + 1) <= kMostTiles) ++most;
  const auto is_wide = [&](int z) {
    return double{kTilesAcross} * kTileExtent * tile_unit(z) > cost.extent();
  };
  while (zoom < most && is_wide(zoom)) ++zoom;
  for (const std::vector<FeatureWidth>& of_layer : widths) {
    for (const FeatureWidth& width : of_layer) {
      // Where one needs more than can be had, nothing is gained by going half the way.
      if (const int needed = zoom_that_shows(width); width.meters >= least_width_m && needed <= most)
        zoom = std::max(zoom, needed);
    }
  }
  return zoom;
}

}  // namespace marchland
