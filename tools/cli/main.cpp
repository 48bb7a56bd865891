// marchland: the command line. Maps errors to the exit statuses of docs/design/command_line.md; everything
// else is in one file per command.
#include "tools/cli/commands.h"
#include "tools/cli/interruption.h"
#include "tools/cli/printable.h"
#include <marchland/base/error.h>
#include <marchland/model/atlas.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kInvalidData = 3;

int status_of(marchland::ErrorCode code) {
  switch (code) {
    case marchland::ErrorCode::failure:
      return kFailed;
    case marchland::ErrorCode::invalid_argument:
      return kUsage;
    case marchland::ErrorCode::invalid_data:
      return kInvalidData;
  }
  return kFailed;
}

/// Says so where it is none: the parser would only say that a command is missing.
bool is_command(const CLI::App& app, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->check_name(word)) return true;  // by another name, too
    names.push_back(command->get_name());
  }
  const std::string near = marchland::nearest_name(word, names);
  fmt::print(stderr, "marchland: '{}' is no command{}; expected one of {}\nRun 'marchland --help'.\n",
             marchland::cli::printable_message(word),
             near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near), fmt::join(names, ", "));
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  marchland::cli::watch_for_interruption();
  CLI::App app{"Exact accounts of who held what ground, when, and how much of it changed hands", "marchland"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "marchland " MARCHLAND_VERSION);
  app.get_formatter()->column_width(34);
  marchland::cli::add_run(app);
  marchland::cli::add_init(app);
  marchland::cli::add_areas(app);
  marchland::cli::add_overlaps(app);
  marchland::cli::add_changes(app);
  marchland::cli::add_timeline(app);
  marchland::cli::add_line(app);
  marchland::cli::add_dwell(app);
  marchland::cli::add_compare(app);
  marchland::cli::add_figures(app);
  marchland::cli::add_why(app);
  marchland::cli::add_check(app);
  marchland::cli::add_build(app);
  marchland::cli::add_append(app);
  marchland::cli::add_review(app);
  marchland::cli::add_export(app);
  marchland::cli::add_raster(app);
  marchland::cli::add_zonal(app);
  marchland::cli::add_verify(app);
  marchland::cli::add_tiles(app);
  marchland::cli::add_map(app);
  if (argc > 1 && argv[1][0] != '-' && !is_command(app, argv[1])) return kUsage;
  try {
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::ParseError& error) {
    // Help and version arrive here too, with status 0.
    if (error.get_exit_code() == 0) return app.exit(error);
    fmt::print(stderr, "marchland: {}\nRun 'marchland --help' or 'marchland COMMAND --help'.\n",
               marchland::cli::printable_message(error.what()));
    return kUsage;
  } catch (const marchland::cli::ExitWith& exit) {
    return exit.status;
  } catch (const marchland::Error& error) {
    fmt::print(stderr, "marchland: {}\n", marchland::cli::printable_message(error.what()));
    return status_of(error.code());
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "marchland: out of memory\n");
    return kFailed;
  } catch (const std::exception& error) {
    fmt::print(stderr, "marchland: {}\nThis is a defect of the program; please report it.\n",
               marchland::cli::printable_message(error.what()));
    return kFailed;
  }
}
