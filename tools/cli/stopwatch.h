#pragma once
// Wall-clock time, for statistics only: nothing that is written may depend on it but what says so.
#include <chrono>

namespace marchland::cli {

class Stopwatch {
 public:
  /// Seconds since the last question, or since it was made.
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace marchland::cli
