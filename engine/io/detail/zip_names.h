#pragma once
// Names within a zip archive that lead out of it ("../x.geojson"), which GDAL passes over without a word.
#include <filesystem>
#include <string>
#include <vector>

namespace marchland::detail {

/// Members with ".." among the parts of their name, as the archive's central directory has them (APPNOTE 6.3,
/// 4.3.12). Nothing of what is no zip archive, is cut off, or needs the 64-bit form of the directory.
[[nodiscard]] std::vector<std::string> find_names_outside(const std::filesystem::path& archive);

}  // namespace marchland::detail
