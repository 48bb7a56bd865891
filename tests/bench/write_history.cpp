// Puts what peers overlay into files any of them reads: shapes.geojsonl, one geometry a line, and steps.json.
//   bench_history ATLAS FOLDER
#include "tests/bench/history.h"
#include <marchland/io/read_atlas.h>

#include <fmt/format.h>
#include <fmt/os.h>

#include <cstdio>
#include <filesystem>

int main(int argc, char** argv) {
  using namespace marchland;
  if (argc < 3) {
    std::fputs("usage: bench_history ATLAS FOLDER\n", stderr);
    return 2;
  }
  const bench::History history = bench::history_of(read_atlas(argv[1]));
  const std::filesystem::path folder = argv[2];
  std::filesystem::create_directories(folder);
  auto shapes = fmt::output_file((folder / "shapes.geojsonl").string());
  for (const bench::Shape& shape : history.shapes) {
    shapes.print("{{\"type\":\"MultiPolygon\",\"coordinates\":[");
    const char* before_polygon = "";
    for (const Polygon& polygon : shape.area) {
      shapes.print("{}[", before_polygon);
      before_polygon = ",";
      const char* before_ring = "";
      for (const Ring& ring : polygon) {
        shapes.print("{}[", before_ring);
        before_ring = ",";
        const char* before_position = "";
        for (const Position& p : ring) {
          shapes.print("{}[{},{}]", before_position, p.lon, p.lat);
          before_position = ",";
        }
        shapes.print("]");
      }
      shapes.print("]");
    }
    shapes.print("]}}\n");
  }
  auto steps = fmt::output_file((folder / "steps.json").string());
  steps.print("[");
  const char* before_step = "\n";
  for (const bench::Overlays& step : history.steps) {
    steps.print("{}{{\"pairs\":[", before_step);
    before_step = ",\n";
    const char* comma = "";
    for (const bench::ShapePair& p : step.pairs) {
      steps.print("{}[{},{},{}]", comma, p.earlier, p.later, p.is_same_actor ? 1 : 0);
      comma = ",";
    }
    steps.print("],\"kept\":[");
    comma = "";
    for (const std::uint32_t shape : step.kept) {
      steps.print("{}{}", comma, shape);
      comma = ",";
    }
    steps.print("],\"one_sided\":[");
    comma = "";
    for (const std::uint32_t shape : step.one_sided) {
      steps.print("{}{}", comma, shape);
      comma = ",";
    }
    steps.print("]}}");
  }
  steps.print("\n]\n");
}
