#pragma once
// SQLite as values: a database that closes itself, statements that reset themselves. A GeoPackage is one, and
// its tables without geometry need nothing else.
#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace marchland::detail {

/// One SQL statement, bound and stepped any number of times. Columns and parameters count from 0.
class SqliteStatement {
 public:
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, double value);
  void bind(int parameter, std::string_view text);
  /// The bytes must live until the next `run` or `step` is over.
  void bind_bytes(int parameter, std::span<const std::byte> bytes);
  void bind_null(int parameter);

  /// To the next row; false at the end.
  bool step();
  /// For statements without rows; ready to be bound again.
  void run();
  void reset();

  [[nodiscard]] int column_count() const;
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  /// Valid until the next step.
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::span<const std::byte> bytes(int column) const;

 private:
  friend class SqliteDatabase;
  SqliteStatement(sqlite3* database, const std::filesystem::path& shown_as, std::string_view sql);
  void check(int status) const;

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  sqlite3* database_;
  std::filesystem::path shown_as_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// A journal or write-ahead log beside a database belongs to whoever wrote it last; to read the file without
/// it, or to put another file in its place, would give neither state. Throws Error(failure) if there is one.
void refuse_unfinished(const std::filesystem::path& path, const std::filesystem::path& shown_as);

class SqliteDatabase {
 public:
  enum class Mode { read, write };

  /// A file that is there. `shown_as` names it in messages. Throws Error(failure) where it cannot be opened,
  /// InvalidData where it is no database.
  SqliteDatabase(const std::filesystem::path& path, std::filesystem::path shown_as, Mode mode);

  [[nodiscard]] SqliteStatement prepare(std::string_view sql) const;
  void run(std::string_view sql) const { prepare(sql).run(); }
  [[nodiscard]] bool has_table(std::string_view name) const;
  /// Closes it and says what went wrong until then.
  void close();

 private:
  struct Close {
    void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
  };
  std::filesystem::path shown_as_;
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace marchland::detail
