#include <marchland/io/color.h>

#include <charconv>
#include <cstddef>

namespace marchland {

std::optional<Rgb> parse_color(std::string_view text) noexcept {
  if (text.size() != 7 || text.front() != '#') return std::nullopt;
  Rgb out;
  std::size_t at = 1;
  for (std::uint8_t* part : {&out.red, &out.green, &out.blue}) {
    const char* end = text.data() + at + 2;
    if (std::from_chars(text.data() + at, end, *part, 16).ptr != end) return std::nullopt;
    at += 2;
  }
  return out;
}

}  // namespace marchland
