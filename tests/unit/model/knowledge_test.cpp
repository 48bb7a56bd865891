#include <marchland/base/error.h>
#include <marchland/geometry/wkt.h>
#include <marchland/model/knowledge.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace marchland {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Instant day(int n) {
  return Instant(std::chrono::hours(24 * n));
}

Atlas empty_atlas(LayerMode mode) {
  Atlas atlas;
  atlas.id = "test";
  atlas.actors.emplace_back().id = "a";
  atlas.sources.emplace_back().id = "desk";
  atlas.layers.push_back({.id = "layer", .source = SourceId(0), .mode = mode});
  return atlas;
}

Statement statement(const std::string& id, int from, std::optional<int> recorded) {
  Statement s;
  s.id = id;
  s.origin = fmt::format("{}.geojson: layer 'x', feature 1", id);
  s.layer = LayerId(0);
  s.actor = ActorId(1);
  s.validity = Interval::since(day(from));
  s.area = parse_wkt("POLYGON ((0 0, 1 0, 1 1, 0 0))");
  if (recorded) s.recorded = day(*recorded);
  return s;
}

Statement retraction(const std::string& id, int recorded, std::vector<std::string> retracts) {
  Statement s = statement(id, 0, recorded);
  s.actor = {};
  s.validity = Interval();
  s.area = {};
  s.retracts = std::move(retracts);
  return s;
}

std::vector<std::string> ids(const std::vector<Statement>& statements) {
  std::vector<std::string> out;
  for (const Statement& s : statements) out.push_back(s.id);
  return out;
}

std::string error_of(Atlas atlas) {
  try {
    settle_records(atlas);
  } catch (const InvalidData& error) {
    return error.what();
  }
  return "no error";
}

TEST(Knowledge, WhatIsSupersededOrRetractedIsSetAsideForGood) {
  Atlas atlas = empty_atlas(LayerMode::interval);
  Statement second = statement("second", 0, 2);
  second.supersedes = {"first"};
  Statement third = statement("third", 0, 3);
  third.supersedes = {"second"};
  atlas.statements = {statement("first", 0, 1), second, third, statement("other", 0, 1),
                      retraction("taken", 4, {"other"})};
  settle_records(atlas);
  // That "second" was superseded does not bring "first" back.
  EXPECT_THAT(ids(atlas.statements), ElementsAre("third"));
  EXPECT_THAT(ids(atlas.set_aside), testing::UnorderedElementsAre("first", "second", "other", "taken"));
  const auto by = [&](const std::string& id) {
    for (const Statement& s : atlas.set_aside) {
      if (s.id == id) return find_setting_aside(atlas, s);
    }
    return std::optional<SettingAside>();
  };
  ASSERT_TRUE(by("first").has_value());
  EXPECT_EQ(by("first")->by, "second");
  EXPECT_EQ(by("first")->recorded, day(2));
  EXPECT_FALSE(by("first")->is_retracted);
  ASSERT_TRUE(by("other").has_value());
  EXPECT_TRUE(by("other")->is_retracted);
  EXPECT_FALSE(by("taken").has_value());
  atlas.check();
}

TEST(Knowledge, AsOfADateIncludesWhatWasRecordedAtIt) {
  Atlas atlas = empty_atlas(LayerMode::interval);
  Statement second = statement("second", 0, 2);
  second.supersedes = {"first"};
  atlas.statements = {statement("first", 0, 1), second, statement("ever", 0, {})};
  settle_records(atlas);
  const auto known_at = [&](int n) { return as_known(atlas, {day(n), false}); };
  EXPECT_THAT(ids(known_at(0).statements), ElementsAre("ever"));
  EXPECT_THAT(ids(known_at(1).statements), testing::UnorderedElementsAre("first", "ever"));
  EXPECT_THAT(ids(known_at(2).statements), testing::UnorderedElementsAre("second", "ever"));
  EXPECT_THAT(ids(known_at(2).set_aside), ElementsAre("first"));
  // Knowledge only shrinks.
  EXPECT_THAT(ids(as_known(known_at(2), {day(1), false}).statements),
              testing::UnorderedElementsAre("first", "ever"));
  EXPECT_THROW(static_cast<void>(as_known(known_at(1), {day(2), false})), InvalidArgument);
  EXPECT_EQ(resolve_record_date(atlas, "latest"), day(2));
  EXPECT_EQ(resolve_record_date(atlas, "previous"), day(1));
}

TEST(Knowledge, NothingLeftNamesTheFirstRecord) {
  Atlas atlas = empty_atlas(LayerMode::interval);
  atlas.statements = {statement("first", 0, 5)};
  try {
    static_cast<void>(as_known(atlas, {day(4), false}));
    ADD_FAILURE();
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("by 1970-01-05"), HasSubstr("first record is of 1970-01-06")));
  }
}

TEST(Knowledge, OfADateThatWasNotKnownTheStateBeforeHoldsOn) {
  Atlas atlas = empty_atlas(LayerMode::snapshot);
  atlas.statements = {statement("d1", 1, 1), statement("d2", 2, 9), statement("d3", 3, 3)};
  close_snapshots(atlas, LayerId(0), std::vector{day(1), day(2), day(3)});
  EXPECT_EQ(atlas.statements[0].validity, Interval(day(1), day(2)));
  const Atlas then = as_known(atlas, {day(5), false});
  EXPECT_THAT(ids(then.statements), ElementsAre("d1", "d3"));
  EXPECT_EQ(then.statements[0].validity, Interval(day(1), day(3)));
  EXPECT_THAT(then.layers[0].dates, ElementsAre(day(1), day(3)));
}

TEST(Knowledge, ADateThatStatesNothingIsKnownSinceItWasRecorded) {
  Atlas atlas = empty_atlas(LayerMode::snapshot);
  atlas.statements = {statement("d1", 1, 1)};
  atlas.layers[0].void_dates = {{day(2), day(4)}};
  close_snapshots(atlas, LayerId(0), std::vector{day(1), day(2)});
  EXPECT_FALSE(as_known(atlas, {day(3), false}).statements[0].validity.has_to());
  EXPECT_EQ(as_known(atlas, {day(4), false}).statements[0].validity, Interval(day(1), day(2)));
}

TEST(Knowledge, TheLaterRecordOfADateReplacesTheEarlier) {
  Atlas atlas = empty_atlas(LayerMode::snapshot);
  atlas.layers[0].later_record_replaces = true;
  atlas.statements = {statement("first-a", 1, 1), statement("first-b", 1, 1), statement("again", 1, 5),
                      statement("next", 2, 2)};
  close_snapshots(atlas, LayerId(0), std::vector{day(1), day(2)});
  settle_records(atlas);
  EXPECT_THAT(ids(atlas.statements), ElementsAre("again", "next"));
  EXPECT_THAT(ids(as_known(atlas, {day(4), false}).statements),
              testing::UnorderedElementsAre("first-a", "first-b", "next"));
  const auto by = find_setting_aside(atlas, atlas.set_aside.front());
  ASSERT_TRUE(by.has_value());
  EXPECT_EQ(by->by, "");
  EXPECT_EQ(by->recorded, day(5));
}

TEST(Knowledge, ForThePublicNothingTellsOfWhatIsInternal) {
  Atlas atlas = empty_atlas(LayerMode::interval);
  atlas.manifest = "secret";
  atlas.files = {{"atlas.toml", "0"}, {"open.geojson", "1"}, {"secret.geojson", "2"}};
  atlas.findings = {{"code", Severity::info, "", "", std::nullopt, "secret"}};
  Source& internal = atlas.sources.emplace_back();
  internal.id = "secret";
  internal.visibility = Visibility::internal;
  std::swap(atlas.sources[0], atlas.sources[1]);
  atlas.layers[0].source = SourceId(0);
  atlas.layers[0].id = "secret";
  atlas.layers.push_back({.id = "open", .source = SourceId(1)});
  Statement open = statement("open", 0, 3);
  open.layer = LayerId(1);
  open.supersedes = {"draft", "early"};
  open.cites = {SourceId(0), SourceId(1)};
  Statement early = statement("early", 0, 1);
  early.layer = LayerId(1);
  Statement draft = statement("draft", 0, 1);
  draft.layer = LayerId(1);
  draft.state = State::draft;
  Statement hidden = statement("hidden", 0, 1);
  hidden.layer = LayerId(1);
  hidden.visibility = Visibility::internal;
  Statement taken = retraction("taken", 4, {"hidden"});
  taken.layer = LayerId(1);
  atlas.statements = {statement("secret", 0, 1), open, early, draft, hidden, taken};
  settle_records(atlas);
  const Atlas shown = as_known(atlas, {std::nullopt, true});
  EXPECT_THAT(ids(shown.statements), ElementsAre("open"));
  EXPECT_THAT(ids(shown.set_aside), ElementsAre("early"));
  EXPECT_THAT(shown.statements[0].supersedes, ElementsAre("early"));
  EXPECT_THAT(shown.statements[0].cites, ElementsAre(SourceId(0)));
  ASSERT_EQ(shown.sources.size(), 1U);
  EXPECT_EQ(shown.sources[0].id, "desk");
  ASSERT_EQ(shown.layers.size(), 1U);
  EXPECT_EQ(shown[shown.statements[0].layer].id, "open");
  EXPECT_EQ(shown[shown[shown.statements[0].layer].source].id, "desk");
  EXPECT_THAT(shown.manifest, IsEmpty());
  EXPECT_THAT(shown.findings, IsEmpty());
  ASSERT_EQ(shown.files.size(), 1U);
  EXPECT_EQ(shown.files[0].name, "open.geojson");
  shown.check();
  // What a draft is to replace is shown until it is published.
  draft.supersedes = {"early"};
  open.supersedes.clear();
  atlas = empty_atlas(LayerMode::interval);
  draft.layer = early.layer = LayerId(0);
  draft.recorded = day(2);
  atlas.statements = {early, draft};
  settle_records(atlas);
  EXPECT_THAT(ids(atlas.statements), ElementsAre("draft"));
  EXPECT_THAT(ids(as_known(atlas, {std::nullopt, true}).statements), ElementsAre("early"));
}

TEST(Knowledge, ADateOfDraftsOnlyIsNoDateForThePublic) {
  Atlas atlas = empty_atlas(LayerMode::snapshot);
  Statement draft = statement("d2", 2, {});
  draft.state = State::draft;
  atlas.statements = {statement("d1", 1, {}), draft};
  close_snapshots(atlas, LayerId(0), std::vector{day(1), day(2)});
  const Atlas shown = as_known(atlas, {std::nullopt, true});
  ASSERT_THAT(ids(shown.statements), ElementsAre("d1"));
  EXPECT_FALSE(shown.statements[0].validity.has_to());
}

TEST(Knowledge, CorrectionsThatCannotBeAreNamed) {
  Atlas atlas = empty_atlas(LayerMode::interval);
  atlas.statements = {statement("first", 0, 1), statement("second", 0, 2)};
  atlas.statements[1].supersedes = {"frist"};
  EXPECT_THAT(error_of(atlas), AllOf(HasSubstr("second.geojson"), HasSubstr("supersedes 'frist'"),
                                     HasSubstr("did you mean 'first'?")));
  atlas.statements[1].supersedes = {"second"};
  EXPECT_THAT(error_of(atlas), HasSubstr("supersedes itself"));
  atlas.statements[1].supersedes = {"first"};
  atlas.statements[1].recorded = day(0);
  EXPECT_THAT(error_of(atlas), AllOf(HasSubstr("recorded later (1970-01-02, this one: 1970-01-01)")));
  atlas.statements[1].recorded.reset();
  EXPECT_THAT(error_of(atlas), HasSubstr("this one: no date of record"));
  atlas.statements[1].recorded = day(1);
  atlas.statements[0].supersedes = {"second"};
  EXPECT_THAT(error_of(atlas), HasSubstr("one of them has to be the last word"));
  atlas.statements[0].supersedes.clear();
  atlas.statements[1].supersedes.clear();
  atlas.statements[1].retracts = {"first"};
  EXPECT_THAT(error_of(atlas), HasSubstr("and has ground"));
}

// The law: what was known is what reading then would have given.
TEST(Knowledge, AsOfAnyDateIsWhatReadingThenWouldHaveGiven) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    Atlas all = empty_atlas(below(2) == 0 ? LayerMode::interval : LayerMode::snapshot);
    const bool is_snapshot = all.layers[0].mode == LayerMode::snapshot;
    all.layers[0].later_record_replaces = is_snapshot && below(2) == 0;
    if (is_snapshot && below(2) == 0) all.layers[0].void_dates = {{day(7), day(below(8))}};
    const int count = 2 + below(10);
    for (int i = 0; i < count; ++i) {
      Statement s = statement(fmt::format("{:02}", i), below(6), i);
      s.recorded = day(i / 2);
      if (i > 0 && below(3) == 0) s.supersedes = {fmt::format("{:02}", below(i))};
      if (i > 0 && below(6) == 0) s = retraction(s.id, i / 2, {fmt::format("{:02}", below(i))});
      all.statements.push_back(std::move(s));
    }
    const auto read = [&](int until) {
      Atlas atlas = all;
      std::erase_if(atlas.statements, [&](const Statement& s) { return *s.recorded > day(until); });
      std::erase_if(atlas.layers[0].void_dates, [&](const VoidDate& d) { return *d.recorded > day(until); });
      if (is_snapshot) {
        std::vector<Instant> dates;
        for (const VoidDate& date : atlas.layers[0].void_dates) dates.push_back(date.date);
        for (const Statement& s : atlas.statements) {
          if (s.retracts.empty()) dates.push_back(s.validity.from());
        }
        close_snapshots(atlas, LayerId(0), dates);
      }
      settle_records(atlas);
      return atlas;
    };
    const Atlas now = read(count);
    for (int until = 0; until <= count / 2; ++until) {
      const Atlas then = read(until);
      if (then.statements.empty()) {
        EXPECT_THROW(static_cast<void>(as_known(now, {day(until), false})), InvalidArgument);
        continue;
      }
      const Atlas known = as_known(now, {day(until), false});
      const auto shown = [](const Atlas& atlas) {
        std::vector<std::string> out;
        for (const auto* list : {&atlas.statements, &atlas.set_aside}) {
          for (const Statement& s : *list) {
            out.push_back(fmt::format("{} {} {} {}", list == &atlas.statements, s.id,
                                      s.validity.from().time_since_epoch().count(),
                                      s.validity.to().time_since_epoch().count()));
          }
        }
        std::sort(out.begin(), out.end());
        return out;
      };
      ASSERT_EQ(shown(known), shown(then)) << "seed " << seed << ", as of day " << until;
      ASSERT_EQ(known.layers[0].dates, then.layers[0].dates) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace marchland
