#pragma once
// The files of one manifest, opened and remembered: what every reader of a part of it shares.
#include <marchland/base/error.h>
#include <marchland/geometry/shared_area.h>
#include <marchland/io/detail/data_files.h>
#include <marchland/io/detail/tally.h>
#include <marchland/io/manifest.h>
#include <marchland/io/vector_file.h>

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace marchland::detail {

struct AtlasFiles {
  using Fields = std::optional<std::vector<std::string>>;

  /// `atlas` has what was read already, or only what is declared.
  AtlasFiles(Manifest manifest_read, Atlas atlas_so_far);
  AtlasFiles(const AtlasFiles&) = delete;
  AtlasFiles& operator=(const AtlasFiles&) = delete;

  Manifest manifest;
  std::filesystem::path folder;
  Atlas atlas;
  std::map<std::string, std::filesystem::path> read;  ///< by name relative to the folder
  SharedRings rings;      ///< of what was read so far: lines that files repeat are held once
  bool is_added = false;  ///< files are read that were not there at first
  std::vector<std::string> actor_ids;
  std::unordered_map<std::string, ActorId> actors;

  /// What `read_it` gives; its errors name the line of the manifest and the subject.
  template <class Read>
  auto at_line(std::size_t line, std::string_view subject, Read read_it) const {
    try {
      return read_it();
    } catch (Error& error) {
      error.add_context(fmt::format("{}: {}", manifest.place(line), subject));
      throw;
    }
  }

  /// What messages call it: relative to the current folder, or as it was given.
  [[nodiscard]] std::string display_name(const DataFile& file) const;
  /// The one file that a PLACE of the manifest names.
  [[nodiscard]] DataFile find_one_file(const FileSpec& spec, std::string_view subject) const;
  /// And remembers it.
  VectorTable read_file(const DataFile& file, const FileSpec& spec, const Fields& fields);
  /// May be called for several files at once.
  [[nodiscard]] VectorTable read_table(const DataFile& file, const FileSpec& spec, const Fields& fields,
                                       bool with_lines = false) const;
  /// Its digest, and those of its sidecars, become part of the atlas.
  void remember(const DataFile& file, const VectorTable& table);

  /// All polygons of a PLACE; findings go to the atlas.
  MultiPolygon read_area(const FileSpec& spec, const std::string& subject);
  [[noreturn]] void no_polygon(const FileSpec& spec, std::string_view subject, const DataFile& file) const;

  void find_closed_rings(const VectorFeature& feature, const std::string& statement,
                         const std::string& place);
  /// What is no area is said and left out; false if nothing is left.
  bool keep_polygons(const VectorFeature& feature, const std::string& place, Tally& tally);

 private:
  void remember(const std::filesystem::path& local);
};

}  // namespace marchland::detail
