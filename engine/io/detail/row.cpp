#include <marchland/io/detail/row.h>
#include <marchland/model/name_form.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace marchland::detail {

namespace {

/// What the map has for a value as it is written, or else in one form of Unicode.
auto find_mapped(const ValueSpec& spec, const std::string& value) {
  const auto written = spec.map.find(value);
  const auto is_plain = [](const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  };
  // ASCII has one form only.
  if (written != spec.map.end() || spec.map.empty() || is_plain(value)) return written;
  const std::string form = name_form(value);
  return std::find_if(spec.map.begin(), spec.map.end(), [&](const auto& entry) {
    return !is_plain(entry.first) && name_form(entry.first) == form;
  });
}

}  // namespace

std::optional<std::string> Row::text(const ValueSpec& spec) const {
  if (spec.kind == ValueSpec::Kind::constant) return spec.text;
  const auto& value = value_of(spec);
  if (!value) return std::nullopt;
  const auto mapped = find_mapped(spec, *value);
  return mapped == spec.map.end() ? *value : mapped->second;
}

bool Row::is_mapped(const ValueSpec& spec) const {
  const auto& value = value_of(spec);
  return value && find_mapped(spec, *value) != spec.map.end();
}

std::string Row::subject(std::string_view key, const ValueSpec& spec) {
  switch (spec.kind) {
    case ValueSpec::Kind::field:
      return fmt::format("{} (field '{}')", key, spec.text);
    case ValueSpec::Kind::pattern:
      return fmt::format("{} (pattern '{}')", key, spec.text);
    case ValueSpec::Kind::constant:
      break;
  }
  return std::string(key);
}

const std::optional<std::string>& Row::value_of(const ValueSpec& spec) const {
  const auto found = std::find(table_.fields.begin(), table_.fields.end(), spec.text);
  return feature_.values[static_cast<std::size_t>(found - table_.fields.begin())];
}

bool is_open_end(std::string_view text) {
  return text.empty() || text == "..";
}

std::string pad_year(const std::string& text) {
  const bool is_negative = text.starts_with('-');
  const std::string digits = text.substr(is_negative ? 1 : 0);
  const bool is_short_number =
      !digits.empty() && digits.size() < 4 && digits.find_first_not_of("0123456789") == std::string::npos;
  return is_short_number ? fmt::format("{}{:0>4}", is_negative ? "-" : "", digits) : text;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(';', at), text.size());
    std::string item = trim(std::string(text.substr(at, end - at)));
    if (!item.empty()) out.push_back(std::move(item));
    at = end + 1;
  }
  return out;
}

std::string trim(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace marchland::detail
