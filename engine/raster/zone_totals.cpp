#include <marchland/base/error.h>
#include <marchland/raster/zone_totals.h>

#include <cmath>

namespace marchland {

std::vector<ZoneTotal> total_by_part(const CellCoverage& coverage, std::span<const double> values,
                                     std::size_t part_count) {
  const RasterGrid& grid = coverage.grid();
  if (values.size() != grid.cell_count())
    throw InvalidArgument("total_by_part: expected a value for every cell");
  std::vector<ZoneTotal> totals(part_count);
  std::vector<ZoneTotal> of_row(part_count);
  std::vector<Part> seen;
  for (std::size_t row = 0; row < grid.rows; ++row) {
    const double* line = values.data() + row * grid.columns;
    const auto add = [&](Part part, std::uint32_t column, double share) {
      if (part >= part_count)
        throw InvalidArgument("total_by_part: there are fewer parts than the coverage has");
      ZoneTotal& total = of_row[part];
      if (total.cells == 0.0 && total.without_value == 0.0) seen.push_back(part);
      if (std::isnan(line[column])) {
        total.without_value += share;
      } else {
        total.sum += share * line[column];
        total.cells += share;
      }
    };
    for (const CellShare& cell : coverage.shares(row)) add(cell.part, cell.column, cell.share);
    for (const CellRun& run : coverage.runs(row)) {
      for (std::uint32_t column = run.begin; column < run.end; ++column) add(run.part, column, 1.0);
    }
    for (const Part part : seen) {
      totals[part] += of_row[part];
      of_row[part] = {};
    }
    seen.clear();
  }
  return totals;
}

}  // namespace marchland
