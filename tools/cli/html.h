#pragma once
// Text in pages: nothing that an atlas says may become markup.
#include <string>
#include <string_view>

namespace marchland::cli {

/// A file beside the page, as an address: characters that end one, or mean something in one, by number.
[[nodiscard]] std::string address_of(std::string_view file);

/// A link to a file beside the page, with its name or another text.
[[nodiscard]] std::string link_to(const std::string& file, std::string_view text = {});

}  // namespace marchland::cli
