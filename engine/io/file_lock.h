#pragma once
// One writer at a time.
#include <filesystem>

namespace marchland {

/// Holds an advisory lock (flock) on a file for as long as it lives. A program that ends, however it ends,
/// holds it no longer.
class FileLock {
 public:
  /// Does not wait. Throws Error(failure) where the file cannot be opened, is locked by another program, or
  /// was replaced just now.
  explicit FileLock(const std::filesystem::path& path);
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  int descriptor_;
};

}  // namespace marchland
