#include <marchland/base/error.h>
#include <marchland/geometry/wkt.h>

#include <gtest/gtest.h>

namespace marchland {
namespace {

TEST(Wkt, ReadsBackWhatItWrites) {
  const MultiPolygon area{{{{0, 0}, {4, 0}, {4, 4}, {0, 0}}, {{1, 0.5}, {2, 0.5}, {2, 1.5}, {1, 0.5}}},
                          {{{46.7925, -39.9}, {47, 40}, {48, 41}, {46.7925, -39.9}}}};
  EXPECT_EQ(format_wkt(area),
            "MULTIPOLYGON(((0 0,4 0,4 4,0 0),(1 0.5,2 0.5,2 1.5,1 0.5)),((46.7925 -39.9,47 40,48 41,46.7925 "
            "-39.9)))");
  EXPECT_EQ(parse_wkt(format_wkt(area)), area);
  EXPECT_EQ(parse_wkt(" polygon ( ( 0 0 , 1e0 0, 1 1,0 0 ) ) "),
            (MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}}));
  EXPECT_TRUE(parse_wkt("MULTIPOLYGON EMPTY").empty());
}

TEST(Wkt, RefusalsNameTheColumn) {
  for (const char* text :
       {"", "POINT(1 2)", "POLYGON", "POLYGON((0 0,1", "POLYGON((0 0,1 x))", "POLYGON((0 0)) z"}) {
    EXPECT_THROW(static_cast<void>(parse_wkt(text)), InvalidArgument) << text;
  }
  try {
    static_cast<void>(parse_wkt("POLYGON((0 0,1 x))"));
  } catch (const InvalidArgument& error) {
    EXPECT_STREQ(error.what(), "WKT column 16: expected a number in 'POLYGON((0 0,1 x))'");
  }
}

}  // namespace
}  // namespace marchland
