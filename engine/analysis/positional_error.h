#pragma once
// How sure an area is, by how true its lines are. A vertex of a line that is off by e moves area of g.e, g
// half the rotated vector between its neighbours, so to first order an area has the variance sum g_i C_ij g_j
// (Chrisman & Yandell 1988); errors s apart along a line have the correlation exp(-s / L), and the sum is
// taken in one pass along each ring. See docs/design/uncertainty.md for what counts, what does not, and for
// how far the first order holds.
#include <marchland/analysis/contact_line.h>
#include <marchland/analysis/drawn_ground.h>
#include <marchland/base/units.h>

#include <array>
#include <span>
#include <vector>

namespace marchland {

/// What errors of lines do to an area.
struct AreaError {
  SquareMeters sd;      ///< standard deviation by random errors
  SquareMeters excess;  ///< by which systematic errors make it too large; negative: too small
  /// Of gains, losses and what passed, the part that drawing a line anew may have made (NoiseFloor): as much
  /// at most, and nothing where the lines are far apart. Negative: what is held throughout may lack so much.
  SquareMeters redrawing{};
  /// Lines that bound what is counted and are no definition.
  Meters lines;
  /// Of them, lines of which no source states how true they are. Unless it is 0, the error is not known.
  Meters without_sigma;
  [[nodiscard]] bool is_known() const noexcept { return without_sigma.value() == 0.0; }
};

/// What one ring, or several that are in error independently, add to an AreaError. In metres, and square
/// metres squared.
struct RingError {
  double variance = 0.0;
  double excess = 0.0;
  double lines = 0.0;
  double without_sigma = 0.0;
  RingError& operator+=(const RingError& other);
  operator AreaError() const;  // NOLINT(google-explicit-constructor): what it amounts to
};

/// Where a figure lies with a probability of 95 %, as far as lines are concerned.
struct Band {
  double low = 0.0;
  double high = 0.0;
};
inline constexpr double kBandDeviations = 1.959964;  ///< of the normal distribution

/// `figure` -+ 1.96 sd; on one side also the systematic error, and what redrawing may have made. Both widths
/// are rounded to five digits: they are no better known, and so do not depend on the order of sums. Ends
/// outside [least, most] are moved there.
[[nodiscard]] Band band_of(double figure, const AreaError& error, double least, double most);

/// Vertex of a closed line: where it lies along it, in metres, and what area a metre of its error moves.
struct RingVertex {
  double along = 0.0;
  GroundVector gradient;
};
/// sum g_i.g_j exp(-s_ij / L), s the shorter way along a ring of that length; L = 0: sum g_i.g_i. Exact, the
/// wrap included, but for terms below exp(-40). Vertices are sorted, in [0, perimeter]. Cost: once over them.
[[nodiscard]] double correlated_sum(std::span<const RingVertex> ring, double perimeter, double correlation);

/// Vertex of a line as it was drawn; of those of one accuracy at a node there is but one.
struct DrawnVertex {
  RingVertex at;
  NodeIndex node = 0;
  std::uint16_t accuracy = 0;  ///< index into LineMap::accuracies
};
/// Vertices of a ring that move a figure, sorted along it.
struct DrawnRing {
  std::vector<DrawnVertex> vertices;
  double perimeter = 0.0;
  /// After the last of its steps.
  void close();
};

/// Ground in one part of a division, and in one of another, to count: weight[in the first][in the second].
using OverlapWeights = std::array<std::array<double, 2>, 2>;
inline constexpr OverlapWeights kHeldAtBoth{{{0.0, 0.0}, {0.0, 1.0}}};
inline constexpr OverlapWeights kGained{{{0.0, 1.0}, {0.0, 0.0}}};
inline constexpr OverlapWeights kLost{{{0.0, 0.0}, {1.0, 0.0}}};
inline constexpr OverlapWeights kNetChange{{{0.0, 1.0}, {-1.0, 0.0}}};

/// Errors of areas within a scope. Lines count where the scope has ground on both sides: its own edge is a
/// definition. Lines of different sources are in error independently; so are different rings. The map must
/// outlive it.
class AreaErrors {
 public:
  /// `inside`: by face, as faces_in_scope has it.
  AreaErrors(const LineMap& lines, const std::vector<bool>& inside);

  [[nodiscard]] const LineMap& lines() const noexcept { return *lines_; }
  [[nodiscard]] bool is_inside(FaceIndex face) const { return is_everywhere_ || inside_[face] != 0; }
  /// Whether the line is in the scope, with the ground on both sides.
  [[nodiscard]] bool counts(HalfEdgeIndex h) const {
    return is_inside(lines_->face(h)) && is_inside(lines_->face(Arrangement::twin(h)));
  }

  /// Of the area of every part, by its number. AreaErrorSeries has those of many dates at less cost.
  [[nodiscard]] std::vector<AreaError> of_parts(const DrawnGround& ground, std::size_t part_count) const;
  /// Of the area within one closed ring.
  [[nodiscard]] RingError of_ring(std::span<const HalfEdgeIndex> ring, TimeIndex epoch) const;
  /// Of one part.
  [[nodiscard]] AreaError of(const DrawnGround& ground, DrawnGround::Part part) const;
  /// Of the weighed area of two parts of two divisions: two dates, or two themes. A line that bounds both is
  /// one line; a vertex that both have is one vertex; all else of one division is drawn independently of the
  /// other.
  [[nodiscard]] AreaError of(const DrawnGround& first, DrawnGround::Part in_first, const DrawnGround& second,
                             DrawnGround::Part in_second, const OverlapWeights& weights) const;

  /// Of the sum of weights[face] x area, all of the ground that it counts being in one of `parts` in either
  /// division. A line between two of the parts is met in the rings of the one that is named first.
  [[nodiscard]] AreaError of_faces(const DrawnGround& first, const DrawnGround& second,
                                   std::span<const DrawnGround::Part> parts,
                                   std::span<const double> weights) const;
  /// Adds the vertices of some steps along a ring, from `ring.perimeter` on, and moves that by their length.
  /// `jumps`: by step, how much more a square metre counts on its left than on its right. The steps neither
  /// begin nor end within a straight stretch.
  void walk(std::span<const HalfEdgeIndex> steps, std::span<const double> jumps, TimeIndex epoch,
            DrawnRing& ring, RingError& sum) const;
  /// Of a figure that these vertices move, of rings of two divisions.
  [[nodiscard]] double variance_of(std::vector<DrawnRing> first, std::vector<DrawnRing> second) const;

 private:
  template <class JumpOf>
  DrawnRing walk_ring(std::span<const HalfEdgeIndex> ring, TimeIndex epoch, JumpOf jump_of,
                      RingError& sum) const;
  double variance_of(std::vector<DrawnVertex>& vertices, double perimeter) const;

  const LineMap* lines_;
  std::vector<std::uint8_t> inside_;  ///< by face
  bool is_everywhere_;                ///< all faces are inside
};

/// What errors of lines do to the length of a line of contact.
struct LengthError {
  Meters sd;
  /// By which errors of this size make a line longer in the mean, to second order: errors that differ by d
  /// across an edge of length l add d^2 / 2 l. Greater than a tenth of the length, first order says nothing.
  Meters lengthening;
  Meters without_sigma;
  /// Whether sd and lengthening say how far the length is off.
  bool is_linear = false;
};
/// Its parts are taken to be independent.
[[nodiscard]] LengthError error_of_length(const LineMap& lines, const ContactLine& line, TimeIndex epoch);
/// Where the length lies with 95 %: the mean lengthening belongs to the low side. Rounded as that of areas.
[[nodiscard]] Band band_of(double length, const LengthError& error);

}  // namespace marchland
