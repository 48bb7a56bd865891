#pragma once
// When the rows of a proposed layer hold: its mode, and where dates come from.
#include <marchland/io/detail/layer_draft.h>

#include <string_view>
#include <vector>

namespace marchland::detail {

/// Of the columns of that role the one with most dates; null: none has it.
[[nodiscard]] const DateColumn* by_role(const std::vector<DateColumn>& dates, DateRole role);

/// Columns that by their names should be dates and by their values are not.
void say_no_dates(const LayerDraft& draft, Assumptions& said);

/// The column as the manifest reads it; its odd values are open.
[[nodiscard]] ValueSpec field_spec(const DateColumn& column, bool inclusive);

/// In which form the column is written, and what was taken as open.
void say_reading(const LayerDraft& draft, std::string_view key, const DateColumn& column, Assumptions& said);

/// Chooses mode, `from` and `to` of a layer of areas or lines: by names of files, or by `dates`.
void choose_dates(LayerDraft& draft, const std::vector<DateColumn>& dates, Assumptions& said);

/// Fields that make one date together, where the layer has found none.
void say_split_dates(const LayerDraft& draft, Assumptions& said);

}  // namespace marchland::detail
