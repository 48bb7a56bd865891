#pragma once
// Where two holders met at a date: the edges whose two faces have them.
#include <marchland/analysis/holders.h>
#include <marchland/analysis/scope.h>
#include <marchland/base/units.h>

#include <cstdint>
#include <functional>
#include <utility>
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

/// An edge along which the two sides meet.
struct ContactEdge {
  EdgeIndex edge = 0;       ///< of a pair on the antimeridian the one at +180
  bool is_forward = true;   ///< `first` is on the left from its node u to its node v
  HalfEdgeIndex along = 0;  ///< what it is drawn on, `first` on the left
  FaceIndex of_first = kUnboundedFace;
  FaceIndex of_second = kUnboundedFace;
  std::uint32_t kind = 0;  ///< whatever keeps parts apart; contact_edges: 1 along a border in force, else 0
};

/// Whether ground of two holders makes a line of contact where it meets: each is one actor, not nobody, and
/// they differ.
[[nodiscard]] bool make_contact(const Holders& holders, HolderIndex a, HolderIndex b);

/// Pairs of holders that make contact at an instant (make_contact), the lesser index first, sorted. Edges: as
/// contact_line has them.
[[nodiscard]] std::vector<std::pair<HolderIndex, HolderIndex>> contact_pairs(const Composite& composite,
                                                                             const Holders& holders,
                                                                             Instant at);

/// In the order of the plane's edges. Which edges: as contact_line has it.
[[nodiscard]] std::vector<ContactEdge> contact_edges(const Composite& composite, const Holders& holders,
                                                     Instant at, const HolderTest& first,
                                                     const HolderTest& second, const Scope& scope = {},
                                                     const Holders* borders = nullptr);

/// Unbroken stretches of edges of one kind.
struct ContactChains {
  struct Chain {
    std::vector<Position> positions;  ///< as ContactPart has them
    Meters length;
    std::uint32_t kind = 0;
    std::vector<EdgeIndex> edges{};  ///< as ContactPart has them
    [[nodiscard]] bool is_closed() const { return positions.front() == positions.back(); }
  };
  std::vector<Chain> chains;           ///< ordered by their positions
  std::vector<std::uint32_t> of_edge;  ///< index into `chains`
};
/// A chain goes on through a node at which just one edge of its kind arrives and one leaves and no other edge
/// meets them. `edges` run with `first` on their left and do not repeat.
[[nodiscard]] ContactChains chain_edges(const Arrangement& plane, const std::vector<ContactEdge>& edges);

/// The line between faces whose holder passes `first` and faces whose holder passes `second`, within the
/// scope (at least one of the two faces). Edges on the antimeridian are read as pairs: the seam is no line, a
/// border along it is one; edges along a pole are none. `borders` (may be null) divides the line where it
/// follows a difference of its holders.
[[nodiscard]] ContactLine contact_line(const Composite& composite, const Holders& holders, Instant at,
                                       const HolderTest& first, const HolderTest& second,
                                       const Scope& scope = {}, const Holders* borders = nullptr);

}  // namespace marchland
