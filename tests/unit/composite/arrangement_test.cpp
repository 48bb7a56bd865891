#include <marchland/composite/arrangement.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tests/exact_oracle.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace marchland {
namespace {

using namespace testing_oracle;

/// Segments without events: geometry is all that is asked here.
Arrangement plane_of(std::vector<GridSegment> segments) {
  for (GridSegment& s : segments) {
    if (s.b < s.a) std::swap(s.a, s.b);
  }
  std::erase_if(segments, [](const GridSegment& s) { return s.a == s.b; });
  std::sort(segments.begin(), segments.end());
  segments.erase(std::unique(segments.begin(), segments.end()), segments.end());
  SegmentTable table;
  table.segments = segments;
  number_ends(table);
  table.offsets.assign(segments.size() + 1, 0);
  return Arrangement(std::move(table));
}

void add_box(std::vector<GridSegment>& out, std::int32_t x0, std::int32_t y0, std::int32_t x1,
             std::int32_t y1) {
  out.push_back({{x0, y0}, {x1, y0}});
  out.push_back({{x1, y0}, {x1, y1}});
  out.push_back({{x0, y1}, {x1, y1}});
  out.push_back({{x0, y0}, {x0, y1}});
}

/// V - E + F = 1 + C, angular order, and loops that agree with faces.
void expect_sound(const Arrangement& plane, const std::string& what = "") {
  const auto v = static_cast<std::int64_t>(plane.node_count());
  const auto e = static_cast<std::int64_t>(plane.edges().size());
  const auto f = static_cast<std::int64_t>(plane.face_count());
  ASSERT_EQ(v - e + f, 1 + static_cast<std::int64_t>(plane.component_count())) << what;
  for (EdgeIndex i = 0; i < plane.edges().size(); ++i) {
    const Edge& edge = plane.edges()[i];
    ASSERT_TRUE(compare_xy(plane.point(edge.u), plane.point(edge.v)) < 0) << what;
    ASSERT_FALSE(plane.parents_of(i).empty());
    for (const SegmentIndex s : plane.parents_of(i)) {
      ASSERT_EQ(side(plane.table().segments[s], plane.point(edge.u)), 0) << what;
      ASSERT_EQ(side(plane.table().segments[s], plane.point(edge.v)), 0) << what;
    }
  }
  for (HalfEdgeIndex h = 0; h < plane.edges().size() * 2; ++h) {
    const HalfEdgeIndex n = plane.next(h);
    ASSERT_EQ(plane.origin(n), plane.origin(Arrangement::twin(h))) << what;
    ASSERT_EQ(plane.loop(n), plane.loop(h)) << what;
    ASSERT_EQ(plane.face(n), plane.face(h)) << what;
    ASSERT_LT(plane.face(h), plane.face_count());
  }
  for (NodeIndex node = 0; node < plane.node_count(); ++node) {
    const auto star = plane.outgoing(node);
    ASSERT_FALSE(star.empty()) << what;
    for (std::size_t i = 1; i < star.size(); ++i) {
      ASSERT_TRUE(compare_angle(plane.direction(star[i - 1]), plane.direction(star[i])) < 0) << what;
    }
  }
}

/// The face that a point lies in, found by walking down a vertical line: brute force.
FaceIndex face_at(const Arrangement& plane, const RationalPoint& p) {
  FaceIndex face = kUnboundedFace;
  Rational highest;
  bool found = false;
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    const RationalPoint u = rational(plane.point(plane.edges()[e].u));
    const RationalPoint v = rational(plane.point(plane.edges()[e].v));
    if (!(u.x < p.x && p.x < v.x)) continue;
    const Rational y = u.y + (v.y - u.y) * (p.x - u.x) / (v.x - u.x);
    if (y < p.y && (!found || y > highest)) {
      found = true;
      highest = y;
      face = plane.face(2 * e);
    }
  }
  return face;
}
RationalPoint beside(std::int32_t x, std::int32_t y) {
  return {Rational(x) + Rational(1, 1009), Rational(y) + Rational(1, 1013)};
}

TEST(Arrangement, NothingIsOneFace) {
  const Arrangement plane = plane_of({});
  EXPECT_EQ(plane.face_count(), 1U);
  EXPECT_EQ(plane.component_count(), 0U);
  expect_sound(plane);
}

TEST(Arrangement, SingleSegmentIsATreeInTheUnboundedFace) {
  const Arrangement plane = plane_of({{{0, 0}, {5, 3}}});
  EXPECT_EQ(plane.face_count(), 1U);
  EXPECT_EQ(plane.face(0), kUnboundedFace);
  EXPECT_EQ(plane.face(1), kUnboundedFace);
  expect_sound(plane);
}

TEST(Arrangement, SquareHasItsFaceOnTheLeftGoingRound) {
  std::vector<GridSegment> segments;
  add_box(segments, 0, 0, 4, 4);
  const Arrangement plane = plane_of(segments);
  EXPECT_EQ(plane.face_count(), 2U);
  for (EdgeIndex e = 0; e < 4; ++e) {
    const GridSegment& s = plane.line_of(e);
    const bool inside_left = s == GridSegment{{0, 0}, {4, 0}} || s == GridSegment{{4, 0}, {4, 4}};
    EXPECT_EQ(plane.face(2 * e), inside_left ? 1U : 0U);
    EXPECT_EQ(plane.face(2 * e + 1), inside_left ? 0U : 1U);
  }
  expect_sound(plane);
}

TEST(Arrangement, AnglesAreOrderedExactly) {
  const auto direction = [](std::int32_t x, std::int32_t y) { return GridSegment{{0, 0}, {x, y}}; };
  const std::vector<GridSegment> round{direction(5, 0),
                                       direction(kGridMaxLon, 1),
                                       direction(kGridMaxLon - 1, 1),
                                       direction(3, 3),
                                       direction(0, 7),
                                       direction(-1, kGridMaxLat),
                                       direction(-4, 0),
                                       direction(-kGridMaxLon, -1),
                                       direction(0, -2),
                                       direction(1, -kGridMaxLat),
                                       direction(kGridMaxLon, -1)};
  for (std::size_t i = 0; i < round.size(); ++i) {
    for (std::size_t j = 0; j < round.size(); ++j) {
      EXPECT_EQ(compare_angle(round[i], round[j]) < 0, i < j) << i << ' ' << j;
    }
  }
  EXPECT_TRUE(compare_angle(direction(2, 4), direction(1, 2)) == 0);
}

TEST(Arrangement, CollinearOverlapsShareEdges) {
  const Arrangement plane = plane_of({{{0, 0}, {6, 3}}, {{2, 1}, {8, 4}}, {{2, 1}, {6, 3}}});
  EXPECT_EQ(plane.node_count(), 4U);
  ASSERT_EQ(plane.edges().size(), 3U);
  EXPECT_EQ(plane.parents_of(1).size(), 3U);
  expect_sound(plane);
}

TEST(Arrangement, HolesInHolesNest) {
  std::vector<GridSegment> segments;
  for (std::int32_t k = 0; k < 200; ++k) add_box(segments, k, k, 1000 - k, 1000 - k);
  const Arrangement plane = plane_of(segments);
  EXPECT_EQ(plane.component_count(), 200U);
  EXPECT_EQ(plane.face_count(), 201U);
  expect_sound(plane);
  // Face between ring k and ring k+1: left of the bottom edge of k and right of that of k+1.
  const auto bottom = [&](std::int32_t k) {
    for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
      if (plane.line_of(e) == GridSegment{{k, k}, {1000 - k, k}}) return e;
    }
    return EdgeIndex{0};
  };
  EXPECT_EQ(plane.face(2 * bottom(0) + 1), kUnboundedFace);
  for (std::int32_t k = 0; k + 1 < 200; ++k)
    EXPECT_EQ(plane.face(2 * bottom(k)), plane.face(2 * bottom(k + 1) + 1));
}

TEST(Arrangement, ThousandsOfDisjointSquares) {
  std::vector<GridSegment> segments;
  constexpr std::int32_t kSide = 60;
  add_box(segments, -5, -5, kSide * 10 + 5, kSide * 10 + 5);
  for (std::int32_t i = 0; i < kSide; ++i) {
    for (std::int32_t j = 0; j < kSide; ++j) add_box(segments, i * 10, j * 10, i * 10 + 4, j * 10 + 4);
  }
  const Arrangement plane = plane_of(segments);
  EXPECT_EQ(plane.component_count(), 3601U);
  EXPECT_EQ(plane.face_count(), 3602U);
  expect_sound(plane);
  std::map<FaceIndex, int> outside;
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    const GridSegment& s = plane.line_of(e);
    // Below each small square's bottom edge lies the ground of the big box.
    if (s.dy() == 0 && s.a.y >= 0 && s.a.y % 10 == 0 && s.dx() == 4) ++outside[plane.face(2 * e + 1)];
  }
  EXPECT_EQ(outside.size(), 1U);
  EXPECT_EQ(outside.begin()->second, kSide * kSide);
  EXPECT_NE(outside.begin()->first, kUnboundedFace);
}

TEST(Arrangement, ComponentsStackedAtTheSameAbscissa) {
  // Least vertices all on x = 0, vertical edges under every question, inside a frame and outside it.
  for (const bool framed : {false, true}) {
    std::vector<GridSegment> segments;
    if (framed) add_box(segments, -10, -10, 500, 500);
    for (std::int32_t k = 0; k < 40; ++k) add_box(segments, 0, k * 10, 5 + k, k * 10 + 6);
    add_box(segments, -5, 420, 0, 430);        // ends where the others begin
    add_box(segments, 0, 440, 7, 450);         // and another above it
    segments.push_back({{0, 460}, {0, 470}});  // a lone vertical
    segments.push_back({{0, 480}, {3, 470}});
    const Arrangement plane = plane_of(segments);
    expect_sound(plane);
    const FaceIndex ground = framed ? face_at(plane, beside(-8, -8)) : kUnboundedFace;
    EXPECT_EQ(ground == kUnboundedFace, !framed);
    for (HalfEdgeIndex h = 0; h < plane.edges().size() * 2; ++h) {
      const GridSegment d = plane.direction(h);
      // Bottom edges of the boxes, run westward, have the ground on their left.
      const bool is_bottom = d.dy() == 0 && d.dx() < 0 && d.a.y >= 0 && d.a.y < 400 && d.a.y % 10 == 0;
      const bool is_lone = d.dx() == 0 && d.a.y == 460;
      if (is_bottom || is_lone) {
        EXPECT_EQ(plane.face(h), ground);
      }
    }
  }
}

TEST(Arrangement, IslandsTouchingAtAPointAreOneComponent) {
  std::vector<GridSegment> segments;
  add_box(segments, 0, 0, 4, 4);
  add_box(segments, 4, 4, 8, 8);
  add_box(segments, 4, 0, 8, 4);
  const Arrangement plane = plane_of(segments);
  EXPECT_EQ(plane.component_count(), 1U);
  EXPECT_EQ(plane.face_count(), 4U);
  expect_sound(plane);
  // A ring of squares touching at corners encloses a face that no square is.
  segments.clear();
  add_box(segments, 2, 0, 4, 2);
  add_box(segments, 0, 2, 2, 4);
  add_box(segments, 4, 2, 6, 4);
  add_box(segments, 2, 4, 4, 6);
  const Arrangement ring = plane_of(segments);
  EXPECT_EQ(ring.component_count(), 1U);
  EXPECT_EQ(ring.face_count(), 6U);
  EXPECT_NE(face_at(ring, beside(3, 3)), kUnboundedFace);
}

TEST(Arrangement, IslandInAHoleThatTouchesNothing) {
  // A U-shaped component: the island lies within its bounding box, but outside it.
  const Arrangement plane = plane_of({{{0, 0}, {30, 0}},
                                      {{30, 0}, {30, 30}},
                                      {{30, 30}, {20, 30}},
                                      {{20, 30}, {20, 10}},
                                      {{20, 10}, {10, 10}},
                                      {{10, 10}, {10, 30}},
                                      {{10, 30}, {0, 30}},
                                      {{0, 30}, {0, 0}},
                                      {{13, 15}, {16, 15}},
                                      {{16, 15}, {14, 18}},
                                      {{14, 18}, {13, 15}}});
  EXPECT_EQ(plane.face_count(), 3U);
  expect_sound(plane);
  EXPECT_EQ(face_at(plane, beside(11, 12)), kUnboundedFace);
  EXPECT_NE(face_at(plane, beside(14, 15)), kUnboundedFace);
  EXPECT_NE(face_at(plane, beside(5, 5)), face_at(plane, beside(14, 15)));
}

TEST(Arrangement, NestingAgreesWithBruteForceOnRandomPieces) {
  // Many small components in a small lattice: the face that every outer loop was given is the one that a
  // point just west of the component's least vertex lies in.
  constexpr std::uint64_t kSeed = 71;
  Random random(kSeed);
  for (int i = 0; i < 80; ++i) {
    std::vector<GridSegment> segments;
    const std::int64_t side = 30;
    const int shapes = 4 + i % 20;
    for (int k = 0; k < shapes; ++k) {
      const auto x = static_cast<std::int32_t>(draw(random, 0, side));
      const auto y = static_cast<std::int32_t>(draw(random, 0, side));
      const auto w = static_cast<std::int32_t>(draw(random, 1, 8));
      const auto h = static_cast<std::int32_t>(draw(random, 1, 8));
      switch (random() % 4) {
        case 0:
          add_box(segments, x, y, x + w, y + h);
          break;
        case 1:
          segments.push_back({{x, y}, {x + w, y + h}});
          segments.push_back({{x + w, y + h}, {x, y + 2 * h}});
          segments.push_back({{x, y + 2 * h}, {x, y}});
          break;
        case 2:
          segments.push_back({{x, y}, {x, y + h}});
          break;
        default:
          segments.push_back({{x, y}, {x + w, y - h}});
          break;
      }
    }
    if (i % 2 == 0) add_box(segments, -2, -12, 50, 50);
    const Arrangement plane = plane_of(segments);
    const std::string what = "seed " + std::to_string(kSeed) + ", case " + std::to_string(i);
    expect_sound(plane, what);
    if (HasFatalFailure()) return;
    // Every half-edge: the face of a point a little to its left.
    for (HalfEdgeIndex h = 0; h < plane.edges().size() * 2; ++h) {
      const RationalPoint a = rational(plane.point(plane.origin(h)));
      const RationalPoint b = rational(plane.point(plane.origin(Arrangement::twin(h))));
      const GridSegment d = plane.direction(h);
      // Not the middle, which may lie right below a vertex; close enough that nothing is in between:
      // coordinates are below 2^7, so distances between distinct features exceed 2^-50.
      const Rational tiny(BigInt(1), BigInt(1) << 60);
      const Rational part(499, 1009);
      const RationalPoint p{a.x + (b.x - a.x) * part - Rational(d.dy()) * tiny,
                            a.y + (b.y - a.y) * part + Rational(d.dx()) * tiny};
      ASSERT_EQ(plane.face(h), face_at(plane, p)) << what << ", half-edge " << h;
    }
  }
}

TEST(Arrangement, FullBoxCoordinates) {
  std::vector<GridSegment> segments;
  add_box(segments, -kGridMaxLon, -kGridMaxLat, kGridMaxLon, kGridMaxLat);
  segments.push_back({{-kGridMaxLon, -kGridMaxLat}, {kGridMaxLon, kGridMaxLat}});
  segments.push_back({{-kGridMaxLon, kGridMaxLat}, {kGridMaxLon, -kGridMaxLat}});
  segments.push_back({{-kGridMaxLon, -kGridMaxLat + 1}, {kGridMaxLon, kGridMaxLat}});
  add_box(segments, 5, 0, 6, 1);
  const Arrangement plane = plane_of(segments);
  expect_sound(plane);
  EXPECT_EQ(face_at(plane, {Rational(0), Rational(-kGridMaxLat) - 1}), kUnboundedFace);
}

TEST(Arrangement, ManyLongEdgesOverManyComponentsAreNestedTheSame) {
  // Long strips that each span all small boxes: looking at every spanning edge would be quadratic.
  std::vector<GridSegment> segments;
  constexpr std::int32_t kStrips = 120;
  for (std::int32_t k = 0; k < kStrips; ++k) add_box(segments, 0, 100 * k, 100000, 100 * k + 60);
  for (std::int32_t k = 0; k < kStrips; ++k)
    add_box(segments, 500 + 700 * k, 100 * k + 10, 510 + 700 * k, 100 * k + 20);
  const Arrangement plane = plane_of(segments);
  EXPECT_EQ(plane.component_count(), 2U * kStrips);
  EXPECT_EQ(plane.face_count(), 2U * kStrips + 1);
  std::vector<GridPoint> inside_box;
  std::vector<GridPoint> in_strip;
  std::vector<GridPoint> between;
  for (std::int32_t k = 0; k < kStrips; ++k) {
    inside_box.push_back({505 + 700 * k, 100 * k + 15});
    in_strip.push_back({505 + 700 * k, 100 * k + 40});
    between.push_back({505 + 700 * k, 100 * k + 80});
  }
  const auto boxes = plane.locate(inside_box);
  const auto strips = plane.locate(in_strip);
  for (std::size_t k = 0; k < boxes.size(); ++k) {
    EXPECT_NE(boxes[k], strips[k]);
    EXPECT_NE(strips[k], kUnboundedFace);
  }
  EXPECT_EQ(std::set<FaceIndex>(boxes.begin(), boxes.end()).size(), boxes.size());
  EXPECT_EQ(std::set<FaceIndex>(strips.begin(), strips.end()).size(), strips.size());
  for (const FaceIndex face : plane.locate(between)) EXPECT_EQ(face, kUnboundedFace);
}

}  // namespace
}  // namespace marchland
