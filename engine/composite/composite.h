#pragma once
// The space-time composite (Langran & Chrisman 1988): one exact arrangement of the whole history. Faces, what
// covers each of them when, adjacency, areas. Every question is then a look-up.
#include <marchland/base/error.h>
#include <marchland/composite/arrangement.h>
#include <marchland/composite/certificates.h>
#include <marchland/composite/coverage.h>
#include <marchland/composite/face_areas.h>
#include <marchland/composite/harmonise.h>
#include <marchland/composite/tracks.h>
#include <marchland/model/atlas.h>
#include <marchland/time/time_axis.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace marchland {

/// Labels that never interact: the four themes, and what areas are reported by.
enum class LabelGroup : std::uint8_t { control, claim, border, zone, region };
inline constexpr std::size_t kLabelGroups = 5;
[[nodiscard]] constexpr LabelGroup group_of(Theme theme) noexcept {
  return static_cast<LabelGroup>(theme);
}

/// What tells statements of one layer and actor apart beside their ground: dates in doubt, and accuracy of
/// their own. Each is a fact of ground, so it has slots of its own.
struct Variant {
  std::optional<DateDoubt> doubt{};
  std::optional<Accuracy> accuracy{};
  friend auto operator<=>(const Variant&, const Variant&) = default;
};
/// Of exact dates, and lines as true as their source.
inline constexpr std::uint32_t kPlain = 0;

/// What successive snapshots share. In group region it stands for one region, or for the study area.
struct Slot {
  LabelGroup group = LabelGroup::control;
  LayerId layer;
  ActorId actor;
  std::int64_t seq = 0;            ///< of event layers
  RegionId region;                 ///< group region only; none: the study area
  std::uint32_t variant = kPlain;  ///< index into Composite::variants
  friend auto operator<=>(const Slot&, const Slot&) = default;
};

/// A slot covers the face in [from, to). Of an event layer each event has a run of its own.
struct CoverageRun {
  SlotIndex slot = 0;
  TimeIndex from = 0;
  TimeIndex to = 0;
  friend constexpr auto operator<=>(const CoverageRun&, const CoverageRun&) noexcept = default;
};

template <>
std::size_t ListTable<CoverageRun>::hash(std::span<const CoverageRun> list);

/// What a composite consists of, for whoever kept one and puts it together again.
struct CompositeParts {
  Atlas atlas;  ///< areas of statements, regions and study area may be missing; they are in the faces
  HarmoniseLedger ledger;
  TimeAxis times;
  std::shared_ptr<const Arrangement> plane;
  std::vector<Variant> variants{Variant{}};  ///< sorted, unique, the plain one first
  std::vector<Slot> slots;
  std::array<ListTable<CoverageRun>, kLabelGroups> coverages;
  std::vector<std::array<CoverageIndex, kLabelGroups>> faces;
  FaceAreas areas;
  Certificates certificates;
  Findings findings;
};

class Composite {
 public:
  Composite() = default;
  /// Throws InvalidArgument where parts do not fit each other.
  explicit Composite(CompositeParts parts);

  /// As it was given: where it is to be harmonised, before that.
  [[nodiscard]] const Atlas& atlas() const noexcept { return *atlas_; }
  /// What harmonising did; its epsilon is 0 where it is off.
  [[nodiscard]] const HarmoniseLedger& ledger() const noexcept { return ledger_; }
  [[nodiscard]] const TimeAxis& times() const noexcept { return times_; }
  [[nodiscard]] const Arrangement& plane() const noexcept { return *plane_; }
  [[nodiscard]] const std::vector<Slot>& slots() const noexcept { return slots_; }
  /// Sorted, unique; the first is kPlain.
  [[nodiscard]] const std::vector<Variant>& variants() const noexcept { return variants_; }
  [[nodiscard]] const Variant& variant_of(SlotIndex slot) const { return variants_[slots_[slot].variant]; }
  /// Whether dates of any statement are in doubt.
  [[nodiscard]] bool has_doubt() const noexcept;
  [[nodiscard]] const Certificates& certificates() const noexcept { return certificates_; }
  /// Of reading and of building.
  [[nodiscard]] const Findings& findings() const noexcept { return findings_; }
  /// By method lonlat.
  [[nodiscard]] const FaceAreas& areas() const noexcept { return areas_; }

  /// What covers the face, of one group. Equal coverages have equal indices; 0 is "nothing, ever".
  [[nodiscard]] CoverageIndex coverage(FaceIndex face, LabelGroup group) const {
    return faces_[face][static_cast<std::size_t>(group)];
  }
  /// Sorted by slot, then time.
  [[nodiscard]] std::span<const CoverageRun> runs(LabelGroup group, CoverageIndex coverage) const {
    return coverages_[static_cast<std::size_t>(group)][coverage];
  }
  [[nodiscard]] std::size_t coverage_count(LabelGroup group) const {
    return coverages_[static_cast<std::size_t>(group)].size();
  }
  /// Memory of the containers, in bytes, what is reserved included; without the atlas and its findings.
  [[nodiscard]] std::size_t bytes() const noexcept;
  [[nodiscard]] bool has_study_area() const noexcept { return atlas_->study_area.has_value(); }

 private:
  friend class CompositeBuilder;

  std::shared_ptr<const Atlas> atlas_;
  HarmoniseLedger ledger_;
  TimeAxis times_;
  std::shared_ptr<const Arrangement> plane_;
  std::vector<Variant> variants_{Variant{}};
  std::vector<Slot> slots_;
  std::array<ListTable<CoverageRun>, kLabelGroups> coverages_;
  std::vector<std::array<CoverageIndex, kLabelGroups>> faces_;
  FaceAreas areas_;
  Certificates certificates_;
  Findings findings_;
};

struct BuildOptions {
  /// Refuses what would take more while it is arranged, by an estimate from the number of crossings; 0: no
  /// limit.
  std::uint64_t max_memory_bytes = 0;
  /// Called with the name of each step as it ends, by the thread that builds; for profiles.
  std::function<void(std::string_view step)> on_step = {};
};

/// The limit of memory would not do. The text names the estimate and the choices.
class TooLarge : public Error {
 public:
  explicit TooLarge(std::string message) : Error(ErrorCode::failure, std::move(message)) {}
};

/// What arranging so many segments and crossings takes at its peak, in bytes: the estimate of the guard.
[[nodiscard]] std::uint64_t arrangement_bytes(std::uint64_t segments, std::uint64_t crossings) noexcept;

/// Harmonises, where the atlas declares it, and builds all of it; cost n log n in segments and crossings.
/// Precondition: none; `atlas.check` is called and throws InvalidData. Imperfect geometry becomes findings.
/// Throws TooLarge before anything is arranged, where lines cross so often that the limit of memory would not
/// do: lines drawn anew for every date do, and every one then crosses every other. Throws it, too, where so
/// many statements lie on top of one another that the lists of what covers faces would not do.
[[nodiscard]] Composite build_composite(Atlas atlas, const BuildOptions& options = {});

/// The composite of what the atlas says within a window of time. What takes account of other statements than
/// those arranged sees the whole atlas, so at every instant of the window holders, faces of equal coverage
/// and their areas by exact methods are those of the whole composite; figures at other instants mean nothing.
/// Findings of building are of the window only. Memory: that of the window's statements, beside the atlas.
[[nodiscard]] Composite build_within(const Atlas& atlas, const TimeWindow& window,
                                     const BuildOptions& options = {});

/// How true the lines of a slot's statements are: as they state it themselves, otherwise as their source
/// does. Of regions and the study area nothing is stated.
[[nodiscard]] Accuracy accuracy_of(const Composite& composite, SlotIndex slot);

/// The same faces measured by another method. Throws what the method throws.
[[nodiscard]] FaceAreas measure_faces(const Composite& composite, const AreaMethod& method);

}  // namespace marchland
