// The rasters of a result folder: GDAL makes the polygons of the same date cells, and the cells of two dates
// say what changed between them.
#include "tools/cli/verify.h"
#include <marchland/base/error.h>
#include <marchland/io/read_raster.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <system_error>
#include <utility>

namespace marchland::cli {
namespace {

/// A centre this near to a line may lie on either side: it was put on the grid (half of 1e-7 degree in both),
/// and so were the polygon's vertices. Twice that.
constexpr double kOnLine = 3e-7;

std::string class_of(const ClassRasterFile& raster, CellClass cell) {
  return cell < raster.classes.size() ? raster.classes[cell] : fmt::format("class {}", cell);
}

/// Cells that the lines of an area pass through, at most: one for each ring, and one for each side of a cell
/// that an edge crosses.
std::size_t cells_on_lines(const RasterGrid& grid, const MultiPolygon& area) {
  const auto column = [&](const Position& p) { return std::floor((p.lon - grid.west) / grid.cell); };
  const auto row = [&](const Position& p) { return std::floor((grid.north - p.lat) / grid.cell); };
  double cells = 0.0;
  for (const Polygon& polygon : area) {
    for (const Ring& ring : polygon) {
      cells += 1.0;
      for (std::size_t i = 0; i + 1 < ring.size(); ++i)
        cells += std::abs(column(ring[i]) - column(ring[i + 1])) + std::abs(row(ring[i]) - row(ring[i + 1]));
    }
  }
  return static_cast<std::size_t>(cells);
}

class RasterChecks {
 public:
  RasterChecks(const ResultBack& folder, Checks& checks) : folder_(folder), checks_(checks) {}

  void run() {
    // Of claims it has a name of its own; earlier folders have none but control.
    std::vector<const Json*> states = folder_.entries({{"command", "raster"}, {"layer", "control"}}, ".tif");
    for (const Json* entry : folder_.entries({{"command", "raster"}, {"layer", "claim"}}, ".tif"))
      states.push_back(entry);
    for (const Json* entry : states) {
      const std::string file = (*entry)["file"];
      const auto raster = read(file);
      if (!raster) continue;
      const std::string date = (*entry)["at"];
      verify_georeference(file, *entry, *raster);
      if (raster->grid.crs != "EPSG:4326" && raster->grid.crs != "OGC:CRS84") {
        checks_.leave_out(file, fmt::format("cells of {} are not compared with polygons", raster->grid.crs));
      } else if (folder_.has_option("group")) {
        checks_.leave_out("cells against polygons",
                          "rasters show actors of a group at all dates, layers while they are in it");
      } else if (const LayerBack* layer = folder_.control_at(date)) {
        verify_cells(file, *raster, *layer);
      }
      controls_.emplace(date, std::move(*raster));
    }
    for (const Json* entry : folder_.entries({{"command", "raster"}, {"layer", "change"}}, ".tif")) {
      const std::string file = (*entry)["file"];
      const auto raster = read(file);
      if (!raster) continue;
      verify_georeference(file, *entry, *raster);
      verify_changes(file, *raster, (*entry)["from"], (*entry)["to"]);
    }
  }

 private:
  std::optional<ClassRasterFile> read(const std::string& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(folder_.path / file, error)) return std::nullopt;
    try {
      return read_raster(folder_.path / file);
    } catch (const Error& failed) {
      checks_.text("raster read", file, file, "can be read", failed.what());
      return std::nullopt;
    }
  }

  /// Cells of the size that was asked for, on multiples of it.
  void verify_georeference(const std::string& file, const Json& entry, const ClassRasterFile& raster) {
    const RasterGrid& grid = raster.grid;
    checks_.number("raster grid", file, "side of a cell", "degrees", entry.value("res", std::nan("")),
                   grid.cell, 1e-12);
    for (const double side : {grid.west / grid.cell, grid.north / grid.cell}) {
      checks_.number("raster grid", file, "its edge is a multiple of cells", "cells", std::round(side), side,
                     1e-6);
    }
  }

  /// Polygons made cells by GDAL. Cells that differ count, but those whose centre lies on a line.
  void verify_cells(const std::string& file, const ClassRasterFile& raster, const LayerBack& layer) {
    std::vector<std::pair<CellClass, MultiPolygon>> areas;
    std::map<CellClass, const LayerFeature*> features;
    for (const LayerFeature& feature : layer.features) {
      const std::string actor = feature.text("actor");
      if (actor.empty() || !feature.planar) continue;  // unknown ground is no class
      const auto found = std::find(raster.classes.begin(), raster.classes.end(), actor);
      if (found == raster.classes.end()) {
        checks_.text("cells are those of polygons", file, "class of " + actor, "is there", "none");
        continue;
      }
      const auto number = static_cast<CellClass>(found - raster.classes.begin());
      areas.emplace_back(number, feature.area);
      features.emplace(number, &feature);
    }
    const RasterGrid& grid = raster.grid;
    const std::vector<CellClass> expected = rasterise(grid, areas);
    std::size_t different = 0;
    std::string first;
    std::map<CellClass, double> sums;
    double largest_cell = 0.0;
    for (std::size_t row = 0; row < grid.rows; ++row) {
      const double cell_area = folder_.earth
                                   ->band_per_degree(std::max(-90.0, grid.center_y(row) - grid.cell / 2),
                                                     std::min(90.0, grid.center_y(row) + grid.cell / 2))
                                   .value() *
                               grid.cell;
      largest_cell = std::max(largest_cell, cell_area);
      for (std::size_t column = 0; column < grid.columns; ++column) {
        const std::size_t at = row * grid.columns + column;
        sums[raster.cells[at]] += cell_area;
        if (raster.cells[at] == expected[at]) continue;
        const Position centre{grid.center_x(column), grid.center_y(row)};
        const bool is_on_line = std::any_of(features.begin(), features.end(), [&](const auto& feature) {
          const double lon = centre.lon > 180.0 ? centre.lon - 360.0 : centre.lon;
          return feature.second->planar->distance_to_lines({lon, centre.lat}) <= kOnLine;
        });
        if (is_on_line) continue;
        if (different++ == 0) {
          first = fmt::format(" (first at {}, {}: {}, expected {})", centre.lon, centre.lat,
                              class_of(raster, raster.cells[at]), class_of(raster, expected[at]));
        }
      }
    }
    checks_.number("cells are those of polygons", file, fmt::format("cells of another party{}", first),
                   "cells", 0.0, static_cast<double>(different), 0.0);
    if (!folder_.measure) return;
    for (const auto& [number, feature] : features) {
      // Cells no line passes through are in or out as a whole.
      checks_.number("cells have the areas", file, raster.classes[number], "m2",
                     folder_.earth->area(feature->area).area.value(), sums[number],
                     static_cast<double>(cells_on_lines(grid, feature->area)) * largest_cell);
    }
  }

  void verify_changes(const std::string& file, const ClassRasterFile& raster, const std::string& from,
                      const std::string& to) {
    const auto before = controls_.find(from);
    const auto after = controls_.find(to);
    if (before == controls_.end() || after == controls_.end()) return;
    if (folder_.has_some_actors_only()) {
      checks_.leave_out(file, "--actor and --group left parties out of the rasters of its dates");
      return;
    }
    const bool fits = before->second.grid == raster.grid && after->second.grid == raster.grid;
    checks_.text("cells changed", file, "the grid of both dates", "yes", fits ? "yes" : "no");
    if (!fits) return;
    const auto name = [](const ClassRasterFile& control, CellClass cell) {
      return cell == 0 ? std::string("unknown") : class_of(control, cell);
    };
    // Few pairs occur; which class each must have is looked up once.
    std::map<std::pair<CellClass, CellClass>, std::string> expected;
    std::map<CellClass, std::string> names;
    std::size_t different = 0;
    for (std::size_t i = 0; i < raster.cells.size(); ++i) {
      const CellClass a = before->second.cells[i];
      const CellClass b = after->second.cells[i];
      auto wanted = expected.find({a, b});
      if (wanted == expected.end()) {
        const std::string x = name(before->second, a);
        const std::string y = name(after->second, b);
        std::string text = x == y ? x + " unchanged" : fmt::format("{} -> {}", x, y);
        if (a == 0 && b == 0) text = class_of(raster, 0);
        wanted = expected.emplace(std::pair(a, b), std::move(text)).first;
      }
      auto found = names.find(raster.cells[i]);
      if (found == names.end())
        found = names.emplace(raster.cells[i], class_of(raster, raster.cells[i])).first;
      if (found->second != wanted->second) ++different;
    }
    checks_.number("cells changed", file, "cells of another class than those of both dates say", "cells", 0.0,
                   static_cast<double>(different), 0.0);
  }

  const ResultBack& folder_;
  Checks& checks_;
  std::map<std::string, ClassRasterFile> controls_;
};

}  // namespace

void verify_rasters(const ResultBack& folder, Checks& checks) {
  RasterChecks(folder, checks).run();
}

}  // namespace marchland::cli
