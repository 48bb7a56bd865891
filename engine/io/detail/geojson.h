#pragma once
// RFC 7946 read directly: twenty times as fast as through GDAL, and strict where GDAL drops a damaged polygon
// of a multipolygon without a word.
#include <marchland/io/vector_file.h>

#include <optional>

namespace marchland::detail {

/// Checks every geometry of a GeoJSON FeatureCollection and reads it, with the same result as GDAL where GDAL
/// reads it rightly. Nothing where the file is something else or broken JSON, or where GDAL has to interpret
/// it: a `where`, a `crs` stated by file or request, values that are arrays or objects, ids on some features
/// only. `context` is what errors begin with, and gets layer and feature added. Throws InvalidData
/// for what is no geometry of RFC 7946, with polygon, ring and position.
[[nodiscard]] std::optional<VectorTable> read_geojson(const VectorRequest& request, std::string& context);

}  // namespace marchland::detail
