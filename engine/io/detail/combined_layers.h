#pragma once
// Layers whose areas are made of others: what [layer.derived] says, and how its ground is put together.
#include <marchland/derive/buffer_area.h>
#include <marchland/io/detail/atlas_files.h>
#include <marchland/io/detail/manifest_table.h>
#include <marchland/io/manifest.h>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace marchland::detail {

/// Reads a PLACE of areas from a table.
using ReadAreaPlace = std::function<FileSpec(const Table& table)>;

/// The table [layer.derived]. Regions and layers it names are looked for later (check_grounds), because the
/// manifest may declare them below.
[[nodiscard]] DerivedAreas read_derived_areas(const Table& layer, const Atlas& atlas,
                                              const ReadAreaPlace& read_place);

/// Refuses keys that have no meaning beside it, and misses those it needs.
void check_derived_areas(const Table& layer, const LayerSpec& spec);

/// Every layer that is named stands above the one derived from it, and keeps no corrections: ground derived
/// from what was corrected later could not be told as of a date. Throws InvalidData.
void check_grounds(const Manifest& manifest);

/// Makes the ground of one layer's statements.
class CombinedLayer {
 public:
  /// Reads the files it names. `in` outlives it.
  CombinedLayer(AtlasFiles& in, const LayerSpec& spec);

  /// Whether lines and points of features count, as what a distance is measured from.
  [[nodiscard]] bool is_buffer() const { return spec_.derived->buffer > Meters{0.0}; }
  /// Ground within the distance of what the feature has. Throws InvalidData as buffer_area does.
  [[nodiscard]] MultiPolygon buffer_of(VectorFeature& feature) const;

  /// Puts the ground of the statements since `first` together. Where ground that a statement is made of
  /// changes while it holds, it becomes several, one after another: of its id, then with "@DATE" added.
  /// Statements of no ground are left out. Findings: derived-areas (info: what was done, how many),
  /// derived-empty (warning).
  void combine(std::size_t first);

 private:
  /// Ground of layers is taken by the dates they tell.
  void refuse_doubt() const;
  /// Instants at which ground of layers that it names may change.
  [[nodiscard]] std::vector<Instant> changes_within(const Interval& when) const;
  /// `own`, or what `of` says.
  [[nodiscard]] MultiPolygon start_at(const MultiPolygon& own, Instant at);
  [[nodiscard]] MultiPolygon ground_at(const MultiPolygon& base, Instant at);
  [[nodiscard]] MultiPolygon ground_of(const GroundSpec& spec, Instant at);
  [[nodiscard]] MultiPolygon of_layer(const GroundSpec& spec, Instant at) const;
  [[nodiscard]] std::string description() const;

  AtlasFiles& in_;
  const LayerSpec& spec_;
  std::map<std::size_t, MultiPolygon> files_;  ///< ground of files, by line of the manifest
  std::map<std::pair<std::string, Instant>, MultiPolygon> of_layers_;
};

/// "region 'nkao'", "layer 'control', actor 'a'", "x.geojson".
[[nodiscard]] std::string name_of(const GroundSpec& ground, const Atlas& atlas);

}  // namespace marchland::detail
