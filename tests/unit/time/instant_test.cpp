#include <marchland/base/error.h>
#include <marchland/time/interval.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace marchland {
namespace {

using std::chrono::minutes;
using testing::HasSubstr;

Instant utc(std::string_view text) {
  return parse_date(text).first;
}
std::string first(std::string_view text, const DayConvention& days = {}) {
  return format_utc(parse_date(text, days).first);
}
std::string last(std::string_view text, const DayConvention& days = {}) {
  return format_utc(parse_date(text, days).last);
}

struct SpanCase {
  const char* text;
  const char* first;
  const char* last;
};

class DateSpans : public testing::TestWithParam<SpanCase> {};

TEST_P(DateSpans, CoverWhatTheTextNames) {
  EXPECT_EQ(first(GetParam().text), GetParam().first);
  EXPECT_EQ(last(GetParam().text), GetParam().last);
}

INSTANTIATE_TEST_SUITE_P(
    Iso8601, DateSpans,
    testing::Values(SpanCase{"1993", "1993-01-01T00:00:00Z", "1994-01-01T00:00:00Z"},
                    SpanCase{"1993-12", "1993-12-01T00:00:00Z", "1994-01-01T00:00:00Z"},
                    SpanCase{"1992-02-29", "1992-02-29T00:00:00Z", "1992-03-01T00:00:00Z"},
                    SpanCase{"20201110", "2020-11-10T00:00:00Z", "2020-11-11T00:00:00Z"},
                    SpanCase{"20201110T0000+0300", "2020-11-09T21:00:00Z", "2020-11-09T21:01:00Z"},
                    SpanCase{"2020-11-10T00:00+03:00", "2020-11-09T21:00:00Z", "2020-11-09T21:01:00Z"},
                    SpanCase{"2020-11-10T14", "2020-11-10T14:00:00Z", "2020-11-10T15:00:00Z"},
                    SpanCase{"2020-11-10T24:00", "2020-11-11T00:00:00Z", "2020-11-11T00:01:00Z"},
                    SpanCase{"2020/11/10 14:45:30.25+00", "2020-11-10T14:45:30Z", "2020-11-10T14:45:31Z"},
                    SpanCase{"0000", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
                    SpanCase{"-0300-03-01", "-0300-03-01T00:00:00Z", "-0300-03-02T00:00:00Z"},
                    SpanCase{"+12020", "+12020-01-01T00:00:00Z", "+12021-01-01T00:00:00Z"}));

TEST(Dates, WithoutOffsetFollowTheConvention) {
  const DayConvention yerevan{.utc_offset = minutes(240), .day_starts = {}};
  EXPECT_EQ(first("1994-05-12", yerevan), "1994-05-11T20:00:00Z");
  EXPECT_EQ(first("1994-05-12T06:00", yerevan), "1994-05-12T02:00:00Z");
  EXPECT_EQ(first("1994-05-12T06:00Z", yerevan), "1994-05-12T06:00:00Z");
  const DayConvention dawn{.utc_offset = minutes(0), .day_starts = minutes(180)};
  EXPECT_EQ(first("2024-08-01", dawn), "2024-08-01T03:00:00Z");
  EXPECT_EQ(first("2024-08-01T00:00", dawn), "2024-08-01T00:00:00Z") << "a time of day counts from midnight";
}

TEST(Dates, FormatIsReadBack) {
  const DayConvention yerevan{.utc_offset = minutes(240), .day_starts = {}};
  EXPECT_EQ(format_instant(utc("1994-05-11T20:00:00Z"), yerevan), "1994-05-12");
  EXPECT_EQ(format_instant(utc("2020-11-09T21:00:00Z"), yerevan), "2020-11-10T01:00:00+04:00");
  EXPECT_EQ(format_instant(utc("-0300-03-01")), "-0300-03-01");
  for (const char* text :
       {"-9999-12-31T23:59:59Z", "0000-02-29", "1582-10-10", "2020-11-09T21:00:07Z", "+12345"}) {
    EXPECT_EQ(parse_date(format_instant(utc(text), yerevan), yerevan).first, utc(text)) << text;
  }
}

TEST(Dates, RefusalsNameTheReason) {
  const auto message = [](const char* text) -> std::string {
    try {
      static_cast<void>(parse_date(text));
      return "accepted";
    } catch (const InvalidArgument& error) {
      return error.what();
    }
  };
  EXPECT_THAT(message("1993-13-01"), HasSubstr("'1993-13-01' is not a date (there is no such month)"));
  EXPECT_THAT(message("1993-02-29"), HasSubstr("no such day"));
  EXPECT_THAT(message("last spring"), HasSubstr("does not begin with a year"));
  EXPECT_THAT(message(""), HasSubstr("does not begin with a year"));
  EXPECT_THAT(message("93-04-02"), HasSubstr("does not begin with a year"));
  EXPECT_THAT(message("1993-04-02T25:00"), HasSubstr("no such time of day"));
  EXPECT_THAT(message("1993-04-02T14:45 noon"), HasSubstr("no offset"));
  EXPECT_THAT(message("1993-04~"), HasSubstr("expected ISO 8601"));
  EXPECT_THAT(message("199304"), HasSubstr("month and day"));
}

TEST(Offsets, AreReadStrictly) {
  EXPECT_EQ(parse_utc_offset("+04:00"), minutes(240));
  EXPECT_EQ(parse_utc_offset("-0330"), minutes(-210));
  EXPECT_EQ(parse_utc_offset("Z"), minutes(0));
  EXPECT_THROW(static_cast<void>(parse_utc_offset("4")), InvalidArgument);
  EXPECT_EQ(parse_time_of_day("03:00"), minutes(180));
  EXPECT_THROW(static_cast<void>(parse_time_of_day("3:00")), InvalidArgument);
}

TEST(Intervals, AreHalfOpen) {
  const Interval a(utc("1994"), utc("2020"));
  const Interval b(utc("2020"), utc("2021"));
  EXPECT_TRUE(a.intersection(b).is_empty());
  EXPECT_TRUE(a.contains(utc("1994")));
  EXPECT_FALSE(a.contains(utc("2020")));
  EXPECT_TRUE(Interval::since(utc("1994")).contains(utc("9999")));
  EXPECT_FALSE(Interval::since(utc("1994")).has_to());
  EXPECT_TRUE(Interval().contains(utc("-0300")));
}

}  // namespace
}  // namespace marchland
