#pragma once
// What harmonising did to an atlas: its summary, and the whole ledger as a file.
#include "tools/cli/query.h"

namespace marchland::cli {

/// harmonise_m, vertices moved, inserted and dropped, greatest distance, rings left out. Precondition: the
/// atlas is harmonised.
[[nodiscard]] Json ledger_summary(const HarmoniseLedger& ledger);

/// By layer and actor: statements changed, their vertices, and the effect on their areas.
[[nodiscard]] Table ledger_table(const Session& session);

/// Refuses a name that ends neither in .csv nor in .json, and a file that cannot be written, before anything
/// is computed.
void check_ledger_output(const std::filesystem::path& path, Existing existing);

/// Everything that was moved, inserted and dropped, where it was first done, and for each statement the exact
/// effect on its area. As CSV one table: rows of the kinds moved, inserted, dropped and area, with the
/// provenance beside the file; as JSON lists `entries` and `statements`. Throws InvalidArgument where the
/// atlas is not harmonised.
void write_ledger(const Session& session, const std::filesystem::path& path, Existing existing);

}  // namespace marchland::cli
