#pragma once
// What the files are that someone names: areas, lines, observations of places, gazetteers, or nothing that an
// atlas is made of.
#include <marchland/io/detail/layer_draft.h>

#include <string>
#include <vector>

namespace marchland::detail {

/// One draft for each series of files and layer in them; they point into `series`.
struct InputDrafts {
  std::vector<FileSeries> series;
  std::vector<LayerDraft> areas;
  std::vector<LayerDraft> lines;
  std::vector<LayerDraft> observations;  ///< of who holds which place
  std::vector<LayerDraft> gazetteers;    ///< where places lie
  std::vector<std::string> others;       ///< files of none of these, with what they hold
};

/// Finds and looks at the files. Throws as propose_manifest does, for what is wrong with single files.
[[nodiscard]] InputDrafts read_input_drafts(const std::vector<std::string>& arguments,
                                            const ProposeOptions& options, Assumptions& said);

}  // namespace marchland::detail
