#include "tools/cli/html.h"

#include <fmt/format.h>

namespace marchland::cli {

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

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
  return fmt::format("<a href=\"{}\">{}</a>", address_of(file), escape_html(text.empty() ? file : text));
}

}  // namespace marchland::cli
