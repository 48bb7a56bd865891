#pragma once
// Processor time: what others do on a shared machine disturbs it less than the clock.
#include <ctime>

namespace marchland::bench {

/// Of this process so far, on all cores.
inline double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace marchland::bench
