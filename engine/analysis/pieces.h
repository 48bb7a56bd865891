#pragma once
// Connected ground: faces of one category that touch along an edge are one piece, whatever other dates' lines
// divide it. So what is said of a piece does not depend on statements that do not hold at its dates.
#include <marchland/analysis/dissolve.h>
#include <marchland/composite/composite.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace marchland {

using PieceIndex = std::uint32_t;
inline constexpr PieceIndex kNoPiece = 0xffffffffU;

struct Piece {
  Category category = 0;
  AreaUnits area = 0;
  /// Of its boundary as drawn (measure/length.h); the edge of the map (the antimeridian, the poles) is none.
  Meters perimeter;
  FaceIndex largest = kUnboundedFace;  ///< of its faces
  bool is_open = false;                ///< it holds the unbounded face: it has no area

  /// Twice its area by its perimeter: the width of a strip, half the radius of a disc. 0 of what has no area.
  [[nodiscard]] Meters mean_width() const;
};

struct Pieces {
  std::vector<Piece> pieces;        ///< in the order of their first faces
  std::vector<PieceIndex> of_face;  ///< kNoPiece for category 0
};

/// Category 0 is nothing. Pieces that touch in points only are apart; across the antimeridian they are one.
/// Cost: once over edges and faces.
[[nodiscard]] Pieces find_pieces(const Composite& composite, const FaceAreas& measured,
                                 const std::vector<Category>& faces);

/// A point of each face to look at on a map: inside it where it is wide enough for that, otherwise on or by
/// its boundary. Nothing for the unbounded face. In the order asked.
[[nodiscard]] std::vector<std::optional<GeoLocation>> points_inside(const Arrangement& plane,
                                                                    const std::vector<FaceIndex>& faces);

/// Faces of the arrangement by mean width.
struct WidthClass {
  Meters below;  ///< and not below the class before; of the last: infinity
  std::size_t faces = 0;
  AreaUnits area = 0;
};
/// Bounds at 0.1, 1, 10, 30, 100 and 1000 m. Slivers of lines written twice lie below a metre, those of lines
/// drawn twice between that and the accuracy of the drawing.
[[nodiscard]] std::vector<WidthClass> width_distribution(const Composite& composite,
                                                         const FaceAreas& measured);

}  // namespace marchland
