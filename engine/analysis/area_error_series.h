#pragma once
// How sure the areas of a series of dates are, at a cost that follows what changes between them: successive
// dates share nearly all of their lines. Errors s apart have the correlation exp(-s / L), so what a chain of
// edges adds to sum g_i C_ij g_j can be kept and put behind that of another chain; rings are kept as such
// chains, of about sixteen edges, and only those are walked again in which something has turned. See
// docs/design/uncertainty.md.
#include <marchland/analysis/positional_error.h>

#include <cstdint>
#include <optional>
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

/// The errors that AreaErrors::of_parts gives, date by date; the same but for rounding, a part in 10^10, and
/// for what that leaves out. The errors must outlive it; an object is for one thread.
///
/// Where every line has one stated accuracy and a ring is 80 L long, the cost is that of its chains, one in
/// sixteen edges, and of the edges near what changed. A shorter ring is walked again when it changes. Where
/// accuracies differ all rings are.
class AreaErrorSeries {
 public:
  AreaErrorSeries(const AreaErrors& errors, DrawnGround ground);

  /// As DrawnGround::move_to.
  void move_to(TimeIndex epoch, std::vector<DrawnGround::Part> part_of_holder);
  void move_to(TimeIndex epoch);

  [[nodiscard]] const DrawnGround& ground() const noexcept { return ground_; }
  /// By part.
  [[nodiscard]] std::vector<AreaError> of_parts(std::size_t part_count) const;

 private:
  using ChainIndex = std::uint32_t;
  using RingIndex = std::uint32_t;
  static constexpr std::uint32_t kNone = 0xffffffffU;

  struct Chain {
    ChainError error;
    HalfEdgeIndex begin = 0;
    ChainIndex next = kNone;  ///< that follows in the ring; none: what was known of this one no longer holds
    RingIndex ring = kNone;
  };
  struct Ring {
    DrawnGround::Part part = 0;
    bool is_there = false;
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
  /// Leaves its half-edges in `steps_`.
  RingError walk_ring(HalfEdgeIndex in_ring);

  const AreaErrors* errors_;
  DrawnGround ground_;
  std::vector<Chain> chains_;
  std::vector<ChainIndex> chain_of_begin_;  ///< by half-edge
  std::vector<std::uint32_t> chain_of_;     ///< by half-edge: the chain it is part of, or kRing + its ring
  std::vector<Ring> rings_;
  std::vector<RingIndex> free_;
  std::vector<HalfEdgeIndex> steps_;
};

}  // namespace marchland
