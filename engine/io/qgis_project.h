#pragma once
// A QGIS project beside the layers it shows: styled, with time that plays at once, and a page to print.
//
// What QGIS reads of a project is documented by its program only; the elements written here are those that
// QGIS 3.22 writes itself, without what it fills in by default. Checked by loading and drawing with it
// (tests/cli/test_qgis.py).
#include <marchland/geometry/lonlat_box.h>
#include <marchland/time/interval.h>

#include <optional>
#include <string>
#include <vector>

namespace marchland {

struct QgisLayer {
  enum class Look : std::uint8_t {
    fill,     ///< of areas: who holds the ground
    hatch,    ///< of areas: who claims it, so that what is below stays seen
    outline,  ///< of areas: borders, zones
    line,
    point,
    raster,  ///< with the colours of the file itself
  };
  /// Features whose field has the value.
  struct Category {
    std::string value, label;
    std::string color;  ///< #rrggbb
  };

  std::string name;     ///< in the list of layers
  std::string file;     ///< relative to the project, '/' between folders
  std::string layer{};  ///< within the file; empty: it has one
  std::string group{};  ///< of the list; empty: none
  Look look = Look::fill;
  bool is_shown = true;                ///< at first
  bool is_in_time = false;             ///< features hold from `from` to before `to`, either may be null
  std::string field{};                 ///< that categories go by
  std::vector<Category> categories{};  ///< empty: one symbol for all, in `color`
  std::string color = "#444444";
  std::string label_field{};  ///< written at each feature; empty: nothing
};

struct QgisProject {
  std::string title;
  std::string subtitle;           ///< of the page: what the map shows
  std::string notice;             ///< of the page: sources, disclaimer
  std::vector<QgisLayer> layers;  ///< those on top first; of a group together
  LonLatBox extent;
  std::optional<Interval> time{};  ///< that the temporal controller plays; bounded on both sides
  std::optional<Instant> shown{};  ///< that the page shows
};

/// The text of a .qgs file. Layers by paths relative to it. The map is drawn in an equal-area projection
/// about the extent (Lambert azimuthal; wider than 120 degrees: Equal Earth). The step of time is that of the
/// unit (day, month, year) of which the whole has at most some hundreds. The page is A4, with map, legend,
/// scale bar, title and notice. Equal for equal input. Throws InvalidArgument for a time that is open.
[[nodiscard]] std::string qgis_project(const QgisProject& project);

}  // namespace marchland
