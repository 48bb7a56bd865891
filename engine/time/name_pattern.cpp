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

/// Matches the whole pattern at the start of `name`.
std::optional<Fields> match_at(std::string_view pattern, std::string_view name) {
  Fields fields;
  std::size_t at = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '%' && pattern[i + 1] != '%') {
      const char field = pattern[++i];
      int number = 0;
      for (std::size_t k = 0; k < digits_of(field); ++k, ++at) {
        if (at >= name.size() || std::isdigit(static_cast<unsigned char>(name[at])) == 0) return std::nullopt;
        number = number * 10 + (name[at] - '0');
      }
      fields[field] = number;
      continue;
    }
    if (pattern[i] == '%') ++i;
    if (at >= name.size() || name[at++] != pattern[i]) return std::nullopt;
  }
  return fields;
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
    if (const auto fields = match_at(pattern_, name.substr(start))) {
      try {
        return parse_date(iso_text(*fields), convention);
      } catch (const Error& error) {
        throw InvalidArgument(fmt::format("'{}' matches '{}' but {}", name, pattern_, error.what()));
      }
    }
  }
  return std::nullopt;
}

}  // namespace marchland
