#pragma once
// Ground that a raster never has to tell apart: of one coverage, in the same regions. Laid into cells once;
// what holds at any date is then looked up by part.
#include "tools/cli/query.h"
#include <marchland/raster/cell_coverage.h>

#include <vector>

namespace marchland::cli {

class GroundParts {
 public:
  /// Of `ground`, by face, what `holders` divide, and with `by_region` the regions too. Part 0 is the rest.
  GroundParts(const Session& session, const Holders& holders, const std::vector<bool>& ground,
              bool by_region);

  /// Part 0 among them.
  [[nodiscard]] std::size_t size() const noexcept { return coverage_.size(); }
  [[nodiscard]] const std::vector<Part>& by_face() const noexcept { return part_of_face_; }
  /// Of a part other than 0.
  [[nodiscard]] CoverageIndex coverage(Part part) const { return coverage_[part]; }
  /// One of its faces.
  [[nodiscard]] FaceIndex face(Part part) const { return face_[part]; }
  /// Who holds each part at an epoch; kUnknown of part 0.
  [[nodiscard]] std::vector<HolderIndex> holders_at(const Holders& holders, TimeIndex epoch) const;

 private:
  std::vector<Part> part_of_face_;
  std::vector<CoverageIndex> coverage_{0};
  std::vector<FaceIndex> face_{kUnboundedFace};
};

/// The box about the ground. Throws InvalidArgument where there is none, with what the atlas has.
[[nodiscard]] LonLatBox box_of_ground(const Session& session, const std::vector<bool>& ground);

}  // namespace marchland::cli
