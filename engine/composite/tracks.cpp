#include <marchland/base/error.h>
#include <marchland/base/sorted_by_key.h>
#include <marchland/composite/position_samples.h>
#include <marchland/composite/quantise.h>
#include <marchland/composite/ring_diff.h>
#include <marchland/composite/tracks.h>

#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <span>
#include <tuple>

namespace marchland {
namespace {

constexpr std::uint32_t kNone = 0xffffffffU;
/// Rings in a task: enough to outweigh starting it.
constexpr std::size_t kGrain = 64;

/// What can be said of positions without arithmetic on the grid.
struct Reading {
  bool is_readable = true;  ///< finite, |lat| <= 90, |lon| <= 540
  bool is_in_box = true;    ///< |lon| <= 180
  bool is_short = true;     ///< no step of more than 180 degrees
};

Reading read_positions(std::span<const Position> positions) {
  // No branches: comparisons with NaN are false.
  unsigned readable = 1;
  unsigned in_box = 1;
  unsigned is_short = 1;
  double last = positions.front().lon;
  for (const Position& p : positions) {
    readable &=
        static_cast<unsigned>(std::abs(p.lat) <= 90.0) & static_cast<unsigned>(std::abs(p.lon) <= 540.0);
    in_box &= static_cast<unsigned>(std::abs(p.lon) <= 180.0);
    is_short &= static_cast<unsigned>(std::abs(p.lon - last) <= 180.0);
    last = p.lon;
  }
  return {readable != 0, in_box != 0, is_short != 0};
}

/// Lines of grid vertices, one after the other.
class VertexRuns {
 public:
  [[nodiscard]] std::uint32_t run_count() const { return static_cast<std::uint32_t>(ends_.size()); }
  [[nodiscard]] std::span<const GridPoint> operator[](std::uint32_t run) const {
    const std::uint32_t begin = run == 0 ? 0 : ends_[run - 1];
    return std::span(vertices_).subspan(begin, ends_[run] - begin);
  }
  /// Positions of the box; returns twice the area that the line has to the left towards the origin.
  Int128 add(std::span<const Position> positions) {
    Int128 twice_area = 0;
    const std::size_t first = vertices_.size();
    for (const Position& p : positions) {
      vertices_.push_back(
          {static_cast<std::int32_t>(to_grid(p.lon)), static_cast<std::int32_t>(to_grid(p.lat))});
    }
    for (std::size_t i = first + 1; i < vertices_.size(); ++i) {
      // Below 2 * 1.8e9 * 0.9e9 < 2^62.
      const GridPoint a = vertices_[i - 1];
      const GridPoint b = vertices_[i];
      twice_area += std::int64_t{a.x} * b.y - std::int64_t{b.x} * a.y;
    }
    ends_.push_back(static_cast<std::uint32_t>(vertices_.size()));
    return twice_area;
  }

 private:
  std::vector<GridPoint> vertices_;
  std::vector<std::uint32_t> ends_;
};

std::span<const Position> positions_of(const SharedRing& ring, SegmentRange range, Ring& buffer) {
  return ring.view(range.begin, std::size_t{range.end} + 1, buffer);
}

struct WorkingRing {
  const SharedRing* ring = nullptr;
  std::uint32_t before = kNone;  ///< the version it goes on from
  bool has_after = false;
  bool is_plain = true;
  TimeIndex from = 0, to = 0;
  std::uint32_t polygon = 0;
  std::uint32_t number = 0;  ///< in its polygon
  LabelIndex track = 0;      ///< before labels are put in order
  /// Lines in the pool: of the ring before, then of this one.
  std::uint32_t closed_begin = 0, closed_end = 0, opened_end = 0;
  std::uint32_t pool = 0;
  std::uint32_t segments = 0;  ///< of the ring
  Int128 twice_area = 0;       ///< of what opened minus what closed; then of the ring itself
};

class TrackTracer {
 public:
  TrackTracer(const std::vector<PolygonVersion>& versions, const std::vector<bool>& rejoin)
      : versions_(versions), rejoin_(rejoin) {}

  TracedTracks trace() {
    join_versions();
    compare_rings();
    number_labels();
    collect_segments();
    return std::move(result_);
  }

 private:
  // ---- which goes on as which

  void number_rings() {
    first_ring_.reserve(versions_.size() + 1);
    std::size_t count = 0;
    for (const PolygonVersion& version : versions_) count += version.area->size();
    rings_.reserve(count);
    for (std::uint32_t v = 0; v < versions_.size(); ++v) {
      first_ring_.push_back(static_cast<std::uint32_t>(rings_.size()));
      const SharedPolygon& polygon = *versions_[v].area;
      for (std::uint32_t r = 0; r < polygon.size(); ++r) {
        if (polygon[r].size() < 4) check_readable({{polygon[r].positions()}});
        WorkingRing& ring = rings_.emplace_back();
        ring.ring = &polygon[r];
        ring.from = versions_[v].from;
        ring.to = versions_[v].to;
        ring.polygon = v;
        ring.number = r;
      }
    }
    first_ring_.push_back(static_cast<std::uint32_t>(rings_.size()));
  }

  /// Versions of a slot that begin at one time, and those that end then, if they can go on.
  struct Joint {
    std::span<const std::uint32_t> ending;
    std::span<const std::uint32_t> beginning;
    std::vector<std::uint32_t> from;  ///< by beginning version: the place of the ending one, or kNoRing
    /// By beginning version: the same of its holes; empty if there is nothing to join.
    std::vector<std::vector<std::uint32_t>> holes_from;
  };

  void join_versions() {
    number_rings();
    const auto sorted_by = [&](auto time_of) {
      std::vector<std::uint32_t> order;
      order.reserve(versions_.size());
      for (std::uint32_t v = 0; v < versions_.size(); ++v) {
        if (!versions_[v].area->empty()) order.push_back(v);
      }
      const auto is_before = [&](std::uint32_t a, std::uint32_t b) {
        return std::tuple(versions_[a].slot, time_of(versions_[a])) <
               std::tuple(versions_[b].slot, time_of(versions_[b]));
      };
      if (!std::is_sorted(order.begin(), order.end(), is_before))
        std::stable_sort(order.begin(), order.end(), is_before);
      return order;
    };
    const auto begins = sorted_by([](const PolygonVersion& v) { return v.from; });
    const auto ends = sorted_by([](const PolygonVersion& v) { return v.to; });
    std::vector<Joint> joints;
    std::size_t e = 0;
    for (std::size_t b = 0; b < begins.size();) {
      const auto [slot, time] = std::tuple(versions_[begins[b]].slot, versions_[begins[b]].from);
      std::size_t b_end = b;
      while (b_end < begins.size() && versions_[begins[b_end]].slot == slot &&
             versions_[begins[b_end]].from == time)
        ++b_end;
      const auto key = [&](std::size_t i) {
        return std::tuple(versions_[ends[i]].slot, versions_[ends[i]].to);
      };
      while (e < ends.size() && key(e) < std::tuple(slot, time)) ++e;
      std::size_t e_end = e;
      while (e_end < ends.size() && key(e_end) == std::tuple(slot, time)) ++e_end;
      Joint& joint = joints.emplace_back();
      if (rejoin_[slot]) joint.ending = std::span(ends).subspan(e, e_end - e);
      joint.beginning = std::span(begins).subspan(b, b_end - b);
      b = b_end;
      e = e_end;
    }
    // What matches depends on the two times alone; tracks go on from one to the next.
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, joints.size(), 16), [&](const auto& block) {
      for (std::size_t j = block.begin(); j != block.end(); ++j) match(joints[j]);
    });
    track_of_.assign(versions_.size(), kNone);
    for (const Joint& joint : joints) join(joint);
  }

  void match(Joint& joint) const {
    const auto outer_rings = [&](std::span<const std::uint32_t> list) {
      std::vector<const SharedRing*> rings;
      rings.reserve(list.size());
      for (const std::uint32_t v : list) rings.push_back(&versions_[v].area->front());
      return rings;
    };
    joint.from = match_rings(outer_rings(joint.ending), outer_rings(joint.beginning));
    joint.holes_from.resize(joint.beginning.size());
    for (std::size_t k = 0; k < joint.beginning.size(); ++k) {
      if (joint.from[k] == kNoRing) continue;
      const PolygonVersion& before = versions_[joint.ending[joint.from[k]]];
      const PolygonVersion& after = versions_[joint.beginning[k]];
      if (before.convention != after.convention) {
        joint.from[k] = kNoRing;
      } else if (before.area->size() > 1 && after.area->size() > 1) {
        joint.holes_from[k] = match_rings(holes(before), holes(after));
      }
    }
  }
  [[nodiscard]] static std::vector<const SharedRing*> holes(const PolygonVersion& version) {
    std::vector<const SharedRing*> rings;
    for (std::size_t r = 1; r < version.area->size(); ++r) rings.push_back(&(*version.area)[r]);
    return rings;
  }

  void join(const Joint& joint) {
    for (std::size_t k = 0; k < joint.beginning.size(); ++k) {
      const std::uint32_t after = joint.beginning[k];
      if (joint.from[k] == kNoRing) {
        track_of_[after] = static_cast<std::uint32_t>(result_.track_slot.size());
        result_.track_slot.push_back(versions_[after].slot);
      } else {
        const std::uint32_t before = joint.ending[joint.from[k]];
        track_of_[after] = track_of_[before];
        continue_ring(first_ring_[before], first_ring_[after]);
        const std::vector<std::uint32_t>& from = joint.holes_from[k];
        for (std::uint32_t h = 0; h < from.size(); ++h) {
          if (from[h] != kNoRing)
            continue_ring(first_ring_[before] + 1 + from[h], first_ring_[after] + 1 + h);
        }
      }
      for (std::uint32_t r = first_ring_[after]; r < first_ring_[after + 1]; ++r) {
        if (rings_[r].before != kNone) continue;
        rings_[r].track = static_cast<LabelIndex>(ring_tracks_.size());
        ring_tracks_.push_back({track_of_[after], rings_[r].number == 0});
      }
    }
  }

  void continue_ring(std::uint32_t before, std::uint32_t after) {
    rings_[after].before = before;
    rings_[after].track = rings_[before].track;
    rings_[before].has_after = true;
  }

  // ---- what differs

  /// Positions are read once: where a ring repeats the one before, they have been.
  void compare_rings() {
    struct Buffers {
      RingDiff diff;
      Ring positions;
    };
    tbb::enumerable_thread_specific<Buffers> buffers;
    pools_.resize(rings_.size() / kGrain + 1);
    tbb::parallel_for(std::size_t{0}, pools_.size(), [&](std::size_t block) {
      auto& [diff, copied] = buffers.local();
      VertexRuns& pool = pools_[block];
      const std::size_t end = std::min(rings_.size(), (block + 1) * kGrain);
      for (std::size_t r = block * kGrain; r < end; ++r) {
        WorkingRing& ring = rings_[r];
        ring.segments = static_cast<std::uint32_t>(ring.ring->size() - 1);
        if (ring.ring->front() != ring.ring->back()) check_readable({{ring.ring->positions()}});
        diff.closed.clear();
        diff.opened.clear();
        if (ring.before == kNone) {
          diff.opened.push_back({0, static_cast<std::uint32_t>(ring.ring->size() - 1)});
        } else {
          diff_rings(*rings_[ring.before].ring, *ring.ring, diff);
        }
        // On the grid while it is at hand; where a ring turns out not to be plain, in vain.
        ring.pool = static_cast<std::uint32_t>(block);
        ring.closed_begin = pool.run_count();
        for (const SegmentRange& range : diff.closed) {
          const auto positions = positions_of(*rings_[ring.before].ring, range, copied);
          // If not, the ring before is not plain either.
          ring.is_plain = ring.is_plain && read_positions(positions).is_in_box;
          if (ring.is_plain) ring.twice_area -= pool.add(positions);
        }
        ring.closed_end = pool.run_count();
        const bool is_literal = versions_[ring.polygon].convention.is_literal;
        for (const SegmentRange& range : diff.opened) {
          const auto positions = positions_of(*ring.ring, range, copied);
          const Reading reading = read_positions(positions);
          if (!reading.is_readable) check_readable({{ring.ring->positions()}});
          ring.is_plain = ring.is_plain && reading.is_in_box && (is_literal || reading.is_short);
          if (ring.is_plain) ring.twice_area += pool.add(positions);
        }
        ring.opened_end = pool.run_count();
      }
    });
  }

  // ---- labels in the order of tracks

  void number_labels() {
    std::vector<std::uint32_t> offsets(result_.track_slot.size() + 1, 0);
    for (const LabelMeaning& meaning : ring_tracks_) ++offsets[meaning.track + 1];
    std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
    std::vector<LabelIndex> label(ring_tracks_.size());
    result_.labels.resize(ring_tracks_.size());
    for (std::size_t t = 0; t < ring_tracks_.size(); ++t) {
      label[t] = offsets[ring_tracks_[t].track]++;
      result_.labels[label[t]] = ring_tracks_[t];
    }
    for (WorkingRing& ring : rings_) ring.track = label[ring.track];
  }

  // ---- events

  void collect_segments() {
    // A ring goes on plainly if all before it did.
    std::vector<std::uint32_t> as_given(rings_.size());
    std::iota(as_given.begin(), as_given.end(), 0U);
    std::vector<std::uint32_t> offsets;
    order_ = sorted_by_key(
        as_given, result_.labels.size(), [&](std::uint32_t r) { return rings_[r].track; }, offsets);
    const auto is_before = [&](std::uint32_t a, std::uint32_t b) {
      return rings_[a].from != rings_[b].from ? rings_[a].from < rings_[b].from : a < b;
    };
    for (std::size_t label = 0; label + 1 < offsets.size(); ++label) {
      const auto begin = order_.begin() + offsets[label];
      const auto end = order_.begin() + offsets[label + 1];
      // Statements mostly come in the order of their times.
      if (!std::is_sorted(begin, end, is_before)) std::sort(begin, end, is_before);
    }
    for (const std::uint32_t r : order_) {
      WorkingRing& ring = rings_[r];
      if (ring.before != kNone) ring.is_plain = ring.is_plain && rings_[ring.before].is_plain;
    }
    result_.rings.resize(rings_.size());
    tbb::enumerable_thread_specific<SegmentTableBuilder> runs;
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, order_.size(), kGrain), [&](const auto& block) {
      SegmentTableBuilder& local = runs.local();
      for (std::size_t i = block.begin(); i != block.end(); ++i)
        collect_ring(local, order_[i], result_.rings[i]);
    });
    // Areas add up along a label.
    for (std::size_t i = 0; i < order_.size(); ++i) {
      WorkingRing& ring = rings_[order_[i]];
      if (ring.is_plain && ring.before != kNone) ring.twice_area += rings_[ring.before].twice_area;
      result_.rings[i].turn = sign(ring.twice_area);
    }
    pools_.clear();
    SegmentTableBuilder all;
    for (SegmentTableBuilder& local : runs) all.merge(std::move(local));
    result_.segments = all.finish();
  }

  void collect_ring(SegmentTableBuilder& runs, std::uint32_t index, RingVersion& out) {
    WorkingRing& ring = rings_[index];
    const LabelIndex label = ring.track;
    out = {label, ring.from, ring.to, ring.polygon, ring.number, false, false, 0};
    if (ring.is_plain) {
      runs.count(ring.segments);
      const VertexRuns& pool = pools_[ring.pool];
      for (std::uint32_t k = ring.closed_begin; k < ring.closed_end; ++k)
        for_each_segment(pool[k], [&](const GridSegment& s) { runs.end(s, label, ring.from); });
      for (std::uint32_t k = ring.closed_end; k < ring.opened_end; ++k)
        for_each_segment(pool[k], [&](const GridSegment& s) { runs.begin(s, label, ring.from); });
    } else {
      if (ring.before != kNone) end_ring(runs, rings_[ring.before], label, ring.from);
      Ring copied;
      const QuantisedRing chain = quantise(ring.ring->view(copied), versions_[ring.polygon].convention);
      runs.begin(chain, label, ring.from);
      ring.twice_area = 0;
      for (const ChainLink& link : chain.links)
        ring.twice_area += link.multiplicity * cross(link.s.a.x, link.s.a.y, link.s.b.x, link.s.b.y);
      out.is_cut = chain.is_cut;
      out.encloses_pole = chain.encloses_pole;
    }
    if (!ring.has_after) end_ring(runs, ring, label, ring.to);
  }

  void end_ring(SegmentTableBuilder& runs, const WorkingRing& ring, LabelIndex label, TimeIndex time) const {
    Ring copied;
    const auto positions = ring.ring->view(copied);
    if (!ring.is_plain) return runs.end(quantise(positions, versions_[ring.polygon].convention), label, time);
    VertexRuns whole;
    whole.add(positions);
    for_each_segment(whole[0], [&](const GridSegment& s) { runs.end(s, label, time); });
  }

  template <class Use>
  static void for_each_segment(std::span<const GridPoint> line, Use use) {
    for (std::size_t i = 1; i < line.size(); ++i) use(GridSegment{line[i - 1], line[i]});
  }

  const std::vector<PolygonVersion>& versions_;
  const std::vector<bool>& rejoin_;
  TracedTracks result_;
  std::vector<std::uint32_t> first_ring_;  ///< by version
  std::vector<WorkingRing> rings_;         ///< by version
  std::vector<TrackIndex> track_of_;       ///< by version
  std::vector<LabelMeaning> ring_tracks_;
  std::vector<VertexRuns> pools_;
  std::vector<std::uint32_t> order_;  ///< rings by label and time
};

}  // namespace

std::vector<std::uint32_t> match_rings(std::span<const SharedRing* const> before,
                                       std::span<const SharedRing* const> after) {
  std::vector<std::uint32_t> from(after.size(), kNoRing);
  if (before.empty() || after.empty()) return from;
  std::vector<bool> taken(before.size(), false);
  const auto take = [&](std::size_t a, std::size_t b) {
    from[a] = static_cast<std::uint32_t>(b);
    taken[b] = true;
  };
  // Mostly nothing moved in the list.
  for (std::size_t a = 0; a < std::min(after.size(), before.size()); ++a) {
    if (before[a]->front() == after[a]->front()) take(a, a);
  }
  const auto all_done = [&] {
    return std::find(from.begin(), from.end(), kNoRing) == from.end() ||
           std::find(taken.begin(), taken.end(), false) == taken.end();
  };
  if (all_done()) return from;
  // Those that begin alike.
  PositionSamples heads;
  for (std::uint32_t b = 0; b < before.size(); ++b) {
    if (!taken[b]) heads.add(std::span(&before[b]->front(), 1), 1, b);
  }
  heads.prepare();
  for (std::size_t a = 0; a < after.size(); ++a) {
    if (from[a] != kNoRing) continue;
    std::uint32_t best = kNoRing;
    heads.for_each_at(after[a]->front(), [&](std::uint32_t b, std::uint32_t) {
      if (!taken[b]) best = std::min(best, b);
    });
    if (best != kNoRing) take(a, best);
  }
  if (all_done()) return from;
  // Those that share most of some positions.
  constexpr std::size_t kSamples = 32;
  PositionSamples samples;
  Ring copied;
  for (std::uint32_t a = 0; a < after.size(); ++a) {
    if (from[a] == kNoRing) samples.add(after[a]->view(copied), kSamples, a);
  }
  samples.prepare();
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> votes;  // by after, before
  for (std::uint32_t b = 0; b < before.size(); ++b) {
    if (taken[b]) continue;
    for (const Position& p : before[b]->view(copied))
      samples.for_each_at(p, [&](std::uint32_t a, std::uint32_t) { ++votes[{a, b}]; });
  }
  for (auto it = votes.begin(); it != votes.end();) {
    const std::uint32_t a = it->first.first;
    std::uint32_t best = kNoRing;
    std::uint32_t most = 0;
    for (; it != votes.end() && it->first.first == a; ++it) {
      if (taken[it->first.second] || it->second <= most) continue;
      best = it->first.second;
      most = it->second;
    }
    if (best != kNoRing) take(a, best);
  }
  return from;
}

const RingVersion& TracedTracks::ring_at(LabelIndex label, TimeIndex time) const {
  const auto after = std::upper_bound(
      rings.begin(), rings.end(), std::pair(label, time),
      [](const auto& key, const RingVersion& ring) { return key < std::pair(ring.label, ring.from); });
  return *std::prev(after);
}

void runs_of_track(std::span<const WindingEvent> events, const std::vector<LabelMeaning>& labels,
                   std::vector<TrackRun>& out) {
  out.clear();
  TimeIndex since = 0;
  if (events.front().label == events.back().label) {
    if (!labels[events.front().label].is_first_ring) return;
    std::int32_t winding = 0;
    for (const WindingEvent& e : events) {
      const bool was_in = winding != 0;
      winding += e.change;
      if (!was_in && winding != 0) since = e.time;
      if (was_in && winding == 0) out.push_back({since, e.time});
    }
    return;
  }
  // Rings are numbered as they occur here: a polygon may have many more, and so may its faces.
  struct Step {
    TimeIndex time;
    std::int32_t change;
    std::uint32_t ring;
  };
  constexpr std::uint32_t kFirstRing = kNone;
  std::vector<Step> in_time;
  in_time.reserve(events.size());
  std::uint32_t rings = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i == 0 || events[i].label != events[i - 1].label) ++rings;
    in_time.push_back(
        {events[i].time, events[i].change, labels[events[i].label].is_first_ring ? kFirstRing : rings - 1});
  }
  std::sort(in_time.begin(), in_time.end(), [](const Step& a, const Step& b) { return a.time < b.time; });
  std::vector<std::int32_t> winding(rings, 0);
  std::int32_t first = 0;
  std::uint32_t others = 0;  // that wind about the face
  bool is_in = false;
  for (std::size_t i = 0; i < in_time.size();) {
    const TimeIndex time = in_time[i].time;
    for (; i < in_time.size() && in_time[i].time == time; ++i) {
      const Step& step = in_time[i];
      if (step.ring == kFirstRing) {
        first += step.change;
        continue;
      }
      std::int32_t& w = winding[step.ring];
      const bool was = w != 0;
      w += step.change;
      if (was && w == 0) --others;
      if (!was && w != 0) ++others;
    }
    const bool now_in = first != 0 && others == 0;
    if (now_in && !is_in) since = time;
    if (!now_in && is_in) out.push_back({since, time});
    is_in = now_in;
  }
}

TracedTracks trace_tracks(const std::vector<PolygonVersion>& versions, const std::vector<bool>& rejoin) {
  return TrackTracer(versions, rejoin).trace();
}

}  // namespace marchland
