#include <marchland/analysis/edge_geometry.h>
#include <marchland/analysis/scope.h>
#include <marchland/base/error.h>
#include <marchland/composite/quantise.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

namespace marchland {
namespace {

template <class Wanted>
std::vector<bool> faces_where(const Composite& composite, Wanted wanted) {
  std::vector<bool> by_coverage(composite.coverage_count(LabelGroup::region), false);
  for (CoverageIndex c = 0; c < by_coverage.size(); ++c) {
    for (const CoverageRun& run : composite.runs(LabelGroup::region, c)) {
      if (wanted(composite.slots()[run.slot].region)) by_coverage[c] = true;
    }
  }
  std::vector<bool> faces(composite.plane().face_count());
  for (FaceIndex f = 0; f < faces.size(); ++f)
    faces[f] = by_coverage[composite.coverage(f, LabelGroup::region)];
  return faces;
}

/// A list of plain ids.
struct Named {
  Named(std::string name) : id(std::move(name)) {}  // NOLINT: it is nothing else
  std::string id;
};

template <class Items>
std::size_t find_by_id(const Items& items, std::string_view id, std::string_view kind) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].id == id) return i;
    ids.push_back(items[i].id);
  }
  const std::string near = nearest_name(id, ids);
  constexpr std::size_t kMostNamed = 20;
  const std::string rest = ids.size() > kMostNamed ? fmt::format(", ... ({} in all)", ids.size()) : "";
  ids.resize(std::min(ids.size(), kMostNamed));
  throw InvalidArgument(fmt::format("the atlas has no {} '{}'{}; it has: {}{}", kind, id,
                                    near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near),
                                    ids.empty() ? "none" : fmt::format("{}", fmt::join(ids, ", ")), rest));
}

}  // namespace

std::vector<bool> faces_in_study_area(const Composite& composite) {
  if (!composite.has_study_area()) return std::vector<bool>(composite.plane().face_count(), true);
  return faces_where(composite, [](RegionId region) { return !region.is_valid(); });
}

std::vector<bool> faces_in_region(const Composite& composite, RegionId region) {
  return faces_where(composite, [&](RegionId candidate) { return candidate == region; });
}

std::vector<bool> faces_in_scope(const Composite& composite, const Scope& scope) {
  std::vector<bool> faces = faces_in_study_area(composite);
  if (scope.regions.empty()) return faces;
  const std::vector<bool> regions = faces_where(composite, [&](RegionId region) {
    return region.is_valid() &&
           std::find(scope.regions.begin(), scope.regions.end(), region) != scope.regions.end();
  });
  for (std::size_t f = 0; f < faces.size(); ++f) faces[f] = faces[f] && regions[f];
  return faces;
}

std::optional<LonLatBox> box_of_faces(const Arrangement& plane, const std::vector<bool>& faces) {
  LonLatBoxBuilder builder;
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    if (!faces[plane.face(2 * e)] && !faces[plane.face(2 * e + 1)]) continue;
    const Position u = position_of(plane, plane.edges()[e].u);
    const Position v = position_of(plane, plane.edges()[e].v);
    builder.add(u.lon, v.lon, std::min(u.lat, v.lat), std::max(u.lat, v.lat));
  }
  return builder.box();
}

std::vector<FaceIndex> faces_of_places(const Composite& composite) {
  std::vector<GridPoint> points;
  points.reserve(composite.atlas().places.size());
  for (const Place& place : composite.atlas().places) {
    points.push_back(look_up_point(place.lon.value(), place.lat.value()));
  }
  return composite.plane().locate(points);
}

bool is_bounded(const Composite& composite, const Scope& scope) {
  return composite.has_study_area() || !scope.regions.empty();
}

RegionId find_region(const Atlas& atlas, std::string_view id) {
  return RegionId(find_by_id(atlas.regions, id, "region"));
}
ActorId find_actor(const Atlas& atlas, std::string_view id) {
  return ActorId(find_by_id(atlas.actors, id, "actor"));
}
void find_group(const Atlas& atlas, std::string_view id) {
  std::set<std::string> ids;
  for (const Actor& actor : atlas.actors) {
    for (const GroupMembership& membership : actor.groups) ids.insert(membership.group);
  }
  find_by_id(std::vector<Named>(ids.begin(), ids.end()), id, "group");
}
SourceId find_source(const Atlas& atlas, std::string_view id) {
  return SourceId(find_by_id(atlas.sources, id, "source"));
}

}  // namespace marchland
