#pragma once
// The values on which a proposed layer depends, of every row of its files; rows that lack one are left out by
// a condition of the layer, and said.
#include <marchland/io/detail/layer_draft.h>

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace marchland::detail {

/// Values that are left out, with how often they occur; nothing is null.
using Blanks = std::map<std::optional<std::string>, std::size_t>;

/// Throws InvalidData: whichever file it is that lacks a field on which the manifest depends, it is named.
void refuse_absent_fields(const LayerDraft& draft);

/// Fields on which the manifest depends, of every file. Further rows may correct what is known of dates.
void read_rows(LayerDraft& draft);

/// Throws InvalidData where a holder is not written in UTF-8.
void check_encoding(const LayerDraft& draft, const std::set<std::string>& values);

/// Adds a condition to the layer, and says which values of the field it leaves out and why.
void leave_out(LayerDraft& draft, const std::string& field, const Blanks& blanks, std::string_view what,
               std::string_view why, Assumptions& said);

/// Snapshots and events need their dates; what has none, or a word for one, is left out.
void leave_out_undated(LayerDraft& draft, Assumptions& said);

/// In quotes, as conditions of a layer write texts, and names with what goes before a quote within one.
[[nodiscard]] std::string condition_text(std::string_view text);
[[nodiscard]] std::string sql_name(std::string_view name, std::string_view escape);

}  // namespace marchland::detail
