#pragma once
#include <string>
#include <string_view>

namespace marchland::detail {

/// RFC 1952, without name or time: equal input gives equal bytes. Throws Error(failure).
[[nodiscard]] std::string gzip(std::string_view content);

}  // namespace marchland::detail
