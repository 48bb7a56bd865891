#pragma once
// Areas of many statements as arrays: every different position once, rings as lists of their numbers. What
// successive statements repeat are then equal runs of numbers, which compression folds.
#include <marchland/geometry/shared_area.h>
#include <marchland/io/detail/array_table.h>

#include <vector>

namespace marchland::detail {

/// Writes the arrays position, ring_position, ring_size, polygon_ring_count, area_polygon_count.
void put_areas(const ArrayTable& arrays, const std::vector<const SharedArea*>& areas);

/// In the order they were given, their rings shared. Throws InvalidData where the arrays do not fit each
/// other.
[[nodiscard]] std::vector<SharedArea> get_areas(const ArrayTable& arrays);

}  // namespace marchland::detail
