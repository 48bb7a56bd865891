#include "tools/cli/tile_layers.h"

#include "tools/cli/feature_output.h"
#include "tools/cli/feature_tenures.h"
#include "tools/cli/time_columns.h"
#include "tools/cli/wanted_times.h"
#include <marchland/analysis/contact_line.h>
#include <marchland/analysis/edge_geometry.h>
#include <marchland/analysis/seam_pairs.h>
#include <marchland/time/decimal_year.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <map>
#include <string>
#include <tuple>

namespace marchland::cli {
namespace {

/// Days since 1970-01-01T00:00Z: whole ones as an integer.
TileValue epoch_day(Instant instant) {
  const double days = epoch_days(instant);
  const auto whole = static_cast<std::int64_t>(days);
  return static_cast<double>(whole) == days ? TileValue{whole} : TileValue{days};
}

/// `holders`: whose ground begins and ends then.
void add_times(TileProperties& out, const TimeColumns& columns, std::initializer_list<HolderIndex> holders,
               const Interval& when) {
  out.emplace_back("t0", when.has_from() ? epoch_day(when.from()) : TileValue{kOpenFromDay});
  out.emplace_back("t1", when.has_to() ? epoch_day(when.to()) : TileValue{kOpenToDay});
  if (when.has_from()) {
    out.emplace_back("from", format_utc(when.from()));
    out.emplace_back("start_decdate", decimal_date_before(when.from()));
  }
  if (when.has_to()) {
    out.emplace_back("to", format_utc(when.to()));
    out.emplace_back("end_decdate", decimal_date_before(when.to()));
  }
  for (const auto& [key, end] : {std::pair("from", when.from()), std::pair("to", when.to())}) {
    std::optional<FuzzyInstant> doubt;
    for (const HolderIndex holder : holders) {
      const std::optional<FuzzyInstant> its = columns.doubt_of(holder, end);
      if (!its) continue;
      if (!doubt) doubt = its;
      doubt->earliest = std::min(doubt->earliest, its->earliest);
      doubt->latest = std::max(doubt->latest, its->latest);
    }
    if (!doubt) continue;
    if (doubt->earliest != Interval().from())
      out.emplace_back(fmt::format("{}_earliest", key), format_utc(doubt->earliest));
    if (doubt->latest != Interval().to())
      out.emplace_back(fmt::format("{}_latest", key), format_utc(doubt->latest));
  }
}

TileProperties properties_of(const Session& session, const Holders& holders, const TimeColumns& columns,
                             const TileTenure& tenure) {
  const Atlas& atlas = session.atlas();
  const HolderIndex holder = tenure.holder;
  TileProperties out{{"actor", holders.id(holder)},
                     {"name", name_of(atlas, holders, holder)},
                     {"theme", std::string(to_string(holders.theme()))},
                     {"color", color_of(atlas, holders, holder)},
                     {"contested", holders.is_contested(holder)}};
  add_times(out, columns, {holder}, {tenure.from, tenure.to});
  if (!holders.is_contested(holder)) {
    for (const auto& [language, name] : atlas[holders.actors(holder).front()].names)
      out.emplace_back("name:" + language, name);
  }
  return out;
}

/// Two holders that meet along a line, for a stretch of time.
struct Meeting {
  std::uint32_t theme = 0;  ///< index into the themes
  std::string first;        ///< ids of actors; first < second
  std::string second;
  Instant from, to;
  HolderIndex of_first = kUnknown;
  HolderIndex of_second = kUnknown;
  friend auto operator<=>(const Meeting&, const Meeting&) = default;
};

/// Of two grounds of a theme, in order of time; `is_turned`: the holder of the second comes first.
std::vector<std::pair<Meeting, bool>> meetings_of(const ThemeGround& theme, const GroundPair& pair) {
  std::vector<std::pair<Meeting, bool>> out;
  const auto& first = theme.tenures[pair.first];
  const auto& second = theme.tenures[pair.second];
  for (auto a = first.begin(), b = second.begin(); a != first.end() && b != second.end();) {
    const Instant from = std::max(a->from, b->from);
    const Instant to = std::min(a->to, b->to);
    if (from < to && make_contact(theme.holders, a->holder, b->holder)) {
      Meeting meeting{
          pair.layer, theme.holders.id(a->holder), theme.holders.id(b->holder), from, to, a->holder,
          b->holder};
      const bool is_turned = meeting.second < meeting.first;
      if (is_turned) {
        std::swap(meeting.first, meeting.second);
        std::swap(meeting.of_first, meeting.of_second);
      }
      out.emplace_back(std::move(meeting), is_turned);
    }
    ++(a->to <= b->to ? a : b);
  }
  return out;
}

/// Of the exact lines between grounds; both sides of the antimeridian are one line.
std::map<GroundPair, double> lengths_of(const Arrangement& plane, const std::vector<ThemeGround>& themes) {
  const SeamPairs seam(plane);
  std::map<GroundPair, double> lengths;
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    // An edge along a pole is a point of the earth.
    if (!seam.is_line(e)) continue;
    const auto [left, right] = seam.sides(e);
    double length = -1.0;
    for (std::uint32_t t = 0; t < themes.size(); ++t) {
      const auto [first, second] =
          std::minmax({themes[t].layer.of_face[left], themes[t].layer.of_face[right]});
      if (first == 0 || first == second) continue;
      if (length < 0.0) length = length_of(plane, e).value();
      lengths[{t, first, second}] += length;
    }
  }
  return lengths;
}

}  // namespace

ThemeGround theme_ground(const Session& session, Theme theme) {
  const Composite& composite = session.composite();
  ThemeGround out{session.holders(theme), {}, {{}}};
  const Holders& holders = out.holders;
  const TimeColumns columns(session, holders);
  const std::vector<bool> ground = ground_of(session, holders);
  std::vector<bool> occurs(composite.coverage_count(holders.group()), false);
  for (FaceIndex f = 0; f < ground.size(); ++f) {
    if (ground[f]) occurs[composite.coverage(f, holders.group())] = true;
  }
  const auto tenures_of = [&](CoverageIndex coverage) {
    std::vector<TileTenure> tenures;
    for (const FeatureTenure& tenure : feature_tenures(composite, holders, coverage)) {
      const Interval held{composite.times()[tenure.from], composite.times()[tenure.to]};
      for (const Interval& when : wanted_times(session, holders, tenure.holder, held))
        tenures.push_back({tenure.holder, when.from(), when.to()});
    }
    return tenures;
  };
  // Numbered by holder, then time: the order in which clients draw.
  const auto order = [&](const TileTenure& tenure) {
    return std::tuple(holders.id(tenure.holder), tenure.from, tenure.to);
  };
  std::map<std::tuple<std::string, Instant, Instant>, std::pair<TileTenure, std::uint32_t>> numbers;
  for (CoverageIndex c = 0; c < occurs.size(); ++c) {
    if (!occurs[c]) continue;
    for (const TileTenure& tenure : tenures_of(c)) numbers.try_emplace(order(tenure), tenure, 0U);
  }
  TileLayer& layer = out.layer;
  layer.name = std::string(to_string(theme));
  for (auto& [key, entry] : numbers) {
    entry.second = static_cast<std::uint32_t>(layer.features.size());
    layer.features.push_back(properties_of(session, holders, columns, entry.first));
  }
  // Coverages of the same tenures are one ground.
  std::map<std::vector<std::uint32_t>, std::uint32_t> grounds{{{}, 0}};
  std::vector<std::uint32_t> of_coverage(occurs.size(), 0);
  for (CoverageIndex c = 0; c < occurs.size(); ++c) {
    if (!occurs[c]) continue;
    std::vector<TileTenure> tenures = tenures_of(c);
    std::vector<std::uint32_t> features;
    for (const TileTenure& tenure : tenures) features.push_back(numbers.at(order(tenure)).second);
    std::sort(features.begin(), features.end());
    const auto [entry, is_new] =
        grounds.try_emplace(features, static_cast<std::uint32_t>(layer.grounds.size()));
    if (is_new) {
      layer.grounds.push_back(std::move(features));
      out.tenures.push_back(std::move(tenures));
    }
    of_coverage[c] = entry->second;
  }
  layer.of_face.assign(ground.size(), 0);
  for (FaceIndex f = 0; f < ground.size(); ++f) {
    if (ground[f]) layer.of_face[f] = of_coverage[composite.coverage(f, holders.group())];
  }
  return out;
}

TileLines lines_of_contact(const Session& session, const std::vector<ThemeGround>& themes,
                           const std::vector<GroundPair>& pairs) {
  const Composite& composite = session.composite();
  const std::map<GroundPair, double> lengths = lengths_of(composite.plane(), themes);
  struct Line {
    std::uint32_t number = 0;
    double length = 0.0;
  };
  std::map<Meeting, Line> lines;
  for (const GroundPair& pair : pairs) {
    const auto length = lengths.find(pair);
    for (const auto& [meeting, is_turned] : meetings_of(themes[pair.layer], pair))
      lines[meeting].length += length == lengths.end() ? 0.0 : length->second;
  }
  std::vector<TimeColumns> columns;
  for (const ThemeGround& theme : themes) columns.emplace_back(session, theme.holders);
  TileLines out;
  out.name = std::string(kLineLayer);
  for (auto& [meeting, line] : lines) {
    line.number = static_cast<std::uint32_t>(out.features.size());
    const Holders& holders = themes[meeting.theme].holders;
    TileProperties& properties = out.features.emplace_back(
        TileProperties{{"first", meeting.first},
                       {"second", meeting.second},
                       {"first_name", name_of(session.atlas(), holders, meeting.of_first)},
                       {"second_name", name_of(session.atlas(), holders, meeting.of_second)},
                       {"theme", std::string(to_string(holders.theme()))}});
    add_times(properties, columns[meeting.theme], {meeting.of_first, meeting.of_second},
              {meeting.from, meeting.to});
    constexpr double kMillimeters = 1000.0;
    properties.emplace_back("length_m", std::round(line.length * kMillimeters) / kMillimeters);
  }
  for (const GroundPair& pair : pairs) {
    std::vector<TileLines::Run>& runs = out.of_pair.emplace_back();
    for (const auto& [meeting, is_turned] : meetings_of(themes[pair.layer], pair))
      runs.push_back({lines.at(meeting).number, is_turned});
  }
  return out;
}

}  // namespace marchland::cli
