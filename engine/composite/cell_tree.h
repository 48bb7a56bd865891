#pragma once
// Finds the segments near a box while segments are being added. Cells are those of the crossing search: eight
// times as wide from level to level, each segment at the first level whose cells are as wide as its box, so
// in at most 2 x 2 of them. Here they hang in a tree in which every cell knows which of its 8 x 8 parts hold
// anything, so that a question goes into no empty part, however far the scales of the segments are apart.
#include <marchland/composite/segments.h>

#include <array>
#include <cstdint>
#include <vector>

namespace marchland {

/// The box around a segment, in grid units; it includes its sides.
struct GridBox {
  std::int32_t x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};
[[nodiscard]] GridBox box_of(const GridSegment& s) noexcept;

class CellTree {
 public:
  CellTree();
  /// Cost: the depth of the tree, of which there are at most twelve levels.
  void insert(const GridBox& box, SegmentIndex segment);
  /// Adds each segment whose box meets this one to `out`, once, in no order that means anything.
  void find(const GridBox& box, std::vector<SegmentIndex>& out) const;

 private:
  struct Entry {
    GridBox box;
    SegmentIndex segment;
  };
  struct Cell {
    std::uint64_t parts = 0;              ///< bit 8 * column + row: whether there is a child
    std::vector<std::uint32_t> children;  ///< in the order of their bits
    std::vector<Entry> entries;
  };
  /// A cell, its level, and its place among the cells of that level.
  struct Place {
    std::uint32_t cell;
    int level;
    std::uint64_t column, row;
  };
  std::uint32_t child(std::uint32_t cell, unsigned bit);
  template <class Use>
  static void for_each_part(const Place& at, const GridBox& box, Use use);
  void insert(const Place& at, int level, const Entry& entry);
  void find(const Place& at, const GridBox& box, std::vector<SegmentIndex>& out) const;

  std::vector<Cell> cells_;  ///< the first is the root
};

}  // namespace marchland
