#include <marchland/analysis/dissolve.h>
#include <marchland/analysis/thin_lines.h>
#include <marchland/base/error.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <unordered_map>

namespace marchland {
namespace {

/// Grid units between two output positions.
std::int64_t pixel_of(int decimals) {
  if (decimals < 0 || decimals > 7)
    throw InvalidArgument(fmt::format("{} decimals of a degree; expected 0 to 7", decimals));
  std::int64_t pixel = 1;
  for (int i = decimals; i < 7; ++i) pixel *= 10;
  return pixel;
}

/// Simple closed rings of one loop: it is cut wherever it comes back to a node.
std::vector<std::vector<GridPoint>> simple_rings(const Arrangement& plane, HalfEdgeIndex start) {
  std::vector<std::vector<GridPoint>> rings;
  std::vector<NodeIndex> path;
  std::unordered_map<NodeIndex, std::size_t> position;
  HalfEdgeIndex h = start;
  do {
    const NodeIndex node = plane.origin(h);
    const auto [seen, is_new] = position.try_emplace(node, path.size());
    if (!is_new) {
      const std::size_t begin = seen->second;
      std::vector<GridPoint> ring;
      for (std::size_t i = begin; i < path.size(); ++i) {
        ring.push_back(plane.table().vertices[path[i]]);
        if (i > begin) position.erase(path[i]);
      }
      rings.push_back(std::move(ring));
      path.resize(begin);
    }
    position[node] = path.size();
    path.push_back(node);
    h = plane.next(h);
  } while (h != start);
  std::vector<GridPoint> ring;
  for (const NodeIndex node : path) ring.push_back(plane.table().vertices[node]);
  rings.push_back(std::move(ring));
  return rings;
}

Int128 twice_area(const std::vector<GridPoint>& ring) {
  Int128 sum = 0;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const GridPoint a = ring[i];
    const GridPoint b = ring[(i + 1) % ring.size()];
    sum += cross(a.x, a.y, b.x, b.y);
  }
  return sum;
}

Ring to_ring(std::vector<GridPoint> points) {
  std::rotate(points.begin(), std::min_element(points.begin(), points.end()), points.end());
  Ring ring;
  ring.reserve(points.size() + 1);
  for (const GridPoint p : points) ring.push_back({grid_to_degrees(p.x), grid_to_degrees(p.y)});
  ring.push_back(ring.front());
  return ring;
}

std::size_t count_vertices(const std::vector<BentLine>& lines) {
  std::vector<GridPoint> all;
  for (const BentLine& line : lines) all.insert(all.end(), line.vertices.begin(), line.vertices.end());
  std::sort(all.begin(), all.end());
  return static_cast<std::size_t>(std::unique(all.begin(), all.end()) - all.begin());
}

/// The same division along fewer vertices: every edge a line of its own.
std::vector<BentLine> simplify(const std::vector<BentLine>& lines, double tolerance_m) {
  // Lines that came to coincide are thinned as one. Where two edges meet and no other, both divide the same
  // two pieces of ground, however many lines each is made of: the lines of either will do for both.
  struct Piece {
    GridPoint a;
    GridPoint b;
    FaceIndex left;
    FaceIndex right;
  };
  std::vector<Piece> pieces;
  for (const BentLine& line : lines) {
    for (std::size_t i = 1; i < line.vertices.size(); ++i) {
      const GridPoint a = line.vertices[i - 1];
      const GridPoint b = line.vertices[i];
      pieces.push_back(a < b ? Piece{a, b, line.left, line.right} : Piece{b, a, line.right, line.left});
    }
  }
  std::stable_sort(pieces.begin(), pieces.end(),
                   [](const Piece& p, const Piece& q) { return std::pair(p.a, p.b) < std::pair(q.a, q.b); });
  std::vector<ThinEdge> edges;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Piece& p = pieces[i];
    if (edges.empty() || edges.back().a != p.a || edges.back().b != p.b) edges.push_back({p.a, p.b, i});
  }
  const auto is_near = [&](GridPoint vertex, GridPoint a, GridPoint b) {
    return meters_to_edge(vertex, a, b) <= tolerance_m;
  };
  // What lies on the antimeridian has a counterpart on its other side.
  const auto is_fixed = [](GridPoint p) {
    return p.x == kGridMaxLon || p.x == -kGridMaxLon || p.y == kGridMaxLat || p.y == -kGridMaxLat;
  };
  std::vector<BentLine> out;
  for (const ThinEdge& edge : thin_lines(std::move(edges), is_near, is_fixed)) {
    const Piece& first = pieces[edge.origin];
    for (std::size_t i = edge.origin; i < pieces.size() && pieces[i].a == first.a && pieces[i].b == first.b;
         ++i) {
      out.push_back({{edge.a, edge.b}, pieces[i].left, pieces[i].right});
    }
  }
  return out;
}

}  // namespace

Dissolver::Dissolver(const Composite& composite, const std::vector<bool>& boundary_edges,
                     const DissolveOptions& options)
    : composite_(&composite),
      bent_(snap_round(boundary_stretches(composite.plane(), boundary_edges), pixel_of(options.decimals))) {
  if (!(options.simplify_m >= 0.0 && std::isfinite(options.simplify_m))) {
    throw InvalidArgument(
        fmt::format("lines simplified within {} metres; expected 0 or more", options.simplify_m));
  }
  vertices_.rounded = vertices_.kept = count_vertices(bent_);
  if (options.simplify_m == 0.0) return;
  bent_ = simplify(bent_, options.simplify_m);
  vertices_.kept = count_vertices(bent_);
}

std::vector<Dissolved> Dissolver::operator()(const std::vector<Category>& faces) const {
  if (faces.size() != composite_->plane().face_count() || faces[kUnboundedFace] != 0) {
    throw InvalidArgument("dissolve: expected a category for every face, 0 for the unbounded one");
  }
  const Category last = *std::max_element(faces.begin(), faces.end());
  std::vector<Dissolved> by_category(last + 1);
  for (FaceIndex f = 0; f < faces.size(); ++f) {
    Dissolved& entry = by_category[faces[f]];
    entry.category = faces[f];
    entry.exact += composite_->areas()[f];
  }
  SegmentTableBuilder builder;
  for (const BentLine& line : bent_) {
    const Category left = faces[line.left];
    const Category right = faces[line.right];
    if (left == right) continue;
    QuantisedRing chain;
    for (std::size_t i = 1; i < line.vertices.size(); ++i)
      chain.links.push_back({{line.vertices[i - 1], line.vertices[i]}});
    if (left != 0) builder.add(chain, left, 0, 1, +1);
    if (right != 0) builder.add(chain, right, 0, 1, -1);
  }
  const Arrangement rounded(builder.finish());
  if (rounded.crossing_pairs() != 0) {
    throw std::logic_error("internal invariant broken: snap rounding left segments that cross");
  }
  const Windings windings(rounded, {0, last + 1});

  // Each face of the rounded arrangement has one category at most, and is one polygon.
  std::vector<Category> category_of(rounded.face_count(), 0);
  for (FaceIndex f = 1; f < rounded.face_count(); ++f) {
    for (const WindingEvent& e : windings.events(0, windings.coverage(f, 0))) {
      if (e.time == 0 && e.change > 0) category_of[f] = e.label;
    }
  }
  const EdgeArea edge_area = EdgeArea::wgs84();
  std::vector<Polygon> polygons(rounded.face_count());
  std::vector<bool> traced(rounded.loop_count(), false);
  for (HalfEdgeIndex h = 0; h < rounded.edges().size() * 2; ++h) {
    const FaceIndex face = rounded.face(h);
    const Category category = category_of[face];
    if (category == 0) continue;
    const GridSegment& s = rounded.line_of(Arrangement::edge_of(h));
    by_category[category].rounded += (h & 1U) == 0 ? edge_area(s, s.a, s.b) : -edge_area(s, s.a, s.b);
    if (traced[rounded.loop(h)]) continue;
    traced[rounded.loop(h)] = true;
    for (auto& ring : simple_rings(rounded, h)) {
      const bool is_shell = twice_area(ring) > 0;
      Polygon& polygon = polygons[face];
      polygon.insert(is_shell ? polygon.begin() : polygon.end(), to_ring(std::move(ring)));
    }
  }
  for (FaceIndex f = 1; f < rounded.face_count(); ++f) {
    if (polygons[f].empty()) continue;
    std::sort(polygons[f].begin() + 1, polygons[f].end());
    by_category[category_of[f]].area.push_back(std::move(polygons[f]));
  }
  std::vector<Dissolved> out;
  for (Dissolved& entry : by_category) {
    // Category 0 is nothing; others that do not occur have none.
    if (entry.category == 0) continue;
    std::sort(entry.area.begin(), entry.area.end());
    out.push_back(std::move(entry));
  }
  return out;
}

std::vector<Dissolved> dissolve(const Composite& composite, const std::vector<Category>& faces,
                                const DissolveOptions& options) {
  const Arrangement& plane = composite.plane();
  if (faces.size() != plane.face_count())
    throw InvalidArgument("dissolve: expected a category for every face");
  std::vector<bool> lines(plane.edges().size());
  for (EdgeIndex e = 0; e < lines.size(); ++e)
    lines[e] = faces[plane.face(2 * e)] != faces[plane.face(2 * e + 1)];
  return Dissolver(composite, lines, options)(faces);
}

}  // namespace marchland
