#pragma once
// Classes of cells through time as one netCDF file by the CF conventions, for xarray and whatever else reads
// arrays.
#include <marchland/io/write_raster.h>
#include <marchland/time/instant.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace marchland {

struct ClassCube {
  std::string name;   ///< of the variable: [a-z][a-z0-9_]*
  ClassRaster cells;  ///< grid, description, classes; 0 stands for no data
  /// Sorted; cells of one hold until the next, those of the last until `end`.
  std::vector<Instant> times;
  Instant end;
};

/// Writes FILE.nc: netCDF-4, deflated, `NAME(time, y, x)` as unsigned bytes (16 bits beyond 255 classes) with
/// typed `flag_values`, `flag_meanings`, `flag_colors` and `_FillValue` 0; `time` in days since 1970-01-01
/// with `time_bnds`; centres of cells as coordinates (`lon`, `lat` in geographic systems), `crs` as the grid
/// mapping; provenance in the attribute `marchland`. `cells_at(i)` gives the cells of time i, as classify
/// does, and is called once for each in order. There whole or not at all. The same input gives equal content,
/// not equal bytes. Throws InvalidArgument for another ending than .nc, another name, times not in order,
/// cells or classes that do not fit, Error(failure) naming the file.
void write_cube(const std::filesystem::path& path, const ClassCube& cube,
                const std::function<std::vector<CellClass>(std::size_t)>& cells_at,
                const Provenance& provenance, Existing existing);

/// Throws what write_cube would throw for that path, before anything is computed.
void check_cube_output(const std::filesystem::path& path, Existing existing);

}  // namespace marchland
