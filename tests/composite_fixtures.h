#pragma once
// Small atlases from well-known text, and what tests compare composites by: numbers that do not depend on how
// faces, slots or coverages happen to be numbered.
#include <marchland/composite/composite.h>
#include <marchland/geometry/wkt.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace marchland::testing_fixtures {

inline Instant day(int n) {
  return Instant(std::chrono::hours(24 * n));
}
inline Interval days(int from, int to) {
  return {day(from), day(to)};
}

/// Actors and layers come into being when first named.
class AtlasBuilder {
 public:
  AtlasBuilder() {
    atlas.id = "test";
    atlas.sources.emplace_back().id = "s";
  }
  ActorId actor(std::string_view id) {
    for (std::size_t i = 0; i < atlas.actors.size(); ++i) {
      if (atlas.actors[i].id == id) return ActorId(i);
    }
    Actor& actor = atlas.actors.emplace_back();
    actor.id = actor.name = id;
    return ActorId(atlas.actors.size() - 1);
  }
  LayerId layer(std::string_view id, LayerMode mode = LayerMode::interval, Theme theme = Theme::control) {
    for (std::size_t i = 0; i < atlas.layers.size(); ++i) {
      if (atlas.layers[i].id == id) return LayerId(i);
    }
    Layer& layer = atlas.layers.emplace_back();
    layer.id = id;
    layer.source = SourceId(0);
    layer.mode = mode;
    layer.theme = theme;
    return LayerId(atlas.layers.size() - 1);
  }
  AtlasBuilder& say(std::string_view layer_id, std::string_view actor_id, SharedArea area,
                    Interval when = Interval(), std::int64_t seq = 0) {
    Statement& statement = atlas.statements.emplace_back();
    statement.id = fmt::format("{}", atlas.statements.size());
    statement.layer = layer(layer_id);
    statement.actor = actor(actor_id);
    statement.validity = when;
    statement.seq = seq;
    statement.area = std::move(area);
    return *this;
  }
  AtlasBuilder& say(std::string_view layer_id, std::string_view actor_id, std::string_view wkt,
                    Interval when = Interval(), std::int64_t seq = 0) {
    return say(layer_id, actor_id, SharedArea(parse_wkt(wkt)), when, seq);
  }
  AtlasBuilder& region(std::string_view id, std::string_view wkt) {
    Region& region = atlas.regions.emplace_back();
    region.id = id;
    region.area = parse_wkt(wkt);
    return *this;
  }
  [[nodiscard]] Composite build() const { return build_composite(atlas); }

  Atlas atlas;
};

inline std::string box_wkt(double west, double south, double east, double north) {
  return fmt::format("POLYGON(({0} {1},{2} {1},{2} {3},{0} {3},{0} {1}))", west, south, east, north);
}

/// "layer/actor" (with "#seq" where it is not 0), "region id", or "study area".
inline std::string slot_name(const Composite& composite, SlotIndex index) {
  const Slot& slot = composite.slots()[index];
  if (slot.group != LabelGroup::region) {
    return fmt::format("{}/{}{}", composite.atlas()[slot.layer].id, composite.atlas()[slot.actor].id,
                       slot.seq == 0 ? "" : fmt::format("#{}", slot.seq));
  }
  return slot.region.is_valid() ? "region " + composite.atlas()[slot.region].id : "study area";
}

/// Instants as days; "-" for an open end.
inline std::string run_name(const Composite& composite, const CoverageRun& run) {
  const auto instant = [&](TimeIndex index) {
    const Instant at = composite.times()[index];
    if (at == Interval().from() || at == Interval().to()) return std::string("-");
    return fmt::format("{}", static_cast<double>(at.time_since_epoch().count()) / 86400.0);
  };
  return fmt::format("{}[{},{})", slot_name(composite, run.slot), instant(run.from), instant(run.to));
}

/// What covers a face, in words: runs of all groups, sorted.
inline std::string coverage_name(const Composite& composite, FaceIndex face) {
  std::vector<std::string> names;
  for (std::size_t g = 0; g < kLabelGroups; ++g) {
    const auto group = static_cast<LabelGroup>(g);
    for (const CoverageRun& run : composite.runs(group, composite.coverage(face, group))) {
      names.push_back(run_name(composite, run));
    }
  }
  std::sort(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, " "));
}

/// Area by coverage. Faces that nothing covers are left out: which of them are bounded depends on lines that
/// bound nothing, such as a ring without area leaves.
inline std::map<std::string, AreaUnits> areas_by_coverage(const Composite& composite) {
  std::map<std::string, AreaUnits> areas;
  for (FaceIndex f = 1; f < composite.plane().face_count(); ++f) {
    const std::string name = coverage_name(composite, f);
    if (!name.empty()) areas[name] += composite.areas()[f];
  }
  return areas;
}

/// Area of every set of slots that hold together at an instant, slots joined by "+".
inline std::map<std::string, AreaUnits> areas_at(const Composite& composite, Instant at) {
  const TimeIndex epoch = composite.times().epoch_of(at);
  std::map<std::string, AreaUnits> areas;
  for (FaceIndex f = 1; f < composite.plane().face_count(); ++f) {
    std::vector<std::string> names;
    for (std::size_t g = 0; g < kLabelGroups; ++g) {
      const auto group = static_cast<LabelGroup>(g);
      for (const CoverageRun& run : composite.runs(group, composite.coverage(f, group))) {
        if (run.from <= epoch && epoch < run.to) names.push_back(slot_name(composite, run.slot));
      }
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    if (!names.empty()) areas[fmt::format("{}", fmt::join(names, "+"))] += composite.areas()[f];
  }
  return areas;
}

/// Area that a slot covers at an instant, alone or with others.
inline AreaUnits area_of(const Composite& composite, std::string_view slot, Instant at = day(0)) {
  const TimeIndex epoch = composite.times().epoch_of(at);
  AreaUnits sum = 0;
  for (FaceIndex f = 1; f < composite.plane().face_count(); ++f) {
    bool covers = false;
    for (std::size_t g = 0; g < kLabelGroups; ++g) {
      const auto group = static_cast<LabelGroup>(g);
      for (const CoverageRun& run : composite.runs(group, composite.coverage(f, group))) {
        covers = covers || (run.from <= epoch && epoch < run.to && slot_name(composite, run.slot) == slot);
      }
    }
    if (covers) sum += composite.areas()[f];
  }
  return sum;
}

/// Certificates that do not hold; empty if all do.
inline std::string broken_certificates(const Composite& composite) {
  std::string broken;
  for (const Certificate& c : composite.certificates()) {
    if (c.residual != 0) broken += fmt::format("{}: {} ", c.name, to_string(c.residual));
  }
  return composite.certificates().empty() ? "none at all" : broken;
}

inline std::vector<std::string> finding_codes(const Findings& findings) {
  std::vector<std::string> codes;
  for (const Finding& finding : findings) codes.push_back(finding.code);
  std::sort(codes.begin(), codes.end());
  return codes;
}

}  // namespace marchland::testing_fixtures

/// 128-bit integers in messages of failed comparisons.
inline void PrintTo(marchland::Int128 value, std::ostream* out) {
  *out << marchland::to_string(value);
}
