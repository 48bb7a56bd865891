#include <marchland/base/error.h>
#include <marchland/raster/class_overview.h>

#include <gmock/gmock.h>

#include <algorithm>
#include <array>

namespace marchland {
namespace {

using testing::ElementsAre;

// Every pattern of four: as many as any, and the first to be so.
TEST(ClassOverview, IsTheFirstOfTheMostFrequent) {
  for (int pattern = 0; pattern < 256; ++pattern) {
    std::vector<CellClass> four;
    for (int i = 0; i < 4; ++i) four.push_back(static_cast<CellClass>(pattern >> (2 * i) & 3));
    std::array<int, 4> counts{};
    CellClass expected = 0;
    int most = 0;
    for (const CellClass c : four) {
      if (++counts[c] <= most) continue;
      most = counts[c];
      expected = c;
    }
    EXPECT_THAT(halve_classes(four, 2, 2), ElementsAre(expected)) << "pattern " << pattern;
  }
}

TEST(ClassOverview, AnOddRimStandsForWhatIsLeft) {
  const std::vector<CellClass> cells{1, 1, 2,  //
                                     1, 3, 4,  //
                                     5, 6, 7};
  EXPECT_THAT(halve_classes(cells, 3, 3), ElementsAre(1, 2, 5, 7));
  EXPECT_THAT(halve_classes(std::vector<CellClass>{1, 2, 2}, 3, 1), ElementsAre(1, 2));
  EXPECT_THAT(halve_classes(std::vector<CellClass>{9}, 1, 1), ElementsAre(9));
}

TEST(ClassOverview, RefusesCellsThatDoNotFit) {
  EXPECT_THROW(static_cast<void>(halve_classes(std::vector<CellClass>{1, 2, 3}, 2, 2)), InvalidArgument);
}

// No data is a class among others: a third of the ground, in a pattern finer than a cell, does not cover all
// of it.
TEST(ClassOverview, HeldGroundDoesNotGrow) {
  std::vector<CellClass> cells;
  for (int i = 0; i < 64 * 64; ++i) cells.push_back((i % 64) % 3 == 0 ? 1 : 0);
  const auto half = halve_classes(cells, 64, 64);
  EXPECT_LE(std::count(half.begin(), half.end(), 1), 32 * 32 * 2 / 3);
}

}  // namespace
}  // namespace marchland
