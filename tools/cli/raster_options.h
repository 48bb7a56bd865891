#pragma once
// What a raster is asked for, shared by its single files and its series.
#include "tools/cli/query.h"
#include <marchland/io/write_raster.h>

#include <filesystem>
#include <string>
#include <vector>

namespace marchland::cli {

struct RasterOptions {
  QueryOptions query;
  std::string layer = "control";
  std::string at;
  std::string from;
  std::string to;
  std::string every;
  double resolution = 0.0;
  std::string crs = "EPSG:4326";
  std::filesystem::path like;    ///< cells of this raster instead
  std::string like_crs;          ///< its system, where it states none
  std::string cells = "centre";  ///< or "share": what decides about a cell
  std::filesystem::path output;
  bool overwrite = false;

  [[nodiscard]] Existing existing() const { return overwrite ? Existing::overwrite : Existing::refuse; }
  /// The cells: about the ground, or those of `like`. Throws InvalidArgument where there is no ground.
  [[nodiscard]] RasterGrid grid(const Session& session, const std::vector<bool>& ground) const;
  /// For provenance: how a cell came by its class.
  [[nodiscard]] std::string rule_of_cells() const {
    return cells == "share" ? "class of the largest share of the cell's area" : "class of the centre";
  }
};

/// For options that take the side of a cell: what is wrong with the text, empty where nothing is. A side is
/// finite and no less than 1e-9 of a unit, far below what positions are kept to.
[[nodiscard]] std::string wrong_side_of_cell(const std::string& text);

/// The box about the ground. Throws InvalidArgument where there is none, with what the atlas has.
[[nodiscard]] LonLatBox box_of_ground(const Session& session, const std::vector<bool>& ground);

/// A class for every holder that ever has any of the ground, so that rasters of all dates have the same ones;
/// by HolderIndex. Class 0, no data, must be there.
[[nodiscard]] std::vector<CellClass> add_holder_classes(const Session& session, const Holders& holders,
                                                        const std::vector<bool>& ground, ClassRaster& raster);

/// Control at every date of a series: a folder of GeoTIFFs with STAC items, or one netCDF file.
void write_raster_series(const RasterOptions& options);

}  // namespace marchland::cli
