#include <marchland/io/detail/array_table.h>

#include <fmt/format.h>
#include <zstd.h>

#include <memory>

namespace marchland::detail {
namespace {

/// SQLite keeps no value of more than 10^9 bytes.
constexpr std::size_t kPartBytes = std::size_t{1} << 28U;

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
};
struct FreeDecompressor {
  void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
};

std::unique_ptr<ZSTD_CCtx, FreeCompressor> make_compressor() {
  std::unique_ptr<ZSTD_CCtx, FreeCompressor> context(ZSTD_createCCtx());
  // The state of a day repeats that of the day before, which may be far back.
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, 1);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_enableLongDistanceMatching, 1);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, 27);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  return context;
}

}  // namespace

void ArrayTable::create(const SqliteDatabase& db) {
  db.run(
      "CREATE TABLE marchland_array (name TEXT NOT NULL, part INTEGER NOT NULL, byte_count INTEGER NOT NULL, "
      "zstd BLOB NOT NULL, PRIMARY KEY (name, part)) WITHOUT ROWID");
}

void ArrayTable::put_bytes(std::string_view name, std::span<const std::byte> bytes) const {
  const auto compressor = make_compressor();
  SqliteStatement insert =
      db_->prepare("INSERT INTO marchland_array (name, part, byte_count, zstd) VALUES (?, ?, ?, ?)");
  // Room for what cannot be compressed. What can, which is most, leaves it untouched, and so without memory.
  const std::size_t room = ZSTD_compressBound(std::min(bytes.size(), kPartBytes));
  const auto frame = std::make_unique_for_overwrite<std::byte[]>(room);
  std::int64_t part = 0;
  do {
    const auto piece = bytes.first(std::min(bytes.size(), kPartBytes));
    const std::size_t size = ZSTD_compress2(compressor.get(), frame.get(), room, piece.data(), piece.size());
    if (ZSTD_isError(size) != 0U)
      throw Error(ErrorCode::failure, fmt::format("{}: {}", shown_as_.string(), ZSTD_getErrorName(size)));
    insert.bind(0, name);
    insert.bind(1, part++);
    insert.bind(2, static_cast<std::int64_t>(piece.size()));
    insert.bind_bytes(3, std::span(frame.get(), size));
    insert.run();
    bytes = bytes.subspan(piece.size());
  } while (!bytes.empty());
}

std::size_t ArrayTable::size_of(std::string_view name) const {
  SqliteStatement select = db_->prepare("SELECT sum(byte_count) FROM marchland_array WHERE name = ?");
  select.bind(0, name);
  if (!select.step() || select.is_null(0)) damaged(name, "is missing");
  const std::int64_t size = select.integer(0);
  if (size < 0 || size > (std::int64_t{1} << 40)) damaged(name, "has an impossible size");
  return static_cast<std::size_t>(size);
}

void ArrayTable::get_bytes(std::string_view name, std::span<std::byte> out) const {
  const std::unique_ptr<ZSTD_DCtx, FreeDecompressor> context(ZSTD_createDCtx());
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, 27);
  SqliteStatement select = db_->prepare("SELECT zstd FROM marchland_array WHERE name = ? ORDER BY part");
  select.bind(0, name);
  while (select.step()) {
    const auto frame = select.bytes(0);
    const std::size_t size =
        ZSTD_decompressDCtx(context.get(), out.data(), out.size(), frame.data(), frame.size());
    if (ZSTD_isError(size) != 0U) damaged(name, ZSTD_getErrorName(size));
    out = out.subspan(size);
  }
  if (!out.empty()) damaged(name, "is shorter than it says");
}

void ArrayTable::damaged(std::string_view name, std::string_view what) const {
  throw InvalidData(fmt::format("{}: table marchland_array: '{}' {}; the file is damaged: build it anew",
                                shown_as_.string(), name, what));
}

}  // namespace marchland::detail
