#pragma once
// What Ctrl-C does: nothing half-written stays behind.

namespace marchland::cli {

/// From here on SIGINT ends the process with status 130, and SIGTERM and SIGHUP (unless it is ignored, as
/// under nohup) as they do by default, each after unfinished outputs were removed. Call it first in main:
/// threads that were started before would still take the signals.
void watch_for_interruption();

}  // namespace marchland::cli
