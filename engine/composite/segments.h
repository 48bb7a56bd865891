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
#include <map>
#include <span>
#include <unordered_map>
#include <utility>
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

/// Along the antimeridian; along that or a pole.
[[nodiscard]] constexpr bool is_on_seam(const GridSegment& s) noexcept {
  return s.a.x == s.b.x && (s.a.x == kGridMaxLon || s.a.x == -kGridMaxLon);
}
[[nodiscard]] constexpr bool is_on_box(const GridSegment& s) noexcept {
  return is_on_seam(s) || (s.a.y == s.b.y && (s.a.y == kGridMaxLat || s.a.y == -kGridMaxLat));
}

/// Sorts by label and time, adds up equal ones and drops zeros.
void normalise(std::vector<WindingEvent>& events);

/// A segment that a ring runs along more than once at a time.
struct RepeatedRun {
  SegmentIndex segment = 0;
  LabelIndex label = 0;
  TimeIndex time = 0;  ///< since when
  friend constexpr auto operator<=>(const RepeatedRun&, const RepeatedRun&) noexcept = default;
};

/// Of a segment, as indices into the vertices.
struct SegmentEnds {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
};

struct SegmentTable {
  /// Sorted, no duplicates; the ends of all segments.
  std::vector<GridPoint> vertices;
  /// Sorted, no duplicates, a < b.
  std::vector<GridSegment> segments;
  std::vector<SegmentEnds> ends;  ///< by segment
  /// Events of segment i: events[offsets[i]] .. events[offsets[i+1]], normalised.
  std::vector<std::uint32_t> offsets;
  std::vector<WindingEvent> events;
  /// For segments that a cut at the seam made: the edge they came from. By segment.
  std::unordered_map<SegmentIndex, CutParent> cut_parents;
  /// Times a segment was given, before merging.
  std::uint64_t occurrences = 0;
  /// Along the edge of the box none is named. Where all runs of a segment cancel it is not in the table:
  /// `lost_repeats` has those.
  std::vector<RepeatedRun> repeats;
  std::vector<std::pair<GridSegment, RepeatedRun>> lost_repeats;

  [[nodiscard]] std::span<const WindingEvent> events_of(SegmentIndex segment) const {
    return std::span(events).subspan(offsets[segment], offsets[segment + 1] - offsets[segment]);
  }
};

/// Fills `vertices` and `ends` from `segments`, which are sorted.
void number_ends(SegmentTable& table);

/// Collects runs in any order; the table depends on what was added, not on the order. It is made on all
/// cores: events are divided into parts of the plane from west to east, and every part is put in order by
/// itself.
class SegmentTableBuilder {
 public:
  /// The chain holds for [from, to) under `label`, `weight` times (-1 turns it round).
  void add(const QuantisedRing& chain, LabelIndex label, TimeIndex from, TimeIndex to, int weight = 1);
  /// Its two halves.
  void begin(const QuantisedRing& chain, LabelIndex label, TimeIndex time, int weight = 1);
  void end(const QuantisedRing& chain, LabelIndex label, TimeIndex time, int weight = 1);
  /// The same of one segment in its direction, not along the seam; nothing if it has no length.
  void begin(const GridSegment& directed, LabelIndex label, TimeIndex time) {
    add_event(directed, label, time, 1, true);
  }
  void end(const GridSegment& directed, LabelIndex label, TimeIndex time) {
    add_event(directed, label, time, 1, false);
  }
  /// What was added elsewhere; the other is empty afterwards.
  void merge(SegmentTableBuilder&& other);

  /// Counts segments as given; `add` and `begin` of a chain count theirs.
  void count(std::uint64_t occurrences) { occurrences_ += occurrences; }

  /// Segments on the antimeridian are divided at every latitude where either side has a vertex, so that the
  /// sub-edges at +180 and -180 pair up. The builder is empty afterwards.
  [[nodiscard]] SegmentTable finish();

 private:
  struct PendingEvent {
    std::int32_t ax, ay, bx, by;  ///< the segment, a < b
    LabelIndex label;
    TimeIndex time : 31;
    TimeIndex begins : 1;  ///< or ends
    std::int32_t change;   ///< of the winding number on the left minus that on the right
    [[nodiscard]] GridSegment segment() const noexcept { return {{ax, ay}, {bx, by}}; }
  };
  using Chunk = std::vector<PendingEvent>;  ///< never grown
  struct Part;
  class PartSorter;

  /// Whether there was anything to add.
  bool add_event(const GridSegment& directed, LabelIndex label, TimeIndex time, std::int32_t times,
                 bool begins);
  void add_chain(const QuantisedRing& chain, LabelIndex label, TimeIndex time, int weight, bool begins);
  void add_cut_parent(const GridSegment& segment, const CutParent& parent);
  void start_chunk();
  void compact();
  void divide_at_seam();
  [[nodiscard]] std::vector<Part> sort_into_parts() const;

  std::vector<Chunk> pending_;
  std::size_t full_ = 0;  ///< events in all chunks but the last
  std::size_t compact_at_ = std::size_t{1} << 24;
  bool touches_seam_ = false;
  std::map<GridSegment, CutParent> cut_parents_;  ///< a < b
  std::uint64_t occurrences_ = 0;
};

}  // namespace marchland
