#pragma once
// Where segments meet, on the grid: snap rounding (Hobby 1999, "Practical segment intersection with finite
// precision output"; Guibas and Marimont 1998). A node is an end of a segment, or a crossing rounded to the
// grid. Every segment is led through every node whose unit square it passes. What results meets at nodes
// only; no end moves, and no point of a segment by more than half a grid unit in longitude or latitude (5.6
// mm).
#include <marchland/geometry/exact_point.h>

#include <span>
#include <vector>

namespace marchland::detail {

using GridPath = std::vector<GridPoint>;

/// For each segment the path that replaces it: from its a to its b, without repeated points. Different
/// segments may share steps of their paths. Exact integer tests. About n log n where few segments cross.
[[nodiscard]] std::vector<GridPath> node_segments(std::span<const GridSegment> segments);

/// Whether noding leads the segment through the node: it meets the unit square about it.
[[nodiscard]] bool passes(const GridSegment& s, GridPoint node) noexcept;

/// Whether the point lies on the segment, ends included.
[[nodiscard]] bool is_on(const GridSegment& segment, GridPoint point) noexcept;

}  // namespace marchland::detail
