#include "tests/composite_fixtures.h"
#include <marchland/analysis/scope.h>
#include <marchland/base/error.h>
#include <marchland/measure/edge_area.h>
#include <marchland/measure/parallel_strip.h>
#include <marchland/measure/projection.h>
#include <marchland/raster/cell_areas.h>
#include <marchland/raster/cell_coverage.h>
#include <marchland/raster/classify.h>

#include <geos_c.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

namespace marchland {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing_fixtures::AtlasBuilder;
using testing_fixtures::box_wkt;

constexpr double kRadians = std::numbers::pi / 180.0;

/// Every face but the unbounded one is a part of its own.
std::vector<Part> faces_as_parts(const Composite& composite) {
  std::vector<Part> parts(composite.plane().face_count());
  for (std::size_t f = 0; f < parts.size(); ++f) parts[f] = static_cast<Part>(f);
  return parts;
}

std::map<Part, double> square_meters_by_part(const CellCoverage& coverage) {
  CellAreas areas(coverage.grid());
  std::map<Part, double> sums;
  for (std::size_t row = 0; row < coverage.grid().rows; ++row) {
    for (const CellShare& cell : coverage.shares(row))
      sums[cell.part] += cell.share * areas(row, cell.column)->value();
    for (const CellRun& run : coverage.runs(row)) {
      for (std::uint32_t column = run.begin; column < run.end; ++column)
        sums[run.part] += areas(row, column)->value();
    }
  }
  return sums;
}

std::vector<double> dense(const CellCoverage& coverage, Part part) {
  const RasterGrid& grid = coverage.grid();
  std::vector<double> out(grid.cell_count(), 0.0);
  for (std::size_t row = 0; row < grid.rows; ++row) {
    for (const CellShare& cell : coverage.shares(row)) {
      if (cell.part == part) out[row * grid.columns + cell.column] += cell.share;
    }
    for (const CellRun& run : coverage.runs(row)) {
      for (std::uint32_t column = run.begin; column < run.end && run.part == part; ++column)
        out[row * grid.columns + column] += 1.0;
    }
  }
  return out;
}

/// Whole square millimetres, and roundings of some edges: to what the areas of faces are known.
constexpr double kOfIntegers = 1e-5;

/// Every face has its area in cells, within `tolerance` of itself.
void expect_areas(const Composite& composite, const RasterGrid& grid, double tolerance) {
  // A share is a double of the whole cell; in degrees all sums are of integers.
  const double of_cells = Projection(grid.crs).is_geographic() ? 0.0 : 2e-16 * grid.cell * grid.cell_height();
  const auto sums = square_meters_by_part(cover_cells(composite.plane(), faces_as_parts(composite), grid));
  for (FaceIndex f = 1; f < composite.plane().face_count(); ++f) {
    const double area = to_square_meters(composite.areas()[f]).value();
    const auto found = sums.find(f);
    ASSERT_NE(found, sums.end()) << grid.crs << ": face " << f;
    EXPECT_NEAR(found->second, area, tolerance * area + kOfIntegers + of_cells) << grid.crs << ": face " << f;
  }
}

TEST(ParallelStrip, AddsUpAndIsTheAreaOfEdges) {
  for (const double half : {1e-9, 1e-4, 9.9e-4, 1.1e-3, 0.02, 0.6}) {
    const double mean = 0.7;
    const ParallelStrip whole = strip_about(mean, half);
    const ParallelStrip south = strip_about(mean - half / 2, half / 2);
    const ParallelStrip north = strip_about(mean + half / 2, half / 2);
    EXPECT_NEAR((south.area + north.area) / whole.area, 1.0, 4e-15) << half;
    EXPECT_NEAR((south.tilt + north.tilt) / 2 + (north.area - south.area) / 4, whole.tilt, 1e-12 * whole.area)
        << half;
    EXPECT_EQ(strip_about(mean, -half).area, -whole.area);
    EXPECT_EQ(strip_about(mean, -half).tilt, whole.tilt);
  }
  // The quarter of the earth's surface of a hemisphere's half turn: 2 pi S(90) = 255032810857.. of
  // 510065621724 km2.
  const double hemisphere =
      2.0 * std::numbers::pi * strip_about(std::numbers::pi / 4, std::numbers::pi / 4).area;
  EXPECT_NEAR(hemisphere / 255032810862044.75, 1.0, 1e-13);
  // A triangle, against the integers of its edges.
  const EdgeArea edges = EdgeArea::wgs84();
  const std::array<GridPoint, 3> corners{
      {{425000000, 380000000}, {480000000, 391234567}, {450000000, 420000000}}};
  AreaUnits exact = 0;
  double sum = 0.0;
  for (std::size_t i = 0; i < 3; ++i) {
    const GridPoint p = corners[i];
    const GridPoint q = corners[(i + 1) % 3];
    exact += edges(GridSegment{p, q}, p, q);
    sum += area_west_of((grid_to_degrees(p.x) - 44.0) * kRadians, (grid_to_degrees(q.x) - 44.0) * kRadians,
                        (grid_to_degrees(p.y) + grid_to_degrees(q.y)) / 2 * kRadians,
                        (grid_to_degrees(q.y) - grid_to_degrees(p.y)) / 2 * kRadians);
  }
  EXPECT_NEAR(sum / to_square_meters(exact).value(), 1.0, 1e-13);
}

TEST(CellCoverage, SidesOnCellsAreExact) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(1, 1, 3, 3)).say("l", "b", box_wkt(3, 1, 4.25, 2));
  const Composite composite = builder.build();
  const CellCoverage coverage =
      cover_cells(composite.plane(), faces_as_parts(composite), {"EPSG:4326", 0, 4, 1, 6, 4, 0.0});
  std::vector<std::string> rows;
  for (std::size_t row = 0; row < 4; ++row) {
    std::string text;
    for (const CellRun& run : coverage.runs(row))
      text += fmt::format("[{},{})={} ", run.begin, run.end, run.part);
    for (const CellShare& cell : coverage.shares(row))
      text += fmt::format("{}={}*{:.15g} ", cell.column, cell.part, cell.share);
    rows.push_back(text);
  }
  const auto areas = composite.areas();
  const Part a = areas[1] > areas[2] ? 1 : 2;
  const Part b = 3 - a;
  // What touches the sides of cells leaves 1 there, as a run or as a share.
  const std::vector<double> of_a = dense(coverage, a);
  const std::vector<double> of_b = dense(coverage, b);
  EXPECT_THAT(of_a, ElementsAre(0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  EXPECT_EQ(of_b[2 * 6 + 3], 1.0) << fmt::format("{}", fmt::join(rows, "\n"));
  EXPECT_NEAR(of_b[2 * 6 + 4], 0.25, 1e-15);
  EXPECT_EQ(std::count(of_b.begin(), of_b.end(), 0.0), 22);
}

/// GEOS, as it is used here.
class Clipper {
 public:
  Clipper() : context_(GEOS_init_r()) {}
  Clipper(const Clipper&) = delete;
  Clipper& operator=(const Clipper&) = delete;
  ~Clipper() { GEOS_finish_r(context_); }

  /// Rings of what two polygons have in common, and their area by edges straight in lon/lat.
  double common_area(const std::string& a, const std::string& b) const {
    GEOSGeometry* first = GEOSGeomFromWKT_r(context_, a.c_str());
    GEOSGeometry* second = GEOSGeomFromWKT_r(context_, b.c_str());
    GEOSGeometry* common = GEOSIntersection_r(context_, first, second);
    double area = 0.0;
    for (int i = 0; i < GEOSGetNumGeometries_r(context_, common); ++i) {
      const GEOSGeometry* part = GEOSGetGeometryN_r(context_, common, i);
      if (GEOSGeomTypeId_r(context_, part) != GEOS_POLYGON) continue;
      area += std::abs(ring_area(GEOSGetExteriorRing_r(context_, part)));
      for (int h = 0; h < GEOSGetNumInteriorRings_r(context_, part); ++h)
        area -= std::abs(ring_area(GEOSGetInteriorRingN_r(context_, part, h)));
    }
    GEOSGeom_destroy_r(context_, common);
    GEOSGeom_destroy_r(context_, second);
    GEOSGeom_destroy_r(context_, first);
    return area;
  }

 private:
  double ring_area(const GEOSGeometry* ring) const {
    const GEOSCoordSequence* points = GEOSGeom_getCoordSeq_r(context_, ring);
    unsigned size = 0;
    GEOSCoordSeq_getSize_r(context_, points, &size);
    double x0 = 0.0;
    double y0 = 0.0;
    double origin = 0.0;
    double area = 0.0;
    for (unsigned i = 0; i < size; ++i) {
      double x = 0.0;
      double y = 0.0;
      GEOSCoordSeq_getXY_r(context_, points, i, &x, &y);
      if (i == 0) {
        origin = x;
      } else {
        area += area_west_of((x0 - origin) * kRadians, (x - origin) * kRadians, (y0 + y) / 2 * kRadians,
                             (y - y0) / 2 * kRadians);
      }
      x0 = x;
      y0 = y;
    }
    return area;
  }
  GEOSContextHandle_t context_;
};

class CellCoverageRandom : public testing::TestWithParam<int> {};

/// A star-shaped ring about 45, 40: valid, with spikes far longer than a cell and edges shorter than one.
std::string star(std::mt19937& random) {
  std::uniform_real_distribution<double> radius(0.02, 1.4);
  std::string text = "POLYGON((";
  std::string first;
  constexpr int kPoints = 40;
  for (int i = 0; i < kPoints; ++i) {
    const double angle = 2.0 * std::numbers::pi * i / kPoints;
    const double r = radius(random);
    const std::string point =
        fmt::format("{:.7f} {:.7f}", 45.0 + r * std::cos(angle), 40.0 + r * std::sin(angle));
    text += point + ",";
    if (i == 0) first = point;
  }
  return text + first + "))";
}

TEST_P(CellCoverageRandom, AgreesWithClippingByGeos) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  const std::string wkt = star(random);
  AtlasBuilder builder;
  builder.say("l", "a", wkt);
  const Composite composite = builder.build();
  const Clipper clipper;
  // Cells that are no squares, and a grid that cuts the ground off on every side.
  const RasterGrid grid{"EPSG:4326", 44.13, 40.91, 0.17, 10, 14, 0.13};
  CellAreas areas(grid);
  std::vector<Part> parts(composite.plane().face_count(), 1);
  parts[kUnboundedFace] = 0;
  const std::vector<double> shares = dense(cover_cells(composite.plane(), parts, grid), 1);
  for (std::size_t row = 0; row < grid.rows; ++row) {
    for (std::size_t column = 0; column < grid.columns; ++column) {
      const double west = grid.west + static_cast<double>(column) * grid.cell;
      const double north = grid.north - static_cast<double>(row) * grid.height;
      const std::string cell = box_wkt(west, north - grid.height, west + grid.cell, north);
      EXPECT_NEAR(shares[row * grid.columns + column],
                  clipper.common_area(wkt, cell) / areas(row, column)->value(), 1e-11)
          << row << ", " << column;
    }
  }
}

TEST_P(CellCoverageRandom, OfProjectedCellsToo) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  const std::string wkt = star(random);
  AtlasBuilder builder;
  builder.say("l", "a", wkt);
  const Composite composite = builder.build();
  std::vector<Part> parts(composite.plane().face_count(), 1);
  parts[kUnboundedFace] = 0;
  const Clipper clipper;
  const RasterGrid grid{"EPSG:32638", 420000, 4490000, 15000, 10, 9, 17000};
  const Projection projection(grid.crs);
  const std::vector<double> shares = dense(cover_cells(composite.plane(), parts, grid), 1);
  for (std::size_t row = 0; row < grid.rows; ++row) {
    for (std::size_t column = 0; column < grid.columns; ++column) {
      // The cell's sides on the earth in many straight pieces.
      constexpr int kPieces = 400;
      std::vector<std::string> points;
      const auto add = [&](double x, double y) {
        const auto p = projection.inverse({grid.west + (static_cast<double>(column) + x) * grid.cell,
                                           grid.north - (static_cast<double>(row) + y) * grid.height});
        points.push_back(fmt::format("{:.14f} {:.14f}", p->lon, p->lat));
      };
      for (int i = 0; i < kPieces; ++i) add(0, static_cast<double>(i) / kPieces);
      for (int i = 0; i < kPieces; ++i) add(static_cast<double>(i) / kPieces, 1);
      for (int i = 0; i < kPieces; ++i) add(1, 1 - static_cast<double>(i) / kPieces);
      for (int i = 0; i < kPieces; ++i) add(1 - static_cast<double>(i) / kPieces, 0);
      points.push_back(points.front());
      const std::string cell = fmt::format("POLYGON(({}))", fmt::join(points, ","));
      // The polygon's sag is 1/kPieces^2 of the side's, which is 3e-4 of the cell's width.
      EXPECT_NEAR(shares[row * grid.columns + column],
                  clipper.common_area(wkt, cell) / clipper.common_area(cell, cell), 4e-9)
          << row << ", " << column;
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, CellCoverageRandom, testing::Range(1, 6));

TEST(CellCoverage, CellsAddUpToTheAreaInEverySystem) {
  std::mt19937 random(7);
  AtlasBuilder builder;
  builder.say("l", "a", star(random))
      .say("m", "b", star(random))
      .say("n", "c", box_wkt(44.5, 39.5, 44.5001, 39.5001));
  const Composite composite = builder.build();
  for (const double cell : {0.01, 0.37, 2.0, 20.0, 90.0})
    expect_areas(composite, make_grid({43, 38, 47, 42}, "EPSG:4326", cell), 1e-9);
  for (const auto& [crs, cell] : std::vector<std::pair<std::string, double>>{{"EPSG:32638", 10000},
                                                                             {"EPSG:3857", 30000},
                                                                             {"EPSG:6933", 25000},
                                                                             {"ESRI:54009", 40000},
                                                                             {"EPSG:3035", 50000},
                                                                             {"EPSG:4284", 0.1},
                                                                             {"EPSG:3034", 250000},
                                                                             // Cells of more than 5 degrees.
                                                                             {"EPSG:3857", 1000000},
                                                                             {"EPSG:3857", 4000000},
                                                                             {"EPSG:6933", 2000000},
                                                                             {"EPSG:3034", 900000},
                                                                             {"EPSG:3995", 3000000}}) {
    expect_areas(composite, make_grid({43, 38, 47, 42}, crs, cell), 1e-9);
  }
}

// Systems whose longitudes are not those of WGS84, whose cells are mirror images, and which are cut within
// the ground.
TEST(CellCoverage, CellsAddUpToTheAreaWhereverASystemBegins) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((-60 -20,0 -11,5 40,-48 51,-60 -20))")
      .say("m", "b", "POLYGON((70 31,130 36,128 61,79 55,70 31))")
      .say("n", "c", "POLYGON((171 -20,195 -11,190 15,170 9,171 -20))")
      .say("o", "d", "POLYGON((105 -8,113 -7.5,112 -5,106 -6,105 -8))");
  const Composite composite = builder.build();
  const double world = 20100000.0;
  for (const RasterGrid& grid :
       {RasterGrid{"EPSG:4813", -286.8, 90, 5, 72, 36, 0.0},    // Jakarta
        RasterGrid{"EPSG:4802", -105.9, 90, 5, 72, 36, 0.0},    // Bogota
        RasterGrid{"EPSG:4807", -202.6, 100, 4, 100, 50, 0.0},  // Paris, grads
        RasterGrid{"+proj=longlat +datum=WGS84 +pm=180", -180, 90, 5, 72, 36, 0.0},
        RasterGrid{"+proj=longlat +datum=WGS84 +pm=-150", -30, 90, 5, 72, 36, 0.0},
        RasterGrid{"EPSG:3832", -world, world, 500000, 81, 81, 0.0},
        RasterGrid{"+proj=cea +lon_0=149.5", -world, 7000000, 500000, 81, 28, 0.0}}) {
    expect_areas(composite, grid, 1e-9);
  }
  // On the rim some cells reach beyond the earth.
  expect_areas(composite, {"EPSG:8858", -17300000, 8400000, 100000, 346, 168, 0.0}, 1e-3);
  expect_areas(composite, {"+proj=moll +lon_0=150", -18100000, 9100000, 100000, 362, 182, 0.0}, 1e-3);
  AtlasBuilder czech;
  czech.say("l", "a", "POLYGON((13 48.8,18 49,17 51,14 50.5,13 48.8))");
  const Composite mirrored = czech.build();
  for (const char* crs : {"EPSG:5513", "EPSG:5514", "EPSG:2065"}) {
    expect_areas(mirrored, make_grid({12, 48, 19, 52}, crs, 10000), 1e-9);
    expect_areas(mirrored, make_grid({12, 48, 19, 52}, crs, 900000), 1e-9);
  }
  // Cut along no meridian.
  const RasterGrid torn{"+proj=igh", -world, 9000000, 500000, 81, 36, 0.0};
  try {
    static_cast<void>(cover_cells(composite.plane(), faces_as_parts(composite), torn));
    ADD_FAILURE() << "no refusal";
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(), HasSubstr("is cut through the ground at"));
  }
}

// Whatever way either is measured: sides of a coarse cell are sides of fine ones.
TEST(CellCoverage, ACoarseCellHasWhatItsFineOnesHave) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((-100 41,10 52,95 71,170 83,-120 66,-100 41))")
      .say("m", "b", "POLYGON((20 70,200 74,200 90,20 90,20 70))");
  const Composite composite = builder.build();
  for (const char* crs : {"EPSG:3995", "+proj=laea +lat_0=70 +lon_0=40", "EPSG:3857"}) {
    constexpr std::size_t kFine = 10;
    const double north = std::string(crs) == "EPSG:3857" ? 12000000.0 : 4000000.0;
    for (const double cell : {1000000.0, 250000.0}) {
      const auto side = static_cast<std::size_t>(8000000.0 / cell);
      const RasterGrid coarse{crs, -4000000, north, cell, side, side, 0.0};
      RasterGrid fine = coarse;
      fine.cell /= kFine;
      fine.columns *= kFine;
      fine.rows *= kFine;
      const CellCoverage of_coarse = cover_cells(composite.plane(), faces_as_parts(composite), coarse);
      const CellCoverage of_fine = cover_cells(composite.plane(), faces_as_parts(composite), fine);
      CellAreas coarse_areas(coarse);
      CellAreas fine_areas(fine);
      std::vector<double> area(fine.cell_count());
      std::vector<double> whole(coarse.cell_count(), 0.0);
      const auto coarse_of = [&](std::size_t i) {
        return i / fine.columns / kFine * coarse.columns + i % fine.columns / kFine;
      };
      for (std::size_t i = 0; i < area.size(); ++i) {
        area[i] = fine_areas(i / fine.columns, i % fine.columns).value().value();
        whole[coarse_of(i)] += area[i];
      }
      for (std::size_t i = 0; i < whole.size(); ++i) {
        const double its = coarse_areas(i / coarse.columns, i % coarse.columns).value().value();
        ASSERT_NEAR(its / whole[i], 1.0, 1e-9) << crs << ": " << i;
      }
      std::size_t divided = 0;
      for (FaceIndex f = 1; f < composite.plane().face_count(); ++f) {
        const std::vector<double> shares = dense(of_coarse, f);
        const std::vector<double> fine_shares = dense(of_fine, f);
        std::vector<double> held(coarse.cell_count(), 0.0);
        for (std::size_t i = 0; i < area.size(); ++i) held[coarse_of(i)] += area[i] * fine_shares[i];
        for (std::size_t i = 0; i < held.size(); ++i) {
          if (shares[i] > 0.0 && shares[i] < 1.0) ++divided;
          ASSERT_NEAR(shares[i], held[i] / whole[i], 1e-9) << crs << ": " << i;
        }
      }
      EXPECT_GT(divided, 10U) << crs;
    }
  }
}

TEST(CellCoverage, AtTheAntimeridianAndThePole) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((178.3 86.1,182.2 86.7,181.9 90,178.4 90,178.3 86.1))")
      .say("l", "b", box_wkt(-180, -90, 180, -82.5))
      .say("l", "c", "POLYGON((170.1 -20.3,190.7 -21.9,185.3 -3.1,170.1 -20.3))");
  const Composite composite = builder.build();
  // From -180, from 0, across 180 with a cell astride, beyond a pole.
  for (const RasterGrid& grid : {RasterGrid{"EPSG:4326", -180, 90, 1.5, 240, 120, 0.0},
                                 RasterGrid{"OGC:CRS84", 0, 90, 0.72, 500, 250, 0.0},
                                 RasterGrid{"EPSG:4326", -182.3, 93, 7.2, 50, 26, 0.0}}) {
    expect_areas(composite, grid, 1e-9);
  }
  AtlasBuilder seam;
  seam.say("l", "c", "POLYGON((170.1 -20.3,190.7 -21.9,185.3 -3.1,170.1 -20.3))");
  const Composite across = seam.build();
  expect_areas(across, {"EPSG:4326", 169, -2, 0.9, 25, 25, 0.0}, 1e-9);
  expect_areas(across, {"EPSG:3832", 2000000, 0, 50000, 80, 60, 0.0}, 1e-9);
  expect_areas(across, {"EPSG:4269", 168, -2, 0.9, 27, 25, 0.0}, 1e-9);
  AtlasBuilder polar;
  polar.say("l", "b", box_wkt(-180, -90, 180, -82.5));
  const Composite cap = polar.build();
  const auto shares =
      cover_cells(cap.plane(), faces_as_parts(cap), {"EPSG:3031", -2000000, 2000000, 100000, 40, 40, 0.0});
  const std::vector<double> of_cap = dense(shares, 1);
  EXPECT_NEAR(of_cap[20 * 40 + 20], 1.0, 1e-12);
  EXPECT_NEAR(of_cap[19 * 40 + 19], 1.0, 1e-12);
  EXPECT_EQ(of_cap[0], 0.0);
  expect_areas(cap, shares.grid(), 1e-9);
}

/// Three sectors about a pole, one of them on both sides of the antimeridian.
Composite sectors_about(double pole, double rim) {
  AtlasBuilder builder;
  const double south = std::min(pole, rim);
  const double north = std::max(pole, rim);
  builder.say("l", "a", box_wkt(-150, south, -30, north))
      .say("l", "b", box_wkt(-30, south, 90, north))
      .say("l", "c", box_wkt(90, south, 210, north));
  return builder.build();
}

TEST(CellCoverage, SectorsAboutAPoleShareItsCells) {
  for (const double pole : {-90.0, 90.0}) {
    const Composite composite = sectors_about(pole, pole * 0.7);
    const std::string at = pole < 0.0 ? "+lat_0=-90" : "+lat_0=90";
    for (const std::string& crs : {"+proj=laea " + at, "+proj=laea +lon_0=180 " + at,
                                   "+proj=laea +lon_0=77 +lat_0=" + std::to_string(pole * 0.8),
                                   std::string(pole < 0.0 ? "EPSG:3031" : "EPSG:3995")}) {
      const RasterGrid grid =
          make_grid({-180, std::min(pole, pole * 0.7), 180, std::max(pole, pole * 0.7)}, crs, 90000);
      const CellCoverage coverage = cover_cells(composite.plane(), faces_as_parts(composite), grid);
      std::vector<double> sums(grid.cell_count(), 0.0);
      for (FaceIndex f = 1; f < composite.plane().face_count(); ++f) {
        const std::vector<double> shares = dense(coverage, f);
        for (std::size_t i = 0; i < shares.size(); ++i) sums[i] += shares[i];
      }
      expect_areas(composite, grid, 1e-9);
      EXPECT_LE(*std::max_element(sums.begin(), sums.end()), 1.0 + 1e-9) << crs;
      // Rings of cells about the pole are full.
      const Position middle{12.0, pole * 0.95};
      const auto place = Projection(crs).forward(middle);
      const auto column = static_cast<std::size_t>((place->x - grid.west) / grid.cell);
      const auto row = static_cast<std::size_t>((grid.north - place->y) / grid.cell);
      EXPECT_NEAR(sums[row * grid.columns + column], 1.0, 1e-9) << crs;
    }
  }
}

TEST(CellCoverage, GroundAcrossTheAntimeridianInCellsThatReachBeyondIt) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((100 50,195 52,191 70,120 74,100 50))")
      .say("l", "b", "POLYGON((172 -20.3,190.7 -21.9,185.3 -3.1,172 -20.3))");
  const Composite composite = builder.build();
  // Of another datum, all round the earth with a cell astride 180; from the middle of the Pacific.
  expect_areas(composite, {"EPSG:4258", -180.125, 83.25, 0.25, 1440, 440, 0.0}, 1e-9);
  expect_areas(composite, {"EPSG:4258", -0.1, 83.25, 0.7, 515, 160, 0.0}, 1e-9);
  // The last column of an equal-area cylinder reaches beyond its rim.
  const RasterGrid rim{"EPSG:6933", -17400000, 7350000, 50000, 696, 294, 0.0};
  const CellCoverage coverage = cover_cells(composite.plane(), faces_as_parts(composite), rim);
  for (FaceIndex f = 1; f < composite.plane().face_count(); ++f) {
    double cells = 0.0;
    for (const double share : dense(coverage, f)) cells += share;
    EXPECT_NEAR(cells * rim.cell * rim.cell / to_square_meters(composite.areas()[f]).value(), 1.0, 1e-9);
  }
}

TEST(CellCoverage, GridsHoldAllTheGroundTheyAreMadeFor) {
  AtlasBuilder seam;
  seam.say("l", "a", "POLYGON((100 50,195 52,191 70,120 74,100 50))");
  const Composite across = seam.build();
  std::vector<bool> ground(across.plane().face_count(), true);
  ground[0] = false;
  const LonLatBox box = box_of_faces(across.plane(), ground).value();
  for (const auto& [crs, cell] : std::vector<std::pair<std::string, double>>{
           {"EPSG:4269", 0.5}, {"EPSG:4258", 0.5}, {"EPSG:4267", 0.5}, {"EPSG:6933", 10000}}) {
    // For NAD27 PROJ has several operations, each for a part of the earth; it jumps where they meet.
    const double tolerance = crs == "EPSG:4267" ? 1e-6 : 1e-9;
    const RasterGrid grid = make_grid(box, crs, cell);
    const CellCoverage coverage = cover_cells(across.plane(), faces_as_parts(across), grid);
    double cells = 0.0;
    CellAreas areas(grid);
    const std::vector<double> shares = dense(coverage, 1);
    for (std::size_t i = 0; i < shares.size(); ++i)
      cells += shares[i] == 0.0 ? 0.0 : shares[i] * areas(i / grid.columns, i % grid.columns)->value();
    EXPECT_NEAR(cells / to_square_meters(across.areas()[1]).value(), 1.0, tolerance) << crs;
  }
}

TEST(CellCoverage, TinyPartsInLargeCells) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(44.1234567, 39.7654321, 44.1234667, 39.7654421));  // a metre
  const Composite composite = builder.build();
  for (const double cell : {1.0, 0.1, 1e-5}) {
    const LonLatBox box{44.1234567, 39.7654321, 44.1234667, 39.7654421};
    expect_areas(composite, make_grid(box, "EPSG:4326", cell), 1e-9);
  }
}

TEST(CellCoverage, PartsFillCellsAndRunsMeetNothing) {
  std::mt19937 random(3);
  AtlasBuilder builder;
  builder.say("l", "a", star(random)).say("m", "b", star(random)).say("n", "c", box_wkt(42, 37, 48, 43));
  const Composite composite = builder.build();
  for (const RasterGrid& grid : {RasterGrid{"EPSG:4326", 44, 41, 0.05, 40, 40, 0.0},
                                 RasterGrid{"EPSG:32638", 450000, 4500000, 5000, 30, 30, 0.0}}) {
    const CellCoverage coverage = cover_cells(composite.plane(), faces_as_parts(composite), grid);
    for (std::size_t row = 0; row < grid.rows; ++row) {
      std::vector<double> sum(grid.columns, 0.0);
      std::vector<int> runs(grid.columns, 0);
      for (const CellRun& run : coverage.runs(row)) {
        for (std::uint32_t c = run.begin; c < run.end; ++c) ++runs[c];
      }
      for (const CellShare& cell : coverage.shares(row)) {
        sum[cell.column] += cell.share;
        EXPECT_EQ(runs[cell.column], 0);
      }
      for (std::size_t c = 0; c < grid.columns; ++c)
        EXPECT_NEAR(sum[c] + runs[c], 1.0, 1e-12) << row << ", " << c;
    }
  }
}

TEST(CellCoverage, GroundBesideTheGridCoversNothing) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(10, 10, 20, 20));
  const Composite composite = builder.build();
  for (const RasterGrid& grid :
       {RasterGrid{"EPSG:4326", 21, 20, 1, 5, 5, 0.0}, RasterGrid{"EPSG:4326", 1, 20, 1, 5, 5, 0.0},
        RasterGrid{"EPSG:4326", 12, 30, 1, 5, 5, 0.0},
        RasterGrid{"EPSG:32638", 250000, 4500000, 1000, 50, 50, 0.0}}) {
    EXPECT_TRUE(
        square_meters_by_part(cover_cells(composite.plane(), faces_as_parts(composite), grid)).empty())
        << grid.west;
  }
}

TEST(CellCoverage, RefusesPartsThatDoNotFit) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(10, 10, 20, 20));
  const Composite composite = builder.build();
  const RasterGrid grid{"EPSG:4326", 0, 20, 1, 5, 5, 0.0};
  EXPECT_THROW(static_cast<void>(cover_cells(composite.plane(), {0}, grid)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(cover_cells(composite.plane(), {1, 1}, grid)), InvalidArgument);
  const RasterGrid over{"EPSG:4326", 9.5, 20.5, 1, 3, 3, 0.0};
  const CellCoverage coverage = cover_cells(composite.plane(), {0, 1}, over);
  const std::vector<CellClass> none{0};
  EXPECT_THROW(static_cast<void>(largest_shares(coverage, none)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(shares_of(coverage, {false}, 0.0)), InvalidArgument);
  std::vector<CellClass> cells;
  EXPECT_THROW(classes_of_centres(parts_of_centres(composite.plane(), {0, 1}, over), none, cells),
               InvalidArgument);
}

}  // namespace
}  // namespace marchland
