#pragma once
// Formats of features that are text: written by hand, so that coordinates have at most seven decimals and the
// same input gives the same bytes.
#include <marchland/io/write_features.h>

#include <string>

namespace marchland::detail {

/// As short as it is exact to seven decimals: 46.5, not 46.5000000.
void append_degrees(std::string& out, double degrees);
/// An object with the values of the fields, and before them the set's name as `layer` if asked for.
[[nodiscard]] std::string properties_json(const FeatureSet& set, const Feature& feature, bool with_layer);
/// The member "bbox" and the comma after it; empty without geometry. RFC 7946, section 5.
[[nodiscard]] std::string bounding_box_json(const std::vector<FeatureSet>& sets);

[[nodiscard]] std::string geojson_text(const std::vector<FeatureSet>& sets, const Provenance& provenance);
/// One feature a line; `is_sequence`: each after a record separator (RFC 8142).
[[nodiscard]] std::string geojson_lines_text(const std::vector<FeatureSet>& sets, bool is_sequence);
[[nodiscard]] std::string kml_text(const std::vector<FeatureSet>& sets, const Provenance& provenance);
[[nodiscard]] std::string csv_text(const FeatureSet& set);

}  // namespace marchland::detail
