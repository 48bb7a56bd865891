#pragma once
// Folders that are there whole or not at all: filled under a temporary name beside their place, synced,
// renamed.
#include <marchland/io/output_file.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace marchland {

/// How a folder that an earlier run wrote is known, so that nothing of its owner's goes with it.
struct FolderKind {
  std::string mark;  ///< name of a file that every folder of this kind has
  /// Of such a folder, a test of names of files in it (with '/'): whether the program wrote it. May throw
  /// Error where the folder does not say.
  using WroteFile = std::function<bool(const std::string& name)>;
  std::function<WroteFile(const std::filesystem::path& folder)> files_of;
};

class OutputFolder {
 public:
  /// With `overwrite` a folder of the same kind is replaced that has no other files than those of its kind.
  /// Throws Error(failure) naming the path where it exists (unless it may be overwritten) and files that
  /// would be lost, where its own folder is missing or cannot be written; InvalidArgument for "-". Nothing is
  /// left behind if `commit` is not reached, and what a killed process left of the same folder is removed.
  OutputFolder(std::filesystem::path path, FolderKind kind, Existing existing);
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;
  ~OutputFolder();

  /// Where to write a file of it; folders are made where they are missing. Throws Error(failure).
  [[nodiscard]] std::filesystem::path file(const std::filesystem::path& name) const;
  /// Where all of it is until `commit`.
  [[nodiscard]] const std::filesystem::path& temporary() const noexcept;
  /// What went wrong with a file of it, by the name the file was to have.
  [[nodiscard]] std::string in_place(std::string text) const;

  /// Writes a file of it, in folders that are made where they are missing. Throws Error(failure).
  void write(const std::filesystem::path& name, std::string_view content) const;
  /// Brings all of it to the disk and puts it in its place. What came to stand there meanwhile is refused or
  /// replaced as at the start. Throws Error(failure).
  void commit();

 private:
  [[noreturn]] void fail(std::string_view what) const;
  void put_in_place();
  /// Throws if what is in its place may not be replaced.
  void check_existing() const;
  /// Throws unless all that is there was written by the program.
  void refuse_other_files() const;

  std::filesystem::path path_;
  FolderKind kind_;
  Existing existing_;
  std::unique_ptr<UnfinishedOutput> unfinished_;
};

/// The files of a folder and all folders in it, relative to it, with '/', sorted. Links are among them,
/// whatever they lead to, and are not followed. Throws Error(failure).
[[nodiscard]] std::vector<std::string> files_within(const std::filesystem::path& folder);

}  // namespace marchland
