#include <marchland/io/detail/data_files.h>
#include <marchland/io/detail/entry_names.h>

#include <fnmatch.h>

#include <vector>

namespace marchland::detail {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

/// The components of a path, without the root.
Names components(const fs::path& path) {
  Names parts;
  for (const fs::path& part : path.relative_path()) parts.push_back(part.string());
  return parts;
}

}  // namespace

std::optional<NameByEntry> name_by_entry(const std::string& entry, const std::filesystem::path& file) {
  const Names pattern = components(entry);
  const Names given = components(file);
  const auto fits = [](const std::string& part, const std::string& name) {
    return part == name || fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) == 0;
  };
  if (pattern.empty() || given.empty() || !fits(pattern.back(), given.back())) return std::nullopt;
  bool is_in_place = given.size() >= pattern.size();
  for (std::size_t back = 2; back <= pattern.size() && is_in_place; ++back)
    is_in_place = fits(pattern[pattern.size() - back], given[given.size() - back]);
  std::string folder;
  for (std::size_t i = 0; i + 1 < pattern.size(); ++i) {
    if (!is_in_place && !is_single_file(pattern[i])) return std::nullopt;
    folder += (is_in_place ? given[given.size() - pattern.size() + i] : pattern[i]) + "/";
  }
  return NameByEntry{folder + given.back(), is_in_place};
}

}  // namespace marchland::detail
