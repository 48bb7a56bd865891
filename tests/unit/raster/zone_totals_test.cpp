#include <marchland/base/error.h>
#include <marchland/raster/classify.h>
#include <marchland/raster/zone_totals.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace marchland {
namespace {

using testing::ElementsAre;

/// Two rows of three cells: part 1 has the west, part 2 the east, both of them some of the middle.
CellCoverage coverage() {
  return {{"EPSG:4326", 0, 2, 1, 3, 2, 0.0},
          {{{1, 1, 0.25}, {1, 2, 0.5}}, {{1, 1, 0.5}, {1, 2, 0.5}, {2, 2, 0.125}}},
          {{{0, 1, 1}, {2, 3, 2}}, {{0, 1, 1}}}};
}
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

TEST(ZoneTotals, WeighValuesByShares) {
  const std::vector<double> values{1, 10, 100, 1000, kNone, 100000};
  const std::vector<ZoneTotal> totals = total_by_part(coverage(), values, 3);
  EXPECT_EQ(totals[0].cells, 0.0);
  EXPECT_EQ(totals[1].sum, 1 + 2.5 + 1000);
  EXPECT_EQ(totals[1].cells, 2.25);
  EXPECT_EQ(totals[1].without_value, 0.5);
  EXPECT_EQ(totals[2].sum, 5 + 100 + 12500);
  EXPECT_EQ(totals[2].cells, 1.625);
  EXPECT_EQ(totals[2].without_value, 0.5);
}

TEST(ZoneTotals, RefuseWhatDoesNotFit) {
  EXPECT_THROW(static_cast<void>(total_by_part(coverage(), std::vector<double>(5), 3)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(total_by_part(coverage(), std::vector<double>(6), 2)), InvalidArgument);
}

TEST(LargestShares, GroundWithoutClassCompetesAndTheFirstOfEqualsWins) {
  EXPECT_THAT(largest_shares(coverage(), std::vector<CellClass>{0, 4, 7}), ElementsAre(4, 7, 7, 4, 4, 0));
  EXPECT_THAT(largest_shares(coverage(), std::vector<CellClass>{0, 4, 4}), ElementsAre(4, 4, 4, 4, 4, 0));
  EXPECT_THAT(largest_shares(coverage(), std::vector<CellClass>{0, 4, 0}), ElementsAre(4, 0, 0, 4, 4, 0));
}

TEST(SharesOf, AddUpPartsOfTheSet) {
  EXPECT_THAT(shares_of(coverage(), {false, true, false}, -1.0), ElementsAre(1, 0.25, 0, 1, 0.5, 0));
  EXPECT_THAT(shares_of(coverage(), {false, true, true}, -1.0), ElementsAre(1, 0.75, 1, 1, 1, 0.125));
  const CellCoverage nothing({"EPSG:4326", 0, 1, 1, 2, 1, 0.0}, {{}}, {{}});
  EXPECT_THAT(shares_of(nothing, {false}, -1.0), ElementsAre(-1, -1));
}

}  // namespace
}  // namespace marchland
