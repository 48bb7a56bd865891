#pragma once
// One function per command, each in a file of its own: it declares its options and what running it does.
#include <CLI/CLI.hpp>

namespace marchland::cli {

void add_append(CLI::App& app);
void add_areas(CLI::App& app);
void add_build(CLI::App& app);
void add_changes(CLI::App& app);
void add_check(CLI::App& app);
void add_compare(CLI::App& app);
void add_dwell(CLI::App& app);
void add_export(CLI::App& app);
void add_figures(CLI::App& app);
void add_init(CLI::App& app);
void add_line(CLI::App& app);
void add_map(CLI::App& app);
void add_overlaps(CLI::App& app);
void add_raster(CLI::App& app);
void add_review(CLI::App& app);
void add_run(CLI::App& app);
void add_tiles(CLI::App& app);
void add_timeline(CLI::App& app);
void add_verify(CLI::App& app);
void add_why(CLI::App& app);
void add_zonal(CLI::App& app);

/// Ends the program with this status after everything was written.
struct ExitWith {
  int status;
};

}  // namespace marchland::cli
