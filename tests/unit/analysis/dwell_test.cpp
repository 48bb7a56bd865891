// Days under each holder on rows of boxes, a letter a day for who has each.
#include <marchland/analysis/dwell.h>
#include <marchland/base/error.h>

#include <gtest/gtest.h>
#include <tests/composite_fixtures.h>

#include <optional>

namespace marchland {
namespace {

using namespace testing_fixtures;
using std::chrono::hours;

class Dwell : public testing::Test {
 protected:
  /// Of each box, from west to east, who has it day by day: '.' for nobody known.
  void draw(const std::vector<std::string>& boxes, const std::optional<std::string>& study_area = {}) {
    AtlasBuilder builder;
    if (study_area) builder.atlas.study_area = parse_wkt(*study_area);
    for (std::size_t x = 0; x < boxes.size(); ++x) {
      for (std::size_t d = 0; d < boxes[x].size(); ++d) {
        if (boxes[x][d] == '.') continue;
        const auto west = static_cast<double>(x);
        const auto from = static_cast<int>(d);
        builder.say("l", std::string(1, boxes[x][d]), box_wkt(west, 0, west + 1, 1), days(from, from + 1));
      }
    }
    keep(builder);
  }
  void keep(const AtlasBuilder& builder) {
    composite_ = builder.build();
    holders_.emplace(composite_, HolderOptions{});
  }
  [[nodiscard]] DwellTable table(const Interval& when) const {
    return {composite_, composite_.areas(), *holders_, when};
  }
  /// "first>last changes @day of the last: a 3 b 2 - 1", times in days.
  [[nodiscard]] std::string text(const DwellAccount& account) const {
    const auto name = [&](HolderIndex h) { return h == kUnknown ? std::string("-") : holders_->id(h); };
    std::string out = fmt::format("{}>{} {}", name(account.first), name(account.last), account.changes);
    if (account.last_change) out += fmt::format(" @{}", account.last_change->time_since_epoch() / hours(24));
    out += ":";
    for (const HeldTime& held : account.held)
      out += fmt::format(" {} {}", name(held.holder), held.time / hours(24));
    return out;
  }
  [[nodiscard]] std::vector<std::string> texts(const DwellTable& table) const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < table.size(); ++i) out.push_back(text(table.account(i)));
    return out;
  }

  Composite composite_;
  std::optional<Holders> holders_;
};

using Texts = std::vector<std::string>;

TEST_F(Dwell, DaysChangesAndHoldersOfEachGround) {
  draw({"aaaaa",   // never passed
        "aabba",   // to b and back
        "a.bb.",   // unknown stretches are passed over
        "a..aa",   // back to whom it was before it was unknown: no change
        "..bbb"},  // unknown at first
       box_wkt(0, 0, 6, 1));
  EXPECT_EQ(texts(table(days(0, 5))), (Texts{"a>a 0: a 3 - 2", "a>a 0: a 5", "a>a 2 @4: a 3 b 2",
                                             "a>b 1 @2: a 1 b 2 - 2", "b>b 0: b 3 - 2", "->- 0: - 5"}));
}

TEST_F(Dwell, WhatPassesAtTheEndHasPassed) {
  draw({"aab"});
  EXPECT_EQ(texts(table(days(0, 2))), Texts{"a>b 1 @2: a 2"});
  EXPECT_EQ(texts(table(days(1, 3))), Texts{"a>b 1 @2: a 1 b 1"});
  // What began before is cut at the beginning; who had it before does not matter.
  EXPECT_EQ(texts(table(days(2, 9))), Texts{"b>b 0: b 1 - 6"});
  EXPECT_EQ(texts(table(days(-3, 1))), Texts{"a>a 0: a 1 - 3"});
}

TEST_F(Dwell, EqualAccountsAreOne) {
  draw({"ab", "ab", "ba"});
  const DwellTable dwell = table(days(0, 2));
  EXPECT_EQ(texts(dwell), (Texts{"a>b 1 @1: a 1 b 1", "b>a 1 @1: a 1 b 1"}));
  EXPECT_TRUE(dwell.area(0) > 19 * dwell.area(1) / 10 && dwell.area(0) < 21 * dwell.area(1) / 10);
  EXPECT_TRUE(dwell.area(0) + dwell.area(1) == dwell.total_area());
}

TEST_F(Dwell, RowsAddUpToAreaTimesTime) {
  draw({"aaab", "aabb", "bbbb", "a..."}, box_wkt(0, 0, 6, 1));
  const DwellTable dwell = table(days(0, 4));
  const std::vector<DwellRow> rows = dwell.rows();
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(holders_->id(rows[0].holder), "a");
  EXPECT_EQ(holders_->id(rows[1].holder), "b");
  EXPECT_EQ(rows[2].holder, kUnknown);
  AreaSeconds sum = 0;
  for (const DwellRow& row : rows) sum += row.area_time;
  EXPECT_TRUE(sum == dwell.total_area() * 4 * 86400);
  // a had three boxes for 3, 2 and 1 days; b three for 1, 2 and 4; areas of boxes differ by some units only.
  const auto in_days = [](const std::array<std::chrono::seconds, 5>& quantiles) {
    std::vector<std::int64_t> out;
    for (const auto time : quantiles) out.push_back(time / hours(24));
    return out;
  };
  EXPECT_EQ(in_days(rows[0].quantiles), (std::vector<std::int64_t>{1, 1, 2, 3, 3}));
  EXPECT_EQ(in_days(rows[1].quantiles), (std::vector<std::int64_t>{1, 1, 2, 4, 4}));
  EXPECT_EQ(in_days(rows[2].quantiles), (std::vector<std::int64_t>{3, 3, 4, 4, 4}));
  const double box = to_square_meters(dwell.total_area()).value() / 6;
  EXPECT_NEAR(to_square_meters(rows[0].ever_held).value() / box, 3.0, 1e-9);
  EXPECT_NEAR(static_cast<double>(rows[0].area_time) / static_cast<double>(dwell.total_area()), 86400.0,
              1e-4);
}

TEST_F(Dwell, WithoutAnEdgeGroundThatNothingIsEverSaidOfDoesNotCount) {
  draw({"ab", ".."});
  const DwellTable dwell = table(days(-1, 2));
  EXPECT_EQ(texts(dwell), Texts{"a>b 1 @1: a 1 b 1 - 1"});
  EXPECT_FALSE(dwell.find(0).has_value());
}

TEST_F(Dwell, ContestedSetsAreHoldersOfTheirOwn) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 1, 1), days(0, 3)).say("l", "b", box_wkt(0, 0, 1, 1), days(2, 5));
  keep(builder);
  EXPECT_EQ(texts(table(days(0, 5))), Texts{"a>b 2 @3: a 2 a+b 1 b 2"});
}

TEST_F(Dwell, AWindowHidesWhatHoldsAfterIt) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 1, 1), days(0, 3)).say("l", "b", box_wkt(0, 0, 1, 1), days(3, 5));
  composite_ = build_within(builder.atlas, {days(1, 3), {}});
  holders_.emplace(composite_, HolderOptions{});
  EXPECT_EQ(texts(table(days(1, 3))), Texts{"a>a 0: a 2"});
}

TEST_F(Dwell, RefusesAStretchWithoutEnds) {
  draw({"a"});
  EXPECT_THROW(static_cast<void>(table(Interval())), InvalidArgument);
  EXPECT_THROW(static_cast<void>(table(Interval::since(day(0)))), InvalidArgument);
  EXPECT_THROW(static_cast<void>(table(days(2, 2))), InvalidArgument);
  EXPECT_THROW(static_cast<void>(table(days(2, 1))), InvalidArgument);
}

}  // namespace
}  // namespace marchland
