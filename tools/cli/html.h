#pragma once
// Text in pages: nothing that an atlas says may become markup.
#include <string>
#include <string_view>

namespace marchland::cli {

/// As text of an element, or inside an attribute in quotes.
[[nodiscard]] std::string escape_html(std::string_view text);

}  // namespace marchland::cli
