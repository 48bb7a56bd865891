// Who holds each cell, and what a raster counts on each party's ground, at many dates: the ground laid into
// cells once and every date looked up, against the polygons of each date made cells anew by GDAL. Prints
// JSON: milliseconds (least of N runs) and sums by date and actor, for other peers (tests/bench/rasters) to
// be held against. With --polygons each date's polygons go to FOLDER/NNN.geojson, for them.
//   bench_rasters ATLAS --res R [--dates N] [--runs N] [--threads N] [--polygons FOLDER]
#include "tests/bench/cpu_time.h"
#include <marchland/analysis/changes.h>
#include <marchland/analysis/scope.h>
#include <marchland/io/output_file.h>
#include <marchland/io/read_atlas.h>
#include <marchland/io/read_raster.h>
#include <marchland/raster/classify.h>
#include <marchland/raster/ground_parts.h>
#include <marchland/raster/zone_totals.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace marchland;
using Clock = std::chrono::steady_clock;

/// Wall and processor time of all times a step is run.
struct Sum {
  double ms = 0.0;
  double cpu_ms = 0.0;
  template <class Work>
  void run(Work work) {
    const double cpu = bench::cpu_seconds();
    const auto start = Clock::now();
    work();
    ms += std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    cpu_ms += (bench::cpu_seconds() - cpu) * 1e3;
  }
};
/// Least of several runs.
struct Least {
  double ms = std::numeric_limits<double>::infinity();
  double cpu_ms = std::numeric_limits<double>::infinity();
  void take(const Sum& run) {
    ms = std::min(ms, run.ms);
    cpu_ms = std::min(cpu_ms, run.cpu_ms);
  }
  template <class Work>
  void run(Work work) {
    Sum once;
    once.run(work);
    take(once);
  }
};
std::string json(const char* name, const Least& time) {
  return fmt::format("\"{0}_ms\": {1:.3f}, \"{0}_cpu_ms\": {2:.3f}", name, time.ms, time.cpu_ms);
}

/// What the raster counts in a cell; peers make the same numbers.
double count_of(std::size_t row, std::size_t column) {
  return static_cast<double>((row * 7919 + column * 104729) % 1000);
}

using ByActor = std::map<ActorId, MultiPolygon>;
ByActor polygons_at(const Atlas& atlas, Instant at) {
  ByActor out;
  for (const Statement& statement : atlas.statements) {
    if (!statement.validity.contains(at)) continue;
    MultiPolygon& area = out[statement.actor];
    const MultiPolygon own = statement.area.polygons();
    area.insert(area.end(), own.begin(), own.end());
  }
  return out;
}

void write_polygons(const std::filesystem::path& path, const Atlas& atlas, const ByActor& polygons) {
  const auto position = [](const Position& p) { return fmt::format("[{},{}]", p.lon, p.lat); };
  std::string text = "{\"type\":\"FeatureCollection\",\"features\":[";
  const char* comma = "";
  for (const auto& [actor, area] : polygons) {
    text += fmt::format(
        "{}{{\"type\":\"Feature\",\"properties\":{{\"actor\":\"{}\"}},\"geometry\":{{\"type\":"
        "\"MultiPolygon\",\"coordinates\":[",
        comma, atlas[actor].id);
    const char* next = "";
    for (const Polygon& polygon : area) {
      std::vector<std::string> rings;
      for (const Ring& ring : polygon) {
        std::vector<std::string> points;
        for (const Position& p : ring) points.push_back(position(p));
        rings.push_back(fmt::format("[{}]", fmt::join(points, ",")));
      }
      text += fmt::format("{}[{}]", next, fmt::join(rings, ","));
      next = ",";
    }
    text += "]}}";
    comma = ",";
  }
  write_file(path, text + "]}", Existing::overwrite);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Rasters of many dates"};
  std::string folder;
  std::string polygons_folder;
  double resolution = 0.0;
  std::size_t date_count = 100;
  std::size_t threads = 0;
  int runs = 5;
  app.add_option("ATLAS", folder)->required();
  app.add_option("--res", resolution)->required();
  app.add_option("--dates", date_count);
  app.add_option("--runs", runs);
  app.add_option("--threads", threads);
  app.add_option("--polygons", polygons_folder);
  CLI11_PARSE(app, argc, argv);
  std::optional<tbb::global_control> limit;
  if (threads > 0) limit.emplace(tbb::global_control::max_allowed_parallelism, threads);

  const Composite composite = build_composite(read_atlas(folder, {}));
  const Arrangement& plane = composite.plane();
  const Holders holders(composite, {});
  std::vector<Instant> dates = ChangeTable(composite, composite.areas(), holders).dates(Step::change);
  // Where the next date would begin; empty after the last.
  std::string until;
  if (dates.size() > date_count) {
    until = format_instant(dates[date_count], composite.atlas().days);
    dates.resize(date_count);
  }
  std::vector<bool> ground(plane.face_count(), false);
  for (FaceIndex f = 1; f < plane.face_count(); ++f) ground[f] = composite.coverage(f, holders.group()) != 0;
  const std::vector<TimeIndex> epochs = composite.times().epochs_of(dates);
  const RasterGrid grid = make_grid(box_of_faces(plane, ground).value(), "EPSG:4326", resolution);
  std::vector<double> values;
  for (std::size_t row = 0; row < grid.rows; ++row) {
    for (std::size_t column = 0; column < grid.columns; ++column) values.push_back(count_of(row, column));
  }
  const auto class_of_part = [](const GroundParts& parts, TimeIndex epoch) {
    const std::vector<HolderIndex> held = parts.holders_at(epoch);
    return std::vector<CellClass>(held.begin(), held.end());
  };

  Least centres, centre_dates, cover, share_dates, totals, zonal_dates, gdal;
  std::vector<std::map<std::string, double>> sums;
  std::size_t differing = 0;
  std::size_t held = 0;
  for (int run = 0; run < runs; ++run) {
    // Finding what the dates tell apart belongs to either way of laying it into cells.
    std::vector<CentreRun> centre_runs;
    centres.run([&] {
      const GroundParts parts(composite, holders, ground, epochs, false);
      centre_runs = parts_of_centres(plane, parts.by_face(), grid);
    });
    std::optional<CellCoverage> coverage;
    std::optional<GroundParts> known;
    cover.run([&] {
      known.emplace(composite, holders, ground, epochs, false);
      coverage.emplace(cover_cells(plane, known->by_face(), grid));
    });
    const GroundParts& parts = *known;
    share_dates.run([&] {
      for (const TimeIndex epoch : epochs)
        static_cast<void>(largest_shares(*coverage, class_of_part(parts, epoch)));
    });
    std::vector<ZoneTotal> by_part;
    totals.run([&] { by_part = total_by_part(*coverage, values, parts.size()); });
    zonal_dates.run([&] {
      sums.assign(dates.size(), {});
      for (std::size_t d = 0; d < dates.size(); ++d) {
        const std::vector<HolderIndex> holder_of = parts.holders_at(epochs[d]);
        for (Part part = 1; part < parts.size(); ++part) {
          if (holder_of[part] != kUnknown) sums[d][holders.id(holder_of[part])] += by_part[part].sum;
        }
      }
    });
    // What every date costs where its polygons are made cells by themselves; finding them is left out.
    std::vector<std::vector<std::pair<CellClass, MultiPolygon>>> areas;
    for (const Instant date : dates) {
      areas.emplace_back();
      for (auto& [actor, area] : polygons_at(composite.atlas(), date))
        areas.back().emplace_back(static_cast<CellClass>(holders.find(actor)), std::move(area));
    }
    // Date by date, so that neither keeps more than one in memory.
    Sum ours_of_run;
    Sum gdal_of_run;
    differing = held = 0;
    std::vector<CellClass> by_centre;
    for (std::size_t d = 0; d < dates.size(); ++d) {
      std::vector<CellClass> by_gdal;
      ours_of_run.run([&] { classes_of_centres(centre_runs, class_of_part(parts, epochs[d]), by_centre); });
      gdal_of_run.run([&] { by_gdal = rasterise(grid, areas[d]); });
      for (std::size_t i = 0; i < by_gdal.size(); ++i) {
        differing += static_cast<std::size_t>(by_gdal[i] != by_centre[i]);
        held += static_cast<std::size_t>(by_gdal[i] != 0);
      }
    }
    centre_dates.take(ours_of_run);
    gdal.take(gdal_of_run);
  }
  if (!polygons_folder.empty()) {
    std::filesystem::create_directories(polygons_folder);
    for (std::size_t d = 0; d < dates.size(); ++d)
      write_polygons(std::filesystem::path(polygons_folder) / fmt::format("{:03}.geojson", d),
                     composite.atlas(), polygons_at(composite.atlas(), dates[d]));
  }
  fmt::print(
      "{{\"dates\": {}, \"until\": \"{}\", \"columns\": {}, \"rows\": {}, \"west\": {}, \"north\": {}, "
      "\"cell\": {}, \"faces\": "
      "{}, "
      "\"edges\": {}, {}, {}, {}, {}, {}, {}, {}, \"gdal_cells_held\": {}, \"gdal_cells_that_differ\": {}, "
      "\"sums\": [",
      dates.size(), until, grid.columns, grid.rows, grid.west, grid.north, grid.cell, plane.face_count(),
      plane.edges().size(), json("centres", centres), json("centre_dates", centre_dates),
      json("cover", cover), json("share_dates", share_dates), json("totals", totals),
      json("zonal_dates", zonal_dates), json("gdal", gdal), held, differing);
  for (std::size_t d = 0; d < dates.size(); ++d) {
    std::vector<std::string> entries;
    for (const auto& [actor, sum] : sums[d]) entries.push_back(fmt::format("\"{}\": {}", actor, sum));
    fmt::print("{}{{{}}}", d == 0 ? "" : ", ", fmt::join(entries, ", "));
  }
  fmt::print("]}}\n");
}
