#include <marchland/io/detail/thrift.h>

#include <utility>

namespace marchland::detail {
namespace {

/// Small numbers of either sign become small ones without.
std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63U);
}

}  // namespace

void ThriftWriter::varint(std::uint64_t value) {
  while (value >= 0x80) {
    out_ += static_cast<char>((value & 0x7fU) | 0x80U);
    value >>= 7U;
  }
  out_ += static_cast<char>(value);
}

void ThriftWriter::field(int id, Kind kind) {
  const int step = id - last_.back();
  last_.back() = id;
  constexpr int kLongestStep = 15;
  if (step >= 1 && step <= kLongestStep) {
    out_ += static_cast<char>((step << 4) | kind);
  } else {
    out_ += static_cast<char>(kind);
    varint(zigzag(id));
  }
}

void ThriftWriter::number(int id, Kind kind, std::int64_t value) {
  field(id, kind);
  varint(zigzag(value));
}

void ThriftWriter::text(std::string_view value) {
  varint(value.size());
  out_ += value;
}

void ThriftWriter::bytes(int id, std::string_view value) {
  field(id, kBinary);
  text(value);
}

void ThriftWriter::begin(int id) {
  field(id, kStruct);
  last_.push_back(0);
}

void ThriftWriter::end() {
  out_ += '\0';
  last_.pop_back();
}

void ThriftWriter::list(int id, Kind of, std::size_t count) {
  field(id, kList);
  constexpr std::size_t kShort = 15;
  if (count < kShort) {
    out_ += static_cast<char>((count << 4U) | of);
  } else {
    out_ += static_cast<char>(0xf0U | of);
    varint(count);
  }
}

void ThriftWriter::integers(int id, const std::vector<std::int32_t>& values) {
  list(id, kI32, values.size());
  for (const std::int32_t value : values) varint(zigzag(value));
}

void ThriftWriter::texts(int id, const std::vector<std::string>& values) {
  list(id, kBinary, values.size());
  for (const std::string& value : values) text(value);
}

std::string ThriftWriter::take() {
  end();
  return std::move(out_);
}

}  // namespace marchland::detail
