#pragma once
// A file of cells as GDAL opens it, held open: which of its rasters and bands is meant, where its cells lie,
// and what is said where it cannot be read.
#include <marchland/io/detail/gdal.h>
#include <marchland/io/read_raster.h>
#include <marchland/raster/raster_grid.h>

#include <gdal_priv.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace marchland::detail {

class RasterFile {
 public:
  /// Opens the file and, of one that holds several rasters (variables of netCDF), finds those that can be
  /// meant: bounds of coordinates are none, nor are those without a place where others have one. Throws
  /// Error(failure) naming the file.
  explicit RasterFile(std::filesystem::path path);

  /// The raster and band of that name (see RasterSelection), from 1; of the raster that is then open.
  /// InvalidArgument with what there is where there is no such, or where nothing is named and there are
  /// several.
  [[nodiscard]] int choose(const std::string& asked);
  /// The raster whose cells all of them have. InvalidArgument where their cells differ.
  void choose_any(const std::string& crs);

  [[nodiscard]] GDALDataset* operator->() const { return dataset_.get(); }

  /// The raster that is open, by its name in a netCDF file or one of several; else empty.
  [[nodiscard]] const std::string& variable() const { return variable_; }
  /// What a band is called: by its description, or by where it lies along time ("2015-01-01") and other
  /// dimensions ("level=3"). Empty where nothing is said.
  [[nodiscard]] std::string band_name(int band) const;
  /// The date of a band that lies along time, as it is written; else empty.
  [[nodiscard]] std::string band_date(int band) const;

  /// Rows from the north, whatever order the file has. `crs`: in place of what the file states; empty: that.
  [[nodiscard]] RasterGrid grid(const std::string& crs) const;
  /// Rows of the file run from the south.
  [[nodiscard]] bool is_south_up() const;

  [[noreturn]] void fail(std::string_view what) const;
  [[noreturn]] void fail_reading() const;
  [[noreturn]] void refuse(std::string_view what) const;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  struct Variable {
    std::string name;     ///< "population"
    std::string dataset;  ///< as GDAL opens it
  };
  [[nodiscard]] std::unique_ptr<GDALDataset> open(const std::string& name) const;
  void find_variables();
  void choose_variable(std::size_t which);
  [[nodiscard]] std::string names_of_variables() const;
  [[nodiscard]] int find_band(const std::string& asked) const;
  [[nodiscard]] std::string crs_of_cells() const;

  std::filesystem::path path_;
  GdalMessages messages_;
  std::unique_ptr<GDALDataset> dataset_;
  std::vector<Variable> variables_;  ///< empty where the file is one raster
  std::string variable_;
};

}  // namespace marchland::detail
