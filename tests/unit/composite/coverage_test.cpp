#include <marchland/composite/coverage.h>
#include <marchland/geometry/wkt.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/composite_fixtures.h>
#include <tests/composite_oracle.h>

namespace marchland {
namespace {

using namespace testing_oracle;
using testing::ElementsAre;

QuantisedRing chain_of(std::string_view coordinates) {
  return quantise(parse_wkt("POLYGON((" + std::string(coordinates) + "))").front().front());
}

TEST(Windings, NothingCoversNothing) {
  const Arrangement plane(SegmentTableBuilder().finish());
  const Windings windings(plane, {0, 0});
  EXPECT_EQ(windings.coverage(kUnboundedFace, 0), 0U);
  EXPECT_EQ(windings.coverage_count(0), 1U);
  EXPECT_EQ(windings.closure_residual(), 0U);
}

TEST(Windings, EqualCoveragesAreStoredOnce) {
  SegmentTableBuilder builder;
  builder.add(chain_of("0 0,1 0,1 1,0 1,0 0"), 0, 0, 2);
  builder.add(chain_of("5 0,6 0,6 1,5 1,5 0"), 0, 0, 2);
  builder.add(chain_of("5 5,6 5,6 6,5 6,5 5"), 1, 0, 2);
  const Arrangement plane(builder.finish());
  const Windings windings(plane, {0, 1, 2});
  EXPECT_EQ(windings.group_count(), 2U);
  EXPECT_EQ(windings.coverage_count(0), 2U);
  EXPECT_EQ(windings.coverage_count(1), 2U);
  EXPECT_THAT(windings.events(0, 1), ElementsAre(WindingEvent{0, 0, 1}, WindingEvent{0, 2, -1}));
  EXPECT_THAT(windings.events(1, 1), ElementsAre(WindingEvent{1, 0, 1}, WindingEvent{1, 2, -1}));
}

TEST(Windings, AgreeWithWindingNumbersOfTheRings) {
  constexpr std::uint64_t kSeed = 81;
  Random random(kSeed);
  for (int i = 0; i < 60; ++i) {
    struct Item {
      QuantisedRing chain;
      LabelIndex label;
      TimeIndex from;
      TimeIndex to;
    };
    std::vector<Item> items;
    SegmentTableBuilder builder;
    for (int k = 0; k < 4; ++k) {
      Ring ring;
      for (int n = 0; n < 4 + i % 3; ++n) {
        ring.push_back({static_cast<double>(draw(random, 0, 6)), static_cast<double>(draw(random, 0, 6))});
      }
      ring.push_back(ring.front());
      const auto from = static_cast<TimeIndex>(draw(random, 0, 2));
      items.push_back({quantise(ring), static_cast<LabelIndex>(draw(random, 0, 3)), from,
                       from + static_cast<TimeIndex>(draw(random, 1, 2))});
      builder.add(items.back().chain, items.back().label, items.back().from, items.back().to);
    }
    const Arrangement plane(builder.finish());
    const Windings windings(plane, {0, 2, 2, 4});  // three groups, the middle one empty
    ASSERT_EQ(windings.closure_residual(), 0U) << "seed " << kSeed << ", case " << i;
    const std::vector<RationalPoint> points = points_in_faces(plane);
    for (FaceIndex f = 1; f < plane.face_count(); ++f) {
      ASSERT_EQ(windings.coverage(f, 1), 0U);
      for (LabelIndex label = 0; label < 4; ++label) {
        for (TimeIndex t = 0; t < 4; ++t) {
          int expected = 0;
          for (const Item& item : items) {
            if (item.label == label && item.from <= t && t < item.to)
              expected += winding(item.chain, points[f]);
          }
          int found = 0;
          const std::size_t group = label < 2 ? 0 : 2;
          for (const WindingEvent& e : windings.events(group, windings.coverage(f, group))) {
            if (e.label == label && e.time <= t) found += e.change;
          }
          ASSERT_EQ(found, expected) << "seed " << kSeed << ", case " << i << ", face " << f;
        }
      }
    }
  }
}

TEST(Windings, OpenChainIsNoticed) {
  // A chain that does not close cannot be given winding numbers: the residual says so.
  SegmentTable table;
  table.segments = {{{0, 0}, {0, 4}}, {{0, 0}, {4, 0}}, {{0, 4}, {4, 0}}};
  number_ends(table);
  table.offsets = {0, 1, 1, 1};
  table.events = {{0, 0, 1}};
  const Arrangement plane(std::move(table));
  EXPECT_GT(Windings(plane, {0, 1}).closure_residual(), 0U);
}

// Each face of n nested squares has a list of those around it: n^2/2 in all, though no line crosses another.
TEST(Windings, ListsThatWouldTakeTooMuchAreRefused) {
  using namespace testing_fixtures;
  AtlasBuilder builder;
  for (int i = 0; i < 400; ++i) {
    const double side = 10.0 - 0.01 * i;
    builder.say(fmt::format("layer {}", i), "a", box_wkt(-side, -side, side, side), Interval());
  }
  EXPECT_EQ(build_composite(builder.atlas).plane().face_count(), 401U);
  EXPECT_EQ(build_composite(builder.atlas, {.max_memory_bytes = 16'000'000}).plane().face_count(), 401U);
  try {
    static_cast<void>(build_composite(builder.atlas, {.max_memory_bytes = 2'000'000}));
    FAIL() << "not refused";
  } catch (const TooLarge& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("statements lie on top of one another. Choose one:"));
  }
}

}  // namespace
}  // namespace marchland
