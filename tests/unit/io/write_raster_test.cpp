#include "tests/composite_fixtures.h"
#include "tests/unit/io/io_fixture.h"
#include <marchland/analysis/holders.h>
#include <marchland/io/write_raster.h>
#include <marchland/raster/class_overview.h>

#include <fmt/format.h>
#include <gdal.h>

#include <limits>
#include <random>

namespace marchland::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class WriteRaster : public IoTest {
 protected:
  /// A drawing of single letters, '.' for 0.
  struct Drawing {
    ClassRaster raster;
    std::vector<CellClass> cells;
  };
  static Drawing drawing() {
    const std::vector<std::string> rows{"aab.", "aab.", ".bbb"};
    Drawing out{
        {{"EPSG:4326", 44.0, 41.0, 0.5, 4, 3},
         "control at 1994-05-12",
         {{"no data", "#000000"}, {"armenia", "#e69f00"}, {"azerbaijan", "#56b4e9"}, {"nobody", "#bbbbbb"}}},
        {}};
    for (const std::string& row : rows) {
      for (const char c : row)
        out.cells.push_back(c == '.' ? CellClass{0} : static_cast<CellClass>(c - 'a' + 1));
    }
    return out;
  }
  static Provenance origin() {
    Provenance provenance;
    provenance.atlas = "test";
    provenance.method = "lonlat";
    return provenance;
  }
  void write_it(const std::string& name, const Drawing& d) const {
    write_raster(path(name), d.raster, d.cells, origin(), Existing::refuse);
  }
  struct Close {
    void operator()(void* dataset) const { GDALClose(dataset); }
  };
  [[nodiscard]] std::unique_ptr<void, Close> open(const std::string& name) const {
    GDALAllRegister();
    return std::unique_ptr<void, Close>(GDALOpen(path(name).c_str(), GA_ReadOnly));
  }
};

TEST_F(WriteRaster, IsACloudOptimisedGeoTiffWithColoursAndNames) {
  const Drawing d = drawing();
  write_it("a.tif", d);
  EXPECT_THAT(listing(), ElementsAre("a.qml", "a.tif", "a.tif.aux.xml"));
  const auto file = open("a.tif");
  ASSERT_NE(file, nullptr);
  EXPECT_STREQ(GDALGetMetadataItem(file.get(), "LAYOUT", "IMAGE_STRUCTURE"), "COG");
  EXPECT_STREQ(GDALGetMetadataItem(file.get(), "COMPRESSION", "IMAGE_STRUCTURE"), "DEFLATE");
  EXPECT_STREQ(GDALGetMetadataItem(file.get(), "marchland", nullptr), to_json(origin()).c_str());
  double transform[6];
  GDALGetGeoTransform(file.get(), transform);
  EXPECT_THAT(transform, ElementsAre(44.0, 0.5, 0.0, 41.0, 0.0, -0.5));
  EXPECT_THAT(GDALGetProjectionRef(file.get()), HasSubstr("4326"));
  const GDALRasterBandH band = GDALGetRasterBand(file.get(), 1);
  EXPECT_EQ(GDALGetRasterDataType(band), GDT_Byte);
  EXPECT_STREQ(GDALGetDescription(band), "control at 1994-05-12");
  int has_no_data = 0;
  EXPECT_EQ(GDALGetRasterNoDataValue(band, &has_no_data), 0.0);
  EXPECT_NE(has_no_data, 0);
  EXPECT_EQ(GDALGetRasterColorInterpretation(band), GCI_PaletteIndex);
  const GDALColorEntry* orange = GDALGetColorEntry(GDALGetRasterColorTable(band), 1);
  EXPECT_EQ(std::vector<int>({orange->c1, orange->c2, orange->c3}), (std::vector<int>{230, 159, 0}));
  char** names = GDALGetRasterCategoryNames(band);
  ASSERT_NE(names, nullptr);
  EXPECT_EQ(std::vector<std::string>(names, names + 4),
            (std::vector<std::string>{"no data", "armenia", "azerbaijan", "nobody"}));
  const GDALRasterAttributeTableH table = GDALGetDefaultRAT(band);
  ASSERT_EQ(GDALRATGetRowCount(table), 3);
  EXPECT_STREQ(GDALRATGetValueAsString(table, 1, 1), "azerbaijan");
  EXPECT_EQ(GDALRATGetValueAsInt(table, 0, 5), 4);
  EXPECT_EQ(GDALRATGetValueAsInt(table, 1, 5), 5);
  EXPECT_EQ(GDALRATGetValueAsInt(table, 2, 5), 0);
  std::vector<CellClass> cells(12);
  ASSERT_EQ(GDALRasterIO(band, GF_Read, 0, 0, 4, 3, cells.data(), 4, 3, GDT_UInt16, 0, 0), CE_None);
  EXPECT_EQ(cells, d.cells);
}

std::vector<CellClass> cells_of(GDALRasterBandH band) {
  const int columns = GDALGetRasterBandXSize(band);
  const int rows = GDALGetRasterBandYSize(band);
  std::vector<CellClass> out(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
  EXPECT_EQ(GDALRasterIO(band, GF_Read, 0, 0, columns, rows, out.data(), columns, rows, GDT_UInt16, 0, 0),
            CE_None);
  return out;
}

// GDAL's resampling MODE, told of no value that stands for no data, is the other party.
TEST_F(WriteRaster, OverviewsAreTheMostFrequentClass) {
  for (const std::size_t classes : {4U, 300U}) {
    Drawing d = drawing();
    while (d.raster.classes.size() < classes) d.raster.classes.push_back({"x", "#102030"});
    d.raster.grid = {"EPSG:32638", 500000, 4500000, 100, 1500, 1100};
    std::mt19937 random(7);
    for (std::size_t i = d.cells.size(); i < d.raster.grid.cell_count(); ++i)
      d.cells.push_back(random() % 2 == 0 ? d.cells.back() : static_cast<CellClass>(random() % classes));
    const std::string name = fmt::format("{}.tif", classes);
    write_it(name, d);
    const auto file = open(name);
    const GDALRasterBandH band = GDALGetRasterBand(file.get(), 1);
    ASSERT_EQ(GDALGetOverviewCount(band), 2);

    const std::unique_ptr<void, Close> theirs(
        GDALCreate(GDALGetDriverByName("MEM"), "", 1500, 1100, 1, GDT_UInt16, nullptr));
    const GDALRasterBandH their_band = GDALGetRasterBand(theirs.get(), 1);
    ASSERT_EQ(
        GDALRasterIO(their_band, GF_Write, 0, 0, 1500, 1100, d.cells.data(), 1500, 1100, GDT_UInt16, 0, 0),
        CE_None);
    const int factor = 2;
    ASSERT_EQ(GDALBuildOverviews(theirs.get(), "MODE", 1, &factor, 0, nullptr, nullptr, nullptr), CE_None);
    const std::vector<CellClass> half = cells_of(GDALGetOverview(band, 0));
    EXPECT_EQ(half, cells_of(GDALGetOverview(their_band, 0)));
    EXPECT_EQ(cells_of(GDALGetOverview(band, 1)), halve_classes(half, 750, 550));
  }
}

TEST_F(WriteRaster, ManyClassesTakeTwoBytes) {
  Drawing d = drawing();
  while (d.raster.classes.size() < 400) d.raster.classes.push_back({"x", "#102030"});
  d.cells[0] = 399;
  write_it("a.tif", d);
  const auto file = open("a.tif");
  const GDALRasterBandH band = GDALGetRasterBand(file.get(), 1);
  EXPECT_EQ(GDALGetRasterDataType(band), GDT_UInt16);
  EXPECT_EQ(GDALGetColorEntry(GDALGetRasterColorTable(band), 399)->c3, 0x30);
  EXPECT_STREQ(GDALRATGetValueAsString(GDALGetDefaultRAT(band), 398, 1), "x");
}

TEST_F(WriteRaster, ValuesAreThoseOfTheCells) {
  ValueRaster raster;
  raster.grid = {"EPSG:4326", 44.0, 41.0, 0.5, 3, 2};
  raster.description = "days under a";
  raster.unit = "days";
  const std::vector<float> values{0.0F, 1.5F, kNoValue, 365.25F, 10000.0F, 0.0F};
  write_value_raster(path("a.tif"), raster, values, origin(), Existing::refuse);
  write_value_raster(path("b.tif"), raster, values, origin(), Existing::refuse);
  EXPECT_THAT(listing(), ElementsAre("a.tif", "a.tif.aux.xml", "b.tif", "b.tif.aux.xml"));
  EXPECT_TRUE(bytes("a.tif") == bytes("b.tif"));
  const auto file = open("a.tif");
  ASSERT_NE(file, nullptr);
  EXPECT_STREQ(GDALGetMetadataItem(file.get(), "LAYOUT", "IMAGE_STRUCTURE"), "COG");
  EXPECT_STREQ(GDALGetMetadataItem(file.get(), "marchland", nullptr), to_json(origin()).c_str());
  const GDALRasterBandH band = GDALGetRasterBand(file.get(), 1);
  EXPECT_EQ(GDALGetRasterDataType(band), GDT_Float32);
  EXPECT_STREQ(GDALGetDescription(band), "days under a");
  EXPECT_STREQ(GDALGetRasterUnitType(band), "days");
  EXPECT_EQ(GDALGetRasterNoDataValue(band, nullptr), -1.0);
  EXPECT_STREQ(GDALGetMetadataItem(band, "STATISTICS_MINIMUM", nullptr), "0");
  EXPECT_STREQ(GDALGetMetadataItem(band, "STATISTICS_MAXIMUM", nullptr), "10000");
  std::vector<float> cells(6);
  ASSERT_EQ(GDALRasterIO(band, GF_Read, 0, 0, 3, 2, cells.data(), 3, 2, GDT_Float32, 0, 0), CE_None);
  EXPECT_EQ(cells, values);
}

TEST_F(WriteRaster, RefusesValuesThatAreNone) {
  ValueRaster raster;
  raster.grid = {"EPSG:4326", 44.0, 41.0, 0.5, 2, 1};
  const auto message = [&](const std::vector<float>& values) {
    return error_of([&] { write_value_raster(path("a.tif"), raster, values, origin(), Existing::refuse); });
  };
  for (const float value :
       {-2.0F, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    EXPECT_THAT(message({0.0F, value}), HasSubstr("expected 0 or more"));
  EXPECT_THAT(message({0.0F}), HasSubstr("1 cells for a grid of 2"));
  EXPECT_THAT(listing(), ElementsAre());
}

// Law: cells times their areas give the area of the polygon, up to those on its boundary.
TEST_F(WriteRaster, CountsOfTheFileAgreeWithTheAreas) {
  testing_fixtures::AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((44.1 38.7,47.9 39.2,48.6 41.3,45.2 41.8,44.1 38.7))");
  const Composite composite = builder.build();
  const std::vector<CellClass> classes{0, 1};
  constexpr double kCell = 1000.0;
  const ClassRaster raster{make_grid({44.0, 38.5, 49.0, 42.0}, "EPSG:6933", kCell),
                           "control",
                           {{"no data", "#000000"}, {"a", "#e69f00"}}};
  write_raster(path("a.tif"), raster, classify(composite.plane(), classes, raster.grid), origin(),
               Existing::refuse);
  const auto file = open("a.tif");
  const GDALRasterAttributeTableH table = GDALGetDefaultRAT(GDALGetRasterBand(file.get(), 1));
  const double area = to_square_meters(composite.areas()[1]).value();
  EXPECT_NEAR(GDALRATGetValueAsInt(table, 0, 5) * kCell * kCell / area, 1.0, 2e-3);
}

TEST_F(WriteRaster, TwoRunsGiveEqualBytes) {
  write_it("one.tif", drawing());
  write_it("two.tif", drawing());
  EXPECT_TRUE(bytes("one.tif") == bytes("two.tif"));
  EXPECT_TRUE(bytes("one.tif.aux.xml") == bytes("two.tif.aux.xml"));
  EXPECT_TRUE(bytes("one.qml") == bytes("two.qml"));
}

TEST_F(WriteRaster, TheStyleHasTheClassesAlone) {
  Drawing d = drawing();
  d.raster.classes[1].name = "a & \"b\" <c>";
  while (d.raster.classes.size() < 300) d.raster.classes.push_back({"x", "#102030"});
  write_it("a.tif", d);
  const std::string style = bytes("a.qml");
  EXPECT_THAT(style, HasSubstr("type=\"paletted\""));
  EXPECT_THAT(
      style,
      HasSubstr("value=\"1\" color=\"#e69f00\" alpha=\"255\" label=\"a &amp; &quot;b&quot; &lt;c&gt;\""));
  std::size_t entries = 0;
  for (std::size_t at = 0; (at = style.find("<paletteEntry", at)) != std::string::npos; ++at) ++entries;
  EXPECT_EQ(entries, 299U);
  EXPECT_THAT(style, testing::Not(HasSubstr("value=\"0\"")));
}

// GeoTIFF has no keys for Equal Earth: GDAL keeps the system beside the file.
TEST_F(WriteRaster, ASystemThatGeoTiffCannotHoldIsKept) {
  const RasterGrid grid{"EPSG:8857", 3000000, 5000000, 50000, 3, 2};
  write_value_raster(path("v.tif"), {grid, "days", "days"},
                     std::vector<float>{1.0F, kNoValue, 4.0F, 2.0F, 0.0F, 0.5F}, origin(), Existing::refuse);
  Drawing d = drawing();
  d.raster.grid = grid;
  d.cells = {1, 2, 3, 1, 2, 3};
  write_it("c.tif", d);
  for (const char* name : {"v.tif", "c.tif"}) {
    const auto file = open(name);
    EXPECT_THAT(GDALGetProjectionRef(file.get()), HasSubstr("Equal Earth")) << name;
    double transform[6];
    ASSERT_EQ(GDALGetGeoTransform(file.get(), transform), CE_None);
    EXPECT_THAT(transform, ElementsAre(3000000, 50000, 0.0, 5000000, 0.0, -50000));
  }
  const auto file = open("v.tif");
  const GDALRasterBandH band = GDALGetRasterBand(file.get(), 1);
  EXPECT_STREQ(GDALGetMetadataItem(band, "STATISTICS_MINIMUM", nullptr), "0");
  EXPECT_STREQ(GDALGetMetadataItem(band, "STATISTICS_MAXIMUM", nullptr), "4");
  EXPECT_STREQ(GDALGetMetadataItem(band, "STATISTICS_MEAN", nullptr), "1.5");
  EXPECT_STREQ(GDALGetMetadataItem(file.get(), "LAYOUT", "IMAGE_STRUCTURE"), "COG");
}

TEST_F(WriteRaster, AGroupIsTakenBackWhenOneOfItsFilesCannotBePut) {
  for (const char* late : {"a.tif", "a.xml", "a.qml"}) {
    const auto act = [&] {
      OutputGroup files({path("a.tif"), path("a.xml"), path("a.qml")}, Existing::refuse);
      files.write({"one", "two", "three"});
      write(late, "came meanwhile");
      files.commit();
    };
    EXPECT_THAT(error_of(act), HasSubstr(std::string(late) + ": exists already"));
    EXPECT_EQ(bytes(late), "came meanwhile");
    std::filesystem::remove(path(late));
    EXPECT_THAT(listing(), ElementsAre()) << late;
  }
  // What was overwritten is there again.
  write("a.xml", "old");
  const auto act = [&] {
    OutputGroup files({path("a.tif"), path("a.xml"), path("a.qml")}, Existing::overwrite);
    files.write({"one", "two", "three"});
    std::filesystem::create_directory(path("a.tif"));
    files.commit();
  };
  EXPECT_THAT(error_of(act), HasSubstr("a.tif: cannot be put in place"));
  EXPECT_TRUE(std::filesystem::is_directory(path("a.tif")));
  std::filesystem::remove(path("a.tif"));
  EXPECT_THAT(listing(), ElementsAre("a.xml"));
  EXPECT_EQ(bytes("a.xml"), "old");
  write_file(path("a.xml"), "new", Existing::overwrite);
  EXPECT_THAT(listing(), ElementsAre("a.xml"));
  EXPECT_EQ(bytes("a.xml"), "new");
  OutputGroup files({path("b.tif"), path("b.xml"), path("b.qml")}, Existing::refuse);
  EXPECT_THAT(error_of([&] { files.write({"one", "two"}); }), HasSubstr("2 contents for a group of 3 files"));
}

TEST_F(WriteRaster, AllFilesOrNone) {
  write("a.tif.aux.xml", "mine");
  EXPECT_THAT(error_of([&] { write_it("a.tif", drawing()); }), HasSubstr("a.tif.aux.xml: exists already"));
  EXPECT_THAT(error_of([&] { check_raster_output(path("a.tif"), RasterKind::classes, Existing::refuse); }),
              HasSubstr("a.tif.aux.xml: exists already"));
  EXPECT_THAT(listing(), ElementsAre("a.tif.aux.xml"));
  write("s.qml", "mine");
  EXPECT_THAT(error_of([&] { write_it("s.tif", drawing()); }), HasSubstr("s.qml: exists already"));
  EXPECT_THAT(error_of([&] { check_raster_output(path("s.tif"), RasterKind::classes, Existing::refuse); }),
              HasSubstr("s.qml: exists already"));
  check_raster_output(path("s.tif"), RasterKind::values, Existing::refuse);  // these have no style
  EXPECT_EQ(bytes("s.qml"), "mine");
  std::filesystem::remove(path("s.qml"));
  EXPECT_THAT(listing(), ElementsAre("a.tif.aux.xml"));
  EXPECT_THAT(error_of([&] { write_it("a.png", drawing()); }), HasSubstr("expected the ending .tif"));
  Drawing d = drawing();
  d.cells[3] = 9;
  EXPECT_THAT(error_of([&] { write_it("b.tif", d); }), HasSubstr("there is no class 9"));
  d = drawing();
  d.raster.grid.crs = "EPSG:999999";
  EXPECT_THAT(error_of([&] { write_it("b.tif", d); }), HasSubstr("CRS 'EPSG:999999'"));
  EXPECT_THAT(listing(), ElementsAre("a.tif.aux.xml"));
}

}  // namespace
}  // namespace marchland::test
