// A front that two actors share, drawn anew every day with a few local changes, or all of it with noise: a
// history of any size from a seed, in memory. Prints JSON: what came out, milliseconds of each step of the
// build, bytes of the containers that remain, peak of the resident set.
//   bench_synthetic [VERTICES [DAYS [CHANGES [NOISE [SEED]]]]]
// VERTICES of the front, CHANGES of single vertices a day, NOISE in degrees: where it is not 0, every vertex
// moves every day by up to that much about where it stands.
#include <marchland/analysis/changes.h>
#include <marchland/composite/composite.h>

#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace marchland;
using Clock = std::chrono::steady_clock;

/// splitmix64: the same numbers everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t operator()() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  /// In [-1, 1).
  double symmetric() { return static_cast<double>((*this)() >> 11U) * 0x1p-52 - 1.0; }

 private:
  std::uint64_t state_;
};

struct Front {
  std::size_t vertices = 10'000;
  std::size_t days = 1'000;
  std::size_t changes = 30;
  double noise = 0.0;
  std::uint64_t seed = 1;
};

// The study area, degrees.
constexpr double kWest = 30.0;
constexpr double kEast = 40.0;
constexpr double kSouth = 45.0;
constexpr double kNorth = 50.0;

Atlas make_atlas(const Front& wanted) {
  Atlas atlas;
  atlas.id = "synthetic";
  for (const char* name : {"north", "south"})
    atlas.actors.push_back({.id = name, .name = name, .names = {}, .groups = {}});
  Source source;
  source.id = "seeded";
  atlas.sources.push_back(std::move(source));
  atlas.layers.push_back({.id = "daily", .source = SourceId(0), .mode = LayerMode::snapshot});

  Random random(wanted.seed);
  const double step = (kEast - kWest) / static_cast<double>(wanted.vertices - 1);
  Ring front(wanted.vertices);
  double lat = 0.5 * (kSouth + kNorth);
  for (std::size_t i = 0; i < front.size(); ++i) {
    front[i] = {kWest + step * static_cast<double>(i), lat};
    // Drawn back to the middle, so that it stays inside.
    lat += step * random.symmetric() + 1e-3 * (0.5 * (kSouth + kNorth) - lat);
  }
  std::vector<Instant> dates;
  const Instant first = std::chrono::sys_days(std::chrono::year(2024) / 1 / 1);
  for (std::size_t day = 0; day < wanted.days; ++day) {
    if (day > 0) {
      for (std::size_t k = 0; k < wanted.changes; ++k)
        front[1 + random() % (front.size() - 2)].lat += 2.0 * step * random.symmetric();
    }
    Ring drawn = front;
    if (wanted.noise > 0) {
      for (std::size_t i = 1; i + 1 < drawn.size(); ++i) drawn[i].lat += wanted.noise * random.symmetric();
    }
    const Instant date = first + std::chrono::days(day);
    dates.push_back(date);
    for (std::size_t a = 0; a < 2; ++a) {
      const double edge = a == 0 ? kNorth : kSouth;
      Ring ring;
      ring.reserve(drawn.size() + 3);
      ring = drawn;
      ring.push_back({kEast, edge});
      ring.push_back({kWest, edge});
      ring.push_back(drawn.front());
      Statement statement;
      statement.id = fmt::format("{}-{}", day, a);
      statement.layer = LayerId(0);
      statement.actor = ActorId(1 + a);
      statement.validity = Interval::since(date);
      statement.area = {{std::move(ring)}};
      atlas.statements.push_back(std::move(statement));
    }
  }
  close_snapshots(atlas, LayerId(0), dates);
  return atlas;
}

double megabytes_at_peak() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

}  // namespace

int main(int argc, char** argv) {
  Front front;
  const auto argument = [&](int i, std::size_t fallback) {
    return argc > i ? static_cast<std::size_t>(std::strtoull(argv[i], nullptr, 10)) : fallback;
  };
  front.vertices = argument(1, front.vertices);
  front.days = argument(2, front.days);
  front.changes = argument(3, front.changes);
  if (argc > 4) front.noise = std::strtod(argv[4], nullptr);
  front.seed = argument(5, front.seed);
  if (front.vertices < 3 || front.days < 1) {
    std::fputs(
        "usage: bench_synthetic [VERTICES [DAYS [CHANGES [NOISE [SEED]]]]]; 3 vertices, 1 day at least\n",
        stderr);
    return 2;
  }
  Atlas atlas = make_atlas(front);
  const double input = megabytes_at_peak();

  std::string steps;
  const auto start = Clock::now();
  auto last = start;
  const auto milliseconds = [](Clock::duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
  };
  const auto note = [&](std::string_view step) {
    const auto now = Clock::now();
    steps += fmt::format("{}\"{}\":{:.1f}", steps.empty() ? "" : ",", step, milliseconds(now - last));
    last = now;
  };
  BuildOptions options;
  options.on_step = note;
  const Composite composite = build_composite(std::move(atlas), options);
  const Holders holders(composite, {});
  const auto dates = series_dates(composite, holders, Step::change);
  const Timeline series = timeline(composite, composite.areas(), holders, dates);
  note("series");
  const double total = milliseconds(Clock::now() - start);
  AreaUnits residual = 0;
  for (const Certificate& certificate : composite.certificates())
    residual = std::max(residual, static_cast<AreaUnits>(certificate.residual));
  fmt::print(
      R"({{"occurrences":{},"edges":{},"faces":{},"dates":{},"transitions":{},"residual":{},"total_ms":{:.1f},)"
      R"("steps_ms":{{{}}},"input_peak_mb":{:.0f},"peak_mb":{:.0f},"bytes_per_edge":{:.1f}}})"
      "\n",
      composite.plane().table().occurrences, composite.plane().edges().size(), composite.plane().face_count(),
      dates.size(), series.transitions.size(), to_string(residual), total, steps, input, megabytes_at_peak(),
      static_cast<double>(composite.bytes()) / static_cast<double>(composite.plane().edges().size()));
}
