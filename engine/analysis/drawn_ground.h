#pragma once
// How lines divide the ground at a date, as rings to walk along, and how true each line is by what its
// sources state. Errors belong to lines as they were drawn: a node where a line of another date merely
// crosses is no vertex here, and a line that several statements end at is one line. See
// docs/design/uncertainty.md.
#include <marchland/analysis/holders.h>
#include <marchland/analysis/scope.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace marchland {

/// A vector in local metres, east and north.
struct GroundVector {
  double east = 0.0;
  double north = 0.0;
};

/// From one position to another, by the metric at their mean latitude: where they are d degrees apart in
/// latitude it is off by d^2 / 78 000 of itself. In lon/lat degrees; not across the antimeridian.
[[nodiscard]] GroundVector ground_vector(const Position& from, const Position& to);

/// Of errors that go together: lines of one source that are equally true.
struct LineAccuracy {
  enum class Kind : std::uint8_t { exact, unknown, stated };
  Kind kind = Kind::unknown;
  double sigma = 0.0;  ///< metres, of the error east as of that north
  double correlation =
      0.0;  ///< metres; errors s apart along a line have the correlation exp(-s / correlation)
};

/// The edges of a composite as lines with errors. The composite and the holders must outlive it.
///
/// A line is as true as the most accurate source says whose statements, of any theme, hold at the date and
/// end there: one that draws the same line less carefully does not make it less true. What is exact by
/// definition makes a line exact. Only sources that the holders ask are heard.
class LineMap {
 public:
  /// Cost: once over the edges.
  LineMap(const Composite& composite, const Holders& asked);

  [[nodiscard]] const Composite& composite() const noexcept { return *composite_; }
  [[nodiscard]] FaceIndex face(HalfEdgeIndex h) const { return face_[h]; }
  /// Along the half-edge, by ground_vector.
  [[nodiscard]] GroundVector along(HalfEdgeIndex h) const {
    const GroundVector& v = vectors_[h >> 1U];
    return (h & 1U) == 0 ? v : GroundVector{-v.east, -v.north};
  }
  [[nodiscard]] double length(HalfEdgeIndex h) const { return lengths_[h >> 1U]; }
  /// Where every line has one stated accuracy: that. Else null.
  [[nodiscard]] const LineAccuracy* only_accuracy() const noexcept {
    return decays_.empty() ? nullptr : &accuracies_[uniform_->accuracy];
  }
  /// Where every line has one stated accuracy: the correlation of errors at the ends of the half-edge. Empty
  /// otherwise.
  [[nodiscard]] const std::vector<double>& decays() const noexcept { return decays_; }
  [[nodiscard]] bool is_box(EdgeIndex edge) const { return is_box_[edge] != 0; }
  /// Whether `next` goes straight on where `h` ends, so that nobody drew a vertex between them.
  [[nodiscard]] bool is_straight(HalfEdgeIndex h, HalfEdgeIndex next) const { return straight_[h] == next; }

  /// What is known of the edge's line at an epoch.
  struct Line {
    std::uint16_t accuracy = 0;  ///< index into `accuracies`
    float shift = 0.0F;          ///< metres by which it lies too far to the right of u->v, in the mean
  };
  [[nodiscard]] Line line(EdgeIndex edge, TimeIndex epoch) const {
    if (is_box_[edge]) return {};
    if (uniform_) return *uniform_;
    const Known& known = known_[edge];
    if (known.from <= epoch && epoch < known.to) return known.line;
    return find_line(edge, epoch);
  }
  /// Lines of different entries are independent. 0 is exact, 1 unknown.
  [[nodiscard]] const std::vector<LineAccuracy>& accuracies() const noexcept { return accuracies_; }

 private:
  struct Known {
    TimeIndex from = 1;
    TimeIndex to = 0;
    Line line;
  };
  struct SlotAccuracy {
    std::uint16_t index = 0;
    float bias = 0.0F;
    bool is_asked = false;
  };
  void read_accuracies(const Holders& asked);
  Line find_line(EdgeIndex edge, TimeIndex epoch) const;

  const Composite* composite_;
  std::vector<FaceIndex> face_;          ///< by half-edge
  std::vector<GroundVector> vectors_;    ///< by edge
  std::vector<double> lengths_;          ///< by edge
  std::vector<HalfEdgeIndex> straight_;  ///< by half-edge; itself where nothing goes straight on
  std::vector<double> decays_;           ///< by edge
  std::vector<std::uint8_t> is_box_;     ///< the map ends there, the ground does not
  std::vector<LineAccuracy> accuracies_;
  std::vector<SlotAccuracy> slots_;
  std::optional<Line> uniform_;       ///< of every line, where there is but one accuracy
  mutable std::vector<Known> known_;  ///< the last that was found of each edge: an object is for one thread
};

/// The ground at a date, divided into parts: the holders, or several of them together.
class DrawnGround {
 public:
  using Part = std::uint32_t;

  /// Whether part 0, which unknown ground belongs to, has rings too: where nothing bounds the ground they
  /// repeat those of the others.
  enum class Unknown : bool { left_out, walked };

  /// `part_of_holder`: by HolderIndex; empty: each is a part of its own. The map and the holders must outlive
  /// it. Cost: once over faces and edges.
  DrawnGround(const LineMap& lines, const Holders& holders, TimeIndex epoch,
              std::vector<Part> part_of_holder = {}, Unknown unknown = Unknown::walked);

  /// A face that comes from one part to another.
  struct Passing {
    FaceIndex face = 0;
    Part from = 0;
    Part to = 0;
  };
  using OnPassing = std::function<void(std::span<const Passing>)>;

  /// To a later epoch at a cost that follows what changes; to an earlier one, or with other parts, at the
  /// cost of a new one. `on_passing` is told what passes while everything is as it was, unless the move
  /// begins anew.
  void move_to(TimeIndex epoch, std::vector<Part> part_of_holder, const OnPassing& on_passing = {});
  void move_to(TimeIndex epoch) { move_to(epoch, part_of_holder_); }
  /// Of the last move: whether it began anew, so that any ring may be another one.
  [[nodiscard]] bool is_anew() const noexcept { return is_anew_; }
  /// Of a last move that did not: half-edges where something else may follow than before, those of edges that
  /// bound parts no longer among them. A ring without any of them is the ring that it was.
  [[nodiscard]] const std::vector<HalfEdgeIndex>& turned() const noexcept { return turned_; }

  [[nodiscard]] const LineMap& lines() const noexcept { return *lines_; }
  [[nodiscard]] TimeIndex epoch() const noexcept { return epoch_; }
  [[nodiscard]] Part part(FaceIndex face) const { return parts_[face]; }
  [[nodiscard]] const std::vector<Part>& part_of_holder() const noexcept { return part_of_holder_; }
  /// Made by a first move that does not begin anew: the edges of a face.
  [[nodiscard]] std::span<const EdgeIndex> edges_of(FaceIndex face) const {
    return std::span(edges_).subspan(edge_begin_[face], edge_begin_[face + 1] - edge_begin_[face]);
  }
  /// In no order.
  [[nodiscard]] const std::vector<EdgeIndex>& boundary() const noexcept { return boundary_; }
  /// Whether the half-edge is in a ring.
  [[nodiscard]] bool is_walked(HalfEdgeIndex h) const {
    return place_[Arrangement::edge_of(h)] != 0 &&
           (parts_[lines_->face(h)] != 0 || unknown_ == Unknown::walked);
  }
  /// What follows in the ring: around the node, across whatever divides the part itself.
  [[nodiscard]] HalfEdgeIndex next(HalfEdgeIndex h) const {
    const HalfEdgeIndex follower = follower_[h];
    return follower != kNoFollower ? follower : find_follower(h);
  }

  /// Boundary of one part, closed, its ground on the left. Rings that touch in a node are apart or one,
  /// as it happens; each half-edge of the boundary is in one ring.
  struct Ring {
    Part part = 0;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  /// Of all parts; made when first asked for after a move.
  [[nodiscard]] const std::vector<Ring>& rings() const;
  [[nodiscard]] std::span<const HalfEdgeIndex> half_edges(const Ring& ring) const {
    return std::span(steps_).subspan(ring.begin, ring.end - ring.begin);
  }

 private:
  struct Turn {
    TimeIndex since;
    CoverageIndex coverage;
    HolderIndex holder;
  };
  void start();
  void prepare_moves();
  void set_boundary(EdgeIndex edge);
  void trace() const;
  HalfEdgeIndex find_follower(HalfEdgeIndex h) const;

  static constexpr HalfEdgeIndex kNoFollower = 0xffffffffU;

  const LineMap* lines_;
  const Holders* holders_;
  TimeIndex epoch_;
  Unknown unknown_;
  std::vector<Part> part_of_holder_;
  std::vector<Part> parts_;  ///< by face
  std::vector<EdgeIndex> boundary_;
  std::vector<std::uint32_t> place_;  ///< of an edge in `boundary_`, one more; 0: it is not there
  // For moves.
  std::vector<Turn> turns_;  ///< by epoch
  std::vector<std::uint32_t> face_begin_;
  std::vector<FaceIndex> faces_;  ///< by coverage
  std::vector<std::uint32_t> edge_begin_;
  std::vector<EdgeIndex> edges_;                 ///< by face
  std::vector<std::uint32_t> met_;               ///< by node: in which move
  std::vector<std::uint32_t> turned_coverages_;  ///< by coverage: in which move
  std::uint32_t moves_ = 0;
  std::vector<HalfEdgeIndex> turned_;
  bool is_anew_ = true;
  /// By half-edge: the next one of its ring, or none while that is not known.
  mutable std::vector<HalfEdgeIndex> follower_;
  // Made by `trace`.
  mutable bool is_traced_ = false;
  mutable std::vector<Ring> rings_;
  mutable std::vector<HalfEdgeIndex> steps_;
  mutable std::vector<std::uint32_t> seen_;  ///< by half-edge: in which tracing
  mutable std::uint32_t tracing_ = 0;
};

}  // namespace marchland
