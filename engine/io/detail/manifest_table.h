#pragma once
// One table of a manifest, read key by key with messages that name file, line, table and key.
#include <marchland/base/error.h>
#include <marchland/io/detail/feature.h>
#include <marchland/io/manifest.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace marchland::detail {

using Names = std::vector<std::string>;

inline std::size_t line_of(const toml::node& node) {
  return node.source().begin.line;
}

inline std::string_view describe(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::table:
      return "a table";
    default:
      return "a date or time";
  }
}

template <class TomlDate>
std::string iso_text(const TomlDate& date) {
  std::ostringstream text;
  text << date;
  return text.str();
}

/// The text of a scalar as dates may be written: quoted, as a date of TOML, or as a bare year.
inline std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
  if (const auto* date = node.as_date()) return iso_text(date->get());
  if (const auto* time = node.as_date_time()) return iso_text(time->get());
  return std::nullopt;
}

/// One table of the manifest. Refuses unknown keys at once, so that a misspelt key is named before a missing
/// one.
class Table {
 public:
  Table(const Manifest& manifest, const toml::table& table, std::string title, const Names& known)
      : manifest_(&manifest), table_(&table), title_(std::move(title)) {
    if (const auto* id = table["id"].as_string(); id != nullptr && title_.starts_with("[["))
      title_ += fmt::format(" '{}'", id->get());
    const toml::key* first = nullptr;
    for (const auto& [key, node] : table) {
      const bool is_known = std::find(known.begin(), known.end(), key.str()) != known.end();
      if (!is_known && (first == nullptr || key.source().begin.line < first->source().begin.line))
        first = &key;
    }
    if (first == nullptr) return;
    fail_at(first->source().begin.line,
            fmt::format("unknown key '{}'{} (known: {})", first->str(), did_you_mean(first->str(), known),
                        fmt::join(known, ", ")));
  }

  [[noreturn]] void fail_at(std::size_t line, std::string_view text) const {
    throw InvalidData(fmt::format("{}: {}: {}", manifest_->place(line), title_, text));
  }
  [[noreturn]] void fail(std::string_view key, std::string_view text) const {
    fail_at(line_of(key), fmt::format("{}: {}", key, text));
  }
  [[noreturn]] void fail_type(std::string_view key, std::string_view expected) const {
    fail(key, fmt::format("expected {}, found {}", expected, describe(*find(key))));
  }

  [[nodiscard]] const toml::node* find(std::string_view key) const { return table_->get(key); }
  [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }
  [[nodiscard]] std::size_t line() const { return detail::line_of(*table_); }
  [[nodiscard]] std::size_t line_of(std::string_view key) const {
    const toml::node* node = find(key);
    return node == nullptr ? line() : detail::line_of(*node);
  }
  void require(std::string_view key, std::string_view example) const {
    if (!has(key)) fail_at(line(), fmt::format("'{}' is missing; write {} = {}", key, key, example));
  }

  [[nodiscard]] std::string text(std::string_view key, std::string fallback = "") const {
    const toml::node* node = find(key);
    if (node == nullptr) return fallback;
    const auto* value = node->as_string();
    if (value == nullptr) fail_type(key, "a text in quotes");
    if (value->get().find('\0') != std::string::npos)
      fail(key, "has a NUL character (\\u0000), at which other programs end a text; leave it out");
    return value->get();
  }
  [[nodiscard]] std::string required_text(std::string_view key, std::string_view example) const {
    require(key, example);
    std::string value = text(key);
    if (value.empty()) fail(key, fmt::format("is empty; write {} = {}", key, example));
    return value;
  }
  [[nodiscard]] std::string date_text(std::string_view key) const {
    if (!has(key)) return "";
    auto value = scalar_text(*find(key));
    if (!value) fail_type(key, "a date");
    return *value;
  }
  [[nodiscard]] Meters meters(std::string_view key) const {
    const toml::node* node = find(key);
    if (node == nullptr) return Meters{0.0};
    const auto value = node->value<double>();
    if (!value || !node->is_number()) fail_type(key, "a number of metres");
    if (!std::isfinite(*value) || *value < 0.0)
      fail(key, fmt::format("{} is no length; expected 0 or more", *value));
    return Meters{*value};
  }
  [[nodiscard]] Meters signed_meters(std::string_view key) const {
    const toml::node* node = find(key);
    if (node == nullptr) return Meters{0.0};
    const auto value = node->value<double>();
    if (!value || !node->is_number()) fail_type(key, "a number of metres");
    if (!std::isfinite(*value)) fail(key, fmt::format("{} is no length; expected a finite number", *value));
    return Meters{*value};
  }
  [[nodiscard]] int integer(std::string_view key, int fallback) const {
    const toml::node* node = find(key);
    if (node == nullptr) return fallback;
    const auto* value = node->as_integer();
    if (value == nullptr) fail_type(key, "a whole number");
    if (value->get() < std::numeric_limits<int>::min() || value->get() > std::numeric_limits<int>::max()) {
      fail(key, fmt::format("{} is too large", value->get()));
    }
    return static_cast<int>(value->get());
  }
  template <class Enum>
  [[nodiscard]] Enum choice(std::string_view key, const Names& names) const {
    const std::string value = text(key);
    const auto found = parse_enum<Enum>(value);
    if (!found) {
      fail(key,
           fmt::format("'{}' is none of {}{}", value, fmt::join(names, ", "), did_you_mean(value, names)));
    }
    return *found;
  }
  /// Sub-tables of `key`: one of a table, all of an array of tables.
  [[nodiscard]] Table sub_table(std::string_view key, const toml::table& table, const Names& known) const {
    return {*manifest_, table, fmt::format("{}: {}", title_, key), known};
  }

 private:
  const Manifest* manifest_;
  const toml::table* table_;
  std::string title_;
};

}  // namespace marchland::detail
