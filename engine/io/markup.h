#pragma once
// Text in XML and HTML: nothing that an atlas says may become markup.
#include <string>
#include <string_view>

namespace marchland {

/// As text of an element, or inside an attribute in quotes of either kind. UTF-8 in and out. What XML 1.0
/// cannot write at all (control characters but tab and ends of lines, U+FFFE, U+FFFF) is left out.
[[nodiscard]] std::string escape_markup(std::string_view text);

/// The text without what XML 1.0 cannot write, for libraries that escape the rest.
[[nodiscard]] std::string xml_characters(std::string_view text);

}  // namespace marchland
