#include <marchland/composite/cell_tree.h>

#include <algorithm>
#include <bit>

namespace marchland {
namespace {

constexpr int kLevelBits = 3;
constexpr std::uint64_t kParts = 1U << kLevelBits;  ///< of a cell, along either axis
/// At which one cell, 2^33 units wide, holds the whole box of the grid.
constexpr int kTopLevel = 11;

int level_of(const GridBox& box) {
  const auto width =
      static_cast<std::uint64_t>(std::max(std::int64_t{box.x1} - box.x0, std::int64_t{box.y1} - box.y0));
  return (static_cast<int>(std::bit_width(width)) + kLevelBits - 1) / kLevelBits;
}

/// Counted from the lower left corner of the box of the grid, so never negative: cells are bit shifts.
std::uint64_t column_of(std::int32_t x, int level) {
  return static_cast<std::uint64_t>(std::int64_t{x} + kGridMaxLon) >> (level * kLevelBits);
}
std::uint64_t row_of(std::int32_t y, int level) {
  return static_cast<std::uint64_t>(std::int64_t{y} + kGridMaxLat) >> (level * kLevelBits);
}

bool meet(const GridBox& a, const GridBox& b) {
  return a.x0 <= b.x1 && b.x0 <= a.x1 && a.y0 <= b.y1 && b.y0 <= a.y1;
}

}  // namespace

GridBox box_of(const GridSegment& s) noexcept {
  return {std::min(s.a.x, s.b.x), std::min(s.a.y, s.b.y), std::max(s.a.x, s.b.x), std::max(s.a.y, s.b.y)};
}

CellTree::CellTree() : cells_(1) {}

/// The parts of a cell that the box reaches, as use(bit, column, row).
template <class Use>
void CellTree::for_each_part(const Place& at, const GridBox& box, Use use) {
  const int level = at.level - 1;
  const std::uint64_t first_column = std::max(column_of(box.x0, level), at.column * kParts);
  const std::uint64_t last_column = std::min(column_of(box.x1, level), at.column * kParts + kParts - 1);
  const std::uint64_t first_row = std::max(row_of(box.y0, level), at.row * kParts);
  const std::uint64_t last_row = std::min(row_of(box.y1, level), at.row * kParts + kParts - 1);
  for (std::uint64_t column = first_column; column <= last_column; ++column) {
    for (std::uint64_t row = first_row; row <= last_row; ++row)
      use(static_cast<unsigned>((column % kParts) * kParts + row % kParts), column, row);
  }
}

std::uint32_t CellTree::child(std::uint32_t cell, unsigned bit) {
  const std::uint64_t flag = std::uint64_t{1} << bit;
  const auto place = std::popcount(cells_[cell].parts & (flag - 1));
  if ((cells_[cell].parts & flag) == 0) {
    const auto fresh = static_cast<std::uint32_t>(cells_.size());
    cells_.emplace_back();
    cells_[cell].parts |= flag;
    cells_[cell].children.insert(cells_[cell].children.begin() + place, fresh);
  }
  return cells_[cell].children[static_cast<std::size_t>(place)];
}

void CellTree::insert(const GridBox& box, SegmentIndex segment) {
  insert({0, kTopLevel, 0, 0}, level_of(box), {box, segment});
}

void CellTree::insert(const Place& at, int level, const Entry& entry) {
  if (at.level == level) return cells_[at.cell].entries.push_back(entry);
  for_each_part(at, entry.box, [&](unsigned bit, std::uint64_t column, std::uint64_t row) {
    insert({child(at.cell, bit), at.level - 1, column, row}, level, entry);
  });
}

void CellTree::find(const GridBox& box, std::vector<SegmentIndex>& out) const {
  const std::size_t before = out.size();
  find({0, kTopLevel, 0, 0}, box, out);
  // A segment is in up to four cells.
  std::sort(out.begin() + static_cast<std::ptrdiff_t>(before), out.end());
  out.erase(std::unique(out.begin() + static_cast<std::ptrdiff_t>(before), out.end()), out.end());
}

void CellTree::find(const Place& at, const GridBox& box, std::vector<SegmentIndex>& out) const {
  const Cell& cell = cells_[at.cell];
  for (const Entry& entry : cell.entries) {
    if (meet(entry.box, box)) out.push_back(entry.segment);
  }
  if (cell.parts == 0) return;
  const auto visit = [&](unsigned bit, std::uint64_t column, std::uint64_t row) {
    const std::uint64_t flag = std::uint64_t{1} << bit;
    if ((cell.parts & flag) == 0) return;
    const auto place = static_cast<std::size_t>(std::popcount(cell.parts & (flag - 1)));
    find({cell.children[place], at.level - 1, column, row}, box, out);
  };
  for_each_part(at, box, visit);
}

}  // namespace marchland
