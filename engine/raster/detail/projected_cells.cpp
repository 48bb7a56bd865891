#include <marchland/base/error.h>
#include <marchland/geometry/longitudes.h>
#include <marchland/measure/parallel_strip.h>
#include <marchland/raster/detail/projected_cells.h>

#include <boost/math/quadrature/gauss.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace marchland::detail {
namespace {

constexpr double kRadians = std::numbers::pi / 180.0;

double degrees(std::int64_t units) {
  return static_cast<double>(units) / kWalkUnitsPerDegree;
}
std::int64_t to_walk(double value) {
  return std::llround(value * kWalkUnitsPerDegree);
}

/// Degrees; larger cells, and those that meridians converge on, are measured in a plane of their own.
constexpr double kLargest = 5.0;
/// Of the cell.
constexpr double kFoundInPlane = 1e-13;

/// Longitudes in walk units, 1e-11 degrees apart at most, on the two sides of a cut.
struct Cut {
  std::int64_t west = 0;
  std::int64_t east = 0;
  [[nodiscard]] bool is_there() const { return west != east; }
};

/// The meridian along which a projected system is cut, if it is along one: where x jumps by more than a
/// quarter of all. (The antimeridian is none here: ground ends there anyway.)
Cut cut_of(const Projection& projection) {
  constexpr std::int64_t kSteps = 720;
  const auto step = [](std::int64_t i) { return kWalkTurn / kSteps * i - kWalkTurn / 2; };
  Cut found;
  for (const double lat : {-41.0, 0.5, 37.0}) {
    const auto x_at = [&](std::int64_t lon) {
      const auto point = projection.forward({degrees(lon), lat});
      return point ? std::optional(point->x) : std::nullopt;
    };
    double least = std::numeric_limits<double>::infinity();
    double most = -least;
    std::vector<std::optional<double>> xs;
    for (std::int64_t i = 0; i <= kSteps; ++i) {
      xs.push_back(x_at(step(i)));
      if (!xs.back()) return {};
      least = std::min(least, *xs.back());
      most = std::max(most, *xs.back());
    }
    const auto is_jump = [&](double a, double b) { return std::abs(b - a) > (most - least) / 4.0; };
    for (std::int64_t i = 0; i < kSteps; ++i) {
      const auto k = static_cast<std::size_t>(i);
      if (!is_jump(*xs[k], *xs[k + 1])) continue;
      std::int64_t low = step(i);
      std::int64_t high = step(i + 1);
      while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        const auto x = x_at(middle);
        if (!x) return {};
        (is_jump(*xs[k], *x) ? high : low) = middle;
      }
      // Roundings of the system differ from latitude to latitude.
      constexpr auto kSame = static_cast<std::int64_t>(1e-11 * kWalkUnitsPerDegree);
      if (found.is_there() && std::abs(found.west - low) > kSame) return {};
      found = found.is_there() ? Cut{std::min(low, found.west), std::max(high, found.east)} : Cut{low, high};
    }
  }
  // Places between two others are found in doubles, some walk units beside.
  constexpr std::int64_t kRounding = 1024;
  return found.is_there() ? Cut{found.west - kRounding, found.east + kRounding} : found;
}

/// Whether axes of the system run so that its cells are mirror images of the ground (x to the west, y to the
/// north).
bool shows_from_within(const Projection& projection, const RasterGrid& grid) {
  constexpr int kTried = 9;
  constexpr double kStep = 1e-3;  // cells
  double sum = 0.0;
  for (int i = 0; i < kTried * kTried; ++i) {
    const double x = static_cast<double>(grid.columns) * (i % kTried + 0.5) / kTried;
    const double y = static_cast<double>(grid.rows) * (i / kTried + 0.5) / kTried;
    const auto place = [&](double dx, double dy) {
      return projection.inverse(
          {grid.west + (x + dx) * grid.cell, grid.north - (y - dy) * grid.cell_height()});
    };
    const auto here = place(0.0, 0.0);
    const auto right = place(kStep, 0.0);
    const auto up = place(0.0, kStep);
    if (!here || !right || !up) continue;
    const double cross = (nearest_turn(right->lon, here->lon) - here->lon) * (up->lat - here->lat) -
                         (right->lat - here->lat) * (nearest_turn(up->lon, here->lon) - here->lon);
    if (cross != 0.0) sum += std::copysign(1.0, cross);
  }
  return sum < 0.0;
}

}  // namespace

ProjectedGround::ProjectedGround(const RasterGrid& grid_) : grid(grid_) {
  const Projection projection(grid.crs);
  const double width = static_cast<double>(grid.columns) * grid.cell;
  const double height = static_cast<double>(grid.rows) * grid.cell_height();
  // A lattice over the grid, its sides included; of what it misses between its points the margin takes care.
  constexpr int kLattice = 64;
  std::vector<double> longitudes;
  double south = 90.0;
  double north = -90.0;
  for (int i = 0; i <= kLattice; ++i) {
    for (int j = 0; j <= kLattice; ++j) {
      const auto place =
          projection.inverse({grid.west + width * i / kLattice, grid.north - height * j / kLattice});
      if (!place) continue;
      longitudes.push_back(place->lon);
      south = std::min(south, place->lat);
      north = std::max(north, place->lat);
    }
  }
  if (longitudes.empty())
    throw InvalidArgument(fmt::format("no point of the grid in CRS '{}' lies on the earth", grid.crs));
  const double margin = std::max(1e-4, 0.05 * (north - south));
  south = std::max(-90.0, south - margin);
  north = std::min(90.0, north + margin);
  // Of a geographic system, in degrees from Greenwich.
  const double first_lon = projection.degrees_from_greenwich(grid.west);
  const double width_lon = width * 360.0 / projection.turn();
  bool is_all_round = projection.is_geographic() && width_lon > 300.0;
  for (const double pole : {-90.0, 90.0}) {
    const auto place = projection.forward({0.0, pole});
    if (!place || projection.is_geographic()) continue;
    const double x = place->x - grid.west;
    const double y = grid.north - place->y;
    if (x < -0.05 * width || x > 1.05 * width || y < -0.05 * height || y > 1.05 * height) continue;
    is_all_round = true;
    (pole < 0.0 ? south : north) = pole;
  }
  // Some systems have no coordinates for the poles.
  constexpr double kNearPole = 89.999;
  if (north > kNearPole && !projection.forward({0.0, north})) north = kNearPole;
  if (south < -kNearPole && !projection.forward({0.0, south})) south = -kNearPole;

  is_mirrored = shows_from_within(projection, grid);
  const LongitudeStretch all = narrowest_stretch(std::move(longitudes));
  auto [west, east] = all;
  const double aside = std::max(1e-4, 0.05 * (east - west));
  if (is_all_round || all.rest() < 2.0 * aside + 1e-3) {
    west = -180.0;
    east = 180.0;
  } else {
    west -= aside;
    east += aside;
  }
  const double middle = first_lon + width_lon / 2.0;
  const Cut cut = projection.is_geographic() ? Cut{} : cut_of(projection);
  for (const double turn : {-360.0, 0.0, 360.0}) {
    const double from = std::max(west + turn, -180.0);
    const double to = std::min(east + turn, 180.0);
    if (!(from < to)) continue;
    Box box{to_walk(from), to_walk(south), to_walk(to), to_walk(north), 0.0};
    if (!projection.is_geographic()) {
      // Ground on the two sides of a cut is apart; what lies between them is less than a thousandth of a
      // millimetre.
      if (cut.is_there() && box.west < cut.west && cut.east < box.east) {
        boxes.push_back({box.west, box.south, cut.west, box.north});
        box.west = cut.east;
      }
      boxes.push_back(box);
      continue;
    }
    // Its columns may go on beyond 180 degrees.
    const double first = is_all_round ? -360.0 : nearest_turn((from + to) / 2.0, middle) - (from + to) / 2.0;
    for (double shift = first; shift <= (is_all_round ? 360.0 : first); shift += 360.0) {
      if (from + shift > first_lon + width_lon + 1.0 || to + shift < first_lon - 1.0) continue;
      box.turn = shift;
      boxes.push_back(box);
    }
  }
}

ProjectedCells::ProjectedCells(const ProjectedGround& ground)
    : ground_(&ground), projection_(ground.grid.crs), is_geographic_(projection_.is_geographic()) {}

WalkPoint ProjectedCells::Stretch::at(double t) const {
  return {from.x + std::llround(t * static_cast<double>(to.x - from.x)),
          from.y + std::llround(t * static_cast<double>(to.y - from.y))};
}

ProjectedCells::CellPoint ProjectedCells::cell_point(WalkPoint p) const {
  const Position place{degrees(p.x), degrees(p.y)};
  const auto point = projection_.forward(place);
  if (!point) {
    throw InvalidArgument(
        fmt::format("CRS '{}' has no coordinates for {:.4f}, {:.4f}, which the cells may reach; choose "
                    "another, or fewer cells",
                    ground_->grid.crs, place.lon, place.lat));
  }
  const double x = is_geographic_ ? projection_.near_longitude(point->x, place.lon + box_->turn) : point->x;
  return {(x - ground_->grid.west) / ground_->grid.cell,
          (ground_->grid.north - point->y) / ground_->grid.cell_height()};
}

std::int64_t ProjectedCells::column_of(double x) const {
  return static_cast<std::int64_t>(
      std::clamp(std::floor(x), -1.0, static_cast<double>(ground_->grid.columns)));
}
std::int64_t ProjectedCells::row_of(double y) const {
  return static_cast<std::int64_t>(std::clamp(std::floor(y), -1.0, static_cast<double>(ground_->grid.rows)));
}

void ProjectedCells::walk(WalkPoint from, WalkPoint to, EdgeWalk& out) {
  // In a mirror image what lies on the left of an edge lies on its right: walked backwards it is as it should
  // be.
  if (ground_->is_mirrored) std::swap(from, to);
  for (const ProjectedGround::Box& box : ground_->boxes) {
    box_ = &box;
    walk_box(from, to, out);
  }
}

void ProjectedCells::walk_box(WalkPoint from, WalkPoint to, EdgeWalk& out) {
  const auto pressed = [&](WalkPoint p) {
    return WalkPoint{std::clamp(p.x, box_->west, box_->east), std::clamp(p.y, box_->south, box_->north)};
  };
  // Between cuts at the lines of the box a stretch is pressed onto a straight one.
  std::vector<double> cuts{0.0};
  const auto cut = [&](std::int64_t line, std::int64_t a, std::int64_t b) {
    if ((a < line && line < b) || (b < line && line < a))
      cuts.push_back(static_cast<double>(line - a) / static_cast<double>(b - a));
  };
  cut(box_->west, from.x, to.x);
  cut(box_->east, from.x, to.x);
  cut(box_->south, from.y, to.y);
  cut(box_->north, from.y, to.y);
  std::sort(cuts.begin(), cuts.end());
  cuts.push_back(1.0);
  const Stretch whole{from, to};
  WalkPoint last = pressed(from);
  for (std::size_t i = 1; i < cuts.size(); ++i) {
    const WalkPoint next = pressed(i + 1 == cuts.size() ? to : whole.at(cuts[i]));
    if (next != last) walk_stretch({last, next}, out);
    last = next;
  }
}

void ProjectedCells::walk_stretch(const Stretch& stretch, EdgeWalk& out) {
  // Whatever bends within a degree is seen from its middle.
  const double extent = std::max(std::abs(static_cast<double>(stretch.to.x - stretch.from.x)),
                                 std::abs(static_cast<double>(stretch.to.y - stretch.from.y)));
  const double parts = std::max(1.0, std::ceil(extent / kWalkUnitsPerDegree));
  CellPoint here = cell_point(stretch.from);
  column_ = column_of(here.x);
  row_ = row_of(here.y);
  at_ = {stretch.from, here, Side::none};
  for (double i = 0.0; i < parts; i += 1.0) {
    const double t1 = (i + 1.0) / parts;
    const CellPoint next = cell_point(stretch.at(t1));
    follow(stretch, i / parts, here, t1, next, 0, out);
    here = next;
  }
}

void ProjectedCells::follow(const Stretch& stretch, double t0, CellPoint p0, double t1, CellPoint p1,
                            int depth, EdgeWalk& out) {
  constexpr double kStraight = 0.05;  // cells
  constexpr int kDeepest = 40;
  const double t = (t0 + t1) / 2.0;
  const CellPoint middle = cell_point(stretch.at(t));
  const double bend =
      std::max(std::abs(middle.x - (p0.x + p1.x) / 2.0), std::abs(middle.y - (p0.y + p1.y) / 2.0));
  const double reach = 2.0 * bend + 0.01;
  const auto columns = static_cast<double>(ground_->grid.columns);
  const auto rows = static_cast<double>(ground_->grid.rows);
  const bool is_near = std::max(p0.x, p1.x) > -reach && std::min(p0.x, p1.x) < columns + reach &&
                       std::max(p0.y, p1.y) > -reach && std::min(p0.y, p1.y) < rows + reach;
  if (is_near && bend > kStraight && depth < kDeepest) {
    follow(stretch, t0, p0, t, middle, depth + 1, out);
    follow(stretch, t, middle, t1, p1, depth + 1, out);
    return;
  }
  // However near, its ends stay apart: the system is cut there.
  if (is_near && bend > kStraight) {
    const Position place{degrees(stretch.at(t).x), degrees(stretch.at(t).y)};
    throw InvalidArgument(fmt::format(
        "CRS '{}' is cut through the ground at {:.4f}, {:.4f}: what lies on the two sides is not near in "
        "it; choose one that is not, or fewer regions",
        ground_->grid.crs, place.lon, place.lat));
  }
  cross(stretch, t0, p0, t1, p1, is_near, out);
}

ProjectedCells::Crossing ProjectedCells::crossing(const Stretch& stretch, double t0, CellPoint p0, double t1,
                                                  CellPoint p1, double CellPoint::* axis, double line,
                                                  bool is_near) const {
  double low = p0.*axis - line;
  double high = p1.*axis - line;
  if (low == 0.0 || (low < 0.0) == (high < 0.0))
    return std::abs(low) <= std::abs(high) ? Crossing{t0, p0} : Crossing{t1, p1};
  constexpr double kFound = 1e-12;  // cells
  constexpr int kMost = 30;
  Crossing found{t1, p1};
  // Regula falsi that halves the weight of an end that stays (Dowell & Jarratt 1971, "Illinois").
  for (int i = 0; i < kMost; ++i) {
    const double t = t0 + (t1 - t0) * (low / (low - high));
    if (!is_near) {
      const double share = low / (low - high);
      return {t, {p0.x + share * (p1.x - p0.x), p0.y + share * (p1.y - p0.y)}};
    }
    found = {t, cell_point(stretch.at(t))};
    const double value = found.cell.*axis - line;
    if (std::abs(value) < kFound) break;
    if ((value < 0.0) == (low < 0.0)) {
      t0 = t;
      low = value;
      high /= 2.0;
    } else {
      t1 = t;
      high = value;
      low /= 2.0;
    }
  }
  return found;
}

void ProjectedCells::cross(const Stretch& stretch, double t0, CellPoint p0, double t1, CellPoint p1,
                           bool is_near, EdgeWalk& out) {
  const std::int64_t last_column = column_of(p1.x);
  const std::int64_t last_row = row_of(p1.y);
  const std::int64_t to_east = last_column > column_ ? 1 : -1;
  const std::int64_t to_south = last_row > row_ ? 1 : -1;
  Crossing next_column{};
  Crossing next_row{};
  bool has_column = false;
  bool has_row = false;
  const auto columns = static_cast<std::int64_t>(ground_->grid.columns);
  const auto rows = static_cast<std::int64_t>(ground_->grid.rows);
  while (column_ != last_column || row_ != last_row) {
    if (column_ != last_column && !has_column) {
      next_column = crossing(stretch, t0, p0, t1, p1, &CellPoint::x,
                             static_cast<double>(to_east > 0 ? column_ + 1 : column_), is_near);
      has_column = true;
    }
    if (row_ != last_row && !has_row) {
      next_row = crossing(stretch, t0, p0, t1, p1, &CellPoint::y,
                          static_cast<double>(to_south > 0 ? row_ + 1 : row_), is_near);
      has_row = true;
    }
    End out_of;
    if (has_column && (!has_row || next_column.t <= next_row.t)) {
      out_of = {stretch.at(next_column.t), next_column.cell, to_east > 0 ? Side::east : Side::west};
      add_piece(at_, out_of, out);
      at_ = out_of;
      at_.side = to_east > 0 ? Side::west : Side::east;
      column_ += to_east;
      has_column = false;
    } else {
      out_of = {stretch.at(next_row.t), next_row.cell, to_south > 0 ? Side::south : Side::north};
      add_piece(at_, out_of, out);
      at_ = out_of;
      at_.side = to_south > 0 ? Side::north : Side::south;
      const std::int64_t above = to_south > 0 ? row_ : row_ - 1;
      if (above >= 0 && above < rows && column_ < columns) {
        out.turns.push_back({static_cast<std::uint32_t>(above), static_cast<std::uint32_t>(column_ + 1),
                             to_south > 0 ? 1 : -1});
      }
      row_ += to_south;
      has_row = false;
    }
  }
  const End end{stretch.at(t1), p1, Side::none};
  add_piece(at_, end, out);
  at_ = end;
}

void ProjectedCells::add_piece(const End& in, const End& out_of, EdgeWalk& out) {
  if (row_ < 0 || column_ < 0 || row_ >= static_cast<std::int64_t>(ground_->grid.rows) ||
      column_ >= static_cast<std::int64_t>(ground_->grid.columns)) {
    return;
  }
  const Cell& here = cell(row_, column_);
  // Both ends of a piece lie near its cell, but may be counted from the other side of the antimeridian.
  const std::int64_t aside = in.at.x / 2 + out_of.at.x / 2 - here.origin;
  const std::int64_t origin =
      here.origin + kWalkTurn * std::llround(static_cast<double>(aside) / static_cast<double>(kWalkTurn));
  const double area = along_sides(here, out_of, origin) - along_sides(here, in, origin) +
                      along_edge(here, in, out_of, origin);
  out.pieces.push_back(
      {static_cast<std::uint32_t>(row_), static_cast<std::uint32_t>(column_), area / here.whole});
}

double ProjectedCells::along_edge(const Cell& cell, const End& in, const End& out_of,
                                  std::int64_t origin) const {
  if (cell.plane) {
    const auto at = [&](double t) {
      const auto between = [&](std::int64_t a, std::int64_t b) {
        return degrees(a) + t * (degrees(b) - degrees(a));
      };
      return (*cell.plane)({between(in.at.x, out_of.at.x), between(in.at.y, out_of.at.y)});
    };
    return area_along(at, 0.0, 1.0, kFoundInPlane * std::abs(cell.whole));
  }
  if (cell.is_rim) {
    // A parabola through its middle; Simpson's rule is exact for it.
    const CellPoint middle = cell_point({(in.at.x + out_of.at.x) / 2, in.at.y / 2 + out_of.at.y / 2});
    const double x0 = in.cell.x - static_cast<double>(column_);
    const double x1 = middle.x - static_cast<double>(column_);
    const double x2 = out_of.cell.x - static_cast<double>(column_);
    const double d0 = 4.0 * middle.y - 3.0 * in.cell.y - out_of.cell.y;
    const double d1 = out_of.cell.y - in.cell.y;
    const double d2 = in.cell.y + 3.0 * out_of.cell.y - 4.0 * middle.y;
    return -(x0 * d0 + 4.0 * x1 * d1 + x2 * d2) / 6.0;
  }
  return area_west_of(static_cast<double>(in.at.x - origin) * kRadiansPerWalkUnit,
                      static_cast<double>(out_of.at.x - origin) * kRadiansPerWalkUnit,
                      static_cast<double>(in.at.y + out_of.at.y) * (0.5 * kRadiansPerWalkUnit),
                      static_cast<double>(out_of.at.y - in.at.y) * (0.5 * kRadiansPerWalkUnit));
}

double ProjectedCells::along_sides_in_plane(const Cell& cell, const End& end) const {
  if (end.side == Side::none) return 0.0;
  const double down = std::clamp(end.cell.y - static_cast<double>(row_), 0.0, 1.0);
  const double right = std::clamp(end.cell.x - static_cast<double>(column_), 0.0, 1.0);
  const EqualAreaPlane& plane = *cell.plane;
  // As below, an edge meets a side but for roundings.
  const PlanePoint edge = plane({degrees(end.at.x), degrees(end.at.y)});
  const auto from = [&](double across, double along_down, double dx, double dy, double length) {
    const auto at = [&](double s) {
      const auto place = place_in(cell, across + s * dx, along_down + s * dy);
      return place ? plane(*place) : edge;
    };
    return area_beside(edge, at(0.0)) + area_along(at, 0.0, length, kFoundInPlane * std::abs(cell.whole));
  };
  switch (end.side) {
    case Side::none:
      break;
    case Side::west:
      return from(0.0, down, 0.0, 1.0, 1.0 - down);
    case Side::north:
      return from(right, 0.0, -1.0, 0.0, right) + cell.whole_west;
    case Side::east:
      return from(1.0, down, 0.0, -1.0, down) + cell.whole_north + cell.whole_west;
    case Side::south:
      return from(right, 1.0, 1.0, 0.0, 1.0 - right) + cell.whole_east + cell.whole_north + cell.whole_west;
  }
  return 0.0;
}

double ProjectedCells::along_sides(const Cell& cell, const End& end, std::int64_t origin) const {
  if (cell.plane) return along_sides_in_plane(cell, end);
  const double down = std::clamp(end.cell.y - static_cast<double>(row_), 0.0, 1.0);
  const double right = std::clamp(end.cell.x - static_cast<double>(column_), 0.0, 1.0);
  if (cell.is_rim) return end.side == Side::east ? down : end.side == Side::south ? 1.0 : 0.0;
  // An edge meets a side but for what was rounded, there and back again by the system; the way from the one
  // to the other is part of the ring, or what this cell loses would not be what its neighbour gains.
  const auto from = [&](const Curve& side, double s) {
    const Curve::Point point = side.at(s);
    const double edge_lambda = static_cast<double>(end.at.x - origin) * kRadiansPerWalkUnit;
    const double edge_phi = static_cast<double>(end.at.y) * kRadiansPerWalkUnit;
    return area_west_of(edge_lambda, point.lambda, (edge_phi + point.phi) / 2.0,
                        (point.phi - edge_phi) / 2.0);
  };
  switch (end.side) {
    case Side::none:
      return 0.0;
    case Side::west:
      return from(cell.west, down) + cell.west.area(down, 1.0);
    case Side::north:
      return from(cell.north, right) + cell.north.area(right, 0.0) + cell.whole_west;
    case Side::east:
      return from(cell.east, down) + cell.east.area(down, 0.0) + cell.whole_north + cell.whole_west;
    case Side::south:
      return from(cell.south, right) + cell.south.area(right, 1.0) + cell.whole_east + cell.whole_north +
             cell.whole_west;
  }
  return 0.0;
}

ProjectedCells::Curve::Point ProjectedCells::Curve::at(double s) const {
  // Lagrange's form at equal steps, with its derivative.
  const double u = s * (kNodes - 1);
  Point out;
  for (std::size_t i = 0; i < kNodes; ++i) {
    double basis = 1.0;
    double slope = 0.0;
    for (std::size_t j = 0; j < kNodes; ++j) {
      if (j == i) continue;
      const double scale = 1.0 / (static_cast<double>(i) - static_cast<double>(j));
      slope = (slope * (u - static_cast<double>(j)) + basis) * scale;
      basis *= (u - static_cast<double>(j)) * scale;
    }
    out.lambda += basis * lambda[i];
    out.phi += basis * phi[i];
    out.slope += slope * phi[i];
  }
  out.slope *= kNodes - 1;
  return out;
}

double ProjectedCells::Curve::area(double from, double to) const {
  if (from == to) return 0.0;
  const auto integrand = [&](double s) {
    const Point point = at(s);
    return point.lambda * strip_density(point.phi) * point.slope;
  };
  return boost::math::quadrature::gauss<double, 7>::integrate(integrand, from, to);
}

const ProjectedCells::Cell& ProjectedCells::cell(std::int64_t row, std::int64_t column) {
  // A cell astride the antimeridian is measured from another longitude in each box.
  const auto box = static_cast<std::uint64_t>(box_ - ground_->boxes.data());
  const std::uint64_t key =
      box << 60U | static_cast<std::uint64_t>(row) << 30U | static_cast<std::uint64_t>(column);
  if (const auto known = cells_.find(key); known != cells_.end()) return known->second;
  constexpr std::size_t kMost = 50'000;
  if (cells_.size() >= kMost) cells_.clear();
  return cells_.emplace(key, make_cell(row, column)).first->second;
}

std::optional<double> ProjectedCells::whole(std::size_t row, std::size_t column) {
  box_ = ground_->boxes.data();
  const Cell here = make_cell(static_cast<std::int64_t>(row), static_cast<std::int64_t>(column));
  if (here.is_rim) return std::nullopt;
  return std::abs(here.plane ? here.whole * EqualAreaPlane::square_radius() : here.whole);
}

std::optional<Position> ProjectedCells::place_in(const Cell& cell, double across, double down) const {
  const RasterGrid& grid = ground_->grid;
  return projection_.inverse({grid.west + (static_cast<double>(cell.column) + across) * grid.cell,
                              grid.north - (static_cast<double>(cell.row) + down) * grid.cell_height()});
}

ProjectedCells::Cell ProjectedCells::make_cell(std::int64_t row, std::int64_t column) const {
  Cell out;
  out.row = row;
  out.column = column;
  if (const auto centre = place_in(out, 0.5, 0.5)) {
    const double origin = nearest_turn(centre->lon, degrees(box_->west / 2 + box_->east / 2));
    out.origin = to_walk(origin);
    if (measure_between_longitudes(out, origin) || measure_in_plane(out, *centre)) return out;
  }
  out.is_rim = true;
  out.whole = 1.0;
  return out;
}

bool ProjectedCells::measure_between_longitudes(Cell& cell, double origin) const {
  double least_lat = 90.0;
  double greatest_lat = -90.0;
  double greatest_aside = 0.0;
  const auto follow = [&](Curve& curve, double across, double down, double dx, double dy) {
    for (std::size_t i = 0; i < kNodes; ++i) {
      const double s = static_cast<double>(i) / (kNodes - 1);
      const auto place = place_in(cell, across + s * dx, down + s * dy);
      if (!place) return false;
      const double lambda = nearest_turn(place->lon, origin) - degrees(cell.origin);
      greatest_aside = std::max(greatest_aside, std::abs(lambda));
      least_lat = std::min(least_lat, place->lat);
      greatest_lat = std::max(greatest_lat, place->lat);
      curve.lambda[i] = lambda * kRadians;
      curve.phi[i] = place->lat * kRadians;
    }
    return true;
  };
  if (!follow(cell.west, 0.0, 0.0, 0.0, 1.0) || !follow(cell.east, 1.0, 0.0, 0.0, 1.0) ||
      !follow(cell.north, 0.0, 0.0, 1.0, 0.0) || !follow(cell.south, 0.0, 1.0, 1.0, 0.0) ||
      greatest_aside > kLargest / 2.0 || greatest_lat - least_lat > kLargest) {
    return false;
  }
  cell.whole_west = cell.west.area(0.0, 1.0);
  cell.whole_north = cell.north.area(1.0, 0.0);
  cell.whole_east = cell.east.area(1.0, 0.0);
  cell.whole = cell.whole_west + cell.whole_north + cell.whole_east + cell.south.area(0.0, 1.0);
  return ground_->is_mirrored ? cell.whole < 0.0 : cell.whole > 0.0;
}

bool ProjectedCells::measure_in_plane(Cell& cell, const Position& centre) const {
  const EqualAreaPlane plane(centre);
  bool is_on_earth = true;
  const auto side = [&](double across, double down, double dx, double dy) {
    const auto at = [&](double s) {
      const auto place = place_in(cell, across + s * dx, down + s * dy);
      is_on_earth = is_on_earth && place.has_value();
      return place ? plane(*place) : PlanePoint{};
    };
    const PlanePoint begin = at(0.0);
    const PlanePoint end = at(1.0);
    const double extent = std::hypot(end.x - begin.x, end.y - begin.y);
    return area_along(at, 0.0, 1.0, kFoundInPlane * extent * extent);
  };
  cell.whole_west = side(0.0, 0.0, 0.0, 1.0);
  cell.whole_north = side(1.0, 0.0, -1.0, 0.0);
  cell.whole_east = side(1.0, 1.0, 0.0, -1.0);
  cell.whole = cell.whole_west + cell.whole_north + cell.whole_east + side(0.0, 1.0, 1.0, 0.0);
  if (!is_on_earth || !(ground_->is_mirrored ? cell.whole < 0.0 : cell.whole > 0.0)) return false;
  cell.plane = plane;
  return true;
}

}  // namespace marchland::detail
