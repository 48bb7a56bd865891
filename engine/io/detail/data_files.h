#pragma once
// What a manifest's "days/*.geojson" stands for: plain files, members of archives, connections.
#include <marchland/io/detail/xz_file.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace marchland::detail {

struct DataFile {
  std::string dataset;          ///< as GDAL opens it: a path, /vsi..., PG:...
  std::string name;             ///< relative to the folder, for messages, ids and order; passwords masked
  std::filesystem::path local;  ///< the file or folder on disk that holds it; empty for a connection
  /// Of what is inside an .xz file: what keeps it unpacked for as long as the dataset may be opened.
  std::shared_ptr<const XzFile> unpacked{};

  /// Without directories: "days.zip/x/20240708.geojson.gz" gives "20240708.geojson".
  [[nodiscard]] std::string file_name() const;
};

/// Expands one entry. Wildcards * ? [ ] stand for names within one directory, as in a shell (hidden names
/// only where the pattern has the dot). A path goes through archives: "days.zip/*.geojson", "x.geojson.gz",
/// "days.tar.xz"; an archive alone stands for all its members but sidecars. What begins with /vsi or a
/// driver's prefix
/// ("PG:") is left to GDAL. Sorted by name. Throws InvalidData where nothing is found, with the nearest name
/// there is.
[[nodiscard]] std::vector<DataFile> find_data_files(const std::filesystem::path& folder,
                                                    const std::string& entry);

/// By its name: files that belong to another one, or to nobody who reads areas.
[[nodiscard]] bool is_sidecar(const std::string& name);

/// By its name: .zip, .tar, .tar.gz, .tgz, .tar.xz, .txz.
[[nodiscard]] bool is_archive_of_many(std::string_view name);

/// True if the entry names at most one plain file (no wildcard, no archive of many).
[[nodiscard]] bool is_single_file(std::string_view entry);

}  // namespace marchland::detail
