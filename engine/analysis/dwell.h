#pragma once
// Dwell: for how long some ground was under whom, how often it passed, when last.
//
// All ground of one succession (holders.h) within a stretch of time has one account of it; equal accounts are
// kept once. Time is counted in whole seconds and area in whole units, so that what holders have of area
// times time adds up to all of it exactly.
#include <marchland/analysis/holders.h>
#include <marchland/analysis/scope.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace marchland {

struct HeldTime {
  HolderIndex holder = kUnknown;
  std::chrono::seconds time{0};  ///< above 0
  friend bool operator==(const HeldTime&, const HeldTime&) = default;
};

/// What became of some ground from one instant to another. The instant of the end counts too, though no time
/// is left then: what passes at it has passed.
struct DwellAccount {
  std::vector<HeldTime> held;    ///< by holder; times add up to the stretch of time; kUnknown among them
  HolderIndex first = kUnknown;  ///< first known holder
  HolderIndex last = kUnknown;  ///< last known holder: who has it at the end, or had it before it was unknown
  /// How often it passed to another holder than the last known one: stretches in which nothing is known are
  /// passed over, contested sets are holders of their own (as PlaceHistory has it).
  std::size_t changes = 0;
  std::optional<Instant> last_change;
  friend bool operator==(const DwellAccount&, const DwellAccount&) = default;

  /// 0 for a holder that never had it.
  [[nodiscard]] std::chrono::seconds time_of(HolderIndex holder) const;
};

/// Area times time, in area units times seconds: at most 5e20 by 1e14.
using AreaSeconds = Int128;

/// Of one holder.
struct DwellRow {
  HolderIndex holder = kUnknown;
  AreaSeconds area_time = 0;
  AreaUnits ever_held = 0;  ///< area of what it had at any time of the stretch
  /// How long it had it, over the area it ever held: the shortest; what a quarter, a half and three quarters
  /// of that area do not exceed; the longest.
  std::array<std::chrono::seconds, 5> quantiles{};
};

class DwellTable {
 public:
  /// Cost: once over the faces, and the spans of every succession. `when` has both ends. Throws
  /// InvalidArgument where it is open or empty. The composite and the holders must outlive it.
  DwellTable(const Composite& composite, const FaceAreas& measured, const Holders& holders,
             const Interval& when, const Scope& scope = {});

  [[nodiscard]] const Interval& when() const noexcept { return when_; }
  /// Of all ground of the scope that has any area; without an edge of the scope (is_bounded) of ground of
  /// which something is ever said. By ids of the first and the last
  /// holder, changes, last change, then times; the order does not depend on how ground is divided.
  [[nodiscard]] std::size_t size() const noexcept { return accounts_.size(); }
  [[nodiscard]] const DwellAccount& account(std::size_t index) const { return accounts_[index]; }
  [[nodiscard]] AreaUnits area(std::size_t index) const { return areas_[index]; }
  /// Index of the account of ground of a coverage, whether or not it is in the scope; of coverages that are
  /// nowhere in it, nothing.
  [[nodiscard]] std::optional<std::size_t> find(CoverageIndex coverage) const;
  /// All ground of the accounts.
  [[nodiscard]] AreaUnits total_area() const noexcept { return total_; }

  /// By holder id, unknown last; those that ever had any of it. Their area times time adds up to total_area
  /// times the length of `when`, exactly.
  [[nodiscard]] std::vector<DwellRow> rows() const;

 private:
  const Holders* holders_;
  Interval when_;
  std::vector<DwellAccount> accounts_;
  std::vector<AreaUnits> areas_;
  std::vector<std::uint32_t> of_coverage_;
  AreaUnits total_ = 0;
};

/// Of ground of one coverage. `when` has both ends; of an atlas with a window it lies within that.
[[nodiscard]] DwellAccount dwell_of(const Composite& composite, const Holders& holders,
                                    CoverageIndex coverage, const Interval& when);

}  // namespace marchland
