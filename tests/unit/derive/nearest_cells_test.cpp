#include <marchland/base/error.h>
#include <marchland/derive/detail/reach.h>
#include <marchland/derive/nearest_cells.h>
#include <marchland/geometry/exact_point.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/unit/derive/derive_fixture.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

namespace marchland {
namespace {

using testing_fixtures::box;
using testing_fixtures::twice_area;

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> codes(const SiteCells& cells) {
  std::vector<std::string> list;
  for (const Finding& finding : cells.findings) list.push_back(finding.code);
  return list;
}

TEST(NearestCells, TwoPlacesPartAtTheMiddle) {
  const std::vector<Site> sites{{"a", {1, 1}}, {"b", {3, 1}}};
  const SiteCells cells = nearest_cells(box(0, 0, 4, 2), sites, {"EPSG:3857", {}});
  // In Mercator the middle is a meridian.
  for (const MultiPolygon& cell : cells.cells) EXPECT_TRUE(twice_area(cell) == twice_area(box(0, 0, 2, 2)));
  EXPECT_THAT(cells.findings, IsEmpty());
}

TEST(NearestCells, AWideFrameIsSharedOutToItsBentEdges) {
  // Edges of the frame are parallels of 70 degrees: bent in the plane, they leave the box of its corners.
  const std::vector<Site> sites{{"a", {0, 55}}, {"b", {20, 51}}, {"c", {30, 51}}, {"d", {50, 55}}};
  const SiteCells cells = nearest_cells(box(-10, 50, 60, 60), sites);
  // By symmetry of the towns about the meridian of 25.
  const auto share = [&](std::size_t k) {
    return static_cast<double>(twice_area(cells.cells[k])) / static_cast<double>(twice_area(cells.frame));
  };
  EXPECT_NEAR(share(0), share(3), 1e-4);
  EXPECT_NEAR(share(1), share(2), 1e-4);
  EXPECT_GT(share(1), 0.15);
}

TEST(NearestCells, AnEdgeThatBendsTwiceStaysByTheBisector) {
  // The bisector passes through the origin of the projection, about which its chord in lon/lat bends both
  // ways.
  const std::vector<Site> sites{{"a", {3, 2}}, {"b", {-3, -2}}};
  const SiteCells cells = nearest_cells(box(-12, -12, 12, 12), sites);
  const double half = static_cast<double>(twice_area(cells.frame)) / 2;
  // A half turn exchanges the two.
  EXPECT_NEAR(static_cast<double>(twice_area(cells.cells[0])) / half, 1.0, 1e-6);
  std::size_t vertices = 0;
  for (const Position& p : cells.cells[0].front().front()) {
    if (std::abs(p.lon) < 11.9 && std::abs(p.lat) < 11.9) ++vertices;
  }
  EXPECT_GT(vertices, 20U);
}

TEST(NearestCells, OnePlaceHasAll) {
  const std::vector<Site> sites{{"a", {1, 1}}};
  const SiteCells cells = nearest_cells(box(0, 0, 4, 2), sites);
  EXPECT_EQ(cells.cells[0], cells.frame);
  EXPECT_EQ(cells.crs, "+proj=aeqd +lat_0=1 +lon_0=2 +datum=WGS84 +units=m");
}

TEST(NearestCells, PlacesWithoutGroundAreSaid) {
  const std::vector<Site> sites{{"z", {1, 1}}, {"a", {1, 1}}, {"far", {20, 1}}, {"near", {4.5, 1}}};
  const SiteCells cells = nearest_cells(box(0, 0, 4, 2), sites);
  EXPECT_THAT(cells.cells[0], IsEmpty()) << "a comes first by name";
  EXPECT_FALSE(cells.cells[1].empty());
  EXPECT_THAT(codes(cells), Contains("site-coincides"));
  EXPECT_THAT(codes(cells), Contains("site-without-ground"));
  EXPECT_THAT(codes(cells), Contains("site-outside"));
}

// A place on the boundary was said to lie outside.
TEST(NearestCells, PlacesOnTheBoundaryAreInside) {
  const MultiPolygon slanted{{{{0, 0}, {4, 1.3456789}, {4, 4}, {0, 4}, {0, 0}}}};
  // A corner, the middle of a side, and beside a slanted one by rounding, on either side of it.
  const std::vector<Site> sites{{"corner", {4, 4}},
                                {"side", {0, 2}},
                                {"above", {1.3333332, 0.4485596}},
                                {"below", {2.3333332, 0.7849793}}};
  EXPECT_THAT(codes(nearest_cells(slanted, sites)), Not(Contains("site-outside")));
  const std::vector<Site> metres_off{{"a", {1, 1}}, {"below", {1.3333332, 0.4485}}};
  EXPECT_THAT(codes(nearest_cells(slanted, metres_off)), Contains("site-outside"));
}

TEST(NearestCells, Refusals) {
  const std::vector<Site> sites{{"a", {1, 1}}};
  EXPECT_THROW(static_cast<void>(nearest_cells(box(0, 0, 4, 2), {})), InvalidData);
  EXPECT_THROW(static_cast<void>(nearest_cells(box(0, 0, 4, 2), sites, {"EPSG:4326", {}})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(nearest_cells(box(0, 0, 4, 2), sites, {"nonsense", {}})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(nearest_cells(box(0, 0, 100, 60), sites)), InvalidData);
}

// Law: cells add up to the frame to the last unit; the order of places only reorders them.
TEST(NearestCells, AddUpToTheFrameExactly) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::mt19937 random(seed);
    std::vector<Site> sites;
    for (int k = 0; k < 40; ++k) {
      // A lattice in every other case: four cells meet in one point.
      const unsigned step = seed % 2 == 0 ? 100 : 1;
      const double lon = static_cast<double>(random() % 500 / step * step) / 100.0;
      const double lat = static_cast<double>(random() % 300 / step * step) / 100.0 + 45.0;
      sites.push_back({"p" + std::to_string(k), {lon, lat}});
    }
    MultiPolygon frame = box(0.5, 45.2, 4.5, 47.7);
    frame[0].push_back(box(1.3, 46.1, 2.2, 46.9)[0][0]);
    const SiteCells cells = nearest_cells(frame, sites);
    Int128 sum = 0;
    for (const MultiPolygon& cell : cells.cells) sum += twice_area(cell);
    // Holes are written clockwise, so signed areas add up.
    EXPECT_TRUE(sum == twice_area(cells.frame)) << "seed " << seed;
    std::reverse(sites.begin(), sites.end());
    SiteCells reversed = nearest_cells(frame, sites);
    std::reverse(reversed.cells.begin(), reversed.cells.end());
    EXPECT_EQ(reversed.cells, cells.cells) << "seed " << seed;
  }
}

// ---- barriers: drawn in Mercator about the equator, where cells of places in one row part at meridians

const CellOptions kMercator{"EPSG:3857", {}};

CellOptions with(MultiLine barriers) {
  return {"EPSG:3857", std::move(barriers)};
}

/// Signed areas of cells and unknown ground, which add up as holes are clockwise.
Int128 sum_of(const SiteCells& cells) {
  Int128 sum = twice_area(cells.unknown);
  for (const MultiPolygon& cell : cells.cells) sum += twice_area(cell);
  return sum;
}

using Step = std::pair<Position, Position>;

/// Steps of all areas, each in its direction: that two areas share one, and no other lies along it, shows as
/// its reverse.
std::multiset<Step> steps_of(const std::vector<const MultiPolygon*>& areas) {
  std::multiset<Step> steps;
  for (const MultiPolygon* area : areas) {
    for (const Polygon& polygon : *area) {
      for (const Ring& ring : polygon) {
        for (std::size_t k = 0; k + 1 < ring.size(); ++k) steps.insert({ring[k], ring[k + 1]});
      }
    }
  }
  return steps;
}

/// Every step is that of the frame, or has its reverse in a neighbour: no sliver, no vertex of one alone.
void expect_seamless(const SiteCells& cells, const std::string& what) {
  EXPECT_TRUE(sum_of(cells) == twice_area(cells.frame)) << what;
  std::vector<const MultiPolygon*> areas{&cells.unknown};
  for (const MultiPolygon& cell : cells.cells) areas.push_back(&cell);
  std::multiset<Step> open;
  const std::multiset<Step> steps = steps_of(areas);
  for (const Step& step : steps) {
    if (!steps.contains({step.second, step.first})) open.insert(step);
  }
  EXPECT_TRUE(open == steps_of({&cells.frame})) << what;
}

TEST(Barriers, WhatIsCutOffGoesToThePlaceThatReachesIt) {
  // a | b, and a river through the cell of a that leaves its eastern strip to b.
  const std::vector<Site> sites{{"a", {1, 1}}, {"b", {3, 1}}};
  const SiteCells cells = nearest_cells(box(0, 0, 4, 2), sites, with({{{1.5, -1}, {1.5, 3}}}));
  EXPECT_TRUE(twice_area(cells.cells[0]) == twice_area(box(0, 0, 1.5, 2)));
  EXPECT_TRUE(twice_area(cells.cells[1]) == twice_area(box(1.5, 0, 4, 2)));
  EXPECT_THAT(cells.unknown, IsEmpty());
  EXPECT_THAT(codes(cells), ElementsAre("barrier-passed"));
  EXPECT_THAT(cells.findings[0].text, HasSubstr("1 part of cells"));
  expect_seamless(cells, "river");
}

TEST(Barriers, VerticesStayWhereTheyAre) {
  const std::vector<Site> sites{{"a", {1, 1}}, {"b", {3, 1}}};
  const Line river{{1.1234567, -1}, {1.3, 0.7654321}, {1.2, 1.1}, {1.4, 3}};
  const SiteCells cells = nearest_cells(box(0, 0, 4, 2), sites, with({river}));
  for (const MultiPolygon& cell : cells.cells) {
    for (std::size_t k = 1; k + 1 < river.size(); ++k) EXPECT_THAT(cell[0][0], Contains(river[k]));
  }
}

TEST(Barriers, WhatDoesNotReachAcrossACellCutsNothing) {
  const std::vector<Site> sites{{"a", {1, 1}}, {"b", {3, 1}}};
  const SiteCells without = nearest_cells(box(0, 0, 4, 2), sites, kMercator);
  for (const Line& line : {Line{{1.5, 0.2}, {1.5, 1.8}}, Line{{1.5, 0.2}, {1.6, 1.8}, {1.7, 0.3}}}) {
    const SiteCells cells = nearest_cells(box(0, 0, 4, 2), sites, with({line}));
    EXPECT_EQ(cells.cells, without.cells);
    EXPECT_EQ(cells.frame, without.frame);
    EXPECT_THAT(codes(cells), ElementsAre("barrier-parts-nothing"));
    EXPECT_EQ(cells.findings[0].severity, Severity::warning) << "none parts ground";
  }
  // One end at the frame: its point is added to the frame, no ground changes hands.
  const SiteCells hanging = nearest_cells(box(0, 0, 4, 2), sites, with({{{1.5, -1}, {1.5, 1.8}}}));
  for (std::size_t k = 0; k < 2; ++k)
    EXPECT_TRUE(twice_area(hanging.cells[k]) == twice_area(without.cells[k]));
  expect_seamless(hanging, "hanging");
}

TEST(Barriers, OutsideTheFrameTheyMatterNothing) {
  const std::vector<Site> sites{{"a", {1, 1}}, {"b", {3, 1}}};
  const SiteCells without = nearest_cells(box(0, 0, 4, 2), sites, kMercator);
  const SiteCells cells = nearest_cells(
      box(0, 0, 4, 2), sites,
      with({{{10, 10}, {11, 11}}, {{-1, -1}, {5, -1}, {5, 3}, {-1, 3}, {-1, -1}}, {{7, 7}, {7, 7}}}));
  EXPECT_EQ(cells.cells, without.cells);
  EXPECT_THAT(codes(cells), ElementsAre("barrier-without-extent", "barrier-parts-nothing"));
  EXPECT_THAT(cells.findings[1].text, HasSubstr("2 of 2 barriers part no ground"));
}

TEST(Barriers, AlongTheFrameOrAnEdgeTheyCutNothingButCloseIt) {
  const std::vector<Site> sites{{"a", {1, 1}}, {"b", {3, 1}}};
  const SiteCells without = nearest_cells(box(0, 0, 4, 2), sites, kMercator);
  const SiteCells along =
      nearest_cells(box(0, 0, 4, 2), sites, with({{{0, 0}, {4, 0}, {4, 2}}, {{2, 0}, {2, 2}}}));
  for (std::size_t k = 0; k < 2; ++k) EXPECT_TRUE(twice_area(along.cells[k]) == twice_area(without.cells[k]));
  // The strip of a between two barriers, one of them the edge between cells: nobody reaches it.
  const SiteCells closed =
      nearest_cells(box(0, 0, 4, 2), sites, with({{{1.5, 0}, {1.5, 2}}, {{2, 0}, {2, 2}}}));
  EXPECT_TRUE(twice_area(closed.unknown) == twice_area(box(1.5, 0, 2, 2)));
  EXPECT_TRUE(twice_area(closed.cells[1]) == twice_area(box(2, 0, 4, 2)));
  ASSERT_THAT(codes(closed), ElementsAre("ground-unreached"));
  EXPECT_NEAR(closed.findings[0].location->lon.value(), 1.75, 1e-6);
  EXPECT_THAT(closed.findings[0].text, HasSubstr("km2 about (1.75, "));
  expect_seamless(closed, "closed");
}

TEST(Barriers, ALoopWithoutItsPlaceIsUnknownAndOneWithItHoldsIt) {
  const std::vector<Site> sites{{"a", {1, 1}}, {"b", {3, 1}}};
  const Line loop{{0.2, 0.2}, {0.6, 0.2}, {0.6, 0.6}, {0.2, 0.6}, {0.2, 0.2}};
  const SiteCells lake = nearest_cells(box(0, 0, 4, 2), sites, with({loop}));
  EXPECT_TRUE(twice_area(lake.unknown) == twice_area(box(0.2, 0.2, 0.6, 0.6)));
  EXPECT_EQ(lake.cells[0][0].size(), 2U) << "a hole";
  expect_seamless(lake, "lake");
  // About a itself: what is left of its cell goes to b.
  const Line ring{{0.5, 0.5}, {1.5, 0.5}, {1.5, 1.5}, {0.5, 1.5}, {0.5, 0.5}};
  const SiteCells town = nearest_cells(box(0, 0, 4, 2), sites, with({ring}));
  EXPECT_TRUE(twice_area(town.cells[0]) == twice_area(box(0.5, 0.5, 1.5, 1.5)));
  EXPECT_TRUE(sum_of(town) == twice_area(town.frame));
  EXPECT_THAT(town.unknown, IsEmpty());
  expect_seamless(town, "town");
}

TEST(Barriers, APlaceOnABarrierHasBothSides) {
  const std::vector<Site> sites{{"a", {1, 1}}, {"b", {3, 1}}};
  const SiteCells without = nearest_cells(box(0, 0, 4, 2), sites, kMercator);
  const SiteCells through = nearest_cells(box(0, 0, 4, 2), sites, with({{{1, -1}, {1, 1}, {1, 3}}}));
  EXPECT_TRUE(twice_area(through.cells[0]) == twice_area(without.cells[0]));
  EXPECT_THAT(codes(through), ElementsAre("site-on-barrier"));
  const SiteCells ending = nearest_cells(box(0, 0, 4, 2), sites, with({{{1, -1}, {1, 1}}}));
  EXPECT_TRUE(twice_area(ending.cells[0]) == twice_area(without.cells[0]));
  EXPECT_THAT(codes(ending), ElementsAre("barrier-parts-nothing"));
}

TEST(Barriers, CrossingsAndRepetitions) {
  const std::vector<Site> sites{{"a", {1, 1}}, {"b", {3, 1}}};
  // Two that cross in the cell of a and leave it the western quarter; the other three meet b's edge or the
  // frame.
  const MultiLine cross{{{0.9, -0.3}, {1.9, 2.1}}, {{1.9, -0.1}, {0.9, 2.3}}};
  const SiteCells once = nearest_cells(box(0, 0, 4, 2), sites, with(cross));
  MultiLine again = cross;
  again.push_back({{1.9, 2.1}, {0.9, -0.3}});
  again.push_back(cross[1]);
  std::reverse(again.begin(), again.end());
  const SiteCells twice = nearest_cells(box(0, 0, 4, 2), sites, with(again));
  EXPECT_EQ(once.cells, twice.cells);
  EXPECT_EQ(once.unknown, twice.unknown);
  EXPECT_EQ(once.frame, twice.frame);
  EXPECT_FALSE(once.unknown.empty()) << "north and south of the crossing are closed by the frame";
  expect_seamless(once, "cross");
  // One that crosses itself: an eight's loops do not hold a.
  const SiteCells eight = nearest_cells(box(0, 0, 4, 2), sites,
                                        with({{{0.1, 0.1}, {0.7, 0.7}, {0.7, 0.1}, {0.1, 0.7}, {0.1, 0.1}}}));
  EXPECT_EQ(eight.unknown.size(), 2U);
  expect_seamless(eight, "eight");
}

TEST(Barriers, TheShortestWayDecidesNotTheShortestLine) {
  // A strip of ground of a (between river x = 1.5 and its edge x = 2) has b to the east; a's way about the
  // end of the river through c's cell in the north is longer than b's, though a is nearer in a straight line.
  const std::vector<Site> sites{{"a", {1, 1}}, {"b", {3.0, 1}}, {"c", {1.6, 3.4}}};
  const SiteCells cells = nearest_cells(box(0, 0, 4, 4), sites, with({{{1.5, -1}, {1.5, 3}}}));
  EXPECT_THAT(cells.unknown, IsEmpty());
  EXPECT_TRUE(twice_area(cells.cells[1]) >
              twice_area(nearest_cells(box(0, 0, 4, 4), sites, kMercator).cells[1]));
  expect_seamless(cells, "ways");
  // A corridor of three parts without places: what hangs together goes to whoever comes first.
  const std::vector<Site> row{{"p", {0.5, 0.5}}, {"q", {1.5, 0.5}}, {"r", {2.5, 0.5}}, {"s", {3.5, 1.5}}};
  const SiteCells corridor = nearest_cells(box(0, 0, 4, 2), row, with({{{-1, 1}, {3.2, 1}, {3.2, -1}}}));
  EXPECT_FALSE(corridor.cells[3].empty());
  EXPECT_THAT(corridor.unknown, IsEmpty());
  EXPECT_THAT(codes(corridor), Contains("barrier-passed"));
  EXPECT_EQ(corridor.cells[3].size(), 1U) << "what goes to s hangs together with its own cell";
  for (std::size_t k = 0; k < 3; ++k) {
    for (const Position& p : corridor.cells[k][0][0]) EXPECT_LE(p.lat, 1.0);
  }
  expect_seamless(corridor, "corridor");
}

TEST(Barriers, GroundThatTheFrameKeepsApartStaysUnlessCut) {
  // A mainland with a, an island of its cell across a strait; b is far.
  MultiPolygon frame = box(0, 0, 2, 2);
  frame.push_back(box(3, 0, 5, 2)[0]);
  const std::vector<Site> sites{{"a", {1, 1}}, {"b", {20, 1}}};
  const SiteCells whole = nearest_cells(frame, sites, with({{{2.5, -1}, {2.5, 3}}}));
  EXPECT_EQ(whole.cells[0].size(), 2U) << "a barrier in the strait is outside the frame";
  const SiteCells cut = nearest_cells(frame, sites, with({{{4, -1}, {4, 3}}}));
  EXPECT_TRUE(twice_area(cut.cells[0]) == twice_area(box(0, 0, 2, 2)) + twice_area(box(3, 0, 4, 2)));
  EXPECT_TRUE(twice_area(cut.unknown) == twice_area(box(4, 0, 5, 2)));
  expect_seamless(cut, "island");
}

TEST(Barriers, Refusals) {
  const std::vector<Site> sites{{"a", {1, 1}}};
  EXPECT_THROW(static_cast<void>(nearest_cells(box(0, 0, 4, 2), sites, with({{{0, 0}, {0, 91}}}))),
               InvalidData);
  EXPECT_THROW(static_cast<void>(nearest_cells(box(0, 0, 4, 2), sites, with({{{179, 0}, {-179, 0}}}))),
               InvalidData);
}

TEST(WayThrough, LeadsThroughTheBestPointOfTheStep) {
  using detail::way_through;
  EXPECT_DOUBLE_EQ(way_through({0, -3}, {0, 4}, {-1, 0}, {1, 0}), 7.0) << "straight";
  EXPECT_DOUBLE_EQ(way_through({3, -4}, {3, 4}, {-1, 0}, {0, 0}), 10.0) << "about the end";
  EXPECT_DOUBLE_EQ(way_through({0, 4}, {6, 4}, {-10, 0}, {10, 0}), 10.0)
      << "both on one side: as light is mirrored";
  EXPECT_DOUBLE_EQ(way_through({-2, 0}, {2, 0}, {-1, 0}, {1, 0}), 4.0) << "along it";
  // Against every point of the step.
  std::mt19937 random(7);
  std::uniform_real_distribution<double> any(-10.0, 10.0);
  for (int n = 0; n < 200; ++n) {
    const PlanePoint x{any(random), any(random)};
    const PlanePoint y{any(random), any(random)};
    const PlanePoint a{any(random), any(random)};
    const PlanePoint b{any(random), any(random)};
    double least = 1e9;
    for (int k = 0; k <= 2000; ++k) {
      const PlanePoint d{a.x + (b.x - a.x) * k / 2000.0, a.y + (b.y - a.y) * k / 2000.0};
      least = std::min(least, std::hypot(x.x - d.x, x.y - d.y) + std::hypot(d.x - y.x, d.y - y.y));
    }
    const double way = way_through(x, y, a, b);
    EXPECT_LE(way, least + 1e-12);
    EXPECT_NEAR(way, least, 0.03) << "steps of the search are up to 0.015 long";
  }
}

// Law: for random barriers too, all adds up to the frame, every edge is shared, and the order and direction
// of places and barriers changes nothing.
TEST(Barriers, AddUpToTheFrameExactly) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::mt19937 random(seed);
    // On a lattice in every other case: barriers along edges, through corners of cells, through sites.
    const unsigned step = seed % 2 == 0 ? 50 : 1;
    const auto any = [&](unsigned span) {
      return static_cast<double>(random() % span / step * step) / 100.0;
    };
    std::vector<Site> sites;
    for (int k = 0; k < 25; ++k) sites.push_back({"p" + std::to_string(k), {any(500), any(300) + 45.0}});
    CellOptions options;
    for (int k = 0; k < 6; ++k) {
      Line& line = options.barriers.emplace_back();
      for (int v = 0; v < 5; ++v) line.push_back({any(600) - 0.5, any(400) + 44.5});
    }
    MultiPolygon frame = box(0.5, 45.2, 4.5, 47.7);
    frame[0].push_back(box(1.3, 46.1, 2.2, 46.9)[0][0]);
    const SiteCells cells = nearest_cells(frame, sites, options);
    expect_seamless(cells, "seed " + std::to_string(seed));
    std::reverse(sites.begin(), sites.end());
    std::shuffle(options.barriers.begin(), options.barriers.end(), random);
    for (Line& line : options.barriers) std::reverse(line.begin(), line.end());
    SiteCells reversed = nearest_cells(frame, sites, options);
    std::reverse(reversed.cells.begin(), reversed.cells.end());
    EXPECT_EQ(reversed.cells, cells.cells) << "seed " << seed;
    EXPECT_EQ(reversed.unknown, cells.unknown) << "seed " << seed;
    EXPECT_EQ(reversed.frame, cells.frame) << "seed " << seed;
  }
}

/// Degrees from p to the step a-b.
double distance_to(const Position& p, const Position& a, const Position& b) {
  const double dx = b.lon - a.lon;
  const double dy = b.lat - a.lat;
  const double square = dx * dx + dy * dy;
  const double t =
      square > 0.0 ? std::clamp(((p.lon - a.lon) * dx + (p.lat - a.lat) * dy) / square, 0.0, 1.0) : 0.0;
  return std::hypot(a.lon + t * dx - p.lon, a.lat + t * dy - p.lat);
}

bool holds(const Polygon& polygon, const Position& p) {
  // On a step, or an odd number of crossings of the ray to the east.
  bool is_inside = false;
  for (const Ring& ring : polygon) {
    for (std::size_t k = 0; k + 1 < ring.size(); ++k) {
      const Position a = ring[k];
      const Position b = ring[k + 1];
      if (distance_to(p, a, b) < 1e-7) return true;
      if ((a.lat <= p.lat) == (b.lat <= p.lat)) continue;
      if (a.lon + (p.lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon) > p.lon) is_inside = !is_inside;
    }
  }
  return is_inside;
}

// Law: where the frame has no bays and holds all places, each cell hangs together about its place, and
// unknown ground borders on nothing but barriers and the frame.
TEST(Barriers, CellsHangTogetherAndUnknownGroundIsEnclosed) {
  std::size_t unknown = 0;
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::mt19937 random(seed);
    const unsigned step = seed % 2 == 0 ? 50 : 1;
    const auto any = [&](unsigned span) {
      return static_cast<double>(random() % span / step * step) / 100.0;
    };
    std::vector<Site> sites;
    for (int k = 0; k < 15; ++k)
      sites.push_back({"p" + std::to_string(k), {any(380) + 0.6, any(230) + 45.3}});
    CellOptions options;
    for (int k = 0; k < 8; ++k) {
      Line& line = options.barriers.emplace_back();
      for (int v = 0; v < 5; ++v) line.push_back({any(600) - 0.5, any(400) + 44.5});
    }
    const MultiPolygon frame = box(0.5, 45.2, 4.5, 47.7);
    const SiteCells cells = nearest_cells(frame, sites, options);
    for (std::size_t k = 0; k < sites.size(); ++k) {
      if (cells.cells[k].empty()) continue;
      EXPECT_EQ(cells.cells[k].size(), 1U) << "seed " << seed << ", site " << k;
      EXPECT_TRUE(holds(cells.cells[k][0], sites[k].at)) << "seed " << seed << ", site " << k;
    }
    MultiLine walls = options.barriers;
    walls.push_back(frame[0][0]);
    for (const Polygon& polygon : cells.unknown) {
      ++unknown;
      for (const Ring& ring : polygon) {
        for (std::size_t k = 0; k + 1 < ring.size(); ++k) {
          const Position middle{(ring[k].lon + ring[k + 1].lon) / 2.0, (ring[k].lat + ring[k + 1].lat) / 2.0};
          double least = 1.0;
          for (const Line& wall : walls) {
            for (std::size_t w = 0; w + 1 < wall.size(); ++w)
              least = std::min(least, distance_to(middle, wall[w], wall[w + 1]));
          }
          // Noding moves steps by at most half a grid unit in each direction.
          EXPECT_LT(least, 1e-7) << "seed " << seed;
        }
      }
    }
  }
  EXPECT_GT(unknown, 40U) << "the law was tried";
}

}  // namespace
}  // namespace marchland
