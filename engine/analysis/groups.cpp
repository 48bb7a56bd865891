#include <marchland/analysis/groups.h>

#include <algorithm>
#include <map>
#include <utility>

namespace marchland {
namespace {

/// Orders names, unknown last.
using Rank = std::pair<bool, std::string>;
Rank rank_of(const std::string& name) {
  return {name.empty(), name};
}

}  // namespace

std::optional<std::string> common_group(const Atlas& atlas, std::span<const ActorId> actors, Instant at) {
  std::optional<std::string> group;
  for (const ActorId actor : actors) {
    const auto& groups = atlas[actor].groups;
    const auto member = std::find_if(groups.begin(), groups.end(), [&](const GroupMembership& membership) {
      return membership.when.contains(at);
    });
    if (member == groups.end() || (group && *group != member->group)) return std::nullopt;
    group = member->group;
  }
  return group;
}

std::string name_of_holders(const Atlas& atlas, std::span<const ActorId> actors, Instant at, bool by_group) {
  if (by_group && !actors.empty()) {
    if (auto group = common_group(atlas, actors, at)) return *std::move(group);
  }
  std::vector<std::string_view> ids;
  for (const ActorId actor : actors) ids.emplace_back(atlas[actor].id);
  std::sort(ids.begin(), ids.end());
  std::string text;
  for (const std::string_view id : ids) {
    if (!text.empty()) text += '+';
    text += id;
  }
  return text;
}

std::vector<std::string> holder_names(const Holders& holders, const Atlas& atlas, Instant at, bool by_group) {
  std::vector<std::string> names(holders.size());
  for (HolderIndex h = 0; h < names.size(); ++h) {
    const auto group = by_group && h != kUnknown ? common_group(atlas, holders.actors(h), at) : std::nullopt;
    names[h] = group ? *group : holders.id(h);
  }
  return names;
}

std::set<Instant> membership_dates(const Atlas& atlas) {
  std::set<Instant> dates;
  for (const Actor& actor : atlas.actors) {
    for (const GroupMembership& membership : actor.groups) {
      if (membership.when.has_from()) dates.insert(membership.when.from());
      if (membership.when.has_to()) dates.insert(membership.when.to());
    }
  }
  return dates;
}

std::vector<NamedTransition> by_name(const std::vector<Transition>& transitions,
                                     const std::vector<std::string>& before,
                                     const std::vector<std::string>& after) {
  std::map<std::pair<Rank, Rank>, AreaUnits> sums;
  for (const Transition& t : transitions) sums[{rank_of(before[t.from]), rank_of(after[t.to])}] += t.area;
  std::vector<NamedTransition> out;
  for (const auto& [key, area] : sums) {
    if (area != 0) out.push_back({key.first.second, key.second.second, area});
  }
  return out;
}

std::vector<NamedChange> changes_of(const std::vector<NamedTransition>& transitions) {
  std::map<Rank, NamedChange> sums;
  for (const NamedTransition& t : transitions) {
    if (t.from == t.to) {
      sums[rank_of(t.from)].held += t.area;
    } else {
      sums[rank_of(t.from)].lost += t.area;
      sums[rank_of(t.to)].gained += t.area;
    }
  }
  std::vector<NamedChange> out;
  for (auto& [rank, change] : sums) {
    change.name = rank.second;
    out.push_back(change);
  }
  return out;
}

}  // namespace marchland
