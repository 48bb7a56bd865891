#pragma once
// The ways to say what an area is. Every output names the one it used.
//
// An area is a sum over edges of two parts: one that depends on the line and the points (exact, additive
// under any cut) and one that belongs to a whole edge of the input and is shared out along it (what a
// geodesic or a chord of a projection has beyond the straight line). Sharing out telescopes along the edge,
// so a polygon of whole edges has exactly the area its method says; where two different edges overlap
// collinearly, a residual can remain.
#include <marchland/geometry/shapes.h>
#include <marchland/measure/edge_area.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace marchland {

class AreaMethod {
 public:
  /// Reads
  ///   lonlat            edges straight in longitude and latitude on WGS84, as RFC 7946 defines them
  ///   (default) geodesic          input vertices joined by geodesics of WGS84 (Karney 2013), as PROJ
  ///   measures polygons sphere:R          edges straight in longitude and latitude on a sphere of R metres
  ///   sphere:R,arcs     input vertices joined by great circles of that sphere
  ///   crs:DEFINITION    chords between projected input vertices; any projected CRS that PROJ knows, in its
  ///   own
  ///                     units of length, converted to metres
  /// Throws InvalidArgument with the forms above.
  [[nodiscard]] static AreaMethod parse(std::string_view text);
  [[nodiscard]] static AreaMethod lonlat();

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Whether certificates promise a residual of exactly 0: lonlat and sphere:R.
  [[nodiscard]] bool is_exact() const noexcept { return !edge_part_; }

  /// The part that depends on the line; 0 for crs.
  [[nodiscard]] AreaUnits line_part(const GridSegment& s, const ExactPoint& p, const ExactPoint& q) const {
    return line_part_ ? (*line_part_)(s, p, q) : AreaUnits{0};
  }
  /// The part of a whole input edge, in units (not rounded); antisymmetric. Longitudes may be unrolled beyond
  /// 180. Throws InvalidData with the place where a CRS cannot project it. Not for concurrent use.
  [[nodiscard]] double edge_part(const Position& from, const Position& to) const;

  /// Whether both sides of the antimeridian are the same place to the method: not where a map ends there, so
  /// that an edge across it must be measured piece by piece.
  [[nodiscard]] bool joins_at_seam(Lat latitude) const {
    return !edge_part_ || edge_part_->joins_at_seam(latitude);
  }

  /// Implementation of edge_part; public for the .cpp file only.
  class EdgePart {
   public:
    EdgePart() = default;
    EdgePart(const EdgePart&) = delete;
    EdgePart& operator=(const EdgePart&) = delete;
    virtual ~EdgePart() = default;
    [[nodiscard]] virtual double operator()(const Position& from, const Position& to) const = 0;
    [[nodiscard]] virtual bool joins_at_seam(Lat) const { return true; }
  };

 private:
  AreaMethod(std::string name, std::optional<EdgeArea> line_part, std::shared_ptr<const EdgePart> edge_part)
      : name_(std::move(name)), line_part_(line_part), edge_part_(std::move(edge_part)) {}

  std::string name_;
  std::optional<EdgeArea> line_part_;
  std::shared_ptr<const EdgePart> edge_part_;
};

}  // namespace marchland
