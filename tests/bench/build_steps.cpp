// What users wait for once their polygons are in memory: composite with certificates, the series of areas and
// every transition between consecutive dates. Prints JSON: milliseconds (least and median of N runs) and the
// figures, so that others can be held against them.
//   bench_build ATLAS [N]
#include <marchland/analysis/changes.h>
#include <marchland/composite/composite.h>
#include <marchland/io/read_atlas.h>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds(Clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

double square_kilometers(marchland::AreaUnits area) {
  return marchland::to_square_meters(area).value() / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: bench_build ATLAS [N]\n", stderr);
    return 2;
  }
  const int runs = argc > 2 ? std::atoi(argv[2]) : 20;
  const marchland::Atlas atlas = marchland::read_atlas(argv[1]);
  std::vector<double> build_times;
  std::vector<double> totals;
  std::string figures;
  for (int i = 0; i < runs; ++i) {
    marchland::Atlas copy = atlas;
    const auto start = Clock::now();
    const marchland::Composite composite = marchland::build_composite(std::move(copy));
    const auto built = Clock::now();
    const marchland::Holders holders(composite, {});
    const auto dates = series_dates(composite, holders, marchland::Step::change);
    const auto series = timeline(composite, composite.areas(), holders, dates);
    const auto done = Clock::now();
    build_times.push_back(milliseconds(built - start));
    totals.push_back(milliseconds(done - start));
    if (i > 0) continue;
    double passed = 0.0;
    for (const auto& t : series.transitions) passed += square_kilometers(t.area);
    marchland::AreaUnits residual = 0;
    for (const auto& certificate : composite.certificates())
      residual = std::max(residual, static_cast<marchland::AreaUnits>(certificate.residual));
    figures = fmt::format(
        R"("edges":{},"faces":{},"dates":{},"transitions":{},"passed_km2":{},"last_km2":{},"residual":{},"bytes_per_edge":{:.1f})",
        composite.plane().edges().size(), composite.plane().face_count(), dates.size(),
        series.transitions.size(), passed,
        series.points.empty() ? 0.0 : square_kilometers(series.points.back().area),
        static_cast<long long>(residual),
        static_cast<double>(composite.bytes()) / static_cast<double>(composite.plane().edges().size()));
  }
  std::sort(build_times.begin(), build_times.end());
  std::sort(totals.begin(), totals.end());
  fmt::print(R"({{"build_ms":{:.2f},"build_median_ms":{:.2f},"total_ms":{:.2f},"total_median_ms":{:.2f},{}}})"
             "\n",
             build_times.front(), build_times[build_times.size() / 2], totals.front(),
             totals[totals.size() / 2], figures);
}
