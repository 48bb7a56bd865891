#pragma once
// The index of a result folder: what each file is, how it was made, and its fingerprint. `run` writes it,
// `verify` holds the folder to it.
#include "tools/cli/query.h"

#include <filesystem>
#include <string>
#include <vector>

namespace marchland::cli {

inline constexpr const char* kResultIndex = "index.json";

/// A file of a result folder.
struct ResultFile {
  std::string file;  ///< relative to the folder, with '/'
  std::string what;  ///< for people
  /// How to ask for the same: "command" and its options ("at", "from", "to", "between", "layer", ...),
  /// without those that hold for the whole folder. Null of what no command answers.
  Json made{};
};

/// The entries of "files": file, what, how it was made, bytes and SHA-256. Files of the folder that no one
/// listed follow, by name: each belongs to the one whose name its own begins with. Throws Error(failure)
/// where one cannot be read.
[[nodiscard]] Json index_entries(const std::filesystem::path& folder, const std::vector<ResultFile>& files);

/// The files of a folder and all folders in it, relative to it, with '/', sorted. Links are among them,
/// whatever they lead to, and are not followed.
[[nodiscard]] std::vector<std::string> files_within(const std::filesystem::path& folder);

/// The options that hold for every file of a folder, as `run` was given them: theme, region, actor, group,
/// source; those not given are not there.
[[nodiscard]] Json options_json(const QueryOptions& query);

}  // namespace marchland::cli
