#pragma once
// Into which steps a history is cut when QGIS plays it. Frames of QGIS 3.22 are of equal length (it knows
// irregular ones of rasters only), so the step is chosen such that no two changes share one, if it can be.
#include <marchland/time/instant.h>
#include <marchland/time/interval.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace marchland {

/// The instants that QDateTime reads as ISO 8601: years of four digits, from 1 on.
[[nodiscard]] bool is_qgis_date(Instant at);

struct QgisFrames {
  Interval time;          ///< bounded; from the beginning of the first frame to the end of the last
  int step = 1;           ///< units a frame
  std::string unit;       ///< as QGIS writes it: s, min, h, d, wk, mon, y
  std::size_t count = 0;  ///< of frames
  friend bool operator==(const QgisFrames&, const QgisFrames&) = default;
};

/// Of changes in any order; those that QDateTime does not read are left out. The longest step of which no
/// frame has two changes; where that takes too many frames to sit through (1500) the shortest that does not.
/// Frames begin with days, months and years as the convention counts them, though QGIS counts in UTC, and the
/// last change is within the last. Nothing for fewer than two different changes.
[[nodiscard]] std::optional<QgisFrames> qgis_frames(std::vector<Instant> changes, const DayConvention& days);

}  // namespace marchland
