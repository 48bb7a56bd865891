#include <marchland/derive/area_filter.h>

#include <boost/geometry.hpp>
#include <boost/geometry/geometries/geometries.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace marchland {
namespace {

namespace bg = boost::geometry;
using Point = bg::model::d2::point_xy<double>;
using PlanePolygon = bg::model::polygon<Point>;
using PlaneBox = bg::model::box<Point>;

PlanePolygon in_plane(const Polygon& polygon) {
  PlanePolygon out;
  for (std::size_t r = 0; r < polygon.size(); ++r) {
    if (r > 0) out.inners().emplace_back();
    auto& ring = r == 0 ? out.outer() : out.inners().back();
    for (const Position& p : polygon[r]) ring.emplace_back(p.lon, p.lat);
  }
  bg::correct(out);
  return out;
}

struct Part {
  PlanePolygon polygon;
  PlaneBox box;
};

std::vector<Part> parts_of(const MultiPolygon& area) {
  std::vector<Part> parts;
  for (const Polygon& polygon : area) {
    Part part{in_plane(polygon), {}};
    bg::envelope(part.polygon, part.box);
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace

struct AreaFilter::Region {
  std::vector<Part> parts;
};

AreaFilter::AreaFilter(const MultiPolygon& region)
    : region_(std::make_unique<const Region>(Region{parts_of(region)})) {}
AreaFilter::~AreaFilter() = default;
AreaFilter::AreaFilter(AreaFilter&&) noexcept = default;
AreaFilter& AreaFilter::operator=(AreaFilter&&) noexcept = default;

bool AreaFilter::meets(const MultiPolygon& area) const {
  const std::vector<Part> parts = parts_of(area);
  return std::any_of(parts.begin(), parts.end(), [&](const Part& part) {
    return std::any_of(region_->parts.begin(), region_->parts.end(), [&](const Part& region) {
      return bg::intersects(part.box, region.box) && bg::intersects(part.polygon, region.polygon);
    });
  });
}

}  // namespace marchland
