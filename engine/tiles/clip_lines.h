#pragma once
// Lines that divide the ground, cut to a box: what lies outside is laid upon its sides.
//
// Moving every point of the plane to the nearest one of the box changes no winding number inside, so the
// lines of any piece of ground, moved so, bound exactly the part of it in the box; what runs back and forth
// along a side cancels (Sutherland & Hodgman 1974 clip a polygon likewise, one side at a time, and leave what
// cancels).
#include <marchland/tiles/mercator_plane.h>

#include <cstdint>
#include <vector>

namespace marchland {

struct TileBox {
  std::int32_t west = 0, north = 0, east = 0, south = 0;  ///< y runs south: north < south
  friend bool operator==(const TileBox&, const TileBox&) = default;
};

/// Lines in the box, and its sides where they bound ground: outside is nothing. Precondition: the lines bound
/// the same ground on both of their sides as a whole (they close), no edge crosses a side of the box in its
/// interior unless it is parallel to an axis. Order: lines as given, then the sides. Throws std::logic_error
/// where the lines do not close.
[[nodiscard]] std::vector<TileEdge> clip_lines(const std::vector<TileEdge>& edges, const TileBox& box);

/// Sides of the box are divided where lines end on them, so that edges meet in their ends only.
[[nodiscard]] std::vector<TileEdge> split_sides(const std::vector<TileEdge>& edges, const TileBox& box);

/// Lines of the whole square of `half` about the origin, with a strip of `buffer` beyond each of the meridian
/// sides, where the ground of the other side goes on: the side itself bounds ground only where what lies left
/// and right of it differs. Edges are divided at the sides and at `buffer` inside them.
[[nodiscard]] std::vector<TileEdge> wrap_around(const std::vector<TileEdge>& edges, std::int32_t half,
                                                std::int32_t buffer);

}  // namespace marchland
