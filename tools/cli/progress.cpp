#include "tools/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace marchland::cli {

Progress::Progress(std::chrono::milliseconds after)
    : is_terminal_(::isatty(STDERR_FILENO) == 1), next_(Clock::now() + after) {}

void Progress::show(std::string_view what, std::size_t done, std::size_t all) {
  const bool is_done = all > 0 && done == all;
  if (!is_terminal_ || is_done || Clock::now() < next_) return;
  next_ = Clock::now() + std::chrono::milliseconds(100);
  is_shown_ = true;
  // To the beginning of the line, the text, and nothing of an older one behind it (ECMA-48, EL).
  fmt::print(stderr, "\r{}\x1b[K", progress_line(what, done, all));
  static_cast<void>(std::fflush(stderr));
}

void Progress::clear() {
  if (!is_shown_) return;
  is_shown_ = false;
  fmt::print(stderr, "\r\x1b[K");
  static_cast<void>(std::fflush(stderr));
}

std::string progress_line(std::string_view what, std::size_t done, std::size_t all) {
  constexpr std::size_t kWidth = 30;
  if (all == 0) return fmt::format("{} ...", what);
  const std::size_t filled = kWidth * done / all;
  return fmt::format("{} [{:#<{}}{:.<{}}] {} of {}", what, "", filled, "", kWidth - filled, done, all);
}

}  // namespace marchland::cli
