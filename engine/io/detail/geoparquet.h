#pragma once
// GeoParquet 1.1 (geoparquet.org/releases/v1.1.0).
#include <marchland/io/write_features.h>

#include <string>

namespace marchland::detail {

/// The bytes of the file. Columns: the fields; `geometry`, as WKB; `bbox`, the box of each row's geometry,
/// named as its covering. Rows are ordered along a Hilbert curve over the middles of their boxes, those
/// without geometry last, so that the boxes of row groups, of `group_rows` rows or 32 MiB of geometry, are
/// small. CRS: OGC:CRS84, as PROJJSON. The provenance is in the footer, key `marchland`.
[[nodiscard]] std::string geoparquet_bytes(const FeatureSet& set, const Provenance& provenance,
                                           std::size_t group_rows);

}  // namespace marchland::detail
