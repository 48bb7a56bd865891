#include "tools/cli/ground_parts.h"

#include <marchland/base/error.h>

#include <fmt/format.h>

#include <map>
#include <utility>

namespace marchland::cli {

GroundParts::GroundParts(const Session& session, const Holders& holders, const std::vector<bool>& ground,
                         bool by_region)
    : part_of_face_(ground.size(), 0) {
  const Composite& composite = session.composite();
  std::map<std::pair<CoverageIndex, CoverageIndex>, Part> known;
  for (FaceIndex f = 0; f < ground.size(); ++f) {
    if (!ground[f] || f == kUnboundedFace) continue;
    const CoverageIndex coverage = composite.coverage(f, holders.group());
    const CoverageIndex regions = by_region ? composite.coverage(f, LabelGroup::region) : 0;
    const auto [entry, is_new] = known.try_emplace({coverage, regions}, static_cast<Part>(coverage_.size()));
    if (is_new) {
      coverage_.push_back(coverage);
      face_.push_back(f);
    }
    part_of_face_[f] = entry->second;
  }
}

std::vector<HolderIndex> GroundParts::holders_at(const Holders& holders, TimeIndex epoch) const {
  std::vector<HolderIndex> out(size(), kUnknown);
  for (Part part = 1; part < size(); ++part) out[part] = holders.at(coverage_[part], epoch);
  return out;
}

LonLatBox box_of_ground(const Session& session, const std::vector<bool>& ground) {
  const auto box = box_of_faces(session.composite().plane(), ground);
  if (!box) {
    throw InvalidArgument(
        fmt::format("there is no ground to show: nothing is ever said of theme {}{}; the atlas has {}",
                    to_string(session.theme()),
                    session.filters().empty() ? "" : " (of what " + session.filters() + " leaves)",
                    themes_of(session.atlas())));
  }
  return *box;
}

}  // namespace marchland::cli
