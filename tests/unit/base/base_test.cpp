#include <marchland/base/error.h>
#include <marchland/base/findings.h>
#include <marchland/base/grid.h>
#include <marchland/base/ids.h>
#include <marchland/base/int128.h>
#include <marchland/base/units.h>

#include <gtest/gtest.h>

#include <type_traits>

namespace marchland {
namespace {

template <class A, class B>
concept Addable = requires(A a, B b) { a + b; };

TEST(Units, DoNotConvertIntoOneAnother) {
  static_assert(Addable<Meters, Meters>);
  static_assert(!Addable<Meters, SquareMeters>);
  static_assert(!std::is_convertible_v<double, Meters>);
  static_assert(!std::is_constructible_v<Lon, Lat>);
  static_assert(!std::is_assignable_v<ActorId&, SourceId>);
  EXPECT_EQ((Meters(2.0) + Meters(3.5)).value(), 5.5);
}

TEST(Ids, DefaultRefersToNothing) {
  EXPECT_FALSE(ActorId().is_valid());
  EXPECT_TRUE(ActorId(0).is_valid());
  EXPECT_LT(ActorId(1), ActorId(2));
}

TEST(Int128, PrintsAllDigits) {
  EXPECT_EQ(to_string(Int128{0}), "0");
  EXPECT_EQ(to_string(Int128{-1}), "-1");
  EXPECT_EQ(to_string(static_cast<Int128>(9'000'000'000'000'000'000) * 10), "90000000000000000000");
  const Int128 least = static_cast<Int128>(static_cast<Uint128>(1) << 127);
  EXPECT_EQ(to_string(least), "-170141183460469231731687303715884105728");
}

TEST(Grid, DegreesPrintShort) {
  EXPECT_EQ(grid_to_degrees(467'925'000), 46.7925);
  EXPECT_EQ(grid_to_degrees(-3), -0.0000003);
}

TEST(Error, ContextIsAddedInFrontAndTheTypeStays) {
  try {
    try {
      throw InvalidData("ring 2: 3 positions, a ring needs 4");
    } catch (Error& error) {
      error.add_context("layer 'claims', feature 17");
      throw;
    }
  } catch (const InvalidData& error) {
    EXPECT_STREQ(error.what(), "layer 'claims', feature 17: ring 2: 3 positions, a ring needs 4");
    EXPECT_EQ(error.code(), ErrorCode::invalid_data);
  }
}

}  // namespace
}  // namespace marchland
