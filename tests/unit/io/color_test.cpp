#include <marchland/io/color.h>

#include <gtest/gtest.h>

namespace marchland {
namespace {

TEST(Color, IsSixDigitsAfterAHash) {
  EXPECT_EQ(parse_color("#0072B2"), (Rgb{0, 114, 178}));
  EXPECT_EQ(parse_color("#ffffff"), (Rgb{255, 255, 255}));
  for (const char* wrong :
       {"", "#", "#fff", "0072b2", "#0072b", "#0072b2f", "#0072g2", "# 72b2f", "#-1+2 3", "#+1+2+3"})
    EXPECT_EQ(parse_color(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace marchland
