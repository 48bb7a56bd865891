#pragma once
// What the columns of a table mean: dates on which something begins or ends, and who holds the ground.
//
// Names are compared without case and punctuation ("VALID_FROM", "validFrom"); values decide whether a column
// can be what its name says.
#include <marchland/time/instant.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marchland::detail {

/// A column of text values as VectorFeature has them.
struct Column {
  std::string name;
  std::vector<std::optional<std::string>> values;
};

enum class DateRole {
  none,      ///< no date by its name
  begins,    ///< "start", "valid_from", "gwsdate"
  ends,      ///< "end", "until"
  day,       ///< "date", "day"
  recorded,  ///< "updated_at": when it was written down, not when it held
};

[[nodiscard]] DateRole date_role(std::string_view field);

/// A column that states dates.
struct DateColumn {
  std::string field;
  DateRole role = DateRole::none;
  std::string format;                      ///< as NamePattern reads it; empty: ISO 8601
  std::string other_reading;               ///< the format with day and month exchanged, if that reads as well
  std::map<std::string, std::size_t> odd;  ///< values that are no dates, with how often they occur
  /// Values that are dates and stand for an open end ("2099-12-31"), with how often they occur.
  std::map<std::string, std::size_t> stand_ins;
  std::size_t filled = 0;  ///< values that are there
};

/// The dates of a column where at least 95 % of its values are some; under a name that says begin, end or day
/// where at least half are, or any is and the rest are words for an open end ("present", "9999"). Nothing
/// otherwise, nor where more than 5 % of the values are dates of another form. Dates in doubt (time/edtf.h)
/// are ISO 8601. Empty values and ".." are open ends. Whole numbers count as years (1000..2199) or days
/// (YYYYMMDD) only under a name that means a date; the year 9999 is no date. A column of ends may have
/// nothing but words for an open end.
///
/// Stand-ins are, of ends, days after 2098 and what databases count to (2079-06-06); of beginnings, the first
/// day of year 1. Further ones that are the first day databases and spreadsheets count from (1900-01-01,
/// 1970-01-01 and the like) only where rows share it, as the earliest by 20 years or more.
[[nodiscard]] std::optional<DateColumn> find_date_column(const Column& column);

/// Why a column whose name says begin, end or day is none of dates, for a message; empty where it is one or
/// its name says nothing.
[[nodiscard]] std::string why_no_dates(const Column& column);

/// Date of one value as the manifest will read it: nothing for open ends, odd values and stand-ins.
[[nodiscard]] std::optional<DateSpan> date_of(const DateColumn& column,
                                              const std::optional<std::string>& value);

/// Groups of number columns that make one date together: {"gwsyear", "gwsmonth", "gwsday"}.
[[nodiscard]] std::vector<std::vector<std::string>> find_split_dates(const std::vector<Column>& columns);

struct ActorColumn {
  std::string field;
  std::vector<std::string> others;  ///< further fields that could name holders, best first
};

/// The column that most likely names who holds the ground; nothing if none does. `dates` are columns of
/// dates.
[[nodiscard]] std::optional<ActorColumn> find_actor_column(const std::vector<Column>& columns,
                                                           const std::vector<std::string>& dates);

/// "validFrom_2" as {"valid", "from"}: words of Latin letters in lower case, parted by everything else and by
/// capitals after small letters.
[[nodiscard]] std::vector<std::string> words_of(std::string_view name);

/// Latin letters, in lower case, and digits; all else is left out.
[[nodiscard]] std::string letters_and_digits(std::string_view name);

/// Without spaces at either end.
[[nodiscard]] std::string trimmed(std::string_view text);

}  // namespace marchland::detail
