#pragma once
// A history as programs see it that overlay polygon with polygon: the shapes, and which of them have to be
// overlaid for each two consecutive dates. All peers do this list and no other.
//
// A shape is what one actor holds by the same statements. Between two dates only what changed is overlaid, as
// a careful user of overlays would: intersections of an earlier with a later shape whose boxes meet unless
// both hold at both dates, and for each actor whose shape changed the two differences. What stays as it is
// counts as held; what appears or vanishes whole counts as passed.
#include <marchland/model/atlas.h>
#include <marchland/time/instant.h>

#include <cstdint>
#include <vector>

namespace marchland::bench {

struct Shape {
  ActorId actor;
  MultiPolygon area;
};

struct ShapePair {
  std::uint32_t earlier = 0;
  std::uint32_t later = 0;
  bool is_same_actor = false;
};

/// Of one step from a date to the next.
struct Overlays {
  std::vector<ShapePair> pairs;          ///< to intersect; those of the same actor also to subtract both ways
  std::vector<std::uint32_t> kept;       ///< shapes of both dates
  std::vector<std::uint32_t> one_sided;  ///< of actors that have ground at one of the dates only
};

struct History {
  std::vector<Shape> shapes;
  std::vector<Instant> dates;   ///< at which anything begins or ends, while something holds
  std::vector<Overlays> steps;  ///< one fewer than dates
};

[[nodiscard]] History history_of(const Atlas& atlas);

}  // namespace marchland::bench
