#include <marchland/io/detail/place_table.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace marchland::detail {
namespace {

// The surest first; compared without punctuation.
constexpr std::array<std::string_view, 22> kKeyNames{
    "place",      "placename",      "town",      "townname", "city",         "cityname",
    "settlement", "settlementname", "village",   "locality", "municipality", "community",
    "toponym",    "nameofplace",    "asciiname", "nameen",   "placeid",      "geonameid",
    "location",   "site",           "point",     "name"};
constexpr std::array<std::string_view, 7> kLonNames{"lon", "lng",    "long",  "longitude",
                                                    "x",   "pointx", "xcoord"};
constexpr std::array<std::string_view, 6> kLatNames{"lat", "latitude", "y", "pointy", "ycoord", "lati"};

template <std::size_t N>
bool is_among(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_text(const Column& column) {
  return std::any_of(column.values.begin(), column.values.end(), [](const auto& value) {
    const std::string text = trimmed(value.value_or(""));
    return !text.empty() && text.find_first_not_of("0123456789.,+- ") != std::string::npos;
  });
}

template <std::size_t N>
const Column* find_named(const std::vector<Column>& columns, const std::array<std::string_view, N>& names) {
  for (const std::string_view name : names) {
    for (const Column& column : columns) {
      if (letters_and_digits(column.name) == name) return &column;
    }
  }
  return nullptr;
}

/// The first value that is no number of degrees within +-`most`, for a message.
std::string why_no_degrees(const Column& column, double most) {
  for (const auto& value : column.values) {
    const std::string plain = letters_and_digits(value.value_or(""));
    // A head that is repeated further down states nothing.
    if (trimmed(value.value_or("")).empty() || is_among(plain, kLonNames) || is_among(plain, kLatNames))
      continue;
    const auto number = degrees(value);
    if (number && std::abs(*number) <= most) continue;
    return fmt::format("field '{}' has '{}', which is no number of degrees within +-{}{}", column.name,
                       *value, most,
                       number                                  ? "; are the columns exchanged?"
                       : value->find(',') != std::string::npos ? "; write decimal points"
                                                               : "");
  }
  return {};
}

}  // namespace

std::optional<double> degrees(const std::optional<std::string>& text) {
  const std::string number = trimmed(text.value_or(""));
  double value = 0.0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (number.empty() || error != std::errc() || end != number.data() + number.size()) return std::nullopt;
  return value;
}

PlaceColumns find_place_columns(const std::vector<Column>& columns) {
  PlaceColumns found;
  for (const std::string_view name : kKeyNames) {
    const auto key = std::find_if(columns.begin(), columns.end(), [&](const Column& column) {
      return letters_and_digits(column.name) == name && is_text(column);
    });
    if (key == columns.end()) continue;
    found.key = key->name;
    break;
  }
  const Column* lon = find_named(columns, kLonNames);
  const Column* lat = find_named(columns, kLatNames);
  if (lon == nullptr || lat == nullptr) return found;
  found.problem = why_no_degrees(*lon, 180.0);
  if (found.problem.empty()) found.problem = why_no_degrees(*lat, 90.0);
  if (!found.problem.empty()) return found;
  found.lon = lon->name;
  found.lat = lat->name;
  return found;
}

}  // namespace marchland::detail
