#include <marchland/composite/ring_findings.h>

#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>

namespace marchland {
namespace {

constexpr TimeIndex kNever = 0xffffffffU;

GeoLocation location_of(const ExactPoint& p) {
  return {Lon(fixed_to_degrees(fixed_x(p))), Lat(fixed_to_degrees(fixed_y(p)))};
}

/// Calls use(events of one label) for each label of a list.
template <class Use>
void for_each_label(std::span<const WindingEvent> events, Use use) {
  for (std::size_t i = 0; i < events.size();) {
    std::size_t j = i;
    while (j < events.size() && events[j].label == events[i].label) ++j;
    use(events.subspan(i, j - i));
    i = j;
  }
}

class RingFinder {
 public:
  RingFinder(const Arrangement& plane, const Windings& windings, const TracedTracks& tracks,
             const std::vector<AreaUnits>& area, const std::vector<bool>& counts_overlap)
      : plane_(plane), windings_(windings), tracks_(tracks), area_(area), counts_overlap_(counts_overlap) {}

  RingFindings find() {
    read_versions();
    find_repeats();
    find_in_coverages();
    find_meetings();
    add_places_of_faces();
    for (auto& [key, finding] : found_) out_.rings.push_back(finding);
    for (auto& [slot, overlap] : overlaps_) out_.overlaps.push_back(overlap);
    return std::move(out_);
  }

 private:
  /// The first of its kind on a ring, and in how many places it is then.
  RingFinding& note(const char* code, Severity severity, LabelIndex label, TimeIndex time) {
    const auto [it, is_new] =
        found_.try_emplace({label, code}, RingFinding{code, severity, label, time, 0, {}});
    RingFinding& finding = it->second;
    if (time < finding.time) finding = {code, severity, label, time, 0, {}};
    if (time == finding.time) ++finding.count;
    return finding;
  }

  void read_versions() {
    for (const RingVersion& ring : tracks_.rings) {
      if (ring.is_cut) note("antimeridian", Severity::info, ring.label, ring.from);
      if (ring.turn == 0) note("zero-area", Severity::warning, ring.label, ring.from);
      const bool is_first = tracks_.labels[ring.label].is_first_ring;
      if (ring.turn == (is_first ? -1 : 1)) note("ring-direction", Severity::info, ring.label, ring.from);
    }
  }

  /// Along a line more than once: as one segment, or as several that overlap.
  void find_repeats() {
    const SegmentTable& table = plane_.table();
    const auto add = [&](const RepeatedRun& run, GridPoint place) {
      RingFinding& finding = note("spike", Severity::warning, run.label, run.time);
      if (!finding.location) finding.location = location_of(place);
      has_spike_.insert(&tracks_.ring_at(run.label, run.time));
    };
    for (const RepeatedRun& run : table.repeats) add(run, table.segments[run.segment].a);
    for (const auto& [segment, run] : table.lost_repeats) add(run, segment.a);
    std::vector<WindingEvent> events;
    for (EdgeIndex e = 0; e < plane_.edges().size(); ++e) {
      const auto parents = plane_.parents_of(e);
      if (parents.size() < 2) continue;
      for_each_meeting(
          parents, events,
          [&](LabelIndex label, TimeIndex time) {
            RingFinding& finding = note("spike", Severity::warning, label, time);
            if (!finding.location) finding.location = location_of(plane_.point(plane_.edges()[e].u));
            has_spike_.insert(&tracks_.ring_at(label, time));
          },
          2);
    }
  }

  /// Calls use(label, time) for each label and time at which one of the segments comes to carry it, and then
  /// at least `enough` do.
  template <class Segments, class Use>
  void for_each_meeting(const Segments& segments, std::vector<WindingEvent>& events, Use use,
                        int enough) const {
    // Of each segment, whether it is part of the ring: +1 when it becomes so, -1 when no longer.
    events.clear();
    for (const SegmentIndex segment : segments) {
      for_each_label(plane_.table().events_of(segment), [&](std::span<const WindingEvent> list) {
        std::int32_t net = 0;
        for (const WindingEvent& e : list) {
          const bool was = net != 0;
          net += e.change;
          if (was != (net != 0)) events.push_back({e.label, e.time, was ? -1 : 1});
        }
      });
    }
    std::sort(events.begin(), events.end());  // ends before beginnings
    for_each_label(std::span<const WindingEvent>(events), [&](std::span<const WindingEvent> list) {
      int count = 0;
      for (std::size_t i = 0; i < list.size();) {
        const TimeIndex time = list[i].time;
        bool begins = false;
        for (; i < list.size() && list[i].time == time; ++i) {
          count += list[i].change;
          begins = begins || list[i].change > 0;
        }
        if (begins && count >= enough) use(list.front().label, time);
      }
    });
  }

  /// Whether three of the segments, or more, may carry one label at one time: so mostly not, and sooner
  /// known.
  [[nodiscard]] bool may_meet(std::span<const SegmentIndex> segments) const {
    struct Stretch {
      LabelIndex label;
      TimeIndex from, to;
    };
    constexpr std::size_t kMost = 16;
    std::array<Stretch, kMost> stretches;
    std::size_t count = 0;
    for (const SegmentIndex segment : segments) {
      const auto events = plane_.table().events_of(segment);
      for (std::size_t i = 0; i < events.size();) {
        // One after the other: begins, ends.
        const bool ends = i + 1 < events.size() && events[i + 1].label == events[i].label &&
                          events[i + 1].change == -events[i].change;
        const bool is_plain = ends || i + 1 == events.size() || events[i + 1].label != events[i].label;
        if (!is_plain || count == kMost) return true;
        stretches[count++] = {events[i].label, events[i].time, ends ? events[i + 1].time : kNever};
        i += ends ? 2 : 1;
      }
    }
    for (std::size_t a = 0; a < count; ++a) {
      std::size_t together = 0;
      for (std::size_t b = 0; b < count; ++b) {
        together += static_cast<std::size_t>(stretches[b].label == stretches[a].label) &
                    static_cast<std::size_t>(stretches[b].from <= stretches[a].from) &
                    static_cast<std::size_t>(stretches[a].from < stretches[b].to);
      }
      if (together >= 3) return true;
    }
    return false;
  }

  struct Signs {
    bool positive = false;
    bool negative = false;
    TimeIndex beyond = kNever;  ///< since when it winds more than once
    FaceIndex face = kUnboundedFace;
  };

  void find_in_coverages() {
    std::vector<Signs> signs(tracks_.labels.size());
    std::vector<bool> has_ground(tracks_.track_slot.size(), false);
    for (std::size_t g = 0; g < windings_.group_count(); ++g) {
      const std::size_t count = windings_.coverage_count(g);
      std::vector<FaceIndex> face_of(count, kUnboundedFace);
      std::vector<AreaUnits> area(count, 0);
      for (FaceIndex f = 1; f < plane_.face_count(); ++f) {
        area[windings_.coverage(f, g)] += area_[f];
        face_of[windings_.coverage(f, g)] = f;
      }
      for (CoverageIndex c = 1; c < count; ++c) {
        const auto events = windings_.events(g, c);
        for_each_label(events,
                       [&](std::span<const WindingEvent> list) { read_signs(list, signs, face_of[c]); });
        read_tracks(events, area[c], face_of[c], has_ground);
      }
    }
    for (LabelIndex label = 0; label < signs.size(); ++label) {
      if (signs[label].beyond != kNever) crosses(label, signs[label].beyond, signs[label].face);
    }
    find_opposite_signs(signs);
    // A polygon that its holes take away altogether.
    std::vector<bool> is_empty(tracks_.track_slot.size(), false);
    for (TrackIndex t = 0; t < is_empty.size(); ++t) is_empty[t] = !has_ground[t];
    for (const RingVersion& ring : tracks_.rings) {
      const LabelMeaning& meaning = tracks_.labels[ring.label];
      if (!meaning.is_first_ring || !is_empty[meaning.track] || ring.turn == 0) continue;
      note("zero-area", Severity::warning, ring.label, ring.from);
      is_empty[meaning.track] = false;
    }
  }

  static void read_signs(std::span<const WindingEvent> list, std::vector<Signs>& signs, FaceIndex face) {
    Signs& s = signs[list.front().label];
    std::int32_t winding = 0;
    for (const WindingEvent& e : list) {
      winding += e.change;
      s.positive = s.positive || winding > 0;
      s.negative = s.negative || winding < 0;
      if ((winding > 1 || winding < -1) && e.time < s.beyond) {
        s.beyond = e.time;
        s.face = face;
      }
    }
  }

  /// A ring that winds about some ground one way and about other ground the other way, at one time.
  void find_opposite_signs(const std::vector<Signs>& signs) {
    struct Run {
      LabelIndex label;
      TimeIndex from, to;
      bool positive;
      FaceIndex face;
      auto operator<=>(const Run&) const = default;
    };
    std::vector<Run> runs;
    for (std::size_t g = 0; g < windings_.group_count(); ++g) {
      std::vector<bool> seen(windings_.coverage_count(g), false);
      for (FaceIndex f = 1; f < plane_.face_count(); ++f) {
        const CoverageIndex c = windings_.coverage(f, g);
        if (seen[c]) continue;
        seen[c] = true;
        for_each_label(windings_.events(g, c), [&](std::span<const WindingEvent> list) {
          const LabelIndex label = list.front().label;
          if (!signs[label].positive || !signs[label].negative) return;
          std::int32_t winding = 0;
          for (std::size_t i = 0; i < list.size(); ++i) {
            winding += list[i].change;
            if (winding != 0 && i + 1 < list.size())
              runs.push_back({label, list[i].time, list[i + 1].time, winding > 0, f});
          }
        });
      }
    }
    std::sort(runs.begin(), runs.end());
    for (std::size_t i = 0; i < runs.size();) {
      std::size_t j = i;
      TimeIndex end[2] = {0, 0};
      bool done = false;
      for (; j < runs.size() && runs[j].label == runs[i].label; ++j) {
        const Run& run = runs[j];
        if (!done && end[run.positive ? 0 : 1] > run.from) {
          crosses(run.label, run.from, run.face);
          done = true;
        }
        TimeIndex& own = end[run.positive ? 1 : 0];
        own = std::max(own, run.to);
      }
      i = j;
    }
  }

  void crosses(LabelIndex label, TimeIndex time, FaceIndex face) {
    const auto [it, is_new] = crossing_.try_emplace(label, std::pair(time, face));
    if (!is_new && time < it->second.first) it->second = {time, face};
  }

  void read_tracks(std::span<const WindingEvent> events, AreaUnits area, FaceIndex face,
                   std::vector<bool>& has_ground) {
    struct Held {
      SlotIndex slot;
      TimeIndex from, to;
      TrackIndex track;
      auto operator<=>(const Held&) const = default;
    };
    std::vector<Held> held;
    std::vector<TrackRun> runs;
    for (std::size_t i = 0; i < events.size();) {
      const TrackIndex track = tracks_.labels[events[i].label].track;
      std::size_t j = i;
      while (j < events.size() && tracks_.labels[events[j].label].track == track) ++j;
      const auto list = events.subspan(i, j - i);
      i = j;
      runs_of_track(list, tracks_.labels, runs);
      has_ground[track] = has_ground[track] || !runs.empty();
      if (list.front().label != list.back().label || !tracks_.labels[list.front().label].is_first_ring)
        read_holes(list, face);
      const SlotIndex slot = tracks_.track_slot[track];
      if (!counts_overlap_[slot]) continue;
      for (const TrackRun& run : runs) held.push_back({slot, run.from, run.to, track});
    }
    if (held.size() < 2) return;
    std::sort(held.begin(), held.end());
    const Held* last = &held.front();  // that reaches furthest
    SlotIndex counted = kNever;
    for (std::size_t k = 1; k < held.size(); ++k) {
      const Held& run = held[k];
      if (run.slot == last->slot && run.from < last->to && counted != run.slot) {
        counted = run.slot;
        SelfOverlap& overlap =
            overlaps_.try_emplace(run.slot, SelfOverlap{run.slot, 0, kNever, 0, 0, {}}).first->second;
        overlap.area += area;
        if (run.from < overlap.since) {
          overlap.since = run.from;
          overlap.first = std::min(last->track, run.track);
          overlap.second = std::max(last->track, run.track);
          overlap_face_[run.slot] = face;
        }
      }
      if (run.slot != last->slot || run.to > last->to) last = &run;
    }
  }

  /// Holes where the first ring is not, and holes upon holes.
  void read_holes(std::span<const WindingEvent> list, FaceIndex face) {
    std::vector<WindingEvent> in_time(list.begin(), list.end());
    std::sort(in_time.begin(), in_time.end(),
              [](const WindingEvent& a, const WindingEvent& b) { return a.time < b.time; });
    std::map<LabelIndex, std::int32_t> winding;
    for (std::size_t i = 0; i < in_time.size();) {
      const TimeIndex time = in_time[i].time;
      for (; i < in_time.size() && in_time[i].time == time; ++i)
        winding[in_time[i].label] += in_time[i].change;
      bool in_first = false;
      std::vector<LabelIndex> holes;
      for (const auto& [label, w] : winding) {
        if (w == 0) continue;
        if (tracks_.labels[label].is_first_ring) {
          in_first = true;
        } else {
          holes.push_back(label);
        }
      }
      if (!in_first) {
        for (const LabelIndex hole : holes) note_once("hole-outside-shell", hole, time, face);
      } else if (holes.size() > 1) {
        note_once("rings-overlap", holes.back(), time, face);
      }
    }
  }

  void note_once(const char* code, LabelIndex label, TimeIndex time, FaceIndex face) {
    const auto known = found_.find({label, code});
    if (known != found_.end() && known->second.time <= time) return;
    RingFinding& finding = note(code, Severity::warning, label, time);
    finding.count = 1;
    finding_face_[{label, code}] = face;
  }

  /// Vertices that a ring passes more than once: it crosses itself if windings say so, otherwise it touches.
  void find_meetings() {
    struct Meeting {
      NodeIndex node;
      LabelIndex label;
      TimeIndex time;
    };
    constexpr std::size_t kBlock = 4096;
    std::vector<std::vector<Meeting>> blocks(plane_.node_count() / kBlock + 1);
    tbb::parallel_for(std::size_t{0}, blocks.size(), [&](std::size_t b) {
      std::vector<WindingEvent> events;
      std::vector<SegmentIndex> around;
      const std::size_t end = std::min(plane_.node_count(), (b + 1) * kBlock);
      for (std::size_t n = b * kBlock; n < end; ++n) {
        const auto node = static_cast<NodeIndex>(n);
        const auto star = plane_.outgoing(node);
        if (star.size() < 4) continue;
        around.clear();
        for (const HalfEdgeIndex h : star) {
          for (const SegmentIndex segment : plane_.parents_of(Arrangement::edge_of(h))) {
            // What closes a chain along the edge of the box is ours, not the ring's.
            if (!is_on_box(plane_.table().segments[segment])) around.push_back(segment);
          }
        }
        if (!may_meet(around)) continue;
        // A segment that passes through is met twice and stays twice.
        for_each_meeting(
            around, events,
            [&](LabelIndex label, TimeIndex time) { blocks[b].push_back({node, label, time}); }, 3);
      }
    });
    for (const auto& block : blocks) {
      for (const auto& [node, label, time] : block) {
        // A spike meets the ring where it leaves it; that is said already.
        const auto crossing = crossing_.find(label);
        // What an earlier ring of the label did is its own.
        const bool is_crossing =
            crossing != crossing_.end() && time >= tracks_.ring_at(label, crossing->second.first).from;
        if (!is_crossing && has_spike_.contains(&tracks_.ring_at(label, time))) continue;
        RingFinding& finding = is_crossing ? note("ring-crosses-itself", Severity::warning, label, time)
                                           : note("ring-touches-itself", Severity::info, label, time);
        if (!finding.location) finding.location = location_of(plane_.point(node));
      }
    }
    // A ring drawn twice crosses itself without such a vertex.
    for (const auto& [label, seen] : crossing_) {
      if (found_.contains({label, "ring-crosses-itself"})) continue;
      note("ring-crosses-itself", Severity::warning, label, seen.first);
      finding_face_[{label, "ring-crosses-itself"}] = seen.second;
    }
  }

  void add_places_of_faces() {
    std::map<FaceIndex, GeoLocation> places;
    for (const auto& [key, face] : finding_face_) places.emplace(face, GeoLocation{});
    for (const auto& [slot, face] : overlap_face_) places.emplace(face, GeoLocation{});
    if (places.empty()) return;
    for (HalfEdgeIndex h = 0; h < plane_.edges().size() * 2; ++h) {
      const auto place = places.find(plane_.face(h));
      if (place != places.end()) place->second = location_of(plane_.point(plane_.origin(h)));
    }
    for (const auto& [key, face] : finding_face_) found_.at(key).location = places.at(face);
    for (const auto& [slot, face] : overlap_face_) overlaps_.at(slot).location = places.at(face);
  }

  const Arrangement& plane_;
  const Windings& windings_;
  const TracedTracks& tracks_;
  const std::vector<AreaUnits>& area_;
  const std::vector<bool>& counts_overlap_;
  using Key = std::pair<LabelIndex, std::string_view>;
  std::map<Key, RingFinding> found_;
  std::map<Key, FaceIndex> finding_face_;
  std::set<const RingVersion*> has_spike_;  ///< versions of which it is said already
  std::map<SlotIndex, SelfOverlap> overlaps_;
  std::map<SlotIndex, FaceIndex> overlap_face_;
  std::map<LabelIndex, std::pair<TimeIndex, FaceIndex>> crossing_;
  RingFindings out_;
};

}  // namespace

RingFindings find_in_rings(const Arrangement& plane, const Windings& windings, const TracedTracks& tracks,
                           const std::vector<AreaUnits>& area, const std::vector<bool>& counts_overlap) {
  return RingFinder(plane, windings, tracks, area, counts_overlap).find();
}

}  // namespace marchland
