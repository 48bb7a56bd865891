#pragma once
// Files that belong together, and what some of them hold.
#include <marchland/io/detail/column_roles.h>
#include <marchland/io/detail/input_files.h>
#include <marchland/io/detail/name_dates.h>
#include <marchland/io/vector_file.h>

#include <array>
#include <map>
#include <string>
#include <vector>

namespace marchland::detail {

/// Files whose names differ in the date (or one file alone), of the same kind, in folders that differ in
/// numbers only.
struct FileSeries {
  std::vector<DataFile> files;  ///< by date
  NameSeries names;             ///< `files` of it count from 0 again
};

[[nodiscard]] std::vector<FileSeries> group_files(const std::vector<DataFile>& files);

struct BoundingBox {
  double west = 1e9, south = 1e9, east = -1e9, north = -1e9;
  void add(const BoundingBox& other);
  [[nodiscard]] bool is_empty() const { return west > east; }
};

[[nodiscard]] BoundingBox box_of(const MultiPolygon& area);

/// Area of what two boxes share, by area of what either covers; 0 where one is empty. A ratio of boxes in the
/// plane of lon/lat, good to tell whether two maps show the same ground.
[[nodiscard]] double shared_part(const BoundingBox& a, const BoundingBox& b);

/// A number for each box, the same for boxes that share kSameGround of what they cover with the first of that
/// number. Cost: n log n, and the boxes that begin about as far west.
[[nodiscard]] std::vector<std::size_t> number_grounds(const std::vector<BoundingBox>& boxes);

/// Redrawn outlines of one ground differ by less.
inline constexpr double kSameGround = 0.98;

/// What features say, file after file.
struct Sample {
  /// Those that every file with features has, and those that three quarters of them have (see `absent`).
  std::vector<Column> columns;
  /// Of columns that some file lacks: the first file without; the values of such files are null.
  std::map<std::string, std::string> absent;
  std::vector<std::string> scattered;  ///< fields that only some of those files have
  std::vector<BoundingBox> boxes;      ///< of each row
  std::vector<std::string> places;     ///< of each row, for messages
  std::vector<MultiPolygon> maps;      ///< all areas of each file
  std::size_t polygons = 0;            ///< features with polygons
  std::map<std::string, std::size_t>
      others;  ///< features without, by what they are: "Line String", "Point", "no geometry"

  [[nodiscard]] std::size_t rows() const { return boxes.size(); }
  [[nodiscard]] const Column* column(const std::string& name) const;
};

struct SampleRequest {
  std::string layer, crs;
  std::optional<std::vector<std::string>> fields;  ///< nothing: all
  bool with_maps = true;
  bool is_table = false;  ///< values only, as VectorRequest has it
};

/// Reads files side by side; the first that cannot be read is the one that is named.
[[nodiscard]] Sample read_sample(const std::vector<DataFile>& files, const SampleRequest& request);

/// `most` of them at most: first, last, others evenly between.
[[nodiscard]] std::vector<DataFile> spread(const std::vector<DataFile>& files, std::size_t most);

}  // namespace marchland::detail
