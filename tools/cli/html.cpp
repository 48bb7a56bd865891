#include "tools/cli/html.h"

#include <marchland/io/markup.h>

#include <fmt/format.h>

namespace marchland::cli {

std::string address_of(std::string_view file) {
  std::string out;
  for (const char c : file) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                          c == '-' || c == '_' || c == '.' || c == '/' || c == '~';
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string link_to(const std::string& file, std::string_view text) {
  return fmt::format("<a href=\"{}\">{}</a>", address_of(file), escape_markup(text.empty() ? file : text));
}

}  // namespace marchland::cli
