#pragma once
// How much of the ground that one held at a date it held at another, for every two of many dates at once.
//
// Ground that is held at dates i0 .. i1-1 and at j0 .. j1-1 adds its area to a rectangle of the matrix. Only
// the corners of the rectangles are written down; sums over rows and columns then fill them, so the cost is
// that of the pairs of stretches and of the cells, however many dates a rectangle spans (the summed-area
// table of Crow, SIGGRAPH 1984, run backwards). All in whole numbers: no cell depends on the order.
#include <marchland/analysis/changes.h>

#include <cstddef>
#include <vector>

namespace marchland {

/// Symmetric; each pair is stored once.
class AllPairs {
 public:
  explicit AllPairs(std::size_t dates) : dates_(dates), cells_(dates * (dates + 1) / 2, 0) {}

  [[nodiscard]] std::size_t date_count() const noexcept { return dates_; }
  /// Area of what the holder had at both dates, by their places in the list. On the diagonal what it had at
  /// one.
  [[nodiscard]] AreaUnits operator()(std::size_t i, std::size_t j) const {
    return i <= j ? cells_[index(i, j)] : cells_[index(j, i)];
  }

 private:
  friend AllPairs all_pairs(const ChangeTable& table, const std::vector<Instant>& dates, HolderIndex holder);
  /// Precondition: i <= j.
  [[nodiscard]] std::size_t index(std::size_t i, std::size_t j) const {
    return i * dates_ - i * (i + 1) / 2 + j;
  }

  std::size_t dates_;
  std::vector<AreaUnits> cells_;
};

/// Dates sorted, without repeats. Cost: dates squared, and for each succession of the table the square of the
/// number of times that it comes to the holder.
[[nodiscard]] AllPairs all_pairs(const ChangeTable& table, const std::vector<Instant>& dates,
                                 HolderIndex holder);

}  // namespace marchland
