#pragma once
// The parameters of a seeded front, as every program here names them.
#include "tests/bench/seeded_front.h"

#include <CLI/CLI.hpp>

namespace marchland::bench {

inline void add_front_options(CLI::App& app, FrontOptions& options) {
  app.add_option("--vertices", options.vertices, "Of the front")
      ->check(CLI::Range(std::size_t{2}, std::size_t{10'000'000}))
      ->capture_default_str();
  app.add_option("--days", options.days, "Maps, one a day")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}))
      ->capture_default_str();
  app.add_option("--changes", options.changes, "Vertices that move, a day")->capture_default_str();
  app.add_option("--redraw-noise-m", options.redraw_noise_m,
                 "Standard deviation by which every vertex of every day is moved anew, in metres")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--seed", options.seed)->capture_default_str();
}

}  // namespace marchland::bench
