// What must hold between the answers, whatever the polygons look like. Integers are compared with ==.
#include <marchland/analysis/all_pairs.h>
#include <marchland/analysis/changes.h>
#include <marchland/analysis/contact_line.h>
#include <marchland/analysis/dwell.h>
#include <marchland/analysis/line_movement.h>
#include <marchland/analysis/source_agreement.h>
#include <marchland/analysis/why.h>

#include <gtest/gtest.h>
#include <tests/laws/generators.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace marchland {
namespace {

using namespace testing_fixtures;
using namespace testing_laws;

std::vector<Instant> all_days() {
  std::vector<Instant> dates;
  for (int d = -1; d < 7; ++d) dates.push_back(day(d));
  return dates;
}

/// Area by holders at an instant.
std::map<std::string, AreaUnits> held_at(const Composite& composite, Theme theme, Instant at) {
  const Holders holders(composite, {theme, SourceRule::priority, {}});
  const auto faces = holders.faces_at(composite.times().epoch_of(at));
  std::map<std::string, AreaUnits> out;
  for (FaceIndex f = 1; f < faces.size(); ++f) {
    if (faces[f] != kUnknown) out[holders.id(faces[f])] += composite.areas()[f];
  }
  return out;
}

TEST(AnalysisLaws, DoubtAndAccuracyOfTheirOwnChangeNoFigure) {
  for_many(310, 44, [](Random& random, Ground ground) {
    const AtlasBuilder plain = random_atlas(random, ground, static_cast<int>(draw(random, 1, 9)));
    AtlasBuilder doubtful = plain;
    add_doubt(random, doubtful.atlas);
    const Composite without = plain.build();
    const Composite with = doubtful.build();
    for (const Theme theme : {Theme::control, Theme::border}) {
      for (const Instant at : all_days())
        ASSERT_TRUE(held_at(with, theme, at) == held_at(without, theme, at)) << describe(plain.atlas);
    }
    for (const Certificate& c : with.certificates()) ASSERT_TRUE(c.residual == 0) << c.name;
    // Whatever order statements come in, slots are the same.
    std::shuffle(doubtful.atlas.statements.begin(), doubtful.atlas.statements.end(), random);
    const Composite shuffled = doubtful.build();
    ASSERT_TRUE(shuffled.variants() == with.variants());
    ASSERT_TRUE(shuffled.slots() == with.slots());
    for (SlotIndex s = 0; s < with.slots().size(); ++s)
      ASSERT_TRUE(accuracy_of(shuffled, s) == accuracy_of(with, s));
  });
}

TEST(AnalysisLaws, AllPairsAreTheChangesOfEveryTwoDates) {
  for_many(301, 44, [](Random& random, Ground ground) {
    const AtlasBuilder builder = random_atlas(random, ground, static_cast<int>(draw(random, 1, 9)));
    const Composite composite = builder.build();
    const Holders holders(composite, {});
    const ChangeTable table(composite, composite.areas(), holders);
    const std::vector<Instant> dates = all_days();
    for (const HolderIndex holder : table.occurring()) {
      const AllPairs matrix = all_pairs(table, dates, holder);
      for (std::size_t i = 0; i < dates.size(); ++i) {
        for (std::size_t j = 0; j < dates.size(); ++j) {
          ASSERT_TRUE(matrix(i, j) == matrix(j, i));
          AreaUnits held = 0;
          for (const ChangeRow& row :
               changes(composite, composite.areas(), holders, dates[i], dates[j]).rows) {
            if (row.holder == holder) held = row.held;
          }
          ASSERT_TRUE(matrix(i, j) == held)
              << holders.id(holder) << ' ' << i << ' ' << j << ": " << to_string(matrix(i, j))
              << ", expected " << to_string(held) << describe(builder.atlas);
        }
        // At one date and itself: all it holds, face by face.
        const std::vector<HolderIndex> faces = holders.faces_at(composite.times().epoch_of(dates[i]));
        AreaUnits area = 0;
        for (FaceIndex f = 1; f < faces.size(); ++f) {
          if (faces[f] == holder) area += composite.areas()[f];
        }
        ASSERT_TRUE(matrix(i, i) == area) << describe(builder.atlas);
      }
    }
  });
}

TEST(AnalysisLaws, MatrixOfTwoDatesIsWhatFacesSay) {
  for_many(302, 44, [](Random& random, Ground ground) {
    const AtlasBuilder builder = random_atlas(random, ground, static_cast<int>(draw(random, 1, 9)));
    const Composite composite = builder.build();
    const Holders holders(composite, {});
    const ChangeTable table(composite, composite.areas(), holders);
    for (const Instant a : all_days()) {
      for (const Instant b : all_days()) {
        const auto from = holders.faces_at(composite.times().epoch_of(a));
        const auto to = holders.faces_at(composite.times().epoch_of(b));
        std::map<std::pair<HolderIndex, HolderIndex>, AreaUnits> expected;
        for (FaceIndex f = 1; f < from.size(); ++f) {
          if (from[f] != kUnknown || to[f] != kUnknown) expected[{from[f], to[f]}] += composite.areas()[f];
        }
        std::erase_if(expected, [](const auto& cell) { return cell.second == 0; });
        std::map<std::pair<HolderIndex, HolderIndex>, AreaUnits> found;
        for (const Transition& t : table.transitions(a, b)) found[{t.from, t.to}] = t.area;
        ASSERT_TRUE(found == expected) << describe(builder.atlas);
        ASSERT_TRUE(table.changes(a, b).residual == 0);
      }
    }
  });
}

TEST(AnalysisLaws, SeriesAddsUpToItsMatrices) {
  for_many(303, 33, [](Random& random, Ground ground) {
    const AtlasBuilder builder = random_atlas(random, ground, static_cast<int>(draw(random, 1, 9)));
    const Composite composite = builder.build();
    const Holders holders(composite, {});
    const ChangeTable table(composite, composite.areas(), holders);
    const std::vector<Instant> dates = all_days();
    const Timeline series = table.timeline(dates);
    std::map<std::pair<Instant, HolderIndex>, AreaUnits> area;
    for (const SeriesPoint& point : series.points) area[{point.at, point.holder}] = point.area;
    std::map<Instant, std::vector<Transition>> passed;
    for (const SeriesTransition& t : series.transitions) passed[t.at].push_back({t.from, t.to, t.area});
    for (std::size_t i = 0; i < dates.size(); ++i) {
      for (const HolderIndex holder : table.occurring()) {
        const AreaUnits expected = all_pairs(table, {dates[i]}, holder)(0, 0);
        const auto found = area.find({dates[i], holder});
        ASSERT_TRUE((found == area.end() ? AreaUnits{0} : found->second) == expected)
            << describe(builder.atlas);
      }
      if (i == 0) continue;
      std::vector<Transition> moved = table.transitions(dates[i - 1], dates[i]);
      std::erase_if(moved, [](const Transition& t) { return t.from == t.to; });
      const auto& found = passed[dates[i]];
      ASSERT_EQ(found.size(), moved.size()) << describe(builder.atlas);
      for (std::size_t k = 0; k < moved.size(); ++k) {
        ASSERT_TRUE(found[k].from == moved[k].from && found[k].to == moved[k].to &&
                    found[k].area == moved[k].area);
      }
    }
  });
}

TEST(AnalysisLaws, WhatALineSweepsIsWhatPassedBetweenItsSides) {
  for_many(311, 44, [](Random& random, Ground ground) {
    const AtlasBuilder builder = random_atlas(random, ground, static_cast<int>(draw(random, 2, 9)));
    const Composite composite = builder.build();
    const Holders holders(composite, {});
    const ChangeTable table(composite, composite.areas(), holders);
    const auto is = [&](const char* id) {
      return [&holders, id](HolderIndex h) { return holders.id(h) == id; };
    };
    // Edges of half the earth at the default step would be all that is measured.
    const MovementOptions options{.step = Meters{ground == Ground::units ? 0.01 : 100'000.0},
                                  .most_frechet_pairs = 2000};
    const Instant a = day(static_cast<int>(draw(random, -1, 5)));
    const Instant b = day(static_cast<int>(draw(random, -1, 5)));
    const LineMovement moved =
        line_movement(composite, composite.areas(), holders, a, b, is("a"), is("b"), options);
    AreaUnits to_first = 0;
    AreaUnits to_second = 0;
    for (const Transition& t : table.transitions(a, b)) {
      if (holders.id(t.from) == "b" && holders.id(t.to) == "a") to_first += t.area;
      if (holders.id(t.from) == "a" && holders.id(t.to) == "b") to_second += t.area;
    }
    EXPECT_TRUE(moved.to_first == to_first && moved.to_second == to_second) << describe(builder.atlas);
    AreaUnits sum = 0;
    AreaUnits apart = 0;
    for (const Stretch& stretch : moved.stretches) {
      sum += stretch.area;
      if (!stretch.is_swept) apart += stretch.area;
      if (stretch.displacement) {
        EXPECT_LE(stretch.displacement->distance, moved.greatest->distance);
      }
    }
    EXPECT_TRUE(sum == to_first + to_second);
    EXPECT_TRUE(apart == moved.to_first_apart + moved.to_second_apart);
    EXPECT_EQ(moved.before.length, contact_line(composite, holders, a, is("a"), is("b")).length);
    EXPECT_EQ(moved.after.part_count, contact_line(composite, holders, b, is("a"), is("b")).parts.size());
    EXPECT_NEAR(moved.before.unchanged.value(), moved.after.unchanged.value(),
                1e-9 * moved.before.length.value());
    // Backwards, and seen from the other side.
    const LineMovement back =
        line_movement(composite, composite.areas(), holders, b, a, is("b"), is("a"), options);
    EXPECT_TRUE(back.to_first == moved.to_first && back.to_second == moved.to_second)
        << describe(builder.atlas);
    EXPECT_EQ(back.stretches.size(), moved.stretches.size());
    ASSERT_EQ(back.greatest.has_value(), moved.greatest.has_value());
    if (moved.greatest) {
      EXPECT_NEAR(back.greatest->distance.value(), moved.greatest->distance.value(),
                  1e-6 * moved.greatest->distance.value())
          << describe(builder.atlas);
      EXPECT_DOUBLE_EQ(back.mean_signed->value(), moved.mean_signed->value());
    }
  });
}

TEST(AnalysisLaws, DaysUnderAllHoldersAreTheDaysThereWere) {
  for_many(312, 66, [](Random& random, Ground ground) {
    const AtlasBuilder builder = random_atlas(random, ground, static_cast<int>(draw(random, 1, 9)));
    const Composite composite = builder.build();
    const Holders holders(composite, {});
    const auto from = static_cast<int>(draw(random, -1, 4));
    const Interval when = days(from, from + static_cast<int>(draw(random, 1, 4)));
    const DwellTable dwell(composite, composite.areas(), holders, when);
    const std::chrono::seconds all = when.to() - when.from();
    for (std::size_t i = 0; i < dwell.size(); ++i) {
      std::chrono::seconds sum{0};
      for (const HeldTime& held : dwell.account(i).held) {
        EXPECT_GT(held.time.count(), 0);
        sum += held.time;
      }
      EXPECT_EQ(sum, all);
    }
    std::map<HolderIndex, AreaSeconds> found;
    AreaSeconds sum = 0;
    for (const DwellRow& row : dwell.rows()) {
      sum += row.area_time;
      if (row.holder != kUnknown) found[row.holder] = row.area_time;
    }
    EXPECT_TRUE(sum == dwell.total_area() * static_cast<AreaSeconds>(all.count())) << describe(builder.atlas);
    // The series, date by date.
    const ChangeTable table(composite, composite.areas(), holders);
    std::vector<Instant> dates;
    for (Instant at = when.from(); at < when.to(); at += std::chrono::hours(24)) dates.push_back(at);
    std::map<HolderIndex, AreaSeconds> expected;
    for (const SeriesPoint& point : table.timeline(dates).points)
      expected[point.holder] += point.area * AreaSeconds{86400};
    std::erase_if(expected, [](const auto& entry) { return entry.second == 0; });
    std::erase_if(found, [](const auto& entry) { return entry.second == 0; });
    EXPECT_TRUE(found == expected) << describe(builder.atlas);
    // How often it passed, by looking at every day.
    for (FaceIndex f = 1; f < composite.plane().face_count(); ++f) {
      const CoverageIndex coverage = composite.coverage(f, LabelGroup::control);
      const auto index = dwell.find(coverage);
      if (!index) continue;
      HolderIndex last = kUnknown;
      std::size_t changes = 0;
      for (Instant at = when.from(); at <= when.to(); at += std::chrono::hours(24)) {
        const HolderIndex now = holders.at(coverage, composite.times().epoch_of(at));
        if (now == kUnknown) continue;
        if (last != kUnknown && now != last) ++changes;
        last = now;
      }
      EXPECT_EQ(dwell.account(*index).changes, changes) << describe(builder.atlas);
      EXPECT_EQ(dwell.account(*index).last, last);
    }
  });
}

/// Area by holder, matrix and line of contact at dates: what --two-layer and windows must not change.
std::string figures(const Composite& composite, const std::vector<Instant>& dates) {
  std::string out;
  for (const Theme theme : {Theme::control, Theme::border}) {
    HolderOptions options;
    options.theme = theme;
    const Holders holders(composite, options);
    const ChangeTable table(composite, composite.areas(), holders);
    const auto any = [](HolderIndex h) { return h != kUnknown; };
    const auto none = [](HolderIndex h) { return h == kUnknown; };
    for (const Instant a : dates) {
      for (const Instant b : dates) {
        for (const Transition& t : table.transitions(a, b))
          out += fmt::format("{}>{} {} ", holders.id(t.from), holders.id(t.to), to_string(t.area));
      }
      const ContactLine line = contact_line(composite, holders, a, any, none);
      out += fmt::format("{} m", line.length.value());
      for (const ContactPart& part : line.parts) {
        for (const Position& p : part.positions) out += fmt::format(" {} {}", p.lon, p.lat);
      }
    }
  }
  return out;
}

TEST(AnalysisLaws, OnlyTheDatesAskedForNeedToBeArranged) {
  for_many(304, 66, [](Random& random, Ground ground) {
    const AtlasBuilder builder = random_atlas(random, ground, static_cast<int>(draw(random, 1, 9)));
    const Composite whole = builder.build();
    for (int k = 0; k < 4; ++k) {
      const std::vector<Instant> dates{day(static_cast<int>(draw(random, -1, 6))),
                                       day(static_cast<int>(draw(random, -1, 6)))};
      const Composite two = build_within(builder.atlas, {{}, dates});
      EXPECT_EQ(broken_certificates(two), "");
      EXPECT_EQ(figures(two, dates), figures(whole, dates)) << describe(builder.atlas);
    }
  });
}

TEST(AnalysisLaws, FiguresWithinAWindowAreThoseOfTheWhole) {
  for_many(305, 44, [](Random& random, Ground ground) {
    const AtlasBuilder builder = random_atlas(random, ground, static_cast<int>(draw(random, 1, 9)));
    const Composite whole = builder.build();
    const auto from = static_cast<int>(draw(random, -1, 4));
    const auto to = from + static_cast<int>(draw(random, 1, 3));
    const Composite part = build_within(builder.atlas, {days(from, to), {}});
    EXPECT_EQ(broken_certificates(part), "");
    std::vector<Instant> dates;
    for (int d = from; d < to; ++d) dates.push_back(day(d));
    EXPECT_EQ(figures(part, dates), figures(whole, dates)) << describe(builder.atlas);
    // The series has the dates at which the whole changes, and its first instant. That of the whole is a date
    // of its series though nothing of the theme may change then.
    const Holders holders(part, {});
    const Holders all_holders(whole, {});
    const auto found = series_dates(part, holders, Step::change);
    for (const Instant date : series_dates(whole, all_holders, Step::change)) {
      if (date < day(from) || date >= day(to) || date == whole.atlas().extent()->from()) continue;
      EXPECT_TRUE(std::find(found.begin(), found.end(), date) != found.end()) << describe(builder.atlas);
    }
    for (const Instant date : found) EXPECT_TRUE(date >= day(from) && date < day(to));
  });
}

TEST(AnalysisLaws, StatementAndItsComplementAreTheEarth) {
  for_many(306, 33, [](Random& random, Ground ground) {
    Generator generator(random, ground);
    const Ring ring = generator.ring();
    const Ring frame = parse_wkt(box_wkt(-180, -90, 180, 90)).front().front();
    AtlasBuilder builder;
    builder.atlas.study_area = MultiPolygon{{frame}};
    builder.say("l", "a", MultiPolygon{{ring}}, days(0, 2));
    builder.say("l", "b", MultiPolygon{{frame, ring}}, days(1, 2));
    const Composite composite = builder.build();
    EXPECT_EQ(broken_certificates(composite), "");
    AtlasBuilder earth;
    earth.say("l", "a", MultiPolygon{{frame}});
    EXPECT_TRUE(area_of(composite, "l/a", day(1)) + area_of(composite, "l/b", day(1)) ==
                area_of(earth.build(), "l/a"))
        << describe(builder.atlas);
    EXPECT_FALSE(areas_at(composite, day(1)).contains("l/a+l/b+study area")) << describe(builder.atlas);
    // Where a met the unknown, it meets b.
    const Holders holders(composite, {});
    const auto is = [&](std::string_view id) {
      return [&holders, id](HolderIndex h) { return holders.id(h) == id; };
    };
    const ContactLine before = contact_line(composite, holders, day(0), is("a"), is(""));
    const ContactLine after = contact_line(composite, holders, day(1), is("a"), is("b"));
    ASSERT_EQ(after.parts.size(), before.parts.size()) << describe(builder.atlas);
    for (std::size_t i = 0; i < after.parts.size(); ++i)
      EXPECT_EQ(after.parts[i].positions, before.parts[i].positions) << describe(builder.atlas);
    EXPECT_EQ(after.length.value(), before.length.value());
  });
}

/// Vertices, middles of segments (which lie on lines where they fall on the grid), and points anywhere near.
std::vector<GridPoint> points_about(const Composite& composite, Random& random) {
  std::vector<GridPoint> points;
  for (const GridSegment& s : composite.plane().table().segments) {
    points.push_back(s.a);
    points.push_back({static_cast<std::int32_t>((std::int64_t{s.a.x} + s.b.x) / 2),
                      static_cast<std::int32_t>((std::int64_t{s.a.y} + s.b.y) / 2)});
    points.push_back(
        {static_cast<std::int32_t>(draw(random, s.a.x, s.b.x)),
         static_cast<std::int32_t>(draw(random, std::min(s.a.y, s.b.y), std::max(s.a.y, s.b.y)))});
  }
  return points;
}

TEST(AnalysisLaws, StatementsThatCoverAPointAreThoseOfItsFace) {
  for_many(310, 44, [](Random& random, Ground ground) {
    AtlasBuilder builder = random_atlas(random, ground, static_cast<int>(draw(random, 1, 9)));
    const Composite composite = builder.build();
    for (const Theme theme : kThemes) {
      const Holders holders(composite, {theme, SourceRule::priority, {}});
      for (const GridPoint point : points_about(composite, random)) {
        const Instant at = day(static_cast<int>(draw(random, -1, 7)));
        const Explanation found = explain(composite, holders, composite.atlas(), point, at);
        const TimeIndex epoch = composite.times().epoch_of(at);
        const CoverageIndex coverage = composite.coverage(found.face, holders.group());
        // Each run is explained by a statement of its slot, and no statement is named that gives no run.
        std::set<std::pair<LayerId, ActorId>> from_runs;
        for (const CoverageRun& run : composite.runs(holders.group(), coverage)) {
          const Slot& slot = composite.slots()[run.slot];
          if (run.from <= epoch && epoch < run.to) from_runs.emplace(slot.layer, slot.actor);
        }
        std::set<std::pair<LayerId, ActorId>> from_statements;
        std::set<ActorId> deciding;
        for (const Testimony& testimony : found.testimonies) {
          const Statement& statement = composite.atlas().statements[testimony.statement];
          from_statements.emplace(statement.layer, statement.actor);
          if (testimony.standing == Standing::decides) deciding.insert(statement.actor);
        }
        ASSERT_EQ(from_statements, from_runs) << point.x << ' ' << point.y << describe(builder.atlas);
        const auto actors = holders.actors(found.holder);
        ASSERT_EQ(deciding, std::set<ActorId>(actors.begin(), actors.end())) << describe(builder.atlas);
        ASSERT_TRUE(found.holds.contains(at));
        for (std::size_t i = 1; i < found.history.size(); ++i)
          ASSERT_EQ(found.history[i - 1].when.to(), found.history[i].when.from());
      }
    }
  });
}

TEST(AnalysisLaws, AgreementOfSourcesDividesWhatEitherSays) {
  for_many(311, 44, [](Random& random, Ground ground) {
    AtlasBuilder builder = random_atlas(random, ground, static_cast<int>(draw(random, 2, 9)));
    builder.atlas.sources.emplace_back().id = "other";
    for (std::size_t i = 0; i < builder.atlas.layers.size(); ++i)
      builder.atlas.layers[i].source = SourceId(i % 2);
    const Composite composite = builder.build();
    const Holders first(composite, {Theme::control, SourceRule::priority, {SourceId(0)}});
    const Holders second(composite, {Theme::control, SourceRule::priority, {SourceId(1)}});
    const Holders both(composite, {Theme::control, SourceRule::all, {}});
    for (const Instant at : all_days()) {
      const SourceAgreement found = compare_sources(composite, composite.areas(), first, second, at);
      const SourceAgreement mirrored = compare_sources(composite, composite.areas(), second, first, at);
      AreaUnits sum = 0;
      for (const AgreementRow& row : found.rows) sum += row.area;
      AreaUnits said = 0;
      const auto faces = both.faces_at(composite.times().epoch_of(at));
      for (FaceIndex f = 1; f < faces.size(); ++f) {
        if (faces[f] != kUnknown) said += composite.areas()[f];
        ASSERT_EQ(faces[f] != kUnknown, found.faces[f] != 0) << describe(builder.atlas);
      }
      ASSERT_TRUE(sum == said) << describe(builder.atlas);
      for (const auto& [one, other] : {std::pair(Agreement::same, Agreement::same),
                                       std::pair(Agreement::different, Agreement::different),
                                       std::pair(Agreement::only_first, Agreement::only_second)})
        ASSERT_TRUE(found.area(one) == mirrored.area(other)) << describe(builder.atlas);
    }
  });
}

}  // namespace
}  // namespace marchland
