#pragma once
// A composite out of its file: nothing is noded, labelled or measured again.
#include <marchland/composite/composite.h>

#include <filesystem>
#include <string>

namespace marchland {

/// What of a composite file is wanted.
enum class Load : bool {
  answers,  ///< what questions need; the areas of the atlas's statements, regions and study area stay empty
  with_areas,  ///< those too, so that it can be built again, with more statements for instance
};

/// Whether the path is a GeoPackage with a composite in it, of whatever schema.
[[nodiscard]] bool is_composite_file(const std::filesystem::path& path);

/// Every number - of nodes, edges, faces, coverages, slots - is the one that the file's rows have. Throws
/// Error(failure) where the file cannot be opened; InvalidData where it is no composite, of another schema,
/// or damaged, naming the table.
[[nodiscard]] Composite read_composite(const std::filesystem::path& path, Load load = Load::answers);

/// Whether the rows for SQL (instants, slots, nodes, edges, faces, coverages) are those that were written.
/// What is loaded is checked by read_composite.
[[nodiscard]] bool has_rows_as_written(const std::filesystem::path& path);

/// The content hash that the file states (write_composite.h).
[[nodiscard]] std::string stated_content_hash(const std::filesystem::path& path);

}  // namespace marchland
