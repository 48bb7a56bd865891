#pragma once
// Which dates the names of files state, and by which pattern of a manifest they are read.
//
// A date is looked for between characters that are no digits, so that "%Y" is never found inside 20240708. Of
// all forms the one that tells most different dates apart wins: days written first and months written first
// are so decided by the first day above 12.
#include <marchland/time/instant.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marchland::detail {

struct NameDate {
  std::size_t at = 0;      ///< where it begins in the name
  std::size_t length = 0;  ///< of its text
  DateSpan span;
};

/// The first date in `name` of the form `format` (fields of NamePattern with text between them) that is not
/// part of a longer number, nor a year or month that goes on as a date does ("2024-02" in "2024-02-30").
/// Nothing for days that do not exist and years outside 1000..2199.
[[nodiscard]] std::optional<NameDate> find_name_date(std::string_view format, std::string_view name);

/// The first text in `name` that is written as a day is and names none: "2024-02-30", "20241341"; empty if
/// there is none. To be asked of names without a date.
[[nodiscard]] std::string find_impossible_date(std::string_view name);

struct NameFormat {
  std::string format;  ///< "%Y%m%d"
  /// The same with day and month exchanged where that reads as many different dates too; otherwise empty.
  std::string other_reading;
};

/// The form by which most different dates are read from names; nothing if none states a date.
[[nodiscard]] std::optional<NameFormat> find_name_format(const std::vector<std::string>& names);

/// Files whose names differ in the date, or a file alone.
struct NameSeries {
  std::string pattern;             ///< of NamePattern; empty: the names state no date
  std::string other_reading;       ///< NameFormat's
  std::string literal;             ///< the text that all names share besides the date, without ending
  std::vector<std::size_t> files;  ///< indices of the names, by date
  std::vector<DateSpan> dates;     ///< of those files; empty without pattern
};

/// Sorts names into series: those with the same text around the date together; those with a text of their own
/// in one more if their dates all differ; each that states no date for itself. Every name is in one series,
/// and NamePattern reads the dates of `dates` from them. In order of their first name.
[[nodiscard]] std::vector<NameSeries> find_name_series(const std::vector<std::string>& names);

/// How regular dates are.
struct DateSteps {
  enum class Unit { none, day, month, year };
  Unit unit = Unit::none;        ///< by which most dates follow one another; none: no rule is found
  std::vector<Instant> missing;  ///< days, months or years without a file, in order
};

/// `dates`: sorted by first instant.
[[nodiscard]] DateSteps find_steps(const std::vector<DateSpan>& dates);

}  // namespace marchland::detail
