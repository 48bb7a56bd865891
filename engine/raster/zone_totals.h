#pragma once
// What a raster counts on each part of the ground, every cell by the share of it that the part covers.
#include <marchland/raster/cell_coverage.h>

#include <span>
#include <vector>

namespace marchland {

struct ZoneTotal {
  double sum = 0.0;            ///< of value times share
  double cells = 0.0;          ///< shares of cells that have a value
  double without_value = 0.0;  ///< shares of cells that have none
  ZoneTotal& operator+=(const ZoneTotal& other) noexcept {
    sum += other.sum;
    cells += other.cells;
    without_value += other.without_value;
    return *this;
  }
};

/// By part, `part_count` of them (0 has nothing). `values`: one per cell of the coverage's grid, by row from
/// the north; NaN is no value. The totals of ground that is made of several parts are those of the parts
/// added up. Rounding: sums of a row are added to the whole. Throws InvalidArgument where numbers do not fit.
[[nodiscard]] std::vector<ZoneTotal> total_by_part(const CellCoverage& coverage,
                                                   std::span<const double> values, std::size_t part_count);

}  // namespace marchland
