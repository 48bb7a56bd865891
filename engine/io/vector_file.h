#pragma once
// What a vector file says, as values: any format GDAL reads becomes features with text values and areas in
// degrees.
//
// Nothing is guessed: coordinates come with a coordinate system or the reading fails. WGS84 longitude and
// latitude pass through untouched, bit for bit; anything else is transformed vertex by vertex by PROJ, so
// that edges are straight in lon/lat afterwards. What had to be altered or left out is said with each
// feature.
#include <marchland/geometry/shapes.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace marchland {

/// Which features of which file.
struct VectorRequest {
  std::string dataset;  ///< path, /vsi path or connection, as GDAL opens it
  std::string name;     ///< what messages call it; empty: the dataset
  std::string layer;    ///< of the file; empty: its only layer with geometries
  std::string where;    ///< OGR SQL condition; empty: every feature
  std::string crs;      ///< states the coordinate system ("EPSG:32638", WKT, PROJ); empty: what the file says
  /// Fields whose values are wanted, in that order; nothing: all. The name of the id column, or "fid" where
  /// no field has that name, gives the feature's number.
  std::optional<std::vector<std::string>> fields = std::vector<std::string>{};
  bool with_lines = false;  ///< lines are wanted too, not only said to be there
  bool is_table = false;    ///< only values are wanted: neither geometry nor coordinate system is asked for
};

struct VectorFeature {
  std::int64_t fid = 0;  ///< the feature's number or id in the file, as QGIS and ogrinfo show it
  /// By VectorTable::fields; nothing for null and unset. Dates as parse_date reads them, whole numbers
  /// without a point however the file stores them.
  std::vector<std::optional<std::string>> values;
  MultiPolygon area;             ///< the polygons in its geometry; passes check_readable
  std::vector<Position> points;  ///< the points in its geometry
  MultiLine lines;               ///< the lines in its geometry, where the request wants them

  bool has_geometry = false;          ///< false: null or empty
  bool had_heights = false;           ///< Z or M values were left out
  bool had_curves = false;            ///< arcs were replaced by chords of 1 degree each
  std::vector<Position> closed_at;    ///< first positions of rings that were not closed, and now are
  std::vector<std::string> left_out;  ///< WKT types of parts that are neither polygons nor points, lines too
};

/// Lines of a text table (CSV) with another number of fields than its first line.
struct UnevenLines {
  std::size_t fields = 0;         ///< of the first line; 0: no text table
  std::size_t shorter = 0;        ///< how many lines have fewer; those missing are null
  std::size_t longer = 0;         ///< how many have more, all of those empty; they are left out
  std::size_t first_shorter = 0;  ///< its number, counted from 1; 0: none
  std::size_t first_longer = 0;
};

struct VectorTable {
  std::string layer;  ///< its name in the file
  std::vector<std::string> fields;
  std::vector<VectorFeature> features;  ///< in file order; of a database: by fid
  std::string transformed_from;         ///< coordinate system the features were transformed from; empty: none
  bool is_ballpark = false;             ///< no transformation between the datums is known: tens of metres
  std::string contradicted_crs;         ///< what the file says, where the request stated another
  std::vector<std::string> warnings;    ///< GDAL's, each once
  UnevenLines uneven_lines;
  std::vector<std::filesystem::path> files;  ///< on disk that were read, sidecars too; empty for a connection

  /// "a.geojson: layer 'x', feature 17".
  [[nodiscard]] std::string place_of(const VectorFeature& feature, const std::string& name) const;
};

/// A layer with geometries, as the file declares it: before any coordinate is interpreted.
struct VectorLayer {
  std::string name;
  std::string crs;                 ///< what the file states; empty: nothing
  bool is_geographic = false;      ///< coordinates are degrees, by that statement
  std::array<double, 4> extent{};  ///< least x, least y, greatest x, greatest y as written; all 0 if empty
};

/// The layers of a file that have geometries, in its order. Throws Error as read_vector does where the file
/// cannot be opened.
[[nodiscard]] std::vector<VectorLayer> list_layers(const std::string& dataset, const std::string& name);

/// Throws Error naming file, layer, feature and what is wrong: a format that no driver knows, damaged content
/// (whatever GDAL reports as failure, even where it goes on), several layers and none named, a field, layer,
/// condition or coordinate system that does not exist (with the nearest that does), no coordinate system, and
/// what check_readable refuses, and a line of a text table with more fields than its first line, if any of
/// those is filled. A file without features has no fields to miss.
[[nodiscard]] VectorTable read_vector(const VectorRequest& request);

}  // namespace marchland
