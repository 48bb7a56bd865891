#pragma once
// Before the first step: the same line written twice becomes one line. Off unless an atlas declares how far
// apart two writings of one line may be (Atlas::harmonise, epsilon below).
//
// Statements come in canonical order: by from-date, priority of the source (greater first), id of the layer.
// Those of one layer and from-date are taken together: they never change one another. Earlier lines stay;
// of a new line
//   1. a vertex takes the nearest earlier vertex within epsilon (of equally near ones the smaller, by x, then
//      y), unless it is one;
//   2. vertices that took none are dropped where they run from one earlier vertex to another that an earlier
//      segment joins, each within epsilon of that segment and nowhere else used by the same layer and date;
//   3. earlier vertices within epsilon of a segment are inserted into it, in their order along it, unless
//      what is left of the segment is an earlier segment.
// What has once been done to a vertex or segment is done to it whenever it is written again: the same line
// always becomes the same line. One pass; doing it twice may do more. Nothing depends on the order of input
// or the number of threads. Statements alone take part, neither regions nor the study area: what a statement
// says must not depend on what it is reported by. Rings with an edge of 178 degrees of longitude or more are
// left out altogether: a moved end could turn such an edge round the earth. See docs/design/harmonise.md.
#include <marchland/base/findings.h>
#include <marchland/base/grid.h>
#include <marchland/base/units.h>
#include <marchland/geometry/exact_point.h>
#include <marchland/measure/edge_area.h>
#include <marchland/model/atlas.h>

#include <cstdint>
#include <vector>

namespace marchland {

/// What "within epsilon" means, in metres: sqrt(dy^2 + (cos(lat) dx)^2) on a sphere of the greatest radius of
/// curvature of WGS84 (6 399 593.626 m), with the latitude nearer to the equator of the two, and at most 89
/// degrees. So it is never less than the distance on the ellipsoid, and at most 1.1 % more for points less
/// than 1000 m apart below 89 degrees. x = +180 and -180 degrees are one place. A fixed sequence of
/// operations: alike on every machine.
[[nodiscard]] Meters grid_distance(GridPoint p, GridPoint q) noexcept;
/// The same from p to the segment; 0 exactly if p lies on it.
/// The segment runs the short way, less than 180 degrees of longitude.
[[nodiscard]] Meters grid_distance(GridPoint p, const GridSegment& segment) noexcept;

/// Something done to a line, noted where it was first done; a line that is repeated is not noted again.
/// Longitudes of points are in [-180, 180).
struct LedgerEntry {
  enum class Kind : std::uint8_t { moved, inserted, dropped };
  Kind kind = Kind::moved;
  std::uint32_t statement = 0;  ///< index into the statements of the atlas
  std::uint32_t polygon = 0;    ///< in the statement, from 0
  std::uint32_t ring = 0;       ///< in the polygon, from 0
  std::uint32_t vertex = 0;     ///< in the ring as it was given, from 0; inserted: the one it comes after
  GridPoint from;               ///< inserted: as `to`
  GridPoint to;                 ///< dropped: as `from`
  /// moved: between the two; inserted: to the segment as given; dropped: to the segment that stands for it.
  Meters distance;
};

/// What harmonising did to one statement.
struct StatementEffect {
  std::uint32_t statement = 0;  ///< index into the statements of the atlas
  /// By how much its area grew, exactly: that of its polygons' first rings minus their other rings, each
  /// counted by itself. Of valid polygons apart from one another that is the area of the statement.
  AreaUnits area = 0;
  std::uint64_t moved = 0;  ///< of its vertices, those repeated from earlier statements included
  std::uint64_t inserted = 0;
  std::uint64_t dropped = 0;
};

struct HarmoniseLedger {
  Meters epsilon;                           ///< 0: harmonising is off
  std::vector<LedgerEntry> entries;         ///< by statement in canonical order and id, polygon, ring, vertex
  std::vector<StatementEffect> statements;  ///< those that changed, in the same order
  std::size_t rings_left_out = 0;           ///< with an edge of 178 degrees or more
  /// ring-collapsed: a ring has no area left. It stays, as a ring without area. Once for a ring that
  /// several statements repeat, at the first.
  Findings findings;

  [[nodiscard]] std::size_t count(LedgerEntry::Kind kind) const noexcept;
  /// Of any kind.
  [[nodiscard]] Meters greatest_distance() const noexcept;
};

struct HarmonisedAtlas {
  Atlas atlas;  ///< positions of rings that changed are vertices of the grid
  HarmoniseLedger ledger;
};

/// Harmonises by the epsilon that the atlas declares; without one it returns the atlas as it is. Throws what
/// Atlas::check throws. Cost: a comparison for each vertex that repeats the one before, a look-up for each
/// that does not.
[[nodiscard]] HarmonisedAtlas harmonise(Atlas atlas);

}  // namespace marchland
