#include <marchland/base/error.h>
#include <marchland/composite/composite.h>
#include <marchland/composite/known_plane.h>
#include <marchland/composite/ring_findings.h>

#include <fmt/format.h>
#include <tbb/parallel_invoke.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <string_view>
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

Composite::Composite(CompositeParts parts)
    : atlas_(std::make_shared<const Atlas>(std::move(parts.atlas))),
      ledger_(std::move(parts.ledger)),
      times_(std::move(parts.times)),
      plane_(std::move(parts.plane)),
      variants_(std::move(parts.variants)),
      slots_(std::move(parts.slots)),
      coverages_(std::move(parts.coverages)),
      faces_(std::move(parts.faces)),
      areas_(std::move(parts.areas)),
      certificates_(std::move(parts.certificates)),
      findings_(std::move(parts.findings)) {
  const auto require = [](bool holds, const char* what) {
    if (!holds) throw InvalidArgument(fmt::format("parts of a composite do not fit each other: {}", what));
  };
  require(plane_ != nullptr, "no arrangement");
  require(faces_.size() == plane_->face_count(), "another number of faces has coverages");
  require(areas_.area.size() == plane_->face_count(), "another number of faces has areas");
  require(
      !variants_.empty() && variants_.front() == Variant{} &&
          std::adjacent_find(variants_.begin(), variants_.end(),
                             [](const Variant& a, const Variant& b) { return !(a < b); }) == variants_.end(),
      "variants of slots are not in order");
  for (const Slot& slot : slots_) {
    require(slot.variant < variants_.size(), "a slot has no variant");
    const bool is_region = slot.group == LabelGroup::region;
    require(slot.group <= LabelGroup::region, "a slot has no group");
    require(is_region ||
                (slot.layer.index() < atlas_->layers.size() && slot.actor.index() < atlas_->actors.size()),
            "a slot has no layer or no actor");
    require(!slot.region.is_valid() || slot.region.index() < atlas_->regions.size(), "a slot has no region");
  }
  for (std::size_t g = 0; g < kLabelGroups; ++g) {
    for (const auto& face : faces_) require(face[g] < coverages_[g].size(), "a face has no coverage");
    for (CoverageIndex c = 0; c < coverages_[g].size(); ++c) {
      for (const CoverageRun& run : coverages_[g][c]) {
        require(run.slot < slots_.size() && run.from < run.to && run.to <= times_.for_ever(),
                "a run has no slot or no time");
      }
    }
  }
}

bool Composite::has_doubt() const noexcept {
  return std::any_of(variants_.begin(), variants_.end(),
                     [](const Variant& variant) { return variant.doubt.has_value(); });
}

Accuracy accuracy_of(const Composite& composite, SlotIndex slot) {
  const LayerId layer = composite.slots()[slot].layer;
  if (!layer.is_valid()) return {};
  const Atlas& atlas = composite.atlas();
  return composite.variant_of(slot).accuracy.value_or(atlas[atlas[layer].source].accuracy());
}

std::size_t Composite::bytes() const noexcept {
  std::size_t sum = plane_->bytes() + variants_.capacity() * sizeof(Variant) +
                    slots_.capacity() * sizeof(Slot) + faces_.capacity() * sizeof(faces_[0]) +
                    areas_.area.capacity() * sizeof(AreaUnits);
  for (const auto& list : coverages_) sum += list.bytes();
  return sum;
}

namespace {
constexpr std::uint32_t kLeftOut = 0xffffffffU;
}  // namespace

class CompositeBuilder {
 public:
  /// Lines are used as they are given.
  explicit CompositeBuilder(Atlas atlas) : atlas_(std::make_shared<const Atlas>(std::move(atlas))) {
    result_.atlas_ = atlas_;
  }
  /// Answers are about `given`; what is arranged are the lines of `harmonised`, statement by statement the
  /// same.
  CompositeBuilder(Atlas given, HarmonisedAtlas harmonised)
      : atlas_(std::make_shared<const Atlas>(std::move(harmonised.atlas))) {
    result_.atlas_ = std::make_shared<const Atlas>(std::move(given));
    result_.ledger_ = std::move(harmonised.ledger);
  }

  /// With `known`, what it knows is not found again.
  Composite build(const BuildOptions& options, KnownPlane* known = nullptr) {
    known_ = known;
    const auto done = [&](std::string_view step) {
      if (options.on_step) options.on_step(step);
    };
    atlas_->check_declarations();
    result_.findings_ = atlas_->findings;
    const Findings& collapsed = result_.ledger_.findings;
    result_.findings_.insert(result_.findings_.end(), collapsed.begin(), collapsed.end());
    collect_times();
    collect_versions();
    try {
      tracks_ = trace_tracks(versions_, rejoin_);
    } catch (const InvalidData&) {
      // Says whose ring it was.
      atlas_->check();
      throw;
    }
    done("tracks");
    arrange(options.max_memory_bytes);
    done("arrangement");
    const Arrangement& plane = *result_.plane_;
    // Neither needs the other.
    std::optional<Windings> windings;
    // A list that grows is there twice or thrice for an instant.
    const std::uint64_t max_events = options.max_memory_bytes == 0
                                         ? ListTable<WindingEvent>::kMostItems
                                         : options.max_memory_bytes / (3 * sizeof(WindingEvent));
    try {
      tbb::parallel_invoke(
          [&] {
            windings.emplace(plane, group_begin(), max_events);
            if (known_ == nullptr) cover(*windings);
          },
          [&] {
            if (known_ == nullptr) result_.areas_ = EdgeMeasure(plane, lonlat_).faces(of_segment_);
          });
      if (known_ != nullptr) {
        result_.areas_ = {lonlat_.name(), known_->areas(plane, result_.slots_, result_.times_), 0};
        cover_as_known(*windings);
      }
    } catch (const ListsTooLong&) {
      throw TooLarge(
          fmt::format("the atlas is too large to be arranged: what covers its {} faces, from when to when, "
                      "would take more than "
                      "{} events, which is what the memory that is allowed for has room for. Very many "
                      "statements lie on top of one another. Choose one:\n"
                      "  --since DATE --until DATE: a window of time\n"
                      "  --two-layer: only the dates asked for are arranged (areas, overlaps, changes, line, "
                      "export, raster)\n"
                      "  fewer layers, or where = \"...\" in the manifest: fewer statements\n"
                      "  --max-memory SIZE: more memory",
                      plane.face_count(), max_events));
    }
    done("coverages and areas");
    RingFindings found;
    tbb::parallel_invoke(
        [&] { certify(*windings); },
        [&] { found = find_in_rings(plane, *windings, tracks_, result_.areas_.area, rejoin_); });
    add_findings(found);
    done("certificates and findings");
    return std::move(result_);
  }

 private:
  void arrange(std::uint64_t max_memory_bytes) {
    const std::size_t segments = tracks_.segments.segments.size();
    std::uint64_t limit = kNoCrossingLimit;
    if (max_memory_bytes > 0) {
      if (max_memory_bytes < arrangement_bytes(segments, 0))
        throw TooLarge(refusal(segments, {}, max_memory_bytes));
      limit = crossings_within(max_memory_bytes, segments);
    }
    try {
      Crossings crossings =
          known_ != nullptr ? known_->crossings(tracks_.segments) : find_crossings(tracks_.segments, limit);
      // Moving the table does not move the segments. What each measures is found while the plane is arranged,
      // which is not all work for many.
      const std::span<const GridSegment> lines = tracks_.segments.segments;
      tbb::parallel_invoke(
          [&] {
            result_.plane_ =
                std::make_shared<const Arrangement>(std::move(tracks_.segments), std::move(crossings));
          },
          [&] { of_segment_ = line_parts(lines, lonlat_); });
    } catch (const TooManyCrossings& refused) {
      throw TooLarge(refusal(segments, refused.estimate(), max_memory_bytes));
    }
  }

  /// The most crossings whose estimate is within the limit; no crossings are.
  [[nodiscard]] static std::uint64_t crossings_within(std::uint64_t max_bytes, std::uint64_t segments) {
    std::uint64_t within = 0;
    for (std::uint64_t step = std::uint64_t{1} << 40U; step > 0; step /= 2) {
      if (arrangement_bytes(segments, within + step) <= max_bytes) within += step;
    }
    return within;
  }

  [[nodiscard]] static std::string refusal(std::size_t segments, const CrossingEstimate& found,
                                           std::uint64_t max_memory_bytes) {
    const auto size = [](std::uint64_t bytes) {
      const double megabytes = static_cast<double>(bytes) / 1e6;
      return megabytes < 10     ? fmt::format("{:.1f} MB", megabytes)
             : megabytes < 1000 ? fmt::format("{:.0f} MB", megabytes)
                                : fmt::format("{:.1f} GB", megabytes / 1e3);
    };
    const auto count = [](std::uint64_t pairs) {
      const auto n = static_cast<double>(pairs);
      return pairs < 1000        ? fmt::format("{}", pairs)
             : pairs < 1'000'000 ? fmt::format("{:.0f} thousand", n / 1e3)
                                 : fmt::format("{:.1f} million", n / 1e6);
    };
    const std::string crossings =
        found.pairs == 0
            ? std::string()
            : fmt::format(
                  " cross about {} times, most of them about {:.3f}, {:.3f} (longitude, latitude). Lines "
                  "that are drawn anew for every date cross everywhere. Arranging them",
                  count(found.pairs), fixed_to_degrees(fixed_x(found.where)),
                  fixed_to_degrees(fixed_y(found.where)));
    return fmt::format(
        "the atlas is too large to be arranged: its {} different lines{} would take about {}, and {} are "
        "allowed for. Choose one:\n"
        "  harmonise_m = METRES in the manifest, or more of them: lines drawn twice become one\n"
        "  --since DATE --until DATE: a window of time\n"
        "  --two-layer: only the dates asked for are arranged (areas, overlaps, changes, line, export, "
        "raster)\n"
        "  fewer layers, or where = \"...\" in the manifest: fewer lines\n"
        "  --max-memory SIZE: more memory",
        segments, crossings, size(arrangement_bytes(segments, found.pairs)), size(max_memory_bytes));
  }

  void collect_times() {
    std::vector<Instant> instants;
    instants.reserve(atlas_->statements.size() * 2);
    for (const Statement& s : atlas_->statements) {
      instants.push_back(s.validity.from());
      instants.push_back(s.validity.to());
      if (!s.doubt) continue;
      for (const Interval& when : {s.doubt->possible, s.doubt->certain}) {
        instants.push_back(when.from());
        instants.push_back(when.to());
      }
    }
    result_.times_ = TimeAxis(std::move(instants));
  }

  /// Statements are numbered first, then regions, then the study area.
  void collect_versions() {
    auto& variants = result_.variants_;
    for (const Statement& s : atlas_->statements) {
      if (s.doubt || s.accuracy) variants.push_back({s.doubt, s.accuracy});
    }
    std::sort(variants.begin(), variants.end());
    variants.erase(std::unique(variants.begin(), variants.end()), variants.end());
    const auto variant_of = [&](const Statement& s) {
      if (!s.doubt && !s.accuracy) return kPlain;
      const auto found = std::lower_bound(variants.begin(), variants.end(), Variant{s.doubt, s.accuracy});
      return static_cast<std::uint32_t>(found - variants.begin());
    };
    std::vector<Slot> slot_of;
    slot_of.reserve(atlas_->statements.size() + atlas_->regions.size() + 1);
    for (const Statement& s : atlas_->statements) {
      const Layer& layer = (*atlas_)[s.layer];
      slot_of.push_back({group_of(layer.theme), s.layer, s.actor, layer.mode == LayerMode::event ? s.seq : 0,
                         RegionId(), variant_of(s)});
    }
    for (std::size_t r = 0; r < atlas_->regions.size(); ++r)
      slot_of.push_back({LabelGroup::region, LayerId(), ActorId(), 0, RegionId(r), kPlain});
    if (atlas_->study_area)
      slot_of.push_back({LabelGroup::region, LayerId(), ActorId(), 0, RegionId(), kPlain});
    auto& slots = result_.slots_;
    slots = slot_of;
    std::sort(slots.begin(), slots.end());
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    // What follows one another mostly is of one slot.
    SlotIndex index = 0;
    for (std::uint32_t i = 0; i < slot_of.size(); ++i) {
      if (slots[index] != slot_of[i]) {
        index =
            static_cast<SlotIndex>(std::lower_bound(slots.begin(), slots.end(), slot_of[i]) - slots.begin());
      }
      add_versions(index, i);
    }
    for (SlotIndex s = 0; s < slots.size(); ++s) rejoin_.push_back(!is_event_slot(s));
  }

  void add_versions(SlotIndex slot, std::uint32_t statement) {
    const std::size_t statements = atlas_->statements.size();
    PolygonVersion version;
    version.slot = slot;
    version.statement = statement;
    const SharedArea* area = nullptr;
    Interval validity;
    if (statement < statements) {
      const Statement& s = atlas_->statements[statement];
      area = &s.area;
      version.convention = (*atlas_)[s.layer].rings;
      validity = s.validity;
    } else if (statement < statements + atlas_->regions.size()) {
      const Region& region = atlas_->regions[statement - statements];
      area = &region.area;
      version.convention = region.rings;
    } else {
      area = &*atlas_->study_area;
      version.convention = atlas_->study_area_rings;
    }
    version.from = result_.times_.index_of(validity.from());
    version.to = result_.times_.index_of(validity.to());
    for (const SharedPolygon& polygon : *area) {
      if (polygon.empty()) continue;
      version.area = &polygon;
      versions_.push_back(version);
    }
  }

  /// Where the labels of each group begin.
  [[nodiscard]] std::vector<LabelIndex> group_begin() const {
    std::vector<LabelIndex> begin(kLabelGroups + 1, 0);
    for (const LabelMeaning& meaning : tracks_.labels) {
      const Slot& slot = result_.slots_[tracks_.track_slot[meaning.track]];
      ++begin[static_cast<std::size_t>(slot.group) + 1];
    }
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    return begin;
  }

  void certify(const Windings& windings) {
    const Arrangement& plane = *result_.plane_;
    auto& certificates = result_.certificates_;

    // Areas by label and time, once from the faces, once from the segments as given. Events can only be at
    // the ends of a label's rings.
    std::vector<std::uint32_t> offsets(tracks_.labels.size() + 1, 0);
    std::vector<TimeIndex> times;
    for (std::size_t i = 0; i < tracks_.rings.size(); ++i) {
      const RingVersion& ring = tracks_.rings[i];
      const bool goes_on = i > 0 && tracks_.rings[i - 1].label == ring.label && times.back() == ring.from;
      if (!goes_on) times.push_back(ring.from);
      times.push_back(ring.to);
      offsets[ring.label + 1] = static_cast<std::uint32_t>(times.size());
    }
    std::vector<AreaUnits> difference(times.size(), 0);
    bool is_elsewhere = false;
    const auto at = [&](const WindingEvent& e) -> AreaUnits& {
      const auto first = times.begin() + offsets[e.label];
      const auto last = times.begin() + offsets[e.label + 1];
      // A daily series has an end every day: the place can be told.
      const auto guess = first == last || e.time < *first
                             ? first
                             : first + std::min<std::ptrdiff_t>(e.time - *first, last - first - 1);
      const auto found = first != last && *guess == e.time ? guess : std::lower_bound(first, last, e.time);
      if (found == last || *found != e.time) {
        is_elsewhere = true;
        return difference.front();
      }
      return difference[static_cast<std::size_t>(found - times.begin())];
    };
    for (std::size_t g = 0; g < kLabelGroups; ++g) {
      std::vector<AreaUnits> by_coverage(windings.coverage_count(g), 0);
      for (FaceIndex f = 1; f < plane.face_count(); ++f)
        by_coverage[windings.coverage(f, g)] += result_.areas_[f];
      for (CoverageIndex c = 0; c < by_coverage.size(); ++c) {
        for (const WindingEvent& e : windings.events(g, c)) at(e) += e.change * by_coverage[c];
      }
    }
    for (SegmentIndex s = 0; s < of_segment_.size(); ++s) {
      for (const WindingEvent& e : plane.table().events_of(s)) at(e) -= e.change * of_segment_[s];
    }
    AreaUnits worst = is_elsewhere ? 1 : 0;
    for (const AreaUnits value : difference) worst = std::max(worst, value < 0 ? -value : value);
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
    std::vector<CoverageRun> runs;
    for (std::size_t g = 0; g < kLabelGroups; ++g) {
      std::vector<CoverageIndex> renumbered(windings.coverage_count(g), 0);
      for (CoverageIndex c = 0; c < renumbered.size(); ++c) {
        read_runs(windings.events(g, c), runs);
        renumbered[c] = result_.coverages_[g].intern(runs);
      }
      for (FaceIndex f = 0; f < plane.face_count(); ++f)
        result_.faces_[f][g] = renumbered[windings.coverage(f, g)];
      result_.coverages_[g].shrink();
    }
  }

  /// The same from what is known of each face. Windings give nothing but the order in which different
  /// coverages are numbered, which is that of `cover`.
  void cover_as_known(const Windings& windings) {
    const Arrangement& plane = *result_.plane_;
    result_.faces_.resize(plane.face_count());
    std::vector<CoverageRun> runs;
    for (std::size_t g = 0; g < kLabelGroups; ++g) {
      const auto intern = [&](FaceIndex face) {
        known_->runs(face, static_cast<LabelGroup>(g), runs);
        return result_.coverages_[g].intern(runs);
      };
      std::vector<FaceIndex> first(windings.coverage_count(g), kLeftOut);
      for (FaceIndex f = 0; f < plane.face_count(); ++f) {
        FaceIndex& face = first[windings.coverage(f, g)];
        if (face == kLeftOut) face = f;
      }
      for (const FaceIndex face : first) {
        if (face != kLeftOut) intern(face);
      }
      for (FaceIndex f = 0; f < plane.face_count(); ++f) result_.faces_[f][g] = intern(f);
      result_.coverages_[g].shrink();
    }
  }

  [[nodiscard]] bool is_event_slot(SlotIndex slot) const {
    const LayerId layer = result_.slots_[slot].layer;
    return layer.is_valid() && (*atlas_)[layer].mode == LayerMode::event;
  }

  /// Sorted by slot and time, as a coverage is.
  void read_runs(std::span<const WindingEvent> events, std::vector<CoverageRun>& runs) {
    runs.clear();
    for (std::size_t i = 0; i < events.size();) {
      const TrackIndex track = tracks_.labels[events[i].label].track;
      std::size_t j = i;
      while (j < events.size() && tracks_.labels[events[j].label].track == track) ++j;
      runs_of_track(events.subspan(i, j - i), tracks_.labels, track_runs_);
      for (const TrackRun& run : track_runs_) runs.push_back({tracks_.track_slot[track], run.from, run.to});
      i = j;
    }
    if (runs.size() < 2) return;
    std::sort(runs.begin(), runs.end());
    std::size_t last = 0;
    for (std::size_t i = 1; i < runs.size(); ++i) {
      const CoverageRun run = runs[i];
      if (runs[last].slot != run.slot || run.from > runs[last].to) {
        runs[++last] = run;
      } else if (is_event_slot(run.slot)) {
        // A later event of the same actor begins a run of its own; two of one instant are one.
        if (run.from == runs[last].from) continue;
        const TimeIndex to = std::max(runs[last].to, run.to);
        runs[last].to = run.from;
        runs[++last] = {run.slot, run.from, to};
      } else {
        runs[last].to = std::max(runs[last].to, run.to);
      }
    }
    runs.resize(last + 1);
  }

  [[nodiscard]] std::string date(TimeIndex time) const {
    const Instant instant = result_.times_[time];
    return Interval::since(instant).has_from() ? format_instant(instant, atlas_->days) : std::string();
  }

  [[nodiscard]] std::string statement_at(LabelIndex label, TimeIndex time) const {
    const std::uint32_t statement = versions_[tracks_.ring_at(label, time).polygon].statement;
    const std::size_t statements = atlas_->statements.size();
    if (statement < statements) return atlas_->statements[statement].id;
    return statement - statements < atlas_->regions.size() ? atlas_->regions[statement - statements].id
                                                           : std::string();
  }
  [[nodiscard]] LabelIndex first_label(TrackIndex track) const {
    const auto found = std::partition_point(tracks_.labels.begin(), tracks_.labels.end(),
                                            [&](const LabelMeaning& m) { return m.track < track; });
    return static_cast<LabelIndex>(
        std::find_if(found, tracks_.labels.end(), [](const LabelMeaning& m) { return m.is_first_ring; }) -
        tracks_.labels.begin());
  }
  [[nodiscard]] std::string subject(const Slot& slot) const {
    if (slot.layer.is_valid()) return "layer '" + (*atlas_)[slot.layer].id + "'";
    return slot.region.is_valid() ? "regions" : "study area";
  }

  /// One finding for each layer and code: the first, and how many there are.
  void add_findings(const RingFindings& found) {
    std::map<std::pair<std::string, std::string_view>, std::pair<const RingFinding*, std::size_t>> groups;
    const auto is_before = [&](const RingFinding& a, const RingFinding& b) {
      return std::pair(a.time, versions_[tracks_.ring_at(a.label, a.time).polygon].statement) <
             std::pair(b.time, versions_[tracks_.ring_at(b.label, b.time).polygon].statement);
    };
    for (const RingFinding& finding : found.rings) {
      const Slot& slot = result_.slots_[tracks_.track_slot[tracks_.labels[finding.label].track]];
      auto& [first, count] = groups[{subject(slot), finding.code}];
      if (count++ == 0 || is_before(finding, *first)) first = &finding;
    }
    for (const auto& [key, group] : groups) {
      const auto& [finding, count] = group;
      const RingVersion& ring = tracks_.ring_at(finding->label, finding->time);
      const Position& start = (*versions_[ring.polygon].area)[ring.ring].front();
      result_.findings_.push_back({finding->code, finding->severity,
                                   statement_at(finding->label, finding->time), date(finding->time),
                                   finding->location.value_or(GeoLocation{Lon(start.lon), Lat(start.lat)}),
                                   fmt::format("{}: {}{}", key.first, text_of(*finding, ring),
                                               count > 1 ? fmt::format(" (first of {} rings)", count) : "")});
    }
    for (const SelfOverlap& overlap : found.overlaps) {
      const Slot& slot = result_.slots_[overlap.slot];
      const std::string who =
          slot.layer.is_valid()
              ? fmt::format("layer '{}', actor '{}'", (*atlas_)[slot.layer].id, (*atlas_)[slot.actor].id)
              : std::string(slot.region.is_valid() ? (*atlas_)[slot.region].id : "study area");
      const std::string one = statement_at(first_label(overlap.first), overlap.since);
      const std::string other = statement_at(first_label(overlap.second), overlap.since);
      result_.findings_.push_back(
          {"self-overlap", Severity::warning, std::max(one, other), date(overlap.since), overlap.location,
           fmt::format("{} covers {} km2 more than once at a time; counted once (first {})", who,
                       to_square_meters(overlap.area).value() / 1e6,
                       one == other ? fmt::format("within statement '{}'", one)
                                    : fmt::format("statements '{}' and '{}'", std::min(one, other),
                                                  std::max(one, other)))});
    }
  }

  [[nodiscard]] static std::string text_of(const RingFinding& finding, const RingVersion& ring) {
    const std::string_view code = finding.code;
    const std::uint32_t number = ring.ring + 1;
    if (code == "antimeridian") {
      return ring.encloses_pole ? "encloses a pole; the smaller side is meant, or the one that is declared"
                                : "crosses the antimeridian; steps over 180 degrees go the short way";
    }
    if (code == "zero-area") {
      return ring.turn == 0
                 ? fmt::format("ring {} has no area once its vertices are on the grid, or parts that cancel",
                               number)
                 : "its holes take away all of the polygon";
    }
    if (code == "ring-direction") {
      return number == 1 ? "outer ring runs clockwise; direction is never read"
                         : "hole runs counter-clockwise; direction is never read";
    }
    if (code == "spike") return fmt::format("ring {} runs along the same line twice", number);
    if (code == "ring-crosses-itself") {
      return fmt::format("ring {} meets itself {} time(s); points of non-zero winding are inside", number,
                         finding.count);
    }
    if (code == "ring-touches-itself")
      return fmt::format("ring {} passes the same point more than once", number);
    if (code == "hole-outside-shell")
      return "a hole reaches outside the outer ring; only its part inside takes ground away";
    return "holes of the polygon overlap; what any of them covers is taken away";
  }

  std::shared_ptr<const Atlas> atlas_;
  KnownPlane* known_ = nullptr;
  Composite result_;
  std::vector<PolygonVersion> versions_;
  /// By slot: whether its statements continue one another. In event layers they lie on top of each other, and
  /// are meant to.
  std::vector<bool> rejoin_;
  TracedTracks tracks_;
  AreaMethod lonlat_ = AreaMethod::lonlat();
  std::vector<AreaUnits> of_segment_;
  std::vector<TrackRun> track_runs_;  ///< scratch
};

std::uint64_t arrangement_bytes(std::uint64_t segments, std::uint64_t crossings) noexcept {
  // Each crossing divides two segments. Where each segment is crossed k times, about as many statements lie
  // above each other, and a face lists them. Cautious figures: see docs/design/arrangement.md.
  constexpr std::uint64_t kPerEdge = 500;
  constexpr std::uint64_t kPerEdgeAndDepth = 8;
  const Uint128 edges = segments + Uint128{2} * crossings;
  const Uint128 depth = segments == 0 ? 0 : Uint128{2} * crossings / segments;
  const Uint128 bytes = edges * (kPerEdge + kPerEdgeAndDepth * depth);
  constexpr std::uint64_t kMost = ~std::uint64_t{0};
  return bytes > kMost ? kMost : static_cast<std::uint64_t>(bytes);
}

Composite build_composite(Atlas atlas, const BuildOptions& options) {
  if (atlas.harmonise.value() == 0.0) return CompositeBuilder(std::move(atlas)).build(options);
  HarmonisedAtlas harmonised = harmonise(atlas);
  return CompositeBuilder(std::move(atlas), std::move(harmonised)).build(options);
}

Composite build_from(Atlas atlas, KnownPlane& known) {
  return CompositeBuilder(std::move(atlas)).build({}, &known);
}

Composite build_within(const Atlas& atlas, const TimeWindow& window, const BuildOptions& options) {
  atlas.check_declarations();
  if (atlas.harmonise.value() == 0.0) return CompositeBuilder(restricted_to(atlas, window)).build(options);
  // Lines are harmonised with those of all of time, whatever part of it is arranged.
  HarmonisedAtlas whole = harmonise(atlas);
  Atlas given = restricted_to(atlas, window);
  std::vector<std::uint32_t> number(atlas.statements.size(), kLeftOut);
  for (std::uint32_t old = 0, next = 0; next < given.statements.size(); ++old) {
    if (atlas.statements[old].id == given.statements[next].id) number[old] = next++;
  }
  const auto keep = [&](auto& list) {
    std::erase_if(list, [&](const auto& entry) { return number[entry.statement] == kLeftOut; });
    for (auto& entry : list) entry.statement = number[entry.statement];
  };
  keep(whole.ledger.entries);
  keep(whole.ledger.statements);
  return CompositeBuilder(std::move(given), {restricted_to(whole.atlas, window), std::move(whole.ledger)})
      .build(options);
}

FaceAreas measure_faces(const Composite& composite, const AreaMethod& method) {
  return EdgeMeasure(composite.plane(), method).faces();
}

}  // namespace marchland
