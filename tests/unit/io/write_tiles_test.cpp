#include "tests/unit/io/io_fixture.h"
#include <marchland/base/error.h>
#include <marchland/io/detail/pmtiles.h>
#include <marchland/io/write_tiles.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

namespace marchland {
namespace {

using testing::HasSubstr;

std::uint64_t number_at(const std::string& bytes, std::size_t at) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

TEST(Pmtiles, DirectoryIsColumnsOfVarints) {
  // Count; steps of ids; runs; lengths; offsets + 1, or 0 for what follows the one before.
  const std::string bytes = detail::encode_directory({{5, 0, 100, 1}, {300, 100, 20, 3}, {303, 0, 100, 1}});
  EXPECT_EQ(bytes, std::string("\x03"
                               "\x05\xa7\x02\x03"
                               "\x01\x03\x01"
                               "\x64\x14\x64"
                               "\x01\x00\x01",
                               14));
}

TEST(Pmtiles, EqualTilesAreStoredOnceAndRunTogether) {
  detail::PmtilesContent content;
  content.contents = {"water", "land"};
  content.tiles = {{1, 0}, {2, 0}, {3, 1}, {4, 0}, {6, 0}};
  content.metadata = "{}";
  content.max_zoom = 2;
  content.bounds = {-180, -85, 180, 85};
  const std::string bytes = detail::pmtiles_bytes(content);
  EXPECT_EQ(bytes.substr(0, 8), "PMTiles\x03");
  EXPECT_EQ(number_at(bytes, 8), 127U);
  EXPECT_EQ(number_at(bytes, 72), 5U);  // tiles
  EXPECT_EQ(number_at(bytes, 80), 4U);  // entries: 1-2, 3, 4, 6
  EXPECT_EQ(number_at(bytes, 88), 2U);  // contents
  EXPECT_EQ(bytes.substr(96, 6), std::string("\x01\x02\x02\x01\x00\x02", 6));
  EXPECT_EQ(bytes.substr(number_at(bytes, 56)), "waterland");
}

TEST(Pmtiles, TheRootFitsWhatClientsReadFirst) {
  detail::PmtilesContent content;
  content.metadata = "{}";
  for (std::uint64_t i = 0; i < 60000; ++i) {
    // Ids and lengths that do not compress.
    const std::uint64_t scattered = i * 0x9e3779b97f4a7c15U >> 40U;
    content.contents.push_back(std::string(1 + scattered % 251, 'x'));
    content.tiles.push_back({1000 * i + scattered % 1000, i});
  }
  const std::string bytes = detail::pmtiles_bytes(content);
  EXPECT_LE(number_at(bytes, 8) + number_at(bytes, 16), 16384U);
  EXPECT_GT(number_at(bytes, 48), 0U);  // leaves
  EXPECT_EQ(number_at(bytes, 56) + number_at(bytes, 64), bytes.size());
}

class WriteTiles : public test::IoTest {
 protected:
  static TileSet small_set() {
    TileSet set;
    set.tiles.contents = {"one", "two"};
    set.tiles.runs = {
        {hilbert_id({0, 0, 0}), 1, 0}, {hilbert_id({1, 0, 0}), 1, 1}, {hilbert_id({1, 1, 0}), 1, 1}};
    set.max_zoom = 1;
    set.name = "Three tiles";
    set.bounds = LonLatBox{170, -10, -170, 10};
    set.layers = {{"control", "Ground", {{"actor", "String"}, {"t0", "Number"}}}};
    set.provenance.atlas = "small";
    return set;
  }
  void put(const std::string& name, Existing existing = Existing::refuse) const {
    static_cast<void>(write_tiles(folder_ / name, small_set(), existing));
  }
};

TEST_F(WriteTiles, FolderHasTilesAsTheyAreAndTileJson) {
  const TileFileSize size = write_tiles(folder_ / "tiles", small_set(), Existing::refuse);
  EXPECT_EQ(bytes("tiles/0/0/0.mvt"), "one");
  EXPECT_EQ(bytes("tiles/1/1/0.mvt"), "two");
  const std::string metadata = bytes("tiles/metadata.json");
  EXPECT_EQ(size.bytes, metadata.size() + 9);
  EXPECT_EQ(size.largest, (TileId{0, 0, 0}));
  EXPECT_THAT(metadata, HasSubstr(R"("tilejson":"3.0.0")"));
  EXPECT_THAT(metadata, HasSubstr(R"("tiles":["{z}/{x}/{y}.mvt"],"minzoom":0,"maxzoom":1)"));
  // The box lies across the antimeridian, which TileJSON cannot say; its middle does not depend on that.
  EXPECT_THAT(metadata, HasSubstr(R"("bounds":[-180.0,-10.0,180.0,10.0],"center":[180.0,)"));
  EXPECT_THAT(metadata, HasSubstr(R"("fields":{"actor":"String","t0":"Number"})"));
  EXPECT_THAT(metadata, HasSubstr(R"("marchland":{"atlas":"small")"));
}

TEST_F(WriteTiles, RunsAreRunsInArchivesAndFilesInFolders) {
  TileSet set = small_set();
  set.max_zoom = 3;
  set.tiles.runs = {{0, 1, 0}, {1, 4, 1}, {21, 64, 1}};  // zooms 0, 1 and 3, whole
  static_cast<void>(write_tiles(folder_ / "a.pmtiles", set, Existing::refuse));
  EXPECT_EQ(number_at(bytes("a.pmtiles"), 72), 69U);  // tiles
  EXPECT_EQ(number_at(bytes("a.pmtiles"), 80), 3U);   // entries
  EXPECT_EQ(number_at(bytes("a.pmtiles"), 88), 2U);   // contents
  static_cast<void>(write_tiles(folder_ / "tiles", set, Existing::refuse));
  EXPECT_EQ(bytes("tiles/3/7/5.mvt"), "two");
  set.tiles.runs.push_back({1000, kMostFiles, 0});
  EXPECT_THAT(
      test::error_of([&] { static_cast<void>(write_tiles(folder_ / "many", set, Existing::refuse)); }),
      HasSubstr("many: would be a folder of 1000069 files, and 1000000 are the most. Write a .pmtiles"));
}

TEST_F(WriteTiles, ClientsReadTheAttributionAsHtml) {
  TileSet set = small_set();
  set.attribution = R"(J. Smith <smith@example.org>, A<B & "C"; CC BY)";
  set.provenance.attribution = set.attribution;
  static_cast<void>(write_tiles(folder_ / "tiles", set, Existing::refuse));
  const std::string metadata = bytes("tiles/metadata.json");
  EXPECT_THAT(
      metadata,
      HasSubstr(R"("attribution":"J. Smith &lt;smith@example.org&gt;, A&lt;B &amp; &quot;C&quot;; CC BY")"));
  EXPECT_THAT(metadata, HasSubstr(R"("attribution":"J. Smith <smith@example.org>, A<B & \"C\"; CC BY")"));
}

TEST_F(WriteTiles, TemplatesAreAbsoluteWhereTheAddressIsKnown) {
  TileSet set = small_set();
  for (const std::string url : {"https://example.org/t", "https://example.org/t/"}) {
    set.url = url;
    static_cast<void>(write_tiles(folder_ / "tiles", set, Existing::overwrite));
    EXPECT_THAT(bytes("tiles/metadata.json"),
                HasSubstr(R"("tiles":["https://example.org/t/{z}/{x}/{y}.mvt"])"));
  }
}

TEST_F(WriteTiles, WithoutTilesThereIsNoFile) {
  TileSet set = small_set();
  set.tiles = {};
  for (const char* name : {"a.pmtiles", "tiles"}) {
    EXPECT_THAT(
        test::error_of([&] { static_cast<void>(write_tiles(folder_ / name, set, Existing::refuse)); }),
        HasSubstr("no tile to write"));
  }
  EXPECT_THAT(listing(), testing::IsEmpty());
}

TEST_F(WriteTiles, ArchiveIsTheSameForTheSameTiles) {
  put("a.pmtiles");
  put("b.pmtiles");
  EXPECT_EQ(bytes("a.pmtiles"), bytes("b.pmtiles"));
  EXPECT_EQ(bytes("a.pmtiles").substr(0, 8), "PMTiles\x03");
  EXPECT_EQ(number_at(bytes("a.pmtiles"), 72), 3U);
  EXPECT_EQ(number_at(bytes("a.pmtiles"), 88), 2U);
}

TEST_F(WriteTiles, RefusesWhatItMustNotReplace) {
  put("a.pmtiles");
  EXPECT_THAT(test::error_of([&] { put("a.pmtiles"); }), HasSubstr("a.pmtiles: exists already"));
  put("a.pmtiles", Existing::overwrite);
  put("tiles");
  EXPECT_THAT(test::error_of([&] { put("tiles"); }), HasSubstr("tiles: exists already; choose another name"));
  put("tiles", Existing::overwrite);
  write("mine/notes.txt", "mine");
  EXPECT_THAT(test::error_of([&] { put("mine", Existing::overwrite); }),
              HasSubstr("mine: has no metadata.json, so it was not written by this command"));
  EXPECT_THAT(test::error_of([&] { put("tiles.mbtiles"); }),
              HasSubstr("no format of tiles has that ending; expected a name that ends in .pmtiles"));
  EXPECT_THAT(test::error_of([&] { put("none/tiles"); }), HasSubstr("its folder does not exist"));
  EXPECT_THAT(listing(), testing::ElementsAre("a.pmtiles", "mine", "tiles"));
}

}  // namespace
}  // namespace marchland
