#pragma once
// What is odd about the rings of an atlas, found in the arrangement where it is: nothing here changes a
// figure. Codes: ring-crosses-itself, ring-touches-itself, spike, zero-area, ring-direction,
// hole-outside-shell, rings-overlap, antimeridian, self-overlap.
#include <marchland/base/findings.h>
#include <marchland/composite/arrangement.h>
#include <marchland/composite/coverage.h>
#include <marchland/composite/tracks.h>
#include <marchland/measure/edge_area.h>

#include <cstddef>
#include <vector>

namespace marchland {

/// A peculiarity of one ring, first seen at a time.
struct RingFinding {
  const char* code = "";
  Severity severity = Severity::warning;
  LabelIndex label = 0;
  TimeIndex time = 0;
  std::size_t count = 1;  ///< of places
  std::optional<GeoLocation> location;
};

/// Ground that a slot covers more than once at a time.
struct SelfOverlap {
  SlotIndex slot = 0;
  AreaUnits area = 0;  ///< of faces where it ever happens
  TimeIndex since = 0;
  TrackIndex first = 0;  ///< two that overlap then
  TrackIndex second = 0;
  std::optional<GeoLocation> location;
};

struct RingFindings {
  std::vector<RingFinding> rings;     ///< sorted by label, code, time
  std::vector<SelfOverlap> overlaps;  ///< sorted by slot
};

/// `area` by face; `counts_overlap` by slot: whether covering twice is worth a word.
[[nodiscard]] RingFindings find_in_rings(const Arrangement& plane, const Windings& windings,
                                         const TracedTracks& tracks, const std::vector<AreaUnits>& area,
                                         const std::vector<bool>& counts_overlap);

}  // namespace marchland
