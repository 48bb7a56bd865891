#pragma once
// How QGIS shows a raster of classes: a style it applies when it opens the file beside which it lies.
#include <marchland/io/write_raster.h>

#include <string>
#include <vector>

namespace marchland::detail {

/// Content of FILE.qml: a palette of these classes alone, each with its colour and name. The first, no data,
/// is left out. Without it QGIS lists every entry that the palette of a GeoTIFF has room for, 256 or 65 536.
[[nodiscard]] std::string qgis_raster_style(const std::vector<RasterClass>& classes);

}  // namespace marchland::detail
