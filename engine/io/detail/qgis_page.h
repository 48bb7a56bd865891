#pragma once
// The page of a QGIS project: map, legend, scale bar, title and notice on A4.
#include <marchland/io/detail/qgis_xml.h>
#include <marchland/io/qgis_project.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace marchland::detail {

/// What the map shows, in metres of its projection.
struct QgisExtent {
  double west = 0.0, south = 0.0, east = 0.0, north = 0.0;
};

/// Rows of a legend, in order.
struct LegendRow {
  std::string text;
  bool is_heading = false;
};

/// How a legend is set so that it stays within its place.
struct LegendFit {
  int points = 0;  ///< size of the type
  int columns = 1;
  bool has_own_page = false;
  std::size_t rows = 0;  ///< that have room, from the first on
  friend bool operator==(const LegendFit&, const LegendFit&) = default;
};

/// The largest type and fewest columns in which all rows have room beside the map; otherwise on a page of
/// their own; what has none there either is left out.
[[nodiscard]] LegendFit fit_legend(const std::vector<LegendRow>& rows);

/// Puts a layer of the project, by number, under a parent of the page's legend.
using AddLegendLayer = std::function<QgisElement(const QgisElement& parent, std::size_t layer)>;

void add_page(const QgisElement& root, const QgisProject& project, const QgisExtent& extent,
              const AddLegendLayer& add_legend_layer);

}  // namespace marchland::detail
