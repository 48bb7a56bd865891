#pragma once
// Which ring goes on as which. Every ring has a label of its own, so what is inside is always found by the
// definition (docs/design/labelling.md), never by a rule for well-behaved polygons. So that a history costs
// little more than its different lines, a label outlives the statement: where one statement of a slot ends
// and another begins, polygons that share positions are one track, and their rings too. Then only what
// changed between them has events.
//
// Which polygons are joined is a matter of cost alone: coverages, and all figures, come out the same.
#include <marchland/composite/segments.h>
#include <marchland/geometry/shared_area.h>
#include <marchland/time/time_axis.h>

#include <cstdint>
#include <span>
#include <vector>

namespace marchland {

using SlotIndex = std::uint32_t;
/// A polygon that goes on from statement to statement of its slot.
using TrackIndex = std::uint32_t;

/// A polygon for as long as a statement says so.
struct PolygonVersion {
  const SharedPolygon* area = nullptr;  ///< outlives what is made of it
  RingConvention convention;
  SlotIndex slot = 0;
  TimeIndex from = 0;
  TimeIndex to = 0;
  std::uint32_t statement = 0;  ///< whatever the caller numbers
};

/// One ring of a version.
struct RingVersion {
  LabelIndex label = 0;
  TimeIndex from = 0;
  TimeIndex to = 0;
  std::uint32_t polygon = 0;  ///< index of the PolygonVersion
  std::uint32_t ring = 0;     ///< in it
  bool is_cut = false;        ///< by the antimeridian, or around a pole
  bool encloses_pole = false;
  int turn = 0;  ///< +1 counter-clockwise on the grid, -1 clockwise, 0 without area
};

struct LabelMeaning {
  TrackIndex track = 0;
  bool is_first_ring = true;
};

struct TracedTracks {
  SegmentTable segments;
  std::vector<LabelMeaning> labels;   ///< by label; those of one track are neighbours
  std::vector<SlotIndex> track_slot;  ///< by track; sorted
  std::vector<RingVersion> rings;     ///< sorted by label, then time

  /// The version of a label that holds at a time; precondition: one does.
  [[nodiscard]] const RingVersion& ring_at(LabelIndex label, TimeIndex time) const;
};

/// Labels are numbered slot by slot. `rejoin` by slot: whether its statements continue one another (those of
/// event layers do not). Rings are read by their convention. Throws InvalidData as check_readable does for
/// some ring that is not readable, without saying whose it was.
[[nodiscard]] TracedTracks trace_tracks(const std::vector<PolygonVersion>& versions,
                                        const std::vector<bool>& rejoin);

inline constexpr std::uint32_t kNoRing = 0xffffffffU;
/// For each ring of `after` the place of the one of `before` it goes on from, or kNoRing; no two from the
/// same. Rings that begin alike first, then those that share most of some sampled positions.
[[nodiscard]] std::vector<std::uint32_t> match_rings(std::span<const SharedRing* const> before,
                                                     std::span<const SharedRing* const> after);

/// When a track covers a face, from the events of its labels there (sorted by label and time): where its
/// first ring winds about the face and no other does. Sorted, apart from one another.
struct TrackRun {
  TimeIndex from = 0;
  TimeIndex to = 0;
};
void runs_of_track(std::span<const WindingEvent> events, const std::vector<LabelMeaning>& labels,
                   std::vector<TrackRun>& out);

}  // namespace marchland
