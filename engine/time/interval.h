#pragma once
// Half-open intervals [from, to). Two that touch never overlap. Either end may be open.
#include <marchland/time/instant.h>

#include <algorithm>

namespace marchland {

class Interval {
 public:
  /// All of time.
  constexpr Interval() noexcept = default;
  /// [from, to). `from >= to` gives an empty interval.
  constexpr Interval(Instant from, Instant to) noexcept : from_(from), to_(to) {}
  [[nodiscard]] static constexpr Interval since(Instant from) noexcept { return {from, kOpenTo}; }
  [[nodiscard]] static constexpr Interval until(Instant to) noexcept { return {kOpenFrom, to}; }

  [[nodiscard]] constexpr bool has_from() const noexcept { return from_ != kOpenFrom; }
  [[nodiscard]] constexpr bool has_to() const noexcept { return to_ != kOpenTo; }
  /// First instant inside; before every real instant if there is no such end.
  [[nodiscard]] constexpr Instant from() const noexcept { return from_; }
  /// First instant after; later than every real instant if there is no such end.
  [[nodiscard]] constexpr Instant to() const noexcept { return to_; }
  [[nodiscard]] constexpr bool is_empty() const noexcept { return from_ >= to_; }
  [[nodiscard]] constexpr bool contains(Instant instant) const noexcept {
    return from_ <= instant && instant < to_;
  }
  [[nodiscard]] constexpr Interval intersection(const Interval& other) const noexcept {
    return {std::max(from_, other.from_), std::min(to_, other.to_)};
  }
  friend constexpr auto operator<=>(const Interval&, const Interval&) noexcept = default;

 private:
  static constexpr Instant kOpenFrom = Instant::min();
  static constexpr Instant kOpenTo = Instant::max();
  Instant from_ = kOpenFrom;
  Instant to_ = kOpenTo;
};

}  // namespace marchland
