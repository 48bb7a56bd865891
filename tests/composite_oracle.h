#pragma once
// The same questions answered by brute force in rational numbers: which rings wind about a point, and a point
// inside every face.
#include <marchland/composite/arrangement.h>
#include <marchland/composite/composite.h>
#include <marchland/composite/quantise.h>
#include <marchland/geometry/shapes.h>

#include <tests/exact_oracle.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace marchland::testing_oracle {

/// Signed number of times that an edge from a to b passes below p, eastward positive; ends at p's own
/// longitude count as lying west of it.
inline int passes_below(const RationalPoint& a, const RationalPoint& b, const RationalPoint& p) {
  const bool a_is_east = a.x > p.x;
  const bool b_is_east = b.x > p.x;
  if (a_is_east == b_is_east) return 0;
  const int left = orientation_sign(a, b, p);
  return b_is_east ? (left > 0 ? 1 : 0) : (left < 0 ? -1 : 0);
}

/// A ring of grid units as it was meant: steps of more than 180 degrees, but for exactly 360, go the short
/// way.
class GlobeRing {
 public:
  explicit GlobeRing(const Ring& ring, bool south_is_inside = false) {
    std::int64_t last = 0;
    for (const Position& position : ring) {
      const std::int64_t raw = to_grid(position.lon);
      std::int64_t step = raw - last;
      while (!vertices_.empty() && std::abs(step) > kGridMaxLon &&
             std::abs(step) != 2 * std::int64_t{kGridMaxLon}) {
        step += (step > 0 ? -2 : 2) * std::int64_t{kGridMaxLon};
      }
      const Rational x = vertices_.empty() ? Rational(raw) : Rational(vertices_.back().x + step);
      vertices_.push_back({x, Rational(to_grid(position.lat))});
      last = raw;
    }
    const Rational turn = vertices_.back().x - vertices_.front().x;
    turns_ = static_cast<int>(numerator(turn) / (2 * std::int64_t{kGridMaxLon}));
    offset_ = south_is_inside ? -turns_ : 0;
  }
  [[nodiscard]] int turns() const { return turns_; }

  /// How often the ring winds about a point that is on none of its edges. A ring around a pole winds about
  /// the north of it, unless the south was said to be inside.
  [[nodiscard]] int winding(const RationalPoint& p) const {
    int sum = offset_;
    for (int k = -5; k <= 5; ++k) {
      const RationalPoint q{p.x + Rational(2 * std::int64_t{kGridMaxLon} * k), p.y};
      for (std::size_t i = 1; i < vertices_.size(); ++i)
        sum += passes_below(vertices_[i - 1], vertices_[i], q);
    }
    return sum;
  }

  /// How much of a sphere lies north of a ring around a pole, by integrating 1 - sin(latitude) along it.
  [[nodiscard]] double northern_share() const {
    const double k = std::numbers::pi / 180 / kGridUnitsPerDegree;
    double sum = 0.0;
    for (std::size_t i = 1; i < vertices_.size(); ++i) {
      const double from = static_cast<double>(vertices_[i - 1].y) * k;
      const double to = static_cast<double>(vertices_[i].y) * k;
      const double mean =
          std::abs(to - from) < 1e-9 ? std::sin(from) : (std::cos(from) - std::cos(to)) / (to - from);
      sum += static_cast<double>(vertices_[i].x - vertices_[i - 1].x) * k * (1 - mean);
    }
    return sum / turns_ / (4 * std::numbers::pi);
  }

 private:
  std::vector<RationalPoint> vertices_;
  int turns_ = 0;
  int offset_ = 0;
};

/// Winding number of a chain inside the box.
inline int winding(const QuantisedRing& chain, const RationalPoint& p) {
  int sum = 0;
  for (const ChainLink& link : chain.links) {
    sum += link.multiplicity * passes_below(rational(link.s.a), rational(link.s.b), p);
  }
  return sum;
}

/// Whether a ring winds about a point, the smaller side being inside of one around a pole.
inline bool winds_about(const Ring& ring, const RationalPoint& p) {
  const GlobeRing north(ring);
  if (north.turns() == 0) return north.winding(p) != 0;
  const double share = north.northern_share();
  // Too close to call: the engine may choose.
  if (std::abs(share - 0.5) < 1e-3) return winding(quantise(ring), p) != 0;
  return GlobeRing(ring, share > 0.5).winding(p) != 0;
}

/// Whether a polygon covers a point: by definition, nothing else.
inline bool covers(const Polygon& polygon, const RationalPoint& p) {
  for (std::size_t r = 0; r < polygon.size(); ++r) {
    const bool inside = winds_about(polygon[r], p);
    if (r == 0 && !inside) return false;
    if (r > 0 && inside) return false;
  }
  return !polygon.empty();
}
inline bool covers(const MultiPolygon& area, const RationalPoint& p) {
  for (const Polygon& polygon : area) {
    if (covers(polygon, p)) return true;
  }
  return false;
}

/// One point strictly inside every bounded face, by face.
inline std::vector<RationalPoint> points_in_faces(const Arrangement& plane) {
  std::vector<RationalPoint> nodes;
  for (NodeIndex n = 0; n < plane.node_count(); ++n) nodes.push_back(rational(plane.point(n)));
  std::vector<RationalPoint> points(plane.face_count());
  std::vector<bool> done(plane.face_count(), false);
  done[kUnboundedFace] = true;
  for (HalfEdgeIndex h = 0; h < plane.edges().size() * 2; ++h) {
    const FaceIndex face = plane.face(h);
    if (done[face]) continue;
    done[face] = true;
    // From the middle of the edge to its left, halfway to whatever is hit first.
    const RationalPoint& a = nodes[plane.origin(h)];
    const RationalPoint& b = nodes[plane.origin(Arrangement::twin(h))];
    const RationalPoint middle{(a.x + b.x) / 2, (a.y + b.y) / 2};
    const GridSegment along = plane.direction(h);
    const Rational nx(-along.dy());
    const Rational ny(along.dx());
    std::optional<Rational> nearest;
    for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
      if (e == Arrangement::edge_of(h)) continue;
      const RationalPoint& c = nodes[plane.edges()[e].u];
      const RationalPoint& d = nodes[plane.edges()[e].v];
      const Rational ex = d.x - c.x;
      const Rational ey = d.y - c.y;
      const Rational cross_product = nx * ey - ny * ex;
      if (cross_product == 0) {
        // Parallel to the ray: only its ends can be hit.
        for (const RationalPoint& p : {c, d}) {
          const Rational off = (p.x - middle.x) * ny - (p.y - middle.y) * nx;
          if (off != 0) continue;
          const Rational t = ((p.x - middle.x) * nx + (p.y - middle.y) * ny) / (nx * nx + ny * ny);
          if (t > 0 && (!nearest || t < *nearest)) nearest = t;
        }
        continue;
      }
      const Rational t = ((c.x - middle.x) * ey - (c.y - middle.y) * ex) / cross_product;
      const Rational u = ((c.x - middle.x) * ny - (c.y - middle.y) * nx) / cross_product;
      if (t > 0 && u >= 0 && u <= 1 && (!nearest || t < *nearest)) nearest = t;
    }
    const Rational t = nearest.value() / 2;
    points[face] = {middle.x + t * nx, middle.y + t * ny};
  }
  return points;
}

/// Compares what a composite says of every face with its statements asked one by one at a point of the face,
/// epoch by epoch. Returns the first difference, empty if there is none. Statements must not be rounded by a
/// cut.
inline std::string first_wrong_label(const Composite& composite) {
  const Atlas& atlas = composite.atlas();
  const std::vector<RationalPoint> points = points_in_faces(composite.plane());
  for (FaceIndex f = 1; f < composite.plane().face_count(); ++f) {
    std::vector<bool> is_inside;
    for (const Statement& s : atlas.statements) is_inside.push_back(covers(s.area.polygons(), points[f]));
    for (TimeIndex t = 0; t < composite.times().epoch_count(); ++t) {
      std::set<std::tuple<LayerId, ActorId, std::int64_t>> expected;
      for (std::size_t i = 0; i < atlas.statements.size(); ++i) {
        const Statement& s = atlas.statements[i];
        if (!is_inside[i] || !s.validity.contains(composite.times()[t])) continue;
        const bool is_event = atlas[s.layer].mode == LayerMode::event;
        expected.emplace(s.layer, s.actor, is_event ? s.seq : 0);
      }
      std::set<std::tuple<LayerId, ActorId, std::int64_t>> found;
      for (std::size_t g = 0; g < kLabelGroups; ++g) {
        const auto group = static_cast<LabelGroup>(g);
        for (const CoverageRun& run : composite.runs(group, composite.coverage(f, group))) {
          const Slot& slot = composite.slots()[run.slot];
          if (slot.group == LabelGroup::region || run.from > t || t >= run.to) continue;
          found.emplace(slot.layer, slot.actor, slot.seq);
        }
      }
      if (expected != found) {
        return "face " + std::to_string(f) + " at " + points[f].x.str() + " " + points[f].y.str() +
               ", epoch " + std::to_string(t) + ": " + std::to_string(found.size()) + " slots, expected " +
               std::to_string(expected.size());
      }
    }
  }
  return {};
}

}  // namespace marchland::testing_oracle
