#pragma once
// A QGIS project beside the layers it shows: styled, with time that plays at once, and a page to print.
//
// What QGIS reads of a project is documented by its program only; the elements written here are those that
// QGIS 3.22 writes itself, without what it fills in by default. Checked by loading and drawing with it
// (tests/cli/test_qgis.py).
#include <marchland/geometry/lonlat_box.h>
#include <marchland/io/qgis_frames.h>
#include <marchland/time/instant.h>

#include <cstdint>
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
    raster,  ///< of classes; its categories are numbers, no more of them are drawn
  };
  /// Features whose field has the value; an empty one stands for null.
  struct Category {
    std::string value, label;
    std::string color;         ///< #rrggbb
    bool is_in_legend = true;  ///< of the page; of the list of layers it always is
    friend bool operator==(const Category&, const Category&) = default;
  };

  std::string name;     ///< in the list of layers
  std::string file;     ///< relative to the project, '/' between folders
  std::string layer{};  ///< within the file; empty: it has one
  std::string group{};  ///< of the list; empty: none
  Look look = Look::fill;
  bool is_shown = true;      ///< at first
  bool is_in_legend = true;  ///< of the page, if it is shown
  /// Features hold from `from` to before `to`, which are instants or texts of such; `t0` and `t1` say the
  /// same as days since 1970. Of those that hold within one stretch the latest is drawn on top.
  bool is_in_time = false;
  std::string field{};                 ///< that categories go by
  std::vector<Category> categories{};  ///< empty: one symbol for all, in `color`; not of a raster
  std::string color = "#444444";
  std::string label_field{};  ///< written at each feature; empty: nothing
};

struct QgisProject {
  std::string title;
  std::string subtitle;           ///< of the page: what the map shows
  std::string notice;             ///< of the page: sources, disclaimer
  std::vector<QgisLayer> layers;  ///< those on top first; of a group together
  LonLatBox extent;
  std::optional<QgisFrames> frames{};  ///< that the temporal controller plays
  std::optional<Instant> shown{};      ///< that the page shows; is_qgis_date
};

/// The text of a .qgs file. Layers by paths relative to it, all in EPSG:4326. The map is drawn in an
/// equal-area projection about the extent (Lambert azimuthal; wider than 120 degrees: Equal Earth). The page
/// is A4, with map, legend, scale bar, title and notice; a legend too long for what is beside the map has a
/// page of its own. Texts are printed as they are: expressions in them are not evaluated. Equal for equal
/// input. Throws InvalidArgument for a date that QGIS does not read.
[[nodiscard]] std::string qgis_project(const QgisProject& project);

}  // namespace marchland
