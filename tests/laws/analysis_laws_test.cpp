// What must hold between the answers, whatever the polygons look like. Integers are compared with ==.
#include <marchland/analysis/all_pairs.h>
#include <marchland/analysis/changes.h>
#include <marchland/analysis/contact_line.h>

#include <gtest/gtest.h>
#include <tests/laws/generators.h>

#include <algorithm>
#include <map>
#include <string>
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

}  // namespace
}  // namespace marchland
