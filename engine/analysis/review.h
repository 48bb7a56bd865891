#pragma once
// What a new state of an atlas changes against one that was published: which statements, whose ground at
// which dates, where. Both are arranged together, so that every difference is a set of faces and exact.
#include <marchland/analysis/holders.h>
#include <marchland/analysis/scope.h>

#include <optional>
#include <string>
#include <vector>

namespace marchland {

/// A statement that only one of the atlases has, or that differs.
struct StatementChange {
  enum class Kind : std::uint8_t {
    added,
    removed,
    closed,  ///< of a snapshot layer: nothing but its end is new, because a later date followed
    changed,
    superseded,  ///< it stays in the atlas and counts no longer: another one replaces it
    retracted,   ///< likewise: another one takes it back
  };
  Kind kind = Kind::changed;
  std::string id;
  std::string layer;
  /// What differs: "layer", "actor", "validity", "seq", "taken_from", "basis", "certainty", "note", "area",
  /// "doubt" (of dates), "accuracy", "cites", "record" (when and by whom, what it replaces), "state",
  /// "visibility", "standing" (it counts again). Areas differ if their rings do on the grid, whatever ring
  /// begins where the other does not.
  std::vector<std::string> what;
  std::string by;  ///< of what is superseded or retracted: the statement that did it; empty: a later record
};
[[nodiscard]] std::string_view to_string(StatementChange::Kind kind);

/// Sorted by layer of the later atlas, then id; removed ones last. Ids tell which is which.
[[nodiscard]] std::vector<StatementChange> compare_statements(const Atlas& before, const Atlas& after);

/// Which declarations differ: "title", "actors", "sources", "periods", "regions", "places", "layers",
/// "study_area", "rule", "harmonise_m", "days", "notices". Statements, findings, files and dates of layers
/// are not among them.
[[nodiscard]] std::vector<std::string> compare_declarations(const Atlas& before, const Atlas& after);

/// Findings of one that the other lacks, as often as it does, in their order. They are the same if code,
/// statement, date and text are.
[[nodiscard]] Findings findings_beyond(const Findings& these, const Findings& those);

/// Ground about which two atlases differ for a stretch of time. Empty holder: unknown.
struct Revision {
  Interval when;
  std::string before;
  std::string after;
  AreaUnits area = 0;
};

/// How much one holder has by either atlas, where that differs.
struct FigureChange {
  Interval when;
  std::string holder;
  AreaUnits before = 0;
  AreaUnits after = 0;
};

struct PlaceRevision {
  Interval when;
  std::size_t place = 0;  ///< index into the later atlas's places
  std::string before;
  std::string after;
};

/// Two atlases in one composite.
class Review {
 public:
  /// Arranges both. Places, regions and study area are those of `after`, and only the windows of time that
  /// both have are compared. Precondition: an atlas that was harmonised has all its statements. Throws as
  /// build_composite does.
  Review(Atlas before, Atlas after, const BuildOptions& options = {});

  [[nodiscard]] const Composite& composite() const noexcept { return composite_; }
  /// Where the account of `before` ends: the last instant at which any of its statements begins or ends. What
  /// differs earlier was published and is corrected; what differs later is new (is_new).
  [[nodiscard]] std::optional<Instant> published_until() const noexcept { return published_until_; }

  /// Whether a stretch of time lies after what was published. A date at which a statement of `before` begins
  /// was published; one at which all that ends there ends was not.
  [[nodiscard]] bool is_new(const Interval& when) const noexcept {
    if (!published_until_) return false;
    return is_last_stated_ ? when.from() > *published_until_ : when.from() >= *published_until_;
  }

  struct Differences {
    /// By time, then holders before and after. A stretch of time is as long as no difference changes; it is
    /// divided at `published_until`.
    std::vector<Revision> revisions;
    /// By time, then holder. A stretch is as long as no figure of the holders concerned changes.
    std::vector<FigureChange> figures;
    std::vector<PlaceRevision> places;  ///< by time, then place
  };
  /// Of one theme, by the rule each atlas declares. `measured` is of `composite()`.
  [[nodiscard]] Differences differences(const FaceAreas& measured, Theme theme,
                                        const Scope& scope = {}) const;

  /// Per face the number of the revision (counted from 1, in the order of `differences`) that it belongs to
  /// at the beginning of that revision's time; 0 where there is none. One list for each stretch of time.
  struct Division {
    Interval when;
    std::vector<std::uint32_t> faces;
  };
  [[nodiscard]] std::vector<Division> divisions(const Differences& differences, Theme theme,
                                                const Scope& scope = {}) const;

 private:
  [[nodiscard]] Holders holders(Theme theme, bool of_after) const;

  Composite composite_;
  std::set<SourceId> sources_before_;
  std::set<SourceId> sources_after_;
  SourceRule rule_before_ = SourceRule::priority;
  SourceRule rule_after_ = SourceRule::priority;
  std::optional<Instant> published_until_;
  bool is_last_stated_ = false;  ///< whether a statement begins then
  Interval window_;              ///< of which both tell
};

}  // namespace marchland
