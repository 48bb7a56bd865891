#pragma once
// A composite that a day can be added to in place: the state of a snapshot layer at one more date, at a cost
// that follows what changed and not the history (docs/design/append.md).
//
// Kept are the plane (growing_plane.h), for every face what covers it, and the winding numbers of what is
// open: the rings of the last date of each snapshot layer. A further date closes some segments and opens
// others. New ones are added to the plane; then winding numbers differ only between the lines that closed and
// those that opened, so the change is flooded over those faces from the changed edges, and only their
// coverages go on.
//
// Numbers are in the order of arrival; `freeze` gives those of a composite.
#include <marchland/composite/composite.h>

#include <memory>
#include <vector>

namespace marchland {

/// A slot that covers ground at an instant.
struct CoveringSlot {
  Slot slot;
  /// Of an event layer, since when: the latest event counts. Elsewhere always Interval().from().
  Instant since = Interval().from();
  friend auto operator<=>(const CoveringSlot&, const CoveringSlot&) = default;
};

/// Ground that is covered by the same slots at an instant.
struct CoveredArea {
  std::vector<CoveringSlot> slots;  ///< sorted, not empty
  AreaUnits area = 0;
  friend bool operator==(const CoveredArea&, const CoveredArea&) = default;
};

/// Ground that was covered by some slots at one instant and by others at a later one.
struct CoveredPassage {
  std::vector<CoveringSlot> from;  ///< sorted; empty: nothing covered it
  std::vector<CoveringSlot> to;
  AreaUnits area = 0;
  friend bool operator==(const CoveredPassage&, const CoveredPassage&) = default;
};

class GrowingComposite {
 public:
  /// Builds all of it, and takes it over. Throws what build_composite throws, and InvalidArgument where the
  /// atlas is to be harmonised: a new line could then move by lines of any date.
  explicit GrowingComposite(Atlas atlas);
  ~GrowingComposite();
  GrowingComposite(GrowingComposite&&) noexcept;
  GrowingComposite& operator=(GrowingComposite&&) noexcept;
  GrowingComposite(const GrowingComposite&) = delete;
  GrowingComposite& operator=(const GrowingComposite&) = delete;

  /// The state of a snapshot layer from `date` on; without a statement, that nothing is stated from then on.
  /// Statements of the layer that are open end there. Each given one is of that layer, holds since `date`,
  /// and has an id of its own.
  ///
  /// Throws InvalidArgument where the layer is none of the atlas, no snapshot layer, or one whose missing
  /// days are unknown, or the date is not after all of its dates; InvalidData (statement, origin, what is
  /// expected) for what is wrong with a statement. What was there is then unchanged.
  ///
  /// Cost: one comparison of each ring with the one it goes on from; for each segment that changed the
  /// segments close to it; the faces that changed hands with their edges; and the changed segments once for
  /// each place that changed apart from the others (2 000 islands that all move cost 37 ms, building anew 6
  /// ms). Where a ring of the layer at its last date or at this one touches the antimeridian or is read
  /// across it, a statement of the layer was given an end after `date`, the last date is in doubt, or a
  /// statement has an accuracy of its own that none had before, all is built anew instead:
  /// `rebuilds` counts how often. Memory: different coverages are kept as long as this is, those that no face
  /// has any more too. Crossings are not limited, as BuildOptions would.
  void append(LayerId layer, Instant date, std::vector<Statement> statements);

  [[nodiscard]] const Atlas& atlas() const noexcept;
  [[nodiscard]] std::size_t face_count() const noexcept;
  [[nodiscard]] std::size_t edge_count() const noexcept;
  [[nodiscard]] std::size_t rebuilds() const noexcept;

  /// What covers how much at an instant: the figures of the frozen composite, by method lonlat. Sorted by
  /// slots. Ground that nothing covers is left out. Cost: the different histories of ground.
  [[nodiscard]] std::vector<CoveredArea> areas_at(Instant at) const;
  /// Ground whose slots differ between two instants, sorted.
  [[nodiscard]] std::vector<CoveredPassage> passages(Instant from, Instant to) const;

  /// Identities that every append is held to, worst of all so far; 0, or something is broken. For every ring
  /// that changed, what it gained less what it lost, once from faces and once from segments, in mm2; edges
  /// across which the change disagrees; vertices - edges + faces - 1 - components.
  [[nodiscard]] Int128 residual() const noexcept;

  /// As build_composite of `atlas()`: topology, areas, coverages, certificates and findings, in its numbers.
  /// Cost: that of a build and a copy of the atlas.
  [[nodiscard]] Composite freeze() const&;
  /// The same without the copy. Nothing may be asked of what is left.
  [[nodiscard]] Composite freeze() &&;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace marchland
