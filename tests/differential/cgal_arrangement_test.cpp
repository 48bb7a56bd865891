// Vertices, edges and faces against CGAL's arrangement with exact constructions, on degenerate input.
#include <marchland/composite/arrangement.h>

#include <CGAL/Arr_segment_traits_2.h>
#include <CGAL/Arrangement_2.h>
#include <CGAL/Exact_predicates_exact_constructions_kernel.h>
#include <gtest/gtest.h>
#include <tests/exact_oracle.h>

#include <algorithm>
#include <vector>

namespace marchland {
namespace {

using namespace testing_oracle;
using Kernel = CGAL::Exact_predicates_exact_constructions_kernel;
using Traits = CGAL::Arr_segment_traits_2<Kernel>;
using CgalArrangement = CGAL::Arrangement_2<Traits>;

struct Counts {
  std::size_t vertices;
  std::size_t edges;
  std::size_t faces;
  friend bool operator==(const Counts&, const Counts&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Counts& c) {
    return out << c.vertices << " vertices, " << c.edges << " edges, " << c.faces << " faces";
  }
};

Counts by_cgal(const std::vector<GridSegment>& segments) {
  std::vector<Kernel::Segment_2> curves;
  for (const GridSegment& s : segments) {
    curves.emplace_back(Kernel::Point_2(s.a.x, s.a.y), Kernel::Point_2(s.b.x, s.b.y));
  }
  CgalArrangement arrangement;
  CGAL::insert(arrangement, curves.begin(), curves.end());
  return {arrangement.number_of_vertices(), arrangement.number_of_edges(), arrangement.number_of_faces()};
}

Counts by_us(std::vector<GridSegment> segments) {
  std::sort(segments.begin(), segments.end());
  SegmentTable table;
  table.offsets.assign(segments.size() + 1, 0);
  table.segments = std::move(segments);
  number_ends(table);
  const Arrangement plane(std::move(table));
  return {plane.node_count(), plane.edges().size(), plane.face_count()};
}

void add(std::vector<GridSegment>& out, GridPoint p, GridPoint q) {
  if (p == q) return;
  const GridSegment s = p < q ? GridSegment{p, q} : GridSegment{q, p};
  if (std::find(out.begin(), out.end(), s) == out.end()) out.push_back(s);
}

TEST(CgalArrangement, RandomSegmentsOnSmallLattices) {
  constexpr std::uint64_t kSeed = 201;
  for (std::uint64_t i = 0; i < 250; ++i) {
    Random random(kSeed * 1000003 + i);
    const std::int64_t side = 3 + static_cast<std::int64_t>(i % 9);
    std::vector<GridSegment> segments;
    const auto point = [&] {
      return GridPoint{static_cast<std::int32_t>(draw(random, 0, side)),
                       static_cast<std::int32_t>(draw(random, 0, side))};
    };
    for (std::uint64_t k = 0; k < 4 + i % 30; ++k) add(segments, point(), point());
    ASSERT_EQ(by_us(segments), by_cgal(segments)) << "seed " << kSeed << ", case " << i;
  }
}

TEST(CgalArrangement, SegmentsOfAllScalesOverTheWholeBox) {
  constexpr std::uint64_t kSeed = 202;
  for (std::uint64_t i = 0; i < 80; ++i) {
    Random random(kSeed * 1000003 + i);
    std::vector<GridSegment> segments;
    for (int k = 0; k < 40; ++k) {
      const std::int64_t reach = std::int64_t{1} << draw(random, 0, 31);
      const auto near = [&](std::int64_t v, std::int64_t limit) {
        return static_cast<std::int32_t>(std::clamp(v + draw(random, -reach, reach), -limit, limit));
      };
      const GridPoint p{near(0, kGridMaxLon), near(0, kGridMaxLat)};
      add(segments, p, {near(p.x, kGridMaxLon), near(p.y, kGridMaxLat)});
      // A nearly equal neighbour, and one that shares an end.
      if (k % 5 == 0) add(segments, p, {near(-p.x, kGridMaxLon), near(-p.y, kGridMaxLat)});
      if (k % 7 == 0) {
        const GridSegment s = segments.back();
        const auto beside = [&](std::int32_t v, std::int32_t limit) {
          return static_cast<std::int32_t>(std::clamp<std::int64_t>(v + draw(random, -1, 1), -limit, limit));
        };
        add(segments, {beside(s.a.x, kGridMaxLon), beside(s.a.y, kGridMaxLat)},
            {beside(s.b.x, kGridMaxLon), beside(s.b.y, kGridMaxLat)});
      }
    }
    ASSERT_EQ(by_us(segments), by_cgal(segments)) << "seed " << kSeed << ", case " << i;
  }
}

TEST(CgalArrangement, ManyPolygonsThatShareVerticesAndEdges) {
  constexpr std::uint64_t kSeed = 203;
  for (std::uint64_t i = 0; i < 25; ++i) {
    Random random(kSeed * 1000003 + i);
    std::vector<GridSegment> segments;
    for (int k = 0; k < 60; ++k) {
      const auto x = static_cast<std::int32_t>(draw(random, 0, 40));
      const auto y = static_cast<std::int32_t>(draw(random, 0, 40));
      const auto w = static_cast<std::int32_t>(draw(random, 1, 6));
      const auto h = static_cast<std::int32_t>(draw(random, 1, 6));
      add(segments, {x, y}, {x + w, y});
      add(segments, {x + w, y}, {x + w, y + h});
      if (k % 2 == 0) {
        add(segments, {x + w, y + h}, {x, y});
      } else {
        add(segments, {x + w, y + h}, {x, y + h});
        add(segments, {x, y + h}, {x, y});
      }
    }
    ASSERT_EQ(by_us(segments), by_cgal(segments)) << "seed " << kSeed << ", case " << i;
  }
}

}  // namespace
}  // namespace marchland
