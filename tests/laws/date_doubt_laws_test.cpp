// What doubt of dates makes possible, against every choice of dates tried one by one.
#include <marchland/analysis/areas.h>
#include <marchland/analysis/date_doubt.h>

#include <gtest/gtest.h>
#include <tests/laws/generators.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace marchland {
namespace {

using namespace testing_fixtures;
using namespace testing_laws;

using ActorList = std::vector<ActorId>;
constexpr std::chrono::hours kHalfDay(12);

/// One box with statements of several layers, sources and modes, whose dates are whole days in doubt by up to
/// two.
Atlas random_box(Random& random) {
  AtlasBuilder builder;
  Source& second = builder.atlas.sources.emplace_back();
  second.id = "second";
  second.priority = static_cast<int>(draw(random, 0, 1));
  for (const char* id : {"a", "b", "c"}) builder.actor(id);
  builder.layer("intervals");
  builder.layer("events", LayerMode::event);
  builder.layer("snapshots", LayerMode::snapshot);
  builder.layer("others");
  builder.atlas.layers[3].source = SourceId(1);
  builder.atlas.layers[1].source = SourceId(random() % 2);
  const auto in_doubt = [&](int at) {
    if (random() % 2 == 0) return FuzzyInstant::exactly(day(at));
    return FuzzyInstant{day(at), day(at - static_cast<int>(draw(random, 0, 2))),
                        day(at + static_cast<int>(draw(random, 0, 2)))};
  };
  const std::string box = box_wkt(0, 0, 1, 1);
  std::set<Instant> dates;
  for (int i = static_cast<int>(draw(random, 1, 4)); i > 0; --i) {
    const char* actor = std::array{"a", "b", "c"}[random() % 3];
    const int from = static_cast<int>(draw(random, 0, 4));
    const char* layer = std::array{"intervals", "events", "events", "snapshots", "others"}[random() % 5];
    builder.say(layer, actor, box, days(from, from + static_cast<int>(draw(random, 1, 3))), 0);
    Statement& s = builder.atlas.statements.back();
    const FuzzyInstant begins = in_doubt(from);
    if (builder.atlas[s.layer].mode == LayerMode::interval) {
      s.doubt = doubt_between(
          begins, in_doubt(static_cast<int>(s.validity.to().time_since_epoch() / std::chrono::hours(24))));
    } else {
      s.validity = Interval::since(day(from));
      if (builder.atlas[s.layer].mode == LayerMode::event) {
        s.seq = draw(random, 0, 1);
        s.doubt = doubt_between(begins, FuzzyInstant::exactly(Interval().to()));
      } else if (dates.insert(day(from)).second && !begins.is_exact()) {
        builder.atlas.layers[2].doubtful_dates.push_back(begins);
      }
    }
  }
  auto& doubtful = builder.atlas.layers[2].doubtful_dates;
  std::sort(doubtful.begin(), doubtful.end());
  close_snapshots(builder.atlas, LayerId(2), std::vector<Instant>(dates.begin(), dates.end()));
  builder.atlas.rule = std::array{SourceRule::priority, SourceRule::majority, SourceRule::all}[random() % 3];
  return builder.atlas;
}

/// A date in doubt of one layer.
using Key = std::tuple<LayerId, FuzzyInstant>;
Key key_of(const Atlas& atlas, LayerId layer, const FuzzyInstant& date) {
  const bool is_snapshot = atlas[layer].mode == LayerMode::snapshot;
  return {layer, is_snapshot ? date : FuzzyInstant{date.earliest, date.earliest, date.latest}};
}

/// What every choice of dates gives, half day by half day and at the instant itself. Choices in which dates
/// of events coincide that need not are apart: which of two came last is then not decided by dates.
struct Tried {
  std::set<ActorList> outcomes;
  std::set<ActorList> coinciding;
};

Tried try_all(const Atlas& atlas, const HolderOptions& options, Instant at) {
  std::set<Key> keys;
  for (const Statement& s : atlas.statements) {
    for (const FuzzyInstant& end : {s.from(), s.to()}) keys.insert(key_of(atlas, s.layer, end));
  }
  std::vector<Key> list(keys.begin(), keys.end());
  std::map<Key, Instant> chosen;
  Tried out;
  const auto look = [&] {
    std::vector<HoldingSlot> slots;
    std::set<std::pair<LayerId, Instant>> of_events;
    bool coincide = false;
    for (std::size_t i = 0; i + 1 < list.size(); ++i) {
      const LayerId layer = std::get<0>(list[i]);
      if (std::get<0>(list[i + 1]) != layer) continue;
      // Dates of snapshots keep their order, which is that of the keys.
      if (atlas[layer].mode == LayerMode::snapshot && chosen.at(list[i]) > chosen.at(list[i + 1])) return;
    }
    for (const Key& key : list) {
      if (atlas[std::get<0>(key)].mode == LayerMode::event &&
          !of_events.insert({std::get<0>(key), chosen.at(key)}).second)
        coincide = true;
    }
    for (const Statement& s : atlas.statements) {
      const Instant begins = chosen.at(key_of(atlas, s.layer, s.from()));
      const Instant ends = chosen.at(key_of(atlas, s.layer, s.to()));
      if (begins <= at && at < ends)
        slots.push_back({{LabelGroup::control, s.layer, s.actor, s.seq, RegionId(), kPlain}, begins});
    }
    std::sort(slots.begin(), slots.end(),
              [](const HoldingSlot& a, const HoldingSlot& b) { return a.slot < b.slot; });
    ActorList actors = holders_of(atlas, slots, options);
    std::sort(actors.begin(), actors.end());
    (coincide ? out.coinciding : out.outcomes).insert(std::move(actors));
  };
  const auto choose = [&](auto& again, std::size_t index) -> void {
    if (index == list.size()) return look();
    const FuzzyInstant& range = std::get<1>(list[index]);
    if (range.is_exact()) {
      chosen[list[index]] = range.latest;
      return again(again, index + 1);
    }
    for (Instant date = range.earliest; date <= range.latest; date += kHalfDay) {
      chosen[list[index]] = date;
      again(again, index + 1);
    }
    // Just before the instant asked about, after a date of the half day before.
    if (range.earliest <= at && at <= range.latest) {
      chosen[list[index]] = at;
      again(again, index + 1);
    }
  };
  choose(choose, 0);
  return out;
}

TEST(DateDoubtLaws, WhatIsPossibleIsWhatSomeChoiceOfDatesGives) {
  for (int i = 0; i < cases(150); ++i) {
    Random random(seed_of(7100) + static_cast<std::uint64_t>(i));
    const Atlas atlas = random_box(random);
    const Composite composite = build_composite(atlas);
    const HolderOptions options{Theme::control, atlas.rule, {}};
    const Holders holders(composite, options);
    const FaceIndex face = composite.plane().locate({look_up_point(0.5, 0.5)}).front();
    for (int half = -4; half < 20; ++half) {
      const Instant at = day(0) + half * kHalfDay + std::chrono::hours(1);
      const PossibleHolders possible =
          possible_holders(composite, holders, composite.coverage(face, LabelGroup::control), at);
      EXPECT_FALSE(possible.is_outer);
      const auto told_actors = holders.actors(
          holders.at(composite.coverage(face, LabelGroup::control), composite.times().epoch_of(at)));
      ActorList told(told_actors.begin(), told_actors.end());
      std::sort(told.begin(), told.end());
      const Tried tried = try_all(atlas, options, at);
      const std::set<ActorList> sets(possible.sets.begin(), possible.sets.end());
      EXPECT_TRUE(sets.contains(told));
      for (const ActorList& outcome : tried.outcomes)
        ASSERT_TRUE(sets.contains(outcome)) << "case " << i << " at " << half << ": an outcome is missing";
      for (const ActorList& set : sets)
        ASSERT_TRUE(set == told || tried.outcomes.contains(set) || tried.coinciding.contains(set))
            << "case " << i << " at " << half << ": no choice gives it";
    }
  }
}

TEST(DateDoubtLaws, BandsHoldWhatIsToldAndAddUp) {
  for (int i = 0; i < cases(44); ++i) {
    Random random(seed_of(7200) + static_cast<std::uint64_t>(i));
    AtlasBuilder builder = random_atlas(random, kTurns[static_cast<std::size_t>(i) % kTurns.size()], 7);
    builder.atlas.study_area = parse_wkt(box_wkt(-1, -1, 1, 1));
    add_doubt(random, builder.atlas);
    const Composite composite = builder.build();
    const Holders holders(composite, {Theme::control, SourceRule::priority, {}});
    for (int d = -3; d < 8; ++d) {
      AreaUnits low = 0;
      AreaUnits told = 0;
      AreaUnits high = 0;
      for (const AreaRow& row : areas(composite, composite.areas(), holders, {day(d)})) {
        const AreaUnits least = row.date_low.value_or(row.area);
        const AreaUnits most = row.date_high.value_or(row.area);
        low += least;
        told += row.area;
        high += most;
        // A face may come out below 0 by the error of its area, so bands of slivers may.
        EXPECT_LE(static_cast<double>(least), static_cast<double>(row.area) + 1e3);
        EXPECT_GE(static_cast<double>(most), static_cast<double>(row.area) - 1e3);
      }
      // What some lose by a choice others gain.
      EXPECT_LE(static_cast<double>(low), static_cast<double>(told) + 1e4);
      EXPECT_GE(static_cast<double>(high), static_cast<double>(told) - 1e4);
    }
  }
}

TEST(DateDoubt, ManyDatesGiveAnOuterBound) {
  AtlasBuilder builder;
  for (int i = 0; i <= static_cast<int>(kMostDoubtfulDates); ++i) {
    builder.say("l", i == 0 ? "b" : "a", box_wkt(0, 0, 1, 1), days(0, 100));
    builder.atlas.statements.back().doubt =
        doubt_between(FuzzyInstant::exactly(day(0)), {day(100), day(90 - i), day(110)});
  }
  builder.say("l", "c", box_wkt(0, 0, 1, 1), days(0, 200));
  const Composite composite = builder.build();
  const Holders holders(composite, {Theme::control, SourceRule::priority, {}});
  const FaceIndex face = composite.plane().locate({look_up_point(0.5, 0.5)}).front();
  const PossibleHolders possible =
      possible_holders(composite, holders, composite.coverage(face, LabelGroup::control), day(95));
  EXPECT_TRUE(possible.is_outer);
  EXPECT_EQ(possible.sets.size(), 4U) << "c surely, a and b or not";
}

TEST(DateDoubt, AHandoverInDoubtLeavesNeitherGapNorOverlap) {
  AtlasBuilder builder;
  const FuzzyInstant handover{day(4), day(2), day(6)};
  builder.say("l", "a", box_wkt(0, 0, 1, 1), days(0, 4)).say("l", "b", box_wkt(0, 0, 1, 1), days(4, 9));
  builder.atlas.statements[0].doubt = doubt_between(FuzzyInstant::exactly(day(0)), handover);
  builder.atlas.statements[1].doubt = doubt_between(handover, FuzzyInstant::exactly(day(9)));
  const Composite composite = builder.build();
  const Holders holders(composite, {Theme::control, SourceRule::priority, {}});
  const auto rows = areas(composite, composite.areas(), holders, {day(3)});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].holder, "a");
  EXPECT_TRUE(rows[0].date_low == AreaUnits{0});
  EXPECT_TRUE(rows[0].date_high == rows[0].area);
  EXPECT_EQ(rows[1].holder, "b");
  EXPECT_TRUE(rows[1].area == 0);
  EXPECT_TRUE(rows[1].date_low == AreaUnits{0});
  EXPECT_TRUE(rows[1].date_high == rows[0].area);
  EXPECT_FALSE(areas(composite, composite.areas(), holders, {day(1)})[0].date_low);
  EXPECT_FALSE(areas(composite, composite.areas(), holders, {day(6)})[0].date_low);
}

}  // namespace
}  // namespace marchland
