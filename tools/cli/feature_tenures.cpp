#include "tools/cli/feature_tenures.h"

namespace marchland::cli {

std::vector<FeatureTenure> feature_tenures(const Composite& composite, const Holders& holders,
                                           CoverageIndex coverage) {
  std::vector<FeatureTenure> tenures;
  const auto spans = holders.timeline(coverage);
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (spans[i].holder == kUnknown) continue;
    tenures.push_back({spans[i].holder, spans[i].since,
                       i + 1 < spans.size() ? spans[i + 1].since : composite.times().for_ever()});
  }
  return tenures;
}

}  // namespace marchland::cli
