// Atlases that are large in one way: time and peak memory of building each, at n/4, n/2 and n, so that what
// grows faster than its input shows. Every size runs in a process of its own.
//   bench_scale [CASE[:N]...]
#include "tests/bench/cpu_time.h"
#include "tests/bench/scale_cases.h"
#include <marchland/analysis/changes.h>
#include <marchland/base/int128.h>
#include <marchland/composite/composite.h>

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace marchland;

int measure(const bench::ScaleCase& one, std::size_t n) {
  const auto peak = [] {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024e-6;
  };
  Atlas atlas = one.make(n);
  const double input = peak();
  const double cpu_start = bench::cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  const Composite composite = build_composite(std::move(atlas));
  const double cpu = bench::cpu_seconds() - cpu_start;
  const auto built = std::chrono::steady_clock::now();
  const Holders holders(composite, {});
  const auto dates = series_dates(composite, holders, Step::change);
  const auto series = timeline(composite, composite.areas(), holders, dates);
  const auto done = std::chrono::steady_clock::now();
  const auto seconds = [](auto time) { return std::chrono::duration<double>(time).count(); };
  Int128 residual = 0;
  for (const Certificate& c : composite.certificates())
    residual = std::max(residual, c.residual < 0 ? -c.residual : c.residual);
  fmt::print("{:11} {:>9} {:>9} {:>9} {:>9.3f} {:>9.3f} {:>9.3f} {:>8.0f} {:>8.0f} {:>9}\n", one.name, n,
             composite.plane().edges().size(), composite.plane().face_count(), seconds(built - start), cpu,
             seconds(done - built), input, peak(), residual == 0 ? "0" : "NOT 0");
  return residual == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::size_t> wanted;
  for (int i = 1; i < argc; ++i) {
    const std::string text = argv[i];
    const std::size_t colon = std::min(text.find(':'), text.size());
    wanted[text.substr(0, colon)] =
        colon < text.size() ? static_cast<std::size_t>(std::strtoull(text.c_str() + colon + 1, nullptr, 10))
                            : 0;
  }
  const auto& cases = bench::scale_cases();
  for (const auto& [name, n] : wanted) {
    if (std::any_of(cases.begin(), cases.end(), [&](const auto& one) { return one.name == name; })) continue;
    fmt::print(stderr, "bench_scale: no case '{}'; there are:\n", name);
    for (const auto& one : cases) fmt::print(stderr, "  {:11} {}\n", one.name, one.what);
    return 2;
  }
  fmt::print("{:11} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8} {:>9}\n", "case", "n", "edges", "faces",
             "build s", "cpu s", "series s", "input MB", "peak MB", "residual");
  int status = 0;
  for (const auto& one : cases) {
    const auto found = wanted.find(one.name);
    if (!wanted.empty() && found == wanted.end()) continue;
    std::vector<std::size_t> sizes{one.n / 4, one.n / 2, one.n};
    if (found != wanted.end() && found->second > 0) sizes = {found->second};
    for (const std::size_t n : sizes) {
      std::fflush(stdout);
      const pid_t child = ::fork();
      if (child == 0) {
        int code = 1;
        try {
          code = measure(one, n);
        } catch (const std::exception& error) {
          fmt::print("{:11} {:>9} failed: {}\n", one.name, n, error.what());
        }
        std::fflush(stdout);
        ::_exit(code);
      }
      int result = 0;
      ::waitpid(child, &result, 0);
      if (WIFSIGNALED(result)) fmt::print("{:11} {:>9} ended by signal {}\n", one.name, n, WTERMSIG(result));
      if (result != 0) status = 1;
    }
  }
  return status;
}
