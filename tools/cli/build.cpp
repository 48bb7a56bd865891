// marchland build: the composite as a GeoPackage, and what it took.
#include "tools/cli/commands.h"
#include "tools/cli/composite_output.h"
#include "tools/cli/stopwatch.h"
#include <marchland/base/error.h>

#include <memory>

namespace marchland::cli {
namespace {

struct BuildCommand {
  QueryOptions query;
  std::filesystem::path output;
  std::filesystem::path stats;
  bool overwrite = false;

  void run() const {
    query.refuse_two_layer("build");
    const Existing existing = overwrite ? Existing::overwrite : Existing::refuse;
    check_composite_name(output);
    // What cannot be written is refused before anything is computed.
    static_cast<void>(OutputFile(output, existing));
    if (!stats.empty()) static_cast<void>(OutputFile(stats, existing));
    if (is_same_file(stats, output)) throw InvalidArgument("-o and --stats name the same file; choose two");
    const Session session(query, Load::with_areas);
    Stopwatch watch;
    const std::string content = write_session(session, output, existing, "build");
    const double written = watch.lap();
    if (!stats.empty()) write_file(stats, stats_of(session, content, written).dump(2) + "\n", existing);
  }
};

}  // namespace

void add_build(CLI::App& app) {
  CLI::App* command = app.add_subcommand("build", "The composite as a GeoPackage that QGIS opens");
  const auto state = std::make_shared<BuildCommand>();
  state->query.declare_atlas(*command);
  command->add_option("-o,--output", state->output, "GeoPackage to write")
      ->required()
      ->type_name("FILE.gpkg");
  command->add_option("--stats", state->stats, "what was built and what it took, as JSON")
      ->type_name("FILE.json");
  command->add_flag("--overwrite", state->overwrite, "replace files that exist");
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
