#pragma once
// Actors by the groups they belong to at a date: a state and those it backs count as one, for as long as the
// atlas says they are.
#include <marchland/analysis/changes.h>
#include <marchland/analysis/holders.h>

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace marchland {

/// The group that all of them belong to at the date; nothing if one has none or they differ. An actor of
/// several groups at a date counts for the one that is declared first.
[[nodiscard]] std::optional<std::string> common_group(const Atlas& atlas, std::span<const ActorId> actors,
                                                      Instant at);

/// What a set of actors (sorted by anything) is called at the date: the common group where `by_group`, else
/// ids in their order, "a+b"; empty for none.
[[nodiscard]] std::string name_of_holders(const Atlas& atlas, std::span<const ActorId> actors, Instant at,
                                          bool by_group);

/// By HolderIndex, what each is called at the date: the common group of its actors, else its own id; empty
/// for unknown. With `by_group` false always its id.
[[nodiscard]] std::vector<std::string> holder_names(const Holders& holders, const Atlas& atlas, Instant at,
                                                    bool by_group);

/// Instants at which some actor joins or leaves a group.
[[nodiscard]] std::set<Instant> membership_dates(const Atlas& atlas);

struct NamedChange {
  std::string name;  ///< empty: unknown
  AreaUnits gained = 0;
  AreaUnits lost = 0;
  AreaUnits held = 0;
};
struct NamedTransition {
  std::string from;
  std::string to;
  AreaUnits area = 0;
};

/// Adds up transitions by the names that holders have at either date. By from, then to; unknown last.
[[nodiscard]] std::vector<NamedTransition> by_name(const std::vector<Transition>& transitions,
                                                   const std::vector<std::string>& before,
                                                   const std::vector<std::string>& after);
/// The same by holder of either date: gained and lost between different names, held under the same. By name,
/// unknown last.
[[nodiscard]] std::vector<NamedChange> changes_of(const std::vector<NamedTransition>& transitions);

}  // namespace marchland
