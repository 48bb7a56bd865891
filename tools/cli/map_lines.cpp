#include "tools/cli/map_lines.h"

#include <marchland/analysis/dissolve.h>
#include <marchland/analysis/pieces.h>
#include <marchland/analysis/seam_pairs.h>
#include <marchland/analysis/shared_arcs.h>
#include <marchland/analysis/thin_lines.h>
#include <marchland/measure/length.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>
#include <utility>

namespace marchland::cli {
namespace {

Position position_of(GridPoint p) {
  return {grid_to_degrees(p.x), grid_to_degrees(p.y)};
}

Json millimeters(double meters) {
  return std::round(meters * 1000.0) / 1000.0;
}

struct RoundedGround {
  SharedArcs arcs;
  AreaUnits worst_rounding = 0;  ///< the greatest change that rounding made to the area of one piece
};

RoundedGround round_ground(const Session& session, const MapGround& ground) {
  const Arrangement& plane = session.composite().plane();
  const std::vector<Category>& of_face = ground.of_face();
  std::vector<bool> lines(plane.edges().size());
  for (EdgeIndex e = 0; e < lines.size(); ++e)
    lines[e] = of_face[plane.face(2 * e)] != of_face[plane.face(2 * e + 1)];
  const Dissolver dissolver(session.composite(), lines, {});
  std::vector<MultiPolygon> areas(ground.grounds().size());
  RoundedGround out;
  for (Dissolved& piece : dissolver(of_face)) {
    if (piece.category == 0) continue;
    const AreaUnits change = piece.rounded - piece.exact;
    out.worst_rounding = std::max(out.worst_rounding, change < 0 ? -change : change);
    areas[piece.category - 1] = std::move(piece.area);
  }
  out.arcs = share_arcs(areas);
  return out;
}

Json geometries(const Session& session, const MapGround& ground, const SharedArcs& shared) {
  const std::vector<Category>& of_face = ground.of_face();
  const std::size_t count = ground.grounds().size();
  std::vector<AreaUnits> area(count, 0);
  std::vector<FaceIndex> largest(count, kUnboundedFace);
  for (FaceIndex f = 0; f < of_face.size(); ++f) {
    if (of_face[f] == 0) continue;
    const std::size_t i = of_face[f] - 1;
    const AreaUnits its = session.areas()[f];
    area[i] += its;
    if (largest[i] == kUnboundedFace || its > session.areas()[largest[i]]) largest[i] = f;
  }
  const auto points = points_inside(session.composite().plane(), largest);
  Json out = Json::array();
  for (std::size_t i = 0; i < count; ++i) {
    const MapGround::Ground& its = ground.grounds()[i];
    Json properties{{"area_m2", square_meters(area[i])}};
    for (std::size_t t = 0; t < ground.themes().size(); ++t) {
      properties[std::string(to_string(ground.themes()[t].theme))] = ground.number(t, its.coverages[t]);
    }
    properties["regions"] = ground.region_number(its.coverages.back());
    if (its.statements != 0) properties["statements"] = its.statements;
    if (points[i]) properties["point"] = {points[i]->lon.value(), points[i]->lat.value()};
    out.push_back({{"type", "MultiPolygon"},
                   {"id", i},
                   {"properties", std::move(properties)},
                   {"arcs", shared.areas[i]}});
  }
  return out;
}

/// Where grounds meet across the antimeridian: arcs along its two sides are apart, and end in other vertices.
Json seam_between(const Session& session, const MapGround& ground) {
  const Arrangement& plane = session.composite().plane();
  const SeamPairs pairs(plane);
  struct Stretch {
    std::int32_t south = 0, north = 0;
    Category west = 0, east = 0;
    auto operator<=>(const Stretch&) const = default;
  };
  std::vector<Stretch> stretches;
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    if (pairs.seam_of(e) <= 0) continue;
    const std::int32_t from = plane.point(plane.edges()[e].u).y;
    const std::int32_t to = plane.point(plane.edges()[e].v).y;
    const auto [left, right] = pairs.sides(e);
    const Category west = ground.of_face()[from < to ? left : right];
    const Category east = ground.of_face()[from < to ? right : left];
    if (west != 0 && east != 0 && west != east)
      stretches.push_back({std::min(from, to), std::max(from, to), west, east});
  }
  std::sort(stretches.begin(), stretches.end());
  std::vector<Stretch> joined;
  for (const Stretch& each : stretches) {
    if (!joined.empty() && joined.back().north == each.south && joined.back().west == each.west &&
        joined.back().east == each.east) {
      joined.back().north = each.north;
    } else {
      joined.push_back(each);
    }
  }
  Json out = Json::array();
  for (const Stretch& each : joined) {
    const double length =
        edge_length(position_of({kGridMaxLon, each.south}), position_of({kGridMaxLon, each.north})).value();
    out.push_back({each.west - 1, each.east - 1, each.south, each.north, millimeters(length)});
  }
  return out;
}

/// A window that a page is likely to have, and how much closer than the whole map each level of coarse lines
/// serves.
constexpr double kWindowWide = 1280.0;
constexpr double kWindowHigh = 800.0;
constexpr std::array kCoarseZooms{0, 1, 3};
/// Vertices that lie so near to the line may go, in pixels.
constexpr double kCoarsePixels = 1.0;
/// Below so many vertices all of them are drawn as fast.
constexpr std::size_t kLeastVertices = 20000;
constexpr double kTile = 512.0;  ///< pixels that the world is wide at zoom 0

/// Web Mercator in worlds: x from 0 to 1, y the same at the equator, both ends of it at +-85.05 degrees.
std::pair<double, double> mercator(GridPoint p) {
  constexpr double kMostLatitude = 85.0511287798066;
  const double latitude =
      std::clamp(grid_to_degrees(p.y), -kMostLatitude, kMostLatitude) * std::numbers::pi / 180.0;
  return {grid_to_degrees(p.x) / 360.0, std::asinh(std::tan(latitude)) / (2.0 * std::numbers::pi)};
}

struct Box {
  GridPoint least{std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::max()};
  GridPoint greatest{std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::min()};

  void add(GridPoint p) {
    least = {std::min(least.x, p.x), std::min(least.y, p.y)};
    greatest = {std::max(greatest.x, p.x), std::max(greatest.y, p.y)};
  }
};

using Arcs = std::vector<std::vector<GridPoint>>;

/// Below a zoom, of each arc the vertices between its ends that stay. Null where less than half would go.
Json coarse_level(const Arcs& arcs, const std::vector<ThinEdge>& edges, const std::set<GridPoint>& ends,
                  int zoom) {
  const double near = kCoarsePixels / (kTile * std::exp2(zoom));
  const auto is_near = [&](GridPoint vertex, GridPoint a, GridPoint b) {
    const auto [x, y] = mercator(vertex);
    const auto [ax, ay] = mercator(a);
    const auto [bx, by] = mercator(b);
    const double length = (bx - ax) * (bx - ax) + (by - ay) * (by - ay);
    const double along =
        length > 0.0 ? std::clamp(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0.0, 1.0) : 0.0;
    return std::hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)) <= near;
  };
  const auto is_fixed = [&](GridPoint p) {
    return std::abs(p.x) == kGridMaxLon || std::abs(p.y) == kGridMaxLat || ends.contains(p);
  };
  const std::vector<ThinEdge> thinned = thin_lines(edges, is_near, is_fixed);
  if (2 * thinned.size() > edges.size()) return nullptr;
  std::set<GridPoint> kept;
  for (const ThinEdge& edge : thinned) kept.insert({edge.a, edge.b});
  Json rows = Json::array();
  for (const std::vector<GridPoint>& arc : arcs) {
    Json steps = Json::array();
    std::size_t before = 0;
    for (std::size_t i = 1; i + 1 < arc.size(); ++i) {
      if (!kept.contains(arc[i])) continue;
      steps.push_back(i - before);
      before = i;
    }
    rows.push_back(std::move(steps));
  }
  return {{"below_zoom", zoom}, {"kept", std::move(rows)}};
}

/// For zooms at which most vertices fall into one pixel with others, the coarsest first. Lines are thinned
/// once for both of their sides, so grounds still meet.
Json coarse_levels(const Arcs& arcs, const Box& box) {
  Json out = Json::array();
  std::vector<ThinEdge> edges;
  std::set<GridPoint> ends;
  for (std::size_t a = 0; a < arcs.size(); ++a) {
    ends.insert({arcs[a].front(), arcs[a].back()});
    for (std::size_t i = 0; i + 1 < arcs[a].size(); ++i) edges.push_back({arcs[a][i], arcs[a][i + 1], a});
  }
  if (edges.size() < kLeastVertices) return out;
  const auto [west, south] = mercator(box.least);
  const auto [east, north] = mercator(box.greatest);
  const double scale = std::min(kWindowWide / (kTile * std::max(east - west, 1e-9)),
                                kWindowHigh / (kTile * std::max(north - south, 1e-9)));
  for (const int closer : kCoarseZooms) {
    Json level = coarse_level(arcs, edges, ends, static_cast<int>(std::floor(std::log2(scale))) + closer);
    if (!level.is_null()) out.push_back(std::move(level));
  }
  return out;
}

}  // namespace

void add_lines(Json& document, const Session& session, const MapGround& ground) {
  const RoundedGround rounded = round_ground(session, ground);
  const SharedArcs& shared = rounded.arcs;
  Json arcs = Json::array();
  Json lengths = Json::array();
  Box box;
  for (const std::vector<GridPoint>& arc : shared.arcs) {
    Json steps = Json::array();
    GridPoint before{};
    double length = 0.0;
    for (const GridPoint p : arc) {
      if (!steps.empty()) length += edge_length(position_of(before), position_of(p)).value();
      steps.push_back({static_cast<std::int64_t>(p.x) - before.x, static_cast<std::int64_t>(p.y) - before.y});
      box.add(p);
      before = p;
    }
    arcs.push_back(std::move(steps));
    lengths.push_back(millimeters(length));
  }
  Json bounds = Json::array();
  for (const std::int32_t side : {box.least.x, box.least.y, box.greatest.x, box.greatest.y})
    bounds.push_back(grid_to_degrees(side));
  document["arc_lengths_m"] = std::move(lengths);
  document["seam"] = seam_between(session, ground);
  document["rounding_m2"] = square_meters(rounded.worst_rounding);
  document["coarse"] = coarse_levels(shared.arcs, box);
  document["topology"] = {
      {"type", "Topology"},
      {"bbox", std::move(bounds)},
      {"transform", {{"scale", {1e-7, 1e-7}}, {"translate", {0, 0}}}},
      {"objects",
       {{"ground", {{"type", "GeometryCollection"}, {"geometries", geometries(session, ground, shared)}}}}},
      {"arcs", std::move(arcs)}};
}

}  // namespace marchland::cli
