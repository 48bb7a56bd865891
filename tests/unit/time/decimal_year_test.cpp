#include <marchland/time/decimal_year.h>

#include <gtest/gtest.h>

namespace marchland {
namespace {

Instant utc(std::string_view text) {
  return parse_date(text).first;
}

TEST(DecimalYear, IsTheYearAndThePartThatHasPassed) {
  EXPECT_EQ(decimal_year(utc("2000-01-01")), 2000.0);
  EXPECT_EQ(decimal_year(utc("2000-07-02")), 2000.5);  // day 183 of 366
  EXPECT_EQ(decimal_year(utc("2001-12-31T12:00Z")), 2001.0 + 364.5 / 365);
  // OpenHistoricalMap/decimaldate-python: iso2dec of dates, which are noons.
  EXPECT_NEAR(decimal_year(utc("2000-02-28T12:00Z")), 2000.159836, 1e-6);
  EXPECT_NEAR(decimal_year(utc("-2000-01-01T12:00Z")), -1999.998634, 1e-6);
}

// The tools show at midnight q what has start < q <= end.
TEST(DecimalYear, EndsOfIntervalsAreNoonsBefore) {
  const auto shows = [](const char* from, const char* to, const char* q) {
    const double at = decimal_year(utc(q));
    return decimal_date_before(utc(from)) < at && at <= decimal_date_before(utc(to));
  };
  EXPECT_FALSE(shows("2000-01-01", "2001-01-01", "1999-12-31"));
  EXPECT_TRUE(shows("2000-01-01", "2001-01-01", "2000-01-01"));
  EXPECT_TRUE(shows("2000-01-01", "2001-01-01", "2000-12-31"));
  EXPECT_FALSE(shows("2000-01-01", "2001-01-01", "2001-01-01"));
  // Ends within a day: what holds at its midnight.
  EXPECT_FALSE(shows("2000-01-01T09:00Z", "2000-01-03T15:00Z", "2000-01-01"));
  EXPECT_TRUE(shows("2000-01-01T09:00Z", "2000-01-03T15:00Z", "2000-01-02"));
  EXPECT_TRUE(shows("2000-01-01T09:00Z", "2000-01-03T15:00Z", "2000-01-03"));
  EXPECT_FALSE(shows("2000-01-01T09:00Z", "2000-01-03T15:00Z", "2000-01-04"));
  // As OpenHistoricalMap writes an end: the last day.
  EXPECT_EQ(decimal_date_before(utc("2001-01-01")), decimal_year(utc("2000-12-31T12:00Z")));
}

}  // namespace
}  // namespace marchland
