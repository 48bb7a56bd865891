#pragma once
// Which ground a figure is about, and what its shares are shares of.
#include <marchland/composite/composite.h>
#include <marchland/geometry/lonlat_box.h>

#include <optional>
#include <string>
#include <vector>

namespace marchland {

/// Inside the study area (if the atlas has one) and inside any of the regions (if any is given).
struct Scope {
  std::vector<RegionId> regions;
};

/// Per face whether it lies in the scope; never the unbounded face unless the scope is all ground.
[[nodiscard]] std::vector<bool> faces_in_scope(const Composite& composite, const Scope& scope);
/// Per face whether it lies in the study area; all faces where the atlas has none.
[[nodiscard]] std::vector<bool> faces_in_study_area(const Composite& composite);
/// Per face whether it lies in the region.
[[nodiscard]] std::vector<bool> faces_in_region(const Composite& composite, RegionId region);

/// The box on the globe about the faces named, never the unbounded one; nothing if there are none. A face's
/// edges cover every longitude that it does.
[[nodiscard]] std::optional<LonLatBox> box_of_faces(const Arrangement& plane, const std::vector<bool>& faces);

/// The face that each place of the atlas lies in, in their order; on a line as Arrangement::locate has it.
[[nodiscard]] std::vector<FaceIndex> faces_of_places(const Composite& composite);

/// Whether the scope has an edge of its own. Without study area and region, ground about which nothing is
/// said has no area: then nothing is unknown, and shares are of all ground somebody holds.
[[nodiscard]] bool is_bounded(const Composite& composite, const Scope& scope);

/// The region of that id. Throws InvalidArgument with the nearest one.
[[nodiscard]] RegionId find_region(const Atlas& atlas, std::string_view id);
/// The actor of that id. Throws InvalidArgument with the nearest one.
[[nodiscard]] ActorId find_actor(const Atlas& atlas, std::string_view id);
/// Throws InvalidArgument with the nearest one where no actor ever belongs to a group of that id.
void find_group(const Atlas& atlas, std::string_view id);
/// The source of that id. Throws InvalidArgument with the nearest one.
[[nodiscard]] SourceId find_source(const Atlas& atlas, std::string_view id);

}  // namespace marchland
