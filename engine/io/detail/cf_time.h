#pragma once
// Dates of netCDF files: numbers since a day, by the conventions of climate and forecast data (CF 1.8, 4.4).
#include <marchland/time/instant.h>

#include <optional>
#include <string>

namespace marchland::detail {

/// The instant that a coordinate of time means. `units` as "days since 1970-01-01 00:00:00" (days, hours,
/// minutes or seconds, UTC); `calendar` as CF names it, empty: standard. Nothing for other units (months and
/// years have no fixed length there), for calendars that days of ours are not in, for dates of the standard
/// one before it was Gregorian (15 October 1582), and for years beyond 9999. To the second.
[[nodiscard]] std::optional<Instant> instant_of_cf(double value, const std::string& units,
                                                   const std::string& calendar);

}  // namespace marchland::detail
