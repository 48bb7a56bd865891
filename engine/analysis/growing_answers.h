#pragma once
// What is asked after a day was added: who holds how much, and what passed from whom to whom. Figures are
// those of the frozen composite, to the last unit.
#include <marchland/analysis/holders.h>
#include <marchland/composite/growing_composite.h>

#include <vector>

namespace marchland {

/// By set of holders, which is sorted by number of the actor.
struct HeldArea {
  std::vector<ActorId> holders;  ///< not empty
  AreaUnits area = 0;
  friend bool operator==(const HeldArea&, const HeldArea&) = default;
};
struct HeldPassage {
  std::vector<ActorId> from;  ///< empty: unknown
  std::vector<ActorId> to;
  AreaUnits area = 0;
  friend bool operator==(const HeldPassage&, const HeldPassage&) = default;
};

/// Sorted by holders; those with an area of 0 are left out. Cost: the different histories of ground.
[[nodiscard]] std::vector<HeldArea> held_areas(const GrowingComposite& growing, Instant at,
                                               const HolderOptions& options);
/// Ground that other actors hold at the second instant than at the first, sorted.
[[nodiscard]] std::vector<HeldPassage> held_passages(const GrowingComposite& growing, Instant from,
                                                     Instant to, const HolderOptions& options);

}  // namespace marchland
