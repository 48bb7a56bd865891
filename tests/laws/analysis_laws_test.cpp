// What must hold between the answers, whatever the polygons look like. Integers are compared with ==.
#include <marchland/analysis/all_pairs.h>
#include <marchland/analysis/changes.h>

#include <gtest/gtest.h>
#include <tests/laws/generators.h>

#include <map>
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

}  // namespace
}  // namespace marchland
