#pragma once
// What vector tiles say of an atlas: the ground of each holder through all time, a layer for each theme, and
// the lines along which holders meet.
#include "tools/cli/query.h"
#include <marchland/tiles/cut_tiles.h>

#include <string_view>
#include <vector>

namespace marchland::cli {

inline constexpr std::string_view kLineLayer = "line";

/// A holder, and a stretch of time in which it held the same ground and the filters leave it.
struct TileTenure {
  HolderIndex holder = kUnknown;
  Instant from, to;
};

struct ThemeGround {
  Holders holders;
  TileLayer layer;
  std::vector<std::vector<TileTenure>> tenures;  ///< by ground of the layer, in order of time
};

/// A feature for each tenure, by holder, then time.
[[nodiscard]] ThemeGround theme_ground(const Session& session, Theme theme);

/// A feature for each two holders that make contact (make_contact) and each stretch of time in which they
/// meet along the same lines: by theme, actors, time. Its length is that of the exact lines; 0 where they
/// meet only because what lies between them is narrower than a tile unit. `pairs`: as DescribeLines has them,
/// of the layers of `themes` in their order.
[[nodiscard]] TileLines lines_of_contact(const Session& session, const std::vector<ThemeGround>& themes,
                                         const std::vector<GroundPair>& pairs);

}  // namespace marchland::cli
