#include "tools/cli/result_index.h"

#include <marchland/base/error.h>
#include <marchland/io/file_digest.h>

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <system_error>
#include <utility>

namespace marchland::cli {

namespace fs = std::filesystem;

FolderKind result_folder() {
  return {kResultIndex, [](const fs::path& folder) -> FolderKind::WroteFile {
            std::ifstream in(folder / kResultIndex, std::ios::binary);
            const Json index = Json::parse(in, nullptr, false);
            const auto files = index.is_object() ? index.find("files") : index.end();
            if (files == index.end() || !files->is_array()) {
              throw Error(ErrorCode::failure,
                          fmt::format("{}: {} does not say which files are its own, so none can be replaced; "
                                      "choose another name",
                                      folder.string(), kResultIndex));
            }
            std::set<std::string> names;
            for (const Json& entry : *files) {
              if (entry.is_object() && entry.value("file", Json()).is_string())
                names.insert(entry["file"].get<std::string>());
            }
            return [names = std::move(names)](const std::string& name) { return names.contains(name); };
          }};
}

Json index_entries(const fs::path& folder, const std::vector<ResultFile>& files) {
  std::vector<ResultFile> all = files;
  for (const std::string& name : files_within(folder)) {
    const auto is_it = [&](const ResultFile& file) { return file.file == name; };
    if (name == kResultIndex || std::any_of(files.begin(), files.end(), is_it)) continue;
    const auto owner = std::find_if(files.begin(), files.end(), [&](const ResultFile& file) {
      return name.starts_with(file.file) || name == fs::path(file.file).replace_extension(".qml");
    });
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
