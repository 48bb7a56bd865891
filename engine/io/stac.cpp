#include <marchland/base/error.h>
#include <marchland/io/detail/gdal.h>
#include <marchland/io/stac.h>

#include <cpl_conv.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <ogr_spatialref.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <fstream>
#include <set>
#include <string_view>
#include <utility>

namespace marchland {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kVersion = "1.1.0";
constexpr const char* kClassification = "https://stac-extensions.github.io/classification/v2.0.0/schema.json";
/// What STAC's own extensions recommend for what is open ("ml-model"): an item has both ends.
constexpr const char* kOpenEnd = "9999-12-31T23:59:59Z";
constexpr const char* kProjection = "https://stac-extensions.github.io/projection/v2.0.0/schema.json";

std::string utc(Instant at) {
  if (!is_stac_time(at)) {
    throw InvalidArgument(
        fmt::format("{} is no time of STAC; expected years 0000 to 9999", format_instant(at)));
  }
  return format_utc(at);
}

Json bbox(const LonLatBox& box) {
  return Json::array({box.west, box.south, box.east, box.north});
}

Json geometry(const MultiPolygon& area) {
  Json polygons = Json::array();
  for (const Polygon& polygon : area) {
    Json rings = Json::array();
    for (const Ring& ring : polygon) {
      Json positions = Json::array();
      for (const Position& p : ring) positions.push_back(Json::array({p.lon, p.lat}));
      rings.push_back(std::move(positions));
    }
    polygons.push_back(std::move(rings));
  }
  if (polygons.size() == 1) return {{"type", "Polygon"}, {"coordinates", polygons[0]}};
  return {{"type", "MultiPolygon"}, {"coordinates", std::move(polygons)}};
}

/// Names have letters, digits, - and _ only.
std::string class_name(const std::string& name) {
  std::string out;
  for (const char c : name) out += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' ? c : '_';
  return out;
}

Json classes_of(const StacSeries& series) {
  Json out = Json::array();
  for (std::size_t i = 0; i < series.classes.size(); ++i) {
    const RasterClass& entry = series.classes[i];
    Json json{{"value", i}, {"name", class_name(entry.name)}, {"description", entry.name}};
    if (i == 0) {
      json["nodata"] = true;
    } else if (entry.color.size() == 7) {
      std::string hex = entry.color.substr(1);
      std::transform(hex.begin(), hex.end(), hex.begin(),
                     [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      json["color_hint"] = hex;
    }
    out.push_back(std::move(json));
  }
  return out;
}

/// Of what a registry lists by number the code, "EPSG:32638"; of other systems the whole definition.
void add_system(Json& properties, const std::string& definition) {
  properties["proj:code"] = nullptr;
  // Longitude first, as all our cells have it.
  if (definition == "OGC:CRS84") {
    properties["proj:code"] = "EPSG:4326";
    return;
  }
  OGRSpatialReference crs;
  const detail::GdalMessages messages;
  if (crs.SetFromUserInput(definition.c_str()) != OGRERR_NONE)
    throw InvalidArgument(fmt::format("CRS '{}': {}", definition, messages.reason()));
  const char* authority = crs.GetAuthorityName(nullptr);
  const char* code = crs.GetAuthorityCode(nullptr);
  const bool is_number =
      code != nullptr && *code != 0 &&
      std::all_of(code, code + std::strlen(code), [](unsigned char c) { return std::isdigit(c) != 0; });
  if (authority != nullptr && is_number) {
    properties["proj:code"] = fmt::format("{}:{}", authority, code);
    return;
  }
  char* text = nullptr;
  if (crs.exportToPROJJSON(&text, nullptr) == OGRERR_NONE && text != nullptr)
    properties["proj:projjson"] = Json::parse(text);
  CPLFree(std::exchange(text, nullptr));
  const std::array<const char*, 2> options{"FORMAT=WKT2_2019", nullptr};
  if (crs.exportToWkt(&text, options.data()) == OGRERR_NONE && text != nullptr)
    properties["proj:wkt2"] = text;
  CPLFree(text);
}

Json link(const char* relation, const std::string& target, const char* type) {
  return {{"rel", relation}, {"href", "./" + target}, {"type", type}};
}

std::string licence_of(const Provenance& provenance) {
  std::set<std::string> licences;
  for (const Provenance::SourceNote& source : provenance.sources) licences.insert(source.licence);
  licences.erase("");
  if (licences.empty()) return "other";
  const std::string& only = *licences.begin();
  const bool is_spdx = std::all_of(only.begin(), only.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '+';
  });
  return licences.size() == 1 && is_spdx ? only : "other";
}

}  // namespace

bool is_stac_time(Instant at) {
  using namespace std::chrono;
  return at >= Instant(sys_days(year{0} / 1 / 1)) && at < Instant(sys_days(year{10000} / 1 / 1));
}

std::string stac_item(const StacSeries& series, const StacDate& date) {
  const RasterGrid& grid = series.grid;
  Json properties{{"title", series.title + " from " + utc(date.from)},
                  {"datetime", nullptr},
                  {"start_datetime", utc(date.from)},
                  {"end_datetime", date.is_open ? kOpenEnd : utc(date.to)}};
  if (date.is_open) {
    properties["marchland:open_end"] = true;
    properties["marchland:known_until"] = utc(date.to);
  }
  add_system(properties, grid.crs);
  properties["proj:shape"] = Json::array({grid.rows, grid.columns});
  properties["proj:transform"] =
      Json::array({grid.cell, 0.0, grid.west, 0.0, -grid.cell_height(), grid.north});
  Json item{{"type", "Feature"},
            {"stac_version", kVersion},
            {"stac_extensions", Json::array({kClassification, kProjection})},
            {"id", date.name},
            {"geometry", geometry(series.footprint.area)},
            {"bbox", bbox(series.footprint.box)},
            {"properties", std::move(properties)},
            {"collection", series.id}};
  item["links"] = Json::array({link("root", "collection.json", "application/json"),
                               link("parent", "collection.json", "application/json"),
                               link("collection", "collection.json", "application/json"),
                               link("self", date.name + ".json", "application/geo+json")});
  item["assets"][series.asset] = {{"href", "./" + date.name + ".tif"},
                                  {"type", "image/tiff; application=geotiff; profile=cloud-optimized"},
                                  {"title", series.title},
                                  {"roles", Json::array({"data"})},
                                  {"classification:classes", classes_of(series)}};
  item["assets"]["table"] = {{"href", "./" + date.name + ".tif.aux.xml"},
                             {"type", "application/xml"},
                             {"title", "class names and attribute table, as GDAL keeps them"},
                             {"roles", Json::array({"metadata"})}};
  item["assets"]["style"] = {{"href", "./" + date.name + ".qml"},
                             {"type", "application/xml"},
                             {"title", "colours and names, as QGIS applies them"},
                             {"roles", Json::array({"style"})}};
  return item.dump(1) + "\n";
}

std::string stac_collection(const StacSeries& series, const std::vector<StacDate>& dates,
                            const Provenance& provenance) {
  if (dates.empty()) throw InvalidArgument("a collection of no dates");
  Json collection{{"type", "Collection"},
                  {"stac_version", kVersion},
                  {"stac_extensions", Json::array({kClassification})},
                  {"id", series.id},
                  {"title", series.title},
                  {"description", series.description},
                  {"license", licence_of(provenance)}};
  collection["extent"] = {
      {"spatial", {{"bbox", Json::array({bbox(series.footprint.box)})}}},
      {"temporal",
       {{"interval",
         Json::array({Json::array({utc(dates.front().from),
                                   dates.back().is_open ? Json(nullptr) : Json(utc(dates.back().to))})})}}}};
  collection["item_assets"][series.asset] = {
      {"type", "image/tiff; application=geotiff; profile=cloud-optimized"},
      {"roles", Json::array({"data"})},
      {"classification:classes", classes_of(series)}};
  Json links = Json::array({link("root", "collection.json", "application/json"),
                            link("self", "collection.json", "application/json")});
  for (const StacDate& date : dates)
    links.push_back(link("item", date.name + ".json", "application/geo+json"));
  collection["links"] = std::move(links);
  collection["marchland"] = Json::parse(to_json(provenance));
  return collection.dump(1) + "\n";
}

std::set<std::string> files_of_collection(const std::filesystem::path& collection) {
  std::ifstream in(collection, std::ios::binary);
  const Json document = Json::parse(in, nullptr, false);
  const auto links = document.is_object() ? document.find("links") : document.end();
  if (!in || links == document.end() || !links->is_array() || !document.contains("marchland")) {
    throw Error(
        ErrorCode::failure,
        fmt::format("{}: is no collection that this command wrote, so it is not known which files belong "
                    "to it; choose another name",
                    collection.string()));
  }
  std::set<std::string> files;
  for (const Json& link : *links) {
    if (!link.is_object() || link.value("rel", Json("")) != "item" || !link.value("href", Json()).is_string())
      continue;
    std::string name = link["href"].get<std::string>();
    if (name.starts_with("./")) name.erase(0, 2);
    if (!name.ends_with(".json")) continue;
    files.insert(name);
    name.resize(name.size() - std::string_view(".json").size());
    files.insert(name + ".tif");
    files.insert(name + ".tif.aux.xml");
    files.insert(name + ".qml");
  }
  return files;
}

}  // namespace marchland
