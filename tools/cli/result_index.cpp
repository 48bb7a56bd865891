#include "tools/cli/result_index.h"

#include <marchland/base/error.h>
#include <marchland/io/file_digest.h>

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

namespace marchland::cli {

namespace fs = std::filesystem;

std::vector<std::string> files_within(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    // A link to a folder is not entered, so it is listed as itself.
    if (entry->is_symlink() || !entry->is_directory())
      names.push_back(entry->path().lexically_relative(folder).generic_string());
  }
  if (error) throw Error(ErrorCode::failure, fmt::format("{}: {}", folder.string(), error.message()));
  std::sort(names.begin(), names.end());
  return names;
}

Json index_entries(const fs::path& folder, const std::vector<ResultFile>& files) {
  std::vector<ResultFile> all = files;
  for (const std::string& name : files_within(folder)) {
    const auto is_it = [&](const ResultFile& file) { return file.file == name; };
    if (name == kResultIndex || std::any_of(files.begin(), files.end(), is_it)) continue;
    const auto owner = std::find_if(files.begin(), files.end(),
                                    [&](const ResultFile& file) { return name.starts_with(file.file); });
    all.push_back({name, owner == files.end() ? "" : "belongs to " + owner->file});
  }
  Json entries = Json::array();
  for (const ResultFile& file : all) {
    Json entry{{"file", file.file}, {"what", file.what}};
    if (!file.made.is_null()) entry.update(file.made);
    const FileDigest digest = digest_of(folder / file.file);
    entry["bytes"] = digest.bytes;
    entry["sha256"] = digest.sha256;
    entries.push_back(std::move(entry));
  }
  return entries;
}

Json options_json(const QueryOptions& query) {
  Json options{{"theme", query.theme}};
  const auto add = [&](const char* key, const std::vector<std::string>& values) {
    if (!values.empty()) options[key] = values;
  };
  add("region", query.regions);
  add("actor", query.actors);
  add("group", query.groups);
  add("source", query.sources);
  return options;
}

}  // namespace marchland::cli
