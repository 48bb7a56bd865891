#pragma once
// How the intervals of a proposed layer end: inclusive or not, and where they leave gaps, overlap or run
// backward.
#include <marchland/io/detail/layer_draft.h>

namespace marchland::detail {

/// Writes `from` and `to` of the layer, and says what was found. Its rows have been read. Throws InvalidData
/// where intervals end before they begin.
void check_intervals(LayerDraft& draft, Assumptions& said);

}  // namespace marchland::detail
