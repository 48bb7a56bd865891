#pragma once
// When two writings are one name. "é" can be one code point or "e" and an accent; both look alike and are the
// same letter to whoever reads them.
#include <string>
#include <string_view>

namespace marchland {

/// The name in Unicode's Normalization Form C (Standard Annex #15): names are compared by this, and shown as
/// they are written. What is no UTF-8 stays as it is.
[[nodiscard]] std::string name_form(std::string_view name);

}  // namespace marchland
