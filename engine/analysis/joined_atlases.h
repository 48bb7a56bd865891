#pragma once
// Two states of one atlas in one: so that what differs between them is a set of faces, and exact.
#include <marchland/model/atlas.h>

#include <set>

namespace marchland {

struct JoinedAtlases {
  /// Declarations, places, regions and study area are those of `after`; sources, layers and statements are
  /// those of both, `before`'s with ids that begin with "before: ". Nothing of one paints over, or competes
  /// with, anything of the other once holders are asked by sources.
  Atlas atlas;
  std::set<SourceId> sources_before;
  std::set<SourceId> sources_after;
};

/// Each is harmonised by itself, as it was or will be published, so the joined one is not to be. Actors are
/// the same by id. What is set aside is left out, and findings. Throws as harmonise does.
[[nodiscard]] JoinedAtlases join_atlases(Atlas before, Atlas after);

}  // namespace marchland
