#pragma once
// Where the places of a table lie: by its rows, by the points of its features, or by their names in another
// table. Names are compared by their form (model/name_form.h) and with spaces of any kind alike, as a layer
// of places is read.
#include <marchland/io/detail/column_roles.h>
#include <marchland/io/detail/data_files.h>
#include <marchland/io/vector_file.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace marchland::detail {

struct PlacePositions {
  std::map<std::string, std::string> names;  ///< of all places by their form, as the first row writes them
  std::map<std::string, Position> at;        ///< of those that have a position, likewise
};

/// `lons` and `lats` may be null; `points` is by row, or empty. The first position of a place is taken.
[[nodiscard]] PlacePositions positions_in_rows(const Column& keys, const Column* lons, const Column* lats,
                                               const std::vector<std::optional<Position>>& points);

/// By feature, file after file: its point, if it is one.
[[nodiscard]] std::vector<std::optional<Position>> points_of(const std::vector<DataFile>& files,
                                                             const std::string& layer,
                                                             const std::string& crs);

/// Adds the positions that a gazetteer has for places without one, if it has one of their name; how many. It
/// has the field `name`, and its positions are those of its features or, where named, of its fields.
[[nodiscard]] std::size_t add_positions_by_name(VectorRequest gazetteer, const std::string& name,
                                                const std::string& lon, const std::string& lat,
                                                PlacePositions& places);

}  // namespace marchland::detail
