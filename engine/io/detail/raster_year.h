#pragma once
// Which year a raster is of, by what its title or name says.
#include <string>
#include <string_view>
#include <vector>

namespace marchland::detail {

/// The years from 1500 to 2100 that a text can be of, each once, in the order they stand: runs of exactly
/// four digits. Numbers of an edition are none ("R2023A", "v2024", "rev2011", "release 2023", "version
/// 2015"), nor are codes of a system ("epsg2056"). Where one is marked as what the values are of ("epoch
/// 2020", "E2020", "year 2015"), unmarked ones do not count. More than one: the text does not say which.
[[nodiscard]] std::vector<std::string> years_in(std::string_view text);

}  // namespace marchland::detail
