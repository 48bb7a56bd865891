#pragma once
// Step 6: areas of faces, added up from whole numbers of the edges (measure/edge_area.h), so that the integer
// of a region depends on its boundary alone.
#include <marchland/composite/arrangement.h>
#include <marchland/measure/area_method.h>

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace marchland {

/// The area of every face by one method.
struct FaceAreas {
  std::string method;
  std::vector<AreaUnits> area;  ///< by face; that of the unbounded face is minus all others
  /// By how much figures can differ from those of the polygons as given, at most: where segments with
  /// different ends overlap on one line, a method that shares out what belongs to a whole segment has to
  /// choose one of them. 0 for exact methods.
  AreaUnits residual = 0;
  [[nodiscard]] AreaUnits operator[](FaceIndex face) const { return area[face]; }
};

/// Of each segment from a to b, the part that depends on its line: all of it by an exact method. On all
/// cores.
[[nodiscard]] std::vector<AreaUnits> line_parts(std::span<const GridSegment> segments,
                                                const AreaMethod& method);

/// What one method makes of the edges of an arrangement. Both outlive it.
class EdgeMeasure {
 public:
  /// Throws what the method throws.
  EdgeMeasure(const Arrangement& plane, const AreaMethod& method);

  /// From u to v.
  [[nodiscard]] AreaUnits operator()(EdgeIndex edge) const;
  /// From a to b of every segment, on all cores.
  [[nodiscard]] std::vector<AreaUnits> segments() const;

  /// All faces, on all cores; the same for any number of them.
  [[nodiscard]] FaceAreas faces() const;
  /// The same from what `segments` returned: an edge that is a whole segment is not measured again.
  [[nodiscard]] FaceAreas faces(const std::vector<AreaUnits>& of_segment) const;

 private:
  [[nodiscard]] double part_beyond_pieces(const CutParent& parent, std::int32_t cut_latitude) const;
  [[nodiscard]] AreaUnits line(const Position& from, const Position& to) const;
  [[nodiscard]] AreaUnits part(SegmentIndex segment, const ExactPoint& p, const ExactPoint& q) const;
  [[nodiscard]] AreaUnits share(SegmentIndex segment, const ExactPoint& p) const;

  const Arrangement& plane_;
  const AreaMethod& method_;
  std::vector<double> whole_;  ///< edge part, by segment
  /// Of segments measured as part of a longer edge.
  std::unordered_map<SegmentIndex, CutParent> cut_parents_;
};

}  // namespace marchland
