#include <marchland/derive/buffer_area.h>
#include <marchland/derive/combine_areas.h>
#include <marchland/derive/detail/frame.h>
#include <marchland/derive/detail/geos.h>
#include <marchland/measure/length.h>
#include <marchland/measure/projection.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace marchland {
namespace {

/// Steps are divided so that a chord in the plane and one in longitude and latitude stay together: they part
/// by l^2 tan(latitude) / 8R in the middle, 0.9 m at 85 degrees.
constexpr double kLongestStep = 2'000.0;
/// Half the extent of a stretch. There and within kMostBuffer of it an azimuthal equidistant plane is off by
/// d^2 / 6R^2 at most, 4e-4.
constexpr double kStretch = 100'000.0;
constexpr int kQuadrantSegments = 32;

double distance_between(const Position& a, const Position& b) {
  return edge_length(a, b).value();
}

/// The way with further positions, so that no step is longer than kLongestStep.
Line divided(const Line& line) {
  Line out{line.front()};
  for (std::size_t k = 1; k < line.size(); ++k) {
    const Position& p = line[k - 1];
    const Position& q = line[k];
    const auto parts = std::max(1.0, std::ceil(distance_between(p, q) / kLongestStep));
    for (double i = 1.0; i < parts; ++i)
      out.push_back({p.lon + (q.lon - p.lon) * i / parts, p.lat + (q.lat - p.lat) * i / parts});
    out.push_back(q);
  }
  return out;
}

/// Stretches of a way that share their ends, each within kStretch of its first position.
std::vector<Line> stretches_of(const Line& line) {
  std::vector<Line> out;
  Line stretch;
  for (const Position& p : divided(line)) {
    if (!stretch.empty() && distance_between(stretch.front(), p) > kStretch) {
      const Position last = stretch.back();
      out.push_back(std::move(stretch));
      stretch = {last};
    }
    stretch.push_back(p);
  }
  out.push_back(std::move(stretch));
  return out;
}

/// The plane about a stretch, and the ground within a distance of it.
class StretchBuffer {
 public:
  StretchBuffer(const Line& stretch, std::string_view what)
      : origin_(stretch[stretch.size() / 2]),
        what_(what),
        plane_(fmt::format("+proj=aeqd +lon_0={} +lat_0={} +datum=WGS84 +units=m", origin_.lon, origin_.lat)),
        geos_("GEOS cannot buffer"),
        stretch_(&stretch) {}

  MultiPolygon within(double distance) const {
    const detail::GeosGeometry centre = centre_line();
    auto* h = geos_.handle();
    const detail::GeosGeometry strip(geos_.check(GEOSBuffer_r(h, centre.get(), distance, kQuadrantSegments)),
                                     {&geos_});
    MultiPolygon out;
    for (int i = 0; i < GEOSGetNumGeometries_r(h, strip.get()); ++i) {
      const GEOSGeometry* polygon = geos_.check(GEOSGetGeometryN_r(h, strip.get(), i));
      Polygon& rings = out.emplace_back();
      rings.push_back(ring_of(geos_.check(GEOSGetExteriorRing_r(h, polygon))));
      for (int k = 0; k < GEOSGetNumInteriorRings_r(h, polygon); ++k)
        rings.push_back(ring_of(geos_.check(GEOSGetInteriorRingN_r(h, polygon, k))));
    }
    return out;
  }

 private:
  detail::GeosGeometry centre_line() const {
    auto* h = geos_.handle();
    Line line = *stretch_;
    line.erase(std::unique(line.begin(), line.end()), line.end());
    auto* points = geos_.check(GEOSCoordSeq_create_r(h, static_cast<unsigned>(line.size()), 2));
    for (unsigned i = 0; i < line.size(); ++i) {
      const auto p = plane_.forward(line[i]);
      if (!p) refuse(line[i]);
      GEOSCoordSeq_setXY_r(h, points, i, p->x, p->y);
    }
    return {geos_.check(line.size() == 1 ? GEOSGeom_createPoint_r(h, points)
                                         : GEOSGeom_createLineString_r(h, points)),
            {&geos_}};
  }

  Ring ring_of(const GEOSGeometry* ring) const {
    auto* h = geos_.handle();
    const GEOSCoordSequence* points = geos_.check(GEOSGeom_getCoordSeq_r(h, ring));
    unsigned count = 0;
    GEOSCoordSeq_getSize_r(h, points, &count);
    Ring out;
    PlanePoint last;
    for (unsigned i = 0; i < count; ++i) {
      PlanePoint p;
      GEOSCoordSeq_getXY_r(h, points, i, &p.x, &p.y);
      const double parts =
          i == 0 ? 1.0 : std::max(1.0, std::ceil(std::hypot(p.x - last.x, p.y - last.y) / kLongestStep));
      for (double k = 1.0; k < parts; ++k)
        out.push_back(
            position_of({last.x + (p.x - last.x) * k / parts, last.y + (p.y - last.y) * k / parts}));
      out.push_back(position_of(p));
      last = p;
    }
    out.back() = out.front();
    return out;
  }

  Position position_of(const PlanePoint& p) const {
    const auto position = plane_.inverse(p);
    // Across the antimeridian or over a pole longitudes jump away from the stretch.
    if (!position || std::abs(position->lon - origin_.lon) > 90.0) refuse(position ? *position : origin_);
    return *position;
  }

  [[noreturn]] void refuse(const Position& at) const {
    throw InvalidData(fmt::format(
        "{}: the ground about ({}, {}) reaches across the antimeridian or over a pole, which areas "
        "cannot be derived across; leave that part out",
        what_, at.lon, at.lat));
  }

  Position origin_;
  std::string_view what_;
  Projection plane_;
  detail::Geos geos_;
  const Line* stretch_;
};

void check_way(const Line& line, std::string_view what) {
  static_cast<void>(detail::to_grid_path(line, what));
}

}  // namespace

MultiPolygon buffer_area(const BufferSource& source, Meters distance, std::string_view what) {
  if (!(distance.value() > 0.0) || distance > kMostBuffer) {
    throw InvalidArgument(fmt::format("{}: a buffer of {} m; expected more than 0 and at most {} m", what,
                                      distance.value(), kMostBuffer.value()));
  }
  std::vector<Line> ways;
  for (const Polygon& polygon : source.areas) ways.insert(ways.end(), polygon.begin(), polygon.end());
  ways.insert(ways.end(), source.lines.begin(), source.lines.end());
  for (const Position& point : source.points) ways.push_back({point});
  if (ways.empty()) throw InvalidData(fmt::format("{}: there is nothing to buffer", what));

  std::vector<NamedArea> strips{{source.areas, std::string(what)}};
  for (const Line& way : ways) {
    check_way(way, what);
    for (const Line& stretch : stretches_of(way)) {
      for (Polygon& polygon : StretchBuffer(stretch, what).within(distance.value()))
        strips.front().area.push_back(std::move(polygon));
    }
  }
  return combine_areas(strips, [](const std::vector<bool>&) { return true; });
}

}  // namespace marchland
