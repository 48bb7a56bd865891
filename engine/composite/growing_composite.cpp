#include <marchland/base/error.h>
#include <marchland/composite/growing_composite.h>
#include <marchland/composite/growing_plane.h>
#include <marchland/composite/known_plane.h>
#include <marchland/composite/ring_diff.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numeric>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace marchland {
namespace {

constexpr std::uint32_t kNone = GrowingPlane::kNone;

/// A label runs along a segment: winding numbers on its left exceed those on its right by `change` more than
/// before.
struct SegmentChange {
  GridSegment segment;  ///< a < b
  LabelIndex label;
  std::int32_t change;
};

/// Adds up changes of one label along one segment and drops zeros; sorted by segment, then label.
std::vector<SegmentChange> added_up(std::vector<SegmentChange> changes) {
  const auto key = [](const SegmentChange& c) { return std::tie(c.segment, c.label); };
  std::sort(changes.begin(), changes.end(),
            [&](const SegmentChange& a, const SegmentChange& b) { return key(a) < key(b); });
  std::size_t out = 0;
  for (std::size_t i = 0; i < changes.size();) {
    SegmentChange sum = changes[i];
    for (++i; i < changes.size() && key(changes[i]) == key(sum); ++i) sum.change += changes[i].change;
    if (sum.change != 0) changes[out++] = sum;
  }
  changes.resize(out);
  return changes;
}

/// Changes in the order of the ring, `weight` times.
void add_range(const SharedRing& ring, SegmentRange range, LabelIndex label, std::int32_t weight,
               std::vector<SegmentChange>& out) {
  const auto on_grid = [](const Position& p) {
    return GridPoint{static_cast<std::int32_t>(to_grid(p.lon)), static_cast<std::int32_t>(to_grid(p.lat))};
  };
  Ring copied;
  const auto positions = ring.view(range.begin, std::size_t{range.end} + 1, copied);
  GridPoint from = on_grid(positions.front());
  for (const Position& p : positions.subspan(1)) {
    const GridPoint to = on_grid(p);
    if (from < to) out.push_back({{from, to}, label, weight});
    if (to < from) out.push_back({{to, from}, label, -weight});
    from = to;
  }
}

SegmentRange whole(const SharedRing& ring) {
  return {0, static_cast<std::uint32_t>(ring.size() - 1)};
}

/// Whether a ring is read vertex by vertex and stays off the antimeridian.
bool is_plain(const SharedRing& ring, RingConvention convention) {
  constexpr double kInside = grid_to_degrees(kGridMaxLon - 1);
  double last = ring.front().lon;
  bool plain = true;
  for (const auto& stretch : ring.stretches()) {
    for (const Position& p : *stretch) {
      plain =
          plain && std::abs(p.lon) <= kInside && (convention.is_literal || std::abs(p.lon - last) <= 180.0);
      last = p.lon;
    }
  }
  return plain;
}
bool is_plain(const SharedArea& area, RingConvention convention) {
  return std::all_of(area.begin(), area.end(), [&](const SharedPolygon& polygon) {
    return std::all_of(polygon.begin(), polygon.end(),
                       [&](const SharedRing& r) { return is_plain(r, convention); });
  });
}

/// Carries a change of winding numbers from changed edges over the faces between them.
class ChangeFlood {
 public:
  struct Changed {
    FaceIndex face;
    std::uint32_t change;  ///< index into `lists`; not 0
  };

  explicit ChangeFlood(const GrowingPlane& plane, const std::vector<SegmentChange>& changes,
                       std::vector<std::uint32_t>& of_edge, std::vector<std::uint32_t>& of_face)
      : plane_(plane), of_edge_(of_edge), of_face_(of_face) {
    of_edge_.resize(plane.edge_count(), 0);
    of_face_.resize(plane.face_count(), kNone);
    list_edges(changes);
  }
  ~ChangeFlood() {
    for (const EdgeIndex e : edges_) of_edge_[e] = 0;
    for (const FaceIndex f : reached_) of_face_[f] = kNone;
  }
  ChangeFlood(const ChangeFlood&) = delete;
  ChangeFlood& operator=(const ChangeFlood&) = delete;

  /// From the changed edges; ground without change is not gone into.
  void from_edges() {
    for (const EdgeIndex e : edges_) {
      const FaceIndex left = plane_.face(2 * e);
      const FaceIndex right = plane_.face(2 * e + 1);
      if (of_face_[left] == kNone && of_face_[right] == kNone) reach(right, change_right_of(e));
      if (of_face_[right] == kNone) reach(right, across(of_face_[left], e, -1));
      reach(left, across(of_face_[right], e, +1));
      spread(false);
    }
    if (of_face_[kUnboundedFace] != kNone && of_face_[kUnboundedFace] != 0) ++disagreements_;
  }
  /// From the unbounded face, over all there is.
  void from_outside() {
    reach(kUnboundedFace, 0);
    spread(true);
  }

  [[nodiscard]] std::vector<Changed> changed() const {
    std::vector<Changed> out;
    for (const FaceIndex f : reached_) {
      if (of_face_[f] != 0) out.push_back({f, of_face_[f]});
    }
    return out;
  }
  [[nodiscard]] const ListTable<WindingEvent>& lists() const noexcept { return lists_; }
  [[nodiscard]] std::size_t disagreements() const noexcept { return disagreements_; }

 private:
  void list_edges(const std::vector<SegmentChange>& changes) {
    struct EdgeChange {
      EdgeIndex edge;
      LabelIndex label;
      std::int32_t change;
    };
    std::vector<EdgeChange> all;
    all.reserve(2 * changes.size());
    SegmentIndex segment = kNone;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if (i == 0 || changes[i].segment != changes[i - 1].segment) segment = plane_.find(changes[i].segment);
      MARCHLAND_ASSERT(segment != kNone);
      plane_.for_each_along(segment, [&](HalfEdgeIndex h) {
        all.push_back({Arrangement::edge_of(h), changes[i].label, changes[i].change});
      });
    }
    std::sort(all.begin(), all.end(), [](const EdgeChange& a, const EdgeChange& b) {
      return a.edge != b.edge ? a.edge < b.edge : a.label < b.label;
    });
    std::vector<WindingEvent> list;
    for (std::size_t i = 0; i < all.size();) {
      const EdgeIndex edge = all[i].edge;
      list.clear();
      for (; i < all.size() && all[i].edge == edge; ++i) list.push_back({all[i].label, 0, all[i].change});
      normalise(list);
      if (list.empty()) continue;
      of_edge_[edge] = lists_.intern(list);
      edges_.push_back(edge);
    }
  }

  std::uint32_t across(std::uint32_t from, EdgeIndex edge, std::int32_t sign) {
    if (of_edge_[edge] == 0) return from;
    merge_events(lists_[from], lists_[of_edge_[edge]], sign, buffer_);
    return lists_.intern(buffer_);
  }

  void reach(FaceIndex face, std::uint32_t change) {
    if (of_face_[face] == kNone) {
      of_face_[face] = change;
      reached_.push_back(face);
    } else if (of_face_[face] != change) {
      ++disagreements_;
    }
  }

  void spread(bool everywhere) {
    for (; spread_ < reached_.size(); ++spread_) {
      const FaceIndex face = reached_[spread_];
      if (of_face_[face] == 0 && !everywhere) continue;
      plane_.for_each_around(face, [&](HalfEdgeIndex h) {
        // An even half-edge has its face on the left of u->v: left = right + change.
        const std::int32_t sign = (h & 1U) == 0 ? -1 : +1;
        reach(plane_.face(Arrangement::twin(h)), across(of_face_[face], Arrangement::edge_of(h), sign));
      });
    }
  }

  /// Just right of the beginning of an edge, looking down: nothing changes far below, and across each changed
  /// edge on the way up its own change is added.
  std::uint32_t change_right_of(EdgeIndex edge) {
    const NodeIndex node = plane_.origin(2 * edge);
    const ExactPoint& here = plane_.point(node);
    const GridSegment& line = plane_.line_of(edge);
    std::vector<WindingEvent> sum;
    for (const EdgeIndex other : edges_) {
      const NodeIndex u = plane_.origin(2 * other);
      const GridSegment& below = plane_.line_of(other);
      if (u == node) {
        // Of edges that begin here, those clockwise of this one.
        if (cross(below.dx(), below.dy(), line.dx(), line.dy()) <= 0) continue;
      } else {
        const ExactPoint& begin = plane_.point(u);
        const ExactPoint& end = plane_.point(plane_.origin(2 * other + 1));
        if (begin.x > here.x || end.x < here.x) continue;
        if (compare_x(begin, here) > 0 || compare_x(end, here) <= 0 || side(below, here) <= 0) continue;
      }
      merge_events(sum, lists_[of_edge_[other]], +1, buffer_);
      sum.swap(buffer_);
    }
    return lists_.intern(sum);
  }

  const GrowingPlane& plane_;
  std::vector<std::uint32_t>& of_edge_;  ///< change from right to left; 0: none
  std::vector<std::uint32_t>& of_face_;  ///< kNone: not reached
  ListTable<WindingEvent> lists_;        ///< label and change; times are 0
  std::vector<EdgeIndex> edges_;         ///< that change
  std::vector<FaceIndex> reached_;
  std::size_t spread_ = 0;
  std::size_t disagreements_ = 0;
  std::vector<WindingEvent> buffer_;
};

using CoverageIndices = std::array<CoverageIndex, kLabelGroups>;

}  // namespace

class GrowingComposite::State {
 public:
  explicit State(Atlas atlas) : State(build_composite(std::move(atlas))) {}

  void append(LayerId layer, Instant date, std::vector<Statement> statements) {
    check(layer, date, statements);
    if (!can_grow(layer, date, statements)) {
      add_statements(layer, date, std::move(statements));
      const std::size_t rebuilds = rebuilds_ + 1;
      const Int128 residual = residual_;
      *this = State(std::move(atlas_));
      rebuilds_ = rebuilds;
      residual_ = std::max(residual_, residual);
      return;
    }
    const auto first = static_cast<std::uint32_t>(atlas_.statements.size());
    add_statements(layer, date, std::move(statements));
    std::vector<SegmentChange> in_order;
    open_[layer.index()] = continue_polygons(layer, polygons_since(first), in_order);
    const std::vector<SegmentChange> changes = added_up(in_order);
    add_segments(in_order, changes);
    ChangeFlood flood(plane_, changes, edge_change_, face_change_);
    flood.from_edges();
    const auto changed = flood.changed();
    certify(flood, changed, changes);
    cover(flood, changed, time_of(date));
  }

  [[nodiscard]] Composite freeze(Atlas atlas) const;
  [[nodiscard]] Atlas take_atlas() noexcept { return std::move(atlas_); }

  [[nodiscard]] std::vector<CoveredArea> areas_at(Instant at) const {
    std::map<std::vector<CoveringSlot>, AreaUnits> sums;
    for (const Ground& ground : grounds_) {
      auto slots = slots_at(ground.coverages, at);
      if (!slots.empty()) sums[std::move(slots)] += ground.area;
    }
    std::vector<CoveredArea> out;
    for (const auto& [slots, area] : sums) {
      if (area != 0) out.push_back({slots, area});
    }
    return out;
  }

  [[nodiscard]] std::vector<CoveredPassage> passages(Instant from, Instant to) const {
    std::map<std::pair<std::vector<CoveringSlot>, std::vector<CoveringSlot>>, AreaUnits> sums;
    for (const Ground& ground : grounds_) {
      auto before = slots_at(ground.coverages, from);
      auto after = slots_at(ground.coverages, to);
      if (before != after) sums[{std::move(before), std::move(after)}] += ground.area;
    }
    std::vector<CoveredPassage> out;
    for (const auto& [slots, area] : sums) {
      if (area != 0) out.push_back({slots.first, slots.second, area});
    }
    return out;
  }

  [[nodiscard]] const Atlas& atlas() const noexcept { return atlas_; }
  [[nodiscard]] const GrowingPlane& plane() const noexcept { return plane_; }
  [[nodiscard]] std::size_t rebuilds() const noexcept { return rebuilds_; }
  [[nodiscard]] Int128 residual() const noexcept { return residual_; }

 private:
  class Frozen;

  /// A polygon of a statement without an end.
  struct OpenPolygon {
    SlotIndex slot = 0;
    std::uint32_t statement = 0;
    std::uint32_t polygon = 0;
    TrackIndex track = 0;
    std::vector<LabelIndex> labels;  ///< by ring
  };
  /// Ground that has had the same coverages at all times.
  struct Ground {
    CoverageIndices coverages{};
    AreaUnits area = 0;
  };
  struct FaceState {
    std::uint32_t ground = 0;
    std::uint32_t windings = 0;  ///< of open rings, index into windings_
  };

  explicit State(Composite&& composite)
      : atlas_(composite.atlas()),
        plane_(composite.plane(), composite.areas()),
        variants_(composite.variants()),
        slots_(composite.slots()) {
    for (TimeIndex t = 0; t <= composite.times().for_ever(); ++t) time_of(composite.times()[t]);
    for_ever_ = composite.times().for_ever();
    for (SlotIndex s = 0; s < slots_.size(); ++s) slot_number_.emplace(slots_[s], s);
    for (std::size_t g = 0; g < kLabelGroups; ++g) {
      const auto group = static_cast<LabelGroup>(g);
      for (CoverageIndex c = 0; c < composite.coverage_count(group); ++c)
        coverages_[g].intern(composite.runs(group, c));
    }
    faces_.resize(plane_.face_count());
    for (FaceIndex f = 0; f < faces_.size(); ++f) {
      CoverageIndices indices;
      for (std::size_t g = 0; g < kLabelGroups; ++g)
        indices[g] = composite.coverage(f, static_cast<LabelGroup>(g));
      faces_[f].ground = ground_of(indices);
      grounds_[faces_[f].ground].area += plane_.face_area(f);
    }
    for (const Certificate& c : composite.certificates()) note_residual(c.residual);
    collect_open();
    wind_open();
  }

  // ---- what is open

  void collect_open() {
    layers_.resize(atlas_.layers.size());
    open_.resize(atlas_.layers.size());
    for (const Statement& s : atlas_.statements) {
      ids_.insert(s.id);
      LayerEnd& end = layers_[s.layer.index()];
      end.last_from = std::max(end.last_from, s.validity.from());
      if (s.validity.has_to()) {
        end.last_to = std::max(end.last_to, s.validity.to());
      } else {
        end.is_plain = end.is_plain && is_plain(s.area, atlas_[s.layer].rings);
        end.is_exact = end.is_exact && !s.doubt;
      }
    }
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      for (const Instant date : atlas_.layers[l].dates)
        layers_[l].last_from = std::max(layers_[l].last_from, date);
    }
  }

  /// Winding numbers of what is open, about all faces.
  void wind_open() {
    std::vector<SegmentChange> changes;
    for (std::uint32_t i = 0; i < atlas_.statements.size(); ++i) {
      const Statement& s = atlas_.statements[i];
      const bool is_kept = !s.validity.has_to() && atlas_[s.layer].mode == LayerMode::snapshot &&
                           layers_[s.layer.index()].is_plain;
      if (!is_kept) continue;
      for (OpenPolygon& polygon : polygons_of(i)) {
        begin(polygon, changes);
        open_[s.layer.index()].push_back(std::move(polygon));
      }
    }
    for (auto& list : open_) std::sort(list.begin(), list.end(), by_slot);
    ChangeFlood flood(plane_, added_up(std::move(changes)), edge_change_, face_change_);
    flood.from_outside();
    note_residual(static_cast<Int128>(flood.disagreements()));
    for (const auto& [face, change] : flood.changed())
      faces_[face].windings = windings_.intern(flood.lists()[change]);
    list_covering();
  }

  /// Those of a slot in the order they were given.
  static bool by_slot(const OpenPolygon& a, const OpenPolygon& b) {
    return std::tie(a.slot, a.statement, a.polygon) < std::tie(b.slot, b.statement, b.polygon);
  }

  [[nodiscard]] std::vector<OpenPolygon> polygons_of(std::uint32_t statement) {
    const Statement& s = atlas_.statements[statement];
    std::vector<OpenPolygon> out;
    for (std::uint32_t p = 0; p < s.area.size(); ++p) {
      if (s.area[p].empty()) continue;
      OpenPolygon& polygon = out.emplace_back();
      polygon.slot = slot_of(s);
      polygon.statement = statement;
      polygon.polygon = p;
    }
    return out;
  }
  [[nodiscard]] std::vector<OpenPolygon> polygons_since(std::uint32_t statement) {
    std::vector<OpenPolygon> out;
    for (; statement < atlas_.statements.size(); ++statement) {
      for (OpenPolygon& polygon : polygons_of(statement)) out.push_back(std::move(polygon));
    }
    std::sort(out.begin(), out.end(), by_slot);
    return out;
  }

  /// Statements that grow in place have exact dates.
  [[nodiscard]] SlotIndex slot_of(const Statement& s) {
    const auto variant = std::lower_bound(variants_.begin(), variants_.end(), Variant{{}, s.accuracy});
    const Slot slot{group_of(atlas_[s.layer].theme),
                    s.layer,
                    s.actor,
                    0,
                    RegionId(),
                    static_cast<std::uint32_t>(variant - variants_.begin())};
    const auto [known, is_new] = slot_number_.try_emplace(slot, static_cast<SlotIndex>(slots_.size()));
    if (is_new) slots_.push_back(slot);
    return known->second;
  }

  [[nodiscard]] const SharedPolygon& area_of(const OpenPolygon& polygon) const {
    return atlas_.statements[polygon.statement].area[polygon.polygon];
  }

  LabelIndex new_label(TrackIndex track, bool is_first_ring) {
    labels_.push_back({track, is_first_ring});
    return static_cast<LabelIndex>(labels_.size() - 1);
  }

  /// A polygon that goes on from none.
  void begin(OpenPolygon& polygon, std::vector<SegmentChange>& changes) {
    polygon.track = static_cast<TrackIndex>(track_slot_.size());
    track_slot_.push_back(polygon.slot);
    const SharedPolygon& area = area_of(polygon);
    for (std::size_t r = 0; r < area.size(); ++r) {
      polygon.labels.push_back(new_label(polygon.track, r == 0));
      add_range(area[r], whole(area[r]), polygon.labels.back(), +1, changes);
    }
  }

  void end(const OpenPolygon& polygon, std::vector<SegmentChange>& changes) const {
    const SharedPolygon& area = area_of(polygon);
    for (std::size_t r = 0; r < area.size(); ++r)
      add_range(area[r], whole(area[r]), polygon.labels[r], -1, changes);
  }

  // ---- one further date

  struct LayerEnd {
    Instant last_from = Interval().from();  ///< of statements and declared dates
    Instant last_to = Interval().from();    ///< of statements that have an end
    bool is_plain = true;                   ///< of what is open
    bool is_exact = true;                   ///< the dates of what is open
  };

  void check(LayerId layer, Instant date, const std::vector<Statement>& statements) const {
    if (layer.index() >= atlas_.layers.size())
      throw InvalidArgument("a further date: there is no such layer in the atlas");
    const Layer& into = atlas_[layer];
    if (into.mode != LayerMode::snapshot) {
      throw InvalidArgument(
          fmt::format("layer '{}': a date can be added to snapshot layers only; this one has "
                      "mode '{}'; add its statements to the atlas and build it",
                      into.id, to_string(into.mode)));
    }
    if (!into.date_ends.empty()) {
      throw InvalidArgument(
          fmt::format("layer '{}': its states hold for their own date only (missing days are unknown), and a "
                      "date that is "
                      "added in place holds until the next; build the atlas anew",
                      into.id));
    }
    if (Interval::since(date).is_empty() || date <= layers_[layer.index()].last_from) {
      throw InvalidArgument(
          fmt::format("layer '{}': {} is not after all its dates; to change what was stated, "
                      "change the atlas and build it anew",
                      into.id, format_instant(date, atlas_.days)));
    }
    std::unordered_set<std::string_view> fresh;
    for (const Statement& s : statements) {
      try {
        check_statement(layer, date, s);
        if (ids_.contains(s.id) || !fresh.insert(s.id).second)
          throw InvalidData("the id is used by an earlier statement; ids must differ");
        check_readable(s.area);
      } catch (Error& error) {
        error.add_context(s.origin.empty() ? fmt::format("statement '{}'", s.id)
                                           : fmt::format("{}: statement '{}'", s.origin, s.id));
        throw;
      }
    }
  }

  void check_statement(LayerId layer, Instant date, const Statement& s) const {
    if (s.layer != layer)
      throw InvalidData(fmt::format("is of another layer; expected layer '{}'", atlas_[layer].id));
    if (s.actor.index() >= atlas_.actors.size())
      throw InvalidData("has no actor of the atlas; declare it, and build the atlas anew");
    if (s.validity != Interval::since(date)) {
      throw InvalidData(fmt::format("a statement of a further date holds since that date; expected since {}",
                                    format_instant(date, atlas_.days)));
    }
    if (s.doubt)
      throw InvalidData("a further date is exact; to state one in doubt, change the atlas and build it anew");
  }

  [[nodiscard]] bool can_grow(LayerId layer, Instant date, const std::vector<Statement>& statements) const {
    const LayerEnd& end = layers_[layer.index()];
    // Another accuracy would number slots anew, as would the end of a state whose date is in doubt.
    return end.is_plain && end.is_exact && end.last_to <= date &&
           std::all_of(statements.begin(), statements.end(), [&](const Statement& s) {
             return is_plain(s.area, atlas_[layer].rings) &&
                    std::binary_search(variants_.begin(), variants_.end(), Variant{{}, s.accuracy});
           });
  }

  void add_statements(LayerId layer, Instant date, std::vector<Statement> statements) {
    for (const std::uint32_t i : open_statements(layer)) {
      Statement& s = atlas_.statements[i];
      const FuzzyInstant from = s.from();
      s.validity = Interval(s.validity.from(), date);
      s.doubt = doubt_between(from, FuzzyInstant::exactly(date));
    }
    open_of_layer_[layer.index()].clear();
    for (Statement& s : statements) {
      ids_.insert(s.id);
      open_of_layer_[layer.index()].push_back(static_cast<std::uint32_t>(atlas_.statements.size()));
      atlas_.statements.push_back(std::move(s));
    }
    atlas_.layers[layer.index()].dates.push_back(date);
    layers_[layer.index()].last_from = date;
    layers_[layer.index()].last_to = std::max(layers_[layer.index()].last_to, date);
  }

  /// Those without an end, those without any area too.
  [[nodiscard]] const std::vector<std::uint32_t>& open_statements(LayerId layer) {
    if (open_of_layer_.empty()) {
      open_of_layer_.resize(atlas_.layers.size());
      for (std::uint32_t i = 0; i < atlas_.statements.size(); ++i) {
        if (!atlas_.statements[i].validity.has_to())
          open_of_layer_[atlas_.statements[i].layer.index()].push_back(i);
      }
    }
    return open_of_layer_[layer.index()];
  }

  /// Which polygon goes on as which, and what they do not share.
  std::vector<OpenPolygon> continue_polygons(LayerId layer, std::vector<OpenPolygon> after,
                                             std::vector<SegmentChange>& changes) {
    const std::vector<OpenPolygon>& before = open_[layer.index()];
    const auto outer_rings = [&](std::span<const OpenPolygon> list) {
      std::vector<const SharedRing*> rings;
      for (const OpenPolygon& polygon : list) rings.push_back(&area_of(polygon).front());
      return rings;
    };
    std::size_t b = 0;
    for (std::size_t a = 0; a < after.size() || b < before.size();) {
      const SlotIndex slot = std::min(a < after.size() ? after[a].slot : kNone,  //
                                      b < before.size() ? before[b].slot : kNone);
      const std::size_t first_a = a;
      const std::size_t first_b = b;
      while (a < after.size() && after[a].slot == slot) ++a;
      while (b < before.size() && before[b].slot == slot) ++b;
      const auto going = std::span(before).subspan(first_b, b - first_b);
      const auto coming = std::span(after).subspan(first_a, a - first_a);
      const auto from = match_rings(outer_rings(going), outer_rings(coming));
      std::vector<bool> goes_on(going.size(), false);
      for (std::size_t i = 0; i < coming.size(); ++i) {
        if (from[i] == kNoRing) {
          begin(coming[i], changes);
        } else {
          goes_on[from[i]] = true;
          go_on(going[from[i]], coming[i], changes);
        }
      }
      for (std::size_t i = 0; i < going.size(); ++i) {
        if (!goes_on[i]) end(going[i], changes);
      }
    }
    return after;
  }

  void go_on(const OpenPolygon& before, OpenPolygon& after, std::vector<SegmentChange>& changes) {
    const SharedPolygon& old = area_of(before);
    const SharedPolygon& now = area_of(after);
    const auto holes = [](const SharedPolygon& polygon) {
      std::vector<const SharedRing*> rings;
      for (std::size_t r = 1; r < polygon.size(); ++r) rings.push_back(&polygon[r]);
      return rings;
    };
    after.track = before.track;
    after.labels.push_back(before.labels.front());
    go_on(old.front(), now.front(), before.labels.front(), changes);
    const auto from = match_rings(holes(old), holes(now));
    std::vector<bool> goes_on(old.size(), false);
    for (std::size_t h = 0; h < from.size(); ++h) {
      const SharedRing& ring = now[h + 1];
      if (from[h] == kNoRing) {
        after.labels.push_back(new_label(after.track, false));
        add_range(ring, whole(ring), after.labels.back(), +1, changes);
      } else {
        const std::size_t r = from[h] + std::size_t{1};
        goes_on[r] = true;
        after.labels.push_back(before.labels[r]);
        go_on(old[r], ring, before.labels[r], changes);
      }
    }
    for (std::size_t r = 1; r < old.size(); ++r) {
      if (!goes_on[r]) add_range(old[r], whole(old[r]), before.labels[r], -1, changes);
    }
  }

  void go_on(const SharedRing& before, const SharedRing& after, LabelIndex label,
             std::vector<SegmentChange>& changes) {
    diff_rings(before, after, diff_);
    for (const SegmentRange& range : diff_.closed) add_range(before, range, label, -1, changes);
    for (const SegmentRange& range : diff_.opened) add_range(after, range, label, +1, changes);
  }

  /// In the order of the rings, so that most lines begin at a node that is there. A segment whose changes
  /// cancel bounds nothing, as in the table of segments.
  void add_segments(const std::vector<SegmentChange>& in_order, const std::vector<SegmentChange>& changes) {
    for (const SegmentChange& change : in_order) {
      if (plane_.find(change.segment) != kNone) continue;
      const auto found =
          std::lower_bound(changes.begin(), changes.end(), change.segment,
                           [](const SegmentChange& c, const GridSegment& s) { return c.segment < s; });
      if (found != changes.end() && found->segment == change.segment) plane_.insert(change.segment);
    }
    for (const auto& split : plane_.take_splits()) {
      MARCHLAND_ASSERT(split.to == faces_.size());
      faces_.push_back(faces_[split.from]);
    }
  }

  void note_residual(Int128 value) { residual_ = std::max(residual_, value < 0 ? -value : value); }

  /// What every ring gained less what it lost, from faces and from segments.
  void certify(const ChangeFlood& flood, const std::vector<ChangeFlood::Changed>& changed,
               const std::vector<SegmentChange>& changes) {
    std::map<LabelIndex, AreaUnits> difference;
    for (const auto& [face, change] : changed) {
      for (const WindingEvent& e : flood.lists()[change])
        difference[e.label] += e.change * plane_.face_area(face);
    }
    for (const SegmentChange& c : changes)
      difference[c.label] -= c.change * plane_.segment_area(plane_.find(c.segment));
    for (const auto& [label, value] : difference) note_residual(value);
    note_residual(static_cast<Int128>(flood.disagreements()));
    note_residual(static_cast<Int128>(plane_.node_count()) - static_cast<Int128>(plane_.edge_count()) +
                  static_cast<Int128>(plane_.face_count()) - 1 -
                  static_cast<Int128>(plane_.component_count()));
  }

  // ---- what covers faces

  void cover(const ChangeFlood& flood, const std::vector<ChangeFlood::Changed>& changed, TimeIndex now) {
    std::vector<WindingEvent> sum;
    for (const auto& [face, change] : changed) {
      FaceState& state = faces_[face];
      merge_events(windings_[state.windings], flood.lists()[change], +1, sum);
      const std::uint32_t before = std::exchange(state.windings, windings_.intern(sum));
      list_covering();
      const std::uint32_t ground =
          ground_after(state.ground, covering_[before], covering_[state.windings], now);
      grounds_[state.ground].area -= plane_.face_area(face);
      grounds_[ground].area += plane_.face_area(face);
      state.ground = ground;
    }
  }

  /// By list of winding numbers: the slots that cover.
  void list_covering() {
    while (covering_.size() < windings_.size())
      covering_.push_back(slots_covering(windings_[static_cast<std::uint32_t>(covering_.size())]));
  }

  /// A polygon covers where its first ring winds about the ground and no other does.
  [[nodiscard]] std::vector<SlotIndex> slots_covering(std::span<const WindingEvent> windings) const {
    std::map<TrackIndex, bool> covers;
    for (const WindingEvent& e : windings) {
      const LabelMeaning& meaning = labels_[e.label];
      const auto [known, is_new] = covers.try_emplace(meaning.track, meaning.is_first_ring);
      // A first ring has a label before those of the others, so it has been seen.
      if (!meaning.is_first_ring) known->second = false;
    }
    std::vector<SlotIndex> slots;
    for (const auto& [track, is_in] : covers) {
      if (is_in) slots.push_back(track_slot_[track]);
    }
    std::sort(slots.begin(), slots.end());
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
    return slots;
  }

  [[nodiscard]] std::uint32_t ground_after(std::uint32_t ground, const std::vector<SlotIndex>& before,
                                           const std::vector<SlotIndex>& after, TimeIndex now) {
    if (before == after) return ground;
    CoverageIndices indices = grounds_[ground].coverages;
    const auto change = [&](SlotIndex slot, bool begins) {
      const auto group = static_cast<std::size_t>(slots_[slot].group);
      const auto known = coverages_[group][indices[group]];
      std::vector<CoverageRun> runs(known.begin(), known.end());
      begins ? begin_run(runs, slot, now) : end_run(runs, slot, now);
      indices[group] = coverages_[group].intern(runs);
    };
    for (const SlotIndex slot : before) {
      if (!std::binary_search(after.begin(), after.end(), slot)) change(slot, false);
    }
    for (const SlotIndex slot : after) {
      if (!std::binary_search(before.begin(), before.end(), slot)) change(slot, true);
    }
    return ground_of(indices);
  }

  /// The last run of a slot, or where it would be: one further.
  [[nodiscard]] static auto after_runs_of(std::vector<CoverageRun>& runs, SlotIndex slot) {
    return std::upper_bound(runs.begin(), runs.end(), slot,
                            [](SlotIndex value, const CoverageRun& run) { return value < run.slot; });
  }
  void begin_run(std::vector<CoverageRun>& runs, SlotIndex slot, TimeIndex now) const {
    const auto after = after_runs_of(runs, slot);
    // What ended just now goes on.
    if (after != runs.begin() && std::prev(after)->slot == slot && std::prev(after)->to == now) {
      std::prev(after)->to = for_ever_;
    } else {
      runs.insert(after, {slot, now, for_ever_});
    }
  }
  void end_run(std::vector<CoverageRun>& runs, SlotIndex slot, TimeIndex now) const {
    const auto last = std::prev(after_runs_of(runs, slot));
    MARCHLAND_ASSERT(last->slot == slot && last->to == for_ever_);
    last->to = now;
  }

  [[nodiscard]] std::uint32_t ground_of(const CoverageIndices& indices) {
    const auto [known, is_new] =
        ground_number_.try_emplace(indices, static_cast<std::uint32_t>(grounds_.size()));
    if (is_new) grounds_.push_back({indices, 0});
    return known->second;
  }

  TimeIndex time_of(Instant instant) {
    const auto [known, is_new] = time_number_.try_emplace(instant, static_cast<TimeIndex>(times_.size()));
    if (is_new) times_.push_back(instant);
    return known->second;
  }

  [[nodiscard]] std::vector<CoveringSlot> slots_at(const CoverageIndices& indices, Instant at) const {
    std::vector<CoveringSlot> out;
    for (std::size_t g = 0; g < kLabelGroups; ++g) {
      for (const CoverageRun& run : coverages_[g][indices[g]]) {
        if (at < times_[run.from] || times_[run.to] <= at) continue;
        const Slot& slot = slots_[run.slot];
        const bool is_event = slot.layer.is_valid() && atlas_[slot.layer].mode == LayerMode::event;
        out.push_back({slot, is_event ? times_[run.from] : Interval().from()});
      }
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  Atlas atlas_;
  GrowingPlane plane_;
  std::vector<Instant> times_;  ///< by number, in the order of arrival
  std::map<Instant, TimeIndex> time_number_;
  TimeIndex for_ever_ = 0;
  std::vector<Variant> variants_;
  std::vector<Slot> slots_;
  std::map<Slot, SlotIndex> slot_number_;
  /// Sorted by number of the slot, then time.
  std::array<ListTable<CoverageRun>, kLabelGroups> coverages_;
  std::vector<Ground> grounds_;
  std::map<CoverageIndices, std::uint32_t> ground_number_;
  std::vector<FaceState> faces_;
  ListTable<WindingEvent> windings_;              ///< label and winding number; times are 0
  std::vector<std::vector<SlotIndex>> covering_;  ///< by list of windings_
  std::vector<LabelMeaning> labels_;
  std::vector<SlotIndex> track_slot_;
  std::unordered_set<std::string> ids_;
  std::vector<LayerEnd> layers_;
  std::vector<std::vector<OpenPolygon>> open_;             ///< by layer; sorted by slot
  std::vector<std::vector<std::uint32_t>> open_of_layer_;  ///< statements
  std::size_t rebuilds_ = 0;
  Int128 residual_ = 0;
  // Scratch of one append; all as if empty between two.
  std::vector<std::uint32_t> edge_change_, face_change_;
  RingDiff diff_;
};

/// The numbers of a composite for what has arrived.
class GrowingComposite::State::Frozen : public KnownPlane {
 public:
  explicit Frozen(const State& state) : state_(state), plane_(state.plane_) {}

  Crossings crossings(const SegmentTable& table) override {
    MARCHLAND_ASSERT(table.segments.size() == plane_.segments().size());
    std::vector<NodeIndex> number(plane_.node_count(), kNone);
    for (const GridPoint& vertex : table.vertices) {
      number[plane_.vertex_node(vertex)] = static_cast<NodeIndex>(arrived_.size());
      arrived_.push_back(plane_.vertex_node(vertex));
    }
    for (NodeIndex node = 0; node < plane_.node_count(); ++node) {
      if (!plane_.is_vertex(node)) arrived_.push_back(node);
    }
    const auto first = arrived_.begin() + static_cast<std::ptrdiff_t>(table.vertices.size());
    std::sort(first, arrived_.end(), [&](NodeIndex a, NodeIndex b) {
      return a != b && compare_xy(plane_.point(a), plane_.point(b)) < 0;
    });
    Crossings out;
    out.pairs = plane_.crossing_pairs();
    for (auto node = first; node != arrived_.end(); ++node) {
      number[*node] = static_cast<NodeIndex>(node - arrived_.begin());
      out.points.push_back(plane_.point(*node));
    }
    out.offsets.push_back(0);
    for (const GridSegment& segment : table.segments) {
      bool is_first = true;
      plane_.for_each_along(plane_.find(segment), [&](HalfEdgeIndex h) {
        if (!std::exchange(is_first, false)) out.nodes.push_back(number[plane_.origin(h)]);
      });
      out.offsets.push_back(static_cast<std::uint32_t>(out.nodes.size()));
    }
    name_by_first_pair(table, out);
    return out;
  }

  std::vector<AreaUnits> areas(const Arrangement& plane, const std::vector<Slot>& slots,
                               const TimeAxis& times) override {
    MARCHLAND_ASSERT(plane.face_count() == plane_.face_count());
    face_.assign(plane.face_count(), kNone);
    for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
      const HalfEdgeIndex h = plane_.outgoing(arrived_[plane.edges()[e].u], plane.line_of(e));
      MARCHLAND_ASSERT(h != kNone);
      note_face(plane.face(2 * e), plane_.face(h));
      note_face(plane.face(2 * e + 1), plane_.face(Arrangement::twin(h)));
    }
    if (face_.front() == kNone) face_.front() = kUnboundedFace;
    for (const Slot& slot : state_.slots_) {
      const auto found = std::lower_bound(slots.begin(), slots.end(), slot);
      slot_.push_back(static_cast<SlotIndex>(found - slots.begin()));
    }
    for (const Instant instant : state_.times_) time_.push_back(times.index_of(instant));
    std::vector<AreaUnits> out;
    out.reserve(face_.size());
    for (const FaceIndex face : face_) out.push_back(plane_.face_area(face));
    return out;
  }

  void runs(FaceIndex face, LabelGroup group, std::vector<CoverageRun>& out) override {
    const auto g = static_cast<std::size_t>(group);
    const Ground& ground = state_.grounds_[state_.faces_[face_[face]].ground];
    out.clear();
    for (const CoverageRun& run : state_.coverages_[g][ground.coverages[g]])
      out.push_back({slot_[run.slot], time_[run.from], time_[run.to]});
    std::sort(out.begin(), out.end());
  }

 private:
  void note_face(FaceIndex face, FaceIndex arrived) {
    MARCHLAND_ASSERT(face_[face] == kNone || face_[face] == arrived);
    face_[face] = arrived;
  }

  const State& state_;
  const GrowingPlane& plane_;
  std::vector<NodeIndex> arrived_;  ///< by node
  std::vector<FaceIndex> face_;     ///< by face: as it arrived
  std::vector<SlotIndex> slot_;     ///< by number of arrival
  std::vector<TimeIndex> time_;     ///< by number of arrival
};

Composite GrowingComposite::State::freeze(Atlas atlas) const {
  Frozen frozen(*this);
  return build_from(std::move(atlas), frozen);
}

GrowingComposite::GrowingComposite(Atlas atlas) {
  if (atlas.harmonise.value() != 0.0) {
    throw InvalidArgument(
        fmt::format("atlas '{}': lines are harmonised (harmonise_m), so a date cannot be added in "
                    "place; build the atlas anew with it",
                    atlas.id));
  }
  state_ = std::make_unique<State>(std::move(atlas));
}
GrowingComposite::~GrowingComposite() = default;
GrowingComposite::GrowingComposite(GrowingComposite&&) noexcept = default;
GrowingComposite& GrowingComposite::operator=(GrowingComposite&&) noexcept = default;

void GrowingComposite::append(LayerId layer, Instant date, std::vector<Statement> statements) {
  state_->append(layer, date, std::move(statements));
}
const Atlas& GrowingComposite::atlas() const noexcept {
  return state_->atlas();
}
std::size_t GrowingComposite::face_count() const noexcept {
  return state_->plane().face_count();
}
std::size_t GrowingComposite::edge_count() const noexcept {
  return state_->plane().edge_count();
}
std::size_t GrowingComposite::rebuilds() const noexcept {
  return state_->rebuilds();
}
std::vector<CoveredArea> GrowingComposite::areas_at(Instant at) const {
  return state_->areas_at(at);
}
std::vector<CoveredPassage> GrowingComposite::passages(Instant from, Instant to) const {
  return state_->passages(from, to);
}
Int128 GrowingComposite::residual() const noexcept {
  return state_->residual();
}
Composite GrowingComposite::freeze() const& {
  return state_->freeze(state_->atlas());
}
Composite GrowingComposite::freeze() && {
  return state_->freeze(state_->take_atlas());
}

}  // namespace marchland
