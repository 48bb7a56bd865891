#include <marchland/base/error.h>
#include <marchland/time/name_pattern.h>

#include <fmt/format.h>

#include <array>
#include <cctype>

namespace marchland {
namespace {

constexpr std::string_view kFields = "YymdjHMS";

struct Fields {
  std::array<int, kFields.size()> value{-1, -1, -1, -1, -1, -1, -1, -1};
  int& operator[](char field) { return value[kFields.find(field)]; }
};

std::size_t digits_of(char field) {
  switch (field) {
    case 'Y':
      return 4;
    case 'j':
      return 3;
    default:
      return 2;
  }
}

bool is_field(std::string_view pattern, std::size_t at) {
  return at + 1 < pattern.size() && pattern[at] == '%' && pattern[at + 1] != '%';
}

/// How many digits the field at `at` of the pattern has at least.
std::size_t least_digits_of(std::string_view pattern, std::size_t at, bool may_be_short) {
  const char field = pattern[at + 1];
  const bool is_fixed = field == 'Y' || field == 'y' || field == 'j' || is_field(pattern, at + 2);
  return may_be_short && !is_fixed ? 1 : digits_of(field);
}

struct Match {
  Fields fields;
  std::size_t length = 0;  ///< of the part of the text that matched
};

/// Matches the whole pattern at the start of `name`.
std::optional<Match> match_at(std::string_view pattern, std::string_view name, bool may_be_short) {
  Match match;
  std::size_t& at = match.length;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (is_field(pattern, i)) {
      const std::size_t least = least_digits_of(pattern, i, may_be_short);
      const char field = pattern[++i];
      int number = 0;
      std::size_t digits = 0;
      for (; digits < digits_of(field) && at < name.size(); ++digits, ++at) {
        if (std::isdigit(static_cast<unsigned char>(name[at])) == 0) break;
        number = number * 10 + (name[at] - '0');
      }
      if (digits < least) return std::nullopt;
      match.fields[field] = number;
      continue;
    }
    if (pattern[i] == '%') ++i;
    if (at >= name.size() || name[at++] != pattern[i]) return std::nullopt;
  }
  return match;
}

std::string iso_text(Fields fields) {
  int year = fields['Y'];
  if (year < 0) year = fields['y'] + (fields['y'] < 69 ? 2000 : 1900);
  std::string text = fmt::format("{:04}", year);
  if (fields['j'] >= 0) {
    using namespace std::chrono;
    const sys_days day = sys_days(std::chrono::year(year) / January / 1) + days(fields['j'] - 1);
    const year_month_day date(day);
    if (fields['j'] < 1 || date.year() != std::chrono::year(year)) {
      throw InvalidArgument(fmt::format("day {} of year {} does not exist", fields['j'], year));
    }
    text +=
        fmt::format("-{:02}-{:02}", static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  } else if (fields['m'] >= 0) {
    text += fmt::format("-{:02}", fields['m']);
    if (fields['d'] >= 0) text += fmt::format("-{:02}", fields['d']);
  }
  if (fields['H'] >= 0) {
    text += fmt::format("T{:02}", fields['H']);
    if (fields['M'] >= 0) text += fmt::format(":{:02}", fields['M']);
    if (fields['S'] >= 0) text += fmt::format(":{:02}", fields['S']);
  }
  return text;
}

}  // namespace

NamePattern::NamePattern(std::string pattern) : pattern_(std::move(pattern)) {
  bool has_year = false;
  for (std::size_t i = 0; i < pattern_.size(); ++i) {
    if (pattern_[i] != '%') continue;
    const char field = ++i < pattern_.size() ? pattern_[i] : ' ';
    if (field != '%' && kFields.find(field) == std::string_view::npos) {
      throw InvalidArgument(fmt::format(
          "pattern '{}': unknown field '%{}'; known are %Y %y %m %d %j %H %M %S %%", pattern_, field));
    }
    has_year = has_year || field == 'Y' || field == 'y';
  }
  if (!has_year) throw InvalidArgument(fmt::format("pattern '{}' names no year; add %Y", pattern_));
}

std::optional<DateSpan> NamePattern::find_date(std::string_view name, const DayConvention& convention) const {
  for (std::size_t start = 0; start <= name.size(); ++start) {
    if (const auto match = match_at(pattern_, name.substr(start), false)) {
      try {
        return parse_date(iso_text(match->fields), convention);
      } catch (const Error& error) {
        throw InvalidArgument(fmt::format("'{}' matches '{}' but {}", name, pattern_, error.what()));
      }
    }
  }
  return std::nullopt;
}

DateSpan NamePattern::read_date(std::string_view text, const DayConvention& convention) const {
  const auto match = match_at(pattern_, text, true);
  if (!match || match->length != text.size()) {
    throw InvalidArgument(fmt::format("'{}' is no date of the form '{}'", text, pattern_));
  }
  try {
    return parse_date(iso_text(match->fields), convention);
  } catch (const Error& error) {
    throw InvalidArgument(fmt::format("'{}' has the form '{}' but {}", text, pattern_, error.what()));
  }
}

}  // namespace marchland
