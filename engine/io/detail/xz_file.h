#pragma once
// GDAL 3.6 looks into .zip, .tar and .gz, not into .xz (XZ Utils), the form in which public archives of daily
// maps are often kept. Such a file is unpacked in memory, where GDAL's other file systems find it.
#include <marchland/io/detail/memory_folder.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace marchland::detail {

/// What an .xz file holds, in GDAL's memory file system for as long as this lives.
class XzFile {
 public:
  /// Unpacks the file on disk. Throws Error(failure) where it cannot be read, InvalidData where it is damaged
  /// or breaks off, or holds more than 8 GiB.
  explicit XzFile(const std::filesystem::path& path);

  /// As GDAL opens it: its name without ".xz"; of ".txz" with ".tar".
  [[nodiscard]] const std::string& dataset() const noexcept { return dataset_; }

 private:
  MemoryFolder folder_;
  std::string dataset_;
};

/// ".xz" and ".txz", in any case of letters.
[[nodiscard]] bool is_xz(std::string_view name);

}  // namespace marchland::detail
