// A feature for each holder and stretch of time, and the ground that it held just then.
#include "tools/cli/feature_tenures.h"
#include "tools/cli/layers.h"
#include "tools/cli/state_features.h"
#include "tools/cli/time_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace marchland::cli {
namespace {

/// Divides tenures into groups that share an epoch, so that no face has two of a group: each group is one
/// division of the ground. Returns the shared epochs; sets group_of by tenure. Tenures ordered by end, an
/// epoch just before the first end left over meets as many as any.
std::vector<TimeIndex> group_tenures(const std::vector<FeatureTenure>& tenures,
                                     std::vector<std::size_t>& group_of) {
  constexpr auto kNone = static_cast<std::size_t>(-1);
  std::vector<std::size_t> by_end(tenures.size());
  std::iota(by_end.begin(), by_end.end(), std::size_t{0});
  std::sort(by_end.begin(), by_end.end(),
            [&](std::size_t a, std::size_t b) { return tenures[a].to < tenures[b].to; });
  group_of.assign(tenures.size(), kNone);
  std::vector<TimeIndex> epochs;
  for (std::size_t i = 0; i < by_end.size(); ++i) {
    if (group_of[by_end[i]] != kNone) continue;
    const TimeIndex epoch = tenures[by_end[i]].to - 1;
    for (std::size_t j = i; j < by_end.size(); ++j) {
      if (group_of[by_end[j]] == kNone && tenures[by_end[j]].from <= epoch)
        group_of[by_end[j]] = epochs.size();
    }
    epochs.push_back(epoch);
  }
  return epochs;
}

}  // namespace

void add_tenures(FeatureOutput& out, const Session& session, Theme theme) {
  const Holders holders = session.holders(theme);
  const std::vector<bool> ground = ground_of(session, holders);
  const Composite& composite = session.composite();
  const Arrangement& plane = composite.plane();
  const TimeAxis& times = composite.times();
  const LabelGroup group = holders.group();
  const std::size_t coverages = composite.coverage_count(group);
  const TimeColumns times_of_features(session, holders);
  std::vector<FeatureTenure> tenures;
  for (CoverageIndex c = 0; c < coverages; ++c) {
    const std::vector<FeatureTenure> own = feature_tenures(composite, holders, c);
    tenures.insert(tenures.end(), own.begin(), own.end());
  }
  std::sort(tenures.begin(), tenures.end());
  tenures.erase(std::unique(tenures.begin(), tenures.end()), tenures.end());
  std::vector<std::size_t> group_of;
  const std::vector<TimeIndex> epochs = group_tenures(tenures, group_of);
  // The coverages of each group and their categories, so that a group is a walk over its own only.
  std::vector<std::vector<std::pair<CoverageIndex, Category>>> in_group(epochs.size());
  for (CoverageIndex c = 0; c < coverages; ++c) {
    for (const FeatureTenure& tenure : feature_tenures(composite, holders, c)) {
      const auto index = static_cast<std::size_t>(std::lower_bound(tenures.begin(), tenures.end(), tenure) -
                                                  tenures.begin());
      in_group[group_of[index]].emplace_back(c, static_cast<Category>(index + 1));
    }
  }

  std::vector<bool> lines(plane.edges().size());
  for (EdgeIndex e = 0; e < lines.size(); ++e) {
    const FaceIndex left = plane.face(2 * e);
    const FaceIndex right = plane.face(2 * e + 1);
    const CoverageIndex of_left = composite.coverage(left, group);
    const CoverageIndex of_right = composite.coverage(right, group);
    lines[e] =
        ground[left] != ground[right] ||
        (of_left != of_right && !std::ranges::equal(holders.timeline(of_left), holders.timeline(of_right)));
  }
  const Dissolver dissolver = out.dissolver(lines);
  std::vector<Feature> features(tenures.size());
  std::vector<bool> is_made(tenures.size(), false);
  for (std::size_t g = 0; g < epochs.size(); ++g) {
    std::vector<Category> of_coverage(coverages, 0);
    for (const auto& [coverage, category] : in_group[g]) of_coverage[coverage] = category;
    std::vector<Category> faces(plane.face_count(), 0);
    for (FaceIndex f = 1; f < faces.size(); ++f) {
      if (ground[f]) faces[f] = of_coverage[composite.coverage(f, group)];
    }
    const std::vector<std::string> sources =
        sources_of(composite, holders, faces, epochs[g], tenures.size() + 1,
                   [&](Category category) { return tenures[category - 1].holder; });
    std::vector<std::size_t> made;
    auto polygons = out.polygons(dissolver, faces, [&](Category category, AreaUnits area) {
      const FeatureTenure& tenure = tenures[category - 1];
      const Interval when{times[tenure.from], times[tenure.to]};
      made.push_back(category - 1);
      std::vector<FieldValue> values{
          holder_value(holders, tenure.holder), name_of(session.atlas(), holders, tenure.holder),
          holders.is_contested(tenure.holder), std::string(to_string(holders.theme()))};
      times_of_features.add_values(values, tenure.holder, when);
      values.emplace_back(square_meters(area));
      values.push_back(text_value(sources[category]));
      values.emplace_back(color_of(session.atlas(), holders, tenure.holder));
      return values;
    });
    for (std::size_t i = 0; i < polygons.size(); ++i) {
      features[made[i]] = std::move(polygons[i]);
      is_made[made[i]] = true;
    }
  }
  using enum FeatureField::Type;
  FeatureSet set{std::string(to_string(holders.theme())),
                 fmt::format("{}: {}", session.atlas().title, to_string(holders.theme())),
                 {{"actor", text}, {"actor_name", text}, {"contested", boolean}, {"theme", text}},
                 {}};
  times_of_features.add_fields(set.fields);
  for (FeatureField field :
       {FeatureField{"area_m2", real}, FeatureField{"source", text}, FeatureField{"color", text}}) {
    set.fields.push_back(std::move(field));
  }
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < tenures.size(); ++i) {
    if (is_made[i]) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return holders.id(tenures[a].holder) < holders.id(tenures[b].holder);
  });
  for (const std::size_t i : order) set.features.push_back(std::move(features[i]));
  out.add(std::move(set));
}

}  // namespace marchland::cli
