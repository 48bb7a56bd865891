#pragma once
// A proposed layer of rows that say who holds a place from a date on.
#include <marchland/io/detail/frame_draft.h>

namespace marchland::detail {

/// Finds dates, places, holders, and which areas of the frame the places share out. `gazetteer`, if any, says
/// where places lie that rows give no position of. Throws InvalidData where no place has a position, no value
/// names a holder, or a gazetteer cannot be read as it is.
void infer_places(LayerDraft& draft, const FrameDraft& frame, const LayerDraft* gazetteer,
                  const ProposeOptions& options, Assumptions& said);

}  // namespace marchland::detail
