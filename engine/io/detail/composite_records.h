#pragma once
// What the writer and the reader of a composite file share.
#include <marchland/composite/composite.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace marchland::detail {

/// A slot as the file keeps it; -1 is none.
struct SlotRecord {
  std::int64_t group, layer, actor, seq, region;
};
[[nodiscard]] SlotRecord record_of(const Slot& slot);
[[nodiscard]] Slot slot_of(const SlotRecord& record);

/// Names of LedgerEntry::Kind, in its order.
inline constexpr std::array<std::string_view, 3> kLedgerKinds{"moved", "inserted", "dropped"};

/// Which faces lie on the two sides of every edge, in 64 bits as hex. Faces are numbered anew on loading; a
/// program that numbers them otherwise must notice.
[[nodiscard]] std::string face_numbering(const Arrangement& plane);

}  // namespace marchland::detail
