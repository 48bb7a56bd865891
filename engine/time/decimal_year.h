#pragma once
// Dates as one number, so that a filter compares them without knowing calendars.
#include <marchland/time/instant.h>

namespace marchland {

/// The year and the part of it that has passed, astronomical years before 1: 2000.5 is 2000-07-02T00:00Z. As
/// OpenHistoricalMap's decimal dates and the npm package @openhistoricalmap/maplibre-gl-dates 1.4.0 have it
/// (decimalYearFromDate).
[[nodiscard]] double decimal_year(Instant instant) noexcept;

/// The end of a half-open interval as a date of OpenHistoricalMap, whose dates are noons and whose tools show
/// at the midnight q what has start_decdate < q <= end_decdate: noon of the day before the first midnight
/// (UTC) that is not earlier. With both ends written so, what [from, to) holds is shown at q exactly if from
/// <= q < to. Of a `to` at midnight it is the last day, as OpenHistoricalMap writes it.
[[nodiscard]] double decimal_date_before(Instant end) noexcept;

}  // namespace marchland
