#pragma once
// Published figures beside ours: what `figures` prints and `run` writes.
#include "tools/cli/query.h"
#include <marchland/io/published_figures.h>

#include <filesystem>
#include <vector>

namespace marchland::cli {

struct FiguresReport {
  Report report;
  std::size_t unexplained = 0;  ///< figures that differ without a reason
};

/// One row a figure, in their order. `agrees` is "yes" where our figure lies in the range that was printed,
/// "within the band" where its 95 % band reaches that, "no test" where either holds but the band reaches 0 or
/// is wider than our figure, so that it could hardly contradict any, else "no". Throws InvalidData, naming
/// file, row and column, for names and dates that the atlas does not know.
[[nodiscard]] FiguresReport figures_report(const Session& session,
                                           const std::vector<PublishedFigure>& figures);

/// The file that the manifest names, as a path; empty where it names none or the atlas is a composite file.
[[nodiscard]] std::filesystem::path figures_of(const std::filesystem::path& atlas);

}  // namespace marchland::cli
