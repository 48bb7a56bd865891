#pragma once
// Dates as patterns describe them: in file names ("deepstatemap_data_%Y%m%d"), in columns ("%m/%d/%Y").
#include <marchland/time/instant.h>

#include <optional>
#include <string>
#include <string_view>

namespace marchland {

/// A text with the fields %Y (4 digits), %y (2 digits, 1969..2068), %m, %d, %j (day of year), %H, %M, %S and
/// %%.
class NamePattern {
 public:
  /// Throws InvalidArgument on an unknown field, or where no field names a year.
  explicit NamePattern(std::string pattern);

  /// The date that the first match of the pattern inside `name` states; nothing where it does not match.
  /// Throws InvalidArgument when it matches but names no date ("20241341").
  [[nodiscard]] std::optional<DateSpan> find_date(std::string_view name,
                                                  const DayConvention& convention) const;

  /// The date that the whole of `text` states, as columns write dates ("%m/%d/%Y": "8/3/1914"). %m, %d, %H,
  /// %M and %S may have one digit, except directly before another field, where only the full number of digits
  /// says where each ends. Throws InvalidArgument, with the text and the pattern, where it does not fit or
  /// names no date.
  [[nodiscard]] DateSpan read_date(std::string_view text, const DayConvention& convention) const;

  [[nodiscard]] const std::string& text() const noexcept { return pattern_; }

 private:
  std::string pattern_;
};

}  // namespace marchland
