#include <marchland/derive/detail/frame_points.h>
#include <marchland/measure/edge_area.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace marchland::detail {
namespace {

/// A point of a segment, and how far it is from another in the plane that has the scale of its latitude.
struct Foot {
  double square = 0.0;
  GridPoint point;
};

/// Rounded as noding rounds: halves go east and north. The same whichever way the segment points.
Foot foot_on(const GridSegment& segment, GridPoint from, double scale) {
  const auto [a, b] = std::minmax(segment.a, segment.b);
  const double dx = static_cast<double>(std::int64_t{b.x} - a.x) * scale;
  const auto dy = static_cast<double>(std::int64_t{b.y} - a.y);
  const double ex = static_cast<double>(std::int64_t{from.x} - a.x) * scale;
  const auto ey = static_cast<double>(std::int64_t{from.y} - a.y);
  const double t = std::clamp((ex * dx + ey * dy) / (dx * dx + dy * dy), 0.0, 1.0);
  const auto along = [&](std::int32_t begin, std::int32_t end) {
    const double step = static_cast<double>(std::int64_t{end} - begin);
    return static_cast<std::int32_t>(begin + static_cast<std::int64_t>(std::floor(t * step + 0.5)));
  };
  return {(ex - t * dx) * (ex - t * dx) + (ey - t * dy) * (ey - t * dy), {along(a.x, b.x), along(a.y, b.y)}};
}

std::int32_t clamped(double value, std::int32_t most) {
  return static_cast<std::int32_t>(std::clamp(value, -static_cast<double>(most), static_cast<double>(most)));
}

/// num / den, both below 2^64, den above 0.
struct Ratio {
  Int128 num;
  Int128 den;
  [[nodiscard]] bool is_less_than(const Ratio& other) const {
    return static_cast<Uint128>(num) * static_cast<Uint128>(other.den) <
           static_cast<Uint128>(other.num) * static_cast<Uint128>(den);
  }
};

/// Where a ray meets the boundary: in steps of the ray, and there.
struct Hit {
  Ratio along;
  GridPoint point;
};

std::optional<Hit> hit_on(const GridSegment& s, GridPoint from, std::int64_t rx, std::int64_t ry) {
  const std::int64_t qx = std::int64_t{s.a.x} - from.x;
  const std::int64_t qy = std::int64_t{s.a.y} - from.y;
  Int128 den = cross(rx, ry, s.dx(), s.dy());
  if (den == 0) return std::nullopt;  // parallel: a neighbour of the step is met at its end
  const int way = den > 0 ? 1 : -1;
  den *= way;
  const Int128 along = cross(qx, qy, s.dx(), s.dy()) * way;
  const Int128 across = cross(qx, qy, rx, ry) * way;
  if (along <= 0 || across < 0 || across > den) return std::nullopt;
  // To the nearest grid point, exactly; halves go east and north, as in noding.
  const auto rounded = [&](std::int32_t begin, std::int64_t step) {
    return static_cast<std::int32_t>(begin +
                                     static_cast<std::int64_t>(floor_div(2 * across * step + den, 2 * den)));
  };
  return Hit{{along, den}, {rounded(s.a.x, s.dx()), rounded(s.a.y, s.dy())}};
}

}  // namespace

GridPoint nearest_on(const Frame& frame, GridPoint point) {
  // The cosine as the sine of the complement, in a fixed sequence of operations: libm's differs by machine.
  const std::int64_t complement = std::int64_t{kGridMaxLat} - std::abs(std::int64_t{point.y});
  const double scale = sin_of_mean_latitude((2 * complement) << kFixedBits);
  // A frame has a boundary, so there is one.
  Foot nearest = foot_on(frame.boundary()[frame.index().find_near(point).value()], point, scale);
  // Nothing nearer lies outside this box; two units more than covers its rounding.
  const double north = std::sqrt(nearest.square) + 2.0;
  const double east = scale > 0.0 ? north / scale + 2.0 : 2.0 * kGridMaxLon;
  const GridBox box{{clamped(point.x - east, kGridMaxLon), clamped(point.y - north, kGridMaxLat)},
                    {clamped(point.x + east, kGridMaxLon), clamped(point.y + north, kGridMaxLat)}};
  for (const std::size_t i : frame.index().find(box)) {
    const Foot foot = foot_on(frame.boundary()[i], point, scale);
    // Of equally near ones the least, so that the order of the frame's polygons does not matter.
    if (foot.square < nearest.square || (foot.square == nearest.square && foot.point < nearest.point))
      nearest = foot;
  }
  return nearest.point;
}

/// Looked for along twice as many steps each time.
std::optional<GridPoint> straight_on(const Frame& frame, GridPoint before, GridPoint end) {
  const std::int64_t rx = std::int64_t{end.x} - before.x;
  const std::int64_t ry = std::int64_t{end.y} - before.y;
  bool is_all = false;
  for (std::int64_t steps = 1; !is_all; steps *= 2) {
    const std::int64_t x = end.x + steps * rx;
    const std::int64_t y = end.y + steps * ry;
    is_all = std::abs(x) >= kGridMaxLon || std::abs(y) >= kGridMaxLat;
    const GridPoint far{static_cast<std::int32_t>(std::clamp<std::int64_t>(x, -kGridMaxLon, kGridMaxLon)),
                        static_cast<std::int32_t>(std::clamp<std::int64_t>(y, -kGridMaxLat, kGridMaxLat))};
    std::optional<Hit> first;
    for (const std::size_t i : frame.index().find(box_of({end, far}))) {
      const auto hit = hit_on(frame.boundary()[i], end, rx, ry);
      if (hit && (!first || hit->along.is_less_than(first->along))) first = hit;
    }
    // One beyond these steps may hide a nearer one that the box does not hold.
    if (first && (is_all || !Ratio{steps, 1}.is_less_than(first->along))) return first->point;
  }
  return std::nullopt;
}

}  // namespace marchland::detail
