#pragma once
// The stretch of time that answers about dwell are counted over, and units of theirs.
#include "tools/cli/query.h"
#include <marchland/analysis/dwell.h>

#include <string>

namespace marchland::cli {

/// From the first to the last date of the atlas (of its window); `from` and `to`, where not empty, instead.
/// Throws InvalidArgument where no time lies between them.
[[nodiscard]] Interval dwell_interval(const Session& session, const std::string& from, const std::string& to);

/// Square metres times days.
[[nodiscard]] inline double area_days_m2(AreaSeconds area_time) {
  // Whole days first: doubles have 53 bits, products up to 112.
  constexpr AreaSeconds kSecondsPerDay = 86400;
  return square_meters(area_time / kSecondsPerDay) +
         square_meters(area_time % kSecondsPerDay) / static_cast<double>(kSecondsPerDay);
}

}  // namespace marchland::cli
