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
          {170.0, -20.0, -175.0, -3.0},
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

TEST(Stac, CrsWithoutNumberHasNoCode) {
  StacSeries of_wkt = series();
  for (const char* crs : {"PROJCS[\"x\"]", "+proj=laea +lat_0=40", "epsg:3035", "EPSG:"}) {
    of_wkt.grid.crs = crs;
    EXPECT_TRUE(Json::parse(stac_item(of_wkt, date(false)))["properties"]["proj:code"].is_null()) << crs;
  }
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
