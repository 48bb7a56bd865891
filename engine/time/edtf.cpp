#include <marchland/base/error.h>
#include <marchland/time/edtf.h>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <vector>

namespace marchland {
namespace {

using namespace std::chrono;

[[noreturn]] void fail(std::string_view text, std::string_view reason) {
  throw InvalidArgument(fmt::format(
      "'{}' is not a date ({}); of dates in doubt these are read: 1993-04~, 1993?, 199X, 1993-XX, "
      "1993-04-XX, [1992-05-18..1992-05-19], [1667,1668], [..1984], [1984..]",
      text, reason));
}

Instant shifted(Instant at, int units, const DateSpan& by, const DayConvention& convention) {
  const seconds length = by.last - by.first;
  if (length <= days(1)) return at + units * length;
  // Longer spans are months and years of the local calendar.
  const seconds to_local = convention.utc_offset - convention.day_starts;
  const year_month_day date(floor<days>(at + to_local));
  const bool is_month = length <= days(31);
  const year_month_day moved = is_month ? date + months(units) : date + years(units);
  return sys_seconds(sys_days(moved)) - to_local;
}

DateSpan first_day(const DateSpan& span) {
  return {span.first, std::min(span.last, span.first + days(1))};
}
DateSpan last_day(const DateSpan& span) {
  return {std::max(span.first, span.last - days(1)), span.last};
}

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// Digits, then X.
bool is_masked(std::string_view text) {
  const std::size_t digits = text.find('X');
  return digits != std::string_view::npos && (digits == 0 || is_number(text.substr(0, digits))) &&
         text.find_first_not_of('X', digits) == std::string_view::npos;
}

std::string filled(std::string_view text, char digit) {
  std::string out(text);
  std::replace(out.begin(), out.end(), 'X', digit);
  return out;
}

/// Level 1: the last digits of the year, the month, or the day; what follows is unspecified as well.
FuzzyDate parse_masked(std::string_view text, std::string_view shown, const DayConvention& convention) {
  const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  std::vector<std::string_view> parts;
  for (std::size_t at = sign;;) {
    const std::size_t end = std::min(text.find('-', at), text.size());
    parts.push_back(text.substr(at, end - at));
    if (end == text.size()) break;
    at = end + 1;
  }
  const auto all_x = [](std::string_view part) { return part == "XX"; };
  DateSpan span;
  if (is_masked(parts[0])) {
    if (parts[0].front() == 'X')
      fail(shown, "nothing of its year is stated; leave an open end empty, or write [..1984]");
    if (parts.size() > 3 || !std::all_of(parts.begin() + 1, parts.end(), all_x))
      fail(shown, "after a year in X month and day are XX or missing");
    const std::string_view year = text.substr(0, sign + parts[0].size());
    const DateSpan one = parse_date(filled(year, '0'), convention);
    const DateSpan other = parse_date(filled(year, '9'), convention);
    span = {std::min(one.first, other.first), std::max(one.last, other.last)};
  } else if (parts.size() >= 2 && all_x(parts[1])) {
    if (parts.size() > 3 || (parts.size() == 3 && !all_x(parts[2])))
      fail(shown, "after a month XX the day is XX or missing");
    span = parse_date(text.substr(0, sign + parts[0].size()), convention);
  } else if (parts.size() == 3 && all_x(parts[2])) {
    span = parse_date(text.substr(0, text.size() - 3), convention);
  } else {
    fail(shown, "X stands for the last digits of a year, for a whole month or a whole day");
  }
  return {span, first_day(span), last_day(span)};
}

/// No set.
FuzzyDate parse_one(std::string_view text, std::string_view shown, const DayConvention& convention) {
  if (text.empty()) fail(shown, "a date is missing");
  const char qualifier = text.back();
  if (qualifier == '?' || qualifier == '~' || qualifier == '%') {
    const std::string_view plain = text.substr(0, text.size() - 1);
    if (has_edtf_sign(plain)) fail(shown, "one of ? ~ % stands once, at the end of a plain date");
    const DateSpan span = parse_date(plain, convention);
    const DateSpan before{shifted(span.first, -1, span, convention), span.first};
    const DateSpan after{span.last, shifted(span.last, 1, span, convention)};
    return {span, first_day(before), last_day(after)};
  }
  if (text.find_first_of("?~%") != std::string_view::npos)
    fail(shown, "? ~ % are read at the end only, where they mean all of the date");
  if (text.find('X') != std::string_view::npos) return parse_masked(text, shown, convention);
  const DateSpan span = parse_date(text, convention);
  return {span, span, span};
}

/// One of the days of a member.
FuzzyDate any_day_of(FuzzyDate date) {
  date.earliest = first_day(date.earliest);
  date.latest = last_day(date.latest);
  return date;
}

FuzzyDate parse_member(std::string_view text, std::string_view shown, const DayConvention& convention) {
  constexpr DateSpan kEver{Interval().from(), Interval().from()};
  constexpr DateSpan kNever{Interval().to(), Interval().to()};
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) return any_day_of(parse_one(text, shown, convention));
  const std::string_view from = text.substr(0, dots);
  const std::string_view to = text.substr(dots + 2);
  if (from.empty() && to.empty()) fail(shown, "both sides are open; leave an open end empty");
  const FuzzyDate low = any_day_of(parse_one(from.empty() ? to : from, shown, convention));
  const FuzzyDate high = any_day_of(parse_one(to.empty() ? from : to, shown, convention));
  if (!from.empty() && !to.empty() && high.nominal.first < low.nominal.first)
    fail(shown, "its second date is before the first; swap them");
  return {low.nominal, from.empty() ? kEver : low.earliest, to.empty() ? kNever : high.latest};
}

FuzzyDate parse_set(std::string_view text, const DayConvention& convention) {
  const std::string_view inside = text.substr(1, text.size() - 2);
  std::optional<FuzzyDate> all;
  for (std::size_t at = 0; at <= inside.size();) {
    const std::size_t end = std::min(inside.find(',', at), inside.size());
    std::string_view part = inside.substr(at, end - at);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    const FuzzyDate member = parse_member(part, text, convention);
    if (!all) {
      all = member;
    } else {
      if (member.earliest.first < all->earliest.first) all->earliest = member.earliest;
      if (member.latest.last > all->latest.last) all->latest = member.latest;
    }
    at = end + 1;
  }
  // "[1993-04-02]" is that day.
  if (all->earliest == all->latest) all->nominal = all->earliest;
  return *all;
}

/// "1993-21": months 21 to 41 are seasons, quarters and halves.
bool is_season(std::string_view text) {
  const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  const std::size_t dash = text.find('-', sign);
  if (dash == std::string_view::npos || !is_number(text.substr(sign, dash - sign))) return false;
  const std::string_view month = text.substr(dash + 1, 2);
  return text.size() == dash + 3 && is_number(month) && month >= "21" && month <= "41";
}

/// GDAL writes dates with two of them, which parse_date reads.
bool is_interval(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view before = text.substr(0, slash);
  const std::string_view after = text.substr(slash + 1);
  return before.find('-', 1) != std::string_view::npos || after.empty() || after.starts_with("..") ||
         (is_number(after) && after.size() >= 4) || after.find('-') == 4;
}

}  // namespace

FuzzyInstant FuzzyDate::first() const noexcept {
  return {nominal.first, earliest.first, latest.first};
}
FuzzyInstant FuzzyDate::last() const noexcept {
  return {nominal.last, earliest.last, latest.last};
}

bool has_edtf_sign(std::string_view text) noexcept {
  return text.find_first_of("?~%X[]{}") != std::string_view::npos ||
         text.find("..") != std::string_view::npos;
}

FuzzyDate parse_edtf(std::string_view text, const DayConvention& convention) {
  if (text.empty() || text == "..") fail(text, "an open end names none");
  if (text.front() == '[') {
    if (text.size() < 3 || text.back() != ']' || text.substr(1).find('[') != std::string_view::npos)
      fail(text, "a set is written [ first, second, ... ] with one date in it or more");
    return parse_set(text, convention);
  }
  if (text.front() == '{')
    fail(text, "{ } means all of its members; something begins and ends once: [ ] is one of them");
  if (text.front() == 'Y') fail(text, "years of more than four digits carry a sign: +17000, -17000");
  if (is_interval(text))
    fail(text, "an interval has two dates; write them into two fields, the layer's 'from' and 'to'");
  if (text.find("..") != std::string_view::npos) fail(text, "a range of possible dates stands in [ ]");
  if (is_season(text.substr(0, text.find_first_of("?~%"))))
    fail(text,
         "a season has other months on the other hemisphere; write them: [1993-03..1993-05] for spring in "
         "the north");
  return parse_one(text, text, convention);
}

}  // namespace marchland
