#pragma once
// How much ground seems to be gained and lost where a line was only drawn anew. A line of length P, drawn
// twice with independent errors of standard deviation sigma across it, differs from itself by a normal
// deviate of sigma sqrt(2) at each place; its positive part has the mean sigma / sqrt(pi), so gains and
// losses of sigma P / sqrt(pi) are expected, each, and nothing net. See docs/design/noise_floor.md.
#include <marchland/analysis/drawn_ground.h>
#include <marchland/analysis/holders.h>
#include <marchland/analysis/scope.h>

#include <array>
#include <vector>

namespace marchland {

struct NoiseFloor {
  /// Of the boundary of a holder's ground, where there is no boundary at all at the other date; half of both
  /// dates together.
  Meters redrawn;
  /// Of it, where no source of it states sigma; counts for nothing below.
  Meters without_sigma;
  /// Expected gain, and expected loss, had every redrawn line stayed where it was: a mean, not a bound.
  SquareMeters area;

  /// Half of an edge that bounds the holder's ground at the epoch, and nobody's at the other date.
  void add_redrawn(const LineMap& lines, EdgeIndex edge, TimeIndex epoch);
  NoiseFloor& operator+=(const NoiseFloor& other);
};

/// Of lines that only one of two divisions of the ground has, by part of the first and of the second: what
/// lines seem to be worth that two sources drew, or one at two dates. `inside`: as faces_in_scope has it.
[[nodiscard]] std::array<std::vector<NoiseFloor>, 2> noise_floors(const LineMap& lines,
                                                                  const DrawnGround& first,
                                                                  const DrawnGround& second,
                                                                  const std::vector<bool>& inside);

/// By HolderIndex. An edge of the boundary counts if ground on either side is in the scope, at the accuracy
/// that LineMap finds: that of the best of the sources whose statements end there, and nothing for a line
/// that is exact by definition. Lines both dates have in common count for nothing, whoever holds the ground
/// beside them.
[[nodiscard]] std::vector<NoiseFloor> noise_floors(const LineMap& lines, const Holders& holders, Instant a,
                                                   Instant b, const Scope& scope = {});
/// With a map made for it.
[[nodiscard]] std::vector<NoiseFloor> noise_floors(const Composite& composite, const Holders& holders,
                                                   Instant a, Instant b, const Scope& scope = {});

}  // namespace marchland
