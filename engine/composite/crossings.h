#pragma once
// Step 3: where segments meet, exactly.
//
// Segments are hung into hierarchical cells: each at the first level whose cells are as wide as its bounding
// box, so in at most 2 x 2 of them. A pair is met in the cells of the coarser one's level, and accepted only
// in the cell that holds the lower left corner of the intersection of the two bounding boxes, so exactly
// once. The predicates are those of geometry/exact_point.h. Segments are looked up on all cores; what is
// found does not depend on their number.
//
// A point's identity never depends on which pair named it: along every segment the points that lie on it are
// put in exact order, equal neighbours are the same point, and a union-find carries that across segments.
// (All segments through one point meet pairwise, so every two names of it are joined.)
#include <marchland/base/error.h>
#include <marchland/composite/segments.h>

#include <cstdint>
#include <vector>

namespace marchland {

inline constexpr std::uint64_t kNoCrossingLimit = ~std::uint64_t{0};

/// Nodes 0 .. vertices-1 are the grid vertices in their order; then come the crossings, ordered by x, then y.
using NodeIndex = std::uint32_t;

struct Crossings {
  /// Points where segments cross in the interior of both and no grid vertex lies. May have integer
  /// coordinates.
  std::vector<ExactPoint> points;
  /// Nodes strictly inside segment i, from its a to its b: nodes[offsets[i]] .. nodes[offsets[i+1]].
  std::vector<std::uint32_t> offsets;
  std::vector<NodeIndex> nodes;
  /// Pairs of segments that meet elsewhere than at common ends.
  std::uint64_t pairs = 0;
};

/// How many pairs meet elsewhere than at common ends, judged from some of the cells and segments.
struct CrossingEstimate {
  std::uint64_t pairs = 0;
  ExactPoint where;  ///< a crossing where there are most
};

/// More pairs of segments meet than a caller allowed for.
class TooManyCrossings : public Error {
 public:
  TooManyCrossings(std::uint64_t limit, const CrossingEstimate& estimate);
  [[nodiscard]] const CrossingEstimate& estimate() const noexcept { return estimate_; }

 private:
  CrossingEstimate estimate_;
};

/// Writes each point where more than two segments meet as the crossing of the first two that are not
/// parallel, which is how the others are written: then the members depend on the set of segments alone, and
/// not on who came upon the point first. Precondition: offsets and nodes are those of the table.
void name_by_first_pair(const SegmentTable& table, Crossings& crossings);

/// Reads vertices, segments and ends of the table. The result depends on the set of segments alone. Cost
/// n log n plus the pairs of overlapping boxes. Throws TooManyCrossings as soon as more than `limit` pairs
/// meet elsewhere than at common ends, before anything is arranged and at a cost that the limit bounds.
[[nodiscard]] Crossings find_crossings(const SegmentTable& table, std::uint64_t limit = kNoCrossingLimit);

}  // namespace marchland
