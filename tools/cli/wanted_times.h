#pragma once
// When --actor and --group ask for a holder: members join and leave groups between the dates at which ground
// passes.
#include "tools/cli/query.h"

#include <vector>

namespace marchland::cli {

/// The parts of a stretch of time in which the holder is asked for, in order; of neighbours one. All of it,
/// or none, unless it joins or leaves a group that --group names.
[[nodiscard]] std::vector<Interval> wanted_times(const Session& session, const Holders& holders,
                                                 HolderIndex holder, const Interval& within);

}  // namespace marchland::cli
