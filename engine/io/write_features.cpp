#include <marchland/base/error.h>
#include <marchland/io/csv.h>
#include <marchland/io/detail/gdal_features.h>
#include <marchland/io/detail/gdal_layer.h>
#include <marchland/io/detail/geoparquet.h>
#include <marchland/io/detail/postgis.h>
#include <marchland/io/detail/secrets.h>
#include <marchland/io/detail/text_features.h>
#include <marchland/io/detail/topojson.h>
#include <marchland/io/write_features.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace marchland {
namespace {

namespace fs = std::filesystem;

struct FormatOf {
  std::string_view ending;
  std::string_view name;
  bool takes_many_sets;
  std::string (*bytes)(const std::vector<FeatureSet>&, const Provenance&, const FeatureFileOptions&);
  /// What stands beside a file that has no room for it; null: nothing does.
  std::string (*metadata)(const fs::path&, const std::vector<FeatureSet>&, const Provenance&) = nullptr;
  /// Whether its times have room for the instants of a column; null: it has text for all, or room.
  bool (*fits)(const FeatureSet&, std::size_t) = nullptr;
};

using Sets = std::vector<FeatureSet>;
using Options = FeatureFileOptions;

std::string geojson(const Sets& sets, const Provenance& provenance, const Options& /*unused*/) {
  return detail::geojson_text(sets, provenance);
}
std::string geojson_lines(const Sets& sets, const Provenance& /*unused*/, const Options& /*unused*/) {
  return detail::geojson_lines_text(sets, false);
}
std::string geojson_sequence(const Sets& sets, const Provenance& /*unused*/, const Options& /*unused*/) {
  return detail::geojson_lines_text(sets, true);
}
std::string topojson(const Sets& sets, const Provenance& provenance, const Options& options) {
  return detail::topojson_text(sets, provenance, options.is_quantised);
}
std::string geopackage(const Sets& sets, const Provenance& provenance, const Options& /*unused*/) {
  return detail::geopackage_bytes(sets, provenance);
}
std::string flatgeobuf(const Sets& sets, const Provenance& /*unused*/, const Options& /*unused*/) {
  return detail::flatgeobuf_bytes(sets.front());
}
std::string geoparquet(const Sets& sets, const Provenance& provenance, const Options& options) {
  return detail::geoparquet_bytes(sets.front(), provenance, options.group_rows);
}
std::string kml(const Sets& sets, const Provenance& provenance, const Options& /*unused*/) {
  return detail::kml_text(sets, provenance);
}
std::string shapefile(const Sets& sets, const Provenance& provenance, const Options& /*unused*/) {
  return detail::shapefile_bytes(sets.front(), provenance);
}
std::string csv(const Sets& sets, const Provenance& /*unused*/, const Options& /*unused*/) {
  return detail::csv_text(sets.front());
}
CsvColumn::Type column_type(FeatureField::Type type) {
  switch (type) {
    case FeatureField::Type::text:
      break;
    case FeatureField::Type::integer:
      return CsvColumn::Type::integer;
    case FeatureField::Type::real:
      return CsvColumn::Type::real;
    case FeatureField::Type::instant:
      return CsvColumn::Type::instant;
    case FeatureField::Type::boolean:
      return CsvColumn::Type::boolean;
  }
  return CsvColumn::Type::text;
}

std::string provenance_alone(const fs::path& /*unused*/, const std::vector<FeatureSet>& /*unused*/,
                             const Provenance& provenance) {
  return to_json(provenance) + "\n";
}
std::string columns_and_provenance(const fs::path& path, const std::vector<FeatureSet>& sets,
                                   const Provenance& provenance) {
  const FeatureSet& set = sets.front();
  std::vector<CsvColumn> columns;
  for (const FeatureField& field : set.fields) columns.push_back({field.name, "", column_type(field.type)});
  columns.push_back({"wkt", "WGS84 longitude and latitude in degrees", CsvColumn::Type::wkt});
  return csv_metadata(path, set.title.empty() ? set.name : set.title, columns, provenance);
}

constexpr std::array kFormats{
    FormatOf{".geojson", "geojson", true, geojson},
    FormatOf{".topojson", "topojson", true, topojson},
    FormatOf{".json", "geojson", true, geojson},
    FormatOf{".geojsonl", "geojsonl", true, geojson_lines, provenance_alone},
    FormatOf{".geojsons", "geojsons", true, geojson_sequence, provenance_alone},
    FormatOf{".gpkg", "gpkg", true, geopackage, nullptr, detail::fits_date_time},
    FormatOf{".fgb", "fgb", false, flatgeobuf, provenance_alone, detail::fits_date_time},
    FormatOf{".parquet", "parquet", false, geoparquet},
    FormatOf{".kml", "kml", true, kml},
    FormatOf{".shz", "shz", false, shapefile},
    FormatOf{".shp.zip", "shz", false, shapefile},
    FormatOf{".csv", "csv", false, csv, columns_and_provenance},
};

constexpr std::string_view kDatabase = "postgis";

const FormatOf& format_of(const fs::path& path, std::size_t set_count) {
  std::string name = path.filename().string();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  for (const FormatOf& format : kFormats) {
    if (!name.ends_with(format.ending)) continue;
    if (set_count > 1 && !format.takes_many_sets) {
      throw InvalidArgument(
          fmt::format("{}: a {} file holds one layer, there are {}; choose .gpkg, .geojson or .kml",
                      shown_name(path), format.ending, set_count));
    }
    return format;
  }
  std::string endings;
  for (const FormatOf& format : kFormats) endings += fmt::format(" {}", format.ending);
  if (name.ends_with(".shp")) {
    throw InvalidArgument(fmt::format(
        "{}: a .shp is one of several files that belong together; choose .shz, the same in one archive",
        shown_name(path)));
  }
  throw InvalidArgument(
      fmt::format("{}: no format has that ending; expected one of{}, or PG: and a connection",
                  shown_name(path), endings));
}

bool is_of_type(const FieldValue& value, FeatureField::Type type) {
  using enum FeatureField::Type;
  if (std::holds_alternative<std::monostate>(value)) return true;
  switch (type) {
    case text:
      return std::holds_alternative<std::string>(value);
    case integer:
      return std::holds_alternative<std::int64_t>(value);
    case real:
      return std::holds_alternative<double>(value) && std::isfinite(std::get<double>(value));
    case instant:
      return std::holds_alternative<Instant>(value);
    case boolean:
      return std::holds_alternative<bool>(value);
  }
  return false;
}

void check_set(const FeatureSet& set) {
  const auto fail = [&](const std::string& what) {
    throw InvalidArgument(fmt::format("feature set '{}': {}", set.name, what));
  };
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  if (set.name.empty() || !std::all_of(set.name.begin(), set.name.end(), is_plain)) {
    fail("expected a name of a-z, 0-9 and _");
  }
  std::vector<std::string> names{"fid", "geom", "geometry", "bbox", "layer"};
  for (const FeatureField& field : set.fields) {
    std::string name = field.name;
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (name.empty() || std::find(names.begin(), names.end(), name) != names.end())
      fail(fmt::format("the field name '{}' is taken", field.name));
    names.push_back(name);
  }
  for (std::size_t i = 0; i < set.features.size(); ++i) {
    const Feature& feature = set.features[i];
    if (feature.values.size() != set.fields.size())
      fail(fmt::format("feature {} has {} values for {} fields", i + 1, feature.values.size(),
                       set.fields.size()));
    if (feature.geometry.index() != set.features.front().geometry.index())
      fail(fmt::format("feature {} is of another kind than the first; expected all polygons or all lines",
                       i + 1));
    for (std::size_t f = 0; f < set.fields.size(); ++f) {
      if (!is_of_type(feature.values[f], set.fields[f].type))
        fail(fmt::format("feature {}: the value of '{}' is not of its field's type", i + 1,
                         set.fields[f].name));
    }
  }
}

/// As "set.column": columns of instants that become text.
std::vector<std::string> text_columns(const FormatOf* format, const Sets& sets,
                                      const Provenance& provenance) {
  const auto fits = format == nullptr ? detail::fits_timestamp : format->fits;
  std::vector<std::string> columns;
  if (fits == nullptr) return columns;
  const auto add = [&](const FeatureSet& set) {
    for (std::size_t i = 0; i < set.fields.size(); ++i) {
      if (set.fields[i].type == FeatureField::Type::instant && !fits(set, i))
        columns.push_back(set.name + "." + set.fields[i].name);
    }
  };
  for (const FeatureSet& set : sets) add(set);
  if (format != nullptr && format->bytes == geopackage) add(detail::statement_table(provenance));
  return columns;
}

nlohmann::ordered_json simplified_json(const Provenance::Simplified& all) {
  nlohmann::ordered_json json{{"within_m", all.within_m},
                              {"vertices_before", all.vertices_before},
                              {"vertices", all.vertices},
                              {"actors", nlohmann::ordered_json::array()}};
  for (const auto& one : all.actors) {
    json["actors"].push_back(
        {{"actor", one.actor.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(one.actor)},
         {"features", one.features},
         {"area_m2", one.area_m2},
         {"written_m2", one.written_m2},
         {"largest_change_m2", one.largest_change_m2}});
  }
  return json;
}

}  // namespace

Provenance provenance(const Atlas& atlas, std::string_view method) {
  Provenance out;
  out.atlas = atlas.id;
  out.title = atlas.title;
  out.checksum = atlas.checksum;
  out.method = method;
  out.rule = to_string(atlas.rule);
  for (const Source& s : atlas.sources)
    out.sources.push_back({s.id, s.title, s.author, s.licence, s.url, s.date, s.note,
                           s.sigma ? std::optional(s.sigma->value()) : std::nullopt, s.priority});
  out.disclaimer = atlas.disclaimer;
  out.attribution = atlas.attribution;
  if (atlas.harmonise.value() > 0)
    out.extra.emplace_back("harmonise_m", fmt::format("{}", atlas.harmonise.value()));
  return out;
}

std::string to_json(const Provenance& provenance) {
  using Json = nlohmann::ordered_json;
  Json json = Json::object();
  const auto set = [](Json& where, const char* key, const std::string& value) {
    if (!value.empty()) where[key] = value;
  };
  set(json, "atlas", provenance.atlas);
  set(json, "title", provenance.title);
  set(json, "checksum", provenance.checksum);
  set(json, "method", provenance.method);
  set(json, "grid", provenance.grid);
  set(json, "rule", provenance.rule);
  if (!provenance.sources.empty()) {
    json["sources"] = Json::array();
    for (const auto& source : provenance.sources) {
      Json entry = Json::object();
      set(entry, "id", source.id);
      set(entry, "title", source.title);
      set(entry, "author", source.author);
      set(entry, "licence", source.licence);
      set(entry, "url", source.url);
      set(entry, "date", source.date);
      json["sources"].push_back(std::move(entry));
    }
  }
  if (provenance.simplified) json["simplified"] = simplified_json(*provenance.simplified);
  set(json, "disclaimer", provenance.disclaimer);
  set(json, "attribution", provenance.attribution);
  for (const auto& [key, value] : provenance.extra) json[key] = value;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string_view feature_format(const fs::path& path) {
  return is_database(path) ? kDatabase : format_of(path, 1).name;
}

std::vector<std::string_view> feature_formats() {
  std::vector<std::string_view> names;
  for (const FormatOf& format : kFormats) {
    if (std::find(names.begin(), names.end(), format.name) == names.end()) names.push_back(format.name);
  }
  names.push_back(kDatabase);
  return names;
}

bool is_database(const fs::path& path) {
  return path.string().starts_with("PG:");
}

std::string shown_name(const fs::path& path) {
  const std::string name = path.string();
  return is_database(path) || name.find("://") != std::string::npos ? detail::mask_secrets(name) : name;
}

void check_feature_output(const fs::path& path, std::size_t set_count, Existing existing,
                          const std::vector<std::string>& tables) {
  if (is_database(path)) {
    try {
      detail::check_postgis(path.string(), tables, existing);
    } catch (Error& error) {
      error.add_context(shown_name(path));
      throw;
    }
  } else if (format_of(path, set_count).metadata != nullptr) {
    const OutputPair probe(path, metadata_path(path), existing);
  } else {
    const OutputFile probe(path, existing);
  }
}

std::vector<std::string> write_features(const fs::path& path, const std::vector<FeatureSet>& sets,
                                        const Provenance& origin, Existing existing,
                                        const FeatureFileOptions& options) {
  const FormatOf* format = is_database(path) ? nullptr : &format_of(path, sets.size());
  if (sets.empty()) throw InvalidArgument(fmt::format("{}: there is no layer to write", shown_name(path)));
  for (const FeatureSet& set : sets) check_set(set);
  std::vector<std::string> as_text = text_columns(format, sets, origin);
  Provenance provenance = origin;
  if (!as_text.empty())
    provenance.extra.emplace_back("dates_as_text", fmt::format("{}", fmt::join(as_text, ", ")));
  try {
    if (format == nullptr) {
      detail::write_postgis(path.string(), sets, provenance, existing);
    } else if (format->metadata != nullptr) {
      OutputPair files(path, metadata_path(path), existing);
      files.write(format->bytes(sets, provenance, options), format->metadata(path, sets, provenance));
      files.commit();
    } else {
      OutputFile file(path, existing);
      file.write(format->bytes(sets, provenance, options));
      file.commit();
    }
  } catch (Error& error) {
    if (!std::string_view(error.what()).starts_with(path.string())) error.add_context(shown_name(path));
    throw;
  }
  return as_text;
}

}  // namespace marchland
