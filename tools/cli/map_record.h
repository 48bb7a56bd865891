#pragma once
// What the atlas of a map says: actors, sources, layers, statements, periods, places, regions. References are
// indices.
#include "tools/cli/map_ground.h"

#include <string>

namespace marchland::cli {

/// Adds them to the document. `language`: of names where the atlas has them in it; empty: its main one. Who
/// recorded what and when, and what counts no longer, is left out of what is for the public.
void add_record(Json& document, const Session& session, const ListedStatements& listed,
                const std::string& language);

}  // namespace marchland::cli
