#pragma once
// The class of each cell: that of the face its centre lies in.
//
// A centre is put on the grid (units of 1e-7 degree) and then located exactly, by the boundary rule of
// Arrangement::locate. Where rows are parallels and columns meridians, each row is walked along the edges
// that cross it; elsewhere the centres are located in sweeps over the plane.
#include <marchland/composite/arrangement.h>
#include <marchland/raster/raster_grid.h>

#include <cstdint>
#include <vector>

namespace marchland {

/// Of a cell; 0: nothing.
using CellClass = std::uint16_t;

/// Classes by row from the north, within it by column from the west. Cells whose centre is no point of the
/// earth or lies outside every face get the class of the unbounded face, or 0 if it has no place.
/// `class_of_face` has one class per face. Cost: n log n in edges, plus the rows each edge crosses, plus
/// cells; of other systems n log n in cells. Throws InvalidArgument for a CRS that PROJ does not know.
[[nodiscard]] std::vector<CellClass> classify(const Arrangement& plane,
                                              const std::vector<CellClass>& class_of_face,
                                              const RasterGrid& grid);

}  // namespace marchland
