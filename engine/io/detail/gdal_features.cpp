#include <marchland/base/error.h>
#include <marchland/io/detail/gdal.h>
#include <marchland/io/detail/gdal_features.h>
#include <marchland/io/detail/memory_folder.h>

#include <cpl_string.h>
#include <cpl_vsi.h>
#include <fmt/format.h>
#include <ogr_spatialref.h>
#include <ogrsf_frmts.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <set>

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

[[noreturn]] void fail(const GdalMessages& messages, std::string_view what) {
  throw Error(ErrorCode::failure, fmt::format("{}: {}", what, messages.reason()));
}

/// Drivers keep years of four digits only.
bool fits_date_time(Instant instant) {
  using namespace std::chrono;
  const year_month_day date(floor<days>(instant));
  return date.year() >= year(1) && date.year() <= year(9999);
}

bool column_fits_date_time(const FeatureSet& set, std::size_t column) {
  return std::all_of(set.features.begin(), set.features.end(), [&](const Feature& feature) {
    const auto* instant = std::get_if<Instant>(&feature.values[column]);
    return instant == nullptr || fits_date_time(*instant);
  });
}

OGRFieldType type_of(const FeatureSet& set, std::size_t column, bool dates_as_text) {
  using enum FeatureField::Type;
  switch (set.fields[column].type) {
    case text:
      break;
    case integer:
      return OFTInteger64;
    case real:
      return OFTReal;
    case instant:
      return dates_as_text || !column_fits_date_time(set, column) ? OFTString : OFTDateTime;
    case boolean:
      return OFTInteger;
  }
  return OFTString;
}

void set_value(OGRFeature& feature, int column, const FieldValue& value) {
  if (std::holds_alternative<std::monostate>(value)) {
    feature.SetFieldNull(column);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    feature.SetField(column, text->c_str());
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    feature.SetField(column, static_cast<GIntBig>(*integer));
  } else if (const auto* number = std::get_if<double>(&value)) {
    feature.SetField(column, *number);
  } else if (const auto* truth = std::get_if<bool>(&value)) {
    feature.SetField(column, *truth ? 1 : 0);
  } else {
    const Instant instant = std::get<Instant>(value);
    if (feature.GetFieldDefnRef(column)->GetType() != OFTDateTime) {
      feature.SetField(column, format_utc(instant).c_str());
      return;
    }
    using namespace std::chrono;
    constexpr int kUtc = 100;
    const year_month_day date(floor<days>(instant));
    const hh_mm_ss time(instant - floor<days>(instant));
    feature.SetField(
        column, static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
        static_cast<int>(static_cast<unsigned>(date.day())), static_cast<int>(time.hours().count()),
        static_cast<int>(time.minutes().count()), static_cast<float>(time.seconds().count()), kUtc);
  }
}

void add_positions(OGRSimpleCurve& curve, const std::vector<Position>& positions) {
  curve.setNumPoints(static_cast<int>(positions.size()), FALSE);
  for (std::size_t i = 0; i < positions.size(); ++i)
    curve.setPoint(static_cast<int>(i), positions[i].lon, positions[i].lat);
}

std::unique_ptr<OGRGeometry> to_ogr(const std::variant<MultiPolygon, MultiLine>& geometry) {
  if (const auto* polygons = std::get_if<MultiPolygon>(&geometry)) {
    auto multi = std::make_unique<OGRMultiPolygon>();
    for (const Polygon& polygon : *polygons) {
      auto part = std::make_unique<OGRPolygon>();
      for (const Ring& positions : polygon) {
        auto ring = std::make_unique<OGRLinearRing>();
        add_positions(*ring, positions);
        part->addRingDirectly(ring.release());
      }
      multi->addGeometryDirectly(part.release());
    }
    return multi;
  }
  auto multi = std::make_unique<OGRMultiLineString>();
  for (const Line& positions : std::get<MultiLine>(geometry)) {
    auto part = std::make_unique<OGRLineString>();
    add_positions(*part, positions);
    multi->addGeometryDirectly(part.release());
  }
  return multi;
}

bool is_empty(const std::variant<MultiPolygon, MultiLine>& geometry) {
  return std::visit([](const auto& parts) { return parts.empty(); }, geometry);
}

struct LayerOptions {
  bool is_table = false;  ///< without geometries
  CPLStringList creation;
  bool dates_as_text = false;
  std::vector<std::string> names;  ///< of fields; empty: as they are
};

void write_layer(GDALDataset& dataset, const FeatureSet& set, const LayerOptions& options,
                 GdalMessages& messages) {
  OGRSpatialReference wgs84;
  wgs84.importFromEPSG(4326);
  wgs84.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
  const bool lines =
      !set.features.empty() && std::holds_alternative<MultiLine>(set.features.front().geometry);
  OGRLayer* layer =
      dataset.CreateLayer(set.name.c_str(), options.is_table ? nullptr : &wgs84,
                          options.is_table ? wkbNone : (lines ? wkbMultiLineString : wkbMultiPolygon),
                          const_cast<char**>(options.creation.List()));
  if (layer == nullptr) fail(messages, fmt::format("layer '{}' cannot be made", set.name));
  for (std::size_t i = 0; i < set.fields.size(); ++i) {
    const std::string& name = options.names.empty() ? set.fields[i].name : options.names[i];
    OGRFieldDefn field(name.c_str(), type_of(set, i, options.dates_as_text));
    if (set.fields[i].type == FeatureField::Type::boolean) field.SetSubType(OFSTBoolean);
    if (layer->CreateField(&field, FALSE) != OGRERR_NONE)
      fail(messages, fmt::format("field '{}' cannot be made", name));
  }
  for (const Feature& feature : set.features) {
    OGRFeature out(layer->GetLayerDefn());
    for (std::size_t i = 0; i < set.fields.size(); ++i)
      set_value(out, static_cast<int>(i), feature.values[i]);
    if (!is_empty(feature.geometry)) out.SetGeometryDirectly(to_ogr(feature.geometry).release());
    if (layer->CreateFeature(&out) != OGRERR_NONE || !messages.failures().empty())
      fail(messages, fmt::format("layer '{}': a feature cannot be written", set.name));
  }
}

using DatasetPtr = std::unique_ptr<GDALDataset>;

DatasetPtr create(const char* driver_name, const std::string& path, const CPLStringList& options,
                  const GdalMessages& messages) {
  register_gdal();
  GDALDriver* driver = GetGDALDriverManager()->GetDriverByName(driver_name);
  if (driver == nullptr) {
    throw Error(ErrorCode::failure, fmt::format("this build of GDAL has no driver '{}'", driver_name));
  }
  DatasetPtr dataset(driver->Create(path.c_str(), 0, 0, 0, GDT_Unknown, const_cast<char**>(options.List())));
  if (!dataset) fail(messages, "the file cannot be made");
  return dataset;
}

/// Drivers report what went wrong at the end through messages only.
void close(DatasetPtr dataset, const GdalMessages& messages) {
  dataset.reset();
  if (!messages.failures().empty()) fail(messages, "the file cannot be finished");
}

void run_sql(GDALDataset& dataset, const std::string& statement, const GdalMessages& messages) {
  OGRLayer* answer = dataset.ExecuteSQL(statement.c_str(), nullptr, nullptr);
  if (answer != nullptr) dataset.ReleaseResultSet(answer);
  if (!messages.failures().empty()) fail(messages, "the tables of the file cannot be made");
}

std::string sql_text(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    if (c != '\0') out += c;
  }
  return out + "'";
}

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

std::string escape_xml(std::string_view text) {
  const std::unique_ptr<char, decltype(&VSIFree)> escaped(
      CPLEscapeString(std::string(text).c_str(), -1, CPLES_XML), VSIFree);
  return escaped.get();
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

/// A fill (or line) per value of `actor`, in its `color`, called by its `actor_name`; empty if the set has no
/// such fields.
std::string qgis_style(const FeatureSet& set) {
  const auto column = [&](std::string_view name) {
    return static_cast<std::size_t>(std::find_if(set.fields.begin(), set.fields.end(),
                                                 [&](const auto& field) { return field.name == name; }) -
                                    set.fields.begin());
  };
  const std::size_t color = column("color");
  const std::size_t actor = column("actor");
  const std::size_t name = column("actor_name");
  if (color == set.fields.size() || actor == set.fields.size() || set.features.empty()) return {};
  const bool lines = std::holds_alternative<MultiLine>(set.features.front().geometry);
  std::string categories;
  std::string symbols;
  std::set<std::string> seen;
  for (const Feature& feature : set.features) {
    const std::string value = text_at(feature, actor);
    const std::string hex = text_at(feature, color);
    if (hex.size() != 7 || !seen.insert(value).second) continue;
    const std::string label = text_at(feature, name);
    const auto part = [&](std::size_t at) { return std::stoi(hex.substr(at, 2), nullptr, 16); };
    const std::string rgb = fmt::format("{},{},{}", part(1), part(3), part(5));
    const std::size_t number = seen.size() - 1;
    categories += fmt::format(R"(<category value="{}" label="{}" symbol="{}" render="true"/>)",
                              escape_xml(value), escape_xml(label.empty() ? value : label), number);
    symbols += fmt::format(fmt::runtime(lines ? kLineSymbol : kFillSymbol), number, rgb);
  }
  if (seen.empty()) return {};
  return fmt::format(
      R"(<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'><qgis version="3.22.0" )"
      R"(styleCategories="Symbology"><renderer-v2 type="categorizedSymbol" attr="actor" symbollevels="0" )"
      R"(enableorderby="0"><categories>{}</categories><symbols>{}</symbols></renderer-v2></qgis>)",
      categories, symbols);
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
  const auto instant_or_null = [](const std::optional<Instant>& value) {
    return value ? FieldValue{*value} : FieldValue{};
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
  if (!statements.features.empty()) write_layer(dataset, statements, table, messages);
}

/// Ten bytes each, different from one another.
std::vector<std::string> short_names(const std::vector<FeatureField>& fields) {
  constexpr std::size_t kLongest = 10;
  std::vector<std::string> names;
  for (const FeatureField& field : fields) {
    std::string name = field.name.substr(0, kLongest);
    for (int n = 1; std::find(names.begin(), names.end(), name) != names.end(); ++n) {
      const std::string number = std::to_string(n);
      name = field.name.substr(0, kLongest - number.size()) + number;
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

std::string geopackage_bytes(const std::vector<FeatureSet>& sets, const Provenance& provenance) {
  GdalMessages messages;
  const ConfigOption date("OGR_CURRENT_DATE", kFixedDate);
  const MemoryFolder folder;
  CPLStringList options;
  // What QGIS 3.22 and ArcGIS of its time read without a word.
  options.SetNameValue("VERSION", "1.2");
  DatasetPtr dataset = create("GPKG", folder.path("out.gpkg"), options, messages);
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
  close(std::move(dataset), messages);
  return folder.take("out.gpkg");
}

std::string flatgeobuf_bytes(const FeatureSet& set) {
  GdalMessages messages;
  const MemoryFolder folder;
  const std::string name = set.name + ".fgb";
  DatasetPtr dataset = create("FlatGeobuf", folder.path(name), {}, messages);
  write_layer(*dataset, set, {}, messages);
  close(std::move(dataset), messages);
  return folder.take(name);
}

std::string shapefile_bytes(const FeatureSet& set, const Provenance& provenance) {
  GdalMessages messages;
  const MemoryFolder folder;
  const std::string name = set.name + ".shz";
  DatasetPtr dataset = create("ESRI Shapefile", folder.path(name), {}, messages);
  LayerOptions options;
  options.creation.SetNameValue("ENCODING", "UTF-8");
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
  close(std::move(dataset), messages);
  // Only under this name is it an archive that a file can be added to.
  const std::string archive = folder.path("out.zip");
  VSIRename(folder.path(name).c_str(), archive.c_str());
  const std::string json = to_json(provenance) + "\n";
  VSILFILE* file = VSIFOpenL(("/vsizip/" + archive + "/marchland.json").c_str(), "wb");
  const bool written = file != nullptr && VSIFWriteL(json.data(), 1, json.size(), file) == json.size();
  if (file == nullptr || VSIFCloseL(file) != 0 || !written) fail(messages, "marchland.json cannot be added");
  return folder.take("out.zip");
}

}  // namespace marchland::detail
