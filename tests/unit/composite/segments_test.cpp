#include <marchland/composite/segments.h>
#include <marchland/geometry/wkt.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/exact_oracle.h>

#include <algorithm>

namespace marchland {
namespace {

using namespace testing_oracle;
using testing::ElementsAre;
using testing::IsEmpty;

QuantisedRing chain_of(std::string_view coordinates) {
  return quantise(parse_wkt("POLYGON((" + std::string(coordinates) + "))").front().front());
}

std::vector<WindingEvent> events_of(const SegmentTable& table, GridSegment s) {
  const auto found = std::lower_bound(table.segments.begin(), table.segments.end(), s);
  if (found == table.segments.end() || *found != s) return {};
  const auto events = table.events_of(static_cast<SegmentIndex>(found - table.segments.begin()));
  return {events.begin(), events.end()};
}

bool same(const SegmentTable& a, const SegmentTable& b) {
  const auto same_parents = [&] {
    if (a.cut_parents.size() != b.cut_parents.size()) return false;
    return std::all_of(a.cut_parents.begin(), a.cut_parents.end(), [&](const auto& entry) {
      const auto other = b.cut_parents.find(entry.first);
      return other != b.cut_parents.end() && other->second.from == entry.second.from &&
             other->second.to == entry.second.to;
    });
  };
  return a.vertices == b.vertices && a.segments == b.segments && a.offsets == b.offsets &&
         a.events == b.events && same_parents() && a.occurrences == b.occurrences;
}

TEST(Segments, NormaliseSortsAddsUpAndDropsZeros) {
  std::vector<WindingEvent> events{{2, 5, 1}, {1, 3, 1}, {1, 3, 1}, {1, 4, 1}, {1, 4, -1}, {1, 1, -2}};
  normalise(events);
  EXPECT_THAT(events, ElementsAre(WindingEvent{1, 1, -2}, WindingEvent{1, 3, 2}, WindingEvent{2, 5, 1}));
}

TEST(Segments, LineThatStaysCostsTwoEvents) {
  SegmentTableBuilder builder;
  const QuantisedRing ring = chain_of("0 0, 1 0, 1 1, 0 1, 0 0");
  for (TimeIndex day = 1; day < 100; ++day) builder.add(ring, 7, day, day + 1);
  const SegmentTable table = builder.finish();
  EXPECT_EQ(table.segments.size(), 4U);
  EXPECT_EQ(table.occurrences, 4U * 99U);
  // Bottom: its left is inside. Top runs against its own direction: its left is outside.
  EXPECT_THAT(events_of(table, {{0, 0}, {10000000, 0}}),
              ElementsAre(WindingEvent{7, 1, 1}, WindingEvent{7, 100, -1}));
  EXPECT_THAT(events_of(table, {{0, 10000000}, {10000000, 10000000}}),
              ElementsAre(WindingEvent{7, 1, -1}, WindingEvent{7, 100, 1}));
}

TEST(Segments, NeighboursOfOneSlotCancelTheirCommonBorder) {
  SegmentTableBuilder builder;
  builder.add(chain_of("0 0, 1 0, 1 1, 0 1, 0 0"), 0, 0, 1);
  builder.add(chain_of("1 0, 2 0, 2 1, 1 1, 1 0"), 0, 0, 1);
  const SegmentTable table = builder.finish();
  EXPECT_EQ(table.segments.size(), 6U);
  EXPECT_THAT(events_of(table, {{10000000, 0}, {10000000, 10000000}}), IsEmpty());
  // Of two slots it stays.
  builder.add(chain_of("0 0, 1 0, 1 1, 0 1, 0 0"), 0, 0, 1);
  builder.add(chain_of("1 0, 2 0, 2 1, 1 1, 1 0"), 1, 0, 1);
  const SegmentTable two = builder.finish();
  EXPECT_EQ(two.segments.size(), 7U);
  EXPECT_EQ(events_of(two, {{10000000, 0}, {10000000, 10000000}}).size(), 4U);
}

TEST(Segments, RingTakenAwayFromItselfLeavesNothing) {
  SegmentTableBuilder builder;
  builder.add(chain_of("0 0, 1 0, 1 1, 0 1, 0 0"), 0, 0, 1, 1);
  builder.add(chain_of("0 0, 1 0, 1 1, 0 1, 0 0"), 0, 0, 1, -1);
  const SegmentTable table = builder.finish();
  EXPECT_THAT(table.segments, IsEmpty());
  EXPECT_THAT(table.vertices, IsEmpty());
  EXPECT_THAT(table.offsets, ElementsAre(0));
}

TEST(Segments, SeamIsDividedAlikeOnBothSides) {
  SegmentTableBuilder builder;
  builder.add(chain_of("170 0, 180 0, 180 30, 170 30, 170 0"), 0, 0, 1);
  builder.add(chain_of("-180 10, -170 10, -170 20, -180 20, -180 10"), 1, 0, 1);
  const SegmentTable table = builder.finish();
  const auto seam = [&](std::int32_t x) {
    std::vector<std::pair<int, int>> pieces;
    for (const GridSegment& s : table.segments) {
      if (s.a.x == x && s.b.x == x)
        pieces.emplace_back(s.a.y / kGridUnitsPerDegree, s.b.y / kGridUnitsPerDegree);
    }
    return pieces;
  };
  EXPECT_THAT(seam(kGridMaxLon), ElementsAre(std::pair(0, 10), std::pair(10, 20), std::pair(20, 30)));
  EXPECT_THAT(seam(-kGridMaxLon), ElementsAre(std::pair(10, 20)));
}

TEST(Segments, TableDoesNotDependOnTheOrderOfAdding) {
  constexpr std::uint64_t kSeed = 51;
  Random random(kSeed);
  struct Item {
    QuantisedRing chain;
    LabelIndex label;
    TimeIndex from;
    TimeIndex to;
    int weight;
  };
  for (int i = 0; i < 100; ++i) {
    std::vector<Item> items;
    for (int k = 0; k < 12; ++k) {
      // Around the seam, often the same edges in either direction and any turn of longitude.
      const auto lon = [&] {
        return 170.0 + 2.5 * static_cast<double>(draw(random, 0, 8)) - (random() % 2 == 0 ? 360 : 0);
      };
      const auto lat = [&] { return 3.0 * static_cast<double>(draw(random, 0, 4)); };
      Ring ring{{lon(), lat()}, {lon(), lat()}, {lon(), lat()}, {lon(), lat()}};
      ring.push_back(ring.front());
      const auto from = static_cast<TimeIndex>(draw(random, 0, 3));
      items.push_back({quantise(ring), static_cast<LabelIndex>(draw(random, 0, 2)), from,
                       from + static_cast<TimeIndex>(draw(random, 1, 3)), random() % 2 == 0 ? 1 : -1});
      std::reverse(ring.begin(), ring.end());
      if (k % 3 == 0) items.push_back({quantise(ring), 5, 0, 1, 1});
    }
    const auto build = [&] {
      SegmentTableBuilder builder;
      for (const Item& item : items) builder.add(item.chain, item.label, item.from, item.to, item.weight);
      return builder.finish();
    };
    const SegmentTable first = build();
    for (int k = 0; k < 4; ++k) {
      std::shuffle(items.begin(), items.end(), random);
      ASSERT_TRUE(same(first, build())) << "seed " << kSeed << ", case " << i;
    }
    ASSERT_TRUE(std::is_sorted(first.segments.begin(), first.segments.end()));
    ASSERT_TRUE(std::is_sorted(first.vertices.begin(), first.vertices.end()));
    for (const GridSegment& s : first.segments) ASSERT_LT(s.a, s.b);
  }
}

TEST(Segments, CompactingInBetweenChangesNothing) {
  // More events than the builder keeps before it adds up.
  SegmentTableBuilder builder;
  const QuantisedRing square = chain_of("0 0, 1 0, 1 1, 0 1, 0 0");
  const QuantisedRing triangle = chain_of("0 0, 1 0, 1 1, 0 0");
  constexpr TimeIndex kDays = 160000;
  for (TimeIndex day = 0; day < kDays; ++day) builder.add(square, 0, day, day + 1);
  for (TimeIndex day = 0; day < kDays; day += 2) builder.add(triangle, 1, day, day + 2);
  const SegmentTable table = builder.finish();
  EXPECT_EQ(table.segments.size(), 5U);
  EXPECT_EQ(table.events.size(), 5U * 2U + 2U * 2U);
}

}  // namespace
}  // namespace marchland
