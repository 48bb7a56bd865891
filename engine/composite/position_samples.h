#pragma once
// Some positions of a ring, to be recognised among many: cheaper than indexing all of either ring.
#include <marchland/geometry/shapes.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace marchland {

class PositionSamples {
 public:
  /// Up to `count` positions of `positions`, evenly spaced, known by `owner` and their place.
  void add(std::span<const Position> positions, std::size_t count, std::uint32_t owner) {
    count = std::min(count, positions.size());
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t place = k * positions.size() / count;
      const std::uint64_t key = key_of(positions[place]);
      samples_.push_back({key, positions[place], owner, static_cast<std::uint32_t>(place)});
      filter_[(key >> 58U) & 63U] |= std::uint64_t{1} << ((key >> 52U) & 63U);
    }
  }
  /// Call once after the last `add`.
  void prepare() {
    std::sort(samples_.begin(), samples_.end(), [](const Sample& a, const Sample& b) {
      return a.key != b.key ? a.key < b.key : a.owner != b.owner ? a.owner < b.owner : a.place < b.place;
    });
  }
  /// Calls use(owner, place) for every sample at p.
  template <class Use>
  void for_each_at(const Position& p, Use use) const {
    const std::uint64_t key = key_of(p);
    if ((filter_[(key >> 58U) & 63U] >> ((key >> 52U) & 63U) & 1U) == 0) return;
    auto it = std::lower_bound(samples_.begin(), samples_.end(), key,
                               [](const Sample& s, std::uint64_t value) { return s.key < value; });
    for (; it != samples_.end() && it->key == key; ++it) {
      if (it->position == p) use(it->owner, it->place);
    }
  }

 private:
  struct Sample {
    std::uint64_t key;
    Position position;
    std::uint32_t owner;
    std::uint32_t place;
  };
  /// The high bits are well mixed. -0 has the key of 0, as they are equal.
  static std::uint64_t key_of(const Position& p) {
    return (std::bit_cast<std::uint64_t>(p.lon + 0.0) * 0x9e3779b97f4a7c15U ^
            std::bit_cast<std::uint64_t>(p.lat + 0.0)) *
           0xd6e8feb86659fd93U;
  }
  std::vector<Sample> samples_;
  std::array<std::uint64_t, 64> filter_{};  ///< which values of the first 12 bits occur
};

}  // namespace marchland
