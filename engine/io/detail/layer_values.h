#pragma once
// What the keys of a layer say of one feature: dates, ids, actors, words.
#include <marchland/io/detail/atlas_files.h>
#include <marchland/io/detail/feature.h>
#include <marchland/io/detail/row.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marchland::detail {

/// Fields of its files that a layer's keys name.
[[nodiscard]] std::vector<std::string> wanted_fields(const LayerSpec& spec);

/// What stands between layer and feature in the ids of statements, by file.
[[nodiscard]] std::vector<std::string> id_prefixes(const LayerSpec& spec, const std::vector<DataFile>& files);

/// The id that the layer's key `statement` gives, otherwise the prefix and the feature's number.
[[nodiscard]] std::string statement_id(const Row& row, const LayerSpec& spec, const VectorFeature& feature,
                                       const std::string& prefix);

/// The date that the manifest or the file's name states for all its features; nothing if a field does, or for
/// an open end.
[[nodiscard]] std::optional<DateSpan> find_file_date(const AtlasFiles& in,
                                                     const std::optional<ValueSpec>& spec,
                                                     const DataFile& file, std::string_view key);
/// The date of a feature; nothing for an open end.
[[nodiscard]] std::optional<DateSpan> find_date(const AtlasFiles& in, const Row& row,
                                                const std::optional<ValueSpec>& spec,
                                                const std::optional<DateSpan>& of_file, std::string_view key);

[[nodiscard]] ActorId actor_of(const AtlasFiles& in, const Row& row, const ValueSpec& spec,
                               std::string_view key);

/// The word of an enumeration that a feature has; `fallback` for none.
template <class Enum>
[[nodiscard]] Enum enum_of(const Row& row, const std::optional<ValueSpec>& spec, std::string_view key,
                           const std::vector<std::string>& names, Enum fallback) {
  if (!spec) return fallback;
  const std::string text = trim(row.text(*spec).value_or(""));
  if (text.empty()) return fallback;
  if (const auto value = parse_enum<Enum>(text)) return *value;
  throw InvalidData(fmt::format("{}: '{}' is none of {}{}", Row::subject(key, *spec), text,
                                fmt::join(names, ", "), did_you_mean(text, names)));
}

}  // namespace marchland::detail
