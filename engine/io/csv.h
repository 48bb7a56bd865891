#pragma once
// Tables as comma-separated values, and what such a table says about itself. CSV has no room for that, so it
// stands beside the file, in the form and under the name that "Metadata Vocabulary for Tabular Data" (W3C
// 2015) has readers look for.
#include <marchland/io/write_features.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace marchland {

/// A field as RFC 4180 has it: in quotes where it holds a comma, a quote or a line end.
[[nodiscard]] std::string csv_field(std::string_view text);

struct CsvColumn {
  enum class Type : std::uint8_t { text, integer, real, instant, boolean, wkt };
  std::string name;   ///< as the first line of the file has it
  std::string title;  ///< for people, its unit for instance; may be empty
  Type type = Type::text;
};

/// The metadata of a file of that name, as JSON: @context, url, dc:title (if not empty), tableSchema with the
/// columns and their datatypes, and the provenance under `marchland`. Empty fields are null.
[[nodiscard]] std::string csv_metadata(const std::filesystem::path& path, const std::string& title,
                                       const std::vector<CsvColumn>& columns, const Provenance& provenance);

/// Writes the text and, as metadata_path says, its metadata; both appear or none. Throws Error(failure) as
/// OutputPair does.
void write_csv(const std::filesystem::path& path, std::string_view text, const std::string& title,
               const std::vector<CsvColumn>& columns, const Provenance& provenance, Existing existing);

}  // namespace marchland
