#pragma once
// For tables of 64-bit keys whose neighbours differ in few bits.
#include <cstddef>
#include <cstdint>

namespace marchland {

/// Multiplies and folds, so that the low bits depend on all.
struct MixHash {
  std::size_t operator()(std::uint64_t key) const noexcept {
    const std::uint64_t h = key * 0x9e3779b97f4a7c15U;
    return static_cast<std::size_t>(h ^ (h >> 32));
  }
};

}  // namespace marchland
