// Micro-benchmarks, one per step of the build (docs/design/arrangement.md), on seeded fronts: vertices, days.
//   bench_steps [--benchmark_filter=...]
#include "tests/bench/seeded_front.h"
#include <marchland/analysis/changes.h>
#include <marchland/composite/composite.h>
#include <marchland/composite/ring_diff.h>
#include <marchland/composite/ring_findings.h>

#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <utility>

namespace {

using namespace marchland;

/// A front, and what each step takes, made once.
struct Stages {
  Atlas atlas;
  std::vector<PolygonVersion> versions;
  std::vector<bool> rejoin;
  TracedTracks tracks;
  std::unique_ptr<Arrangement> plane;
  std::vector<LabelIndex> group_begin;

  Stages(std::size_t vertices, std::size_t days)
      : atlas(bench::seeded_front({.vertices = vertices, .days = days, .changes = 20})), rejoin(2, true) {
    for (std::uint32_t i = 0; i < atlas.statements.size(); ++i) {
      PolygonVersion& version = versions.emplace_back();
      version.area = &atlas.statements[i].area.front();
      version.slot = i % 2;
      version.from = i / 2 + 1;
      version.to = i / 2 + 2;
      version.statement = i;
    }
    tracks = trace_tracks(versions, rejoin);
    plane = std::make_unique<Arrangement>(tracks.segments);
    group_begin = {0, static_cast<LabelIndex>(tracks.labels.size())};
  }
};

const Stages& stages(const benchmark::State& state) {
  static std::map<std::pair<std::int64_t, std::int64_t>, std::unique_ptr<Stages>> made;
  auto& one = made[{state.range(0), state.range(1)}];
  if (!one) {
    one = std::make_unique<Stages>(static_cast<std::size_t>(state.range(0)),
                                   static_cast<std::size_t>(state.range(1)));
  }
  return *one;
}

void count(benchmark::State& state, std::size_t items) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
}

void quantise_rings(benchmark::State& state) {
  const Stages& s = stages(state);
  Ring copied;
  std::size_t positions = 0;
  for (auto _ : state) {
    positions = 0;
    for (const Statement& statement : s.atlas.statements) {
      const SharedRing& ring = statement.area.front().front();
      benchmark::DoNotOptimize(quantise(ring.view(copied)));
      positions += ring.size();
    }
  }
  count(state, positions);
}

void diff_of_rings(benchmark::State& state) {
  const Stages& s = stages(state);
  RingDiff diff;
  std::size_t positions = 0;
  for (auto _ : state) {
    positions = 0;
    for (std::size_t i = 2; i < s.atlas.statements.size(); ++i) {
      const SharedRing& ring = s.atlas.statements[i].area.front().front();
      diff_rings(s.atlas.statements[i - 2].area.front().front(), ring, diff);
      positions += ring.size();
    }
    benchmark::DoNotOptimize(diff);
  }
  count(state, positions);
}

void segment_table(benchmark::State& state) {
  const Stages& s = stages(state);
  for (auto _ : state) benchmark::DoNotOptimize(trace_tracks(s.versions, s.rejoin));
  count(state, s.tracks.segments.occurrences);
}

void crossings(benchmark::State& state) {
  const Stages& s = stages(state);
  for (auto _ : state) benchmark::DoNotOptimize(find_crossings(s.tracks.segments));
  count(state, s.tracks.segments.segments.size());
}

/// With crossings, which it finds itself.
void arrangement(benchmark::State& state) {
  const Stages& s = stages(state);
  for (auto _ : state) {
    state.PauseTiming();
    SegmentTable table = s.tracks.segments;
    state.ResumeTiming();
    benchmark::DoNotOptimize(Arrangement(std::move(table)));
  }
  count(state, s.plane->edges().size());
}

void windings(benchmark::State& state) {
  const Stages& s = stages(state);
  for (auto _ : state) benchmark::DoNotOptimize(Windings(*s.plane, s.group_begin));
  count(state, s.plane->edges().size());
}

void areas_of_faces(benchmark::State& state) {
  const Stages& s = stages(state);
  const AreaMethod method = AreaMethod::lonlat();
  for (auto _ : state) benchmark::DoNotOptimize(EdgeMeasure(*s.plane, method).faces());
  count(state, s.plane->edges().size());
}

void areas_of_segments(benchmark::State& state) {
  const Stages& s = stages(state);
  const AreaMethod method = AreaMethod::lonlat();
  for (auto _ : state) benchmark::DoNotOptimize(EdgeMeasure(*s.plane, method).segments());
  count(state, s.tracks.segments.segments.size());
}

void findings_of_rings(benchmark::State& state) {
  const Stages& s = stages(state);
  const Windings of_faces(*s.plane, s.group_begin);
  const AreaMethod method = AreaMethod::lonlat();
  const FaceAreas areas = EdgeMeasure(*s.plane, method).faces();
  for (auto _ : state)
    benchmark::DoNotOptimize(find_in_rings(*s.plane, of_faces, s.tracks, areas.area, s.rejoin));
  count(state, s.plane->edges().size());
}

/// All steps, from polygons in memory to the certified composite.
void build(benchmark::State& state) {
  const Stages& s = stages(state);
  for (auto _ : state) {
    state.PauseTiming();
    Atlas atlas = s.atlas;
    state.ResumeTiming();
    benchmark::DoNotOptimize(build_composite(std::move(atlas)));
  }
  count(state, s.tracks.segments.occurrences);
}

void series(benchmark::State& state) {
  const Composite composite = build_composite(stages(state).atlas);
  for (auto _ : state) {
    const Holders holders(composite, {});
    const auto dates = series_dates(composite, holders, Step::change);
    benchmark::DoNotOptimize(timeline(composite, composite.areas(), holders, dates));
  }
  count(state, composite.plane().face_count());
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"vertices", "days"})
      ->Args({1000, 100})
      ->Args({1000, 400})
      ->Args({4000, 100})
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

BENCHMARK(quantise_rings)->Apply(sizes);
BENCHMARK(diff_of_rings)->Apply(sizes);
BENCHMARK(segment_table)->Apply(sizes);
BENCHMARK(crossings)->Apply(sizes);
BENCHMARK(arrangement)->Apply(sizes);
BENCHMARK(windings)->Apply(sizes);
BENCHMARK(areas_of_faces)->Apply(sizes);
BENCHMARK(areas_of_segments)->Apply(sizes);
BENCHMARK(findings_of_rings)->Apply(sizes);
BENCHMARK(build)->Apply(sizes);
BENCHMARK(series)->Apply(sizes);

}  // namespace

BENCHMARK_MAIN();
