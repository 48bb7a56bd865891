#pragma once
// Exact lines moved to the centres of square pixels, all of them together.
//
// Every node moves to the centre of its pixel, and every line is bent through each pixel in which some node
// lies and which it passes (Hobby 1999; Guibas & Marimont 1998). That moves nothing by more than half a pixel
// in x and y and lets no line cross another: lines may come to coincide, never to change sides.
#include <marchland/composite/arrangement.h>

#include <cstdint>
#include <vector>

namespace marchland {

/// A straight stretch of boundary, the part of `line` from one of its points to another.
struct Stretch {
  GridSegment line;
  ExactPoint from;  ///< lexicographically first
  ExactPoint to;
  FaceIndex left = kUnboundedFace;  ///< seen from `from` to `to`
  FaceIndex right = kUnboundedFace;
};

/// The edges named, by edge of the plane, joined across nodes where nothing turns off: there both sides are
/// the same whatever ground is asked for.
[[nodiscard]] std::vector<Stretch> boundary_stretches(const Arrangement& plane,
                                                      const std::vector<bool>& is_boundary);

struct BentLine {
  std::vector<GridPoint> vertices;  ///< multiples of the pixel's side; one alone where all fell into a pixel
  FaceIndex left = kUnboundedFace;
  FaceIndex right = kUnboundedFace;
  friend bool operator==(const BentLine&, const BentLine&) = default;
};

/// One line for each stretch, in their order. Pixels are half-open squares of `pixel` grid units about the
/// multiples of it. Precondition: stretches meet in their ends only. Throws InvalidArgument for a pixel below
/// 1. Cost: n log n in stretches and the pixels they pass.
[[nodiscard]] std::vector<BentLine> snap_round(const std::vector<Stretch>& stretches, std::int64_t pixel);

}  // namespace marchland
