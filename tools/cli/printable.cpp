#include "tools/cli/printable.h"

#include <fmt/format.h>

namespace marchland::cli {

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto code = static_cast<unsigned char>(text[i]);
    // In UTF-8 the controls of the upper half of Latin-1 are C2 80 to C2 9F.
    const bool is_upper = code == 0xC2 && i + 1 < text.size() &&
                          static_cast<unsigned char>(text[i + 1]) >= 0x80 &&
                          static_cast<unsigned char>(text[i + 1]) <= 0x9F;
    if (is_upper) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned char>(text[++i]));
    } else if (code < 0x20 || code == 0x7F) {
      out += fmt::format("\\u{:04X}", code);
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string printable_message(std::string_view text) {
  constexpr std::string_view kItem = "\n  ";
  std::string out;
  for (std::size_t at = 0;;) {
    const std::size_t end = text.find(kItem, at);
    out += printable(text.substr(at, end - at));
    if (end == std::string_view::npos) return out;
    out += kItem;
    at = end + kItem.size();
  }
}

}  // namespace marchland::cli
