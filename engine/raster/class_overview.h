#pragma once
// Coarser copies of a raster of classes, for maps that show it from afar.
#include <marchland/raster/classify.h>

#include <cstddef>
#include <span>
#include <vector>

namespace marchland {

/// The raster with half as many columns and rows, rounded up; `cells` row by row. Each cell has the class of
/// most of the up to four that it stands for, 0 being one among them: from afar held ground neither grows nor
/// shrinks. Of equally many it is the class that in reading order is the first to be as many, so that no
/// class is preferred. (GDAL's resampling MODE, where no value stands for no data.) Throws InvalidArgument
/// where there are not rows times columns cells.
[[nodiscard]] std::vector<CellClass> halve_classes(std::span<const CellClass> cells, std::size_t columns,
                                                   std::size_t rows);

}  // namespace marchland
