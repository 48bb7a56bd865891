#include <marchland/base/error.h>
#include <marchland/raster/ground_parts.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

namespace marchland {

GroundParts::GroundParts(const Composite& composite, const Holders& holders, const std::vector<bool>& ground,
                         std::vector<TimeIndex> epochs, bool by_region)
    : epochs_(std::move(epochs)), part_of_face_(ground.size(), 0) {
  if (ground.size() != composite.plane().face_count())
    throw InvalidArgument("GroundParts: expected a value for every face");
  std::sort(epochs_.begin(), epochs_.end());
  epochs_.erase(std::unique(epochs_.begin(), epochs_.end()), epochs_.end());
  constexpr std::size_t kNew = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> of_coverage(composite.coverage_count(holders.group()), kNew);
  std::map<History, std::size_t> known_histories;
  std::map<std::pair<std::size_t, CoverageIndex>, Part> known_parts;
  for (FaceIndex f = 0; f < ground.size(); ++f) {
    if (!ground[f] || f == kUnboundedFace) continue;
    const CoverageIndex coverage = composite.coverage(f, holders.group());
    std::size_t& history = of_coverage[coverage];
    if (history == kNew) {
      const auto [entry, is_new] =
          known_histories.try_emplace(history_of(holders, coverage), histories_.size());
      history = entry->second;
      if (is_new) histories_.push_back(entry->first);
    }
    const CoverageIndex regions = by_region ? composite.coverage(f, LabelGroup::region) : 0;
    const auto [part, is_new] = known_parts.try_emplace({history, regions}, static_cast<Part>(face_.size()));
    if (is_new) {
      history_of_part_.push_back(history);
      face_.push_back(f);
    }
    part_of_face_[f] = part->second;
  }
}

GroundParts::History GroundParts::history_of(const Holders& holders, CoverageIndex coverage) const {
  History out;
  const auto spans = holders.timeline(coverage);
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const auto first = std::lower_bound(epochs_.begin(), epochs_.end(), spans[i].since);
    const bool is_asked = first != epochs_.end() && (i + 1 == spans.size() || *first < spans[i + 1].since);
    if (!is_asked || (!out.empty() && out.back().second == spans[i].holder)) continue;
    out.emplace_back(first - epochs_.begin(), spans[i].holder);
  }
  return out;
}

std::vector<HolderIndex> GroundParts::holders_at(TimeIndex epoch) const {
  const auto asked = std::lower_bound(epochs_.begin(), epochs_.end(), epoch);
  if (asked == epochs_.end() || *asked != epoch)
    throw InvalidArgument("GroundParts: an epoch that parts were not made for");
  const auto date = static_cast<std::size_t>(asked - epochs_.begin());
  std::vector<HolderIndex> of_history;
  of_history.reserve(histories_.size());
  for (const History& history : histories_) {
    const auto after = std::upper_bound(history.begin(), history.end(), date,
                                        [](std::size_t d, const auto& since) { return d < since.first; });
    of_history.push_back(std::prev(after)->second);
  }
  std::vector<HolderIndex> out;
  out.reserve(size());
  for (const std::size_t history : history_of_part_) out.push_back(of_history[history]);
  return out;
}

}  // namespace marchland
