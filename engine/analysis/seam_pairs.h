#pragma once
// The antimeridian is no boundary: edges at +180 and -180 are read as pairs, so that adjacency goes on across
// it. See docs/design/seam.md.
#include <marchland/composite/arrangement.h>

#include <cstdint>
#include <map>
#include <utility>

namespace marchland {

/// The face on the other side of the earth's seam for edges at +-180: by their latitudes.
class SeamPairs {
 public:
  /// The arrangement must outlive it.
  explicit SeamPairs(const Arrangement& plane) : plane_(plane) {
    for (EdgeIndex e = 0; e < plane_.edges().size(); ++e) {
      if (const int s = seam_of(e); s != 0) by_latitudes_[{s, latitudes(e)}] = e;
    }
  }
  /// +1 for an edge at +180, -1 at -180, 0 elsewhere.
  [[nodiscard]] int seam_of(EdgeIndex e) const {
    const GridSegment& s = plane_.line_of(e);
    if (s.dx() != 0) return 0;
    return s.a.x == kGridMaxLon ? 1 : (s.a.x == -kGridMaxLon ? -1 : 0);
  }
  /// Face left and right of u->v, across the seam where there is one.
  [[nodiscard]] std::pair<FaceIndex, FaceIndex> sides(EdgeIndex e) const {
    const FaceIndex left = plane_.face(2 * e);
    const FaceIndex right = plane_.face(2 * e + 1);
    const int s = seam_of(e);
    if (s == 0) return {left, right};
    // Going north at +180 the outside is on the right; its place takes the face east of -180.
    const auto partner = by_latitudes_.find({-s, latitudes(e)});
    if (partner == by_latitudes_.end()) return {left, right};
    if (s > 0) return {left, plane_.face(2 * partner->second + 1)};
    return {plane_.face(2 * partner->second), right};
  }
  /// The edge that a line along the pair of e, at +180, is drawn on: where the ground is that is held,
  /// because an edge on the other side may be there for other dates only. `is_inside`: whether that ground is
  /// west of +180.
  [[nodiscard]] EdgeIndex drawn_on(EdgeIndex e, bool is_inside) const {
    if (seam_of(e) <= 0 || is_inside) return e;
    const auto partner = by_latitudes_.find({-1, latitudes(e)});
    return partner == by_latitudes_.end() ? e : partner->second;
  }
  /// Whether a pair's edge at -180 repeats the one at +180.
  [[nodiscard]] bool is_repeat(EdgeIndex e) const {
    return seam_of(e) < 0 && by_latitudes_.contains({1, latitudes(e)});
  }
  /// Whether an edge is a line on the earth that no other edge repeats: along a pole it is a point.
  [[nodiscard]] bool is_line(EdgeIndex e) const {
    return !is_repeat(e) && (seam_of(e) != 0 || !is_on_box(plane_.line_of(e)));
  }

 private:
  [[nodiscard]] std::pair<std::int32_t, std::int32_t> latitudes(EdgeIndex e) const {
    // Sub-edges on the seam end at grid vertices (composite/quantise.h).
    return {plane_.point(plane_.edges()[e].u).y, plane_.point(plane_.edges()[e].v).y};
  }

  const Arrangement& plane_;
  std::map<std::pair<int, std::pair<std::int32_t, std::int32_t>>, EdgeIndex> by_latitudes_;
};

}  // namespace marchland
