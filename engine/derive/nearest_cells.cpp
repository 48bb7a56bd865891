#include <marchland/base/error.h>
#include <marchland/derive/detail/frame.h>
#include <marchland/derive/detail/plane.h>
#include <marchland/derive/detail/reach.h>
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
using detail::CellParts;
using detail::Frame;
using detail::FramePieces;
using detail::GridBox;
using detail::GridPath;
using detail::GridPolygon;
using detail::Outline;
using detail::Plane;

constexpr double kUnitsPerMeter = 100.0;

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

/// Barriers on the grid: paths of at least two points, as they came.
struct BarrierPaths {
  std::vector<GridPath> paths;
  /// Steps that can meet the frame, and the path of each.
  std::vector<GridSegment> steps;
  std::vector<std::size_t> path_of_step;
};

GridBox box_of(const std::vector<GridSegment>& steps) {
  GridBox box;
  for (const GridSegment& s : steps) {
    box.least = {std::min({box.least.x, s.a.x, s.b.x}), std::min({box.least.y, s.a.y, s.b.y})};
    box.most = {std::max({box.most.x, s.a.x, s.b.x}), std::max({box.most.y, s.a.y, s.b.y})};
  }
  return box;
}

/// Steps clear of the frame's box are left out: they part no ground, and nodes on them would be in vain.
BarrierPaths read_barriers(const MultiLine& barriers, const Frame& frame, Findings& findings) {
  const GridBox box = box_of(frame.boundary());
  BarrierPaths read;
  for (std::size_t i = 0; i < barriers.size(); ++i) {
    GridPath path = detail::to_grid_path(barriers[i], fmt::format("barrier {}", i + 1));
    if (path.size() < 2) {
      std::optional<GeoLocation> location;
      if (!path.empty()) location = detail::location_of(path.front());
      findings.push_back(
          {"barrier-without-extent", Severity::warning, "", "", location,
           fmt::format("barrier {} has no two different positions on the grid and is left out", i + 1)});
      continue;
    }
    for (std::size_t k = 0; k + 1 < path.size(); ++k) {
      const GridSegment step{path[k], path[k + 1]};
      if (!detail::meet(detail::box_of(step), box)) continue;
      read.steps.push_back(step);
      read.path_of_step.push_back(read.paths.size());
    }
    read.paths.push_back(std::move(path));
  }
  return read;
}

struct NodedFrame {
  std::vector<GridPath> boundary;
  std::vector<GridPath> lines;     ///< edges between cells, then barriers
  std::vector<GridPath> barriers;  ///< of each step of BarrierPaths
};

NodedFrame node(const Frame& frame, const std::vector<GridPath>& chains, const BarrierPaths& barriers) {
  std::vector<GridSegment> all = frame.boundary();
  const std::size_t boundary = all.size();
  for (const GridPath& chain : chains) {
    for (std::size_t k = 0; k + 1 < chain.size(); ++k) all.push_back({chain[k], chain[k + 1]});
  }
  all.insert(all.end(), barriers.steps.begin(), barriers.steps.end());
  const std::vector<GridPath> paths = detail::node_segments(all);
  const auto lines = paths.begin() + static_cast<std::ptrdiff_t>(boundary);
  const auto of_barriers = paths.end() - static_cast<std::ptrdiff_t>(barriers.steps.size());
  return {{paths.begin(), lines}, {lines, paths.end()}, {of_barriers, paths.end()}};
}

GridSegment undirected(GridPoint a, GridPoint b) {
  return {std::min(a, b), std::max(a, b)};
}

std::vector<GridSegment> steps_of(const std::vector<GridPath>& paths) {
  std::vector<GridSegment> steps;
  for (const GridPath& path : paths) {
    for (std::size_t k = 0; k + 1 < path.size(); ++k) steps.push_back(undirected(path[k], path[k + 1]));
  }
  std::sort(steps.begin(), steps.end());
  steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
  return steps;
}

/// What barriers did, for whoever drew them.
class BarrierReport {
 public:
  BarrierReport(const FramePieces& cut, std::span<const GridPolygon> pieces, const CellParts& parts,
                Findings& findings)
      : cut_(cut), pieces_(pieces), parts_(parts), findings_(findings) {}

  /// Barriers that part no ground, all of them in one finding: files of rivers have many.
  void of_lines(const BarrierPaths& barriers, const std::vector<GridPath>& noded) const {
    std::vector<bool> parts_ground(barriers.paths.size(), false);
    for (std::size_t i = 0; i < noded.size(); ++i) {
      for (std::size_t k = 0; k + 1 < noded[i].size(); ++k) {
        if (divides(noded[i][k], noded[i][k + 1])) parts_ground[barriers.path_of_step[i]] = true;
      }
    }
    const auto first = std::find(parts_ground.begin(), parts_ground.end(), false);
    if (first == parts_ground.end()) return;
    const std::ptrdiff_t count = std::count(first, parts_ground.end(), false);
    const bool is_all = static_cast<std::size_t>(count) == parts_ground.size();
    const GridPoint at = barriers.paths[static_cast<std::size_t>(first - parts_ground.begin())].front();
    findings_.push_back(
        {"barrier-parts-nothing", is_all ? Severity::warning : Severity::info, "", "",
         detail::location_of(at),
         fmt::format(
             "{} of {} barriers part no ground: they lie outside the frame, along it, or do not reach "
             "across a cell; the first begins at {}",
             count, parts_ground.size(), detail::place_text(at))});
  }

  void of_sites(std::span<const Site> sites, const std::vector<std::size_t>& site_of_point) const {
    std::map<int, std::size_t> held;
    for (const CellParts::Part& part : parts_.parts) held[part.cell] += part.holds_site ? 1 : 0;
    for (const auto& [cell, count] : held) {
      if (count < 2) continue;
      const Site& site = sites[site_of_point[static_cast<std::size_t>(cell)]];
      findings_.push_back(
          {"site-on-barrier", Severity::info, "", "", GeoLocation{Lon{site.at.lon}, Lat{site.at.lat}},
           fmt::format("'{}' lies on a barrier; its cell stays with it on both sides", site.name)});
    }
  }

  void of_ground() const {
    std::size_t passed = 0;
    SquareMeters sum;
    SquareMeters largest;
    GridPoint at;
    for (const CellParts::Part& part : parts_.parts) {
      if (part.stays) continue;
      const SquareMeters area = area_of(part);
      const GridPoint place = detail::to_grid_point(detail::inner_point(pieces_[part.pieces.front()]));
      if (part.site == CellParts::kUnreached) {
        findings_.push_back(
            {"ground-unreached", Severity::warning, "", "", detail::location_of(place),
             fmt::format("{:.6g} km2 about {} are enclosed by barriers, or by them and the frame, without a "
                         "site: they stay unknown",
                         area.value() / 1e6, detail::place_text(place))});
        continue;
      }
      ++passed;
      sum += area;
      if (area <= largest) continue;
      largest = area;
      at = place;
    }
    if (passed == 0) return;
    findings_.push_back(
        {"barrier-passed", Severity::info, "", "", detail::location_of(at),
         fmt::format(
             "{} of cells, {:.6g} km2, {} cut off from the nearest site by barriers and {} to the one "
             "that reaches {}; the largest, {:.6g} km2, is about {}",
             passed == 1 ? "1 part" : fmt::format("{} parts", passed), sum.value() / 1e6,
             passed == 1 ? "is" : "are", passed == 1 ? "passes" : "pass", passed == 1 ? "it" : "them",
             largest.value() / 1e6, detail::place_text(at))});
  }

 private:
  bool divides(GridPoint a, GridPoint b) const {
    const auto last = cut_.edges.begin() + static_cast<std::ptrdiff_t>(cut_.line_edges);
    const auto edge =
        std::lower_bound(cut_.edges.begin(), last, undirected(a, b),
                         [](const FramePieces::Edge& e, const GridSegment& s) { return e.s < s; });
    const auto sides = cut_.ground_beside(*edge);
    return sides && parts_.part_of_piece[sides->left] != parts_.part_of_piece[sides->right];
  }

  SquareMeters area_of(const CellParts::Part& part) const {
    SquareMeters sum;
    for (const std::size_t i : part.pieces) sum += detail::area_of(pieces_[i]);
    return sum;
  }

  const FramePieces& cut_;
  std::span<const GridPolygon> pieces_;
  const CellParts& parts_;
  Findings& findings_;
};

std::vector<int> nearest_of_pieces(const FramePieces& cut, std::span<const GridPolygon> pieces,
                                   const PlacedSites& placed, const Plane& plane) {
  std::vector<int> sites(cut.is_ground.size(), -1);
  for (std::size_t i = 0; i < sites.size(); ++i) {
    if (!cut.is_ground[i]) continue;
    const Position inside = detail::inner_point(pieces[i]);
    sites[i] = static_cast<int>(nearest(placed.points, plane.forward(inside, "frame")));
  }
  return sites;
}

std::vector<GridPoint> on_grid(std::span<const Site> sites, const PlacedSites& placed) {
  std::vector<GridPoint> points;
  points.reserve(placed.site.size());
  for (const std::size_t i : placed.site) points.push_back(detail::to_grid_point(sites[i].at));
  return points;
}

/// Of pieces: the site they go to, `unreached` for ground that none reaches, -1 for no ground.
std::vector<int> labels_of(const CellParts& parts, std::size_t unreached) {
  std::vector<int> labels(parts.part_of_piece.size(), -1);
  for (const CellParts::Part& part : parts.parts) {
    for (const std::size_t i : part.pieces)
      labels[i] = part.site == CellParts::kUnreached ? static_cast<int>(unreached) : part.site;
  }
  return labels;
}

void report_sites(std::span<const Site> sites, const PlacedSites& placed, const Frame& frame,
                  const std::vector<MultiPolygon>& cells, Findings& findings) {
  for (const std::size_t i : placed.site) {
    const GeoLocation location{Lon{sites[i].at.lon}, Lat{sites[i].at.lat}};
    const bool is_inside = frame.locate(detail::to_grid_point(sites[i].at)) >= 0;
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

SiteCells nearest_cells(const MultiPolygon& frame_area, std::span<const Site> sites,
                        const CellOptions& options) {
  if (sites.empty()) throw InvalidData("no place has a position, so nothing is nearest to any ground");
  SiteCells result;
  Frame frame(frame_area);
  result.crs = options.crs.empty() ? default_crs(frame_area) : options.crs;
  const Plane plane(result.crs);
  const PlacedSites placed = place_sites(sites, plane, result.findings);
  const PlaneExtent extent = extent_of(frame_area, plane);
  PlaneExtent reach = extent;
  for (const PlaneSite& p : placed.points) reach.add({p.x() / kUnitsPerMeter, p.y() / kUnitsPerMeter});
  const auto chains = draw_edges(with_helpers(placed.points, reach), extent, plane);
  const BarrierPaths barriers = read_barriers(options.barriers, frame, result.findings);
  const NodedFrame noded = node(frame, chains, barriers);
  frame.insert(noded.boundary);
  const Outline outline = frame.outline();
  const FramePieces cut = detail::cut_frame(outline, noded.lines);
  std::vector<GridPolygon> pieces;
  for (std::size_t i = 0; i < cut.subdivision.size(); ++i) pieces.push_back(cut.subdivision.polygon(i));
  const std::vector<int> nearest = nearest_of_pieces(cut, pieces, placed, plane);
  const std::vector<GridSegment> barrier_steps = steps_of(noded.barriers);
  const std::vector<GridPoint> grid_sites = on_grid(sites, placed);
  const CellParts parts = detail::find_reach({cut, pieces, nearest, barrier_steps, grid_sites}, plane);
  auto joined = cut.subdivision.join(labels_of(parts, placed.points.size()), placed.points.size() + 1);
  result.unknown = detail::to_area(joined.back());
  joined.pop_back();
  result.cells.resize(sites.size());
  for (std::size_t k = 0; k < joined.size(); ++k) result.cells[placed.site[k]] = detail::to_area(joined[k]);
  report_sites(sites, placed, frame, result.cells, result.findings);
  const BarrierReport report(cut, pieces, parts, result.findings);
  report.of_lines(barriers, noded.barriers);
  report.of_sites(sites, placed.site);
  report.of_ground();
  result.frame = detail::to_area(frame.polygons());
  return result;
}

}  // namespace marchland
