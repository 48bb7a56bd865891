#pragma once
// What the files of a result folder name: parties, regions, sources. The index has it once, so that whoever
// holds a file against the index needs no atlas.
#include "tools/cli/report.h"
#include <marchland/model/atlas.h>

#include <string>

namespace marchland::cli {

/// "actors" (id, name, color), "regions" (id, name, code, edition) and "sources" (id, title, author, licence,
/// url, date, note, sigma_m, priority), in the order of the atlas; what is not declared is not there.
[[nodiscard]] Json declared_json(const Atlas& atlas);

/// The atlas of which an index tells: title, disclaimer, attribution, and what declared_json wrote. Throws
/// Json::exception for what that did not write.
[[nodiscard]] Atlas declared_atlas(const Json& index);

/// Sources and their licences, attribution, disclaimer, to read.
[[nodiscard]] std::string sources_text(const Atlas& atlas);

/// The licences of an atlas's sources: each once, with the sources under it and who made them; then sources
/// that state none, the attribution that the atlas asks for, and its disclaimer.
[[nodiscard]] std::string licences_text(const Atlas& atlas);

}  // namespace marchland::cli
