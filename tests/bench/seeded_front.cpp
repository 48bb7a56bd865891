#include "tests/bench/seeded_front.h"

#include <marchland/base/grid.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

namespace marchland::bench {

namespace {

constexpr std::int32_t kWest = 30 * kGridUnitsPerDegree;
constexpr std::int32_t kEast = 40 * kGridUnitsPerDegree;
constexpr std::int32_t kSouth = 45 * kGridUnitsPerDegree;
constexpr std::int32_t kNorth = 50 * kGridUnitsPerDegree;
/// Along the parallel of 47.5 degrees.
constexpr double kUnitsPerMeter = 133.0;
constexpr std::int32_t kReach = kGridUnitsPerDegree / 100;

/// The standard says what the engine returns, but not what its distributions make of it.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t n) { return engine_() % n; }
  /// In [-reach, reach].
  std::int32_t within(std::int32_t reach) {
    return static_cast<std::int32_t>(below(2 * static_cast<std::uint64_t>(reach) + 1)) - reach;
  }
  /// Mean 0, standard deviation 1 within 1e-9: twelve uniform numbers less their mean.
  double normal() {
    double sum = -6.0;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(engine_() >> 11) * 0x1p-53;
    return sum;
  }

 private:
  std::mt19937_64 engine_;
};

/// Longitudes by midpoint displacement, rough as fronts are: half as far from level to level.
void displace(std::vector<std::int32_t>& x, std::size_t first, std::size_t last, std::int32_t reach,
              Random& random) {
  if (last - first < 2) return;
  const std::size_t middle = first + (last - first) / 2;
  x[middle] = x[first] + (x[last] - x[first]) / 2 + random.within(reach);
  const std::int32_t next = std::max(reach / 2, 1);
  displace(x, first, middle, next, random);
  displace(x, middle, last, next, random);
}

Position position(std::int32_t x, std::int32_t y) {
  return {grid_to_degrees(x), grid_to_degrees(y)};
}

}  // namespace

Atlas seeded_front(const FrontOptions& options) {
  Random random(options.seed);
  const std::size_t n = std::max<std::size_t>(options.vertices, 2);
  std::vector<std::int32_t> x(n, (kWest + kEast) / 2);
  std::vector<std::int32_t> y(n, kSouth);
  displace(x, 0, n - 1, kGridUnitsPerDegree, random);
  for (std::size_t i = 0; i < n; ++i) {
    y[i] =
        kSouth + static_cast<std::int32_t>(static_cast<std::int64_t>(kNorth - kSouth) *
                                           static_cast<std::int64_t>(i) / static_cast<std::int64_t>(n - 1));
  }
  // Between its neighbours, so that the line does not turn back.
  const std::int32_t spacing = (kNorth - kSouth) / static_cast<std::int32_t>(n - 1);
  for (std::size_t i = 1; i + 1 < n; ++i) y[i] += random.within(spacing / 3);

  Atlas atlas;
  atlas.id = "front";
  atlas.title = "Seeded front";
  for (const char* id : {"a", "b"}) {
    Actor& actor = atlas.actors.emplace_back();
    actor.id = actor.name = id;
  }
  Source& source = atlas.sources.emplace_back();
  source.id = source.title = "seeded";
  Layer& layer = atlas.layers.emplace_back();
  layer.id = "daily";
  layer.source = SourceId(0);
  const Instant start = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);
  std::vector<Position> front(n);
  SharedRings shared;
  for (std::size_t day = 0; day < options.days; ++day) {
    if (day > 0) {
      for (std::size_t c = 0; c < options.changes; ++c) {
        std::int32_t& moved = x[random.below(n)];
        moved = std::clamp(moved + random.within(kReach), kWest + kReach, kEast - kReach);
      }
    }
    for (std::size_t i = 0; i < n; ++i) {
      const double noise =
          options.redraw_noise_m > 0.0 ? random.normal() * options.redraw_noise_m * kUnitsPerMeter : 0.0;
      front[i] = position(std::clamp(x[i] + static_cast<std::int32_t>(noise), kWest + 1, kEast - 1), y[i]);
    }
    const Instant from = start + std::chrono::days(day);
    for (std::size_t side = 0; side < 2; ++side) {
      Statement& statement = atlas.statements.emplace_back();
      statement.id = std::to_string(atlas.statements.size());
      statement.layer = LayerId(0);
      statement.actor = ActorId(1 + side);
      statement.validity =
          day + 1 < options.days ? Interval(from, from + std::chrono::days(1)) : Interval::since(from);
      Ring ring;
      ring.reserve(n + 3);
      ring.assign(front.begin(), front.end());
      const std::int32_t far = side == 0 ? kWest : kEast;
      ring.push_back(position(far, kNorth));
      ring.push_back(position(far, kSouth));
      ring.push_back(front.front());
      // Clockwise seen from above for b, as the front runs north along its western side.
      if (side == 1) std::reverse(ring.begin(), ring.end());
      statement.area = shared.share(MultiPolygon{{std::move(ring)}});
    }
  }
  return atlas;
}

}  // namespace marchland::bench
