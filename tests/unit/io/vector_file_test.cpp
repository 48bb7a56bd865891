#include "tests/unit/io/io_fixture.h"
#include <marchland/geometry/wkt.h>
#include <marchland/io/vector_file.h>

#include <gdal_priv.h>
#include <ogrsf_frmts.h>
#include <proj.h>

#include <cmath>

namespace marchland {
namespace {

using test::collection;
using test::error_of;
using test::feature;
using test::polygon;
using test::square;
using test::square_area;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;
using testing::SizeIs;
using testing::StartsWith;

using Value = std::optional<std::string>;

/// One feature of a file that a test writes through GDAL.
struct Record {
  std::string holder;
  std::string wkt;
};

class VectorFile : public test::IoTest {
 protected:
  /// Creates or extends `name`; with `crs` empty it has none. Fields: holder (text), since (date), n
  /// (integer).
  void write_gdal(const char* driver, const std::string& name, const std::vector<Record>& records,
                  const std::string& crs = "EPSG:4326", const std::string& layer_name = "lines",
                  OGRwkbGeometryType type = wkbMultiPolygon) const {
    GDALAllRegister();
    // Drivers warn of geometries that a careful writer would avoid; here they are wanted.
    CPLErrorHandlerPusher quiet(CPLQuietErrorHandler);
    auto* maker = GetGDALDriverManager()->GetDriverByName(driver);
    ASSERT_NE(maker, nullptr) << driver;
    GDALDatasetUniquePtr dataset(std::filesystem::exists(folder_ / name)
                                     ? GDALDataset::Open(path(name).c_str(), GDAL_OF_VECTOR | GDAL_OF_UPDATE)
                                     : maker->Create(path(name).c_str(), 0, 0, 0, GDT_Unknown, nullptr));
    ASSERT_TRUE(dataset);
    OGRSpatialReference srs;
    if (!crs.empty()) {
      ASSERT_EQ(srs.SetFromUserInput(crs.c_str()), OGRERR_NONE);
      srs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
    }
    OGRLayer* layer = dataset->CreateLayer(layer_name.c_str(), crs.empty() ? nullptr : &srs, type, nullptr);
    ASSERT_NE(layer, nullptr);
    OGRFieldDefn holder("holder", OFTString);
    OGRFieldDefn since("since", OFTDate);
    OGRFieldDefn number("n", OFTInteger);
    for (OGRFieldDefn* field : {&holder, &since, &number}) ASSERT_EQ(layer->CreateField(field), OGRERR_NONE);
    for (const Record& record : records) {
      OGRFeature row(layer->GetLayerDefn());
      row.SetField("holder", record.holder.c_str());
      row.SetField("since", 1994, 5, 12);
      row.SetField("n", 7);
      OGRGeometry* geometry = nullptr;
      ASSERT_EQ(OGRGeometryFactory::createFromWkt(record.wkt.c_str(), nullptr, &geometry), OGRERR_NONE)
          << record.wkt;
      row.SetGeometryDirectly(geometry);
      ASSERT_EQ(layer->CreateFeature(&row), OGRERR_NONE);
    }
  }

  [[nodiscard]] VectorTable read_file(const std::string& name, VectorRequest request = {}) const {
    request.dataset = path(name);
    request.name = name;
    return read_vector(request);
  }
  [[nodiscard]] std::string file_error(const std::string& name, const VectorRequest& request = {}) const {
    return error_of([&] { static_cast<void>(read_file(name, request)); });
  }
  [[nodiscard]] std::string geojson_error(const std::string& text, const VectorRequest& request = {}) const {
    write("x.geojson", text);
    return file_error("x.geojson", request);
  }
};

VectorRequest wanting(std::vector<std::string> fields) {
  VectorRequest request;
  request.fields = std::move(fields);
  return request;
}

/// The same set of points: rings may start elsewhere and run the other way.
std::vector<Position> sorted_positions(const MultiPolygon& area) {
  std::vector<Position> positions;
  for (const Polygon& polygon : area) {
    for (const Ring& ring : polygon) positions.insert(positions.end(), ring.begin(), ring.end() - 1);
  }
  std::sort(positions.begin(), positions.end());
  return positions;
}

// ---- formats
// --------------------------------------------------------------------------------------------------

struct Format {
  const char* driver;
  const char* file;
};

class VectorFormat : public VectorFile, public testing::WithParamInterface<Format> {};

TEST_P(VectorFormat, RoundTripsAreasToTheLastBit) {
  // Digits that no format may round: the doubles nearest to seven decimals.
  const std::string wkt =
      "MULTIPOLYGON(((46.1234567 39.7654321,46.2 39.1,47.0000001 40.3,46.1234567 39.7654321)),((50 40,51 "
      "40,51 41,50 40)))";
  write_gdal(GetParam().driver, GetParam().file, {{"a", wkt}, {"b", "MULTIPOLYGON(((1 1,2 1,2 2,1 1)))"}});
  const VectorTable table = read_file(GetParam().file, wanting({"holder"}));
  ASSERT_THAT(table.features, SizeIs(2));
  EXPECT_THAT(table.features[0].values, ElementsAre(Optional(std::string("a"))));
  EXPECT_THAT(table.features[1].values, ElementsAre(Optional(std::string("b"))));
  EXPECT_EQ(sorted_positions(table.features[0].area), sorted_positions(parse_wkt(wkt)));
  EXPECT_EQ(table.transformed_from, "");
  EXPECT_THAT(table.files, testing::Contains(std::filesystem::path(path(GetParam().file))));
}

INSTANTIATE_TEST_SUITE_P(All, VectorFormat,
                         testing::Values(Format{"GPKG", "x.gpkg"}, Format{"ESRI Shapefile", "x.shp"},
                                         Format{"FlatGeobuf", "x.fgb"}, Format{"GeoJSON", "x.geojson"},
                                         Format{"GeoJSONSeq", "x.geojsonl"}, Format{"GML", "x.gml"},
                                         Format{"SQLite", "x.sqlite"}, Format{"LIBKML", "x.kml"}),
                         [](const auto& test) {
                           std::string name = test.param.driver;
                           std::erase(name, ' ');
                           return name;
                         });

TEST_F(VectorFile, ShapefileBringsItsSidecars) {
  write_gdal("ESRI Shapefile", "x.shp", {{"a", "POLYGON((1 1,2 1,2 2,1 1))"}});
  const VectorTable table = read_file("x.shp");
  EXPECT_THAT(table.files, ElementsAre(path("x.dbf"), path("x.prj"), path("x.shp"), path("x.shx")));
}

TEST_F(VectorFile, ShapefileWithoutPrjAsksForItsCoordinateSystem) {
  write_gdal("ESRI Shapefile", "x.shp", {{"a", "POLYGON((1 1,2 1,2 2,1 1))"}}, "");
  EXPECT_THAT(
      file_error("x.shp"),
      StartsWith(
          "invalid data: x.shp: layer 'x': the file states no coordinate system; add crs = \"EPSG:...\""));
  VectorRequest request;
  request.crs = "EPSG:4326";
  EXPECT_EQ(sorted_positions(read_file("x.shp", request).features.at(0).area),
            sorted_positions(parse_wkt("POLYGON((1 1,2 1,2 2,1 1))")));
}

TEST_F(VectorFile, TopoJsonStatesNoCoordinateSystem) {
  write(
      "x.topojson",
      R"({"type":"Topology","objects":{"lines":{"type":"GeometryCollection","geometries":[{"type":"Polygon",)"
      R"("arcs":[[0]],"properties":{"holder":"a"}}]}},"arcs":[[[0,0],[1,0],[1,1],[0,0]]]})");
  EXPECT_THAT(file_error("x.topojson"),
              HasSubstr("x.topojson: layer 'lines': the file states no coordinate system"));
  VectorRequest request = wanting({"holder"});
  request.crs = "EPSG:4326";
  const VectorTable table = read_file("x.topojson", request);
  ASSERT_THAT(table.features, SizeIs(1));
  EXPECT_EQ(table.features[0].area, parse_wkt("POLYGON((0 0,1 0,1 1,0 0))"));
  EXPECT_THAT(table.features[0].values, ElementsAre(Optional(std::string("a"))));
}

TEST_F(VectorFile, GeoPackageLayersAreChosenByName) {
  write_gdal("GPKG", "x.gpkg", {{"a", "POLYGON((1 1,2 1,2 2,1 1))"}}, "EPSG:4326", "line_1994");
  write_gdal("GPKG", "x.gpkg", {{"b", "POLYGON((5 5,6 5,6 6,5 5))"}}, "EPSG:4326", "line_2020");
  EXPECT_EQ(file_error("x.gpkg"),
            "invalid data: x.gpkg: it has several layers (line_1994, line_2020); say which by layer = "
            "\"line_1994\"");
  VectorRequest request = wanting({"holder"});
  request.layer = "line_2020";
  EXPECT_THAT(read_file("x.gpkg", request).features.at(0).values, ElementsAre(Optional(std::string("b"))));
  request.layer = "line_2021";
  EXPECT_EQ(file_error("x.gpkg", request),
            "invalid data: x.gpkg: there is no layer 'line_2021'; did you mean 'line_2020'?; layers: "
            "line_1994, line_2020");
}

TEST_F(VectorFile, ZippedShapefileIsReadThroughVsi) {
  write_gdal("ESRI Shapefile", "x.shp", {{"a", "POLYGON((1 1,2 1,2 2,1 1))"}});
  void* zip = CPLCreateZip(path("x.zip").c_str(), nullptr);
  for (const char* ending : {"shp", "shx", "dbf", "prj"}) {
    std::ifstream in(folder_ / (std::string("x.") + ending), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    CPLCreateFileInZip(zip, (std::string("x.") + ending).c_str(), nullptr);
    CPLWriteFileInZip(zip, bytes.data(), static_cast<int>(bytes.size()));
    CPLCloseFileInZip(zip);
  }
  CPLCloseZip(zip);
  VectorRequest request = wanting({"holder"});
  request.dataset = "/vsizip/" + path("x.zip");
  const VectorTable table = read_vector(request);
  EXPECT_THAT(table.features.at(0).values, ElementsAre(Optional(std::string("a"))));
  EXPECT_THAT(table.files, IsEmpty()) << "the archive is not a file of its own";
}

// ---- values
// ---------------------------------------------------------------------------------------------------

TEST_F(VectorFile, ValuesOfTypedColumnsAreText) {
  write_gdal("GPKG", "x.gpkg", {{"a", "POLYGON((1 1,2 1,2 2,1 1))"}});
  EXPECT_THAT(read_file("x.gpkg", wanting({"since", "n", "fid", "HOLDER"})).features.at(0).values,
              ElementsAre(Optional(std::string("1994-05-12")), Optional(std::string("7")),
                          Optional(std::string("1")), Optional(std::string("a"))));
  VectorRequest all;
  all.fields = std::nullopt;
  EXPECT_THAT(read_file("x.gpkg", all).fields, ElementsAre("holder", "since", "n"));
}

TEST_F(VectorFile, DateTimesKeepTheirZone) {
  // The type of such a column cannot be written through write_gdal.
  write("x.csv", "WKT,since\n\"POLYGON((1 1,2 1,2 2,1 1))\",2020-11-10T00:00:00+03:00\n");
  write("x.csvt", "WKT,DateTime\n");
  VectorRequest request = wanting({"since"});
  request.crs = "EPSG:4326";
  EXPECT_THAT(read_file("x.csv", request).features.at(0).values,
              ElementsAre(Optional(std::string("2020-11-10T00:00:00+03:00"))));
}

TEST_F(VectorFile, LinesOfATableHaveAsManyFieldsAsTheFirst) {
  VectorRequest request = wanting({"name", "lon"});
  request.is_table = true;
  // Decimal commas: the half of the longitude would become the latitude, and the rest be lost.
  write("x.csv", "name,lon,lat\nA,\"30.5\",50\n\"B\nb\",1,2\nC,30,5,50,5\n");
  EXPECT_THAT(file_error("x.csv", request),
              AllOf(HasSubstr("line 5: 5 fields, while the first line has 3"), HasSubstr("into quotes"),
                    HasSubstr("decimal points or separate the fields by semicolons")));
  write("x.csv", "name;lon;lat\nA;30,5;50,5\n");
  EXPECT_THAT(read_file("x.csv", request).features.at(0).values,
              ElementsAre(Optional(std::string("A")), Optional(std::string("30,5"))));
  write("x.csv", "name,lon,lat\nA\n\nB,1,2,,\nC,1\n");
  const VectorTable table = read_file("x.csv", request);
  EXPECT_EQ(table.features.size(), 3U);
  EXPECT_EQ(table.features[0].values[1], std::nullopt);
  EXPECT_EQ(table.uneven_lines.fields, 3U);
  EXPECT_EQ(table.uneven_lines.shorter, 2U);
  EXPECT_EQ(table.uneven_lines.first_shorter, 2U);
  EXPECT_EQ(table.uneven_lines.longer, 1U);
  EXPECT_EQ(table.uneven_lines.first_longer, 4U);
}

TEST_F(VectorFile, AllFieldsOfGeoJsonAreThoseThatAnyFeatureHas) {
  write("x.geojson", collection({feature(R"({"b":"1","a":2})", polygon(square(0, 0))),
                                 feature(R"({"c":true,"a":3.5})", polygon(square(1, 0)))}));
  VectorRequest all;
  all.fields = std::nullopt;
  const VectorTable table = read_file("x.geojson", all);
  EXPECT_THAT(table.fields, ElementsAre("b", "a", "c"));
  EXPECT_THAT(table.features.at(0).values,
              ElementsAre(Optional(std::string("1")), Optional(std::string("2")), std::nullopt));
  EXPECT_THAT(table.features.at(1).values,
              ElementsAre(std::nullopt, Optional(std::string("3.5")), Optional(std::string("true"))));
}

TEST_F(VectorFile, LayersOfGeoJsonAreTheSameHoweverItIsRead) {
  const std::string features = feature("{}", polygon(square(3, 4))) + "," +
                               feature("{}", R"({"type":"LineString","coordinates":[[-2,1],[9,1]]})");
  write("quick.geojson", R"({"type":"FeatureCollection","name":"l","features":[)" + features + "]}");
  // GDAL alone reads what begins with something else than the collection's type.
  write("gdal.txt", R"({"type":"FeatureCollection","name":"l","features":[)" + features + "]}");
  for (const char* name : {"quick.geojson", "gdal.txt"}) {
    const auto layers = list_layers(path(name), name);
    ASSERT_EQ(layers.size(), 1U) << name;
    EXPECT_EQ(layers[0].name, "l");
    EXPECT_TRUE(layers[0].is_geographic);
    EXPECT_FALSE(layers[0].crs.empty());
    EXPECT_THAT(layers[0].extent, ElementsAre(-2.0, 1.0, 9.0, 5.0)) << name;
  }
}

TEST_F(VectorFile, GeoJsonValuesAreTextAndDatesAsWritten) {
  write("x.geojson", collection({feature(R"({"d":"1994","i":-300,"r":1994.0,"h":1.5,"t":true,"n":null})",
                                         polygon(square(0, 0))),
                                 feature(R"({"d":"1994-05-12","i":5})", polygon(square(1, 0)))}));
  const std::vector<std::string> wanted{"d", "i", "r", "h", "t", "n"};
  const VectorTable quick = read_file("x.geojson", wanting(wanted));
  EXPECT_THAT(
      quick.features.at(0).values,
      ElementsAre(Optional(std::string("1994")), Optional(std::string("-300")), Optional(std::string("1994")),
                  Optional(std::string("1.5")), Optional(std::string("true")), std::nullopt));
  EXPECT_THAT(quick.features.at(1).values,
              ElementsAre(Optional(std::string("1994-05-12")), Optional(std::string("5")), std::nullopt,
                          std::nullopt, std::nullopt, std::nullopt));
}

TEST_F(VectorFile, MissingFieldNamesTheNearestAndAll) {
  write("x.geojson", collection({feature(R"({"holder":"a","date":"1994"})", polygon(square(0, 0)))}));
  EXPECT_EQ(file_error("x.geojson", wanting({"holdr"})),
            "invalid data: x.geojson: layer 'x': there is no field 'holdr'; did you mean 'holder'?; fields: "
            "holder, date");
}

TEST_F(VectorFile, WhereFiltersAndNamesWhatItCannotUse) {
  write("x.geojson", collection({feature(R"({"status":1})", polygon(square(0, 0))),
                                 feature(R"({"status":2})", polygon(square(5, 0)))}));
  VectorRequest request;
  request.where = "status = 2";
  const VectorTable table = read_file("x.geojson", request);
  ASSERT_THAT(table.features, SizeIs(1));
  EXPECT_EQ(table.features[0].fid, 1);
  EXPECT_EQ(table.features[0].area, square_area(5, 0));
  request.where = "state = 2";
  EXPECT_THAT(file_error("x.geojson", request),
              AllOf(StartsWith("invalid data: x.geojson: layer 'x': where = \"state = 2\": "),
                    HasSubstr("\"state\""), HasSubstr("fields: status")));
  request.where = "status = ";
  EXPECT_THAT(file_error("x.geojson", request), HasSubstr("where = \"status = \": "));
}

TEST_F(VectorFile, CollectionWithoutFeaturesMissesNoField) {
  write("x.geojson", collection({}));
  VectorRequest request = wanting({"holder"});
  EXPECT_THAT(read_file("x.geojson", request).features, IsEmpty());
  request.where = "holder = 'a'";
  EXPECT_THAT(read_file("x.geojson", request).features, IsEmpty());
}

// ---- coordinate systems
// ---------------------------------------------------------------------------------------

TEST_F(VectorFile, TransformsAsProjDoes) {
  const std::string wkt = "POLYGON((500000 4400000,560000 4400000,560000.25 4470000.5,500000 4400000))";
  write_gdal("GPKG", "x.gpkg", {{"a", wkt}}, "EPSG:32638");
  const VectorTable table = read_file("x.gpkg");
  EXPECT_EQ(table.transformed_from, "EPSG:32638 (WGS 84 / UTM zone 38N)");
  EXPECT_FALSE(table.is_ballpark);
  PJ* transformation = proj_create_crs_to_crs(PJ_DEFAULT_CTX, "EPSG:32638", "OGC:CRS84", nullptr);
  ASSERT_NE(transformation, nullptr);
  const MultiPolygon projected = parse_wkt(wkt);
  const Ring& ring = table.features.at(0).area.at(0).at(0);
  ASSERT_EQ(ring.size(), projected[0][0].size());
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const PJ_COORD expected =
        proj_trans(transformation, PJ_FWD, proj_coord(projected[0][0][i].lon, projected[0][0][i].lat, 0, 0));
    EXPECT_NEAR(ring[i].lon, expected.xy.x, 1e-9);
    EXPECT_NEAR(ring[i].lat, expected.xy.y, 1e-9);
  }
  EXPECT_NEAR(ring[0].lon, 45.0, 1e-9) << "the central meridian of zone 38";
  proj_destroy(transformation);
}

TEST_F(VectorFile, StatedCoordinateSystemWinsAndSaysSo) {
  write("x.geojson", collection({feature("{}", polygon("[[[500000,0],[500001,0],[500001,1],[500000,0]]]"))}));
  EXPECT_THAT(file_error("x.geojson"), HasSubstr("feature 0: ring 1: position 1: longitude 500000"));
  VectorRequest request;
  request.crs = "EPSG:32638";
  const VectorTable table = read_file("x.geojson", request);
  EXPECT_NEAR(table.features.at(0).area.at(0).at(0).at(0).lon, 45.0, 1e-9);
  EXPECT_EQ(table.contradicted_crs, "EPSG:4326 (WGS 84)");
}

TEST_F(VectorFile, CrsMemberOfOldGeoJsonIsObeyed) {
  write("x.geojson",
        collection({feature("{}", polygon("[[[500000,0],[500001,0],[500001,1],[500000,0]]]"))},
                   R"("crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::32638"}},)"));
  EXPECT_NEAR(read_file("x.geojson").features.at(0).area.at(0).at(0).at(0).lon, 45.0, 1e-9);
  write("y.geojson",
        collection({feature("{}", polygon(square(0, 0)))},
                   R"("crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::99999"}},)"));
  EXPECT_THAT(file_error("y.geojson"),
              AllOf(StartsWith("invalid data: y.geojson: "), HasSubstr("crs not found")));
}

TEST_F(VectorFile, LatitudeFirstDataAreTurned) {
  write("x.gml",
        R"(<c xmlns:gml="http://www.opengis.net/gml"><gml:featureMember><f><gml:polygonProperty>)"
        R"(<gml:Polygon srsName="urn:ogc:def:crs:EPSG::4326"><gml:exterior><gml:LinearRing><gml:posList>)"
        R"(39 46 39 47 40 47 39 46</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>)"
        R"(</gml:polygonProperty></f></gml:featureMember></c>)");
  const MultiPolygon expected = parse_wkt("POLYGON((46 39,47 39,47 40,46 39))");
  EXPECT_EQ(read_file("x.gml").features.at(0).area, expected) << "turned by the driver";
  CPLSetThreadLocalConfigOption("GML_INVERT_AXIS_ORDER_IF_LAT_LONG", "NO");
  const VectorTable table = read_file("x.gml");
  CPLSetThreadLocalConfigOption("GML_INVERT_AXIS_ORDER_IF_LAT_LONG", nullptr);
  EXPECT_EQ(table.features.at(0).area, expected) << "turned by us";
}

TEST_F(VectorFile, UnknownCoordinateSystemIsNamed) {
  write("x.geojson", collection({feature("{}", polygon(square(0, 0)))}));
  VectorRequest request;
  request.crs = "EPGS:4326";
  EXPECT_THAT(file_error("x.geojson", request),
              AllOf(HasSubstr("crs = \"EPGS:4326\" is no coordinate system that PROJ knows"),
                    HasSubstr("EPSG:4326")));
}

TEST_F(VectorFile, DatumWithoutKnownTransformationIsBallpark) {
  write("x.geojson", collection({feature("{}", polygon(square(0, 0)))}));
  VectorRequest request;
  request.crs = "+proj=longlat +ellps=krass +no_defs";
  EXPECT_TRUE(read_file("x.geojson", request).is_ballpark);
}

TEST_F(VectorFile, PositionOutsideTheProjectionIsRefused) {
  write_gdal("GPKG", "x.gpkg", {{"a", "POLYGON((1e30 0,1 0,1 1,1e30 0))"}}, "EPSG:32638");
  EXPECT_THAT(file_error("x.gpkg"), AllOf(HasSubstr("x.gpkg: layer 'lines', feature 1: "),
                                          HasSubstr("has no longitude and latitude in EPSG:32638")));
}

// ---- geometries
// -----------------------------------------------------------------------------------------------

TEST_F(VectorFile, CollectionsGiveTheirPolygonsAndPoints) {
  write_gdal("GPKG", "x.gpkg",
             {{"a",
               "GEOMETRYCOLLECTION(POINT(9 9),POLYGON((0 0,1 0,1 1,0 0)),LINESTRING(0 0,1 1),"
               "GEOMETRYCOLLECTION(MULTIPOLYGON(((5 5,6 5,6 6,5 5)))))"}},
             "EPSG:4326", "lines", wkbUnknown);
  const VectorFeature read = read_file("x.gpkg").features.at(0);
  EXPECT_EQ(read.area, parse_wkt("MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))"));
  EXPECT_THAT(read.points, ElementsAre(Position{9, 9}));
  EXPECT_THAT(read.left_out, ElementsAre("Line String"));
}

TEST_F(VectorFile, HeightsAndMeasuresAreDropped) {
  write_gdal("GPKG", "x.gpkg", {{"a", "POLYGON ZM((0 0 5 6,1 0 5 6,1 1 5 6,0 0 5 6))"}}, "EPSG:4326", "lines",
             wkbUnknown);
  const VectorFeature read = read_file("x.gpkg").features.at(0);
  EXPECT_EQ(read.area, parse_wkt("POLYGON((0 0,1 0,1 1,0 0))"));
  EXPECT_TRUE(read.had_heights);
}

TEST_F(VectorFile, CurvesBecomeChords) {
  write_gdal(
      "GPKG", "x.gpkg",
      {{"a", "CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0,1 -1,0 0))"}, {"b", "CURVEPOLYGON((0 0,1 0,1 1,0 0))"}},
      "EPSG:4326", "lines", wkbUnknown);
  const VectorTable table = read_file("x.gpkg");
  EXPECT_TRUE(table.features.at(0).had_curves);
  const Ring& ring = table.features[0].area.at(0).at(0);
  for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
    const double chord = std::hypot(ring[i + 1].lon - ring[i].lon, ring[i + 1].lat - ring[i].lat);
    EXPECT_LT(chord, 2 * std::sin(0.5 * 3.14159265358979 / 180) * (1 + 1e-9)) << "of at most one degree";
  }
  for (const Position& position : ring) EXPECT_NEAR(std::hypot(position.lon - 1.0, position.lat), 1.0, 1e-12);
  EXPECT_FALSE(table.features.at(1).had_curves) << "straight all the same";
}

TEST_F(VectorFile, OpenRingsAreClosedAndLocated) {
  write("x.geojson", collection({feature("{}", polygon("[[[2,3],[4,3],[4,5]]]"))}));
  const VectorFeature read = read_file("x.geojson").features.at(0);
  EXPECT_EQ(read.area, parse_wkt("POLYGON((2 3,4 3,4 5,2 3))"));
  EXPECT_THAT(read.closed_at, ElementsAre(Position{2, 3}));
}

TEST_F(VectorFile, NoGeometryIsSaid) {
  write("x.geojson", collection({feature("{}", "null"), feature("{}", polygon("[]")),
                                 R"({"type":"Feature","properties":{}})"}));
  const VectorTable table = read_file("x.geojson");
  ASSERT_THAT(table.features, SizeIs(3));
  for (const VectorFeature& read : table.features) EXPECT_FALSE(read.has_geometry);
}

// ---- damage
// ---------------------------------------------------------------------------------------------------

struct Damage {
  const char* name;
  std::string geometry;
  std::string expected;  ///< after "x.geojson: layer 'x', feature 1: "
};

class GeoJsonDamage : public VectorFile, public testing::WithParamInterface<Damage> {};

/// Damage must be found on the direct way and on the way through GDAL, which a `where` takes.
TEST_P(GeoJsonDamage, IsFoundAndPlaced) {
  write("x.geojson", collection({feature(R"({"a":1})", polygon(square(0, 0))),
                                 feature(R"({"a":1})", GetParam().geometry)}));
  const std::string expected = "invalid data: x.geojson: layer 'x', feature 1: " + GetParam().expected;
  EXPECT_THAT(file_error("x.geojson"), StartsWith(expected));
  VectorRequest request;
  request.where = "a = 1";
  EXPECT_THAT(file_error("x.geojson", request), StartsWith(expected));
}

INSTANTIATE_TEST_SUITE_P(
    All, GeoJsonDamage,
    testing::ValuesIn(std::vector<Damage>{
        {"TextForNumber", polygon(R"([[[0,"x"],[1,0],[1,1],[0,0]]])"),
         "ring 1: position 1: expected [longitude, latitude] as numbers, found [0,\"x\"]"},
        {"Null", polygon("[[[0,0],[1,null],[1,1],[0,0]]]"),
         "ring 1: position 2: expected [longitude, latitude]"},
        {"OneCoordinate", polygon("[[[0,0],[1,0],[1],[0,0]]]"),
         "ring 1: position 3: expected [longitude, latitude]"},
        {"PolygonNestedAsMulti", polygon("[" + square(0, 0) + "]"),
         "ring 1: position 1: expected [longitude, latitude]"},
        {"MultiNestedAsPolygon", R"({"type":"MultiPolygon","coordinates":)" + square(0, 0) + "}",
         "polygon 1: ring 1: position 1: expected [longitude, latitude] as numbers, found 0"},
        {"OnePolygonOfMany",
         R"({"type":"MultiPolygon","coordinates":[)" + square(0, 0) + ",[[[5,5],[6,null],[6,6],[5,5]]]]}",
         "polygon 2: ring 1: position 2: expected"},
        {"SecondRing", polygon("[[[0,0],[9,0],[9,9],[0,0]],[[1,1],[2,\"q\"],[2,2],[1,1]]]"),
         "ring 2: position 2: expected"},
        {"InCollection",
         R"({"type":"GeometryCollection","geometries":[{"type":"Polygon","coordinates":[[[0]]]}]})",
         "ring 1: position 1: expected"},
        {"NoCoordinates", R"({"type":"Polygon"})", "geometry: it has no 'coordinates'"},
        {"NullCoordinates", R"({"type":"Polygon","coordinates":null})",
         "geometry: coordinates: expected an array, found null"},
        {"NoType", R"({"coordinates":[]})", "geometry: it has no 'type'"},
        {"UnknownType", R"({"type":"Polgyon","coordinates":[]})",
         "geometry: type 'Polgyon' is none of GeoJSON's; did you mean 'Polygon'?"},
        {"NotAnObject", "7", "geometry: expected an object or null, found a number"},
        {"TwoPositions", polygon("[[[0,0],[1,0],[0,0]]]"), "ring 1: 3 positions, a ring needs 4"},
        {"Latitude", polygon("[[[0,0],[1,91],[1,1],[0,0]]]"),
         "ring 1: position 2: latitude 91 lies beyond 90 degrees"},
        {"Longitude", polygon("[[[0,0],[541,1],[1,1],[0,0]]]"), "ring 1: position 2: longitude 541"},
        {"NotANumber", polygon("[[[0,0],[NaN,1],[1,1],[0,0]]]"),
         "ring 1: position 2: (nan, 1) is not a finite number"},
        {"Infinite", polygon("[[[0,0],[1,1],[Infinity,1],[0,0]]]"),
         "ring 1: position 3: (inf, 1) is not a finite number"},
        {"Overflow", polygon("[[[0,0],[1,1],[1e400,1],[0,0]]]"),
         "ring 1: position 3: (inf, 1) is not a finite number"},
        {"PointBeyond", R"({"type":"Point","coordinates":[0,91]})",
         "the point (0, 91) is no longitude and latitude"},
    }),
    [](const auto& test) { return test.param.name; });

TEST_F(VectorFile, FeatureThatIsNoneIsRefused) {
  EXPECT_THAT(geojson_error(collection({"3"})),
              HasSubstr("layer 'x', feature 0: expected an object of type 'Feature'"));
}

TEST_F(VectorFile, RepeatedIdsAreRefused) {
  const std::string twice =
      R"({"type":"Feature","id":3,"properties":{},"geometry":)" + polygon(square(0, 0)) + "}";
  const std::string expected = "layer 'x', feature 3: an earlier feature of the file has the same id";
  EXPECT_THAT(geojson_error(collection({twice, twice})), HasSubstr(expected));
  VectorRequest request;
  request.fields = std::nullopt;
  EXPECT_THAT(geojson_error(collection({twice, twice}), request), HasSubstr(expected));
}

TEST_F(VectorFile, DamagedFilesAreErrorsThatNameTheFile) {
  const std::string whole = collection({feature(R"({"a":1})", polygon(square(0, 0)))});
  EXPECT_THAT(geojson_error(whole.substr(0, whole.size() - 20)),
              AllOf(StartsWith("invalid data: x.geojson: GDAL's GeoJSON driver cannot read it: "),
                    HasSubstr("Unterminated")));
  EXPECT_EQ(geojson_error(""), "invalid data: x.geojson: the file is empty (0 bytes)");
  EXPECT_THAT(geojson_error(std::string("\x00\x01\xff\xfe garbage", 12)),
              StartsWith("invalid data: x.geojson: none of GDAL's vector drivers knows this format"));
  EXPECT_THAT(geojson_error(R"({"type":"FeatureCollection"})"), HasSubstr("Missing 'features' member"));
  write("x.gpkg", std::string("SQLite format 3\0", 16) + std::string(100, '\x07'));
  EXPECT_THAT(file_error("x.gpkg"), StartsWith("invalid data: x.gpkg: "));
  EXPECT_THAT(file_error("absent.geojson"), StartsWith("failure: absent.geojson: no such file"));
}

TEST_F(VectorFile, EveryTruncationIsAnErrorOrAnEmptyRead) {
  const std::string whole = collection({feature(R"({"holder":"a"})", polygon(square(0, 0)))});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THAT(geojson_error(whole.substr(0, length)), StartsWith("invalid data: x.geojson")) << length;
  }
  EXPECT_EQ(geojson_error(whole), "no error");
}

TEST_F(VectorFile, EveryTruncatedGeoPackageIsAnErrorNotACrash) {
  write_gdal("GPKG", "whole.gpkg", {{"a", "POLYGON((1 1,2 1,2 2,1 1))"}});
  std::ifstream in(folder_ / "whole.gpkg", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  ASSERT_GT(bytes.size(), 10000U);
  for (const std::size_t length : {std::size_t{20}, std::size_t{100}, std::size_t{4096}, std::size_t{9000}}) {
    write("x.gpkg", bytes.substr(0, length));
    EXPECT_THAT(file_error("x.gpkg"), AllOf(testing::Not("no error"), HasSubstr("x.gpkg"))) << length;
  }
}

TEST_F(VectorFile, ReadingLeavesNoFileBehind) {
  write(
      "x.gml",
      R"(<c xmlns:gml="http://www.opengis.net/gml"><gml:featureMember><f gml:id="f.1"><gml:polygonProperty>)"
      R"(<gml:Polygon srsName="EPSG:4326"><gml:exterior><gml:LinearRing><gml:posList>0 0 1 0 1 1 0 0)"
      R"(</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:polygonProperty></f>)"
      R"(</gml:featureMember></c>)");
  EXPECT_THAT(read_file("x.gml").features, SizeIs(1));
  std::vector<std::string> there;
  for (const auto& item : std::filesystem::directory_iterator(folder_))
    there.push_back(item.path().filename());
  EXPECT_THAT(there, ElementsAre("x.gml"));
}

TEST_F(VectorFile, NothingIsPrinted) {
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  static_cast<void>(geojson_error(collection({feature("{}", polygon(R"([[["q"]]])"))})));
  static_cast<void>(geojson_error("{\"type\":"));
  static_cast<void>(file_error("absent.gpkg"));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

// ---- the direct way and GDAL agree
// ------------------------------------------------------------------------------

class GeoJsonTwice : public VectorFile, public testing::WithParamInterface<std::string> {};

TEST_P(GeoJsonTwice, DirectlyAndThroughGdal) {
  write("days.geojson", GetParam());
  VectorRequest request = wanting({"h", "n"});
  const VectorTable direct = read_file("days.geojson", request);
  request.where = "1 = 1";
  const VectorTable gdal = read_file("days.geojson", request);
  EXPECT_EQ(direct.layer, gdal.layer);
  ASSERT_EQ(direct.features.size(), gdal.features.size());
  for (std::size_t i = 0; i < direct.features.size(); ++i) {
    EXPECT_EQ(direct.features[i].fid, gdal.features[i].fid);
    EXPECT_EQ(direct.features[i].values, gdal.features[i].values);
    EXPECT_EQ(direct.features[i].area, gdal.features[i].area);
    EXPECT_EQ(direct.features[i].points, gdal.features[i].points);
    EXPECT_EQ(direct.features[i].had_heights, gdal.features[i].had_heights);
    EXPECT_EQ(direct.features[i].has_geometry, gdal.features[i].has_geometry);
    EXPECT_EQ(direct.features[i].left_out, gdal.features[i].left_out);
    EXPECT_EQ(direct.features[i].closed_at, gdal.features[i].closed_at);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Agree, GeoJsonTwice,
    testing::Values(
        collection({feature(R"({"h":"a","n":1})", polygon(square(0, 0))),
                    feature(R"({"h":null,"n":2})", "null")}),
        collection({feature(R"({"h":"1994-05-12","n":1})", polygon(square(0, 0))),
                    feature(R"({"h":"2020-11-10T00:00+03:00","n":2})", polygon(square(5, 0)))}),
        collection({feature(R"({"h":"a","n":1})", polygon(square(0, 0)))}, R"("name":"another",)"),
        collection({feature(R"({"h":"a","n":1.25})", R"({"type":"MultiPolygon","coordinates":[)" +
                                                         square(0, 0) + "," + square(3, 3) + "]}")},
                   R"("crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},)"),
        collection({feature(R"({"h":"ü","n":true})",
                            polygon("[[[0.1,0.2,9],[1e-3,0,9],[1.7976931348623157,1,9]]]"))}),
        collection({R"({"type":"Feature","id":7,"properties":{"h":"a","n":1},"geometry":)" +
                        polygon(square(0, 0)) + "}",
                    R"({"type":"Feature","id":2,"properties":{"h":"b","n":2},"geometry":)" +
                        polygon(square(5, 0)) + "}"}),
        collection({R"({"type":"Feature","id":"q7","properties":{"h":"a","n":1},"geometry":)" +
                    polygon(square(0, 0)) + "}"}),
        collection({feature(
            R"({"h":"a","n":1})",
            R"({"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},)"
            R"({"type":"MultiPoint","coordinates":[[3,4],[5,6]]},{"type":"LineString","coordinates":[[0,0],[1,1]]},)" +
                polygon(square(0, 0)) + "]}")}),
        "\xEF\xBB\xBF" + collection({feature(R"({"h":"a","n":1})", polygon(square(0, 0)))})));

}  // namespace
}  // namespace marchland
