#pragma once
// The index of a result folder: what each file is, how it was made, and its fingerprint. `run` writes it,
// `verify` holds the folder to it.
#include "tools/cli/query.h"
#include "tools/cli/result_layers.h"
#include <marchland/io/output_folder.h>

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
  std::vector<ResultLayer> layers{};  ///< with something in them, of a file that can be drawn
};

/// The entries of "files": file, what, how it was made, bytes and SHA-256. Files of the folder that no one
/// listed follow, by name: each belongs to the one whose name its own begins with, a style (.qml) to the one
/// that has its name but for the ending. Throws Error(failure) where one cannot be read.
[[nodiscard]] Json index_entries(const std::filesystem::path& folder, const std::vector<ResultFile>& files);

/// A folder that `run` wrote: its index lists what it has. files_of throws Error(failure) where it cannot be
/// read.
[[nodiscard]] FolderKind result_folder();

/// The options that hold for every file of a folder, as `run` was given them: theme, region, actor, group,
/// source; those not given are not there.
[[nodiscard]] Json options_json(const QueryOptions& query);

}  // namespace marchland::cli
