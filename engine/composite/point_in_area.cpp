#include <marchland/composite/point_in_area.h>

#include <algorithm>

namespace marchland {

int winding_number(const QuantisedRing& chain, GridPoint point) noexcept {
  // A ray south from just west of the point's abscissa meets links that span it half-open; a link through the
  // point itself is not below it.
  int winding = 0;
  for (const ChainLink& link : chain.links) {
    const GridPoint a = link.s.a;
    const GridPoint b = link.s.b;
    if (a.x < point.x && point.x <= b.x) {
      if (orientation(a, b, point) > 0) winding += link.multiplicity;
    } else if (b.x < point.x && point.x <= a.x) {
      if (orientation(a, b, point) < 0) winding -= link.multiplicity;
    }
  }
  return winding;
}

bool covers(const SharedArea& area, RingConvention convention, GridPoint point) {
  Ring copied;
  return std::any_of(area.begin(), area.end(), [&](const SharedPolygon& polygon) {
    for (std::size_t r = 0; r < polygon.size(); ++r) {
      const bool winds = winding_number(quantise(polygon[r].view(copied), convention), point) != 0;
      if (winds != (r == 0)) return false;
    }
    return !polygon.empty();
  });
}

}  // namespace marchland
