#pragma once
// A manifest as people edit it: one key a line, with a word on what to fill in.
#include <marchland/io/manifest.h>

#include <string>
#include <string_view>

namespace marchland::detail {

/// In quotes, as TOML 1.0 writes texts.
[[nodiscard]] std::string toml_text(std::string_view text);

/// The text of atlas.toml that parse_manifest reads back to the same: id, title, study_area, harmonise_m,
/// actors (id, name, color), sources (id, title) and layers, those of lines too. Regions, places and periods
/// are not written. `comments` are lines put at the head, without '#'.
[[nodiscard]] std::string manifest_text(const Manifest& manifest, const std::vector<std::string>& comments);

}  // namespace marchland::detail
