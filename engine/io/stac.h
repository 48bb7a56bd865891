#pragma once
// A series of rasters described for catalogues: a SpatioTemporal Asset Catalog (STAC 1.1.0) of one collection
// and an item for each date, with the extensions classification 2.0.0 and projection 2.0.0.
#include <marchland/geometry/lonlat_box.h>
#include <marchland/io/write_raster.h>
#include <marchland/time/instant.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace marchland {

struct StacSeries {
  std::string id;
  std::string title;
  std::string description;
  std::string asset;  ///< key of the raster among an item's assets: "control"
  LonLatBox box;      ///< footprint
  RasterGrid grid;
  std::vector<RasterClass> classes;  ///< that of 0 stands for no data
};
/// A raster, beside which its item lies: FILE.tif, FILE.tif.aux.xml and FILE.json.
struct StacDate {
  std::string name;      ///< FILE
  Instant from;          ///< the cells hold from here
  Instant to;            ///< until here; not before `from`
  bool is_open = false;  ///< and beyond, as far as is known
};

/// Its `datetime` is null, `start_datetime` and `end_datetime` are UTC. Links lead to collection.json beside
/// it.
[[nodiscard]] std::string stac_item(const StacSeries& series, const StacDate& date);
/// Of collection.json; links lead to the items in order of dates. `provenance` as to_json gives it is the
/// member `marchland`. The licence is that of the sources where they have one alike, else "other".
/// Precondition: dates.
[[nodiscard]] std::string stac_collection(const StacSeries& series, const std::vector<StacDate>& dates,
                                          const Provenance& provenance);

/// The files beside a collection.json that stac_collection wrote and their items name: FILE.json, FILE.tif,
/// FILE.tif.aux.xml. Throws Error(failure) where it cannot be read.
[[nodiscard]] std::set<std::string> files_of_collection(const std::filesystem::path& collection);

}  // namespace marchland
