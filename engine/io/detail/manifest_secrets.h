#pragma once
// The text of a manifest as it goes into files that are given away.
#include <string>
#include <string_view>

namespace marchland::detail {

/// The text with mask_secrets applied to every value that names a connection, and to comments that have a
/// line to themselves; nothing else is changed.
[[nodiscard]] std::string mask_manifest_secrets(std::string_view text);

}  // namespace marchland::detail
