#include <marchland/io/detail/tally.h>

#include <fmt/format.h>

#include <optional>

namespace marchland::detail {

void Tally::add(const std::string& code, Severity severity, const std::string& text,
                const std::string& place) {
  Entry& entry = entries_[{code, text}];
  if (entry.count++ == 0) entry = {severity, 1, place};
}

void Tally::report(const std::string& subject, Findings& findings) const {
  for (const auto& [key, entry] : entries_) {
    const std::string where =
        entry.count == 1 ? entry.first : fmt::format("{} times, first in {}", entry.count, entry.first);
    findings.push_back({key.first, entry.severity, "", "", std::nullopt,
                        fmt::format("{}: {} ({})", subject, key.second, where)});
  }
}

void tally_table(const VectorTable& table, const std::string& name, Tally& tally) {
  if (!table.transformed_from.empty()) {
    tally.add("crs-transformed", Severity::info,
              fmt::format(
                  "vertices were transformed from {} to WGS84; edges are straight in longitude and latitude "
                  "between them",
                  table.transformed_from),
              name);
  }
  if (table.is_ballpark) {
    tally.add("crs-ballpark", Severity::warning,
              fmt::format(
                  "no transformation from the datum of {} to WGS84 is known; expect tens of metres of error",
                  table.transformed_from),
              name);
  }
  if (!table.contradicted_crs.empty()) {
    tally.add(
        "crs-contradicted", Severity::warning,
        fmt::format("the crs of the manifest was used although the file states {}", table.contradicted_crs),
        name);
  }
  const UnevenLines& lines = table.uneven_lines;
  if (lines.shorter > 0) {
    tally.add(
        "row-short", Severity::warning,
        fmt::format("{} of the table have fewer fields than its first line, which has {}; the last ones are "
                    "taken as empty",
                    lines.shorter == 1 ? "1 line" : fmt::format("{} lines", lines.shorter), lines.fields),
        fmt::format("{}: line {}", name, lines.first_shorter));
  }
  if (lines.longer > 0) {
    tally.add("row-long", Severity::info,
              fmt::format("{} of the table have further, empty fields than its first line, which has {}",
                          lines.longer == 1 ? "1 line" : fmt::format("{} lines", lines.longer), lines.fields),
              fmt::format("{}: line {}", name, lines.first_longer));
  }
  for (const std::string& text : table.warnings) {
    // Unclosed rings are found, and located, by ourselves.
    if (!text.starts_with("Non closed ring")) tally.add("reader-warning", Severity::warning, text, name);
  }
}

void tally_feature(const VectorFeature& feature, const std::string& place, Tally& tally) {
  if (feature.had_heights)
    tally.add("heights-dropped", Severity::info, "heights or measures were left out", place);
  if (feature.had_curves) {
    tally.add("curves-linearised", Severity::info, "arcs were replaced by chords of 1 degree", place);
  }
}

}  // namespace marchland::detail
