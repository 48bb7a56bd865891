#include <marchland/io/markup.h>

namespace marchland {
namespace {

constexpr std::string_view kNoCharacter = "\xef\xbf";  ///< before BE or BF: U+FFFE, U+FFFF

bool is_no_character(std::string_view text) {
  return text.size() > 2 && text.starts_with(kNoCharacter) && (text[2] == '\xbe' || text[2] == '\xbf');
}

/// Calls `add` for each byte of what XML can write.
template <class Add>
void for_each_character(std::string_view text, Add add) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_no_character(text.substr(i))) {
      i += kNoCharacter.size();
    } else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\r' || c == '\t') {
      add(c);
    }
  }
}

}  // namespace

std::string escape_markup(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for_each_character(text, [&](char c) {
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
  });
  return out;
}

std::string xml_characters(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for_each_character(text, [&](char c) { out += c; });
  return out;
}

}  // namespace marchland
