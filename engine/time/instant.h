#pragma once
// Instants and how they are written. Question of the room: when?
//
// An instant is a second of UTC in the proleptic Gregorian calendar; years before 1 are astronomical
// (0000 is 1 BC, -0300 is 301 BC), as in ISO 8601. Leap seconds do not exist.
#include <chrono>
#include <string>
#include <string_view>

namespace marchland {

using Instant = std::chrono::sys_seconds;

/// What an atlas means by a date that carries no time zone.
struct DayConvention {
  std::chrono::minutes utc_offset{0};  ///< of local time, east positive
  std::chrono::minutes day_starts{0};  ///< after local midnight
  friend bool operator==(const DayConvention&, const DayConvention&) = default;
};

/// The half-open stretch of time a date expression names: "1993-04" is the whole month, "2020-11-10T00:00"
/// one minute.
struct DateSpan {
  Instant first;
  Instant last;  ///< exclusive
  friend bool operator==(const DateSpan&, const DateSpan&) = default;
};

/// Reads an ISO 8601 calendar date or date-time, extended (2020-11-10T00:00+03:00) or basic (20201110,
/// 20201110T0000Z), reduced to a year, month, hour or minute where the text ends. Expanded years carry a sign
/// (-0300, +12020). A space or '/' as GDAL writes them is read too; fractions of a second are cut.
/// Without an offset the convention applies: a day starts at its day_starts, a time of day counts from
/// midnight. 24:00 is the end of the day. Throws InvalidArgument with the text, the reason and the forms
/// accepted.
[[nodiscard]] DateSpan parse_date(std::string_view text, const DayConvention& convention = {});

/// Reads "+04:00", "-0330", "Z". Throws InvalidArgument.
[[nodiscard]] std::chrono::minutes parse_utc_offset(std::string_view text);

/// Reads "HH:MM". Throws InvalidArgument.
[[nodiscard]] std::chrono::minutes parse_time_of_day(std::string_view text);

/// The shortest expression that parse_date reads back to the same first instant: "2020-11-10" at the start of
/// a day of the convention, otherwise "2020-11-10T01:00:00+04:00" ("Z" for offset 0).
[[nodiscard]] std::string format_instant(Instant instant, const DayConvention& convention = {});

/// "2020-11-09T21:00:00Z" whatever the convention; what file columns carry.
[[nodiscard]] std::string format_utc(Instant instant);

}  // namespace marchland
