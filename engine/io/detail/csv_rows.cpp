#include <marchland/base/error.h>
#include <marchland/io/detail/csv_rows.h>

#include <cpl_csv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace marchland::detail {
namespace {

/// Digits alone: a part of a number that was cut at its decimal comma.
bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string advice(const CPLStringList& fields, char separator) {
  const bool may_be_decimal =
      separator == ',' && std::any_of(fields.List(), fields.List() + fields.size(), is_digits);
  return fmt::format("put a field that holds '{}' into quotes (\"1{}2\"){}", separator, separator,
                     may_be_decimal
                         ? "; where commas are decimal, write decimal points or separate the fields "
                           "by semicolons"
                         : "");
}

/// Lines that a field in quotes runs over are part of one.
std::size_t lines_of(const CPLStringList& fields) {
  std::size_t lines = 1;
  for (int i = 0; i < fields.size(); ++i) {
    const std::string_view text = fields[i];
    lines += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }
  return lines;
}

}  // namespace

UnevenLines find_uneven_lines(const std::string& dataset) {
  UnevenLines uneven;
  VSIStatBufL status;
  if (VSIStatL(dataset.c_str(), &status) != 0 || !VSI_ISREG(status.st_mode)) return uneven;
  const std::unique_ptr<VSILFILE, int (*)(VSILFILE*)> file(VSIFOpenL(dataset.c_str(), "rb"), VSIFCloseL);
  if (!file) return uneven;
  const char* const first_line = CPLReadLineL(file.get());
  if (first_line == nullptr) return uneven;
  const char separator = CSVDetectSeperator(first_line);
  VSIRewindL(file.get());
  constexpr bool kHonourQuotes = true;
  constexpr bool kKeepQuotes = false;
  constexpr bool kSkipByteOrderMark = true;
  const bool merges = separator == ' ';
  std::size_t line = 1;
  for (;;) {
    const CPLStringList fields(CSVReadParseLine3L(file.get(), 0, std::string(1, separator).c_str(),
                                                  kHonourQuotes, kKeepQuotes, merges, kSkipByteOrderMark));
    if (fields.List() == nullptr) return uneven;
    const std::size_t begin = line;
    line += lines_of(fields);
    const auto count = static_cast<std::size_t>(fields.size());
    if (uneven.fields == 0) uneven.fields = count;
    const bool is_empty = count == 0 || (count == 1 && *fields[0] == '\0');
    if (is_empty || count == uneven.fields) continue;
    if (count < uneven.fields) {
      if (uneven.shorter++ == 0) uneven.first_shorter = begin;
      continue;
    }
    const bool any_filled = std::any_of(fields.List() + uneven.fields, fields.List() + count,
                                        [](const char* text) { return *text != '\0'; });
    if (any_filled) {
      throw InvalidData(
          fmt::format("line {}: {} fields, while the first line has {}; those beyond would be lost: {}",
                      begin, count, uneven.fields, advice(fields, separator)));
    }
    if (uneven.longer++ == 0) uneven.first_longer = begin;
  }
}

}  // namespace marchland::detail
