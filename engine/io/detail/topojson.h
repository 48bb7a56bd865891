#pragma once
// TopoJSON (github.com/topojson/topojson-specification): lines that features share stand in the file once.
#include <marchland/io/write_features.h>

#include <string>

namespace marchland::detail {

/// One object for each set. Shells run clockwise, as D3 and Vega take them on the sphere (the specification
/// leaves it open, and readers in the plane do not look).
/// Quantised: positions are whole steps of the decimals that occur, from one to the next; the grid is that on
/// which they lie, so nothing moves. Otherwise: degrees.
[[nodiscard]] std::string topojson_text(const std::vector<FeatureSet>& sets, const Provenance& provenance,
                                        bool is_quantised = true);

}  // namespace marchland::detail
