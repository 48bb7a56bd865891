#include <marchland/derive/detail/segment_index.h>

#include <boost/geometry.hpp>
#include <boost/geometry/index/rtree.hpp>
#include <boost/iterator/function_output_iterator.hpp>

#include <algorithm>

namespace marchland::detail {
namespace {

namespace bg = boost::geometry;
namespace bgi = boost::geometry::index;
// Grid units are whole numbers below 2^31, which doubles hold exactly.
using Corner = bg::model::point<double, 2, bg::cs::cartesian>;
using Box = bg::model::box<Corner>;
using Entry = std::pair<Box, std::size_t>;

Box to_box(const GridBox& box) {
  return {Corner(box.least.x, box.least.y), Corner(box.most.x, box.most.y)};
}

/// The same segment with its lower end first.
GridSegment upwards(const GridSegment& s) noexcept {
  return s.a.y <= s.b.y ? s : GridSegment{s.b, s.a};
}

}  // namespace

struct SegmentIndex::Tree {
  bgi::rtree<Entry, bgi::rstar<16>> entries;
};

GridBox box_of(const GridSegment& s) noexcept {
  return {{std::min(s.a.x, s.b.x), std::min(s.a.y, s.b.y)}, {std::max(s.a.x, s.b.x), std::max(s.a.y, s.b.y)}};
}

bool meet(const GridBox& a, const GridBox& b) noexcept {
  return a.most.x >= b.least.x && a.least.x <= b.most.x && a.most.y >= b.least.y && a.least.y <= b.most.y;
}

SegmentIndex::SegmentIndex(std::vector<GridSegment> segments) : segments_(std::move(segments)) {
  std::vector<Entry> entries;
  entries.reserve(segments_.size());
  for (std::size_t i = 0; i < segments_.size(); ++i) entries.emplace_back(to_box(box_of(segments_[i])), i);
  tree_ = std::make_unique<Tree>(Tree{bgi::rtree<Entry, bgi::rstar<16>>(entries)});
}

SegmentIndex::~SegmentIndex() = default;
SegmentIndex::SegmentIndex(SegmentIndex&&) noexcept = default;
SegmentIndex& SegmentIndex::operator=(SegmentIndex&&) noexcept = default;

void SegmentIndex::find(const GridBox& box, std::vector<std::size_t>& found) const {
  found.clear();
  tree_->entries.query(
      bgi::intersects(to_box(box)),
      boost::make_function_output_iterator([&](const Entry& entry) { found.push_back(entry.second); }));
  std::sort(found.begin(), found.end());
}

std::vector<std::size_t> SegmentIndex::find(const GridBox& box) const {
  std::vector<std::size_t> found;
  find(box, found);
  return found;
}

std::optional<std::size_t> SegmentIndex::find_near(GridPoint point) const {
  const auto at = tree_->entries.qbegin(bgi::nearest(Corner(point.x, point.y), 1));
  if (at == tree_->entries.qend()) return std::nullopt;
  return at->second;
}

std::optional<std::size_t> SegmentIndex::west_of(GridPoint point) const {
  std::optional<std::size_t> first;
  for (const std::size_t i : find({{-kGridMaxLon, point.y}, point})) {
    if (is_west_of(segments_[i], point) && (!first || is_further_east(segments_[i], segments_[*first])))
      first = i;
  }
  return first;
}

bool is_west_of(const GridSegment& s, GridPoint point) noexcept {
  const GridSegment up = upwards(s);
  return up.a.y <= point.y && up.b.y > point.y && orientation(up.a, up.b, point) < 0;
}

bool is_further_east(const GridSegment& s, const GridSegment& t) noexcept {
  const GridSegment a = upwards(s);
  const GridSegment b = upwards(t);
  if (a.a.y < b.a.y) return !is_further_east(t, s);
  // The lower end of a lies beside b, or on it, and then a leaves b there.
  const std::int64_t of_end = orientation(b.a, b.b, a.a);
  return of_end != 0 ? of_end < 0 : orientation(b.a, b.b, a.b) < 0;
}

}  // namespace marchland::detail
