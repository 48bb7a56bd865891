#include "tests/composite_fixtures.h"
#include "tests/geos_oracle.h"
#include <marchland/analysis/dissolve.h>
#include <marchland/analysis/holders.h>
#include <marchland/analysis/thin_lines.h>
#include <marchland/base/error.h>
#include <marchland/composite/quantise.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

namespace marchland {
namespace {

using testing_fixtures::AtlasBuilder;
using testing_fixtures::box_wkt;
using testing_fixtures::day;
using testing_fixtures::days;

/// 1 for a, 2 for b, 4 for c, 8 for d; the sum where several hold it.
std::vector<Category> holders_at(const Composite& composite, Instant at) {
  const Holders holders(composite, {});
  std::vector<Category> categories;
  for (const HolderIndex holder : holders.faces_at(composite.times().epoch_of(at))) {
    Category sum = 0;
    for (const ActorId actor : holders.actors(holder))
      sum += Category{1} << (composite.atlas()[actor].id.front() - 'a');
    categories.push_back(sum);
  }
  return categories;
}

/// Grid units, so that small numbers are small ground.
Ring ring_of(const std::vector<GridPoint>& points) {
  Ring ring;
  for (const GridPoint p : points) ring.push_back({grid_to_degrees(p.x), grid_to_degrees(p.y)});
  ring.push_back(ring.front());
  return ring;
}

std::vector<GridPoint> units_of(const Ring& ring) {
  std::vector<GridPoint> points;
  for (const Position& p : ring)
    points.push_back({static_cast<std::int32_t>(to_grid(p.lon)), static_cast<std::int32_t>(to_grid(p.lat))});
  return points;
}

struct Edges {
  std::set<GridPoint> vertices;
  std::set<GridSegment> edges;

  void add(const MultiPolygon& area) {
    for (const Polygon& polygon : area) {
      for (const Ring& ring : polygon) {
        const auto points = units_of(ring);
        for (std::size_t i = 1; i < points.size(); ++i) {
          vertices.insert(points[i]);
          edges.insert(points[i - 1] < points[i] ? GridSegment{points[i - 1], points[i]}
                                                 : GridSegment{points[i], points[i - 1]});
        }
      }
    }
  }
  /// A vertex inside an edge, or two edges that cross; empty if there is neither.
  [[nodiscard]] std::string flaw() const {
    for (const GridSegment& s : edges) {
      for (const GridPoint p : vertices) {
        const bool inside_box = std::min(s.a.x, s.b.x) <= p.x && p.x <= std::max(s.a.x, s.b.x) &&
                                std::min(s.a.y, s.b.y) <= p.y && p.y <= std::max(s.a.y, s.b.y);
        if (inside_box && p != s.a && p != s.b && orientation(s.a, s.b, p) == 0)
          return fmt::format("vertex {} {} inside the edge {} {}, {} {}", p.x, p.y, s.a.x, s.a.y, s.b.x,
                             s.b.y);
      }
      for (const GridSegment& t : edges) {
        const auto split = [](const GridSegment& u, const GridSegment& v) {
          return sign(orientation(u.a, u.b, v.a)) * sign(orientation(u.a, u.b, v.b)) < 0;
        };
        if (split(s, t) && split(t, s))
          return fmt::format("edges {} {}, {} {} and {} {}, {} {} cross", s.a.x, s.a.y, s.b.x, s.b.y, t.a.x,
                             t.a.y, t.b.x, t.b.y);
      }
    }
    return {};
  }
};

/// Valid, disjoint inside, meeting in vertices only, as wound and ordered as promised.
void expect_sound(const std::vector<Dissolved>& pieces) {
  const test::Geos geos;
  std::vector<test::Geos::Geometry> geometries;
  Edges all;
  for (const Dissolved& piece : pieces) {
    geometries.push_back(geos.read(piece.area));
    EXPECT_EQ(geos.invalidity(geometries.back()), "")
        << "category " << piece.category << ": " << format_wkt(piece.area);
    EXPECT_TRUE(std::is_sorted(piece.area.begin(), piece.area.end()));
    all.add(piece.area);
    for (const Polygon& polygon : piece.area) {
      for (const Ring& ring : polygon) {
        Int128 twice = 0;
        const auto points = units_of(ring);
        for (std::size_t i = 1; i < points.size(); ++i)
          twice += cross(points[i - 1].x, points[i - 1].y, points[i].x, points[i].y);
        EXPECT_EQ(twice > 0, &ring == &polygon.front()) << format_wkt(piece.area);
      }
    }
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    for (std::size_t j = i + 1; j < pieces.size(); ++j) {
      EXPECT_FALSE(geos.interiors_meet(geometries[i], geometries[j]))
          << "categories " << pieces[i].category << " and " << pieces[j].category;
    }
  }
  EXPECT_EQ(all.flaw(), "");
}

TEST(Dissolve, JoinsFacesOfOneCategoryAndLeavesHoles) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 4, 4))
      .say("l", "a", box_wkt(4, 0, 6, 4))
      .say("l", "b", box_wkt(1, 1, 2, 2));
  const Composite composite = builder.build();
  auto faces = holders_at(composite, day(0));
  for (Category& c : faces) c = c == 1 ? 1 : 0;  // what a alone has
  const auto pieces = dissolve(composite, faces);
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_EQ(format_wkt(pieces[0].area), "POLYGON((0 0,4 0,6 0,6 4,4 4,0 4,0 0),(1 1,1 2,2 2,2 1,1 1))");
  EXPECT_EQ(pieces[0].exact, pieces[0].rounded);
}

TEST(Dissolve, SplitsWhereAreasTouchInAPoint) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 1, 1)).say("l", "a", box_wkt(1, 1, 2, 2));
  const Composite composite = builder.build();
  const auto pieces = dissolve(composite, holders_at(composite, day(0)));
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_EQ(pieces[0].area.size(), 2U);
  expect_sound(pieces);
}

TEST(Dissolve, HoleThatTouchesItsShellStaysAHole) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((0 0,4 0,4 4,0 4,0 0),(0 0,1 3,3 1,0 0))");
  const Composite composite = builder.build();
  const auto pieces = dissolve(composite, holders_at(composite, day(0)));
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_EQ(format_wkt(pieces[0].area), "POLYGON((0 0,4 0,4 4,0 4,0 0),(0 0,1 3,3 1,0 0))");
  expect_sound(pieces);
}

TEST(Dissolve, CutsAtTheAntimeridian) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((170 -10,190 -10,190 10,170 10,170 -10))");
  const Composite composite = builder.build();
  const auto pieces = dissolve(composite, holders_at(composite, day(0)));
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_EQ(format_wkt(pieces[0].area),
            "MULTIPOLYGON(((-180 -10,-170 -10,-170 10,-180 10,-180 -10)),((170 -10,180 -10,180 10,170 10,170 "
            "-10)))");
}

// The line x + y = 100 runs through the middle of the pixel about (50, 50), in by its north-west corner and
// out by its south-east one, neither of which belongs to it. A test of the sides it crosses saw no pixel
// there, and b's corner was moved onto a's side without a vertex of its own.
TEST(Dissolve, BendsALineThatPassesAPixelByItsCorners) {
  AtlasBuilder builder;
  builder.say("l", "a", MultiPolygon{{ring_of({{0, 0}, {100, 0}, {0, 100}})}})
      .say("l", "b", MultiPolygon{{ring_of({{52, 52}, {90, 80}, {80, 90}})}});
  const Composite composite = builder.build();
  const auto pieces = dissolve(composite, holders_at(composite, day(0)), {.decimals = 6});
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(format_wkt(pieces[0].area), "POLYGON((0 0,1e-05 0,5e-06 5e-06,0 1e-05,0 0))");
  expect_sound(pieces);
}

TEST(Dissolve, GroundThatVanishesGivesAnEmptyAreaAndItsSize) {
  AtlasBuilder builder;
  builder.say("l", "a", MultiPolygon{{ring_of({{0, 0}, {3, 0}, {0, 3}})}});
  const Composite composite = builder.build();
  const auto pieces = dissolve(composite, holders_at(composite, day(0)), {.decimals = 6});
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_TRUE(pieces[0].area.empty());
  EXPECT_GT(pieces[0].exact, 0);
  EXPECT_EQ(pieces[0].rounded, 0);
}

TEST(Dissolve, SimplifiesTheLineOfTwoNeighboursOnce) {
  // Steps of 5 units, 5.5 cm, on a border of 100; the outline has none.
  std::vector<GridPoint> border;
  for (int i = 0; i <= 10; ++i) border.push_back({50 + (i % 2) * 5, 10 * i});
  std::vector<GridPoint> west = border;
  west.insert(west.end(), {{0, 100}, {0, 0}});
  std::vector<GridPoint> east(border.rbegin(), border.rend());
  east.insert(east.end(), {{100, 0}, {100, 100}});
  AtlasBuilder builder;
  builder.say("l", "a", MultiPolygon{{ring_of(west)}}).say("l", "b", MultiPolygon{{ring_of(east)}});
  const Composite composite = builder.build();
  const auto faces = holders_at(composite, day(0));
  EXPECT_EQ(dissolve(composite, faces, {.simplify_m = 0.01}), dissolve(composite, faces));
  const auto pieces = dissolve(composite, faces, {.simplify_m = 0.06});
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(format_wkt(pieces[0].area), "POLYGON((0 0,5e-06 0,5e-06 1e-05,0 1e-05,0 0))");
  expect_sound(pieces);
  EXPECT_NE(pieces[0].rounded, pieces[0].exact);
  EXPECT_EQ(pieces[0].rounded + pieces[1].rounded, pieces[0].exact + pieces[1].exact);
}

TEST(Dissolve, SimplifyingKeepsTheCutAtTheAntimeridian) {
  AtlasBuilder builder;
  builder.say("l", "a", "POLYGON((179 -1,180 -0.9999,181 -1,181 1,180 1.0001,179 1,179 -1))");
  const Composite composite = builder.build();
  const auto pieces = dissolve(composite, holders_at(composite, day(0)), {.simplify_m = 1000});
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_EQ(format_wkt(pieces[0].area),
            "MULTIPOLYGON(((-180 -0.9999,-179 -1,-179 1,-180 1.0001,-180 -0.9999)),((179 -1,180 -0.9999,180 "
            "1.0001,179 1,179 -1)))");
}

TEST(Dissolve, DistanceToAnEdgeIsInMetresOfTheVertex) {
  constexpr std::int32_t kDegree = kGridUnitsPerDegree;
  // A degree of the meridian at the equator and of the parallel of 60 degrees, by the radii of WGS84.
  EXPECT_NEAR(meters_to_edge({0, 0}, {-kDegree, kDegree}, {kDegree, kDegree}), 110574.3, 0.1);
  EXPECT_NEAR(meters_to_edge({0, 60 * kDegree}, {kDegree, 59 * kDegree}, {kDegree, 61 * kDegree}), 55800.0,
              0.1);
  // Beyond an end it is that to the end.
  EXPECT_NEAR(meters_to_edge({0, 0}, {kDegree, 0}, {2 * kDegree, 0}), 111319.5, 0.1);
  EXPECT_EQ(meters_to_edge({5, 5}, {0, 0}, {5, 5}), 0.0);
}

TEST(Dissolve, RefusesWhatItCannotMean) {
  AtlasBuilder builder;
  builder.say("l", "a", box_wkt(0, 0, 1, 1));
  const Composite composite = builder.build();
  const auto faces = holders_at(composite, day(0));
  EXPECT_THROW(static_cast<void>(dissolve(composite, faces, {.decimals = 8})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(dissolve(composite, faces, {.simplify_m = -1})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(dissolve(composite, faces, {.simplify_m = std::nan("")})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(dissolve(composite, {})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(dissolve(composite, std::vector<Category>(faces.size(), 1))),
               InvalidArgument);
}

struct RandomMap {
  int seed;
  int size;      ///< of the map, in grid units
  int decimals;  ///< of the output
};
void PrintTo(const RandomMap& map, std::ostream* out) {
  *out << "seed " << map.seed << ", " << map.size << " units, " << map.decimals << " decimals";
}

class DissolveRandom : public testing::TestWithParam<RandomMap> {
 protected:
  /// Triangles and crossed quadrangles of four actors, a third of them from day 10 on.
  [[nodiscard]] static AtlasBuilder random_atlas() {
    std::mt19937 random(static_cast<unsigned>(GetParam().seed));
    const auto number = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
    AtlasBuilder builder;
    for (int i = 0; i < 12; ++i) {
      const std::size_t corners = 3 + static_cast<std::size_t>(number(2));
      std::vector<GridPoint> points;
      for (std::size_t c = 0; c < corners; ++c)
        points.push_back({number(GetParam().size), number(GetParam().size)});
      const std::string actor(1, static_cast<char>('a' + number(4)));
      builder.say(actor, actor, MultiPolygon{{ring_of(points)}},
                  i % 3 == 0 ? Interval::since(day(10)) : days(0, i % 3 == 1 ? 20 : 8));
    }
    return builder;
  }
  [[nodiscard]] static DissolveOptions options() { return {.decimals = GetParam().decimals}; }
};

TEST_P(DissolveRandom, IsValidDisjointAndCloseToTheExactArea) {
  const Composite composite = random_atlas().build();
  const auto faces = holders_at(composite, day(5));
  const auto pieces = dissolve(composite, faces, options());
  expect_sound(pieces);

  // No point of a boundary moves by more than half a pixel in x and in y.
  double length = 0.0;
  const Arrangement& plane = composite.plane();
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    if (faces[plane.face(2 * e)] == faces[plane.face(2 * e + 1)]) continue;
    const ExactPoint u = plane.point(plane.edges()[e].u);
    const ExactPoint v = plane.point(plane.edges()[e].v);
    length += std::hypot(fixed_to_degrees(fixed_x(u)) - fixed_to_degrees(fixed_x(v)),
                         fixed_to_degrees(fixed_y(u)) - fixed_to_degrees(fixed_y(v)));
  }
  constexpr double kMetresPerDegree = 111319.4908;
  const double pixel = std::pow(10.0, -GetParam().decimals) * kMetresPerDegree;
  const double bound = std::sqrt(0.5) * pixel * length * kMetresPerDegree + 4 * pixel * pixel;
  const test::Geos geos;
  for (const Dissolved& piece : pieces) {
    EXPECT_LE(std::abs(to_square_meters(piece.rounded - piece.exact).value()), bound);
    // Degrees at the equator; beside it, every edge is rounded to whole square millimetres.
    const double measured = geos.area(geos.read(piece.area)) * kMetresPerDegree * 110574.4;
    std::size_t edges = 0;
    for (const Polygon& polygon : piece.area) {
      for (const Ring& ring : polygon) edges += ring.size() - 1;
    }
    EXPECT_NEAR(
        to_square_meters(piece.rounded).value(), measured,
        1e-5 * measured + static_cast<double>(edges) * EdgeArea::kErrorPerPiece / kAreaUnitsPerSquareMeter);
  }
}

TEST_P(DissolveRandom, GainedNeverOverlapsLost) {
  const Composite composite = random_atlas().build();
  const auto before = holders_at(composite, day(5));
  const auto after = holders_at(composite, day(15));
  std::vector<Category> faces(before.size());
  for (FaceIndex f = 0; f < faces.size(); ++f)
    faces[f] = before[f] == after[f] ? 0 : before[f] * 1000 + after[f];
  expect_sound(dissolve(composite, faces, options()));
}

TEST_P(DissolveRandom, DivisionsThatShareTheirLinesMeetInVertices) {
  const Composite composite = random_atlas().build();
  const Arrangement& plane = composite.plane();
  const std::vector dates{day(5), day(9), day(15), day(25)};
  std::vector<bool> lines(plane.edges().size(), false);
  for (const Instant date : dates) {
    const auto faces = holders_at(composite, date);
    for (EdgeIndex e = 0; e < lines.size(); ++e)
      lines[e] = lines[e] || faces[plane.face(2 * e)] != faces[plane.face(2 * e + 1)];
  }
  const Dissolver dissolver(composite, lines, options());
  Edges all;
  for (const Instant date : dates) {
    const auto pieces = dissolver(holders_at(composite, date));
    expect_sound(pieces);
    for (const Dissolved& piece : pieces) all.add(piece.area);
  }
  EXPECT_EQ(all.flaw(), "");
}

// What lies within what, and beside what, is as it was: so every piece has as many rings.
TEST_P(DissolveRandom, SimplifiedDivisionsAreSoundAndLoseNoRing) {
  const Composite composite = random_atlas().build();
  const Arrangement& plane = composite.plane();
  const std::vector dates{day(5), day(15)};
  std::vector<bool> lines(plane.edges().size(), false);
  for (const Instant date : dates) {
    const auto faces = holders_at(composite, date);
    for (EdgeIndex e = 0; e < lines.size(); ++e)
      lines[e] = lines[e] || faces[plane.face(2 * e)] != faces[plane.face(2 * e + 1)];
  }
  constexpr double kMetresPerUnit = 0.0111;
  DissolveOptions coarse = options();
  coarse.simplify_m = 0.1 * GetParam().size * kMetresPerUnit;
  const Dissolver exact(composite, lines, options());
  const Dissolver simplified(composite, lines, coarse);
  EXPECT_LE(simplified.vertices().kept, exact.vertices().kept);
  EXPECT_EQ(simplified.vertices().rounded, exact.vertices().kept);
  Edges all;
  for (const Instant date : dates) {
    const auto faces = holders_at(composite, date);
    const auto pieces = simplified(faces);
    expect_sound(pieces);
    for (const Dissolved& piece : pieces) all.add(piece.area);
    const auto shape_of = [](const std::vector<Dissolved>& division) {
      std::vector<std::pair<Category, std::vector<std::size_t>>> shape;
      for (const Dissolved& piece : division) {
        std::vector<std::size_t> rings;
        for (const Polygon& polygon : piece.area) rings.push_back(polygon.size());
        std::sort(rings.begin(), rings.end());
        shape.emplace_back(piece.category, std::move(rings));
      }
      return shape;
    };
    EXPECT_EQ(shape_of(pieces), shape_of(exact(faces)));
  }
  EXPECT_EQ(all.flaw(), "");
}

std::vector<RandomMap> random_maps() {
  std::vector<RandomMap> maps;
  for (int seed = 1; seed <= 40; ++seed) {
    maps.push_back({seed, 12, 7});
    maps.push_back({seed, 60, 7});
    maps.push_back({seed, 300, 6});
    maps.push_back({seed, 1000, 5});
  }
  return maps;
}
INSTANTIATE_TEST_SUITE_P(Maps, DissolveRandom, testing::ValuesIn(random_maps()));

}  // namespace
}  // namespace marchland
