#include "tests/unit/io/io_fixture.h"
#include <marchland/geometry/wkt.h>
#include <marchland/io/detail/manifest_secrets.h>

#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <lzma.h>
#include <tests/held_positions.h>

namespace marchland {
namespace {

using test::collection;
using test::feature;
using test::polygon;
using test::square;
using test::square_area;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

Instant at(const char* date, const DayConvention& days = {}) {
  return parse_date(date, days).first;
}

std::string layer(const std::string& keys, const std::string& id = "x", const std::string& mode = "interval",
                  const std::string& files = R"("x.geojson")",
                  const std::string& actor = R"({field = "h"})") {
  return "[[layer]]\nid = \"" + id + "\"\nsource = \"s\"\ntheme = \"control\"\nmode = \"" + mode +
         "\"\nfiles = [" + files + "]\nactor = " + actor + "\n" + keys + "\n";
}

std::vector<std::string> codes(const Atlas& atlas) {
  std::vector<std::string> list;
  for (const Finding& finding : atlas.findings) list.push_back(finding.code);
  return list;
}

class ReadAtlas : public test::IoTest {
 protected:
  /// x.geojson with one square per properties object, each a degree further east.
  void write_rows(const std::vector<std::string>& properties, const std::string& name = "x.geojson") const {
    std::vector<std::string> features;
    for (std::size_t i = 0; i < properties.size(); ++i) {
      features.push_back(feature(properties[i], polygon(square(static_cast<int>(2 * i), 0))));
    }
    write(name, collection(features));
  }
  [[nodiscard]] Interval validity_of(const std::string& properties, const std::string& layer_keys,
                                     const std::string& atlas_keys = "") const {
    write_rows({properties});
    write_manifest(layer(layer_keys), atlas_keys);
    return read().statements.at(0).validity;
  }
  [[nodiscard]] const Finding& finding(const Atlas& atlas, const std::string& code) const {
    for (const Finding& found : atlas.findings) {
      if (found.code == code) return found;
    }
    ADD_FAILURE() << "no finding " << code;
    static const Finding none;
    return none;
  }
};

// ---- statements
// -----------------------------------------------------------------------------------------------

TEST_F(ReadAtlas, StatementsCarryWhatTheirFeatureSays) {
  write_rows({R"({"h":"a","n":"first"})", R"({"h":"b","n":null})"});
  write_manifest(
      layer("basis = \"surveyed\"\ncertainty = \"reported\"\nnote = {field = \"n\"}\nfrom = \"1994\""));
  const Atlas atlas = read();
  ASSERT_THAT(atlas.statements, SizeIs(2));
  const Statement& first = atlas.statements[0];
  EXPECT_EQ(first.id, "x/0");
  EXPECT_EQ(first.layer, LayerId(0));
  EXPECT_EQ(atlas[first.actor].id, "a");
  EXPECT_EQ(first.validity, Interval::since(at("1994")));
  EXPECT_EQ(first.basis, Basis::surveyed);
  EXPECT_EQ(first.certainty, Certainty::reported);
  EXPECT_EQ(first.note, "first");
  EXPECT_EQ(first.origin, "x.geojson: layer 'x', feature 0");
  EXPECT_EQ(first.area, square_area(0, 0));
  EXPECT_EQ(atlas.statements[1].id, "x/1");
  EXPECT_EQ(atlas[atlas.statements[1].actor].id, "b");
  EXPECT_EQ(atlas.statements[1].note, "");
  EXPECT_THAT(atlas.findings, IsEmpty());
}

TEST_F(ReadAtlas, DatesInDoubtAreReadAsEdtf) {
  write_rows(
      {R"({"h":"a","f":"1993-04~","t":"[1994-05-11..1994-05-12]"})", R"({"h":"a","f":"1993-04","t":null})"});
  write_manifest(layer("from = {field = \"f\"}\nto = {field = \"t\", inclusive = true}"));
  const Atlas atlas = read();
  const Statement& s = atlas.statements.at(0);
  EXPECT_EQ(s.validity, Interval(at("1993-04-01"), at("1994-05-12")));
  ASSERT_TRUE(s.doubt);
  EXPECT_EQ(s.doubt->possible, Interval(at("1993-03-01"), at("1994-05-13")));
  EXPECT_EQ(s.doubt->certain, Interval(at("1993-05-31"), at("1994-05-12")));
  EXPECT_FALSE(atlas.statements.at(1).doubt) << "a reduced date is its first instant, exactly";
}

TEST_F(ReadAtlas, ADateInDoubtIsThatOfAllItsSnapshot) {
  write_rows(
      {R"({"h":"a","f":"1993-01"})", R"({"h":"a","f":"1993-04-01~"})", R"({"h":"b","f":"1993-04-01"})"});
  write_manifest(layer("from = {field = \"f\"}", "x", "snapshot"));
  const Atlas atlas = read();
  const FuzzyInstant april{at("1993-04-01"), at("1993-03-31"), at("1993-04-02")};
  EXPECT_EQ(atlas.statements.at(0).to(), april);
  EXPECT_EQ(atlas.statements.at(1).from(), april);
  EXPECT_EQ(atlas.statements.at(2).from(), april);
  EXPECT_THAT(atlas.layers.at(0).doubtful_dates, ElementsAre(april));
  write_manifest(layer("from = {field = \"f\"}\nmissing_days = \"unknown\"", "x", "snapshot"));
  EXPECT_THAT(read_error(), HasSubstr("in doubt, and missing days are unknown"));
}

TEST_F(ReadAtlas, RecordsSayWhenAndByWhomTheyWereMade) {
  write_rows({R"({"h":"a","r":"2024-01-02","by":"x","s":12.5,"src":"s"})",
              R"({"h":"a","r":null,"by":null,"s":50,"src":null})"});
  const std::string keys =
      "recorded = {field = \"r\"}\nauthor = {field = \"by\"}\nsigma_m = {field = \"s\"}\nbias_m = -1.5\n"
      "cites = {field = \"src\"}";
  write_manifest(layer(keys));
  const Atlas atlas = read();
  const Statement& s = atlas.statements.at(0);
  EXPECT_EQ(s.recorded, at("2024-01-02"));
  EXPECT_EQ(s.author, "x");
  EXPECT_EQ(s.accuracy, (Accuracy{Meters(12.5), Meters(0), Meters(-1.5)}));
  EXPECT_THAT(s.cites, ElementsAre(SourceId(0)));
  EXPECT_FALSE(atlas.statements.at(1).recorded);
  EXPECT_THAT(atlas.statements.at(1).cites, IsEmpty());
}

TEST_F(ReadAtlas, AnAccuracyThatIsTheSourcesIsNoneOfItsOwn) {
  write_rows({R"({"h":"a"})"});
  write_manifest(layer("bias_m = 0"));
  EXPECT_FALSE(read().statements.at(0).accuracy);
  write_manifest(layer("bias_m = 3"));
  EXPECT_EQ(read().statements.at(0).accuracy, (Accuracy{std::nullopt, Meters(0), Meters(3)}));
}

TEST_F(ReadAtlas, UnknownSourcesAndValuesAreNamedWithTheirFeature) {
  write_rows({R"({"h":"a","v":"ss"})"});
  const auto with = [&](const std::string& keys) {
    write_manifest(layer(keys));
    return read_error();
  };
  EXPECT_THAT(
      with("cites = {field = \"v\"}"),
      AllOf(HasSubstr("x.geojson: layer 'x', feature 0: cites (field 'v'): there is no [[source]] 'ss'"),
            HasSubstr("did you mean 's'")));
  EXPECT_THAT(with("cites = \"t\""), HasSubstr("cites: there is no [[source]] 't'"));
  EXPECT_THAT(with("sigma_m = {field = \"v\"}"),
              HasSubstr("feature 0: sigma_m (field 'v'): 'ss' is no number of metres"));
  EXPECT_THAT(with("sigma_m = -1"), HasSubstr("sigma_m: '-1' is no number of metres; expected 0 or more"));
  EXPECT_THAT(with("recorded = \"1993~\""), HasSubstr("recorded:"));
  EXPECT_THAT(with("from = \"{1993,1994}\""), HasSubstr("[ ] is one of them"));
}

TEST_F(ReadAtlas, IdsNameTheFileWhereThereCanBeSeveral) {
  write_rows({R"({"h":"a"})"}, "d/p.geojson");
  write_manifest(layer("", "x", "interval", R"("d/*.geojson")"));
  EXPECT_EQ(read().statements.at(0).id, "x/p/0");
  write_rows({R"({"h":"a"})"}, "e/p.geojson");
  write_manifest(layer("", "x", "interval", R"("d/*.geojson", "e/p.geojson")"));
  const Atlas atlas = read();
  EXPECT_EQ(atlas.statements.at(0).id, "x/d/p.geojson/0") << "equal names are told apart by their folders";
  EXPECT_EQ(atlas.statements.at(1).id, "x/e/p.geojson/0");
}

TEST_F(ReadAtlas, DeclaredIdsAreUsedAsGiven) {
  write_rows({R"({"h":"a","key":"agdam-1993"})", R"({"h":"a","key":17})"});
  write_manifest(layer("statement = {field = \"key\"}"));
  const Atlas atlas = read();
  EXPECT_EQ(atlas.statements.at(0).id, "agdam-1993");
  EXPECT_EQ(atlas.statements.at(1).id, "17");
  write_rows({R"({"h":"a","key":"k"})", R"({"h":"a","key":"k"})"});
  EXPECT_EQ(read_error(),
            "invalid data: " + path("atlas.toml") +
                ": x.geojson: layer 'x', feature 1: statement 'k': the id is used by an earlier statement; "
                "ids must differ");
  write_rows({R"({"h":"a","key":null})"});
  EXPECT_EQ(read_error(),
            "invalid data: " + path("x.geojson") +
                ": layer 'x', feature 0: statement (field 'key') is empty; every statement needs an id");
}

TEST_F(ReadAtlas, OrderIsLayersThenFilesThenFeatures) {
  write_rows({R"({"h":"a"})", R"({"h":"a"})"}, "d/2.geojson");
  write_rows({R"({"h":"a"})"}, "d/10.geojson");
  write_rows({R"({"h":"a"})"}, "z.geojson");
  write_manifest(layer("", "late", "interval", R"("z.geojson")") +
                 layer("", "early", "interval", R"("d/*", "d/10.geojson")"));
  std::vector<std::string> ids;
  for (const Statement& statement : read().statements) ids.push_back(statement.id);
  EXPECT_THAT(ids, ElementsAre("late/0", "early/10/0", "early/2/0", "early/2/1"))
      << "overlapping entries read a file once";
}

TEST_F(ReadAtlas, DatesAreReadInTheirDeclaredForm) {
  const std::string keys =
      "from = {field = \"f\", format = \"%m/%d/%Y\", map = {start = \"1914\"}}\n"
      "to = {field = \"t\", format = \"%m/%d/%Y\", inclusive = true}";
  EXPECT_EQ(validity_of(R"({"h":"a","f":"8/3/1914","t":"12/31/1914"})", keys),
            Interval(at("1914-08-03"), at("1915-01-01")));
  EXPECT_EQ(validity_of(R"({"h":"a","f":"start","t":""})", keys), Interval::since(at("1914")))
      << "what a map gives is ISO 8601, an empty end is open";
  write_rows({R"({"h":"a","f":"1914-08-03","t":null})"});
  write_manifest(layer(keys));
  EXPECT_EQ(read_error(), "invalid data: " + path("x.geojson") +
                              ": layer 'x', feature 0: from (field 'f'): '1914-08-03' is no date of the form "
                              "'%m/%d/%Y'");
}

TEST_F(ReadAtlas, ActorsAreMapped) {
  write_rows({R"({"h":1})", R"({"h":"b"})", R"({"h":0})"});
  write_manifest(
      layer("", "x", "interval", R"("x.geojson")", R"({field = "h", map = {"1" = "a", "0" = "nobody"}})"));
  const Atlas atlas = read();
  EXPECT_EQ(atlas[atlas.statements.at(0).actor].id, "a");
  EXPECT_EQ(atlas[atlas.statements.at(1).actor].id, "b") << "what the map does not have is the actor itself";
  EXPECT_EQ(atlas.statements.at(2).actor, kNobodyId);
}

TEST_F(ReadAtlas, MapsReadAValueInAnyFormOfUnicode) {
  write_rows({"{\"h\":\"Caf\u00e9\"}", "{\"h\":\"Cafe\u0301\"}"});
  write_manifest(layer("", "x", "interval", R"("x.geojson")",
                       "{field = \"h\", map = {\"Caf\u00e9\" = \"a\", \"Cafe\" = \"b\"}}"));
  const Atlas atlas = read();
  EXPECT_EQ(atlas[atlas.statements.at(0).actor].id, "a");
  EXPECT_EQ(atlas[atlas.statements.at(1).actor].id, "a");
}

TEST_F(ReadAtlas, UndeclaredActorIsNamedWithItsPlaceAndTheNearest) {
  write("atlas.toml",
        "[atlas]\nid = \"t\"\n[[actor]]\nid = \"armenia\"\n[[source]]\nid = \"s\"\n" + layer(""));
  write_rows({R"({"h":"armenia"})", R"({"h":"armennia"})"});
  EXPECT_EQ(read_error(),
            "invalid data: " + path("x.geojson") +
                ": layer 'x', feature 1: actor (field 'h'): there is no [[actor]] 'armennia'; did you mean "
                "'armenia'?; declare it, or map it to one of nobody, armenia");
  write_rows({R"({"h":null})"});
  EXPECT_THAT(read_error(), HasSubstr("feature 0: actor (field 'h') is empty; expected an actor"));
}

TEST_F(ReadAtlas, ValuesOfFieldsAreChecked) {
  write_rows({R"({"h":"a","v":"draw"})"});
  write_manifest(layer("basis = {field = \"v\"}"));
  EXPECT_THAT(read_error(), HasSubstr("feature 0: basis (field 'v'): 'draw' is none of surveyed, drawn, "
                                      "inferred; did you mean 'drawn'?"));
  write_manifest(layer("certainty = {field = \"v\", map = {draw = \"reported\"}}"));
  EXPECT_EQ(read().statements.at(0).certainty, Certainty::reported);
  write_rows({R"({"h":"a","v":null})", R"({"h":"a","v":"reported"})"});
  EXPECT_EQ(read().statements.at(0).certainty, Certainty::confirmed);
  write_manifest(layer("note = {field = \"vv\"}"));
  EXPECT_EQ(read_error(), "invalid data: " + path("x.geojson") +
                              ": layer 'x': there is no field 'vv'; did you mean 'v'?; fields: h, v");
}

TEST_F(ReadAtlas, WhereChoosesFeatures) {
  write_rows({R"({"h":"a","status":1})", R"({"h":"b","status":2})"});
  write_manifest(layer("where = \"status = 2\""));
  const Atlas atlas = read();
  ASSERT_THAT(atlas.statements, SizeIs(1));
  EXPECT_EQ(atlas.statements[0].id, "x/1");
  write_manifest(layer("where = \"status = 3\""));
  EXPECT_EQ(read_error(),
            "invalid data: " + path("atlas.toml") +
                ":10: layer 'x' has no statement: no feature of its files fulfils where = \"status = 3\"");
}

// ---- mode interval
// --------------------------------------------------------------------------------------------

TEST_F(ReadAtlas, IntervalEndsAreFirstInstantsUnlessInclusive) {
  const std::string both = "from = {field = \"f\"}\nto = {field = \"t\"";
  const std::string row = R"({"h":"a","f":"1993-04","t":"1994-05-12"})";
  EXPECT_EQ(validity_of(row, both + "}"), Interval(at("1993-04-01"), at("1994-05-12")));
  EXPECT_EQ(validity_of(row, both + ", inclusive = true}"), Interval(at("1993-04-01"), at("1994-05-13")));
  EXPECT_EQ(validity_of(R"({"h":"a","f":"1993","t":"1993"})", both + ", inclusive = true}"),
            Interval(at("1993"), at("1994")));
  EXPECT_EQ(validity_of(R"({"h":"a","f":"1993","t":"1994-02"})", both + ", inclusive = true}"),
            Interval(at("1993"), at("1994-03")));
  EXPECT_EQ(validity_of(R"({"h":"a"})", "from = 1993\nto = {const = 1994, inclusive = true}"),
            Interval(at("1993"), at("1995")));
}

TEST_F(ReadAtlas, OpenEndsAreNullEmptyOrTwoDots) {
  const std::string both =
      "from = {field = \"f\"}\nto = {field = \"t\", map = {\"9999-12-31\" = \"..\"}, inclusive = true}";
  for (const char* open : {"null", "\"\"", "\"..\"", "\" \""}) {
    const std::string text = open;
    EXPECT_EQ(validity_of(R"({"h":"a","f":"1993","t":)" + text + "}", both), Interval::since(at("1993")))
        << open;
    EXPECT_EQ(validity_of(R"({"h":"a","f":)" + text + R"(,"t":"1993"})", both), Interval::until(at("1994")))
        << open;
  }
  EXPECT_EQ(validity_of(R"({"h":"a","f":"1993","t":"9999-12-31"})", both), Interval::since(at("1993")));
  EXPECT_EQ(validity_of(R"({"h":"a"})", ""), Interval());
}

TEST_F(ReadAtlas, DatesMayBeNumbersNegativeYearsAndTimesWithZones) {
  const std::string from = "from = {field = \"f\"}";
  EXPECT_EQ(validity_of(R"({"h":"a","f":1994})", from).from(), at("1994"));
  EXPECT_EQ(validity_of(R"({"h":"a","f":19940512})", from).from(), at("1994-05-12"));
  EXPECT_EQ(validity_of(R"({"h":"a","f":1994.0})", from).from(), at("1994"));
  EXPECT_EQ(validity_of(R"({"h":"a","f":-300})", from).from(), at("-0300"));
  EXPECT_EQ(validity_of(R"({"h":"a","f":476})", from).from(), at("0476"));
  EXPECT_EQ(validity_of(R"({"h":"a","f":"-0300-02-01"})", from).from(), at("-0300-02-01"));
  EXPECT_EQ(validity_of(R"({"h":"a","f":"2020-11-10T00:00+03:00"})", from).from(),
            at("2020-11-09T21:00:00Z"));
  EXPECT_EQ(validity_of(R"({"h":"a","f":"1993-04-02T14:45"})", from, "timezone = \"+04:00\"").from(),
            at("1993-04-02T10:45:00Z"));
  EXPECT_EQ(
      validity_of(R"({"h":"a","f":"1993-04-02"})", from, "timezone = \"+04:00\"\nday_starts = \"06:00\"")
          .from(),
      at("1993-04-02T02:00:00Z"));
}

TEST_F(ReadAtlas, IntervalsMayTakeDatesFromFileNames) {
  write_rows({R"({"h":"a"})"}, "d/19940512_19950101.geojson");
  write_manifest(layer("from = {pattern = \"%Y%m%d_\"}\nto = {pattern = \"_%Y%m%d\", inclusive = true}", "x",
                       "interval", R"("d/*.geojson")"));
  EXPECT_EQ(read().statements.at(0).validity, Interval(at("1994-05-12"), at("1995-01-02")));
}

TEST_F(ReadAtlas, UnreadableDatesNameFileFeatureFieldAndValue) {
  write_rows({R"({"h":"a","f":"1994"})", R"({"h":"a","f":"12.05.1994"})"});
  write_manifest(layer("from = {field = \"f\"}"));
  EXPECT_THAT(read_error(),
              StartsWith("invalid data: " + path("x.geojson") +
                         ": layer 'x', feature 1: from (field 'f'): '12.05.1994' is not a date"));
}

TEST_F(ReadAtlas, FromAfterToIsRefusedWithBoth) {
  write_rows({R"({"h":"a","f":"1995","t":"1994"})"});
  write_manifest(layer("from = {field = \"f\"}\nto = {field = \"t\"}"));
  EXPECT_THAT(read_error(), AllOf(HasSubstr("x.geojson: layer 'x', feature 0: statement 'x/0': from "
                                            "(1995-01-01) is not before to (1994-01-01)"),
                                  HasSubstr("inclusive")));
}

// ---- what files repeat

TEST_F(ReadAtlas, LinesThatFilesRepeatAreHeldOnce) {
  std::vector<std::string> corners;
  for (int i = 0; i < 500; ++i)
    corners.push_back(fmt::format("[{},{}]", (i * 7919 % 997) / 1000.0, i / 500.0));
  const auto write_days = [&](int begin, int end, int changes) {
    for (int day = begin; day < end; ++day) {
      std::vector<std::string> drawn = corners;
      for (int c = 0; c < changes; ++c)
        drawn[static_cast<std::size_t>(1 + day)] = fmt::format("[0.5,0.{}]", day);
      write(fmt::format("day_{}.geojson", 20240101 + day),
            collection({feature(R"({"h":"a"})", fmt::format(R"({{"type":"Polygon","coordinates":[[{},{}]]}})",
                                                            fmt::join(drawn, ","), drawn.front()))}));
    }
  };
  write_manifest(layer("from = {pattern = \"day_%Y%m%d\"}", "x", "snapshot", R"("day_*.geojson")"));
  write_days(0, 3, 0);
  EXPECT_EQ(testing_fixtures::held_positions(read()), 501U);
  write_days(0, 30, 0);
  const Atlas repeated = read();
  EXPECT_THAT(repeated.statements, SizeIs(30));
  EXPECT_EQ(testing_fixtures::held_positions(repeated), 501U) << "of ten times as many days";
  // Where a day differs in a vertex, it costs some tens of positions around it, not the line.
  write_days(1, 30, 1);
  EXPECT_LT(testing_fixtures::held_positions(read()), 501U + 29U * 128U);
  EXPECT_GT(testing_fixtures::held_positions(read()), 501U);
}

TEST_F(ReadAtlas, TheFirstFileThatCannotBeReadIsTheOneThatIsNamed) {
  for (int day = 1; day < 10; ++day)
    write(fmt::format("day_2024010{}.geojson", day),
          day == 4 || day == 7 ? "{" : collection({feature(R"({"h":"a"})", polygon(square(0, 0)))}));
  write_manifest(layer("from = {pattern = \"day_%Y%m%d\"}", "x", "snapshot", R"("day_*.geojson")"));
  for (int i = 0; i < 10; ++i) EXPECT_THAT(read_error(), HasSubstr("day_20240104.geojson"));
}

TEST_F(ReadAtlas, WhoeverReadsIsToldHowFarItIs) {
  for (int day = 1; day < 10; ++day)
    write(fmt::format("day_2024010{}.geojson", day),
          collection({feature(R"({"h":"a"})", polygon(square(0, 0)))}));
  write_manifest(layer("from = {pattern = \"day_%Y%m%d\"}", "x", "snapshot", R"("day_*.geojson")"));
  std::vector<std::string> told;
  (void)read_atlas(folder_, {.on_files = [&](const std::string& of, std::size_t done, std::size_t all) {
                     told.push_back(fmt::format("{} {}/{}", of, done, all));
                   }});
  EXPECT_THAT(told, ElementsAre("x 9/9"));
}

// ---- mode snapshot
// --------------------------------------------------------------------------------------------

TEST_F(ReadAtlas, SnapshotsHoldUntilTheNextDateEvenAnEmptyOne) {
  write_rows({R"({"h":"a"})"}, "d/data_20240708.geojson");
  write_rows({R"({"h":"b"})", R"({"h":"a"})"}, "d/data_20240710.geojson");
  write("d/data_20240712.geojson", collection({}));
  write_rows({R"({"h":"a"})"}, "d/data_20240720.geojson");
  write_manifest(layer("from = {pattern = \"data_%Y%m%d\"}\nmissing_days = \"hold\"", "x", "snapshot",
                       R"("d/*.geojson")"));
  const Atlas atlas = read();
  ASSERT_THAT(atlas.statements, SizeIs(4));
  EXPECT_EQ(atlas.statements[0].validity, Interval(at("2024-07-08"), at("2024-07-10")));
  EXPECT_EQ(atlas.statements[1].validity, Interval(at("2024-07-10"), at("2024-07-12")));
  EXPECT_EQ(atlas.statements[2].validity, Interval(at("2024-07-10"), at("2024-07-12")));
  EXPECT_EQ(atlas.statements[3].validity, Interval::since(at("2024-07-20")));
  ASSERT_THAT(codes(atlas), ElementsAre("empty-snapshot"));
  EXPECT_EQ(atlas.findings[0].severity, Severity::info);
  EXPECT_EQ(atlas.findings[0].at, "2024-07-12T00:00:00Z");
  EXPECT_THAT(atlas.findings[0].text, HasSubstr("d/data_20240712.geojson: no feature"));
}

TEST_F(ReadAtlas, WhereMissingDaysAreUnknownAStateHoldsForWhatItsDateNames) {
  write_rows({R"({"h":"a"})"}, "d/data_20240708.geojson");
  write_rows({R"({"h":"b"})"}, "d/data_20240709.geojson");
  write_rows({R"({"h":"a"})"}, "d/data_20240712.geojson");
  write_manifest(layer("from = {pattern = \"data_%Y%m%d\"}\nmissing_days = \"unknown\"", "x", "snapshot",
                       R"("d/*.geojson")"));
  Atlas atlas = read();
  EXPECT_EQ(atlas.statements.at(0).validity, Interval(at("2024-07-08"), at("2024-07-09")));
  EXPECT_EQ(atlas.statements.at(1).validity, Interval(at("2024-07-09"), at("2024-07-10")));
  EXPECT_EQ(atlas.statements.at(2).validity, Interval(at("2024-07-12"), at("2024-07-13")));
  EXPECT_THAT(atlas.layers.at(0).date_ends, SizeIs(3));
  // Months hold for their month, unless another state comes within it.
  write_rows(
      {R"({"h":"a","d":"2024-01"})", R"({"h":"b","d":"2024-02"})", R"({"h":"a","d":"2024-02-10T12:00"})"});
  write_manifest(layer("from = {field = \"d\"}\nmissing_days = \"unknown\"", "x", "snapshot"));
  atlas = read();
  EXPECT_EQ(atlas.statements.at(0).validity, Interval(at("2024-01"), at("2024-02")));
  EXPECT_EQ(atlas.statements.at(1).validity, Interval(at("2024-02"), at("2024-02-10T12:00")));
  EXPECT_EQ(atlas.statements.at(2).validity, Interval(at("2024-02-10T12:00"), at("2024-02-11T12:00")));
}

TEST_F(ReadAtlas, ALayerMayKeepOnlyWhatMeetsARegion) {
  write_rows({R"({"h":"a"})", R"({"h":"a"})", R"({"h":"b"})"});
  // Squares lie at 0..1, 2..3 and 4..5; the region touches the second and the third.
  write("r.geojson", collection({feature("{}", polygon(square(3, 0)))}));
  const std::string region = "[[region]]\nid = \"east\"\nfile = \"r.geojson\"\n";
  write_manifest(region + layer("region = \"east\""));
  const Atlas atlas = read();
  ASSERT_THAT(atlas.statements, SizeIs(2));
  EXPECT_EQ(atlas.statements[0].id, "x/1") << "ids do not depend on the filter";
  EXPECT_THAT(
      finding(atlas, "outside-region").text,
      HasSubstr("shares no ground with region 'east' and is left out (x.geojson: layer 'x', feature 0)"));
  write_manifest(region + layer("region = \"eats\""));
  EXPECT_THAT(read_error(),
              HasSubstr("layer 'x': there is no [[region]] 'eats'; did you mean 'east'? (declared: east)"));
}

TEST_F(ReadAtlas, EventsMaySayWhomTheyTakeGroundFrom) {
  write_rows({R"({"h":"a","d":"2024","w":"b"})", R"({"h":"a","d":"2024","w":null})"});
  const std::string keys = "from = {field = \"d\"}\ntaken_from = {field = \"w\"}";
  write_manifest(layer(keys, "x", "event"));
  const Atlas atlas = read();
  EXPECT_EQ(atlas[atlas.statements.at(0).taken_from].id, "b");
  EXPECT_FALSE(atlas.statements.at(1).taken_from.is_valid());
  write_rows({R"({"h":"a","d":"2024","w":"q"})"});
  EXPECT_THAT(read_error(), HasSubstr("taken_from (field 'w'): there is no [[actor]] 'q'"));
}

TEST_F(ReadAtlas, SnapshotsMayBeDatedByField) {
  write_rows({R"({"h":"a","d":"2024-01"})", R"({"h":"b","d":"2024-01"})", R"({"h":"a","d":"2024-03"})"});
  write_manifest(layer("from = {field = \"d\"}", "x", "snapshot"));
  const Atlas atlas = read();
  EXPECT_EQ(atlas.statements.at(0).validity, Interval(at("2024-01"), at("2024-03")));
  EXPECT_EQ(atlas.statements.at(1).validity, Interval(at("2024-01"), at("2024-03")));
  EXPECT_EQ(atlas.statements.at(2).validity, Interval::since(at("2024-03")));
  write_rows({R"({"h":"a","d":null})"});
  EXPECT_THAT(read_error(), HasSubstr("feature 0: from (field 'd') is empty; a snapshot needs its date"));
}

TEST_F(ReadAtlas, SnapshotLayersDoNotCloseEachOther) {
  write_rows({R"({"h":"a"})"}, "p2020.geojson");
  write_rows({R"({"h":"a"})"}, "q2021.geojson");
  const std::string from = "from = {pattern = \"%Y\"}";
  write_manifest(layer(from, "p", "snapshot", R"("p*.geojson")") +
                 layer(from, "q", "snapshot", R"("q*.geojson")"));
  EXPECT_EQ(read().statements.at(0).validity, Interval::since(at("2020")));
}

TEST_F(ReadAtlas, FileNamesWithoutTheirDateAreNamed) {
  write_rows({R"({"h":"a"})"}, "d/current.geojson");
  write_manifest(layer("from = {pattern = \"data_%Y%m%d\"}", "x", "snapshot", R"("d/*.geojson")"));
  EXPECT_EQ(
      read_error(),
      "invalid data: " + path("d/current.geojson") +
          ": from: the name 'current.geojson' has no date of the form 'data_%Y%m%d'; mend the pattern (" +
          path("atlas.toml") + ":17) or the files");
  std::filesystem::rename(folder_ / "d/current.geojson", folder_ / "d/data_20241341.geojson");
  EXPECT_THAT(read_error(), HasSubstr("'data_20241341.geojson' matches 'data_%Y%m%d' but"));
}

TEST_F(ReadAtlas, OnlyEmptySnapshotsAreNoLayer) {
  write("d/20240101.geojson", collection({}));
  write_manifest(layer("from = {pattern = \"%Y%m%d\"}", "x", "snapshot", R"("d/*.geojson")"));
  EXPECT_EQ(read_error(), "invalid data: " + path("atlas.toml") +
                              ":10: layer 'x' has no statement: its files have no feature");
}

TEST_F(ReadAtlas, SnapshotOfLinesOnlyWarns) {
  const std::string line = R"({"type":"LineString","coordinates":[[0,0],[1,1]]})";
  write_rows({R"({"h":"a"})"}, "d/20240101.geojson");
  write("d/20240102.geojson", collection({feature(R"({"h":"a"})", line)}));
  write_manifest(layer("from = {pattern = \"%Y%m%d\"}", "x", "snapshot", R"("d/*.geojson")"));
  const Atlas atlas = read();
  EXPECT_EQ(finding(atlas, "empty-snapshot").severity, Severity::warning);
  EXPECT_THAT(finding(atlas, "empty-snapshot").text, HasSubstr("no polygon among its 1 features"));
  EXPECT_EQ(atlas.statements.at(0).validity, Interval(at("2024-01-01"), at("2024-01-02")));
}

// ---- mode event
// -----------------------------------------------------------------------------------------------

TEST_F(ReadAtlas, EventsHoldSinceTheirDateAndKeepTheirOrder) {
  write_rows({R"({"h":"a","d":"1992-05-08","n":2})", R"({"h":"nobody","d":"1992-05-08","n":null})"});
  write_manifest(layer("from = {field = \"d\"}\nseq = {field = \"n\"}", "x", "event"));
  const Atlas atlas = read();
  EXPECT_EQ(atlas.layers.at(0).mode, LayerMode::event);
  EXPECT_EQ(atlas.statements.at(0).validity, Interval::since(at("1992-05-08")));
  EXPECT_EQ(atlas.statements.at(0).seq, 2);
  EXPECT_EQ(atlas.statements.at(1).seq, 0);
  EXPECT_EQ(atlas.statements.at(1).actor, kNobodyId);
  write_rows({R"({"h":"a","d":"1992-05-08","n":"second"})"});
  EXPECT_THAT(read_error(), HasSubstr("feature 0: seq (field 'n'): 'second' is no whole number"));
  write_rows({R"({"h":"a","d":"","n":1})"});
  EXPECT_THAT(read_error(), HasSubstr("feature 0: from (field 'd') is empty; an event needs its date"));
}

TEST_F(ReadAtlas, EmptyFilesOfAnEventLayerAreSaid) {
  write_rows({R"({"h":"a","d":"1992"})"}, "d/1.geojson");
  write("d/2.geojson", collection({}));
  write_manifest(layer("from = {field = \"d\"}", "x", "event", R"("d/*.geojson")"));
  EXPECT_THAT(finding(read(), "empty-file").text, HasSubstr("d/2.geojson"));
  std::filesystem::remove(folder_ / "d/1.geojson");
  EXPECT_THAT(read_error(), HasSubstr(":10: layer 'x' has no statement: its files have no feature"));
}

// ---- findings
// -------------------------------------------------------------------------------------------------

TEST_F(ReadAtlas, WhatIsNoPolygonIsLeftOutAndCounted) {
  const std::string line = R"({"type":"LineString","coordinates":[[0,0],[1,1]]})";
  write("x.geojson",
        collection({feature(R"({"h":"a"})", line), feature(R"({"h":"a"})", polygon(square(0, 0))),
                    feature(R"({"h":"a"})", line), feature(R"({"h":"a"})", "null")}));
  write_manifest(layer(""));
  const Atlas atlas = read();
  EXPECT_THAT(atlas.statements, SizeIs(1));
  EXPECT_EQ(finding(atlas, "not-a-polygon").severity, Severity::warning);
  EXPECT_EQ(finding(atlas, "not-a-polygon").text,
            "layer 'x': geometry of type Line String is no area and is left out (2 times, first in "
            "x.geojson: layer 'x', "
            "feature 0)");
  EXPECT_THAT(finding(atlas, "no-geometry").text,
              StartsWith("x.geojson: layer 'x', feature 3: it has no geometry"));
}

TEST_F(ReadAtlas, LayerOfLinesIsRefused) {
  write("x.geojson",
        collection({feature(R"({"h":"a"})", R"({"type":"LineString","coordinates":[[0,0],[1,1]]})")}));
  write_manifest(layer(""));
  EXPECT_THAT(read_error(),
              AllOf(StartsWith("invalid data: " + path("atlas.toml") +
                               ":10: layer 'x' has no statement: none of its 1 features is a polygon"),
                    HasSubstr("Line String")));
}

TEST_F(ReadAtlas, ClosedRingsAreLocatedWithTheirStatement) {
  write("x.geojson", collection({feature(R"({"h":"a"})", polygon("[[[2,3,7],[4,3,7],[4,5,7]]]"))}));
  write_manifest(layer(""));
  const Atlas atlas = read();
  const Finding& closed = finding(atlas, "ring-closed");
  EXPECT_EQ(closed.statement, "x/0");
  ASSERT_TRUE(closed.location);
  EXPECT_EQ(closed.location->lon, Lon{2});
  EXPECT_EQ(closed.location->lat, Lat{3});
  EXPECT_THAT(codes(atlas), Contains("heights-dropped"));
  EXPECT_THAT(codes(atlas), Not(Contains("reader-warning")));
}

TEST_F(ReadAtlas, TransformedLayersSaySo) {
  write("x.geojson",
        collection({feature(R"({"h":"a"})", polygon("[[[500000,0],[500001,0],[500001,1],[500000,0]]]"))}));
  write_manifest(layer("crs = \"EPSG:32638\""));
  const Atlas atlas = read();
  EXPECT_EQ(finding(atlas, "crs-transformed").severity, Severity::info);
  EXPECT_THAT(finding(atlas, "crs-transformed").text, HasSubstr("EPSG:32638"));
  EXPECT_EQ(finding(atlas, "crs-contradicted").severity, Severity::warning);
  write_manifest(layer("crs = \"+proj=longlat +ellps=krass\""));
  write_rows({R"({"h":"a"})"});
  EXPECT_EQ(finding(read(), "crs-ballpark").severity, Severity::warning);
}

TEST_F(ReadAtlas, UnreadableAreasNameTheirPlace) {
  write("x.geojson", collection({feature(R"({"h":"a"})", polygon("[[[0,0],[1,0],[0,0]]]"))}));
  write_manifest(layer(""));
  EXPECT_EQ(read_error(),
            "invalid data: " + path("x.geojson") +
                ": layer 'x', feature 0: ring 1: 3 positions, a ring needs 4 (the last repeats the first)");
}

// ---- files
// ----------------------------------------------------------------------------------------------------

TEST_F(ReadAtlas, FilesThatAreNotThereNameTheNearest) {
  write_rows({R"({"h":"a"})"}, "days/line.geojson");
  write_manifest(layer("", "x", "interval", R"("days/lines.geojson")"));
  EXPECT_EQ(read_error(),
            "invalid data: " + path("atlas.toml") +
                ":10: layer 'x': there is no file 'days/lines.geojson'; did you mean 'line.geojson'?");
  write_manifest(layer("", "x", "interval", R"("days/*.gpkg")"));
  EXPECT_THAT(read_error(), HasSubstr("layer 'x': no file matches 'days/*.gpkg'"));
  write_manifest(layer("", "x", "interval", R"("day/*.geojson")"));
  EXPECT_THAT(read_error(), HasSubstr("no file matches 'day/*.geojson'; there is no folder"));
}

TEST_F(ReadAtlas, GlobsStayInTheirFolderAndSkipHiddenFiles) {
  write_rows({R"({"h":"a"})"}, "d/a1.geojson");
  write_rows({R"({"h":"a"})"}, "d/a2.geojson");
  write_rows({R"({"h":"a"})"}, "d/b1.geojson");
  write_rows({R"({"h":"a"})"}, "d/.a3.geojson");
  write_rows({R"({"h":"a"})"}, "d/sub/a4.geojson");
  write_manifest(layer("", "x", "interval", R"("d/a?.geojson")"));
  EXPECT_THAT(read().statements, SizeIs(2));
  write_manifest(layer("", "x", "interval", R"("d/[!a]*.geojson", "*/sub/*.geojson")"));
  EXPECT_THAT(read().statements, SizeIs(2));
}

TEST_F(ReadAtlas, FolderNamesMayLookLikeGlobs) {
  folder_ /= "a[1]*";
  write_rows({R"({"h":"a"})"}, "x[2].geojson");
  write_manifest(layer("", "x", "interval", R"("x[2].geojson")"));
  EXPECT_THAT(read().statements, SizeIs(1));
}

TEST_F(ReadAtlas, ArchivesAreReadInPlace) {
  const std::string day = collection({feature(R"({"h":"a"})", polygon(square(0, 0)))});
  void* zip = CPLCreateZip(path("days.zip").c_str(), nullptr);
  for (const char* name : {"in/data_20240102.geojson", "in/data_20240101.geojson", "README.md"}) {
    CPLCreateFileInZip(zip, name, nullptr);
    CPLWriteFileInZip(zip, day.data(), static_cast<int>(day.size()));
    CPLCloseFileInZip(zip);
  }
  CPLCloseZip(zip);
  const auto read_days = [&](const std::string& files) {
    write_manifest(layer("from = {pattern = \"data_%Y%m%d\"}", "x", "snapshot", files));
    std::vector<std::string> ids;
    for (const Statement& statement : read().statements) ids.push_back(statement.id);
    return ids;
  };
  EXPECT_THAT(read_days(R"("days.zip")"), ElementsAre("x/data_20240101/0", "x/data_20240102/0"));
  EXPECT_THAT(read_days(R"("days.zip/in/*02.geojson")"), ElementsAre("x/data_20240102/0"));
  EXPECT_THAT(read_days(R"("*.zip/in/*01.geojson")"), ElementsAre("x/data_20240101/0"));
  EXPECT_THAT(read_days(R"("/vsizip/days.zip/in/data_20240102.geojson")"), SizeIs(1));
}

TEST_F(ReadAtlas, CompressedFilesKeepTheirName) {
  VSILFILE* file = VSIFOpenL(("/vsigzip/" + path("data_20240101.geojson.gz")).c_str(), "wb");
  const std::string day = collection({feature(R"({"h":"a"})", polygon(square(0, 0)))});
  VSIFWriteL(day.data(), 1, day.size(), file);
  VSIFCloseL(file);
  write_manifest(layer("from = {pattern = \"%Y%m%d.geojson\"}", "x", "snapshot", R"("*.geojson.gz")"));
  const Atlas atlas = read();
  EXPECT_EQ(atlas.statements.at(0).id, "x/data_20240101/0");
  EXPECT_EQ(atlas.statements.at(0).area, square_area(0, 0));
}

TEST_F(ReadAtlas, ArchivesThatCannotBeReadSaySo) {
  write("days.tar.7z", "x");
  write_manifest(layer("", "x", "interval", R"("days.tar.7z")"));
  EXPECT_THAT(read_error(),
              HasSubstr("layer 'x': days.tar.7z: archives of this kind cannot be read in place; unpack it"));
}

/// An .xz file of those bytes.
std::string packed_by_xz(const std::string& plain) {
  std::string packed(lzma_stream_buffer_bound(plain.size()), '\0');
  std::size_t size = 0;
  EXPECT_EQ(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, nullptr,
                                    reinterpret_cast<const std::uint8_t*>(plain.data()), plain.size(),
                                    reinterpret_cast<std::uint8_t*>(packed.data()), &size, packed.size()),
            LZMA_OK);
  return packed.substr(0, size);
}

/// A ustar archive (POSIX.1-1988) of one file.
std::string tar_of(const std::string& name, const std::string& content) {
  std::string header(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) { header.replace(at, text.size(), text); };
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, fmt::format("{:011o}", content.size()));
  put(136, "00000000000");
  put(148, "        ");
  put(156, "0");
  put(257, std::string("ustar\0"
                       "00",
                       8));
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  const std::string padding((512 - content.size() % 512) % 512, '\0');
  return header + content + padding + std::string(1024, '\0');
}

TEST_F(ReadAtlas, XzIsReadInPlace) {
  const std::string day = collection({feature(R"({"h":"a"})", polygon(square(0, 0)))});
  write("days.tar.xz", packed_by_xz(tar_of("in/data_20240101.geojson", day)));
  write("data_20240102.geojson.XZ", packed_by_xz(day));
  const auto ids = [&](const std::string& files) {
    write_manifest(layer("from = {pattern = \"data_%Y%m%d\"}", "x", "snapshot", files));
    std::vector<std::string> all;
    for (const Statement& statement : read().statements) {
      EXPECT_EQ(statement.area, square_area(0, 0));
      all.push_back(statement.id);
    }
    return all;
  };
  EXPECT_THAT(ids(R"("days.tar.xz")"), ElementsAre("x/data_20240101/0"));
  EXPECT_THAT(ids(R"("days.tar.xz/in/*.geojson", "*.XZ")"),
              ElementsAre("x/data_20240102/0", "x/data_20240101/0"));
  EXPECT_EQ(read().files.size(), 3U);  // the manifest and what lies on disk
}

TEST_F(ReadAtlas, DamagedXzSaysSo) {
  const std::string whole = packed_by_xz(tar_of("a.geojson", std::string(5000, ' ')));
  for (const std::string& bytes : {std::string("x"), whole.substr(0, whole.size() - 20), std::string()}) {
    write("days.tar.xz", bytes);
    write_manifest(layer("", "x", "interval", R"("days.tar.xz")"));
    EXPECT_THAT(read_error(),
                HasSubstr("layer 'x': days.tar.xz: the .xz file is damaged or breaks off; fetch it again"));
  }
}

TEST_F(ReadAtlas, ConnectionsThatFailHideTheirPassword) {
  const auto shown = [&](const std::string& connection) {
    write_manifest(layer("", "x", "interval", "\"" + connection + "\""));
    const std::string message = read_error();
    EXPECT_THAT(message, AllOf(StartsWith("failure: "), Not(HasSubstr("geheim"))));
    return message;
  };
  EXPECT_THAT(shown("PG:host=127.0.0.1 port=1 password=geheim dbname=q"),
              HasSubstr("PG:host=127.0.0.1 port=1 password=*** dbname=q: "));
  EXPECT_THAT(shown("PG:host=127.0.0.1 port=1 PASSWORD='ganz geheim'"), HasSubstr(" PASSWORD=***: "));
  EXPECT_THAT(shown("PG:postgresql://user:geheim@127.0.0.1:1/q"), HasSubstr("//user:***@127.0.0.1:1/q: "));
}

// Composites hold the manifest's text and are given away.
TEST(ManifestSecrets, HidesPasswordsOfConnections) {
  const std::string text = R"(# before: PG:host=h password=geheim
title = "Пример \"x\" token=kept" # a comment
[[layer]]
files = ["Ä.geojson", "PG:host=h password='ge \\' heim' dbname=q"]
where = "token = 'kept' AND password = 1"
study_area = { file = 'PG:postgresql://user:geheim@h/q', layer = "l" }
places = """PG:host=h
 password=ge,heim"""
)";
  EXPECT_EQ(detail::mask_manifest_secrets(text), R"(# before: PG:host=h password=***
title = "Пример \"x\" token=kept" # a comment
[[layer]]
files = ["Ä.geojson", "PG:host=h password=*** dbname=q"]
where = "token = 'kept' AND password = 1"
study_area = { file = "PG:postgresql://user:***@h/q", layer = "l" }
places = "PG:host=h\u000A password=***"
)");
  EXPECT_EQ(detail::mask_manifest_secrets("no = 'secret'"), "no = 'secret'");
}

TEST_F(ReadAtlas, KeepsTheManifestWithoutPasswords) {
  write_rows({R"({"h":"a"})"});
  write_manifest(layer("# files = \"PG:dbname=q password=geheim\""));
  EXPECT_THAT(read().manifest, AllOf(HasSubstr("password=***"), Not(HasSubstr("geheim"))));
}

TEST_F(ReadAtlas, CoordinateSystemMayBeStatedForFilesWithoutOne) {
  write(
      "x.topojson",
      R"({"type":"Topology","objects":{"lines":{"type":"GeometryCollection","geometries":[{"type":"Polygon",)"
      R"("arcs":[[0]],"properties":{"h":"a"}}]}},"arcs":[[[0,0],[1,0],[1,1],[0,0]]]})");
  write_manifest(layer("", "x", "interval", R"("x.topojson")"));
  EXPECT_THAT(
      read_error(),
      HasSubstr("x.topojson: layer 'lines': the file states no coordinate system; add crs = \"EPSG:...\""));
  write_manifest(layer("crs = \"EPSG:4326\"", "x", "interval", R"("x.topojson")"));
  const Atlas atlas = read();
  EXPECT_EQ(atlas.statements.at(0).area, parse_wkt("POLYGON((0 0,1 0,1 1,0 0))"));
  EXPECT_THAT(atlas.findings, IsEmpty());
}

// ---- regions, study area, places
// ------------------------------------------------------------------------------

TEST_F(ReadAtlas, RegionsAreWholeFilesOrFeatures) {
  write_rows({R"({"h":"a","code":"AZ1","title":"First"})", R"({"h":"b","code":"AZ2","title":null})"});
  write_manifest(layer("") +
                 "[[region]]\nid = \"all\"\nname = \"Everything\"\ncode = \"Q\"\nedition = \"1989\"\nfile = "
                 "\"x.geojson\"\n"
                 "[[region]]\nid = {field = \"code\"}\nname = {field = \"title\"}\ncode = {field = "
                 "\"h\"}\nfile = \"x.geojson\"\n"
                 "where = \"h < 'z'\"\n");
  const Atlas atlas = read();
  ASSERT_THAT(atlas.regions, SizeIs(3));
  EXPECT_EQ(atlas.regions[0].id, "all");
  EXPECT_EQ(atlas.regions[0].name, "Everything");
  EXPECT_EQ(atlas.regions[0].code, "Q");
  EXPECT_EQ(atlas.regions[0].edition, "1989");
  EXPECT_THAT(atlas.regions[0].area, SizeIs(2));
  EXPECT_EQ(atlas.regions[1].id, "AZ1");
  EXPECT_EQ(atlas.regions[1].name, "First");
  EXPECT_EQ(atlas.regions[1].code, "a");
  EXPECT_EQ(atlas.regions[1].area, square_area(0, 0));
  EXPECT_EQ(atlas.regions[2].name, "AZ2") << "the id stands in for a missing name";
}

TEST_F(ReadAtlas, RegionsAreCheckedWithTheirPlace) {
  write_rows({R"({"h":"a","code":"AZ1"})", R"({"h":"b","code":"AZ1"})"});
  const std::string by_code = "[[region]]\nid = {field = \"code\"}\nfile = \"x.geojson\"\n";
  write_manifest(layer("") + by_code);
  EXPECT_EQ(read_error(), "invalid data: " + path("x.geojson") +
                              ": layer 'x', feature 1: there is a region 'AZ1' already; ids must differ");
  write_rows({R"({"h":"a","code":null})"});
  EXPECT_THAT(read_error(), HasSubstr("feature 0: id (field 'code') is empty; a region needs an id"));
  write_manifest(layer("") + "[[region]]\nid = \"q\"\nfile = \"y.geojson\"\n");
  EXPECT_THAT(read_error(),
              HasSubstr(":20: region 'q': there is no file 'y.geojson'; did you mean 'x.geojson'?"));
  write("y.geojson", collection({}));
  EXPECT_THAT(read_error(), HasSubstr(":20: region 'q': no polygon in y.geojson"));
}

TEST_F(ReadAtlas, DeclaredRingConventionsReachTheAtlas) {
  write_rows({R"({"h":"a"})"});
  write_manifest(layer("pole = \"north\"") +
                     "[[region]]\nid = \"r\"\nfile = \"x.geojson\"\nantimeridian = \"literal\"\n" +
                     "[[region]]\nid = {field = \"h\"}\nfile = \"x.geojson\"\npole = \"south\"\n",
                 "study_area = {file = \"x.geojson\", pole = \"south\"}");
  const Atlas atlas = read();
  EXPECT_EQ(atlas.layers.at(0).rings.pole_side, PoleSide::north);
  EXPECT_TRUE(atlas.regions.at(0).rings.is_literal);
  EXPECT_EQ(atlas.regions.at(1).rings.pole_side, PoleSide::south);
  EXPECT_EQ(atlas.study_area_rings.pole_side, PoleSide::south);
}

TEST_F(ReadAtlas, StudyAreaIsTheUnionOfItsFile) {
  write_rows({R"({"h":"a"})", R"({"h":"b"})"});
  write_manifest(layer(""), "study_area = {file = \"x.geojson\", where = \"h = 'b'\"}");
  EXPECT_EQ(read().study_area, square_area(2, 0));
  write_manifest(layer(""), "study_area = \"x.geojson\"");
  EXPECT_THAT(read().study_area.value(), SizeIs(2));
  write_manifest(layer(""));
  EXPECT_FALSE(read().study_area);
  write_manifest(layer(""), "study_area = \"*.geojson\"");
  write_rows({R"({"h":"a"})"}, "z.geojson");
  EXPECT_THAT(
      read_error(),
      HasSubstr(":3: study area: '*.geojson' stands for 2 files (x.geojson, z.geojson, ...); name one"));
}

TEST_F(ReadAtlas, PlacesHaveAllTheirNames) {
  const std::string point = R"({"type":"Point","coordinates":[46.75,39.76]})";
  write_rows({R"({"h":"a"})"});
  write(
      "places.geojson",
      collection(
          {feature(R"({"name":"Shusha","names":"Shushi; Şuşa;","name_hy":"Շուշի","name_az":"Şuşa"})", point),
           feature(R"({"name":null})", point), feature(R"({"name":"Area"})", polygon(square(0, 0)))}));
  write_manifest(layer(""), "places = \"places.geojson\"");
  const Atlas atlas = read();
  ASSERT_THAT(atlas.places, SizeIs(1));
  EXPECT_EQ(atlas.places[0].name, "Shusha");
  EXPECT_THAT(atlas.places[0].other_names, ElementsAre("Shushi", "Şuşa", "Շուշի"));
  EXPECT_EQ(atlas.places[0].lon, Lon{46.75});
  EXPECT_EQ(atlas.places[0].lat, Lat{39.76});
  EXPECT_THAT(codes(atlas), testing::UnorderedElementsAre("place-without-name", "not-a-point"));
  write("places.geojson", collection({feature(R"({"nam":"Shusha"})", point)}));
  EXPECT_EQ(read_error(), "invalid data: " + path("places.geojson") +
                              ": layer 'places': there is no field 'name'; did you mean 'nam'?; fields: nam");
  write("places.geojson", collection({}));
  EXPECT_THAT(read_error(), HasSubstr(":3: places: no named point in places.geojson"));
}

// ---- checksum
// -------------------------------------------------------------------------------------------------

TEST_F(ReadAtlas, ChecksumFollowsEveryByteAndNoPath) {
  write_rows({R"({"h":"a"})"});
  write("unrelated.txt", "1");
  write_manifest(layer(""));
  const std::string before = read().checksum;
  EXPECT_EQ(before.size(), 64U);
  EXPECT_EQ(before.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(read().checksum, before);
  write("unrelated.txt", "2");
  EXPECT_EQ(read().checksum, before);
  const auto elsewhere = folder_ / "copy";
  std::filesystem::create_directory(elsewhere);
  for (const char* name : {"atlas.toml", "x.geojson"})
    std::filesystem::copy(folder_ / name, elsewhere / name);
  EXPECT_EQ(read_atlas(elsewhere / "atlas.toml").checksum, before) << "moving a folder changes nothing";
  write_rows({R"({"h":"b"})"});
  EXPECT_NE(read().checksum, before);
  write_rows({R"({"h":"a"})"});
  EXPECT_EQ(read().checksum, before);
  write_manifest(layer("# a comment"));
  EXPECT_NE(read().checksum, before);
}

TEST_F(ReadAtlas, ChecksumCoversFilesBehindTheNamedOne) {
  write(
      "x.vrt",
      R"(<OGRVRTDataSource><OGRVRTLayer name="y"><SrcDataSource relativeToVRT="1">y.geojson</SrcDataSource>)"
      R"(</OGRVRTLayer></OGRVRTDataSource>)");
  write_manifest(layer("", "x", "interval", R"("x.vrt")"));
  write_rows({R"({"h":"a"})"}, "y.geojson");
  const std::string before = read().checksum;
  write_rows({R"({"h":"b"})"}, "y.geojson");
  EXPECT_NE(read().checksum, before);
}

}  // namespace
}  // namespace marchland
