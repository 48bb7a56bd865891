#pragma once
// atlas.toml: what an atlas declares about itself and its files, checked word by word before any file is
// opened.
//
// Every key is known or refused; every message names file and line. * marks what must be there; VALUE is a
// text or {const = "a"}, DATE and END are texts or dates of TOML, PLACE is a file or {file*, layer, where,
// crs} (the study area also antimeridian, pole).
//   [atlas]     id* title timezone day_starts rule disclaimer attribution study_area = PLACE  places = PLACE
//               figures = "FILE" (what others have printed; io/published_figures.h)
//               harmonise_m (lines within so many metres are one line; composite/harmonise.h)
//   [[actor]]   id* name names = {language = "..."} color groups = [{id*, from = DATE, to = END}]
//   [[source]]  id* title author licence url date note priority
//               visibility = "public" or "internal" (neither it nor what it says is for the public)
//               sigma_m (positional error of its lines, one standard deviation; without it not stated, 0:
//               exact by definition) correlation_m bias_m (systematic error outwards)
//   [[period]]  id* title from* = DATE  to = END (without: an instant)
//   [[region]]  id* name code = VALUE or {field = "..."}  edition file* layer where crs antimeridian pole
//   [[layer]]   id* source* theme* mode* files* layer where crs actor* from to seq statement basis certainty
//   note sigma_m correlation_m bias_m cites recorded author supersedes retracts state visibility antimeridian
//   pole
//   region (only features that share ground with that [[region]])
//   lines_to_areas points_to_areas derived
//   taken_from (of an event: the actor who held the ground before; `check` tells where another did)
//               corrections = "by-id" (statements are corrected by those that supersede or retract them) or
//               "by-date" (of a snapshot layer with recorded: the state of a date that was recorded last
//               replaces those recorded of it before)
//               missing_days = "hold" (a snapshot holds until the next, however many days are missing) or
//               "unknown" (no longer than the day, month or year its date names)
// In a layer, actor, from, to, seq, basis, certainty and the keys from note to author are VALUE or
// {field = "...", map = {"value" = "..."}}; statement, the id of each, is a field; from and recorded may be
// {pattern = "data_%Y%m%d"} of the file's name.
// from and to may be in doubt, as EDTF writes that (time/edtf.h); recorded is exact. sigma_m, correlation_m
// and bias_m are of the statement's own lines, where they differ from the source's. cites lists ids of
// sources, divided by ';'; supersedes and retracts list ids of statements alike (model/knowledge.h). A
// feature that retracts has neither ground, holder nor dates. state is "draft", "reviewed" or "published"
// (default), visibility "public" (default) or "internal". antimeridian = "literal": steps of more than 180
// degrees of longitude run as written, not the short way; pole = "north" or "south": the side meant of rings
// around a pole, otherwise the smaller one. Dates of a field that are not written as ISO 8601 say how: from =
// {field = "date", format = "%m/%d/%Y"} (time/name_pattern.h has the letters; what its map gives is ISO
// 8601). A snapshot layer of lines, one front a date, becomes areas on either side of them
// (derive/divide_frame.h):
//   [layer.lines_to_areas]  frame* = PLACE  the ground that lines divide
//               left right = "actor" (looking along lines)  seeds = [{actor*, at* = [lon, lat]}] (who holds
//               pieces no line touches; without left and right also the sides)  extend* = "nearest",
//               "straight" or "none"  within_m (longest extension; required unless none)
//               unclear = "unknown" (default) or "hold" (a date whose line does not divide is left out, so
//               that the one before holds on)
//   `actor`, `where` of other things than lines, basis and event keys have no place there.
// An event layer of places, a row for each change of who holds one, becomes their cells
// (derive/nearest_cells.h):
//   [layer.points_to_areas]  frame* = PLACE  key* (field that names the place)  lon lat (fields with degrees;
//               otherwise the features' points)  places = PLACE (points with `name`, or with the fields name,
//               lon or lng, lat; those of other names by the keys name, lon, lat beside file) for rows
//               without  crs (projection that distances are measured in; by default azimuthal equidistant
//               about the frame)  unknown = ["..."] (values: nobody can say) skip = ["..."] (values that
//               state nothing; such rows are counted) barriers = PLACE (lines that no ground is reached
//               across: what they cut off from its place goes to the one that reaches it)
//   There the map of `actor` may join holders of contested ground: "a+b". Where [atlas] names no `places`,
//   those that have ground are the atlas's places.
// Any layer whose areas are made of others (derive/buffer_area.h, derive/combine_areas.h), in this order:
//   [layer.derived]  of = [GROUND, ...] (instead of `files`: one statement, with constant actor, from and to;
//               without it each feature of the files)  buffer_m (the ground within so many metres of it;
//               then features may be lines and points)  plus = [GROUND, ...]  within = [GROUND, ...] (all of
//               them)  minus = [GROUND, ...]
//   GROUND is {region = "id"}, {layer = "id", actor = "a"} (of a layer above, what the actor has there;
//               without actor, anybody) or {file = "...", layer, where, crs, antimeridian, pole}. Where
//               ground of a layer changes while a statement of mode interval holds, the statement becomes
//               several.
// END becomes inclusive by {const|field|pattern = "...", inclusive = true}.
#include <marchland/derive/divide_frame.h>
#include <marchland/model/atlas.h>
#include <marchland/time/name_pattern.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marchland {

/// Where a value of each statement or region is taken from: "a" and {const = "a"} are the same.
struct ValueSpec {
  enum class Kind {
    constant,  ///< `text` itself
    field,     ///< the field `text` of the feature, passed through `map` where that has its value
    pattern,   ///< the date that the NamePattern `text` finds in the file's name
  };
  Kind kind = Kind::constant;
  std::string text;
  std::map<std::string, std::string> map;
  std::string format;      ///< NamePattern of the field's dates; empty: as parse_date reads them
  bool inclusive = false;  ///< of an end: all of the day, month or year it names still belongs
  std::size_t line = 0;    ///< in the manifest
};

/// One file, or one layer of it. The entry is relative to the manifest.
struct FileSpec {
  std::string file, layer, where, crs;
  std::size_t line = 0;
  RingConvention rings{};  ///< of areas, not of points
};

struct RegionSpec {
  FileSpec source;
  ValueSpec id, name, code;  ///< all constant: the whole file is one region; otherwise one per feature
  std::string edition;
};

/// [layer.lines_to_areas]
struct LinesToAreas {
  FileSpec frame;
  DivisionRule rule;
  bool holds_unclear = false;  ///< a date whose line does not divide is left out
};

/// `places` of [layer.points_to_areas]: where places lie, by their names.
struct GazetteerSpec {
  FileSpec source;
  std::string name = "name";  ///< field
  std::string lon, lat;       ///< fields; empty: lon or lng, lat if it has them, otherwise its points
};

/// [layer.points_to_areas]
struct PointsToAreas {
  FileSpec frame;
  std::string key, lon, lat, crs;
  std::optional<GazetteerSpec> places;
  std::optional<FileSpec> barriers;
  std::vector<std::string> unknown, skip;
};

/// Ground that [layer.derived] names.
struct GroundSpec {
  enum class Kind { region, layer, file };
  Kind kind = Kind::region;
  std::string id;  ///< of the region or layer
  ActorId actor;   ///< of a layer: whose ground; none: anybody's
  FileSpec file;
  std::size_t line = 0;
};

/// [layer.derived]
struct DerivedAreas {
  std::vector<GroundSpec> of;  ///< empty: each feature of the layer's files
  Meters buffer;               ///< 0: none
  std::vector<GroundSpec> plus, within, minus;
};

struct LayerSpec {
  Layer layer;
  std::vector<std::string> files;  ///< paths and wildcards relative to the manifest, or what GDAL connects to
  std::string layer_in_file, where, crs;
  ValueSpec actor;
  std::optional<ValueSpec> from, to, seq, statement, basis, certainty, note, taken_from;
  std::optional<ValueSpec> sigma, correlation, bias, cites, recorded, author;
  std::optional<ValueSpec> supersedes, retracts, state, visibility;
  bool missing_days_are_unknown = false;  ///< of a snapshot layer
  std::string region;                     ///< id; empty: all features
  std::optional<LinesToAreas> lines_to_areas;
  std::optional<PointsToAreas> points_to_areas;
  std::optional<DerivedAreas> derived;
  std::size_t line = 0;
};

struct Manifest {
  std::filesystem::path path;
  std::string text;  ///< its bytes
  Atlas atlas;       ///< what is declared: all but regions, places, study area and statements
  std::optional<FileSpec> study_area, places;
  std::vector<std::string> without_color;  ///< ids of actors that declare none and have one given
  std::optional<std::string> figures;      ///< file of published figures, relative to the manifest
  std::vector<RegionSpec> regions;
  std::vector<LayerSpec> layers;  ///< by LayerId

  /// "path:12".
  [[nodiscard]] std::string place(std::size_t line) const;
};

/// Reads a manifest, or atlas.toml in a folder. Throws Error(failure) where there is none; InvalidData with
/// file, line, what is wrong and what is expected (with the nearest known name) for anything inside.
[[nodiscard]] Manifest read_manifest(const std::filesystem::path& file_or_folder);

/// The same from text; `path` is for messages and for finding the files.
[[nodiscard]] Manifest parse_manifest(std::string text, const std::filesystem::path& path);

}  // namespace marchland
