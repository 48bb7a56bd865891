#include <marchland/base/error.h>
#include <marchland/derive/combine_areas.h>
#include <marchland/geometry/wkt.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/unit/derive/derive_fixture.h>

#include <algorithm>
#include <random>

namespace marchland {
namespace {

using testing::HasSubstr;
using testing_fixtures::box;
using testing_fixtures::twice_area;
using Holds = std::vector<bool>;

MultiPolygon united(const std::vector<NamedArea>& areas) {
  return combine_areas(areas, [](const Holds&) { return true; });
}
MultiPolygon in_all(const std::vector<NamedArea>& areas) {
  return combine_areas(areas, [](const Holds& h) { return std::find(h.begin(), h.end(), false) == h.end(); });
}
MultiPolygon only_first(const std::vector<NamedArea>& areas) {
  return combine_areas(areas,
                       [](const Holds& h) { return h[0] && std::count(h.begin(), h.end(), true) == 1; });
}

TEST(CombineAreas, TakesOneFromAnother) {
  const std::vector<NamedArea> areas{{box(0, 0, 4, 4), "district"}, {box(1, 1, 2, 2), "enclave"}};
  EXPECT_EQ(only_first(areas), parse_wkt("POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 2,2 2,2 1,1 1))"));
  EXPECT_EQ(in_all(areas), box(1, 1, 2, 2));
  EXPECT_EQ(united(areas), box(0, 0, 4, 4));
}

TEST(CombineAreas, JoinsNeighboursAlongTheirWholeBorder) {
  // The border of the second has a vertex more: no crack, and no vertex but those given.
  EXPECT_EQ(united({{box(0, 0, 2, 2), "a"}, {parse_wkt("POLYGON((2 0,3 0,3 2,2 2,2 1,2 0))"), "b"}}),
            parse_wkt("POLYGON((0 0,2 0,3 0,3 2,2 2,0 2,0 0))"));
}

TEST(CombineAreas, TouchingAtAPointIsNotSharing) {
  EXPECT_EQ(in_all({{box(0, 0, 1, 1), "a"}, {box(1, 1, 2, 2), "b"}}), MultiPolygon());
  EXPECT_EQ(united({{box(0, 0, 1, 1), "a"}, {box(1, 1, 2, 2), "b"}}).size(), 2U);
}

TEST(CombineAreas, ReadsRingsAsAnAtlasDoes) {
  // Both lobes of a ring that crosses itself are ground, in whatever direction; a hole outside its shell
  // takes nothing away; polygons that overlap count once.
  const MultiPolygon bow = parse_wkt("POLYGON((0 0,2 2,2 0,0 2,0 0))");
  EXPECT_EQ(twice_area(united({{bow, "bow"}})), twice_area(box(0, 0, 2, 1)));
  EXPECT_EQ(united({{parse_wkt("POLYGON((0 0,0 1,1 1,1 0,0 0),(5 5,6 5,6 6,5 5))"), "a"}}), box(0, 0, 1, 1));
  MultiPolygon twice = box(0, 0, 2, 1);
  twice.push_back(box(1, 0, 3, 1).front());
  EXPECT_EQ(twice_area(united({{twice, "twice"}})), twice_area(box(0, 0, 3, 1)));
}

// Law: on a lattice nothing is rounded, so sums are exact.
TEST(CombineAreas, SumsAreExactOnALattice) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    const auto soup = [&](const char* name) {
      NamedArea area{{}, name};
      const auto below = [&](unsigned n) { return static_cast<double>(random() % n); };
      for (int i = 0; i < 6; ++i) {
        const double x = below(9);
        const double y = below(9);
        area.area.push_back(box(x, y, x + 1 + below(4), y + 1 + below(4)).front());
      }
      return area;
    };
    const std::vector<NamedArea> two{soup("a"), soup("b")};
    const Int128 a = twice_area(united({two[0]}));
    const Int128 b = twice_area(united({two[1]}));
    EXPECT_EQ(twice_area(united(two)) + twice_area(in_all(two)), a + b) << seed;
    EXPECT_EQ(twice_area(only_first(two)) + twice_area(in_all(two)), a) << seed;
    std::vector<NamedArea> turned{{two[1]}, {two[0]}};
    std::reverse(turned[0].area.begin(), turned[0].area.end());
    for (Polygon& polygon : turned[1].area) std::reverse(polygon[0].begin(), polygon[0].end());
    EXPECT_EQ(united(turned), united(two)) << seed;
  }
}

TEST(CombineAreas, RefusesWhatItCannotRead) {
  try {
    static_cast<void>(united({{box(170, 0, 180.5, 1), "district"}}));
    FAIL();
  } catch (const InvalidData& error) {
    EXPECT_THAT(error.what(), HasSubstr("district: polygon 1, ring 1: position 2 is (180.5, 0)"));
  }
}

}  // namespace
}  // namespace marchland
