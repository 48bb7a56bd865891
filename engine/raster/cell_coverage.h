#pragma once
// How much of each cell each part of the ground covers: exact, for all parts and therefore all dates at once.
//
// Every edge of the plane is walked through the cells once and leaves in each what its piece contributes to
// the area on either side; what is added up in a cell is divided by the whole cell. This is the scan
// conversion of font rasterisers (area and cover by cell: Levien 2016, "Inside the fastest font renderer in
// the world"; the coverage of Baston's exactextract), with ellipsoidal areas in place of planar ones and with
// whole-number counts for what lies beside the boundary. See detail/cell_walk.h and docs/design/raster.md.
#include <marchland/composite/arrangement.h>
#include <marchland/raster/raster_grid.h>

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace marchland {

/// Ground that is never told apart; 0: of no interest.
using Part = std::uint32_t;

/// A cell that a part covers to some share in (0, 1].
struct CellShare {
  std::uint32_t column = 0;
  Part part = 0;
  double share = 0.0;
  friend bool operator==(const CellShare&, const CellShare&) = default;
};
/// Cells [begin, end) of a row, wholly of one part and touched by no line.
struct CellRun {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  Part part = 0;
  friend bool operator==(const CellRun&, const CellRun&) = default;
};

class CellCoverage {
 public:
  CellCoverage(RasterGrid grid, std::vector<std::vector<CellShare>> shares,
               std::vector<std::vector<CellRun>> runs)
      : grid_(std::move(grid)), shares_(std::move(shares)), runs_(std::move(runs)) {}

  [[nodiscard]] const RasterGrid& grid() const noexcept { return grid_; }
  /// Of a row, by column, then part; a cell and part once.
  [[nodiscard]] std::span<const CellShare> shares(std::size_t row) const { return shares_[row]; }
  /// Of a row, by first column; they meet neither each other nor the cells of shares(row).
  [[nodiscard]] std::span<const CellRun> runs(std::size_t row) const { return runs_[row]; }

 private:
  RasterGrid grid_;
  std::vector<std::vector<CellShare>> shares_;
  std::vector<std::vector<CellRun>> runs_;
};

/// `part_of_face` has one part per face, that of the unbounded face is 0.
///
/// A share is area by area on WGS84. Of cells in longitude and latitude of WGS84 it is exact but for
/// rounding: the sum over cells of share times cell area (cell_areas.h) is the area of a part within 1e-9 of
/// itself (and 2e-16 of a cell, whose double a share is). Of other systems sides of cells are followed as
/// they run on the earth, by a polynomial of fourth degree through five points of each; of cells that are
/// more than 5 degrees long or wide there (those about a pole are) as they are, in an equal-area plane about
/// the cell: the same sum holds, and a single share is within 4e-9 (tests hold it to that, against clipping
/// for cells of 17 km and against cells a tenth as wide for those of 250 and 1000 km); crossings are found to
/// 1e-12 of a cell. Only of cells that reach beyond the earth, on the rim of a map of the world, are shares
/// those of the area in the plane of the system. In longitude and latitude a cell that reaches beyond a pole
/// counts as far as it lies on the earth. Shares below 1e-15 are left out.
///
/// On all cores; the same for any number of them. Cost: edges between different parts, and the cells these
/// pass; of projected systems some microseconds for each of those. Throws InvalidArgument for a CRS that PROJ
/// does not know or that has no coordinates for ground near the grid.
[[nodiscard]] CellCoverage cover_cells(const Arrangement& plane, const std::vector<Part>& part_of_face,
                                       const RasterGrid& grid);

}  // namespace marchland
