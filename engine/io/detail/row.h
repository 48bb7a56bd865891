#pragma once
// What one feature says of the things that a manifest asks for.
#include <marchland/io/manifest.h>
#include <marchland/io/vector_file.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marchland::detail {

/// The values of one feature by the specs of the manifest. Table and feature must outlive it; the table has
/// every field that is asked for.
class Row {
 public:
  Row(const VectorTable& table, const VectorFeature& feature) : table_(table), feature_(feature) {}

  /// The text that `spec` gives; nothing for null.
  [[nodiscard]] std::optional<std::string> text(const ValueSpec& spec) const;
  /// Whether the map of `spec`, a field, has the value of the feature.
  [[nodiscard]] bool is_mapped(const ValueSpec& spec) const;
  /// For messages: "actor (field 'holder')".
  [[nodiscard]] static std::string subject(std::string_view key, const ValueSpec& spec);

 private:
  [[nodiscard]] const std::optional<std::string>& value_of(const ValueSpec& spec) const;

  const VectorTable& table_;
  const VectorFeature& feature_;
};

/// Empty or "..".
[[nodiscard]] bool is_open_end(std::string_view text);
/// Whole numbers of a data column can be years of fewer than four digits: "476" gives "0476".
[[nodiscard]] std::string pad_year(const std::string& text);
/// Without spaces, tabs and ends of line at either end.
[[nodiscard]] std::string trim(const std::string& text);
/// What ';' divides, each without spaces about it; blanks are left out.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

}  // namespace marchland::detail
