#pragma once
// Quantities that do not convert into one another; tests/unit/base holds that they do not compile when mixed.
#include <compare>

namespace marchland {

/// A real number with a unit. Arithmetic stays inside one unit.
template <class Unit>
class Quantity {
 public:
  constexpr Quantity() noexcept = default;
  constexpr explicit Quantity(double value) noexcept : value_(value) {}

  [[nodiscard]] constexpr double value() const noexcept { return value_; }
  friend constexpr auto operator<=>(Quantity, Quantity) noexcept = default;
  friend constexpr Quantity operator+(Quantity a, Quantity b) noexcept {
    return Quantity(a.value_ + b.value_);
  }
  friend constexpr Quantity operator-(Quantity a, Quantity b) noexcept {
    return Quantity(a.value_ - b.value_);
  }
  constexpr Quantity& operator+=(Quantity other) noexcept { return *this = *this + other; }

 private:
  double value_ = 0.0;
};

using Meters = Quantity<struct MeterUnit>;
using SquareMeters = Quantity<struct SquareMeterUnit>;
using Lon = Quantity<struct LonUnit>;  ///< degrees east
using Lat = Quantity<struct LatUnit>;  ///< degrees north

}  // namespace marchland
