#pragma once
// 128-bit integers: sums of areas and exact predicates need more than 64 bits (docs/design/numbers.md).
#include <string>

namespace marchland {

// The extension keyword keeps -Wpedantic quiet: both supported compilers have the type on every 64-bit
// target.
__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

/// Sign as -1, 0 or +1.
[[nodiscard]] constexpr int sign(Int128 value) noexcept {
  return static_cast<int>(value > 0) - static_cast<int>(value < 0);
}

/// Decimal digits; the standard library prints no 128-bit integer.
[[nodiscard]] std::string to_string(Int128 value);

}  // namespace marchland
