#pragma once
// Where two holders met at a date: the edges whose two faces have them.
#include <marchland/analysis/holders.h>
#include <marchland/analysis/scope.h>
#include <marchland/base/units.h>

#include <functional>
#include <vector>

namespace marchland {

/// An unbroken stretch, `first` on the left of its direction. Closed if front and back are equal; then it
/// begins at its least corner.
struct ContactPart {
  std::vector<Position> positions;  ///< corners: nearest doubles of the exact nodes
  Meters length;                    ///< as drawn, straight in longitude and latitude
  /// From each position to the next: the first edge of the plane that lies there.
  std::vector<EdgeIndex> edges;
  bool on_border = false;  ///< whether it runs along a border in force at the date
};

struct ContactLine {
  std::vector<ContactPart> parts;  ///< ordered by their first position
  Meters length;
  Meters on_border;  ///< part of `length`; 0 if no borders were given
};

/// Which sets of holders are meant by a side.
using HolderTest = std::function<bool(HolderIndex)>;

/// The line between faces whose holder passes `first` and faces whose holder passes `second`, within the
/// scope (at least one of the two faces). Edges on the antimeridian are read as pairs: the seam is no line, a
/// border along it is one; edges along a pole are none. `borders` (may be null) divides the line where it
/// follows a difference of its holders.
[[nodiscard]] ContactLine contact_line(const Composite& composite, const Holders& holders, Instant at,
                                       const HolderTest& first, const HolderTest& second,
                                       const Scope& scope = {}, const Holders* borders = nullptr);

}  // namespace marchland
