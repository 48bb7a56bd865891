#include <marchland/composite/face_areas.h>

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace marchland {
namespace {

Position position(GridPoint p) {
  return {grid_to_degrees(p.x), grid_to_degrees(p.y)};
}

GridPoint seam_end(const GridSegment& s) {
  return std::abs(s.a.x) == kGridMaxLon ? s.a : s.b;
}

/// To the nearest unit. A long edge of a projection exceeds 64 bits.
AreaUnits rounded(double value) {
  return static_cast<AreaUnits>(std::round(value));
}

/// 0 at a, 1 at b, exactly.
double along(const GridSegment& s, const ExactPoint& p) {
  const bool by_x = std::abs(s.dx()) >= std::abs(s.dy());
  const FixedCoordinate here = by_x ? fixed_x(p) : fixed_y(p);
  const FixedCoordinate a = by_x ? fixed_x(s.a) : fixed_y(s.a);
  const FixedCoordinate b = by_x ? fixed_x(s.b) : fixed_y(s.b);
  if (here == b) return 1.0;
  // Differences can exceed 63 bits: from one side of the box to the other.
  return static_cast<double>(static_cast<Int128>(here) - a) / static_cast<double>(static_cast<Int128>(b) - a);
}

}  // namespace

EdgeMeasure::EdgeMeasure(const Arrangement& plane, const AreaMethod& method)
    : plane_(plane), method_(method) {
  if (method_.is_exact()) return;
  const SegmentTable& table = plane_.table();
  whole_.reserve(table.segments.size());
  for (SegmentIndex i = 0; i < table.segments.size(); ++i) {
    const auto cut = table.cut_parents.find(i);
    const GridSegment& s = table.segments[i];
    if (cut != table.cut_parents.end() && method_.joins_at_seam(Lat(grid_to_degrees(seam_end(s).y)))) {
      cut_parents_.insert(*cut);
      whole_.push_back(part_beyond_pieces(cut->second, seam_end(s).y));
    } else {
      whole_.push_back(method_.edge_part(position(s.a), position(s.b)));
    }
  }
}

AreaUnits EdgeMeasure::operator()(EdgeIndex edge) const {
  const Edge& e = plane_.edges()[edge];
  return part(e.segment, plane_.point(e.u), plane_.point(e.v));
}

std::vector<AreaUnits> line_parts(std::span<const GridSegment> segments, const AreaMethod& method) {
  std::vector<AreaUnits> out(segments.size());
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, out.size(), 1024), [&](const auto& block) {
    for (std::size_t s = block.begin(); s != block.end(); ++s)
      out[s] = method.line_part(segments[s], segments[s].a, segments[s].b);
  });
  return out;
}

std::vector<AreaUnits> EdgeMeasure::segments() const {
  const std::vector<GridSegment>& segments = plane_.table().segments;
  if (method_.is_exact()) return line_parts(segments, method_);
  std::vector<AreaUnits> out(segments.size());
  tbb::parallel_for(tbb::blocked_range<SegmentIndex>(0, static_cast<SegmentIndex>(out.size()), 1024),
                    [&](const auto& block) {
                      for (SegmentIndex s = block.begin(); s != block.end(); ++s)
                        out[s] = part(s, segments[s].a, segments[s].b);
                    });
  return out;
}

FaceAreas EdgeMeasure::faces() const {
  return faces(segments());
}

FaceAreas EdgeMeasure::faces(const std::vector<AreaUnits>& of_segment) const {
  std::vector<AreaUnits> of_edge(plane_.edges().size());
  const std::vector<SegmentEnds>& ends = plane_.table().ends;
  tbb::parallel_for(
      tbb::blocked_range<EdgeIndex>(0, static_cast<EdgeIndex>(of_edge.size()), 1024), [&](const auto& block) {
        for (EdgeIndex e = block.begin(); e != block.end(); ++e) {
          const Edge& edge = plane_.edges()[e];
          const SegmentEnds& whole = ends[edge.segment];
          of_edge[e] = edge.u == whole.a && edge.v == whole.b ? of_segment[edge.segment] : (*this)(e);
        }
      });
  FaceAreas out{method_.name(), std::vector<AreaUnits>(plane_.face_count(), 0), 0};
  for (EdgeIndex e = 0; e < of_edge.size(); ++e) {
    out.area[plane_.face(2 * e)] += of_edge[e];
    out.area[plane_.face(2 * e + 1)] -= of_edge[e];
  }
  if (method_.is_exact()) return out;
  for (EdgeIndex e = 0; e < of_edge.size(); ++e) {
    AreaUnits worst = 0;
    for (const SegmentIndex parent : plane_.parents_of(e)) {
      const Edge& edge = plane_.edges()[e];
      const AreaUnits other = part(parent, plane_.point(edge.u), plane_.point(edge.v)) - of_edge[e];
      worst = std::max(worst, other < 0 ? -other : other);
    }
    out.residual += worst;
  }
  return out;
}

/// What the method's edge has beyond the two straight pieces that the cut left. Those meet at a latitude
/// rounded to the grid, so together they are not quite the straight edge that `edge_part` compares with.
double EdgeMeasure::part_beyond_pieces(const CutParent& parent, std::int32_t cut_latitude) const {
  const Position cut{180.0, grid_to_degrees(cut_latitude)};
  const AreaUnits bend = line(parent.from, parent.to) - line(parent.from, cut) - line(cut, parent.to);
  return method_.edge_part(parent.from, parent.to) + static_cast<double>(bend);
}

/// The line part between two positions; the end may lie beyond 180, which is moved into the box.
AreaUnits EdgeMeasure::line(const Position& from, const Position& to) const {
  const std::int64_t over = std::max<std::int64_t>(to_grid(to.lon) - kGridMaxLon, 0);
  const auto grid = [&](const Position& p) {
    return GridPoint{static_cast<std::int32_t>(to_grid(p.lon) - over),
                     static_cast<std::int32_t>(to_grid(p.lat))};
  };
  const GridSegment s{grid(from), grid(to)};
  return method_.line_part(s, s.a, s.b);
}

AreaUnits EdgeMeasure::part(SegmentIndex segment, const ExactPoint& p, const ExactPoint& q) const {
  const AreaUnits line = method_.line_part(plane_.table().segments[segment], p, q);
  if (method_.is_exact()) return line;
  return line + share(segment, q) - share(segment, p);
}

/// The rounded part of the whole input edge that falls before p.
AreaUnits EdgeMeasure::share(SegmentIndex segment, const ExactPoint& p) const {
  const GridSegment& s = plane_.table().segments[segment];
  const auto cut = cut_parents_.find(segment);
  if (cut == cut_parents_.end()) return rounded(whole_[segment] * along(s, p));
  // Where the cut piece lies on its parent, which begins inside the box and ends east of it.
  const auto& [from, to] = cut->second;
  const double middle = 0.5 * (grid_to_degrees(s.a.x) + grid_to_degrees(s.b.x));
  const double turn = middle < from.lon ? 360.0 : 0.0;
  const double t = (fixed_to_degrees(fixed_x(p)) + turn - from.lon) / (to.lon - from.lon);
  return rounded(whole_[segment] * t);
}

}  // namespace marchland
