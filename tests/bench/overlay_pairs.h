#pragma once
// The work of a pairwise peer in C++, and how it is timed: overlay and area of what it returns, step by step;
// making and repairing shapes is timed apart. Areas are planar, in square degrees, which every peer can say.
//
// An Engine has: Shape; make(MultiPolygon) -> Shape; repair(Shape&) -> whether it was invalid; area(Shape);
// intersection(a, b) and difference(a, b) -> area, or a negative number where the overlay failed; version().
#include "tests/bench/cpu_time.h"
#include "tests/bench/history.h"
#include <marchland/io/read_atlas.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace marchland::bench {

/// ATLAS [K [SECONDS]]: every K-th step, until the time is up. Prints JSON.
template <class Engine>
int overlay_pairs(int argc, char** argv, Engine engine) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s ATLAS [K [SECONDS]]\n", argv[0]);
    return 2;
  }
  const std::size_t every = argc > 2 ? static_cast<std::size_t>(std::max(std::atoi(argv[2]), 1)) : 1;
  const double limit = argc > 3 ? std::atof(argv[3]) : 1e9;
  using Clock = std::chrono::steady_clock;
  const auto seconds = [](Clock::duration time) { return std::chrono::duration<double>(time).count(); };

  const History history = history_of(read_atlas(argv[1]));
  const auto start = Clock::now();
  std::vector<typename Engine::Shape> shapes;
  std::size_t repaired = 0;
  for (const Shape& shape : history.shapes) {
    shapes.push_back(engine.make(shape.area));
    if (engine.repair(shapes.back())) ++repaired;
  }
  const double prepared = seconds(Clock::now() - start);

  std::vector<std::size_t> done;
  std::vector<double> held;
  std::vector<double> passed;
  double intersections = 0.0;
  double differences = 0.0;
  double intersections_cpu = 0.0;
  double differences_cpu = 0.0;
  std::size_t failed = 0;
  const auto checked = [&](double area) {
    if (area >= 0.0) return area;
    ++failed;
    return 0.0;
  };
  const auto begin = Clock::now();
  for (std::size_t i = 0; i < history.steps.size() && seconds(Clock::now() - begin) < limit; i += every) {
    const Overlays& step = history.steps[i];
    double step_held = 0.0;
    double step_passed = 0.0;
    for (const std::uint32_t shape : step.kept) step_held += engine.area(shapes[shape]);
    for (const std::uint32_t shape : step.one_sided) step_passed += engine.area(shapes[shape]);
    const double first_cpu = cpu_seconds();
    const auto first = Clock::now();
    for (const ShapePair& p : step.pairs) {
      const double area = checked(engine.intersection(shapes[p.earlier], shapes[p.later]));
      if (p.is_same_actor) step_held += area;
    }
    const auto second = Clock::now();
    const double second_cpu = cpu_seconds();
    for (const ShapePair& p : step.pairs) {
      if (!p.is_same_actor) continue;
      step_passed += checked(engine.difference(shapes[p.earlier], shapes[p.later]));
      step_passed += checked(engine.difference(shapes[p.later], shapes[p.earlier]));
    }
    intersections += seconds(second - first);
    differences += seconds(Clock::now() - second);
    intersections_cpu += second_cpu - first_cpu;
    differences_cpu += cpu_seconds() - second_cpu;
    done.push_back(i);
    held.push_back(step_held);
    passed.push_back(step_passed);
  }
  fmt::print(
      R"({{"version":"{}","steps":{},"done":[{}],"held":[{}],"passed":[{}],"intersections_s":{},"differences_s":{},"intersections_cpu_s":{},"differences_cpu_s":{},"prepare_s":{},"repaired":{},"failed":{}}})"
      "\n",
      engine.version(), history.steps.size(), fmt::join(done, ","), fmt::join(held, ","),
      fmt::join(passed, ","), intersections, differences, intersections_cpu, differences_cpu, prepared,
      repaired, failed);
  return 0;
}

}  // namespace marchland::bench
