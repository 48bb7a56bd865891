#include <marchland/base/error.h>
#include <marchland/composite/quantise.h>
#include <marchland/measure/projection.h>
#include <marchland/raster/classify.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace marchland {
namespace {

/// Walks rows of constant latitude from north to south. A centre that lies on a line counts as just south of
/// it, on a vertical line as just west: the row is looked at an infinitesimal south of its latitude, and the
/// centres of it an infinitesimal of that infinitesimal west of their longitude.
class RowWalk {
 public:
  /// Latitudes in grid units, from north to south; longitudes within +-180, from west to east.
  RowWalk(const Arrangement& plane, std::vector<std::int64_t> latitudes, std::vector<std::int64_t> longitudes)
      : plane_(plane), y_(std::move(latitudes)), x_(std::move(longitudes)), last_before_(x_.size(), kNone) {
    for (EdgeIndex e = 0; e < plane.edges().size(); ++e) {
      const Crossed crossed = rows_crossed(e);
      if (crossed.first < crossed.end) edges_.push_back({crossed.first, crossed.end, e});
    }
    std::sort(edges_.begin(), edges_.end(), [](const auto& a, const auto& b) {
      return std::tie(a.first, a.edge) < std::tie(b.first, b.edge);
    });
  }

  /// Calls run(row, first column, end column, face) for all cells, in order; neighbours may be of one face.
  template <class Run>
  void walk(Run run) {
    std::vector<Entry> active;
    std::size_t next = 0;
    for (std::size_t row = 0; row < y_.size(); ++row) {
      std::erase_if(active, [&](const Entry& entry) { return entry.end <= row; });
      for (; next < edges_.size() && edges_[next].first <= row; ++next) active.push_back(edges_[next]);
      std::fill(last_before_.begin(), last_before_.end(), kNone);
      for (const Entry& entry : active) {
        const std::size_t column = first_column_east_of(entry.edge, y_[row]);
        if (column >= x_.size()) continue;
        EdgeIndex& known = last_before_[column];
        if (known == kNone || is_west_of(known, entry.edge, y_[row])) known = entry.edge;
      }
      FaceIndex face = kUnboundedFace;
      std::size_t begin = 0;
      for (std::size_t column = 0; column < x_.size(); ++column) {
        if (last_before_[column] == kNone) continue;
        if (begin < column) run(row, begin, column, face);
        face = face_east_of(last_before_[column]);
        begin = column;
      }
      run(row, begin, x_.size(), face);
    }
  }

 private:
  static constexpr EdgeIndex kNone = std::numeric_limits<EdgeIndex>::max();
  struct Entry {
    std::size_t first;
    std::size_t end;
    EdgeIndex edge;
  };
  struct Crossed {
    std::size_t first;
    std::size_t end;
  };

  /// Rows with low < y <= high. Comparing an integer with the whole part is comparing it with the number.
  [[nodiscard]] Crossed rows_crossed(EdgeIndex e) const {
    const Edge& edge = plane_.edges()[e];
    const std::int64_t u = plane_.point(edge.u).y;
    const std::int64_t v = plane_.point(edge.v).y;
    const auto row_below = [&](std::int64_t y) {
      return static_cast<std::size_t>(std::lower_bound(y_.begin(), y_.end(), y, std::greater<>()) -
                                      y_.begin());
    };
    // The first row at or south of the upper end, and the first at or south of the lower.
    return {row_below(std::max(u, v)), row_below(std::min(u, v))};
  }

  [[nodiscard]] FaceIndex face_east_of(EdgeIndex e) const {
    const GridSegment& s = plane_.line_of(e);
    // Going up, the east side is on the right.
    return plane_.face(s.dy() > 0 ? 2 * e + 1 : 2 * e);
  }

  /// Whether (x, y), moved as the class says, lies east of the edge's line.
  [[nodiscard]] bool is_east(EdgeIndex e, std::int64_t x, std::int64_t y) const {
    const GridSegment& s = plane_.line_of(e);
    const Int128 left_of = cross(s.dx(), s.dy(), x - s.a.x, y - s.a.y);
    if (left_of != 0) return (left_of < 0) == (s.dy() > 0);
    // South of a line that runs up to the east is east of it.
    return s.dx() != 0 && (s.dx() > 0) == (s.dy() > 0);
  }

  [[nodiscard]] std::size_t first_column_east_of(EdgeIndex e, std::int64_t y) const {
    const GridSegment& s = plane_.line_of(e);
    // A guess by doubles, put right exactly.
    const double x = static_cast<double>(s.a.x) + static_cast<double>(y - s.a.y) *
                                                      static_cast<double>(s.dx()) /
                                                      static_cast<double>(s.dy());
    auto column = static_cast<std::size_t>(
        std::lower_bound(x_.begin(), x_.end(), x,
                         [](std::int64_t a, double b) { return static_cast<double>(a) < b; }) -
        x_.begin());
    while (column > 0 && is_east(e, x_[column - 1], y)) --column;
    while (column < x_.size() && !is_east(e, x_[column], y)) ++column;
    return column;
  }

  /// Whether edge a crosses the row west of edge b. Both cross it, and they cross each other nowhere.
  [[nodiscard]] bool is_west_of(EdgeIndex a, EdgeIndex b, std::int64_t y) const {
    const GridSegment& s = plane_.line_of(a);
    const GridSegment& t = plane_.line_of(b);
    // x = a.x + (y - a.y) dx / dy, compared as fractions: |numerators| < 2^65, denominators < 2^31.
    const Int128 xs = static_cast<Int128>(s.a.x) * s.dy() + static_cast<Int128>(y - s.a.y) * s.dx();
    const Int128 xt = static_cast<Int128>(t.a.x) * t.dy() + static_cast<Int128>(y - t.a.y) * t.dx();
    const bool same_sign = (s.dy() > 0) == (t.dy() > 0);
    const Int128 difference = same_sign ? xs * t.dy() - xt * s.dy() : xt * s.dy() - xs * t.dy();
    if (difference != 0) return difference < 0;
    // They meet on the row: what lies west just south of it. x' = dx/dy; the greater is further west below.
    const Int128 slope = static_cast<Int128>(s.dx()) * t.dy() - static_cast<Int128>(t.dx()) * s.dy();
    return same_sign ? slope > 0 : slope < 0;
  }

  const Arrangement& plane_;
  std::vector<std::int64_t> y_;
  std::vector<std::int64_t> x_;
  std::vector<Entry> edges_;
  std::vector<EdgeIndex> last_before_;  ///< by column: the last edge between its western neighbour and it
};

/// Calls settle(first cell, end cell, face) for all cells whose centre is a point of the earth.
template <class Settle>
void locate_lonlat(const Arrangement& plane, const RasterGrid& grid, Settle settle) {
  // Rows beyond a pole have no place; they are whole rows at the ends.
  std::vector<std::int64_t> latitudes;
  std::size_t first_row = grid.rows;
  for (std::size_t row = 0; row < grid.rows; ++row) {
    const double y = grid.center_y(row);
    if (std::abs(y) > 90.0) continue;
    first_row = std::min(first_row, row);
    latitudes.push_back(to_grid(y));
  }
  // Columns of one turn round the earth at a time; the antimeridian itself belongs to what is west of it.
  for (std::size_t begin = 0; begin < grid.columns;) {
    const auto turn_of = [&](std::size_t column) {
      return std::ceil((grid.center_x(column) - 180.0) / 360.0);
    };
    const double turn = turn_of(begin);
    std::vector<std::int64_t> longitudes;
    std::size_t end = begin;
    for (; end < grid.columns && turn_of(end) == turn; ++end)
      longitudes.push_back(to_grid(grid.center_x(end) - 360.0 * turn));
    RowWalk(plane, latitudes, std::move(longitudes))
        .walk([&](std::size_t row, std::size_t first_column, std::size_t end_column, FaceIndex face) {
          const std::size_t start = (first_row + row) * grid.columns + begin;
          settle(start + first_column, start + end_column, face);
        });
    begin = end;
  }
}

template <class Settle>
void locate_projected(const Arrangement& plane, const RasterGrid& grid, const Projection& projection,
                      Settle settle) {
  // A sweep goes over all edges and takes some tens of bytes for each point.
  constexpr std::size_t kPointsPerSweep = std::size_t{1} << 22;
  std::vector<GridPoint> points;
  std::vector<std::size_t> cells;
  const auto sweep = [&] {
    const std::vector<FaceIndex> faces = plane.locate(points);
    for (std::size_t i = 0; i < faces.size(); ++i) settle(cells[i], cells[i] + 1, faces[i]);
    points.clear();
    cells.clear();
  };
  for (std::size_t row = 0; row < grid.rows; ++row) {
    for (std::size_t column = 0; column < grid.columns; ++column) {
      const auto place = projection.inverse({grid.center_x(column), grid.center_y(row)});
      if (!place) continue;
      points.push_back(look_up_point(place->lon, place->lat));
      cells.push_back(row * grid.columns + column);
    }
    if (points.size() >= kPointsPerSweep) sweep();
  }
  sweep();
}

template <class Settle>
void locate_centres(const Arrangement& plane, const RasterGrid& grid, Settle settle) {
  const Projection projection(grid.crs);
  if (projection.is_identity()) {
    locate_lonlat(plane, grid, settle);
  } else {
    locate_projected(plane, grid, projection, settle);
  }
}

/// What each face has, by cell; 0 where the centre is no point of the earth.
template <class Value>
std::vector<Value> values_of_centres(const Arrangement& plane, const std::vector<Value>& of_face,
                                     const RasterGrid& grid) {
  std::vector<Value> out(grid.cell_count(), 0);
  locate_centres(plane, grid, [&](std::size_t begin, std::size_t end, FaceIndex face) {
    std::fill(out.data() + begin, out.data() + end, of_face[face]);
  });
  return out;
}

}  // namespace

std::vector<CellClass> classify(const Arrangement& plane, const std::vector<CellClass>& class_of_face,
                                const RasterGrid& grid) {
  if (class_of_face.size() != plane.face_count())
    throw InvalidArgument("classify: expected a class for every face");
  return values_of_centres(plane, class_of_face, grid);
}

std::vector<CentreRun> parts_of_centres(const Arrangement& plane, const std::vector<Part>& part_of_face,
                                        const RasterGrid& grid) {
  if (part_of_face.size() != plane.face_count())
    throw InvalidArgument("parts_of_centres: expected a part for every face");
  const std::vector<Part> parts = values_of_centres(plane, part_of_face, grid);
  std::vector<CentreRun> runs;
  for (auto begin = parts.begin(); begin != parts.end();) {
    const auto end = std::find_if(begin, parts.end(), [&](Part part) { return part != *begin; });
    runs.push_back({static_cast<std::size_t>(end - begin), *begin});
    begin = end;
  }
  return runs;
}

namespace {

void check_part(Part part, std::size_t count, const char* where) {
  if (part >= count) throw InvalidArgument(fmt::format("{}: part {} of {}", where, part, count));
}

}  // namespace

void classes_of_centres(std::span<const CentreRun> runs, std::span<const CellClass> class_of_part,
                        std::vector<CellClass>& out) {
  std::size_t cells = 0;
  for (const CentreRun& run : runs) {
    check_part(run.part, class_of_part.size(), "classes_of_centres");
    cells += run.cells;
  }
  out.resize(cells);
  CellClass* next = out.data();
  for (const CentreRun& run : runs) next = std::fill_n(next, run.cells, class_of_part[run.part]);
}

std::vector<CellClass> largest_shares(const CellCoverage& coverage,
                                      std::span<const CellClass> class_of_part) {
  constexpr double kEqual = 1e-9;
  const RasterGrid& grid = coverage.grid();
  std::vector<CellClass> out(grid.cell_count(), 0);
  std::vector<std::pair<CellClass, double>> in_cell;
  for (std::size_t row = 0; row < grid.rows; ++row) {
    CellClass* line = out.data() + row * grid.columns;
    for (const CellRun& run : coverage.runs(row)) {
      check_part(run.part, class_of_part.size(), "largest_shares");
      std::fill(line + run.begin, line + run.end, class_of_part[run.part]);
    }
    const std::span<const CellShare> shares = coverage.shares(row);
    for (const CellShare& share : shares) check_part(share.part, class_of_part.size(), "largest_shares");
    for (std::size_t i = 0; i < shares.size();) {
      const std::uint32_t column = shares[i].column;
      in_cell.clear();
      double rest = 1.0;
      for (; i < shares.size() && shares[i].column == column; ++i) {
        const CellClass cell_class = class_of_part[shares[i].part];
        if (cell_class == 0) continue;
        rest -= shares[i].share;
        const auto known = std::find_if(in_cell.begin(), in_cell.end(),
                                        [&](const auto& c) { return c.first == cell_class; });
        if (known == in_cell.end()) {
          in_cell.emplace_back(cell_class, shares[i].share);
        } else {
          known->second += shares[i].share;
        }
      }
      std::sort(in_cell.begin(), in_cell.end());
      double largest = rest - 2.0 * kEqual;
      for (const auto& [cell_class, share] : in_cell) {
        if (share <= largest + kEqual) continue;
        line[column] = cell_class;
        largest = share;
      }
    }
  }
  return out;
}

std::vector<double> shares_of(const CellCoverage& coverage, const std::vector<bool>& parts, double outside) {
  const RasterGrid& grid = coverage.grid();
  std::vector<double> out(grid.cell_count(), outside);
  for (std::size_t row = 0; row < grid.rows; ++row) {
    double* line = out.data() + row * grid.columns;
    for (const CellRun& run : coverage.runs(row)) {
      check_part(run.part, parts.size(), "shares_of");
      std::fill(line + run.begin, line + run.end, parts[run.part] ? 1.0 : 0.0);
    }
    const std::span<const CellShare> shares = coverage.shares(row);
    for (const CellShare& share : shares) check_part(share.part, parts.size(), "shares_of");
    for (std::size_t i = 0; i < shares.size();) {
      const std::uint32_t column = shares[i].column;
      double sum = 0.0;
      for (; i < shares.size() && shares[i].column == column; ++i)
        sum += parts[shares[i].part] ? shares[i].share : 0.0;
      line[column] = std::min(sum, 1.0);
    }
  }
  return out;
}

}  // namespace marchland
