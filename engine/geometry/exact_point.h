#pragma once
// Points of an exact arrangement and the predicates on them. No epsilon and no rounding anywhere: every
// function below is exact for all grid points of the box (base/grid.h). Ranges are proved beside each one,
// with
//   |dx| <= 3.6e9 < 2^32, |dy| <= 1.8e9 < 2^31, |dx1*dy2 - dx2*dy1| <= 1.296e19 < 2^64.
#include <marchland/base/grid.h>
#include <marchland/base/int128.h>

#include <compare>
#include <cstdint>

namespace marchland {

/// (x + rx/den, y + ry/den) in grid units, 0 <= rx, ry < den. A grid vertex has den = 1; the crossing of two
/// segments has for den the cross product of their directions. Two that are equal as points need not have
/// equal members: compare by the functions below, which ask the rational numbers.
struct ExactPoint {
  std::int32_t x = 0;
  std::int32_t y = 0;
  std::uint64_t rx = 0;
  std::uint64_t ry = 0;
  std::uint64_t den = 1;

  constexpr ExactPoint() noexcept = default;
  constexpr ExactPoint(GridPoint p) noexcept
      : x(p.x), y(p.y) {}  // NOLINT: every grid point is an exact point
  constexpr ExactPoint(std::int32_t x_, std::int32_t y_, std::uint64_t rx_, std::uint64_t ry_,
                       std::uint64_t den_) noexcept
      : x(x_), y(y_), rx(rx_), ry(ry_), den(den_) {}
  [[nodiscard]] constexpr bool is_on_grid() const noexcept { return rx == 0 && ry == 0; }
};

/// A segment between two different grid points; its direction is from a to b.
struct GridSegment {
  GridPoint a;
  GridPoint b;
  friend constexpr auto operator<=>(const GridSegment&, const GridSegment&) noexcept = default;
  [[nodiscard]] constexpr std::int64_t dx() const noexcept { return std::int64_t{b.x} - a.x; }
  [[nodiscard]] constexpr std::int64_t dy() const noexcept { return std::int64_t{b.y} - a.y; }
};

/// Largest integer not above n / d; d > 0.
[[nodiscard]] constexpr Int128 floor_div(Int128 n, Int128 d) noexcept {
  const Int128 q = n / d;
  return n % d < 0 ? q - 1 : q;
}

/// Cross product of two directions; 65 bits with sign.
[[nodiscard]] constexpr Int128 cross(std::int64_t dx1, std::int64_t dy1, std::int64_t dx2,
                                     std::int64_t dy2) noexcept {
  return static_cast<Int128>(dx1) * dy2 - static_cast<Int128>(dx2) * dy1;
}

/// Twice the signed area of the triangle abc: positive if c lies left of a->b. A triangle covers at most half
/// of its bounding box, so the value is at most 3.6e9 * 1.8e9 = 6.48e18 < 2^63 and wrapping arithmetic gives
/// it exactly.
[[nodiscard]] constexpr std::int64_t orientation(GridPoint a, GridPoint b, GridPoint c) noexcept {
  const auto wrap = [](std::int64_t v) { return static_cast<std::uint64_t>(v); };
  return static_cast<std::int64_t>(wrap(std::int64_t{b.x} - a.x) * wrap(std::int64_t{c.y} - a.y) -
                                   wrap(std::int64_t{b.y} - a.y) * wrap(std::int64_t{c.x} - a.x));
}

/// Sign of the side of p of the line through a and b: +1 left of a->b. |value| <= 6.48e18 * den + 3.6e9 * den
/// * 2 < 2^127 because den < 2^64 and the orientation of the floor point is below 2^63.
[[nodiscard]] constexpr int side(const GridSegment& s, const ExactPoint& p) noexcept {
  // The floor point may lie one unit outside the box; its orientation is still far below 2^64.
  const Int128 floor_value = cross(s.dx(), s.dy(), std::int64_t{p.x} - s.a.x, std::int64_t{p.y} - s.a.y);
  return sign(floor_value * p.den + static_cast<Int128>(s.dx()) * p.ry - static_cast<Int128>(s.dy()) * p.rx);
}

namespace detail {
[[nodiscard]] constexpr std::strong_ordering compare_rational(std::int32_t whole1, std::uint64_t rest1,
                                                              std::uint64_t den1, std::int32_t whole2,
                                                              std::uint64_t rest2,
                                                              std::uint64_t den2) noexcept {
  if (whole1 != whole2) return whole1 <=> whole2;
  return static_cast<Uint128>(rest1) * den2 <=> static_cast<Uint128>(rest2) * den1;
}
}  // namespace detail

[[nodiscard]] constexpr std::strong_ordering compare_x(const ExactPoint& p, const ExactPoint& q) noexcept {
  return detail::compare_rational(p.x, p.rx, p.den, q.x, q.rx, q.den);
}
[[nodiscard]] constexpr std::strong_ordering compare_y(const ExactPoint& p, const ExactPoint& q) noexcept {
  return detail::compare_rational(p.y, p.ry, p.den, q.y, q.ry, q.den);
}
/// By x, then y.
[[nodiscard]] constexpr std::strong_ordering compare_xy(const ExactPoint& p, const ExactPoint& q) noexcept {
  const auto by_x = compare_x(p, q);
  return by_x != 0 ? by_x : compare_y(p, q);
}

/// The point where two segments cross in the interior of both. Precondition: they do (their ends lie strictly
/// on opposite sides of each other). The same members whichever way the segments point; with s and t
/// exchanged the same point in other members.
[[nodiscard]] constexpr ExactPoint crossing_point(const GridSegment& s, const GridSegment& t) noexcept {
  Int128 den = cross(s.dx(), s.dy(), t.dx(), t.dy());
  Int128 num = cross(std::int64_t{t.a.x} - s.a.x, std::int64_t{t.a.y} - s.a.y, t.dx(), t.dy());
  if (den < 0) {
    den = -den;
    num = -num;
  }
  // 0 < num < den < 2^64, so the products stay below 2^96.
  const Int128 nx = num * s.dx();
  const Int128 ny = num * s.dy();
  const Int128 qx = floor_div(nx, den);
  const Int128 qy = floor_div(ny, den);
  return {static_cast<std::int32_t>(s.a.x + static_cast<std::int64_t>(qx)),
          static_cast<std::int32_t>(s.a.y + static_cast<std::int64_t>(qy)),
          static_cast<std::uint64_t>(nx - qx * den), static_cast<std::uint64_t>(ny - qy * den),
          static_cast<std::uint64_t>(den)};
}

/// A coordinate in units of 2^-32 of the grid unit, rounded down. It depends on the number alone, not on how
/// the point was named. |value| <= 1.8e9 * 2^32 < 2^63.
using FixedCoordinate = std::int64_t;
inline constexpr int kFixedBits = 32;

[[nodiscard]] constexpr FixedCoordinate to_fixed(std::int32_t whole, std::uint64_t rest,
                                                 std::uint64_t den) noexcept {
  const auto low = rest == 0 ? Uint128{0} : (static_cast<Uint128>(rest) << kFixedBits) / den;
  return static_cast<std::int64_t>(whole) * (std::int64_t{1} << kFixedBits) + static_cast<std::int64_t>(low);
}
[[nodiscard]] constexpr FixedCoordinate fixed_x(const ExactPoint& p) noexcept {
  return to_fixed(p.x, p.rx, p.den);
}
[[nodiscard]] constexpr FixedCoordinate fixed_y(const ExactPoint& p) noexcept {
  return to_fixed(p.y, p.ry, p.den);
}

[[nodiscard]] constexpr double fixed_to_degrees(FixedCoordinate value) noexcept {
  constexpr double kFixedPerDegree = static_cast<double>(kGridUnitsPerDegree) * 4294967296.0;
  return static_cast<double>(value) / kFixedPerDegree;
}

}  // namespace marchland
