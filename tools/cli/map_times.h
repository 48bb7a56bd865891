#pragma once
// The instants that the data of a map refer to, numbered in their order.
#include "tools/cli/report.h"
#include <marchland/time/interval.h>

#include <algorithm>
#include <vector>

namespace marchland::cli {

/// Seconds since 1970-01-01T00:00Z; null for an open end.
[[nodiscard]] inline Json seconds_json(Instant at) {
  if (at == Interval().from() || at == Interval().to()) return nullptr;
  return at.time_since_epoch().count();
}

class MapTimes {
 public:
  /// "Since ever" is always among them.
  explicit MapTimes(std::vector<Instant> instants) : instants_(std::move(instants)) {
    instants_.push_back(Interval().from());
    std::sort(instants_.begin(), instants_.end());
    instants_.erase(std::unique(instants_.begin(), instants_.end()), instants_.end());
  }

  /// Of an instant that is one of them.
  [[nodiscard]] std::size_t number(Instant at) const {
    return static_cast<std::size_t>(std::lower_bound(instants_.begin(), instants_.end(), at) -
                                    instants_.begin());
  }
  [[nodiscard]] const std::vector<Instant>& instants() const noexcept { return instants_; }

 private:
  std::vector<Instant> instants_;
};

}  // namespace marchland::cli
