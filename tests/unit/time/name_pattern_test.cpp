#include <marchland/base/error.h>
#include <marchland/time/name_pattern.h>

#include <gtest/gtest.h>

namespace marchland {
namespace {

std::string found(const char* pattern, const char* name) {
  const auto span = NamePattern(pattern).find_date(name, {});
  return span ? format_utc(span->first) : "none";
}

TEST(NamePattern, FindsTheDateAnywhereInTheName) {
  EXPECT_EQ(found("deepstatemap_data_%Y%m%d", "deepstatemap_data_20240708"), "2024-07-08T00:00:00Z");
  EXPECT_EQ(found("%Y-%m-%d", "front 1916-07-01 west.geojson"), "1916-07-01T00:00:00Z");
  EXPECT_EQ(found("borders_%Y", "borders_1886"), "1886-01-01T00:00:00Z");
  EXPECT_EQ(found("d%y%j", "d20060"), "2020-02-29T00:00:00Z");
  EXPECT_EQ(found("%Y%m%dT%H%M%S", "20240708T031500"), "2024-07-08T03:15:00Z");
  EXPECT_EQ(found("100%%_%Y", "100%_1999"), "1999-01-01T00:00:00Z");
  EXPECT_EQ(found("data_%Y%m%d", "readme"), "none");
}

TEST(NamePattern, SpanIsAsLongAsTheDateNamed) {
  const auto span = NamePattern("%Y%m").find_date("202402", {});
  EXPECT_EQ(format_utc(span->last), "2024-03-01T00:00:00Z");
}

TEST(NamePattern, RefusesWhatNamesNoDate) {
  EXPECT_THROW(NamePattern("%m%d"), InvalidArgument);
  EXPECT_THROW(NamePattern("%Y%"), InvalidArgument);
  EXPECT_THROW(NamePattern("%Y%Q"), InvalidArgument);
  EXPECT_THROW(static_cast<void>(NamePattern("%Y%m%d").find_date("20241341", {})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(NamePattern("%Y%j").find_date("2023366", {})), InvalidArgument);
}

std::string read(const char* pattern, const char* text) {
  return format_utc(NamePattern(pattern).read_date(text, {}).first);
}

std::string refusal(const char* pattern, const char* text) {
  try {
    return read(pattern, text);
  } catch (const InvalidArgument& error) {
    return error.what();
  }
}

TEST(NamePattern, ReadsDatesAsColumnsWriteThem) {
  EXPECT_EQ(read("%m/%d/%Y", "8/3/1914"), "1914-08-03T00:00:00Z");
  EXPECT_EQ(read("%m/%d/%Y", "12/31/1914"), "1914-12-31T00:00:00Z");
  EXPECT_EQ(read("%d.%m.%y", "01.2.68"), "2068-02-01T00:00:00Z");
  EXPECT_EQ(read("%d/%m/%Y %H:%M", "3/8/1914 7:05"), "1914-08-03T07:05:00Z");
  EXPECT_EQ(read("%m%d%Y", "08031914"), "1914-08-03T00:00:00Z");
}

TEST(NamePattern, ReadsAllOfATextOrRefuses) {
  EXPECT_EQ(refusal("%m/%d/%Y", "8/3/1914 (about)"), "'8/3/1914 (about)' is no date of the form '%m/%d/%Y'");
  EXPECT_EQ(refusal("%m/%d/%Y", "on 8/3/1914"), "'on 8/3/1914' is no date of the form '%m/%d/%Y'");
  EXPECT_EQ(refusal("%m/%d/%Y", "8/3/14"), "'8/3/14' is no date of the form '%m/%d/%Y'");
  EXPECT_EQ(refusal("%m/%d/%Y", "/3/1914"), "'/3/1914' is no date of the form '%m/%d/%Y'");
  EXPECT_EQ(refusal("%m%d%Y", "831914"), "'831914' is no date of the form '%m%d%Y'")
      << "without a separator one digit could belong to either field";
  EXPECT_NE(refusal("%m/%d/%Y", "13/8/1914").find("'13/8/1914' has the form '%m/%d/%Y' but "),
            std::string::npos);
  EXPECT_NE(refusal("%m/%d/%Y", "2/29/1915").find("'2/29/1915' has the form"), std::string::npos);
}

}  // namespace
}  // namespace marchland
