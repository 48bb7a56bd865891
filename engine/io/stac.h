#pragma once
// A series of rasters described for catalogues: a SpatioTemporal Asset Catalog (STAC 1.1.0) of one collection
// and an item for each date, with the extensions classification 2.0.0 and projection 2.0.0.
#include <marchland/io/raster_footprint.h>
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
  RasterFootprint footprint;
  RasterGrid grid;
  std::vector<RasterClass> classes;  ///< that of 0 stands for no data
};
/// A raster, beside which its item lies: FILE.tif, FILE.tif.aux.xml, FILE.qml and FILE.json.
struct StacDate {
  std::string name;      ///< FILE
  Instant from;          ///< the cells hold from here
  Instant to;            ///< until here; not before `from`
  bool is_open = false;  ///< and beyond, as far as is known
};

/// Whether STAC can say when that is: its times are those of RFC 3339, years 0000 to 9999.
[[nodiscard]] bool is_stac_time(Instant at);

/// Its `datetime` is null, `start_datetime` and `end_datetime` are UTC. Of an open date the latter is
/// 9999-12-31T23:59:59Z, as STAC has no open ends for items and searches are for what overlaps; then
/// `marchland:open_end` is true and `marchland:known_until` says until when it is known. A system without a
/// code of a registry stands in full, as PROJJSON and WKT. Links lead to collection.json beside it. Throws
/// InvalidArgument unless is_stac_time of both, and for a CRS that PROJ does not know.
[[nodiscard]] std::string stac_item(const StacSeries& series, const StacDate& date);
/// Of collection.json; links lead to the items in order of dates. `provenance` as to_json gives it is the
/// member `marchland`. The licence is that of the sources where they have one alike, else "other".
/// Throws InvalidArgument without dates.
[[nodiscard]] std::string stac_collection(const StacSeries& series, const std::vector<StacDate>& dates,
                                          const Provenance& provenance);

/// The files beside a collection.json that stac_collection wrote and their items name: FILE.json, FILE.tif,
/// FILE.tif.aux.xml, FILE.qml. Throws Error(failure) where it cannot be read.
[[nodiscard]] std::set<std::string> files_of_collection(const std::filesystem::path& collection);

}  // namespace marchland
