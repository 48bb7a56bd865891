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
/// `from` and `to` may be in doubt.
[[nodiscard]] std::optional<FuzzyDate> find_file_date(const AtlasFiles& in,
                                                      const std::optional<ValueSpec>& spec,
                                                      const DataFile& file, std::string_view key);
/// The date of a feature; nothing for an open end.
[[nodiscard]] std::optional<FuzzyDate> find_date(const AtlasFiles& in, const Row& row,
                                                 const std::optional<ValueSpec>& spec,
                                                 const std::optional<FuzzyDate>& of_file,
                                                 std::string_view key);
/// Refuses a date in doubt, for what `subject` ("a line") needs an exact one.
[[nodiscard]] Instant exact_instant(const FuzzyDate& date, std::string_view subject);

/// A number of metres; only a signed one may be below 0. Throws InvalidData.
[[nodiscard]] Meters parse_meters(const std::string& text, bool is_signed);
/// Sources of those ids, divided by ';'. Throws InvalidData with the nearest id where there is none.
[[nodiscard]] std::vector<SourceId> parse_sources(std::string_view text, const Atlas& atlas);

/// What a layer's keys say of the record that a statement is: accuracy of its own, sources cited, when and by
/// whom it was recorded, what it corrects, who may see it. Of its layer, which is set.
void read_record(const AtlasFiles& in, const Row& row, const LayerSpec& spec, const DataFile& file,
                 Statement& statement);

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
