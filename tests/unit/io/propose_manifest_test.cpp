// What init infers, one inference after another; tests/cli/test_init.py runs the whole on files.
#include "tests/unit/io/io_fixture.h"
#include <marchland/io/detail/actor_colors.h>
#include <marchland/io/detail/actor_ids.h>
#include <marchland/io/detail/column_roles.h>
#include <marchland/io/detail/frame_choice.h>
#include <marchland/io/detail/holder_texts.h>
#include <marchland/io/detail/input_files.h>
#include <marchland/io/detail/interval_ends.h>
#include <marchland/io/detail/manifest_text.h>
#include <marchland/io/detail/name_dates.h>
#include <marchland/io/detail/place_table.h>
#include <marchland/io/detail/repeated_lines.h>
#include <marchland/io/detail/series_sample.h>
#include <marchland/io/propose_manifest.h>

#include <fmt/format.h>

#include <cmath>
#include <regex>
#include <set>

namespace marchland::detail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// ---- dates in names
// --------------------------------------------------------------------------------------------------

std::string date_in(const std::string& format, const std::string& name) {
  const auto found = find_name_date(format, name);
  return found ? format_instant(found->span.first) : "none";
}

TEST(NameDates, AreNeverPartOfALongerNumber) {
  EXPECT_EQ(date_in("%Y", "20240708"), "none");
  EXPECT_EQ(date_in("%Y%m%d", "120240708"), "none");
  EXPECT_EQ(date_in("%Y%m%d", "a20240708b"), "2024-07-08");
  EXPECT_EQ(date_in("%Y-%m", "2024-07-v8"), "2024-07-01");
  EXPECT_EQ(date_in("%Y", "v1_2024"), "2024-01-01");
}

TEST(NameDates, DaysThatDoNotExistAreNone) {
  EXPECT_EQ(date_in("%Y%m%d", "20240230"), "none");
  EXPECT_EQ(date_in("%Y%m%d", "20241301"), "none");
  EXPECT_EQ(date_in("%Y%m%d", "20230229_20240229"), "2024-02-29");  // the second is a date
  EXPECT_EQ(date_in("%Y", "0001"), "none");                         // a running number
  EXPECT_EQ(date_in("%Y", "9999"), "none");
}

TEST(NameDates, APartOfALongerDateIsNone) {
  EXPECT_EQ(date_in("%Y-%m", "m_2024-02-30.geojson"), "none");
  EXPECT_EQ(date_in("%Y", "m_2024-02-30.geojson"), "none");
  EXPECT_EQ(date_in("%Y", "2024-2-30"), "none");
  EXPECT_EQ(date_in("%m-%Y", "30-02-2024"), "none");
  EXPECT_EQ(date_in("%Y", "30-02-2024"), "none");
  EXPECT_EQ(date_in("%Y-%m", "2024-02-300"), "2024-02-01");
  EXPECT_EQ(date_in("%Y", "2024-2025"), "2024-01-01");
  EXPECT_EQ(date_in("%Y-%m-%d", "2024-02-29-2"), "2024-02-29");  // a part of its day
}

TEST(NameDates, ADayThatDoesNotExistIsFound) {
  EXPECT_EQ(find_impossible_date("m_2024-02-30.geojson"), "2024-02-30");
  EXPECT_EQ(find_impossible_date("m_20241341.geojson"), "20241341");
  EXPECT_EQ(find_impossible_date("towns.geojson"), "");
  EXPECT_EQ(find_impossible_date("v2_2024.geojson"), "");
}

std::string format_of(const std::vector<std::string>& names) {
  const auto format = find_name_format(names);
  return format ? format->format + "|" + format->other_reading : "none";
}

TEST(NameFormat, ADayAboveTwelveDecidesTheOrder) {
  EXPECT_EQ(format_of({"01.02.2024", "13.02.2024"}), "%d.%m.%Y|");
  EXPECT_EQ(format_of({"01.02.2024", "02.13.2024"}), "%m.%d.%Y|");
  EXPECT_EQ(format_of({"01.02.2024", "02.03.2024"}), "%d.%m.%Y|%m.%d.%Y");
  EXPECT_EQ(format_of({"20111225"}), "%Y%m%d|");
  EXPECT_EQ(format_of({"25122011"}), "%d%m%Y|");
}

TEST(NameFormat, WhatTellsMostDatesApartWins) {
  EXPECT_EQ(format_of({"map2022_2024-01", "map2022_2024-02"}), "%Y-%m|");
  EXPECT_EQ(format_of({"2024-001", "2024-366"}), "%Y-%j|");
  EXPECT_EQ(format_of({"a202401", "a202402"}), "%Y%m|");
  EXPECT_EQ(format_of({"a240131", "a240201"}), "%y%m%d|");
  EXPECT_EQ(format_of({"one", "two", "v12"}), "none");
}

TEST(NameSeries, TextAroundTheDateMakesASeries) {
  const auto series = find_name_series(
      {"n_20240102.gpkg", "n_20240101.gpkg", "s_20240101.gpkg", "s_20240102.gpkg", "area.gpkg"});
  ASSERT_THAT(series, SizeIs(3));
  EXPECT_EQ(series[0].pattern, "n_%Y%m%d");
  EXPECT_THAT(series[0].files, ElementsAre(1, 0));  // by date
  EXPECT_EQ(series[1].literal, "s");
  EXPECT_EQ(series[2].pattern, "");
  EXPECT_EQ(series[2].literal, "area");
}

TEST(NameSeries, TextsOfTheirOwnAreOneSeriesWhileTheDatesDiffer) {
  const auto one = find_name_series({"2024-01-01 after the truce.kml", "2024-01-05 advance.kml"});
  ASSERT_THAT(one, SizeIs(1));
  EXPECT_EQ(one[0].pattern, "%Y-%m-%d");
  EXPECT_THAT(find_name_series({"2024-01-01 north.kml", "2024-01-01 south.kml"}), SizeIs(2));
}

TEST(NameSeries, EveryPatternReadsItsDates) {
  // The text before the date ends in what looks like one.
  const auto series =
      find_name_series({"r2000 20240101.shp", "r2000 20240102.shp", "100%20240101.shp", "100%20240102.shp"});
  ASSERT_THAT(series, SizeIs(2));
  EXPECT_EQ(series[0].pattern, "r2000 %Y%m%d");
  EXPECT_EQ(series[1].pattern, "100%%%Y%m%d");
}

std::vector<std::string> missing_of(const std::vector<const char*>& texts) {
  std::vector<DateSpan> dates;
  dates.reserve(texts.size());
  for (const char* text : texts) dates.push_back(parse_date(text));
  std::vector<std::string> missing;
  for (const Instant at : find_steps(dates).missing) missing.push_back(format_instant(at));
  return missing;
}

TEST(Steps, MissingDaysMonthsAndYears) {
  EXPECT_THAT(missing_of({"2024-02-27", "2024-02-28", "2024-03-01", "2024-03-02"}),
              ElementsAre("2024-02-29"));
  EXPECT_THAT(missing_of({"2023-11", "2023-12", "2024-02", "2024-03"}), ElementsAre("2024-01-01"));
  EXPECT_THAT(missing_of({"1990", "1991", "1992", "1994"}), ElementsAre("1993-01-01"));
  EXPECT_THAT(missing_of({"2024-01-01", "2024-01-09", "2024-02-20"}), IsEmpty());  // no rule
  EXPECT_THAT(missing_of({"2024-01-01", "2024-01-03"}), IsEmpty());
}

// ---- columns
// ---------------------------------------------------------------------------------------------------------

Column column(const std::string& name, const std::vector<std::string>& values) {
  Column made{name, {}};
  for (const std::string& value : values) made.values.emplace_back(value);
  return made;
}

TEST(DateRole, ByWordsNotByLetters) {
  for (const char* begin :
       {"start", "Valid_From", "validFrom", "START_DATE", "startdate", "gwsdate", "Begin"})
    EXPECT_EQ(date_role(begin), DateRole::begins) << begin;
  for (const char* end : {"end", "valid_to", "until", "gwedate", "EndDate"})
    EXPECT_EQ(date_role(end), DateRole::ends) << end;
  EXPECT_EQ(date_role("date"), DateRole::day);
  EXPECT_EQ(date_role("last_updated"), DateRole::recorded);
  EXPECT_EQ(date_role("created_date"), DateRole::recorded);
  EXPECT_EQ(date_role("modification date"), DateRole::recorded);
  for (const char* none : {"POP_YEAR", "gdp_year", "total", "gender", "platform", "town", "restarted"})
    EXPECT_EQ(date_role(none), DateRole::none) << none;
}

std::string form_of(const Column& values) {
  const auto dates = find_date_column(values);
  return dates ? dates->format + "|" + dates->other_reading + "|" + std::to_string(dates->odd.size())
               : "none";
}

TEST(DateColumn, FormsOfDates) {
  EXPECT_EQ(form_of(column("d", {"2024-01-01", "2024-01-02T10:00:00Z", ".."})), "||0");
  EXPECT_EQ(form_of(column("d", {"1/2/2024", "12/31/2024"})), "%m/%d/%Y||0");
  EXPECT_EQ(form_of(column("d", {"1/2/2024", "31/12/2024"})), "%d/%m/%Y||0");
  EXPECT_EQ(form_of(column("d", {"1/2/2024", "3/4/2024"})), "%d/%m/%Y|%m/%d/%Y|0");
  EXPECT_EQ(form_of(column("d", {"1.2.1914", "28.7.1914"})), "%d.%m.%Y||0");
  EXPECT_EQ(form_of(column("d", {"2024-1-5"})), "%Y-%m-%d||0");
}

TEST(DateColumn, NumbersAreDatesUnderTheNameOfOneOnly) {
  EXPECT_EQ(form_of(column("year", {"1914", "1918"})), "||0");
  EXPECT_EQ(form_of(column("start", {"19140728"})), "||0");
  EXPECT_EQ(form_of(column("population", {"1914", "1918"})), "none");
  EXPECT_EQ(form_of(column("from", {"1", "2", "3"})), "none");  // ends of an edge
}

TEST(DateColumn, OneValueInTwentyMayBeNone) {
  std::vector<std::string> values(19, "2024-01-01");
  values.emplace_back("a remark");
  EXPECT_EQ(form_of(column("note", values)), "||1");
  values.emplace_back("a remark");
  EXPECT_EQ(form_of(column("note", values)), "none");
  EXPECT_EQ(form_of(column("start", {"", ".."})), "none");
}

TEST(DateColumn, DatesInDoubtAreDates) {
  EXPECT_EQ(form_of(column("start", {"1993-04~", "1994?", "199X"})), "||0");
  EXPECT_EQ(form_of(column("start", {"[1992-05-18..1992-05-19]", "1993"})), "||0");
  EXPECT_EQ(form_of(column("note", {"why?", "[1]", "what~"})), "none");
}

TEST(DateColumn, UnderTheNameOfDatesOddValuesAreOpen) {
  EXPECT_EQ(form_of(column("to", {"2020-05-01", "present"})), "||1");
  EXPECT_EQ(form_of(column("to", {"2020-05-01", "n/a", "Ongoing", "ongoing"})), "||3");
  EXPECT_EQ(form_of(column("to_year", {"1918", "9999"})), "||1");
  EXPECT_EQ(form_of(column("end", {"31/12/2024", "31/12/9999"})), "%d/%m/%Y||1");
  EXPECT_EQ(form_of(column("end", {"2024-12-31", "9999-12-31"})), "||1");
  EXPECT_EQ(form_of(column("to", {"2020-05-01", "A", "B"})),
            "none");  // most are no dates, nor words for open
  EXPECT_EQ(form_of(column("to", {"present", "9999-12-31"})), "||2");  // nothing has ended
  EXPECT_EQ(form_of(column("from", {"unknown", "unknown"})), "none");
  EXPECT_EQ(form_of(column("end", {"2020-05-01", "0000-00-00"})), "||1");
  EXPECT_EQ(form_of(column("note", {"2020-05-01", "present"})), "none");
}

/// What stands for an open end, with how often.
std::string stand_ins_of(const Column& values) {
  const auto dates = find_date_column(values);
  std::string list;
  if (!dates) return "none";
  for (const auto& [value, count] : dates->stand_ins) list += fmt::format("{} x {};", value, count);
  return list;
}

TEST(DateColumn, DatesThatNobodyMeansStandForOpenEnds) {
  EXPECT_EQ(stand_ins_of(column("end", {"2020-05-01", "2099-12-31", "2099-12-31"})), "2099-12-31 x 2;");
  EXPECT_EQ(stand_ins_of(column("end", {"01.05.2020", "31.12.2999"})), "31.12.2999 x 1;");
  EXPECT_EQ(stand_ins_of(column("to", {"20200501", "20990101"})), "20990101 x 1;");
  EXPECT_EQ(stand_ins_of(column("end", {"2020-05-01", "2079-06-06T00:00:00"})), "2079-06-06T00:00:00 x 1;");
  EXPECT_EQ(stand_ins_of(column("end", {"2020-05-01", "2030-12-31"})), "");  // a treaty may say so
  EXPECT_EQ(stand_ins_of(column("start", {"2020-05-01", "0001-01-01"})), "0001-01-01 x 1;");
  EXPECT_EQ(stand_ins_of(column("start", {"1994-05-01", "1900-01-01", "1900-01-01"})), "1900-01-01 x 2;");
  EXPECT_EQ(stand_ins_of(column("start", {"1994-05-01", "1900-01-01"})), "");  // nobody shares it
  // A record that begins in 1900.
  EXPECT_EQ(stand_ins_of(column("start", {"1900-01-01", "1900-01-01", "1905-06-07"})), "");
  EXPECT_EQ(stand_ins_of(column("date", {"1900-01-01", "1900-01-01", "2099-12-31"})),
            "");  // of days, all count
  const DateColumn ends = *find_date_column(column("end", {"2020-05-01", "2099-12-31"}));
  EXPECT_FALSE(date_of(ends, "2099-12-31"));
  EXPECT_TRUE(date_of(ends, "2020-05-01"));
}

TEST(DateColumn, WhyAColumnIsNone) {
  EXPECT_EQ(form_of(column("date", {"28.7.1914", "1914-08-01"})), "none");
  EXPECT_THAT(why_no_dates(column("date", {"28.7.1914", "1914-08-01"})),
              testing::HasSubstr("written in several forms, 1 of 2 otherwise than the rest"));
  EXPECT_EQ(why_no_dates(column("from", {"1", "2"})), "2 of its 2 values are no dates (such as '1')");
  EXPECT_EQ(why_no_dates(column("to", {"", ""})), "it is empty throughout");
  EXPECT_EQ(why_no_dates(column("to", {"2020", "now"})), "");
  EXPECT_EQ(why_no_dates(column("town", {"x"})), "");
}

TEST(SplitDates, AreFoundByNameAndRange) {
  const auto groups =
      find_split_dates({column("GWSYEAR", {"1966"}), column("GWSMONTH", {"5"}), column("GWSDAY", {"26"}),
                        column("COWEYEAR", {"2016"}), column("COWEMONTH", {"13"})});
  ASSERT_THAT(groups, SizeIs(1));
  EXPECT_THAT(groups[0], ElementsAre("GWSYEAR", "GWSMONTH", "GWSDAY"));
}

TEST(ActorColumn, NamesBeforeCodesBeforeAnything) {
  const auto chosen = [](const std::vector<Column>& columns) {
    const auto actor = find_actor_column(columns, {"start"});
    return actor ? actor->field : "none";
  };
  EXPECT_EQ(chosen({column("owner", {"2", "200"}), column("Country_Name", {"A", "B"}),
                    column("status", {"x", "y"})}),
            "Country_Name");
  EXPECT_EQ(chosen({column("name", {"A", "B"}), column("holder", {"x", "y"})}), "holder");
  EXPECT_EQ(chosen({column("zone_kind", {"x", "x", "y", "y"}), column("remark", {"p", "q", "r", "s"})}),
            "zone_kind");
  EXPECT_EQ(chosen({column("holder", {"", "", "", "x"})}), "none");  // mostly empty
  EXPECT_EQ(chosen({column("count", {"1", "1", "2", "2"})}), "none");
  EXPECT_EQ(chosen({column("start", {"2024", "2024", "2025", "2025"})}), "none");
}

// ---- intervals
// -------------------------------------------------------------------------------------------------------

DatedRow row(const std::string& key, const char* from, const char* to) {
  return {key, parse_date(from), parse_date(to), DatedRow::kNoGround};
}

TEST(IntervalEnds, ByHowTheyMeet) {
  const auto inclusive =
      find_interval_ends({row("a", "1990-01-01", "1999-12-31"), row("a", "2000-01-01", "2004-12-31"),
                          row("a", "2006-01-01", "2007-01-01"), row("b", "1990-01-01", "1990-01-01")});
  EXPECT_EQ(inclusive.meet_after, 1U);
  EXPECT_THAT(inclusive.gaps, SizeIs(1));
  EXPECT_EQ(inclusive.successions(), 2U);
  EXPECT_TRUE(inclusive.is_inclusive());
  const auto exclusive = find_interval_ends({row("a", "1990", "2000"), row("a", "2000", "2001")});
  EXPECT_EQ(exclusive.meet_at, 1U);
  EXPECT_FALSE(exclusive.is_inclusive());
  // Of years the next one follows the year that is named.
  EXPECT_EQ(find_interval_ends({row("a", "1990", "1999"), row("a", "2000", "2001")}).meet_after, 1U);
}

TEST(IntervalEnds, ByHoldersThatFollowOnTheSameGround) {
  const auto on = [](std::size_t ground, DatedRow row) {
    row.ground = ground;
    return row;
  };
  const auto ends = find_interval_ends({on(0, row("a", "1900", "1918")), on(0, row("b", "1919", "1939")),
                                        on(1, row("c", "1940", "1950")), on(0, row("c", "1945", "1950"))});
  EXPECT_EQ(ends.ground_successions(), 2U);
  ASSERT_THAT(ends.ground_gaps, SizeIs(1));
  EXPECT_EQ(ends.ground_gaps[0].key, "b");
  EXPECT_EQ(ends.ground_gaps[0].next_key, "c");
  EXPECT_THAT(ends.ground_overlaps, IsEmpty());
  EXPECT_EQ(ends.ground_after, 1U);
  EXPECT_EQ(ends.ground_at, 0U);
  EXPECT_EQ(ends.meet_after, 0U);
  EXPECT_TRUE(ends.is_inclusive());
  EXPECT_FALSE(
      find_interval_ends({on(0, row("a", "1900", "1918")), on(0, row("b", "1918", "1939"))}).is_inclusive());
  // Whoever was there before all others is followed, too.
  EXPECT_EQ(find_interval_ends({{"a", std::nullopt, parse_date("1918"), 0}, on(0, row("b", "1919", "1939"))})
                .ground_after,
            1U);
}

TEST(Grounds, BoxesThatShareNearlyAll) {
  EXPECT_THAT(
      number_grounds({{0, 0, 1, 1}, {5, 0, 6, 1}, {0.005, 0, 1, 1}, {0.1, 0, 1, 1}, {}, {5, 0, 6, 1}}),
      ElementsAre(0, 1, 0, 3, 4, 1));
}

TEST(IntervalEnds, EqualIntervalsOfAKeyCountOnce) {
  const auto ends =
      find_interval_ends({row("a", "1990", "1999"), row("a", "1990", "1999"), row("a", "2000", "2001")});
  EXPECT_EQ(ends.successions(), 1U);
  EXPECT_THAT(ends.overlaps, IsEmpty());
}

TEST(IntervalEnds, OverlapsOpenEndsAndBackwardOnes) {
  const auto ends = find_interval_ends({row("a", "1990", "1999"),
                                        row("a", "1995", "2005"),
                                        row("b", "1995", "1990"),
                                        {"c", parse_date("1990"), std::nullopt, DatedRow::kNoGround},
                                        {"c", std::nullopt, parse_date("1989"), DatedRow::kNoGround}});
  EXPECT_THAT(ends.overlaps, SizeIs(1));
  EXPECT_THAT(ends.backward, ElementsAre(2));
  EXPECT_EQ(ends.meet_after, 1U);  // c: open beginning to 1989, then since 1990
  // More ground for one who has not lost the first.
  const auto more = find_interval_ends({{"a", parse_date("1990"), std::nullopt, DatedRow::kNoGround},
                                        {"a", parse_date("1995"), std::nullopt, DatedRow::kNoGround}});
  EXPECT_EQ(more.successions(), 0U);
}

// ---- places
// ----------------------------------------------------------------------------------------------------------

TEST(PlaceColumns, ByTheirNamesAndOnlyIfTheyAreDegrees) {
  const auto found =
      find_place_columns({column("Town", {"Aden"}), column("LNG", {"45.03"}), column("Lat", {"12.8"})});
  EXPECT_EQ(found.key, "Town");
  EXPECT_EQ(found.lon, "LNG");
  EXPECT_EQ(found.lat, "Lat");
  const auto commas =
      find_place_columns({column("name", {"A"}), column("lon", {"30,5"}), column("lat", {"1"})});
  EXPECT_EQ(commas.lon, "");
  EXPECT_EQ(commas.problem,
            "field 'lon' has '30,5', which is no number of degrees within +-180; write decimal points");
  const auto swapped =
      find_place_columns({column("name", {"A"}), column("lon", {"50"}), column("lat", {"130"})});
  EXPECT_THAT(swapped.problem, testing::HasSubstr("are the columns exchanged?"));
  // A head that is repeated further down, and rows without a position.
  EXPECT_EQ(find_place_columns({column("lon", {"1", "Lon", ""}), column("lat", {"2", "Lat", ""})}).lon,
            "lon");
  EXPECT_EQ(find_place_columns({column("name", {"17", "4"})}).key, "");  // numbers name nothing
}

TEST(HolderWord, NamesWordsAndRemarks) {
  for (const char* holder : {"Ukraine", "Donetsk PR", "Україна", "May", "Mayotte 1", "Army of 1918"})
    EXPECT_EQ(holder_word(holder, "held_by"), HolderWord::holder) << holder;
  for (const char* contested : {"Contested", "disputed", "Contested Ukraine", "Shared control"})
    EXPECT_EQ(holder_word(contested, "held_by"), HolderWord::contested) << contested;
  for (const char* unknown : {"unknown", "n/a", "Gray zone", "?", "No man's land"})
    EXPECT_EQ(holder_word(unknown, "held_by"), HolderWord::unknown) << unknown;
  for (const char* nothing : {"", "3 Oct 2022", "3 September 2022", "32.9167", "Held by", "==="})
    EXPECT_EQ(holder_word(nothing, "held_by"), HolderWord::nothing) << nothing;
}

TEST(HolderWord, HoldersThatATextNames) {
  const std::vector<std::string> holders{"Ukraine", "Russia", "ukraine"};
  EXPECT_THAT(holders_named_in("Russia/Ukraine", holders), ElementsAre("Ukraine", "Russia"));
  EXPECT_THAT(holders_named_in("Contested Ukraine", holders), ElementsAre("Ukraine"));
  EXPECT_THAT(holders_named_in("ukraine?", holders), IsEmpty());  // it is that name itself
}

TEST(HolderTexts, EachIsInOneList) {
  std::vector<std::string> values(40, "North");
  values.insert(values.end(), 30, "South");
  values.insert(values.end(),
                {"Contested", "South North", "n/a", "", "1 May 2022", "north?", "Contested north"});
  const HolderTexts texts = sort_holder_texts(column("held_by", values));
  EXPECT_THAT(texts.holders, ElementsAre("North", "South", "north?"));
  EXPECT_THAT(texts.contested, SizeIs(3));
  EXPECT_THAT(texts.joint, ElementsAre("South North"));
  EXPECT_THAT(texts.by_most, ElementsAre("Contested", "Contested north"));
  EXPECT_THAT(texts.contested.at("Contested"), ElementsAre("North", "South"));
  EXPECT_THAT(texts.unknown, ElementsAre("n/a"));
  EXPECT_THAT(texts.nothing, ElementsAre("", "1 May 2022"));
  EXPECT_EQ(texts.nothing_rows, 2U);
  EXPECT_THAT(texts.rare, ElementsAre("'north?' x 1"));
  // With a third that is named nearly as often nobody can tell between whom.
  values.insert(values.end(), 20, "West");
  EXPECT_THAT(sort_holder_texts(column("held_by", values)).undecided,
              ElementsAre("Contested", "Contested north"));
}

MultiPolygon square(double west, double south, double east, double north) {
  return {{{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}}};
}

TEST(FrameChoice, LinesDivideTheStatesTheyLeadThrough) {
  // The front between a and b ends at their neighbour c, 100 km inside all three.
  const NamedAreas states{{"a", square(0, 0, 1, 2)}, {"b", square(1, 0, 2, 2)}, {"c", square(0, 2, 2, 3)}};
  std::vector<DatedLine> lines;
  for (int k = 0; k < 3; ++k) {
    const double x = 0.8 + 0.2 * k;
    lines.push_back(
        {parse_date(fmt::format("1914-08-0{}", k + 1)).first, {{{x, 0}, {x, 1}, {x, 2}}}, "front"});
  }
  DivisionRule rule;
  rule.left = ActorId(std::size_t{0});
  rule.right = ActorId(std::size_t{1});
  rule.extension = LineExtension::nearest;
  rule.within = Meters{50'000.0};
  const LineTrial trial = try_lines(states, lines, rule);
  EXPECT_THAT(trial.names, ElementsAre("a", "b"));
  EXPECT_EQ(trial.dates, 3U);
  EXPECT_EQ(trial.clear, 3U);
  // Where all of it is divided, all of it is meant.
  EXPECT_THAT(try_lines({{"a", square(0, 0, 1, 2)}, {"b", square(1, 0, 2, 2)}}, lines, rule).names,
              IsEmpty());
  const LineTrial none = try_lines({{"", square(0, 0, 2, 9)}}, lines, rule);
  EXPECT_EQ(none.clear, 0U);
  EXPECT_THAT(none.reason, testing::HasSubstr("inside the frame"));
}

TEST(FrameChoice, ALineThatOnlyCrossesItselfDividesNothing) {
  // It ends far inside the neighbour c, but its knot parts a bit of ground from all the rest.
  const NamedAreas states{{"a", square(0, 0, 1, 2)}, {"b", square(1, 0, 2, 2)}, {"c", square(-9, 2, 9, 9)}};
  const std::vector<DatedLine> lines{{parse_date("1914-08-01").first,
                                      {{{1, 0}, {1, 1.02}, {1.02, 1.02}, {1.02, 1}, {0.9, 1}, {0.9, 2}}},
                                      "front"}};
  DivisionRule rule;
  rule.left = ActorId(std::size_t{0});
  rule.right = ActorId(std::size_t{1});
  rule.extension = LineExtension::nearest;
  rule.within = Meters{50'000.0};
  EXPECT_EQ(try_lines({{"", square(-9, 0, 9, 9)}}, lines, rule).clear, 0U);
  const LineTrial trial = try_lines(states, lines, rule);
  EXPECT_THAT(trial.names, ElementsAre("a", "b"));
  EXPECT_EQ(trial.clear, 1U);
}

TEST(FrameChoice, AreasThatHavePlacesThoseWithMostFirst) {
  const NamedAreas states{{"a", square(0, 0, 1, 1)}, {"b", square(1, 0, 2, 1)}, {"c", square(2, 0, 3, 1)}};
  const std::vector<Position> places{{1.5, 0.5}, {1.6, 0.5}, {0.5, 0.5}};
  EXPECT_THAT(names_around(states, places, 0.0), ElementsAre("b", "a"));
  EXPECT_THAT(names_around(states, places, 0.5), ElementsAre("b"));
}

// ---- actors
// ----------------------------------------------------------------------------------------------------------

TEST(ActorIds, LettersOfOtherAlphabets) {
  EXPECT_EQ(id_of("Côte d'Ivoire"), "cote-divoire");
  EXPECT_EQ(id_of("Россия"), "rossiya");
  EXPECT_EQ(id_of("Україна"), "ukrayina");
  EXPECT_EQ(id_of("Ελλάδα"), "ellada");
  EXPECT_EQ(id_of("Zimbabwe (Rhodesia)"), "zimbabwe");
  EXPECT_EQ(id_of("(unnamed)"), "unnamed");
  EXPECT_EQ(id_of("  --A__B--  "), "a__b");
  EXPECT_EQ(id_of("日本"), "");
  EXPECT_EQ(id_of("\xff\xfe"), "");
}

TEST(ActorIds, AreUniqueAndNeverNobody) {
  EXPECT_THAT(ids_of({"A", "a", "Á", "a-2", "Nobody", "日本"}),
              ElementsAre("a", "a-2", "a-3", "a-2-2", "nobody-2", "actor-6"));
}

TEST(ActorIds, Utf8IsToldFromOtherEncodings) {
  EXPECT_TRUE(is_utf8("Å Б 日 \xF0\x9F\x98\x80"));
  for (const char* bad : {"\xC5 x", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80", "a\xE2\x82"})
    EXPECT_FALSE(is_utf8(bad));
}

/// L* of CIELAB.
double lightness(const std::string& color) {
  const auto linear = [&](std::size_t at) {
    const double part = std::stoi(color.substr(at, 2), nullptr, 16) / 255.0;
    return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
  };
  return 116.0 * std::cbrt(0.2126729 * linear(1) + 0.7151522 * linear(3) + 0.0721750 * linear(5)) - 16.0;
}

TEST(Colors, AreDifferentAndNeighboursDifferInLightness) {
  const auto list = colors(300);
  EXPECT_EQ(list[0], "#0072b2");
  EXPECT_GE(std::set<std::string>(list.begin(), list.end()).size(), 299U);
  for (std::size_t i = 0; i < list.size(); ++i) {
    EXPECT_TRUE(std::regex_match(list[i], std::regex("#[0-9a-f]{6}"))) << list[i];
    // Steps of 15 at least, less what rounding to 8 bits takes.
    if (i > 10) {
      EXPECT_GT(std::abs(lightness(list[i]) - lightness(list[i - 1])), 14.5) << i;
    }
  }
  EXPECT_EQ(colors(3), (std::vector<std::string>(list.begin(), list.begin() + 3)));
}

TEST(Colors, KeepAwayFromDeclaredOnesAndDoNotDependOnWhatFollows) {
  const auto alone = colors(10);
  const auto beside = colors(40, {alone[0], "#e8a000", "#BBBBBB"});
  EXPECT_EQ(std::count(beside.begin(), beside.end(), alone[0]), 0);
  EXPECT_EQ(std::count(beside.begin(), beside.end(), alone[1]), 0);  // #e69f00, all but the declared one
  EXPECT_EQ(std::set<std::string>(beside.begin(), beside.end()).size(), beside.size());
  for (std::size_t count = 1; count < beside.size(); ++count) {
    const auto fewer = colors(count, {alone[0], "#e8a000", "#BBBBBB"});
    EXPECT_TRUE(std::equal(fewer.begin(), fewer.end(), beside.begin())) << count;
  }
}

// ---- lines written twice
// ---------------------------------------------------------------------------------------------

MultiPolygon ring_at(double shift) {
  return {{{{0 + shift, 0}, {1 + shift, 0}, {1 + shift, 1}, {0 + shift, 0}}}};
}

TEST(RepeatedLines, NearVerticesOfOtherMapsOnly) {
  const Meters within{0.2};
  EXPECT_EQ(find_repeated_vertices({ring_at(0), ring_at(0)}, within).repeated, 0U);     // the same
  EXPECT_EQ(find_repeated_vertices({ring_at(0), ring_at(1e-6)}, within).repeated, 6U);  // 0.11 m
  EXPECT_EQ(find_repeated_vertices({ring_at(0), ring_at(2e-6)}, within).repeated, 0U);  // 0.22 m
  MultiPolygon both = ring_at(0);
  both.push_back(ring_at(1e-6).front());
  EXPECT_EQ(find_repeated_vertices({both, both}, within).repeated, 0U);  // two lines of one map
  EXPECT_EQ(find_repeated_vertices({both, both}, within).vertices, 6U);
  EXPECT_EQ(find_repeated_vertices({}, within).vertices, 0U);
}

// ---- the text
// --------------------------------------------------------------------------------------------------------

TEST(ManifestText, IsReadBackAsItWas) {
  Manifest manifest;
  manifest.atlas.id = "x";
  manifest.atlas.title = "A \"title\"\\ with\nlines\x01";
  manifest.atlas.harmonise = Meters{0.2};
  manifest.atlas.actors.push_back(
      Actor{.id = "a", .name = "Å", .names = {}, .color = "#112233", .groups = {}});
  manifest.atlas.sources.push_back(Source{.id = "s",
                                          .title = "T",
                                          .author = {},
                                          .licence = {},
                                          .url = {},
                                          .date = {},
                                          .note = {},
                                          .sigma = {},
                                          .correlation = {}});
  LayerSpec layer;
  layer.layer.id = "l";
  layer.layer.source = SourceId(std::size_t{0});
  layer.files = {"a [1].gpkg", "b.gpkg"};
  layer.layer_in_file = "t";
  layer.where = "\"h\" <> ''";
  layer.crs = "EPSG:4326";
  layer.actor.kind = ValueSpec::Kind::field;
  layer.actor.text = "h";
  for (const char* value : {"1", "2", "3", "4 \""}) layer.actor.map[value] = "a";
  layer.from = ValueSpec{ValueSpec::Kind::field, "f", {{"?", ".."}}, "%d.%m.%Y", false, 0};
  layer.to = ValueSpec{ValueSpec::Kind::field, "t", {}, "", true, 0};
  manifest.layers.push_back(layer);

  const Manifest read = parse_manifest(manifest_text(manifest, {"a comment"}), "atlas.toml");
  EXPECT_EQ(read.atlas.title, manifest.atlas.title);
  EXPECT_EQ(read.atlas.actors, manifest.atlas.actors);
  EXPECT_EQ(read.atlas.sources, manifest.atlas.sources);
  EXPECT_EQ(read.atlas.harmonise, manifest.atlas.harmonise);
  const LayerSpec& back = read.layers.at(0);
  EXPECT_EQ(back.files, layer.files);
  EXPECT_EQ(back.layer_in_file, layer.layer_in_file);
  EXPECT_EQ(back.where, layer.where);
  EXPECT_EQ(back.crs, layer.crs);
  EXPECT_EQ(back.actor.map, layer.actor.map);
  ASSERT_TRUE(back.from && back.to);
  const ValueSpec from = back.from.value_or(ValueSpec{});
  EXPECT_EQ(from.format, "%d.%m.%Y");
  EXPECT_EQ(from.map, (std::map<std::string, std::string>{{"?", ".."}}));
  EXPECT_TRUE(back.to.value_or(ValueSpec{}).inclusive);
}

// ---- entries
// ---------------------------------------------------------------------------------------------------------

class Entries : public test::IoTest {
 protected:
  [[nodiscard]] std::vector<std::string> entries(const std::vector<std::string>& names) const {
    std::vector<DataFile> files;
    files.reserve(names.size());
    for (const std::string& name : names) files.push_back(find_data_files(folder_, name).at(0));
    return entries_for(files, folder_, "atlas.toml");
  }
};

TEST_F(Entries, AWildcardStandsForExactlyThoseFiles) {
  for (const char* name : {"in/d_20240101.gpkg", "in/d_20240102.gpkg", "in/d_20240103.gpkg"})
    write(name, "x");
  EXPECT_THAT(entries({"in/d_20240101.gpkg", "in/d_20240102.gpkg", "in/d_20240103.gpkg"}),
              ElementsAre("in/d_*.gpkg"));
  EXPECT_THAT(entries({"in/d_20240101.gpkg", "in/d_20240102.gpkg"}),
              ElementsAre("in/d_20240101.gpkg", "in/d_20240102.gpkg"));
  EXPECT_THAT(entries({"in/d_20240101.gpkg"}), ElementsAre("in/d_20240101.gpkg"));
}

TEST_F(Entries, AWildcardStandsNeitherForTheManifestNorForEverything) {
  for (const char* name : {"at_1.toml", "atx_2.toml"}) write(name, "x");
  EXPECT_THAT(entries({"at_1.toml", "atx_2.toml"}), SizeIs(2));  // "at*.toml" would take the manifest too
  for (const char* name : {"X_1.A", "y_2.b"}) write(name, "x");
  EXPECT_THAT(entries({"X_1.A", "y_2.b"}), ElementsAre("X_1.A", "y_2.b"));
  for (const char* name : {"atlas_1.toml", "atlas_2.toml", "X_1.A", "y_2.b"})
    write(std::string("in/") + name, "x");
  EXPECT_THAT(entries({"in/atlas_1.toml", "in/atlas_2.toml"}), ElementsAre("in/atlas_*.toml"));
  EXPECT_THAT(entries({"in/X_1.A", "in/y_2.b", "in/atlas_1.toml", "in/atlas_2.toml"}), SizeIs(4));
}

TEST_F(Entries, NamesWithWildcardsInThemAreNames) {
  write("a[1].gpkg", "x");
  write("a[2].gpkg", "x");
  EXPECT_THAT(entries({"a[1].gpkg", "a[2].gpkg"}), ElementsAre("a[1].gpkg", "a[2].gpkg"));
}

}  // namespace
}  // namespace marchland::detail
