#include <marchland/composite/coverage.h>
#include <marchland/composite/labelling.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <optional>

namespace marchland {
namespace {

GeoLocation location_of(GridPoint p) {
  return {Lon(grid_to_degrees(p.x)), Lat(grid_to_degrees(p.y))};
}
GeoLocation location_of(const ExactPoint& p) {
  return {Lon(fixed_to_degrees(fixed_x(p))), Lat(fixed_to_degrees(fixed_y(p)))};
}

/// Twice the area in square grid units. Exact: each term is below 2^64, their number below 2^40.
Int128 twice_area(const QuantisedRing& ring) {
  Int128 sum = 0;
  for (const ChainLink& link : ring.links) {
    sum += link.multiplicity * cross(link.s.a.x, link.s.a.y, link.s.b.x, link.s.b.y);
  }
  return sum;
}

struct RingShape {
  Crossings crossings;
  std::optional<GridPoint> repeated_vertex;   ///< visited more than once
  std::optional<GridPoint> repeated_segment;  ///< run along more than once: a spike, or a part drawn twice
};

bool is_on_box(const GridSegment& s) {
  return (s.a.x == s.b.x && std::abs(s.a.x) == kGridMaxLon) ||
         (s.a.y == s.b.y && std::abs(s.a.y) == kGridMaxLat);
}

RingShape shape_of(const QuantisedRing& ring) {
  RingShape shape;
  std::vector<GridPoint> starts;
  std::vector<GridPoint> vertices;
  std::vector<GridSegment> segments;
  starts.reserve(ring.links.size());
  vertices.reserve(ring.links.size() * 2);
  segments.reserve(ring.links.size());
  for (const ChainLink& link : ring.links) {
    // What closes the chain along the edge of the box is ours, not the ring's.
    if (ring.is_cut && is_on_box(link.s)) continue;
    starts.push_back(link.s.a);
    vertices.push_back(link.s.a);
    vertices.push_back(link.s.b);
    segments.push_back(link.s.a < link.s.b ? link.s : GridSegment{link.s.b, link.s.a});
  }
  std::sort(starts.begin(), starts.end());
  if (const auto twice = std::adjacent_find(starts.begin(), starts.end()); twice != starts.end()) {
    shape.repeated_vertex = *twice;
  }
  std::sort(vertices.begin(), vertices.end());
  vertices.erase(std::unique(vertices.begin(), vertices.end()), vertices.end());
  std::sort(segments.begin(), segments.end());
  if (const auto twice = std::adjacent_find(segments.begin(), segments.end()); twice != segments.end()) {
    shape.repeated_segment = twice->a;
    segments.erase(std::unique(segments.begin(), segments.end()), segments.end());
  }
  shape.crossings = find_crossings(vertices, segments);
  return shape;
}

/// Whether the sum of turned rings is, on every face, what the definition says: 1 inside and 0 outside.
struct Comparison {
  bool is_quick = true;
  bool hole_outside = false;
  bool is_empty = true;  ///< no point is covered
  std::optional<GeoLocation> place;
};

Comparison compare_definitions(const std::vector<LabelledRing>& rings) {
  SegmentTableBuilder builder;
  for (std::size_t r = 0; r < rings.size(); ++r)
    builder.add(rings[r].chain, static_cast<LabelIndex>(r), 0, 1);
  const Arrangement plane(builder.finish());
  const Windings windings(plane, {0, static_cast<LabelIndex>(rings.size())});
  Comparison result;
  std::vector<bool> is_wrong(windings.coverage_count(0), false);
  for (CoverageIndex c = 0; c < windings.coverage_count(0); ++c) {
    int sum = 0;
    bool in_shell = false;
    bool in_hole = false;
    for (const WindingEvent& e : windings.events(0, c)) {
      if (e.time != 0) continue;
      sum += e.change * rings[e.label].weight;
      (e.label == 0 ? in_shell : in_hole) = true;
    }
    is_wrong[c] = sum != (in_shell && !in_hole ? 1 : 0);
    if (is_wrong[c]) result.is_quick = false;
    if (in_shell && !in_hole) result.is_empty = false;
    if (in_hole && !in_shell) result.hole_outside = true;
  }
  if (!result.is_quick) {
    for (HalfEdgeIndex h = 0; h < plane.edges().size() * 2; ++h) {
      if (is_wrong[windings.coverage(plane.face(h), 0)]) {
        result.place = location_of(plane.point(plane.origin(h)));
        break;
      }
    }
  }
  return result;
}

}  // namespace

LabelledPolygon label_polygon(const Polygon& polygon, RingConvention convention) {
  LabelledPolygon out;
  const auto report = [&](std::string code, Severity severity, std::optional<GeoLocation> place,
                          std::string text) {
    out.findings.push_back({std::move(code), severity, {}, {}, place, std::move(text)});
  };
  bool needs_comparison = false;
  for (std::size_t r = 0; r < polygon.size(); ++r) {
    LabelledRing ring{quantise(polygon[r], convention)};
    const GeoLocation start{Lon(polygon[r].front().lon), Lat(polygon[r].front().lat)};
    if (ring.chain.is_cut) {
      report("antimeridian", Severity::info, start,
             ring.chain.encloses_pole ? "encloses a pole; the smaller side is meant"
                                      : "crosses the antimeridian; steps over 180 degrees go the short way");
    }
    const Int128 area = twice_area(ring.chain);
    if (area == 0) {
      report(
          "zero-area", Severity::warning, start,
          fmt::format("ring {} has no area once its vertices are on the grid, or parts that cancel", r + 1));
    }
    if (ring.chain.links.empty()) {
      // Without its shell a polygon is empty; without a hole nothing changes.
      if (r == 0) return out;
      continue;
    }
    ring.weight = (area >= 0 ? 1 : -1) * (r == 0 ? 1 : -1);
    if (ring.weight < 0) {
      report("ring-direction", Severity::info, start,
             r == 0 ? "outer ring runs clockwise; direction is never read"
                    : "hole runs counter-clockwise; direction is never read");
    }
    const RingShape shape = shape_of(ring.chain);
    if (shape.repeated_segment) {
      report("spike", Severity::warning, location_of(*shape.repeated_segment),
             fmt::format("ring {} runs along the same line twice", r + 1));
    } else if (shape.crossings.pairs > 0) {
      const ExactPoint where = shape.crossings.points.empty() ? ExactPoint(ring.chain.links.front().s.a)
                                                              : shape.crossings.points.front();
      report("ring-crosses-itself", Severity::warning, location_of(where),
             fmt::format("ring {} meets itself {} time(s); points of non-zero winding are inside", r + 1,
                         shape.crossings.pairs));
    } else if (shape.repeated_vertex) {
      report("ring-touches-itself", Severity::info, location_of(*shape.repeated_vertex),
             fmt::format("ring {} passes a vertex more than once", r + 1));
    }
    needs_comparison = needs_comparison || area == 0 || shape.crossings.pairs > 0 || shape.repeated_vertex ||
                       shape.repeated_segment || ring.chain.is_cut;
    out.rings.push_back(std::move(ring));
  }
  if (!needs_comparison && out.rings.size() <= 1) return out;
  const Comparison comparison = compare_definitions(out.rings);
  out.is_quick = comparison.is_quick;
  if (comparison.hole_outside) {
    report("hole-outside-shell", Severity::warning, comparison.place,
           "a hole reaches outside the outer ring; only its part inside takes ground away");
  } else if (!out.is_quick && out.rings.size() > 1) {
    report("rings-overlap", Severity::warning, comparison.place,
           "rings of the polygon cross or lie on one another; it is labelled ring by ring");
  }
  if (comparison.is_empty && out.rings.size() > 1) {
    const GridPoint start = out.rings.front().chain.links.front().s.a;
    report("zero-area", Severity::warning, location_of(start), "its holes take away all of the polygon");
  }
  return out;
}

}  // namespace marchland
