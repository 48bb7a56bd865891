// marchland build: the composite as a GeoPackage, and what it took.
#include "tools/cli/commands.h"
#include "tools/cli/layers.h"
#include "tools/cli/ledger.h"
#include "tools/cli/query.h"
#include "tools/cli/stopwatch.h"
#include <marchland/base/error.h>
#include <marchland/io/write_composite.h>

#include <fmt/format.h>
#include <sys/resource.h>

#include <memory>

namespace marchland::cli {
namespace {

std::uint64_t peak_rss_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

struct BuildCommand {
  QueryOptions query;
  std::filesystem::path output;
  std::filesystem::path stats;
  bool overwrite = false;

  void run() const {
    const Existing existing = overwrite ? Existing::overwrite : Existing::refuse;
    if (output.extension() != ".gpkg") {
      throw InvalidArgument(fmt::format("-o '{}': a composite is a GeoPackage, choose a name ending in .gpkg",
                                        output.string()));
    }
    // What cannot be written is refused before anything is computed.
    static_cast<void>(OutputFile(output, existing));
    if (!stats.empty()) static_cast<void>(OutputFile(stats, existing));
    if (stats == output) throw InvalidArgument("-o and --stats name the same file; choose two");
    const Session session(query);
    Stopwatch watch;
    FeatureOutput layers(session, output, existing, "build");
    for (const Theme theme : kThemes) {
      if (session.holders(theme).size() > 1) add_tenures(layers, session, theme);
    }
    write_composite(output, session.composite(), layers.sets(), provenance(session, "build"), existing);
    const double written = watch.lap();
    if (stats.empty()) return;

    const Arrangement& plane = session.composite().plane();
    Json document;
    document["atlas"] = session.atlas().id;
    document["content_sha256"] = content_hash(session.composite());
    document["layers"] = session.atlas().layers.size();
    document["statements"] = session.atlas().statements.size();
    document["segment_occurrences"] = plane.table().occurrences;
    document["segments"] = plane.table().segments.size();
    document["vertices"] = plane.node_count();
    document["edges"] = plane.edges().size();
    document["faces"] = plane.face_count();
    document["seconds"] = {
        {"read", session.seconds().read}, {"build", session.seconds().build}, {"write", written}};
    if (session.atlas().harmonise.value() > 0)
      document["harmonise"] = ledger_summary(session.composite().ledger());
    document["peak_rss_bytes"] = peak_rss_bytes();
    document["certificates"] = Json::array();
    for (const Certificate& certificate : session.composite().certificates()) {
      document["certificates"].push_back(
          {{"name", certificate.name}, {"residual_units", static_cast<std::int64_t>(certificate.residual)}});
    }
    write_file(stats, document.dump(2) + "\n", existing);
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
