#include <marchland/base/error.h>
#include <marchland/io/stac.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>

namespace marchland {
namespace {

using Json = nlohmann::json;

StacSeries series() {
  return {"test-control",
          "Test: control",
          "Who held each cell",
          "control",
          {{170.0, -20.0, -175.0, -3.0},
           {{{{170.0, -20.0}, {180.0, -20.0}, {180.0, -3.0}, {170.0, -20.0}}},
            {{{-180.0, -20.0}, {-175.0, -3.0}, {-180.0, -3.0}, {-180.0, -20.0}}}}},
          {"EPSG:32760", 500000, 9000000, 1000, 30, 20, 2000},
          {{"no data", "#000000"}, {"a+b", "#0072b2"}}};
}
StacDate date(bool is_open) {
  using namespace std::chrono;
  return {"control-2000-01-01", sys_days(year{2000} / 1 / 1), sys_days(year{2001} / 1 / 1) + 1h, is_open};
}

TEST(Stac, ItemSaysWhereWhenAndWhat) {
  const Json item = Json::parse(stac_item(series(), date(false)));
  EXPECT_EQ(item["stac_version"], "1.1.0");
  EXPECT_EQ(item["geometry"]["type"], "MultiPolygon");  // cut at the antimeridian
  EXPECT_EQ(item["geometry"]["coordinates"][1][0][1], (Json{-175.0, -3.0}));
  EXPECT_EQ(item["bbox"], (Json{170.0, -20.0, -175.0, -3.0}));
  EXPECT_TRUE(item["properties"]["datetime"].is_null());
  EXPECT_EQ(item["properties"]["end_datetime"], "2001-01-01T01:00:00Z");
  EXPECT_EQ(item["properties"]["proj:code"], "EPSG:32760");
  EXPECT_EQ(item["properties"]["proj:shape"], (Json{20, 30}));
  EXPECT_EQ(item["properties"]["proj:transform"], (Json{1000.0, 0.0, 500000.0, 0.0, -2000.0, 9000000.0}));
  const Json& contested = item["assets"]["control"]["classification:classes"][1];
  EXPECT_EQ(contested["name"], "a_b");
  EXPECT_EQ(contested["description"], "a+b");
  EXPECT_EQ(contested["color_hint"], "0072B2");
  EXPECT_EQ(item["assets"]["control"]["href"], "./control-2000-01-01.tif");
}

TEST(Stac, ASystemWithoutANumberStandsInFull) {
  StacSeries other = series();
  for (
      const char* crs :
      {"+proj=laea +lat_0=40 +lon_0=45",
       R"(PROJCS["mine",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Sinusoidal"],PARAMETER["longitude_of_center",45],UNIT["metre",1]])"}) {
    other.grid.crs = crs;
    const Json properties = Json::parse(stac_item(other, date(false)))["properties"];
    EXPECT_TRUE(properties["proj:code"].is_null()) << crs;
    EXPECT_EQ(properties["proj:projjson"]["type"], "ProjectedCRS") << crs;
    EXPECT_THAT(properties["proj:wkt2"].get<std::string>(), testing::StartsWith("PROJCRS[")) << crs;
  }
  for (const char* crs : {"EPSG:3035", "epsg:3035"}) {
    other.grid.crs = crs;
    const Json properties = Json::parse(stac_item(other, date(false)))["properties"];
    EXPECT_EQ(properties["proj:code"], "EPSG:3035");
    EXPECT_FALSE(properties.contains("proj:projjson") || properties.contains("proj:wkt2"));
  }
  other.grid.crs = "OGC:CRS84";
  EXPECT_EQ(Json::parse(stac_item(other, date(false)))["properties"]["proj:code"], "EPSG:4326");
  other.grid.crs = "EPSG:999999";
  EXPECT_THROW(static_cast<void>(stac_item(other, date(false))), InvalidArgument);
}

TEST(Stac, AnOpenEndIsFoundByLaterSearches) {
  const Json open = Json::parse(stac_item(series(), date(true)))["properties"];
  EXPECT_EQ(open["end_datetime"], "9999-12-31T23:59:59Z");
  EXPECT_EQ(open["marchland:open_end"], true);
  EXPECT_EQ(open["marchland:known_until"], "2001-01-01T01:00:00Z");
  EXPECT_FALSE(Json::parse(stac_item(series(), date(false)))["properties"].contains("marchland:known_until"));
}

TEST(Stac, TimesThatItCannotWriteAreRefused) {
  using namespace std::chrono;
  EXPECT_TRUE(is_stac_time(Instant(sys_days(year{0} / 1 / 1))));
  EXPECT_FALSE(is_stac_time(Instant(sys_days(year{0} / 1 / 1)) - seconds(1)));
  EXPECT_FALSE(is_stac_time(Instant(sys_days(year{10000} / 1 / 1))));
  StacDate early = date(false);
  early.from = sys_days(year{-43} / 3 / 15);
  EXPECT_THROW(static_cast<void>(stac_item(series(), early)), InvalidArgument);
  early.from = sys_days(year{43} / 3 / 15);
  EXPECT_EQ(Json::parse(stac_item(series(), early))["properties"]["start_datetime"], "0043-03-15T00:00:00Z");
}

TEST(Stac, CollectionHasTheSourcesLicenceWhereTheyAgree) {
  Provenance provenance;
  provenance.atlas = "test";
  const auto licence = [&](const std::vector<std::string>& licences) {
    provenance.sources.clear();
    for (const std::string& text : licences) {
      provenance.sources.emplace_back();
      provenance.sources.back().id = "s";
      provenance.sources.back().licence = text;
    }
    return Json::parse(stac_collection(series(), {date(false)}, provenance))["license"];
  };
  EXPECT_EQ(licence({"CC-BY-4.0", "CC-BY-4.0"}), "CC-BY-4.0");
  EXPECT_EQ(licence({"CC-BY-4.0", "CC0-1.0"}), "other");
  EXPECT_EQ(licence({"ask the author"}), "other");
  EXPECT_EQ(licence({""}), "other");
  const auto end = [&](bool is_open) {
    return Json::parse(
        stac_collection(series(), {date(is_open)}, provenance))["extent"]["temporal"]["interval"][0][1];
  };
  EXPECT_TRUE(end(true).is_null());
  EXPECT_EQ(end(false), "2001-01-01T01:00:00Z");
}

}  // namespace
}  // namespace marchland
