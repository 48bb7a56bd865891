#include <marchland/base/error.h>
#include <marchland/io/detail/gdal.h>
#include <marchland/io/write_cube.h>
#include <marchland/measure/projection.h>

#include <cpl_string.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <memory>
#include <mutex>
#include <regex>

namespace marchland {
namespace {

namespace fs = std::filesystem;
using detail::GdalMessages;

void check_ending(const fs::path& path) {
  if (path.extension() != ".nc") {
    throw InvalidArgument(
        fmt::format("{}: a series in one file is netCDF; expected the ending .nc", path.string()));
  }
}

/// Words of flag_meanings are divided by blanks and have letters, digits and _-.+@ only (CF, 3.5).
std::string flag_word(const std::string& name) {
  std::string out;
  for (const char c : name) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                          std::string_view("_-.+@").find(c) != std::string_view::npos;
    out += is_plain ? c : '_';
  }
  return out.empty() ? "_" : out;
}

double to_days(Instant at) {
  return static_cast<double>(at.time_since_epoch().count()) / 86400.0;
}

/// One file as it is written.
class CubeFile {
 public:
  CubeFile(const fs::path& path, const GdalMessages& messages)
      : folder_(path.has_parent_path() ? path.parent_path() : fs::path(".")), messages_(&messages) {
    GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("netCDF");
    if (driver == nullptr || driver->GetMetadataItem(GDAL_DCAP_CREATE_MULTIDIMENSIONAL) == nullptr)
      throw Error(ErrorCode::failure, "this build of GDAL writes no netCDF");
    CPLStringList options;
    options.SetNameValue("FORMAT", "NC4");
    options.SetNameValue("CONVENTIONS", "CF-1.8");
    dataset_.reset(driver->CreateMultiDimensional(path.c_str(), nullptr, options.List()));
    root_ = dataset_ ? dataset_->GetRootGroup() : nullptr;
    if (!root_) fail("the file cannot be made");
  }

  [[noreturn]] void fail(std::string_view what) const {
    // The library does not say so.
    constexpr std::uintmax_t kLeastRoom = 64 * 1024;
    std::error_code unknown;
    const bool is_full = fs::space(folder_, unknown).available < kLeastRoom && !unknown;
    throw Error(ErrorCode::failure,
                fmt::format("{}: {}; nothing was left behind", what,
                            is_full ? std::string("No space left on device") : messages_->reason()));
  }
  std::shared_ptr<GDALDimension> dimension(const char* name, const char* type, const char* direction,
                                           std::size_t size) {
    auto made = root_->CreateDimension(name, type, direction, size);
    if (!made) fail(fmt::format("dimension {}", name));
    return made;
  }
  std::shared_ptr<GDALMDArray> array(const std::string& name,
                                     const std::vector<std::shared_ptr<GDALDimension>>& dimensions,
                                     GDALDataType type, const CPLStringList& options = {}) {
    auto made = root_->CreateMDArray(name, dimensions, GDALExtendedDataType::Create(type), options.List());
    if (!made) fail(fmt::format("array {}", name));
    return made;
  }
  void text(GDALIHasAttribute& of, const char* name, const std::string& value) {
    const auto made = of.CreateAttribute(name, {}, GDALExtendedDataType::CreateString());
    if (!made || !made->Write(value.c_str())) fail(fmt::format("attribute {}", name));
  }
  void root_text(const char* name, const std::string& value) {
    const auto made = root_->CreateAttribute(name, {}, GDALExtendedDataType::CreateString());
    if (!made || !made->Write(value.c_str())) fail(fmt::format("attribute {}", name));
  }
  template <class Number>
  void numbers(GDALMDArray& of, const char* name, const std::vector<Number>& values, GDALDataType type) {
    const auto made = of.CreateAttribute(name, {values.size()}, GDALExtendedDataType::Create(type));
    if (!made || !made->Write(values.data(), values.size() * sizeof(Number)))
      fail(fmt::format("attribute {}", name));
  }
  void write(GDALMDArray& array, const std::vector<double>& values) {
    std::vector<GUInt64> start;
    std::vector<std::size_t> count;
    for (const auto& dimension : array.GetDimensions()) {
      start.push_back(0);
      count.push_back(static_cast<std::size_t>(dimension->GetSize()));
    }
    if (!array.Write(start.data(), count.data(), nullptr, nullptr, GDALExtendedDataType::Create(GDT_Float64),
                     values.data()))
      fail(fmt::format("values of {}", array.GetName()));
  }
  void close() {
    root_.reset();
    dataset_.reset();
    if (!messages_->failures().empty()) fail("the file cannot be finished");
  }

 private:
  fs::path folder_;
  const GdalMessages* messages_;
  std::unique_ptr<GDALDataset> dataset_;
  std::shared_ptr<GDALGroup> root_;
};

void write_axis(CubeFile& file, const std::shared_ptr<GDALDimension>& dimension, const std::string& name,
                bool is_x, bool is_geographic, const std::string& unit, const std::vector<double>& values) {
  const auto axis = file.array(name, {dimension}, GDT_Float64);
  file.text(*axis, "standard_name",
            is_geographic ? (is_x ? "longitude" : "latitude")
                          : (is_x ? "projection_x_coordinate" : "projection_y_coordinate"));
  file.text(*axis, "long_name", is_x ? "centres of columns" : "centres of rows");
  file.text(*axis, "units", unit);
  file.text(*axis, "axis", is_x ? "X" : "Y");
  file.write(*axis, values);
}

template <class Number>
void write_classes(CubeFile& file, GDALMDArray& array, const std::vector<RasterClass>& classes,
                   GDALDataType type) {
  std::vector<Number> values;
  std::string words;
  std::string colors;
  for (std::size_t i = 1; i < classes.size(); ++i) {
    values.push_back(static_cast<Number>(i));
    words += (i > 1 ? " " : "") + flag_word(classes[i].name);
    colors += (i > 1 ? " " : "") + classes[i].color;
  }
  if (values.empty()) return;
  file.numbers(array, "flag_values", values, type);
  file.text(array, "flag_meanings", words);
  file.text(array, "flag_colors", colors);
}

/// A file that could not be finished (a full disk) stays open in HDF5, which would try again, and crash, when
/// the process ends. Has to come before HDF5 is used; found by name, for GDAL brings the library along.
void leave_broken_files_alone() {
  using NoExitHandler = int (*)();
  if (void* found = ::dlsym(RTLD_DEFAULT, "H5dont_atexit")) reinterpret_cast<NoExitHandler>(found)();
}

void check_cube(const fs::path& path, const ClassCube& cube) {
  const auto refuse = [&](std::string_view what) {
    throw InvalidArgument(fmt::format("{}: {}", path.string(), what));
  };
  const std::vector<RasterClass>& classes = cube.cells.classes;
  if (cube.times.empty() || classes.empty() || cube.cells.grid.cell_count() == 0)
    refuse("a series without dates, classes or cells");
  if (classes.size() > kAllClasses)
    refuse(fmt::format("{} classes; expected 1 to {}", classes.size(), kAllClasses));
  static const std::regex name("[a-z][a-z0-9_]*");
  if (!std::regex_match(cube.name, name)) refuse(fmt::format("'{}' is no name of a variable", cube.name));
  if (!std::is_sorted(cube.times.begin(), cube.times.end(), std::less_equal<>()))
    refuse("dates of a series are not in order, each once");
}

/// Dimensions, and the arrays of their values.
struct Axes {
  std::shared_ptr<GDALDimension> time, y, x;
};

void write_times(CubeFile& file, const std::shared_ptr<GDALDimension>& time, const ClassCube& cube) {
  std::vector<double> days;
  std::vector<double> bounds;
  for (std::size_t i = 0; i < cube.times.size(); ++i) {
    days.push_back(to_days(cube.times[i]));
    bounds.push_back(days.back());
    bounds.push_back(
        to_days(i + 1 < cube.times.size() ? cube.times[i + 1] : std::max(cube.end, cube.times[i])));
  }
  const auto dates = file.array("time", {time}, GDT_Float64);
  file.text(*dates, "standard_name", "time");
  file.text(*dates, "long_name", "since when the cells hold");
  file.text(*dates, "units", "days since 1970-01-01 00:00:00");
  file.text(*dates, "calendar", "proleptic_gregorian");
  file.text(*dates, "axis", "T");
  file.text(*dates, "bounds", "time_bnds");
  file.write(*dates, days);
  const auto ends = file.dimension("nv", "", "", 2);
  file.write(*file.array("time_bnds", {time, ends}, GDT_Float64), bounds);
}

Axes write_axes(CubeFile& file, const ClassCube& cube, const OGRSpatialReference& crs) {
  const RasterGrid& grid = cube.cells.grid;
  const bool is_geographic = crs.IsGeographic() != 0;
  Axes axes{file.dimension("time", GDAL_DIM_TYPE_TEMPORAL, "", cube.times.size()),
            file.dimension(is_geographic ? "lat" : "y", GDAL_DIM_TYPE_HORIZONTAL_Y, "NORTH", grid.rows),
            file.dimension(is_geographic ? "lon" : "x", GDAL_DIM_TYPE_HORIZONTAL_X, "EAST", grid.columns)};
  write_times(file, axes.time, cube);
  std::vector<double> xs;
  std::vector<double> ys;
  for (std::size_t i = 0; i < grid.columns; ++i) xs.push_back(grid.center_x(i));
  for (std::size_t i = 0; i < grid.rows; ++i) ys.push_back(grid.center_y(i));
  const char* unit = nullptr;
  crs.GetLinearUnits(&unit);
  const std::string linear = unit == nullptr || std::string_view(unit) == "metre" ? "m" : unit;
  write_axis(file, axes.y, axes.y->GetName(), false, is_geographic, is_geographic ? "degrees_north" : linear,
             ys);
  write_axis(file, axes.x, axes.x->GetName(), true, is_geographic, is_geographic ? "degrees_east" : linear,
             xs);
  return axes;
}

std::shared_ptr<GDALMDArray> make_cells(CubeFile& file, const ClassCube& cube, const Axes& axes,
                                        const OGRSpatialReference& crs, bool is_byte) {
  const RasterGrid& grid = cube.cells.grid;
  CPLStringList options;
  options.SetNameValue("COMPRESS", "DEFLATE");
  options.SetNameValue("ZLEVEL", "6");
  const auto block = [](std::size_t size) { return std::min<std::size_t>(size, 1024); };
  options.SetNameValue("BLOCKSIZE", fmt::format("1,{},{}", block(grid.rows), block(grid.columns)).c_str());
  auto cells = file.array(cube.name, {axes.time, axes.y, axes.x}, is_byte ? GDT_Byte : GDT_UInt16, options);
  const GByte none_byte = 0;
  const GUInt16 none = 0;
  if (!cells->SetSpatialRef(&crs) ||
      !cells->SetRawNoDataValue(is_byte ? static_cast<const void*>(&none_byte) : &none))
    file.fail("the system and the value of no data");
  file.text(*cells, "long_name", cube.cells.description);
  if (is_byte) {
    write_classes<GByte>(file, *cells, cube.cells.classes, GDT_Byte);
  } else {
    write_classes<GUInt16>(file, *cells, cube.cells.classes, GDT_UInt16);
  }
  return cells;
}

/// All but what closing brings to the disk; of GDAL's dimensions and arrays, which keep the file open,
/// nothing is left.
void write_all(CubeFile& file, const ClassCube& cube,
               const std::function<std::vector<CellClass>(std::size_t)>& cells_at,
               const Provenance& provenance) {
  const RasterGrid& grid = cube.cells.grid;
  OGRSpatialReference crs;
  if (crs.SetFromUserInput(grid.crs.c_str()) != OGRERR_NONE) file.fail(fmt::format("CRS '{}'", grid.crs));
  crs.SetAxisMappingStrategy(OAMS_TRADITIONAL_GIS_ORDER);
  const Axes axes = write_axes(file, cube, crs);
  const std::vector<RasterClass>& classes = cube.cells.classes;
  const bool is_byte = classes.size() <= kByteClasses;
  const auto cells = make_cells(file, cube, axes, crs, is_byte);
  file.root_text("title", provenance.title.empty() ? provenance.atlas : provenance.title);
  if (!provenance.attribution.empty()) file.root_text("source", provenance.attribution);
  file.root_text("marchland", to_json(provenance));
  std::vector<GByte> bytes(is_byte ? grid.cell_count() : 0);
  for (std::size_t i = 0; i < cube.times.size(); ++i) {
    const std::vector<CellClass> at = cells_at(i);
    if (at.size() != grid.cell_count()) throw InvalidArgument("cells of a date do not fit the grid");
    const auto greatest = std::max_element(at.begin(), at.end());
    if (*greatest >= classes.size()) throw InvalidArgument(fmt::format("there is no class {}", *greatest));
    const std::array<GUInt64, 3> start{i, 0, 0};
    const std::array<std::size_t, 3> count{1, grid.rows, grid.columns};
    // In the type of the array: the driver would convert cell by cell.
    if (is_byte)
      std::transform(at.begin(), at.end(), bytes.begin(), [](CellClass c) { return static_cast<GByte>(c); });
    const void* data = is_byte ? static_cast<const void*>(bytes.data()) : at.data();
    if (!cells->Write(start.data(), count.data(), nullptr, nullptr, cells->GetDataType(), data))
      file.fail("cells cannot be written");
  }
}

}  // namespace

void check_cube_output(const fs::path& path, Existing existing) {
  check_ending(path);
  const OutputFile probe(path, existing);
}

void write_cube(const fs::path& path, const ClassCube& cube,
                const std::function<std::vector<CellClass>(std::size_t)>& cells_at,
                const Provenance& provenance, Existing existing) {
  check_ending(path);
  check_cube(path, cube);
  OutputFile output(path, existing);
  try {
    static std::once_flag once;
    std::call_once(once, leave_broken_files_alone);
    detail::register_gdal();
    const GdalMessages messages;
    CubeFile file(output.temporary(), messages);
    write_all(file, cube, cells_at, provenance);
    file.close();
  } catch (Error& error) {
    if (!std::string_view(error.what()).starts_with(path.string())) error.add_context(path.string());
    throw;
  }
  output.commit();
}

}  // namespace marchland
