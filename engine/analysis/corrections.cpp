#include <marchland/analysis/corrections.h>

#include <algorithm>
#include <array>
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

Corrections::Names Corrections::names(CoverageIndex coverage) const {
  return {before_->names[before_->holders.at(coverage, epoch_)],
          after_->names[after_->holders.at(coverage, epoch_)]};
}

// Both sides are of one theme, so one coverage decides for both; there are fewer of them than faces.
std::vector<Corrections::Ground> Corrections::grounds(const FaceAreas& measured,
                                                      const std::vector<bool>& inside) const {
  const LabelGroup group = before_->holders.group();
  std::vector<AreaUnits> areas(composite_.coverage_count(group), 0);
  std::vector<bool> is_there(areas.size(), false);
  for (FaceIndex f = 1; f < inside.size(); ++f) {
    if (!inside[f]) continue;
    const CoverageIndex coverage = composite_.coverage(f, group);
    areas[coverage] += measured[f];
    is_there[coverage] = true;
  }
  std::vector<Ground> out;
  for (CoverageIndex coverage = 0; coverage < areas.size(); ++coverage) {
    if (is_there[coverage]) out.push_back({coverage, names(coverage), areas[coverage]});
  }
  return out;
}

Corrections::Division Corrections::division(const FaceAreas& measured, const Scope& scope) const {
  const std::vector<bool> inside = faces_in_scope(composite_, scope);
  const std::vector<Ground> found = grounds(measured, inside);
  std::map<Names, AreaUnits> areas;
  for (const Ground& ground : found) {
    if (ground.names.first != ground.names.second) areas[ground.names] += ground.area;
  }
  Division out;
  std::map<Names, std::uint32_t> numbers;
  for (const auto& [names, area] : areas) {
    out.pairs.push_back({std::string(names.first), std::string(names.second), area});
    numbers.emplace(names, static_cast<std::uint32_t>(out.pairs.size()));
  }
  const LabelGroup group = before_->holders.group();
  std::vector<std::uint32_t> of_coverage(composite_.coverage_count(group), 0);
  for (const Ground& ground : found) {
    if (const auto number = numbers.find(ground.names); number != numbers.end())
      of_coverage[ground.coverage] = number->second;
  }
  out.faces.assign(inside.size(), 0);
  for (FaceIndex f = 1; f < inside.size(); ++f) {
    if (inside[f]) out.faces[f] = of_coverage[composite_.coverage(f, group)];
  }
  return out;
}

std::vector<NamedTransition> Corrections::transitions(const FaceAreas& measured, const Scope& scope) const {
  const bool is_bounded = marchland::is_bounded(composite_, scope);
  // Unknown last.
  const auto key = [](std::string_view name) { return std::pair(name.empty(), name); };
  std::map<std::array<std::pair<bool, std::string_view>, 2>, AreaUnits> areas;
  for (const Ground& ground : grounds(measured, faces_in_scope(composite_, scope))) {
    const auto& [before, after] = ground.names;
    if (is_bounded || !before.empty() || !after.empty()) areas[{key(before), key(after)}] += ground.area;
  }
  std::vector<NamedTransition> out;
  for (const auto& [pair, area] : areas)
    out.push_back({std::string(pair[0].second), std::string(pair[1].second), area});
  return out;
}

std::vector<PlaceCorrection> Corrections::places(const Scope& scope) const {
  const std::vector<FaceIndex> faces = faces_of_places(composite_);
  const std::vector<bool> inside = faces_in_scope(composite_, scope);
  std::vector<PlaceCorrection> out;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    if (!inside[faces[i]]) continue;
    const auto [before, after] = names(composite_.coverage(faces[i], before_->holders.group()));
    if (before != after) out.push_back({i, std::string(before), std::string(after)});
  }
  return out;
}

}  // namespace marchland
