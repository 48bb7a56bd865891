#pragma once
// Where on the earth the cells of a raster lie, for catalogues that search by place.
#include <marchland/geometry/lonlat_box.h>
#include <marchland/geometry/shapes.h>
#include <marchland/raster/raster_grid.h>

namespace marchland {

struct RasterFootprint {
  LonLatBox box;  ///< longitudes within [-180, 180]; west beyond east where it crosses the antimeridian
  /// Its outline in longitude and latitude on WGS84, shells counter-clockwise, cut at the antimeridian.
  MultiPolygon area;
};

/// Of all cells, whether they have ground or not. Sides of the raster are followed on the earth, to a quarter
/// of a cell; a raster about a pole holds it. Of a raster that reaches beyond the earth as its system shows
/// it (the corners of a map of the world in Mollweide's) the area is the box, found to about a cell.
/// Positions are rounded to 1e-7 degrees. Throws InvalidArgument for a CRS that PROJ does not know, and where
/// no point of the raster lies on the earth.
[[nodiscard]] RasterFootprint raster_footprint(const RasterGrid& grid);

}  // namespace marchland
