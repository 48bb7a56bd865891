#include <marchland/geometry/lonlat_box.h>

#include <algorithm>

namespace marchland {

void LonLatBoxBuilder::add(double west, double east, double south, double north) {
  longitudes_.emplace_back(west, east);
  south_ = std::min(south_, south);
  north_ = std::max(north_, north);
}

std::optional<LonLatBox> LonLatBoxBuilder::box() const {
  if (longitudes_.empty()) return std::nullopt;
  auto stretches = longitudes_;
  std::sort(stretches.begin(), stretches.end());
  const double west = stretches.front().first;
  double east = stretches.front().second;
  double gap = 0.0;
  double gap_begin = 0.0;
  double gap_end = 0.0;
  for (const auto& [from, to] : stretches) {
    if (from - east > gap) {
      gap = from - east;
      gap_begin = east;
      gap_end = from;
    }
    east = std::max(east, to);
  }
  if (west > -180.0 || east < 180.0 || gap < 180.0) return LonLatBox{west, south_, east, north_};
  return LonLatBox{gap_end, south_, gap_begin, north_};
}

}  // namespace marchland
