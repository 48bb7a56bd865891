#pragma once
// Who holds the ground: a function of coverage, rule and date.
//
// Within an event layer the latest event wins (it may hand the ground to nobody); equal instants go by seq,
// and where that is equal too all of them hold it, with a finding. Painting never crosses sources. A source
// says what all its layers say together. Then the rule decides between sources.
#include <marchland/composite/composite.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace marchland {

/// What one source says about a place at a time; at least one actor, sorted by number.
struct Voice {
  SourceId source;
  int priority = 0;
  std::vector<ActorId> actors;
};
/// Who holds the ground by what these say; sorted by number.
[[nodiscard]] std::vector<ActorId> decide(const std::vector<Voice>& voices, SourceRule rule);

/// Index of a set of actors who hold the same ground; kUnknown is the empty set: no source says anything.
using HolderIndex = std::uint32_t;
inline constexpr HolderIndex kUnknown = 0;

/// Which statements count.
struct HolderOptions {
  Theme theme = Theme::control;
  SourceRule rule = SourceRule::priority;
  /// Only these sources; empty: all.
  std::set<SourceId> sources;
};

/// What became of one run among all that cover some ground at an epoch.
enum class Standing : std::uint8_t {
  decides,       ///< its actor holds the ground, alone or with others
  painted_over,  ///< a later event of its layer, or one of greater seq, passed the ground on
  overruled,     ///< by a source of greater priority
  outvoted,      ///< more sources name another actor
  not_asked,     ///< its source is not among those that count
  may_hold,      ///< it does not hold at the date as told, but may: its dates are in doubt
  superseded,    ///< counts no longer: a later statement replaced it
  retracted,     ///< counts no longer: it was taken back
};
[[nodiscard]] std::string_view to_string(Standing standing);

struct RunStanding {
  CoverageRun run;
  Standing standing = Standing::decides;
  friend bool operator==(const RunStanding&, const RunStanding&) = default;
};

/// From epoch `since` on (until the next span) these hold it.
struct HolderSpan {
  TimeIndex since = 0;
  HolderIndex holder = kUnknown;
  friend bool operator==(const HolderSpan&, const HolderSpan&) = default;
};

/// A slot that covers some ground.
struct HoldingSlot {
  Slot slot;
  Instant since;  ///< asked of event layers only
  friend bool operator==(const HoldingSlot&, const HoldingSlot&) = default;
};
/// Two of an event layer with the same instant and seq, and different actors.
using OnTie = std::function<void(const HoldingSlot&, const HoldingSlot&)>;
/// Who holds ground that all of these cover; sorted by number, empty where no source that counts says
/// anything. Slots are sorted and of one theme.
[[nodiscard]] std::vector<ActorId> holders_of(const Atlas& atlas, std::span<const HoldingSlot> slots,
                                              const HolderOptions& options, const OnTie& on_tie = {});

class Holders {
 public:
  /// Resolves every coverage of the theme once. The composite must outlive it.
  Holders(const Composite& composite, const HolderOptions& options);

  [[nodiscard]] Theme theme() const noexcept { return options_.theme; }
  [[nodiscard]] const HolderOptions& options() const noexcept { return options_; }
  /// Whether statements of this source count.
  [[nodiscard]] bool asks(SourceId source) const {
    return options_.sources.empty() || options_.sources.contains(source);
  }
  [[nodiscard]] LabelGroup group() const noexcept { return group_of(options_.theme); }
  /// Number of different sets, kUnknown among them.
  [[nodiscard]] std::size_t size() const noexcept { return sets_.size(); }
  /// Sorted by actor id (text); empty for kUnknown.
  [[nodiscard]] std::span<const ActorId> actors(HolderIndex holder) const { return sets_[holder]; }
  [[nodiscard]] bool is_contested(HolderIndex holder) const { return sets_[holder].size() > 1; }
  /// "a", "a+b"; empty for kUnknown.
  [[nodiscard]] std::string id(HolderIndex holder) const;
  /// The set that is just this actor; kUnknown if that never occurs.
  [[nodiscard]] HolderIndex find(ActorId actor) const;

  /// Spans in order of time; the first begins at epoch 0.
  [[nodiscard]] std::span<const HolderSpan> timeline(CoverageIndex coverage) const {
    return std::span(spans_).subspan(offsets_[coverage], offsets_[coverage + 1] - offsets_[coverage]);
  }
  [[nodiscard]] HolderIndex at(CoverageIndex coverage, TimeIndex epoch) const;
  /// Of every face at one epoch.
  [[nodiscard]] std::vector<HolderIndex> faces_at(TimeIndex epoch) const;

  /// Every run that covers the ground at the epoch, in the order of Composite::runs, and what became of it.
  /// Precondition: `coverage` is of this theme's group.
  [[nodiscard]] std::vector<RunStanding> account(CoverageIndex coverage, TimeIndex epoch) const;

  /// Events of one instant that order themselves by nothing.
  [[nodiscard]] const Findings& findings() const noexcept { return findings_; }

 private:
  HolderIndex intern(std::vector<ActorId> actors);
  HolderIndex holder_of(std::span<const CoverageRun> runs, TimeIndex epoch);
  [[nodiscard]] std::vector<HoldingSlot> holding_at(std::span<const CoverageRun> runs, TimeIndex epoch) const;
  std::vector<ActorId> resolve(std::span<const CoverageRun> runs, TimeIndex epoch);
  void note_tie(const Slot& a, const Slot& b, Instant at);

  const Composite* composite_;
  HolderOptions options_;
  std::vector<std::vector<ActorId>> sets_{{}};
  std::map<std::vector<ActorId>, HolderIndex> index_{{{}, kUnknown}};
  std::vector<std::uint32_t> offsets_{0};
  std::vector<HolderSpan> spans_;  ///< by coverage
  std::vector<std::optional<HolderIndex>>
      alone_;  ///< by slot: where it alone covers the ground, if asked for
  std::set<std::tuple<LayerId, Instant, ActorId, ActorId>> ties_;
  Findings findings_;
};

}  // namespace marchland
