#include <marchland/base/error.h>
#include <marchland/io/detail/gdal_layer.h>
#include <marchland/io/detail/postgis.h>

#include <fmt/format.h>

namespace marchland::detail {
namespace {

DatasetPtr connect(const std::string& connection, GdalMessages& messages) {
  register_gdal();
  DatasetPtr database(
      GDALDataset::Open(connection.c_str(), GDAL_OF_VECTOR | GDAL_OF_UPDATE, nullptr, nullptr, nullptr));
  if (!database) fail(messages, "the database cannot be opened");
  OGRLayer* answer = database->ExecuteSQL("SELECT postgis_lib_version()", nullptr, nullptr);
  if (answer == nullptr) {
    throw Error(ErrorCode::failure,
                "the database has no PostGIS; have its owner run CREATE EXTENSION postgis");
  }
  database->ReleaseResultSet(answer);
  messages.forget_failures();
  return database;
}

/// A name of a-z, 0-9 and _ in the schema that comes first; views count.
bool has_table(GDALDataset& database, const std::string& name, const GdalMessages& messages) {
  OGRLayer* answer = database.ExecuteSQL(
      fmt::format("SELECT 1 AS is_there WHERE to_regclass('\"{}\"') IS NOT NULL", name).c_str(), nullptr,
      nullptr);
  if (answer == nullptr) fail(messages, "the database cannot be asked");
  const bool is_there = OGRFeatureUniquePtr(answer->GetNextFeature()) != nullptr;
  database.ReleaseResultSet(answer);
  return is_there;
}

void refuse_existing(GDALDataset& database, const std::string& table, const GdalMessages& messages) {
  if (!has_table(database, table, messages)) return;
  throw Error(ErrorCode::failure,
              fmt::format("table '{}' exists; choose another --table, or --overwrite", table));
}

/// Not by GDAL's DeleteLayer, which would drop views that depend on the table as well.
void drop_table(GDALDataset& database, const std::string& table, const GdalMessages& messages) {
  if (!has_table(database, table, messages)) return;
  OGRLayer* answer = database.ExecuteSQL(fmt::format("DROP TABLE \"{}\"", table).c_str(), nullptr, nullptr);
  if (answer != nullptr) database.ReleaseResultSet(answer);
  if (!messages.failures().empty()) fail(messages, fmt::format("table '{}' cannot be replaced", table));
}

}  // namespace

void check_postgis(const std::string& connection, const std::vector<std::string>& tables, Existing existing) {
  GdalMessages messages;
  const DatasetPtr database = connect(connection, messages);
  if (existing == Existing::overwrite) return;
  for (const std::string& table : tables) refuse_existing(*database, table, messages);
}

void write_postgis(const std::string& connection, const std::vector<FeatureSet>& sets,
                   const Provenance& provenance, Existing existing) {
  GdalMessages messages;
  DatasetPtr database = connect(connection, messages);
  if (database->StartTransaction() != OGRERR_NONE) fail(messages, "the transaction cannot begin");
  try {
    for (const FeatureSet& set : sets) {
      if (existing == Existing::refuse) {
        refuse_existing(*database, set.name, messages);
      } else {
        drop_table(*database, set.name, messages);
      }
      LayerOptions layer;
      for (const auto& [key, value] : {std::pair("GEOMETRY_NAME", "geom"), std::pair("FID", "fid"),
                                       std::pair("SPATIAL_INDEX", "GIST"), std::pair("LAUNDER", "NO")}) {
        layer.creation.SetNameValue(key, value);
      }
      // Becomes the comment of the table.
      layer.creation.SetNameValue("DESCRIPTION", to_json(provenance).c_str());
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
