#pragma once
// Well-known text (OGC 06-103r4) of polygons: what tests are written in and messages print.
#include <marchland/geometry/shapes.h>

#include <string>
#include <string_view>

namespace marchland {

/// Reads POLYGON or MULTIPOLYGON (EMPTY too), two coordinates each, any case. Rings are taken as written:
/// nothing is closed, turned or checked. Throws InvalidArgument with the column and what was expected there.
[[nodiscard]] MultiPolygon parse_wkt(std::string_view text);

/// POLYGON for one polygon, MULTIPOLYGON otherwise; numbers in shortest form that reads back to the same
/// double.
[[nodiscard]] std::string format_wkt(const MultiPolygon& area);

}  // namespace marchland
