#pragma once
// Ids for actors that are known by their names only.
#include <string>
#include <string_view>
#include <vector>

namespace marchland::detail {

/// The name in the letters of an id ([a-z0-9_-]): Latin, Greek and Cyrillic letters by their usual Latin
/// ones, what stands in brackets left out unless nothing else remains, all else as single '-'. Empty if no
/// letter can be written so.
[[nodiscard]] std::string id_of(std::string_view name);

/// An id for each name, in their order: id_of, numbered where several names would have the same ("x", "x-2"),
/// "actor-1" and so on where it is empty. "nobody" is kept for the actor that is built in.
[[nodiscard]] std::vector<std::string> ids_of(const std::vector<std::string>& names);

/// Whether the bytes are letters of UTF-8: none overlong, none of a surrogate, none beyond U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);

/// What to say of a field whose text is none.
inline constexpr std::string_view kNoUtf8 =
    "has letters in an encoding that the file does not name; beside a shapefile write it into a .cpg file, "
    "such "
    "as UTF-8 or 1251; convert text (GeoJSON, CSV), for instance by iconv -f WINDOWS-1251 -t UTF-8";

}  // namespace marchland::detail
