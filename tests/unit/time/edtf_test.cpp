#include <marchland/base/error.h>
#include <marchland/time/edtf.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace marchland {
namespace {

using testing::HasSubstr;

std::string shown(Instant at) {
  if (at == Interval().from()) return "ever";
  if (at == Interval().to()) return "never";
  return format_instant(at);
}
std::string shown(const FuzzyInstant& at) {
  return shown(at.earliest) + " " + shown(at.nominal) + " " + shown(at.latest);
}

struct EdtfCase {
  const char* text;
  const char* beginning;  ///< earliest, nominal, latest
  const char* end;        ///< of an inclusive end
};

class Edtf : public testing::TestWithParam<EdtfCase> {};

TEST_P(Edtf, NamesTheDayMeantAndThoseItMayHaveBeen) {
  EXPECT_EQ(shown(parse_edtf(GetParam().text).first()), GetParam().beginning);
  EXPECT_EQ(shown(parse_edtf(GetParam().text).last()), GetParam().end);
}

INSTANTIATE_TEST_SUITE_P(
    Level0, Edtf,
    testing::Values(
        EdtfCase{"1993-04-02", "1993-04-02 1993-04-02 1993-04-02", "1993-04-03 1993-04-03 1993-04-03"},
        EdtfCase{"1993-04", "1993-04-01 1993-04-01 1993-04-01", "1993-05-01 1993-05-01 1993-05-01"},
        EdtfCase{"-0300", "-0300-01-01 -0300-01-01 -0300-01-01", "-0299-01-01 -0299-01-01 -0299-01-01"},
        EdtfCase{"2020/11/10", "2020-11-10 2020-11-10 2020-11-10", "2020-11-11 2020-11-11 2020-11-11"}));

INSTANTIATE_TEST_SUITE_P(
    Qualified, Edtf,
    testing::Values(
        EdtfCase{"1993-04~", "1993-03-01 1993-04-01 1993-05-31", "1993-03-02 1993-05-01 1993-06-01"},
        EdtfCase{"1993-12?", "1993-11-01 1993-12-01 1994-01-31", "1993-11-02 1994-01-01 1994-02-01"},
        EdtfCase{"1993%", "1992-01-01 1993-01-01 1994-12-31", "1992-01-02 1994-01-01 1995-01-01"},
        EdtfCase{"1992-03-01~", "1992-02-29 1992-03-01 1992-03-02", "1992-03-01 1992-03-02 1992-03-03"},
        EdtfCase{"-0001~", "-0002-01-01 -0001-01-01 0000-12-31", "-0002-01-02 0000-01-01 0001-01-01"},
        EdtfCase{"2020-11-10T14:45~", "2020-11-10T14:44:00Z 2020-11-10T14:45:00Z 2020-11-10T14:46:00Z",
                 "2020-11-10T14:45:00Z 2020-11-10T14:46:00Z 2020-11-10T14:47:00Z"}));

INSTANTIATE_TEST_SUITE_P(
    Unspecified, Edtf,
    testing::Values(
        EdtfCase{"199X", "1990-01-01 1990-01-01 1999-12-31", "1990-01-02 2000-01-01 2000-01-01"},
        EdtfCase{"19XX", "1900-01-01 1900-01-01 1999-12-31", "1900-01-02 2000-01-01 2000-01-01"},
        EdtfCase{"-019X", "-0199-01-01 -0199-01-01 -0190-12-31", "-0199-01-02 -0189-01-01 -0189-01-01"},
        EdtfCase{"1993-XX", "1993-01-01 1993-01-01 1993-12-31", "1993-01-02 1994-01-01 1994-01-01"},
        EdtfCase{"1993-XX-XX", "1993-01-01 1993-01-01 1993-12-31", "1993-01-02 1994-01-01 1994-01-01"},
        EdtfCase{"1992-02-XX", "1992-02-01 1992-02-01 1992-02-29", "1992-02-02 1992-03-01 1992-03-01"}));

INSTANTIATE_TEST_SUITE_P(
    Sets, Edtf,
    testing::Values(
        EdtfCase{"[1992-05-18..1992-05-19]", "1992-05-18 1992-05-18 1992-05-19",
                 "1992-05-19 1992-05-19 1992-05-20"},
        EdtfCase{"[1667,1668]", "1667-01-01 1667-01-01 1668-12-31", "1667-01-02 1668-01-01 1669-01-01"},
        EdtfCase{"[1668, 1667]", "1667-01-01 1668-01-01 1668-12-31", "1667-01-02 1669-01-01 1669-01-01"},
        EdtfCase{"[1667,1670..1672-03]", "1667-01-01 1667-01-01 1672-03-31",
                 "1667-01-02 1668-01-01 1672-04-01"},
        EdtfCase{"[..1984]", "ever 1984-01-01 1984-12-31", "ever 1985-01-01 1985-01-01"},
        EdtfCase{"[1984..]", "1984-01-01 1984-01-01 never", "1984-01-02 1985-01-01 never"},
        EdtfCase{"[1993-04~..1993-06]", "1993-03-01 1993-04-01 1993-06-30",
                 "1993-03-02 1993-05-01 1993-07-01"},
        EdtfCase{"[1993-04-02]", "1993-04-02 1993-04-02 1993-04-02", "1993-04-03 1993-04-03 1993-04-03"}));

TEST(EdtfConvention, DaysBeginAsTheAtlasSays) {
  const DayConvention dawn{.utc_offset = std::chrono::minutes(240), .day_starts = std::chrono::minutes(180)};
  const FuzzyInstant at = parse_edtf("1993-04~", dawn).first();
  EXPECT_EQ(format_utc(at.earliest), "1993-02-28T23:00:00Z");
  EXPECT_EQ(format_utc(at.nominal), "1993-03-31T23:00:00Z");
  EXPECT_EQ(format_utc(at.latest), "1993-05-30T23:00:00Z");
}

TEST(EdtfConvention, ExactDatesAreThoseOfParseDate) {
  for (const char* text :
       {"1993", "1993-04", "1993-04-02", "20201110T0000+0300", "+12020", "2020-11-10T24:00"}) {
    const FuzzyDate date = parse_edtf(text);
    EXPECT_TRUE(date.is_exact()) << text;
    EXPECT_EQ(date.nominal, parse_date(text)) << text;
    EXPECT_EQ(date.earliest, date.nominal) << text;
  }
}

struct Refused {
  const char* text;
  const char* because;
};
class EdtfRefusal : public testing::TestWithParam<Refused> {};

TEST_P(EdtfRefusal, SaysWhyAndWhatToWrite) {
  try {
    static_cast<void>(parse_edtf(GetParam().text));
    FAIL() << GetParam().text;
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(), HasSubstr(GetParam().because));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Forms, EdtfRefusal,
    testing::Values(Refused{"1993-21", "hemisphere"}, Refused{"1993-24~", "hemisphere"},
                    Refused{"1993/1994", "'from' and 'to'"}, Refused{"1993-04/1993-05", "'from' and 'to'"},
                    Refused{"1993-04-02/..", "'from' and 'to'"}, Refused{"{1667,1668}", "[ ] is one of them"},
                    Refused{"Y17000", "+17000"}, Refused{"", "open end"}, Refused{"..", "open end"},
                    Refused{"1993..1994", "stands in [ ]"}, Refused{"[..]", "both sides are open"},
                    Refused{"[]", "with one date in it"}, Refused{"[1993", "with one date in it"},
                    Refused{"[1993,]", "a date is missing"}, Refused{"[1994..1993]", "swap them"},
                    Refused{"~1993", "at the end only"}, Refused{"1993~-04", "at the end only"},
                    Refused{"199X~", "once, at the end of a plain date"}, Refused{"1993-X4", "X stands for"},
                    Refused{"XXXX-12", "nothing of its year"}, Refused{"199X-04", "month and day are XX"},
                    Refused{"1993-XX-04", "the day is XX"}, Refused{"1993-13~", "no such month"},
                    Refused{"199x", "expected ISO 8601"}, Refused{"spring", "expected ISO 8601"}));

}  // namespace
}  // namespace marchland
