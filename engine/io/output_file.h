#pragma once
// Files that are there whole or not at all: written under a temporary name beside their place, synced,
// renamed.
#include <filesystem>
#include <string>
#include <string_view>

namespace marchland {

enum class Existing : bool { refuse, overwrite };

class OutputFile {
 public:
  /// Refuses a path that exists (unless `overwrite`), is a folder, or lies in a folder that is missing or not
  /// writable: Error(failure) naming the path and what to do. Nothing is left behind if `commit` is not
  /// reached.
  OutputFile(std::filesystem::path path, Existing existing);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  /// Where to write: same folder, same extension. Does not exist yet.
  [[nodiscard]] const std::filesystem::path& temporary() const noexcept { return temporary_; }
  /// Where it will be.
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  /// Writes `content` to the temporary file. Throws Error(failure), on a full disk for instance.
  void write(std::string_view content);

  /// Syncs and renames. A file that came to exist meanwhile is refused as at the start.
  void commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  Existing existing_;
  bool committed_ = false;
};

/// All of it at once.
void write_file(const std::filesystem::path& path, std::string_view content, Existing existing);

}  // namespace marchland
