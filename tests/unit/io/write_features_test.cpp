#include "tests/unit/io/io_fixture.h"
#include <marchland/io/markup.h>
#include <marchland/io/vector_file.h>
#include <marchland/io/write_features.h>

#include <gdal.h>
#include <ogr_api.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <csignal>
#include <functional>

namespace marchland::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Instant at(int year, unsigned month, unsigned day) {
  return std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day));
}

class WriteFeatures : public IoTest {
 protected:
  static FeatureSet sample() {
    using enum FeatureField::Type;
    FeatureSet set{"control",
                   "Who held what",
                   {{"actor", text},
                    {"actor_name", text},
                    {"contested", boolean},
                    {"from", instant},
                    {"to", instant},
                    {"days", integer},
                    {"area_m2", real},
                    {"color", text}},
                   {}};
    set.features.push_back({{std::string("a"),
                             std::string("Ärm \"x\", <y> & z"),
                             false,
                             at(1994, 5, 12),
                             {},
                             std::int64_t{9'000'000'000},
                             0.1,
                             std::string("#e69f00")},
                            MultiPolygon{{{{0, 0}, {4, 0}, {4, 4.1234567}, {0, 4}, {0, 0}},
                                          {{1, 1}, {1, 2}, {2, 2}, {2, 1}, {1, 1}}}}});
    set.features.push_back(
        {{std::string("b"), {}, true, {}, at(2020, 11, 9) + std::chrono::hours(21), {}, {}, {}},
         MultiPolygon{{{{4, 0}, {6, 0}, {6, 4}, {4, 0}}}}});
    return set;
  }
  static FeatureSet lines() {
    return {"line",
            "Line of contact",
            {{"length_m", FeatureField::Type::real}},
            {{{12.5}, MultiLine{{{4, 0}, {4, 4.1234567}}, {{1, 1.00000004}, {1, 2}}}}}};
  }
  static Provenance origin() {
    Provenance provenance;
    provenance.atlas = "test";
    provenance.title = "A test's title";
    provenance.checksum = "abc";
    provenance.method = "lonlat";
    provenance.sources.push_back({"s", "Source", "", "CC0", "", ""});
    provenance.disclaimer = "Not to scale";
    provenance.extra.emplace_back("command", "test");
    return provenance;
  }
  std::string write_sets(const std::string& name, const std::vector<FeatureSet>& sets) const {
    write_features(path(name), sets, origin(), Existing::refuse);
    return path(name);
  }
  /// As "name=value" by feature, "-" for null.
  [[nodiscard]] static std::vector<std::string> rows(const std::string& file, const std::string& layer = "") {
    const VectorTable table = read_vector({file, "", layer, "", "", std::nullopt});
    std::vector<std::string> out;
    for (const VectorFeature& feature : table.features) {
      std::string row;
      for (std::size_t i = 0; i < table.fields.size(); ++i)
        row += table.fields[i] + "=" + feature.values[i].value_or("-") + " ";
      out.push_back(row);
    }
    return out;
  }
  [[nodiscard]] static std::vector<MultiPolygon> areas(const std::string& file, const std::string& layer = "",
                                                       const std::string& crs = "") {
    std::vector<MultiPolygon> out;
    for (const VectorFeature& feature : read_vector({file, "", layer, "", crs}).features) {
      MultiPolygon area = feature.area;
      // Shapefiles begin rings where they like and turn them the other way.
      for (Polygon& polygon : area) {
        for (Ring& ring : polygon) {
          ring.pop_back();
          std::sort(ring.begin(), ring.end());
        }
      }
      out.push_back(std::move(area));
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  [[nodiscard]] static std::vector<MultiPolygon> sample_areas() {
    std::vector<MultiPolygon> out;
    for (const Feature& feature : sample().features) {
      MultiPolygon area = std::get<MultiPolygon>(feature.geometry);
      for (Polygon& polygon : area) {
        for (Ring& ring : polygon) {
          ring.pop_back();
          std::sort(ring.begin(), ring.end());
        }
      }
      out.push_back(std::move(area));
    }
    std::sort(out.begin(), out.end());
    return out;
  }
};

TEST_F(WriteFeatures, GeoJsonIsWhatRfc7946Says) {
  EXPECT_EQ(
      bytes(write_sets("a.geojson", {sample()})),
      "{\"type\":\"FeatureCollection\",\"name\":\"control\",\n"
      "\"bbox\":[0,0,6,4.1234567],\n"
      "\"marchland\":{\"atlas\":\"test\",\"title\":\"A test's "
      "title\",\"checksum\":\"abc\",\"method\":\"lonlat\","
      "\"grid\":\"1e-7 degree\",\"sources\":[{\"id\":\"s\",\"title\":\"Source\",\"licence\":\"CC0\"}],"
      "\"disclaimer\":\"Not to scale\",\"command\":\"test\"},\n"
      "\"features\":[\n"
      "{\"type\":\"Feature\",\"properties\":{\"actor\":\"a\",\"actor_name\":\"Ärm \\\"x\\\", <y> & z\","
      "\"contested\":false,\"from\":\"1994-05-12T00:00:00Z\",\"to\":null,\"days\":9000000000,\"area_m2\":0.1,"
      "\"color\":\"#e69f00\"},\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":"
      "[[[[0,0],[4,0],[4,4.1234567],[0,4],[0,0]],[[1,1],[1,2],[2,2],[2,1],[1,1]]]]}},\n"
      "{\"type\":\"Feature\",\"properties\":{\"actor\":\"b\",\"actor_name\":null,\"contested\":true,\"from\":"
      "null,"
      "\"to\":\"2020-11-09T21:00:00Z\",\"days\":null,\"area_m2\":null,\"color\":null},"
      "\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":[[[[4,0],[6,0],[6,4],[4,0]]]]}}\n"
      "]}\n");
  EXPECT_EQ(areas(path("a.geojson")), sample_areas());
}

TEST_F(WriteFeatures, SeveralSetsInOneGeoJsonNameTheirLayer) {
  const std::string text = bytes(write_sets("a.json", {sample(), lines()}));
  EXPECT_THAT(text, Not(HasSubstr("\"name\":\"control\"")));
  EXPECT_THAT(text, HasSubstr(R"({"layer":"control","actor":"a")"));
  // Seven decimals at most.
  EXPECT_THAT(
      text,
      HasSubstr(R"({"layer":"line","length_m":12.5},"geometry":{"type":"MultiLineString","coordinates":)"
                R"([[[4,0],[4,4.1234567]],[[1,1],[1,2]]]})"));
}

TEST_F(WriteFeatures, BboxCrossesTheAntimeridianWhereTheDataDoes) {
  FeatureSet set{"fiji", "", {}, {}};
  set.features.push_back({{},
                          MultiPolygon{{{{-180, -18}, {-178, -18}, {-178, -16}, {-180, -16}, {-180, -18}}},
                                       {{{177, -18}, {180, -18}, {180, -16}, {177, -16}, {177, -18}}}}});
  EXPECT_THAT(bytes(write_sets("fiji.geojson", {set})), HasSubstr("\"bbox\":[177,-18,-178,-16]"));
  // Not for the sake of a narrow gap elsewhere.
  set.features.push_back({{}, MultiPolygon{{{{-170, -50}, {170, -50}, {170, 50}, {-170, -50}}}}});
  EXPECT_THAT(bytes(write_sets("most.geojson", {set})), HasSubstr("\"bbox\":[-180,-50,180,50]"));
  FeatureSet world{"world", "", {}, {}};
  world.features.push_back(
      {{}, MultiPolygon{{{{-180, -90}, {180, -90}, {180, 90}, {-180, 90}, {-180, -90}}}}});
  EXPECT_THAT(bytes(write_sets("world.geojson", {world})), HasSubstr("\"bbox\":[-180,-90,180,90]"));
}

TEST_F(WriteFeatures, EmptyGeometryIsNull) {
  FeatureSet set{"none", "", {}, {{{}, MultiPolygon{}}}};
  EXPECT_THAT(bytes(write_sets("none.geojson", {set})), HasSubstr("\"geometry\":null"));
  EXPECT_THAT(bytes("none.geojson"), Not(HasSubstr("bbox")));
  write_sets("none.gpkg", {set});
  EXPECT_FALSE(read_vector({path("none.gpkg"), "", "none", "", ""}).features.front().has_geometry);
}

TEST_F(WriteFeatures, LinesOfGeoJson) {
  const std::string text = bytes(write_sets("a.geojsonl", {sample()}));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  EXPECT_THAT(text, StartsWith(R"({"type":"Feature","properties":{"actor":"a")"));
  EXPECT_EQ(areas(path("a.geojsonl")), sample_areas());
}

TEST_F(WriteFeatures, SequenceOfTextsIsWhatRfc8142Says) {
  std::string lines = bytes(write_sets("a.geojsonl", {sample()}));
  const std::string sequence = bytes(write_sets("a.geojsons", {sample()}));
  EXPECT_EQ(std::count(sequence.begin(), sequence.end(), '\x1e'), 2);
  lines.insert(lines.find('\n') + 1, 1, '\x1e');
  EXPECT_EQ(sequence, '\x1e' + lines);
  EXPECT_EQ(areas(path("a.geojsons")), sample_areas());
}

TEST_F(WriteFeatures, TopoJsonHasSharedLinesOnce) {
  // Two triangles that share an edge of one vertex, b's with an island in it; a line along that edge.
  FeatureSet ground{"ground", "", {{"actor", FeatureField::Type::text}}, {}};
  ground.features.push_back({{std::string("a")}, MultiPolygon{{{{0, 0}, {4, 0}, {4, 2}, {4, 4}, {0, 0}}}}});
  ground.features.push_back(
      {{std::string("b")},
       MultiPolygon{{{{4, 0}, {9, 0.5}, {4, 4}, {4, 2}, {4, 0}}, {{5, 1}, {5, 2}, {6, 1}, {5, 1}}}}});
  ground.features.push_back({{std::string("c")}, MultiPolygon{{{{5, 1}, {6, 1}, {5, 2}, {5, 1}}}}});
  ground.features.push_back({{std::string("d")}, MultiPolygon{}});
  const FeatureSet border{"border", "", {}, {{{}, MultiLine{{{4, 4}, {4, 2}, {4, 0}}}}}};
  const std::string text = bytes(write_sets("a.topojson", {ground, border}));
  EXPECT_THAT(text, StartsWith("{\"type\":\"Topology\",\"bbox\":[0,0,9,4],\n"
                               "\"transform\":{\"scale\":[0.1,0.1],\"translate\":[0,0]},\n\"marchland\":{"));
  EXPECT_THAT(text,
              HasSubstr("\"ground\":{\"type\":\"GeometryCollection\",\"geometries\":[\n"
                        R"({"type":"MultiPolygon","arcs":[[[0,1]]],"properties":{"actor":"a"}},)"
                        "\n"
                        R"({"type":"MultiPolygon","arcs":[[[-1,2],[3]]],"properties":{"actor":"b"}},)"));
  EXPECT_THAT(text, HasSubstr(R"({"type":"MultiPolygon","arcs":[[[-4]]],"properties":{"actor":"c"}})"));
  EXPECT_THAT(text, HasSubstr(R"({"type":null,"properties":{"actor":"d"}})"));
  EXPECT_THAT(text, HasSubstr(R"({"type":"MultiLineString","arcs":[[0]],"properties":{}})"));
  EXPECT_THAT(text, HasSubstr("\"arcs\":[\n[[40,40],[0,-20],[0,-20]],\n[[40,0],[-40,0],[40,40]],\n"
                              "[[40,40],[50,-35],[-50,-5]],\n[[50,10],[10,0],[-10,10],[0,-10]]\n]}\n"));
  // The same in degrees.
  write_features(path("b.topojson"), {ground, border}, origin(), Existing::refuse, {.is_quantised = false});
  const std::string degrees = bytes("b.topojson");
  EXPECT_THAT(degrees, Not(HasSubstr("transform")));
  EXPECT_THAT(degrees, HasSubstr("[9,0.5]"));
  for (const char* name : {"a.topojson", "b.topojson"}) {
    std::vector<MultiPolygon> expected;
    for (const Feature& feature : ground.features) {
      MultiPolygon area = std::get<MultiPolygon>(feature.geometry);
      for (Polygon& polygon : area) {
        for (Ring& ring : polygon) {
          ring.pop_back();
          std::sort(ring.begin(), ring.end());
        }
      }
      // GDAL passes over features without geometry.
      if (!area.empty()) expected.push_back(std::move(area));
    }
    std::sort(expected.begin(), expected.end());
    // The format has one system, and GDAL says none.
    EXPECT_EQ(areas(path(name), "ground", "EPSG:4326"), expected) << name;
  }
}

TEST_F(WriteFeatures, DatabasesAreNamedWithoutTheirPassword) {
  EXPECT_EQ(shown_name("PG:dbname=a password=secret user=b"), "PG:dbname=a password=*** user=b");
  EXPECT_EQ(shown_name("PG:password = 'se\\'cret x' dbname=a"), "PG:password = *** dbname=a");
  EXPECT_EQ(shown_name("PG:dbname=a sslpassword=s,e;c&ret\\ x user=b"), "PG:dbname=a sslpassword=*** user=b");
  EXPECT_EQ(shown_name("PG:postgresql://u:secret@h:5432/db?sslmode=require"),
            "PG:postgresql://u:***@h:5432/db?sslmode=require");
  EXPECT_EQ(shown_name("PG:postgres://u:se@cr?et@h/db?a=b&password=secret&c=d@e"),
            "PG:postgres://u:***@h/db?a=b&password=***&c=d@e");
  EXPECT_EQ(shown_name("PG:postgresql://u:se/cret@h/db"), "PG:postgresql://u:***@h/db");
  EXPECT_EQ(shown_name("PG:postgresql://h:5432/db?application_name=a@b"),
            "PG:postgresql://h:5432/db?application_name=a@b");
  EXPECT_EQ(shown_name("PG:postgresql://u@h:5432/db"), "PG:postgresql://u@h:5432/db");
  EXPECT_EQ(shown_name("a/password=b.gpkg"), "a/password=b.gpkg");
  EXPECT_THAT(error_of([&] { check_feature_output("postgresql://u:secret@h/db", 1, Existing::refuse); }),
              HasSubstr("postgresql://u:***@h/db: no format"));
  const std::string refusal = error_of([&] {
    check_feature_output("PG:host=" + path("nowhere") + " dbname=a password=secret", 1, Existing::refuse);
  });
  EXPECT_THAT(refusal, HasSubstr("password=***: the database cannot be opened"));
  EXPECT_THAT(refusal, Not(HasSubstr("secret")));
}

const char* const kTypedRows[] = {
    "actor=a actor_name=Ärm \"x\", <y> & z contested=false from=1994-05-12T00:00:00+00:00 to=- "
    "days=9000000000 "
    "area_m2=0.1 "
    "color=#e69f00 ",
    "actor=b actor_name=- contested=true from=- to=2020-11-09T21:00:00+00:00 days=- area_m2=- color=- "};

TEST_F(WriteFeatures, GeoPackageHasALayerPerSetAndItsProvenance) {
  write_sets("a.gpkg", {sample(), lines()});
  EXPECT_EQ(areas(path("a.gpkg"), "control"), sample_areas());
  EXPECT_THAT(rows(path("a.gpkg"), "control"), ElementsAre(kTypedRows[0], kTypedRows[1]));
  GDALAllRegister();
  const GDALDatasetH file = GDALOpenEx(path("a.gpkg").c_str(), GDAL_OF_VECTOR, nullptr, nullptr, nullptr);
  ASSERT_NE(file, nullptr);
  const auto ask = [&](const char* sql) {
    const OGRLayerH answer = GDALDatasetExecuteSQL(file, sql, nullptr, nullptr);
    if (answer == nullptr) return std::string("no such table");
    const OGRFeatureH row = OGR_L_GetNextFeature(answer);
    std::string text = row == nullptr ? "no row" : OGR_F_GetFieldAsString(row, 0);
    OGR_F_Destroy(row);
    GDALDatasetReleaseResultSet(file, answer);
    return text;
  };
  EXPECT_EQ(ask("SELECT metadata FROM gpkg_metadata WHERE mime_type = 'application/json'"),
            to_json(origin()));
  EXPECT_EQ(ask("SELECT count(*) FROM gpkg_metadata_reference"), "1");
  EXPECT_EQ(ask("SELECT count(*) FROM gpkg_extensions WHERE extension_name = 'gpkg_metadata'"), "2");
  EXPECT_EQ(ask("SELECT count(*) FROM rtree_control_geom"), "2");
  EXPECT_EQ(ask("SELECT identifier FROM gpkg_contents WHERE table_name = 'line'"), "Line of contact");
  EXPECT_EQ(ask("SELECT f_table_name FROM layer_styles"), "control");
  EXPECT_THAT(ask("SELECT styleQML FROM layer_styles"),
              testing::AllOf(HasSubstr(R"(value="a" label="Ärm &quot;x&quot;, &lt;y&gt; &amp; z")"),
                             HasSubstr("230,159,0,255")));
  EXPECT_EQ(ask("SELECT count(*) FROM gpkg_contents WHERE last_change <> '1970-01-01T00:00:00.000Z'"), "0");
  EXPECT_EQ(ask("PRAGMA integrity_check"), "ok");
  GDALClose(file);
}

TEST_F(WriteFeatures, GeoPackageIsStyledByTheFieldThatColoursGoBy) {
  using enum FeatureField::Type;
  FeatureSet set{"compare", "", {{"agreement", text}, {"color", text}}, {}, "agreement"};
  const MultiPolygon ground{{{{0, 0}, {1, 0}, {0, 1}, {0, 0}}}};
  for (const auto& [agreement, color] : {std::pair("same", "#cccccc"), std::pair("different", "#d55e00")})
    set.features.push_back({{std::string(agreement), std::string(color)}, ground});
  write_sets("styled.gpkg", {set});
  EXPECT_THAT(bytes("styled.gpkg"),
              testing::AllOf(HasSubstr(R"(attr="agreement")"), HasSubstr(R"(value="same" label="same")"),
                             HasSubstr(R"(value="different" label="different")"), HasSubstr("213,94,0,255")));
}

TEST(Markup, NothingBecomesMarkupAndWhatXmlCannotWriteIsLeftOut) {
  EXPECT_EQ(escape_markup(R"(<a b="c" d='e'> & f)"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt; &amp; f");
  EXPECT_EQ(escape_markup("a\x01\x0b\x1f\tb\r\nc\x7f"), "a\tb\r\nc\x7f");
  EXPECT_EQ(escape_markup(std::string_view("a\0b", 3)), "ab");
  // U+FFFE and U+FFFF are no characters of XML; U+FFFD and what merely begins alike are.
  EXPECT_EQ(escape_markup("a\xef\xbf\xbe"
                          "b\xef\xbf\xbf"
                          "c\xef\xbf\xbd\xef\xbf"),
            "abc\xef\xbf\xbd\xef\xbf");
}

TEST_F(WriteFeatures, FlatGeobufReadsBack) {
  write_sets("a.fgb", {sample()});
  EXPECT_EQ(areas(path("a.fgb")), sample_areas());
  EXPECT_THAT(rows(path("a.fgb")), testing::UnorderedElementsAre(kTypedRows[0], kTypedRows[1]));
}

TEST_F(WriteFeatures, ShapefileReadsBackFromItsArchive) {
  for (const char* name : {"a.shz", "b.shp.zip"}) {
    write_sets(name, {sample()});
    const std::string dataset = "/vsizip/{" + path(name) + "}/control.shp";
    EXPECT_EQ(areas(dataset), sample_areas());
    EXPECT_THAT(rows(dataset).front(), testing::AllOf(HasSubstr("actor=a actor_name=Ärm"),
                                                      HasSubstr("from=1994-05-12T00:00:00Z to=-")));
    EXPECT_THAT(bytes(name), HasSubstr("marchland.json"));
  }
  FeatureSet set = sample();
  set.features[0].values[1] = std::string(300, 'x');
  EXPECT_THAT(error_of([&] { write_sets("c.shz", {set}); }),
              HasSubstr("c.shz: field 'actor_name': a text of 300 bytes, a shapefile has room for 254"));
}

TEST_F(WriteFeatures, KmlHasTimeSpans) {
  const std::string text = bytes(write_sets("a.kml", {sample(), lines()}));
  EXPECT_THAT(
      text, HasSubstr("<name>Ärm &quot;x&quot;, &lt;y&gt; &amp; z</name><TimeSpan><begin>1994-05-12T00:00:00Z"
                      "</begin></TimeSpan><Style><LineStyle><color>ff009fe6</color>"));
  EXPECT_THAT(text, HasSubstr("<TimeSpan><end>2020-11-09T21:00:00Z</end></TimeSpan>"));
  EXPECT_THAT(text, HasSubstr("<innerBoundaryIs><LinearRing><coordinates>1,1 1,2 2,2 2,1 1,1</coordinates>"));
  EXPECT_EQ(areas(path("a.kml"), "Who held what"), sample_areas());
}

TEST_F(WriteFeatures, CsvHasWkt) {
  const std::string text = bytes(write_sets("a.csv", {sample()}));
  EXPECT_THAT(text,
              StartsWith("actor,actor_name,contested,from,to,days,area_m2,color,wkt\n"
                         "a,\"Ärm \"\"x\"\", <y> & z\",false,1994-05-12T00:00:00Z,,9000000000,0.1,#e69f00,"
                         "\"MULTIPOLYGON (((0 0,4 0,4 4.1234567,0 4,0 0),(1 1,1 2,2 2,2 1,1 1)))\"\n"));
}

TEST_F(WriteFeatures, CsvHasItsColumnsAndProvenanceBesideIt) {
  FeatureSet set = sample();
  set.title.clear();
  write_sets("a b.csv", {set});
  EXPECT_THAT(listing(), ElementsAre("a b.csv", "a b.csv-metadata.json"));
  const auto column = [](const std::string& name, const std::string& type) {
    return "      {\n        \"name\": \"" + name + "\",\n        \"titles\": \"" + name +
           "\",\n        \"datatype\": \"" + type + "\"\n      }";
  };
  const std::string text = bytes("a b.csv-metadata.json");
  EXPECT_THAT(text,
              StartsWith("{\n  \"@context\": \"http://www.w3.org/ns/csvw\",\n  \"url\": \"a%20b.csv\",\n"
                         "  \"dc:title\": \"control\",\n  \"tableSchema\": {\n    \"columns\": [\n" +
                         column("actor", "string") + ",\n" + column("actor_name", "string") + ",\n" +
                         column("contested", "boolean") + ",\n" + column("from", "dateTimeStamp") + ",\n" +
                         column("to", "dateTimeStamp") + ",\n" + column("days", "integer") + ",\n" +
                         column("area_m2", "double") + ",\n" + column("color", "string") + ",\n"));
  EXPECT_THAT(text, HasSubstr("geosparql#wktLiteral"));
  EXPECT_THAT(text, HasSubstr("  \"marchland\": {\n    \"atlas\": \"test\","));
}

TEST_F(WriteFeatures, FormatsWithoutRoomHaveTheirProvenanceBesideThem) {
  for (const std::string ending : {"geojsonl", "geojsons", "fgb"}) {
    write_sets("a." + ending, {sample()});
    EXPECT_EQ(bytes("a." + ending + "-metadata.json"), to_json(origin()) + "\n");
  }
}

TEST_F(WriteFeatures, FileAndMetadataAppearBothOrNeither) {
  write("a.csv-metadata.json", "mine");
  for (const auto& act :
       {std::function<void()>([&] { write_sets("a.csv", {sample()}); }),
        std::function<void()>([&] { check_feature_output(path("a.csv"), 1, Existing::refuse); })})
    EXPECT_THAT(error_of(act), HasSubstr("a.csv-metadata.json: exists already"));
  EXPECT_THAT(listing(), ElementsAre("a.csv-metadata.json"));
  EXPECT_EQ(bytes("a.csv-metadata.json"), "mine");
  write_features(path("a.csv"), {sample()}, origin(), Existing::overwrite);
  EXPECT_THAT(listing(), ElementsAre("a.csv", "a.csv-metadata.json"));
  EXPECT_THAT(bytes("a.csv-metadata.json"), HasSubstr("csvw"));
}

TEST_F(WriteFeatures, APairIsTakenBackWhenItsSecondFileCannotBePut) {
  OutputPair files(path("a.txt"), path("a.json"), Existing::refuse);
  files.write("one", "two");
  write("a.txt", "came meanwhile");
  EXPECT_THAT(error_of([&] { files.commit(); }), HasSubstr("a.txt: exists already"));
  EXPECT_FALSE(std::filesystem::exists(path("a.json")));
  EXPECT_EQ(bytes("a.txt"), "came meanwhile");
}

TEST_F(WriteFeatures, YearsThatNoDriverKeepsBecomeTextAndAreTold) {
  using enum FeatureField::Type;
  FeatureSet set{"old", "", {{"from", instant}, {"to", instant}}, {}};
  set.features.push_back(
      {{at(-300, 1, 1), at(9999, 12, 31)}, MultiPolygon{{{{0, 0}, {1, 0}, {0, 1}, {0, 0}}}}});
  Provenance provenance = origin();
  Provenance::StatementNote statement;
  statement.id = "x";
  statement.to = at(10000, 1, 1);
  provenance.statements.push_back(statement);
  const auto told = [&](const std::string& name) {
    return write_features(path(name), {set}, provenance, Existing::refuse);
  };
  EXPECT_THAT(told("old.gpkg"), ElementsAre("old.from", "statements.to"));
  EXPECT_THAT(rows(path("old.gpkg"), "old"),
              ElementsAre("from=-0300-01-01T00:00:00Z to=9999-12-31T00:00:00+00:00 "));
  EXPECT_THAT(bytes("old.gpkg"), HasSubstr(R"("dates_as_text":"old.from, statements.to")"));
  EXPECT_THAT(told("old.fgb"), ElementsAre("old.from"));
  EXPECT_THAT(bytes("old.fgb-metadata.json"), HasSubstr(R"("dates_as_text":"old.from")"));
  // Text for all, or room for all: nothing is otherwise than documented.
  for (const char* name : {"old.geojson", "old.parquet", "old.kml", "old.shz", "old.csv", "old.topojson"})
    EXPECT_THAT(told(name), testing::IsEmpty()) << name;
}

TEST_F(WriteFeatures, FormatsHaveOneNameWhateverTheEnding) {
  EXPECT_EQ(feature_format("a.json"), "geojson");
  EXPECT_EQ(feature_format("a.GeoJSON"), "geojson");
  EXPECT_EQ(feature_format("a.shp.ZIP"), "shz");
  EXPECT_EQ(feature_format("PG:dbname=a"), "postgis");
  EXPECT_THAT(feature_formats(), ElementsAre("geojson", "topojson", "geojsonl", "geojsons", "gpkg", "fgb",
                                             "parquet", "kml", "shz", "csv", "postgis"));
}

TEST_F(WriteFeatures, TwoRunsGiveEqualBytes) {
  for (const std::string ending :
       {"geojson", "geojsonl", "topojson", "fgb", "parquet", "kml", "csv", "gpkg"}) {
    write_sets("one." + ending, {sample()});
    write_sets("two." + ending, {sample()});
    EXPECT_TRUE(bytes("one." + ending) == bytes("two." + ending)) << ending;
  }
}

TEST_F(WriteFeatures, RefusesWithAdviceAndLeavesNothing) {
  EXPECT_EQ(
      error_of([&] { write_sets("a.xyz", {sample()}); }),
      "invalid argument: " + path("a.xyz") +
          ": no format has that ending; expected one of .geojson .topojson .json .geojsonl .geojsons .gpkg "
          ".fgb .parquet .kml .shz .shp.zip .csv, or PG: and a connection");
  EXPECT_THAT(error_of([&] { write_sets("a.shp", {sample()}); }), HasSubstr("choose .shz"));
  EXPECT_THAT(error_of([&] { write_sets("a.fgb", {sample(), lines()}); }),
              HasSubstr("a .fgb file holds one layer, there are 2; choose .gpkg, .geojson or .kml"));
  FeatureSet set = sample();
  set.features[1].values[5] = std::string("many");
  EXPECT_THAT(error_of([&] { write_sets("a.geojson", {set}); }),
              HasSubstr("feature set 'control': feature 2: the value of 'days' is not of its field's type"));
  set = sample();
  set.features[1].geometry = MultiLine{};
  EXPECT_THAT(error_of([&] { write_sets("a.geojson", {set}); }),
              HasSubstr("expected all polygons or all lines"));
  set = sample();
  set.fields[1].name = "ACTOR";
  EXPECT_THAT(error_of([&] { write_sets("a.gpkg", {set}); }), HasSubstr("the field name 'ACTOR' is taken"));
  EXPECT_THAT(error_of([&] { write_sets("none/a.gpkg", {sample()}); }),
              HasSubstr("its folder does not exist"));
  EXPECT_THAT(listing(), ElementsAre());
  write("a.geojson", "mine");
  EXPECT_THAT(error_of([&] { write_sets("a.geojson", {sample()}); }), HasSubstr("exists already"));
  EXPECT_THAT(error_of([&] { check_feature_output(path("a.geojson"), 1, Existing::refuse); }),
              HasSubstr("exists already"));
  EXPECT_EQ(bytes("a.geojson"), "mine");
  write_features(path("a.geojson"), {sample()}, origin(), Existing::overwrite);
  EXPECT_THAT(bytes("a.geojson"), StartsWith("{\"type\""));
  EXPECT_THAT(listing(), ElementsAre("a.geojson"));
}

// A file that may not grow stands for a full disk where nothing can be mounted.
TEST_F(WriteFeatures, AWriteThatFailsNamesTheFileAndLeavesNothing) {
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  for (const char* name : {"a.geojson", "a.gpkg", "a.fgb", "a.shz", "a.csv"}) {
    const rlimit tight{100, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &tight);
    const std::string error = error_of([&] { write_sets(name, {sample()}); });
    setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_EQ(error,
              "failure: " + path(name) + ": cannot be written: File too large; nothing was left behind");
    EXPECT_THAT(listing(), ElementsAre());
  }
  std::signal(SIGXFSZ, handler);
}

TEST_F(WriteFeatures, AFullDiskNamesTheFileAndLeavesNothing) {
  if (mount("none", folder_.c_str(), "tmpfs", 0, "size=8k") != 0)
    GTEST_SKIP() << "may not mount a small disk";
  for (const char* name : {"a.geojson", "a.gpkg"}) {
    FeatureSet set = sample();
    for (int i = 0; i < 200; ++i) set.features.push_back(set.features.front());
    EXPECT_EQ(
        error_of([&] { write_sets(name, {set}); }),
        "failure: " + path(name) + ": cannot be written: No space left on device; nothing was left behind");
    EXPECT_THAT(listing(), ElementsAre());
  }
  umount(folder_.c_str());
}

}  // namespace
}  // namespace marchland::test
