#include <marchland/base/error.h>
#include <marchland/time/instant.h>

#include <fmt/format.h>

#include <cctype>
#include <optional>

namespace marchland {
namespace {

using namespace std::chrono;

constexpr const char* kForms =
    "expected ISO 8601: 1993, 1993-04, 1993-04-02, 1993-04-02T14:45, 2020-11-09T21:00:00Z, "
    "2020-11-10T00:00+03:00, -0300-01-01";

/// Reads a text from left to right; every reader either consumes or leaves the position unchanged.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::size_t count_digits() const {
    std::size_t count = 0;
    while (count < rest_.size() && std::isdigit(static_cast<unsigned char>(rest_[count])) != 0) ++count;
    return count;
  }
  bool accept(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  std::optional<int> number(std::size_t digits) {
    if (count_digits() < digits) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) value = value * 10 + (rest_[i] - '0');
    rest_.remove_prefix(digits);
    return value;
  }

 private:
  std::string_view rest_;
};

[[noreturn]] void fail(std::string_view text, std::string_view reason) {
  throw InvalidArgument(fmt::format("'{}' is not a date ({}); {}", text, reason, kForms));
}

int read_year(Scanner& scan, std::string_view text) {
  const char sign = scan.peek();
  if (scan.accept("+-")) {
    // An expanded year has as many digits as there are; a basic date cannot follow it unambiguously.
    const std::size_t digits = scan.count_digits();
    if (digits < 4 || digits > 5) fail(text, "a signed year has 4 or 5 digits");
    const int magnitude = *scan.number(digits);
    if (magnitude > 30000) fail(text, "years beyond 30000 are not supported");
    return sign == '-' ? -magnitude : magnitude;
  }
  const auto year = scan.number(4);
  if (!year) fail(text, "it does not begin with a year of 4 digits");
  return *year;
}

struct Clock {
  seconds time{0};
  seconds precision{0};
};

Clock read_clock(Scanner& scan, std::string_view text) {
  const auto hour = scan.number(2);
  if (!hour) fail(text, "the hour is missing");
  Clock clock{hours(*hour), hours(1)};
  int minute = 0;
  int second = 0;
  scan.accept(":");
  if (const auto value = scan.number(2)) {
    minute = *value;
    clock = {hours(*hour) + minutes(minute), minutes(1)};
    scan.accept(":");
    if (const auto last = scan.number(2)) {
      second = *last;
      clock = {clock.time + seconds(second), seconds(1)};
      if (scan.accept(".,") && scan.count_digits() > 0) {
        while (scan.number(1)) {
        }
      }
    }
  }
  const bool end_of_day = *hour == 24 && minute == 0 && second == 0;
  if ((*hour > 23 && !end_of_day) || minute > 59 || second > 59) fail(text, "there is no such time of day");
  return clock;
}

std::optional<minutes> read_offset(Scanner& scan) {
  if (scan.accept("Zz")) return minutes(0);
  const char sign = scan.peek();
  if (!scan.accept("+-")) return std::nullopt;
  const auto hour = scan.number(2);
  if (!hour || *hour > 18) return std::nullopt;
  scan.accept(":");
  const auto minute = scan.number(2).value_or(0);
  if (minute > 59) return std::nullopt;
  const minutes magnitude = hours(*hour) + minutes(minute);
  return sign == '-' ? -magnitude : magnitude;
}

std::string format_date(const year_month_day& date) {
  const int year = static_cast<int>(date.year());
  const char* sign = year < 0 ? "-" : (year > 9999 ? "+" : "");
  return fmt::format("{}{:04}-{:02}-{:02}", sign, std::abs(year), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

}  // namespace

DateSpan parse_date(std::string_view text, const DayConvention& convention) {
  Scanner scan(text);
  const auto day_at = [&](const year_month_day& date) {
    return sys_seconds(sys_days(date)) + convention.day_starts - convention.utc_offset;
  };
  const year y(read_year(scan, text));
  if (scan.at_end()) return {day_at(y / January / 1), day_at((y + years(1)) / January / 1)};

  const bool extended = scan.accept("-/");
  if (!extended && scan.count_digits() < 4) fail(text, "month and day need two digits each");
  const auto month_number = scan.number(2);
  if (!month_number || *month_number < 1 || *month_number > 12) fail(text, "there is no such month");
  const year_month month = y / std::chrono::month(static_cast<unsigned>(*month_number));
  if (scan.at_end()) return {day_at(month / 1), day_at((month + months(1)) / 1)};

  if (extended && !scan.accept("-/")) fail(text, "the day is missing");
  const auto day_number = scan.number(2);
  if (!day_number) fail(text, "the day needs two digits");
  const year_month_day date = month / std::chrono::day(static_cast<unsigned>(*day_number));
  if (!date.ok()) fail(text, "there is no such day");
  if (scan.at_end()) return {day_at(date), day_at(sys_days(date) + days(1))};

  if (!scan.accept("T t")) fail(text, "after the day comes 'T' and a time");
  if (scan.at_end()) return {day_at(date), day_at(sys_days(date) + days(1))};
  const Clock clock = read_clock(scan, text);
  const auto offset = read_offset(scan);
  if (!scan.at_end()) fail(text, "what follows the time is no offset such as Z or +03:00");
  const Instant first = sys_seconds(sys_days(date)) + clock.time - offset.value_or(convention.utc_offset);
  return {first, first + clock.precision};
}

minutes parse_utc_offset(std::string_view text) {
  Scanner scan(text);
  const auto offset = read_offset(scan);
  if (!offset || !scan.at_end()) {
    throw InvalidArgument(fmt::format("'{}' is not a time zone offset; expected +04:00, -03:30 or Z", text));
  }
  return *offset;
}

minutes parse_time_of_day(std::string_view text) {
  Scanner scan(text);
  const auto hour = scan.number(2);
  const bool colon = scan.accept(":");
  const auto minute = scan.number(2);
  if (!hour || !colon || !minute || !scan.at_end() || *hour > 23 || *minute > 59) {
    throw InvalidArgument(fmt::format("'{}' is not a time of day; expected HH:MM", text));
  }
  return hours(*hour) + minutes(*minute);
}

std::string format_instant(Instant instant, const DayConvention& convention) {
  const auto local = instant + convention.utc_offset;
  const auto day_local = local - convention.day_starts;
  const auto day = floor<days>(day_local);
  if (day_local == day) return format_date(year_month_day(day));
  const auto midnight = floor<days>(local);
  const hh_mm_ss clock(local - midnight);
  std::string text = fmt::format("{}T{:02}:{:02}:{:02}", format_date(year_month_day(midnight)),
                                 clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (convention.utc_offset == minutes(0)) return text + "Z";
  const auto magnitude = abs(convention.utc_offset);
  return text + fmt::format("{}{:02}:{:02}", convention.utc_offset < minutes(0) ? '-' : '+',
                            magnitude.count() / 60, magnitude.count() % 60);
}

std::string format_utc(Instant instant) {
  const auto day = floor<days>(instant);
  const hh_mm_ss clock(instant - day);
  return fmt::format("{}T{:02}:{:02}:{:02}Z", format_date(year_month_day(day)), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

}  // namespace marchland
