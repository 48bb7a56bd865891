#pragma once
// The page that shows a map: the viewer that was bundled when the program was built (tools/viewer), with the
// data in it.
#include "tools/cli/report.h"

#include <string>

namespace marchland::cli {

/// Whether the program was built with the viewer in it.
[[nodiscard]] bool has_viewer();

/// The whole page, with no link to anything outside it. Nothing in `data` can end the element it stands in.
/// Throws Error(failure) that says what to do where there is no viewer.
[[nodiscard]] std::string viewer_page(const Json& data);

}  // namespace marchland::cli
