// Which side of a half-edge a ring winds about, exactly.
#include <marchland/analysis/face_cover.h>

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace marchland {
namespace {

Ring ring_of(const std::vector<GridPoint>& points) {
  Ring ring;
  for (const GridPoint p : points) ring.push_back({grid_to_degrees(p.x), grid_to_degrees(p.y)});
  ring.push_back(ring.front());
  return ring;
}

TEST(WindingLeftOf, SquareAlongItsOwnEdges) {
  const QuantisedRing square = quantise(ring_of({{0, 0}, {10, 0}, {10, 10}, {0, 10}}));
  const auto left_of = [&](GridPoint from, GridPoint to) {
    return ChainIndex(square).winding_left_of(GridSegment{from, to}, from);
  };
  // Along each edge with the square on the left, and back with it on the right; from corners and from
  // between.
  EXPECT_EQ(left_of({0, 0}, {10, 0}), 1);
  EXPECT_EQ(left_of({10, 0}, {0, 0}), 0);
  EXPECT_EQ(left_of({10, 0}, {10, 10}), 1);
  EXPECT_EQ(left_of({10, 10}, {10, 0}), 0);
  EXPECT_EQ(left_of({4, 0}, {10, 0}), 1);
  EXPECT_EQ(left_of({0, 6}, {0, 0}), 1);
  EXPECT_EQ(left_of({0, 6}, {0, 10}), 0);
  // From a corner into the square, and away from it.
  EXPECT_EQ(left_of({0, 0}, {1, 1}), 1);
  EXPECT_EQ(left_of({0, 0}, {-1, -1}), 0);
  EXPECT_EQ(left_of({0, 0}, {-1, 1}), 0);
  // Along the line of an edge, but before it.
  EXPECT_EQ(left_of({-5, 0}, {10, 0}), 0);
  EXPECT_EQ(left_of({20, 0}, {10, 0}), 0);
  // From an edge outwards and inwards.
  EXPECT_EQ(left_of({4, 0}, {4, -3}), 0);
  EXPECT_EQ(left_of({4, 0}, {4, 3}), 1);
}

TEST(WindingLeftOf, OriginThatIsACrossing) {
  const QuantisedRing square = quantise(ring_of({{0, 0}, {3, 0}, {3, 3}, {0, 3}}));
  const GridSegment line{{-1, 1}, {5, 2}};  // enters at (0, 7/6), leaves at (3, 5/3)
  const GridSegment back{line.b, line.a};
  const ExactPoint enters = crossing_point(line, GridSegment{{0, 0}, {0, 3}});
  const ExactPoint leaves = crossing_point(line, GridSegment{{3, 0}, {3, 3}});
  EXPECT_EQ(ChainIndex(square).winding_left_of(line, enters), 1);
  EXPECT_EQ(ChainIndex(square).winding_left_of(back, enters), 0);
  EXPECT_EQ(ChainIndex(square).winding_left_of(line, leaves), 0);
  EXPECT_EQ(ChainIndex(square).winding_left_of(back, leaves), 1);
}

TEST(WindingLeftOf, AsByTheSumOfAnglesInGeneralPosition) {
  std::mt19937 random(20231);  // NOLINT: the same cases every time
  std::uniform_int_distribution<std::int32_t> even(-40, 40);
  for (int pass = 0; pass < 2000; ++pass) {
    std::vector<GridPoint> points(static_cast<std::size_t>(3 + pass % 7));
    for (GridPoint& p : points) p = {4 * even(random), 4 * even(random)};
    const QuantisedRing ring = quantise(ring_of(points));
    const GridPoint from{4 * even(random) + 1, 4 * even(random) + 2};
    const GridSegment direction{from, {from.x + 2 * even(random) + 1, from.y + 2 * even(random) + 1}};
    const bool is_on_link = std::any_of(ring.links.begin(), ring.links.end(),
                                        [&](const ChainLink& link) { return side(link.s, from) == 0; });
    if (is_on_link) continue;
    double turned = 0.0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const GridPoint a = points[i];
      const GridPoint b = points[(i + 1) % points.size()];
      const double ax = a.x - from.x;
      const double ay = a.y - from.y;
      const double bx = b.x - from.x;
      const double by = b.y - from.y;
      turned += std::atan2(ax * by - ay * bx, ax * bx + ay * by);
    }
    const auto expected = static_cast<int>(std::lround(turned / (2.0 * 3.14159265358979)));
    EXPECT_EQ(ChainIndex(ring).winding_left_of(direction, from), expected) << "pass " << pass;
  }
}

/// The same by another ray: along the half-edge, a little to its left and from a little ahead of its origin.
int winding_by_ray_along(const QuantisedRing& chain, const GridSegment& direction, const ExactPoint& at) {
  int winding = 0;
  for (const ChainLink& link : chain.links) {
    const bool from_left = orientation(direction.a, direction.b, link.s.a) > 0;
    const bool to_left = orientation(direction.a, direction.b, link.s.b) > 0;
    if (from_left == to_left) continue;
    const int origin_side = side(link.s, at);
    if (to_left && origin_side > 0) winding += link.multiplicity;
    if (from_left && origin_side < 0) winding -= link.multiplicity;
  }
  return winding;
}

TEST(WindingLeftOf, AsByARayAlongTheHalfEdgeWhereEverythingMeets) {
  std::mt19937 random(20232);  // NOLINT: the same cases every time
  std::uniform_int_distribution<std::int32_t> any(-6, 6);
  for (int pass = 0; pass < 400; ++pass) {
    std::vector<GridPoint> points(static_cast<std::size_t>(3 + pass % 60));
    for (GridPoint& p : points) p = {any(random), any(random)};
    const QuantisedRing ring = quantise(ring_of(points));
    const ChainIndex index(ring);
    const auto expect_alike = [&](const GridSegment& direction, const ExactPoint& at) {
      EXPECT_EQ(index.winding_left_of(direction, at), winding_by_ray_along(ring, direction, at))
          << "pass " << pass << ", at " << at.x << " " << at.y;
    };
    for (int place = 0; place < 40; ++place) {
      const GridSegment direction{{any(random), any(random)}, {any(random), any(random)}};
      if (direction.a == direction.b) continue;
      expect_alike(direction, direction.a);
      // From where lines cross it, too.
      for (const ChainLink& link : ring.links) {
        const auto apart = [](std::int64_t x, std::int64_t y) {
          return (x < 0 && y > 0) || (x > 0 && y < 0);
        };
        if (apart(orientation(direction.a, direction.b, link.s.a),
                  orientation(direction.a, direction.b, link.s.b)) &&
            apart(orientation(link.s.a, link.s.b, direction.a), orientation(link.s.a, link.s.b, direction.b)))
          expect_alike(direction, crossing_point(direction, link.s));
      }
    }
  }
}

}  // namespace
}  // namespace marchland
