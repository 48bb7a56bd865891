#pragma once
// Which faces lie in which statement. The lines of every statement are in the arrangement, so a face lies
// inside or outside as a whole: an exact winding number beside one of its half-edges says which.
#include <marchland/composite/composite.h>
#include <marchland/composite/quantise.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace marchland {

/// A closed chain whose links are found by latitude, to be asked about many places.
class ChainIndex {
 public:
  explicit ChainIndex(const QuantisedRing& chain);
  /// Winding number of the chain about the ground just left of a half-edge, at its origin: `at` is that
  /// point, on the line of `direction`, which runs as the half-edge does. Exact. Cost: the links at that
  /// latitude.
  [[nodiscard]] int winding_left_of(const GridSegment& direction, const ExactPoint& at) const noexcept;

 private:
  [[nodiscard]] std::size_t band_of(std::int32_t y) const noexcept {
    return static_cast<std::size_t>((std::int64_t{y} - south_) / height_);
  }

  std::vector<ChainLink> links_;
  std::int32_t south_ = 0, north_ = -1;  ///< of all links
  std::int64_t height_ = 1;              ///< of a band, in grid units
  std::vector<std::uint32_t> first_;     ///< of each band in in_band_, and one more
  std::vector<std::uint32_t> in_band_;   ///< links that meet the band
};

/// Asked of one statement after another. Not for use by several threads at once.
class FaceCover {
 public:
  /// `lines` answers an atlas with the statements of the composite's in the same order and the lines that
  /// were arranged, as explain() has it; it is asked when a statement is. Composite and what `lines` answers
  /// must outlive it.
  FaceCover(const Composite& composite, std::function<const Atlas&()> lines);

  /// Whether the lines of a statement are at hand; otherwise it covers nothing here.
  [[nodiscard]] bool has_lines(std::uint32_t statement) const;
  /// Whether the statement (index into Atlas::statements) covers the face. The first question about a
  /// statement costs its lines, each later one those at the latitude of the face.
  [[nodiscard]] bool operator()(std::uint32_t statement, FaceIndex face) const;

 private:
  struct Outline {
    std::vector<std::vector<ChainIndex>> polygons;
    GridPoint least, greatest;
  };
  [[nodiscard]] const Outline& outline_of(std::uint32_t statement) const;

  const Composite* composite_;
  std::function<const Atlas&()> lines_;
  std::vector<std::uint32_t> half_edge_of_;               ///< of each face, one that has it on its left
  mutable std::vector<std::optional<Outline>> outlines_;  ///< by statement, when first asked for
};

}  // namespace marchland
