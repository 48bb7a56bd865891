#pragma once
// Arrays in the table marchland_array: what programs load, next to the tables of rows that people ask. Each
// is kept as one Zstandard frame (RFC 8878) with its checksum, or several of at most 256 MiB of content,
// little end first.
#include <marchland/base/error.h>
#include <marchland/io/detail/sqlite.h>

#include <bit>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace marchland::detail {

static_assert(std::endian::native == std::endian::little, "arrays are kept as they are in memory");

class ArrayTable {
 public:
  /// The database must outlive it; `create` makes the table.
  ArrayTable(const SqliteDatabase& db, std::filesystem::path shown_as)
      : db_(&db), shown_as_(std::move(shown_as)) {}

  static void create(const SqliteDatabase& db);

  template <class T>
  void put(std::string_view name, std::span<const T> items) const {
    static_assert(std::is_trivially_copyable_v<T>);
    put_bytes(name, std::as_bytes(items));
  }
  template <class T>
  void put(std::string_view name, const std::vector<T>& items) const {
    put(name, std::span<const T>(items));
  }

  /// Throws InvalidData where it is missing, damaged, or no whole number of items.
  template <class T>
  [[nodiscard]] std::vector<T> get(std::string_view name) const {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::size_t bytes = size_of(name);
    if (bytes % sizeof(T) != 0) damaged(name, "is no whole number of items");
    std::vector<T> items(bytes / sizeof(T));
    get_bytes(name, std::as_writable_bytes(std::span<T>(items)));
    return items;
  }
  [[noreturn]] void damaged(std::string_view name, std::string_view what) const;

 private:
  void put_bytes(std::string_view name, std::span<const std::byte> bytes) const;
  [[nodiscard]] std::size_t size_of(std::string_view name) const;
  void get_bytes(std::string_view name, std::span<std::byte> out) const;

  const SqliteDatabase* db_;
  std::filesystem::path shown_as_;
};

}  // namespace marchland::detail
