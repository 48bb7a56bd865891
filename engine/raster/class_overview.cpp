#include <marchland/base/error.h>
#include <marchland/raster/class_overview.h>

#include <fmt/format.h>

namespace marchland {
namespace {

/// Of four in reading order: the first to be there twice, or else the first.
CellClass most_frequent(CellClass a, CellClass b, CellClass c, CellClass d) {
  if (a == b || a == c) return a;
  if (b == c) return b;
  return d == b || d == c ? d : a;
}

}  // namespace

std::vector<CellClass> halve_classes(std::span<const CellClass> cells, std::size_t columns,
                                     std::size_t rows) {
  if (cells.size() != columns * rows)
    throw InvalidArgument(fmt::format("halve_classes: {} cells for {} x {}", cells.size(), columns, rows));
  std::vector<CellClass> out;
  out.reserve((columns + 1) / 2 * ((rows + 1) / 2));
  for (std::size_t y = 0; y < rows; y += 2) {
    // Beyond an odd rim what is left counts twice, which makes nothing more frequent than it is.
    const auto upper = cells.subspan(y * columns, columns);
    const auto lower = y + 1 < rows ? cells.subspan((y + 1) * columns, columns) : upper;
    for (std::size_t x = 0; x < columns; x += 2) {
      const std::size_t right = x + 1 < columns ? x + 1 : x;
      out.push_back(most_frequent(upper[x], upper[right], lower[x], lower[right]));
    }
  }
  return out;
}

}  // namespace marchland
