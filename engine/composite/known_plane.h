#pragma once
// A composite built from what another structure has found already: the crossings of its segments, and areas
// and coverages of its faces. For whoever keeps an arrangement in a form of its own (growing_composite.h).
#include <marchland/composite/composite.h>

#include <vector>

namespace marchland {

/// What is known. Functions are called once each, in this order, by the thread that builds.
class KnownPlane {
 public:
  KnownPlane() = default;
  KnownPlane(const KnownPlane&) = delete;
  KnownPlane& operator=(const KnownPlane&) = delete;
  virtual ~KnownPlane() = default;
  /// What find_crossings would find in the table.
  [[nodiscard]] virtual Crossings crossings(const SegmentTable& table) = 0;
  /// By face, method lonlat.
  [[nodiscard]] virtual std::vector<AreaUnits> areas(const Arrangement& plane, const std::vector<Slot>& slots,
                                                     const TimeAxis& times) = 0;
  /// What covers a face, sorted by slot and time.
  virtual void runs(FaceIndex face, LabelGroup group, std::vector<CoverageRun>& out) = 0;
};

/// What build_composite returns for the atlas, provided that what is known is true; certificates are those of
/// the areas that were known. Precondition: the atlas is not to be harmonised.
[[nodiscard]] Composite build_from(Atlas atlas, KnownPlane& known);

}  // namespace marchland
