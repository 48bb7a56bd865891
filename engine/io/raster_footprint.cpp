#include <marchland/base/error.h>
#include <marchland/geometry/longitudes.h>
#include <marchland/io/detail/gdal.h>
#include <marchland/io/raster_footprint.h>
#include <marchland/measure/projection.h>

#include <fmt/format.h>
#include <ogr_geometry.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>
#include <optional>
#include <utility>

namespace marchland {
namespace {

constexpr double kRadians = std::numbers::pi / 180.0;

double rounded(double degrees) {
  return std::round(degrees * 1e7) / 1e7;
}

Ring rectangle(double west, double south, double east, double north) {
  return {{west, south}, {east, south}, {east, north}, {west, north}, {west, south}};
}

RasterFootprint footprint_of_box(const LonLatBox& box) {
  RasterFootprint out{box, {}};
  if (box.west <= box.east) {
    out.area.push_back({rectangle(box.west, box.south, box.east, box.north)});
    return out;
  }
  if (box.west < 180.0) out.area.push_back({rectangle(box.west, box.south, 180.0, box.north)});
  if (box.east > -180.0) out.area.push_back({rectangle(-180.0, box.south, box.east, box.north)});
  return out;
}

/// Longitudes may go on beyond 180 degrees and are brought back.
LonLatBox box_within(double west, double south, double east, double north) {
  LonLatBox out{-180.0, std::max(-90.0, rounded(south)), 180.0, std::min(90.0, rounded(north))};
  if (rounded(east - west) >= 360.0) return out;
  const double turns = 360.0 * std::floor((west + 180.0) / 360.0);
  out.west = rounded(west - turns);
  out.east = rounded(east - turns);
  if (out.east > 180.0) out.east = rounded(out.east - 360.0);
  return out;
}

std::unique_ptr<OGRPolygon> polygon_of(const Ring& ring) {
  auto line = std::make_unique<OGRLinearRing>();
  for (const Position& p : ring) line->addPoint(p.lon, p.lat);
  auto polygon = std::make_unique<OGRPolygon>();
  polygon->addRingDirectly(line.release());
  return polygon;
}

/// Calls with every polygon of a geometry.
template <class Use>
void for_each_polygon(OGRGeometry& geometry, Use use) {
  const OGRwkbGeometryType type = wkbFlatten(geometry.getGeometryType());
  if (type == wkbPolygon) {
    use(*geometry.toPolygon());
  } else if (type == wkbMultiPolygon || type == wkbGeometryCollection) {
    for (OGRGeometry* part : *geometry.toGeometryCollection()) for_each_polygon(*part, use);
  }
}

Polygon rings_of(const OGRPolygon& polygon) {
  Polygon out;
  for (const OGRLinearRing* line : polygon) {
    Ring ring;
    for (int i = 0; i < line->getNumPoints(); ++i) {
      ring.push_back({std::clamp(rounded(line->getX(i)), -180.0, 180.0),
                      std::clamp(rounded(line->getY(i)), -90.0, 90.0)});
    }
    // Shells run counter-clockwise, holes clockwise.
    if ((line->isClockwise() != 0) == out.empty()) std::reverse(ring.begin(), ring.end());
    out.push_back(std::move(ring));
  }
  return out;
}

/// Turns beside it are cut off and brought back; where they meet again (about a pole, where the outline was
/// opened, or where a system shows ground twice) they become one. Empty where the outline is none.
MultiPolygon cut_at_antimeridian(const Ring& outline, double west, double east) {
  const auto whole = polygon_of(outline);
  if (whole->IsValid() == 0) return {};
  OGRMultiPolygon parts;
  for (double turn = 360.0 * std::floor((west + 180.0) / 360.0); turn - 180.0 < east; turn += 360.0) {
    const auto world = polygon_of(rectangle(turn - 180.0, -90.0, turn + 180.0, 90.0));
    const std::unique_ptr<OGRGeometry> cut(whole->Intersection(world.get()));
    if (!cut) return {};
    for_each_polygon(*cut, [&](OGRPolygon& polygon) {
      for (OGRLinearRing* line : polygon) {
        for (int i = 0; i < line->getNumPoints(); ++i)
          line->setPoint(i, rounded(line->getX(i) - turn), rounded(line->getY(i)));
      }
      parts.addGeometry(&polygon);
    });
  }
  const std::unique_ptr<OGRGeometry> joined(parts.UnionCascaded());
  MultiPolygon out;
  if (joined) for_each_polygon(*joined, [&](OGRPolygon& polygon) { out.push_back(rings_of(polygon)); });
  return out;
}

class Outline {
 public:
  explicit Outline(const RasterGrid& grid)
      : grid_(grid),
        projection_(grid.crs),
        columns_(static_cast<double>(grid.columns)),
        rows_(static_cast<double>(grid.rows)) {
    constexpr double kEarth = 6.371e6;
    const double side = std::min(grid.cell, grid.cell_height()) * projection_.unit();
    exact_to_ = 0.25 * (projection_.is_geographic() ? side : side / kEarth) / kRadians;
  }

  [[nodiscard]] RasterFootprint footprint() {
    if (projection_.is_identity()) return of_lonlat();
    const bool has_north = holds_pole(90.0);
    const bool has_south = holds_pole(-90.0);
    if (!follow_sides()) return footprint_of_box(box_of_lattice(has_south, has_north));
    if (has_north && has_south) return footprint_of_box({-180.0, -90.0, 180.0, 90.0});
    const double turn = std::round((ring_.back().lon - ring_.front().lon) / 360.0);
    if (turn == 0.0 ? has_north || has_south : std::abs(turn) > 1.0)
      return footprint_of_box(box_of_lattice(has_south, has_north));
    if (turn != 0.0) {
      // The ring has the raster on its left; going east that is the north.
      const double pole = has_north || (!has_south && turn > 0.0) ? 90.0 : -90.0;
      ring_.push_back({ring_.back().lon, pole});
      ring_.push_back({ring_.front().lon, pole});
    }
    // By the first of its positions, whatever was rounded on the way.
    if (turn == 0.0) ring_.pop_back();
    ring_.push_back(ring_.front());
    const auto [west, east] = std::minmax_element(
        ring_.begin(), ring_.end(), [](const Position& a, const Position& b) { return a.lon < b.lon; });
    const auto [south, north] = std::minmax_element(
        ring_.begin(), ring_.end(), [](const Position& a, const Position& b) { return a.lat < b.lat; });
    RasterFootprint out{box_within(west->lon, south->lat, east->lon, north->lat),
                        cut_at_antimeridian(ring_, west->lon, east->lon)};
    return out.area.empty() ? footprint_of_box(out.box) : out;
  }

 private:
  struct CellPlace {
    double x = 0.0;
    double y = 0.0;
  };
  [[nodiscard]] std::optional<Position> inverse(CellPlace at) const {
    return projection_.inverse({grid_.west + at.x * grid_.cell, grid_.north - at.y * grid_.cell_height()});
  }

  /// Cells in longitude and latitude are their own outline, as far as they lie on the earth.
  [[nodiscard]] RasterFootprint of_lonlat() const {
    return footprint_of_box(box_within(grid_.west, grid_.north - rows_ * grid_.cell_height(),
                                       grid_.west + columns_ * grid_.cell, grid_.north));
  }

  /// A pole within, not on a side as that of a map of the world has it.
  [[nodiscard]] bool holds_pole(double lat) const {
    const auto place = projection_.forward({0.0, lat});
    if (!place || projection_.is_geographic()) return false;
    const auto back = projection_.inverse(*place);
    constexpr double kAtPole = 1e-6;
    if (!back || std::abs(back->lat - lat) > kAtPole) return false;
    const double x = (place->x - grid_.west) / grid_.cell;
    const double y = (grid_.north - place->y) / grid_.cell_height();
    constexpr double kWithin = 1e-6;  // of a cell
    return x > kWithin && x < columns_ - kWithin && y > kWithin && y < rows_ - kWithin;
  }

  /// All four, from the south-western corner counter-clockwise. Not where a point of them is not on the
  /// earth.
  bool follow_sides() {
    const std::array<CellPlace, 5> corners{
        {{0.0, rows_}, {columns_, rows_}, {columns_, 0.0}, {0.0, 0.0}, {0.0, rows_}}};
    const auto first = inverse(corners[0]);
    if (!first) return false;
    ring_ = {*first};
    constexpr int kStretches = 8;  // of a side, at least
    for (std::size_t i = 1; i < corners.size(); ++i) {
      const CellPlace a = corners[i - 1];
      const CellPlace b = corners[i];
      CellPlace from = a;
      for (int k = 1; k <= kStretches; ++k) {
        const double t = static_cast<double>(k) / kStretches;
        const CellPlace to{a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
        if (!follow(from, to, 0)) return false;
        from = to;
      }
    }
    return true;
  }

  /// From the last position of the ring on.
  bool follow(CellPlace from, CellPlace to, int depth) {
    const CellPlace half{(from.x + to.x) / 2.0, (from.y + to.y) / 2.0};
    const auto middle = inverse(half);
    const auto end = inverse(to);
    if (!middle || !end) return false;
    const Position& begin = ring_.back();
    const double middle_lon = nearest_turn(middle->lon, begin.lon);
    const double end_lon = nearest_turn(end->lon, middle_lon);
    const double aside =
        std::abs(middle_lon - (begin.lon + end_lon) / 2.0) * std::cos(middle->lat * kRadians);
    const double bend = std::max(aside, std::abs(middle->lat - (begin.lat + end->lat) / 2.0));
    constexpr double kLongest = 20.0;  // degrees: beyond, turns could be told wrongly
    constexpr int kDeepest = 16;
    const double step = std::max(std::abs(middle_lon - begin.lon), std::abs(end_lon - middle_lon));
    if ((bend > exact_to_ || step > kLongest) && depth < kDeepest)
      return follow(from, half, depth + 1) && follow(half, to, depth + 1);
    ring_.push_back({end_lon, end->lat});
    return true;
  }

  /// About a lattice of points, and the rim of the earth between one that is on it and one that is not.
  [[nodiscard]] LonLatBox box_of_lattice(bool has_south, bool has_north) const {
    constexpr int kLattice = 64;
    std::vector<double> longitudes;
    double south = has_south ? -90.0 : 90.0;
    double north = has_north ? 90.0 : -90.0;
    const auto add = [&](const Position& place) {
      longitudes.push_back(place.lon);
      south = std::min(south, place.lat);
      north = std::max(north, place.lat);
    };
    const auto add_rim = [&](CellPlace on, CellPlace off) {
      constexpr int kHalvings = 50;
      for (int i = 0; i < kHalvings; ++i) {
        const CellPlace half{(on.x + off.x) / 2.0, (on.y + off.y) / 2.0};
        (inverse(half) ? on : off) = half;
      }
      add(*inverse(on));
    };
    const auto at = [&](int i, int j) { return CellPlace{columns_ * i / kLattice, rows_ * j / kLattice}; };
    for (int j = 0; j <= kLattice; ++j) {
      for (int i = 0; i <= kLattice; ++i) {
        const auto place = inverse(at(i, j));
        if (place) add(*place);
        for (const CellPlace& before : {at(i - 1, j), at(i, j - 1)}) {
          if (before.x < 0.0 || before.y < 0.0 || inverse(before).has_value() == place.has_value()) continue;
          place ? add_rim(at(i, j), before) : add_rim(before, at(i, j));
        }
      }
    }
    if (longitudes.empty()) {
      throw InvalidArgument(fmt::format("no point of the raster in CRS '{}' lies on the earth", grid_.crs));
    }
    const LongitudeStretch all = narrowest_stretch(std::move(longitudes));
    // A map of the world has gaps of a step of the lattice, and somewhat more.
    constexpr double kAllRound = 4.0 * 360.0 / kLattice;
    return all.rest() < kAllRound ? LonLatBox{-180.0, rounded(south), 180.0, rounded(north)}
                                  : box_within(all.west, south, all.east, north);
  }

  const RasterGrid& grid_;
  Projection projection_;
  double columns_;
  double rows_;
  double exact_to_ = 0.0;  ///< degrees
  Ring ring_;              ///< longitudes without jumps
};

}  // namespace

RasterFootprint raster_footprint(const RasterGrid& grid) {
  const detail::GdalMessages messages;
  return Outline(grid).footprint();
}

}  // namespace marchland
