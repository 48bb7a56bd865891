#include <marchland/io/detail/checksum.h>
#include <marchland/io/detail/composite_records.h>

#include <fmt/format.h>

namespace marchland::detail {
namespace {

template <class Some>
std::int64_t index_or_none(Some id) {
  return id.is_valid() ? static_cast<std::int64_t>(id.index()) : -1;
}
template <class Some>
Some id_or_none(std::int64_t index) {
  return index < 0 ? Some() : Some(static_cast<std::size_t>(index));
}

}  // namespace

SlotRecord record_of(const Slot& slot) {
  return {static_cast<std::int64_t>(slot.group),
          index_or_none(slot.layer),
          index_or_none(slot.actor),
          slot.seq,
          index_or_none(slot.region),
          static_cast<std::int64_t>(slot.variant)};
}

Slot slot_of(const SlotRecord& record) {
  return {static_cast<LabelGroup>(record.group), id_or_none<LayerId>(record.layer),
          id_or_none<ActorId>(record.actor),     record.seq,
          id_or_none<RegionId>(record.region),   static_cast<std::uint32_t>(record.variant)};
}

VariantRecord record_of(const Variant& variant) {
  VariantRecord out{};
  if (variant.doubt) {
    const auto seconds = [](Instant at) { return static_cast<std::int64_t>(at.time_since_epoch().count()); };
    out.has_doubt = 1;
    out.possible_from = seconds(variant.doubt->possible.from());
    out.possible_to = seconds(variant.doubt->possible.to());
    out.certain_from = seconds(variant.doubt->certain.from());
    out.certain_to = seconds(variant.doubt->certain.to());
  }
  if (variant.accuracy) {
    out.has_accuracy = 1;
    out.has_sigma = variant.accuracy->sigma ? 1 : 0;
    out.sigma_m = variant.accuracy->sigma.value_or(Meters()).value();
    out.correlation_m = variant.accuracy->correlation.value();
    out.bias_m = variant.accuracy->bias.value();
  }
  return out;
}

Variant variant_of(const VariantRecord& record) {
  const auto instant = [](std::int64_t seconds) { return Instant(std::chrono::seconds(seconds)); };
  Variant out;
  if (record.has_doubt != 0) {
    out.doubt = {{instant(record.possible_from), instant(record.possible_to)},
                 {instant(record.certain_from), instant(record.certain_to)}};
  }
  if (record.has_accuracy != 0) {
    out.accuracy.emplace();
    if (record.has_sigma != 0) out.accuracy->sigma = Meters(record.sigma_m);
    out.accuracy->correlation = Meters(record.correlation_m);
    out.accuracy->bias = Meters(record.bias_m);
  }
  return out;
}

std::string text_of(Instant at) {
  if (at == Interval().from()) return "-infinity";
  if (at == Interval().to()) return "infinity";
  return format_utc(at);
}

Instant instant_of(std::string_view text) {
  if (text == "-infinity") return Interval().from();
  if (text == "infinity") return Interval().to();
  return parse_date(text).first;
}

std::string face_numbering(const Arrangement& plane) {
  std::uint64_t hash = plane.face_count();
  for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
    const std::uint64_t pair = (std::uint64_t{plane.face(2 * e)} << 32U) | plane.face(2 * e + 1);
    const Uint128 mixed = static_cast<Uint128>(hash ^ pair ^ 0x9e3779b97f4a7c15U) * 0xd6e8feb86659fd93U;
    hash = static_cast<std::uint64_t>(mixed) ^ static_cast<std::uint64_t>(mixed >> 64U);
  }
  return fmt::format("{:016x}", hash);
}

std::string hash_rows(const SqliteDatabase& db, std::span<const std::string_view> tables) {
  Sha256 hash;
  for (const std::string_view table : tables) {
    hash.add(table);
    SqliteStatement select =
        db.prepare(fmt::format("SELECT * FROM {}{} ORDER BY id", table,
                               table == "marchland_meta" ? " WHERE key NOT LIKE '%rows_sha256'" : ""));
    std::string line;
    while (select.step()) {
      line.clear();
      for (int i = 0; i < select.column_count(); ++i) {
        line += select.is_null(i) ? 'n' : 'v';
        line += select.text(i);
        line += '\t';
      }
      hash.add(line);
    }
  }
  return hash.finish();
}

}  // namespace marchland::detail
