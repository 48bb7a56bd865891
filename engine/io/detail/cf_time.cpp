#include <marchland/io/detail/cf_time.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <utility>

namespace marchland::detail {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Seconds; 0: none of those that have a fixed length.
double seconds_of(const std::string& unit) {
  constexpr std::array<std::pair<const char*, double>, 15> kUnits{{{"days", 86400.0},
                                                                   {"day", 86400.0},
                                                                   {"d", 86400.0},
                                                                   {"hours", 3600.0},
                                                                   {"hour", 3600.0},
                                                                   {"hrs", 3600.0},
                                                                   {"hr", 3600.0},
                                                                   {"h", 3600.0},
                                                                   {"minutes", 60.0},
                                                                   {"minute", 60.0},
                                                                   {"min", 60.0},
                                                                   {"seconds", 1.0},
                                                                   {"second", 1.0},
                                                                   {"sec", 1.0},
                                                                   {"s", 1.0}}};
  for (const auto& [name, seconds] : kUnits) {
    if (unit == name) return seconds;
  }
  return 0.0;
}

/// "1850-1-1 0:0:0": its parts may have one digit. Nothing where an offset other than UTC follows.
std::optional<Instant> reference_of(const std::string& text) {
  using namespace std::chrono;
  int y = 0;
  int used = 0;
  unsigned m = 0;
  unsigned d = 0;
  if (std::sscanf(text.c_str(), "%d-%2u-%2u%n", &y, &m, &d, &used) != 3) return std::nullopt;
  const year_month_day date{year{y}, month{m}, day{d}};
  if (!date.ok()) return std::nullopt;
  std::string rest = text.substr(static_cast<std::size_t>(used));
  unsigned hour = 0;
  unsigned minute = 0;
  double second = 0.0;
  used = 0;
  if (std::sscanf(rest.c_str(), "%*1[ t]%2u:%2u%n", &hour, &minute, &used) == 2 && used > 0) {
    rest = rest.substr(static_cast<std::size_t>(used));
    used = 0;
    if (std::sscanf(rest.c_str(), ":%lf%n", &second, &used) == 1)
      rest = rest.substr(static_cast<std::size_t>(used));
  }
  std::erase(rest, ' ');
  if (!rest.empty() && rest != "utc" && rest != "z" && rest != "gmt" && rest != "+00:00" && rest != "+0:00" &&
      rest != "00:00") {
    return std::nullopt;
  }
  if (hour > 24 || minute > 59 || !(second >= 0.0 && second < 61.0)) return std::nullopt;
  return Instant(sys_days(date)) + hours(hour) + minutes(minute) + seconds(std::llround(second));
}

}  // namespace

std::optional<Instant> instant_of_cf(double value, const std::string& units, const std::string& calendar) {
  const std::string text = lower(units);
  const std::string of = lower(calendar);
  const bool is_mixed = of.empty() || of == "standard" || of == "gregorian";
  if (!is_mixed && of != "proleptic_gregorian") return std::nullopt;
  const std::size_t since = text.find(" since ");
  if (since == std::string::npos) return std::nullopt;
  std::string unit = text.substr(0, since);
  std::erase(unit, ' ');
  std::string reference = text.substr(since + 7);
  reference.erase(0, reference.find_first_not_of(' '));
  const double length = seconds_of(unit);
  const std::optional<Instant> from = reference_of(reference);
  constexpr double kFarthest = 1e12;  // seconds, 30 000 years
  if (length == 0.0 || !from || !(std::abs(value * length) < kFarthest)) return std::nullopt;
  const Instant at = *from + std::chrono::seconds(std::llround(value * length));
  using namespace std::chrono;
  constexpr Instant kGregorian = sys_days(year{1582} / 10 / 15);
  if (is_mixed && (*from < kGregorian || at < kGregorian)) return std::nullopt;
  if (at < Instant(sys_days(year{0} / 1 / 1)) || at >= Instant(sys_days(year{10000} / 1 / 1)))
    return std::nullopt;
  return at;
}

}  // namespace marchland::detail
