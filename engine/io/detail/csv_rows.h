#pragma once
// Whether the lines of a text table have as many fields as its first one. GDAL drops what is beyond, so that
// a decimal comma would lose numbers without a word, and takes what is missing as empty.
#include <marchland/io/vector_file.h>

#include <string>

namespace marchland::detail {

/// Reads the table as GDAL's CSV driver does (separator by the first line, quotes as in RFC 4180) and
/// compares each line with the first; empty lines are passed over. Throws InvalidData with line, counts and
/// advice where a line has further fields that are not empty. Nothing is read of what is no regular file.
/// Cost: once over the file.
[[nodiscard]] UnevenLines find_uneven_lines(const std::string& dataset);

}  // namespace marchland::detail
