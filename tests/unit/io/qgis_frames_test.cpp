// Into which steps QGIS plays a history.
#include <marchland/io/qgis_frames.h>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace marchland {
namespace {

using namespace std::chrono_literals;

QgisFrames frames_of(const std::vector<std::string>& dates, const DayConvention& days = {}) {
  std::vector<Instant> changes;
  for (const std::string& date : dates) changes.push_back(parse_date(date, days).first);
  const auto frames = qgis_frames(changes, days);
  EXPECT_TRUE(frames);
  return frames.value_or(QgisFrames{});
}

std::string told(const QgisFrames& frames) {
  return std::to_string(frames.step) + frames.unit + " x" + std::to_string(frames.count) + " " +
         format_utc(frames.time.from()) + "/" + format_utc(frames.time.to());
}

TEST(QgisFrames, TheLongestStepThatTellsChangesApart) {
  EXPECT_EQ(told(frames_of({"1990", "1992", "1991-07-01"})),
            "1y x3 1990-01-01T00:00:00Z/1993-01-01T00:00:00Z");
  EXPECT_EQ(told(frames_of({"1990", "1990-01-28", "1990-02-05"})),
            "1wk x6 1990-01-01T00:00:00Z/1990-02-12T00:00:00Z");
  EXPECT_EQ(told(frames_of({"1990-01-30", "1990-01-31", "1990-02-01"})),
            "1d x3 1990-01-30T00:00:00Z/1990-02-02T00:00:00Z");
  EXPECT_EQ(told(frames_of({"2020-11-10T01:00Z", "2020-11-10T07:30Z"})),
            "6h x2 2020-11-10T00:00:00Z/2020-11-10T12:00:00Z");
  EXPECT_EQ(told(frames_of({"2020-11-10T01:00:07Z", "2020-11-10T01:00:08Z"})),
            "1s x2 2020-11-10T01:00:07Z/2020-11-10T01:00:09Z");
  EXPECT_EQ(told(frames_of({"1100", "2000"})), "100y x10 1100-01-01T00:00:00Z/2100-01-01T00:00:00Z");
}

TEST(QgisFrames, TheShortestThatCanBeSatThroughWhereNoneDoes) {
  // 36 525 days, 1 201 months.
  EXPECT_EQ(told(frames_of({"1900", "2000-01-01", "2000-01-02"})),
            "1mon x1201 1900-01-01T00:00:00Z/2000-02-01T00:00:00Z");
  // 1 500 days are few enough, 1 501 are not, and weeks do not tell these apart.
  EXPECT_EQ(frames_of({"2000-01-01", "2000-01-02", "2004-02-08"}).unit, "d");
  EXPECT_EQ(frames_of({"2000-01-01", "2000-01-02", "2004-02-08"}).count, 1500U);
  EXPECT_EQ(frames_of({"2000-01-01", "2000-01-02", "2004-02-09"}).unit, "wk");
}

TEST(QgisFrames, DaysAndMonthsOfTheAtlas) {
  const DayConvention east{240min, 0min};
  EXPECT_EQ(told(frames_of({"2020-09-27", "2020-09-28"}, east)),
            "1d x2 2020-09-26T20:00:00Z/2020-09-28T20:00:00Z");
  // October begins on the 30th of September in UTC, from which QGIS would go on to the 30th of October.
  EXPECT_EQ(told(frames_of({"2020-10-10", "2020-11-10"}, east)),
            "1mon x3 2020-08-31T20:00:00Z/2020-11-30T20:00:00Z");
  EXPECT_EQ(told(frames_of({"2020-10-10", "2021-11-10"}, east)),
            "1y x2 2019-12-31T20:00:00Z/2021-12-31T20:00:00Z");
  const DayConvention west{-300min, 360min};
  EXPECT_EQ(told(frames_of({"2020-10-10", "2020-11-10"}, west)),
            "1mon x2 2020-10-01T11:00:00Z/2020-12-01T11:00:00Z");
}

TEST(QgisFrames, YearsThatQDateTimeReads) {
  EXPECT_EQ(told(frames_of({"-0300", "0001", "0500", "9999", "+12000"})),
            "100y x100 0001-01-01T00:00:00Z/9999-12-31T23:59:59Z");
  EXPECT_FALSE(is_qgis_date(parse_date("0000-12-31").first));
  EXPECT_TRUE(is_qgis_date(parse_date("0001-01-01").first));
  EXPECT_TRUE(is_qgis_date(parse_date("9999-12-31").first));
  EXPECT_FALSE(is_qgis_date(parse_date("+10000-01-01").first));
}

TEST(QgisFrames, NothingToPlay) {
  EXPECT_FALSE(qgis_frames({}, {}));
  EXPECT_FALSE(qgis_frames({Instant(5s), Instant(5s)}, {}));
  EXPECT_FALSE(qgis_frames({parse_date("-0300").first, parse_date("2000").first}, {}));
}

}  // namespace
}  // namespace marchland
