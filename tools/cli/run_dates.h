#pragma once
// Which dates a result folder is about, and what its files about them are called.
#include "tools/cli/query.h"

#include <optional>
#include <string>
#include <vector>

namespace marchland::cli {

/// A date of the report.
struct NamedDate {
  std::string name;  ///< a period's id, or the date as it was asked for or is written
  std::string text;  ///< that Session::instant takes
  Instant at;
  std::string file;  ///< part of the names of files: name_in_files, unique among the dates
};

struct RunDates {
  std::vector<NamedDate> dates;  ///< never empty
  std::string note;              ///< where they are none of the data's own: which, and why; else empty
};

/// Those of `at`, each once. Without any: the periods that are instants, by date; without those "previous"
/// and "latest"; where nothing of the theme holds at these, the last two dates at which something of it
/// begins or ends and something holds; without such, one instant at which something holds. Throws
/// InvalidArgument where the theme says nothing at all, or not by what the options leave.
[[nodiscard]] RunDates run_dates(const Session& session, const std::vector<std::string>& at);

/// The instant that "latest" or "previous" names on the command line; nothing where the data has none.
[[nodiscard]] std::optional<Instant> date_of_data(const Session& session, const char* word);

}  // namespace marchland::cli
