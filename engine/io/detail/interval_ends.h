#pragma once
// Whether the ends of dated intervals are inclusive: by how those of one holder, and those of several holders
// on the same ground, follow one another.
#include <marchland/time/instant.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace marchland::detail {

struct DatedRow {
  std::string key;               ///< who
  std::optional<DateSpan> from;  ///< nothing: open
  std::optional<DateSpan> to;
  std::size_t ground = kNoGround;  ///< rows of one number lie on the same ground

  static constexpr std::size_t kNoGround = static_cast<std::size_t>(-1);
};

struct Succession {
  std::string key;       ///< who
  std::string next_key;  ///< of different holders on the same ground: who came after
  DateSpan end, begin;   ///< of the earlier one's end, of the later one's beginning, as written
};

/// How each interval of a key meets the next one of it. Equal intervals of a key count once.
struct IntervalEnds {
  std::size_t meet_after = 0;        ///< the next begins right after the day (month, year) that the end names
  std::size_t meet_at = 0;           ///< the next begins on the day that the end names
  std::vector<Succession> gaps;      ///< the next begins later than that
  std::vector<Succession> overlaps;  ///< the next begins before the end
  std::size_t ground_after = 0;      ///< as meet_after: another holder of the same ground begins
  std::size_t ground_at = 0;         ///< as meet_at, likewise
  std::vector<Succession> ground_gaps;      ///< as gaps, likewise
  std::vector<Succession> ground_overlaps;  ///< as overlaps, likewise
  std::size_t one_day = 0;                  ///< intervals that begin and end on the same date
  std::vector<std::size_t> backward;        ///< rows that end before they begin

  [[nodiscard]] std::size_t successions() const {
    return meet_after + meet_at + gaps.size() + overlaps.size();
  }
  /// Of different holders on the same ground, however they meet.
  [[nodiscard]] std::size_t ground_successions() const {
    return ground_after + ground_at + ground_gaps.size() + ground_overlaps.size();
  }
  /// More meet after the named day than at it; without successions that tell, if one begins and ends on one
  /// date, since half-open it would hold at no time.
  [[nodiscard]] bool is_inclusive() const {
    const std::size_t after = meet_after + ground_after;
    const std::size_t at = meet_at + ground_at;
    return after != at ? after > at : one_day > 0;
  }
};

[[nodiscard]] IntervalEnds find_interval_ends(const std::vector<DatedRow>& rows);

}  // namespace marchland::detail
