#include <marchland/base/error.h>
#include <marchland/io/detail/sqlite.h>

#include <fmt/format.h>

namespace marchland::detail {
namespace {

[[noreturn]] void fail(sqlite3* database, int status, const std::filesystem::path& shown_as) {
  const char* reason = database == nullptr ? sqlite3_errstr(status) : sqlite3_errmsg(database);
  const int kind = status & 0xff;
  if (kind == SQLITE_NOTADB || kind == SQLITE_CORRUPT) {
    throw InvalidData(
        fmt::format("{}: is damaged or no GeoPackage ({}); build it anew", shown_as.string(), reason));
  }
  throw Error(ErrorCode::failure, fmt::format("{}: {}", shown_as.string(), reason));
}

}  // namespace

void refuse_unfinished(const std::filesystem::path& path, const std::filesystem::path& shown_as) {
  for (const char* ending : {"-journal", "-wal"}) {
    std::error_code none;
    const auto size = std::filesystem::file_size(path.string() + ending, none);
    if (none || size == 0) continue;
    throw Error(
        ErrorCode::failure,
        fmt::format("{0}: another program is writing it, or was ended while it did: {0}{1} lies beside it; "
                    "close it there, or open it there once more so that it is put in order",
                    shown_as.string(), ending));
  }
}

SqliteStatement::SqliteStatement(sqlite3* database, const std::filesystem::path& shown_as,
                                 std::string_view sql)
    : database_(database), shown_as_(shown_as) {
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement, nullptr));
  statement_.reset(statement);
}

void SqliteStatement::check(int status) const {
  if (status != SQLITE_OK) fail(database_, status, shown_as_);
}

void SqliteStatement::bind(int parameter, std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), parameter + 1, value));
}
void SqliteStatement::bind(int parameter, double value) {
  check(sqlite3_bind_double(statement_.get(), parameter + 1, value));
}
void SqliteStatement::bind(int parameter, std::string_view text) {
  check(sqlite3_bind_text64(statement_.get(), parameter + 1, text.data(), text.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
}
void SqliteStatement::bind_bytes(int parameter, std::span<const std::byte> bytes) {
  check(sqlite3_bind_blob64(statement_.get(), parameter + 1, bytes.data(), bytes.size(), SQLITE_STATIC));
}
void SqliteStatement::bind_null(int parameter) {
  check(sqlite3_bind_null(statement_.get(), parameter + 1));
}

bool SqliteStatement::step() {
  const int status = sqlite3_step(statement_.get());
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) return false;
  fail(database_, status, shown_as_);
}

void SqliteStatement::run() {
  while (step()) {
  }
  reset();
}

void SqliteStatement::reset() {
  check(sqlite3_reset(statement_.get()));
}

int SqliteStatement::column_count() const {
  return sqlite3_column_count(statement_.get());
}
bool SqliteStatement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}
std::int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}
double SqliteStatement::real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}
std::string_view SqliteStatement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return {text == nullptr ? "" : text,
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}
std::span<const std::byte> SqliteStatement::bytes(int column) const {
  const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(statement_.get(), column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

SqliteDatabase::SqliteDatabase(const std::filesystem::path& path, std::filesystem::path shown_as, Mode mode)
    : shown_as_(std::move(shown_as)) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    throw Error(ErrorCode::failure, fmt::format("{}: is a folder; expected a file", shown_as_.string()));
  }
  refuse_unfinished(path, shown_as_);
  sqlite3* database = nullptr;
  const int flags = mode == Mode::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  const int status = sqlite3_open_v2(path.c_str(), &database, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  database_.reset(database);
  if (status != SQLITE_OK) fail(database, status, shown_as_);
}

SqliteStatement SqliteDatabase::prepare(std::string_view sql) const {
  return {database_.get(), shown_as_, sql};
}

bool SqliteDatabase::has_table(std::string_view name) const {
  SqliteStatement statement = prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?");
  statement.bind(0, name);
  return statement.step();
}

void SqliteDatabase::close() {
  const int status = sqlite3_close(database_.get());
  if (status != SQLITE_OK) fail(database_.get(), status, shown_as_);
  static_cast<void>(database_.release());
}

}  // namespace marchland::detail
