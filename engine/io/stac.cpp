#include <marchland/base/error.h>
#include <marchland/io/stac.h>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <set>
#include <string_view>

namespace marchland {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kVersion = "1.1.0";
constexpr const char* kClassification = "https://stac-extensions.github.io/classification/v2.0.0/schema.json";
constexpr const char* kProjection = "https://stac-extensions.github.io/projection/v2.0.0/schema.json";

std::string utc(Instant at) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", at);
}

Json bbox(const LonLatBox& box) {
  return Json::array({box.west, box.south, box.east, box.north});
}

/// Cut at the antimeridian (RFC 7946, 3.1.9).
Json footprint(const LonLatBox& box) {
  const auto rectangle = [&](double west, double east) {
    return Json::array({Json::array({Json::array({west, box.south}), Json::array({east, box.south}),
                                     Json::array({east, box.north}), Json::array({west, box.north}),
                                     Json::array({west, box.south})})});
  };
  if (box.west <= box.east) return {{"type", "Polygon"}, {"coordinates", rectangle(box.west, box.east)}};
  return {{"type", "MultiPolygon"},
          {"coordinates", Json::array({rectangle(box.west, 180.0), rectangle(-180.0, box.east)})}};
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

/// Of what a registry lists by number, "EPSG:32638"; null otherwise.
Json code_of(const std::string& crs) {
  if (crs == "OGC:CRS84") return "EPSG:4326";  // longitude first, as all our cells have it
  const std::size_t colon = crs.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == crs.size()) return nullptr;
  const auto all = [](std::string_view text, int (*is)(int)) {
    return std::all_of(text.begin(), text.end(), [&](unsigned char c) { return is(c) != 0; });
  };
  const std::string_view text = crs;
  return all(text.substr(0, colon), std::isupper) && all(text.substr(colon + 1), std::isdigit)
             ? Json(crs)
             : Json(nullptr);
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

std::string stac_item(const StacSeries& series, const StacDate& date) {
  const RasterGrid& grid = series.grid;
  Json properties{
      {"title", series.title + " from " + utc(date.from)},
      {"datetime", nullptr},
      {"start_datetime", utc(date.from)},
      {"end_datetime", utc(date.to)},
      {"proj:code", code_of(grid.crs)},
      {"proj:shape", Json::array({grid.rows, grid.columns})},
      {"proj:transform", Json::array({grid.cell, 0.0, grid.west, 0.0, -grid.cell_height(), grid.north})}};
  if (date.is_open) properties["marchland:open_end"] = true;
  Json item{{"type", "Feature"},
            {"stac_version", kVersion},
            {"stac_extensions", Json::array({kClassification, kProjection})},
            {"id", date.name},
            {"geometry", footprint(series.box)},
            {"bbox", bbox(series.box)},
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
  return item.dump(1) + "\n";
}

std::string stac_collection(const StacSeries& series, const std::vector<StacDate>& dates,
                            const Provenance& provenance) {
  Json collection{{"type", "Collection"},
                  {"stac_version", kVersion},
                  {"stac_extensions", Json::array({kClassification})},
                  {"id", series.id},
                  {"title", series.title},
                  {"description", series.description},
                  {"license", licence_of(provenance)}};
  collection["extent"] = {
      {"spatial", {{"bbox", Json::array({bbox(series.box)})}}},
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
  if (!in || links == document.end() || !links->is_array()) {
    throw Error(ErrorCode::failure,
                fmt::format("{}: is no collection that can be read, so it is not known which files belong to "
                            "it; choose another name",
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
  }
  return files;
}

}  // namespace marchland
