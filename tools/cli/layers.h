#pragma once
// The layers and rasters that commands write: what stands in them, apart from which command asked. Dates are
// texts as on the command line. Each is defined beside the command it belongs to.
#include "tools/cli/feature_output.h"
#include "tools/cli/query.h"
#include "tools/cli/reports.h"
#include "tools/cli/result_layers.h"

#include <filesystem>
#include <string>
#include <vector>

namespace marchland::cli {

/// One feature for each holder and date; unknown ground too where the scope has an edge.
void add_states(FeatureOutput& out, const Session& session, const std::vector<std::string>& at);
/// Every holder of a theme through time: a feature for each stretch in which its ground does not change.
void add_history(FeatureOutput& out, const Session& session, Theme theme);
/// A feature for each holder and stretch of time: the ground that it held just then. At any date those that
/// hold divide the ground as `add_states` does, but along every line at which tenures differ; long series
/// need far fewer vertices so.
void add_tenures(FeatureOutput& out, const Session& session, Theme theme);
/// Ground that changed hands: a feature for each passing from one holder to another.
void add_changes(FeatureOutput& out, const Session& session, const std::string& from, const std::string& to);
/// The same by group: what actors of one group at the date hold is one feature, and ground that stays within
/// a group did not pass.
void add_group_states(FeatureOutput& out, const Session& session, const std::vector<std::string>& at);
void add_group_changes(FeatureOutput& out, const Session& session, const std::string& from,
                       const std::string& to);
/// The line of contact at each date: a feature for each part.
void add_line(FeatureOutput& out, const Session& session, const std::vector<Instant>& at,
              const LineSides& sides);

/// The regions that tables report by: a feature for each.
void add_regions(FeatureOutput& out, const Session& session);

/// Ground of equal account of who had it for how long: a feature for each.
void add_dwell(FeatureOutput& out, const Session& session, const Interval& when);

/// What --layer is called of it: claims have one of their own, the others are `control` with a --theme.
[[nodiscard]] const char* raster_layer_of(Theme theme);
/// `resolution` in degrees. The path must not exist. Returns the classes that some cell has, by number, which
/// is their value.
std::vector<ResultClass> write_state_raster(const Session& session, const std::string& at, double resolution,
                                            const std::filesystem::path& path);
std::vector<ResultClass> write_change_raster(const Session& session, const std::string& from,
                                             const std::string& to, double resolution,
                                             const std::filesystem::path& path);

}  // namespace marchland::cli
