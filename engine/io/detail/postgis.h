#pragma once
// Features as tables of a PostgreSQL database with PostGIS.
#include <marchland/io/write_features.h>

#include <string>
#include <vector>

namespace marchland::detail {

/// Tables are those of the schema that they would be made in, the first of the search path or active_schema.
/// Throws Error(failure) where the database cannot be reached, has no PostGIS, not that schema, or one of the
/// tables (unless `overwrite`); InvalidArgument for names of tables longer than 63 bytes.
void check_postgis(const std::string& connection, const std::vector<std::string>& tables, Existing existing);

/// A table for each set, in one transaction: all or none. As write_features says.
void write_postgis(const std::string& connection, const std::vector<FeatureSet>& sets,
                   const Provenance& provenance, Existing existing);

}  // namespace marchland::detail
