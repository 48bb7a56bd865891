#pragma once
// Which entry of a manifest's `files` a file belongs to that lies elsewhere until it is added.
#include <filesystem>
#include <optional>
#include <string>

namespace marchland::detail {

struct NameByEntry {
  std::string name;
  bool is_in_place = false;  ///< it lies in folders of those names too
};

/// What a file would be called, were it one of those that an entry of the manifest stands for; nothing if its
/// name does not fit. Folders of the entry that are no wildcards may differ: files wait elsewhere until they
/// are added.
[[nodiscard]] std::optional<NameByEntry> name_by_entry(const std::string& entry,
                                                       const std::filesystem::path& file);

}  // namespace marchland::detail
