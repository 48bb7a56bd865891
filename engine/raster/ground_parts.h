#pragma once
// Ground that never has to be told apart at some dates: it has the same holders at each of them and lies in
// the same regions. It is laid into cells once; who holds it at a date is then looked up by part.
#include <marchland/analysis/holders.h>
#include <marchland/raster/cell_coverage.h>

#include <cstddef>
#include <utility>
#include <vector>

namespace marchland {

class GroundParts {
 public:
  /// Of `ground`, by face, what `holders` tell apart at any of the epochs, and with `by_region` what regions
  /// do. Part 0 is the rest. Epochs in any order, repeats allowed. Cost: spans of the coverages that occur,
  /// times the logarithm of the epochs, plus faces. Throws InvalidArgument unless `ground` has every face.
  GroundParts(const Composite& composite, const Holders& holders, const std::vector<bool>& ground,
              std::vector<TimeIndex> epochs, bool by_region);

  /// Part 0 among them.
  [[nodiscard]] std::size_t size() const noexcept { return face_.size(); }
  [[nodiscard]] const std::vector<Part>& by_face() const noexcept { return part_of_face_; }
  /// One of the faces of a part other than 0.
  [[nodiscard]] FaceIndex face(Part part) const { return face_[part]; }
  /// Who holds each part, by part; kUnknown of part 0. Throws InvalidArgument for an epoch that was not
  /// named.
  [[nodiscard]] std::vector<HolderIndex> holders_at(TimeIndex epoch) const;

 private:
  /// Since the n-th of the epochs (in order of time) this holds it; without repeats.
  using History = std::vector<std::pair<std::size_t, HolderIndex>>;
  [[nodiscard]] History history_of(const Holders& holders, CoverageIndex coverage) const;

  std::vector<TimeIndex> epochs_;  ///< sorted, each once
  std::vector<Part> part_of_face_;
  std::vector<FaceIndex> face_{kUnboundedFace};      ///< by part
  std::vector<std::size_t> history_of_part_{0};      ///< into histories_
  std::vector<History> histories_{{{0, kUnknown}}};  ///< each once, but for that of part 0
};

}  // namespace marchland
