#pragma once
// Areas made of others: what one adds to, has in common with, or takes from another. Districts as they were,
// a strip along a road inside one country, a region without its enclave.
//
// All areas of one combination are noded on the grid together (detail/noding.h: vertices stay, only crossings
// are rounded, by at most half a grid unit, 5.6 mm); pieces between the lines are then kept or left out, so
// that nothing is computed twice and boundaries that areas share stay shared.
#include <marchland/geometry/shapes.h>

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace marchland {

/// Areas of a combination, and what messages call each.
struct NamedArea {
  MultiPolygon area;
  std::string name;
};

/// The ground for which `keep` answers true, told of each of `areas` whether it holds that ground; ground of
/// none is never kept. Rings may cross; they mean what rings of an atlas mean. Result: valid polygons, shells
/// counter-clockwise, those that share an edge joined, in the order of their rings; the order of polygons and
/// the direction of rings change nothing.
///
/// Throws InvalidData naming the area, polygon and position for longitudes beyond +-180, latitudes beyond
/// +-90, and steps across the antimeridian.
[[nodiscard]] MultiPolygon combine_areas(std::span<const NamedArea> areas,
                                         const std::function<bool(const std::vector<bool>&)>& keep);

}  // namespace marchland
