#pragma once
// The instants at which anything changes, numbered. Between two neighbours nothing does.
#include <marchland/time/interval.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace marchland {

/// Index into the sorted instants of a TimeAxis.
using TimeIndex = std::uint32_t;

/// Instants in order, with "since ever" first and "for ever" last. Epoch i is [instant i, instant i+1).
class TimeAxis {
 public:
  TimeAxis() : TimeAxis(std::vector<Instant>{}) {}
  /// Any order, repeats allowed; open ends need not be given.
  explicit TimeAxis(std::vector<Instant> instants) : instants_(std::move(instants)) {
    instants_.push_back(Interval().from());
    instants_.push_back(Interval().to());
    std::sort(instants_.begin(), instants_.end());
    instants_.erase(std::unique(instants_.begin(), instants_.end()), instants_.end());
  }

  [[nodiscard]] std::size_t epoch_count() const noexcept { return instants_.size() - 1; }
  [[nodiscard]] TimeIndex for_ever() const noexcept { return static_cast<TimeIndex>(instants_.size() - 1); }
  [[nodiscard]] Instant operator[](TimeIndex index) const { return instants_[index]; }
  [[nodiscard]] Interval epoch(TimeIndex index) const { return {instants_[index], instants_[index + 1]}; }

  /// Index of an instant of the axis.
  [[nodiscard]] TimeIndex index_of(Instant instant) const {
    return static_cast<TimeIndex>(std::lower_bound(instants_.begin(), instants_.end(), instant) -
                                  instants_.begin());
  }
  /// The epoch that any instant lies in.
  [[nodiscard]] TimeIndex epoch_of(Instant instant) const {
    const auto after = std::upper_bound(instants_.begin(), instants_.end() - 1, instant);
    return static_cast<TimeIndex>(std::max<std::ptrdiff_t>(after - instants_.begin(), 1) - 1);
  }

  [[nodiscard]] std::vector<TimeIndex> epochs_of(const std::vector<Instant>& instants) const {
    std::vector<TimeIndex> out;
    out.reserve(instants.size());
    for (const Instant instant : instants) out.push_back(epoch_of(instant));
    return out;
  }

 private:
  std::vector<Instant> instants_;
};

}  // namespace marchland
