#pragma once
// What doubt of dates does to holders: who holds some ground at an instant by every choice of the dates that
// statements allow, by some of them, by none. Positions of lines are not in doubt here.
//
// A choice gives every date in doubt one instant of its range. Within a layer of intervals or events, dates
// of one range are one date, as where one statement ends and the next begins; dates of a snapshot layer keep
// their order; others are chosen independently. What is told without regard to doubt is always among the
// choices.
//
// At an instant t most choices do the same (docs/design/time.md has the proofs):
//   - of interval and snapshot layers only whether a date has passed counts, so two choices of each reach all
//     outcomes: its earliest and its latest instant, where t lies between them;
//   - of an event layer an outcome is who came last, and an event can be last if it can when put as late as
//     possible, at its latest instant or at t, while each other is put before it or after t. Two events of
//     ranges of their own count as simultaneous only where they must be.
#include <marchland/analysis/holders.h>

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace marchland {

/// Sets of actors, each sorted by number; the empty one: nothing is known. Sorted, without repeats, never
/// empty.
struct PossibleHolders {
  std::vector<std::vector<ActorId>> sets;
  /// More dates were in doubt than are tried one by one (kMostDoubtfulDates, kMostOutcomes): the sets are all
  /// that the actors named by some choice and by all choices allow, which may be more than dates do.
  bool is_outer = false;
};

/// Of one layer at one place and instant; above it the outer bound is given.
inline constexpr std::size_t kMostDoubtfulDates = 12;
/// Of all sources together.
inline constexpr std::size_t kMostOutcomes = 4096;

/// Of ground of one coverage. Where no date is in doubt then, the one set that is told. Cost: the runs of the
/// coverage, squared for events, twice for each date in doubt of an interval layer.
[[nodiscard]] PossibleHolders possible_holders(const Composite& composite, const Holders& holders,
                                               CoverageIndex coverage, Instant at);

/// Ground of one coverage whose holder at an instant depends on dates.
struct DoubtfulGround {
  CoverageIndex coverage = 0;
  HolderIndex told = kUnknown;  ///< without regard to doubt
  std::vector<std::vector<ActorId>> possible;
  AreaUnits area = 0;
  bool is_outer = false;  ///< PossibleHolders::is_outer
};

/// All of it in some part of the ground; asked date by date. Composite and holders must outlive it.
class DoubtfulCoverages {
 public:
  /// Counts faces that are `inside`.
  DoubtfulCoverages(const Composite& composite, const FaceAreas& measured, const Holders& holders,
                    const std::vector<bool>& inside);

  /// By coverage; coverages with one possible set are left out. Cost: the coverages that have doubt at any
  /// time.
  [[nodiscard]] std::vector<DoubtfulGround> at(Instant at) const;
  /// Instants at which what is possible may change: the ends of doubt. Sorted, without open ends.
  [[nodiscard]] const std::vector<Instant>& turns() const noexcept { return turns_; }

 private:
  const Composite* composite_;
  const Holders* holders_;
  std::vector<std::pair<CoverageIndex, AreaUnits>> coverages_;
  std::vector<Instant> turns_;
};

/// Less, and more, than an area that is told: low = told - less, high = told + more.
struct DateBand {
  AreaUnits less = 0;
  AreaUnits more = 0;
  bool is_outer = false;  ///< dates may allow less than that (PossibleHolders::is_outer)
};

/// By name of holder at the date (holder_names; `by_group` as there), what doubt takes from the area that is
/// told or adds to it. A name that is told of no ground but may hold some is there too. Names without doubt
/// are not.
[[nodiscard]] std::map<std::string, DateBand> date_bands(const std::vector<DoubtfulGround>& ground,
                                                         const Holders& holders, const Atlas& atlas,
                                                         Instant at, bool by_group = false);

/// Where a holder's ground begins or ends at an instant because a statement of doubtful date does: by epoch
/// that begins then, and holder before or after. Earliest and latest are over all such statements.
[[nodiscard]] std::map<std::pair<TimeIndex, HolderIndex>, FuzzyInstant> doubtful_turns(
    const Composite& composite, const Holders& holders);

}  // namespace marchland
