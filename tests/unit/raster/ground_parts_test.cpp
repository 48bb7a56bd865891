#include "tests/composite_fixtures.h"
#include <marchland/base/error.h>
#include <marchland/raster/ground_parts.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

namespace marchland {
namespace {

using testing_fixtures::AtlasBuilder;
using testing_fixtures::box_wkt;
using testing_fixtures::day;
using testing_fixtures::days;

std::vector<TimeIndex> epochs_of(const Composite& composite, const std::vector<int>& dates) {
  std::vector<TimeIndex> out;
  for (const int date : dates) out.push_back(composite.times().epoch_of(day(date)));
  return out;
}

TEST(GroundParts, TellApartOnlyWhatTheDatesTellApart) {
  AtlasBuilder builder;
  // From west to east: a until 10 and b after; a until 20 and b after; b always.
  builder.say("l", "a", box_wkt(0, 0, 1, 1), days(0, 10)).say("l", "b", box_wkt(0, 0, 1, 1), days(10, 30));
  builder.say("l", "a", box_wkt(1, 0, 2, 1), days(0, 20)).say("l", "b", box_wkt(1, 0, 2, 1), days(20, 30));
  builder.say("l", "b", box_wkt(2, 0, 3, 1), days(0, 30));
  builder.region("west", box_wkt(0, 0, 1, 1));
  const Composite composite = builder.build();
  const Holders holders(composite, {});
  const std::vector<bool> ground(composite.plane().face_count(), true);
  const auto count = [&](const std::vector<int>& dates, bool by_region) {
    return GroundParts(composite, holders, ground, epochs_of(composite, dates), by_region).size() - 1;
  };
  EXPECT_EQ(count({25}, false), 1U);
  EXPECT_EQ(count({15}, false), 2U);
  EXPECT_EQ(count({5, 25}, false), 2U);
  EXPECT_EQ(count({25, 15, 5, 15}, false), 3U);
  EXPECT_EQ(count({25}, true), 2U);
  EXPECT_EQ(count({15}, true), 3U);
}

class GroundPartsRandom : public testing::TestWithParam<unsigned> {};

TEST_P(GroundPartsRandom, HaveTheHoldersOfTheirFaces) {
  std::mt19937 random(GetParam());
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution(low, high)(random); };
  AtlasBuilder builder;
  for (int i = 0; i < 40; ++i) {
    const int x = pick(0, 8);
    const int y = pick(0, 8);
    const int from = pick(0, 28);
    builder.say(pick(0, 1) == 0 ? "l" : "m", std::string(1, static_cast<char>('a' + pick(0, 2))),
                box_wkt(x, y, x + pick(1, 4), y + pick(1, 4)), days(from, from + pick(1, 12)));
  }
  builder.region("r", box_wkt(2, 2, 7, 6));
  const Composite composite = builder.build();
  const Holders holders(composite, {});
  std::vector<bool> ground;
  for (FaceIndex f = 0; f < composite.plane().face_count(); ++f)
    ground.push_back(f != kUnboundedFace && pick(0, 9) > 0);
  std::vector<int> dates;
  for (int i = pick(1, 6); i > 0; --i) dates.push_back(pick(-3, 43));
  const std::vector<TimeIndex> epochs = epochs_of(composite, dates);
  const bool by_region = pick(0, 1) == 1;
  const GroundParts parts(composite, holders, ground, epochs, by_region);

  // What the dates and regions say of each face, and of each part.
  std::map<std::vector<std::uint32_t>, std::set<Part>> parts_of_key;
  std::vector<std::vector<HolderIndex>> held;
  for (const TimeIndex epoch : epochs) held.push_back(parts.holders_at(epoch));
  for (FaceIndex f = 0; f < ground.size(); ++f) {
    const Part part = parts.by_face()[f];
    ASSERT_EQ(part != 0, ground[f]);
    if (part == 0) continue;
    std::vector<std::uint32_t> key{by_region ? composite.coverage(f, LabelGroup::region) : 0};
    for (std::size_t d = 0; d < epochs.size(); ++d) {
      key.push_back(holders.at(composite.coverage(f, holders.group()), epochs[d]));
      EXPECT_EQ(held[d][part], key.back());
      EXPECT_EQ(held[d][0], kUnknown);
    }
    parts_of_key[key].insert(part);
    EXPECT_EQ(parts.by_face()[parts.face(part)], part);
  }
  for (const auto& [key, numbers] : parts_of_key) EXPECT_EQ(numbers.size(), 1U);
  EXPECT_EQ(parts.size(), parts_of_key.size() + 1);
}
INSTANTIATE_TEST_SUITE_P(Seeds, GroundPartsRandom, testing::Range(1U, 30U));

TEST(GroundParts, RefuseWhatDoesNotFit) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 1, 1), days(0, 10));
  const Composite composite = builder.build();
  const Holders holders(composite, {});
  EXPECT_THROW(GroundParts(composite, holders, {true}, {0}, false), InvalidArgument);
  const GroundParts parts(composite, holders, std::vector<bool>(composite.plane().face_count(), true), {0},
                          false);
  EXPECT_THROW(static_cast<void>(parts.holders_at(1)), InvalidArgument);
}

}  // namespace
}  // namespace marchland
