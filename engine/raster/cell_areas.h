#pragma once
// How large the cells of a raster are on the earth.
#include <marchland/base/units.h>
#include <marchland/raster/raster_grid.h>

#include <memory>
#include <optional>

namespace marchland {

class CellAreas {
 public:
  /// Throws InvalidArgument for a CRS that PROJ does not know.
  explicit CellAreas(const RasterGrid& grid);
  CellAreas(CellAreas&&) noexcept;
  CellAreas& operator=(CellAreas&&) noexcept;
  ~CellAreas();

  /// Area on WGS84 of the cell between its sides as they run on the earth, by the means of cell_coverage.h:
  /// of cells in longitude and latitude within 4 roundings of a double, 0 beyond a pole; of others within
  /// 1e-9. Of a cell that reaches beyond the earth what it would have if it went on, so that share times area
  /// is the area of ground, within some thousandths; nothing if less than some ten thousandths of it lie on
  /// the earth. Not for concurrent use. Of projected systems some ten microseconds, a millisecond of those
  /// last.
  [[nodiscard]] std::optional<SquareMeters> operator()(std::size_t row, std::size_t column);

 private:
  struct Cells;
  std::unique_ptr<Cells> cells_;
};

}  // namespace marchland
