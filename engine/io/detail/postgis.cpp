#include <marchland/base/error.h>
#include <marchland/io/detail/gdal_layer.h>
#include <marchland/io/detail/postgis.h>

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>

namespace marchland::detail {
namespace {

DatasetPtr connect(const std::string& connection, GdalMessages& messages) {
  register_gdal();
  DatasetPtr database(
      GDALDataset::Open(connection.c_str(), GDAL_OF_VECTOR | GDAL_OF_UPDATE, nullptr, nullptr, nullptr));
  if (!database) fail(messages, "the database cannot be opened");
  return database;
}

/// The first value of the answer; nothing if it has no row or the value is null.
std::optional<std::string> ask(GDALDataset& database, const std::string& question,
                               const GdalMessages& messages) {
  OGRLayer* answer = database.ExecuteSQL(question.c_str(), nullptr, nullptr);
  if (answer == nullptr) fail(messages, "the database cannot be asked");
  std::optional<std::string> value;
  if (const OGRFeatureUniquePtr row(answer->GetNextFeature()); row && row->IsFieldSetAndNotNull(0))
    value = row->GetFieldAsString(0);
  database.ReleaseResultSet(answer);
  return value;
}

/// The schema that a search path begins with, as the server compares names: folded unless quoted.
std::string first_schema(std::string_view path) {
  std::string name;
  bool is_quoted = false;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (c == '"') {
      if (is_quoted && i + 1 < path.size() && path[i + 1] == '"') {
        name += path[++i];
      } else {
        is_quoted = !is_quoted;
      }
    } else if (is_quoted) {
      name += c;
    } else if (c == ',') {
      break;
    } else if (c != ' ') {
      name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return name;
}

/// Where tables are made. A schema of `active_schema` that is not there would be passed over in silence, and
/// the next one of the search path taken; "$user" alone is meant to be.
std::string target_schema(GDALDataset& database, const GdalMessages& messages) {
  const std::string path =
      ask(database, "SELECT current_setting('search_path')", messages).value_or(std::string());
  const std::string first = first_schema(path);
  const auto current = ask(database, "SELECT current_schema()", messages);
  if (!first.empty() && first != "$user" && current != first) {
    throw Error(ErrorCode::failure,
                fmt::format("schema '{}' is not there, or not to be used by this user; create it or choose "
                            "another active_schema (the search path is {})",
                            first, path));
  }
  if (!current) {
    throw Error(ErrorCode::failure,
                fmt::format("no schema of the search path ({}) is there; name one as active_schema", path));
  }
  return *current;
}

void require_postgis(GDALDataset& database, GdalMessages& messages) {
  OGRLayer* answer = database.ExecuteSQL("SELECT postgis_lib_version()", nullptr, nullptr);
  if (answer == nullptr) {
    throw Error(
        ErrorCode::failure,
        "the database has no PostGIS on its search path; have its owner run CREATE EXTENSION postgis");
  }
  database.ReleaseResultSet(answer);
  messages.forget_failures();
}

/// In that schema alone: tables of the same name in others are others. Views count.
class TargetTable {
 public:
  TargetTable(GDALDataset& database, std::string schema, std::string name, const GdalMessages& messages)
      : database_(&database), schema_(std::move(schema)), name_(std::move(name)), messages_(&messages) {}

  void refuse_existing() const {
    if (!exists()) return;
    throw Error(ErrorCode::failure,
                fmt::format("table '{}' exists in schema '{}'; choose another --table, or --overwrite", name_,
                            schema_));
  }

  /// Not by GDAL's DeleteLayer, which would drop views that depend on the table as well.
  void drop() const {
    if (!exists()) return;
    OGRLayer* answer =
        database_->ExecuteSQL(fmt::format("DROP TABLE {}", full_name()).c_str(), nullptr, nullptr);
    if (answer != nullptr) database_->ReleaseResultSet(answer);
    if (!messages_->failures().empty())
      fail(*messages_, fmt::format("table '{}' of schema '{}' cannot be replaced", name_, schema_));
  }

 private:
  static std::string quoted(std::string_view name) {
    std::string out = "\"";
    for (const char c : name) {
      if (c == '"') out += '"';
      out += c;
    }
    return out + "\"";
  }
  [[nodiscard]] std::string full_name() const { return quoted(schema_) + "." + quoted(name_); }
  [[nodiscard]] bool exists() const {
    const std::string question = fmt::format("SELECT to_regclass({})::text", sql_text(full_name()));
    return ask(*database_, question, *messages_).has_value();
  }

  GDALDataset* database_;
  std::string schema_;
  std::string name_;
  const GdalMessages* messages_;
};

/// PostgreSQL cuts longer names, so two could become one. NAMEDATALEN less one.
void check_name(const std::string& table) {
  constexpr std::size_t kLongestName = 63;
  if (table.size() > kLongestName) {
    throw InvalidArgument(
        fmt::format("table '{}': a name of {} bytes, PostgreSQL has room for {}; choose "
                    "a shorter --table",
                    table, table.size(), kLongestName));
  }
}

/// As PostgreSQL reads it: the year before 1 is 1 BC.
std::string timestamp_text(Instant instant) {
  using namespace std::chrono;
  const auto day = floor<days>(instant);
  const year_month_day date(day);
  const hh_mm_ss time(instant - day);
  const int year = static_cast<int>(date.year());
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}+00{}", year > 0 ? year : 1 - year,
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     year > 0 ? "" : " BC");
}

/// Columns that GDAL's DateTime has no room for, but timestamptz has.
void add_timestamps(LayerOptions& layer, const FeatureSet& set) {
  std::string types;
  for (std::size_t i = 0; i < set.fields.size(); ++i) {
    if (set.fields[i].type != FeatureField::Type::instant || fits_date_time(set, i) ||
        !fits_timestamp(set, i))
      continue;
    types += fmt::format("{}{}=timestamptz", types.empty() ? "" : ",", set.fields[i].name);
    layer.instant_texts.emplace(i, timestamp_text);
  }
  if (!types.empty()) layer.creation.SetNameValue("COLUMN_TYPES", types.c_str());
}

}  // namespace

bool fits_timestamp(const FeatureSet& set, std::size_t column) {
  return has_years_within(set, column, kFirstTimestampYear, kLastTimestampYear);
}

void check_postgis(const std::string& connection, const std::vector<std::string>& tables, Existing existing) {
  GdalMessages messages;
  for (const std::string& table : tables) check_name(table);
  const DatasetPtr database = connect(connection, messages);
  const std::string schema = target_schema(*database, messages);
  require_postgis(*database, messages);
  if (existing == Existing::overwrite) return;
  for (const std::string& table : tables) TargetTable(*database, schema, table, messages).refuse_existing();
}

void write_postgis(const std::string& connection, const std::vector<FeatureSet>& sets,
                   const Provenance& provenance, Existing existing) {
  GdalMessages messages;
  for (const FeatureSet& set : sets) check_name(set.name);
  DatasetPtr database = connect(connection, messages);
  const std::string schema = target_schema(*database, messages);
  require_postgis(*database, messages);
  if (database->StartTransaction() != OGRERR_NONE) fail(messages, "the transaction cannot begin");
  try {
    for (const FeatureSet& set : sets) {
      const TargetTable table(*database, schema, set.name, messages);
      if (existing == Existing::refuse) {
        table.refuse_existing();
      } else {
        table.drop();
      }
      LayerOptions layer;
      layer.creation.SetNameValue("SCHEMA", schema.c_str());
      for (const auto& [key, value] : {std::pair("GEOMETRY_NAME", "geom"), std::pair("FID", "fid"),
                                       std::pair("SPATIAL_INDEX", "GIST"), std::pair("LAUNDER", "NO")}) {
        layer.creation.SetNameValue(key, value);
      }
      // Becomes the comment of the table.
      layer.creation.SetNameValue("DESCRIPTION", to_json(provenance).c_str());
      add_timestamps(layer, set);
      write_layer(*database, set, layer, messages);
    }
    // Copying ends here, and what the server thought of it comes out.
    database->FlushCache(false);
    if (!messages.failures().empty()) fail(messages, "the tables cannot be written");
    if (database->CommitTransaction() != OGRERR_NONE || !messages.failures().empty())
      fail(messages, "the transaction cannot be finished");
  } catch (...) {
    database->RollbackTransaction();
    throw;
  }
  close_dataset(std::move(database), messages);
}

}  // namespace marchland::detail
