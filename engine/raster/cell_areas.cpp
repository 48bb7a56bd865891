#include <marchland/raster/cell_areas.h>
#include <marchland/raster/detail/lonlat_cells.h>
#include <marchland/raster/detail/projected_cells.h>
#include <marchland/raster/detail/rim_cell.h>

namespace marchland {

struct CellAreas::Cells {
  std::optional<detail::LonLatCells> lonlat;
  std::optional<detail::ProjectedGround> ground;
  std::optional<detail::ProjectedCells> projected;
  std::optional<Projection> projection;
};

CellAreas::CellAreas(const RasterGrid& grid) : cells_(std::make_unique<Cells>()) {
  if (Projection(grid.crs).is_identity()) {
    cells_->lonlat.emplace(grid);
  } else {
    cells_->ground.emplace(grid);
    cells_->projected.emplace(*cells_->ground);
    cells_->projection.emplace(grid.crs);
  }
}
CellAreas::CellAreas(CellAreas&&) noexcept = default;
CellAreas& CellAreas::operator=(CellAreas&&) noexcept = default;
CellAreas::~CellAreas() = default;

std::optional<SquareMeters> CellAreas::operator()(std::size_t row, std::size_t column) {
  if (cells_->lonlat) return SquareMeters(cells_->lonlat->whole(row, column));
  auto area = cells_->projected->whole(row, column);
  if (!area) area = detail::area_of_rim_cell(*cells_->projection, cells_->ground->grid, row, column);
  return area ? std::optional(SquareMeters(*area)) : std::nullopt;
}

}  // namespace marchland
