#include <marchland/analysis/shared_arcs.h>
#include <marchland/base/error.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace marchland {
namespace {

using testing::ElementsAre;

Ring box(double west, double south, double east, double north) {
  return {{west, south}, {east, south}, {east, north}, {west, north}, {west, south}};
}

Ring reversed(Ring ring) {
  std::reverse(ring.begin(), ring.end());
  return ring;
}

/// A ring put together again, closed.
std::vector<GridPoint> vertices_of(const SharedArcs& shared, const ArcRing& ring) {
  std::vector<GridPoint> out;
  for (const ArcRef ref : ring) {
    std::vector<GridPoint> arc = shared.arcs[static_cast<std::size_t>(ref < 0 ? ~ref : ref)];
    if (ref < 0) std::reverse(arc.begin(), arc.end());
    if (!out.empty()) {
      EXPECT_EQ(out.back(), arc.front());
      out.pop_back();
    }
    out.insert(out.end(), arc.begin(), arc.end());
  }
  return out;
}

TEST(SharedArcs, LineBetweenNeighboursIsOneArc) {
  const SharedArcs shared = share_arcs({{{box(0, 0, 1, 1)}}, {{box(1, 0, 2, 1)}}});
  EXPECT_EQ(shared.arcs.size(), 3U);
  const ArcRing& west = shared.areas[0][0][0];
  const ArcRing& east = shared.areas[1][0][0];
  EXPECT_EQ(west.size(), 2U);
  EXPECT_EQ(std::count_if(west.begin(), west.end(),
                          [&](ArcRef arc) { return std::count(east.begin(), east.end(), ~arc) == 1; }),
            1);
  constexpr std::int32_t d = kGridUnitsPerDegree;
  EXPECT_THAT(vertices_of(shared, west), ElementsAre(GridPoint{d, 0}, GridPoint{d, d}, GridPoint{0, d},
                                                     GridPoint{0, 0}, GridPoint{d, 0}));
  EXPECT_EQ(vertices_of(shared, east).front(), vertices_of(shared, east).back());
}

TEST(SharedArcs, IslandIsOneArcForItAndTheHoleItFills) {
  // The two rings begin at different corners.
  const Ring island{{2, 1}, {2, 2}, {1, 2}, {1, 1}, {2, 1}};
  const SharedArcs shared = share_arcs({{{box(0, 0, 3, 3), reversed(box(1, 1, 2, 2))}}, {{island}}});
  EXPECT_EQ(shared.arcs.size(), 2U);
  EXPECT_THAT(shared.areas[0][0], ElementsAre(ElementsAre(0), ElementsAre(1)));
  EXPECT_THAT(shared.areas[1][0], ElementsAre(ElementsAre(~1)));
}

TEST(SharedArcs, RingsThatTouchInAVertexHaveANodeThere) {
  const SharedArcs shared = share_arcs({{{box(0, 0, 1, 1)}, {box(1, 1, 2, 2)}}});
  EXPECT_EQ(shared.arcs.size(), 2U);
  for (const auto& polygon : shared.areas[0]) {
    EXPECT_EQ(vertices_of(shared, polygon[0]).front(), (GridPoint{kGridUnitsPerDegree, kGridUnitsPerDegree}));
  }
}

TEST(SharedArcs, ThreeAreasAboutANode) {
  const Ring west{{0, 0}, {1, 0}, {1, 1}, {1, 2}, {0, 2}, {0, 0}};
  const SharedArcs shared = share_arcs({{{west}}, {{box(1, 0, 2, 1)}}, {{box(1, 1, 2, 2)}}, {}});
  EXPECT_EQ(shared.arcs.size(), 6U);
  EXPECT_TRUE(shared.areas[3].empty());
}

/// Of whole degrees.
std::vector<GridPoint> line(std::initializer_list<std::pair<int, int>> points) {
  std::vector<GridPoint> out;
  for (const auto& [x, y] : points) out.push_back({x * kGridUnitsPerDegree, y * kGridUnitsPerDegree});
  return out;
}

TEST(ArcTable, OpenLinesShareArcsWithRingsAndTheirEndsAreNodes) {
  const auto ring = line({{0, 0}, {2, 0}, {2, 2}, {0, 2}, {0, 0}});
  // Along two sides of it, against its direction, and from a corner of it out.
  const auto along = line({{2, 2}, {2, 0}, {0, 0}});
  const auto out = line({{0, 2}, {0, 5}});
  ArcTable table;
  for (const auto& l : {ring, along, out}) table.add(l);
  // No line parts from another at 0, 0 and 2, 2: only the ends make nodes there.
  EXPECT_THAT(table.cut(ring), ElementsAre(0, 1, 2));
  EXPECT_THAT(table.cut(along), ElementsAre(~0));
  EXPECT_THAT(table.cut(out), ElementsAre(3));
  EXPECT_THAT(table.arcs(), ElementsAre(line({{0, 0}, {2, 0}, {2, 2}}), line({{2, 2}, {0, 2}}),
                                        line({{0, 2}, {0, 0}}), out));
}

TEST(ArcTable, WhatTurnsBackAtAVertexPartsFromWhatGoesOn) {
  const auto on = line({{0, 0}, {1, 0}, {2, 0}});
  const auto back = line({{0, 0}, {1, 0}, {0, 0}});
  ArcTable table;
  table.add(on);
  table.add(back);
  EXPECT_THAT(table.cut(on), ElementsAre(0, 1));
  EXPECT_THAT(table.cut(back), ElementsAre(0, ~0));
}

TEST(ArcTable, RingsWithoutNodesAreEqualWhereverAndHoweverTheyBegin) {
  const auto ring = line({{3, 3}, {1, 1}, {3, 1}, {3, 3}});
  const auto turned = line({{3, 1}, {1, 1}, {3, 3}, {3, 1}});
  const auto twice = line({{3, 3}, {1, 1}, {3, 1}, {3, 3}, {1, 1}, {3, 1}, {3, 3}});
  ArcTable table;
  for (const auto& l : {ring, turned, twice}) table.add(l);
  EXPECT_THAT(table.cut(twice), ElementsAre(0, 0));
  EXPECT_THAT(table.cut(ring), ElementsAre(0));
  EXPECT_THAT(table.cut(turned), ElementsAre(~0));
  EXPECT_THAT(table.arcs(), ElementsAre(line({{1, 1}, {3, 1}, {3, 3}, {1, 1}})));
}

TEST(ArcTable, LinesShorterThanTheGridStayLines) {
  const auto point = grid_line({{1.0, 2.0}, {1.0 + 1e-9, 2.0}});
  EXPECT_THAT(point, ElementsAre(line({{1, 2}}).front(), line({{1, 2}}).front()));
  ArcTable table;
  table.add(point);
  EXPECT_THAT(table.cut(point), ElementsAre(0));
  EXPECT_THAT(table.arcs(), ElementsAre(point));
}

TEST(SharedArcs, RefusesWhatIsNoRingOfTheGrid) {
  EXPECT_THROW(static_cast<void>(share_arcs({{{{{0, 0}, {1, 0}, {0, 0}}}}})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(share_arcs({{{box(0, 0, 181, 1)}}})), InvalidArgument);
}

}  // namespace
}  // namespace marchland
