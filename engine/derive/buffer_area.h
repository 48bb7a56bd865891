#pragma once
// The ground within a distance of lines, points or areas: a corridor along a road, a zone along a line.
//
// Boundaries are buffered by GEOS, stretch by stretch, in an azimuthal equidistant projection about each
// stretch; the strips are then united on the grid (combine_areas.h).
#include <marchland/base/units.h>
#include <marchland/geometry/shapes.h>

#include <string_view>
#include <vector>

namespace marchland {

/// What the distance is measured from; any of the three may be empty.
struct BufferSource {
  MultiPolygon areas;  ///< belong to the result
  MultiLine lines;
  std::vector<Position> points;
};

/// Greater distances are refused: no plane measures them well on all sides of a stretch.
inline constexpr Meters kMostBuffer{200'000.0};

/// Ground within `distance` of the source, round at ends and corners, as combine_areas gives it. Edges of the
/// source are straight in longitude and latitude.
///
/// Error, across the boundary: below 0.2 % of the distance where it follows a straight line or goes round a
/// corner (arcs are chords of 1/128 of a turn, 0.03 % inside), below 1 % in bends that are shallow beside the
/// distance, where GEOS leaves vertices out; and 1 m (up to 85 degrees of latitude).
///
/// Throws InvalidArgument for a distance that is not above 0 and at most kMostBuffer; InvalidData, beginning
/// with `what`, for an empty source, positions that are none, steps across the antimeridian, and a result
/// that would reach across it or over a pole.
[[nodiscard]] MultiPolygon buffer_area(const BufferSource& source, Meters distance, std::string_view what);

}  // namespace marchland
