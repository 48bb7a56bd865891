#include <marchland/base/error.h>
#include <marchland/composite/composite.h>
#include <marchland/composite/labelling.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <utility>

namespace marchland {

template <>
std::size_t ListTable<CoverageRun>::hash(std::span<const CoverageRun> list) {
  std::uint64_t h = 0x9e3779b97f4a7c15U + list.size();
  for (const CoverageRun& run : list) {
    const std::uint64_t word = (static_cast<std::uint64_t>(run.slot) << 32) ^ run.from;
    const Uint128 mixed = static_cast<Uint128>(h ^ word) * (0xd6e8feb86659fd93U + run.to);
    h = static_cast<std::uint64_t>(mixed) ^ static_cast<std::uint64_t>(mixed >> 64);
  }
  return static_cast<std::size_t>(h);
}

namespace {

/// Integer of every edge from u to v.
class EdgeMeasure {
 public:
  EdgeMeasure(const Arrangement& plane, const AreaMethod& method) : plane_(plane), method_(method) {
    if (method_.is_exact()) return;
    const SegmentTable& table = plane_.table();
    whole_.reserve(table.segments.size());
    for (SegmentIndex i = 0; i < table.segments.size(); ++i) {
      const auto cut = table.cut_parents.find(i);
      const GridSegment& s = table.segments[i];
      if (cut != table.cut_parents.end() && method_.joins_at_seam(Lat(grid_to_degrees(seam_end(s).y)))) {
        cut_parents_.insert(*cut);
        whole_.push_back(part_beyond_pieces(cut->second, seam_end(s).y));
      } else {
        whole_.push_back(method_.edge_part(position(s.a), position(s.b)));
      }
    }
  }

  [[nodiscard]] AreaUnits operator()(EdgeIndex edge) const {
    const Edge& e = plane_.edges()[edge];
    return part(e.segment, plane_.point(e.u), plane_.point(e.v));
  }
  [[nodiscard]] AreaUnits whole_segment(SegmentIndex segment) const {
    const GridSegment& s = plane_.table().segments[segment];
    return part(segment, s.a, s.b);
  }

 private:
  static Position position(GridPoint p) { return {grid_to_degrees(p.x), grid_to_degrees(p.y)}; }
  static GridPoint seam_end(const GridSegment& s) { return std::abs(s.a.x) == kGridMaxLon ? s.a : s.b; }

  /// What the method's edge has beyond the two straight pieces that the cut left. Those meet at a latitude
  /// rounded to the grid, so together they are not quite the straight edge that `edge_part` compares with.
  [[nodiscard]] double part_beyond_pieces(const CutParent& parent, std::int32_t cut_latitude) const {
    const Position cut{180.0, grid_to_degrees(cut_latitude)};
    const AreaUnits bend = line(parent.from, parent.to) - line(parent.from, cut) - line(cut, parent.to);
    return method_.edge_part(parent.from, parent.to) + static_cast<double>(bend);
  }
  /// The line part between two positions; the end may lie beyond 180, which is moved into the box.
  [[nodiscard]] AreaUnits line(const Position& from, const Position& to) const {
    const std::int64_t over = std::max<std::int64_t>(to_grid(to.lon) - kGridMaxLon, 0);
    const auto grid = [&](const Position& p) {
      return GridPoint{static_cast<std::int32_t>(to_grid(p.lon) - over),
                       static_cast<std::int32_t>(to_grid(p.lat))};
    };
    const GridSegment s{grid(from), grid(to)};
    return method_.line_part(s, s.a, s.b);
  }

  /// To the nearest unit. A long edge of a projection exceeds 64 bits.
  static AreaUnits rounded(double value) { return static_cast<AreaUnits>(std::round(value)); }

  [[nodiscard]] AreaUnits part(SegmentIndex segment, const ExactPoint& p, const ExactPoint& q) const {
    const AreaUnits line = method_.line_part(plane_.table().segments[segment], p, q);
    if (method_.is_exact()) return line;
    return line + share(segment, q) - share(segment, p);
  }

  /// The rounded part of the whole input edge that falls before p.
  [[nodiscard]] AreaUnits share(SegmentIndex segment, const ExactPoint& p) const {
    const GridSegment& s = plane_.table().segments[segment];
    const auto cut = cut_parents_.find(segment);
    if (cut == cut_parents_.end()) return rounded(whole_[segment] * along(s, p));
    // Where the cut piece lies on its parent, which begins inside the box and ends east of it.
    const auto& [from, to] = cut->second;
    const double middle = 0.5 * (grid_to_degrees(s.a.x) + grid_to_degrees(s.b.x));
    const double turn = middle < from.lon ? 360.0 : 0.0;
    const double t = (fixed_to_degrees(fixed_x(p)) + turn - from.lon) / (to.lon - from.lon);
    return rounded(whole_[segment] * t);
  }

  /// 0 at a, 1 at b, exactly.
  static double along(const GridSegment& s, const ExactPoint& p) {
    const bool by_x = std::abs(s.dx()) >= std::abs(s.dy());
    const FixedCoordinate here = by_x ? fixed_x(p) : fixed_y(p);
    const FixedCoordinate a = by_x ? fixed_x(s.a) : fixed_y(s.a);
    const FixedCoordinate b = by_x ? fixed_x(s.b) : fixed_y(s.b);
    if (here == b) return 1.0;
    // Differences can exceed 63 bits: from one side of the box to the other.
    return static_cast<double>(static_cast<Int128>(here) - a) /
           static_cast<double>(static_cast<Int128>(b) - a);
  }

  const Arrangement& plane_;
  const AreaMethod& method_;
  std::vector<double> whole_;  ///< edge part, by segment
  std::unordered_map<SegmentIndex, CutParent>
      cut_parents_;  ///< of segments measured as part of a longer edge
};

std::vector<AreaUnits> face_areas(const Arrangement& plane, const EdgeMeasure& measure) {
  std::vector<AreaUnits> area(plane.face_count(), 0);
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    const AreaUnits value = measure(e);
    area[plane.face(2 * e)] += value;
    area[plane.face(2 * e + 1)] -= value;
  }
  return area;
}

/// What a label of the arrangement means.
struct LabelMeaning {
  SlotIndex slot = 0;
  std::uint32_t polygon = kShared;  ///< number among those labelled ring by ring
  bool is_first_ring = true;
  static constexpr std::uint32_t kShared = 0xffffffffU;
};

}  // namespace

class CompositeBuilder {
 public:
  explicit CompositeBuilder(Atlas atlas) : atlas_(std::make_shared<const Atlas>(std::move(atlas))) {}

  Composite build() {
    atlas_->check();
    result_.atlas_ = atlas_;
    result_.findings_ = atlas_->findings;
    std::vector<Instant> instants;
    for (const Statement& s : atlas_->statements) {
      instants.push_back(s.validity.from());
      instants.push_back(s.validity.to());
    }
    result_.times_ = TimeAxis(std::move(instants));
    collect();
    number_labels();
    result_.plane_ = std::make_shared<const Arrangement>(segments());
    const Arrangement& plane = *result_.plane_;
    const Windings windings(plane, group_begin_);
    const AreaMethod method = AreaMethod::lonlat();
    const EdgeMeasure measure(plane, method);
    result_.areas_ = {method.name(), face_areas(plane, measure)};
    certify(windings, measure);
    cover(windings);
    add_findings();
    return std::move(result_);
  }

 private:
  struct Contribution {
    Slot slot;
    Interval validity;
    std::shared_ptr<const LabelledPolygon> polygon;
    std::vector<LabelIndex> labels;  ///< of its rings; one shared label on the quick path
  };
  struct FindingGroup {
    Finding first;
    std::size_t count = 0;
  };

  /// Successive snapshots repeat most polygons to the letter; those are labelled once.
  std::shared_ptr<const LabelledPolygon> labelled(const Polygon& polygon, RingConvention convention) {
    std::size_t hash = polygon.size();
    for (const Ring& ring : polygon) {
      for (const Position& p : ring) {
        hash = (hash ^ std::hash<double>{}(p.lon)) * 0x9e3779b97f4a7c15U;
        hash = (hash ^ std::hash<double>{}(p.lat)) * 0xd6e8feb86659fd93U;
      }
    }
    const auto [first, last] = known_.equal_range(hash);
    for (auto it = first; it != last; ++it) {
      if (it->second.convention == convention && *it->second.as_written == polygon)
        return it->second.labelled;
    }
    auto fresh = std::make_shared<const LabelledPolygon>(label_polygon(polygon, convention));
    known_.emplace(hash, Known{&polygon, convention, fresh});
    return fresh;
  }

  void add_area(const Slot& slot, const Interval& validity, const MultiPolygon& area,
                RingConvention convention, const std::string& layer, const std::string& statement) {
    for (const Polygon& polygon : area) {
      if (polygon.empty()) continue;
      auto ring_labels = labelled(polygon, convention);
      for (const Finding& finding : ring_labels->findings) {
        FindingGroup& group = found_[{layer, finding.code}];
        if (group.count++ == 0) {
          group.first = finding;
          group.first.statement = statement;
          if (validity.has_from()) group.first.at = format_instant(validity.from(), atlas_->days);
        }
      }
      if (!ring_labels->rings.empty()) contributions_.push_back({slot, validity, std::move(ring_labels), {}});
    }
  }

  void collect() {
    for (const Statement& s : atlas_->statements) {
      const Layer& layer = (*atlas_)[s.layer];
      const Slot slot{group_of(layer.theme), s.layer, s.actor, layer.mode == LayerMode::event ? s.seq : 0,
                      RegionId()};
      add_area(slot, s.validity, s.area, layer.rings, "layer '" + layer.id + "'", s.id);
    }
    for (std::size_t r = 0; r < atlas_->regions.size(); ++r) {
      add_area({LabelGroup::region, LayerId(), ActorId(), 0, RegionId(r)}, Interval(),
               atlas_->regions[r].area, atlas_->regions[r].rings, "regions", atlas_->regions[r].id);
    }
    if (atlas_->study_area) {
      add_area({LabelGroup::region, LayerId(), ActorId(), 0, RegionId()}, Interval(), *atlas_->study_area,
               atlas_->study_area_rings, "study area", "");
    }
  }

  void number_labels() {
    auto& slots = result_.slots_;
    for (const Contribution& c : contributions_) slots.push_back(c.slot);
    std::sort(slots.begin(), slots.end());
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    const auto slot_index = [&](const Slot& slot) {
      return static_cast<SlotIndex>(std::lower_bound(slots.begin(), slots.end(), slot) - slots.begin());
    };
    // Labels of a group are consecutive: first its shared ones, then those of single rings.
    std::uint32_t private_polygons = 0;
    SlotIndex next_slot = 0;
    for (std::size_t g = 0; g < kLabelGroups; ++g) {
      group_begin_.push_back(static_cast<LabelIndex>(meanings_.size()));
      std::vector<LabelIndex> shared(slots.size(), 0);
      for (; next_slot < slots.size() && static_cast<std::size_t>(slots[next_slot].group) == g; ++next_slot) {
        shared[next_slot] = static_cast<LabelIndex>(meanings_.size());
        meanings_.push_back({next_slot});
      }
      for (Contribution& c : contributions_) {
        if (static_cast<std::size_t>(c.slot.group) != g) continue;
        const SlotIndex slot = slot_index(c.slot);
        if (c.polygon->is_quick) {
          c.labels.assign(c.polygon->rings.size(), shared[slot]);
          continue;
        }
        for (std::size_t r = 0; r < c.polygon->rings.size(); ++r) {
          c.labels.push_back(static_cast<LabelIndex>(meanings_.size()));
          meanings_.push_back({slot, private_polygons, r == 0});
        }
        ++private_polygons;
      }
    }
    group_begin_.push_back(static_cast<LabelIndex>(meanings_.size()));
  }

  SegmentTable segments() {
    SegmentTableBuilder builder;
    for (const Contribution& c : contributions_) {
      const TimeIndex from = result_.times_.index_of(c.validity.from());
      const TimeIndex to = result_.times_.index_of(c.validity.to());
      for (std::size_t r = 0; r < c.labels.size(); ++r) {
        const LabelledRing& ring = c.polygon->rings[r];
        builder.add(ring.chain, c.labels[r], from, to, c.polygon->is_quick ? ring.weight : 1);
      }
    }
    contributions_.clear();
    known_.clear();
    return builder.finish();
  }

  void certify(const Windings& windings, const EdgeMeasure& measure) {
    const Arrangement& plane = *result_.plane_;
    auto& certificates = result_.certificates_;

    // Areas by label and time, once from the faces, once from the segments as given.
    std::map<std::pair<LabelIndex, TimeIndex>, AreaUnits> difference;
    for (std::size_t g = 0; g < kLabelGroups; ++g) {
      std::vector<AreaUnits> by_coverage(windings.coverage_count(g), 0);
      for (FaceIndex f = 1; f < plane.face_count(); ++f)
        by_coverage[windings.coverage(f, g)] += result_.areas_[f];
      for (CoverageIndex c = 0; c < by_coverage.size(); ++c) {
        for (const WindingEvent& e : windings.events(g, c))
          difference[{e.label, e.time}] += e.change * by_coverage[c];
      }
    }
    for (SegmentIndex s = 0; s < plane.table().segments.size(); ++s) {
      const AreaUnits area = measure.whole_segment(s);
      for (const WindingEvent& e : plane.table().events_of(s))
        difference[{e.label, e.time}] -= e.change * area;
    }
    AreaUnits worst = 0;
    for (const auto& [key, value] : difference) worst = std::max(worst, value < 0 ? -value : value);
    certificates.push_back(
        {"slot_areas", worst,
         "for every slot and date, winding times area over all faces equals the area of the rings "
         "as given (largest difference, mm2)"});

    AreaUnits total = 0;
    for (const AreaUnits area : result_.areas_.area) total += area;
    certificates.push_back({"face_sum", total, "all faces with the unbounded one add up to nothing (mm2)"});
    certificates.push_back({"closure", static_cast<Int128>(windings.closure_residual()),
                            "winding numbers agree across every edge (edges that disagree)"});
    const auto euler = static_cast<Int128>(plane.node_count()) - static_cast<Int128>(plane.edges().size()) +
                       static_cast<Int128>(plane.face_count()) - 1 -
                       static_cast<Int128>(plane.component_count());
    certificates.push_back({"euler", euler, "vertices - edges + faces = 1 + components (difference)"});
  }

  /// Winding numbers become runs of slots; equal results are stored once.
  void cover(const Windings& windings) {
    const Arrangement& plane = *result_.plane_;
    result_.faces_.resize(plane.face_count());
    for (std::size_t g = 0; g < kLabelGroups; ++g) {
      std::vector<CoverageIndex> renumbered(windings.coverage_count(g), 0);
      for (CoverageIndex c = 0; c < renumbered.size(); ++c) {
        renumbered[c] = result_.coverages_[g].intern(runs_of(windings.events(g, c)));
      }
      for (FaceIndex f = 0; f < plane.face_count(); ++f)
        result_.faces_[f][g] = renumbered[windings.coverage(f, g)];
      note_self_overlap(windings, g);
    }
  }

  [[nodiscard]] bool is_event_slot(SlotIndex slot) const {
    const LayerId layer = result_.slots_[slot].layer;
    return layer.is_valid() && (*atlas_)[layer].mode == LayerMode::event;
  }

  std::vector<CoverageRun> runs_of(std::span<const WindingEvent> events) const {
    std::vector<CoverageRun> runs;
    for (std::size_t i = 0; i < events.size();) {
      const LabelMeaning& meaning = meanings_[events[i].label];
      std::size_t j = i;
      if (meaning.polygon == LabelMeaning::kShared) {
        while (j < events.size() && events[j].label == events[i].label) ++j;
        add_shared(meaning.slot, events.subspan(i, j - i), runs);
      } else {
        while (j < events.size() && meanings_[events[j].label].polygon == meaning.polygon) ++j;
        add_single(meaning.slot, events.subspan(i, j - i), runs);
      }
      i = j;
    }
    return merged(std::move(runs));
  }

  void add_shared(SlotIndex slot, std::span<const WindingEvent> events,
                  std::vector<CoverageRun>& runs) const {
    const bool keep_each_event = is_event_slot(slot);
    std::int32_t winding = 0;
    TimeIndex since = 0;
    for (const WindingEvent& e : events) {
      const bool was_in = winding > 0;
      winding += e.change;
      const bool is_in = winding > 0;
      if (was_in && (!is_in || (keep_each_event && e.change > 0))) runs.push_back({slot, since, e.time});
      if (is_in && (!was_in || (keep_each_event && e.change > 0))) since = e.time;
    }
  }

  /// All rings of a polygon hold for the same interval, so their windings are constant in it.
  void add_single(SlotIndex slot, std::span<const WindingEvent> events,
                  std::vector<CoverageRun>& runs) const {
    bool in_first = false;
    bool in_other = false;
    TimeIndex from = events.front().time;
    TimeIndex to = from;
    for (const WindingEvent& e : events) {
      (meanings_[e.label].is_first_ring ? in_first : in_other) = true;
      from = std::min(from, e.time);
      to = std::max(to, e.time);
    }
    if (in_first && !in_other) runs.push_back({slot, from, to});
  }

  std::vector<CoverageRun> merged(std::vector<CoverageRun> runs) const {
    std::sort(runs.begin(), runs.end());
    std::vector<CoverageRun> out;
    for (const CoverageRun& run : runs) {
      if (out.empty() || out.back().slot != run.slot || run.from > out.back().to) {
        out.push_back(run);
      } else if (is_event_slot(run.slot)) {
        // A later event of the same actor begins a run of its own; two of one instant are one.
        if (run.from == out.back().from) continue;
        const TimeIndex to = std::max(out.back().to, run.to);
        out.back().to = run.from;
        out.push_back({run.slot, run.from, to});
      } else {
        out.back().to = std::max(out.back().to, run.to);
      }
    }
    return out;
  }

  /// How many polygons of each slot cover a face, step by step; of event layers nothing, where covering again
  /// is the point. Sorted by slot and time, ends before beginnings.
  template <class Step>
  void polygon_counts(std::span<const WindingEvent> events, std::vector<Step>& steps) const {
    steps.clear();
    std::vector<CoverageRun> runs;
    for (std::size_t i = 0; i < events.size();) {
      const LabelMeaning& meaning = meanings_[events[i].label];
      std::size_t j = i;
      if (meaning.polygon == LabelMeaning::kShared) {
        // On the quick path every polygon winds once about what it covers.
        for (; j < events.size() && events[j].label == events[i].label; ++j) {
          if (!is_event_slot(meaning.slot)) steps.push_back({meaning.slot, events[j].time, events[j].change});
        }
      } else {
        while (j < events.size() && meanings_[events[j].label].polygon == meaning.polygon) ++j;
        if (!is_event_slot(meaning.slot)) add_single(meaning.slot, events.subspan(i, j - i), runs);
      }
      i = j;
    }
    for (const CoverageRun& run : runs) {
      steps.push_back({run.slot, run.from, 1});
      steps.push_back({run.slot, run.to, -1});
    }
    std::sort(steps.begin(), steps.end());
  }

  /// Ground that one slot covers more than once at a time: counted once, and said.
  void note_self_overlap(const Windings& windings, std::size_t group) {
    const Arrangement& plane = *result_.plane_;
    std::vector<FaceIndex> face_of(windings.coverage_count(group), kUnboundedFace);
    std::vector<AreaUnits> area(windings.coverage_count(group), 0);
    for (FaceIndex f = 1; f < plane.face_count(); ++f) {
      area[windings.coverage(f, group)] += result_.areas_[f];
      face_of[windings.coverage(f, group)] = f;
    }
    struct Overlap {
      AreaUnits area = 0;
      TimeIndex since = 0;
      FaceIndex face = kUnboundedFace;
    };
    std::map<SlotIndex, Overlap> overlaps;
    struct Step {
      SlotIndex slot;
      TimeIndex time;
      std::int32_t change;  ///< in the number of polygons that cover the face
      auto operator<=>(const Step&) const = default;
    };
    std::vector<Step> steps;
    for (CoverageIndex c = 0; c < area.size(); ++c) {
      polygon_counts(windings.events(group, c), steps);
      std::int32_t count = 0;
      bool counted = false;
      for (std::size_t i = 0; i < steps.size(); ++i) {
        if (i > 0 && steps[i].slot != steps[i - 1].slot) {
          count = 0;
          counted = false;
        }
        count += steps[i].change;
        if (count < 2 || counted) continue;
        counted = true;
        Overlap& overlap = overlaps[steps[i].slot];
        if (overlap.face == kUnboundedFace) overlap = {0, steps[i].time, face_of[c]};
        overlap.since = std::min(overlap.since, steps[i].time);
        overlap.area += area[c];
      }
    }
    if (overlaps.empty()) return;
    std::map<FaceIndex, GeoLocation> places;
    for (const auto& [slot, overlap] : overlaps) places.emplace(overlap.face, GeoLocation{});
    for (HalfEdgeIndex h = 0; h < plane.edges().size() * 2; ++h) {
      const auto place = places.find(plane.face(h));
      if (place == places.end()) continue;
      const ExactPoint p = plane.point(plane.origin(h));
      place->second = {Lon(fixed_to_degrees(fixed_x(p))), Lat(fixed_to_degrees(fixed_y(p)))};
    }
    for (const auto& [index, overlap] : overlaps) {
      const Slot& slot = result_.slots_[index];
      const std::string who =
          slot.layer.is_valid()
              ? fmt::format("layer '{}', actor '{}'", (*atlas_)[slot.layer].id, (*atlas_)[slot.actor].id)
              : std::string(slot.region.is_valid() ? (*atlas_)[slot.region].id : "study area");
      const Instant since = result_.times_[overlap.since];
      result_.findings_.push_back(
          {"self-overlap",
           Severity::warning,
           {},
           Interval::since(since).has_from() ? format_instant(since, atlas_->days) : std::string(),
           places[overlap.face],
           fmt::format("{} covers {} km2 more than once at a time; counted once", who,
                       to_square_meters(overlap.area).value() / 1e6)});
    }
  }

  void add_findings() {
    for (auto& [key, group] : found_) {
      Finding finding = std::move(group.first);
      finding.text = fmt::format("{}: {}{}", key.first, finding.text,
                                 group.count > 1 ? fmt::format(" (first of {} polygons)", group.count) : "");
      result_.findings_.push_back(std::move(finding));
    }
  }

  std::shared_ptr<const Atlas> atlas_;
  Composite result_;
  std::vector<Contribution> contributions_;
  struct Known {
    const Polygon* as_written;
    RingConvention convention;
    std::shared_ptr<const LabelledPolygon> labelled;
  };
  std::unordered_multimap<std::size_t, Known> known_;
  std::vector<LabelMeaning> meanings_;
  std::vector<LabelIndex> group_begin_;
  std::map<std::pair<std::string, std::string>, FindingGroup> found_;
};

Composite build_composite(Atlas atlas) {
  return CompositeBuilder(std::move(atlas)).build();
}

FaceAreas measure_faces(const Composite& composite, const AreaMethod& method) {
  return {method.name(), face_areas(composite.plane(), EdgeMeasure(composite.plane(), method))};
}

}  // namespace marchland
