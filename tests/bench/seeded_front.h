#pragma once
// Histories of a front that depend on their parameters alone, whatever the machine: what scaling curves and
// instruction counts are taken from.
//
// Two actors, a to the west and b to the east, share a line of `vertices` vertices through a study area of 10
// by 5 degrees. It runs north without turning back, so that every day's map is valid. Each day `changes` of
// its vertices move across the front by up to 0.01 degree. With `redraw_noise_m` every vertex of every day is
// also moved anew by an error of that standard deviation, across the front: lines drawn by hand each day,
// which all cross each other.
#include <marchland/model/atlas.h>

#include <cstddef>
#include <cstdint>

namespace marchland::bench {

struct FrontOptions {
  std::size_t vertices = 1000;  ///< of the shared line, at least 2
  std::size_t days = 100;       ///< at least 1
  std::size_t changes = 10;     ///< a day
  double redraw_noise_m = 0.0;
  std::uint64_t seed = 1;
};

/// Interval statements of one layer, two a day from 2000-01-01 on, the last day open.
[[nodiscard]] Atlas seeded_front(const FrontOptions& options);

}  // namespace marchland::bench
