#pragma once
// Step 2: every different segment once, however many layers and days use it, with what changes across it.
//
// A segment points from its lexicographically smaller end to the other. Its events say, label by label, how
// the winding number on its left differs from that on its right, and from when to when: an event (label,
// time, change) adds `change` to the difference from `time` on. A run [t0, t1) is two events; where one run
// ends and the next begins at the same time with the same change, the two cancel, so that a line that stays
// costs two events for as long as it stays. A segment whose events all cancel bounds nothing and is left out.
#include <marchland/composite/quantise.h>
#include <marchland/geometry/exact_point.h>
#include <marchland/time/time_axis.h>

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace marchland {

using SegmentIndex = std::uint32_t;
/// What a winding number is counted for: a slot, or one ring of a polygon that is labelled ring by ring.
using LabelIndex = std::uint32_t;

struct WindingEvent {
  LabelIndex label = 0;
  TimeIndex time = 0;
  std::int32_t change = 0;
  friend constexpr auto operator<=>(const WindingEvent&, const WindingEvent&) noexcept = default;
};

/// Sorts by label and time, adds up equal ones and drops zeros.
void normalise(std::vector<WindingEvent>& events);

struct SegmentTable {
  /// Sorted, no duplicates; the ends of all segments.
  std::vector<GridPoint> vertices;
  /// Sorted, no duplicates, a < b.
  std::vector<GridSegment> segments;
  /// Events of segment i: events[offsets[i]] .. events[offsets[i+1]], normalised.
  std::vector<std::uint32_t> offsets;
  std::vector<WindingEvent> events;
  /// For segments that a cut at the seam made: the edge they came from. By segment.
  std::unordered_map<SegmentIndex, CutParent> cut_parents;
  /// Times a segment was given, before merging.
  std::uint64_t occurrences = 0;

  [[nodiscard]] std::span<const WindingEvent> events_of(SegmentIndex segment) const {
    return std::span(events).subspan(offsets[segment], offsets[segment + 1] - offsets[segment]);
  }
};

/// Collects chains in any order; the table depends on what was added, not on the order.
class SegmentTableBuilder {
 public:
  /// The chain holds for [from, to) under `label`, `weight` times (-1 turns it round).
  void add(const QuantisedRing& chain, LabelIndex label, TimeIndex from, TimeIndex to, int weight = 1);

  /// Segments on the antimeridian are divided at every latitude where either side has a vertex, so that the
  /// sub-edges at +180 and -180 pair up.
  [[nodiscard]] SegmentTable finish();

 private:
  struct PendingEvent {
    SegmentIndex segment;
    WindingEvent event;
    friend constexpr auto operator<=>(const PendingEvent&, const PendingEvent&) noexcept = default;
  };
  struct SegmentHash {
    std::size_t operator()(const GridSegment& s) const noexcept;
  };
  SegmentIndex index_of(const GridSegment& s);
  void compact();
  void divide_at_seam();

  std::unordered_map<GridSegment, SegmentIndex, SegmentHash> index_;
  std::vector<GridSegment> segments_;
  std::vector<PendingEvent> pending_;
  std::size_t compact_at_ = std::size_t{1} << 20;
  std::unordered_map<SegmentIndex, CutParent> cut_parents_;
  std::uint64_t occurrences_ = 0;
};

}  // namespace marchland
