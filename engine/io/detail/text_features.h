#pragma once
// Formats of features that are text: written by hand, so that coordinates have at most seven decimals and the
// same input gives the same bytes.
#include <marchland/io/write_features.h>

#include <string>

namespace marchland::detail {

[[nodiscard]] std::string geojson_text(const std::vector<FeatureSet>& sets, const Provenance& provenance);
[[nodiscard]] std::string geojson_lines_text(const std::vector<FeatureSet>& sets);
[[nodiscard]] std::string kml_text(const std::vector<FeatureSet>& sets, const Provenance& provenance);
[[nodiscard]] std::string csv_text(const FeatureSet& set);

}  // namespace marchland::detail
