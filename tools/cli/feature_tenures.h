#pragma once
// What a feature of all time stands for: a holder, and a stretch of time in which it held the same ground.
// Unlike the tenures of an explanation these are epochs, are not cut by a window, and leave unknown ground
// out.
#include <marchland/analysis/holders.h>

#include <compare>
#include <vector>

namespace marchland::cli {

struct FeatureTenure {
  HolderIndex holder = kUnknown;
  TimeIndex from = 0;
  TimeIndex to = 0;  ///< exclusive
  friend auto operator<=>(const FeatureTenure&, const FeatureTenure&) = default;
};

/// Of ground of one coverage, in order of time.
[[nodiscard]] std::vector<FeatureTenure> feature_tenures(const Composite& composite, const Holders& holders,
                                                         CoverageIndex coverage);

}  // namespace marchland::cli
