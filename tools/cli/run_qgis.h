#pragma once
// The QGIS project of a result folder: its layers styled, time that plays, a page to print.
#include "tools/cli/result_index.h"
#include <marchland/io/output_folder.h>

#include <optional>
#include <vector>

namespace marchland::cli {

/// Writes layers/places.geojson, where the atlas has places, and project.qgs, which shows the layers of what
/// `written` lists. `shown` is the date of the page; one that QGIS does not read is shown by the last layer
/// of a single date.
void write_qgis(const Session& session, std::optional<Instant> shown, const OutputFolder& folder,
                std::vector<ResultFile>& written);

}  // namespace marchland::cli
