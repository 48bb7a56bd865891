#pragma once
// Files that a GDAL driver writes are made in memory first and then written whole: a full disk is met by our
// own code, a driver's side files never lie about, and nothing depends on where the file is to be.
#include <string>

namespace marchland::detail {

/// A folder of GDAL's memory file system. Removed with all it holds.
class MemoryFolder {
 public:
  MemoryFolder();
  MemoryFolder(const MemoryFolder&) = delete;
  MemoryFolder& operator=(const MemoryFolder&) = delete;
  ~MemoryFolder();

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  /// Removes the file and returns its content; empty if there is none.
  [[nodiscard]] std::string take(const std::string& name) const;

 private:
  std::string folder_;
};

}  // namespace marchland::detail
