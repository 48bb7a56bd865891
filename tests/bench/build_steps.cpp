// How long a composite takes once its atlas is in memory: build, series and all consecutive transitions.
// Prints milliseconds: the least and the median of N runs.
//   bench_build ATLAS [N]
#include <marchland/analysis/areas.h>
#include <marchland/composite/composite.h>
#include <marchland/io/read_atlas.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: bench_build ATLAS [N]\n", stderr);
    return 2;
  }
  const int runs = argc > 2 ? std::atoi(argv[2]) : 20;
  using Clock = std::chrono::steady_clock;
  const marchland::Atlas atlas = marchland::read_atlas(argv[1]);
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) {
    marchland::Atlas copy = atlas;
    const auto start = Clock::now();
    const marchland::Composite composite = marchland::build_composite(std::move(copy));
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    if (i == 0) {
      std::printf("edges %zu faces %zu\n", composite.plane().edges().size(), composite.plane().face_count());
    }
  }
  std::sort(times.begin(), times.end());
  std::printf("build ms: least %.2f median %.2f\n", times.front(), times[times.size() / 2]);
}
