#include <marchland/base/error.h>
#include <marchland/base/int128.h>

#include <algorithm>
#include <stdexcept>

namespace marchland {

void detail::invariant_failed(const char* expression, const char* file, int line) {
  throw std::logic_error(std::string("internal invariant broken: ") + expression + " at " + file + ":" +
                         std::to_string(line));
}

std::string to_string(Int128 value) {
  const bool negative = value < 0;
  auto magnitude = negative ? -static_cast<Uint128>(value) : static_cast<Uint128>(value);
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(magnitude % 10)));
    magnitude /= 10;
  } while (magnitude != 0);
  if (negative) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  return digits;
}

}  // namespace marchland
