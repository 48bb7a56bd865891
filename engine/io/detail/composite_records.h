#pragma once
// What the writer and the reader of a composite file share.
#include <marchland/composite/composite.h>

#include <cstdint>
#include <string>

namespace marchland::detail {

/// A slot as the file keeps it; -1 is none.
struct SlotRecord {
  std::int64_t group, layer, actor, seq, region;
};
[[nodiscard]] SlotRecord record_of(const Slot& slot);
[[nodiscard]] Slot slot_of(const SlotRecord& record);

/// Which faces lie on the two sides of every edge, in 64 bits as hex. Faces are numbered anew on loading; a
/// program that numbers them otherwise must notice.
[[nodiscard]] std::string face_numbering(const Arrangement& plane);

}  // namespace marchland::detail
