#include <marchland/base/error.h>
#include <marchland/io/color.h>
#include <marchland/io/detail/gdal_features.h>
#include <marchland/io/detail/gdal_layer.h>
#include <marchland/io/detail/memory_folder.h>
#include <marchland/io/markup.h>

#include <cpl_vsi.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <utility>

namespace marchland::detail {
namespace {

// What a file of GDAL's says about the time of its making is the only thing in it that would differ between
// two runs.
constexpr const char* kFixedDate = "1970-01-01T00:00:00.000Z";

/// For the time of its life, on this thread.
class ConfigOption {
 public:
  ConfigOption(const char* key, const char* value) : key_(key) {
    if (const char* before = CPLGetThreadLocalConfigOption(key, nullptr)) before_ = before;
    CPLSetThreadLocalConfigOption(key, value);
  }
  ConfigOption(const ConfigOption&) = delete;
  ConfigOption& operator=(const ConfigOption&) = delete;
  ~ConfigOption() { CPLSetThreadLocalConfigOption(key_, before_.empty() ? nullptr : before_.c_str()); }

 private:
  const char* key_;
  std::string before_;
};

/// GeoPackage 1.2 (OGC 12-128r14), annex F.8.
void write_metadata(GDALDataset& dataset, const Provenance& provenance, const GdalMessages& messages) {
  run_sql(
      dataset,
      "CREATE TABLE gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT "
      "NULL DEFAULT 'dataset', md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml', "
      "metadata TEXT NOT NULL DEFAULT '')",
      messages);
  run_sql(dataset,
          "CREATE TABLE gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT, column_name "
          "TEXT, row_id_value INTEGER, timestamp DATETIME NOT NULL DEFAULT "
          "(strftime('%Y-%m-%dT%H:%M:%fZ','now')), md_file_id INTEGER NOT NULL, md_parent_id INTEGER, "
          "CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id), CONSTRAINT "
          "crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id))",
          messages);
  run_sql(
      dataset,
      "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT "
      "NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, "
      "column_name, extension_name))",
      messages);
  for (const char* table : {"gpkg_metadata", "gpkg_metadata_reference"}) {
    run_sql(dataset,
            fmt::format("INSERT INTO gpkg_extensions VALUES ('{}', NULL, 'gpkg_metadata', "
                        "'http://www.geopackage.org/spec121/#extension_metadata', 'read-write')",
                        table),
            messages);
  }
  run_sql(
      dataset,
      fmt::format("INSERT INTO gpkg_metadata VALUES (1, 'dataset', 'https://www.rfc-editor.org/rfc/rfc8259', "
                  "'application/json', {})",
                  sql_text(to_json(provenance))),
      messages);
  run_sql(dataset,
          fmt::format(
              "INSERT INTO gpkg_metadata_reference VALUES ('geopackage', NULL, NULL, NULL, '{}', 1, NULL)",
              kFixedDate),
          messages);
}

std::string text_at(const Feature& feature, std::size_t column) {
  const auto* text =
      column < feature.values.size() ? std::get_if<std::string>(&feature.values[column]) : nullptr;
  return text == nullptr ? std::string() : *text;
}

// {0}: number, {1}: colour as "r,g,b".
constexpr std::string_view kLineSymbol =
    R"(<symbol type="line" name="{0}" alpha="1"><layer class="SimpleLine" enabled="1" pass="0" locked="0">)"
    R"(<Option type="Map"><Option type="QString" name="line_color" value="{1},255"/>)"
    R"(<Option type="QString" name="line_width" value="0.6"/></Option></layer></symbol>)";
constexpr std::string_view kFillSymbol =
    R"(<symbol type="fill" name="{0}" alpha="0.7"><layer class="SimpleFill" enabled="1" pass="0" locked="0">)"
    R"(<Option type="Map"><Option type="QString" name="color" value="{1},255"/>)"
    R"(<Option type="QString" name="outline_color" value="{1},255"/>)"
    R"(<Option type="QString" name="outline_width" value="0.2"/>)"
    R"(<Option type="QString" name="style" value="solid"/></Option></layer></symbol>)";

/// A fill (or line) per value of the field that `color` goes by, in that colour; of `actor` called by its
/// `actor_name`. Empty if the set has no such fields.
std::string qgis_style(const FeatureSet& set) {
  const auto column = [&](std::string_view name) {
    return static_cast<std::size_t>(std::find_if(set.fields.begin(), set.fields.end(),
                                                 [&](const auto& field) { return field.name == name; }) -
                                    set.fields.begin());
  };
  const std::size_t color = column("color");
  const std::size_t key = column(set.colored_by);
  const std::size_t name = set.colored_by == "actor" ? column("actor_name") : key;
  if (color == set.fields.size() || key == set.fields.size() || set.features.empty()) return {};
  const bool lines = std::holds_alternative<MultiLine>(set.features.front().geometry);
  std::string categories;
  std::string symbols;
  std::set<std::string> seen;
  for (const Feature& feature : set.features) {
    const std::string value = text_at(feature, key);
    const std::string hex = text_at(feature, color);
    const auto parsed = parse_color(hex);
    if (!parsed || !seen.insert(value).second) continue;
    const std::string label = text_at(feature, name);
    const std::string rgb = fmt::format("{},{},{}", parsed->red, parsed->green, parsed->blue);
    const std::size_t number = seen.size() - 1;
    categories +=
        fmt::format(R"(<category value="{}" label="{}" symbol="{}" render="true"/>)", escape_markup(value),
                    escape_markup(!label.empty()   ? label
                                  : !value.empty() ? value
                                                   : std::string("unknown")),
                    number);
    symbols += fmt::format(fmt::runtime(lines ? kLineSymbol : kFillSymbol), number, rgb);
  }
  if (seen.empty()) return {};
  return fmt::format(
      R"(<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'><qgis version="3.22.0" )"
      R"(styleCategories="Symbology"><renderer-v2 type="categorizedSymbol" attr="{}" symbollevels="0" )"
      R"(enableorderby="0"><categories>{}</categories><symbols>{}</symbols></renderer-v2></qgis>)",
      set.colored_by, categories, symbols);
}

void write_styles(GDALDataset& dataset, const std::vector<FeatureSet>& sets, const GdalMessages& messages) {
  bool has_table = false;
  for (const FeatureSet& set : sets) {
    const std::string style = qgis_style(set);
    if (style.empty()) continue;
    if (!has_table) {
      has_table = true;
      run_sql(
          dataset,
          "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog "
          "TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), "
          "styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner "
          "TEXT(30), ui TEXT(30), update_time DATETIME DEFAULT CURRENT_TIMESTAMP)",
          messages);
      run_sql(dataset,
              fmt::format("INSERT INTO gpkg_contents (table_name, data_type, identifier, description, "
                          "last_change) VALUES ('layer_styles', 'attributes', 'layer_styles', '', '{}')",
                          kFixedDate),
              messages);
    }
    run_sql(
        dataset,
        fmt::format("INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
                    "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, "
                    "update_time) VALUES ('', '', {0}, 'geom', {0}, {1}, '', 1, 'colours of the atlas', '', "
                    "NULL, '{2}')",
                    sql_text(set.name), sql_text(style), kFixedDate),
        messages);
  }
}

/// Table of the sources, and of statements where they were asked for: what lists of ids in features refer to.
void write_tables(GDALDataset& dataset, const Provenance& provenance, GdalMessages& messages) {
  using enum FeatureField::Type;
  const auto text_or_null = [](const std::string& value) {
    return value.empty() ? FieldValue{} : FieldValue{value};
  };
  LayerOptions table;
  table.is_table = true;
  table.creation.SetNameValue("ASPATIAL_VARIANT", "GPKG_ATTRIBUTES");
  FeatureSet sources{"sources",
                     "sources",
                     {{"id", text},
                      {"title", text},
                      {"author", text},
                      {"licence", text},
                      {"url", text},
                      {"date", text},
                      {"sigma_m", real},
                      {"priority", integer},
                      {"note", text}},
                     {}};
  for (const auto& source : provenance.sources) {
    sources.features.push_back(
        {{source.id, text_or_null(source.title), text_or_null(source.author), text_or_null(source.licence),
          text_or_null(source.url), text_or_null(source.date),
          source.sigma_m ? FieldValue{*source.sigma_m} : FieldValue{}, std::int64_t{source.priority},
          text_or_null(source.note)},
         MultiPolygon{}});
  }
  if (!sources.features.empty()) write_layer(dataset, sources, table, messages);
  const FeatureSet statements = statement_table(provenance);
  if (!statements.features.empty()) write_layer(dataset, statements, table, messages);
}

/// What is longer than ten bytes and is not to be cut where it ends.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kShortNames{{
    {"from_earliest", "from_early"},
    {"from_latest", "from_late"},
    {"to_earliest", "to_early"},
    {"to_latest", "to_late"},
    {"start_decdate", "start_dec"},
    {"end_decdate", "end_dec"},
    {"statement_count", "stmt_count"},
    {"from_sources", "from_srcs"},
    {"from_statement_count", "from_stmts"},
    {"to_statement_count", "to_stmts"},
}};

/// Ten bytes each, different from one another.
std::vector<std::string> short_names(const std::vector<FeatureField>& fields) {
  constexpr std::size_t kLongest = 10;
  std::vector<std::string> names;
  for (const FeatureField& field : fields) {
    const auto* known = std::find_if(kShortNames.begin(), kShortNames.end(),
                                     [&](const auto& entry) { return entry.first == field.name; });
    const std::string whole(known == kShortNames.end() ? std::string_view(field.name) : known->second);
    std::string name = whole.substr(0, kLongest);
    for (int n = 1; std::find(names.begin(), names.end(), name) != names.end(); ++n) {
      const std::string number = std::to_string(n);
      name = whole.substr(0, kLongest - number.size()) + number;
    }
    names.push_back(std::move(name));
  }
  return names;
}

/// The provenance, and what fields are called where there is room.
std::string shapefile_note(const Provenance& provenance, const std::vector<FeatureField>& fields,
                           const std::vector<std::string>& names) {
  auto note = nlohmann::ordered_json::parse(to_json(provenance));
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (names[i] != fields[i].name) note["fields"][names[i]] = fields[i].name;
  }
  return note.dump() + "\n";
}

}  // namespace

FeatureSet statement_table(const Provenance& provenance) {
  using enum FeatureField::Type;
  const auto text_or_null = [](const std::string& value) {
    return value.empty() ? FieldValue{} : FieldValue{value};
  };
  const auto instant_or_null = [](const std::optional<Instant>& value) {
    return value ? FieldValue{*value} : FieldValue{};
  };
  FeatureSet statements{"statements",
                        "statements",
                        {{"id", text},
                         {"layer", text},
                         {"source", text},
                         {"theme", text},
                         {"actor", text},
                         {"from", instant},
                         {"to", instant},
                         {"basis", text},
                         {"certainty", text},
                         {"note", text},
                         {"origin", text}},
                        {}};
  for (const auto& s : provenance.statements) {
    statements.features.push_back(
        {{s.id, s.layer, s.source, s.theme, s.actor, instant_or_null(s.from), instant_or_null(s.to), s.basis,
          s.certainty, text_or_null(s.note), text_or_null(s.origin)},
         MultiPolygon{}});
  }
  return statements;
}

std::string geopackage_bytes(const std::vector<FeatureSet>& sets, const Provenance& provenance) {
  GdalMessages messages;
  const ConfigOption date("OGR_CURRENT_DATE", kFixedDate);
  const MemoryFolder folder;
  CPLStringList options;
  // What QGIS 3.22 and ArcGIS of its time read without a word.
  options.SetNameValue("VERSION", "1.2");
  DatasetPtr dataset = create_dataset("GPKG", folder.path("out.gpkg"), options, messages);
  for (const FeatureSet& set : sets) {
    LayerOptions layer;
    layer.creation.SetNameValue("IDENTIFIER", (set.title.empty() ? set.name : set.title).c_str());
    layer.creation.SetNameValue("DESCRIPTION", provenance.disclaimer.c_str());
    write_layer(*dataset, set, layer, messages);
  }
  write_tables(*dataset, provenance, messages);
  // The layers' own tables must be there before other statements run.
  dataset->FlushCache(false);
  write_metadata(*dataset, provenance, messages);
  write_styles(*dataset, sets, messages);
  close_dataset(std::move(dataset), messages);
  return folder.take("out.gpkg");
}

std::string flatgeobuf_bytes(const FeatureSet& set) {
  GdalMessages messages;
  const MemoryFolder folder;
  const std::string name = set.name + ".fgb";
  DatasetPtr dataset = create_dataset("FlatGeobuf", folder.path(name), {}, messages);
  write_layer(*dataset, set, {}, messages);
  close_dataset(std::move(dataset), messages);
  return folder.take(name);
}

std::string shapefile_bytes(const FeatureSet& set, const Provenance& provenance) {
  GdalMessages messages;
  const MemoryFolder folder;
  const std::string name = set.name + ".shz";
  DatasetPtr dataset = create_dataset("ESRI Shapefile", folder.path(name), {}, messages);
  LayerOptions options;
  options.creation.SetNameValue("ENCODING", "UTF-8");
  // Beyond it GDAL itself warns that other programs may not read the file.
  options.creation.SetNameValue("2GB_LIMIT", "YES");
  options.creation.SetNameValue("DBF_DATE_LAST_UPDATE", "1970-01-01");
  options.dates_as_text = true;
  options.names = short_names(set.fields);
  constexpr std::size_t kLongestText = 254;
  for (const Feature& feature : set.features) {
    for (std::size_t i = 0; i < set.fields.size(); ++i) {
      const auto* text = std::get_if<std::string>(&feature.values[i]);
      if (text != nullptr && text->size() > kLongestText) {
        throw InvalidArgument(
            fmt::format("field '{}': a text of {} bytes, a shapefile has room for {}; choose another format, "
                        ".gpkg for instance",
                        set.fields[i].name, text->size(), kLongestText));
      }
    }
  }
  write_layer(*dataset, set, options, messages);
  close_dataset(std::move(dataset), messages);
  // Only under this name is it an archive that a file can be added to.
  const std::string archive = folder.path("out.zip");
  if (VSIRename(folder.path(name).c_str(), archive.c_str()) != 0)
    fail(messages, "the archive cannot be renamed");
  const std::string json = shapefile_note(provenance, set.fields, options.names);
  VSILFILE* file = VSIFOpenL(("/vsizip/" + archive + "/marchland.json").c_str(), "wb");
  const bool written = file != nullptr && VSIFWriteL(json.data(), 1, json.size(), file) == json.size();
  if (file == nullptr || VSIFCloseL(file) != 0 || !written) fail(messages, "marchland.json cannot be added");
  return folder.take("out.zip");
}

}  // namespace marchland::detail
