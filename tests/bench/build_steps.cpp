// What users wait for once their polygons are in memory: composite with certificates, the series of areas and
// every transition between consecutive dates; then what a table that is there is asked: the areas common to
// every two dates, and the matrix of the first and the last. Prints JSON: milliseconds (least and median of N
// runs) and the figures, so that others can be held against them.
//   bench_build ATLAS [N]
#include <marchland/analysis/all_pairs.h>
#include <marchland/composite/composite.h>
#include <marchland/io/read_atlas.h>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <set>
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
  std::vector<double> table_times;
  std::vector<double> pairs_times;
  std::vector<double> matrix_times;
  std::string figures;
  for (int i = 0; i < runs; ++i) {
    marchland::Atlas copy = atlas;
    const auto start = Clock::now();
    const marchland::Composite composite = marchland::build_composite(std::move(copy));
    const auto built = Clock::now();
    const marchland::Holders holders(composite, {});
    const marchland::ChangeTable table(composite, composite.areas(), holders);
    const auto ready = Clock::now();
    const auto dates = table.dates(marchland::Step::change);
    const auto series = table.timeline(dates);
    const auto done = Clock::now();
    // Every date of the data, whether or not anything passed at it.
    std::set<marchland::Instant> given;
    for (const auto& statement : composite.atlas().statements) given.insert(statement.validity.from());
    const std::vector<marchland::Instant> every(given.begin(), given.end());
    const auto begun = Clock::now();
    const marchland::AllPairs common = all_pairs(table, every, table.occurring().front());
    const auto paired = Clock::now();
    const auto matrix = table.transitions(dates.front(), dates.back());
    const auto asked = Clock::now();
    table_times.push_back(milliseconds(ready - built));
    pairs_times.push_back(milliseconds(paired - begun));
    matrix_times.push_back(milliseconds(asked - paired));
    build_times.push_back(milliseconds(built - start));
    totals.push_back(milliseconds(done - start));
    if (i > 0) continue;
    double passed = 0.0;
    for (const auto& t : series.transitions) passed += square_kilometers(t.area);
    marchland::AreaUnits residual = 0;
    for (const auto& certificate : composite.certificates())
      residual = std::max(residual, static_cast<marchland::AreaUnits>(certificate.residual));
    figures = fmt::format(
        R"("edges":{},"faces":{},"dates":{},"transitions":{},"passed_km2":{},"last_km2":{},"successions":{},"pairs_of":{},"common_km2":{},"matrix_cells":{},"residual":{})",
        composite.plane().edges().size(), composite.plane().face_count(), dates.size(),
        series.transitions.size(), passed, square_kilometers(series.points.back().area), table.size(),
        every.size(), square_kilometers(common(0, every.size() - 1)), matrix.size(),
        static_cast<long long>(residual));
  }
  const auto least = [](const std::vector<double>& times) {
    return *std::min_element(times.begin(), times.end());
  };
  const auto median = [](std::vector<double> times) {
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2),
                     times.end());
    return times[times.size() / 2];
  };
  fmt::print(R"({{"build_ms":{:.2f},"build_median_ms":{:.2f},"total_ms":{:.2f},"total_median_ms":{:.2f},)",
             least(build_times), median(build_times), least(totals), median(totals));
  fmt::print(R"("table_ms":{:.3f},"all_pairs_ms":{:.3f},"all_pairs_median_ms":{:.3f},)", least(table_times),
             least(pairs_times), median(pairs_times));
  fmt::print(R"("matrix_ms":{:.3f},"matrix_median_ms":{:.3f},{}}})"
             "\n",
             least(matrix_times), median(matrix_times), figures);
}
