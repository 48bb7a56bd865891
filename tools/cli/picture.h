#pragma once
// A small picture of who held what, for pages that are read without a map program.
#include "tools/cli/query.h"

#include <set>
#include <string>

namespace marchland::cli {

struct ThemePicture {
  std::string svg;
  std::set<HolderIndex> shown;  ///< of the theme's holders; unknown ground too, where it is drawn
};

/// An SVG of at most 900 by 900 units, equidistant about the middle latitude; lines rounded to about half a
/// unit. Ground in the colours of its holders, contested ground dotted, unknown ground light. `name` is its
/// accessible name. Attributes say how it lies on the earth (data-west, data-north in degrees,
/// data-units-lon, data-units-lat in units a degree) and whose ground each path is (data-actor), so that it
/// can be read back.
[[nodiscard]] ThemePicture theme_picture(const Session& session, const Holders& holders, Instant at,
                                         const std::string& name);

}  // namespace marchland::cli
