#pragma once
// What an atlas declares, as a JSON document within a composite file: everything but statements and areas.
#include <marchland/model/atlas.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace marchland::detail {

/// Regions without their areas; a study area is there, empty, if the atlas has one. One line.
[[nodiscard]] std::string declarations_to_json(const Atlas& atlas);

/// Throws InvalidData naming the file where the document is not as written.
[[nodiscard]] Atlas declarations_from_json(std::string_view text, const std::filesystem::path& shown_as);

[[nodiscard]] std::string findings_to_json(const Findings& findings);
[[nodiscard]] Findings findings_from_json(std::string_view text, const std::filesystem::path& shown_as);

}  // namespace marchland::detail
