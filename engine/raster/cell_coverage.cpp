#include <marchland/base/error.h>
#include <marchland/measure/projection.h>
#include <marchland/raster/cell_coverage.h>
#include <marchland/raster/detail/lonlat_cells.h>
#include <marchland/raster/detail/projected_cells.h>

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <memory>
#include <tuple>

namespace marchland {
namespace {

using detail::CellPlane;
using detail::EdgeWalk;

struct PieceOfPart {
  std::uint32_t row;
  std::uint32_t column;
  Part part;
  double share;
};
struct TurnOfPart {
  std::uint32_t row;
  std::uint32_t from_column;
  Part part;
  std::int32_t change;
};
struct Records {
  std::vector<PieceOfPart> pieces;
  std::vector<TurnOfPart> turns;
};

/// Divides records by row; within a row they keep their order.
template <class Record>
std::vector<std::vector<Record>> by_row(std::vector<Records>& chunks, std::vector<Record> Records::* member,
                                        std::size_t rows) {
  std::vector<std::size_t> counts(rows, 0);
  for (const Records& chunk : chunks) {
    for (const Record& record : chunk.*member) ++counts[record.row];
  }
  std::vector<std::vector<Record>> out(rows);
  for (std::size_t row = 0; row < rows; ++row) out[row].reserve(counts[row]);
  for (Records& chunk : chunks) {
    for (const Record& record : chunk.*member) out[record.row].push_back(record);
    chunk.*member = {};
  }
  return out;
}

struct RowCells {
  std::vector<CellShare> shares;
  std::vector<CellRun> runs;
};

/// The cells of one row, of all that edges left in it.
RowCells add_up(std::vector<PieceOfPart>& pieces, std::vector<TurnOfPart>& turns, std::uint32_t columns) {
  constexpr double kLeast = 1e-15;
  RowCells out;
  // Stable: what is added up is added in the order of edges.
  std::stable_sort(pieces.begin(), pieces.end(), [](const auto& a, const auto& b) {
    return std::tie(a.part, a.column) < std::tie(b.part, b.column);
  });
  std::sort(turns.begin(), turns.end(), [](const auto& a, const auto& b) {
    return std::tie(a.part, a.from_column) < std::tie(b.part, b.from_column);
  });
  std::size_t p = 0;
  std::size_t t = 0;
  while (p < pieces.size() || t < turns.size()) {
    const Part part = p == pieces.size()  ? turns[t].part
                      : t == turns.size() ? pieces[p].part
                                          : std::min(pieces[p].part, turns[t].part);
    std::uint32_t column = 0;
    std::int32_t within = 0;
    const auto reach = [&](std::uint32_t to) {
      if (within != 0 && to > column) out.runs.push_back({column, to, part});
      column = std::max(column, to);
    };
    while ((p < pieces.size() && pieces[p].part == part) || (t < turns.size() && turns[t].part == part)) {
      const bool has_piece = p < pieces.size() && pieces[p].part == part;
      const bool has_turn = t < turns.size() && turns[t].part == part;
      if (has_turn && (!has_piece || turns[t].from_column <= pieces[p].column)) {
        reach(turns[t].from_column);
        within += turns[t++].change;
        continue;
      }
      const std::uint32_t at = pieces[p].column;
      reach(at);
      double share = 0.0;
      for (; p < pieces.size() && pieces[p].part == part && pieces[p].column == at; ++p)
        share += pieces[p].share;
      share += static_cast<double>(within);
      if (share > kLeast) out.shares.push_back({at, part, std::min(share, 1.0)});
      column = at + 1;
    }
    reach(columns);
  }
  std::sort(out.shares.begin(), out.shares.end(), [](const CellShare& a, const CellShare& b) {
    return std::tie(a.column, a.part) < std::tie(b.column, b.part);
  });
  std::sort(out.runs.begin(), out.runs.end(),
            [](const CellRun& a, const CellRun& b) { return a.begin < b.begin; });
  return out;
}

}  // namespace

CellCoverage cover_cells(const Arrangement& plane, const std::vector<Part>& part_of_face,
                         const RasterGrid& grid) {
  if (part_of_face.size() != plane.face_count() || part_of_face[kUnboundedFace] != 0)
    throw InvalidArgument("cover_cells: expected a part for every face, 0 for the unbounded one");
  const std::unique_ptr<const detail::ProjectedGround> ground =
      Projection(grid.crs).is_identity() ? nullptr : std::make_unique<detail::ProjectedGround>(grid);
  tbb::enumerable_thread_specific<std::unique_ptr<CellPlane>> planes([&]() -> std::unique_ptr<CellPlane> {
    if (!ground) return std::make_unique<detail::LonLatCells>(grid);
    return std::make_unique<detail::ProjectedCells>(*ground);
  });

  constexpr std::size_t kEdgesPerChunk = 4096;
  const std::size_t edge_count = plane.edges().size();
  std::vector<Records> chunks((edge_count + kEdgesPerChunk - 1) / kEdgesPerChunk);
  tbb::parallel_for(std::size_t{0}, chunks.size(), [&](std::size_t chunk) {
    CellPlane& cells = *planes.local();
    EdgeWalk walk;
    Records& out = chunks[chunk];
    const std::size_t end = std::min(edge_count, (chunk + 1) * kEdgesPerChunk);
    for (std::size_t i = chunk * kEdgesPerChunk; i < end; ++i) {
      const auto e = static_cast<EdgeIndex>(i);
      const Part left = part_of_face[plane.face(2 * e)];
      const Part right = part_of_face[plane.face(2 * e + 1)];
      if (left == right) continue;
      walk.clear();
      const Edge& edge = plane.edges()[e];
      cells.walk(detail::walk_point(plane.point(edge.u)), detail::walk_point(plane.point(edge.v)), walk);
      for (const auto& [part, times] : {std::pair{left, 1}, std::pair{right, -1}}) {
        if (part == 0) continue;
        for (const detail::CellPiece& piece : walk.pieces)
          out.pieces.push_back({piece.row, piece.column, part, times * piece.share});
        for (const detail::CornerTurn& turn : walk.turns)
          out.turns.push_back({turn.row, turn.from_column, part, times * turn.change});
      }
    }
  });

  auto pieces = by_row(chunks, &Records::pieces, grid.rows);
  auto turns = by_row(chunks, &Records::turns, grid.rows);
  std::vector<std::vector<CellShare>> shares(grid.rows);
  std::vector<std::vector<CellRun>> runs(grid.rows);
  tbb::parallel_for(std::size_t{0}, grid.rows, [&](std::size_t row) {
    RowCells sum = add_up(pieces[row], turns[row], static_cast<std::uint32_t>(grid.columns));
    shares[row] = std::move(sum.shares);
    runs[row] = std::move(sum.runs);
    pieces[row] = {};
    turns[row] = {};
  });
  return {grid, std::move(shares), std::move(runs)};
}

}  // namespace marchland
