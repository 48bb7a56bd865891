#include <marchland/base/error.h>
#include <marchland/composite/point_in_area.h>
#include <marchland/io/detail/frame_choice.h>
#include <marchland/io/detail/series_sample.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace marchland::detail {
namespace {

using Names = std::vector<std::string>;

MultiPolygon joined(const NamedAreas& areas, const Names& names) {
  MultiPolygon all;
  for (const auto& [name, area] : areas) {
    if (names.empty() || std::binary_search(names.begin(), names.end(), name))
      all.insert(all.end(), area.begin(), area.end());
  }
  return all;
}

std::vector<DatedLine> some_of(const std::vector<DatedLine>& lines) {
  if (lines.size() <= kTriedDates) return lines;
  std::vector<DatedLine> some;
  for (std::size_t k = 0; k < kTriedDates; ++k)
    some.push_back(lines[k * (lines.size() - 1) / (kTriedDates - 1)]);
  return some;
}

LineTrial try_frame(const NamedAreas& areas, Names names, const std::vector<DatedLine>& lines,
                    const DivisionRule& rule) {
  std::sort(names.begin(), names.end());
  LineTrial trial{names, lines.size(), 0, {}};
  try {
    const DividedFrame divided = divide_frame(joined(areas, names), lines, rule);
    // A line with a loose end may yet part some ground from the rest, where it crosses itself or the frame
    // has a seam; that is not what it was drawn for.
    std::set<std::string> loose;
    for (const Finding& finding : divided.findings) {
      if (finding.code == "line-too-short") loose.insert(finding.at);
      if (finding.severity == Severity::info || finding.at.empty()) continue;
      if (trial.reason.empty()) trial.reason = finding.at + ": " + finding.text;
    }
    for (std::size_t k = 0; k < lines.size(); ++k) {
      const bool is_loose = loose.contains(format_utc(lines[k].at));
      trial.clear += divided.dates[k].is_clear && !is_loose ? 1U : 0U;
    }
  } catch (const InvalidData& error) {
    trial.reason = error.what();
  }
  return trial;
}

/// Enough of each date's line to tell which ground it leads through.
std::vector<Position> points_of(const std::vector<DatedLine>& lines) {
  constexpr std::size_t kPerLine = 100;
  std::vector<Position> points;
  for (const DatedLine& line : lines) {
    std::vector<Position> all;
    for (const Line& piece : line.pieces) all.insert(all.end(), piece.begin(), piece.end());
    const std::size_t step = all.size() / kPerLine + 1;
    for (std::size_t i = 0; i < all.size(); i += step) points.push_back(all[i]);
  }
  return points;
}

}  // namespace

NamedAreas areas_by_name(VectorTable table) {
  NamedAreas areas;
  for (VectorFeature& feature : table.features) {
    const std::string name = feature.values.empty() ? "" : feature.values.front().value_or("");
    std::move(feature.area.begin(), feature.area.end(), std::back_inserter(areas[name]));
  }
  return areas;
}

std::vector<std::string> names_around(const NamedAreas& areas, const std::vector<Position>& points,
                                      double least_share) {
  std::vector<std::pair<std::size_t, std::string>> counts;
  for (const auto& [name, area] : areas) {
    std::size_t inside = 0;
    const BoundingBox box = box_of(area);
    for (const Position& p : points) {
      if (p.lon < box.west || p.lon > box.east || p.lat < box.south || p.lat > box.north) continue;
      inside += covers(area, RingConvention{}, look_up_point(p.lon, p.lat)) ? 1U : 0U;
    }
    if (inside > 0 && static_cast<double>(inside) >= least_share * static_cast<double>(points.size()))
      counts.emplace_back(inside, name);
  }
  std::stable_sort(counts.begin(), counts.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  Names names;
  for (auto& [count, name] : counts) names.push_back(std::move(name));
  return names;
}

std::vector<DatedLine> read_dated_lines(const std::vector<DataFile>& files, const std::string& layer,
                                        const std::string& crs, const std::optional<DateColumn>& column,
                                        const std::vector<DateSpan>& by_file) {
  std::map<Instant, DatedLine> by_date;
  for (std::size_t k = 0; k < files.size(); ++k) {
    VectorRequest request{
        files[k].dataset, files[k].name, layer, "", crs, column ? Names{column->field} : Names{}};
    request.with_lines = true;
    VectorTable table = read_vector(request);
    for (VectorFeature& feature : table.features) {
      const auto date = column ? date_of(*column, feature.values.front()) : std::optional(by_file[k]);
      if (!date || feature.lines.empty()) continue;
      DatedLine& line = by_date[date->first];
      line.at = date->first;
      if (line.origin.empty()) line.origin = table.place_of(feature, files[k].name);
      std::move(feature.lines.begin(), feature.lines.end(), std::back_inserter(line.pieces));
    }
  }
  std::vector<DatedLine> lines;
  for (auto& [at, line] : by_date) lines.push_back(std::move(line));
  return lines;
}

LineTrial try_lines(const NamedAreas& areas, const std::vector<DatedLine>& lines, const DivisionRule& rule) {
  const std::vector<DatedLine> some = some_of(lines);
  LineTrial whole = try_frame(areas, {}, some, rule);
  if (whole.clear == whole.dates || areas.size() < 2) return whole;
  Names names = names_around(areas, points_of(some), kLeastOfLines);
  const bool any_nameless = std::find(names.begin(), names.end(), "") != names.end();
  if (names.empty() || names.size() == areas.size() || any_nameless) return whole;
  LineTrial best = try_frame(areas, names, some, rule);
  // A neighbour that lines lead into on few dates has their ends far inside it on all others.
  while (2 * best.clear < best.dates && names.size() > 2) {
    names.pop_back();
    LineTrial fewer = try_frame(areas, names, some, rule);
    if (fewer.clear > best.clear) best = std::move(fewer);
  }
  return best.clear > whole.clear ? best : whole;
}

}  // namespace marchland::detail
