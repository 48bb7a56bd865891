#include <marchland/base/error.h>
#include <marchland/derive/nearest_cells.h>
#include <marchland/geometry/exact_point.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace marchland {
namespace {

using testing::Contains;
using testing::IsEmpty;

Int128 twice_area(const MultiPolygon& area) {
  const auto grid = [](double degrees) { return std::llround(degrees * kGridUnitsPerDegree); };
  Int128 sum = 0;
  for (const Polygon& polygon : area) {
    for (const Ring& ring : polygon) {
      for (std::size_t k = 0; k + 1 < ring.size(); ++k)
        sum += cross(grid(ring[k].lon), grid(ring[k].lat), grid(ring[k + 1].lon), grid(ring[k + 1].lat));
    }
  }
  return sum;
}

MultiPolygon box(double west, double south, double east, double north) {
  return {{{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}}};
}

std::vector<std::string> codes(const SiteCells& cells) {
  std::vector<std::string> list;
  for (const Finding& finding : cells.findings) list.push_back(finding.code);
  return list;
}

TEST(NearestCells, TwoPlacesPartAtTheMiddle) {
  const std::vector<Site> sites{{"a", {1, 1}}, {"b", {3, 1}}};
  const SiteCells cells = nearest_cells(box(0, 0, 4, 2), sites, "EPSG:3857");
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

TEST(NearestCells, Refusals) {
  const std::vector<Site> sites{{"a", {1, 1}}};
  EXPECT_THROW(static_cast<void>(nearest_cells(box(0, 0, 4, 2), {})), InvalidData);
  EXPECT_THROW(static_cast<void>(nearest_cells(box(0, 0, 4, 2), sites, "EPSG:4326")), InvalidArgument);
  EXPECT_THROW(static_cast<void>(nearest_cells(box(0, 0, 4, 2), sites, "nonsense")), InvalidArgument);
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

}  // namespace
}  // namespace marchland
