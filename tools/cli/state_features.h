#pragma once
// Ground as features: of each holder at dates, or for each stretch of time in which it stays the same.
#include "tools/cli/feature_output.h"
#include "tools/cli/query.h"

#include <functional>
#include <string>
#include <vector>

namespace marchland::cli {

struct StateFeatures {
  std::vector<std::string> at;  ///< as on the command line; empty: all time
  bool unknown = false;         ///< ground of the scope that nothing is said of, too

  void add_to(FeatureOutput& out, const Session& session, const Holders& holders) const;
};

/// Ids of the sources that name one of the holder's actors somewhere in its ground at the epoch, in the order
/// of the atlas, joined by ","; by category.
[[nodiscard]] std::vector<std::string> sources_of(const Composite& composite, const Holders& holders,
                                                  const std::vector<Category>& faces, TimeIndex epoch,
                                                  std::size_t categories,
                                                  const std::function<HolderIndex(Category)>& holder_of);

}  // namespace marchland::cli
