// Connected ground and its width, on maps that can be worked out by hand. At the equator a degree of
// longitude is 111 319.49 m and one of latitude 110 574.39 m (WGS84).
#include <marchland/analysis/holders.h>
#include <marchland/analysis/narrow_changes.h>
#include <marchland/analysis/pieces.h>
#include <marchland/base/error.h>

#include <gtest/gtest.h>
#include <tests/composite_fixtures.h>

#include <cmath>

namespace marchland {
namespace {

using namespace testing_fixtures;

/// Faces that actor a holds at day d, as category 1.
Pieces pieces_of(const Composite& composite, int d) {
  const Holders holders(composite, {});
  std::vector<Category> faces = holders.faces_at(composite.times().epoch_of(day(d)));
  const HolderIndex a = holders.find(ActorId(1));
  for (Category& c : faces) c = c == a ? 1 : 0;
  return find_pieces(composite, composite.areas(), faces);
}

TEST(Pieces, GroundThatLinesOfOtherDatesDivideIsOnePiece) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 4, 1), days(0, 1));
  for (int x = 0; x < 4; ++x) builder.say("l", "a", box_wkt(x, 0, x + 0.5, 1), days(1, 2));
  const Composite composite = builder.build();
  const Pieces whole = pieces_of(composite, 0);
  ASSERT_EQ(whole.pieces.size(), 1U);
  EXPECT_NEAR(whole.pieces[0].perimeter.value() / (8 * 111319.49 + 2 * 110574.39), 1.0, 1e-4);
  EXPECT_FALSE(whole.pieces[0].is_open);
  EXPECT_EQ(pieces_of(composite, 1).pieces.size(), 4U);
}

TEST(Pieces, TouchingInAPointIsApart) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 1, 1)).say("l", "a", box_wkt(1, 1, 2, 2));
  EXPECT_EQ(pieces_of(builder.build(), 0).pieces.size(), 2U);
}

TEST(Pieces, TheAntimeridianIsNoBoundary) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((179 0,-179 0,-179 1,179 1,179 0))");
  const Pieces found = pieces_of(builder.build(), 0);
  ASSERT_EQ(found.pieces.size(), 1U);
  EXPECT_NEAR(found.pieces[0].perimeter.value() / (4 * 111319.49 + 2 * 110574.39), 1.0, 1e-4);
}

TEST(Pieces, AStripIsAsWideAsItIs) {
  AtlasBuilder builder;
  // 1e-4 degree of latitude are 11.06 m.
  builder.say("l", "a", box_wkt(0, 0, 1, 1e-4));
  const Piece strip = pieces_of(builder.build(), 0).pieces.at(0);
  EXPECT_NEAR(strip.mean_width().value(), 11.057, 0.01);
}

TEST(Pieces, PointsLieInsideAHoledAndCurvedFace) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,1 8,8 8,8 1,1 1))");
  builder.say("l", "b", "POLYGON((20 0,30 0,30 10,29 10,29 1,21 1,21 10,20 10,20 0))");
  const Composite composite = builder.build();
  const Holders holders(composite, {});
  const auto held = holders.faces_at(composite.times().epoch_of(day(0)));
  std::vector<FaceIndex> faces{kUnboundedFace};
  for (FaceIndex f = 1; f < held.size(); ++f) {
    if (held[f] != kUnknown) faces.push_back(f);
  }
  const auto points = points_inside(composite.plane(), faces);
  ASSERT_EQ(points.size(), 3U);
  EXPECT_FALSE(points[0].has_value());
  for (std::size_t i = 1; i < 3; ++i) {
    const GridPoint at{static_cast<std::int32_t>(std::lround(points[i]->lon.value() * 1e7)),
                       static_cast<std::int32_t>(std::lround(points[i]->lat.value() * 1e7))};
    EXPECT_EQ(composite.plane().locate({at}).front(), faces[i]);
  }
}

TEST(Pieces, EveryFaceIsInOneWidthClass) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 1, 1));
  builder.say("l", "b", box_wkt(0, 1, 1, 1 + 1e-6));  // 0.11 m
  builder.say("l", "c", box_wkt(0, 2, 1, 2 + 1e-4));  // 11 m
  const Composite composite = builder.build();
  const auto classes = width_distribution(composite, composite.areas());
  std::vector<std::size_t> faces;
  AreaUnits area = 0;
  for (const WidthClass& width : classes) {
    faces.push_back(width.faces);
    area += width.area;
  }
  EXPECT_EQ(faces, (std::vector<std::size_t>{0, 1, 0, 1, 0, 0, 1}));
  AreaUnits expected = 0;
  for (FaceIndex f = 1; f < composite.plane().face_count(); ++f) expected += composite.areas()[f];
  EXPECT_TRUE(area == expected);
}

class Narrow : public testing::Test {
 protected:
  void SetUp() override {
    // b takes a strip of 11 m along all of a's border, and a box of a degree.
    builder_.say("l", "a", box_wkt(0, 0, 9, 5), days(0, 1));
    builder_.say("l", "b", box_wkt(0, 5, 9, 9), days(0, 1));
    builder_.say("l", "a", "POLYGON((0 0,9 0,9 4.9999,5 4.9999,5 4,4 4,4 4.9999,0 4.9999,0 0))", days(1, 2));
    builder_.say("l", "b", "POLYGON((0 9,9 9,9 4.9999,5 4.9999,5 4,4 4,4 4.9999,0 4.9999,0 9))", days(1, 2));
    // An island that passes as a strip of its own.
    builder_.say("l", "a", box_wkt(20, 0, 21, 1e-4), days(0, 1));
    builder_.say("l", "b", box_wkt(20, 0, 21, 1e-4), days(1, 2));
    builder_.region("west", box_wkt(-1, -1, 3, 10));
  }
  [[nodiscard]] std::vector<NarrowChange> changes(double width, const Scope& part = {}) {
    composite_ = builder_.build();
    const Holders holders(composite_, {});
    std::vector<std::string> names;
    for (HolderIndex h = 0; h < holders.size(); ++h) names.push_back(holders.id(h));
    return NarrowChanges(composite_, composite_.areas(),
                         holders.faces_at(composite_.times().epoch_of(day(0))),
                         holders.faces_at(composite_.times().epoch_of(day(1))), names, names, Meters{width})
        .within(part);
  }
  AtlasBuilder builder_;
  Composite composite_;
};

TEST_F(Narrow, AStripThatHangsOnABoxIsAsWideAsBothTogether) {
  const auto found = changes(100);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].from, "a");
  EXPECT_EQ(found[0].to, "b");
  EXPECT_EQ(found[0].pieces, 2U);
  EXPECT_EQ(found[0].narrow_pieces, 1U);
  // The island: 111 319 m by 11.06 m.
  EXPECT_NEAR(to_square_meters(found[0].narrow_area).value(), 111319.49 * 11.057, 500);
  EXPECT_EQ(changes(11.0)[0].narrow_pieces, 0U);
}

TEST_F(Narrow, InARegionPiecesCountAsNarrowAsTheyAreAsAWhole) {
  const auto found = changes(100, Scope{{RegionId(0)}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].pieces, 1U);
  EXPECT_EQ(found[0].narrow_pieces, 0U);
  EXPECT_NEAR(to_square_meters(found[0].area).value(), 3 * 111319.49 * 11.057, 0.01 * 3 * 111319.49 * 11.057);
}

TEST_F(Narrow, AWidthIsAWidth) {
  EXPECT_THROW(static_cast<void>(changes(0)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(changes(std::nan(""))), InvalidArgument);
}

}  // namespace
}  // namespace marchland
