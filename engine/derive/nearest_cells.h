#pragma once
// Points to areas: the ground of a frame goes to the nearest of the places whose holders are known (Voronoi
// cells; Boost.Polygon, exact predicates on integer centimetres of a projection).
//
// Cells become polygons on the grid together: each edge between two cells is drawn once, as a chain whose
// vertices are close enough that straight steps in lon/lat stay within kCellDeviation of the straight edge in
// the projection, and noded with the frame once. So neighbours share every vertex, no sliver is between them,
// and cells add up to the frame exactly. Barriers are noded with them, and what they cut off goes to the site
// that reaches it (detail/reach.h; shortest ways by Dijkstra 1959). See docs/design/derived.md.
#include <marchland/base/findings.h>
#include <marchland/base/units.h>
#include <marchland/geometry/shapes.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace marchland {

struct Site {
  std::string name;
  Position at;
};

/// A step of a cell's edge, straight in lon/lat, is no further than this from the edge in the projection,
/// before its ends are rounded to the grid.
inline constexpr Meters kCellDeviation{1.0};

struct CellOptions {
  /// A projection as PROJ reads it, that distances are measured in; empty: azimuthal equidistant on WGS84
  /// about the middle of the frame's box, to whole degrees.
  std::string crs;
  /// Lines that no ground is reached across (a river, a ridge, a front), degrees, straight steps in lon/lat.
  /// They may cross each other and themselves, leave the frame, run along it or along edges of cells, come
  /// twice; direction and order do not matter.
  MultiLine barriers;
};

struct SiteCells {
  /// By site; empty where another site lies at the same place. Shells counter-clockwise.
  std::vector<MultiPolygon> cells;
  MultiPolygon unknown;  ///< ground that barriers keep from every site; empty without barriers
  /// The frame with every point where an edge between cells or a barrier meets it: cells and unknown
  /// ground add up to it exactly.
  MultiPolygon frame;
  std::string crs;  ///< what distances were measured in
  Findings findings;
};

/// Cells of `sites` within `frame`. Sites outside the frame have cells too, as far as they reach in; those on
/// its boundary, to a grid unit, count as inside, whichever side of the line rounding left them on. Ground at
/// equal distance belongs to the site whose name, then position, comes first. Order of sites and of
/// barriers changes nothing but the order of cells.
///
/// Barriers cut cells into parts. The part that holds its site stays with it (on both sides of a barrier that
/// leads through the site), as does, of ground that the frame keeps apart from its site, the part nearest to
/// it. Another part goes to the site from which the way to it is shortest: straight from the site through an
/// edge that the two share and that is no barrier to a point inside the part, and on like that through
/// further parts without a site; within a part ways are straight, also where it is bent. Ways do not leave
/// the frame. A barrier, or an end of one, that does not reach across a cell cuts nothing, and what of it
/// lies outside the frame matters nothing. Vertices of barriers stay; their steps move by at most half a grid
/// unit (5.6 mm) in longitude and latitude where others meet them, and so do the edges that they meet.
///
/// Findings: site-coincides (warning: at the same centimetre as a site that comes first by name, and so
/// without a cell), site-outside (info: it lies outside the frame), site-without-ground (warning: no part of
/// the frame is nearest to it), site-on-barrier (info), barrier-without-extent (warning: fewer than two
/// different positions on the grid), barrier-parts-nothing (info, warning if none does: how many, where the
/// first is), barrier-passed (info: how many parts went to another site than the nearest, how large, where
/// the largest is), ground-unreached (warning, for each part that is unknown: how large, where). Throws
/// InvalidArgument for a crs that PROJ does not know, or that is geographic; InvalidData for sites the
/// projection has no coordinates for (or beyond 10 000 km of its origin), without any site, and as
/// divide_frame does for frame and lines.
[[nodiscard]] SiteCells nearest_cells(const MultiPolygon& frame, std::span<const Site> sites,
                                      const CellOptions& options = {});

}  // namespace marchland
