#pragma once
// Which files someone means who names files, folders, wildcards and archives on the command line, and how a
// manifest names the same ones.
#include <marchland/io/detail/data_files.h>

#include <filesystem>
#include <string>
#include <vector>

namespace marchland::detail {

struct InputFiles {
  std::vector<DataFile> files;        ///< each once, by name; names are relative to the manifest's folder
  std::vector<std::string> left_out;  ///< names of those in folders and archives that hold no vector data
};

/// Finds them: a folder stands for all vector files in it and below, an archive for its members; sidecars and
/// hidden files are passed over. `arguments` are relative to the working directory, names of the answer to
/// `folder`. Throws Error(failure) where a path does not exist, InvalidData where nothing is left.
[[nodiscard]] InputFiles find_input_files(const std::vector<std::string>& arguments,
                                          const std::filesystem::path& folder);

/// Entries for 'files' in a manifest in `folder` that stand for exactly these files: the archive that has all
/// of them and no others, one wildcard, or else their names. A wildcard stands neither for `manifest`, the
/// name of the manifest that will lie there, nor for names that share nothing.
[[nodiscard]] std::vector<std::string> entries_for(const std::vector<DataFile>& files,
                                                   const std::filesystem::path& folder,
                                                   const std::string& manifest);

}  // namespace marchland::detail
