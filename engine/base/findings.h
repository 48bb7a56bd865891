#pragma once
// Imperfect data is not an exception: builders return their result and what they found, located so that a map
// can show it. Nothing is dropped or repaired silently.
#include <marchland/base/units.h>

#include <optional>
#include <string>
#include <vector>

namespace marchland {

enum class Severity { info, warning, error };

struct GeoLocation {
  Lon lon;
  Lat lat;
};

/// One observation about the data. `code` is stable across releases (kebab-case); the text is for people.
struct Finding {
  std::string code;
  Severity severity = Severity::warning;
  std::string statement;  ///< id of the statement concerned, empty if none
  std::string at;         ///< ISO 8601 instant concerned, empty if none
  std::optional<GeoLocation> location;
  std::string text;
};

using Findings = std::vector<Finding>;

[[nodiscard]] constexpr const char* to_string(Severity severity) noexcept {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "error";
}

}  // namespace marchland
