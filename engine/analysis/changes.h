#pragma once
// What passed from whom to whom between two dates, and the whole series of it.
#include <marchland/analysis/holders.h>
#include <marchland/analysis/scope.h>

#include <cstdint>
#include <span>
#include <vector>

namespace marchland {

/// For one actor (or contested set): area(B) - area(A) = gained - lost, and area(A) = held + lost, exactly.
struct ChangeRow {
  HolderIndex holder = kUnknown;
  AreaUnits gained = 0;
  AreaUnits lost = 0;
  AreaUnits held = 0;
};

/// Ground that `from` had at the first date and `to` at the second; both may be the same.
struct Transition {
  HolderIndex from = kUnknown;
  HolderIndex to = kUnknown;
  AreaUnits area = 0;
};

struct PlaceChange {
  std::size_t place = 0;  ///< index into Atlas::places
  HolderIndex from = kUnknown;
  HolderIndex to = kUnknown;
};

struct Changes {
  std::vector<ChangeRow> rows;          ///< by holder id, unknown last
  std::vector<Transition> transitions;  ///< by id of from, then to; unknown last; only those that occur
  std::vector<PlaceChange> places;      ///< in the order of the gazetteer
  /// Sums of the matrix against the areas counted on their own; 0, or something is broken.
  AreaUnits residual = 0;
};

struct SeriesPoint {
  Instant at;
  HolderIndex holder = kUnknown;
  AreaUnits area = 0;
};
struct SeriesTransition {
  Instant at;
  HolderIndex from = kUnknown;
  HolderIndex to = kUnknown;
  AreaUnits area = 0;
};
struct Timeline {
  std::vector<SeriesPoint> points;  ///< by date, then holder id; every holder that ever occurs, 0 too
  std::vector<SeriesTransition>
      transitions;  ///< by date, then id of from and to; between the dates of points
};

enum class Step : std::uint8_t { change, day, month, year };

/// Area in a scope by succession: who holds some ground, one after another. All ground of one succession is
/// counted together once; then every question about two dates or a series is answered without the faces.
/// Dates are sorted, without repeats. The composite and the holders must outlive it.
class ChangeTable {
 public:
  /// Cost: once over the faces.
  ChangeTable(const Composite& composite, const FaceAreas& measured, const Holders& holders,
              const Scope& scope = {});

  [[nodiscard]] std::size_t size() const noexcept { return areas_.size(); }
  /// Spans in order of time; the first begins at epoch 0.
  [[nodiscard]] std::span<const HolderSpan> succession(std::size_t index) const {
    return std::span(spans_).subspan(begins_[index], begins_[index + 1] - begins_[index] - 1);
  }
  [[nodiscard]] AreaUnits area(std::size_t index) const { return areas_[index]; }
  /// By id, unknown last. Unknown is not among them where the scope has no edge.
  [[nodiscard]] const std::vector<HolderIndex>& occurring() const noexcept { return occurring_; }
  [[nodiscard]] const TimeAxis& times() const noexcept { return composite_->times(); }

  /// The matrix from `a` to `b`, which need not be after `a`. Constant cost for each succession.
  [[nodiscard]] std::vector<Transition> transitions(Instant a, Instant b) const;
  /// The same by holder. Places are not looked for.
  [[nodiscard]] Changes changes(Instant a, Instant b) const;
  /// Areas at each of the dates, and what passed from each to the next.
  [[nodiscard]] Timeline timeline(const std::vector<Instant>& dates) const;
  /// Dates of a series: every instant at which some ground changes hands, or the start of every day, month or
  /// year of the atlas's time zone over its extent. The extent's first instant is always among them.
  [[nodiscard]] std::vector<Instant> dates(Step step) const;

 private:
  void index_epochs();
  /// Calls `use(succession, holder at a, holder at b)` for all of them.
  template <class Use>
  void for_each_pair(TimeIndex a, TimeIndex b, Use use) const;

  const Composite* composite_;
  const Holders* holders_;
  bool is_bounded_;
  /// One succession after another, each closed by a span that begins at the end of time.
  std::vector<HolderSpan> spans_;
  std::vector<std::uint32_t> begins_{0};
  std::vector<AreaUnits> areas_;
  std::vector<std::uint32_t> rank_;  ///< of holders by id, unknown last
  std::vector<HolderIndex> by_rank_;
  std::vector<HolderIndex> occurring_;
  /// Of histories in which most ground changes at most dates: the holder of succession i at an epoch,
  /// holder_at_[epoch * size() + i]. Else empty, and span_at_mark_[mark * size() + i] is the span that holds
  /// at epoch mark * epochs / marks: as many marks as a succession has spans in the mean, so that from a mark
  /// on few spans have to be passed. Neither takes much more memory than the spans.
  std::vector<HolderIndex> holder_at_;
  std::vector<std::uint32_t> span_at_mark_;
  std::size_t marks_ = 1;
};

/// Who holds each place of the scope at either date, those that stay with their holder too; in the order of
/// the gazetteer.
[[nodiscard]] std::vector<PlaceChange> places_between(const Composite& composite, const Holders& holders,
                                                      Instant a, Instant b, const Scope& scope = {});

/// `a` need not be before `b`.
[[nodiscard]] Changes changes(const Composite& composite, const FaceAreas& measured, const Holders& holders,
                              Instant a, Instant b, const Scope& scope = {});

/// Of a table that is asked once.
[[nodiscard]] Timeline timeline(const Composite& composite, const FaceAreas& measured, const Holders& holders,
                                const std::vector<Instant>& dates, const Scope& scope = {});
[[nodiscard]] std::vector<Instant> series_dates(const Composite& composite, const Holders& holders, Step step,
                                                const Scope& scope = {});

}  // namespace marchland
