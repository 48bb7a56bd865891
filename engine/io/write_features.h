#pragma once
// How results become a file of features that any GIS opens: the format follows from the ending of its name.
//
// Coordinates are WGS84 longitude and latitude in degrees and are written as they are given: rounding is the
// business of analysis/dissolve.h. Every file says what it was made from.
#include <marchland/geometry/shapes.h>
#include <marchland/io/output_file.h>
#include <marchland/model/atlas.h>
#include <marchland/time/instant.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace marchland {

/// What a file says about itself.
struct Provenance {
  struct SourceNote {
    std::string id, title, author, licence, url, date;
    std::string note{};
    std::optional<double> sigma_m{};  ///< accuracy of lines, one standard deviation; nothing: not stated
    int priority = 0;
    friend bool operator==(const SourceNote&, const SourceNote&) = default;
  };
  /// A statement, for formats that have tables beside their layers.
  struct StatementNote {
    std::string id, layer, source, theme, actor;
    std::optional<Instant> from, to;  ///< nothing where it is open
    std::string basis, certainty, note, origin;
    friend bool operator==(const StatementNote&, const StatementNote&) = default;
  };
  std::string atlas, title, checksum;
  std::string method;                       ///< of areas, as AreaMethod::name
  std::string grid = "1e-7 degree";         ///< what input vertices were moved to
  std::string rule;                         ///< between sources
  std::vector<SourceNote> sources;          ///< in the order of the atlas
  std::vector<StatementNote> statements{};  ///< where they were asked for; of .gpkg only
  std::string disclaimer, attribution;
  /// Anything else, in this order: harmonise_m where lines were harmonised, the command, the dates, what
  /// rounding did.
  std::vector<std::pair<std::string, std::string>> extra;
  friend bool operator==(const Provenance&, const Provenance&) = default;
};

/// Of an atlas, all its sources included; the rule is the one it declares.
[[nodiscard]] Provenance provenance(const Atlas& atlas, std::string_view method);
/// As a JSON object with the keys atlas, title, checksum, method, grid, rule, sources, disclaimer,
/// attribution (those that are not empty) and the extra ones; on one line.
[[nodiscard]] std::string to_json(const Provenance& provenance);

struct FeatureField {
  enum class Type : std::uint8_t { text, integer, real, instant, boolean };
  std::string name;  ///< other than "fid" and "geom"; unique within the set whatever its case
  Type type = Type::text;
};

/// monostate is null. An open end of an interval is null too.
using FieldValue = std::variant<std::monostate, std::string, std::int64_t, double, bool, Instant>;

struct Feature {
  std::vector<FieldValue> values;  ///< one per field of the set, null or of that field's type
  /// Polygons: shells counter-clockwise, holes clockwise, closed, cut at the antimeridian; as dissolve gives
  /// them. Both kinds may be empty.
  std::variant<MultiPolygon, MultiLine> geometry;
};

/// One layer of a file.
struct FeatureSet {
  std::string name;   ///< of the layer: [a-z0-9_]+
  std::string title;  ///< for people
  std::vector<FeatureField> fields;
  std::vector<Feature> features;  ///< written in this order; all polygons, or all lines
};

/// Writes the sets to one file. By ending, whatever its case:
///   .geojson .json        RFC 7946: `bbox`, no `crs`; provenance in the member `marchland`; instants as
///                         ISO 8601 text; the features of several sets carry their set's name in `layer`
///   .geojsonl .geojsons   one feature a line (RFC 8142 without record separators); provenance as JSON
///                         beside it
///   .gpkg                 a layer per set, R-tree, instants as DateTime; tables `sources` (id, title,
///   author,
///                         licence, url, date, sigma_m, priority, note) and, if there are any, `statements`,
///                         as attributes; provenance as JSON in gpkg_metadata, colours of the field `color`
///                         (#rrggbb) as style for QGIS
///   .fgb                  FlatGeobuf, one set, spatial index, features in its order; provenance as JSON
///                         beside it
///   .kml                  a folder per set; the fields `from` and `to` as time spans
///   .shz .shp.zip         zipped shapefile, one set, names cut to ten characters, instants as ISO 8601 text,
///                         provenance as marchland.json within
///   .csv                  one set, geometry as WKT in the column `wkt`; columns and provenance beside it
///                         (csv_metadata)
/// Beside it is FILE-metadata.json (metadata_path): both appear or none, and `existing` holds for both. The
/// same input gives the same bytes, except of .gpkg and .shz, which have equal content.
///
/// Throws InvalidArgument for another ending (naming these), several sets where the format has room for one,
/// and values that are not of their field's type; Error(failure) naming the file where it exists (unless
/// `overwrite`) or cannot be written. Nothing half-written remains.
void write_features(const std::filesystem::path& path, const std::vector<FeatureSet>& sets,
                    const Provenance& provenance, Existing existing);

/// Throws what write_features would throw for that path and number of sets before anything is computed.
void check_feature_output(const std::filesystem::path& path, std::size_t set_count, Existing existing);

}  // namespace marchland
