#pragma once
// The class of each cell: that of the face its centre lies in, or that which has the largest share of it.
//
// A centre is put on the grid (units of 1e-7 degree) and then located exactly, by the boundary rule of
// Arrangement::locate. Where rows are parallels and columns meridians, each row is walked along the edges
// that cross it; elsewhere the centres are located in sweeps over the plane.
#include <marchland/composite/arrangement.h>
#include <marchland/raster/cell_coverage.h>
#include <marchland/raster/raster_grid.h>

#include <cstdint>
#include <span>
#include <vector>

namespace marchland {

/// Of a cell; 0: nothing.
using CellClass = std::uint16_t;

/// Classes by row from the north, within it by column from the west: of the face the centre lies in, the
/// unbounded one too; 0 where the centre is no point of the earth. `class_of_face` has one class per face.
/// Cost: n log n in edges, plus the rows each edge crosses, plus cells; of other systems n log n in cells.
/// Throws InvalidArgument for a CRS that PROJ does not know.
[[nodiscard]] std::vector<CellClass> classify(const Arrangement& plane,
                                              const std::vector<CellClass>& class_of_face,
                                              const RasterGrid& grid);

/// Cells next to each other, row after row, whose centres lie in one part.
struct CentreRun {
  std::size_t cells = 0;
  Part part = 0;
  friend bool operator==(const CentreRun&, const CentreRun&) = default;
};
/// All cells of the grid, from the north-western on; part 0 also where the centre is no point of the earth.
/// For many divisions of the same ground. Cost and exceptions are those of classify.
[[nodiscard]] std::vector<CentreRun> parts_of_centres(const Arrangement& plane,
                                                      const std::vector<Part>& part_of_face,
                                                      const RasterGrid& grid);
/// Classes of those cells into `out`, in the order of classify; what stood there is gone, its memory used
/// again. `class_of_part` has one class per part. Cost: writing them. Throws InvalidArgument for a part
/// without class.
void classes_of_centres(std::span<const CentreRun> runs, std::span<const CellClass> class_of_part,
                        std::vector<CellClass>& out);

/// The class that has the largest share of each cell; ground of class 0, and what no part covers, is one
/// among them. Of equal shares (within 1e-9) the lower class, but never 0. `class_of_part` has one class per
/// part, 0 for part 0. Throws InvalidArgument for a part without class.
[[nodiscard]] std::vector<CellClass> largest_shares(const CellCoverage& coverage,
                                                    std::span<const CellClass> class_of_part);

/// The share of each cell that parts of the set cover; `outside` where no part covers any of it. Throws
/// InvalidArgument for a part that `parts` does not tell of.
[[nodiscard]] std::vector<double> shares_of(const CellCoverage& coverage, const std::vector<bool>& parts,
                                            double outside);

}  // namespace marchland
