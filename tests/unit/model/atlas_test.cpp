#include <marchland/base/error.h>
#include <marchland/geometry/wkt.h>
#include <marchland/model/atlas.h>
#include <marchland/model/name_form.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace marchland {
namespace {

using testing::HasSubstr;

Instant at(std::string_view text) {
  return parse_date(text).first;
}

Atlas small_atlas() {
  Atlas atlas;
  atlas.id = "small";
  atlas.actors.push_back({.id = "a", .name = "A", .names = {}, .groups = {}});
  atlas.sources.push_back({});
  atlas.sources.back().id = "s";
  atlas.periods.push_back(
      {.id = "ceasefire-2020", .title = "", .when = Interval::since(at("2020-11-10")), .is_instant = true});
  atlas.layers.push_back({.id = "l", .source = SourceId(0)});
  Statement statement;
  statement.id = "l/1";
  statement.origin = "l.geojson: layer 'l', feature 1";
  statement.layer = LayerId(0);
  statement.actor = ActorId(1);
  statement.validity = Interval(at("1994"), at("2020"));
  statement.area = parse_wkt("POLYGON((0 0,1 0,1 1,0 0))");
  atlas.statements.push_back(statement);
  return atlas;
}

std::string refusal(const Atlas& atlas) {
  try {
    atlas.check();
    return "accepted";
  } catch (const InvalidData& error) {
    return error.what();
  }
}

TEST(Atlas, ChecksWhatStatementsReferTo) {
  EXPECT_EQ(refusal(small_atlas()), "accepted");

  Atlas repeated = small_atlas();
  repeated.statements.push_back(repeated.statements.front());
  EXPECT_THAT(refusal(repeated), HasSubstr("statement 'l/1': the id is used by an earlier statement"));

  Atlas backwards = small_atlas();
  backwards.statements.front().validity = Interval(at("2020"), at("1994"));
  EXPECT_EQ(refusal(backwards),
            "l.geojson: layer 'l', feature 1: statement 'l/1': from (2020-01-01) is not before to "
            "(1994-01-01); swap "
            "them, or state an inclusive end");

  Atlas stranger = small_atlas();
  stranger.statements.front().actor = ActorId(7);
  EXPECT_THAT(refusal(stranger), HasSubstr("does not have"));

  Atlas empty = small_atlas();
  empty.statements.clear();
  EXPECT_THAT(refusal(empty), HasSubstr("atlas 'small' has no statement"));

  Atlas twins = small_atlas();
  twins.actors.push_back(twins.actors.back());
  EXPECT_EQ(refusal(twins), "actor 'a' is declared twice; ids must differ");
}

TEST(ResolveDate, TakesPeriodsDatesAndLatest) {
  Atlas atlas = small_atlas();
  EXPECT_EQ(resolve_date(atlas, "ceasefire-2020"), at("2020-11-10"));
  EXPECT_EQ(resolve_date(atlas, "1993-04"), at("1993-04-01"));
  // Nothing holds in 2020 any more.
  EXPECT_EQ(resolve_date(atlas, "latest"), at("1994"));
  EXPECT_THROW(static_cast<void>(resolve_date(atlas, "previous")), InvalidArgument);
  Statement later = atlas.statements.front();
  later.id = "l/2";
  later.validity = Interval::since(at("2019"));
  atlas.statements.push_back(later);
  EXPECT_EQ(resolve_date(atlas, "latest"), at("2020"));
  EXPECT_EQ(resolve_date(atlas, "previous"), at("2019"));
  // A snapshot layer may say that nothing holds.
  atlas.statements.pop_back();
  atlas.layers.front().dates = {at("2020")};
  EXPECT_EQ(resolve_date(atlas, "latest"), at("2020"));
}

TEST(ResolveDate, ProposesTheNearestPeriod) {
  const Atlas atlas = small_atlas();
  try {
    static_cast<void>(resolve_date(atlas, "ceasefre-2020"));
    FAIL();
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'ceasefire-2020'?"));
  }
  EXPECT_THROW(static_cast<void>(resolve_date(atlas, "2020-13")), InvalidArgument);
}

TEST(Atlas, DoubtHoldsTheDatesThatAreMeant) {
  Atlas atlas = small_atlas();
  Statement& s = atlas.statements.front();
  s.doubt = doubt_between({at("1994"), at("1993"), at("1995")}, {at("2020"), at("2019"), at("2021")});
  EXPECT_EQ(s.doubt->possible, Interval(at("1993"), at("2021")));
  EXPECT_EQ(s.doubt->certain, Interval(at("1995"), at("2019")));
  EXPECT_EQ(s.from(), (FuzzyInstant{at("1994"), at("1993"), at("1995")}));
  EXPECT_EQ(s.to(), (FuzzyInstant{at("2020"), at("2019"), at("2021")}));
  EXPECT_EQ(refusal(atlas), "accepted");
  s.validity = Interval(at("1992"), at("2020"));
  EXPECT_THAT(refusal(atlas), HasSubstr("do not lie within the doubt"));
  EXPECT_FALSE(doubt_between(FuzzyInstant::exactly(at("1994")), FuzzyInstant::exactly(at("2020"))));
}

TEST(Atlas, AWindowHasWhatMayHoldInIt) {
  Atlas atlas = small_atlas();
  atlas.statements.front().doubt =
      doubt_between(FuzzyInstant::exactly(at("1994")), {at("2020"), at("2020"), at("2021")});
  EXPECT_EQ(restricted_to(atlas, {Interval(at("2020-06"), at("2022")), {}}).statements.size(), 1U);
  EXPECT_EQ(restricted_to(atlas, {Interval(at("2021"), at("2022")), {}}).statements.size(), 0U);
}

TEST(ResolveDate, AsksForOneDateWhereOneIsInDoubt) {
  for (const char* text : {"1993-04~", "[1993-04-01..1993-04-03]", "1993-04-XX"}) {
    try {
      static_cast<void>(resolve_date(small_atlas(), text));
      FAIL() << text;
    } catch (const InvalidArgument& error) {
      EXPECT_THAT(error.what(),
                  HasSubstr("a question is asked of one instant; write one, such as 1993-04-01"));
    }
  }
}

TEST(CloseSnapshots, CarriesTheDoubtOfADateToTheStateBeforeIt) {
  Atlas atlas = small_atlas();
  atlas.layers.front().mode = LayerMode::snapshot;
  atlas.statements.push_back(atlas.statements.front());
  atlas.statements.back().id = "l/2";
  atlas.statements.back().validity = Interval::since(at("1996"));
  atlas.layers.front().doubtful_dates = {{at("1996"), at("1995"), at("1997")}};
  close_snapshots(atlas, LayerId(0), {at("1994"), at("1996"), at("1999")});
  EXPECT_EQ(atlas.statements[0].validity, Interval(at("1994"), at("1996")));
  EXPECT_EQ(atlas.statements[0].to(), (FuzzyInstant{at("1996"), at("1995"), at("1997")}));
  EXPECT_EQ(atlas.statements[1].from(), (FuzzyInstant{at("1996"), at("1995"), at("1997")}));
  EXPECT_TRUE(atlas.statements[1].to().is_exact());
  EXPECT_THROW(close_snapshots(atlas, LayerId(0), std::map<Instant, Instant>{{at("1994"), at("1995")}}),
               InvalidData);
}

TEST(CloseSnapshots, EndsEachStateAtTheNextDate) {
  Atlas atlas = small_atlas();
  atlas.statements.front().validity = Interval::since(at("2024-01-01"));
  Statement later = atlas.statements.front();
  later.id = "l/2";
  later.validity = Interval::since(at("2024-01-03"));
  atlas.statements.push_back(later);
  close_snapshots(atlas, LayerId(0), {at("2024-01-03"), at("2024-01-01"), at("2024-01-02")});
  EXPECT_EQ(atlas.statements[0].validity, Interval(at("2024-01-01"), at("2024-01-02")))
      << "a date without statements ends the state before it";
  EXPECT_FALSE(atlas.statements[1].validity.has_to());
}

TEST(Enums, NamesAreReadBack) {
  for (const Theme theme : kThemes) EXPECT_EQ(parse_enum<Theme>(to_string(theme)), theme);
  EXPECT_EQ(parse_enum<LayerMode>("snapshots"), std::nullopt);
}

TEST(NameForm, OneNameHoweverItsAccentsAreWritten) {
  EXPECT_EQ(name_form("Che\xCC\x81lm"), name_form("Ch\xC3\xA9lm"));
  EXPECT_EQ(name_form("\xD0\xB8\xCC\x86"), "\xD0\xB9");  // Cyrillic short i
  EXPECT_EQ(name_form("Bakhmut"), "Bakhmut");
  EXPECT_NE(name_form("Ch\xC3\xA9lm"), name_form("Chelm"));  // an accent is a difference
  EXPECT_EQ(name_form("\xFF"), "\xFF");                      // no UTF-8
}

}  // namespace
}  // namespace marchland
