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
  /// What fewer vertices did to the areas of features, by actor; by method lonlat.
  struct Simplified {
    struct Actor {
      std::string actor;         ///< id; empty: ground that nothing is said of
      std::size_t features = 0;  ///< whose areas are added up
      double area_m2 = 0.0;
      double written_m2 = 0.0;
      double largest_change_m2 = 0.0;  ///< of one feature
      friend bool operator==(const Actor&, const Actor&) = default;
    };
    double within_m = 0.0;            ///< of the line every vertex lay that went
    std::size_t vertices_before = 0;  ///< of all lines together, each once
    std::size_t vertices = 0;
    std::vector<Actor> actors{};  ///< by id
    friend bool operator==(const Simplified&, const Simplified&) = default;
  };
  std::string atlas, title, checksum;
  std::string method;                       ///< of areas, as AreaMethod::name
  std::string grid = "1e-7 degree";         ///< what input vertices were moved to
  std::string rule;                         ///< between sources
  std::vector<SourceNote> sources;          ///< in the order of the atlas
  std::vector<StatementNote> statements{};  ///< where they were asked for; of .gpkg only
  std::optional<Simplified> simplified{};   ///< where lines were
  std::string disclaimer, attribution;
  /// Anything else, in this order: harmonise_m where lines were harmonised, the command, the dates, what
  /// rounding did.
  std::vector<std::pair<std::string, std::string>> extra;
  friend bool operator==(const Provenance&, const Provenance&) = default;
};

/// Of an atlas, all its sources included; the rule is the one it declares.
[[nodiscard]] Provenance provenance(const Atlas& atlas, std::string_view method);
/// As a JSON object with the keys atlas, title, checksum, method, grid, rule, sources, disclaimer,
/// simplified, attribution (those that are not empty) and the extra ones; on one line.
[[nodiscard]] std::string to_json(const Provenance& provenance);

struct FeatureField {
  enum class Type : std::uint8_t { text, integer, real, instant, boolean };
  std::string
      name;  ///< other than "fid", "geom", "geometry", "bbox"; unique within the set whatever its case
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
  /// Of the field that `color` goes by: each of its values has one colour.
  std::string colored_by = "actor";
};

struct FeatureFileOptions {
  /// Of .topojson: positions as whole steps of the decimals that occur, otherwise as degrees.
  bool is_quantised = true;
  /// Of .parquet: rows of a row group at most, 1 or more. It also ends with 32 MiB of geometry.
  std::size_t group_rows = 5000;
};

/// Writes the sets to one file, or into a database. By ending, whatever its case:
///   .geojson .json        RFC 7946: `bbox`, no `crs`; provenance in the member `marchland`; instants as
///                         ISO 8601 text; the features of several sets carry their set's name in `layer`
///   .geojsonl             one feature a line; provenance as JSON beside it
///   .geojsons             the same as a sequence of texts (RFC 8142), each after a record separator
///   .topojson             an object per set; lines that features share stand there once, as they are; shells
///                         clockwise; provenance in the member `marchland`
///   .gpkg                 a layer per set, R-tree, instants as DateTime; tables `sources` (id, title,
///   author,
///                         licence, url, date, sigma_m, priority, note) and, if there are any, `statements`,
///                         as attributes; provenance as JSON in gpkg_metadata, colours of the field `color`
///                         (#rrggbb) as style for QGIS
///   .fgb                  FlatGeobuf, one set, spatial index, features in its order; provenance as JSON
///                         beside it
///   .parquet              GeoParquet 1.1, one set: WKB, CRS OGC:CRS84, covering `bbox`, instants as UTC
///                         timestamps, row groups along a Hilbert curve, ZSTD; provenance in the footer
///   .kml                  a folder per set; the fields `from` and `to` as time spans
///   .shz .shp.zip         zipped shapefile, one set, names of ten characters, instants as ISO 8601 text,
///                         provenance and the full names of fields as marchland.json within; texts of more
///                         than 254 bytes and files of more than 2 GB are refused
///   .csv                  one set, geometry as WKT in the column `wkt`; columns and provenance beside it
///                         (csv_metadata)
/// and "PG:" with a connection string of libpq (is_database): a table per set, named as it, with the columns
/// `fid` and `geom` (EPSG:4326, GiST), instants as timestamptz, provenance as the comment of the table; all
/// tables in one transaction.
/// Beside a file is FILE-metadata.json (metadata_path): both appear or none, and `existing` holds for both.
/// The same input gives the same bytes, except of .gpkg and .shz, which have equal content.
///
/// Throws InvalidArgument for another ending (naming these), several sets where the format has room for one,
/// and values that are not of their field's type; Error(failure) naming the file where it or a table exists
/// (unless `overwrite`) or cannot be written. Nothing half-written remains.
/// Returns the columns of instants, as "set.column", that are ISO 8601 text because some year of them is none
/// that the format's times have: 1 to 9999 of .gpkg and .fgb, 4713 BC to 294275 of PostgreSQL. The provenance
/// has them, too, as `dates_as_text`.
std::vector<std::string> write_features(const std::filesystem::path& path,
                                        const std::vector<FeatureSet>& sets, const Provenance& provenance,
                                        Existing existing, const FeatureFileOptions& options = {});

/// Throws what write_features would throw for that path and number of sets before anything is computed; of a
/// database for these tables as far as they are known.
void check_feature_output(const std::filesystem::path& path, std::size_t set_count, Existing existing,
                          const std::vector<std::string>& tables = {});

/// Which of the formats a name asks for, in lower case: its first ending above without the dot ("geojson" of
/// .json, "shz" of .shp.zip), or "postgis". Throws InvalidArgument as write_features does.
[[nodiscard]] std::string_view feature_format(const std::filesystem::path& path);
/// All of them, in that order.
[[nodiscard]] std::vector<std::string_view> feature_formats();

/// Whether the output is a database, not a file.
[[nodiscard]] bool is_database(const std::filesystem::path& path);
/// How messages name the output: as it is, of a database without its password.
[[nodiscard]] std::string shown_name(const std::filesystem::path& path);

}  // namespace marchland
