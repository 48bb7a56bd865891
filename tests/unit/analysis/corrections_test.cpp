#include "tests/composite_fixtures.h"
#include <marchland/analysis/areas.h>
#include <marchland/analysis/changes.h>
#include <marchland/analysis/corrections.h>
#include <marchland/model/knowledge.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

namespace marchland {
namespace {

using testing_fixtures::AtlasBuilder;
using testing_fixtures::box_wkt;
using testing_fixtures::day;

/// Boxes of two actors and sources, some of which others supersede or retract, on a coarse lattice so that
/// they share lines and cross.
Atlas random_atlas(unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  AtlasBuilder builder;
  builder.atlas.sources.emplace_back().id = "t";
  builder.layer("steps", LayerMode::event);
  builder.layer("other");
  builder.atlas.layers[1].source = SourceId(1);
  if (below(2) == 0) builder.atlas.study_area = parse_wkt(box_wkt(0, 0, 6, 6));
  if (below(3) == 0) builder.atlas.harmonise = Meters{200.0};
  const int count = 4 + below(8);
  for (int i = 0; i < count; ++i) {
    const double west = below(5) + below(3) * 0.001;
    const double south = below(5);
    const auto area = box_wkt(west, south, west + 1 + below(3), south + 1 + below(3));
    const int from = below(4);
    const bool is_event = below(2) == 0;
    builder.say(is_event ? "steps" : "other", below(2) == 0 ? "a" : "b", area,
                is_event ? Interval::since(day(from)) : Interval(day(from), day(from + 1 + below(4))), i);
    Statement& s = builder.atlas.statements.back();
    s.recorded = day(100 + i / 2);
    if (i > 0 && below(3) == 0) s.supersedes = {std::to_string(1 + below(i))};
  }
  settle_records(builder.atlas);
  return builder.atlas;
}

TEST(Corrections, PublishedAndCorrectedAndChangedAddUpToTheUnit) {
  std::size_t corrected = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    const Atlas now = random_atlas(seed);
    const Instant from = day(1);
    const Instant to = day(3);
    const Composite composite = build_composite(now);
    const Holders holders(composite, {});
    std::map<std::string, AreaUnits> sum;
    for (const ChangeRow& row : changes(composite, composite.areas(), holders, from, to).rows)
      sum[holders.id(row.holder)] += row.gained - row.lost;
    Atlas then;
    try {
      then = as_known(now, {day(102), false});
    } catch (const InvalidArgument&) {  // all that was known then
      continue;
    }
    const Corrections found(then, now, from, {});
    std::map<std::string, AreaUnits> published;
    for (const NamedTransition& t : found.transitions(found.composite().areas())) {
      sum[t.from] += t.area;
      published[t.from] += t.area;
      if (t.from == t.to) continue;
      sum[t.from] -= t.area;
      sum[t.to] += t.area;
      ++corrected;
    }
    const auto expect_areas = [&](const Composite& of, Instant at, std::map<std::string, AreaUnits> areas) {
      const Holders who(of, {});
      const TimeIndex epoch = of.times().epoch_of(at);
      const auto held = who.faces_at(epoch);
      const std::vector<bool> inside = faces_in_scope(of, {});
      for (FaceIndex f = 1; f < held.size(); ++f) {
        if (inside[f]) areas[who.id(held[f])] -= of.areas()[f];
      }
      for (const auto& [name, rest] : areas) {
        if (name.empty() && !of.has_study_area()) continue;
        EXPECT_EQ(to_string(rest), "0") << "seed " << seed << ", '" << name << "'";
      }
    };
    expect_areas(composite, to, sum);
    // What was published then comes out of the composite of then.
    expect_areas(build_composite(then), from, published);
  }
  EXPECT_GT(corrected, 50U);
}

TEST(Corrections, PlacesAndGroundWhoseHolderWasCorrected) {
  AtlasBuilder builder;
  builder.say("map", "a", box_wkt(0, 0, 2, 1)).say("map", "b", box_wkt(2, 0, 3, 1));
  builder.say("map", "a", box_wkt(0, 0, 1, 1)).say("map", "b", box_wkt(1, 0, 2, 1));
  builder.atlas.statements[2].supersedes = {"1"};
  for (std::size_t i : {2U, 3U}) builder.atlas.statements[i].recorded = day(5);
  builder.atlas.places = {{"West", {}, Lon{0.5}, Lat{0.5}}, {"Mid", {}, Lon{1.5}, Lat{0.5}}};
  settle_records(builder.atlas);
  const Corrections found(as_known(builder.atlas, {day(4), false}), builder.atlas, day(0), {});
  const auto places = found.places();
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(places[0].place, 1U);
  EXPECT_EQ(places[0].before, "a");
  EXPECT_EQ(places[0].after, "b");
  const auto division = found.division(found.composite().areas());
  ASSERT_EQ(division.pairs.size(), 1U);
  EXPECT_EQ(division.pairs[0].from, "a");
  EXPECT_EQ(division.pairs[0].to, "b");
  AreaUnits area = 0;
  for (FaceIndex f = 0; f < division.faces.size(); ++f) {
    if (division.faces[f] == 1) area += found.composite().areas()[f];
  }
  EXPECT_EQ(to_string(area), to_string(division.pairs[0].area));
  // By sources that are not asked nothing is known, and nothing corrected.
  CorrectionOptions nobody;
  nobody.sources = {"none"};
  EXPECT_TRUE(Corrections(builder.atlas, builder.atlas, day(0), nobody).places().empty());
}

}  // namespace
}  // namespace marchland
