#pragma once
// Cells of any other system. Edges stay straight in longitude and latitude and are measured there; sides of
// cells are straight in the system, and are followed on the earth.
#include <marchland/measure/projection.h>
#include <marchland/raster/detail/cell_walk.h>
#include <marchland/raster/detail/equal_area_plane.h>
#include <marchland/raster/raster_grid.h>

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace marchland::detail {

/// Which ground a grid can show: what lies far from it may have no coordinates in its system, or false ones.
struct ProjectedGround {
  /// Throws InvalidArgument where no point of the grid lies on the earth.
  explicit ProjectedGround(const RasterGrid& grid);

  /// Walk units. Edges are walked as if all that lies outside were pressed onto the sides of the box: no
  /// ground within it is changed by that, and rings stay closed.
  struct Box {
    std::int64_t west, south, east, north;
    double turn = 0.0;  ///< of a geographic system: degrees that its longitudes have beyond those of the box
  };
  RasterGrid grid;
  std::vector<Box> boxes;    ///< they meet at most at the antimeridian
  bool is_mirrored = false;  ///< cells are mirror images of the ground
};

class ProjectedCells final : public CellPlane {
 public:
  /// `ground` outlives it.
  explicit ProjectedCells(const ProjectedGround& ground);

  void walk(WalkPoint from, WalkPoint to, EdgeWalk& out) override;
  /// Of a cell, square metres; of one that reaches beyond the earth nothing.
  [[nodiscard]] std::optional<double> whole(std::size_t row, std::size_t column);

 private:
  enum class Side : std::uint8_t { none, west, south, east, north };
  /// In cells from the north-western corner of the grid, y to the south.
  struct CellPoint {
    double x = 0.0;
    double y = 0.0;
  };
  struct End {
    WalkPoint at;
    CellPoint cell;
    Side side = Side::none;
  };
  /// A straight stretch of an edge.
  struct Stretch {
    WalkPoint from;
    WalkPoint to;
    [[nodiscard]] WalkPoint at(double t) const;
  };
  /// A side of a cell on the earth, from west to east or from north to south, in radians from the cell's
  /// centre (of latitude: from the equator), as a polynomial.
  static constexpr std::size_t kNodes = 5;
  struct Curve {
    std::array<double, kNodes> lambda{};
    std::array<double, kNodes> phi{};
    struct Point {
      double lambda = 0.0;
      double phi = 0.0;
      double slope = 0.0;  ///< of phi
    };
    [[nodiscard]] Point at(double s) const;
    /// The integral of lambda dS.
    [[nodiscard]] double area(double from, double to) const;
  };
  struct Cell {
    std::int64_t row = 0;
    std::int64_t column = 0;
    /// Of a large cell, in which it is measured.
    std::optional<EqualAreaPlane> plane;
    /// Of one that reaches beyond the earth: it is measured in the plane of the system.
    bool is_rim = false;
    std::int64_t origin = 0;  ///< longitude from which every other one is measured
    Curve west, south, east, north;
    double whole_north = 0.0;  ///< along the side from east to west
    double whole_east = 0.0;   ///< from south to north
    double whole_west = 0.0;   ///< from north to south
    double whole = 0.0;
  };

  void walk_box(WalkPoint from, WalkPoint to, EdgeWalk& out);
  void walk_stretch(const Stretch& stretch, EdgeWalk& out);
  void follow(const Stretch& stretch, double t0, CellPoint p0, double t1, CellPoint p1, int depth,
              EdgeWalk& out);
  void cross(const Stretch& stretch, double t0, CellPoint p0, double t1, CellPoint p1, bool is_near,
             EdgeWalk& out);
  struct Crossing {
    double t;
    CellPoint cell;
  };
  [[nodiscard]] Crossing crossing(const Stretch& stretch, double t0, CellPoint p0, double t1, CellPoint p1,
                                  double CellPoint::* axis, double line, bool is_near) const;
  void add_piece(const End& in, const End& out_of, EdgeWalk& out);
  [[nodiscard]] CellPoint cell_point(WalkPoint p) const;
  [[nodiscard]] std::int64_t column_of(double x) const;
  [[nodiscard]] std::int64_t row_of(double y) const;
  [[nodiscard]] const Cell& cell(std::int64_t row, std::int64_t column);
  [[nodiscard]] Cell make_cell(std::int64_t row, std::int64_t column) const;
  /// Whether the cell could be measured so.
  [[nodiscard]] bool measure_between_longitudes(Cell& cell, double origin) const;
  [[nodiscard]] bool measure_in_plane(Cell& cell, const Position& centre) const;
  /// On the earth, across and down from the north-western corner of the cell, in cells.
  [[nodiscard]] std::optional<Position> place_in(const Cell& cell, double across, double down) const;
  /// From the end counter-clockwise to the south-western corner. Longitudes from `origin`: that of the cell,
  /// or a whole turn from it.
  [[nodiscard]] double along_sides(const Cell& cell, const End& end, std::int64_t origin) const;
  [[nodiscard]] double along_sides_in_plane(const Cell& cell, const End& end) const;
  /// Along the straight piece of an edge.
  [[nodiscard]] double along_edge(const Cell& cell, const End& in, const End& out_of,
                                  std::int64_t origin) const;

  const ProjectedGround* ground_;
  Projection projection_;
  bool is_geographic_;
  const ProjectedGround::Box* box_ = nullptr;
  std::int64_t row_ = 0;  ///< of the walk
  std::int64_t column_ = 0;
  End at_;
  std::unordered_map<std::uint64_t, Cell> cells_;
};

}  // namespace marchland::detail
