// Published figures as values: what a row says, and where it is wrong.
#include "tests/unit/io/io_fixture.h"
#include <marchland/io/published_figures.h>

#include <fmt/format.h>

namespace marchland {
namespace {

using test::error_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kHead =
    "theme,figure,title,printed,low,high,unit,source,kind,holder,passed_to,at,from,to,region,of,reason\n";

class PublishedFiguresTest : public test::IoTest {
 protected:
  [[nodiscard]] std::vector<PublishedFigure> read(const std::string& rows,
                                                  const std::string& head = kHead) const {
    return read_published_figures(write("published.csv", head + rows));
  }
};

TEST_F(PublishedFiguresTest, RowSaysWhatItSays) {
  const auto figures = read(
      "claim,kept,\"kept, in all\",27.7 %,27.65,27.75,%,a; b,area,x,,line,,,\"r;s\",held@first,\"a "
      "\"\"reason\"\"\"\n"
      ",lost,lost,8 to 20,8,20,km2,,changed,x,y,,first,second,,,\n");
  ASSERT_EQ(figures.size(), 2);
  EXPECT_EQ(figures[0].id, "kept");
  EXPECT_EQ(figures[0].title, "kept, in all");
  EXPECT_EQ(figures[0].printed, "27.7 %");
  EXPECT_EQ(figures[0].low, 27.65);
  EXPECT_EQ(figures[0].high, 27.75);
  EXPECT_TRUE(figures[0].is_share);
  EXPECT_THAT(figures[0].sources, ElementsAre("a", "b"));
  EXPECT_EQ(figures[0].kind, PublishedFigure::Kind::area);
  EXPECT_EQ(figures[0].theme, Theme::claim);
  EXPECT_EQ(figures[0].at, "line");
  EXPECT_THAT(figures[0].regions, ElementsAre("r", "s"));
  EXPECT_EQ(figures[0].of, "held@first");
  EXPECT_EQ(figures[0].reason, "a \"reason\"");
  EXPECT_THAT(figures[0].place, HasSubstr("published.csv: row 1"));
  EXPECT_EQ(figures[1].kind, PublishedFigure::Kind::changed);
  EXPECT_EQ(figures[1].theme, Theme::control);
  EXPECT_EQ(figures[1].passed_to, "y");
  EXPECT_FALSE(figures[1].is_share);
  EXPECT_THAT(figures[1].sources, IsEmpty());
  EXPECT_THAT(figures[1].regions, IsEmpty());
}

TEST_F(PublishedFiguresTest, ColumnsMayComeInAnyOrder) {
  const auto figures = read(
      "area,,r,f,t,p,1,2,km2,,,,,,,,\n",
      "kind,theme,region,figure,title,printed,low,high,unit,source,holder,passed_to,at,from,to,of,reason\n");
  ASSERT_EQ(figures.size(), 1);
  EXPECT_EQ(figures[0].id, "f");
  EXPECT_THAT(figures[0].regions, ElementsAre("r"));
}

TEST_F(PublishedFiguresTest, AtLeastHasNoUpperEnd) {
  const auto figures = read(",f,t,at least 215,215,,km2,,area,,,,,,r,,\n");
  ASSERT_EQ(figures.size(), 1);
  EXPECT_EQ(figures[0].low, 215);
  EXPECT_EQ(figures[0].high, std::nullopt);
  EXPECT_THAT(error_of([&] { static_cast<void>(read(",f,t,p,,215,km2,,area,,,,,,r,,\n")); }),
              HasSubstr("row 1: low: is empty"));
}

TEST_F(PublishedFiguresTest, NumberIsWrittenWithAPoint) {
  for (const std::string text : {"1 936", "\"1,5\"", "-1", "nan", "1e999", "12a"}) {
    EXPECT_THAT(
        error_of([&] { static_cast<void>(read(fmt::format(",f,t,p,{},2e9,km2,,area,,,,,,r,,\n", text))); }),
        HasSubstr("published.csv: row 1: low: "))
        << text;
  }
}

TEST_F(PublishedFiguresTest, ShareOfWhatNobodyHeldIsRefused) {
  EXPECT_THAT(error_of([&] { static_cast<void>(read(",f,t,p,1,2,%,,area,,,,,,r,held,\n")); }),
              HasSubstr("row 1: of: 'held': the row has no holder"));
}

TEST_F(PublishedFiguresTest, FileThatIsNotThereIsAFailure) {
  EXPECT_THAT(error_of([&] { static_cast<void>(read_published_figures(path("none.csv"))); }),
              testing::AllOf(HasSubstr("failure: "), HasSubstr("none.csv")));
}

}  // namespace
}  // namespace marchland
