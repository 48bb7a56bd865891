#include "tools/cli/wanted_times.h"

#include <marchland/analysis/groups.h>

#include <set>

namespace marchland::cli {

std::vector<Interval> wanted_times(const Session& session, const Holders& holders, HolderIndex holder,
                                   const Interval& within) {
  std::set<Instant> turns{within.from(), within.to()};
  if (session.asks_for_groups()) {
    for (const Instant date : membership_dates(session.atlas())) {
      if (within.from() < date && date < within.to()) turns.insert(date);
    }
  }
  std::vector<Interval> out;
  for (auto from = turns.begin(); std::next(from) != turns.end(); ++from) {
    if (!session.wants(holders, holder, *from)) continue;
    if (!out.empty() && out.back().to() == *from) {
      out.back() = {out.back().from(), *std::next(from)};
    } else {
      out.emplace_back(*from, *std::next(from));
    }
  }
  return out;
}

}  // namespace marchland::cli
