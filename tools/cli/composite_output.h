#pragma once
// A session as a composite file: what build and append share.
#include "tools/cli/query.h"

#include <filesystem>
#include <string>

namespace marchland::cli {

/// Throws InvalidArgument for a name that does not end in .gpkg.
void check_composite_name(const std::filesystem::path& path);

/// Writes it, with a layer for each theme that anything is said of, and prints the hash of its content.
/// Answers that hash. The session must have been loaded with areas.
std::string write_session(const Session& session, const std::filesystem::path& path, Existing existing,
                          const std::string& command);

/// What the composite consists of and what it took, as `--stats` writes it.
[[nodiscard]] Json stats_of(const Session& session, const std::string& content, double seconds_written);

}  // namespace marchland::cli
