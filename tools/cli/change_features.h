#pragma once
// Ground that changed hands as features: one for each passing from holder to holder.
#include "tools/cli/feature_output.h"
#include "tools/cli/query.h"

#include <string>

namespace marchland::cli {

struct ChangeFeatures {
  std::string from;  ///< dates as on the command line
  std::string to;
  bool held = false;  ///< ground that did not change hands, too

  void add_to(FeatureOutput& out, const Session& session, const Holders& holders) const;
};

}  // namespace marchland::cli
