#include <marchland/base/error.h>
#include <marchland/io/detail/name_dates.h>
#include <marchland/time/name_pattern.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <map>
#include <numeric>
#include <set>

namespace marchland::detail {
namespace {

// In order of preference where several read as many different dates: more exact ones first, of equals those
// of ISO 8601, then days before months.
constexpr std::array<std::string_view, 40> kFormats{"%Y-%m-%dT%H-%M-%S",
                                                    "%Y-%m-%dT%H%M%S",
                                                    "%Y-%m-%d_%H-%M-%S",
                                                    "%Y%m%dT%H%M%S",
                                                    "%Y%m%d_%H%M%S",
                                                    "%Y%m%d-%H%M%S",
                                                    "%Y%m%d%H%M%S",
                                                    "%Y-%m-%dT%H-%M",
                                                    "%Y-%m-%d_%H-%M",
                                                    "%Y-%m-%dT%H%M",
                                                    "%Y%m%dT%H%M",
                                                    "%Y%m%d_%H%M",
                                                    "%Y%m%d-%H%M",
                                                    "%Y%m%d%H%M",
                                                    "%Y-%m-%d",
                                                    "%Y_%m_%d",
                                                    "%Y.%m.%d",
                                                    "%Y %m %d",
                                                    "%Y%m%d",
                                                    "%d-%m-%Y",
                                                    "%d_%m_%Y",
                                                    "%d.%m.%Y",
                                                    "%d %m %Y",
                                                    "%d%m%Y",
                                                    "%m-%d-%Y",
                                                    "%m_%d_%Y",
                                                    "%m.%d.%Y",
                                                    "%m %d %Y",
                                                    "%m%d%Y",
                                                    "%Y-%j",
                                                    "%Y%j",
                                                    "%Y-%m",
                                                    "%Y_%m",
                                                    "%Y.%m",
                                                    "%Y%m",
                                                    "%m-%Y",
                                                    "%m_%Y",
                                                    "%m.%Y",
                                                    "%y%m%d",
                                                    "%Y"};

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

std::size_t digits_of(char field) {
  return field == 'Y' ? 4 : field == 'j' ? 3 : 2;
}

/// Length of the text at the start of `name` that has the form, whatever its numbers; 0 if none has.
std::size_t match_length(std::string_view format, std::string_view name) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      if (at >= name.size() || name[at] != format[i]) return 0;
      ++at;
      continue;
    }
    for (std::size_t k = digits_of(format[++i]); k > 0; --k, ++at)
      if (at >= name.size() || !is_digit(name[at])) return 0;
  }
  return at;
}

// Numbers of other meaning are rarely taken for a year within these.
constexpr int kFirstYear = 1000;
constexpr int kLastYear = 2199;

int year_of(const DateSpan& span) {
  using namespace std::chrono;
  return static_cast<int>(year_month_day(floor<days>(span.first)).year());
}

std::optional<DateSpan> read_date(std::string_view format, std::string_view text) {
  try {
    const auto span = NamePattern(std::string(format)).find_date(text, {});
    if (!span || year_of(*span) < kFirstYear || year_of(*span) > kLastYear) return std::nullopt;
    return span;
  } catch (const InvalidArgument&) {
    return std::nullopt;
  }
}

bool has_field(std::string_view format, char field) {
  return format.find(std::string{'%', field}) != std::string_view::npos;
}

/// Digits at the start, at most two that no third follows, after a character that parts the fields of dates.
std::size_t further_part(std::string_view text) {
  if (text.size() < 2 || std::string_view("-_. ").find(text[0]) == std::string_view::npos) return 0;
  std::size_t digits = 0;
  while (1 + digits < text.size() && is_digit(text[1 + digits])) ++digits;
  return digits == 1 || digits == 2 ? 1 + digits : 0;
}

/// Whether `after`, what follows a year or a month, goes on as a date does: 2024-02 before "-30", 2024 before
/// "-02" or "-2-30".
bool goes_on(std::string_view format, std::string_view after) {
  if (has_field(format, 'd') || has_field(format, 'j')) return false;
  const std::size_t part = further_part(after);
  if (part == 0) return false;
  if (part == 3) return true;  // two digits
  const std::string_view rest = after.substr(part);
  return !has_field(format, 'm') && !rest.empty() && rest[0] == after[0] && further_part(rest) > 0;
}

/// Whether a month and year, or a year, end a longer date: 02-2024 after "30-", 2024 after "30-02-".
bool goes_before(std::string_view format, std::string_view before) {
  if (has_field(format, 'd') || has_field(format, 'j') || format.starts_with("%Y-") ||
      format.starts_with("%Y_"))
    return false;
  const auto take = [&](std::string_view& text) {
    if (text.size() < 3 || std::string_view("-_. ").find(text.back()) == std::string_view::npos) return false;
    const std::string_view digits = text.substr(text.size() - 3, 2);
    if (!is_digit(digits[0]) || !is_digit(digits[1])) return false;
    text.remove_suffix(3);
    return text.empty() || !is_digit(text.back());
  };
  if (format.starts_with("%m")) return take(before);
  return format == "%Y" && take(before) && take(before);
}

/// Both have day and month, in either order.
std::string exchanged(std::string_view format) {
  std::string other(format);
  if (format.find("%d") == std::string_view::npos || format.starts_with("%Y") || format.starts_with("%y"))
    return {};
  for (char& c : other) c = c == 'd' ? 'm' : c == 'm' ? 'd' : c;
  return other;
}

/// The date of each name; of length 0 where it states none.
std::vector<NameDate> dates_by(std::string_view format, const std::vector<std::string>& names) {
  std::vector<NameDate> dates;
  dates.reserve(names.size());
  for (const std::string& name : names) dates.push_back(find_name_date(format, name).value_or(NameDate{}));
  return dates;
}

struct Yield {
  std::size_t different = 0;
  std::size_t names = 0;
  friend auto operator<=>(const Yield&, const Yield&) = default;
};

Yield yield_of(const std::vector<NameDate>& dates) {
  std::set<Instant> different;
  Yield yield;
  for (const auto& date : dates) {
    if (date.length == 0) continue;
    ++yield.names;
    different.insert(date.span.first);
  }
  yield.different = different.size();
  return yield;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '%' ? std::string("%%") : std::string(1, c);
  return out;
}

bool reads(const std::string& pattern, const std::vector<std::string>& names, const NameSeries& series) {
  const NamePattern reader(pattern);
  for (std::size_t i = 0; i < series.files.size(); ++i) {
    try {
      if (reader.find_date(names[series.files[i]], {}) != series.dates[i]) return false;
    } catch (const InvalidArgument&) {
      return false;
    }
  }
  return true;
}

/// What of the text before and after the date all share.
struct Around {
  std::string before, after;
};

Around shared_text(const std::vector<std::string>& names, const std::vector<NameDate>& dates,
                   const std::vector<std::size_t>& files) {
  const auto before = [&](std::size_t f) { return names[f].substr(0, dates[f].at); };
  const auto after = [&](std::size_t f) { return names[f].substr(dates[f].at + dates[f].length); };
  Around shared{before(files.front()), after(files.front())};
  for (const std::size_t f : files) {
    const std::string b = before(f);
    const std::string a = after(f);
    const auto left = std::mismatch(shared.before.rbegin(), shared.before.rend(), b.rbegin(), b.rend());
    shared.before = std::string(left.first.base(), shared.before.end());
    const auto right = std::mismatch(shared.after.begin(), shared.after.end(), a.begin(), a.end());
    shared.after.erase(right.first, shared.after.end());
  }
  return shared;
}

/// A series of those files; without pattern if none reads their dates.
NameSeries make_series(const NameFormat& format, const std::vector<std::string>& names,
                       const std::vector<NameDate>& dates, std::vector<std::size_t> files) {
  std::stable_sort(files.begin(), files.end(),
                   [&](std::size_t a, std::size_t b) { return dates[a].span.first < dates[b].span.first; });
  NameSeries series;
  series.files = std::move(files);
  for (const std::size_t f : series.files) series.dates.push_back(dates[f].span);
  const auto [before, after] = shared_text(names, dates, series.files);
  series.literal = before + after.substr(0, after.rfind('.'));
  const auto end = series.literal.find_last_not_of("-_. ");
  series.literal.resize(end == std::string::npos ? 0 : end + 1);
  const std::string b = escaped(before);
  const std::string a = escaped(after);
  const std::string before_date = b + format.format;
  for (const std::string& pattern : {before_date, before_date + a, format.format + a}) {
    if (!reads(pattern, names, series)) continue;
    series.pattern = pattern;
    series.other_reading = format.other_reading.empty() ? "" : b + format.other_reading;
    return series;
  }
  series.dates.clear();
  return series;
}

NameSeries alone(const std::vector<std::string>& names, std::size_t file) {
  return {"", "", std::filesystem::path(names[file]).stem().string(), {file}, {}};
}

/// Series of the names among `open` that have dates of one form; `open` keeps the rest.
std::vector<NameSeries> take_series(const std::vector<std::string>& names, std::vector<std::size_t>& open) {
  std::vector<std::string> rest;
  rest.reserve(open.size());
  for (const std::size_t f : open) rest.push_back(names[f]);
  const auto format = find_name_format(rest);
  std::vector<NameSeries> found;
  if (!format) return found;
  const auto dates = dates_by(format->format, names);
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> by_text;
  std::vector<std::size_t> undated;
  for (const std::size_t f : open) {
    if (dates[f].length > 0) {
      by_text[{names[f].substr(0, dates[f].at), names[f].substr(dates[f].at + dates[f].length)}].push_back(f);
    } else {
      undated.push_back(f);
    }
  }
  open = std::move(undated);
  std::vector<std::size_t> single;
  std::set<Instant> single_dates;
  const auto add = [&](std::vector<std::size_t> files) {
    NameSeries series = make_series(*format, names, dates, std::move(files));
    if (!series.pattern.empty()) {
      found.push_back(std::move(series));
    } else {
      for (const std::size_t f : series.files) found.push_back(make_series(*format, names, dates, {f}));
    }
  };
  for (auto& [text, files] : by_text) {
    if (files.size() > 1) {
      add(files);
    } else {
      single.push_back(files.front());
      single_dates.insert(dates[files.front()].span.first);
    }
  }
  if (!single.empty() && single_dates.size() == single.size()) {
    add(single);
  } else {
    for (const std::size_t f : single) add({f});
  }
  return found;
}

/// Of the parts of a date: how many calendar units since the epoch of the calendar.
std::int64_t count_of(Instant instant, DateSteps::Unit unit) {
  using namespace std::chrono;
  const auto day = floor<days>(instant);
  const year_month_day date(day);
  const std::int64_t year = static_cast<int>(date.year());
  if (unit == DateSteps::Unit::day) return day.time_since_epoch().count();
  if (unit == DateSteps::Unit::month) return year * 12 + static_cast<unsigned>(date.month()) - 1;
  return year;
}

Instant instant_of(std::int64_t count, DateSteps::Unit unit) {
  using namespace std::chrono;
  if (unit == DateSteps::Unit::day) return sys_days(days(count));
  if (unit == DateSteps::Unit::month)
    return sys_days(year(static_cast<int>(count / 12)) / static_cast<int>(count % 12 + 1) / 1);
  return sys_days(year(static_cast<int>(count)) / 1 / 1);
}

}  // namespace

std::optional<NameDate> find_name_date(std::string_view format, std::string_view name) {
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (!is_digit(name[at]) || (at > 0 && is_digit(name[at - 1]))) continue;
    const std::size_t length = match_length(format, name.substr(at));
    if (length == 0 || (at + length < name.size() && is_digit(name[at + length]))) continue;
    if (goes_on(format, name.substr(at + length)) || goes_before(format, name.substr(0, at))) continue;
    if (const auto span = read_date(format, name.substr(at, length))) return NameDate{at, length, *span};
  }
  return std::nullopt;
}

std::string find_impossible_date(std::string_view name) {
  for (const std::string_view format : kFormats) {
    if (!has_field(format, 'd') || !has_field(format, 'Y')) continue;
    for (std::size_t at = 0; at < name.size(); ++at) {
      if (!is_digit(name[at]) || (at > 0 && is_digit(name[at - 1]))) continue;
      const std::size_t length = match_length(format, name.substr(at));
      if (length == 0 || (at + length < name.size() && is_digit(name[at + length]))) continue;
      if (!read_date(format, name.substr(at, length))) return std::string(name.substr(at, length));
    }
  }
  return {};
}

std::optional<NameFormat> find_name_format(const std::vector<std::string>& names) {
  std::optional<NameFormat> best;
  Yield most;
  for (const std::string_view format : kFormats) {
    const Yield yield = yield_of(dates_by(format, names));
    if (yield <= most) continue;
    most = yield;
    best = NameFormat{std::string(format), ""};
  }
  if (!best) return best;
  const std::string other = exchanged(best->format);
  if (!other.empty() && yield_of(dates_by(other, names)) == most) best->other_reading = other;
  return best;
}

std::vector<NameSeries> find_name_series(const std::vector<std::string>& names) {
  std::vector<std::size_t> open(names.size());
  std::iota(open.begin(), open.end(), std::size_t{0});
  std::vector<NameSeries> all;
  while (!open.empty()) {
    std::vector<NameSeries> found = take_series(names, open);
    if (found.empty()) break;
    std::move(found.begin(), found.end(), std::back_inserter(all));
  }
  for (const std::size_t f : open) all.push_back(alone(names, f));
  std::sort(all.begin(), all.end(), [](const NameSeries& a, const NameSeries& b) {
    return *std::min_element(a.files.begin(), a.files.end()) <
           *std::min_element(b.files.begin(), b.files.end());
  });
  return all;
}

DateSteps find_steps(const std::vector<DateSpan>& dates) {
  using enum DateSteps::Unit;
  DateSteps steps;
  if (dates.size() < 3) return steps;
  for (const auto unit : {day, month, year}) {
    // A date that names a whole month cannot be one of a run of days, nor a time of day a month.
    const auto length = dates.front().last - dates.front().first;
    const bool fits = unit == day     ? length <= std::chrono::days(1)
                      : unit == month ? length <= std::chrono::days(31)
                                      : true;
    if (!fits) continue;
    std::size_t by_one = 0;
    for (std::size_t i = 1; i < dates.size(); ++i)
      if (count_of(dates[i].first, unit) - count_of(dates[i - 1].first, unit) == 1) ++by_one;
    if (2 * by_one < dates.size() - 1) continue;
    steps.unit = unit;
    for (std::size_t i = 1; i < dates.size(); ++i) {
      const std::int64_t next = count_of(dates[i].first, unit);
      for (std::int64_t c = count_of(dates[i - 1].first, unit) + 1; c < next; ++c)
        steps.missing.push_back(instant_of(c, unit));
    }
    return steps;
  }
  return steps;
}

}  // namespace marchland::detail
