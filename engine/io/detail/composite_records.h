#pragma once
// What the writer and the reader of a composite file share.
#include <marchland/composite/composite.h>
#include <marchland/io/detail/sqlite.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace marchland::detail {

/// A slot as the file keeps it; -1 is none.
struct SlotRecord {
  std::int64_t group, layer, actor, seq, region, variant;
};
/// A variant as the file keeps it. Instants are seconds; what is not stated is 0.
struct VariantRecord {
  std::int64_t has_doubt, possible_from, possible_to, certain_from, certain_to, has_accuracy, has_sigma;
  double sigma_m, correlation_m, bias_m;
};
[[nodiscard]] VariantRecord record_of(const Variant& variant);
[[nodiscard]] Variant variant_of(const VariantRecord& record);
[[nodiscard]] SlotRecord record_of(const Slot& slot);
[[nodiscard]] Slot slot_of(const SlotRecord& record);

/// UTC; "-infinity" and "infinity" for since and for ever, as PostgreSQL writes them.
[[nodiscard]] std::string text_of(Instant at);
/// Throws InvalidArgument where it is none.
[[nodiscard]] Instant instant_of(std::string_view text);

/// Names of LedgerEntry::Kind, in its order.
inline constexpr std::array<std::string_view, 3> kLedgerKinds{"moved", "inserted", "dropped"};

/// Which faces lie on the two sides of every edge, in 64 bits as hex. Faces are numbered anew on loading; a
/// program that numbers them otherwise must notice.
[[nodiscard]] std::string face_numbering(const Arrangement& plane);

/// SHA-256 over the rows of some tables, by id; of marchland_meta all but the hashes that it has itself.
[[nodiscard]] std::string hash_rows(const SqliteDatabase& db, std::span<const std::string_view> tables);
/// What is loaded, and what is there for people who ask by SQL.
inline constexpr std::array<std::string_view, 5> kLoadedRows{"marchland_meta", "marchland_statement",
                                                             "marchland_set_aside", "marchland_ledger",
                                                             "marchland_ledger_effect"};
inline constexpr std::array<std::string_view, 7> kShownRows{
    "marchland_instant", "marchland_variant", "marchland_slot",    "marchland_node",
    "marchland_edge",    "marchland_face",    "marchland_coverage"};

}  // namespace marchland::detail
