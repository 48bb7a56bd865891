#pragma once
// Folders that are there whole or not at all: filled under a temporary name beside their place, synced,
// renamed.
#include <marchland/io/output_file.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace marchland {

class OutputFolder {
 public:
  /// `mark` is the name of a file that every folder of this kind has: with `overwrite` only a folder that has
  /// it is replaced. Throws Error(failure) naming the path where it exists (unless it may be overwritten),
  /// where its own folder is missing or cannot be written. Nothing is left behind if `commit` is not reached.
  OutputFolder(std::filesystem::path path, std::string mark, Existing existing);
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;
  ~OutputFolder();

  /// Where to write a file of it; folders are made where they are missing. Throws Error(failure).
  [[nodiscard]] std::filesystem::path file(const std::filesystem::path& name) const;
  /// Where all of it is until `commit`.
  [[nodiscard]] const std::filesystem::path& temporary() const noexcept { return temporary_; }
  /// What went wrong with a file of it, by the name the file was to have.
  [[nodiscard]] std::string in_place(std::string text) const;

  /// Writes a file of it, in folders that are made where they are missing. Throws Error(failure).
  void write(const std::filesystem::path& name, std::string_view content);
  /// Brings all of it to the disk and puts it in its place. Throws Error(failure).
  void commit();

 private:
  [[noreturn]] void fail(std::string_view what) const;

  std::filesystem::path path_;
  std::filesystem::path temporary_;
};

}  // namespace marchland
