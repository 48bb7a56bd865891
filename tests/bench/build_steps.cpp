// What users wait for once their polygons are in memory: composite with certificates, the series of areas and
// every transition between consecutive dates; then what a table that is there is asked: the areas common to
// every two dates, and the matrix of the first and the last. Prints JSON: milliseconds (least and median of N
// runs, of the last run also by step; bands, which are of one thread, in processor time), memory, and with
// --steps the figures that peers are held against.
//   bench_build ATLAS | --vertices N --days D ...   [--runs N] [--threads N] [--steps]
#include "tests/bench/cpu_time.h"
#include "tests/bench/front_options.h"
#include "tests/bench/history.h"
#include <marchland/analysis/all_pairs.h>
#include <marchland/analysis/area_error_series.h>
#include <marchland/analysis/changes.h>
#include <marchland/composite/composite.h>
#include <marchland/io/read_atlas.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <numbers>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace marchland;
using Clock = std::chrono::steady_clock;

double milliseconds(Clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

std::size_t peak_rss_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

/// Longitude and latitude as they are, times the radius: planar areas but for a factor.
constexpr const char* kPlanar = "crs:+proj=eqc +datum=WGS84 +units=m";
constexpr double kMetersPerDegree = 6378137.0 * std::numbers::pi / 180.0;

/// For each step of the history, in square degrees: ground that stayed with its holder, and ground that
/// holders lost or gained (twice what passed from one to another).
std::string figures_by_step(const Composite& composite) {
  const bench::History history = bench::history_of(composite.atlas());
  const Holders holders(composite, {});
  const auto series =
      timeline(composite, measure_faces(composite, AreaMethod::parse(kPlanar)), holders, history.dates);
  const auto square_degrees = [](AreaUnits area) {
    return to_square_meters(area).value() / (kMetersPerDegree * kMetersPerDegree);
  };
  std::vector<double> held(history.steps.size(), 0.0);
  std::vector<double> passed(history.steps.size(), 0.0);
  const auto index_of = [&](Instant at) {
    return static_cast<std::size_t>(std::lower_bound(history.dates.begin(), history.dates.end(), at) -
                                    history.dates.begin());
  };
  for (const SeriesPoint& point : series.points) {
    const std::size_t i = index_of(point.at);
    if (point.holder != kUnknown && i < held.size()) held[i] += square_degrees(point.area);
  }
  for (const SeriesTransition& t : series.transitions) {
    // Of the date it passed at; the step leads there.
    const std::size_t i = index_of(t.at) - 1;
    if (t.from != kUnknown) held[i] -= square_degrees(t.area);
    passed[i] += square_degrees(t.area) * ((t.from != kUnknown ? 1 : 0) + (t.to != kUnknown ? 1 : 0));
  }
  return fmt::format(R"(,"held":[{}],"passed":[{}])", fmt::join(held, ","), fmt::join(passed, ","));
}

double median(std::vector<double> sorted) {
  return sorted[sorted.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Times composite, series and transitions.");
  std::string path;
  bench::FrontOptions front;
  std::size_t runs = 20;
  std::size_t threads = 0;
  bool with_steps = false;
  double sigma = 100.0;
  double correlation = 2000.0;
  app.add_option("atlas", path, "Folder; without one, the seeded front that the other options describe");
  bench::add_front_options(app, front);
  app.add_option("--runs", runs, "With one run, what was read is not kept beside it")
      ->check(CLI::PositiveNumber);
  app.add_option("--threads", threads, "0: all cores");
  app.add_option("--sigma", sigma, "Metres, of sources that state none: for bands");
  app.add_option("--correlation", correlation, "Metres, of the same");
  app.add_flag("--steps", with_steps, "Adds the figures of each step, in square degrees");
  CLI11_PARSE(app, argc, argv);
  std::optional<tbb::global_control> limit;
  if (threads > 0) limit.emplace(tbb::global_control::max_allowed_parallelism, threads);

  Atlas atlas = path.empty() ? bench::seeded_front(front) : read_atlas(path);
  for (Source& source : atlas.sources) {
    if (source.sigma) continue;
    source.sigma = Meters(sigma);
    source.correlation = Meters(correlation);
  }
  const std::size_t input_rss = peak_rss_bytes();
  std::vector<double> build_times;
  std::vector<double> totals;
  std::vector<double> pairs_times;
  std::vector<double> matrix_times;
  std::vector<double> bands_times;
  std::vector<double> all_bands_times;
  double cpu = std::numeric_limits<double>::infinity();
  std::string figures;
  for (std::size_t i = 0; i < runs; ++i) {
    Atlas copy = i + 1 < runs ? atlas : std::move(atlas);
    const double cpu_start = bench::cpu_seconds();
    std::string steps;
    const auto start = Clock::now();
    auto last = start;
    BuildOptions options;
    options.on_step = [&](std::string_view step) {
      const auto now = Clock::now();
      steps += fmt::format("{}\"{}\":{:.2f}", steps.empty() ? "" : ",", step, milliseconds(now - last));
      last = now;
    };
    const Composite composite = build_composite(std::move(copy), options);
    const auto built = Clock::now();
    const Holders holders(composite, {});
    const ChangeTable table(composite, composite.areas(), holders);
    const auto dates = table.dates(Step::change);
    const auto series = table.timeline(dates);
    const auto done = Clock::now();
    cpu = std::min(cpu, 1e3 * (bench::cpu_seconds() - cpu_start));
    build_times.push_back(milliseconds(built - start));
    totals.push_back(milliseconds(done - start));
    // Every date of the data, whether or not anything passed at it.
    std::set<Instant> given;
    for (const Statement& statement : composite.atlas().statements) given.insert(statement.validity.from());
    const std::vector<Instant> every(given.begin(), given.end());
    const auto begun = Clock::now();
    const AllPairs common = all_pairs(table, every, table.occurring().front());
    const auto paired = Clock::now();
    const auto matrix = table.transitions(dates.front(), dates.back());
    pairs_times.push_back(milliseconds(paired - begun));
    matrix_times.push_back(milliseconds(Clock::now() - paired));
    const double bands_start = bench::cpu_seconds();
    // As `timeline` has them: of every holder at every date.
    const LineMap lines(composite, holders);
    const AreaErrors errors(lines, faces_in_scope(composite, {}));
    AreaErrorSeries ground(errors, DrawnGround(lines, holders, composite.times().epoch_of(dates.front()), {},
                                               DrawnGround::Unknown::left_out));
    double deviations = 0.0;
    for (const Instant date : dates) {
      ground.move_to(composite.times().epoch_of(date));
      for (const AreaError& error : ground.of_parts(holders.size())) deviations += error.sd.value();
    }
    const double bands_end = bench::cpu_seconds();
    bands_times.push_back(1e3 * (bands_end - bands_start));
    // The same, and of what passed from each date to the next.
    const LineMap lines_again(composite, holders);
    const AreaErrors errors_again(lines_again, faces_in_scope(composite, {}));
    AreaErrorSeries passing(errors_again,
                            DrawnGround(lines_again, holders, composite.times().epoch_of(dates.front())),
                            AreaErrorSeries::Passages::kept);
    double of_passed = 0.0;
    for (const Instant date : dates) {
      passing.move_to(composite.times().epoch_of(date));
      static_cast<void>(passing.of_parts(holders.size()));
      for (const AreaErrorSeries::Passage& passage : passing.passed()->passages)
        of_passed += passage.error.sd.value();
    }
    all_bands_times.push_back(1e3 * (bench::cpu_seconds() - bands_end));
    if (i + 1 < runs) continue;
    Int128 residual = 0;
    for (const auto& certificate : composite.certificates())
      residual = std::max(residual, certificate.residual < 0 ? -certificate.residual : certificate.residual);
    const std::size_t peak = peak_rss_bytes();
    const std::size_t edges = composite.plane().edges().size();
    figures = fmt::format(
        R"("occurrences":{},"segments":{},"edges":{},"faces":{},"crossings":{},"dates":{},"transitions":{},"successions":{},"pairs_of":{},"common_km2":{},"matrix_cells":{},"residual":{},"mean_sd_km2":{},"mean_passed_sd_km2":{},"steps_ms":{{{}}},"composite_bytes":{},"input_peak_rss_bytes":{},"peak_rss_bytes":{})",
        composite.plane().table().occurrences, composite.plane().table().segments.size(), edges,
        composite.plane().face_count(), composite.plane().crossing_pairs(), dates.size(),
        series.transitions.size(), table.size(), every.size(),
        to_square_meters(common(0, every.size() - 1)).value() / 1e6, matrix.size(),
        static_cast<double>(residual), deviations / static_cast<double>(dates.size()) / 1e6,
        of_passed / static_cast<double>(dates.size()) / 1e6, steps, composite.bytes(), input_rss, peak);
    if (with_steps) figures += figures_by_step(composite);
  }
  std::sort(build_times.begin(), build_times.end());
  std::sort(totals.begin(), totals.end());
  std::sort(pairs_times.begin(), pairs_times.end());
  std::sort(matrix_times.begin(), matrix_times.end());
  std::sort(bands_times.begin(), bands_times.end());
  std::sort(all_bands_times.begin(), all_bands_times.end());
  fmt::print(
      R"({{"build_ms":{:.3f},"build_median_ms":{:.3f},"total_ms":{:.3f},"total_median_ms":{:.3f},"cpu_ms":{:.3f},"all_pairs_ms":{:.3f},"all_pairs_median_ms":{:.3f},"matrix_ms":{:.3f},"matrix_median_ms":{:.3f},"bands_ms":{:.3f},"bands_median_ms":{:.3f},"all_bands_ms":{:.3f},"all_bands_median_ms":{:.3f},"runs":{},{}}})"
      "\n",
      build_times.front(), median(build_times), totals.front(), median(totals), cpu, pairs_times.front(),
      median(pairs_times), matrix_times.front(), median(matrix_times), bands_times.front(),
      median(bands_times), all_bands_times.front(), median(all_bands_times), runs, figures);
}
