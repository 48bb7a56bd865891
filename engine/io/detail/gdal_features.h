#pragma once
// Formats of features that GDAL's drivers write.
#include <marchland/io/write_features.h>

#include <string>

namespace marchland::detail {

/// The bytes of the file. Throw Error(failure) with GDAL's reason.
[[nodiscard]] std::string geopackage_bytes(const std::vector<FeatureSet>& sets, const Provenance& provenance);
[[nodiscard]] std::string flatgeobuf_bytes(const FeatureSet& set);
/// The table of the statements that the provenance names.
[[nodiscard]] FeatureSet statement_table(const Provenance& provenance);
/// A zip archive.
[[nodiscard]] std::string shapefile_bytes(const FeatureSet& set, const Provenance& provenance);

}  // namespace marchland::detail
