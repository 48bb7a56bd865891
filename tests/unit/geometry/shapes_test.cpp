#include <marchland/base/error.h>
#include <marchland/geometry/shapes.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace marchland {
namespace {

std::string refusal(const MultiPolygon& area) {
  try {
    check_readable(area);
    return "accepted";
  } catch (const InvalidData& error) {
    return error.what();
  }
}

TEST(CheckReadable, NamesPlaceAndAdvice) {
  const Ring good{{0, 0}, {1, 0}, {1, 1}, {0, 0}};
  EXPECT_EQ(refusal({{good}}), "accepted");
  EXPECT_EQ(refusal({{good, {{0, 0}, {1, 1}, {0, 0}}}}),
            "ring 2: 3 positions, a ring needs 4 (the last repeats the first)");
  EXPECT_THAT(refusal({{good}, {{{0, 0}, {1, 0}, {1, 1}, {0, 1}}}}),
              testing::StartsWith("polygon 2, ring 1: not closed: begins at (0, 0), ends at (0, 1)"));
  EXPECT_THAT(refusal({{{{0, 0}, {1, std::numeric_limits<double>::quiet_NaN()}, {1, 1}, {0, 0}}}}),
              testing::StartsWith("ring 1: position 2: (1, nan) is not a finite"));
  EXPECT_THAT(refusal({{{{0, 0}, {1, 0}, {1, 90.5}, {0, 0}}}}),
              testing::AllOf(testing::StartsWith("ring 1: position 3: latitude 90.5"),
                             testing::HasSubstr("axis order")));
  EXPECT_THAT(refusal({{{{0, 0}, {600, 0}, {1, 1}, {0, 0}}}}), testing::HasSubstr("longitude 600"));
}

TEST(CheckReadable, CrossingAndReversedRingsAreData) {
  EXPECT_EQ(refusal({{{{0, 0}, {1, 1}, {1, 0}, {0, 1}, {0, 0}}}}), "accepted");
  EXPECT_EQ(refusal({{{{0, 0}, {0, 0}, {0, 0}, {0, 0}}}}), "accepted");
}

}  // namespace
}  // namespace marchland
