#pragma once
// The division of the ground carried from longitude and latitude into the square of Web Mercator.
//
// Every edge that divides something is replaced by chords that follow it within a bound, its ends go to the
// grid of the square, and the result is arranged anew, exactly: whatever chords and rounding have made lines
// do, every face has one category, so ground still meets without overlap or gap. Done once for all zooms.
#include <marchland/analysis/dissolve.h>
#include <marchland/analysis/snap_rounding.h>
#include <marchland/composite/composite.h>

#include <vector>

namespace marchland {

/// A straight piece of line with what is left and right of it; no two cross. Coordinates as in
/// tile_scheme.h, so "left" is where cross products with b - a are positive. 0: nothing.
struct TileEdge {
  GridPoint a;
  GridPoint b;
  Category left = 0;
  Category right = 0;
  friend constexpr auto operator<=>(const TileEdge&, const TileEdge&) noexcept = default;
};

/// How far chords may leave lines, in tile units of the greatest zoom.
inline constexpr double kChordShare = 0.125;

struct MercatorPlane {
  std::vector<Stretch> stretches;  ///< all lines at which categories differ; units of the square
  std::vector<Category> of_face;   ///< categories of the faces that they name
  [[nodiscard]] Category left(const Stretch& s) const { return of_face[s.left]; }
  [[nodiscard]] Category right(const Stretch& s) const { return of_face[s.right]; }
};

/// Into how many equal parts an edge, straight in lon/lat, is cut so that chords keep within the error, in
/// units of the square. Precondition: neither end lies beyond +-kMercatorMaxLat.
[[nodiscard]] int chord_count(const Position& a, const Position& b, double chord_error);

/// `faces` has a category for every face of the composite's plane, 0 for the unbounded one. Ground beyond
/// +-kMercatorMaxLat is cut off. Chords leave the edges, which are straight in lon/lat, by at most
/// `chord_error` units of the square; ends are rounded to the nearest one. Throws InvalidArgument for
/// another number of faces and for a chord_error that is not positive.
[[nodiscard]] MercatorPlane carry_to_mercator(const Composite& composite, const std::vector<Category>& faces,
                                              double chord_error);

/// The lines at one zoom, in tile units: cut at all lines a `buffer` outside and inside the sides of tiles,
/// so that no edge crosses the side of a tile with its buffer, and snap-rounded together. No edge is further
/// from its line than half a tile unit in x and y. Order: by ends.
[[nodiscard]] std::vector<TileEdge> lines_at_zoom(const MercatorPlane& plane, int zoom, std::int32_t buffer);

}  // namespace marchland
