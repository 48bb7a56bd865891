#pragma once
// Points to areas: the ground of a frame goes to the nearest of the places whose holders are known (Voronoi
// cells; Boost.Polygon, exact predicates on integer centimetres of a projection).
//
// Cells become polygons on the grid together: each edge between two cells is drawn once, as a chain whose
// vertices are close enough that straight steps in lon/lat stay within kCellDeviation of the straight edge in
// the projection, and noded with the frame once. So neighbours share every vertex, no sliver is between them,
// and cells add up to the frame exactly. See docs/design/derived.md.
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

struct SiteCells {
  std::vector<MultiPolygon> cells;  ///< by site; empty where another site lies at the same place
  /// The frame with every point where an edge between cells meets it: the cells add up to it exactly.
  MultiPolygon frame;
  std::string crs;  ///< what distances were measured in
  Findings findings;
};

/// Cells of `sites` within `frame`. `crs`: a projection as PROJ reads it; empty: azimuthal equidistant on
/// WGS84 about the middle of the frame's box. Sites outside the frame have cells too, as far as they reach
/// in. Ground at equal distance belongs to the site whose name, then position, comes first. Order of sites
/// changes nothing but the order of cells.
///
/// Findings: site-coincides (warning: at the same centimetre as a site that comes first by name, and so
/// without a cell), site-outside (info: it lies outside the frame), site-without-ground (warning: no part of
/// the frame is nearest to it). Throws InvalidArgument for a crs that PROJ does not know, or that is
/// geographic; InvalidData for sites the projection has no coordinates for (or beyond 10 000 km of its
/// origin), without any site, and as divide_frame does for the frame.
[[nodiscard]] SiteCells nearest_cells(const MultiPolygon& frame, std::span<const Site> sites,
                                      const std::string& crs = {});

}  // namespace marchland
