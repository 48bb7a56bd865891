#pragma once
// Where two rings differ. Successive layers repeat nearly all of their lines; what both have needs neither
// quantising nor sorting, because the end of one run and the beginning of the next would cancel.
//
// Any answer is right that says which segments were left out on both sides: a segment named on both sides
// cancels later. So the search may be short-sighted; it only decides how much work is saved.
#include <marchland/geometry/shared_area.h>

#include <cstdint>
#include <vector>

namespace marchland {

/// Segment i runs from position i to position i + 1.
struct SegmentRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  friend constexpr bool operator==(SegmentRange, SegmentRange) noexcept = default;
};

struct RingDiff {
  std::vector<SegmentRange> closed;  ///< of the earlier ring, in its order
  std::vector<SegmentRange> opened;  ///< of the later ring, in its order
};

/// What is left of each ring when segments both have in the same direction are taken away, as far as they
/// were found: each is taken away once on either side. Both closed, with one position at least. Positions are
/// compared as written. Cost: one pass over both, plus n log n where long parts were exchanged.
void diff_rings(const Ring& before, const Ring& after, RingDiff& out);

/// The same, where stretches that both have by address need not be read. Cost: one pass over the lists of
/// stretches, and what differs as above.
void diff_rings(const SharedRing& before, const SharedRing& after, RingDiff& out);

}  // namespace marchland
