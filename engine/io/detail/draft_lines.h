#pragma once
// A proposed layer of dated lines that divide ground.
#include <marchland/io/detail/frame_draft.h>

namespace marchland::detail {

/// A line holds until the next date of its layer; who is on which side only its maker knows. Tries which
/// areas of the frame the lines divide. Throws InvalidData where they have no dates, or divide none on any
/// date tried, as `check` would refuse.
void infer_lines(LayerDraft& draft, const FrameDraft& frame, const ProposeOptions& options,
                 Assumptions& said);

}  // namespace marchland::detail
