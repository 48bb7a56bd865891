#pragma once
// The lines between the grounds of a map: TopoJSON on the grid of 1e-7 degree, each line once.
#include "tools/cli/map_ground.h"

namespace marchland::cli {

/// Adds `topology` (with the properties of each ground), `arc_lengths_m`, `seam` and, where it pays,
/// `coarse`.
void add_lines(Json& document, const Session& session, const MapGround& ground);

}  // namespace marchland::cli
