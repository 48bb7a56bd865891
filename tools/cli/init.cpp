// marchland init: a manifest for files that nobody has described yet, and what was assumed for it.
#include "tools/cli/commands.h"
#include "tools/cli/printable.h"
#include <marchland/base/error.h>
#include <marchland/io/output_file.h>
#include <marchland/io/propose_manifest.h>

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace marchland::cli {
namespace {

struct InitCommand {
  std::vector<std::string> files;
  std::filesystem::path output;
  ProposeOptions options;
  bool overwrite = false;

  void run() const {
    const Existing existing = overwrite ? Existing::overwrite : Existing::refuse;
    ProposeOptions chosen = options;
    if (!output.empty()) {
      static_cast<void>(OutputFile(output, existing));
      chosen.folder = output.parent_path();
      chosen.manifest = output.filename().string();
    }
    if (chosen.folder.empty()) chosen.folder = ".";
    const ProposedManifest proposed = propose_manifest(files, chosen);
    if (output.empty()) {
      fmt::print("{}", proposed.text);
    } else {
      write_file(output, proposed.text, existing);
    }
    for (const Assumption& assumption : proposed.assumptions) {
      const std::string change =
          assumption.change.empty() ? "" : fmt::format(" [to change: {}]", assumption.change);
      fmt::print(stderr, "{}\n",
                 printable(fmt::format("{}: {}{}", assumption.about, assumption.text, change)));
    }
    if (output.empty()) return;
    const std::string shown = printable(output.string());
    fmt::print(stderr, "written to {}; next: marchland check {}\n", shown, shown);
  }
};

}  // namespace

void add_init(CLI::App& app) {
  CLI::App* command = app.add_subcommand("init", "Proposes a manifest for files, and says what it assumed");
  const auto state = std::make_shared<InitCommand>();
  command
      ->add_option("files", state->files,
                   "files of any format GDAL reads, folders, archives, wildcards in quotes")
      ->required()
      ->type_name("FILES");
  command
      ->add_option("-o,--output", state->output,
                   "manifest to write; paths in it are relative to its folder (default: printed)")
      ->type_name("atlas.toml");
  command
      ->add_option("--crs", state->options.crs,
                   "coordinate system of files that state none, such as EPSG:32637")
      ->type_name("CRS");
  command->add_option("--title", state->options.title, "title of the atlas (default: by the folder)")
      ->type_name("TEXT");
  command->add_flag("--overwrite", state->overwrite, "replace a manifest that exists");
  command->callback([state] { state->run(); });
}

}  // namespace marchland::cli
