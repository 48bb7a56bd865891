#pragma once
// Dates in doubt, as EDTF (ISO 8601-2, Extended Date/Time Format) writes them: which day is meant, and which
// days it may have been. docs/design/time.md has the reasons.
#include <marchland/time/instant.h>
#include <marchland/time/interval.h>

#include <string_view>

namespace marchland {

/// An instant that may have been earlier or later. earliest <= nominal <= latest; an open side is
/// Interval().from() or Interval().to().
struct FuzzyInstant {
  Instant nominal;   ///< what figures are told of
  Instant earliest;  ///< may be Interval().from(): any time before
  Instant latest;    ///< inclusive; may be Interval().to(): any time after
  [[nodiscard]] bool is_exact() const noexcept { return earliest == latest; }
  [[nodiscard]] static FuzzyInstant exactly(Instant at) noexcept { return {at, at, at}; }
  friend auto operator<=>(const FuzzyInstant&, const FuzzyInstant&) = default;
};

/// A date expression: what it names, and the first and the last day (hour, minute or second, where one is
/// stated) that may be meant. Of an exact date all three are what parse_date reads, so that "1993-04" is the
/// whole month and no day of it in doubt.
struct FuzzyDate {
  DateSpan nominal;
  DateSpan earliest;
  DateSpan latest;
  [[nodiscard]] bool is_exact() const noexcept { return earliest == latest; }
  /// As the beginning of something: the first instant of each.
  [[nodiscard]] FuzzyInstant first() const noexcept;
  /// As the inclusive end of something: the first instant after each.
  [[nodiscard]] FuzzyInstant last() const noexcept;
  friend bool operator==(const FuzzyDate&, const FuzzyDate&) = default;
};

/// Reads a date as parse_date does, or an expression of EDTF (level 0, of levels 1 and 2 what states one date
/// in doubt):
///   1993-04?  1993-04~  1993-04%    uncertain, approximate, both: the unit last stated before and after, too
///                                   (1993-04~: 1 March to 31 May 1993; the program does not tell ? from ~)
///   199X  19XX  1993-XX  1993-04-XX  1993-XX-XX   some year, month or day of those
///   [1992-05-18..1992-05-19]        one of these days;  [1667,1668,1670..1672]  or of several such
///   [..1984]  [1984..]              that year or any time before, after
/// The nominal date is the whole of what is written: of ? ~ % the date without the sign, of X all that it can
/// stand for, of [ ] the member written first ([..1984]: 1984). An X or a member names one of its days, so
/// that [1667,1668] reaches from 1 January 1667 to 31 December 1668.
///
/// Throws InvalidArgument with the text, the reason and what to write instead, where it is neither: seasons
/// (their months depend on the hemisphere), sets in braces (they mean all members), intervals (from and to
/// are two fields), a sign on one component only, X before a digit, years of Y, empty and "..": an open end
/// is no date.
[[nodiscard]] FuzzyDate parse_edtf(std::string_view text, const DayConvention& convention = {});

/// Whether the text has a sign of EDTF that parse_date does not read: ? ~ % X [ ] { } or "..". Cheap.
[[nodiscard]] bool has_edtf_sign(std::string_view text) noexcept;

}  // namespace marchland
