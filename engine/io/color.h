#pragma once
// Colours as atlases and styles write them: "#rrggbb" (CSS Color 4, six digits of either case), sRGB.
#include <cstdint>
#include <optional>
#include <string_view>

namespace marchland {

struct Rgb {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  friend bool operator==(const Rgb&, const Rgb&) = default;
};

/// Nothing for a text of another form.
[[nodiscard]] std::optional<Rgb> parse_color(std::string_view text) noexcept;

}  // namespace marchland
