#pragma once
// Files that are there whole or not at all: written under a temporary name beside their place, synced,
// renamed.
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace marchland {

class UnfinishedOutput;

enum class Existing : bool { refuse, overwrite };

class OutputFile {
 public:
  /// Refuses a path that exists (unless `overwrite`), is a folder, a device, a pipe or a socket, or lies in a
  /// folder that is missing or not writable: Error(failure) naming the path and what to do; "-", which people
  /// type for standard output: InvalidArgument. Nothing is left behind if `commit` is not reached, and what a
  /// killed process left of the same file is removed. Of a symbolic link the file it names is meant. A file
  /// that is overwritten keeps its permissions.
  OutputFile(std::filesystem::path path, Existing existing);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  /// Where to write: same folder, same extension. Does not exist yet.
  [[nodiscard]] const std::filesystem::path& temporary() const noexcept;
  /// Where it will be.
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  /// Writes `content` to the temporary file. Throws Error(failure), on a full disk for instance.
  void write(std::string_view content);

  /// Brings what was written to the disk. Throws Error(failure).
  void sync() const;
  /// Syncs and renames. A file that came to exist meanwhile is refused as at the start.
  void commit();
  /// After a commit: what was there before is there again, or nothing. Of a file system that cannot exchange
  /// two files what was there before is lost.
  void take_back() noexcept;

 private:
  std::filesystem::path path_;
  std::unique_ptr<UnfinishedOutput> unfinished_;
  Existing existing_;
  bool is_exchanged_ = false;  ///< the temporary file is the one that was there
};

/// A file and those that belong beside it: all appear or none. Whatever can fail for want of room fails
/// before any is renamed; should a renaming fail all the same, those before it are taken back, and what
/// they replaced is there again.
class OutputGroup {
 public:
  /// The file, then those beside it. Refuses each as OutputFile does.
  OutputGroup(const std::vector<std::filesystem::path>& paths, Existing existing) {
    for (const std::filesystem::path& path : paths) files_.emplace_back(path, existing);
  }

  /// Of each, in order. Throws InvalidArgument where there are more or fewer.
  void write(const std::vector<std::string_view>& contents);
  void commit();

 private:
  std::deque<OutputFile> files_;
};

/// A file and the one that belongs beside it, as OutputGroup has them.
class OutputPair {
 public:
  OutputPair(const std::filesystem::path& path, const std::filesystem::path& beside, Existing existing)
      : files_({path, beside}, existing) {}

  void write(std::string_view content, std::string_view content_beside) {
    files_.write({content, content_beside});
  }
  void commit() { files_.commit(); }

 private:
  OutputGroup files_;
};

/// Where metadata stands for which a format has no room: FILE-metadata.json, with the ending of FILE.
[[nodiscard]] std::filesystem::path metadata_path(const std::filesystem::path& path);

/// Whether both name the same file, there or yet to be written: by links, by "./" and the like too.
[[nodiscard]] bool is_same_file(const std::filesystem::path& a, const std::filesystem::path& b);

/// All of it at once.
void write_file(const std::filesystem::path& path, std::string_view content, Existing existing);

}  // namespace marchland
