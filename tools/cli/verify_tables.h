#pragma once
// Tables of a result folder as `verify` read them back. The checks of them are divided by what is asked:
// verify_areas, verify_changes, verify_series, verify_dwell, verify_lines; what holds of every table (its
// head, its copies, its bands) is in verify_tables and verify_bands.
#include "tools/cli/verify.h"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace marchland::cli {

/// Text of a key: "" where there is none, or null, which of holders is unknown.
[[nodiscard]] std::string text_of(const Json& row, const char* key = "actor");
/// A holder for people.
[[nodiscard]] std::string shown(const std::string& actor);
/// Not a number where there is none, which is within no bound.
[[nodiscard]] double number_of(const Json& row, const char* key);
/// The rows of a table of the document; none where it has none.
[[nodiscard]] const Json& rows_of(const Json& document, const char* name = "rows");
/// Each figure is a double nearest to whole square millimetres: half an ulp each, and those of adding up.
[[nodiscard]] double sum_bound(std::size_t terms, double magnitude);

/// The tables, and what their checks have in common. The folder and the checks must outlive it.
struct TablesBack {
  TablesBack(const ResultBack& result, Checks& found);

  const ResultBack& folder;
  Checks& checks;
  std::map<std::string, Json> documents;  ///< by file
  std::set<std::string> known;            ///< files that a check looked into
  const Json* areas = nullptr;            ///< the table of areas at the dates of the folder
  bool is_bounded = false;                ///< its ground has an edge, so that some of it can be unknown

  /// Null where it could not be read. The file counts as looked into.
  [[nodiscard]] const Json* document(const std::string& file);
  /// Of the areas table; not a number where it has no such row.
  [[nodiscard]] double area_at(const std::string& date_text, const std::string& actor) const;
  /// As tables write it; "" of a name that the index does not have.
  [[nodiscard]] std::string date_text(const std::string& name) const;
  /// Rows are left out at dates at which an actor belongs to none of the groups asked for.
  [[nodiscard]] bool has_some_groups_only() const;
  /// Places of the gazetteer that the folder lists; nothing where it lists none that can be read.
  struct PlaceBack {
    std::string name;
    Position at;
  };
  [[nodiscard]] std::optional<std::vector<PlaceBack>> places();
};

/// Features whose ground a place lies in.
struct FeaturesAt {
  std::vector<const LayerFeature*> features;  ///< on a line between two, those on both sides of it
  bool is_on_line = false;  ///< so that what is on the other side may be ground that was not asked for
};
[[nodiscard]] FeaturesAt features_at(const LayerBack& layer, const Position& place);
/// Whether all polygons of a layer can be asked which point lies in them.
[[nodiscard]] bool is_sound(const LayerBack& layer);
/// The word for what differs where it is not there at all.
inline constexpr const char* kNone = "none";

void verify_areas(TablesBack& tables);
void verify_changes(TablesBack& tables);
/// The series against itself, the areas, and the polygons through time.
void verify_series(TablesBack& tables);
void verify_dwell(TablesBack& tables);
void verify_lines(TablesBack& tables);
/// Answers to published figures, from the polygons of the folder.
void verify_figures(TablesBack& tables);
/// Every figure that has a band lies in it, and one figure has one band.
void verify_bands(TablesBack& tables);
/// Features tell one time in all their columns, that of the index; and what follows from their holders.
void verify_columns(TablesBack& tables);
/// Names, colours, regions, sources and licences are those of the index.
void verify_names(TablesBack& tables);
/// Figures, links, pictures and texts of the page of the folder.
void verify_page(TablesBack& tables);
/// Pictures against the layers of their dates.
void verify_pictures(TablesBack& tables);
/// What the QGIS project names.
void verify_project(TablesBack& tables);
/// The history in the page of the map against tables and layers, and its ground measured anew.
void verify_map(TablesBack& tables);
/// What tables and layers say of themselves is what the index says.
void verify_heads(TablesBack& tables);

}  // namespace marchland::cli
