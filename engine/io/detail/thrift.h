#pragma once
// Thrift's compact protocol, writing only: what the headers and the footer of Parquet are written in
// (apache/thrift, doc/specs/thrift-compact-protocol.md).
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace marchland::detail {

/// Fields are given in the order of their ids. A struct within another is a field begun with `begin`, one in
/// a list is begun with `begin_item`; both end with `end`. The outermost struct is there from the start and
/// ends with `take`.
class ThriftWriter {
 public:
  ThriftWriter() { last_.push_back(0); }

  void integer(int id, std::int32_t value) { number(id, kI32, value); }
  void large_integer(int id, std::int64_t value) { number(id, kI64, value); }
  void truth(int id, bool value) { field(id, value ? kTrue : kFalse); }
  void bytes(int id, std::string_view value);
  void begin(int id);
  void begin_item() { last_.push_back(0); }
  void end();

  /// A list of so many structs, each from `begin_item` to `end`; of so many numbers; of so many texts.
  void structs(int id, std::size_t count) { list(id, kStruct, count); }
  void integers(int id, const std::vector<std::int32_t>& values);
  void texts(int id, const std::vector<std::string>& values);

  /// All of it.
  [[nodiscard]] std::string take();

 private:
  enum Kind : std::uint8_t {
    kTrue = 1,
    kFalse = 2,
    kI32 = 5,
    kI64 = 6,
    kBinary = 8,
    kList = 9,
    kStruct = 12
  };

  void field(int id, Kind kind);
  void number(int id, Kind kind, std::int64_t value);
  void list(int id, Kind of, std::size_t count);
  void varint(std::uint64_t value);
  void text(std::string_view value);

  std::string out_;
  std::vector<int> last_;  ///< id of the last field, by struct that is open
};

}  // namespace marchland::detail
