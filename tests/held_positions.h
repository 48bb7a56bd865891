#pragma once
// How much of its lines an atlas holds, whatever its statements repeat.
#include <marchland/model/atlas.h>

#include <cstddef>
#include <set>

namespace marchland::testing_fixtures {

/// Positions of all statements' areas; those of a stretch that several rings have, once.
inline std::size_t held_positions(const Atlas& atlas) {
  std::set<const void*> seen;
  std::size_t count = 0;
  for (const Statement& statement : atlas.statements) {
    for (const SharedPolygon& polygon : statement.area) {
      for (const SharedRing& ring : polygon) {
        for (const auto& stretch : ring.stretches()) {
          if (seen.insert(stretch.get()).second) count += stretch->size();
        }
      }
    }
  }
  return count;
}

}  // namespace marchland::testing_fixtures
