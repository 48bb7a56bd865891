// Writes a seeded front as an atlas on disk: one GeoJSON file a day and atlas.toml.
//   bench_generate FOLDER [--vertices N] [--days D] [--changes B] [--redraw-noise-m M] [--seed S]
#include "tests/bench/front_options.h"
#include <marchland/time/instant.h>

#include <fmt/format.h>
#include <fmt/os.h>

#include <filesystem>

namespace {

constexpr const char* kManifest = R"([atlas]
id = "front"
[[actor]]
id = "a"
[[actor]]
id = "b"
[[source]]
id = "seeded"
[[layer]]
id = "daily"
source = "seeded"
theme = "control"
mode = "snapshot"
files = ["days/*.geojson"]
actor = {field = "actor"}
from = {pattern = "front_%Y%m%d"}
)";

}  // namespace

int main(int argc, char** argv) {
  using namespace marchland;
  CLI::App app("Writes a seeded front as an atlas.");
  std::filesystem::path folder;
  app.add_option("folder", folder, "To be made; must not exist")->required();
  bench::FrontOptions options;
  bench::add_front_options(app, options);
  CLI11_PARSE(app, argc, argv);
  if (std::filesystem::exists(folder)) {
    fmt::print(stderr, "bench_generate: {} exists; name a folder that does not\n", folder.string());
    return 1;
  }
  const Atlas atlas = bench::seeded_front(options);
  std::filesystem::create_directories(folder / "days");
  for (std::size_t i = 0; i < atlas.statements.size(); i += 2) {
    const std::string date = format_instant(atlas.statements[i].validity.from());
    auto file = fmt::output_file(
        (folder / "days" /
         fmt::format("front_{}{}{}.geojson", date.substr(0, 4), date.substr(5, 2), date.substr(8)))
            .string());
    file.print("{{\"type\":\"FeatureCollection\",\"features\":[\n");
    for (std::size_t side = 0; side < 2; ++side) {
      const Statement& statement = atlas.statements[i + side];
      file.print(
          "{}{{\"type\":\"Feature\",\"properties\":{{\"actor\":\"{}\"}},\"geometry\":{{\"type\":\"Polygon\","
          "\"coordinates\":[[",
          side > 0 ? ",\n" : "", atlas[statement.actor].id);
      const Ring ring = statement.area.front().front().positions();
      for (std::size_t p = 0; p < ring.size(); ++p)
        file.print("{}[{},{}]", p > 0 ? "," : "", ring[p].lon, ring[p].lat);
      file.print("]]}}}}");
    }
    file.print("\n]}}\n");
  }
  fmt::output_file((folder / "atlas.toml").string()).print("{}", kManifest);
}
