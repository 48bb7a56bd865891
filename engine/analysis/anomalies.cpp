#include <marchland/analysis/anomalies.h>
#include <marchland/analysis/changes.h>
#include <marchland/analysis/pieces.h>
#include <marchland/analysis/seam_pairs.h>

#include <boost/pending/disjoint_sets.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace marchland {
namespace {

double square_kilometers(AreaUnits area) {
  return to_square_meters(area).value() / 1e6;
}

/// Interpolated; puts the list into another order. Linear cost, so that all positions of an archive can be
/// asked.
double quantile(std::vector<double>& values, double share) {
  const double at = share * static_cast<double>(values.size() - 1);
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(at);
  std::nth_element(values.begin(), nth, values.end());
  const double below = *nth;
  const double above =
      std::next(nth) == values.end() ? below : *std::min_element(std::next(nth), values.end());
  return below + (at - std::floor(at)) * (above - below);
}

// ---- through time --------------------------------------------------------------------------------------

class AnomalySearch {
 public:
  AnomalySearch(const Composite& composite, const FaceAreas& measured, const Holders& holders)
      : composite_(composite),
        measured_(measured),
        holders_(holders),
        table_(composite, measured, holders),
        dates_(table_.dates(Step::change)),
        series_(table_.timeline(dates_)) {}

  Findings find() {
    if (dates_.empty()) return {};
    find_jumps();
    find_vanished();
    find_gaps();
    find_contradicted();
    std::stable_sort(found_.begin(), found_.end(), [](const Dated& a, const Dated& b) {
      return std::tie(a.at, a.finding.code) < std::tie(b.at, b.finding.code);
    });
    Findings out;
    for (Dated& dated : found_) out.push_back(std::move(dated.finding));
    return out;
  }

 private:
  struct Dated {
    Instant at;
    Finding finding;
  };

  void add(const char* code, Severity severity, Instant at, std::optional<GeoLocation> location,
           std::string text) {
    found_.push_back({at, {code, severity, "", date(at), location, std::move(text)}});
  }
  [[nodiscard]] std::string date(Instant at) const { return format_instant(at, composite_.atlas().days); }
  [[nodiscard]] std::string theme() const { return std::string(to_string(holders_.theme())); }
  [[nodiscard]] std::vector<HolderIndex> faces_at(Instant at) const {
    return holders_.faces_at(composite_.times().epoch_of(at));
  }
  [[nodiscard]] std::optional<GeoLocation> inside(FaceIndex face) const {
    return points_inside(composite_.plane(), {face}).front();
  }
  /// The largest face for which `is_meant`, or the unbounded one.
  template <class IsMeant>
  [[nodiscard]] FaceIndex largest_face(IsMeant is_meant) const {
    FaceIndex largest = kUnboundedFace;
    for (FaceIndex f = 1; f < composite_.plane().face_count(); ++f) {
      if (is_meant(f) && (largest == kUnboundedFace || measured_[f] > measured_[largest])) largest = f;
    }
    return largest;
  }

  void find_jumps() {
    std::map<HolderIndex, std::vector<SeriesPoint>> by_holder;
    for (const SeriesPoint& point : series_.points) {
      if (point.holder != kUnknown) by_holder[point.holder].push_back(point);
    }
    for (const auto& [holder, points] : by_holder) find_jumps_of(holder, points);
  }

  void find_jumps_of(HolderIndex holder, const std::vector<SeriesPoint>& points) {
    constexpr std::size_t kFewChanges = 12;
    std::vector<double> sizes;  // logarithms
    for (std::size_t i = 1; i < points.size(); ++i) {
      const double change = std::abs(square_kilometers(points[i].area - points[i - 1].area));
      // What appears or ends has no habit yet.
      if (change > 0 && points[i].area != 0 && points[i - 1].area != 0) sizes.push_back(std::log(change));
    }
    if (sizes.size() < kFewChanges) return;
    const double upper = quantile(sizes, 0.75);
    // Changes that are all alike have no spread to speak of; less than half again as much is no jump.
    constexpr double kLeastSpread = 0.4;
    const double fence = upper + 3 * std::max(upper - quantile(sizes, 0.25), kLeastSpread);
    const double usual = std::exp(quantile(sizes, 0.5));
    for (std::size_t i = 1; i < points.size(); ++i) {
      const double change = square_kilometers(points[i].area - points[i - 1].area);
      if (change == 0 || points[i].area == 0 || points[i - 1].area == 0) continue;
      if (std::log(std::abs(change)) <= fence) continue;
      const auto before = faces_at(points[i - 1].at);
      const auto after = faces_at(points[i].at);
      const FaceIndex face = largest_face([&](FaceIndex f) {
        return change > 0 ? before[f] != holder && after[f] == holder
                          : before[f] == holder && after[f] != holder;
      });
      add("area-jump", Severity::warning, points[i].at, inside(face),
          fmt::format(
              "{} of '{}' {} by {:.2f} km2 since {}; half of its {} changes are below {:.2f} km2, and "
              "none but those told here above {:.2f} km2",
              theme(), holders_.id(holder), change > 0 ? "grows" : "shrinks", std::abs(change),
              date(points[i - 1].at), sizes.size(), usual, std::exp(fence)));
    }
  }

  /// By actor: whether it holds anything, alone or with others, at each date of the series.
  [[nodiscard]] std::map<ActorId, std::vector<bool>> presence() const {
    std::map<ActorId, std::vector<bool>> present;
    std::size_t date = 0;
    for (const SeriesPoint& point : series_.points) {
      while (dates_[date] != point.at) ++date;
      if (point.area == 0) continue;
      for (const ActorId actor : holders_.actors(point.holder)) {
        auto& of_actor = present[actor];
        of_actor.resize(dates_.size(), false);
        of_actor[date] = true;
      }
    }
    return present;
  }

  /// Dates of snapshot layers of the theme in which the actor says anything.
  [[nodiscard]] std::set<Instant> snapshot_dates(ActorId actor) const {
    const Atlas& atlas = composite_.atlas();
    std::set<LayerId> layers;
    for (const Slot& slot : composite_.slots()) {
      if (slot.group == holders_.group() && slot.actor == actor &&
          atlas[slot.layer].mode == LayerMode::snapshot)
        layers.insert(slot.layer);
    }
    std::set<Instant> out;
    for (const LayerId layer : layers) out.insert(atlas[layer].dates.begin(), atlas[layer].dates.end());
    return out;
  }

  /// Whether some layer of the actor has missing days that are unknown, and has no state in this stretch.
  [[nodiscard]] bool is_declared_unknown(ActorId actor, Instant since, Instant until) const {
    const Atlas& atlas = composite_.atlas();
    return std::any_of(composite_.slots().begin(), composite_.slots().end(), [&](const Slot& slot) {
      if (slot.group != holders_.group() || slot.actor != actor) return false;
      const Layer& layer = atlas[slot.layer];
      const auto next = std::lower_bound(layer.dates.begin(), layer.dates.end(), since);
      // A layer that has not begun, or has ended, says nothing about the stretch.
      const bool goes_on = next != layer.dates.begin() && next != layer.dates.end();
      return !layer.date_ends.empty() && goes_on && *next >= until;
    });
  }

  void find_vanished() {
    for (const auto& [actor, present] : presence()) {
      const std::set<Instant> snapshots = snapshot_dates(actor);
      for (std::size_t i = 1; i + 1 < present.size(); ++i) {
        if (present[i] || !present[i - 1]) continue;
        const auto back = std::find(present.begin() + static_cast<std::ptrdiff_t>(i), present.end(), true);
        if (back == present.end()) break;
        const Instant since = dates_[i];
        const Instant until = dates_[static_cast<std::size_t>(back - present.begin())];
        const auto first = snapshots.lower_bound(since);
        const bool is_one_date =
            first != snapshots.end() && *first < until && std::next(first) == snapshots.lower_bound(until);
        if (until - since > std::chrono::days(1) && !is_one_date) continue;
        if (is_declared_unknown(actor, since, until)) continue;
        const auto before = faces_at(dates_[i - 1]);
        const FaceIndex face = largest_face([&](FaceIndex f) {
          const auto held_by = holders_.actors(before[f]);
          return std::find(held_by.begin(), held_by.end(), actor) != held_by.end();
        });
        add("actor-vanishes", Severity::warning, since, inside(face),
            fmt::format("{}: '{}' holds nothing from {} to {}, but before and after; are ends of intervals "
                        "inclusive, or is a file empty?",
                        theme(), composite_.atlas()[actor].id, date(since), date(until)));
      }
    }
  }

  // ---- events that say what was before

  /// Events that cannot be told apart by what they cover.
  struct EventKey {
    LayerId layer;
    Instant at;
    ActorId actor;
    std::int64_t seq;
    ActorId taken_from;
    friend auto operator<=>(const EventKey&, const EventKey&) = default;
  };

  void find_contradicted() {
    const Atlas& atlas = composite_.atlas();
    std::set<EventKey> events;
    for (const Statement& s : atlas.statements) {
      if (s.taken_from.is_valid() && atlas[s.layer].theme == holders_.theme())
        events.insert({s.layer, s.validity.from(), s.actor, s.seq, s.taken_from});
    }
    std::map<SourceId, Holders> by_source;
    for (const EventKey& event : events) {
      const SourceId source = atlas[event.layer].source;
      const auto known = by_source.find(source);
      const Holders& of_source =
          known != by_source.end()
              ? known->second
              : by_source
                    .emplace(source, Holders(composite_, {holders_.theme(), SourceRule::priority, {source}}))
                    .first->second;
      find_contradicted(event, of_source);
    }
  }

  /// Whether the event before it at the same instant, by seq, gave this ground to whom it is taken from.
  [[nodiscard]] bool is_from_event_before(std::span<const CoverageRun> runs, const EventKey& event,
                                          TimeIndex epoch) const {
    const Slot* before = nullptr;
    for (const CoverageRun& run : runs) {
      const Slot& slot = composite_.slots()[run.slot];
      if (run.from != epoch || slot.layer != event.layer || slot.seq >= event.seq) continue;
      if (before == nullptr || slot.seq > before->seq) before = &slot;
    }
    return before != nullptr && before->actor == event.taken_from;
  }

  void find_contradicted(const EventKey& event, const Holders& of_source) {
    const Atlas& atlas = composite_.atlas();
    const TimeIndex epoch = composite_.times().index_of(event.at);
    if (epoch == 0) return;
    // By coverage: who held it just before, where that is another than was said.
    constexpr HolderIndex kAsSaid = 0xffffffffU;
    std::vector<HolderIndex> had(composite_.coverage_count(of_source.group()), kAsSaid);
    for (CoverageIndex c = 0; c < had.size(); ++c) {
      const auto runs = composite_.runs(of_source.group(), c);
      const bool is_meant = std::any_of(runs.begin(), runs.end(), [&](const CoverageRun& run) {
        const Slot& slot = composite_.slots()[run.slot];
        return run.from == epoch && slot.layer == event.layer && slot.actor == event.actor &&
               slot.seq == event.seq;
      });
      if (!is_meant || is_from_event_before(runs, event, epoch)) continue;
      const HolderIndex before = of_source.at(c, epoch - 1);
      const auto actors = of_source.actors(before);
      const bool is_as_said = actors.size() == 1 && actors.front() == event.taken_from;
      if (!is_as_said) had[c] = before;
    }
    std::map<std::string, AreaUnits> area;
    for (FaceIndex f = 1; f < composite_.plane().face_count(); ++f) {
      const HolderIndex before = had[composite_.coverage(f, of_source.group())];
      if (before != kAsSaid)
        area[before == kUnknown ? "nobody known" : "'" + of_source.id(before) + "'"] += measured_[f];
    }
    if (area.empty()) return;
    std::string who;
    for (const auto& [name, size] : area)
      who += fmt::format("{}{} held {:.6g} km2", who.empty() ? "" : ", ", name, square_kilometers(size));
    const FaceIndex face =
        largest_face([&](FaceIndex f) { return had[composite_.coverage(f, of_source.group())] != kAsSaid; });
    add("before-differs", Severity::warning, event.at, inside(face),
        fmt::format("layer '{}': '{}' is said to take ground from '{}', but of it just before {}",
                    atlas[event.layer].id, atlas[event.actor].id, atlas[event.taken_from].id, who));
  }

  // ---- gaps

  void find_gaps() {
    if (holders_.size() < 3) return;  // two parties at least
    const Arrangement& plane = composite_.plane();
    // A pass over all edges for each date looked at.
    constexpr std::size_t kMostSteps = 400'000'000;
    const std::size_t most_dates =
        std::max<std::size_t>(1, kMostSteps / std::max<std::size_t>(plane.edges().size(), 1));
    const std::size_t step = (dates_.size() + most_dates - 1) / most_dates;
    const SeamPairs seam(plane);
    std::vector<bool> told(plane.face_count(), false);
    std::size_t looked_at = 0;
    const std::size_t before = found_.size();
    for (std::size_t d = (dates_.size() - 1) % step; d < dates_.size(); d += step) {
      ++looked_at;
      gaps_at(dates_[d], seam, told);
    }
    if (step == 1) return;
    for (std::size_t i = before; i < found_.size(); ++i) {
      found_[i].finding.text += fmt::format(" (looked for at {} of {} dates)", looked_at, dates_.size());
    }
  }

  void gaps_at(Instant at, const SeamPairs& seam, std::vector<bool>& told) {
    const Arrangement& plane = composite_.plane();
    const std::vector<HolderIndex> held = faces_at(at);
    boost::disjoint_sets_with_storage<> joined(held.size());
    for (FaceIndex f = 0; f < held.size(); ++f) joined.make_set(f);
    for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
      const GridSegment& line = plane.line_of(e);
      const bool is_at_pole = line.dy() == 0 && std::abs(line.a.y) == kGridMaxLat;
      const auto [left, right] = seam.sides(e);
      // Lines at the side of the map may be there for what holds at other dates: they close nothing but what
      // study area or regions declare to be ground.
      if (is_at_pole || seam.seam_of(e) != 0) {
        for (const FaceIndex f : {left, right}) {
          if (held[f] == kUnknown && !is_declared_ground(f)) joined.union_set(f, kUnboundedFace);
        }
      }
      // Beyond a pole there is no ground that a gap could lie open to.
      if (is_at_pole) continue;
      if (held[left] == kUnknown && held[right] == kUnknown) joined.union_set(left, right);
    }
    const FaceIndex outside = joined.find_set(kUnboundedFace);
    std::map<FaceIndex, std::set<HolderIndex>> neighbours;  // by root
    for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
      auto [left, right] = seam.sides(e);
      if (held[left] != kUnknown) std::swap(left, right);
      if (held[left] != kUnknown || held[right] == kUnknown) continue;
      const FaceIndex root = joined.find_set(left);
      if (root != outside) neighbours[root].insert(held[right]);
    }
    // A gap that shares ground with one of another date is the same gap. Roots are faces, numbered from 1, so
    // they do as categories.
    std::set<FaceIndex> known;
    std::vector<Category> faces(held.size(), 0);
    for (FaceIndex f = 1; f < held.size(); ++f) {
      if (held[f] != kUnknown) continue;
      const FaceIndex root = joined.find_set(f);
      const auto found = neighbours.find(root);
      if (found == neighbours.end() || found->second.size() < 2) continue;
      faces[f] = root;
      if (told[f]) known.insert(root);
      told[f] = true;
    }
    for (Category& root : faces) root = known.contains(root) ? 0 : root;
    if (std::all_of(faces.begin(), faces.end(), [](Category root) { return root == 0; })) return;
    for (const Piece& piece : find_pieces(composite_, measured_, faces).pieces) {
      std::string names;
      for (const HolderIndex holder : neighbours.at(piece.category))
        names += (names.empty() ? "'" : ", '") + holders_.id(holder) + "'";
      const double width = piece.mean_width().value();
      add("gap", width < kSliverWidth.value() ? Severity::warning : Severity::info, first_seen(piece, at),
          inside(piece.largest),
          fmt::format("{}: {:.6g} km2 between {} that no statement covers, {:.3g} m wide in the mean",
                      theme(), square_kilometers(piece.area), names, width));
    }
  }

  /// Whether the study area or a region covers the face.
  [[nodiscard]] bool is_declared_ground(FaceIndex face) const {
    return !composite_.runs(LabelGroup::region, composite_.coverage(face, LabelGroup::region)).empty();
  }

  /// Since when the largest face of a gap has been without holder, without interruption until `at`.
  [[nodiscard]] Instant first_seen(const Piece& piece, Instant at) const {
    const TimeAxis& times = composite_.times();
    const TimeIndex epoch = times.epoch_of(at);
    Instant since = at;
    for (const HolderSpan& span : holders_.timeline(composite_.coverage(piece.largest, holders_.group()))) {
      if (span.since > epoch) break;
      since = times[span.since];
    }
    return std::max(since, dates_.front());
  }

  const Composite& composite_;
  const FaceAreas& measured_;
  const Holders& holders_;
  ChangeTable table_;
  std::vector<Instant> dates_;
  Timeline series_;
  std::vector<Dated> found_;
};

// ---- in space ------------------------------------------------------------------------------------------

/// Plain minima and maxima, in degrees as written: the antimeridian is not looked for, so that what lies on
/// both sides of it has a wide box and nothing is told of it.
struct Box {
  double west = 180.0, south = 90.0, east = -180.0, north = -90.0;

  [[nodiscard]] bool is_empty() const { return west > east; }
  void add(double lon, double lat) {
    west = std::min(west, lon);
    east = std::max(east, lon);
    south = std::min(south, lat);
    north = std::max(north, lat);
  }
  void add(const Box& other) {
    if (other.is_empty()) return;
    add(other.west, other.south);
    add(other.east, other.north);
  }
  [[nodiscard]] bool meets(const Box& other) const {
    return !is_empty() && !other.is_empty() && west <= other.east && other.west <= east &&
           south <= other.north && other.south <= north;
  }
  [[nodiscard]] Box exchanged() const { return {south, west, north, east}; }
};

Box box_of(const SharedPolygon& polygon) {
  Box box;
  for (const SharedRing& ring : polygon) {
    for (const auto& stretch : ring.stretches()) {
      for (const Position& p : *stretch) box.add(p.lon, p.lat);
    }
  }
  return box;
}
Box box_of(const SharedArea& area) {
  Box box;
  for (const SharedPolygon& polygon : area) box.add(box_of(polygon));
  return box;
}

/// A value and how often it occurs.
struct Weighed {
  double value = 0.0;
  std::size_t times = 0;
};

/// As quantile, of each value so many times. Precondition: sorted by value.
double quantile(const std::vector<Weighed>& values, double share) {
  std::size_t count = 0;
  for (const Weighed& v : values) count += v.times;
  const double at = share * static_cast<double>(count - 1);
  const auto nth = static_cast<std::size_t>(at);
  const auto value_at = [&](std::size_t place) {
    auto v = values.begin();
    for (; place >= v->times; ++v) place -= v->times;
    return v->value;
  };
  const double below = value_at(nth);
  const double above = nth + 1 == count ? below : value_at(nth + 1);
  return below + (at - std::floor(at)) * (above - below);
}

/// The polygons of one layer and actor.
struct Cover {
  std::vector<std::pair<std::size_t, const SharedPolygon*>> polygons;  ///< with the statement of each
  /// What their lines consist of, and how often: a history has few stretches, many times.
  std::unordered_map<const std::vector<Position>*, std::size_t> stretches;
};

std::vector<Weighed> sorted_coordinates(const Cover& cover, double Position::* coordinate) {
  std::vector<Weighed> values;
  for (const auto& [positions, times] : cover.stretches) {
    for (const Position& p : *positions) values.push_back({p.*coordinate, times});
  }
  std::sort(values.begin(), values.end(),
            [](const Weighed& a, const Weighed& b) { return a.value < b.value; });
  return values;
}

Box usual_box(const std::vector<Weighed>& lons, const std::vector<Weighed>& lats) {
  const Box core{quantile(lons, 0.05), quantile(lats, 0.05), quantile(lons, 0.95), quantile(lats, 0.95)};
  const double width = core.east - core.west;
  const double height = core.north - core.south;
  return {core.west - width, core.south - height, core.east + width, core.north + height};
}

void find_far_pieces(const Atlas& atlas, Findings& findings) {
  std::map<std::pair<LayerId, ActorId>, Cover> covers;
  for (std::size_t i = 0; i < atlas.statements.size(); ++i) {
    const Statement& statement = atlas.statements[i];
    Cover& cover = covers[{statement.layer, statement.actor}];
    for (const SharedPolygon& polygon : statement.area) {
      cover.polygons.emplace_back(i, &polygon);
      for (const SharedRing& ring : polygon) {
        for (const auto& stretch : ring.stretches()) ++cover.stretches[stretch.get()];
      }
    }
  }
  for (const auto& [key, cover] : covers) {
    if (cover.polygons.size() < kFewPolygons || cover.stretches.empty()) continue;
    const auto lons = sorted_coordinates(cover, &Position::lon);
    // What may lie on both sides of the antimeridian is left alone.
    if (lons.back().value - lons.front().value > 180.0) continue;
    const Box usual = usual_box(lons, sorted_coordinates(cover, &Position::lat));
    std::set<std::size_t> statements;
    std::set<std::size_t> far_statements;
    std::size_t count = 0;
    const Statement* first = nullptr;
    const SharedPolygon* where = nullptr;
    for (const auto& [statement, polygon] : cover.polygons) {
      statements.insert(statement);
      if (polygon->empty() || usual.meets(box_of(*polygon))) continue;
      far_statements.insert(statement);
      if (count++ > 0) continue;
      first = &atlas.statements[statement];
      where = polygon;
    }
    // What is there most of the time is no oddity.
    if (count == 0 || 4 * far_statements.size() > statements.size()) continue;
    const Position at = where->front().front();
    findings.push_back(
        {"far-piece", Severity::warning, first->id,
         first->validity.has_from() ? format_instant(first->validity.from(), atlas.days) : "",
         GeoLocation{Lon{at.lon}, Lat{at.lat}},
         fmt::format("layer '{}', actor '{}': {} of {} polygons lie{} far outside {:.2f}..{:.2f} E, "
                     "{:.2f}..{:.2f} N, about which the others are{}",
                     atlas[key.first].id, atlas[key.second].id, count, cover.polygons.size(),
                     count == 1 ? "s" : "", usual.west, usual.east, usual.south, usual.north,
                     count == 1 ? "" : "; this is the first")});
  }
}

void find_missing_dates(const Atlas& atlas, Findings& findings) {
  using std::chrono::days;
  for (const Layer& layer : atlas.layers) {
    const auto& dates = layer.dates;
    if (dates.size() < kFewDates) continue;
    const auto step = [&](std::size_t i) { return dates[i + 1] - dates[i]; };
    std::size_t daily = 0;
    for (std::size_t i = 0; i + 1 < dates.size(); ++i) daily += step(i) == days(1) ? 1U : 0U;
    if (2 * daily < dates.size() - 1) continue;
    std::size_t missing = 0;
    std::string list;
    for (std::size_t i = 0; i + 1 < dates.size(); ++i) {
      for (Instant at = dates[i] + days(1); at < dates[i + 1]; at += days(1)) {
        constexpr std::size_t kMostNamed = 12;
        if (++missing <= kMostNamed) list += (list.empty() ? "" : ", ") + format_instant(at, atlas.days);
        if (missing == kMostNamed + 1) list += ", ...";
      }
    }
    if (missing == 0) continue;
    findings.push_back(
        {"missing-dates", Severity::info, "", format_instant(dates.front(), atlas.days), std::nullopt,
         fmt::format("layer '{}' has a state for {} days and none for {} between them: {}; {}", layer.id,
                     dates.size(), missing, list,
                     layer.date_ends.empty() ? "the state before holds then (missing_days = \"hold\")"
                                             : "nothing is known then (missing_days = \"unknown\")")});
  }
}

void find_exchanged_axes(const Atlas& atlas, Findings& findings) {
  std::vector<Box> of_layer(atlas.layers.size());
  for (const Statement& statement : atlas.statements) {
    if (statement.layer.index() < of_layer.size())
      of_layer[statement.layer.index()].add(box_of(statement.area));
  }
  Box fixed;
  if (atlas.study_area) fixed.add(box_of(*atlas.study_area));
  for (const Region& region : atlas.regions) fixed.add(box_of(region.area));
  for (const Place& place : atlas.places) fixed.add(place.lon.value(), place.lat.value());
  for (std::size_t i = 0; i < of_layer.size(); ++i) {
    if (of_layer[i].is_empty()) continue;
    std::vector<Box> others;
    if (!fixed.is_empty()) others.push_back(fixed);
    for (std::size_t j = 0; j < of_layer.size(); ++j) {
      if (j != i && !of_layer[j].is_empty()) others.push_back(of_layer[j]);
    }
    const auto meets_any = [&](const Box& box) {
      return std::any_of(others.begin(), others.end(), [&](const Box& other) { return box.meets(other); });
    };
    if (others.empty() || meets_any(of_layer[i]) || !meets_any(of_layer[i].exchanged())) continue;
    findings.push_back(
        {"axis-order", Severity::warning, "", "", GeoLocation{Lon{of_layer[i].west}, Lat{of_layer[i].south}},
         fmt::format("layer '{}' shares no ground with the rest of the atlas, but would with "
                     "longitude and latitude exchanged; is its axis order (latitude, longitude)?",
                     atlas.layers[i].id)});
  }
}

}  // namespace

Findings find_anomalies(const Composite& composite, const FaceAreas& measured, const Holders& holders) {
  return AnomalySearch(composite, measured, holders).find();
}

Findings find_misplaced(const Atlas& atlas) {
  Findings findings;
  find_far_pieces(atlas, findings);
  find_exchanged_axes(atlas, findings);
  find_missing_dates(atlas, findings);
  return findings;
}

}  // namespace marchland
