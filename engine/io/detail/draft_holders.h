#pragma once
// Who holds the ground of proposed layers: the column that names holders, and the [[actor]] of all layers.
#include <marchland/io/detail/layer_draft.h>

#include <optional>
#include <vector>

namespace marchland::detail {

/// The column of holders among those that are neither dates nor name or locate places.
[[nodiscard]] std::optional<ActorColumn> holder_column(const LayerDraft& draft,
                                                       const std::vector<DateColumn>& dates);

/// Chooses the field of holders, or one holder for all ground, called as the layer unless that is the only
/// one.
void choose_actor(LayerDraft& draft, const std::vector<DateColumn>& dates, bool is_only, Assumptions& said);

/// The values of that field. Its rows have been read; those without a holder are left out.
void collect_actors(LayerDraft& draft, Assumptions& said);

/// Declares the holders of all layers in `atlas`, each once, and maps the values of the layers to them.
void declare_actors(std::vector<LayerDraft>& drafts, Atlas& atlas, Assumptions& said);

}  // namespace marchland::detail
