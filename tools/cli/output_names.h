#pragma once
// Names of output files that every file system takes.
#include <string>

namespace marchland::cli {

/// A date or an id as a part of a file's name: without ':', which Windows does not take; what else it does
/// not take ( < > " / \ | ? * and control characters) as '-'. "2000-01-01T06:30:15Z" is
/// "2000-01-01T063015Z". Different texts may have one name.
[[nodiscard]] std::string name_in_files(std::string text);

}  // namespace marchland::cli
