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

/// Years of timestamptz, 0 being 1 BC; it has part of the year before and of the one after, too.
inline constexpr int kFirstTimestampYear = -4712;
inline constexpr int kLastTimestampYear = 294275;

/// Whether timestamptz has room for the instants of the column; otherwise it is ISO 8601 text.
[[nodiscard]] bool fits_timestamp(const FeatureSet& set, std::size_t column);

}  // namespace marchland::detail
