#pragma once
// What passed from whom to whom between two dates, and the whole series of it.
#include <marchland/analysis/holders.h>
#include <marchland/analysis/scope.h>

#include <optional>
#include <string>
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

/// `a` need not be before `b`.
[[nodiscard]] Changes changes(const Composite& composite, const FaceAreas& measured, const Holders& holders,
                              Instant a, Instant b, const Scope& scope = {});

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

/// Areas at each of the dates (sorted, without repeats), and what passed from each to the next.
[[nodiscard]] Timeline timeline(const Composite& composite, const FaceAreas& measured, const Holders& holders,
                                const std::vector<Instant>& dates, const Scope& scope = {});

enum class Step : std::uint8_t { change, day, month, year };

/// Dates of a series: every instant at which some ground of the scope changes hands, or the start of every
/// day, month or year of the atlas's time zone over its extent. The extent's first instant is always among
/// them.
[[nodiscard]] std::vector<Instant> series_dates(const Composite& composite, const Holders& holders, Step step,
                                                const Scope& scope = {});

}  // namespace marchland
