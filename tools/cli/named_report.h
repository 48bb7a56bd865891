#pragma once
// A report for reading: parties by their names. Programs are given ids.
#include "tools/cli/query.h"

namespace marchland::cli {

/// Name of an actor; with its id where another has the same. Of a contested set "a+b" the names joined by
/// " / "; what is no id stays as it is.
[[nodiscard]] std::string party_name(const Atlas& atlas, const std::string& holder_id);

/// The same report, with names of parties in the columns of holders.
[[nodiscard]] Report with_names(Report report, const Atlas& atlas);

}  // namespace marchland::cli
