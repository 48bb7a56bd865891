#include <marchland/analysis/corrections.h>

#include <algorithm>
#include <map>
#include <utility>

namespace marchland {

Corrections::Corrections(Atlas before, Atlas after, Instant at, const CorrectionOptions& asked,
                         const BuildOptions& options)
    : asked_(asked), at_(at) {
  const JoinedAtlases both = join_atlases(std::move(before), std::move(after));
  composite_ = build_within(both.atlas, {Interval(), {at}}, options);
  epoch_ = composite_.times().epoch_of(at_);
  before_ = side(both.sources_before, "before: ");
  after_ = side(both.sources_after, "");
}

Corrections::Side Corrections::side(const std::set<SourceId>& all, const std::string& prefix) const {
  HolderOptions options{asked_.theme, asked_.rule, all};
  if (!asked_.sources.empty()) {
    std::erase_if(options.sources, [&](SourceId source) {
      return !asked_.sources.contains(composite_.atlas()[source].id.substr(prefix.size()));
    });
  }
  Holders holders(composite_, options);
  std::vector<std::string> names = holder_names(holders, composite_.atlas(), at_, asked_.by_group);
  return {std::move(holders), std::move(names)};
}

const std::string& Corrections::name(const Side& side, FaceIndex face) const {
  const CoverageIndex coverage = composite_.coverage(face, side.holders.group());
  return side.names[side.holders.at(coverage, epoch_)];
}

Corrections::Division Corrections::division(const FaceAreas& measured, const Scope& scope) const {
  const std::vector<bool> inside = faces_in_scope(composite_, scope);
  std::map<std::pair<std::string, std::string>, AreaUnits> areas;
  for (FaceIndex f = 1; f < inside.size(); ++f) {
    if (!inside[f]) continue;
    const std::string& before = name(*before_, f);
    const std::string& after = name(*after_, f);
    if (before != after) areas[{before, after}] += measured[f];
  }
  Division out;
  std::map<std::pair<std::string, std::string>, std::uint32_t> numbers;
  for (const auto& [pair, area] : areas) {
    out.pairs.push_back({pair.first, pair.second, area});
    numbers.emplace(pair, static_cast<std::uint32_t>(out.pairs.size()));
  }
  out.faces.assign(inside.size(), 0);
  for (FaceIndex f = 1; f < inside.size(); ++f) {
    if (!inside[f]) continue;
    const auto found = numbers.find({name(*before_, f), name(*after_, f)});
    if (found != numbers.end()) out.faces[f] = found->second;
  }
  return out;
}

std::vector<NamedTransition> Corrections::transitions(const FaceAreas& measured, const Scope& scope) const {
  const std::vector<bool> inside = faces_in_scope(composite_, scope);
  const bool is_bounded = marchland::is_bounded(composite_, scope);
  // Unknown last.
  const auto key = [](const std::string& name) { return std::pair(name.empty(), name); };
  std::map<std::array<std::pair<bool, std::string>, 2>, AreaUnits> areas;
  for (FaceIndex f = 1; f < inside.size(); ++f) {
    if (!inside[f]) continue;
    const std::string& before = name(*before_, f);
    const std::string& after = name(*after_, f);
    if (is_bounded || !before.empty() || !after.empty()) areas[{key(before), key(after)}] += measured[f];
  }
  std::vector<NamedTransition> out;
  for (const auto& [pair, area] : areas) out.push_back({pair[0].second, pair[1].second, area});
  return out;
}

std::vector<PlaceCorrection> Corrections::places(const Scope& scope) const {
  const std::vector<FaceIndex> faces = faces_of_places(composite_);
  const std::vector<bool> inside = faces_in_scope(composite_, scope);
  std::vector<PlaceCorrection> out;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    if (!inside[faces[i]]) continue;
    const std::string& before = name(*before_, faces[i]);
    const std::string& after = name(*after_, faces[i]);
    if (before != after) out.push_back({i, before, after});
  }
  return out;
}

}  // namespace marchland
