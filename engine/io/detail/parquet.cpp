#include <marchland/base/error.h>
#include <marchland/io/detail/parquet.h>
#include <marchland/io/detail/thrift.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zstd.h>

#include <array>
#include <bit>
#include <limits>
#include <memory>
#include <optional>

namespace marchland::detail {
namespace {

static_assert(std::endian::native == std::endian::little, "Parquet is little-endian, and so is what we copy");

constexpr std::string_view kMagic = "PAR1";

// Enumerations of parquet.thrift.
enum PhysicalType : std::int32_t { kBoolean = 0, kInt64 = 2, kDouble = 5, kByteArray = 6 };
enum ConvertedType : std::int32_t { kUtf8 = 0, kTimestampMicros = 10 };
constexpr std::int32_t kOptional = 1;
constexpr std::int32_t kRequired = 0;
constexpr std::int32_t kPlain = 0;
constexpr std::int32_t kRle = 3;
constexpr std::int32_t kZstd = 6;
constexpr std::int32_t kDataPage = 0;

PhysicalType physical_type(ParquetColumn::Type type) {
  using enum ParquetColumn::Type;
  switch (type) {
    case text:
    case binary:
      break;
    case integer:
    case instant:
      return kInt64;
    case real:
      return kDouble;
    case boolean:
      return kBoolean;
  }
  return kByteArray;
}

template <class Number>
std::string raw(Number value) {
  const auto bytes = std::bit_cast<std::array<char, sizeof value>>(value);
  return {bytes.data(), bytes.size()};
}

std::int64_t micros(Instant instant) {
  constexpr std::int64_t kMicros = 1'000'000;
  const std::int64_t seconds = instant.time_since_epoch().count();
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / kMicros;
  if (seconds > kMost || seconds < -kMost) {
    throw Error(
        ErrorCode::failure,
        fmt::format("{}: microseconds in 64 bits reach 292 thousand years from 1970", format_utc(instant)));
  }
  return seconds * kMicros;
}

/// Values of one column in one row group, as they stand in a page.
class Chunk {
 public:
  explicit Chunk(ParquetColumn::Type type) : type_(type) {}

  void add(const FieldValue& value) {
    const bool is_there = !std::holds_alternative<std::monostate>(value);
    if (rows_ > 0 && is_there != is_in_run_) flush_run();
    is_in_run_ = is_there;
    ++run_;
    ++rows_;
    if (!is_there) {
      ++nulls_;
      return;
    }
    switch (type_) {
      case ParquetColumn::Type::text:
      case ParquetColumn::Type::binary:
        add_bytes(std::get<std::string>(value));
        break;
      case ParquetColumn::Type::integer:
        add_number(std::get<std::int64_t>(value), least_integer_, greatest_integer_);
        break;
      case ParquetColumn::Type::instant:
        add_number(micros(std::get<Instant>(value)), least_integer_, greatest_integer_);
        break;
      case ParquetColumn::Type::real:
        add_number(std::get<double>(value), least_real_, greatest_real_);
        break;
      case ParquetColumn::Type::boolean:
        if (bits_ % 8 == 0) values_ += '\0';
        if (std::get<bool>(value)) values_.back() = static_cast<char>(values_.back() | 1 << (bits_ % 8));
        ++bits_;
        break;
    }
  }

  /// Which values are null, then those that are not.
  [[nodiscard]] std::string page() {
    flush_run();
    return raw(static_cast<std::uint32_t>(levels_.size())) + levels_ + values_;
  }
  [[nodiscard]] std::size_t rows() const { return rows_; }

  void write_statistics(ThriftWriter& out, int id) const {
    out.begin(id);
    out.large_integer(3, static_cast<std::int64_t>(nulls_));
    const auto both = [&](const std::string& least, const std::string& greatest) {
      out.bytes(5, greatest);
      out.bytes(6, least);
    };
    if (least_integer_) both(raw(*least_integer_), raw(*greatest_integer_));
    // Of zeros either sign may be meant.
    if (least_real_) {
      both(raw(*least_real_ == 0.0 ? -0.0 : *least_real_),
           raw(*greatest_real_ == 0.0 ? 0.0 : *greatest_real_));
    }
    if (least_text_ && type_ == ParquetColumn::Type::text && greatest_text_->size() <= kLongestBound &&
        least_text_->size() <= kLongestBound) {
      both(*least_text_, *greatest_text_);
    }
    out.end();
  }

 private:
  static constexpr std::size_t kLongestBound = 64;

  /// Nulls as a run of levels: so many times 0 (null) or 1.
  void flush_run() {
    for (std::size_t header = run_ << 1U; run_ > 0; header >>= 7U) {
      const bool is_last = header < 0x80;
      levels_ += static_cast<char>((header & 0x7fU) | (is_last ? 0U : 0x80U));
      if (is_last) break;
    }
    if (run_ > 0) levels_ += is_in_run_ ? '\1' : '\0';
    run_ = 0;
  }

  void add_bytes(const std::string& text) {
    values_ += raw(static_cast<std::uint32_t>(text.size()));
    values_ += text;
    if (type_ != ParquetColumn::Type::text) return;
    if (!least_text_ || text < *least_text_) least_text_ = text;
    if (!greatest_text_ || text > *greatest_text_) greatest_text_ = text;
  }

  template <class Number>
  void add_number(Number value, std::optional<Number>& least, std::optional<Number>& greatest) {
    values_ += raw(value);
    if (!least || value < *least) least = value;
    if (!greatest || value > *greatest) greatest = value;
  }

  ParquetColumn::Type type_;
  std::string levels_;
  std::string values_;
  std::size_t rows_ = 0;
  std::size_t nulls_ = 0;
  std::size_t run_ = 0;
  std::size_t bits_ = 0;
  bool is_in_run_ = false;
  std::optional<std::int64_t> least_integer_;
  std::optional<std::int64_t> greatest_integer_;
  std::optional<double> least_real_;
  std::optional<double> greatest_real_;
  std::optional<std::string> least_text_;
  std::optional<std::string> greatest_text_;
};

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
};

class Compressor {
 public:
  [[nodiscard]] std::string operator()(const std::string& content) const {
    std::string out(ZSTD_compressBound(content.size()), '\0');
    constexpr int kLevel = 6;
    const std::size_t size =
        ZSTD_compressCCtx(context_.get(), out.data(), out.size(), content.data(), content.size(), kLevel);
    if (ZSTD_isError(size) != 0U)
      throw Error(ErrorCode::failure, fmt::format("ZSTD: {}", ZSTD_getErrorName(size)));
    out.resize(size);
    return out;
  }

 private:
  std::unique_ptr<ZSTD_CCtx, FreeCompressor> context_{ZSTD_createCCtx()};
};

/// What the footer says of a column of a group.
struct ChunkNote {
  std::size_t offset = 0;
  std::size_t size = 0;  ///< with the header of its page
  std::size_t size_when_read = 0;
  Chunk chunk;
};

ChunkNote write_chunk(std::string& out, const ParquetColumn& column, std::size_t begin, std::size_t end,
                      const Compressor& compress) {
  ChunkNote note{out.size(), 0, 0, Chunk(column.type)};
  for (std::size_t row = begin; row < end; ++row) note.chunk.add(column.value(row));
  const std::string page = note.chunk.page();
  if (page.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    throw Error(ErrorCode::failure,
                fmt::format("column '{}': {} bytes in one row group, Parquet has room for 2 GiB",
                            fmt::join(column.path, "."), page.size()));
  }
  const std::string compressed = compress(page);
  ThriftWriter header;
  header.integer(1, kDataPage);
  header.integer(2, static_cast<std::int32_t>(page.size()));
  header.integer(3, static_cast<std::int32_t>(compressed.size()));
  header.begin(5);
  header.integer(1, static_cast<std::int32_t>(note.chunk.rows()));
  header.integer(2, kPlain);
  header.integer(3, kRle);
  header.integer(4, kRle);
  header.end();
  const std::string head = header.take();
  out += head + compressed;
  note.size = head.size() + compressed.size();
  note.size_when_read = head.size() + page.size();
  return note;
}

void write_schema(ThriftWriter& out, const std::vector<ParquetColumn>& columns) {
  // Groups and columns that are in none.
  const auto begins_group = [&](std::size_t c) {
    return columns[c].path.size() > 1 && (c == 0 || columns[c - 1].path.front() != columns[c].path.front());
  };
  const auto group_size = [&](std::size_t c) {
    std::size_t end = c;
    while (end < columns.size() && columns[end].path.front() == columns[c].path.front()) ++end;
    return end - c;
  };
  std::size_t groups = 0;
  std::size_t on_top = 0;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (begins_group(c)) ++groups;
    if (begins_group(c) || columns[c].path.size() == 1) ++on_top;
  }
  out.structs(2, 1 + groups + columns.size());
  out.begin_item();
  out.bytes(4, "schema");
  out.integer(5, static_cast<std::int32_t>(on_top));
  out.end();
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const ParquetColumn& column = columns[c];
    if (begins_group(c)) {
      out.begin_item();
      out.integer(3, kOptional);
      out.bytes(4, column.path.front());
      out.integer(5, static_cast<std::int32_t>(group_size(c)));
      out.end();
    }
    out.begin_item();
    out.integer(1, physical_type(column.type));
    // Within a group it is the group that may be null.
    out.integer(3, column.path.size() > 1 ? kRequired : kOptional);
    out.bytes(4, column.path.back());
    if (column.type == ParquetColumn::Type::text) {
      out.integer(6, kUtf8);
      out.begin(10);  // LogicalType
      out.begin(1);   // STRING
      out.end();
      out.end();
    } else if (column.type == ParquetColumn::Type::instant) {
      out.integer(6, kTimestampMicros);
      out.begin(10);
      out.begin(8);        // TIMESTAMP
      out.truth(1, true);  // of UTC
      out.begin(2);        // unit
      out.begin(2);        // MICROS
      out.end();
      out.end();
      out.end();
      out.end();
    }
    out.end();
  }
}

}  // namespace

std::string parquet_bytes(const std::vector<ParquetColumn>& columns,
                          const std::vector<std::size_t>& group_ends,
                          const std::vector<std::pair<std::string, std::string>>& notes) {
  std::string out(kMagic);
  const Compressor compress;
  std::vector<std::vector<ChunkNote>> groups;
  std::size_t begin = 0;
  for (const std::size_t end : group_ends) {
    std::vector<ChunkNote>& group = groups.emplace_back();
    for (const ParquetColumn& column : columns)
      group.push_back(write_chunk(out, column, begin, end, compress));
    begin = end;
  }

  ThriftWriter footer;
  footer.integer(1, 2);  // version of the format
  write_schema(footer, columns);
  footer.large_integer(3, static_cast<std::int64_t>(begin));
  footer.structs(4, groups.size());
  for (const std::vector<ChunkNote>& group : groups) {
    std::size_t size = 0;
    std::size_t size_when_read = 0;
    footer.begin_item();
    footer.structs(1, group.size());
    for (std::size_t c = 0; c < group.size(); ++c) {
      const ChunkNote& note = group[c];
      size += note.size;
      size_when_read += note.size_when_read;
      footer.begin_item();
      footer.large_integer(2, 0);  // deprecated, and to be 0
      footer.begin(3);
      footer.integer(1, physical_type(columns[c].type));
      footer.integers(2, {kPlain, kRle});
      footer.texts(3, columns[c].path);
      footer.integer(4, kZstd);
      footer.large_integer(5, static_cast<std::int64_t>(note.chunk.rows()));
      footer.large_integer(6, static_cast<std::int64_t>(note.size_when_read));
      footer.large_integer(7, static_cast<std::int64_t>(note.size));
      footer.large_integer(9, static_cast<std::int64_t>(note.offset));
      note.chunk.write_statistics(footer, 12);
      footer.end();
      footer.end();
    }
    footer.large_integer(2, static_cast<std::int64_t>(size_when_read));
    footer.large_integer(3, static_cast<std::int64_t>(group.empty() ? 0 : group.front().chunk.rows()));
    footer.large_integer(5, static_cast<std::int64_t>(group.empty() ? 0 : group.front().offset));
    footer.large_integer(6, static_cast<std::int64_t>(size));
    footer.end();
  }
  footer.structs(5, notes.size());
  for (const auto& [key, value] : notes) {
    footer.begin_item();
    footer.bytes(1, key);
    footer.bytes(2, value);
    footer.end();
  }
  footer.bytes(6, "marchland");
  // Least and greatest are by the order of the type.
  footer.structs(7, columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    footer.begin_item();
    footer.begin(1);
    footer.end();
    footer.end();
  }
  const std::string tail = footer.take();
  out += tail;
  out += raw(static_cast<std::uint32_t>(tail.size()));
  out += kMagic;
  return out;
}

}  // namespace marchland::detail
