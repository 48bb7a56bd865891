#pragma once
// Indices that cannot be mistaken for one another. Objects refer to each other by index into the vector that
// owns them, never by pointer.
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>

namespace marchland {

/// Index into the container of `Tag` objects. A default-constructed id refers to nothing.
template <class Tag>
class Id {
 public:
  constexpr Id() noexcept = default;
  constexpr explicit Id(std::size_t index) noexcept : value_(static_cast<std::uint32_t>(index)) {}

  [[nodiscard]] constexpr std::size_t index() const noexcept { return value_; }
  [[nodiscard]] constexpr bool is_valid() const noexcept { return value_ != kNone; }
  friend constexpr auto operator<=>(Id, Id) noexcept = default;

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t value_ = kNone;
};

using ActorId = Id<struct ActorTag>;
using SourceId = Id<struct SourceTag>;
using LayerId = Id<struct LayerTag>;
using RegionId = Id<struct RegionTag>;
using StatementId = Id<struct StatementTag>;

}  // namespace marchland

template <class Tag>
struct std::hash<marchland::Id<Tag>> {
  std::size_t operator()(marchland::Id<Tag> id) const noexcept { return id.index(); }
};
