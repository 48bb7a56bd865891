#pragma once
// What the layers of a result file show: enough to draw them, and to explain them, without reading the file.
#include <marchland/geometry/lonlat_box.h>
#include <marchland/io/write_features.h>
#include <marchland/time/interval.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace marchland::cli {

/// Features of a layer, or cells of a raster, that have one value.
struct ResultClass {
  std::string value;             ///< empty: null, ground that nothing is said of
  std::string label;             ///< for people
  std::string color;             ///< #rrggbb
  std::vector<Interval> when{};  ///< a stretch for each feature; all of time where features have none
};

struct ResultLayer {
  std::string name;                    ///< within the file, which may have several; of a raster empty
  std::string field{};                 ///< that tells classes apart; empty: nothing does
  std::vector<ResultClass> classes{};  ///< by value, null last; one of value "" if nothing tells them apart
  bool is_in_time = false;             ///< features have their own stretches
  std::vector<Instant> changes{};      ///< at which features begin and end, sorted, each once
  std::optional<LonLatBox> box{};      ///< of areas; nothing of lines and rasters
};

/// Of each set with features, in their order. Classes go by `to_actor`, otherwise by `actor`; their labels
/// are in `actor_name`, their colours in `color`.
[[nodiscard]] std::vector<ResultLayer> result_layers(const std::vector<FeatureSet>& sets);
/// Of a raster of classes, if any cell has one.
[[nodiscard]] std::vector<ResultLayer> raster_layers(std::vector<ResultClass> classes);

}  // namespace marchland::cli
