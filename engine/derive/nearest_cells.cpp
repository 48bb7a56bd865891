#include <marchland/base/error.h>
#include <marchland/derive/detail/frame.h>
#include <marchland/derive/nearest_cells.h>
#include <marchland/measure/length.h>
#include <marchland/measure/projection.h>

#include <boost/polygon/voronoi.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

namespace marchland {
namespace {

namespace bp = boost::polygon;
using detail::Frame;
using detail::FramePieces;
using detail::GridPath;

constexpr double kUnitsPerMeter = 100.0;
/// Beyond it centimetres leave 32 bits together with the frame of helpers below.
constexpr double kFarthest = 1.0e7;

/// A place on the integer plane of the diagram.
using PlaneSite = bp::point_data<int>;

struct PlaneExtent {
  double west = 1e300;
  double south = 1e300;
  double east = -1e300;
  double north = -1e300;
  void add(const PlanePoint& p) {
    west = std::min(west, p.x);
    south = std::min(south, p.y);
    east = std::max(east, p.x);
    north = std::max(north, p.y);
  }
};

std::string default_crs(const MultiPolygon& frame) {
  double west = 180.0;
  double south = 90.0;
  double east = -180.0;
  double north = -90.0;
  for (const Polygon& polygon : frame) {
    for (const Position& p : polygon.front()) {
      west = std::min(west, p.lon);
      east = std::max(east, p.lon);
      south = std::min(south, p.lat);
      north = std::max(north, p.lat);
    }
  }
  // To whole degrees, so that one more point of the frame does not change all cells.
  return fmt::format("+proj=aeqd +lat_0={} +lon_0={} +datum=WGS84 +units=m",
                     std::lround((south + north) / 2.0), std::lround((west + east) / 2.0));
}

/// The projection in metres; every point that is asked for must have coordinates.
class Plane {
 public:
  explicit Plane(const std::string& crs) : projection_(crs) {
    if (projection_.is_geographic()) {
      throw InvalidArgument(
          "it is geographic, and degrees are no distances; expected a projection, such as EPSG:3035, or "
          "leave "
          "crs out");
    }
  }
  [[nodiscard]] PlanePoint forward(const Position& position, std::string_view what) const {
    const auto point = projection_.forward(position);
    const double unit = projection_.unit();
    if (point && std::hypot(point->x * unit, point->y * unit) <= kFarthest)
      return {point->x * unit, point->y * unit};
    throw InvalidData(
        fmt::format("{}: the projection has no coordinates for ({}, {}), or they are further than {} km from "
                    "its origin; choose a crs made for the ground of the frame",
                    what, position.lon, position.lat, kFarthest / 1000.0));
  }
  [[nodiscard]] Position inverse(const PlanePoint& point) const {
    const double unit = projection_.unit();
    const auto position = projection_.inverse({point.x / unit, point.y / unit});
    if (position) return *position;
    throw InvalidData(
        "an edge between cells leaves the earth in this projection; choose a crs made for the "
        "ground of the frame");
  }

 private:
  Projection projection_;
};

/// Cuts a segment to a box (Liang and Barsky 1984); nothing outside it.
std::optional<std::pair<PlanePoint, PlanePoint>> clip(const PlanePoint& a, const PlanePoint& b,
                                                      const PlaneExtent& box) {
  double first = 0.0;
  double last = 1.0;
  const auto cut = [&](double towards, double room) {
    if (towards == 0.0) return room >= 0.0;
    const double t = room / towards;
    if (towards > 0.0) {
      last = std::min(last, t);
    } else {
      first = std::max(first, t);
    }
    return first <= last;
  };
  const double dx = b.x - a.x;
  const double dy = b.y - a.y;
  if (!cut(-dx, a.x - box.west) || !cut(dx, box.east - a.x) || !cut(-dy, a.y - box.south) ||
      !cut(dy, box.north - a.y)) {
    return std::nullopt;
  }
  const auto at = [&](double t) { return PlanePoint{a.x + t * dx, a.y + t * dy}; };
  // Ends that stay are kept bit for bit, so that edges still meet there.
  return std::pair(first == 0.0 ? a : at(first), last == 1.0 ? b : at(last));
}

/// The chain on the grid that follows the straight edge a-b of the plane: halved until the middle of each
/// step in lon/lat is within kCellDeviation of the edge's.
class EdgeChain {
 public:
  explicit EdgeChain(const Plane& plane) : plane_(plane) {}
  [[nodiscard]] GridPath operator()(PlanePoint a, PlanePoint b) const {
    if (b.x < a.x || (b.x == a.x && b.y < a.y)) std::swap(a, b);
    std::vector<Position> chain{plane_.inverse(a)};
    extend(a, b, chain, 0);
    return detail::to_grid_path(chain, "edge between cells");
  }

 private:
  void extend(const PlanePoint& a, const PlanePoint& b, std::vector<Position>& chain, int depth) const {
    const Position from = chain.back();
    const Position to = plane_.inverse(b);
    const PlanePoint middle{(a.x + b.x) / 2.0, (a.y + b.y) / 2.0};
    constexpr int kDeepest = 24;
    if (depth < kDeepest && !is_close(a, b, from, to)) {
      extend(a, middle, chain, depth + 1);
      extend(middle, b, chain, depth + 1);
      return;
    }
    chain.push_back(to);
  }

  /// Whether the step in lon/lat stays by the edge. A chord is furthest from a curve of one bend near its
  /// middle; one of two bends passes through it there, so the quarters are asked too, and what is long enough
  /// for more bends than that is never close. Halving divides the distance by four.
  [[nodiscard]] bool is_close(const PlanePoint& a, const PlanePoint& b, const Position& from,
                              const Position& to) const {
    constexpr double kLongest = 200'000.0;  // metres
    const double length = std::hypot(b.x - a.x, b.y - a.y);
    if (length > kLongest) return false;
    for (const double t : {0.25, 0.5, 0.75}) {
      const PlanePoint drawn = plane_.forward(
          {from.lon + t * (to.lon - from.lon), from.lat + t * (to.lat - from.lat)}, "edge between cells");
      const double across = (b.x - a.x) * (drawn.y - a.y) - (b.y - a.y) * (drawn.x - a.x);
      if (length > 0.0 && std::abs(across) > kCellDeviation.value() * length) return false;
    }
    return true;
  }

  const Plane& plane_;
};

/// Sites that have cells, on the integer plane, sorted.
struct PlacedSites {
  std::vector<PlaneSite> points;
  std::vector<std::size_t> site;  ///< of each point
};

PlacedSites place_sites(std::span<const Site> sites, const Plane& plane, Findings& findings) {
  std::vector<std::size_t> order(sites.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(sites[a].name, sites[a].at) < std::tie(sites[b].name, sites[b].at);
  });
  PlacedSites placed;
  std::map<std::pair<int, int>, std::size_t> taken;
  for (const std::size_t i : order) {
    const PlanePoint p = plane.forward(sites[i].at, sites[i].name);
    const PlaneSite point(static_cast<int>(std::lround(p.x * kUnitsPerMeter)),
                          static_cast<int>(std::lround(p.y * kUnitsPerMeter)));
    const auto [first, is_new] = taken.try_emplace({point.x(), point.y()}, i);
    if (is_new) {
      placed.points.push_back(point);
      placed.site.push_back(i);
      continue;
    }
    findings.push_back({"site-coincides", Severity::warning, "", "",
                        GeoLocation{Lon{sites[i].at.lon}, Lat{sites[i].at.lat}},
                        fmt::format("'{}' lies where '{}' does, which has the ground about it", sites[i].name,
                                    sites[first->second].name)});
  }
  return placed;
}

/// Sites far outside, that close the cells at the rim: no point of the extent is nearer to one of them than
/// to a site, because they are more than 3 times its diagonal away and the sites less than once.
std::vector<PlaneSite> with_helpers(std::vector<PlaneSite> points, const PlaneExtent& extent) {
  const double cx = (extent.west + extent.east) / 2.0;
  const double cy = (extent.south + extent.north) / 2.0;
  const double reach =
      3.0 * std::max(1.0, std::hypot(extent.east - extent.west, extent.north - extent.south));
  // Centimetres in 32 bits: less than 21 474 km from the origin.
  if (std::max(std::abs(cx), std::abs(cy)) + reach > 2.1e7) {
    throw InvalidData(fmt::format(
        "frame and places are {:.0f} km across in the projection; cells can be made up to about 6000",
        reach / 3000.0));
  }
  for (int k = 0; k < 4; ++k) {
    const double dx = k < 2 ? reach : -reach;
    const double dy = k % 2 == 0 ? reach : -reach;
    points.emplace_back(static_cast<int>(std::lround((cx + dx) * kUnitsPerMeter)),
                        static_cast<int>(std::lround((cy + dy) * kUnitsPerMeter)));
  }
  return points;
}

/// Edges between cells of different sites within the extent, each once, as chains on the grid.
std::vector<GridPath> draw_edges(const std::vector<PlaneSite>& points, const PlaneExtent& extent,
                                 const Plane& plane) {
  bp::voronoi_diagram<double> diagram;
  bp::construct_voronoi(points.begin(), points.end(), &diagram);
  const EdgeChain chain_of(plane);
  std::vector<GridPath> chains;
  for (const auto& edge : diagram.edges()) {
    if (!edge.is_finite() || edge.cell()->source_index() > edge.twin()->cell()->source_index()) continue;
    const PlanePoint a{edge.vertex0()->x() / kUnitsPerMeter, edge.vertex0()->y() / kUnitsPerMeter};
    const PlanePoint b{edge.vertex1()->x() / kUnitsPerMeter, edge.vertex1()->y() / kUnitsPerMeter};
    const auto inside = clip(a, b, extent);
    if (!inside) continue;
    GridPath chain = chain_of(inside->first, inside->second);
    if (chain.size() > 1) chains.push_back(std::move(chain));
  }
  std::sort(chains.begin(), chains.end());
  return chains;
}

/// A point inside a piece: the middle of the widest stretch inside it along a horizontal between two of its
/// vertices' latitudes near the middle of the piece.
PlanePoint inner_point(const detail::GridPolygon& polygon, const Plane& plane) {
  std::vector<double> rows;
  for (const auto& ring : polygon) {
    for (const GridPoint p : ring) rows.push_back(p.y);
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  const std::size_t k = (rows.size() - 1) / 2;
  const double y = (rows[k] + rows[std::min(k + 1, rows.size() - 1)]) / 2.0;
  std::vector<double> crossings;
  for (const auto& ring : polygon) {
    for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
      const double y0 = ring[i].y;
      const double y1 = ring[i + 1].y;
      if ((y0 < y) == (y1 < y)) continue;
      crossings.push_back(ring[i].x +
                          (y - y0) / (y1 - y0) * (static_cast<double>(ring[i + 1].x) - ring[i].x));
    }
  }
  std::sort(crossings.begin(), crossings.end());
  double widest = -1.0;
  double x = polygon[0][0].x;
  for (std::size_t i = 0; i + 1 < crossings.size(); i += 2) {
    if (crossings[i + 1] - crossings[i] <= widest) continue;
    widest = crossings[i + 1] - crossings[i];
    x = (crossings[i] + crossings[i + 1]) / 2.0;
  }
  return plane.forward({x / kGridUnitsPerDegree, y / kGridUnitsPerDegree}, "frame");
}

/// The nearest point; of equally near ones the first.
std::size_t nearest(const std::vector<PlaneSite>& points, const PlanePoint& p) {
  std::size_t best = 0;
  double least = 1e300;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double dx = points[i].x() / kUnitsPerMeter - p.x;
    const double dy = points[i].y() / kUnitsPerMeter - p.y;
    const double square = dx * dx + dy * dy;
    if (square < least) {
      least = square;
      best = i;
    }
  }
  return best;
}

PlaneExtent extent_of(const MultiPolygon& frame, const Plane& plane) {
  PlaneExtent extent;
  // Steps of the frame, straight in lon/lat, are bent in the plane: between points as close as this they sag
  // by far less than the margin, in whatever system.
  constexpr double kStep = 0.25;  // degrees
  for (const Polygon& polygon : frame) {
    const Ring& ring = polygon.front();
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const Position& from = ring[i];
      const Position& to = ring[(i + 1) % ring.size()];
      const double reach = std::max(std::abs(to.lon - from.lon), std::abs(to.lat - from.lat));
      const int parts = std::max(1, static_cast<int>(std::ceil(reach / kStep)));
      for (int k = 0; k < parts; ++k) {
        const double t = static_cast<double>(k) / parts;
        extent.add(
            plane.forward({from.lon + t * (to.lon - from.lon), from.lat + t * (to.lat - from.lat)}, "frame"));
      }
    }
  }
  const double margin =
      0.1 * std::max(1000.0, std::max(extent.east - extent.west, extent.north - extent.south));
  extent.west -= margin;
  extent.east += margin;
  extent.south -= margin;
  extent.north += margin;
  return extent;
}

struct NodedFrame {
  std::vector<GridPath> boundary;
  std::vector<GridPath> edges;
};

NodedFrame node(const Frame& frame, const std::vector<GridPath>& chains) {
  std::vector<GridSegment> all = frame.boundary();
  const std::size_t boundary = all.size();
  for (const GridPath& chain : chains) {
    for (std::size_t k = 0; k + 1 < chain.size(); ++k) all.push_back({chain[k], chain[k + 1]});
  }
  std::vector<GridPath> paths = detail::node_segments(all);
  NodedFrame noded;
  noded.boundary.assign(paths.begin(), paths.begin() + static_cast<std::ptrdiff_t>(boundary));
  noded.edges.assign(paths.begin() + static_cast<std::ptrdiff_t>(boundary), paths.end());
  return noded;
}

void report_sites(std::span<const Site> sites, const PlacedSites& placed, const Frame& frame,
                  const std::vector<MultiPolygon>& cells, Findings& findings) {
  for (const std::size_t i : placed.site) {
    const GeoLocation location{Lon{sites[i].at.lon}, Lat{sites[i].at.lat}};
    const bool is_inside = frame.holds(detail::to_grid_point(sites[i].at));
    if (cells[i].empty()) {
      findings.push_back({"site-without-ground", Severity::warning, "", "", location,
                          fmt::format("'{}': no part of the frame is nearest to it{}", sites[i].name,
                                      is_inside ? "" : ", it lies outside")});
    } else if (!is_inside) {
      findings.push_back({"site-outside", Severity::info, "", "", location,
                          fmt::format("'{}' lies outside the frame, and has the ground of it that is nearest",
                                      sites[i].name)});
    }
  }
}

}  // namespace

SiteCells nearest_cells(const MultiPolygon& frame_area, std::span<const Site> sites, const std::string& crs) {
  if (sites.empty()) throw InvalidData("no place has a position, so nothing is nearest to any ground");
  SiteCells result;
  Frame frame(frame_area);
  result.crs = crs.empty() ? default_crs(frame_area) : crs;
  const Plane plane(result.crs);
  const PlacedSites placed = place_sites(sites, plane, result.findings);
  const PlaneExtent extent = extent_of(frame_area, plane);
  PlaneExtent reach = extent;
  for (const PlaneSite& p : placed.points) reach.add({p.x() / kUnitsPerMeter, p.y() / kUnitsPerMeter});
  const auto chains = draw_edges(with_helpers(placed.points, reach), extent, plane);
  const NodedFrame noded = node(frame, chains);
  const FramePieces cut = detail::cut_frame(noded.boundary, noded.edges);
  std::vector<int> labels(cut.is_ground.size(), -1);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (cut.is_ground[i])
      labels[i] = static_cast<int>(nearest(placed.points, inner_point(cut.subdivision.pieces()[i], plane)));
  }
  const auto joined = detail::join_pieces(cut, labels, placed.points.size());
  result.cells.resize(sites.size());
  for (std::size_t k = 0; k < joined.size(); ++k) result.cells[placed.site[k]] = detail::to_area(joined[k]);
  report_sites(sites, placed, frame, result.cells, result.findings);
  frame.insert(noded.boundary);
  result.frame = detail::to_area(frame.polygons());
  return result;
}

}  // namespace marchland
