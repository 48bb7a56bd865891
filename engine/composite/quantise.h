#pragma once
// Step 1: degrees become grid vertices, once and for all; rings that cross the antimeridian or hold a pole
// become closed chains inside the box +-180 by +-90.
//
// A step of more than 180 degrees of longitude means the short way round (unless it is exactly 360, which is
// an edge across the whole box, as frames of the earth have, or declared literal). Steps that add up to +-360
// enclose a pole: the smaller side is meant unless one is declared. A ring that leaves the box is cut at the
// meridians 180 + 360k; the latitude of a cut is rounded to the grid, the only vertex the engine ever adds,
// and reported. Seam edges (x = +-180) and pole edges close the chain again: going up a side of the box, the
// winding just inside it changes by one wherever the ring ends there. See docs/design/seam.md.
#include <marchland/base/findings.h>
#include <marchland/geometry/exact_point.h>
#include <marchland/geometry/shapes.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace marchland {

/// Part of a closed chain: the chain runs from s.a to s.b `multiplicity` times (against it if negative, which
/// only seam and pole edges use).
struct ChainLink {
  GridSegment s;
  std::int32_t multiplicity = 1;
  std::uint32_t cut_parent = kNoParent;  ///< index into QuantisedRing::cut_parents
  static constexpr std::uint32_t kNoParent = 0xffffffffU;
};

/// An edge of the input that a cut at the seam divided: its ends, the western one first and within [-180,
/// 180), the other unrolled beyond 180. The same however the ring ran and wherever its longitudes began. For
/// methods that join input vertices by other curves than straight lines in lon/lat.
struct CutParent {
  Position from;
  Position to;
  friend constexpr auto operator<=>(const CutParent&, const CutParent&) noexcept = default;
};

struct QuantisedRing {
  std::vector<ChainLink> links;  ///< a closed chain; no link has length 0
  std::vector<CutParent> cut_parents;
  bool is_cut = false;         ///< left the box or holds a pole; its links then include seam or pole edges
  bool encloses_pole = false;  ///< steps of longitude added up to +-360
};

/// Of a Ring. Precondition: check_readable passed. Repeated positions are dropped; a ring without extent
/// gives no links.
[[nodiscard]] QuantisedRing quantise(std::span<const Position> ring, RingConvention convention = {});

/// Nearest grid units, halves away from zero. Precondition: finite, |degrees| < 1e9.
[[nodiscard]] inline std::int64_t to_grid(double degrees) noexcept {
  // What std::llround returns, without a call for each vertex.
  const double units = degrees * kGridUnitsPerDegree;
  const auto whole = static_cast<std::int64_t>(units);
  const double rest = units - static_cast<double>(whole);  // exact
  return whole + static_cast<std::int64_t>(rest >= 0.5) - static_cast<std::int64_t>(rest <= -0.5);
}

/// The grid point by which ground about a place is looked up: longitudes of other turns are the same place,
/// and where a place on a line belongs to the ground south and west of it (Arrangement::locate), -180 is read
/// as +180 and the south pole as a grid unit north of it, because there is no ground beyond the sides of the
/// map. Precondition: finite, |longitude| < 1e6, |latitude| <= 90.
[[nodiscard]] inline GridPoint look_up_point(double lon, double lat) noexcept {
  constexpr std::int64_t kTurn = 2 * std::int64_t{kGridMaxLon};
  std::int64_t x = to_grid(lon) % kTurn;
  if (x > kGridMaxLon) x -= kTurn;
  if (x <= -kGridMaxLon) x += kTurn;
  const std::int64_t y = to_grid(lat);
  return {static_cast<std::int32_t>(x),
          static_cast<std::int32_t>(y <= -kGridMaxLat ? -std::int64_t{kGridMaxLat} + 1 : y)};
}

}  // namespace marchland
