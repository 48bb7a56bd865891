#pragma once
// Text of files and their names for people: nothing in it may steer the terminal.
#include <string>
#include <string_view>

namespace marchland::cli {

/// In one line: control characters (C0, DEL and C1) as TOML escapes them, \u001B.
[[nodiscard]] std::string printable(std::string_view text);

/// The same for a message that may have a list below it: a line end with two spaces behind it stays.
[[nodiscard]] std::string printable_message(std::string_view text);

}  // namespace marchland::cli
