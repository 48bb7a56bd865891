#pragma once
// How far two lines lie apart, and where: discrete distances between positions along them.
//
// Hausdorff asks how far the farthest position of one line is from the nearest of the other, whatever the
// order along them. Fréchet asks how long a leash must be between two who walk one line each, neither turning
// back (discrete: Eiter & Mannila 1994). On positions no more than s apart the discrete Hausdorff distance is
// within s/2 of that of the lines. The Fréchet distance is above it by no more than s where all corners are
// among the positions, else within s. Distances are geodesic.
#include <marchland/base/units.h>
#include <marchland/geometry/shapes.h>

#include <cstddef>
#include <span>
#include <vector>

namespace marchland {

/// A distance between two lines, and between which positions it is reached.
struct LineDistance {
  Meters distance;
  Position on_first;
  Position on_second;
};

/// The line's own positions and, evenly between them, as many more as let none be further than `step` from
/// the next. Edges are straight in longitude and latitude. Precondition: step above 0.
[[nodiscard]] std::vector<Position> densified(std::span<const Position> line, Meters step);

/// Positions evenly along the line, no further than `step` apart, both ends among them, its own otherwise
/// not. Precondition: step above 0.
[[nodiscard]] std::vector<Position> resampled(std::span<const Position> line, Meters step);

/// For each position the index of the nearest of `among`. Nearest by chord through the ellipsoid, which
/// orders distances as geodesics do up to 1 part in 10^7 at 100 km. Cost: n log n. Precondition: `among` is
/// not empty.
[[nodiscard]] std::vector<std::size_t> nearest_positions(std::span<const Position> positions,
                                                         std::span<const Position> among);

/// Both lines in the direction they are walked, neither empty. Cost and memory: product of their sizes.
[[nodiscard]] LineDistance discrete_frechet(std::span<const Position> first,
                                            std::span<const Position> second);

}  // namespace marchland
