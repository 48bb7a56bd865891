#include "tools/cli/output_names.h"

#include <algorithm>
#include <string_view>

namespace marchland::cli {

std::string name_in_files(std::string text) {
  constexpr std::string_view kRefused = "<>\"/\\|?*";
  std::erase(text, ':');
  std::replace_if(
      text.begin(), text.end(),
      [&](char c) { return static_cast<unsigned char>(c) < 0x20 || kRefused.find(c) != kRefused.npos; }, '-');
  return text;
}

}  // namespace marchland::cli
