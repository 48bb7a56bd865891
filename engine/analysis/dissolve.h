#pragma once
// Faces become polygons again: the only place where coordinates are rounded.
//
// The edges whose two faces differ are snap-rounded together (snap_rounding.h). Pieces that then coincide
// cancel, feature by feature; what remains is arranged again, and each of its faces is one polygon: interiors
// are connected, rings are split where they touch themselves, neighbours share their vertices. Valid by
// construction, and checked: the second arrangement must find no crossing. Lines may lose vertices in between
// (thin_lines.h), still all together.
#include <marchland/analysis/snap_rounding.h>
#include <marchland/composite/composite.h>

#include <cstdint>
#include <vector>

namespace marchland {

/// What a face belongs to; 0: nothing.
using Category = std::uint32_t;

struct DissolveOptions {
  /// Decimals of a degree in the output, 0 to 7. At 7 input vertices do not move.
  int decimals = 7;
  /// Vertices within so many metres of the line go (meters_to_edge, thin_lines.h), once for both of its
  /// sides; those at the antimeridian and the poles stay. 0: none goes.
  double simplify_m = 0.0;
};

struct Dissolved {
  Category category = 0;
  /// Shells counter-clockwise, holes clockwise, closed; cut at the antimeridian (RFC 7946). Polygons and
  /// rings are ordered by their least vertex.
  MultiPolygon area;
  AreaUnits exact = 0;    ///< sum of the faces
  AreaUnits rounded = 0;  ///< of `area`, rounded and simplified, by the same method (lonlat)
  friend bool operator==(const Dissolved&, const Dissolved&) = default;
};

/// Divides the ground in several ways that all share one set of rounded lines: the ground of two dates meets
/// in the same vertices as that of one.
class Dissolver {
 public:
  /// Rounds and simplifies the lines, by edge of the plane. The composite must outlive it. Throws
  /// InvalidArgument for decimals out of range and for a simplify_m that is negative or not finite.
  Dissolver(const Composite& composite, const std::vector<bool>& boundary_edges,
            const DissolveOptions& options = {});

  /// One entry per category that occurs, in their order; a category whose every face collapsed has an empty
  /// area. Precondition: categories differ across boundary edges only; that of the unbounded face is 0.
  [[nodiscard]] std::vector<Dissolved> operator()(const std::vector<Category>& faces) const;

  /// Vertices of all lines together, when they were rounded and after they were simplified.
  struct VertexCount {
    std::size_t rounded = 0;
    std::size_t kept = 0;
  };
  [[nodiscard]] VertexCount vertices() const noexcept { return vertices_; }

 private:
  const Composite* composite_;
  std::vector<BentLine> bent_;
  VertexCount vertices_;
};

/// All boundaries of one division. One entry per category that occurs, in their order; a category whose every
/// face collapsed has an empty area.
[[nodiscard]] std::vector<Dissolved> dissolve(const Composite& composite, const std::vector<Category>& faces,
                                              const DissolveOptions& options = {});

}  // namespace marchland
