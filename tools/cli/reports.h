#pragma once
// The answers themselves, apart from how they were asked for: one function per question, defined beside its
// command. `run` writes them all.
#include "tools/cli/query.h"
#include <marchland/analysis/areas.h>
#include <marchland/analysis/changes.h>
#include <marchland/analysis/contact_line.h>

#include <string>
#include <vector>

namespace marchland::cli {

/// Columns date_low_m2 and date_high_m2 after area_m2, and the note that says what they are.
void add_date_band(Table& table, Report& report);

/// Says that the answer goes by dates that are in doubt, where any of its ground at any of the dates (of
/// none: at any time) would have another holder by other possible ones. For answers without date bands.
void add_doubt_note(Report& report, const Session& session, const Holders& holders,
                    const std::vector<Instant>& at);

[[nodiscard]] Report areas_report(const Session& session, const std::vector<Instant>& at,
                                  const AreaOptions& options);
/// `within_noise`: sigma of lines in metres; what changed in pieces narrower than twice that is told. 0: not.
[[nodiscard]] Report changes_report(const Session& session, Instant from, Instant to,
                                    const Breakdown& by = {}, double within_noise = 0.0);
/// Of --every: change, day, month or year.
[[nodiscard]] Step step_of(const std::string& every);
[[nodiscard]] Report timeline_report(const Session& session, const std::string& every,
                                     const Breakdown& by = {});
/// Of every two dates of the series, the earlier first: area that an actor had at both.
[[nodiscard]] Report pairs_report(const Session& session, const std::string& every);

/// The two sides of a line: actor ids, a contested set "a+b", or "unknown". Throws InvalidArgument.
struct LineSides {
  LineSides(const Atlas& atlas, const Holders& holders, const std::string& left, const std::string& right);
  HolderTest first;
  HolderTest second;
  std::string first_id;
  std::string second_id;
};
[[nodiscard]] Report line_report(const Session& session, const std::vector<Instant>& at,
                                 const LineSides& sides);

/// For how long each holder had how much ground.
[[nodiscard]] Report dwell_report(const Session& session, const Interval& when, bool by_region = false);
/// The same of each place of the gazetteer. Throws InvalidArgument where there is none.
[[nodiscard]] Report dwell_places_report(const Session& session, const Interval& when);

/// Places that changed hands so often at least, with who held them when.
[[nodiscard]] Report places_report(const Session& session, std::size_t least_changes);

struct CheckReport {
  Report report;
  bool has_error = false;  ///< a finding is an error, or a residual is not 0
};
[[nodiscard]] CheckReport check_report(const Session& session);

}  // namespace marchland::cli
