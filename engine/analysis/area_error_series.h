#pragma once
// How sure the areas of a series of dates are, at a cost that follows what changes between them: successive
// dates share nearly all of their lines. Errors s apart have the correlation exp(-s / L), so what a chain of
// edges adds to sum g_i C_ij g_j can be kept and put behind that of another chain; rings are kept as such
// chains, of about sixteen edges, and only those are walked again in which something has turned. See
// docs/design/uncertainty.md.
#include <marchland/analysis/noise_floor.h>
#include <marchland/analysis/positional_error.h>

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace marchland {

/// What a chain of edges with errors of one accuracy does to the variance of the area on its left, in units
/// of sigma squared. Chains that follow one another make a chain: append is associative.
struct ChainError {
  double sum = 0.0;       ///< sum g_i.g_j exp(-s_ij / L), s along the chain
  double decay = 1.0;     ///< exp(-length / L)
  GroundVector at_start;  ///< sum g_i exp(-s / L), s from the start
  GroundVector at_end;    ///< the same to the end
  double length = 0.0;    ///< metres
  double counted = 0.0;   ///< of them, those of lines that count
  void append(const ChainError& next);
  /// Of the chain as a ring, where that is so long that the longer way between two errors does not matter.
  [[nodiscard]] double closed_sum() const;
};

/// The errors that AreaErrors gives of each date and of what passes from one to the next; the same but for
/// rounding, below a part in 10^9. The errors must outlive it; an object is for one thread.
///
/// Of areas, where every line has one stated accuracy and a ring is 80 L long, the cost is that of its
/// chains, one in sixteen edges, and of the edges near what changed. A shorter ring is walked again when it
/// changes. Where accuracies differ all rings are. Of what passes the cost is that of the chains of rings it
/// lies at, and of the edges nearby.
class AreaErrorSeries {
 public:
  /// Whether `passed` is asked for. Rings of unknown ground are needed for what passes from it or to it:
  /// DrawnGround::Unknown::walked.
  enum class Passages : bool { left_out, kept };

  AreaErrorSeries(const AreaErrors& errors, DrawnGround ground, Passages passages = Passages::left_out);

  /// As DrawnGround::move_to.
  void move_to(TimeIndex epoch, std::vector<DrawnGround::Part> part_of_holder);
  void move_to(TimeIndex epoch) { move_to(epoch, ground_.part_of_holder()); }

  [[nodiscard]] const DrawnGround& ground() const noexcept { return ground_; }
  /// By part.
  [[nodiscard]] std::vector<AreaError> of_parts(std::size_t part_count) const;

  struct Passage {
    DrawnGround::Part from = 0;
    DrawnGround::Part to = 0;
    AreaError error;  ///< of the area; without what redrawing may have made
  };
  struct Passed {
    std::vector<Passage> passages;   ///< in no order; those out of scope too
    std::vector<NoiseFloor> floors;  ///< by part, as noise_floors has them of holders; of further ones none
  };
  /// By the last move, if it did not begin anew.
  [[nodiscard]] const std::optional<Passed>& passed() const noexcept { return passed_; }

 private:
  using ChainIndex = std::uint32_t;
  using RingIndex = std::uint32_t;
  static constexpr std::uint32_t kNone = 0xffffffffU;

  struct Chain {
    ChainError error;
    HalfEdgeIndex begin = 0;
    ChainIndex next = kNone;  ///< that follows in the ring; none: what was known of this one no longer holds
    RingIndex ring = kNone;
    std::uint32_t mark = 0;
  };
  struct Ring {
    DrawnGround::Part part = 0;
    bool is_there = false;
    ChainIndex first = kNone;
    HalfEdgeIndex begin = 0;  ///< where there is no chain
    RingError error;
  };

  void follow();
  void follow_anew();
  void forget(HalfEdgeIndex turned);
  void find_ring(HalfEdgeIndex in_ring);
  void walk_chain(ChainIndex chain);
  /// Adds the straight stretch that begins with `h` and gives what follows it.
  HalfEdgeIndex append_stretch(HalfEdgeIndex h, ChainIndex chain);
  void assign(HalfEdgeIndex h, std::uint32_t owner);
  /// Leaves the half-edges of the ring in `steps_`, from one on at which no straight stretch goes on.
  void find_steps(HalfEdgeIndex in_ring);
  [[nodiscard]] bool is_followed() const;

  /// Half-edge on the boundary of the ground of a passage.
  struct Bound {
    std::uint32_t passage;
    RingIndex ring;
    HalfEdgeIndex half_edge;
    friend auto operator<=>(const Bound&, const Bound&) = default;
  };
  /// What passes in the move to `next`, by what is known before it; and the rest of it.
  void begin_passages(TimeIndex next);
  void end_passages();
  void find_floors(TimeIndex next);
  void find_outline();
  /// Rings of the ground as it is, with the vertices that the bounds move, by passage.
  void walk_bounds(std::vector<std::vector<DrawnRing>>& rings);
  [[nodiscard]] RingIndex ring_of(HalfEdgeIndex h) const;
  [[nodiscard]] DrawnGround::Part part_before(FaceIndex face) const;

  const AreaErrors* errors_;
  DrawnGround ground_;
  std::vector<Chain> chains_;
  std::vector<ChainIndex> chain_of_begin_;  ///< by half-edge
  std::vector<std::uint32_t> chain_of_;     ///< by half-edge: the chain it is part of, or kRing + its ring
  std::vector<Ring> rings_;
  std::vector<RingIndex> free_;
  std::vector<HalfEdgeIndex> steps_;
  // Of the last move, where passages are kept.
  Passages keeps_;
  std::optional<Passed> passed_;
  std::vector<DrawnGround::Passing> passing_;
  std::vector<std::uint32_t> passage_of_;  ///< by face: one more than its number, in a move only
  std::vector<HalfEdgeIndex> outline_;     ///< of ground that passes, that on the left, passage by passage
  std::vector<RingError> sums_;            ///< by passage
  std::vector<Bound> bounds_;
  std::vector<std::vector<DrawnRing>> rings_before_;  ///< by passage
  std::vector<std::vector<DrawnRing>> rings_after_;
  std::vector<std::uint8_t> is_bound_;  ///< by half-edge, in walk_bounds only
  std::vector<double> jumps_;
  std::uint32_t marks_ = 0;
};

}  // namespace marchland
