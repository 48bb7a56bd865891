#include <marchland/analysis/growing_answers.h>

#include <map>
#include <utility>

namespace marchland {
namespace {

using ActorSet = std::vector<ActorId>;

ActorSet holders_at(const Atlas& atlas, const std::vector<CoveringSlot>& covering,
                    const HolderOptions& options) {
  std::vector<HoldingSlot> slots;
  for (const CoveringSlot& one : covering) {
    if (one.slot.group == group_of(options.theme)) slots.push_back({one.slot, one.since});
  }
  return holders_of(atlas, slots, options);
}

}  // namespace

std::vector<HeldArea> held_areas(const GrowingComposite& growing, Instant at, const HolderOptions& options) {
  std::map<ActorSet, AreaUnits> sums;
  for (const CoveredArea& ground : growing.areas_at(at)) {
    ActorSet holders = holders_at(growing.atlas(), ground.slots, options);
    if (!holders.empty()) sums[std::move(holders)] += ground.area;
  }
  std::vector<HeldArea> out;
  for (const auto& [holders, area] : sums) {
    if (area != 0) out.push_back({holders, area});
  }
  return out;
}

std::vector<HeldPassage> held_passages(const GrowingComposite& growing, Instant from, Instant to,
                                       const HolderOptions& options) {
  std::map<std::pair<ActorSet, ActorSet>, AreaUnits> sums;
  for (const CoveredPassage& ground : growing.passages(from, to)) {
    ActorSet before = holders_at(growing.atlas(), ground.from, options);
    ActorSet after = holders_at(growing.atlas(), ground.to, options);
    if (before != after) sums[{std::move(before), std::move(after)}] += ground.area;
  }
  std::vector<HeldPassage> out;
  for (const auto& [holders, area] : sums) {
    if (area != 0) out.push_back({holders.first, holders.second, area});
  }
  return out;
}

}  // namespace marchland
