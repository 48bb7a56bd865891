#pragma once
// What a page of the map is made of: one document, described in docs/design/map.md.
#include "tools/cli/query.h"

#include <string>

namespace marchland::cli {

/// Ground, holders through time, figures at every change, statements and sources, as the session's filters
/// leave them. `language`: of names where the atlas has them in it; empty: its main one. Ground of equal
/// coverage in all themes is one feature of a TopoJSON topology on the grid of 1e-7 degree; lines are rounded
/// as `export` rounds them. The theme of the session is what figures are of. Throws InvalidArgument where
/// there is no ground to show.
[[nodiscard]] Json map_data(const Session& session, const std::string& language);

/// Whether map_data would find any ground.
[[nodiscard]] bool has_ground_to_map(const Session& session);

}  // namespace marchland::cli
