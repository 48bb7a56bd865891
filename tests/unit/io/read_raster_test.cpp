#include "tests/unit/io/io_fixture.h"
#include <marchland/io/detail/cf_time.h>
#include <marchland/io/detail/raster_year.h>
#include <marchland/io/read_raster.h>

#include <cpl_string.h>
#include <gdal.h>
#include <ogr_srs_api.h>

#include <cmath>
#include <limits>

namespace marchland::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// ---- years

struct YearCase {
  const char* text;
  std::vector<std::string> years;
};
class Years : public testing::TestWithParam<YearCase> {};
TEST_P(Years, AreThoseThatATextIsOf) {
  EXPECT_EQ(detail::years_in(GetParam().text), GetParam().years);
}
INSTANTIATE_TEST_SUITE_P(
    Titles, Years,
    testing::Values(YearCase{"people_2015", {"2015"}}, YearCase{"", {}}, YearCase{"people", {}},
                    // Editions.
                    YearCase{"GHS_POP_E2020_GLOBE_R2023A_4326_30ss_V1_0", {"2020"}},
                    YearCase{"R2023A_POP_E2020", {"2020"}}, YearCase{"GHS-POP R2023A, epoch 2020", {"2020"}},
                    YearCase{"WorldPop_v2024_ukr_ppp_2020", {"2020"}},
                    YearCase{"Release 2023: 2015", {"2015"}}, YearCase{"Census, version: 2021", {}},
                    YearCase{"grid_epsg2056_2011", {"2011"}},
                    // Marked ones go first.
                    YearCase{"made 2021, epoch: 2010", {"2010"}},
                    YearCase{"year 1999 (published 2003)", {"1999"}},
                    // Several, one of them twice.
                    YearCase{"gpw-v4_rev11_lon_1800_2020", {"1800", "2020"}},
                    YearCase{"2015 to 2020, 2015", {"2015", "2020"}},
                    // Neither parts of longer numbers nor numbers that are no years.
                    YearCase{"pop_20150101_1km", {}}, YearCase{"pop_1km_2015_epsg3035", {"2015"}},
                    YearCase{"tile 1499 2101", {}}, YearCase{"2015-07-02", {"2015"}}));

// ---- dates of netCDF

TEST(CfTime, CountsFromItsReference) {
  using namespace std::chrono;
  const auto at = [](double value, const char* units, const char* calendar = "") {
    const auto instant = detail::instant_of_cf(value, units, calendar);
    return instant ? format_instant(*instant) : std::string("nothing");
  };
  EXPECT_EQ(at(10957, "days since 1970-01-01 00:00:00"), "2000-01-01");
  EXPECT_EQ(at(10957, "days since 1970-1-1", "proleptic_gregorian"), "2000-01-01");
  EXPECT_EQ(at(0.25, "Days since 2000-02-28T12:00:00Z", "gregorian"), "2000-02-28T18:00:00Z");
  EXPECT_EQ(at(24, "hours since 1999-12-31 00:00 UTC"), "2000-01-01");
  EXPECT_EQ(at(-86400, "seconds since 2000-01-02 0:0:0.0"), "2000-01-01");
  EXPECT_EQ(at(1440, "minutes since 1999-12-31"), "2000-01-01");
  for (const char* units : {"months since 2000-01-01", "years since 2000-01-01", "days", "days since then",
                            "days since 2000-01-01 00:00 +05:00", "days since 2000-13-01"}) {
    EXPECT_EQ(at(1, units), "nothing") << units;
  }
  EXPECT_EQ(at(1, "days since 2000-01-01", "360_day"), "nothing");
  EXPECT_EQ(at(1, "days since 2000-01-01", "noleap"), "nothing");
  // The standard calendar is Julian before 1582.
  EXPECT_EQ(at(730120, "days since 0001-01-01"), "nothing");
  EXPECT_EQ(at(730119, "days since 0001-01-01", "proleptic_gregorian"), "2000-01-01");
  EXPECT_EQ(at(1e30, "days since 2000-01-01"), "nothing");
  EXPECT_EQ(at(std::numeric_limits<double>::quiet_NaN(), "days since 2000-01-01"), "nothing");
}

// ---- cells

class ReadRaster : public IoTest {
 protected:
  struct Look {
    std::array<double, 6> transform{0.0, 0.5, 0.0, 1.0, 0.0, -0.5};
    bool has_place = true;
    const char* crs = "EPSG:4326";
    GDALDataType type = GDT_Float64;
    bool is_signed_byte = false;
    std::optional<double> none;
  };
  std::string make(const std::string& name, const std::vector<std::vector<double>>& rows,
                   const Look& look) const {
    GDALAllRegister();
    CPLStringList options;
    if (look.is_signed_byte) options.SetNameValue("PIXELTYPE", "SIGNEDBYTE");
    const int columns = static_cast<int>(rows.front().size());
    GDALDatasetH file = GDALCreate(GDALGetDriverByName("GTiff"), path(name).c_str(), columns,
                                   static_cast<int>(rows.size()), 1, look.type, options.List());
    if (look.has_place) {
      auto transform = look.transform;
      GDALSetGeoTransform(file, transform.data());
    }
    if (look.crs != nullptr) {
      OGRSpatialReferenceH crs = OSRNewSpatialReference(nullptr);
      OSRSetFromUserInput(crs, look.crs);
      GDALSetSpatialRef(file, crs);
      OSRDestroySpatialReference(crs);
    }
    GDALRasterBandH band = GDALGetRasterBand(file, 1);
    if (look.none) GDALSetRasterNoDataValue(band, *look.none);
    int y = 0;
    for (std::vector<double> row : rows) {
      // As bits: GDAL of the day would clamp.
      for (double& value : row) value = look.is_signed_byte && value < 0 ? value + 256 : value;
      EXPECT_EQ(GDALRasterIO(band, GF_Write, 0, y++, columns, 1, row.data(), columns, 1, GDT_Float64, 0, 0),
                CE_None);
    }
    GDALClose(file);
    return path(name);
  }
  std::string make(const std::string& name, const std::vector<std::vector<double>>& rows) const {
    return make(name, rows, Look{});
  }
};

constexpr LonLatBox kAll{0.0, 0.0, 1.5, 1.0};

TEST_F(ReadRaster, RowsFromTheSouthAreTurned) {
  Look look;
  make("north.tif", {{1, 2, 3}, {4, 5, 6}}, look);
  look.transform = {0.0, 0.5, 0.0, 0.0, 0.0, 0.5};
  make("south.tif", {{4, 5, 6}, {1, 2, 3}}, look);
  const auto north = read_values(path("north.tif"), kAll);
  const auto south = read_values(path("south.tif"), kAll);
  EXPECT_THAT(south.cells, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(south.cells, north.cells);
  EXPECT_EQ(south.grid, north.grid);
  EXPECT_TRUE(south.holds_box);
  EXPECT_EQ(read_grid(path("south.tif")), read_grid(path("north.tif")));
  EXPECT_EQ(read_raster(path("south.tif")).cells, read_raster(path("north.tif")).cells);
  // A window that does not begin at the first row.
  const LonLatBox low{0.0, 0.0, 1.5, 0.01};
  look.transform = {0.0, 0.5, 0.0, -2.0, 0.0, 0.5};
  make("tall.tif", {{9, 9, 9}, {9, 9, 9}, {8, 8, 8}, {7, 7, 7}, {4, 5, 6}, {1, 2, 3}}, look);
  const auto part = read_values(path("tall.tif"), low);
  EXPECT_EQ(part.grid.north, 1.0);
  EXPECT_THAT(std::vector<double>(part.cells.begin(), part.cells.begin() + 9),
              ElementsAre(1, 2, 3, 4, 5, 6, 7, 7, 7));
}

// GDAL 3.6 reads -5 as 251, and its mask does not see a no-data value of -128.
TEST_F(ReadRaster, SignedBytesHaveTheirSign) {
  Look look;
  look.type = GDT_Byte;
  look.is_signed_byte = true;
  make("a.tif", {{-128, -5, 0}, {127, -127, -1}}, look);
  EXPECT_THAT(read_values(path("a.tif"), kAll).cells, ElementsAre(-128, -5, 0, 127, -127, -1));
  for (const double none : {-128.0, 128.0}) {  // by its value or by its bits
    look.none = none;
    make("b.tif", {{-128, -5, 0}, {127, -127, -1}}, look);
    const auto read = read_values(path("b.tif"), kAll);
    EXPECT_TRUE(std::isnan(read.cells[0])) << none;
    EXPECT_THAT(std::vector<double>(read.cells.begin() + 1, read.cells.end()),
                ElementsAre(-5, 0, 127, -127, -1));
  }
  look.is_signed_byte = false;
  look.none = 255;
  make("c.tif", {{255, 251, 0}, {128, 1, 2}}, look);
  EXPECT_THAT(read_values(path("c.tif"), kAll).cells, ElementsAre(testing::IsNan(), 251, 0, 128, 1, 2));
}

TEST_F(ReadRaster, SaysWhichOfSystemAndPlaceIsMissing) {
  Look look;
  look.crs = nullptr;
  make("nocrs.tif", {{1, 2, 3}, {4, 5, 6}}, look);
  EXPECT_THAT(error_of([&] { static_cast<void>(read_values(path("nocrs.tif"), kAll)); }),
              testing::AllOf(HasSubstr("failure: "), HasSubstr("nocrs.tif: states no coordinate system"),
                             HasSubstr("--raster-crs"), HasSubstr("gdal_translate -a_srs")));
  EXPECT_THAT(read_values(path("nocrs.tif"), kAll, {"", "EPSG:4326"}).cells, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(read_grid(path("nocrs.tif"), "EPSG:3857").crs, "EPSG:3857");
  EXPECT_THAT(error_of([&] { check_values(path("nocrs.tif"), {"", "EPSG:999999"}); }),
              HasSubstr("nocrs.tif: its CRS 'EPSG:999999': "));
  look.crs = "EPSG:4326";
  look.has_place = false;
  make("nowhere.tif", {{1, 2, 3}, {4, 5, 6}}, look);
  EXPECT_THAT(
      error_of([&] { static_cast<void>(read_grid(path("nowhere.tif"), "EPSG:4326")); }),
      testing::AllOf(HasSubstr("does not say where its cells lie"), HasSubstr("gdal_translate -a_ullr")));
}

TEST_F(ReadRaster, ASystemThatCannotBeUsedIsThatOfTheFile) {
  Look look;
  look.crs = R"(LOCAL_CS["local",UNIT["metre",1]])";
  make("local.tif", {{1, 2, 3}}, look);
  EXPECT_THAT(error_of([&] { static_cast<void>(read_grid(path("local.tif"))); }),
              HasSubstr("local.tif: its CRS"));
}

// Cells about whole degrees: the first and the last column are halves of one another.
TEST_F(ReadRaster, BeyondAWholeTurnColumnsRepeat) {
  Look look;
  look.transform = {-180.5, 1.0, 0.0, 1.0, 0.0, -1.0};
  std::vector<double> row;
  for (int i = 0; i < 361; ++i) row.push_back(i);
  make("nodes.tif", {row}, look);
  const auto read = read_values(path("nodes.tif"), {-180.0, 0.0, 180.0, 1.0});
  EXPECT_EQ(read.grid.columns, 360U);
  EXPECT_EQ(read.repeated_columns, 1U);
  EXPECT_TRUE(read.holds_box);
  EXPECT_EQ(read.cells.back(), 359.0);
  row.pop_back();
  make("once.tif", {row}, look);
  EXPECT_EQ(read_values(path("once.tif"), {-180.0, 0.0, 180.0, 1.0}).repeated_columns, 0U);
  // A width that was rounded is a whole turn.
  look.transform[1] = 1.0000001;
  make("rounded.tif", {row}, look);
  EXPECT_EQ(read_values(path("rounded.tif"), {-180.0, 0.0, 180.0, 1.0}).repeated_columns, 0U);
}

TEST_F(ReadRaster, SeveralYearsAreNone) {
  make("lon_1800_2020.tif", {{1, 2, 3}, {4, 5, 6}});
  const auto several = read_values(path("lon_1800_2020.tif"), kAll);
  EXPECT_EQ(several.year + several.year_from, "");
  EXPECT_THAT(several.years, ElementsAre("1800", "2020"));
  make("pop_v2024_2020.tif", {{1, 2, 3}, {4, 5, 6}});
  const auto one = read_values(path("pop_v2024_2020.tif"), kAll);
  EXPECT_EQ(one.year, "2020");
  EXPECT_EQ(one.year_from, "file name");
  EXPECT_THAT(one.years, ElementsAre());
}

}  // namespace
}  // namespace marchland::test
