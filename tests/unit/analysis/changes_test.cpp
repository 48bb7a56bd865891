// Matrices of dates on ground that can be counted: boxes of one degree along the equator, so that areas are
// compared as numbers of boxes.
#include <marchland/analysis/all_pairs.h>
#include <marchland/analysis/changes.h>

#include <gtest/gtest.h>
#include <tests/composite_fixtures.h>

#include <optional>

namespace marchland {
namespace {

using namespace testing_fixtures;

/// Columns 0..9 of a row of boxes, a letter for the actor of each, '.' for none; a text a day.
AtlasBuilder drawn(const std::vector<std::string>& days_of) {
  AtlasBuilder builder;
  for (std::size_t d = 0; d < days_of.size(); ++d) {
    const auto from = static_cast<int>(d);
    for (std::size_t x = 0; x < days_of[d].size(); ++x) {
      if (days_of[d][x] == '.') continue;
      builder.say("l", std::string(1, days_of[d][x]),
                  box_wkt(static_cast<double>(x), 0, static_cast<double>(x) + 1, 1), days(from, from + 1));
    }
  }
  return builder;
}

std::vector<Instant> dates_of(std::size_t count) {
  std::vector<Instant> dates;
  for (std::size_t d = 0; d < count; ++d) dates.push_back(day(static_cast<int>(d)));
  return dates;
}

class Drawn : public testing::Test {
 protected:
  void draw(const std::vector<std::string>& days_of) {
    composite_ = drawn(days_of).build();
    holders_.emplace(composite_, HolderOptions{});
    table_.emplace(composite_, composite_.areas(), *holders_);
    AtlasBuilder one;
    one.say("l", "a", box_wkt(0, 0, 1, 1));
    box_ = area_of(one.build(), "l/a");
  }
  [[nodiscard]] HolderIndex holder(std::string_view id) const {
    for (HolderIndex h = 0; h < holders_->size(); ++h) {
      if (holders_->id(h) == id) return h;
    }
    ADD_FAILURE() << "no holder '" << id << "'";
    return kUnknown;
  }
  /// In boxes; -1 where it is no whole number of them. Parts of an edge between mileposts (153 a degree) are
  /// rounded to whole units, so two boxes may differ by as many units.
  [[nodiscard]] int boxes(AreaUnits area) const {
    constexpr AreaUnits kRounding = 10 * 4 * 160;
    const AreaUnits count = (area + box_ / 2) / box_;
    const AreaUnits off = area - count * box_;
    return off <= kRounding && -off <= kRounding ? static_cast<int>(count) : -1;
  }
  [[nodiscard]] std::vector<std::vector<int>> common(std::string_view id,
                                                     const std::vector<Instant>& dates) const {
    const AllPairs matrix = all_pairs(*table_, dates, holder(id));
    std::vector<std::vector<int>> out(dates.size(), std::vector<int>(dates.size()));
    for (std::size_t i = 0; i < dates.size(); ++i) {
      for (std::size_t j = 0; j < dates.size(); ++j) out[i][j] = boxes(matrix(i, j));
    }
    return out;
  }
  [[nodiscard]] std::vector<std::string> transitions(int from, int to) const {
    std::vector<std::string> out;
    for (const Transition& t : table_->transitions(day(from), day(to)))
      out.push_back(fmt::format("{}>{} {}", holders_->id(t.from), holders_->id(t.to), boxes(t.area)));
    return out;
  }

  Composite composite_;
  std::optional<Holders> holders_;
  std::optional<ChangeTable> table_;
  AreaUnits box_ = 0;
};

TEST_F(Drawn, CommonGroundOfEveryTwoDates) {
  draw({"aaaab.",  //
        "aabbb.",  // a loses two
        "aaab.b",  // takes one back
        "b.aaaa"});
  using Rows = std::vector<std::vector<int>>;
  EXPECT_EQ(common("a", dates_of(4)), (Rows{{4, 2, 3, 2}, {2, 2, 2, 0}, {3, 2, 3, 1}, {2, 0, 1, 4}}));
  EXPECT_EQ(common("b", dates_of(4)), (Rows{{1, 1, 0, 0}, {1, 3, 1, 0}, {0, 1, 2, 0}, {0, 0, 0, 1}}));
}

TEST_F(Drawn, DatesBetweenWhichNothingIsAskedLeaveNoTrace) {
  draw({"aab", "bba", "aab", "abb"});
  using Rows = std::vector<std::vector<int>>;
  // Of the second day nothing is seen.
  EXPECT_EQ(common("a", {day(0), day(2), day(3)}), (Rows{{2, 2, 1}, {2, 2, 1}, {1, 1, 1}}));
  // Before anything is said, and after.
  EXPECT_EQ(common("a", {day(-3), day(1), day(9)}), (Rows{{0, 0, 0}, {0, 1, 0}, {0, 0, 0}}));
  EXPECT_EQ(common("a", {}), Rows{});
}

TEST_F(Drawn, MatrixOfAnyTwoDates) {
  draw({"aab.", "abbc", "cbbc", "aab."});
  using Texts = std::vector<std::string>;
  EXPECT_EQ(transitions(0, 1), (Texts{"a>a 1", "a>b 1", "b>b 1", ">c 1"}));
  EXPECT_EQ(transitions(0, 2), (Texts{"a>b 1", "a>c 1", "b>b 1", ">c 1"}));
  EXPECT_EQ(transitions(2, 0), (Texts{"b>a 1", "b>b 1", "c>a 1", "c> 1"}));
  EXPECT_EQ(transitions(0, 3), (Texts{"a>a 2", "b>b 1"}));
  EXPECT_EQ(transitions(-1, 0), (Texts{">a 2", ">b 1"}));
}

TEST_F(Drawn, LongHistoriesAreReadThroughMarks) {
  // One box of many changes hands once, the last every day: few spans in the mean, many epochs.
  std::vector<std::string> days_of;
  for (std::size_t d = 0; d < 60; ++d) {
    std::string row(6, 'a');
    for (std::size_t x = 0; x < 5; ++x) row[x] = d >= 10 * (x + 1) ? 'b' : 'a';
    row[5] = d % 2 == 0 ? 'a' : 'b';
    days_of.push_back(row);
  }
  draw(days_of);
  for (int from = 0; from < 60; ++from) {
    for (int to = 0; to < 60; ++to) {
      int held = 0;
      for (std::size_t x = 0; x < 6; ++x) {
        held += days_of[static_cast<std::size_t>(from)][x] == 'a' &&
                days_of[static_cast<std::size_t>(to)][x] == 'a';
      }
      AreaUnits found = 0;
      for (const Transition& t : table_->transitions(day(from), day(to))) {
        if (t.from == holder("a") && t.to == holder("a")) found = t.area;
      }
      ASSERT_EQ(boxes(found), held) << from << " to " << to;
    }
  }
}

TEST_F(Drawn, TableOfGroundNobodyHolds) {
  AtlasBuilder builder;
  builder.layer("borders", LayerMode::interval, Theme::border);
  builder.say("borders", "a", box_wkt(0, 0, 1, 1));
  const Composite composite = builder.build();
  const Holders holders(composite, {});
  const ChangeTable table(composite, composite.areas(), holders);
  EXPECT_EQ(table.size(), 0U);
  EXPECT_TRUE(table.occurring().empty());
  EXPECT_TRUE(table.transitions(day(0), day(1)).empty());
  EXPECT_TRUE(table.timeline({day(0), day(1)}).points.empty());
}

}  // namespace
}  // namespace marchland
